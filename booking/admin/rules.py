"""With whom a time that staff want would be booked, and which rules stand in its way, in words."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.dateformat import time_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from booking.availability import free_practitioners
from booking.models import Appointment, AvailableTime, Practitioner
from booking.reasons import OVERLAPS, Reason, Why, explain
from booking.search import Search
from booking.templatetags.clinic_times import clinic_day, clinic_weekday, length_words

from .wording import appointment_label, when_label

# How the history names the rules that staff went past.
SHORT = {
    Why.PAST: "its start was past",
    Why.NOTICE: "inside the notice",
    Why.HORIZON: "too far ahead",
    Why.HOURS: "outside the hours",
    Why.STEP: "not a usual start",
    Why.CLOSURE: "in a closure",
    Why.HOLIDAY: "on a public holiday",
    Why.CAP: "more than the most a day",
}


@dataclass(frozen=True)
class Verdict:
    """What comes of wanting a time. No reasons: it is offered, with any of the practitioners."""

    search: Search
    starts_at: datetime
    reasons: tuple[Reason, ...] = ()

    @property
    def practitioner(self) -> Practitioner:
        """Whom the reasons are about; the first of those who can be had."""
        return self.search.practitioners[0]

    @property
    def is_taken(self) -> bool:
        """Whether visits would overlap, which nobody can override."""
        return any(reason.why in OVERLAPS for reason in self.reasons)

    @property
    def words(self) -> list[SafeString]:
        """Each rule in a sentence; what is in the way comes first."""
        ordered = sorted(self.reasons, key=lambda reason: reason.why not in OVERLAPS)
        return [self._words(reason) for reason in ordered]

    @property
    def token(self) -> str:
        """What the tick "all the same" sends: it holds for just these rules of just this time."""
        who, place = self.practitioner.pk, self.search.location.pk
        told = (self.starts_at, who, place, self.search.service.pk, self.words)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:32]

    @property
    def note(self) -> str:
        """The rules for the history; "" if there are none."""
        rules = ", ".join(dict.fromkeys(SHORT[reason.why] for reason in self.reasons))
        return f"Booked all the same: {rules}." if rules else ""

    def _words(self, reason: Reason) -> SafeString:
        zone, service = self.search.location.tz, self.search.service
        if reason.appointment is not None:
            return _overlap_words(reason.why, reason.appointment)
        if reason.why == Why.CLOSURE and reason.period is not None:
            lower, upper = (when_label(at, zone) for at in reason.period)
            return format_html("Closed: {}, {} to {}.", reason.name or "no reason", lower, upper)
        if reason.why == Why.HOLIDAY:
            return format_html("Closed: public holiday, {}.", reason.name)
        if reason.why == Why.HOURS:
            return self._hours_words()
        if reason.why == Why.NOTICE:
            length = length_words(service.notice)
            return format_html("Inside the notice: booking closes {} before.", length)
        if reason.why == Why.HORIZON:
            return format_html("Booking opens {} days ahead, and not sooner.", service.horizon_days)
        if reason.why == Why.STEP:
            words = "Not one of the usual starts: one every {} from opening."
            return format_html(words, length_words(service.step))
        if reason.why == Why.CAP:
            words = "{} has the most of these visits that a day may have: {}."
            return format_html(words, self.practitioner.name, service.daily_cap)
        return format_html("{}", "It has begun already.")

    def _hours_words(self) -> SafeString:
        local = self.starts_at.astimezone(self.search.location.tz)
        practitioner = self.practitioner
        times = AvailableTime.objects.filter(
            practitioner=practitioner, location=self.search.location.host
        ).order_by("start_time")
        hours = [
            " to ".join(time_format(at, "g:i A").lower() for at in (one.start_time, one.end_time))
            for one in times
            if one.is_on(local.date())
        ]
        if not hours:
            words = "Outside the hours: {} has none here on {}."
            return format_html(words, practitioner.name, clinic_day(local))
        words = "Outside the hours of {}: {}, {}."
        return format_html(words, practitioner.name, clinic_weekday(local), " and ".join(hours))


def judge(search: Search, starts_at: datetime) -> Verdict:
    """Return with whom the time can be had; if with nobody, who has the least in the way of it."""
    if free := free_practitioners(search, starts_at):
        return Verdict(search.with_only(*free), starts_at)
    verdicts = [
        Verdict(search.with_only(one), starts_at, tuple(reasons))
        for one in search.practitioners
        if (reasons := explain(search, one, starts_at))
    ]
    # None are left if the time came free between the two looks at it.
    offered = Verdict(search, starts_at)
    return min(verdicts, key=lambda v: (v.is_taken, len(v.reasons)), default=offered)


def _overlap_words(why: Why, other: Appointment) -> SafeString:
    link = format_html(
        '<a href="{}" target="_blank">{}<span class="visually-hidden"> (opens a new tab)</span></a>',
        reverse("admin:booking_appointment_change", args=[other.pk]),
        appointment_label(other),
    )
    if why == Why.BUFFER:
        return format_html("Too close to {}: the breaks around both would overlap.", link)
    if why == Why.HELD:
        return format_html("Somebody is booking this time online just now: {}.", link)
    return format_html("Booked already: {}.", link)
