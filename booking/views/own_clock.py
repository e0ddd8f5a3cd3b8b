"""The patient's own clock on the pages of a visit: named in the address, or kept with the visit."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect

from booking import actions
from booking.models import Appointment, LocationKind
from booking.zones import read_zone


def comes_to_the_person(visit: Appointment) -> bool:
    """Say whether the visit is wherever the person is, whose clock then counts too."""
    return visit.location.kind != LocationKind.IN_PERSON


def own_zone(request: HttpRequest, visit: Appointment) -> ZoneInfo | None:
    """Return the zone that the address names, else the one kept with the visit.

    None in person, and if it is the clinic's.
    """
    if "zone" not in request.GET:
        return visit.own_tz
    zone = read_zone(request.GET["zone"]) if comes_to_the_person(visit) else None
    return zone if zone != visit.location.tz else None


def keep_own_zone(request: HttpRequest, visit: Appointment) -> None:
    """Keep the zone that the address names, so that what is mailed next says the time on it."""
    if "zone" in request.GET:
        zone = own_zone(request, visit)
        actions.keep_own_zone(reference=visit.reference, zone=zone.key if zone else "")


def zone_choice(visit: Appointment, zone: ZoneInfo | None) -> dict[str, str]:
    """Return what an address carries to show this clock: nothing, if the clinic's alone counts."""
    if zone is None and visit.own_tz is not None:
        zone = visit.location.tz
    return {"zone": zone.key} if zone is not None else {}


def zone_query(visit: Appointment, zone: ZoneInfo | None) -> str:
    """Return it as the end of an address: "?zone=Asia%2FTokyo", or nothing."""
    query = QueryDict(mutable=True)
    query.update(zone_choice(visit, zone))
    return f"?{query.urlencode()}" if query else ""


def to_visit(visit: Appointment, zone: ZoneInfo | None) -> HttpResponseRedirect:
    """Redirect to the page of the visit, which then shows its time on that clock too."""
    return redirect(f"{visit.get_absolute_url()}{zone_query(visit, zone)}")


def clock_context(visit: Appointment, zone: ZoneInfo | None) -> dict[str, Any]:
    """Return what the pages of a visit say of clocks; `zone` as `own_zone` returns it."""
    return {
        "has_own_zone": comes_to_the_person(visit),
        "own_zone": zone,
        "chosen_zone": zone,
        "clinic_zone": visit.location.tz,
        "zone_query": zone_query(visit, zone),
    }
