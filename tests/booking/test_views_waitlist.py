"""The pages of the waiting list: from joining it to the visit."""

from datetime import timedelta

import pytest
import time_machine

from booking import actions, limits
from booking.models import Appointment, Screening, WaitlistEntry, WaitlistOffer
from booking.templatetags.clinic_times import iso_utc
from conditions.models import RedFlag
from tests.html_tree import parse

from .factories import (
    DESK,
    NOW,
    book,
    local,
    make_appointment,
    make_practitioner,
    offer_times,
    wait,
    wait_to_move,
)
from .journeys import EMERGENCY, URGENT, make_article, pass_screening, step_url
from .waiting import named

pytestmark = pytest.mark.django_db
MONDAY = local(14, 9)
PERSON = {
    "name": "Ana Example",
    "email": "ana@example.com",
    "phone": "(212) 555-0123 ext. 42",
    "consent": "on",
}
WISHES = {"from_on": "2026-12-08", "until_on": "2026-12-20", "time_of_day": "mornings"}


@pytest.fixture
def full(bookable_service):
    """All Mondays are booked for the three weeks that can be."""
    service = bookable_service
    service.horizon_days = 20
    service.save()
    for day in (7, 14, 21):
        for hour in (9, 10, 11):
            make_appointment(service, local(day, hour))
    return service


@pytest.fixture
def offered(full):
    """Ana waits, and Monday, 9 am, is kept for her until 10 am today."""
    entry = wait(full)
    cancel(full, MONDAY)
    offer_times()
    return entry


def cancel(service, starts_at):
    visit = Appointment.objects.get(service=service, starts_at=starts_at, status="booked")
    actions.cancel(reference=visit.reference, now=NOW, by=DESK)


def page_of(client, entry):
    return parse(client.get(entry.get_absolute_url()).content)


def answer(client, entry, starts_at=MONDAY, **answers):
    sent = {"start": iso_utc(starts_at), **(answers or {"none": "on"})}
    return client.post(entry.get_absolute_url(), sent)


def everything():
    """Return what a mere look must not change."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (WaitlistEntry, WaitlistOffer, Appointment)
    ]


def test_a_full_calendar_offers_to_tell_when_a_time_gets_free(client, full):
    pass_screening(client, full)

    page = parse(client.get(step_url(full, "times")).content)

    assert page.one("section", aria_labelledby="no-times")
    assert page.one("a", href=step_url(full, "waitlist")).text == "tell me when a time gets free"


def test_the_times_page_offers_it_too(client, bookable_service):
    pass_screening(client, bookable_service)
    url = f"{step_url(bookable_service, 'times')}?practitioner=nobody"

    assert parse(client.get(url).content).one("a", href=step_url(bookable_service, "waitlist"))


def join(client, service, **answers):
    return client.post(step_url(service, "waitlist"), PERSON | WISHES | answers)


def test_joining_too_often_keeps_what_was_typed_and_names_the_phone(client, full):
    pass_screening(client, full)
    for _ in range(limits.PER_EMAIL["wait"][0].count):
        assert join(client, full).status_code == 302

    refused = join(client, full, name="Ben Example")

    page = parse(refused.content)
    assert refused.status_code == 429
    assert page.one("input", name="name").get("value") == "Ben Example"
    assert "tel:+12125550100" in [link.get("href") for link in page.one("main").all("a")]
    assert not WaitlistEntry.objects.filter(name="Ben Example").exists()


def test_a_box_that_only_programs_fill_in_is_shown_with_a_way_out(client, full):
    pass_screening(client, full)

    page = parse(join(client, full, website="https://example.com").content)

    assert page.one("input", name="website").get("value") == "https://example.com"
    assert page.one("input", name="name").get("value") == "Ana Example"
    assert "tel:+12125550100" in [link.get("href") for link in page.one("main").all("a")]
    assert WaitlistEntry.objects.count() == 0


@pytest.mark.parametrize("method", ["get", "post"])
def test_joining_needs_the_safety_questions_first(client, full, method):
    response = getattr(client, method)(step_url(full, "waitlist"), PERSON | WISHES)

    assert response["Location"] == step_url(full, "safety")
    assert WaitlistEntry.objects.count() == 0


def test_joining_stores_the_wishes_and_the_person(client, full):
    make_article(slug="spasms")
    query = "?condition=spasms"
    client.post(step_url(full, "safety") + query, {"none": "on"})

    response = client.post(step_url(full, "waitlist") + query, PERSON | WISHES)

    entry = WaitlistEntry.objects.get()
    assert response["Location"] == f"{step_url(full, 'waitlist')}sent/{query}"
    assert (entry.name, entry.email, str(entry.phone)) == (
        "Ana Example", "ana@example.com", "+12125550123",
    )  # fmt: skip
    assert (entry.phone_extension, entry.consented_at) == ("42", NOW)
    assert (str(entry.from_on), str(entry.until_on)) == ("2026-12-08", "2026-12-20")
    assert (entry.time_of_day, entry.condition_slug) == ("mornings", "spasms")
    assert entry.practitioner == full.practitioner
    main = page_of(client, entry).one("main")
    assert main.one("h1").text == "You are on the waiting list"
    assert main.one("div", data_waitlist_status="waiting")
    assert main.all("input", name="start") == []


def test_the_form_begins_with_all_days_that_can_be_booked(client, full):
    pass_screening(client, full)

    page = parse(client.get(step_url(full, "waitlist")).content)

    days = [page.one("input", name=name).get("value") for name in ("from_on", "until_on")]
    assert days == ["2026-12-07", "2026-12-27"]
    assert page.all("textarea") == []


def test_the_persons_page_names_a_single_day_once(client, full):
    day = local(14, 0).date()
    entry = wait(full, from_on=day, until_on=day)

    facts = page_of(client, entry).one("main").all("dd")

    assert facts[1].text == "Monday, December 14"


def test_the_form_says_what_is_wrong_and_keeps_the_rest(client, full):
    pass_screening(client, full)
    sent = PERSON | {"from_on": "12/20/2026", "until_on": "2026-12-19", "time_of_day": "noon"}

    page = parse(client.post(step_url(full, "waitlist"), sent).content)

    errors = page.one("div", class_="errors")
    assert page.one("title").text.startswith("Error: ")
    assert [link.text for link in errors.all("a")] == [
        "Choose a first day that is not after the last one.",
        "Choose one of these.",
    ]
    assert page.one("input", name="name").get("value") == "Ana Example"


@pytest.mark.parametrize("until_on", ["2026-12-06", "2028-01-01", "soon", ""])
def test_a_last_day_that_makes_no_sense_is_refused(client, full, until_on):
    pass_screening(client, full)

    page = parse(
        client.post(step_url(full, "waitlist"), PERSON | WISHES | {"until_on": until_on}).content
    )

    assert page.one("a", href="#id_until_on")
    assert WaitlistEntry.objects.count() == 0


def test_who_joins_while_times_are_free_sees_them_at_once(client, full):
    cancel(full, MONDAY)
    entry = wait(full)

    page = page_of(client, entry)
    booked = answer(client, entry)

    assert [node.get("data-slot") for node in page.all("input", name="start")] == [iso_utc(MONDAY)]
    visit = Appointment.objects.get(starts_at=MONDAY, status="booked")
    assert booked["Location"] == visit.get_absolute_url()


def test_a_visit_joins_from_its_page_and_changes_its_wishes_there(client, full):
    full.practitioners.add(make_practitioner())
    visit = Appointment.objects.get(starts_at=local(21, 10))
    url = f"{visit.get_absolute_url()}earlier/"
    detail = parse(client.get(visit.get_absolute_url()).content)
    form = parse(client.get(url).content)

    client.post(url, WISHES | {"anyone": "on"})
    again = client.post(url, WISHES | {"time_of_day": "any"})

    entry = WaitlistEntry.objects.get()
    assert detail.one("a", href=url).text == "Tell me if an earlier time gets free"
    assert form.one("input", name="until_on").get("value") == "2026-12-21"
    assert again["Location"] == f"{entry.get_absolute_url()}?saved"
    assert (entry.appointment, entry.time_of_day) == (visit, "any")
    assert entry.practitioner == visit.practitioner
    after = parse(client.get(visit.get_absolute_url()).content)
    assert after.one("a", href=entry.get_absolute_url()).text == "You wait for an earlier time"
    assert parse(client.get(url).content).one("h1").text == "Change when you could come"


def test_a_visit_too_near_to_move_is_not_asked(client, full):
    visit = Appointment.objects.get(starts_at=local(7, 10))
    url = f"{visit.get_absolute_url()}earlier/"

    assert parse(client.get(visit.get_absolute_url()).content).all("a", href=url) == []
    for method in (client.get, client.post):
        assert method(url, WISHES)["Location"] == visit.get_absolute_url()


def test_the_offer_says_when_with_whom_where_and_until_when(client, offered):
    main = page_of(client, offered).one("main")

    ticket = main.one("section", class_="ticket").text
    assert main.one("h1").text == "A time is free for you"
    assert "until Monday, December 7, 10:00 am EST" in main.one("p", class_="lede").text
    assert "9:00 am to 10:00 am" in ticket
    assert "Clinic time: Eastern (EST)" in ticket
    assert offered.service.practitioner.full_name in ticket
    assert "100 Sample Street" in ticket
    assert len(main.all("label", class_="choice")) == 4


def test_looking_changes_nothing(client, offered):
    before = everything()

    for url in ("", "decline/", "leave/"):
        client.get(f"{offered.get_absolute_url()}{url}")
        client.head(f"{offered.get_absolute_url()}{url}")

    assert everything() == before


def test_pages_are_private(client, offered):
    response = client.get(offered.get_absolute_url())

    assert response["X-Robots-Tag"] == "noindex"
    assert "no-store" in response["Cache-Control"]
    assert b"ana@example.com" not in response.content


def test_an_unknown_reference_is_not_found(client, db):
    url = "/waitlist/6a6f1c0e-0f0f-4f0f-8f0f-0f0f0f0f0f0f/"

    assert [client.get(url).status_code, client.post(f"{url}leave/").status_code] == [404, 404]


def test_taking_the_offer_books_it_once(client, offered):
    responses = [answer(client, offered) for _ in range(2)]

    visit = Appointment.objects.get(starts_at=MONDAY, status="booked")
    assert [r["Location"] for r in responses] == [visit.get_absolute_url()] * 2
    assert visit.screening.outcome == "none"
    assert client.get(offered.get_absolute_url())["Location"] == visit.get_absolute_url()


def test_taking_the_offer_moves_the_visit(client, full):
    visit = Appointment.objects.get(starts_at=local(21, 10))
    entry = wait_to_move(visit)
    cancel(full, MONDAY)
    offer_times()
    assert "December 21, 10:00 am" in page_of(client, entry).one("main").text

    response = answer(client, entry)

    visit.refresh_from_db()
    assert response["Location"] == visit.get_absolute_url()
    assert visit.starts_at == MONDAY


def test_without_an_answer_nothing_is_booked(client, offered):
    response = client.post(offered.get_absolute_url(), {"start": iso_utc(MONDAY), "ruleset": ""})

    page = parse(response.content)
    assert page.one("title").text.startswith("Error: ")
    assert page.one("a", href="#id_flags").text == "Tick every sign you have, or “None of these”."
    assert Appointment.objects.filter(starts_at=MONDAY, status="booked").count() == 0


def test_an_emergency_stops_frees_the_time_and_stores_nothing(client, offered):
    response = answer(client, offered, flags=EMERGENCY)

    page = parse(response.content)
    offered.refresh_from_db()
    assert page.one("h1").text == "Stop here and call 911"
    assert (offered.status, offered.closing_note) == ("left", "")
    assert Appointment.objects.filter(status="pending").count() == 0
    assert Screening.objects.count() == 0
    assert page_of(client, offered).one("h1").text == "You are no longer on the waiting list"


def test_an_emergency_counts_in_a_form_that_lacks_the_time(client, offered):
    response = client.post(offered.get_absolute_url(), {"flags": EMERGENCY, "none": "on"})

    assert parse(response.content).one("h1").text == "Stop here and call 911"


def test_an_urgent_sign_is_answered_with_advice_first(client, offered):
    advice = parse(answer(client, offered, flags=URGENT).content)
    assert advice.one("h1").text == "Please get care today"
    assert advice.all("nav", class_="steps") == []
    form = next(f for f in advice.all("form") if f.all("button", name="acknowledged"))
    sent = {node.get("name"): node.get("value") for node in form.all("input")}

    back = client.post(offered.get_absolute_url(), {"start": sent["start"]})
    response = client.post(offered.get_absolute_url(), sent | {"acknowledged": "yes"})

    assert parse(back.content).one("h1").text == "A time is free for you"
    visit = Appointment.objects.get(starts_at=MONDAY, status="booked")
    assert response["Location"] == visit.get_absolute_url()
    assert visit.screening.outcome == "urgent"


def test_letting_it_go_keeps_the_person_on_the_list(client, offered):
    response = client.post(f"{offered.get_absolute_url()}decline/")

    assert response["Location"] == offered.get_absolute_url()
    page = page_of(client, offered)
    assert page.one("div", data_waitlist_status="waiting")
    words = "go, and stay on the list. While it is free, you can still take it below."
    assert words in page.one("main").text


def test_leaving_ends_it(client, offered):
    client.post(f"{offered.get_absolute_url()}leave/")
    late = answer(client, offered)

    assert late.status_code == 409
    assert parse(late.content).one("p", role="alert").text == (
        "You are no longer on the waiting list, so nothing was booked."
    )


def test_a_late_answer_says_that_the_time_is_gone(client, offered):
    late = local(7, 10)
    book(offered.service, starts_at=MONDAY, now=late, details=named("Ben"))

    with time_machine.travel(late, tick=False):
        page = page_of(client, offered)
        response = answer(client, offered)

    assert "It is no longer free, and you stay on the list." in page.one("main").text
    assert response.status_code == 409
    assert parse(response.content).one("p", id="id_start").text == (
        "This time has just been taken. Please choose another one. You stay on the list."
    )


def test_a_late_answer_takes_what_is_still_free(client, offered):
    late = local(7, 10) + timedelta(hours=3)

    with time_machine.travel(late, tick=False):
        page = page_of(client, offered)
        answer(client, offered)

    assert "It is no longer kept for you, but still free" in page.one("main").text
    assert Appointment.objects.get(starts_at=MONDAY, status="booked").patient.name == "Ana Example"


def test_without_questions_nobody_takes_a_time(client, offered):
    RedFlag.objects.all().delete()

    response = answer(client, offered)

    assert parse(response.content).one("h1").text == "Please call us to book"
    assert Appointment.objects.filter(starts_at=MONDAY, status="booked").count() == 0
