"""Who gives access: never nobody, and nobody more than they have."""

import threading
from contextlib import suppress
from itertools import combinations_with_replacement

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test import Client
from django.urls import reverse

from clinic.sign_in.owners import LAST_OWNER, others_stay, owners
from tests.html_tree import parse

from .staff import PASSWORD, errors_of, give_app, make_staff

pytestmark = pytest.mark.django_db
NEW = "quite another password"


@pytest.fixture
def olga():
    return make_staff("olga", group="Owner")


def page(name, user):
    return reverse(f"admin:auth_user_{name}", args=[user.pk])


def account(user, **changes):
    """Return what the form of the account sends, with these changes; None unticks a box."""
    sent = {
        "username": user.username,
        "first_name": "",
        "last_name": "",
        "email": "",
        "is_active": "on",
        "is_staff": "on",
        "groups": list(user.groups.values_list("pk", flat=True)),
        "date_joined_0": "2026-11-01",
        "date_joined_1": "09:00:00",
    } | ({"is_superuser": "on"} if user.is_superuser else {})
    return {name: value for name, value in (sent | changes).items() if value is not None}


def signed_in(client, user):
    client.force_login(user)
    return client


CHANGES = [{"is_active": None}, {"is_staff": None}, {"groups": []}]


@pytest.mark.parametrize("changes", CHANGES, ids=["not active", "not staff", "no owner"])
def test_the_last_owner_cannot_lock_themselves_out(client, olga, changes):
    make_staff("desk", group="Front desk")

    answer = signed_in(client, olga).post(page("change", olga), account(olga, **changes))

    assert LAST_OWNER in errors_of(answer)
    assert not others_stay([olga.pk])


@pytest.mark.parametrize("changes", CHANGES, ids=["not active", "not staff", "no owner"])
def test_an_owner_can_leave_once_there_is_another(client, olga, changes):
    make_staff("osman", group="Owner")

    answer = signed_in(client, olga).post(page("change", olga), account(olga, **changes))

    assert answer.status_code == 302
    assert others_stay([olga.pk])


@pytest.mark.parametrize(
    "other", [{"is_active": False}, {"is_staff": False}, {"password": "!"}], ids=str
)
def test_an_owner_who_cannot_sign_in_is_no_other(client, olga, other):
    User.objects.filter(pk=make_staff("osman", group="Owner").pk).update(**other)

    answer = signed_in(client, olga).post(page("change", olga), account(olga, is_active=None))

    assert LAST_OWNER in errors_of(answer)


def test_the_last_superuser_may_stop_being_one_if_an_owner_is_left(client, olga):
    root = make_staff("root", is_superuser=True)

    answer = signed_in(client, root).post(page("change", root), account(root, is_superuser=None))

    root.refresh_from_db()
    assert (answer.status_code, root.is_superuser) == (302, False)


def test_the_last_owner_is_not_deleted_and_the_page_says_why(client, olga):
    signed_in(client, olga)

    shown = client.get(page("delete", olga))
    tried = client.post(page("delete", olga), {"post": "yes"})
    among_others = client.post(
        reverse("admin:auth_user_changelist"),
        {"action": "delete_selected", "_selected_action": [olga.pk], "post": "yes"},
    )

    assert [LAST_OWNER in parse(a.content).text for a in (shown, tried, among_others)] == [True] * 3
    assert User.objects.count() == 1


@pytest.mark.parametrize("way", ["one", "many"])
def test_whoever_is_not_the_last_is_deleted(client, olga, way):
    sam = make_staff("sam")
    signed_in(client, olga)
    if way == "one":
        client.post(page("delete", sam), {"post": "yes"})
    else:
        client.post(
            reverse("admin:auth_user_changelist"),
            {"action": "delete_selected", "_selected_action": [sam.pk], "post": "yes"},
        )

    assert list(User.objects.all()) == [olga]


def test_the_last_owner_keeps_a_password(client, olga):
    answer = signed_in(client, olga).post(
        page("password_change", olga), {"usable_password": "false", "unset-password": "x"}
    )

    olga.refresh_from_db()
    assert LAST_OWNER in errors_of(answer)
    assert olga.check_password(PASSWORD)


def test_an_owner_sets_a_colleagues_new_password_and_ends_their_sessions(client, olga):
    sam = make_staff("sam")

    signed_in(client, olga).post(
        page("password_change", sam),
        {"usable_password": "true", "password1": NEW, "password2": NEW},
    )

    sam.refresh_from_db()
    assert sam.check_password(NEW)


def test_an_owner_can_neither_make_a_superuser_nor_give_single_permissions(client, olga):
    sam = make_staff("sam")
    owner = Group.objects.get(name="Owner").pk
    may = Permission.objects.get(codename="change_group").pk

    signed_in(client, olga).post(
        page("change", sam),
        account(sam, is_superuser="on", user_permissions=[may], groups=[owner]),
    )

    sam.refresh_from_db()
    assert (sam.is_superuser, sam.user_permissions.count()) == (False, 0)
    assert sam.groups.get().name == "Owner"


def test_an_owner_changes_no_superuser(client, olga):
    root = make_staff("root", is_superuser=True)
    signed_in(client, olga)

    statuses = [
        client.post(page("change", root), account(root, is_active=None)).status_code,
        client.post(page("delete", root), {"post": "yes"}).status_code,
        client.post(
            page("password_change", root), {"password1": NEW, "password2": NEW}
        ).status_code,
    ]

    root.refresh_from_db()
    assert statuses == [403, 403, 403]
    assert (root.is_active, root.check_password(PASSWORD)) == (True, True)


def test_whoever_is_no_owner_gives_no_access_and_changes_no_owner(client, olga):
    lee = make_staff("lee")
    may = ["view_user", "change_user"]
    lee.user_permissions.set(Permission.objects.filter(codename__in=may))
    owner = Group.objects.get(name="Owner").pk
    signed_in(client, lee)

    own = client.post(page("change", lee), account(lee, is_superuser="on", groups=[owner]))
    theirs = client.post(page("change", olga), account(olga, is_active=None))

    lee.refresh_from_db()
    assert (own.status_code, theirs.status_code) == (302, 403)
    assert (lee.is_superuser, lee.groups.count(), lee.user_permissions.count()) == (False, 0, 2)


def test_the_list_says_who_has_two_step_sign_in(client, olga):
    give_app(make_staff("sam"))
    page = parse(signed_in(client, olga).get(reverse("admin:auth_user_changelist")).content)

    marks = [cell.one("img").get("alt") for cell in page.all("td", class_="field-two_step")]
    assert marks == ["False", "True"]


WAYS = {
    "account": ("change", {"is_active": None}),
    "group": ("change", {"groups": []}),
    "password": ("password_change", {"usable_password": "false", "unset-password": "x"}),
    "deleted": ("delete", {"post": "yes"}),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("ways", [*combinations_with_replacement(WAYS, 2)], ids="-".join)
def test_two_owners_do_not_leave_at_the_same_time(ways, monkeypatch):
    users = [make_staff(name, group="Owner") for name in ("olga", "osman")]
    browsers = [Client() for _ in users]
    for browser, user in zip(browsers, users, strict=True):
        browser.force_login(user)
    forms = [
        account(user, **WAYS[way][1]) if WAYS[way][0] == "change" else WAYS[way][1]
        for user, way in zip(users, ways, strict=True)
    ]
    gate = threading.Barrier(2, timeout=10)

    def ask_together(leaving):
        with suppress(threading.BrokenBarrierError):
            gate.wait(timeout=2)
        return others_stay(leaving)

    monkeypatch.setattr("clinic.sign_in.admin.others_stay", ask_together)

    def leave(number):
        try:
            browsers[number].post(page(WAYS[ways[number]][0], users[number]), forms[number])
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert owners().count() == 1
