"""Some states have no short form: the holidays of New Zealand's South Canterbury are its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0021_keep_hours_on_our_clock"),
    ]

    operations = [
        migrations.AlterField(
            model_name="location",
            name="holiday_subdivision",
            field=models.CharField(
                "state or region",
                blank=True,
                help_text="Its short form, such as NY.",
                max_length=20,
            ),
        ),
    ]
