"""The page “First day”: what is left to do before patients can book, and the mail test."""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from booking.actors import name_of
from booking.errors import TooMany
from booking.forms import PersonForm
from booking.limits import spend
from booking.models import Channel, Message, MessageKind, MessageState
from clinic.help import FIRST_DAY
from clinic.mail_test import mail_settings, send_test
from clinic.models import Clinic, Confirmed

from .first_day import MAIL, Step, first_day
from .message_wording import hint_for
from .patients_now import patients_now

MAY = "clinic.change_clinic"


class MailTestForm(forms.Form):
    """To whom the test goes: mostly to oneself."""

    to = PersonForm.base_fields["email"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].label = "Send it to"
        self.fields["to"].help_text = "An address whose inbox you can look into now."
        self.fields["to"].widget.attrs["class"] = "vTextField"


@dataclass(frozen=True)
class Line:
    """A step as one person sees it: with a link only to what they may do."""

    step: Step
    may_open: bool


@admin.site.admin_view
@require_safe
def first_day_view(request):
    """Show what is done and what is not. For whoever may change the clinic's facts."""
    _refuse_others(request)
    return _page(request, MailTestForm(initial={"to": request.user.email}))


@admin.site.admin_view
@require_POST
def confirm_view(request):
    """Keep who says that values are right which look like a sample's; those that were shown alone."""
    _refuse_others(request)
    now, seen = timezone.now(), request.POST.getlist("what")
    for step in first_day(now):
        said = [words for words in step.questions if words in seen]
        if step.key == request.POST.get("step") and said:
            for words in said:
                _keep(request, step.key, words, now=now)
            messages.success(request, f"{step.title}: confirmed.")
            return _back(step.key)
    messages.warning(request, "Nothing was confirmed: something changed meanwhile. See below.")
    return _back()


@admin.site.admin_view
@require_POST
def mail_test_view(request):
    """Send one mail now, and say what the server answered."""
    _refuse_others(request)
    form = MailTestForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    now = timezone.now()
    try:
        with spend("mail test", request, now=now):
            outcome = _send(form.cleaned_data["to"])
    except TooMany:
        messages.error(request, "Too many test mails. Wait a minute, then try again.")
        return _back(MAIL)
    if outcome.is_accepted:
        _keep(request, MAIL, mail_settings(), note=outcome.answer, now=now)
    answer = f" It answered: “{outcome.answer}”." if outcome.answer else ""
    say = messages.success if outcome.is_accepted else messages.error
    say(request, f"{outcome.words}{answer}{_hint(outcome)}")
    return _back(MAIL)


def _refuse_others(request):
    if not request.user.has_perm(MAY):
        raise PermissionDenied


def _back(key=""):
    return HttpResponseRedirect(f"{reverse(FIRST_DAY)}{f'#{key}' if key else ''}")


def _keep(request, step, what, *, now, note=""):
    Confirmed.objects.update_or_create(
        step=step,
        what=what,
        defaults={
            "by": request.user,
            "by_name": name_of(request.user),
            "confirmed_at": now,
            "note": note,
        },
    )


def _send(to):
    name = Clinic.objects.current().name
    mail = EmailMessage(
        subject="A test of the clinic’s mail",
        body=f"{name} sent you this to see whether its mail arrives. It does. Nothing is to do.\n",
        to=[to],
    )
    return send_test(mail)


def _hint(outcome):
    """Return what the codes of a refusal mean, as beside a message that did not leave."""
    if outcome.is_accepted or not outcome.answer or "refuses" in outcome.words:
        return ""
    refused = Message(
        kind=MessageKind.NOTICE_FAILED,
        channel=Channel.EMAIL,
        state=MessageState.FAILED,
        server_answer=outcome.answer,
    )
    return f" {hint_for(refused)}"


def _page(request, form):
    now = timezone.now()
    steps = first_day(now)
    context = {
        **admin.site.each_context(request),
        "title": "First day",
        "lines": [Line(step, _may_open(request, step)) for step in steps],
        "done": sum(step.is_done for step in steps),
        "patients": patients_now(now),
        "form": form,
        "has_texts": settings.SMS is not None,
    }
    return TemplateResponse(request, "admin/first_day.html", context)


def _may_open(request, step):
    if not step.page:
        return True
    app, model, page = step.page.removeprefix("admin:").split("_")
    found = next(
        one for one in admin.site._registry.values() if one.opts.label_lower == f"{app}.{model}"
    )
    if page == "add":
        return found.has_add_permission(request)
    return found.has_view_or_change_permission(request)
