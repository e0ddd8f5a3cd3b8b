"""The page “Articles to read”: what the patient of one visit is given to read after it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from booking.follow_ups import choose_articles, has_opted_out
from booking.models import STILL_TO_COME, AppointmentStatus, MessageKind
from booking.models.message import LEFT
from booking.templatetags.clinic_times import length_words

from .articles import ArticlesField
from .audited import saw
from .message_wording import state_words
from .whose import visits_of
from .wording import appointment_label, when_label

HAS_ARTICLES = (*STILL_TO_COME, AppointmentStatus.FULFILLED)


class ArticlesForm(forms.Form):
    """The articles of one visit."""

    articles = ArticlesField(
        label="Articles",
        error_messages={"invalid_choice": "One of them is not on the site any more. Choose again."},
    )

    def __init__(self, *args, offered, now, **kwargs):
        super().__init__(*args, **kwargs)
        articles: Any = self.fields["articles"]
        articles.offer(offered, now=now)
        self.label_of = articles.label_from_instance


@require_http_methods(["GET", "HEAD", "POST"])
def articles_view(request, pk, *, model_admin):
    """Ask which articles the patient is given; a POST keeps them."""
    if not model_admin.has_manage_permission(request):
        raise PermissionDenied
    visits = visits_of(request.user).filter(status__in=HAS_ARTICLES)
    visit = get_object_or_404(visits.select_related("service", "location", "patient"), pk=pk)
    of_service = list(visit.service.follow_up_articles.all())
    own = [one.condition for one in visit.follow_up_articles.select_related("condition")]
    now = timezone.now()
    form = ArticlesForm(
        request.POST if request.method == "POST" else None,
        initial={"articles": own or of_service},
        offered=[*own, *of_service],
        now=now,
    )
    if request.method == "POST" and form.is_valid():
        chosen = list(form.cleaned_data["articles"])
        return _keep(model_admin, request, visit, chosen, is_usual=set(chosen) == set(of_service))
    saw(request.user, [visit], "articles to read")
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": "Articles to read",
        "visit": visit,
        "label": appointment_label(visit),
        "list_url": reverse("admin:booking_appointment_changelist"),
        "form": form,
        "is_refused": form.is_bound,
        "has_own": bool(own),
        "usual": [form.label_of(one) for one in of_service],
        "about_the_mail": _about_the_mail(visit),
    }
    template = "admin/booking/appointment/articles.html"
    return TemplateResponse(request, template, context)


def _keep(model_admin, request, visit, chosen, *, is_usual):
    """Keep what differs from the service's, so that a visit follows its service until then."""
    if chosen and not is_usual:
        words = f"Chose to read after the visit: {', '.join(one.slug for one in chosen)}."
        said = f"Chosen for this visit: {len(chosen)}."
    else:
        words = "To read after the visit: as for the service."
        said = f"This visit has the articles of “{visit.service}”."
    with transaction.atomic():
        choose_articles(visit, [] if is_usual else chosen)
        model_admin.log_change(request, visit, words)
    model_admin.message_user(request, said, messages.SUCCESS)
    return HttpResponseRedirect(reverse("admin:booking_appointment_change", args=[visit.pk]))


def _about_the_mail(visit):
    """Say whether a mail names the articles, and when; the patient's page does in any case."""
    mail = visit.messages.filter(kind=MessageKind.FOLLOW_UP).first()
    if mail is not None and mail.state in LEFT:
        left = when_label(mail.sent_at, visit.location.tz)
        return f"The mail after this visit left on {left}, and nothing is sent twice."
    if mail is not None:
        return f"The mail after this visit: {state_words(mail)}."
    if visit.service.follow_up_minutes is None:
        return "No mail is sent after such a visit."
    if has_opted_out(visit.patient.email):
        return "The patient wants no mail after visits."
    wait = timedelta(minutes=visit.service.follow_up_minutes)
    when = f"{length_words(wait)} after its end" if wait else "at its end"
    return f"The mail leaves {when}, if the visit is marked as done."
