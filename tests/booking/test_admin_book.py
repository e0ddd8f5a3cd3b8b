"""Staff book for somebody on the phone: on the rules, and past them knowingly, but never twice."""

from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from procrastinate.contrib.django.models import ProcrastinateJob

from booking.admin import desk as by_phone
from booking.models import Appointment, Message, Screening
from booking.templatetags.clinic_times import iso_utc

from .desk import ADD, CALLER, draw, hidden, rules, said, send, typed
from .factories import (
    local,
    make_appointment,
    make_available_time,
    make_closure,
    make_patient,
    make_practitioner,
    make_service,
)

pytestmark = pytest.mark.usefixtures("bookable_service")
# The clinic is open on Mondays from 9 to 12; now is Monday, December 7, 7 am.
TEN = local(7, 10)


def override(response):
    return response.context["verdict"].token


def test_a_listed_time_is_booked_with_all_that_belongs_to_it(front_desk):
    response = send(front_desk, TEN)

    visit = Appointment.objects.get()
    assert response.status_code == 302
    assert response.url == f"/admin/booking/appointment/{visit.pk}/change/"
    assert (visit.status, visit.starts_at, visit.patient.name) == ("booked", TEN, "Ana Example")
    assert (visit.reason, visit.medicines) == ("Calf cramps at night.", "Magnesium")
    assert visit.consented_at == visit.booked_at
    assert Screening.objects.get().outcome == "none"
    assert (Message.objects.get().kind, ProcrastinateJob.objects.count()) == ("confirmation", 1)
    event = visit.events.get()
    assert (event.kind, event.by_role, event.by_name) == ("booked", "staff", "desk")
    assert event.note == "By phone, consent by voice."
    assert said(response) == [f"Booked: Mon, Dec 7, 2026, 10:00 am EST ({visit.spoken_reference})."]
    assert LogEntry.objects.get().change_message == "Booked by phone."


def test_the_next_free_times_are_there_at_once(front_desk):
    page = front_desk.get(ADD)

    listing = page.context["listing"]
    assert [day.on for day in listing.days] == [date(2026, 12, n) for n in (7, 14, 21, 28)]
    assert listing.later_on == date(2027, 1, 4)
    assert (listing.earlier_on, listing.first_on) == (None, None)
    assert page.text.count("data-slot=") == 4 * 5
    assert "9:00 am EST" in page.text

    later = draw(front_desk, go="2027-01-04")
    assert later.context["listing"].days[0].on == date(2027, 1, 4)
    assert later.context["listing"].earlier_on == date(2026, 12, 28)
    assert later.context["times"]["first_on"].value() == "2027-01-04"


def test_times_inside_the_notice_are_listed_and_say_so(front_desk, bookable_service):
    bookable_service.notice_minutes = 24 * 60
    bookable_service.save()

    page = front_desk.get(ADD)

    assert page.context["listing"].days[0].on == date(2026, 12, 7)
    assert page.text.count("(inside the notice)") == 5


RULES = {
    "notice": (
        {"start": iso_utc(TEN)},
        ["Inside the notice: booking closes 24 hours before."],
        "inside the notice",
    ),
    "hours": (
        typed("2026-12-14", "13:00"),
        ["Outside the hours of Dr. Number: Monday, 9:00 am to 12:00 pm."],
        "outside the hours",
    ),
    "no hours": (
        typed("2026-12-15", "10:00"),
        ["Outside the hours: Dr. Number has none here on Tuesday, December 15."],
        "outside the hours",
    ),
    "step": (
        typed("2026-12-14", "10:10"),
        ["Not one of the usual starts: one every 30 minutes from opening."],
        "not a usual start",
    ),
    "closure": (
        typed("2026-12-21", "10:00"),
        ["Closed: Snow, Mon, Dec 21, 2026, 9:00 am EST to Mon, Dec 21, 2026, 12:00 pm EST."],
        "in a closure",
    ),
    "holiday": (
        typed("2027-01-18", "10:00"),
        ["Closed: public holiday, Martin Luther King Jr. Day."],
        "on a public holiday",
    ),
    "cap": (
        typed("2026-12-28", "11:00"),
        ["Dr. Number has the most of these visits that a day may have: 1."],
        "more than the most a day",
    ),
    "horizon": (
        typed("2027-03-01", "10:00"),
        ["Booking opens 60 days ahead, and not sooner."],
        "too far ahead",
    ),
    "begun": (
        typed("2026-12-07", "06:30"),
        ["It has begun already."],
        "its start was past",
    ),
}


@pytest.fixture
def strict(bookable_service):
    """The visit with every rule in use."""
    service, location = bookable_service, bookable_service.location
    service.notice_minutes, service.daily_cap = 24 * 60, 1
    service.save()
    service.practitioners.update(name="Dr. Number")
    location.holiday_country = "US"
    location.save()
    make_closure(local(21, 9), local(21, 12), reason="Snow")
    make_appointment(service, local(28, 9), patient=make_patient(name="Ben"))
    return service


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_said_and_can_be_overridden(front_desk, strict, rule):
    answers, words, short = RULES[rule]
    before = Appointment.objects.count()

    asked = send(front_desk, **answers)
    assert (asked.status_code, rules(asked)) == (200, words)
    assert Appointment.objects.count() == before
    assert f", with {strict.practitioner.name}:</strong>" in asked.text
    assert "Book it all the same" in asked.text
    assert asked.context["details"]["reason"].value() == "Calf cramps at night."

    response = send(front_desk, **answers, override=override(asked))
    assert response.status_code == 302
    visit = Appointment.objects.latest("pk")
    assert visit.events.get().note == (f"By phone, consent by voice. Booked all the same: {short}.")


def test_a_tick_holds_for_the_rules_that_were_shown_alone(front_desk, strict):
    asked = send(front_desk, **typed("2026-12-15", "10:00"))

    for answers in (typed("2026-12-15", "10:30"), typed("2026-12-21", "10:00")):
        again = send(front_desk, **answers, override=override(asked))
        assert rules(again)
    assert send(front_desk, **typed("2026-12-15", "10:00"), override="on").status_code == 200

    assert Appointment.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "starts_at", "words"),
    [
        ("booked", local(7, 10, 30), "Booked already: "),
        ("arrived", local(7, 9, 30), "Booked already: "),
        ("pending", local(7, 10), "Somebody is booking this time online just now: "),
        ("booked", local(7, 11), "Too close to "),
    ],
)
def test_what_overlaps_is_never_booked(front_desk, bookable_service, status, starts_at, words):
    bookable_service.buffer_after_minutes = 10
    bookable_service.save()
    other = make_appointment(bookable_service, starts_at, status=status)

    asked = send(front_desk, TEN)
    forced = send(front_desk, TEN, override=override(asked))

    for response in (asked, forced):
        assert "<title>Error: Book a visit" in response.text
        assert rules(response)[0].startswith(words)
        assert f"/admin/booking/appointment/{other.pk}/change/" in rules(response)[0]
        assert "Book it all the same" not in response.text
        assert response.context["details"]["name"].value() == "Ana Example"
        # Free, and nearest to the time that was wanted.
        assert response.context["nearest"]
    assert Appointment.objects.get() == other


@pytest.mark.parametrize("on_at", [("2027-03-01", "10:00"), ("2026-12-07", "06:30")])
def test_what_overlaps_beyond_the_horizon_or_in_the_past_is_never_booked(
    front_desk, bookable_service, on_at
):
    booked = send(front_desk, **typed(*on_at), override=override(send(front_desk, **typed(*on_at))))
    assert booked.status_code == 302

    again = send(front_desk, **typed(*on_at))

    assert again.context["verdict"].is_taken
    assert send(front_desk, **typed(*on_at), override=override(again)).status_code == 200
    assert Appointment.objects.count() == 1


def test_whoever_is_free_takes_it(front_desk, bookable_service):
    other = make_practitioner(name="Zoe")
    bookable_service.practitioners.add(other)
    make_available_time(bookable_service, practitioner=other)
    make_appointment(bookable_service, TEN, patient=make_patient(name="Ben"))

    send(front_desk, TEN)

    assert Appointment.objects.latest("pk").practitioner == other


def test_a_time_lost_at_the_last_moment_is_said_and_nothing_typed_is_lost(
    front_desk, bookable_service, monkeypatch
):
    book_it = by_phone._book

    def too_late(*args):
        make_appointment(bookable_service, TEN)
        return book_it(*args)

    monkeypatch.setattr(by_phone, "_book", too_late)

    response = send(front_desk, TEN)

    assert rules(response)[0].startswith("Booked already: ")
    assert response.context["details"]["medicines"].value() == "Magnesium"


def test_a_double_click_books_once(front_desk):
    page = front_desk.get(ADD)
    form = CALLER | hidden(page) | {"start": iso_utc(TEN), "book": "Book"}

    first, second = (front_desk.post(ADD, form) for _ in range(2))

    assert first.url == second.url
    assert Appointment.objects.count() == 1
    assert "Nothing more was booked" in said(second)[-1]


def test_the_reference_of_another_visit_is_not_taken(front_desk, bookable_service):
    other = make_appointment(bookable_service, local(14, 9), status="pending")

    send(front_desk, TEN, reference=str(other.reference))

    assert Appointment.objects.filter(pk=other.pk, status="pending").exists()
    assert Appointment.objects.count() == 2


def test_a_time_from_the_agenda_opens_the_visit_that_fits_it(front_desk, bookable_service):
    short = make_service(
        practitioner=bookable_service.practitioner,
        location=bookable_service.location,
        name="Short visit",
        duration_minutes=30,
    )
    make_appointment(bookable_service, local(7, 10, 30))

    page = front_desk.get(ADD, {"start": iso_utc(TEN)})

    assert page.context["service"] == short
    assert page.context["verdict"] is None
    assert "Time: <strong>Monday, December 7, 10:00 am EST</strong>" in page.text
    assert front_desk.get(ADD).context["service"] == bookable_service


def test_what_is_in_the_way_of_a_time_from_the_agenda_is_told_at_once(front_desk, bookable_service):
    make_appointment(bookable_service, TEN)

    page = front_desk.get(ADD, {"start": iso_utc(TEN)})

    assert page.context["verdict"].is_taken
    assert "This time is taken" in page.text
    assert "Booked already: " in page.text
