"""The state of all that says what can be booked, with whom and where, as a function.

Whatever writes a row gives it a new xmin, and a new place (ctid) even if the same transaction wrote
it before. So the state changes with every change.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION booking_catalogue_state() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT bit_xor(hashtextextended(concat(part, id, ':', version, place), 0))
        FROM (
            SELECT 's' AS part, id, xmin AS version, ctid AS place FROM booking_service
            UNION ALL SELECT 'p', id, xmin, ctid FROM booking_practitioner
            UNION ALL SELECT 'l', id, xmin, ctid FROM booking_location
            UNION ALL SELECT 'w', id, xmin, ctid FROM booking_service_practitioners
            UNION ALL SELECT 'o', id, xmin, ctid FROM booking_service_other_locations
            UNION ALL SELECT 'c', id, xmin, ctid FROM clinic_clinic
        ) AS catalogue
    );
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("clinic", "0001_clinic"), ("booking", "0010_keep_who_is_in_a_history")]

    operations = [
        migrations.RunSQL(CREATE, reverse_sql="DROP FUNCTION booking_catalogue_state()"),
    ]
