"""Which links inside the site the gate lets through."""

import pytest

from conditions.documents import freeze
from conditions.gate import Failure, failures
from conditions.models import FormerSlug
from conditions.publishing import unpublish

from .factories import (
    NOW,
    make_claim,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_section,
    make_treatment,
)

pytestmark = pytest.mark.django_db


def failures_of(article, now=NOW):
    article = type(article).objects.get(pk=article.pk)
    return failures(article, freeze(article), now)


@pytest.mark.parametrize(
    ("href", "is_alive"),
    [
        ("https://www.nhs.uk/gone", True),
        ("tel:+12125550100", True),
        ("mailto:a@clinic.example", True),
        ("/", True),
        ("/conditions/", True),
        ("/conditions", True),
        ("/conditions/?q=cramp", True),
        ("/conditions/live/", True),
        ("/conditions/live/#sources", True),
        ("/conditions/live#red-flags", True),
        ("/conditions/live/?a=1&amp;b=2#self-care", True),
        ("/conditions/live/#what-to-eat", False),
        ("/conditions/live/#points", False),
        ("/conditions/was-live/#overview", True),
        ("/conditions/was-live/#nowhere", False),
        ("/conditions/draft/#overview", False),
        ("/conditions/itself/#overview", True),
        ("/conditions/itself/#nowhere", False),
        ("/treatments/herbs/#what-happens", True),
        ("/treatments/herbs/#self-care", False),
        ("/conditions/#area-head", True),
        ("/conditions/was-live/", True),
        ("/conditions/itself/", True),
        ("/treatments/herbs/", True),
        ("/healthz", True),
        ("#overview", True),
        ("#see-doctor", False),
        ("#sources", True),
        ("/conditions/draft/", False),
        ("/conditions/off/", False),
        ("/conditions/unknown/", False),
        ("/treatments/live/", False),
        ("/no-such-page/", False),
    ],
)
def test_links_inside_the_site_are_alive(href, is_alive):
    live = make_live_condition(slug="live")
    FormerSlug.objects.create(slug="was-live", condition=live)
    make_condition(slug="draft")
    unpublish(make_live_condition(slug="off"), by="tests", now=NOW)
    make_live_treatment(slug="herbs")
    condition = make_condition(slug="itself")
    condition.sections.update(body=f'<p><a href="{href}">x</a></p>')

    expected = Failure(f"A link in “What is going on” leads nowhere: {href}", "#sections-0")
    assert failures_of(condition) == ([] if is_alive else [expected])


def test_link_to_a_part_that_only_the_draft_of_the_other_has_is_dead():
    other = make_live_condition(slug="live")
    make_section(condition=other, aspect="causes")
    condition = make_condition()
    condition.sections.update(body='<p><a href="/conditions/live/#causes">x</a></p>')

    assert [failure.field for failure in failures_of(condition)] == ["#sections-0"]


@pytest.mark.parametrize(
    ("path", "is_alive"), [("/conditions/", True), ("/gone/", False), ("", True)]
)
def test_links_with_the_sites_own_name_are_followed_too(path, is_alive, settings):
    condition = make_condition()
    condition.sections.update(body=f'<p><a href="{settings.SITE_URL}{path}">x</a></p>')

    assert bool(failures_of(condition)) is not is_alive


def test_link_to_an_offer_is_alive():
    condition = make_condition()
    make_claim(condition=condition, treatment=make_live_treatment(slug="herbs"))
    condition.sections.update(body='<p><a href="#offer-herbs">x</a></p>')

    assert failures_of(condition) == []


def test_link_to_a_part_of_a_treatment_is_alive():
    treatment = make_treatment()
    treatment.sections.update(body='<p><a href="#points">x</a></p>')

    assert failures_of(treatment) == []
