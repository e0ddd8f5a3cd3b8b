"""What patients write about their health is sealed, and PostgreSQL takes it in no other way."""

from django.db import migrations

from clinic.sealing import PROOF, key_ids, open_sealed, seal

FIELDS = ["reason", "medicines"]
BATCH = 1000
REFUSE = """
ALTER TABLE booking_appointment ADD CONSTRAINT booking_appointment_words_are_sealed CHECK (
    (reason = '' OR reason LIKE 'sealed:%') AND (medicines = '' OR medicines LIKE 'sealed:%')
);
"""
ALLOW = "ALTER TABLE booking_appointment DROP CONSTRAINT booking_appointment_words_are_sealed;"


def _rewrite(apps, how):
    appointment = apps.get_model("booking", "Appointment")
    written = appointment.objects.exclude(reason="", medicines="").only(*FIELDS)
    rows = []
    for row in written.iterator(chunk_size=BATCH):
        row.reason, row.medicines = how(row.reason), how(row.medicines)
        rows.append(row)
        if len(rows) == BATCH:
            appointment.objects.bulk_update(rows, FIELDS)
            rows = []
    appointment.objects.bulk_update(rows, FIELDS)


def seal_all(apps, schema_editor):
    _rewrite(apps, seal)
    # As long as this row is there, the site does not start without its key.
    checks = apps.get_model("clinic", "SealingCheck").objects
    checks.get_or_create(key_id=key_ids()[0], defaults={"proof": seal(PROOF)})


def open_all(apps, schema_editor):
    """Fails, and so changes nothing, if a key is missing."""
    _rewrite(apps, open_sealed)


class Migration(migrations.Migration):
    dependencies = [("booking", "0029_refuse_audit_changes"), ("clinic", "0004_add_sealing_check")]

    operations = [
        migrations.RunPython(seal_all, open_all),
        migrations.RunSQL(REFUSE, reverse_sql=ALLOW),
    ]
