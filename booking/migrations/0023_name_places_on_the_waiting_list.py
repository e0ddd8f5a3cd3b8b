"""The admin counts places: "3 waiting list" were no words."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0022_let_states_have_long_names"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="waitlistentry",
            options={
                "ordering": ("created_at", "pk"),
                "verbose_name": "place on the waiting list",
                "verbose_name_plural": "places on the waiting list",
            },
        ),
    ]
