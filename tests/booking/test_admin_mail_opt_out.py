"""The list of addresses that get no mail after visits."""

import pytest
from django.contrib.admin.models import LogEntry

from booking.follow_ups import has_opted_out, opt_out_of
from booking.models import MailOptOut
from tests.html_tree import parse

from .desk import search
from .factories import make_practitioner

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
LIST = "/admin/booking/mailoptout/"


def add(client, email):
    return client.post(f"{LIST}add/", {"email": email})


def test_who_asks_by_phone_is_put_on_the_list_and_taken_off_again(front_desk):
    response = add(front_desk, " Ana@Example.com ")

    entry = MailOptOut.objects.get()
    assert response["Location"] == LIST
    assert entry.email == "Ana@Example.com"
    assert has_opted_out("ana@example.com")

    front_desk.post(f"{LIST}{entry.pk}/delete/", {"post": "yes"})
    assert not has_opted_out("ana@example.com")


def test_list_says_since_when_and_is_searched(front_desk):
    opt_out_of("ana@example.com")
    opt_out_of("bo@example.com")

    rows = parse(search(front_desk, LIST, "ANA").content).one("tbody").all("tr")

    assert [row.one(class_="field-email").text for row in rows] == ["ana@example.com"]
    assert rows[0].one("td", class_="field-since").text == "Mon, Dec 7, 2026, 7:00 am EST"


@pytest.mark.parametrize(
    ("email", "error"),
    [
        ("", "Enter your email address."),
        ("nobody", "Enter an email address like name@example.com."),
        ("\N{KELVIN SIGN}im@example.com", "Enter an email address like name@example.com."),
        ("ANA@example.com", "This address is on the list already."),
    ],
)
def test_an_address_that_cannot_be_is_refused_and_kept_in_the_box(front_desk, email, error):
    opt_out_of("ana@example.com")

    page = parse(add(front_desk, email).content)

    assert [item.text for item in page.one("ul", class_="errorlist").all("li")] == [error]
    assert (page.one("input", name="email").get("value") or "") == email
    assert MailOptOut.objects.count() == 1


def test_what_one_did_last_names_no_address(admin_client):
    opt_out_of("ana@example.com")
    opt_out_of("bo@example.com")
    add(admin_client, "cy@example.com")
    ana, bo, cy = MailOptOut.objects.order_by("pk")

    admin_client.post(f"{LIST}{cy.pk}/delete/", {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [ana.pk, bo.pk], "post": "yes"}
    admin_client.post(LIST, chosen)

    numbers = [cy.pk, cy.pk, ana.pk, bo.pk]
    names = list(LogEntry.objects.values_list("object_repr", flat=True))
    assert sorted(names) == sorted(f"Address without mail {number}" for number in numbers)
    assert (
        "@" not in parse(admin_client.get("/admin/").content).one(id="recent-actions-module").text
    )
    assert not MailOptOut.objects.exists()


def test_nobody_changes_an_entry(admin_client):
    opt_out_of("ana@example.com")
    entry = MailOptOut.objects.get()

    admin_client.post(f"{LIST}{entry.pk}/change/", {"email": "bo@example.com"})

    assert MailOptOut.objects.get().email == "ana@example.com"


@pytest.mark.parametrize("ticked", [True, False])
def test_a_practitioner_gets_the_day_by_email_or_not(admin_client, ticked):
    practitioner = make_practitioner(gets_agenda=not ticked)
    rows = {
        f"{prefix}-{form}_FORMS": 0
        for prefix in ("available_times", "available_times-2")
        for form in ("TOTAL", "INITIAL")
    }
    answers = {"name": practitioner.name, "slug": practitioner.slug, "is_active": "on"}
    answers |= {"gets_agenda": "on"} if ticked else {}

    admin_client.post(f"/admin/booking/practitioner/{practitioner.pk}/change/", rows | answers)

    practitioner.refresh_from_db()
    assert practitioner.gets_agenda is ticked
