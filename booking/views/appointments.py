"""The patient's own page, reached by a reference that cannot be guessed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from booking import actions, time_off
from booking.actors import PATIENT
from booking.calendars import (
    appointment_calendar,
    calendar_links,
    calendar_type,
    download_method,
    how_it_begins,
)
from booking.catalogue import Catalogue, read_catalogue
from booking.errors import BookingError, StatusChanged
from booking.follow_ups import articles_for
from booking.forms import parse_sequence
from booking.models import (
    Appointment,
    AppointmentEvent,
    AppointmentStatus,
    EventKind,
    MoveRequest,
    MoveRequestStatus,
    WaitlistEntry,
)

from .own_clock import clock_context, keep_own_zone, own_zone, to_visit

NEWS_LASTS = timedelta(minutes=10)
# Few visits were ever asked to move or wait for an earlier time: only of those it is looked up.
_VISIT = """
    SELECT visit.*,
        EXISTS (SELECT FROM booking_moverequest WHERE appointment_id = visit.id) AS was_asked,
        EXISTS (SELECT FROM booking_waitlistentry WHERE appointment_id = visit.id) AS has_waited
    FROM booking_appointment AS visit
    WHERE reference = %s AND status <> 'pending'
"""


def private_page[**P](
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Keep the page out of caches and search engines, and its address out of other sites' logs.

    Whoever is erased while they send a form finds the page gone, as a moment later.
    """

    @never_cache
    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except (Appointment.DoesNotExist, WaitlistEntry.DoesNotExist):
            raise Http404("Nothing is there any more.") from None
        response["X-Robots-Tag"] = "noindex"
        response["Referrer-Policy"] = "same-origin"
        return response

    return wrapper


@private_page
@require_safe
def appointment(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Show one visit: when, where, what next, and how to move or cancel it."""
    now = timezone.now()
    catalogue = read_catalogue()
    visit = get_appointment_for_link(reference, catalogue)
    clock = clock_context(visit, own_zone(request, visit))
    is_over = visit.status == AppointmentStatus.FULFILLED
    context = {
        **visit_context(visit, catalogue, now=now),
        **clock,
        "articles": articles_for(visit, now=now) if is_over else [],
        "may_get_texts": bool(settings.SMS),
        "calendar_links": calendar_links(visit, catalogue.clinic),
    }
    return render(request, "booking/appointment_detail.html", context)


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Ask whether to cancel; a POST cancels."""
    now = timezone.now()
    catalogue = read_catalogue()
    visit = get_appointment_for_link(reference, catalogue)
    if visit.status == AppointmentStatus.CANCELLED:
        return redirect(visit)
    context: dict[str, Any] = {}
    if request.method == "POST":
        keep_own_zone(request, visit)
        seen = parse_sequence(request.POST.get("sequence", ""))
        try:
            actions.cancel(reference=visit.reference, now=now, by=PATIENT, sequence=seen)
        except StatusChanged:
            visit = get_appointment_for_link(reference, catalogue)
            context = {"is_changed": True}
        except BookingError as error:
            context = {"refusal": error.message, "is_cancellable": False}
        else:
            return to_visit(visit, own_zone(request, visit))
    context = {
        **visit_context(visit, catalogue, now=now),
        **clock_context(visit, own_zone(request, visit)),
        **context,
    }
    status = 409 if request.method == "POST" else 200
    return render(request, "booking/appointment_confirm_cancel.html", context, status=status)


@private_page
@require_safe
def calendar(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Return the visit as a calendar file; of a cancelled one, the file that takes it out."""
    now = timezone.now()
    visit = get_appointment_for_link(reference, read_catalogue())
    method = download_method(visit)
    return HttpResponse(
        appointment_calendar(visit, method=method, now=now),
        content_type=calendar_type(method),
        headers={"Content-Disposition": 'attachment; filename="visit.ics"'},
    )


def get_appointment_for_link(reference: UUID, catalogue: Catalogue) -> Appointment:
    """Return the appointment a patient's link names. Raises Http404; a mere hold has no page."""
    for visit in Appointment.objects.raw(_VISIT, [reference]):
        catalogue.complete(visit)
        return visit
    raise Http404("No such visit.")


def last_move(visit: Appointment) -> AppointmentEvent | None:
    """Return how the visit came to its present time, or None if it was never moved."""
    if visit.sequence == 0:
        return None
    moves = visit.events.filter(kind=EventKind.MOVED)
    return moves.select_related("previous_practitioner").last()


def is_news(move: AppointmentEvent | None, visit: Appointment, *, now: datetime) -> bool:
    """Say whether the move is what whoever opens the page wants to hear first."""
    is_booked = visit.status == AppointmentStatus.BOOKED
    return move is not None and is_booked and now - move.at < NEWS_LASTS


def asked_of(visit: Appointment, *, now: datetime) -> MoveRequest | None:
    """Return the clinic's question to move the visit, if it is open and the visit still ahead."""
    is_ahead = visit.status == AppointmentStatus.BOOKED and now < visit.starts_at
    was_asked: bool = visit.was_asked  # type: ignore[attr-defined]  # from the query
    return time_off.waiting_request(visit) if is_ahead and was_asked else None


def can_come_earlier(visit: Appointment, *, now: datetime) -> bool:
    """Say whether the patient may move it online, and a time before it may still be booked."""
    return visit.is_cancellable(now) and now + visit.service.notice < visit.starts_at


def visit_context(visit: Appointment, catalogue: Catalogue, *, now: datetime) -> dict[str, Any]:
    """Return what every page about the visit says of it, from `get_appointment_for_link`."""
    is_booked = visit.status == AppointmentStatus.BOOKED
    asked = asked_of(visit, now=now)
    move = last_move(visit)
    # That the clinic cannot keep the time is newer than that it was booked or moved.
    is_moved = asked is None and is_news(move, visit, now=now)
    return {
        "appointment": visit,
        "zone": visit.location.tz,
        "is_cancellable": visit.is_cancellable(now) or asked is not None,
        "is_asked_to_move": asked is not None,
        "wants_call": asked is not None and asked.status == MoveRequestStatus.KEPT,
        "last_move": move,
        "is_just_moved": is_moved,
        "is_news": is_booked
        and asked is None
        and not is_moved
        and visit.booked_at is not None
        and now - visit.booked_at < NEWS_LASTS,
        "is_ahead": is_booked and now < visit.starts_at,
        "clinic": catalogue.clinic,
        "emergencies": catalogue.emergencies,
        "booking_url": _booking_url(visit),
        "can_come_earlier": can_come_earlier(visit, now=now),
        "waits": visit.waitlist_entries.on_the_list().first() if visit.has_waited else None,  # type: ignore[attr-defined]  # from the query
        "how_it_begins": how_it_begins(visit.location),
        "what_to_bring": visit.service.what_to_bring.splitlines(),
    }


def _booking_url(visit: Appointment) -> str:
    """Return where to book another visit about the same, for whomever: it names nobody."""
    condition = visit.condition_slug
    return reverse("booking:service-list", query={"condition": condition} if condition else None)
