"""What an import writes over, and what it never takes from a site that is in use."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import models

from conditions.models import (
    Amount,
    Caution,
    Claim,
    Condition,
    ConditionName,
    FormerSlug,
    Illustration,
    Image,
    MedicineClass,
    Remedy,
    Source,
    Treatment,
)
from conditions.publishing import unpublish
from conditions.transfer import Content, export_content, import_content, write_content
from conditions.transfer.files import LISTS
from conditions.transfer.shapes import FIELDS, LISTED

from .factories import (
    NOW,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_source,
    make_treatment,
)
from .whole import make_whole_condition

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
# By these a record is found again, so that they cannot change.
KEYS = {"key", "slug", "code", "term"}
# What leads from a part to its record, and what a site keeps to itself.
OWN = {
    *("id", "condition", "treatment", "remedy", "other", "image", "red_flag", "source"),
    *("replaced_by", "part_of", "position", "version", "unpublish_at", "created_at", "created_by"),
    *("updated_at", "file", "width", "height"),
}

PARTS = {"treatment": "treatments", "condition": "conditions"}


def another(field, value):
    """Return another value that the field takes."""
    if field.choices:
        taken = set(field.model.objects.values_list(field.name, flat=True))
        choices = [choice for choice, _words in field.flatchoices if choice != value]
        return min(choices, key=lambda choice: choice in taken)
    match field:
        case models.BooleanField():
            return not value
        case models.DateField():
            return (value or date(2026, 1, 1)) + timedelta(days=1)
        case models.IntegerField() | models.DecimalField():
            return (value or 5) + 1
        case models.URLField():
            return f"{value or 'https://example.org/'}x"
    return f"{value}\nx" if (field.model, field.name) in LISTED else f"{value}x"


def change_everything():
    """Give every field of every record another value, and take what it points at away."""
    for model, names in FIELDS.items():
        for record in model.objects.all():
            values = {
                name: another(model._meta.get_field(name), getattr(record, name))
                for name in names
                if name not in KEYS and (model, name) != (Image, "name")
            }
            if model is Illustration:
                values["alt"] = ""  # it is decorative now
            if model is Claim and record.condition:
                values.pop("label")  # those of an article have none
            model.objects.filter(pk=record.pk).update(**values)
    for model in (Claim, Caution, Condition, Treatment):
        for record in model.objects.all():
            record.sources.clear()
    for caution in Caution.objects.all():
        caution.medicine_classes.clear()
    MedicineClass.objects.update(part_of=None)
    ConditionName.objects.all().delete()
    Amount.objects.update(source=make_source(key="another"))
    Remedy.objects.update(treatment=Treatment.objects.create(slug="another", title="Another"))


def test_files_hold_every_field():
    for model, names in FIELDS.items():
        assert {field.name for field in model._meta.concrete_fields} - set(names) <= OWN, model


def test_update_leaves_no_field_behind(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make_whole_condition()
    first = export_content()
    change_everything()
    changed = export_content()
    for name in (*LISTS, "conditions"):
        assert all(entry not in getattr(first, name) for entry in getattr(changed, name))

    import_content(first, update=True, weaken_red_flags=True)
    Source.objects.get(key="another").delete()
    Treatment.objects.get(slug="another").delete()

    assert export_content() == first


def entry(article, **kwargs):
    return {"slug": article.slug, "title": article.title, **kwargs}


def test_update_gives_an_image_its_title_and_credit():
    image = Image.objects.create(name="a" * 40, width=400, height=300, title="Old", credit="Old")
    written = {"name": image.name, "title": "New", "credit": "By New"}

    left = import_content(Content(images=[written]))
    updated = import_content(Content(images=[written]), update=True)

    image.refresh_from_db()
    assert (image.title, image.credit) == ("New", "By New")
    assert (left.left, left.updated) == ([image], [])
    assert (updated.left, updated.updated) == ([], [image])


@pytest.mark.parametrize("make", [make_live_condition, make_live_treatment])
def test_update_keeps_the_old_addresses_of_the_site(client, make):
    article = make(slug="sleep")
    FormerSlug.objects.create(slug="cant-sleep", **{article.revision_field: article})
    old = article.get_absolute_url().replace("sleep", "cant-sleep")

    content = Content(
        **{PARTS[article.revision_field]: [entry(article, old_slugs=["no-sleep", "cant-sleep"])]}
    )
    import_content(content, update=True)

    for address in (old, old.replace("cant-sleep", "no-sleep")):
        response = client.get(address)
        assert (response.status_code, response.url) == (301, article.get_absolute_url())


def test_update_takes_no_address_from_another_page():
    sleep, other = make_condition(slug="sleep"), make_condition(slug="cramps")
    FormerSlug.objects.create(slug="spasms", condition=other)
    # A treatment's address is another one.
    make_treatment(slug="rest")
    written = entry(sleep, old_slugs=["cramps", "rest", "spasms"])

    report = import_content(Content(conditions=[written]), update=True)

    assert [former.slug for former in sleep.former_slugs.all()] == ["rest"]
    assert [former.slug for former in other.former_slugs.all()] == ["spasms"]
    assert report.kept == [
        "Condition “sleep”: the old address “cramps” is another page's",
        "Condition “sleep”: the old address “spasms” is another page's",
    ]


@pytest.mark.parametrize("make", [make_live_condition, make_live_treatment])
@pytest.mark.parametrize("has_one", [True, False])
def test_update_leaves_what_replaces_a_published_page(client, make, has_one):
    here, there = make(slug="here"), make(slug="there")
    article = make(slug="old", replaced_by=here if has_one else None)
    unpublish(article, by="tests", now=NOW)
    before = client.get(article.get_absolute_url())

    content = Content(**{PARTS[article.revision_field]: [entry(article, replaced_by=there.slug)]})
    report = import_content(content, update=True)

    after = client.get(article.get_absolute_url())
    assert (after.status_code, after.get("Location")) == (
        before.status_code,
        before.get("Location"),
    )
    assert report.kept == ["“old”: what replaces it, since it has been published"]


@pytest.mark.parametrize("make", [make_condition, make_treatment])
def test_update_changes_what_replaces_a_draft(make):
    other, draft = make(), make()
    part = PARTS[draft.revision_field]

    content = Content(**{part: [entry(draft, replaced_by=other.slug)]})
    report = import_content(content, update=True)

    draft.refresh_from_db()
    assert draft.replaced_by == other
    assert report.kept == []
    import_content(Content(**{part: [entry(draft)]}), update=True)
    draft.refresh_from_db()
    assert draft.replaced_by is None


def test_import_says_what_it_left_for_the_sake_of_patients(tmp_path, capsys):
    condition = make_live_condition(slug="old", replaced_by=make_live_condition(slug="new"))
    content = Content(conditions=[entry(condition)])
    write_content(content, tmp_path)

    call_command("import_articles", tmp_path, update=True, dry_run=True)
    call_command("import_articles", tmp_path, update=True)

    told = "as it is here, unlike in the files:\n- “old”: what replaces it"
    out = capsys.readouterr().out
    assert f"What would stay {told}" in out
    assert f"What stays {told}" in out


def test_update_takes_nothing_back_that_staff_did_meanwhile(monkeypatch):
    condition = make_live_condition()
    changes = entry(condition, title="After", summary="After.")

    def taken_off(importing, content):
        unpublish(condition, by="tests", now=NOW)

    # After the import has read what is there, and before it writes.
    monkeypatch.setattr("conditions.transfer.reading._Import._images", taken_off)
    import_content(Content(conditions=[changes]), update=True)

    condition.refresh_from_db()
    assert (condition.title, condition.unpublish_at) == ("After", NOW)
