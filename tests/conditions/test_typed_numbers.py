"""A typed emergency number is warned of, with its place; it keeps no page off the site."""

import pytest

from clinic.models import Clinic
from conditions.documents import freeze, with_parts
from conditions.models import Condition, Treatment
from conditions.publishing import publish
from conditions.typed_numbers import typed_numbers
from tests.html_tree import parse

from .admin_pages import change_url
from .factories import (
    NOW,
    link_red_flag,
    make_caution,
    make_claim,
    make_condition,
    make_live_treatment,
    make_red_flag,
    make_remedy,
    make_section,
    make_self_care,
    make_treatment,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
WRITE = "Write {} there: the page puts in the clinic's own number."
LEAVE = "Leave the number out there: the page cannot put in the clinic's own."


def warnings(article, **facts):
    parts = with_parts(type(article).objects.filter(pk=article.pk)).get()
    return [(found.text, found.field) for found in typed_numbers(freeze(parts), Clinic(**facts))]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Call 911.", ["911"]),
        ("Call 9-1-1, or 988!", ["911", "988"]),
        ("<p>Call <a href='tel:911'>us</a></p>", ["911"]),
        ("<p><strong>911</strong>: call it. 911!</p>", ["911"]),
        ("{emergency} or {crisis}", []),
        ("In 1911, 9110 people paid $911.", []),
        ("Call 1-800-911-2000, 911-2000 or 0.988", []),
        ('<p><a href="https://988lifeline.org/">Lifeline</a></p>', []),
    ],
)
def test_number_is_found_where_it_stands_alone(text, numbers):
    condition = make_condition()
    make_section(condition=condition, aspect="causes", heading="Why", body=text)

    words = {"911": "{emergency}", "988": "{crisis}"}
    assert warnings(condition) == [
        (f"“Why” says {number}. {WRITE.format(words[number])}", "#sections-1") for number in numbers
    ]


def test_the_clinics_own_numbers_are_found_too():
    condition = make_condition(lede="Call 112 or 999.")

    found = warnings(condition, emergency_number="112", crisis_number="999")

    assert found == [
        (f"The first paragraph says 999. {WRITE.format('{crisis}')}", "#id_lede"),
        (f"The first paragraph says 112. {WRITE.format('{emergency}')}", "#id_lede"),
    ]


def test_each_place_of_an_article_is_named():
    treatment = make_treatment(title="Needles")
    make_caution(treatment=treatment, effect="If you faint, call 911.")
    remedy = make_remedy(treatment=treatment, name="Kava", note="Too much? Call 911.")
    flag = make_red_flag(label="Pain", code="pain", statement="Pain: 911", question="Pain? 911")
    condition = make_condition(title="911", summary="Call 911.", red_flags=[])
    link_red_flag(condition, flag, qualifier="and call 911")
    make_self_care(condition, text="Call 911 then.")
    make_section(condition=condition, aspect="causes", heading="Why 911", body="")
    for of in (None, remedy):
        make_claim(condition=condition, treatment=treatment, remedy=of, text="Not for 911.")

    found = warnings(condition)

    pain = "/admin/conditions/redflag/?q=pain"
    write = WRITE.format("{emergency}")
    assert found == [
        (f"A self-care step says 911. {write}", "#self_care_items-1"),
        (f"The red flag “Pain” says 911. {write}", pain),
        (f"The red flag “Pain” in this article says 911. {write}", "#red_flag_links-group"),
        (f"A claim says 911. {write}", "#claims-group"),
        (f"A caution of “Needles” says 911. {write}", "/admin/conditions/treatment/?q=Needles"),
        (f"A claim says 911. {write}", "#claims-group"),
        (f"“Kava” says 911. {write}", "/admin/conditions/remedy/?q=Kava"),
        (f"The title says 911. {LEAVE}", "#id_title"),
        (f"The summary says 911. {LEAVE}", "#id_summary"),
        (f"A heading says 911. {LEAVE}", "#sections-1"),
        (f"The question of the red flag “Pain” says 911. {LEAVE}", pain),
    ]


def test_each_place_of_a_treatment_is_named():
    treatment = make_treatment(title="Needles")
    make_claim(treatment=treatment, label="Pain", text="Not for 988.")
    make_caution(treatment=treatment, effect="Call 988.")
    make_remedy(treatment=treatment, name="Kava", note="Call 988.")

    write = WRITE.format("{crisis}")
    assert warnings(treatment) == [
        (f"A claim says 988. {write}", "#claims-group"),
        (f"A caution of “Needles” says 988. {write}", "#cautions-group"),
        (f"“Kava” says 988. {write}", "/admin/conditions/remedy/?q=Kava"),
    ]


def test_links_of_the_warnings_lead_to_the_record(client, staff):
    treatment = make_live_treatment(title="Needles")
    remedy = make_remedy(treatment=treatment, name="Kava", note="Call 911.")
    make_caution(treatment=treatment, effect="Call 911.")
    condition = make_condition(red_flags=[make_red_flag(statement="Pain: 911")])
    make_claim(condition=condition, treatment=treatment, remedy=remedy)

    for text, page in warnings(condition):
        assert client.get(page).context["cl"].result_count == 1, text


def test_panel_warns_and_the_page_is_published_all_the_same(client, staff):
    condition = make_condition(lede="Call 911.")

    panel = parse(client.get(change_url(condition)).text).one("section", id="before-publishing")
    publish(condition, by="tests", now=NOW)

    link = panel.one("a", href="#id_lede")
    assert link.text == f"The first paragraph says 911. {WRITE.format('{emergency}')}"
    assert Condition.objects.published(NOW).exists()


@pytest.mark.usefixtures("starter")
def test_starter_content_types_no_number():
    articles = [*Condition.objects.all(), *Treatment.objects.all()]

    assert len(articles) > 8
    assert [warnings(article) for article in articles] == [[]] * len(articles)
