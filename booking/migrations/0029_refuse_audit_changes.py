"""Who saw or changed what is written down once, never changed, and never emptied."""

from django.db import migrations

# Tests empty all tables: theirs is the one database where the second trigger is off.
REFUSE = """
CREATE FUNCTION booking_refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit is never changed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'booking_auditentry_is_kept';
END $$;
CREATE TRIGGER booking_auditentry_is_kept
    BEFORE UPDATE OR DELETE ON booking_auditentry
    FOR EACH ROW EXECUTE FUNCTION booking_refuse_audit_change();
CREATE TRIGGER booking_auditentry_is_never_emptied
    BEFORE TRUNCATE ON booking_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION booking_refuse_audit_change();
"""
ALLOW = """
DROP TRIGGER booking_auditentry_is_never_emptied ON booking_auditentry;
DROP TRIGGER booking_auditentry_is_kept ON booking_auditentry;
DROP FUNCTION booking_refuse_audit_change();
"""


class Migration(migrations.Migration):
    dependencies = [("booking", "0028_add_audit")]

    operations = [migrations.RunSQL(REFUSE, reverse_sql=ALLOW)]
