"""Who signed in is written down once, never changed, and never emptied.

What is over a month old may go, once the owner has said for how long the history is kept.
"""

from django.db import migrations

# Tests empty all tables: theirs is the one database where the second trigger is off.
REFUSE = """
CREATE FUNCTION clinic_refuse_sign_in_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < now() - interval '30 days'
            AND current_setting('clinic.letting_go', true) = 'on' THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the sign-in history is never changed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'clinic_signin_is_kept';
END $$;
CREATE TRIGGER clinic_signin_is_kept
    BEFORE UPDATE OR DELETE ON clinic_signin
    FOR EACH ROW EXECUTE FUNCTION clinic_refuse_sign_in_change();
CREATE TRIGGER clinic_signin_is_never_emptied
    BEFORE TRUNCATE ON clinic_signin
    FOR EACH STATEMENT EXECUTE FUNCTION clinic_refuse_sign_in_change();
"""
ALLOW = """
DROP TRIGGER clinic_signin_is_never_emptied ON clinic_signin;
DROP TRIGGER clinic_signin_is_kept ON clinic_signin;
DROP FUNCTION clinic_refuse_sign_in_change();
"""


class Migration(migrations.Migration):
    dependencies = [("clinic", "0005_add_sign_in")]

    operations = [migrations.RunSQL(REFUSE, reverse_sql=ALLOW)]
