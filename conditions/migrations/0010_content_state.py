"""The state of all that reading pages show, as a function: its plan is kept by each connection.

Whatever writes a row gives it a new xmin. So `written` changes with every change, and the count of
what is due changes as time goes by.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION conditions_content_state(
    moment timestamptz, OUT clinic text, OUT written bigint, OUT due bigint
) LANGUAGE plpgsql STABLE AS $$
BEGIN
    SELECT to_json(row)::text INTO clinic FROM clinic_clinic AS row;
    SELECT bit_xor(hashtextextended(concat(part, id, ':', version), 0)),
        count(*) FILTER (WHERE at <= moment)
    INTO written, due
    FROM (
        SELECT 'e' AS part, id, xmin AS version, publish_at AS at FROM conditions_revision
        UNION ALL SELECT 'r', id, xmin, NULL FROM conditions_review
        UNION ALL SELECT 'c', id, xmin, unpublish_at FROM conditions_condition
        UNION ALL SELECT 't', id, xmin, unpublish_at FROM conditions_treatment
    ) AS content;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("clinic", "0001_clinic"), ("conditions", "0009_revision_words_are_known")]

    operations = [
        migrations.RunSQL(
            CREATE, reverse_sql="DROP FUNCTION conditions_content_state(timestamptz)"
        ),
    ]
