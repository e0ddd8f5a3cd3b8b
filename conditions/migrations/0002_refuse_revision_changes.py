"""PostgreSQL itself refuses to change or delete a revision. TRUNCATE stays possible, for tests."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION conditions_revision_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A revision is never changed or deleted; publish a new one.'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'conditions_revision_is_frozen';
END
$$;
CREATE TRIGGER conditions_revision_is_frozen
    BEFORE UPDATE OR DELETE ON conditions_revision
    FOR EACH ROW EXECUTE FUNCTION conditions_revision_refuse_change();
"""

ALLOW = """
DROP TRIGGER conditions_revision_is_frozen ON conditions_revision;
DROP FUNCTION conditions_revision_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("conditions", "0001_initial")]

    operations = [migrations.RunSQL(REFUSE, reverse_sql=ALLOW)]
