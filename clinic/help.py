"""What each page of the admin is for, in a sentence, and what to do first where a list is empty.

A ModelAdmin says so itself, by `purpose` and `when_empty`; where nobody adds by hand what it
lists, `first_step` may name the address, the label and the permission of what brings it about.
`deleting` says what deleting does, and `cannot_delete` what to do where something is in its way.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse

# Of models that are not ours: purpose, and what to do while there is none.
OTHERS = {
    "auth.user": (
        "Who may sign in here, and what each person may see and do.",
        "Nobody has an account yet. Add one for each person, never one for two.",
    ),
    "auth.group": (
        "What each kind of staff may do, such as the front desk. Put people into groups.",
        "The groups come by themselves when the site is updated. Tell whoever runs it.",
    ),
}
# What deleting those does, and what to do where it cannot be.
OTHERS_DELETING = {
    "auth.user": (
        "They cannot sign in any more, and the list of what they did here goes.",
        "Their name stands under what they published. Untick “active” instead: then they cannot sign in.",
    ),
    "auth.group": ("Everybody in it loses what it lets them do.", ""),
}
# Pages that belong to no list, by the name of their address.
PAGES = {
    "index": "Everything you may do here, what you need most often first.",
    "app_list": "One part of the admin: choose a list, or add something to it.",
    "password_change": "Choose a new password. You stay signed in on this device.",
    "password_change_done": "Your new password counts from now on.",
    "content-today": "What waits to be published, reviewed or repaired, and where to do it.",
    "first-day": "What to do before patients can book, in order. Each line leads to its form.",
    "first-day-mail": "Correct the address, then send the test mail again.",
    "auth_user_reset_two_step": "For somebody whose phone is lost, and the recovery codes too.",
    "booking_service_why": "Name a visit and a time, and read what keeps it from being offered.",
    "booking_appointment_add": "Book for somebody on the phone: the safety questions, a time, the patient.",
    "booking_appointment_move": "Give a visit another time. It keeps its old one until then.",
    "booking_appointment_articles": "Choose what the patient is given to read after this visit.",
    "booking_appointment_calendar": "The calendar files that went out for this visit, and the one of now.",
    "booking_patient_change": "All that the clinic has about one person, but for what was said at the visits.",
    "conditions_pages": "Live pages that show a shared fact as it was: update them here.",
}
# Ways to see one record, whatever it is.
_ENDINGS = {
    "_delete": "Read what goes with it. Nothing is deleted until you say so.",
    "_history": "Who changed it here, and when.",
    "_uses": "Live pages that show this fact, and whether they show it as it is now.",
    "_address": "Give the page another address. The old one will lead there.",
    "_site": "What visitors see of this article now, and how to take it off.",
    "_editions": "Every published edition of this article: compare them, or go back to one.",
    "_difference": "What one edition says that the other does not.",
    "_checked": "Sign that you read the live page today and found it right.",
    "_roll_back": "Put an older edition on the site again. Read first what changes.",
    "_password_change": "Give somebody a new password. Tell it to nobody else.",
}
CONFIRM = "Read what happens, then confirm it, or keep all as it is."


FIRST_DAY = "first-day"


class LeadsBack(ModelAdmin):  # type: ignore[type-arg]  # which it does not take when it runs
    """A form that the page “First day” leads to, and that leads back there once it is saved."""

    def response_post_save_add(self, request: HttpRequest, obj: Model) -> HttpResponseRedirect:
        """Go back to where the person came from."""
        return _back(request) or super().response_post_save_add(request, obj)

    def response_post_save_change(self, request: HttpRequest, obj: Model) -> HttpResponseRedirect:
        """Go back to where the person came from."""
        return _back(request) or super().response_post_save_change(request, obj)


def _back(request: HttpRequest) -> HttpResponseRedirect | None:
    is_from_there = FIRST_DAY in request.GET
    return HttpResponseRedirect(reverse(FIRST_DAY)) if is_from_there else None


def help_of(model_admin: "ModelAdmin[Any]") -> tuple[str, str]:
    """Return what the pages of the admin are for, and what to do while its list is empty."""
    purpose, when_empty = OTHERS.get(model_admin.opts.label_lower, ("", ""))
    return (
        getattr(model_admin, "purpose", "") or purpose,
        getattr(model_admin, "when_empty", "") or when_empty,
    )


def deleting_words(model_admin: "ModelAdmin[Any]", chosen: Sequence[Model]) -> list[str]:
    """Return what happens if these go: `deleting` of the admin, a sentence or made of what goes."""
    words = getattr(model_admin, "deleting", None)
    if callable(words):
        return list(words(chosen))
    return [words or OTHERS_DELETING.get(model_admin.opts.label_lower, ("", ""))[0]]


def cannot_delete_words(model_admin: "ModelAdmin[Any]") -> str:
    """Return what to do instead where something stands in the way: `cannot_delete` of the admin."""
    words = getattr(model_admin, "cannot_delete", "")
    known = OTHERS_DELETING.get(model_admin.opts.label_lower, ("", ""))[1]
    return words or known or "It is in use, so nothing is deleted. Take it out there first."


def purpose_of_page(
    request: HttpRequest, model_admin: "ModelAdmin[Any] | None", *, is_question: bool
) -> str:
    """Return what a page is for, or "" of one that says so itself."""
    match = request.resolver_match
    name = str(match.url_name) if match else ""
    if is_question:
        return CONFIRM
    if name in PAGES:
        return PAGES[name]
    if (ending := name[name.rfind("_") :]) in _ENDINGS:
        return _ENDINGS[ending]
    is_ours = name.endswith(("_changelist", "_add", "_change"))
    return help_of(model_admin)[0] if model_admin is not None and is_ours else ""


def first_step_of(model_admin: "ModelAdmin[Any]", request: HttpRequest) -> tuple[str, str] | None:
    """Return address and label of what brings the first row about, if this person may do it."""
    if model_admin.has_add_permission(request):
        opts = model_admin.opts
        url = reverse(f"admin:{opts.app_label}_{opts.model_name}_add")
        return url, f"Add {opts.verbose_name}"
    name, label, permission = getattr(model_admin, "first_step", ("", "", ""))
    if not name or not request.user.has_perm(permission):
        return None
    try:
        return reverse(name), label
    except NoReverseMatch:
        return None
