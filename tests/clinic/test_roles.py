"""Who may open which page of the admin: every address, for every role (tests/clinic/role_table.py)."""

import logging

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import URLResolver, get_resolver

from booking.models import Appointment, Practitioner
from tests.copies import fill

from .role_table import MODELS, OTHERS, OWN_DIARY
from .small_clinic import NAME, fill_clinic

GROUPS = {
    "A": "Author",
    "C": "Content",
    "R": "Clinical reviewer",
    "F": "Front desk",
    "P": "Practitioner",
    "O": "Owner",
}
ROLES = {"-": "nobody signed in", "N": "staff in no group", **GROUPS, "S": "superuser"}

pytestmark = pytest.mark.django_db

# The pages of each model, by the column of the table that says who may open them.
PAGES = {
    "": 0,
    "<path:object_id>/change/": 0,
    "<path:object_id>/history/": 0,
    "add/": 1,
    "<path:object_id>/delete/": 2,
}
# These are open to all, or lead to another page in this table: they show nothing themselves.
LEAD_ON = ("<path:object_id>/", "(?P<url>.*)$", "login/", "logout/", "jsi18n/")
APP_INDEX = "^(?P<app_label>"


# What is no record's key.
ARGUMENTS = {
    "<int:number>": "1",
    "<slug:key>": "bookings",
    "<str:kind>": "messages",
    "<str:app_label>": "booking",
    "<str:model_name>": "appointment",
}


def routes(patterns, prefix=""):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif route.startswith("admin/"):
            yield route.removeprefix("admin/")


@pytest.fixture(autouse=True)
def clinic(db, clock):
    """Fill the clinic, on the Monday on which the visit was booked."""
    fill(fill_clinic)
    User.objects.create_user("another", is_staff=True)


def browser_of(role):
    """Return the browser of somebody in this role, signed in."""
    client = Client()
    if role == "-":
        return client
    user = User.objects.create_user("somebody", is_staff=True, is_superuser=role == "S")
    if role == "P":
        Practitioner.objects.filter(slug="dr-own").update(user=user)
    if role in GROUPS:
        user.groups.add(Group.objects.get(name=GROUPS[role]))
    client.force_login(user)
    return client


def address_of(route):
    """Return an address of this route, with the numbers of records that there are."""
    for part, value in ARGUMENTS.items():
        route = route.replace(part, value)
    parts = route.split("/")
    model = next((m for m in admin.site._registry if parts[:2] == name_of(m).split("/")), None)
    records = Appointment.objects.confirmed() if model is Appointment else model and model.objects
    record = records.order_by("pk").last() if records is not None else None
    number = str(record.pk) if record else "1"
    return "/admin/" + "/".join(number if part.startswith("<") else part for part in parts)


def name_of(model):
    return f"{model._meta.app_label}/{model._meta.model_name}"


def table():
    """Return who may open each route, by the two tables."""
    models = {
        f"{model}/{page}": columns[number]
        for model, columns in MODELS.items()
        for page, number in PAGES.items()
    }
    lists = {f"{model}/": MODELS[model][0] + "P" for model in OWN_DIARY}
    return models | lists | OTHERS


def is_open(client, url):
    """Say whether the page opens. One that does not shows no patient."""
    answer = client.get(url)
    if answer.status_code == 405:  # by POST alone
        answer = client.post(url)
    goes = answer.headers.get("Location", "")
    # An address that lacks what it needs says so. A record that one may not see does not exist: Django leads to the index and says so.
    is_open = answer.status_code in (200, 400) or (
        answer.status_code == 302 and goes != "/admin/" and not goes.startswith("/admin/login/")
    )
    assert answer.status_code in (200, 302, 400, 403, 404), url
    assert is_open or NAME not in answer.text, url
    return is_open


def test_every_address_is_in_the_table():
    found = {
        route
        for route in routes(get_resolver().url_patterns)
        if not route.endswith(LEAD_ON) and not route.startswith(APP_INDEX)
    }

    assert found == table().keys()


@pytest.mark.parametrize("role", ROLES, ids=ROLES.values())
def test_each_role_opens_what_the_table_says_and_nothing_else(role, caplog):
    # Or each of a thousand refusals would be written down with all the calls that led to it.
    caplog.set_level(logging.ERROR, logger="django.request")
    client = browser_of(role)
    expected = {route: role in roles for route, roles in table().items()}

    opened = {route: is_open(client, address_of(route)) for route in expected}

    assert opened == expected
