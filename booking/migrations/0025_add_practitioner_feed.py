"""The secret address of a practitioner's calendar, to which their own program subscribes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0024_add_reminders_and_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="practitioner",
            name="feed_token",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="The secret part of their calendar’s address. Empty means that there is none.",
                max_length=43,
            ),
        ),
        migrations.AddConstraint(
            model_name="practitioner",
            constraint=models.UniqueConstraint(
                condition=models.Q(("feed_token", ""), _negated=True),
                fields=("feed_token",),
                name="booking_practitioner_feed_token_once",
                violation_error_code="feed_token_once",
                violation_error_message="Each calendar has an address of its own.",
            ),
        ),
        migrations.AddConstraint(
            model_name="practitioner",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("feed_token", ""),
                    ("feed_token__regex", "^[A-Za-z0-9_-]{43}$"),
                    _connector="OR",
                ),
                name="booking_practitioner_feed_token_shaped",
                violation_error_code="feed_token_shaped",
                violation_error_message="A calendar’s address must be too long to guess.",
            ),
        ),
    ]
