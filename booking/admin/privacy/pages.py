"""Beside a patient: everything about them as a file, erasing, and legal holds."""

from functools import partial
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from booking import audit
from booking.actors import name_of
from booking.admin.visits import link_and_label
from booking.admin.whose import patients_of
from booking.admin.wording import when_label
from booking.errors import HoldChanged, NotErasable
from booking.models import AuditKind
from booking.privacy.erasing import erase, visits_to_come, why_not
from booking.privacy.everything import count_of, take_out
from booking.privacy.holds import lift_hold, open_hold, put_hold
from booking.privacy.person import Person

CHANGE = "admin:booking_patient_change"
# Typed, so that nobody erases somebody with one press too many.
WORD = "erase"


class PrivacyPages(admin.ModelAdmin):
    """Adds the pages to the patients' admin, and keeps those who were erased as they are."""

    def get_urls(self):
        pages = {"everything": everything_view, "erase": erase_view, "hold": hold_view}
        urls = [
            path(
                f"<int:pk>/{name}/",
                self.admin_site.admin_view(partial(view, model_admin=self)),
                name=f"booking_patient_{name}",
            )
            for name, view in pages.items()
        ]
        return [*urls, *super().get_urls()]

    def has_change_permission(self, request, obj=None):
        is_erased = obj is not None and obj.erased_at is not None
        return super().has_change_permission(request, obj) and not is_erased


class WordForm(forms.Form):
    """The word that confirms."""

    word = forms.CharField(
        label=f"Type the word “{WORD}” to confirm",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        error_messages={"required": f"Type {WORD}, or leave this page."},
    )

    def clean_word(self):
        if self.cleaned_data["word"].lower() != WORD:
            raise forms.ValidationError(f"Type {WORD}, or leave this page.")
        return WORD


class ReasonForm(forms.Form):
    """Why a hold is set or lifted."""

    reason = forms.CharField(
        label="Reason",
        max_length=300,
        help_text="Which case, and who asked for it. It is kept, and cannot be changed.",
        error_messages={"required": "Say why."},
    )


def _patient(request, pk, permission):
    """Return the patient, if the user has the permission and sees them at all."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return get_object_or_404(patients_of(request.user), pk=pk)


def _draw(model_admin, request, patient, template, *, title, status=200, form=None, **context):
    """Show a page about the patient, and note who saw it."""
    if request.method != "HEAD":
        audit.note(request.user, AuditKind.SAW, patient=patient, words=title, now=timezone.now())
    page = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": title,
        "patient": patient,
        "form": form,
        "errors": form is not None and form.errors,
        **context,
    }
    path_of = f"admin/booking/patient/{template}.html"
    return TemplateResponse(request, path_of, page, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def everything_view(request, pk, *, model_admin):
    """Say what is in the file; a POST makes it, and keeps it nowhere."""
    patient = _patient(request, pk, "booking.export_patient")
    now = timezone.now()
    if request.method == "POST":
        content = take_out(patient, user=request.user, now=now)
        name = f"patient-{patient.pk}-{now:%Y-%m-%d}.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type="application/zip", headers=headers)
    held = count_of(Person.of(patient))
    return _draw(
        model_admin, request, patient, "everything", title="Everything about a patient", held=held
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def erase_view(request, pk, *, model_admin):
    """Show what would go and what would stay; a POST with the word erases."""
    patient = _patient(request, pk, "booking.erase_patient")
    now = timezone.now()
    form = WordForm(request.POST if request.method == "POST" else None)
    status, refusal = 200, why_not(patient, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            erase(patient.pk, user=request.user, now=now)
        except NotErasable as error:
            status, refusal = error.status, str(error)
        else:
            words = "Erased. Visits stay as times without a person; nothing leads back."
            model_admin.message_user(request, words, messages.SUCCESS)
            return redirect(CHANGE, patient.pk)
    person = Person.of(patient)
    return _draw(
        model_admin,
        request,
        patient,
        "erase",
        title="Erase a patient",
        status=status,
        form=form,
        refusal=refusal,
        to_come=[link_and_label(visit) for visit in visits_to_come(patient, now=now)],
        held=count_of(person),
        is_shared=bool(person.shared),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def hold_view(request, pk, *, model_admin):
    """Set a legal hold, or lift the one that is in force."""
    patient = _patient(request, pk, "booking.change_legalhold")
    now, hold = timezone.now(), open_hold(patient)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    status, refusal = 200, "" if patient.erased_at is None else "This person is erased."
    # Which of the two it is, as the page said: somebody may have done it meanwhile.
    wanted = request.POST.get("hold", "")
    if request.method == "POST" and not refusal and form.is_valid():
        what = {"reason": form.cleaned_data["reason"], "by_name": name_of(request.user)}
        try:
            if wanted != (str(hold.pk) if hold else ""):
                raise HoldChanged
            if hold is None:
                put_hold(patient, **what, now=now)
            else:
                lift_hold(hold, **what, now=now)
        except HoldChanged as error:
            status, refusal = error.status, str(error)
            hold = open_hold(patient)
        else:
            done = "Legal hold lifted" if hold else "Legal hold set"
            audit.note(request.user, AuditKind.CHANGED, patient=patient, words=done, now=now)
            model_admin.message_user(request, f"{done}.", messages.SUCCESS)
            return redirect(CHANGE, patient.pk)
    zone = ZoneInfo(settings.TIME_ZONE)
    return _draw(
        model_admin,
        request,
        patient,
        "hold",
        title="Lift a legal hold" if hold else "Set a legal hold",
        status=status,
        form=form,
        refusal=refusal,
        hold=hold,
        since=when_label(hold.set_at, zone) if hold else "",
    )
