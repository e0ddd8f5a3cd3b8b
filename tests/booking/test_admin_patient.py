"""The page of one patient: all that the clinic has about them, and what staff do with it."""

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from booking.follow_ups import opt_out_of
from booking.models import Message, Practitioner
from booking.tasks import announce
from tests.html_tree import parse

from .desk import signed_in
from .factories import (
    NOW,
    book,
    local,
    make_appointment,
    make_details,
    make_patient,
    make_service,
    make_week,
    wait,
    wait_to_move,
)
from .patient_pages import LIST, add_note, audit, part, see, url_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


def rows(page, title):
    """Return the rows of a part's table, each as its cells' texts."""
    body = part(page, title).one("tbody")
    return [[cell.text for cell in row.children] for row in body.all("tr")]


def test_the_page_leads_to_a_call_a_mail_and_the_next_visit(front_desk):
    patient = make_patient(phone_extension="7")
    service = make_service()
    make_appointment(service, local(9, 10), patient=patient)
    first = make_appointment(service, local(8, 10), patient=patient)
    make_appointment(service, local(7, 10), patient=patient, status="cancelled")
    make_appointment(service, local(4, 10), patient=patient, status="fulfilled")

    who = part(see(front_desk, patient), "who")

    links = {link.text: link.get("href") for link in who.all("a")}
    assert links == {
        "(212) 555-0123 ext. 7": "tel:+1-212-555-0123",
        "ana@example.com": "mailto:ana@example.com",
        "Tue, Dec 8, 2026, 10:00 am EST": f"/admin/booking/appointment/{first.pk}/change/",
    }


def test_visits_say_their_status_by_shape_and_word(front_desk):
    patient, service = make_patient(), make_service()
    done = make_appointment(service, local(4, 10), patient=patient, status="fulfilled")
    off = make_appointment(service, local(9, 10), patient=patient, status="cancelled")
    make_appointment(service, local(10, 10), patient=make_patient(name="Bo"))

    page = see(front_desk, patient)

    visits = part(page, "visits")
    assert [link.get("href") for link in visits.all("a")] == [
        f"/admin/booking/appointment/{visit.pk}/change/" for visit in (off, done)
    ]
    assert [row[1] for row in rows(page, "visits")] == ["Cancelled", "Done"]
    assert [row[5] for row in rows(page, "visits")] == [off.spoken_reference, done.spoken_reference]
    assert len(visits.all("svg")) == 2


def test_messages_say_what_became_of_them(front_desk, service):
    visit = book(service)
    Message.objects.update(
        state="bounced", sent_at=NOW, bounced_at=NOW, server_answer="550 5.1.1 no such user"
    )
    announce(visit, kind="moved", now=NOW)
    book(service, starts_at=local(10, 10), details=make_details(name="Bo", email="bo@example.com"))

    page = see(front_desk, visit.patient)

    when = "Mon, Dec 7, 2026, 7:00 am EST"
    outcome = "Came back: it did not arriveThe address does not exist: ask the patient."
    about = f"Wed, Dec 9, 2026, 10:00 am EST ({visit.spoken_reference})"
    assert rows(page, "sent") == [
        ["New time", "Waiting to be sent", when, "ana@example.com", about],
        ["Confirmation", outcome, when, "ana@example.com", about],
    ]


def test_consents_are_listed_by_visit(front_desk, service):
    visit = book(service, details=make_details(is_private=True, wants_texts=True))
    book(service, starts_at=local(10, 10))
    page = see(front_desk, visit.patient)
    opt_out_of("ANA@example.com")

    given = "Mon, Dec 7, 2026, 7:00 am EST"
    assert rows(page, "consents") == [
        ["Thu, Dec 10, 2026, 10:00 am EST", given, "No", "No"],
        ["Wed, Dec 9, 2026, 10:00 am EST", given, "Yes", "Yes"],
    ]
    assert "Mail after visits may go to ana@example.com" in part(page, "consents").text
    assert "No mail after visits" in part(see(front_desk, visit.patient), "consents").text


def test_places_on_the_waiting_list_are_found_by_visit_and_by_person(front_desk, service):
    visit = book(service)
    wait_to_move(visit)
    wait(service, details=make_details(email="ANA@example.com"))
    wait(service, details=make_details(name="Bo"))

    waiting = part(see(front_desk, visit.patient), "waiting")

    assert len(waiting.all("li")) == 2
    assert "for an earlier time than the visit they have" in waiting.text


def test_booking_for_the_patient_carries_no_name(front_desk, bookable_service):
    patient = make_patient()

    (link, *_others) = [a for a in see(front_desk, patient).all("a") if a.text == "Book a visit"]
    page = parse(front_desk.get(link.get("href")).content)

    assert link.get("href") == f"/admin/booking/appointment/add/?patient={patient.pk}"
    (chosen,) = [one for one in page.all("input", name="patient") if "checked" in one.attributes]
    assert chosen.get("value") == str(patient.pk)


def test_others_with_the_same_address_number_or_name_are_named(front_desk):
    patient = make_patient(name="Ana María Example")
    twin = make_patient(name="Example Ana Maria", email="other@example.com", phone="+13125550188")
    child = make_patient(name="Ben", email="ANA@example.com", phone="+13125550177")
    make_patient(name="Ana Somebody", email="x@example.com", phone="+13125550166")

    found = part(see(front_desk, patient), "duplicates").all("li")

    assert [item.all("a")[0].get("href") for item in found] == [url_of(twin), url_of(child)]
    whys = [item.text.rpartition("(")[2].partition(")")[0] for item in found]
    assert whys == ["nearly the same name", "same email"]


def test_empty_parts_say_so(front_desk):
    page = see(front_desk, make_patient())

    assert "book the first" in part(page, "visits").text
    assert "None yet. The first goes out when a visit is booked." in part(page, "sent").text
    assert "None yet. Write down" in part(page, "notes").text
    assert "Not on it." in part(page, "waiting").text
    assert "book one" in part(page, "who").text


def test_the_list_says_what_it_is_for_and_what_to_do(front_desk):
    empty = parse(front_desk.get(LIST).content)

    assert empty.one("p", class_="purpose").text.startswith("Everybody who has had a visit booked.")
    assert empty.one(class_="empty-list").text.startswith("Nobody is here yet:")
    assert "autofocus" in empty.one("input", id="searchbar").attributes


def test_a_patient_says_once_what_the_page_is_for(front_desk):
    page = see(front_desk, make_patient())

    told = [line.text for line in page.one("main").all("p") if "All that the clinic" in line.text]
    assert told == [
        "All that the clinic has about one person, but for what was said at the visits."
    ]


def practitioner_of(service):
    user = User.objects.create_user("dr", is_staff=True)
    user.groups.add(Group.objects.get(name="Practitioner"))
    Practitioner.objects.filter(services=service).update(user=user)
    return user


def test_a_practitioner_sees_the_people_and_visits_of_their_own_diary(client):
    own, elsewhere, patient = make_service(), make_service(), make_patient()
    mine = make_appointment(own, local(8, 10), patient=patient)
    theirs = make_appointment(elsewhere, local(9, 10), patient=patient)
    stranger = make_patient(name="Bo")
    make_appointment(elsewhere, local(10, 10), patient=stranger)
    for visit in (mine, theirs):
        announce(visit, kind="confirmation", now=NOW)
    client.force_login(practitioner_of(own))

    page = see(client, patient)

    assert [row[5] for row in rows(page, "visits")] == [mine.spoken_reference]
    assert len(rows(page, "sent")) == 1
    assert theirs.spoken_reference not in page.text
    assert page.all("section", aria_labelledby="contact-title") == []
    assert page.all("section", aria_labelledby="waiting-title") == []
    assert client.get(url_of(stranger))["Location"] == "/admin/"
    for form in ({"text": "x", "add_note": "1"}, {"save_details": "1"}, {"strike": "1"}):
        assert client.post(url_of(patient), form).status_code == 403


def test_who_may_see_patients_alone_sees_no_visits(db):
    patient = make_patient()
    make_appointment(make_service(), local(8, 10), patient=patient)

    page = see(signed_in("view_patient", "see_every_diary"), patient)

    for title in ("visits", "sent", "consents", "waiting", "contact", "duplicates"):
        assert page.all("section", aria_labelledby=f"{title}-title") == []


def test_who_may_see_no_patients_is_refused(db):
    assert signed_in("view_appointment").get(url_of(make_patient())).status_code == 403


def test_looking_is_noted_once_a_page(front_desk):
    patient = make_patient()

    front_desk.head(url_of(patient))
    front_desk.get(url_of(patient))
    front_desk.get(LIST)

    assert audit() == [
        ("saw", patient.pk, "the patient’s page"),
        ("saw", None, "list of patients, page 1"),
    ]


def test_queries_do_not_depend_on_what_there_is(front_desk):
    service, patient = make_service(), make_patient()
    make_week(service)

    def fill(day):
        visit = book(service, starts_at=local(day, 10))
        wait_to_move(visit)
        add_note(front_desk, patient, f"Note {day}")
        make_patient(name=f"Bo {day}")

    def count():
        with CaptureQueriesContext(connection) as queries:
            front_desk.get(url_of(patient))
        return len(queries)

    fill(9)
    front_desk.get(url_of(patient))
    one = count()
    for day in (10, 11, 12):
        fill(day)

    assert count() == one
