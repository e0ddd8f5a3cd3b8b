"""Which links live pages have, and what is noted about each."""

from datetime import timedelta

import pytest

from clinic.outbound import NoAnswer
from conditions.links import check, forget_unused, live_links, not_tried_since
from conditions.models import Condition, LinkCheck
from conditions.publishing import publish, unpublish

from .factories import (
    NOW,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_live_with_text,
    make_section,
    make_source,
)

pytestmark = pytest.mark.django_db

URL = "https://a.example/page"


class Answers:
    """Stands for the client: gives these answers, one after the other."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def status_of(self, url):
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise NoAnswer(answer)
        return answer


def check_in_a_row(*answers):
    client = Answers(*answers)
    for number, _ in enumerate(answers):
        check(URL, client=client, now=NOW + timedelta(days=number))
    return LinkCheck.objects.values_list("is_alive", "reason", "failures").get()


def test_live_links_come_from_sources_and_texts():
    source = make_source(url="https://b.example/paper?a=1&b=2#page=3")
    condition = make_live_with_text(
        '<p><a href="https://a.example/x?a=1&amp;b=2">A</a> <a href="HTTPS://c.example/">C</a>'
        '<a href="/conditions/">here</a> <a href="#causes">up</a> <a href="tel:911">call</a>'
        '<a href="mailto:a@b.example">mail</a></p>',
        title="Cramp",
    )
    condition.sources.add(source)
    publish(condition, by="tests", now=NOW + timedelta(minutes=1))

    links = live_links(now=NOW + timedelta(minutes=1))

    places = {
        url: [(use.article.live_title, use.source_key) for use in uses]
        for url, uses in links.items()
    }
    assert places == {
        "https://b.example/paper?a=1&b=2": [("Cramp", source.key)],
        "https://a.example/x?a=1&b=2": [("Cramp", None)],
        "HTTPS://c.example/": [("Cramp", None)],
    }


def test_live_links_name_each_place_once():
    link = '<p><a href="https://a.example/#one">A</a> <a href="https://a.example/#two">B</a></p>'
    make_live_with_text(link, title="Cramp")
    make_live_with_text(link, title="Twitch")

    links = live_links(now=NOW)

    assert list(links) == ["https://a.example/"]
    assert [use.article.live_title for use in links["https://a.example/"]] == ["Cramp", "Twitch"]


def test_live_links_are_those_of_live_pages_alone():
    body = '<p><a href="https://{}.example/">A</a></p>'
    make_section(condition=make_condition(), aspect="causes", body=body.format("draft"))
    gone = make_live_with_text(body.format("gone"))
    unpublish(gone, by="tests", now=NOW)
    edited = make_live_with_text(body.format("live"))
    edited.sections.filter(aspect="causes").update(body=body.format("edited"))
    treatment = make_live_treatment()
    treatment.sources.add(make_source(url="https://treatment.example/"))
    publish(treatment, by="tests", now=NOW)

    assert set(live_links(now=NOW)) == {"https://live.example/", "https://treatment.example/"}


def test_live_links_leave_out_what_is_too_long_to_note():
    make_live_with_text(f'<p><a href="https://a.example/{"x" * 500}">A</a></p>')

    assert live_links(now=NOW) == {}


def test_live_links_name_an_address_that_cannot_be_read():
    condition = make_live_condition()
    condition.sources.add(make_source(url="https://[x#part"))
    publish(condition, by="tests", now=NOW)

    assert list(live_links(now=NOW)) == ["https://[x"]


def test_live_links_take_as_many_queries_for_three_as_for_one(django_assert_num_queries):
    make_live_condition()
    with django_assert_num_queries(2):
        live_links(now=NOW)
    make_live_condition(), make_live_condition()

    with django_assert_num_queries(2):
        live_links(now=NOW)
    assert Condition.objects.count() == 3


def test_forget_unused_keeps_what_pages_have():
    for url in (URL, "https://b.example/"):
        LinkCheck.objects.create(url=url, checked_at=NOW, is_alive=True)

    forget_unused({URL, "https://new.example/"})

    assert list(LinkCheck.objects.values_list("url", flat=True)) == [URL]


def test_not_tried_since_leaves_out_what_this_round_did():
    LinkCheck.objects.create(url=URL, checked_at=NOW, is_alive=True)
    old = "https://b.example/2"
    LinkCheck.objects.create(url=old, checked_at=NOW - timedelta(seconds=1), is_alive=True)

    waiting = not_tried_since({URL, old, "https://b.example/1"}, NOW)

    assert waiting == ["https://b.example/1", "https://b.example/2"]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([200], (True, "", 0)),
        ([404], (False, "The page is not there any more.", 0)),
        ([410], (False, "The page was taken away for good.", 0)),
        (
            [403],
            (True, "Could not be checked: the site turns programs away (status 403).", 0),
        ),
        (
            [429],
            (True, "Could not be checked: the site turns programs away (status 429).", 0),
        ),
        ([503], (True, "The site answered with an error (status 503).", 1)),
        ([302], (True, "The site answered with an error (status 302).", 1)),
        ([503, 500], (False, "The site answered with an error (status 500).", 2)),
        (["It is away."], (True, "It is away.", 1)),
        (["It is away.", "It is slow."], (False, "It is slow.", 2)),
        (["Away.", 200, "Away."], (True, "Away.", 1)),
        (["Away.", "Away.", 200], (True, "", 0)),
        (["Away.", 403, "Away."], (True, "Away.", 1)),
        ([404, 200], (True, "", 0)),
        ([404, "Away."], (True, "Away.", 1)),
    ],
)
def test_check_notes_what_came_of_it(answers, expected):
    assert check_in_a_row(*answers) == expected


def test_check_counts_failures_only_so_far():
    LinkCheck.objects.create(url=URL, checked_at=NOW, is_alive=False, failures=32_767)

    assert check_in_a_row("Away.") == (False, "Away.", 1000)


def test_check_notes_when():
    check(URL, client=Answers(200), now=NOW)

    assert LinkCheck.objects.get().checked_at == NOW
