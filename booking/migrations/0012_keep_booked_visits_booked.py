"""A visit that somebody has booked is never a mere hold again, which anybody's booking deletes."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION booking_refuse_unbooking() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a booked visit is never a hold again'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'booking_appointment_stays_booked';
END $$;
CREATE TRIGGER booking_appointment_stays_booked
    AFTER UPDATE OF status ON booking_appointment
    FOR EACH ROW WHEN (OLD.status <> 'pending' AND NEW.status = 'pending')
    EXECUTE FUNCTION booking_refuse_unbooking();
"""
ALLOW = """
DROP TRIGGER booking_appointment_stays_booked ON booking_appointment;
DROP FUNCTION booking_refuse_unbooking();
"""


class Migration(migrations.Migration):
    dependencies = [("booking", "0011_add_catalogue_state")]

    operations = [migrations.RunSQL(REFUSE, reverse_sql=ALLOW)]
