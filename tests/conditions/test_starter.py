from collections import Counter

import pytest
from django.apps import apps

from conditions.models import CareLevel, Caution, Condition, RedFlag, Remedy, Section, Treatment
from conditions.red_flags import flags_for_screening
from conditions.starter import load
from tests.copies import fill

from .factories import NOW, make_condition, make_treatment

pytestmark = pytest.mark.django_db


def row_counts():
    models = apps.get_app_config("conditions").get_models()
    return Counter({model.__name__: model.objects.count() for model in models})


def test_load_publishes_the_starter_articles():
    published = load(now=NOW)

    assert {article.slug for article in published} == {
        *Treatment.objects.published(NOW).values_list("slug", flat=True),
        *Condition.objects.published(NOW).values_list("slug", flat=True),
    }
    assert Treatment.objects.count() + Condition.objects.count() == len(published)
    assert {"acupuncture", "spasms-and-twitches"} <= {article.slug for article in published}


def test_load_twice_changes_nothing():
    fill(load, now=NOW)
    before = row_counts()

    assert load(now=NOW) == []
    assert row_counts() == before


def test_load_leaves_drafts_of_staff_alone_and_a_new_article_whose_treatment_is_off_the_site():
    complete, unfinished = make_condition(), make_treatment(summary="")
    make_treatment(slug="acupuncture")

    published = load(now=NOW)

    assert not complete.revisions.exists()
    assert not unfinished.revisions.exists()
    assert "spasms-and-twitches" not in {article.slug for article in published}
    assert Condition.objects.get(slug="spasms-and-twitches").revisions.count() == 0


def test_load_leaves_what_staff_changed():
    fill(load, now=NOW)
    RedFlag.objects.filter(code="speech.slurred").update(label="Changed by staff")
    section = Section.objects.filter(condition__slug="spasms-and-twitches").first()
    section.delete()
    Treatment.objects.filter(slug="acupuncture").update(title="Needles")
    before = row_counts()

    load(now=NOW)

    assert RedFlag.objects.get(code="speech.slurred").label == "Changed by staff"
    assert Treatment.objects.get(slug="acupuncture").title == "Needles"
    assert row_counts() == before


def test_starter_article_asks_every_level_and_the_global_flags():
    fill(load, now=NOW)

    asked = flags_for_screening("spasms-and-twitches", now=NOW)

    assert asked.condition == "spasms-and-twitches"
    assert {flag.level for flag in asked.flags} == set(CareLevel)
    assert {flag.code for flag in asked.flags} >= set(
        RedFlag.objects.filter(is_global=True).values_list("code", flat=True)
    )


def test_starter_article_shows_every_global_flag():
    fill(load, now=NOW)

    document = Condition.objects.get(slug="spasms-and-twitches").revisions.get().document

    shown = [entry["code"] for entry in document["red_flags"]]
    assert shown[:4] == [
        "speech.slurred",
        "weakness.one_side",
        "face.droop",
        "movement.paralysis",
    ]
    assert set(shown) >= set(RedFlag.objects.filter(is_global=True).values_list("code", flat=True))


def test_starter_cautions_name_who_says_what_was_found_or_stated():
    fill(load, now=NOW)

    claimed = Caution.objects.filter(basis__in=["label", "trial", "case_report"])

    assert claimed.exists()
    assert not claimed.filter(sources=None).exists()


def test_starter_points_can_be_drawn():
    fill(load, now=NOW)

    points = Remedy.objects.filter(kind="acupoint")

    assert set(points.values_list("who_code", "level_with")) == {
        ("BL13", "T3"),
        ("BL14", "T4"),
        ("BL15", "T5"),
        ("BL18", "T9"),
        ("BL20", "T11"),
        ("BL23", "L2"),
    }
    assert not points.filter(midline_cun=None).exists()
