"""Merging two records of one person: choose the other, see what moves, and confirm."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking import audit, merging
from booking.models import AuditKind, Patient
from booking.patients import Contact

from .duplicates import possible_duplicates
from .patient_page import may_merge
from .search import clean_term, find_patients

FOUND_SHOWN = 20
MERGE, FIND = "merge", "find_other"


class MergeForm(forms.Form):
    """Which record each detail is taken from, and the state of both that was shown."""

    fields: dict[str, Any]

    name = forms.ChoiceField(label="Name", widget=forms.RadioSelect)
    email = forms.ChoiceField(label="Email", widget=forms.RadioSelect)
    phone = forms.ChoiceField(label="Phone", widget=forms.RadioSelect)
    seen = forms.CharField(widget=forms.HiddenInput)
    is_one_person = forms.BooleanField(
        label="I made sure that they are one and the same person",
        error_messages={"required": "Make sure that they are one person, and tick that you did."},
    )

    def __init__(self, data=None, *, shown: merging.Preview):
        self.both = {"kept": shown.kept, "gone": shown.gone}
        # Says what is so now: a form that was overtaken is drawn anew.
        super().__init__(
            data, initial={**dict.fromkeys(("name", "email", "phone"), "kept"), "seen": shown.state}
        )
        words = {
            "name": lambda one: one.name,
            "email": lambda one: one.email,
            "phone": lambda one: one.phone_display,
        }
        for name, say in words.items():
            self.fields[name].choices = [(key, say(one)) for key, one in self.both.items()]
            self.fields[name].error_messages["required"] = f"Choose which {name} stays."
        if not shown.is_doubtful:
            del self.fields["is_one_person"]

    def contact(self) -> Contact:
        """Return the details that the valid form chose."""
        chosen = {key: Contact.of(one) for key, one in self.both.items()}
        phone = chosen[self.cleaned_data["phone"]]
        return Contact(
            name=chosen[self.cleaned_data["name"]].name,
            email=chosen[self.cleaned_data["email"]].email,
            phone=phone.phone,
            phone_extension=phone.phone_extension,
        )


@require_http_methods(["GET", "HEAD", "POST"])
def merge_view(request, pk, *, model_admin):
    """Ask which other record it is, show what a merge would do, and do it on a POST."""
    if not may_merge(request.user):
        raise PermissionDenied
    if request.method == "POST" and MERGE in request.POST:
        # Sent twice, the other is gone already: that is for the merge to say.
        return _merge(model_admin, request, pk)
    kept = Patient.objects.filter(pk=pk).first()
    if kept is None:
        return redirect("admin:booking_patient_change", pk)
    chosen = _number(request.GET.get("with", ""))
    if chosen and request.method != "POST":
        try:
            shown = merging.preview(kept=kept, gone=get_object_or_404(Patient, pk=chosen))
        except merging.MergeRefused as refusal:
            return _refuse(model_admin, request, pk, refusal)
        _note_look(request, (shown.kept, shown.gone), "what a merge would do")
        return _draw_preview(model_admin, request, shown, MergeForm(shown=shown))
    _note_look(request, (kept,), "who may be the same person")
    return _draw_choice(model_admin, request, kept)


def _note_look(request, patients, words):
    if request.method != "HEAD":
        seen = [(patient, None) for patient in patients]
        audit.note_many(request.user, AuditKind.SAW, seen, words=words, now=timezone.now())


def _merge(model_admin, request, pk):
    number = _number(request.GET.get("with", ""))
    kept, gone = (Patient.objects.filter(pk=one).first() for one in (pk, number))
    now, user = timezone.now(), request.user
    try:
        if kept is None or gone is None:
            stays = merging.was_merged(kept=pk, gone=number)
            return _done(model_admin, request, stays)
        shown = merging.preview(kept=kept, gone=gone)
        form = MergeForm(request.POST, shown=shown)
        if not form.is_valid():
            return _draw_preview(model_admin, request, shown, form)
        stays = merging.merge(
            kept=pk,
            gone=number,
            contact=form.contact(),
            seen=form.cleaned_data["seen"],
            now=now,
            user=user,
        )
    except merging.MergeRefused as refusal:
        return _refuse(model_admin, request, pk, refusal)
    model_admin.log_change(request, stays, f"Merged {number} into it.")
    return _done(model_admin, request, stays)


def _done(model_admin, request, stays):
    words = "Merged: this is the one record now."
    model_admin.message_user(request, words, messages.SUCCESS)
    return redirect("admin:booking_patient_change", stays.pk)


def _refuse(model_admin, request, pk, refusal):
    """Say why on the page of the record, or of the one into which it went."""
    model_admin.message_user(request, str(refusal), messages.WARNING)
    return redirect("admin:booking_patient_change", pk)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _draw_choice(model_admin, request, kept):
    term = clean_term(request.POST.get("q", "")) if FIND in request.POST else ""
    others = Patient.objects.filter(erased_at=None).exclude(pk=kept.pk)
    found = find_patients(term, request.user).among(others)[:FOUND_SHOWN] if term else []
    context = {
        "title": f"Merge another record into {kept.name}",
        "kept": kept,
        "term": term,
        "found": list(found),
        "duplicates": possible_duplicates(kept, Patient.objects.filter(erased_at=None)),
    }
    return _draw(model_admin, request, "merge_choice.html", kept, context)


def _draw_preview(model_admin, request, shown, form):
    context = {
        "title": f"Merge into {shown.kept.name}?",
        "shown": shown,
        "form": form,
        "is_refused": bool(form.errors),
    }
    return _draw(model_admin, request, "merge.html", shown.kept, context)


def _draw(model_admin, request, template, kept, context):
    page = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "patient": kept,
    }
    return TemplateResponse(request, f"admin/booking/patient/{template}", page | context)
