"""A mail with the link to the place on the waiting list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0018_one_question_a_visit"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="message",
            name="booking_message_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="message",
            name="booking_message_about_a_visit",
        ),
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[
                    ("confirmation", "Confirmation"),
                    ("cancellation", "Cancellation"),
                    ("moved", "New time"),
                    ("choice", "Please choose another time"),
                    ("offer", "An earlier time is free"),
                    ("links", "Links to visits"),
                    ("waiting", "Place on the waiting list"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "confirmation",
                            "cancellation",
                            "moved",
                            "choice",
                            "offer",
                            "links",
                            "waiting",
                        ],
                    )
                ),
                name="booking_message_kind_known",
                violation_error_code="kind_known",
                violation_error_message="This kind of message is not known.",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("appointment__isnull", False),
                    ("kind__in", ("offer", "links", "waiting")),
                    _connector="OR",
                ),
                name="booking_message_about_a_visit",
                violation_error_code="about_a_visit",
                violation_error_message="This kind of message is about a visit.",
            ),
        ),
    ]
