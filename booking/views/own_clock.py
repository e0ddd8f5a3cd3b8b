"""The patient's own clock on the pages of a visit: named in the address, stored nowhere."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect

from booking.models import Appointment, LocationKind
from booking.zones import read_zone


def comes_to_the_person(visit: Appointment) -> bool:
    """Say whether the visit is wherever the person is, whose clock then counts too."""
    return visit.location.kind != LocationKind.IN_PERSON


def own_zone(request: HttpRequest, visit: Appointment) -> ZoneInfo | None:
    """Return the zone that the address names; None in person, and if it is the clinic's."""
    zone = read_zone(request.GET.get("zone", "")) if comes_to_the_person(visit) else None
    return zone if zone != visit.location.tz else None


def zone_query(zone: ZoneInfo | None) -> str:
    """Return what an address carries to keep the zone: "?zone=Asia%2FTokyo", or nothing."""
    query = QueryDict(mutable=True)
    if zone is not None:
        query["zone"] = zone.key
    return f"?{query.urlencode()}" if query else ""


def to_visit(visit: Appointment, zone: ZoneInfo | None) -> HttpResponseRedirect:
    """Redirect to the page of the visit, which then shows its time on that clock too."""
    return redirect(f"{visit.get_absolute_url()}{zone_query(zone)}")


def clock_context(visit: Appointment, zone: ZoneInfo | None) -> dict[str, Any]:
    """Return what the pages of a visit say of clocks; `zone` as `own_zone` returns it."""
    return {
        "has_own_zone": comes_to_the_person(visit),
        "own_zone": zone,
        "chosen_zone": zone,
        "clinic_zone": visit.location.tz,
        "zone_query": zone_query(zone),
    }
