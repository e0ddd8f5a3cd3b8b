"""A scheduled revision may be withdrawn before it appears. Nothing else about a revision changes."""

from django.db import migrations

HEAD = """
CREATE OR REPLACE FUNCTION conditions_revision_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
"""
# The generated column has no value yet when the trigger looks.
WITHDRAWAL = """
    IF TG_OP = 'UPDATE'
        AND OLD.withdrawn_at IS NULL AND NEW.withdrawn_at < OLD.publish_at
        AND to_jsonb(NEW) - 'withdrawn_at' - 'search' = to_jsonb(OLD) - 'withdrawn_at' - 'search'
    THEN
        RETURN NEW;
    END IF;
"""
REFUSE = """
    RAISE EXCEPTION 'A revision is never changed or deleted; publish a new one.'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'conditions_revision_is_frozen';
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("conditions", "0004_whole_articles")]

    operations = [
        migrations.RunSQL(HEAD + WITHDRAWAL + REFUSE, reverse_sql=HEAD + REFUSE),
    ]
