"""The state of what can be booked says of the red flags, too, whether they changed."""

from django.db import migrations

AFTER = """
CREATE OR REPLACE FUNCTION booking_catalogue_state() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
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
            UNION ALL SELECT 'r', id, xmin, ctid FROM conditions_redflag
        ) AS catalogue
    );
END
$$;
"""
RED_FLAGS = "            UNION ALL SELECT 'r', id, xmin, ctid FROM conditions_redflag\n"
BEFORE = AFTER.replace(RED_FLAGS, "")


class Migration(migrations.Migration):
    dependencies = [
        ("conditions", "0001_initial"),
        ("booking", "0012_keep_booked_visits_booked"),
    ]

    operations = [migrations.RunSQL(AFTER, reverse_sql=BEFORE)]
