"""The page “Calendar files”: which files about a visit went out, and what is to be had now."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from booking.calendars import download_method, event_status, event_uid, method_of
from booking.models import ANNOUNCEMENTS, Appointment

from .audited import saw
from .whose import visits_of
from .wording import appointment_label, when_label


@dataclass(frozen=True)
class SentFile:
    """A calendar file that went out with a mail, or will."""

    kind: str
    sequence: int
    method: str | None
    created: str
    sent: str
    state: str


@require_safe
def lineage_view(request, pk, *, model_admin):
    """Show the UID of a visit and its files by mail, in order. Changes nothing."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    visits = visits_of(request.user, Appointment.objects.confirmed()).select_related("location")
    visit = get_object_or_404(visits, pk=pk)
    saw(request.user, [visit], "its calendar files")
    method = download_method(visit)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": "Calendar files",
        "visit": visit,
        "label": appointment_label(visit),
        "uid": event_uid(visit),
        "files": _files(visit),
        "method": method,
        "status": event_status(visit, method),
    }
    return TemplateResponse(request, "admin/booking/appointment/calendar.html", context)


def _files(visit):
    zone = visit.location.tz
    return [
        SentFile(
            kind=message.get_kind_display(),
            sequence=message.sequence,
            method=method_of(message.kind),
            created=when_label(message.created_at, zone),
            sent=when_label(message.sent_at, zone) if message.sent_at else "-",
            state=message.get_state_display(),
        )
        for message in visit.messages.filter(kind__in=ANNOUNCEMENTS)
    ]
