"""The time zone in which the patient chose a phone or video visit, for the mails about it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0019_add_waiting_message"),
    ]

    operations = [
        migrations.AddField(
            model_name="appointment",
            name="own_zone",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The time zone in which the patient chose a phone or video visit.",
                max_length=64,
                verbose_name="the patient’s clock",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("own_zone", ""),
                    ("own_zone__regex", "^[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*)*$"),
                    _connector="OR",
                ),
                name="booking_appointment_own_zone_shaped",
                violation_error_code="own_zone_shaped",
                violation_error_message="Write the time zone like America/New_York.",
            ),
        ),
    ]
