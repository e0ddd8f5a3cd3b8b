"""An image has the width and height that are seen, not those of a file that is turned."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("conditions", "0005_revision_may_be_withdrawn"),
    ]

    operations = [
        migrations.AlterField(
            model_name="image",
            name="file",
            field=models.FileField(max_length=200, upload_to="originals"),
        ),
    ]
