"""Red flags and reviews are for clinical reviewers from now on; groups of their own only add."""

from django.db import migrations

TAKEN = ["add_redflag", "change_redflag", "add_review", "change_review"]


def take_from_content(apps, schema_editor):
    using = schema_editor.connection.alias
    for group in apps.get_model("auth", "Group").objects.using(using).filter(name="Content"):
        group.permissions.remove(
            *group.permissions.filter(content_type__app_label="conditions", codename__in=TAKEN)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("conditions", "0006_image_as_seen"),
    ]

    operations = [migrations.RunPython(take_from_content, migrations.RunPython.noop)]
