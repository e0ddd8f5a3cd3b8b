"""The page of a patient whose visit falls on time off: other times, held for them, one tap each."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking import actions, time_off
from booking.actors import PATIENT
from booking.catalogue import Catalogue, read_catalogue
from booking.errors import BookingError
from booking.forms import StartField
from booking.models import Appointment, MoveRequest

from .appointments import get_appointment_for_link, private_page, visit_context


class ChoiceForm(forms.Form):
    """One of the held times, or what else to do."""

    start = StartField(required=False)
    answer = forms.ChoiceField(choices=[("call", ""), ("cancel", "")], required=False)

    def clean(self) -> None:
        if not self.errors and not any(self.cleaned_data.values()):
            self.add_error("start", "Choose one of the times below, or tell us what else to do.")


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, reference: UUID) -> HttpResponse:
    """Show the times that are held for the patient; a POST takes one, or says what else to do."""
    now = timezone.now()
    catalogue = read_catalogue()
    visit = get_appointment_for_link(reference, catalogue)
    asked = time_off.waiting_request(visit)
    if asked is None:
        return redirect(visit)
    show = partial(_show, request, visit, asked, catalogue, now=now)
    if request.method != "POST":
        return show(ChoiceForm())
    form = ChoiceForm(request.POST)
    if not form.is_valid():
        return show(form, status=400)
    try:
        return _answer(visit, form.cleaned_data, now=now)
    except BookingError as error:
        form.add_error("start", error.message)
        return show(form, status=409)


def _answer(visit: Appointment, answer: dict[str, Any], *, now: datetime) -> HttpResponse:
    if answer["start"] is not None:
        actions.reschedule(
            reference=visit.reference, starts_at=answer["start"], now=now, by=PATIENT
        )
    elif answer["answer"] == "cancel":
        actions.cancel(reference=visit.reference, now=now, by=PATIENT)
    else:
        time_off.ask_for_a_call(visit, now=now)
        return redirect("booking:appointment-choose", visit.reference)
    return redirect(visit)


def _show(
    request: HttpRequest,
    visit: Appointment,
    asked: MoveRequest,
    catalogue: Catalogue,
    form: ChoiceForm,
    *,
    now: datetime,
    status: int = 200,
) -> HttpResponse:
    context = {
        **visit_context(visit, catalogue, now=now),
        "own_zone": visit.own_tz,
        "form": form,
        "held_times": asked.held_times(now),
        "held_until": asked.expires_at,
    }
    return render(request, "booking/appointment_choose.html", context, status=status)
