"""The page “Why is this time not offered?”: each rule in the way, for each practitioner."""

from dataclasses import dataclass

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from booking.models import Location, Practitioner, Service
from booking.reasons import Why, explain
from booking.search import Search
from booking.slots import instants_of
from booking.templatetags.clinic_times import clinic_day, clinic_time, length_words

from .audited import saw
from .closure_form import FIRST_DAY, LAST_DAY, closure_label, day_field, time_field
from .visits import link_and_label
from .wording import when_label


class WhyForm(forms.Form):
    """A service, a place, somebody, and a time on the place's clock."""

    service = forms.ModelChoiceField(
        Service.objects.select_related("location__same_hours_as").prefetch_related(
            "practitioners", "other_locations"
        )
    )
    location = forms.ModelChoiceField(
        Location.objects.select_related("same_hours_as"),
        label="Where",
        required=False,
        empty_label="Where the service mostly is",
    )
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.all(),
        label="With",
        required=False,
        empty_label="Everybody who offers it",
    )
    day = day_field(label="Day")
    at = time_field(label="Start", required=True)

    def clean_day(self):
        day = self.cleaned_data["day"]
        if not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError("Choose years from 2000 to 2199.")
        return day


@dataclass(frozen=True)
class Answer:
    """What keeps one practitioner from offering it; nothing if they do."""

    practitioner: Practitioner
    reasons: list[str]
    url: str


@admin.site.admin_view
@require_safe
def why_view(request):
    """Answer a question that is all in the address. Changes nothing."""
    if not request.user.has_perm("booking.view_appointment"):
        raise PermissionDenied
    is_asked = "day" in request.GET
    form = WhyForm(request.GET) if is_asked else WhyForm(initial=request.GET.dict())
    context = {**admin.site.each_context(request), "title": "Why is this time not offered?"}
    context["form"] = form
    if form.is_valid():
        context |= _answers(form.cleaned_data, now=timezone.now(), user=request.user)
    return TemplateResponse(request, "admin/booking/why.html", context)


def _answers(asked, *, now, user):
    service, location = asked["service"], asked["location"] or asked["service"].location
    chosen, offering = asked["practitioner"], list(service.practitioners.all())
    asked_of = [chosen] if chosen else [one for one in offering if one.is_active]
    search = Search(service=service, practitioners=asked_of, location=location, now=now)
    instants = instants_of(asked["day"], asked["at"], location.tz)
    return {
        "place": location,
        "in_general": _in_general(search, chosen, offering, instants),
        "answers": [
            (
                when_label(starts_at, location.tz),
                [_answer(search, one, starts_at, user) for one in asked_of],
            )
            for starts_at in instants
        ],
    }


def _in_general(search, chosen, offering, instants):
    """Say what has nothing to do with the time."""
    service, location, words = search.service, search.location, []
    if not service.is_active:
        words.append("This service cannot be booked at all: “bookable” is not ticked.")
    if location not in (service.location, *service.other_locations.all()):
        words.append(f"This service is not offered there ({location}).")
    if chosen and chosen not in offering:
        words.append(f"{chosen} does not offer this service.")
    if chosen and not chosen.is_active:
        words.append(f"{chosen} cannot be booked at all: “active” is not ticked.")
    if not search.practitioners:
        words.append("Nobody who is active offers this service.")
    if not instants:
        words.append("No clock shows this time on that day: it is skipped in spring.")
    return words


def _answer(search, practitioner, starts_at, user):
    reasons = explain(search, practitioner, starts_at)
    in_the_way = [one.appointment for one in reasons if one.appointment is not None]
    saw(user, in_the_way, "in the way of a time")
    day, place = search.day_of(starts_at).isoformat(), search.location.slug
    query = {"from": day, "location": place, "practitioner": practitioner.slug}
    return Answer(
        practitioner,
        [in_words(reason, search) for reason in reasons],
        reverse("booking:times", args=[search.service.slug], query=query),
    )


def in_words(reason, search):
    """Return the reason as a sentence for staff, with links to what is in the way."""
    service, host, tz = search.service, search.location.host, search.location.tz
    match reason.why:
        case Why.PAST:
            return "It is past."
        case Why.NOTICE:
            return (
                f"Booking closes {length_words(service.notice)} before a visit: now, what starts "
                f"from {when_label(reason.period[1], tz)} on can be booked."
            )
        case Why.HORIZON:
            return (
                f"It is too far ahead: booking is open for {service.horizon_days} days. "
                f"This day opens on {clinic_day(reason.on)}, {reason.on.year}."
            )
        case Why.HOURS:
            hours = ", ".join(_span(period, tz) for period in reason.hours)
            length = length_words(service.duration)
            return f"The visit, of {length}, is not within the hours. Open on that day: " + (
                f"{hours}." if hours else "not at all."
            )
        case Why.STEP:
            starts = " and ".join(when_label(start, tz) for start in reason.starts)
            return f"No visit starts then. The nearest starts: {starts}."
        case Why.CLOSURE:
            url = reverse("admin:booking_notavailabletime_change", args=[reason.closure.pk])
            return format_html(
                'Closed: <a href="{}">{}, {}</a>.',
                url,
                reason.name or "no reason",
                closure_label(reason.closure),
            )
        case Why.HOLIDAY:
            url = reverse("admin:booking_location_change", args=[host.pk])
            return format_html(
                '{} is a public holiday, and not ticked as worked at <a href="{}">{}</a>.',
                reason.name,
                url,
                host,
            )
        case Why.CAP:
            return (
                f"No more than {service.daily_cap} of these visits are taken a day, "
                "and that day has as many, booked or held."
            )
        case _:
            return _taken(reason, tz)


def _taken(reason, tz):
    visit = reason.appointment
    if reason.why == Why.BOOKED:
        return format_html('Booked: <a href="{}">{}</a>.', *link_and_label(visit))
    if reason.why == Why.HELD:
        return f"Held for somebody until {when_label(visit.expires_at, tz)}: {_span(reason.period, tz)}."
    if visit.expires_at is not None:
        return f"The breaks around it meet a held time, {_span(reason.period, tz)}."
    return format_html(
        'The breaks around it meet <a href="{}">{}</a>, which lasts until {}.',
        *link_and_label(visit),
        clinic_time(visit.ends_at, tz),
    )


def _span(period, tz):
    return " to ".join(clinic_time(at, tz) for at in period)
