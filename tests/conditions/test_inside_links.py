"""Links inside the site: which of them the gate lets through, and who links to whom."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conditions.documents import freeze
from conditions.gate import Failure, failures
from conditions.inside_links import dead_links, linking_to
from conditions.models import FormerSlug, RelatedTopic
from conditions.publishing import publish, unpublish
from tests.booking.factories import make_practitioner, make_service

from .factories import (
    NOW,
    make_acupoint,
    make_claim,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_live_with_text,
    make_section,
    make_treatment,
)
from .pictures import make_image, picture_file, show
from .test_today import change, change_url, lines_of, what_of
from .whole import make_whole_condition

pytestmark = pytest.mark.django_db


def failures_of(article, now=NOW):
    article = type(article).objects.get(pk=article.pk)
    return failures(article, freeze(article), now)


def failures_with(article, href):
    """Return what the gate says of the article with this link alone in one of its sections."""
    document = freeze(type(article).objects.get(pk=article.pk))
    document["sections"][0]["body"] = f'<p><a href="{href}">x</a></p>'
    return failures(article, document, NOW)


ALIVE = [
    "https://www.nhs.uk/gone",
    "tel:+12125550100",
    "mailto:a@clinic.example",
    "/",
    "/conditions/",
    "/conditions",
    "/conditions/?q=cramp",
    "/conditions/live/",
    "/conditions/live/#sources",
    "/conditions/live#red-flags",
    "/conditions/live/?a=1&amp;b=2#self-care",
    "/conditions/was-live/#overview",
    "/conditions/itself/#overview",
    "/treatments/herbs/#what-happens",
    "/conditions/#area-head",
    "/conditions/was-live/",
    "/conditions/itself/",
    "/treatments/herbs/",
    "/healthz",
    "#overview",
    "#sources",
    "/conditions/replaced/",
    "/conditions/replaced/#sources",
    "/conditions/live/cautions/",
    "/conditions/was-live/cautions/",
    "/conditions/itself/cautions/",
    "/conditions/live/feedback/",
    "/treatments/herbs/card.png",
]
DEAD = [
    "/conditions/live/#what-to-eat",
    "/conditions/live/#points",
    "/conditions/was-live/#nowhere",
    "/conditions/draft/#overview",
    "/conditions/itself/#nowhere",
    "/treatments/herbs/#self-care",
    "#see-doctor",
    "/conditions/draft/",
    "/conditions/off/",
    "/conditions/unknown/",
    "/treatments/live/",
    "/no-such-page/",
    "/conditions/draft/cautions/",
    "/conditions/nope/cautions/",
    "/treatments/nope/feedback/thanks/",
    "/treatments/nope/card.png",
    "/conditions/was-live/card.png",
    "/admin/nope/",
    "/appointments/5e1f2c1e-5c55-4a0e-9d3c-1f0e6b2a7d10/",
]


def test_links_inside_the_site_are_alive():
    live = make_live_condition(slug="live")
    FormerSlug.objects.create(slug="was-live", condition=live)
    make_condition(slug="draft")
    unpublish(make_live_condition(slug="off"), by="tests", now=NOW)
    replaced = make_live_condition(slug="replaced", replaced_by=live)
    unpublish(replaced, by="tests", now=NOW)
    make_live_treatment(slug="herbs")
    condition = make_condition(slug="itself")

    said = {href: failures_with(condition, href) for href in [*ALIVE, *DEAD]}

    words = "A link in “What is going on” leads nowhere:"
    assert {href: said[href] for href in ALIVE} == {href: [] for href in ALIVE}
    assert {href: said[href] for href in DEAD} == {
        href: [Failure(f"{words} {href}", "#sections-0")] for href in DEAD
    }


def test_link_to_a_part_that_only_the_draft_of_the_other_has_is_dead():
    other = make_live_condition(slug="live")
    make_section(condition=other, aspect="causes")
    condition = make_condition()
    condition.sections.update(body='<p><a href="/conditions/live/#causes">x</a></p>')

    assert [failure.field for failure in failures_of(condition)] == ["#sections-0"]


@pytest.mark.parametrize(
    ("path", "is_alive"),
    [
        ("/conditions/", True),
        ("/gone/", False),
        ("", True),
        ("#main", True),
        # Another site, whose name begins like this one's.
        (".example/gone/", True),
    ],
)
def test_links_with_the_sites_own_name_are_followed_too(path, is_alive, settings):
    settings.SITE_URL = "https://clinic.example"
    condition = make_condition()
    condition.sections.update(body=f'<p><a href="{settings.SITE_URL}{path}">x</a></p>')

    assert bool(failures_of(condition)) is not is_alive


def test_link_to_an_offer_is_alive():
    condition = make_condition()
    make_claim(condition=condition, treatment=make_live_treatment(slug="herbs"))
    condition.sections.update(body='<p><a href="#offer-herbs">x</a></p>')

    assert failures_of(condition) == []


def test_every_part_of_the_page_itself_can_be_linked():
    parts = ["words", "confused", "related", "source-1", "right-now", "visit"]
    with time_machine.travel(NOW, tick=False):
        whole = make_whole_condition()
    plain = make_condition()

    assert [part for part in parts if failures_with(whole, f"#{part}")] == []
    assert [part for part in parts if not failures_with(plain, f"#{part}")] == []


def test_points_can_be_linked_where_there_are_some():
    treatment = make_treatment()

    before = failures_with(treatment, "#points")
    make_acupoint(treatment=treatment, slug="ub-18")

    assert [failure.text for failure in before] == [
        "A link in “What happens” leads nowhere: #points"
    ]
    assert failures_with(treatment, "#points") == failures_with(treatment, "#remedy-ub-18") == []


def test_link_to_a_topic_that_is_not_live_is_dead():
    condition = make_condition()
    other = make_condition()
    RelatedTopic.objects.create(condition=condition, other=other, text="It is alike.")

    before = failures_with(condition, "#related")
    publish(other, by="tests", now=NOW)

    assert [failure.field for failure in before] == ["#sections-0"]
    assert failures_with(condition, "#related") == []


def test_picture_that_no_live_page_shows_leads_nowhere():
    image = make_image(picture_file())
    other = make_condition()
    show(image, condition=other)
    href = f"/media/articles/{image.name}-400.webp"

    before = failures_with(make_condition(), href)
    publish(other, by="tests", now=NOW)

    assert [failure.field for failure in before] == ["#sections-0"]
    assert failures_with(make_condition(), href) == []


def test_visits_and_people_that_patients_can_book_are_alive():
    service = make_service(slug="first")
    make_service(slug="old", is_active=False)
    make_practitioner(slug="away", is_active=False)
    steps = [f"/book/first/{step}/" for step in ("safety", "times", "details")]
    person = f"/practitioners/{service.practitioner.slug}/"
    gone = ["/book/old/safety/", "/book/nope/times/", "/practitioners/away/", "/practitioners/no/"]

    alive = {href: not failures_with(make_condition(), href) for href in [*steps, person, *gone]}

    assert alive == dict.fromkeys([*steps, person], True) | dict.fromkeys(gone, False)


def test_link_as_a_person_may_write_it_is_found():
    condition = make_condition()
    condition.sections.update(body="<p><A title='x' HREF='/gone/?a=1&amp;b=2'>x</A></p>")

    assert [failure.text for failure in failures_of(condition)] == [
        "A link in “What is going on” leads nowhere: /gone/?a=1&b=2"
    ]


def test_articles_that_link_to_another_are_named():
    chosen = make_live_condition(slug="cramp")
    FormerSlug.objects.create(slug="spasm", condition=chosen)
    make_live_with_text('<p><a href="/conditions/cramp/#sources">x</a></p>', title="By address")
    make_live_with_text('<p><a href="/conditions/spasm/cautions/">x</a></p>', title="By the old")
    make_live_with_text('<p><a href="#causes">x</a> <a href="tel:911">x</a></p>', title="Other")
    draft = make_condition()
    draft.sections.update(body='<p><a href="/conditions/cramp/">x</a></p>')
    leaving = make_live_with_text('<p><a href="/conditions/cramp/">x</a></p>')

    found = linking_to([chosen, leaving], now=NOW)

    assert [article.live_title for article in found] == ["By address", "By the old"]


def test_link_to_a_page_that_was_taken_off_is_dead_at_once():
    other = make_live_condition(slug="insomnia")
    link = '<p><a href="/conditions/insomnia/">{0}</a> <a href="/conditions/insomnia/">{0}</a></p>'
    linking = make_live_with_text(link.format("sleep"), title="Sciatica")
    draft = make_condition()
    draft.sections.update(body=link.format("sleep"))
    before = lines_of("links")
    unpublish(other, by="tests", now=NOW)

    assert before == []
    assert lines_of("links") == [
        (
            "/conditions/insomnia/ on “Sciatica”: This site has no such page, or not that part of it.",
            change_url(linking),
        )
    ]


def test_link_to_a_part_that_the_live_page_lost_is_dead():
    other = make_live_with_text("<p>x</p>", slug="insomnia")
    make_live_with_text('<p><a href="/conditions/insomnia/#causes">x</a></p>', title="Sciatica")
    before = what_of("links")
    change(other, sections=other.revisions.get().document["sections"][:1])

    assert before == []
    assert [what.partition(":")[0] for what in what_of("links")] == [
        "/conditions/insomnia/#causes on “Sciatica”"
    ]


def test_each_address_is_looked_up_once():
    make_live_condition(slug="live")
    links = "".join(
        f'<a href="{href}">x</a>'
        for href in ("/conditions/live/#sources", "/conditions/no/", "/book/no/times/", "#overview")
    )
    condition = make_condition()
    document = freeze(condition)

    def look(body):
        document["sections"][0]["body"] = f"<p>{body}</p>"
        with CaptureQueriesContext(connection) as queries:
            found = list(dead_links(document, of=condition, now=NOW))
        return [link.href for link in found], len(queries)

    once, queries = look(links)

    assert once == ["/conditions/no/", "/book/no/times/"]
    assert look(links * 3) == (once * 3, queries)
