"""Booking records for tests. Each call makes what it needs; keyword arguments win."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from uuid import uuid4
from zoneinfo import ZoneInfo

import time_machine

from booking import actions, waitlist
from booking.actors import PATIENT, Actor
from booking.models import (
    Appointment,
    AppointmentStatus,
    AvailableTime,
    Location,
    NotAvailableTime,
    Patient,
    Practitioner,
    Service,
)
from booking.screening import ScreeningPass
from booking.search import Search

NEW_YORK = ZoneInfo("America/New_York")
# A Monday morning in New York, before opening.
NOW = datetime(2026, 12, 7, 12, tzinfo=UTC)
# A Wednesday two days later, at 10:00 on the clinic's clock.
TEN = datetime(2026, 12, 9, 15, tzinfo=UTC)
DESK = Actor("staff", "Pat Desk")
numbers = count(1)


def local(day, hour, minute=0, *, month=12, year=2026, fold=0):
    """Return the UTC instant of a New York wall-clock time, December 2026 by default."""
    return datetime(year, month, day, hour, minute, tzinfo=NEW_YORK, fold=fold).astimezone(UTC)


def make_practitioner(**kwargs):
    number = next(numbers)
    # With zeros, as people are in the order of their names, also after the ninth and the 99th.
    values = {"slug": f"practitioner-{number}", "name": f"Dr. Number {number:06}"}
    return Practitioner.objects.create(**values | kwargs)


def make_location(**kwargs):
    number = next(numbers)
    values = {
        "slug": f"location-{number}",
        "name": "Sampletown clinic",
        "address": "100 Sample Street",
        "time_zone": "America/New_York",
    }
    return Location.objects.create(**values | kwargs)


def make_service(*, practitioner=None, **kwargs):
    """Make a 60-minute service with a half-hour step, no notice and no buffers."""
    number = next(numbers)
    values = {
        "slug": f"service-{number}",
        "name": "First consultation",
        "duration_minutes": 60,
        "step_minutes": 30,
        "notice_minutes": 0,
        "horizon_days": 60,
        "cancel_notice_minutes": 24 * 60,
    }
    if "location" not in kwargs:
        values["location"] = make_location()
    service = Service.objects.create(**values | kwargs)
    service.practitioners.through.objects.create(
        service=service, practitioner=practitioner or make_practitioner()
    )
    return service


def opening(service, **kwargs):
    """Return Monday 9 to 12, unless told otherwise, which is not stored yet."""
    values = {"location": service.location, "weekday": 0}
    values |= {"start_time": time(9), "end_time": time(12)}
    if "practitioner" not in kwargs:
        values["practitioner"] = service.practitioner
    return AvailableTime(**values | kwargs)


def make_available_time(service, **kwargs):
    times = opening(service, **kwargs)
    times.save(force_insert=True)
    return times


def make_week(service, **kwargs):
    """Open on all seven days."""
    person = {"practitioner": service.practitioner} | kwargs
    return AvailableTime.objects.bulk_create(
        opening(service, **{"weekday": day} | person) for day in range(7)
    )


def make_closure(starts_at, ends_at, **kwargs):
    return NotAvailableTime.objects.create(starts_at=starts_at, ends_at=ends_at, **kwargs)


def make_patient(**kwargs):
    values = {
        "name": "Ana Example",
        "email": "ana@example.com",
        "phone": "+12125550123",
    }
    return Patient.objects.create(**values | kwargs)


def make_details(**kwargs):
    values = {
        "name": "Ana Example",
        "email": "ana@example.com",
        "phone": "+12125550123",
    }
    return actions.PatientDetails(**values | kwargs)


def make_screening_pass(**kwargs):
    values = {
        "condition": "",
        "ruleset": "0" * 32,
        "outcome": "none",
        "screened_at": NOW,
    }
    return ScreeningPass(**values | kwargs)


def make_appointment(service, starts_at, *, status=AppointmentStatus.BOOKED, **kwargs):
    """Make a row directly, as `actions` would have left it."""
    ends_at = starts_at + service.duration
    values = {
        "service": service,
        "location": service.location,
        "status": status,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "busy_from": starts_at - service.buffer_before,
        "busy_until": ends_at + service.buffer_after,
    }
    if "practitioner" not in kwargs:
        values["practitioner"] = service.practitioner
    if status == AppointmentStatus.PENDING:
        values |= {"expires_at": NOW + timedelta(minutes=10)}
    else:
        values |= {"booked_at": NOW, "consented_at": NOW}
        if "patient" not in kwargs:
            values["patient"] = make_patient()
    if status == AppointmentStatus.CANCELLED:
        values |= {"cancelled_at": NOW, "cancelled_by": "patient", "sequence": 1}
    return Appointment.objects.create(**values | kwargs)


def search_for(service, **kwargs):
    """Look for a visit at the service's own place, with its practitioner."""
    values = {"location": service.location, "now": NOW}
    if "practitioners" not in kwargs:
        values["practitioners"] = [service.practitioner]
    return Search(service=service, **values | kwargs)


def hold(service, starts_at=TEN, *, now=NOW, **kwargs):
    """Hold a time as a patient does."""
    with time_machine.travel(now, tick=False):
        return actions.hold(
            service=service,
            practitioners=[service.practitioner],
            starts_at=starts_at,
            now=now,
            by=PATIENT,
            **kwargs,
        )


def book(
    service,
    reference=None,
    starts_at=TEN,
    *,
    now=NOW,
    details=None,
    screening=None,
    **kwargs,
):
    """Confirm a hold as a patient does."""
    with time_machine.travel(now, tick=False):
        return actions.book(
            reference=reference or uuid4(),
            service=service,
            starts_at=starts_at,
            details=details or make_details(),
            screening=screening or make_screening_pass(),
            now=now,
            **{"practitioners": [service.practitioner], "by": PATIENT} | kwargs,
        )


def make_wishes(**kwargs):
    values = {"from_on": date(2026, 12, 7), "until_on": date(2027, 1, 31)}
    return waitlist.Wishes(**values | kwargs)


def wait(service, *, now=NOW, details=None, condition="", location=None, **wishes):
    """Join the waiting list as someone without a visit does."""
    with time_machine.travel(now, tick=False):
        return waitlist.join(
            service=service,
            location=location or service.location,
            details=details or make_details(),
            wishes=make_wishes(**wishes),
            condition=condition,
            now=now,
        )


def wait_to_move(visit, *, now=NOW, **wishes):
    """Join the waiting list for an earlier time as someone with a visit does."""
    with time_machine.travel(now, tick=False):
        return waitlist.join_to_move(visit=visit, wishes=make_wishes(**wishes), now=now)


def offer_times(now=NOW):
    """Do what the worker does when a time got free."""
    with time_machine.travel(now, tick=False):
        return waitlist.offer_times(now=now)
