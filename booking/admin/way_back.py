"""The way back to the place of the agenda from which another page was opened."""

from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import reverse

from booking.models import Appointment

KEYS = ("on", "view", "practitioner", "location")
LONGEST = 300


def back_to_agenda(sent: str, fragment: str | None = None) -> str | None:
    """Return the address of the agenda with the query that came along; None if none did.

    Only the agenda's own parameters are taken over, so it leads nowhere else.
    """
    if not sent or len(sent) > LONGEST:
        return None
    asked = QueryDict(sent)
    query = {key: asked[key] for key in KEYS if asked.get(key)}
    return reverse("admin:booking_appointment_agenda", query=query, fragment=fragment)


def redirect_back(request: HttpRequest, visit: Appointment) -> HttpResponseRedirect:
    """Lead back to the visit in the agenda if somebody came from there, else to its own page."""
    sent = request.POST.get("back") or request.GET.get("back", "")
    own_page = reverse("admin:booking_appointment_change", args=[visit.pk])
    return HttpResponseRedirect(back_to_agenda(sent, fragment=f"visit-{visit.pk}") or own_page)
