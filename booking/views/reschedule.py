"""Moving a visit: the patient chooses another time, and the old one stays until that is safe."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking import actions, limits
from booking.actors import PATIENT
from booking.availability import nearest_slots
from booking.catalogue import Catalogue, read_catalogue
from booking.errors import BookingError, SlotNotOffered, SlotTaken, StatusChanged, TooMany
from booking.forms import StartForm, parse_sequence
from booking.models import Appointment, Practitioner
from booking.search import Search

from .appointments import (
    get_appointment_for_link,
    is_news,
    last_move,
    private_page,
    visit_context,
)
from .bookable import find_bookable, wanted_day
from .own_clock import clock_context, keep_own_zone, own_zone, to_visit, zone_choice

ANYONE = {"with": "anyone"}


@dataclass(frozen=True)
class Move:
    """One visit, and who might have it at another time."""

    now: datetime
    """When the page was asked for."""
    catalogue: Catalogue
    visit: Appointment
    practitioners: tuple[Practitioner, ...]
    """Everybody who offers the service today."""
    is_for_anyone: bool
    """Whether the patient asked for other practitioners' times too."""
    own_zone: ZoneInfo | None
    """The clock on which the patient chooses, if it is not the clinic's."""

    @property
    def candidates(self) -> tuple[Practitioner, ...]:
        """Whose free times count: the visit's own practitioner, or everybody."""
        own = tuple(one for one in self.practitioners if one == self.visit.practitioner)
        return self.practitioners if self.is_for_anyone or not own else own

    @property
    def search(self) -> Search:
        """What counts when other times are looked for."""
        return Search(
            service=self.visit.service,
            practitioners=self.candidates,
            location=self.visit.location,
            now=self.now,
            moving=self.visit.reference,
        )

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are chosen."""
        return self.own_zone or self.visit.location.tz

    @property
    def kept(self) -> dict[str, str]:
        """What the address of every page of a move carries."""
        kept = ANYONE if self.is_for_anyone else {}
        return {**kept, **zone_choice(self.visit, self.own_zone)}

    def context(self) -> dict[str, Any]:
        is_alone = self.candidates == (self.visit.practitioner,)
        return {
            **visit_context(self.visit, self.catalogue, now=self.now),
            **clock_context(self.visit, self.own_zone),
            "moving": self.visit,
            # The times page draws a held time as chosen: here it is the present one.
            "held": self.visit,
            "kept": self.kept,
            "is_for_anyone": not is_alone,
            "has_others": is_alone and len(self.practitioners) > 1,
        }


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def reschedule(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Show other times for a visit; a POST with one of them moves it there at once."""
    move = _start(request, reference, now=timezone.now())
    visit = move.visit
    form = StartForm(request.POST) if request.method == "POST" else None
    starts_at = form.cleaned_data["start"] if form and form.is_valid() else None
    # The same form sent twice: the first has done it, and it may be too late for a second.
    if starts_at == visit.starts_at and is_news(last_move(visit), visit, now=move.now):
        return to_visit(visit, move.own_zone)
    if not actions.patient_may_change(visit, move.now):
        return _stop(request, move)
    if form is None:
        return _show(request, move)
    if starts_at is None:
        return _refuse(request, move, form, around=visit.starts_at, status=400)
    return _move(request, move, form, starts_at)


def _start(request: HttpRequest, reference: UUID, *, now: datetime) -> Move:
    catalogue = read_catalogue()
    visit = get_appointment_for_link(reference, catalogue)
    offering = Practitioner.objects.filter(
        is_active=True, services=visit.service_id, services__is_active=True
    )
    return Move(
        now=now,
        catalogue=catalogue,
        visit=visit,
        practitioners=tuple(offering),
        is_for_anyone=request.GET.get("with") == ANYONE["with"],
        own_zone=own_zone(request, visit),
    )


def _move(request: HttpRequest, move: Move, form: StartForm, starts_at: datetime) -> HttpResponse:
    visit = move.visit
    if starts_at == visit.starts_at and visit.practitioner in move.candidates:
        return _show(request, move, is_same_time=True)
    try:
        keep_own_zone(request, visit)
        email = visit.patient.email if visit.patient else ""
        with limits.spend("move", request, email=email, now=move.now):
            moved = actions.reschedule(
                reference=visit.reference,
                practitioners=move.candidates,
                starts_at=starts_at,
                now=move.now,
                by=PATIENT,
                sequence=parse_sequence(request.POST.get("sequence", "")),
            )
    except (SlotTaken, SlotNotOffered, TooMany) as error:
        form.add_error("start", error.message)
        return _refuse(request, move, form, around=starts_at, status=error.status)
    except BookingError as error:
        # Somebody moved or cancelled it, or the limit passed, since the page was drawn.
        fresh = _start(request, visit.reference, now=move.now)
        if isinstance(error, StatusChanged) and actions.patient_may_change(fresh.visit, move.now):
            return _show(request, fresh, is_changed=True)
        return _stop(request, fresh)
    return to_visit(moved, move.own_zone)


def _show(
    request: HttpRequest, move: Move, *, is_same_time: bool = False, is_changed: bool = False
) -> HttpResponse:
    """Draw a week of free times; of an unreadable day, the first that has one."""
    bookable = find_bookable(move.search, zone=move.zone)
    is_readable = True
    wanted: date = bookable.first_free_on or bookable.first_on
    try:
        wanted = wanted_day(request, bookable)
    except ValueError:
        is_readable = False
    day = bookable.nearest_day(wanted)
    nearest_slot = bookable.nearest_slot(day)
    others = (slot for slot in bookable.slots if slot.starts_at != move.visit.starts_at)
    first_other = next(others, None)
    context = {
        **move.context(),
        "zone": move.zone,
        "bookable": bookable,
        "week": bookable.week_of(day),
        "is_out_of_range": day != wanted,
        "is_readable": is_readable,
        "is_same_time": is_same_time,
        "is_changed": is_changed,
        "first_other": first_other,
        "first_other_on": first_other and bookable.day_of(first_other),
        "nearest_slot": nearest_slot,
        "nearest_on": nearest_slot and bookable.day_of(nearest_slot),
    }
    status = 409 if is_changed else 200 if is_readable else 400
    return render(request, "booking/appointment_reschedule.html", context, status=status)


def _refuse(
    request: HttpRequest, move: Move, form: StartForm, *, around: datetime, status: int
) -> HttpResponse:
    """Say what is wrong with the time, that the old one is safe, and offer the nearest."""
    context = {
        **move.context(),
        "zone": move.zone,
        "form": form,
        "nearest": nearest_slots(move.search, around),
    }
    return render(request, "booking/appointment_reschedule_refused.html", context, status=status)


def _stop(request: HttpRequest, move: Move) -> HttpResponse:
    """Say why the visit stays where it is, and what to do instead."""
    status = 409 if request.method == "POST" else 200
    context = move.context()
    return render(request, "booking/appointment_not_movable.html", context, status=status)
