"""An owner gives somebody an account: one form, and they can sign in and do their work."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from tests.booking.factories import make_practitioner
from tests.html_tree import parse

from .staff import make_staff, sign_in

pytestmark = pytest.mark.django_db
ADD = "/admin/auth/user/add/"
SECRET = "blue-kettle-77-moon"


@pytest.fixture
def owner(client):
    make_staff("olga", group="Owner")
    sign_in(client, "olga")
    return client


def add(client, **values):
    sent = {
        "username": "mina.desk",
        "first_name": "Mina",
        "last_name": "Desk",
        "groups": [Group.objects.get(name="Front desk").pk],
        "password1": SECRET,
        "password2": SECRET,
    }
    return client.post(ADD, sent | values)


def test_one_form_makes_an_account_that_can_work(owner):
    answer = add(owner)

    mina = User.objects.get(username="mina.desk")
    assert answer.url == reverse("admin:auth_user_changelist")
    assert (mina.get_full_name(), mina.is_staff, mina.is_superuser) == ("Mina Desk", True, False)
    assert [group.name for group in mina.groups.all()] == ["Front desk"]
    own = Client()
    own.force_login(mina)
    assert own.get("/admin/booking/appointment/agenda/").status_code == 200


def test_the_form_asks_for_what_an_owner_knows(owner):
    page = parse(owner.get(ADD).content)

    names = dict.fromkeys(one.get("name") for one in page.one(id="user_form").all("input"))
    assert [name for name in names if name and not name.startswith(("csrf", "_"))] == [
        "username",
        "first_name",
        "last_name",
        "email",
        "groups",
        "password1",
        "password2",
    ]


def test_an_owner_sees_nothing_that_only_a_superuser_may_change(owner):
    mina = make_staff("mina", group="Front desk")

    text = owner.get(reverse("admin:auth_user_change", args=[mina.pk])).text

    assert "What they may do" in text
    assert "id_is_superuser" not in text
    assert "user_permissions" not in text


def test_an_account_that_has_no_diary_yet_is_named_to_the_owner(owner):
    practitioner = {"groups": [Group.objects.get(name="Practitioner").pk]}

    page = owner.get(add(owner, **practitioner).url)
    warned = parse(page.content).one("li", class_="warning")
    assert "sees no visits and no patients yet" in warned.text
    assert warned.one("a").get("href") == reverse("admin:booking_practitioner_changelist")

    mina = User.objects.get(username="mina.desk")
    make_practitioner(user=mina)
    change = reverse("admin:auth_user_change", args=[mina.pk])
    sent = {"username": mina.username, "is_active": "on", "is_staff": "on", **practitioner}
    text = owner.get(owner.post(change, sent).url).text
    assert "changed successfully" in text
    assert "sees no visits" not in text


def test_an_account_that_sees_every_diary_needs_none(owner):
    assert "sees no visits and no patients" not in owner.get(add(owner).url).text


def test_the_groups_say_what_a_practitioners_account_needs(owner):
    text = parse(owner.get(ADD).content).one(id="id_groups_helptext").text

    assert "“Practitioner” sees no visits until" in text


def test_the_list_asks_in_plain_words(owner):
    page = parse(owner.get(reverse("admin:auth_user_changelist")).content)

    filters = page.one(id="changelist-filter")
    assert [one.text for one in filters.all("summary")] == [
        "Group",
        "Still works here",
        "May sign in here",
        "May do everything",
    ]
    assert "In no group" in filters.text
    assert page.one("ol", class_="breadcrumbs").text == "Home Staff accounts Users"
