"""Calendars that practitioners keep elsewhere; the closures that come from one name it."""

import django.db.models.deletion
from django.db import migrations, models

import booking.models.busy_calendar


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0025_add_practitioner_feed"),
    ]

    operations = [
        migrations.CreateModel(
            name="BusyCalendar",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "url",
                    models.CharField(
                        help_text="The secret address in iCal format, from the calendar’s settings. It begins with https:// and often ends in .ics. Only when somebody is busy is kept, never the events’ names.",
                        max_length=2000,
                        validators=[booking.models.busy_calendar.validate_address],
                        verbose_name="address",
                    ),
                ),
                ("last_tried_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("last_read_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="Why it could not be read when it was last tried. Empty if it could.",
                        max_length=300,
                    ),
                ),
                (
                    "practitioner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="busy_calendars",
                        to="booking.practitioner",
                    ),
                ),
            ],
            options={
                "verbose_name": "practitioner’s own calendar",
                "verbose_name_plural": "practitioners’ own calendars",
                "ordering": ("practitioner__name", "pk"),
            },
        ),
        migrations.AddField(
            model_name="notavailabletime",
            name="busy_calendar",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="busy_times",
                to="booking.busycalendar",
            ),
        ),
        migrations.AddConstraint(
            model_name="busycalendar",
            constraint=models.CheckConstraint(
                condition=models.Q(("url__startswith", "https://")),
                name="booking_busycalendar_https",
                violation_error_code="https",
                violation_error_message="The address must begin with https://.",
            ),
        ),
    ]
