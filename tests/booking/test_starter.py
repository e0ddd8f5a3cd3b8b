from datetime import UTC, datetime

import pytest
from django.forms.models import model_to_dict

from booking import starter
from booking.availability import find_slots
from booking.models import (
    AvailableTime,
    Location,
    NotAvailableTime,
    Practitioner,
    Service,
)

from .factories import NOW, local, search_for

pytestmark = pytest.mark.django_db
MODELS = (Location, Practitioner, Service, AvailableTime, NotAvailableTime)


def everything():
    return [model_to_dict(row) for model in MODELS for row in model.objects.order_by("pk")]


def test_load_makes_a_bookable_clinic():
    starter.load(NOW)

    services = Service.objects.bookable()
    assert [(s.slug, s.duration_minutes) for s in services] == [
        ("first-consultation", 75),
        ("follow-up", 45),
    ]
    assert {s.practitioner.full_name for s in services} == {"Dr. Lisanti, ND, LAc"}
    slots = find_slots(search_for(services[0]))
    assert slots[0].starts_at == local(8, 9)
    # Six days a week, without the closure, Christmas, New Year and the third Monday of January.
    assert len({slot.starts_at.date() for slot in slots}) == 48


def test_follow_up_is_offered_by_phone_and_video_in_the_same_hours():
    starter.load(NOW)

    first, follow_up = Service.objects.bookable()
    assert not first.other_locations.exists()
    assert [(place.name, place.kind) for place in follow_up.other_locations.all()] == [
        ("By phone", "phone"),
        ("By video", "video"),
    ]
    at_each = [
        find_slots(search_for(follow_up, location=place))
        for place in (follow_up.location, *follow_up.other_locations.all())
    ]
    assert at_each[0] == at_each[1] == at_each[2] != []


def test_starter_rows_are_valid():
    starter.load(NOW)

    for model in MODELS:
        for row in model.objects.all():
            row.full_clean()


def test_load_twice_changes_nothing():
    starter.load(NOW)
    before = everything()

    starter.load(NOW)

    assert everything() == before


def test_load_overwrites_nothing_that_staff_changed():
    starter.load(NOW)
    Practitioner.objects.update(name="Dr. Other", biography="New")
    Service.objects.update(duration_minutes=30, fee_text="$90")
    Service.objects.get(slug="follow-up").practitioners.clear()
    AvailableTime.objects.filter(weekday=5).delete()
    NotAvailableTime.objects.all().delete()
    before = everything()

    starter.load(NOW)

    assert everything() == before


def test_load_makes_what_is_missing():
    starter.load(NOW)
    Service.objects.get(slug="follow-up").delete()

    starter.load(NOW)

    assert Service.objects.get(slug="follow-up").practitioner.slug == "dr-lisanti"
    assert AvailableTime.objects.count() == 11


@pytest.mark.parametrize(
    ("now", "starts_at", "ends_at"),
    [
        (NOW, local(24, 0), local(25, 0)),
        (datetime(2026, 12, 10, 12, tzinfo=UTC), local(24, 0), local(25, 0)),
        (datetime(2026, 12, 11, 12, tzinfo=UTC), local(31, 0), local(1, 0, month=1, year=2027)),
    ],
    ids=["monday", "thursday", "friday"],
)
def test_closure_is_a_whole_thursday_two_weeks_ahead(now, starts_at, ends_at):
    starter.load(now)

    closure = NotAvailableTime.objects.get()
    assert (closure.starts_at, closure.ends_at) == (starts_at, ends_at)
