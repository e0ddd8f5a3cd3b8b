"""What staff are told when a change leaves booked visits in a closure or outside the hours."""

from collections.abc import Sequence

from django.contrib import messages
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from booking.models import Appointment

from .wording import appointment_label

VISITS_LISTED = 20


def visit_links(visits: Sequence[Appointment]) -> str:
    """Return links to the visits; of very many, to the first."""
    links = format_html_join(
        ", ", '<a href="{}">{}</a>', map(link_and_label, visits[:VISITS_LISTED])
    )
    more = len(visits) - VISITS_LISTED
    return format_html("{}{}", links, f" and {more} more" if more > 0 else "")


def link_and_label(visit: Appointment) -> tuple[str, str]:
    """Return a visit's address in the admin, and how the staff screens name it."""
    return reverse("admin:booking_appointment_change", args=[visit.pk]), appointment_label(visit)


def warn_of_visits(model_admin, request, visits: Sequence[Appointment], where: str) -> None:
    """Say that these visits are booked `where`, with a link to each; nothing if there are none."""
    if not visits:
        return
    warning = format_html(
        "{} {}. {} not cancelled; please call the patient{} or cancel: {}.",
        "1 visit is booked" if len(visits) == 1 else f"{len(visits)} visits are booked",
        where,
        "It was" if len(visits) == 1 else "They were",
        "" if len(visits) == 1 else "s",
        visit_links(visits),
    )
    model_admin.message_user(request, warning, messages.WARNING)
