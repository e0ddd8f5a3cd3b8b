"""Who holds or books too often is refused with the phone number, and loses nothing typed."""

import pytest
from django.test import Client

from booking import limits
from booking.models import Appointment, Message
from booking.templatetags.clinic_times import iso_utc
from tests.html_tree import parse

from .factories import local, make_appointment
from .journeys import ANSWERS, choose_time, pass_screening, send_details

FORGED = [f"203.0.113.{number}" for number in range(10)]


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Let one connection hold four times and book twice, and one address book once and move twice."""
    monkeypatch.setitem(limits.PER_CONNECTION, "hold", (limits.Limit(4, limits.HOUR),))
    monkeypatch.setitem(limits.PER_CONNECTION, "book", (limits.Limit(2, limits.HOUR),))
    monkeypatch.setitem(limits.PER_EMAIL, "book", (limits.Limit(1, limits.DAY),))
    monkeypatch.setitem(limits.PER_EMAIL, "move", (limits.Limit(2, limits.DAY),))


def another_browser(service, **headers):
    browser = Client(headers=headers)
    pass_screening(browser, service)
    return browser


def test_several_people_of_one_waiting_room_book(bookable_service):
    for minute, name in ((0, "ana"), (30, "ben")):
        browser = another_browser(bookable_service)
        choose_time(browser, bookable_service, local(7, 9 + minute // 30, 0))
        sent = send_details(browser, bookable_service, name=name, email=f"{name}@example.com")
        assert sent.status_code == 302

    assert Appointment.objects.filter(status="booked").count() == 2


def test_a_forged_header_evades_no_limit(bookable_service):
    codes = [
        choose_time(
            another_browser(bookable_service, x_forwarded_for=address),
            bookable_service,
            local(7, 9),
        ).status_code
        for address in FORGED[:2]
    ]
    for address in FORGED[2:]:
        browser = another_browser(bookable_service, x_forwarded_for=address)
        Appointment.objects.all().delete()
        codes.append(choose_time(browser, bookable_service, local(7, 9)).status_code)

    # The second came while the first still held the time, which does not count.
    assert codes == [302, 409, 302, 302, 302, *[429] * 5]


def test_too_many_holds_are_refused_with_times_and_the_phone(bookable_service):
    browser = another_browser(bookable_service)
    for _ in range(2):
        for hour in (9, 10):
            choose_time(browser, bookable_service, local(7, hour))

    refused = choose_time(browser, bookable_service, local(7, 11))

    page = parse(refused.content)
    assert refused.status_code == 429
    assert "too many requests" in page.one("main").text
    assert "tel:+12125550100" in [link.get("href") for link in page.one("main").all("a")]
    assert page.all("input", name="start") != []
    # The browser keeps the hold that it had.
    assert Appointment.objects.get().starts_at == local(7, 10)


def test_too_many_bookings_of_an_address_keep_the_form_and_the_hold(bookable_service):
    first = another_browser(bookable_service)
    choose_time(first, bookable_service, local(7, 9))
    send_details(first, bookable_service)
    second = another_browser(bookable_service)
    choose_time(second, bookable_service, local(7, 10))

    refused = send_details(second, bookable_service, name="Ben Example")

    page = parse(refused.content)
    assert refused.status_code == 429
    assert page.one("input", name="name").get("value") == "Ben Example"
    assert page.one("textarea", name="reason").text.strip() == ANSWERS["reason"]
    assert "tel:+12125550100" in [link.get("href") for link in page.one("main").all("a")]
    assert Appointment.objects.filter(status="pending").count() == 1
    assert send_details(second, bookable_service, email="ben@example.com").status_code == 302


def test_the_same_form_again_counts_once(bookable_service):
    browser = another_browser(bookable_service)
    choose_time(browser, bookable_service, local(7, 9))

    codes = [send_details(browser, bookable_service).status_code for _ in range(5)]

    assert codes == [302] * 5
    assert Appointment.objects.get().status == "booked"


def test_a_visit_that_is_moved_to_and_fro_stays_and_sends_no_more_mail(client, bookable_service):
    visit = make_appointment(bookable_service, local(14, 9))
    url = f"{visit.get_absolute_url()}reschedule/"

    answers = [client.post(url, {"start": iso_utc(local(14, hour))}) for hour in (10, 9, 11)]

    page = parse(answers[-1].content).one("main")
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "too many requests" in page.text
    assert "tel:+12125550100" in [link.get("href") for link in page.all("a")]
    assert Appointment.objects.get().starts_at == local(14, 9)
    assert Message.objects.count() == 2
