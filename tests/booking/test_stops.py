"""How often the questions stop a booking is counted, and nothing hinders the page that says stop."""

import logging
import time
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse

from booking.models import ScreeningStop
from booking.stops import count_stop
from booking.templatetags.clinic_times import iso_utc
from conditions.models import CareLevel

from .desk import ADD, CALLER, draw, hidden
from .factories import NOW, offer_times, wait
from .journeys import EMERGENCY, SEE_DOCTOR, URGENT, step_url
from .waiting import MONDAY, cancel

TODAY = date(2026, 12, 7)


def counted():
    return list(ScreeningStop.objects.values_list("on", "level", "count"))


def answer(client, service, *flags, **fields):
    return client.post(step_url(service, "safety"), {"flags": flags} | fields)


def is_stop(response):
    return "booking/screening_emergency.html" in [one.name for one in response.templates]


@pytest.mark.django_db
def test_each_stop_counts_on_its_day(client, bookable_service):
    answer(client, bookable_service, EMERGENCY)
    answer(client, bookable_service, EMERGENCY, URGENT)
    answer(client, bookable_service, URGENT)

    assert counted() == [(TODAY, "emergency", 2), (TODAY, "urgent", 1)]


@pytest.mark.django_db
def test_what_does_not_stop_is_not_counted(client, bookable_service):
    client.get(step_url(bookable_service, "safety"), {"flags": EMERGENCY})
    answer(client, bookable_service, SEE_DOCTOR)
    answer(client, bookable_service, none="on")
    answer(client, bookable_service, URGENT, acknowledged="on")

    assert counted() == []


@pytest.mark.django_db
def test_nothing_but_day_level_and_number_is_kept():
    names = [field.name for field in ScreeningStop._meta.get_fields()]

    assert names == ["id", "on", "level", "count"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("now", "on"),
    [
        (datetime(2026, 12, 8, 4, 59, tzinfo=UTC), date(2026, 12, 7)),
        (datetime(2026, 12, 8, 5, 0, tzinfo=UTC), date(2026, 12, 8)),
        (datetime(2026, 3, 9, 3, 59, tzinfo=UTC), date(2026, 3, 8)),
        (datetime(2026, 11, 2, 4, 59, tzinfo=UTC), date(2026, 11, 1)),
    ],
    ids=["before midnight", "midnight", "after the spring change", "after the autumn change"],
)
def test_the_day_is_the_clinics(now, on):
    count_stop(CareLevel.EMERGENCY, now=now)

    assert counted() == [(on, "emergency", 1)]


@pytest.mark.django_db
def test_a_stop_on_the_waiting_list_counts(client, full):
    entry = wait(full)
    cancel(full, MONDAY)
    offer_times()
    url = reverse("booking:waitlist", args=[entry.reference])

    client.post(url, {"flags": [URGENT], "start": iso_utc(MONDAY)})
    response = client.post(url, {"flags": [EMERGENCY], "start": iso_utc(MONDAY)})

    assert is_stop(response)
    assert counted() == [(TODAY, "emergency", 1), (TODAY, "urgent", 1)]


@pytest.mark.django_db
def test_a_stop_on_the_phone_counts(bookable_service, front_desk):
    form = CALLER | hidden(front_desk.get(ADD)) | {"flags": [EMERGENCY]}
    del form["none"]

    front_desk.get(ADD, form)
    assert counted() == []
    front_desk.post(ADD, form | {"book": "Book"})

    assert counted() == [(TODAY, "emergency", 1)]


@pytest.mark.django_db
def test_an_urgent_sign_on_the_phone_counts_once_for_a_form(bookable_service, front_desk):
    first = draw(front_desk, flags=[URGENT], none="")
    sent = {"advised": "yes", "flags": [URGENT], "none": ""}
    again = draw(front_desk, **sent)

    assert [page.context["needs_word"] for page in (first, again)] == [True, True]
    assert 'name="advised"' in first.text
    assert counted() == [(TODAY, "urgent", 1)]


@pytest.mark.django_db(transaction=True)
def test_stops_at_once_all_count(clients):
    answers = clients.race([lambda: count_stop(CareLevel.EMERGENCY, now=NOW)] * 2)

    assert [one.outcome for one in answers] == [None, None]
    assert counted() == [(TODAY, "emergency", 2)]


@pytest.mark.django_db(transaction=True)
def test_a_stop_waits_for_nobody(client, bookable_service, caplog):
    """Somebody has the row and keeps it: the page comes all the same, and soon."""
    count_stop(CareLevel.EMERGENCY, now=NOW)
    other = connections.create_connection("default")
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT FROM booking_screeningstop FOR UPDATE")

    began = time.perf_counter()
    response = answer(client, bookable_service, EMERGENCY)
    took = time.perf_counter() - began
    other.rollback()
    other.close()

    assert is_stop(response)
    assert took < 2
    assert [one.levelno for one in caplog.records if one.name == "booking.stops"] == [logging.ERROR]
    assert counted() == [(TODAY, "emergency", 1)]


@pytest.mark.django_db
@pytest.mark.parametrize("flag", [EMERGENCY, URGENT])
def test_a_broken_counter_hinders_no_page(client, bookable_service, flag, caplog):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE booking_screeningstop RENAME TO elsewhere")

    response = answer(client, bookable_service, flag)

    expected = "emergency" if flag == EMERGENCY else "urgent"
    assert response.status_code == 200
    assert f"booking/screening_{expected}.html" in [one.name for one in response.templates]
    assert [one.message for one in caplog.records if one.name == "booking.stops"] == [
        "A stop of the screening could not be counted."
    ]


@pytest.mark.django_db
def test_a_broken_counter_hinders_no_call(bookable_service, front_desk):
    form = CALLER | hidden(front_desk.get(ADD)) | {"flags": [EMERGENCY], "none": ""}
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE booking_screeningstop RENAME TO elsewhere")

    response = front_desk.post(ADD, form)

    assert response.status_code == 200
    assert "hang up and call" in response.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"level": "see_doctor"}, "booking_screeningstop_level_stops"),
        ({"level": "urgent"}, "booking_screeningstop_once"),
    ],
)
def test_the_database_refuses_other_counts(values, name):
    count_stop(CareLevel.URGENT, now=NOW)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ScreeningStop.objects.create(on=TODAY, **values)


def test_a_count_says_nothing_of_its_number():
    stop = ScreeningStop(on=TODAY, level="urgent", count=1)

    assert str(stop) == "Urgent: be seen today, 2026-12-07"
