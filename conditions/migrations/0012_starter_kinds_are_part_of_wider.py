"""Kinds of medicine that the starter content brought say now which wider kind they are part of.

Before, that was guessed from the names that two kinds share.
"""

from django.db import migrations

PARTS = {
    "warfarin": "blood-thinners",
    "antiplatelets": "blood-thinners",
    "ace-inhibitors-arbs": "blood-pressure-medicines",
    "water-pills": "blood-pressure-medicines",
    "potassium-sparing-water-pills": "water-pills",
    "ppis": "acid-reducers",
}


def set_wider_kinds(apps, schema_editor):
    kinds = apps.get_model("conditions", "MedicineClass").objects
    known = {kind.slug: kind for kind in kinds.all()}
    for slug, wider in PARTS.items():
        if slug in known and wider in known:
            known[slug].part_of = known[wider]
            known[slug].save(update_fields=["part_of"])


class Migration(migrations.Migration):
    dependencies = [("conditions", "0011_medicine_class_part_of")]

    operations = [migrations.RunPython(set_wider_kinds, migrations.RunPython.noop)]
