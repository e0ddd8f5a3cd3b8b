"""Nobody's record changes because somebody typed the same address: decision 7."""

import pytest

from booking.models import Patient
from booking.views.journey import HOLD_COOKIE

from .desk import search, send
from .factories import book, local, make_details, make_patient, wait
from .journeys import send_details
from .waiting import MONDAY, accept, cancel, make_full_service

STORED = {"name": "Ana Example", "email": "ana@example.com", "phone": "+12125550123"}
# What somebody else, or the same person in another mood, may type under a known address.
TYPED = [
    {"name": "Ben Example"},
    {"name": "ana example"},
    {"phone": "(312) 555-0188"},
    {"phone": "(212) 555-0123 x9"},
    {"email": "ANA@EXAMPLE.COM"},
    {"email": "Ana@Example.com", "name": "Ben Example", "phone": "(312) 555-0188"},
]
ids = ["name", "small letters", "phone", "extension", "capitals", "all of it"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def row_of(patient):
    return Patient.objects.filter(pk=patient.pk).values().get()


@pytest.mark.parametrize("typed", TYPED, ids=ids)
def test_online(visitor, bookable_service, typed):
    ana = make_patient(**STORED)
    before = row_of(ana)

    assert send_details(visitor, bookable_service, **typed).status_code == 302

    assert HOLD_COOKIE in visitor.cookies
    assert row_of(ana) == before


@pytest.mark.parametrize("typed", TYPED, ids=ids)
def test_at_the_desk(front_desk, bookable_service, typed):
    ana = make_patient(**STORED)
    before = row_of(ana)

    assert send(front_desk, local(7, 10), **typed).status_code == 302
    # Who is chosen from the records comes as they are there, whatever else stands in the fields.
    answer = send(front_desk, local(7, 11), patient=ana.pk, **typed)
    if answer.status_code == 200:
        # The first visit was hers, too: the page asks whether she shall have another.
        again = answer.context["again"].token
        answer = send(front_desk, local(7, 11), patient=ana.pk, again=again, **typed)
    assert answer.status_code == 302

    assert row_of(ana) == before
    assert ana.appointments.filter(starts_at=local(7, 11)).exists()


@pytest.mark.parametrize("typed", TYPED, ids=ids)
def test_on_the_waiting_list(typed):
    service = make_full_service()
    ana = make_patient(**STORED)
    before = row_of(ana)
    phone = {"phone": "+13125550188"} if "312" in typed.get("phone", "") else {}
    extension = {"phone_extension": "9"} if "x9" in typed.get("phone", "") else {}
    details = {key: typed[key] for key in ("name", "email") if key in typed} | phone | extension
    entry = wait(service, details=make_details(**details))
    cancel(service, MONDAY)

    visit = accept(entry, MONDAY)

    assert visit.status == "booked"
    assert row_of(ana) == before


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("ana@bücher.example", "ana@xn--bcher-kva.example"),
        ("ana@xn--bcher-kva.example", "ANA@BÜCHER.example"),
        ("ana@bücher.example", "ana@BÜCHER.EXAMPLE"),
    ],
)
def test_under_another_spelling_of_a_domain(service, stored, typed):
    ana = make_patient(email=stored)
    before = row_of(ana)

    visit = book(service, details=make_details(email=typed, name="Ben Example"))

    assert visit.patient != ana
    assert visit.patient.email == typed
    assert row_of(ana) == before


def test_the_records_that_come_of_it_are_found_side_by_side(front_desk, service):
    ana = make_patient(**STORED)
    book(service, details=make_details(phone="+13125550188"))

    page = search(front_desk, "/admin/booking/patient/", "ana@example.com")

    assert [row.name for row in page.context["cl"].result_list] == ["Ana Example"] * 2
    assert ana in page.context["cl"].result_list
