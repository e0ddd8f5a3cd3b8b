"""Bringing pages up to date: what visitors lose and get is shown first, and just that is done."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conditions import updates
from conditions.models import Caution, RedFlag
from conditions.publishing import publish
from tests.html_tree import parse

from .factories import (
    NOW,
    make_caution,
    make_claim,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_red_flag,
    make_remedy,
    make_source,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LOST = "Herbs: Magnesium: Caution “Kidney disease” (removed)"
PAGES = reverse("admin:conditions_pages")


def make_page(**kwargs):
    """Return a live article about magnesium, which has two cautions, and its source."""
    condition = make_condition(**kwargs)
    remedy = make_remedy(name="Magnesium", treatment=make_live_treatment(title="Herbs"))
    source = make_source(title="Old title")
    make_caution(remedy=remedy, with_what="Kidney disease", with_kind="condition")
    make_caution(remedy=remedy)
    make_claim(condition=condition, treatment=remedy.treatment, remedy=remedy, sources=[source])
    publish(condition, by="tests", now=NOW)
    return condition, source


def parts_of(page):
    return parse(page.text).one("main").all("section")


def changes_of(part):
    return [
        (name.text, words.text) for name, words in zip(part.all("dt"), part.all("dd"), strict=True)
    ]


def update(client, page):
    return client.post(page.request["PATH_INFO"], {"shown": page.context["digest"]}, follow=True)


def test_all_that_a_page_loses_is_shown_whatever_led_there(client, staff):
    condition, source = make_page(title="Spasms")
    Caution.objects.filter(with_what="Kidney disease").delete()
    source.title = "New title"
    source.save()

    page = client.get(reverse("admin:conditions_source_uses", args=[source.pk]))

    (part,) = parts_of(page)
    assert part.one("h2").text == "Spasms"
    changes = dict(changes_of(part))
    assert changes[LOST].startswith("[removed: ")
    assert changes["Source “New title” (changed)"].startswith("[removed: Old ] [added: New ]title")
    assert list(changes) == [
        "Herbs: Magnesium: Claim (changed)",
        LOST,
        "Source “New title” (changed)",
    ]
    update(client, page)
    (offer,) = condition.revisions.first().document["offers"]
    assert [caution["with_what"] for caution in offer["remedies"][0]["cautions"]] == [
        "Blood thinners"
    ]


def test_what_changed_meanwhile_is_shown_and_not_done(client, staff):
    condition, source = make_page()
    source.title = "New title"
    source.save()
    opened = client.get(PAGES)
    Caution.objects.filter(with_what="Kidney disease").delete()

    refused = update(client, opened)

    assert "Nothing was updated: something changed since you opened this page." in refused.text
    assert condition.revisions.count() == 1
    assert LOST in dict(changes_of(parts_of(refused)[0]))
    assert "Pages brought up to date: 1." in update(client, refused).text


def test_page_that_went_live_meanwhile_is_shown_first(client, staff):
    flag = make_red_flag(label="Old")
    condition = make_live_condition(red_flags=[flag])
    RedFlag.objects.update(label="New")
    opened = client.get(PAGES)
    type(condition).objects.update(lede="An urgent fix.")
    publish(condition, by="tests", now=NOW + timedelta(minutes=1))
    RedFlag.objects.update(label="Newer")

    assert "Nothing was updated" in update(client, opened).text
    assert condition.revisions.count() == 2


def test_fact_that_changes_in_the_same_moment_is_not_published_unseen(client, staff, monkeypatch):
    condition, source = make_page()
    source.title = "New title"
    source.save()
    republish = updates.republish

    def after_a_change(*args, **kwargs):
        Caution.objects.filter(with_what="Kidney disease").delete()
        return republish(*args, **kwargs)

    monkeypatch.setattr(updates, "republish", after_a_change)

    assert "Nothing was updated" in update(client, client.get(PAGES)).text
    assert condition.revisions.count() == 1


def test_press_without_what_was_shown_does_nothing(client, staff):
    condition, _source = make_page()
    Caution.objects.filter(with_what="Kidney disease").delete()

    assert "Nothing was updated" in client.post(PAGES, follow=True).text
    assert condition.revisions.count() == 1


def test_scheduled_revisions_are_shown_and_updated_too(client, staff):
    flag = make_red_flag(label="Old")
    condition = make_live_condition(title="Spasms", red_flags=[flag])
    type(condition).objects.update(lede="For later.")
    condition.refresh_from_db()
    publish(condition, by="tests", now=NOW, publish_at=NOW + timedelta(days=1))
    RedFlag.objects.update(label="New")

    page = client.get(PAGES)

    assert [part.one("h2").text for part in parts_of(page)] == [
        "Spasms",
        "Spasms, revision 2, which appears on December 8, 2026, 7:00 AM",
    ]
    assert "Pages brought up to date: 1." in update(client, page).text
    newest = {edition.number: edition for edition in condition.revisions.all()}
    assert [newest[number].document["red_flags"][0]["label"] for number in (3, 4)] == ["New"] * 2


def test_long_differences_are_folded_and_what_nobody_sees_says_so(client, staff):
    flags = [make_red_flag() for _ in range(6)]
    make_live_condition(title="Few", red_flags=flags[:5])
    make_live_condition(title="Many", red_flags=flags)
    unseen = make_red_flag()
    make_live_condition(title="None", red_flags=[unseen])
    RedFlag.objects.exclude(pk=unseen.pk).update(level="urgent")
    RedFlag.objects.filter(pk=unseen.pk).update(version=2)

    few, many, none = parts_of(client.get(PAGES))

    assert (len(few.all("dt")), len(few.all("details"))) == (5, 0)
    assert many.one("details").one("summary").text == "6 changes"
    assert len(many.one("details").all("dt")) == 6
    assert "A reader would see no difference." in none.text


def test_more_differences_take_no_more_queries(client, staff):
    make_page()
    Caution.objects.filter(with_what="Kidney disease").delete()
    client.get(PAGES)
    with CaptureQueriesContext(connection) as few:
        client.get(PAGES)
    for _ in range(3):
        make_page()
    Caution.objects.filter(with_what="Kidney disease").delete()
    RedFlag.objects.update(label="New")

    with CaptureQueriesContext(connection) as many:
        page = client.get(PAGES)

    assert len(parts_of(page)) == 4
    assert len(many) == len(few)


def test_red_flag_is_shown_as_readers_see_it(client, staff):
    flag = make_red_flag(statement="Call {emergency} <now>")

    page = client.get(reverse("admin:conditions_redflag_uses", args=[flag.pk]))
    make_live_condition(red_flags=[flag])
    shown = client.get(reverse("admin:conditions_redflag_uses", args=[flag.pk]))

    assert "{emergency}" not in page.text + shown.text
    assert "Call 911 <now>" in parse(shown.text).one("main").text
