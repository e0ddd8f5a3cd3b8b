"""Django says who is in a history before PostgreSQL refuses to delete them. No SQL."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0009_add_move_request")]

    operations = [
        migrations.AlterField(
            model_name="appointmentevent",
            name="practitioner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="booking.practitioner",
            ),
        ),
        migrations.AlterField(
            model_name="appointmentevent",
            name="previous_practitioner",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="booking.practitioner",
            ),
        ),
    ]
