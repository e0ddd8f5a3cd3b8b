import re

import pytest
import time_machine
from django.urls import reverse

from clinic.models import Clinic
from conditions import empty_searches
from conditions.models import EmptySearch, Revision
from conditions.publishing import publish

from .factories import NOW, make_acupoint, make_live_condition, make_red_flag, make_treatment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def look_for(client, query, **headers):
    response = client.get(reverse("conditions:list"), {"q": query}, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def make_crisis_flag(**kwargs):
    return make_red_flag(
        code="suicide.thoughts",
        statement="Thoughts of suicide. Call {crisis}",
        search_words="suicide",
        **kwargs,
    )


def test_search_marks_what_matched(client):
    make_live_condition(title="Spasms & twitches")

    html = look_for(client, "twitch")

    assert "1 result for “twitch”" in html
    assert "Spasms &amp; <mark>twitch</mark>es" in html


def test_search_marks_no_word_of_one_or_two_letters(client):
    make_live_condition(title="Spasms")

    html = look_for(client, "a spasm")

    assert "<mark>spasm</mark>" in html.lower()
    assert "<mark>a</mark>" not in html.lower()


def test_search_says_which_name_it_found_instead(client):
    make_live_condition(title="Spasms & twitches", names=["twitch"])

    html = look_for(client, "twiches")

    assert "Showing results for “Spasms &amp; twitches”" in html
    assert "Nothing has the words “twiches”" in html
    assert "<title>Conditions A to Z, showing results for “Spasms &amp; twitches”" in html


def test_search_says_which_words_it_took_for_misspelled_ones(client):
    make_live_condition(title="Spasms", names=["twitch"], summary="An eye that flickers.")

    html = look_for(client, "my eye twiching")

    assert "Showing results for “my eye twitch”" in html
    assert "No page has all the words “my eye twiching”. These are spelled nearly so." in html
    assert "An <mark>eye</mark> that flickers." in html


def test_search_says_that_it_found_some_of_the_words(client):
    make_live_condition(title="Numb hands")

    assert "No page has all of these words" in look_for(client, "numb lips")
    assert "No page has all of these words" not in look_for(client, "numb hands")


def test_search_leads_to_a_remedy_on_its_page(client):
    acupuncture = make_treatment(slug="acupuncture", title="Acupuncture")
    make_acupoint(treatment=acupuncture, slug="ub-18", name="UB 18")
    publish(acupuncture, by="tests", now=NOW)

    html = look_for(client, "ganshu")

    assert 'href="/treatments/acupuncture/#remedy-ub-18"' in html
    assert "UB 18 (<mark>Ganshu</mark>), in Acupuncture" in html


def test_search_without_result_shows_the_list_the_areas_and_the_phone_number(client):
    make_live_condition(title="Spasms", names=["charley horse"], body_area="legs_feet")

    html = look_for(client, "<b>numb lips")

    assert "Nothing found for “&lt;b&gt;numb lips”" in html
    assert 'href="tel:911"' in html
    assert ">Charley horse: see Spasms</a>" in html
    assert 'href="#areas"' in html
    assert 'id="area-legs_feet"' in html
    assert "Ask the clinic: " in html


@pytest.mark.parametrize(
    "query",
    [
        "x" * 60_000,
        "\ud83d",
        "🙂" * 50,
        "' OR 1=1",
        "\\",
        "%",
        "a:*",
        "?!" * 99,
        "or",
        "\u202eשלום",
    ],
)
def test_search_survives_odd_queries(client, query):
    make_live_condition()

    look_for(client, query.encode("utf-8", "replace"))


def test_search_refuses_a_nul_byte(client):
    assert client.get(reverse("conditions:list") + "?q=%00").status_code == 400


def test_search_words_cannot_inject(client):
    attack = '<script>alert("x")</script>'
    document = make_live_condition().revisions.get().document
    document |= {"title": attack, "summary": attack, "names": [f"scrpt {attack}"]}
    evil = make_live_condition()
    Revision.objects.create(
        condition=evil, number=2, document=document, publish_at=NOW, by_name="tests"
    )

    for query in ("script", "scrypt", attack, f"xyzzy {attack}", '"><img src=x>'):
        html = look_for(client, query)
        assert "<script>alert" not in html
        assert "<img" not in html


def test_danger_shows_the_emergency_card_above_the_results(client):
    Clinic.objects.create(emergency_number="000")
    make_red_flag(code="face.droop", search_words="stroke\nface droops")
    make_red_flag(code="unasked", search_words="chest pain")
    make_live_condition(title="Stroke of luck")

    html = look_for(client, "strok")

    card = re.search(r'<section class="redflag".*?</section>', html, re.DOTALL)
    assert re.findall(r'href="([^"]*)"', card.group()) == ["tel:000"]
    assert re.findall(r'data-red-flag="([^"]*)"', html) == ["face.droop"]
    assert card.start() < html.index('id="found"')


def test_danger_asks_nobody_to_search_on(client):
    make_red_flag(code="chest.pain", search_words="chest pain")
    make_live_condition(title="Sore neck", names=["neck pain"])

    html = look_for(client, "chest pain")

    assert "Sore neck" not in html.partition('id="all"')[0]
    assert "Do not search further before you call." in html
    assert "Try one plain word" not in html


def test_words_that_mean_an_emergency_or_less_show_both_cards(client):
    Clinic.objects.create(emergency_number="000")
    make_red_flag(code="calf.swollen", level="urgent", search_words="dvt")
    make_red_flag(code="leg.swollen_breathless", search_words="dvt")

    html = look_for(client, "dvt")

    assert re.findall(r'data-care-level="([^"]*)"', html) == ["emergency", "urgent"]
    assert re.findall(r'data-red-flag="([^"]*)"', html) == [
        "leg.swollen_breathless",
        "calf.swollen",
    ]
    assert "<title>Call 000 now, or be seen today" in html
    assert "Do not search further" not in html


def test_call_for_help_shows_every_clinic_wide_emergency_and_whom_to_call(client):
    Clinic.objects.create(emergency_number="000")
    make_crisis_flag(is_global=True, position=2)
    make_red_flag(code="face.droop", is_global=True, position=1)
    make_red_flag(code="calf.swollen", is_global=True, level="urgent")
    make_red_flag(code="unasked")
    make_live_condition(title="Urgent matters")

    html = look_for(client, "Ambulance!")

    card = re.search(r'<section class="redflag".*?</section>', html, re.DOTALL).group()
    assert html.count("data-care-level") == 1
    assert re.findall(r'data-red-flag="([^"]*)"', card) == ["face.droop", "suicide.thoughts"]
    assert "<title>Call 000 now" in html
    assert 'href="/contact/#emergency"' in html.partition('id="all"')[0]


def test_sign_that_must_be_seen_today_shows_its_card_above_the_results(client):
    make_red_flag(code="calf.swollen", level="urgent", search_words="swollen calf")
    make_live_condition(title="Leg cramp", names=["swollen calf"])

    html = look_for(client, "swollen calf")

    card = re.search(r'<section class="care.*?</section>', html, re.DOTALL)
    assert 'data-care-level="urgent"' in card.group()
    assert re.findall(r'data-red-flag="([^"]*)"', html) == ["calf.swollen"]
    assert card.start() < html.index('id="found"') < html.index("Leg cramp")
    assert "<title>Be seen today" in html


def test_sign_that_must_be_seen_today_never_stands_under_nothing_found(client):
    make_red_flag(level="urgent", search_words="swollen calf")
    make_live_condition(title="Massage", lede="Not on a swollen calf.")

    html = look_for(client, "swollen calf")

    assert "Massage" not in html.partition('id="all"')[0]
    assert "nothing found" not in html.lower()
    assert not EmptySearch.objects.exists()


@pytest.mark.parametrize(
    ("query", "title"), [("chest pain", "Call 000 now"), ("suicide", "Call or text 111 now")]
)
def test_danger_says_in_the_title_whom_to_call_and_never_that_nothing_was_found(
    client, query, title
):
    Clinic.objects.create(crisis_number="111", emergency_number="000")
    make_red_flag(code="chest.pain", search_words="chest pain")
    make_crisis_flag()

    html = look_for(client, query)

    assert f"<title>{title}" in html
    assert "nothing found" not in html.lower()
    assert "No page" not in html


def test_search_for_the_practitioner_leads_to_the_clinic(client):
    Clinic.objects.create(practitioner_line="Dr. Zoë Quill, ND")

    assert 'href="/#about"' in look_for(client, "dr quill")


def test_danger_at_the_end_of_a_long_story_counts(client):
    make_red_flag(code="face.droop", search_words="stroke")

    assert 'data-red-flag="face.droop"' in look_for(client, "I went to the shop. " * 20 + "Stroke!")


@pytest.mark.parametrize("query", ["", "twitch", "cramp", "sleep", "neck"])
def test_harmless_search_shows_no_card(client, query):
    make_red_flag(search_words="stroke\ncan't breathe\nchest pain")
    make_crisis_flag()

    assert "data-care-level" not in look_for(client, query)


def test_thoughts_of_suicide_show_the_crisis_line_first(client):
    Clinic.objects.create(crisis_number="111", emergency_number="000")
    make_crisis_flag()
    make_red_flag(code="chest.pain", search_words="chest pain")

    html = look_for(client, "chest pain and suicide")

    crisis, emergency = re.findall(r'<section class="redflag".*?</section>', html, re.DOTALL)
    assert re.findall(r'href="([^"]*)"', crisis) == ["tel:111", "tel:111", "tel:000"]
    assert re.findall(r'data-red-flag="([^"]*)"', crisis) == ["suicide.thoughts"]
    assert re.findall(r'data-red-flag="([^"]*)"', emergency) == ["chest.pain"]


def test_thoughts_of_suicide_alone_show_no_second_card(client):
    make_crisis_flag()

    assert look_for(client, "suicide").count("data-care-level") == 1


@pytest.mark.parametrize("number", [1, 3])
def test_search_page_takes_six_queries(client, django_assert_num_queries, number):
    for _ in range(number):
        make_live_condition(names=["Cramp"])
        make_red_flag(search_words="stroke")

    for query in ("cramp", "crampp", "cramp stroke", "911"):
        with django_assert_num_queries(6):
            look_for(client, query)


@pytest.mark.parametrize("number", [1, 3])
def test_search_page_that_found_nothing_takes_ten_queries(
    client, django_assert_num_queries, number
):
    for _ in range(number):
        make_live_condition()

    # Four more to count it: a savepoint and its end, how long to wait, and the row.
    with django_assert_num_queries(10):
        look_for(client, "xyzzy")


def test_search_page_sets_no_cookie_and_is_not_sent_again_unchanged(client):
    make_live_condition(title="Spasms")
    url = reverse("conditions:list") + "?q=xyzzy"

    response = client.get(url)

    assert response.cookies == {}
    assert "Cookie" not in response.get("Vary", "")
    assert client.get(url, headers={"if-none-match": response["ETag"]}).status_code == 304


def test_search_that_found_nothing_is_counted_on_the_day_of_the_clinic(client):
    with time_machine.travel("2026-12-08T03:00:00Z", tick=False):
        look_for(client, "Xyzzy")

    rows = EmptySearch.objects.values_list("query", "times", "last_on")
    assert [(query, times, day.isoformat()) for query, times, day in rows] == [
        ("xyzzy", 1, "2026-12-07")
    ]


def test_search_is_not_counted_if_nobody_asked_or_it_found_something(client):
    make_red_flag(search_words="stroke")
    make_live_condition(title="Spasms")

    client.head(reverse("conditions:list"), {"q": "xyzzy"})
    look_for(client, "xyzzy", **{"Sec-Purpose": "prefetch"})
    look_for(client, "spasms")
    look_for(client, "stroke")
    look_for(client, "")

    assert not EmptySearch.objects.exists()


def test_search_page_is_shown_if_counting_fails(client, monkeypatch):
    monkeypatch.setattr(empty_searches, "_COUNT", "SELECT 1 / 0")

    assert "Nothing found for “xyzzy”" in look_for(client, "xyzzy")


def test_list_tells_symptoms_from_conditions(client):
    make_live_condition(title="Neck pain", kind="symptom")
    make_live_condition(title="Migraine", kind="condition")

    html = client.get(reverse("conditions:list")).content.decode()

    symptoms, conditions = html.index('id="symptoms"'), html.index('id="conditions"')
    assert symptoms < html.index("Neck pain</a>", symptoms) < conditions
    assert conditions < html.index("Migraine</a>", conditions)
