import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import reverse

from clinic.models import Clinic
from tests.booking.factories import make_patient
from tests.html_tree import parse

pytestmark = pytest.mark.django_db


def test_clinic_can_be_added_once(admin_client):
    first = admin_client.get(reverse("admin:clinic_clinic_add"))
    Clinic.objects.create()
    second = admin_client.get(reverse("admin:clinic_clinic_add"))

    assert (first.status_code, second.status_code) == (200, 403)


@pytest.mark.parametrize("year", ["9999", "10000", "0", "-1", "9" * 30, "x"])
def test_a_list_by_date_has_no_year_that_no_calendar_has(admin_client, year):
    dated = [one for one in admin.site._registry.values() if one.date_hierarchy]
    lists = [
        (reverse(f"admin:{one.opts.app_label}_{one.opts.model_name}_changelist"), one)
        for one in dated
    ]

    answers = [admin_client.get(url, {f"{one.date_hierarchy}__year": year}) for url, one in lists]

    assert len(lists) == 5
    assert [answer.headers.get("Location") for answer in answers] == [f"{u}?e=1" for u, _ in lists]


def test_clinic_can_be_changed_and_not_deleted(admin_client):
    Clinic.objects.create()
    url = reverse("admin:clinic_clinic_change", args=[1])
    facts = {
        "name": "Harbor Clinic",
        "practitioner_line": "Dr. Lisanti, ND, LAc",
        "phone": "(202) 555-0143",
        "email": "front@harbor.example",
        "notices_to": "desk@harbor.example",
        "emergency_number": "911",
        "crisis_number": "988",
        "street": "1 Pier Road",
        "city": "Portsmouth",
        "state": "NH",
        "postal_code": "03801",
        "opening_hours": "Monday, 9 to 5",
        "parking": "",
    }

    changed = admin_client.post(url, facts)
    deleted = admin_client.post(reverse("admin:clinic_clinic_delete", args=[1]), {"post": "yes"})

    clinic = Clinic.objects.get()
    assert (changed.status_code, deleted.status_code) == (302, 403)
    assert (clinic.name, clinic.phone_display) == ("Harbor Clinic", "(202) 555-0143")
    assert clinic.notices_to == "desk@harbor.example"


@pytest.mark.parametrize("group", ["Content", "Front desk"])
def test_group_member_may_see_the_clinic_and_not_change_it(client, group):
    Clinic.objects.create(name="Harbor Clinic")
    member = User.objects.create_user("member", is_staff=True)
    member.groups.add(Group.objects.get(name=group))
    client.force_login(member)
    url = reverse("admin:clinic_clinic_change", args=[1])

    seen = client.get(url)
    changed = client.post(url, {"name": "Mine"})

    assert (seen.status_code, changed.status_code) == (200, 403)
    assert Clinic.objects.get().name == "Harbor Clinic"


def test_a_list_by_date_says_so_where_there_is_something_to_choose(admin_client):
    url = reverse("admin:booking_patient_changelist")
    assert "date-hierarchy-label" not in admin_client.get(url).text

    make_patient()

    nav = parse(admin_client.get(url).content).one("nav", class_="toplinks")
    assert nav.one(id="date-hierarchy-label").text == "By date"
    assert nav.all("a")
