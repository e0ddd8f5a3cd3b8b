"""A patient has one question to answer about a visit, also while they wait for a call."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0017_shape_zones_and_holidays"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="moverequest",
            name="booking_moverequest_one_open",
        ),
        migrations.AddConstraint(
            model_name="movealternative",
            constraint=models.UniqueConstraint(
                fields=("hold",),
                name="booking_movealternative_once",
                violation_error_code="once",
                violation_error_message="This time is held for somebody already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="moverequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("open", "kept"))),
                fields=("appointment",),
                name="booking_moverequest_one_waiting",
                violation_error_code="one_waiting",
                violation_error_message="This patient was asked already.",
            ),
        ),
    ]
