"""The visit that is open beside the agenda: what can be done with it, and doing it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404

from booking import actions
from booking.admin.desk import is_movable, what_changed
from booking.admin.whose import visits_of
from booking.admin.wording import appointment_label
from booking.models import (
    OF_THE_DAY,
    STILL_TO_COME,
    Appointment,
    AppointmentStatus,
)

from .diaries import visits_with_all
from .look import Look

CANCEL = "cancel"
# What a button sends: the action of the list of visits that does it, and what it makes of a visit.
MARKS = {
    "arrived": ("mark_arrived", AppointmentStatus.ARRIVED, "Arrived"),
    "done": ("mark_fulfilled", AppointmentStatus.FULFILLED, "Done"),
    "missed": ("mark_no_show", AppointmentStatus.NOSHOW, "No-show"),
    "booked": ("mark_booked", AppointmentStatus.BOOKED, "Take back"),
}


@dataclass(frozen=True)
class Panel:
    """One visit, and the buttons that its state allows."""

    visit: Any
    marks: list[tuple[str, str]]
    can_move: bool
    can_cancel: bool


def open_panel(user: Any, sent: str, shown: list[Any], *, now: datetime, may_act: bool) -> Any:
    """Return the panel of the visit that the address names, or None. A held time has none to do."""
    if not sent.isdecimal() or len(sent) > 18:
        return None
    found = [visit for visit in shown if visit.pk == int(sent)]
    visit = found[0] if found else visits_of(user, visits_with_all()).filter(pk=sent).first()
    if visit is None:
        return None
    return Panel(
        visit=visit,
        marks=_marks(visit, now) if may_act else [],
        can_move=may_act and is_movable(visit, now),
        can_cancel=may_act and visit.status in STILL_TO_COME and now < visit.ends_at,
    )


def _marks(visit: Appointment, now: datetime) -> list[tuple[str, str]]:
    """Return which marks may follow, as `actions` will have it."""
    if visit.status not in {AppointmentStatus.BOOKED, *OF_THE_DAY}:
        return []
    tz = visit.location.tz
    allowed = {
        "arrived": visit.starts_at.astimezone(tz).date() <= now.astimezone(tz).date(),
        "done": visit.starts_at <= now,
        "missed": visit.starts_at <= now,
        "booked": True,
    }
    return [
        (mark, words)
        for mark, (_, status, words) in MARKS.items()
        if allowed[mark] and visit.status != status
    ]


def act(model_admin: Any, request: Any, look: Look) -> HttpResponse:
    """Do what a button of the panel says, if the visit still is as the page showed it."""
    if not model_admin.has_manage_permission(request):
        raise PermissionDenied
    sent = request.POST.get("visit", "")
    pk = int(sent) if sent.isdecimal() and len(sent) <= 18 else 0
    mine = visits_of(request.user, model_admin.get_queryset(request)).confirmed()
    visit = get_object_or_404(mine, pk=pk)
    back = HttpResponseRedirect(look.url(fragment=f"visit-{visit.pk}"))
    do = request.POST.get("do", "")
    if do not in MARKS and do != CANCEL:
        model_admin.message_user(request, "Nothing changed: choose a button.", messages.WARNING)
        return back
    with transaction.atomic():
        locked = actions.get_for_change(visit.reference)
        if _seen(request) != (locked.status, str(locked.sequence)):
            words = f"Nothing changed: {appointment_label(locked)}. {what_changed(locked)}"
            model_admin.message_user(request, words, messages.WARNING)
            return back
        question = _run(model_admin, request, mine.filter(pk=visit.pk), do)
        if question is not None:
            return question
    return back


def _seen(request: Any) -> tuple[str, str]:
    return request.POST.get("status", ""), request.POST.get("sequence", "")


def _run(model_admin: Any, request: Any, visits: Any, do: str) -> HttpResponse | None:
    """Run the action as the list of visits does. Cancelling asks first."""
    name = "cancel" if do == CANCEL else MARKS[do][0]
    question: HttpResponse | None = getattr(model_admin, name)(request, visits)
    return question
