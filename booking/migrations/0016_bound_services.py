"""No number of a service is without a limit, and the admin says which in plain words."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0015_refuse_to_empty_the_history"),
    ]

    operations = [
        migrations.AlterField(
            model_name="service",
            name="buffer_after_minutes",
            field=models.PositiveIntegerField(
                default=0,
                help_text="Kept free after each visit, to write notes. May run past closing time.",
                validators=[
                    django.core.validators.MaxValueValidator(
                        1440, "Enter at most a day: 1440 minutes."
                    )
                ],
                verbose_name="free time after (minutes)",
            ),
        ),
        migrations.AlterField(
            model_name="service",
            name="buffer_before_minutes",
            field=models.PositiveIntegerField(
                default=0,
                help_text="Kept free before each visit, to prepare the room.",
                validators=[
                    django.core.validators.MaxValueValidator(
                        1440, "Enter at most a day: 1440 minutes."
                    )
                ],
                verbose_name="free time before (minutes)",
            ),
        ),
        migrations.AlterField(
            model_name="service",
            name="cancel_notice_minutes",
            field=models.PositiveIntegerField(
                default=1440,
                validators=[
                    django.core.validators.MaxValueValidator(527040, "Enter at most 366 days.")
                ],
                verbose_name="patients may cancel or move until (minutes before)",
            ),
        ),
        migrations.AlterField(
            model_name="service",
            name="daily_cap",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="For each practitioner. Empty means as many as fit.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1, "Enter 1 or more, or nothing."),
                    django.core.validators.MaxValueValidator(500, "Enter at most 500, or nothing."),
                ],
                verbose_name="at most so many a day",
            ),
        ),
        migrations.AlterField(
            model_name="service",
            name="duration_minutes",
            field=models.PositiveIntegerField(
                validators=[
                    django.core.validators.MinValueValidator(5, "Enter at least 5 minutes."),
                    django.core.validators.MaxValueValidator(
                        1440, "Enter at most a day: 1440 minutes."
                    ),
                ],
                verbose_name="length (minutes)",
            ),
        ),
        migrations.AlterField(
            model_name="service",
            name="horizon_days",
            field=models.PositiveIntegerField(
                default=60,
                validators=[
                    django.core.validators.MinValueValidator(1, "Enter at least 1 day."),
                    django.core.validators.MaxValueValidator(730, "Enter at most 730 days."),
                ],
                verbose_name="can be booked ahead (days)",
            ),
        ),
        migrations.AlterField(
            model_name="service",
            name="notice_minutes",
            field=models.PositiveIntegerField(
                default=1440,
                validators=[
                    django.core.validators.MaxValueValidator(527040, "Enter at most 366 days.")
                ],
                verbose_name="booking closes before the visit (minutes)",
            ),
        ),
        migrations.AlterField(
            model_name="service",
            name="step_minutes",
            field=models.PositiveIntegerField(
                default=30,
                help_text="Counted from the start of each opening period.",
                validators=[
                    django.core.validators.MinValueValidator(5, "Enter at least 5 minutes."),
                    django.core.validators.MaxValueValidator(
                        1440, "Enter at most a day: 1440 minutes."
                    ),
                ],
                verbose_name="a start every (minutes)",
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("daily_cap__isnull", True), ("daily_cap__lte", 500), _connector="OR"),
                    ("buffer_after_minutes__lte", 1440),
                    ("buffer_before_minutes__lte", 1440),
                    ("cancel_notice_minutes__lte", 527040),
                    ("duration_minutes__lte", 1440),
                    ("horizon_days__lte", 730),
                    ("notice_minutes__lte", 527040),
                    ("step_minutes__lte", 1440),
                ),
                name="booking_service_within_limits",
                violation_error_code="within_limits",
                violation_error_message="A number is too large: lengths go up to a day, notice to 366 days, booking ahead to 730 days, and visits a day to 500.",
            ),
        ),
    ]
