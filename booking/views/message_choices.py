"""What a patient wants of the messages about a visit."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from booking import actions
from booking.catalogue import read_catalogue
from booking.forms import MessagesForm
from booking.models import AppointmentStatus

from .appointments import get_appointment_for_link, private_page
from .own_clock import own_zone, to_visit


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def message_choices(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Ask how messages should be; a POST keeps it, for all that leave from then on."""
    catalogue = read_catalogue()
    visit = get_appointment_for_link(reference, catalogue)
    if visit.status in (AppointmentStatus.CANCELLED, AppointmentStatus.NOSHOW):
        return to_visit(visit, own_zone(request, visit))  # nothing more is sent about it
    if request.method == "POST":
        form = MessagesForm(request.POST)
        form.full_clean()  # two boxes, which are ticked or not
        actions.choose_messages(
            reference=visit.reference,
            is_private=form.cleaned_data["private_messages"],
            wants_texts=form.cleaned_data.get("text_reminders", visit.wants_texts),
        )
        return to_visit(visit, own_zone(request, visit))
    form = MessagesForm(
        initial={"private_messages": visit.is_private, "text_reminders": visit.wants_texts}
    )
    context = {"form": form, "appointment": visit, "clinic": catalogue.clinic}
    return render(request, "booking/appointment_messages.html", context)
