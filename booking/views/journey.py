"""What every booking step needs first: the service, the questions, the pass and the hold."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from booking.forms import parse_start
from booking.models import Appointment, Location, Practitioner, Service
from booking.screening import PASS_COOKIE, ScreeningPass, read_pass
from booking.templatetags.clinic_times import iso_utc
from conditions.red_flags import FlagSet, flags_for_screening

HOLD_COOKIE = "hold"
HOLD_SALT = "booking.hold"
COOKIE_PATH = "/book/"
COOKIE_LASTS = timedelta(hours=24)


@dataclass(frozen=True)
class HoldToken:
    """The time that this browser, or this form, asked to hold. Signed; names no person."""

    reference: UUID
    service: str
    starts_at: datetime
    practitioner: str = ""
    location: str = ""

    @classmethod
    def of(cls, held: Appointment) -> "HoldToken":
        return cls(
            held.reference,
            held.service.slug,
            held.starts_at,
            held.practitioner.slug,
            held.location.slug,
        )

    def sign(self) -> str:
        return signing.dumps(
            {
                "reference": str(self.reference),
                "service": self.service,
                "start": iso_utc(self.starts_at),
                "practitioner": self.practitioner,
                "location": self.location,
            },
            salt=HOLD_SALT,
        )

    @classmethod
    def read(cls, value: str | None, *, max_age: timedelta | None = None) -> "HoldToken | None":
        """Return the token, or None if it is absent, altered or older than `max_age`."""
        try:
            claims = signing.loads(value or "", salt=HOLD_SALT, max_age=max_age)
        except signing.BadSignature:
            return None
        return cls(
            reference=UUID(claims["reference"]),
            service=claims["service"],
            starts_at=parse_start(claims["start"]),
            practitioner=claims.get("practitioner", ""),
            location=claims.get("location", ""),
        )


@dataclass(frozen=True)
class Journey:
    """One browser on its way to one visit."""

    service: Service
    practitioners: tuple[Practitioner, ...]
    """Everybody who offers the service."""
    locations: tuple[Location, ...]
    """Everywhere the service is offered; its main place first."""
    location: Location
    """The place that the person chose, else the main one."""
    candidates: tuple[Practitioner, ...]
    """Whose free times count: the one whom the person chose, or everybody."""
    practitioner: Practitioner | None
    """The one candidate, or who has the held time; None means whoever is free."""
    flag_set: FlagSet
    screening: ScreeningPass | None
    hold: HoldToken | None
    """The hold to act on: the form's own, else the browser's newest."""
    newest_hold: HoldToken | None
    """The browser's newest hold. Differs from `hold` when two tabs are open."""

    @property
    def condition(self) -> str:
        """The slug of the article the person came from; "" if there is none to carry."""
        return self.flag_set.condition

    @property
    def holder(self) -> UUID | None:
        """The reference whose hold does not stand in this browser's way."""
        return self.newest_hold.reference if self.newest_hold else None

    @property
    def kept(self) -> dict[str, str]:
        """What every address of a step carries. What else somebody added to one is left behind."""
        kept = {"condition": self.condition}
        if self.location != self.locations[0]:
            kept["location"] = self.location.slug
        if len(self.candidates) < len(self.practitioners):
            kept["practitioner"] = self.candidates[0].slug
        return {name: value for name, value in kept.items() if value}

    def url(self, step: str, *, day: date | None = None) -> str:
        """Return the address of a step (`safety`, `times`, `details`, `waitlist-join`) with the choices kept."""
        query = {"from": day.isoformat(), **self.kept} if day else self.kept
        return reverse(f"booking:{step}", args=[self.service.slug], query=query or None)

    def as_held(self, token: HoldToken) -> "Journey":
        """Return the journey with the practitioner and the place that the hold is for."""
        who = next((p for p in self.practitioners if p.slug == token.practitioner), None)
        where = next((one for one in self.locations if one.slug == token.location), None)
        return replace(self, practitioner=who or self.practitioner, location=where or self.location)

    def context(self) -> dict[str, Any]:
        """Return what the templates of every step use."""
        return {
            "service": self.service,
            "practitioner": self.practitioner,
            "practitioners": self.practitioners,
            "location": self.location,
            "locations": self.locations,
            "zone": self.location.tz,
            "condition": self.condition,
            "condition_title": self.flag_set.title,
            "kept": self.kept,
            "screening": self.screening,
            "safety_url": self.url("safety"),
            "times_url": self.url("times"),
            "waitlist_url": self.url("waitlist-join"),
        }


def start_journey(request: HttpRequest, slug: str, *, now: datetime) -> Journey:
    """Return the journey that this request continues. Raises Http404 for an unknown service.

    The hold that a form names wins over the browser's, so that two tabs book what each shows.
    """
    service, practitioners = _load_service(slug)
    locations = (
        service.location,
        *service.other_locations.exclude(pk=service.location_id).select_related("same_hours_as"),
    )
    where, who = request.GET.get("location"), request.GET.get("practitioner")
    candidates = tuple(one for one in practitioners if one.slug == who) or practitioners
    flag_set = flags_for_screening(request.GET.get("condition", ""), now=now)
    newest_hold = HoldToken.read(request.COOKIES.get(HOLD_COOKIE), max_age=COOKIE_LASTS)
    # A form whose own hold cannot be read must not book the time that another tab shows. One that
    # stood open for days still counts: its time is taken again if it is free.
    named = request.POST.get("hold")
    return Journey(
        service=service,
        practitioners=practitioners,
        locations=locations,
        location=next((one for one in locations if one.slug == where), locations[0]),
        candidates=candidates,
        practitioner=candidates[0] if len(candidates) == 1 else None,
        flag_set=flag_set,
        screening=read_pass(request.COOKIES.get(PASS_COOKIE), flag_set=flag_set, now=now),
        hold=HoldToken.read(named) if named else newest_hold,
        newest_hold=newest_hold,
    )


def _load_service(slug: str) -> tuple[Service, tuple[Practitioner, ...]]:
    """Return the service and everybody who offers it, in one query, or raise Http404."""
    offers = (
        Service.practitioners.through.objects.filter(
            service__slug=slug, service__is_active=True, practitioner__is_active=True
        )
        .select_related("service__location__same_hours_as", "practitioner")
        .order_by("practitioner__name", "practitioner_id")
    )
    rows = list(offers)
    if not rows:
        raise Http404("No such visit can be booked.")
    return rows[0].service, tuple(row.practitioner for row in rows)


def get_live_hold(token: HoldToken | None, *, service: Service) -> Appointment | None:
    """Return the pending appointment that the token names, if it still holds a time for this."""
    if token is None:
        return None
    holds = Appointment.objects.live_holds().filter(reference=token.reference, service=service)
    return holds.select_related("practitioner", "location__same_hours_as").first()


def set_cookie(response: HttpResponse, name: str, value: str, *, lasts: timedelta) -> None:
    """Set a cookie that only the booking steps see."""
    response.set_cookie(
        name,
        value,
        max_age=lasts,
        path=COOKIE_PATH,
        secure=not settings.DEBUG,
        httponly=True,
        samesite="Lax",
    )


def delete_cookie(response: HttpResponse, name: str) -> None:
    """Delete a cookie that `set_cookie` set."""
    response.delete_cookie(name, path=COOKIE_PATH, samesite="Lax")
