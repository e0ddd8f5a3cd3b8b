"""What patients are searched by: small letters, without accents and apostrophes, kept by PostgreSQL."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

import booking.models.patient

# PostgreSQL calls `unaccent` stable, as its dictionary may change. A body that is read now, rather
# than kept as text, does not depend on where extensions are when a backup is restored.
MAKE = """
CREATE FUNCTION booking_search_text(name text, email text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN translate(
        lower(unaccent('unaccent'::regdictionary, name || ' ' || email)), '''’‘ʼ´`', ''
    );
"""


class Migration(migrations.Migration):
    dependencies = [("booking", "0035_guard_erasing")]

    operations = [
        TrigramExtension(),
        UnaccentExtension(),
        migrations.RunSQL(MAKE, reverse_sql="DROP FUNCTION booking_search_text(text, text)"),
        migrations.AddField(
            model_name="patient",
            name="search_text",
            field=booking.models.patient.StoredColumn(
                db_persist=True,
                expression=models.Func("name", "email", function="booking_search_text"),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["phone"], name="booking_patient_phone"),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass("search_text", "gin_trgm_ops"),
                name="booking_patient_search",
            ),
        ),
    ]
