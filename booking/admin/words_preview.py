"""Words tried out on a real visit: the mail as it would leave. Nothing is stored or sent."""

import re
from datetime import timedelta

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from booking.messages import build_mail, build_text
from booking.models import (
    Appointment,
    AppointmentStatus,
    CancelledBy,
    Channel,
    Message,
    MessageKind,
    WaitlistEntry,
    WaitlistOffer,
)
from booking.words import CANCELLED_BY_CLINIC, REMINDER_TEXT, WORDS

from .audited import saw, saw_list
from .whose import visits_of
from .wording import appointment_label

VISITS_LISTED = 20
AROUND = timedelta(weeks=4)
# Kept for them, or on the list: not about a visit that can be chosen.
OF_THE_LIST = (MessageKind.OFFER, MessageKind.WAITING)
# The mail's own styles stand in it, as mail programs want them; nothing runs, opens or is sent.
POLICY: dict[str, list[str] | str] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.SELF],
    "sandbox": "allow-same-origin",
}
PREVIEW_ID = "<preview@localhost>"


class PreviewForm(forms.Form):
    """On which visit to try the words out, and what of the mail to see."""

    part = forms.ChoiceField(
        label="Show",
        choices=(("mail", "The mail"), ("text", "Its plain text")),
        initial="mail",
        required=False,
    )

    def __init__(self, *args, key, now, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.visits = [] if key in OF_THE_LIST else visits_to_show(now, user)
        to_come = next((str(one.reference) for one in self.visits if one.ends_at > now), None)
        if key not in OF_THE_LIST:
            self.fields["visit"] = forms.ChoiceField(
                label="Visit",
                choices=[(str(one.reference), _label(one)) for one in self.visits],
                initial=to_come,
            )
            self.order_fields(["visit"])
        if WORDS[key].is_text:
            del self.fields["part"]

    @property
    def chosen_visit(self) -> Appointment | None:
        """The chosen visit, once the form is valid."""
        chosen = self.cleaned_data.get("visit")
        return next((one for one in self.visits if str(one.reference) == chosen), None)


def visits_to_show(now, user):
    """Return the visits of these weeks that were booked last, by when they are."""
    visits = (
        visits_of(user, Appointment.objects.confirmed())
        .exclude(status=AppointmentStatus.CANCELLED)
        .filter(patient__isnull=False, starts_at__gt=now - AROUND, starts_at__lt=now + AROUND)
        .select_related("service", "practitioner", "location", "patient")
        .order_by("-booked_at", "pk")[:VISITS_LISTED]
    )
    return sorted(visits, key=lambda visit: (visit.starts_at, visit.pk))


def _label(visit):
    return f"{appointment_label(visit)}{', private' if visit.is_private else ''}"


def may_preview(request, key):
    """Say whether they may see whom the preview names."""
    needed = ["booking.change_messagewords", "booking.view_appointment"]
    if key in OF_THE_LIST:
        needed.append("booking.view_waitlistentry")
    return request.user.has_perms(needed)


@csp_override(POLICY)
@xframe_options_sameorigin
@require_POST
def preview_view(request, key, *, model_admin):
    """Show the posted words in a mail, for the frame beside their form."""
    if key not in WORDS:
        raise Http404
    if not may_preview(request, key):
        raise PermissionDenied
    now = timezone.now()
    own = model_admin.get_object(request, key)
    form = model_admin.get_form(request, own, change=True)(request.POST, instance=own)
    chosen = PreviewForm(request.POST, key=key, now=now, user=request.user)
    if not form.is_valid():
        return _say(problems=[(form[name].label, one) for name, one in form.errors.items()])
    if "visit" in chosen.fields and not chosen.visits:
        return _say(sentence=NOTHING["visit"])
    if not chosen.is_valid():
        return _say(sentence="This visit is not in the list any more. Open the page again.")
    message = sample(key, chosen.chosen_visit, now=now)
    if message is None:
        return _say(sentence=NOTHING[key])
    if chosen.chosen_visit is not None:
        saw(request.user, [chosen.chosen_visit], "in a preview of words")
    else:
        saw_list(request.user, "somebody on the waiting list, in a preview of words")
    if key == REMINDER_TEXT:
        return _say(text=build_text(message, now=now, words=form.words), is_sms=True)
    mail = build_mail(message, now=now, words=form.words)
    if mail is None:
        return _say(sentence=NOTHING[key])
    if chosen.cleaned_data["part"] == "text":
        return _say(subject=mail.subject, text=mail.body)
    return HttpResponse(_in_the_frame(str(mail.alternatives[0][0]), mail.subject))


NOTHING = {
    "visit": "There is no visit in these weeks to try it out on.",
    MessageKind.OFFER: "No time was offered to anybody yet, so there is none to try it out on.",
    MessageKind.WAITING: "Nobody is on the waiting list at present, so there is none to try it out on.",
    MessageKind.LINKS: "This patient has no visit to come, so this mail would not leave. "
    "Choose a visit that is not over.",
}


def sample(key, visit, *, now):
    """Return a message of this kind that is not stored; None if there is nothing to make it of."""
    if key == MessageKind.OFFER:
        related = ("message", "practitioner", "entry__service", "entry__location")
        offer = WaitlistOffer.objects.select_related(*related).order_by("made_at", "pk").last()
        return offer and offer.message
    if key == MessageKind.WAITING:
        entries = WaitlistEntry.objects.on_the_list().filter(appointment=None)
        entry = next((one for one in entries.order_by("-pk") if not one.is_pointless(now)), None)
        return entry and Message(kind=key, to_email=entry.email, sequence=0, message_id=PREVIEW_ID)
    about = {"to_email": visit.patient.email, "sequence": visit.sequence, "message_id": PREVIEW_ID}
    if key == MessageKind.LINKS:
        return Message(kind=key, **about)
    if key == REMINDER_TEXT:
        about["channel"] = Channel.SMS
        return Message(appointment=visit, kind=MessageKind.REMINDER, **about)
    if key in (MessageKind.CANCELLATION, CANCELLED_BY_CLINIC):
        # Only here: the visit itself is not cancelled.
        visit.status, visit.cancelled_at = AppointmentStatus.CANCELLED, now
        is_ours = key == CANCELLED_BY_CLINIC
        visit.cancelled_by = CancelledBy.STAFF if is_ours else CancelledBy.PATIENT
        return Message(appointment=visit, kind=MessageKind.CANCELLATION, **about)
    return Message(appointment=visit, kind=key, **about)


def _say(**context):
    return HttpResponse(
        render_to_string("admin/booking/messagewords/preview.html", context), charset="utf-8"
    )


def _in_the_frame(html, subject):
    """Return the mail with its subject above it, and with links that open nothing.

    A sandbox lets no link open a window, but would let one replace the preview.
    """
    page = "admin/booking/messagewords/preview.html"
    above = render_to_string(f"{page}#subject", {"subject": subject})
    head = render_to_string(f"{page}#head")
    html = html.replace("<head>", f'<head><base target="_blank">{head}', 1)
    return re.sub(r"<body[^>]*>", lambda body: body[0] + above, html, count=1)
