"""A place has a time zone and public holidays that can be ones."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0016_bound_services"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="location",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("time_zone__regex", "^[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*)*$")
                ),
                name="booking_location_zone_shaped",
                violation_error_code="zone_shaped",
                violation_error_message="Write the time zone like America/New_York.",
            ),
        ),
        migrations.AddConstraint(
            model_name="location",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("holiday_country", ""), ("holiday_subdivision", "")),
                    models.Q(
                        models.Q(
                            ("holiday_subdivision", ""),
                            ("holiday_subdivision__regex", "^[A-Za-z0-9][A-Za-z0-9 -]*$"),
                            _connector="OR",
                        ),
                        ("holiday_country__regex", "^[A-Z]{2}$"),
                    ),
                    _connector="OR",
                ),
                name="booking_location_holidays_shaped",
                violation_error_code="holidays_shaped",
                violation_error_message="Write a country’s two letters, such as US, and then the short form of its state, such as NY.",
            ),
        ),
    ]
