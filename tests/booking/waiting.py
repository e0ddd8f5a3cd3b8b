"""What the tests of the waiting list share: a clinic that is full, and what is freed in it."""

import time_machine

from booking import actions, waitlist
from booking.models import Appointment, WaitlistOffer

from .factories import (
    DESK,
    NOW,
    local,
    make_appointment,
    make_available_time,
    make_details,
    make_screening_pass,
    make_service,
)

# The clinic is open on Mondays from 9 to 12; it is 7 am on Monday the 7th.
MONDAY = local(14, 9)


def named(name, **kwargs):
    return make_details(name=name, email=f"{name.lower()}@example.com", **kwargs)


def fill(service, *days):
    """Book every hour of these Mondays in December and of the first one in January."""
    return [
        make_appointment(service, local(day, hour))
        for day in days or (7, 14, 21, 28)
        for hour in (9, 10, 11)
    ]


def make_full_service():
    """Make a visit on Mondays from 9 to 12, four weeks ahead, all of them booked."""
    service = make_service(horizon_days=27)
    make_available_time(service)
    fill(service)
    return service


def cancel(service, starts_at, *, now=NOW):
    visit = Appointment.objects.get(service=service, starts_at=starts_at, status="booked")
    return actions.cancel(reference=visit.reference, now=now, by=DESK)


def offered():
    """Return what is offered now, as name and start, in the order of the offers."""
    return [(offer.entry.person, offer.starts_at) for offer in WaitlistOffer.objects.open()]


def accept(entry, starts_at, *, now=NOW, **kwargs):
    with time_machine.travel(now, tick=False):
        return waitlist.accept(
            reference=entry.reference,
            starts_at=starts_at,
            screening=make_screening_pass(**kwargs),
            now=now,
        )
