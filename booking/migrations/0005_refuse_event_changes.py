"""What happened to an appointment is written down once and never changed."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION booking_refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the history of an appointment is never changed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'booking_appointmentevent_is_kept';
END $$;
CREATE TRIGGER booking_appointmentevent_is_kept
    BEFORE UPDATE OR DELETE ON booking_appointmentevent
    FOR EACH ROW EXECUTE FUNCTION booking_refuse_event_change();
"""
ALLOW = """
DROP TRIGGER booking_appointmentevent_is_kept ON booking_appointmentevent;
DROP FUNCTION booking_refuse_event_change();
"""


class Migration(migrations.Migration):
    dependencies = [("booking", "0004_complete_booking_rules")]

    operations = [migrations.RunSQL(REFUSE, reverse_sql=ALLOW)]
