"""What is listed books, and what is not listed is refused, whichever way it is asked for."""

import re
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils.http import urlencode
from hypothesis import given
from hypothesis import strategies as st

from booking import actions
from booking.actors import PATIENT
from booking.availability import find_slots
from booking.errors import BookingError
from booking.models import Appointment
from booking.templatetags.clinic_times import iso_utc

from .clinics import DAY, TICK, build, clinics
from .desk import ADD, CALLER
from .factories import DESK, make_appointment, make_details, make_screening_pass, search_for
from .journeys import ANSWERS, make_red_flags, step_url
from .plain_words import Diary, offered_in_plain_words
from .proofs import draws

pytestmark = pytest.mark.django_db


@contextmanager
def built(drawn):
    """Store the clinic at its own time, and forget it again."""
    with time_machine.travel(drawn.now, tick=False), transaction.atomic():
        yield build(drawn)
        transaction.set_rollback(True)


@contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def listed(clinic, **kwargs):
    first_on = clinic.drawn.first_on
    search = search_for(
        clinic.service,
        practitioners=clinic.candidates,
        location=clinic.place,
        now=clinic.drawn.now,
        **kwargs,
    )
    slots = find_slots(search, first_on=first_on, last_on=first_on + 2 * DAY)
    return [slot.starts_at for slot in slots]


@given(drawn=clinics())
@draws(30)
def test_listed_is_what_the_rules_say_in_plain_words(db, drawn):
    expected = sorted(offered_in_plain_words(drawn))

    with built(drawn) as clinic:
        assert listed(clinic) == expected
        visit = make_visit(clinic, drawn.ticks[150])
        assert listed(clinic, moving=visit.reference) == expected


# The ways of asking. Each returns the visit or hold that came of it, or raises BookingError.


def try_to_hold(clinic, starts_at, visit):
    return actions.hold(
        service=clinic.service,
        practitioners=clinic.candidates,
        location=clinic.place,
        starts_at=starts_at,
        now=clinic.drawn.now,
        by=PATIENT,
    )


def try_to_book_at_once(clinic, starts_at, visit, **kwargs):
    return actions.book(
        reference=uuid4(),
        service=clinic.service,
        practitioners=clinic.candidates,
        location=clinic.place,
        starts_at=starts_at,
        details=make_details(),
        screening=make_screening_pass(),
        now=clinic.drawn.now,
        **{"by": PATIENT} | kwargs,
    )


def try_to_move(clinic, starts_at, visit):
    return actions.reschedule(
        reference=visit.reference,
        practitioners=clinic.candidates,
        location=clinic.place,
        starts_at=starts_at,
        now=clinic.drawn.now,
        by=PATIENT,
    )


def try_the_public_forms(clinic, starts_at, visit):
    browser = visitor(clinic)
    times = f"{step_url(clinic.service, 'times')}?{urlencode(clinic.query)}"
    chosen = done_unless_refused(browser.post(times, {"start": iso_utc(starts_at)}), refusal=409)
    done = done_unless_refused(browser.post(chosen.url, ANSWERS), refusal=409)
    return Appointment.objects.get(reference=done.url.strip("/").rpartition("/")[2])


def try_the_public_move(clinic, starts_at, visit):
    response = Client().post(move_url(clinic, visit), {"start": iso_utc(starts_at)})
    done_unless_refused(response, refusal=409)
    return Appointment.objects.get(pk=visit.pk)


def try_to_book_by_phone(clinic, starts_at, visit):
    # Somebody else than whose visits are in the diary, or the page would ask about these.
    sent = CALLER | {"name": "Cal Example"} | clinic.query | {"service": clinic.service.slug}
    sent |= {"start": iso_utc(starts_at), "book": "Book"}
    # Without the tick, the page comes again and says which rule is in the way.
    done = done_unless_refused(desk().post(ADD, sent), refusal=200)
    return Appointment.objects.get(pk=done.url.split("/")[-3])


def try_to_move_by_phone(clinic, starts_at, visit):
    sent = {"asked_by": "patient", "sequence": visit.sequence, "practitioner": ""} | clinic.query
    sent |= {"start": iso_utc(starts_at), "move": "Move"}
    done_unless_refused(desk().post(desk_move_url(visit), sent), refusal=200)
    return Appointment.objects.get(pk=visit.pk)


def make_visit(clinic, starts_at):
    """Make a visit to be moved: at that start if it is free, else in a year."""
    person = clinic.candidates[0]
    lower = starts_at - clinic.service.buffer_before
    upper = starts_at + clinic.service.duration + clinic.service.buffer_after
    diary = Appointment.objects.for_practitioner(person).exclude(status="cancelled")
    if starts_at <= clinic.drawn.now or diary.overlapping(lower, upper).exists():
        starts_at = clinic.drawn.now.replace(second=0) + 365 * DAY
    return make_appointment(clinic.service, starts_at, practitioner=person, location=clinic.place)


def visitor(clinic):
    """Return a browser that passed the screening."""
    browser = Client()
    browser.post(step_url(clinic.service, "safety"), {"none": "on"})
    return browser


def desk():
    """Return a browser that is signed in as staff."""
    browser = Client()
    user, _ = User.objects.get_or_create(username="desk", is_staff=True, is_superuser=True)
    browser.force_login(user)
    return browser


def move_url(clinic, visit):
    return (
        f"{visit.get_absolute_url()}reschedule/{'?with=anyone' if clinic.drawn.who is None else ''}"
    )


def desk_move_url(visit):
    return f"/admin/booking/appointment/{visit.pk}/move/"


def done_unless_refused(response, *, refusal):
    if response.status_code == refusal:
        raise BookingError
    assert response.status_code == 302
    return response


def try_some(data, drawn, attempt):
    """Ask for some times that are offered, and for some that are not."""
    offered = offered_in_plain_words(drawn)
    at = data.draw(st.sampled_from([drawn.ticks[0], *drawn.ticks[120:360:3]]), label="visit")
    with built(drawn) as clinic:
        make_red_flags()
        visit = make_visit(clinic, at)
        if attempt not in MOVES:
            visit.delete()
        near = {start + step for start in offered for step in (-TICK, TICK, clinic.service.step)}
        refused = set(drawn.ticks) - set(offered) - {visit.starts_at}
        for starts_at in some(data, set(offered) - {visit.starts_at}):
            with undone():
                made = attempt(clinic, starts_at, visit)
                made.refresh_from_db()
                assert (made.starts_at, made.location) == (starts_at, clinic.place)
                assert clinic.people.index(made.practitioner) in offered[starts_at]
        for starts_at in {*some(data, refused, 2), *some(data, refused & near, 1)}:
            before = stored_times()
            with undone(), pytest.raises(BookingError):
                attempt(clinic, starts_at, visit)
            assert stored_times() == before


def some(data, starts, most=3):
    if not starts:
        return []
    return data.draw(st.lists(st.sampled_from(sorted(starts)), min_size=1, max_size=most))


def stored_times():
    return set(Appointment.objects.values_list("pk", "starts_at", "practitioner", "status"))


MOVES = (try_to_move, try_the_public_move, try_to_move_by_phone)


@given(drawn=clinics(), data=st.data())
@draws(8)
def test_staff_go_past_every_rule_but_never_over_what_is_taken(db, drawn, data):
    """Whoever is free comes first, and nobody is double-booked."""
    diaries = [Diary(drawn, number) for number in drawn.asked]
    ahead = [tick for tick in drawn.ticks if tick > drawn.now]
    with built(drawn) as clinic:
        for starts_at in some(data, ahead):
            free = [diary.person for diary in diaries if not diary.is_taken(starts_at)]
            with undone():
                try:
                    made = try_to_book_at_once(clinic, starts_at, None, by=DESK, override=True)
                except BookingError:
                    assert not free
                else:
                    assert made.practitioner == clinic.people[free[0]]


def slots_shown(browser, url, drawn, **query):
    """Return the times that the pages of the three days show, of these days."""
    shown = set()
    for number in range(3):
        day = drawn.first_on + number * DAY
        page = browser.get(url, query | {"from": day, "first_on": day}).content.decode()
        shown |= {datetime.fromisoformat(at) for at in re.findall(r'data-slot="([^"]+)"', page)}
    return shown & set(drawn.ticks)


@given(drawn=clinics(), data=st.data())
@draws(3)
def test_pages_show_what_the_rules_say_in_plain_words(db, drawn, data):
    at = data.draw(st.sampled_from(drawn.ticks), label="visit")
    expected = set(offered_in_plain_words(drawn))
    # Staff see those inside the notice too.
    at_once = set(offered_in_plain_words(replace(drawn, rules=drawn.rules | {"notice_minutes": 0})))
    with built(drawn) as clinic:
        make_red_flags()

        times = step_url(clinic.service, "times")
        assert slots_shown(visitor(clinic), times, drawn, **clinic.query) == expected
        kind = {"service": clinic.service.slug}
        assert slots_shown(desk(), ADD, drawn, **clinic.query, **kind) == at_once
        visit = make_visit(clinic, at)
        anyone = {"with": "anyone"} if drawn.who is None else {}
        move = f"{visit.get_absolute_url()}reschedule/"
        assert slots_shown(Client(), move, drawn, **anyone) == expected
        asked = {"practitioner": ""} | clinic.query
        assert slots_shown(desk(), desk_move_url(visit), drawn, **asked) == at_once


@pytest.mark.parametrize("attempt", [try_to_hold, try_to_book_at_once, try_to_move])
@given(drawn=clinics(), data=st.data())
@draws(8)
def test_listed_books_and_unlisted_is_refused(db, attempt, drawn, data):
    try_some(data, drawn, attempt)


@pytest.mark.parametrize(
    "attempt",
    [try_the_public_forms, try_the_public_move, try_to_book_by_phone, try_to_move_by_phone],
)
@given(drawn=clinics(), data=st.data())
@draws(3)
def test_pages_book_what_is_listed_and_refuse_what_is_not(db, attempt, drawn, data):
    try_some(data, drawn, attempt)
