"""Addresses with capital letters get small ones; the old ones lead on, as every old address does."""

from itertools import chain, count

from django.db import migrations


def to_small_letters(apps, schema_editor):
    former = apps.get_model("conditions", "FormerSlug")
    for field in ("condition", "treatment"):
        articles = apps.get_model("conditions", field.capitalize()).objects
        for article in articles.filter(slug__regex="[A-Z]"):
            old, small = article.slug, article.slug.lower()
            numbered = (f"{small[:76]}-{number}" for number in count(2))
            article.slug = next(
                slug for slug in chain([small], numbered) if not articles.filter(slug=slug).exists()
            )
            article.save(update_fields=["slug"])
            former.objects.get_or_create(slug=old, **{field: article})


class Migration(migrations.Migration):
    dependencies = [("conditions", "0016_treatment_red_flags")]

    operations = [migrations.RunPython(to_small_letters, migrations.RunPython.noop)]
