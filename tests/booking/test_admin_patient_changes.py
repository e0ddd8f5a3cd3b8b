"""What staff change on a patient's page: contact details, which may be stale, and notes."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User

from booking import sending
from booking.models import Message, Patient, PatientNote
from tests.html_tree import parse

from .desk import said
from .factories import book, make_patient, offer_times, wait_to_move
from .patient_pages import add_note, audit, fields_of, part, save, see, url_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
EVIL = "<script>alert(1)</script>"


def test_contact_details_are_corrected(front_desk):
    patient = make_patient()

    response = save(front_desk, patient, email="new@example.com", phone="212 555 0199 x7")

    patient.refresh_from_db()
    assert (patient.email, patient.phone_display) == ("new@example.com", "(212) 555-0199 ext. 7")
    assert response.status_code == 302
    assert said(response) == ["Changed: email, phone, extension."]
    assert audit()[-1] == ("changed", patient.pk, "email, phone, extension")
    assert LogEntry.objects.get().get_change_message() == "Changed: email, phone, extension."


def test_whoever_may_see_no_patients_any_more_reads_no_name_among_their_last_changes(front_desk):
    patient = make_patient()
    save(front_desk, patient, phone="212 555 0199")
    desk = User.objects.get(username="desk")

    desk.groups.set([Group.objects.get(name="Content")])

    page = front_desk.get("/admin/").text
    assert (f"Patient {patient.pk}" in page, patient.name in page) == (True, False)


def test_the_page_warns_where_messages_will_go(front_desk, service):
    visit = book(service)

    warning = part(see(front_desk, visit.patient), "contact").text

    assert "about 1 visit still to come go to the new address and number" in warning
    assert "to the old" not in warning


def test_what_waits_to_be_sent_goes_to_the_new_address_but_for_an_offer(
    front_desk, service, mailoutbox
):
    visit = book(service)
    confirmation = visit.messages.get(kind="confirmation")
    entry = wait_to_move(visit)
    entry.known_starts = []
    entry.save()
    offer_times()

    warning = part(see(front_desk, visit.patient), "contact").text
    save(front_desk, visit.patient, email="new@example.com")
    for message in (confirmation, Message.objects.get(kind="offer")):
        sending.send(message.pk, next_try_at=None)

    assert "1 message that waits to be sent still goes to the old." in warning
    assert [mail.to for mail in mailoutbox] == [["new@example.com"], ["ana@example.com"]]


def test_a_stale_form_is_refused_and_keeps_what_was_typed(front_desk):
    patient = make_patient()
    shown = fields_of(see(front_desk, patient))
    Patient.objects.update(phone="+12125550177")

    refused = save(front_desk, patient, shown, email="new@example.com")
    page = parse(refused.content)

    patient.refresh_from_db()
    assert (refused.status_code, patient.email) == (409, "ana@example.com")
    assert "Somebody changed this patient meanwhile" in page.text
    assert "Stored now: Ana Example, ana@example.com, (212) 555-0177." in page.text
    assert fields_of(page)["email"] == "new@example.com"
    save(front_desk, patient, fields_of(page))
    patient.refresh_from_db()
    assert patient.email == "new@example.com"


def test_the_same_form_sent_twice_changes_once(front_desk):
    patient = make_patient()
    shown = fields_of(see(front_desk, patient))

    for _twice in range(2):
        assert save(front_desk, patient, shown, email="new@example.com").status_code == 302

    assert [kind for kind, *_ in audit()] == ["saw", "changed"]


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("name", "", "Enter your full name."),
        ("name", "See evil.com", "Write your name without a web or email address."),
        ("email", "half@", "Enter an email address like name@example.com."),
        ("phone", "12", "Enter a phone number with its area code"),
        ("name", "a\0b", "Type this again: it holds characters that cannot be seen."),
    ],
)
def test_what_cannot_be_is_refused_and_kept(front_desk, field, value, error):
    patient = make_patient()

    page = parse(save(front_desk, patient, **{field: value}).content)

    assert error in page.one("section", class_="errors-above").text
    assert fields_of(page)[field] == (value or None) or field == "name"
    assert list(Patient.objects.values_list("name", "email")) == [
        ("Ana Example", "ana@example.com")
    ]


def test_what_was_stored_before_a_rule_may_stay(front_desk):
    patient = make_patient(name="See evil.com", phone="+1212")

    save(front_desk, patient, email="new@example.com")

    patient.refresh_from_db()
    assert (patient.name, patient.email) == ("See evil.com", "new@example.com")
    assert patient.phone.as_e164 == "+1212"


def test_notes_are_added_shown_newest_first_and_struck_out(front_desk):
    patient = make_patient()
    add_note(front_desk, patient, "Uses the side door.\r\nRings twice.")
    add_note(front_desk, patient, EVIL)
    second, first = PatientNote.objects.all()
    assert first.text == "Uses the side door.\nRings twice."

    response = front_desk.post(url_of(patient), {"strike": first.pk})

    assert response["Location"] == f"{url_of(patient)}#notes"
    notes = part(see(front_desk, patient), "notes").all("article")
    assert [EVIL in note.text for note in notes] == [True, False]
    assert "desk, Mon, Dec 7, 2026, 7:00 am EST" in notes[0].text
    assert notes[1].one("del").text == "Uses the side door.Rings twice."
    assert "Struck out by desk, Mon, Dec 7, 2026, 7:00 am EST" in notes[1].text
    assert notes[1].all("button") == []
    assert second.struck_at is None
    assert [row for row in audit() if row[0] == "changed"] == [
        ("changed", patient.pk, "note added"),
        ("changed", patient.pk, "note added"),
        ("changed", patient.pk, "note struck out"),
    ]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "Write the note first."),
        ("x" * 2001, "Shorten the note by 1 character. The limit is 2,000."),
        ("a\0b", "Type this again"),
    ],
)
def test_a_note_that_cannot_be_kept_is_refused_with_what_was_typed(front_desk, text, error):
    patient = make_patient()

    page = parse(add_note(front_desk, patient, text).content)

    assert error in page.one("section", class_="errors-above").text
    assert page.one("textarea", name="text").text == text.replace("\0", "")
    assert not PatientNote.objects.exists()


def test_the_same_note_sent_twice_is_one(front_desk):
    patient = make_patient()
    for _twice in range(2):
        add_note(front_desk, patient, "Uses the side door.")

    assert PatientNote.objects.count() == 1


def test_a_note_is_struck_out_once_and_on_its_own_page(front_desk):
    patient, other = make_patient(), make_patient(name="Bo")
    add_note(front_desk, other, "About Bo")
    note = PatientNote.objects.get()

    for pk in (note.pk, "x", "9" * 30, ""):
        front_desk.post(url_of(patient), {"strike": pk})
    note.refresh_from_db()
    assert note.struck_at is None

    front_desk.post(url_of(other), {"strike": note.pk})
    again = front_desk.post(url_of(other), {"strike": note.pk})
    assert said(again)[-1] == "This note is struck out already."
