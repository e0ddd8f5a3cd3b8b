import pytest
import time_machine

from booking.models import Appointment, Patient, Screening
from booking.screening import PASS_COOKIE, read_pass
from booking.views.journey import HOLD_COOKIE
from conditions.models import CareLevel, Condition, RedFlag
from conditions.red_flags import flags_for_screening
from conditions.starter import load as load_articles
from tests.html_tree import parse

from .factories import NOW, local, make_service
from .journeys import (
    EMERGENCY,
    SEE_DOCTOR,
    URGENT,
    choose_time,
    make_article,
    make_red_flag,
    pass_screening,
    step_url,
)

SAFETY = "/book/first-consultation/safety/"
pytestmark = pytest.mark.usefixtures("bookable_service")


def codes_asked(page):
    return [box.get("value") for box in page.all("input", name="flags")]


def ticked(page):
    return [
        box.get("value") for box in page.all("input", name="flags") if "checked" in box.attributes
    ]


def errors(page):
    return [item.text for item in page.one("div", class_="errors").all("li")]


def pass_of(response, condition=""):
    flag_set = flags_for_screening(condition, now=NOW)
    return read_pass(response.cookies[PASS_COOKIE].value, flag_set=flag_set, now=NOW)


def test_safety_asks_each_red_flag_in_the_group_of_its_level(client):
    page = parse(client.get(SAFETY).content)

    groups = {
        group.get("data-care-level"): codes_asked(group)
        for group in page.all("fieldset")
        if group.get("data-care-level")
    }
    assert groups == {"emergency": [EMERGENCY], "urgent": [URGENT], "see_doctor": [SEE_DOCTOR]}
    assert page.one("label", data_red_flag=EMERGENCY).text == f"Question of {EMERGENCY}?"
    assert page.one("input", name="none").get("type") == "checkbox"
    assert len(page.all("h1")) == 1


def test_safety_asks_the_articles_own_red_flags_too(client):
    own = {
        "code": "cramp.jaw",
        "label": "Locked jaw",
        "statement": "Your jaw is locked",
        "question": "Is your jaw locked?",
        "level": "emergency",
        "own_level": "",
        "version": 1,
        "qualifier": "",
        "is_global": False,
    }
    make_article(red_flags=[own])

    page = parse(client.get(f"{SAFETY}?condition=spasms").content)

    assert codes_asked(page) == [EMERGENCY, "cramp.jaw", URGENT, SEE_DOCTOR]
    assert "About: Spasms and twitches" in page.one("main").text


def test_safety_asks_what_each_live_article_shows_in_the_same_order(client):
    load_articles(now=NOW)

    shown, asked = {}, {}
    for article in Condition.objects.published(NOW):
        page = parse(client.get(article.get_absolute_url()).content)
        shown[article.slug] = [
            item.get("data-red-flag") for item in page.all("li") if item.get("data-red-flag")
        ]
        form = parse(client.get(f"{SAFETY}?condition={article.slug}").content)
        asked[article.slug] = codes_asked(form)

    assert len(shown) == 8
    assert shown == asked
    # No article links this one of the clinic; it comes by itself.
    assert all("twitch.long" in codes for codes in shown.values())


@pytest.mark.parametrize("slug", ["unknown", "%F0%9F%8C%BF", "x" * 5000, "../admin"])
def test_safety_with_an_unknown_article_asks_the_clinics_own_red_flags(client, slug):
    page = parse(client.get(f"{SAFETY}?condition={slug}").content)

    assert codes_asked(page) == [EMERGENCY, URGENT, SEE_DOCTOR]
    assert "About:" not in page.one("main").text


def has_pass(client):
    """Say whether the times open to this browser."""
    return client.get("/book/first-consultation/times/").status_code == 200


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"flags": [EMERGENCY], "none": "on"},
        {"flags": [EMERGENCY]},
        {"flags": [URGENT]},
        {"flags": [SEE_DOCTOR], "none": "on"},
        {"flags": ["gone"]},
        {"none": "on", "ruleset": "0" * 32},
    ],
    ids=str,
)
def test_answers_that_do_not_pass_take_back_an_earlier_pass(client, answers):
    client.post(SAFETY, {"none": "on"})
    assert has_pass(client)

    client.post(SAFETY, answers)

    assert not has_pass(client)


def test_an_emergency_stops_even_beside_none_of_these(client):
    response = client.post(SAFETY, {"flags": [EMERGENCY], "none": "on"})

    assert parse(response.content).one("h1").text == "Stop here and call 911"
    assert not has_pass(client)


def test_safety_asks_again_when_nothing_is_ticked(client):
    response = client.post(SAFETY, {})

    page = parse(response.content)
    assert response.status_code == 200
    assert errors(page) == ["Tick every sign you have, or “None of these”."]
    assert page.one("div", class_="errors").one("a").get("href") == "#id_flags"
    assert page.one(id="id_flags").get("value") == EMERGENCY
    assert page.one("title").text.startswith("Error: ")
    assert not has_pass(client)


def test_safety_asks_again_when_a_sign_and_none_are_ticked_and_keeps_the_ticks(client):
    response = client.post(SAFETY, {"flags": [SEE_DOCTOR], "none": "on"})

    page = parse(response.content)
    assert errors(page) == ["You ticked a sign and “None of these”. Please keep only what is true."]
    assert ticked(page) == [SEE_DOCTOR]
    assert "checked" in page.one("input", name="none").attributes
    assert not has_pass(client)


@pytest.mark.parametrize(
    "code", ["gone", "x" * 10_000, "\x00", "<b>"], ids=["gone", "long", "nul", "tag"]
)
def test_safety_asks_again_when_a_sign_is_unknown(client, code):
    response = client.post(SAFETY, {"flags": [SEE_DOCTOR, code]})

    page = parse(response.content)
    assert response.status_code == 200
    assert errors(page) == ["The questions have changed. Please read them again."]
    assert ticked(page) == [SEE_DOCTOR]
    assert not has_pass(client)


def test_safety_asks_again_when_the_questions_changed_meanwhile(client):
    ruleset = parse(client.get(SAFETY).content).one("input", name="ruleset").get("value")
    make_red_flag("chest.pain", CareLevel.EMERGENCY)

    response = client.post(SAFETY, {"none": "on", "ruleset": ruleset})

    page = parse(response.content)
    assert errors(page) == ["The questions have changed. Please read them again."]
    assert "chest.pain" in codes_asked(page)
    assert "checked" not in page.one("input", name="none").attributes
    assert page.one("input", name="ruleset").get("value") != ruleset
    assert not has_pass(client)


def test_none_of_these_gives_a_pass_for_a_day_and_leads_to_the_times(client):
    response = client.post(SAFETY, {"none": "on"})

    assert (response.status_code, response["Location"]) == (
        302,
        "/book/first-consultation/times/",
    )
    assert pass_of(response).outcome == "none"
    cookie = response.cookies[PASS_COOKIE]
    assert (cookie["max-age"], cookie["path"]) == (24 * 60 * 60, "/book/")
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_the_pass_is_for_https_alone_outside_development(client, settings):
    settings.DEBUG = False

    response = client.post(SAFETY, {"none": "on"})

    assert response.cookies[PASS_COOKIE]["secure"] is True


def test_a_pass_keeps_the_article(client):
    make_article()

    response = client.post(f"{SAFETY}?condition=spasms", {"none": "on"})

    assert response["Location"] == "/book/first-consultation/times/?condition=spasms"
    assert pass_of(response, "spasms").condition == "spasms"


def test_a_sign_for_a_doctor_gives_a_pass(client):
    response = client.post(SAFETY, {"flags": [SEE_DOCTOR]})

    assert response["Location"] == "/book/first-consultation/times/"
    assert pass_of(response).outcome == "see_doctor"


def test_an_urgent_sign_is_answered_with_advice_before_any_pass(client):
    response = client.post(SAFETY, {"flags": [URGENT, SEE_DOCTOR]})

    page = parse(response.content)
    assert response.status_code == 200
    assert page.one("h1").text == "Please get care today"
    assert len(page.all(data_care_level="urgent")) == 1
    assert "tel:+12125550100" in [link.get("href") for link in page.one("main").all("a")]
    assert [box.get("value") for box in page.all("input", name="flags")] == [URGENT, SEE_DOCTOR]
    assert not has_pass(client)


def test_an_urgent_sign_gives_a_pass_once_it_is_acknowledged(client):
    response = client.post(SAFETY, {"flags": [URGENT], "acknowledged": "yes"})

    assert response["Location"] == "/book/first-consultation/times/"
    assert pass_of(response).outcome == "urgent"


def test_an_emergency_stops_the_booking(client):
    response = client.post(SAFETY, {"flags": [EMERGENCY, SEE_DOCTOR], "acknowledged": "yes"})

    page = parse(response.content)
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (200, True)
    assert page.one("h1").text == "Stop here and call 911"
    card = page.one("section", data_care_level="emergency")
    assert card.one("a", class_="btn").get("href") == "tel:911"
    assert page.one("main").all("form") == []
    assert page.all("input") == []
    links = [link.get("href") for link in page.one("main").all("a")]
    assert links == ["tel:911", "tel:988", "tel:+12125550100", SAFETY]


CRISIS = {"statement": "Thoughts of suicide. You can call {crisis}"}


def test_thoughts_of_suicide_lead_to_the_crisis_line_first(client):
    make_red_flag("suicide.thoughts", "emergency", **CRISIS)

    page = parse(client.post(SAFETY, {"flags": ["suicide.thoughts"]}).content)

    links = [link.get("href") for link in page.one(data_care_level="emergency").all("a")]
    assert page.one("h1").text == "Please call or text 988 now"
    assert links == ["tel:988", "tel:911"]
    assert "hospital" not in page.one("main").text
    assert not has_pass(client)


def test_thoughts_of_suicide_beside_another_emergency_lead_to_the_ambulance(client):
    make_red_flag("suicide.thoughts", "emergency", **CRISIS)

    page = parse(client.post(SAFETY, {"flags": ["suicide.thoughts", EMERGENCY]}).content)

    links = [link.get("href") for link in page.one(data_care_level="emergency").all("a")]
    assert page.one("h1").text == "Stop here and call 911"
    assert links == ["tel:911", "tel:988"]


def test_an_emergency_stores_nothing_and_takes_back_pass_and_hold(client, bookable_service):
    pass_screening(client, bookable_service)
    choose_time(client, bookable_service, local(7, 9))

    response = client.post(SAFETY, {"flags": [EMERGENCY]})

    assert Appointment.objects.count() == 0
    assert Patient.objects.count() == 0
    assert Screening.objects.count() == 0
    assert response.cookies[PASS_COOKIE]["max-age"] == 0
    assert response.cookies[HOLD_COOKIE]["max-age"] == 0
    assert set(response.cookies) == {PASS_COOKIE, HOLD_COOKIE}


def test_an_emergency_counts_even_if_the_questions_changed_meanwhile(client):
    response = client.post(SAFETY, {"flags": [EMERGENCY, "gone"], "ruleset": "0" * 32})

    assert parse(response.content).one("h1").text == "Stop here and call 911"


@pytest.mark.parametrize("step", ["times", "details"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_step_opens_after_an_emergency(client, bookable_service, step, method):
    pass_screening(client, bookable_service)
    client.post(SAFETY, {"flags": [EMERGENCY]})

    response = getattr(client, method)(step_url(bookable_service, step))

    assert (response.status_code, response["Location"]) == (302, SAFETY)


@pytest.mark.parametrize("step", ["times", "details"])
def test_no_step_opens_without_a_pass_and_the_article_is_kept(client, bookable_service, step):
    make_article()
    url = f"{step_url(bookable_service, step)}?condition=spasms"

    responses = [client.get(url), client.post(url, {"start": "2026-12-07T14:00:00Z"})]

    assert [(response.status_code, response["Location"]) for response in responses] == [
        (302, f"{SAFETY}?condition=spasms")
    ] * 2
    assert Appointment.objects.count() == 0


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "é\x00", "x" * 4000])
def test_no_step_opens_with_a_forged_pass(client, bookable_service, value):
    client.cookies[PASS_COOKIE] = value

    response = client.get(step_url(bookable_service, "times"))

    assert response["Location"] == SAFETY


def test_a_pass_for_one_article_opens_no_other(client, bookable_service):
    make_article()
    pass_screening(client, bookable_service)

    response = client.get(f"{step_url(bookable_service, 'times')}?condition=spasms")

    assert response["Location"] == f"{SAFETY}?condition=spasms"


def test_a_pass_ends_after_a_day(client, bookable_service):
    pass_screening(client, bookable_service)

    with time_machine.travel(NOW.replace(day=8), tick=False):
        response = client.get(step_url(bookable_service, "times"))

    assert response["Location"] == SAFETY


def test_a_pass_ends_when_the_questions_change(client, bookable_service):
    pass_screening(client, bookable_service)
    make_red_flag("chest.pain", CareLevel.EMERGENCY)

    response = client.get(step_url(bookable_service, "times"))

    assert response["Location"] == SAFETY


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_any_red_flag_there_is_no_way_on(client, method):
    RedFlag.objects.all().delete()

    response = getattr(client, method)(SAFETY, {"none": "on"})

    page = parse(response.content)
    assert page.one("h1").text == "Please call us to book"
    assert page.one("section", data_care_level="emergency").one("a").get("href") == "tel:911"
    assert page.one("main").all("form") == []
    assert not has_pass(client)


@pytest.mark.parametrize("step", ["safety", "times", "details"])
def test_an_unknown_or_inactive_visit_is_not_found(client, step):
    hidden = make_service(is_active=False)

    assert client.get(f"/book/unknown/{step}/").status_code == 404
    assert client.get(step_url(hidden, step)).status_code == 404


def test_safety_refuses_other_methods(client):
    assert client.put(SAFETY).status_code == 405
    assert client.head(SAFETY).status_code == 200
