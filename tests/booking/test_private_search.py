"""What staff look for stays out of addresses: it may name a patient."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from booking.models import Practitioner
from booking.privacy.erasing import erase
from tests.html_tree import parse

from .desk import search
from .factories import NOW, local, make_appointment, make_details, make_patient, make_service, wait
from .known import found

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

PATIENTS = "/admin/booking/patient/"
VISITS = "/admin/booking/appointment/"
LISTS = [
    PATIENTS,
    VISITS,
    *(f"/admin/booking/{name}/" for name in ("waitlistentry", "message", "mailoptout")),
]
OVER = "That search is not kept any more: type it again."


def names(page):
    return [row.name for row in page.context["cl"].result_list]


def addresses(page):
    """Return every address that the page leads or posts to."""
    tree = parse(page.content)
    return [a.get("href") for a in tree.all("a")] + [f.get("action") for f in tree.all("form")]


@pytest.mark.parametrize("url", LISTS)
def test_no_address_has_what_was_typed(front_desk, url, bookable_service):
    make_appointment(bookable_service, local(7, 10), patient=make_patient(name="Zebediah Quill"))
    wait(bookable_service, details=make_details(name="Zebediah Quill"))

    page = search(front_desk, url, "zebediah")

    (answer,) = page.redirect_chain
    assert answer[0].startswith(f"{url}?found=")
    assert parse(page.content).one("input", name="q").get("value") == "zebediah"
    assert [one for one in [answer[0], *addresses(page)] if "zebed" in str(one).lower()] == []


def test_filters_and_pages_keep_the_search(front_desk, service):
    for hour in range(60):
        patient = make_patient(name="Zoe Quill" if hour % 2 else "Bo")
        make_appointment(service, NOW + timedelta(days=1, hours=2 * hour), patient=patient)
    page = search(front_desk, f"{VISITS}?status=booked", "quill")
    here = page.redirect_chain[0][0]

    assert "status=booked" in here
    assert page.context["cl"].result_count == 30
    links = [link for link in addresses(page) if link and "day=today" in link]
    assert all("found=" in link and "status=booked" in link for link in links)
    assert front_desk.get(VISITS + links[0]).context["cl"].query == "quill"


def test_a_search_looks_at_any_day(front_desk, service):
    past = make_appointment(service, local(1, 10), patient=make_patient(name="Zoe Quill"))

    assert list(search(front_desk, VISITS, "quill").context["cl"].result_list) == [past]


def test_near_misses_are_marked_and_come_last(front_desk):
    make_patient(name="Zoe Smyth")
    make_patient(name="Zoe Smith")

    page = search(front_desk, PATIENTS, "smyth")

    rows = parse(page.content).one("tbody").all("tr")
    marks = [row.one(class_="field-likeness_words").text for row in rows]
    assert names(page) == ["Zoe Smyth", "Zoe Smith"]
    assert marks == ["What you typed", "Like what you typed"]
    assert "likeness_words" not in front_desk.get(PATIENTS).text


def test_an_old_address_with_words_asks_to_type_them_again(front_desk):
    make_patient()

    answer = front_desk.get(f"{PATIENTS}?q=Ana+Example&o=1")
    page = front_desk.get(answer["Location"])

    assert answer["Location"] == f"{PATIENTS}?o=1&found=over"
    assert OVER in page.text
    assert names(page) == ["Ana Example"]


def test_a_search_belongs_to_whoever_typed_it(front_desk, client):
    make_patient()
    link = search(front_desk, PATIENTS, "nobody").redirect_chain[0][0]
    colleague = User.objects.create_user("colleague", is_staff=True)
    colleague.groups.add(Group.objects.get(name="Front desk"))
    other = Client()
    other.force_login(colleague)

    page = other.get(link)

    assert OVER in page.text
    assert parse(page.content).one("input", name="q").get("value") == ""
    assert names(page) == ["Ana Example"]


def test_only_the_latest_searches_are_kept(front_desk):
    first = search(front_desk, PATIENTS, "first").redirect_chain[0][0]
    for number in range(25):
        last = search(front_desk, PATIENTS, f"term {number}").redirect_chain[0][0]

    assert len(front_desk.session["searches"]) == 20
    assert OVER in front_desk.get(first).text
    assert OVER not in front_desk.get(last).text


@pytest.mark.parametrize("term", ["", "  ", "\0"])
def test_an_empty_search_is_the_whole_list(front_desk, term):
    make_patient()

    page = search(front_desk, f"{PATIENTS}?found=over", term)

    assert page.redirect_chain == [(PATIENTS, 302)]
    assert names(page) == ["Ana Example"]


@pytest.mark.parametrize(
    "term", ["a\0b", "9" * 5000, "%_\\", "<script>alert(1)</script>", "é" * 300]
)
@pytest.mark.parametrize("url", LISTS)
def test_odd_terms_are_no_error(front_desk, url, term):
    page = search(front_desk, url, term)

    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_what_may_not_be_seen_is_not_found(client, service):
    """A practitioner without `see_every_diary` finds the people of their own diary."""
    theirs, other = make_patient(name="Zoe Mine"), make_patient(name="Zoe Other")
    user = User.objects.create_user("dr", is_staff=True)
    user.groups.add(Group.objects.get(name="Practitioner"))
    Practitioner.objects.filter(pk=service.practitioner.pk).update(user=user)
    make_appointment(service, local(8, 10), patient=theirs)
    elsewhere = make_service()
    hidden = make_appointment(elsewhere, local(8, 10), patient=other)
    client.force_login(user)

    assert names(search(client, PATIENTS, "zoe")) == ["Zoe Mine"]
    assert names(search(client, PATIENTS, "othr")) == []
    assert names(search(client, PATIENTS, hidden.spoken_reference)) == []
    assert names(client.get(PATIENTS)) == ["Zoe Mine"]


def test_what_was_looked_for_goes_with_who_is_erased(front_desk, db):
    patient = make_patient(name="Zebediah Quill")
    search(front_desk, PATIENTS, "zebediah")
    assert "django_session" in found("zebediah")

    erase(patient.pk, user=None, now=NOW)

    assert found("zebediah") == set()
    assert front_desk.get(PATIENTS).status_code == 200
