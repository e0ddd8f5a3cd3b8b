"""What every booking step needs first: the service, the questions, the pass and the hold."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from booking.catalogue import Catalogue, read_catalogue
from booking.forms import DetailsForm, parse_start
from booking.models import (
    Appointment,
    AppointmentStatus,
    DatabaseNow,
    Location,
    LocationKind,
    Practitioner,
    Service,
)
from booking.screening import PASS_COOKIE, ScreeningPass, read_pass
from booking.search import Search
from booking.templatetags.clinic_times import iso_utc
from booking.zones import read_zone
from conditions.red_flags import FlagSet, flags_for_screening

HOLD_COOKIE = "hold"
HOLD_SALT = "booking.hold"
COOKIE_PATH = "/book/"
COOKIE_LASTS = timedelta(hours=24)
# What the details form sends: its answers, its hold, and which of its buttons was pressed.
DETAILS = (*DetailsForm.base_fields, "hold", "extend", "change")
_HELD = "SELECT *, expires_at - {now} AS time_left FROM booking_appointment WHERE reference = %s"


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

    now: datetime
    """When the page was asked for."""
    catalogue: Catalogue
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
    own_zone: ZoneInfo | None
    """The zone that the person chose to see times in, if it is a known one."""
    is_zone_unknown: bool
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
    def has_own_zone(self) -> bool:
        """Whether the visit comes to wherever the person is, whose clock then counts too."""
        return self.location.kind != LocationKind.IN_PERSON

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which times are chosen: the person's own if they chose one, else the place's."""
        return (self.has_own_zone and self.own_zone) or self.location.tz

    @property
    def holder(self) -> UUID | None:
        """The reference whose hold does not stand in this browser's way."""
        return self.newest_hold.reference if self.newest_hold else None

    @property
    def search(self) -> Search:
        """What counts when free times are looked for."""
        return Search(
            service=self.service,
            practitioners=self.candidates,
            location=self.location,
            now=self.now,
            holder=self.holder,
        )

    @property
    def kept(self) -> dict[str, str]:
        """What every address of a step carries. What else somebody added to one is left behind."""
        kept = {"condition": self.condition}
        if self.location != self.locations[0]:
            kept["location"] = self.location.slug
        if len(self.candidates) < len(self.practitioners):
            kept["practitioner"] = self.candidates[0].slug
        if self.own_zone is not None:
            kept["zone"] = self.own_zone.key
        return {name: value for name, value in kept.items() if value}

    def url(self, step: str, *, day: date | None = None) -> str:
        """Return the address of a step (`safety`, `times`, `details`, `waitlist-join`) with the choices kept."""
        query = {"from": day.isoformat(), **self.kept} if day else self.kept
        return f"{_path(step, self.service.slug)}{'?' if query else ''}{urlencode(query)}"

    def choosing(
        self,
        *,
        location: Location | None = None,
        candidates: tuple[Practitioner, ...] | None = None,
    ) -> "Journey":
        """Return the journey with another place, or other practitioners."""
        return replace(
            self,
            location=location or self.location,
            candidates=candidates or self.candidates,
        )

    def as_held(self, token: HoldToken) -> "Journey":
        """Return the journey with the practitioner and the place that the hold is for."""
        who = next((p for p in self.practitioners if p.slug == token.practitioner), None)
        where = next((one for one in self.locations if one.slug == token.location), None)
        return replace(self, practitioner=who or self.practitioner, location=where or self.location)

    def still_offers(self, token: HoldToken) -> bool:
        """Say whether the practitioner and the place that the hold named are still to be had."""
        people, places = (
            {"", *(one.slug for one in some)} for some in (self.practitioners, self.locations)
        )
        return token.practitioner in people and token.location in places

    def context(self) -> dict[str, Any]:
        """Return what the templates of every step use."""
        return {
            "service": self.service,
            "practitioner": self.practitioner,
            "practitioners": self.practitioners,
            "location": self.location,
            "locations": self.locations,
            "zone": self.location.tz,
            "own_zone": self.zone if self.zone != self.location.tz else None,
            "condition": self.condition,
            "condition_title": self.flag_set.title,
            "kept": self.kept,
            "screening": self.screening,
            "safety_url": self.url("safety"),
            "times_url": self.url("times"),
            "waitlist_url": self.url("waitlist-join"),
        }


@lru_cache(maxsize=1000)
def _path(step: str, service: str) -> str:
    """Return the path of a step. Kept: a page that lets one choose of fifty people has it as often."""
    return reverse(f"booking:{step}", args=[service])


def start_journey(request: HttpRequest, slug: str, *, now: datetime) -> Journey:
    """Return the journey that this request continues. Raises Http404 for an unknown service.

    The hold that a form names wins over the browser's, so that two tabs book what each shows.
    """
    newest_hold = HoldToken.read(request.COOKIES.get(HOLD_COOKIE), max_age=COOKIE_LASTS)
    # A form whose own hold cannot be read must not book the time that another tab shows. One that
    # stood open for days still counts: its time is taken again if it is free.
    named = request.POST.get("hold")
    hold = HoldToken.read(named) if named else newest_hold
    catalogue = read_catalogue()
    offer = catalogue.find_offer(slug)
    if offer is None:
        raise Http404("No such visit can be booked.")
    request.clinic = offer.clinic  # type: ignore[attr-defined]  # for the context processor
    practitioners, locations = offer.practitioners, offer.locations
    where, who = request.GET.get("location"), request.GET.get("practitioner")
    wanted_zone = request.GET.get("zone") or request.POST.get("zone", "")
    candidates = tuple(one for one in practitioners if one.slug == who) or practitioners
    flag_set = flags_for_screening(
        request.GET.get("condition", ""), now=now, clinic_wide=lambda: catalogue.red_flags
    )
    return Journey(
        now=now,
        catalogue=catalogue,
        service=offer.service,
        practitioners=practitioners,
        locations=locations,
        location=next((one for one in locations if one.slug == where), locations[0]),
        candidates=candidates,
        practitioner=candidates[0] if len(candidates) == 1 else None,
        own_zone=read_zone(wanted_zone),
        is_zone_unknown=bool(wanted_zone) and read_zone(wanted_zone) is None,
        flag_set=flag_set,
        screening=read_pass(request.COOKIES.get(PASS_COOKIE), flag_set=flag_set, now=now),
        hold=hold,
        newest_hold=newest_hold,
    )


def carried_details(request: HttpRequest, *, but: Collection[str] = ()) -> dict[str, str]:
    """Return what was typed into the details form, if the browser was sent here with it."""
    # No page may contain NUL; the form would refuse it again.
    return {
        name: request.POST[name].replace("\0", "")
        for name in DETAILS
        if name in request.POST and name not in but
    }


def get_booked(token: HoldToken) -> Appointment | None:
    """Return the visit that the token's hold has become, or None."""
    return Appointment.objects.confirmed().filter(reference=token.reference).first()


def get_held(token: HoldToken | None) -> Appointment | None:
    """Return what the token's hold is now: still one, whose `time_left` may be over, or a visit."""
    if token is None:
        return None
    query = _HELD.format(now=DatabaseNow.in_sql())
    return next(iter(Appointment.objects.raw(query, [token.reference])), None)


def if_live(held: Appointment | None, *, service: Service) -> Appointment | None:
    """Return what `get_held` found if it still holds a time for this service, else None."""
    if held is None or held.status != AppointmentStatus.PENDING or held.service_id != service.pk:
        return None
    return held if held.time_left > timedelta() else None  # type: ignore[attr-defined]  # from the query


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
