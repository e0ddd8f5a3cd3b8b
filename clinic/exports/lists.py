"""A list of the admin as one member of staff sees it: its rows, its filters in words, its columns."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters, ModelAdmin
from django.contrib.admin.views.main import ChangeList
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict

MAY_EXPORT = "clinic.add_export"
# Which page of a list is shown is no filter, and what somebody searched for is kept nowhere.
SEARCHES = ("q", "found")
NO_FILTERS = ("p", "e", "all", "_facets", "_popup", *SEARCHES)
# How filters call that they leave out nothing.
EVERYTHING = ("All", "Any date")


class UnknownFilters(Exception):
    """The list cannot be narrowed down like this."""


@dataclass(frozen=True)
class Rows:
    """What a list shows to whoever asked for it."""

    changelist: ChangeList
    queryset: QuerySet[Any]

    @property
    def filters(self) -> list[str]:
        """Return what the list is narrowed down to, in the words of its own filters."""
        cl, words = self.changelist, []
        for spec in cl.filter_specs:
            chosen = [one["display"] for one in spec.choices(cl) if one.get("selected")]
            if chosen and chosen[0] not in EVERYTHING:
                words.append(f"{spec.title}: {', '.join(map(str, chosen))}")
        of_specs = {name for spec in cl.filter_specs for name in spec.expected_parameters()}
        # What no filter of the page names: a day of the calendar above it, or a link from elsewhere.
        for name, values in cl.filter_params.items():
            if name not in of_specs:
                words.append(f"{name.replace('__', ' ').replace('_', ' ')}: {', '.join(values)}")
        return words


def find_admin(label: str) -> "ModelAdmin[Any]":
    """Return the admin of a list, named as `booking.appointment`; 404 if there is none."""
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        raise Http404 from None
    found = admin.site._registry.get(model)
    if found is None:
        raise Http404
    return found


def check_may_export(request: HttpRequest, model_admin: "ModelAdmin[Any]") -> None:
    """Raise PermissionDenied unless the user may export lists, and see this one."""
    user = request.user
    is_staff = user.is_active and getattr(user, "is_staff", False)
    may = is_staff and user.has_perm(MAY_EXPORT)
    if not may or not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied


def rows_of(model_admin: "ModelAdmin[Any]", request: HttpRequest) -> Rows:
    """Return the rows that the list shows at this address. Raises UnknownFilters."""
    try:
        cl = model_admin.get_changelist_instance(request)
    except (IncorrectLookupParameters, SuspiciousOperation) as error:
        raise UnknownFilters from error
    is_lost = "q" in request.GET or getattr(cl, "is_over", False)
    if is_lost and getattr(cl, "is_private", False):
        # What was looked for is not kept any more: all of the list is not what somebody wanted.
        raise UnknownFilters
    return Rows(cl, cl.queryset)


def request_as(user: Any, parameters: str) -> HttpRequest:
    """Return a request for a list as this user makes it, for where there is none."""
    request = HttpRequest()
    request.method, request.GET, request.user = "GET", QueryDict(parameters), user
    # Nothing is kept of it, as of what somebody searched for.
    request.session = SessionStore()
    return request


def without_search(query: QueryDict) -> str:
    """Return the filters of a list's address."""
    kept = query.copy()
    for name in NO_FILTERS:
        kept.pop(name, None)
    return kept.urlencode()


def is_searched(query: QueryDict) -> bool:
    """Say whether the list shows what a search found."""
    return any(query.get(name) for name in SEARCHES)
