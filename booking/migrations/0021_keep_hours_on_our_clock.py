"""Hours have days and times that can be read: not PostgreSQL's infinity, nor its 24:00."""

import datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0020_add_own_zone"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="availabletime",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("end_time__lte", datetime.time(23, 59, 59, 999999)),
                    ("on__range", (datetime.date(1, 1, 1), datetime.date(9999, 12, 31))),
                    ("start_time__lte", datetime.time(23, 59, 59, 999999)),
                    ("valid_from_on__range", (datetime.date(1, 1, 1), datetime.date(9999, 12, 31))),
                    (
                        "valid_until_on__range",
                        (datetime.date(1, 1, 1), datetime.date(9999, 12, 31)),
                    ),
                ),
                name="booking_availabletime_on_our_clock",
                violation_error_code="on_our_clock",
                violation_error_message="Choose days and times that a calendar and a clock have.",
            ),
        ),
    ]
