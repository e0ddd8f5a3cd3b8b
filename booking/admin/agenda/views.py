"""The pages of the agenda: the week or day, what tells whether it changed, and a day on paper."""

from datetime import datetime
from typing import Any, TypeGuard

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.dateparse import parse_datetime

from booking import audit
from booking.day_grid import span_words
from booking.models import AuditKind
from booking.templatetags.clinic_times import clinic_time, iso_utc, zone_name

from .counts import counts, is_asked
from .diaries import load, load_hours
from .drawing import draw
from .items import ASKED, LOOKS
from .look import DAY, WEEK, YEARS, Look, Span, heading, label_of, read_look
from .panel import act, open_panel
from .sheet import sheets_of

TEMPLATE = "admin/booking/appointment/agenda.html"
# What the page's own script sends: it asks on its own, so that is neither noted nor somebody at work.
ASKS_BY_ITSELF = "X-Updates"
SALT = "booking.agenda.updates"
PENDING, BOOKED, *LATER = LOOKS.values()
KEYS = [BOOKED, ASKED, *LATER, PENDING]


def agenda_view(model_admin: Any, request: Any) -> HttpResponse:
    """Show a week or a day; a POST does something with one of its visits."""
    _check(request)
    now = timezone.now()
    look = read_look(request.GET, request.user, now=now)
    if request.method == "POST":
        return act(model_admin, request, look)
    diaries = load(request.user, look.span)
    may_act = model_admin.has_manage_permission(request)
    grid = draw(look, diaries, load_hours(look), may_book=may_act)
    context = {
        "look": look,
        "grid": grid,
        "counts": counts(diaries),
        "asked": [
            (one, look.url(visit=one.pk, fragment="visit"))
            for one in diaries.visits
            if is_asked(one)
        ],
        "tag": diaries.tag,
        "keys": KEYS,
        "now": now,
        "looked_at": clinic_time(now, look.tz),
        "zone_words": f"{zone_name(look.tz, now)} ({grid.zone})",
    }
    pass_ = _pass(request, look)
    # Only a page that was noted has the pass: whoever looks elsewhere is somebody who looks.
    if constant_time_compare(request.headers.get(ASKS_BY_ITSELF, ""), pass_):
        return TemplateResponse(request, f"{TEMPLATE}#live", context)
    panel = open_panel(
        request.user, request.GET.get("visit", ""), diaries.visits, now=now, may_act=may_act
    )
    if request.method == "GET":
        opened = panel.visit if panel else None
        words = f"agenda, {look.words}"
        audit.note(request.user, AuditKind.SAW, visit=opened, words=words, now=now)
    steps = {
        name: (look.url(on=on), label_of(look, on))
        for name, on in (("before", look.stepped(-1)), ("after", look.stepped(1)))
    }
    page = {
        **model_admin.admin_site.each_context(request),
        **context,
        **steps,
        "opts": model_admin.opts,
        "title": heading(look),
        "panel": panel,
        "may_act": may_act,
        "is_day": look.view == DAY,
        "today_url": look.url(on=look.today),
        "week_url": look.url(view=WEEK),
        "day_url": look.url(view=DAY),
        "again_url": look.url(),
        "print_url": _print_url(look),
        "book_url": reverse("admin:booking_appointment_add", query={"back": look.back}),
        "state_url": state_url(look),
        "updates_pass": pass_,
    }
    return TemplateResponse(request, TEMPLATE, page)


def _pass(request: Any, look: Look) -> str:
    """Return what lets a page of this session ask again for the days that it shows."""
    value = f"{request.session.session_key} {look.back}"
    return salted_hmac(SALT, value, algorithm="sha256").hexdigest()[:32]


def state_view(model_admin: Any, request: Any) -> HttpResponse:
    """Say by a tag whether what stands in a span of the diaries has changed: two queries."""
    _check(request)
    try:
        lower, upper = (parse_datetime(request.GET.get(name, "")) for name in ("from", "until"))
    except ValueError:
        lower = upper = None
    if not (_is_sound(lower) and _is_sound(upper)):
        return JsonResponse({"error": "Say from when until when, in UTC."}, status=400)
    whose, where = (request.GET.get(name, "") for name in ("practitioner", "location"))
    return JsonResponse({"tag": load(request.user, Span(lower, upper, whose, where)).tag})


def _is_sound(at: datetime | None) -> TypeGuard[datetime]:
    return at is not None and at.tzinfo is not None and at.year in YEARS


def print_view(model_admin: Any, request: Any) -> HttpResponse:
    """Show a day for paper: a table for each practitioner, with room for notes."""
    _check(request)
    now = timezone.now()
    look = read_look(_one_day(request.GET), request.user, now=now)
    visits = [one for one in load(request.user, look.span).visits if one.patient is not None]
    if request.method != "HEAD":
        words = f"day sheet, {span_words(look.on, look.on)}"
        seen: list[tuple[None, Any]] = [(None, visit) for visit in visits] or [(None, None)]
        audit.note_many(request.user, AuditKind.PRINTED, seen, words=words, now=now)
    page = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": f"Day sheet, {heading(look)}",
        "look": look,
        "sheets": sheets_of(look, visits),
        "agenda_url": look.url(),
        "printed_at": clinic_time(now, look.tz),
        "zone_words": f"{zone_name(look.tz, look.instants[0])} ({look.instants[0].astimezone(look.tz):%Z})",
    }
    return TemplateResponse(request, "admin/booking/appointment/agenda_print.html", page)


def _check(request: Any) -> None:
    if not request.user.has_perm("booking.view_appointment"):
        raise PermissionDenied


def _one_day(sent: Any) -> Any:
    data = sent.copy()
    data["view"] = DAY
    return data


def _print_url(look: Look) -> str:
    on = look.on if look.view == DAY or look.today not in look.days else look.today
    query = look.query(on=on.isoformat(), view="")
    return reverse("admin:booking_appointment_agenda_print", query=query)


def state_url(look: Look) -> str:
    """Return the address that tells whether what the look shows has changed."""
    span = look.span
    query = {
        "from": iso_utc(span.lower),
        "until": iso_utc(span.upper),
        "practitioner": span.practitioner,
        "location": span.location,
    }
    given = {key: value for key, value in query.items() if value}
    return reverse("admin:booking_appointment_agenda_state", query=given)
