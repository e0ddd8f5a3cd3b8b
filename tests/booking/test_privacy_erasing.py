"""Erasing a patient: who they are and what they told goes, that there were visits stays."""

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.urls import reverse

from booking import tasks, waitlist
from booking.admin.privacy import pages
from booking.bounces import note_returned
from booking.errors import MessageOutdated, NotErasable
from booking.models import (
    Appointment,
    AppointmentEvent,
    Attempt,
    AuditEntry,
    LegalHold,
    MailOptOut,
    Message,
    Patient,
    WaitlistEntry,
)
from booking.privacy.erasing import erase
from clinic.bounces import Bounce

from .factories import NOW, TEN, book, local, make_details, make_patient, wait
from .known import DETAILS, LATER, MARKS, OLD_ADDRESS, found, make_known, make_relative

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


@pytest.fixture
def known(service):
    return make_known(service)


def test_nothing_that_leads_to_the_person_stays_anywhere(known):
    links = [str(reference) for reference in known.references]
    names = list(Message.objects.values_list("message_id", flat=True))
    assert {"booking_patient", "booking_appointmentevent", "django_admin_log"} <= found(*MARKS)

    erase(known.patient.pk, user=known.staff, now=LATER)

    # The article is the clinic's own, and its slug is made up to be found where patients left it.
    assert found(*MARKS) == {"conditions_condition"}
    assert found(*links, *names) == set()
    assert not WaitlistEntry.objects.exists()
    assert not MailOptOut.objects.exists()


def test_the_time_of_the_visits_and_what_became_of_them_stays(known):
    kept = ("pk", "service", "practitioner", "location", "status", "starts_at", "ends_at")
    visits = list(Appointment.objects.confirmed().values(*kept, "booked_at", "cancelled_by"))
    events = list(AppointmentEvent.objects.values("appointment", "kind", "at", "by_name"))

    erase(known.patient.pk, user=known.staff, now=LATER)

    assert list(Appointment.objects.confirmed().values(*kept, "booked_at", "cancelled_by")) == (
        visits
    )
    assert list(AppointmentEvent.objects.values("appointment", "kind", "at", "by_name")) == events


def test_of_the_patient_a_row_without_a_person_stays(known):
    erase(known.patient.pk, user=known.staff, now=LATER)

    patient = Patient.objects.get(pk=known.patient.pk)
    assert (patient.name, patient.phone_display, patient.erased_at) == ("Erased person", "", LATER)
    assert patient.email.endswith("@erased.invalid")


def test_two_who_were_erased_have_nothing_in_common(known, service):
    other = book(service, starts_at=local(9, 11), details=make_details(name="Ben")).patient
    erase(known.patient.pk, user=None, now=LATER)
    erase(other.pk, user=None, now=LATER)

    assert Patient.objects.values("email").distinct().count() == 2


def test_it_is_noted_who_erased_whom(known):
    erase(known.patient.pk, user=known.staff, now=LATER)

    entry = AuditEntry.objects.filter(kind="erased").get()
    assert (entry.by_name, entry.patient_number, entry.note) == (
        "Olga Owner",
        known.patient.pk,
        "",
    )


def test_messages_stay_as_counts_and_what_waits_is_not_sent(known):
    states = list(Message.objects.order_by("pk").values_list("kind", "state"))

    erase(known.patient.pk, user=known.staff, now=LATER)

    after = Message.objects.order_by("pk").values_list("kind", "state")
    assert list(after) == [
        (kind, "outdated" if state == "queued" else state) for kind, state in states
    ]
    assert set(Message.objects.values_list("server_answer", "last_error", "provider_id")) == {
        ("", "", "")
    }


def test_what_was_sent_cannot_be_sent_again_or_come_back(known):
    sent = Message.objects.filter(appointment=known.visit, state="sent").first()
    name = sent.message_id
    erase(known.patient.pk, user=known.staff, now=LATER)

    late = Bounce(message_id=name, is_permanent=True, answer="550 no such Marker")
    assert note_returned(late, now=LATER) is None
    with pytest.raises(MessageOutdated):
        tasks.send_again(sent.pk, now=LATER)


def test_nothing_is_sent_again_to_an_address_that_is_erased(known):
    about_nothing = Message.objects.get(kind="links")
    about_a_day_to_come = Message.objects.filter(
        appointment=known.cancelled, kind="cancellation"
    ).get()
    Message.objects.update(state="failed", sent_at=None)
    # The cancelled visit's day is still to come.
    visit_is_over = TEN.replace(hour=20)
    erase(known.patient.pk, user=known.staff, now=visit_is_over)

    for message in (about_nothing, about_a_day_to_come):
        with pytest.raises(MessageOutdated):
            tasks.send_again(message.pk, now=visit_is_over)


def test_the_links_that_the_patient_has_lead_nowhere(client, known):
    pages = ("appointment", "appointment-calendar", "appointment-messages", "waitlist")
    urls = [reverse(f"booking:{page}", args=[r]) for page in pages for r in known.references]
    erase(known.patient.pk, user=known.staff, now=LATER)

    assert {client.get(url).status_code for url in urls} == {404}


def test_the_page_under_the_new_reference_names_nobody(client, known):
    erase(known.patient.pk, user=known.staff, now=LATER)

    for visit in Appointment.objects.confirmed():
        page = client.get(visit.get_absolute_url()).text.lower()
        assert [mark for mark in MARKS if mark in page] == []


def test_a_practitioners_calendar_holds_nobody(client, known):
    practitioner = known.visit.practitioner
    practitioner.feed_token = "t" * 43
    practitioner.save()
    erase(known.patient.pk, user=known.staff, now=LATER)

    feed = client.get(f"/calendars/{practitioner.feed_token}.ics").text.lower()

    assert "begin:vevent" in feed
    assert [mark for mark in MARKS if mark in feed] == []


def test_what_is_kept_for_them_goes_to_the_next(known):
    offered = known.entry.offers.get()

    erase(known.patient.pk, user=known.staff, now=LATER)

    assert not Appointment.objects.filter(reference=offered.reference).exists()


def test_who_is_erased_and_books_again_is_a_new_patient(known, service):
    erase(known.patient.pk, user=known.staff, now=NOW.replace(day=31))

    visit = book(
        service,
        starts_at=TEN.replace(month=1, year=2027),
        now=LATER,
        details=make_details(**DETAILS),
    )

    assert visit.patient.pk != known.patient.pk
    assert visit.patient.name == "Quintessa Marker"


def test_who_shares_an_address_keeps_what_is_theirs(known, service):
    relative = make_relative()
    wait(service, details=make_details(name=relative.name, email=relative.email))
    Message.objects.create(
        kind="links", to_email=relative.email, message_id="<links@example.com>", sequence=0
    )

    erase(known.patient.pk, user=known.staff, now=LATER)

    relative.refresh_from_db()
    assert (relative.name, relative.email) == ("Ben Other", DETAILS["email"])
    assert [entry.name for entry in WaitlistEntry.objects.all()] == ["Ben Other"]
    assert MailOptOut.objects.count() == 1
    assert Message.objects.get(message_id="<links@example.com>").to_email == DETAILS["email"]
    # An older address was hers alone.
    assert found(OLD_ADDRESS) == set()


def test_staff_are_not_signed_out_by_it(known, admin_client):
    signed_in = Session.objects.count()

    erase(known.patient.pk, user=known.staff, now=LATER)

    assert Session.objects.count() == signed_in
    assert admin_client.get("/admin/").status_code == 200


def test_what_was_counted_of_the_address_goes(known):
    before = Attempt.objects.count()

    erase(known.patient.pk, user=known.staff, now=LATER)

    # The connection's is left, which is nobody's.
    assert (before, Attempt.objects.count()) == (2, 1)


def test_who_waits_with_the_same_address_loses_nothing(known, service):
    wait(
        service,
        details=make_details(name="Ben Other", email=DETAILS["email"], phone="+12125550199"),
    )
    mail = Message.objects.filter(kind="waiting").latest("pk")

    erase(known.patient.pk, user=known.staff, now=LATER)

    mail.refresh_from_db()
    assert (mail.state, mail.to_email) == ("queued", DETAILS["email"])
    assert WaitlistEntry.objects.get().name == "Ben Other"
    assert MailOptOut.objects.count() == 1


def test_a_place_that_is_over_goes_with_its_address_whatever_its_name(known, service):
    entry = wait(service, details=make_details(name="Q. Marker", email=DETAILS["email"]))
    waitlist.leave(reference=entry.reference, now=NOW)

    erase(known.patient.pk, user=known.staff, now=LATER)

    assert found("marker") == {"conditions_condition"}


@pytest.mark.parametrize("email", ["ana@BÜCHER.example", "ana@ΟΔΟΣ.example", "ana@İpek.example"])
def test_small_letters_are_those_of_the_database(service, email):
    patient = make_patient(email=email)
    MailOptOut.objects.create(email=email)
    tasks.mail_links(email, now=NOW)

    erase(patient.pk, user=None, now=LATER)

    assert found("ana@") == set()


@pytest.mark.parametrize("reason", ["to come", "held", "erased"])
def test_what_keeps_a_patient_is_said_and_nothing_changes(known, service, reason):
    now, patient = LATER, known.patient
    if reason == "to come":
        visit = book(service, starts_at=local(30, 10), details=make_details(**DETAILS))
        now, words = NOW, [visit.spoken_reference, "Cancel them first"]
    elif reason == "held":
        LegalHold.objects.create(patient=patient, reason="A suit", set_at=NOW, set_by_name="Olga")
        words = ["legal hold, set by Olga: A suit"]
    else:
        erase(patient.pk, user=known.staff, now=LATER)
        words = ["erased already"]
    before = Patient.objects.values().get(pk=patient.pk), WaitlistEntry.objects.count()

    with pytest.raises(NotErasable) as refusal:
        erase(patient.pk, user=known.staff, now=now)

    assert [said for said in words if said not in str(refusal.value)] == []
    assert (Patient.objects.values().get(pk=patient.pk), WaitlistEntry.objects.count()) == before


def test_a_database_that_is_gone_is_no_refusal(known, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("booking.privacy.erasing.why_not", fail)

    with pytest.raises(OperationalError):
        erase(known.patient.pk, user=known.staff, now=LATER)


# The page


@pytest.fixture
def owner(client):
    client.force_login(User.objects.create_superuser("boss", first_name="Bo", last_name="Ss"))
    return client


def page_of(patient):
    return reverse("admin:booking_patient_erase", args=[patient.pk])


def test_the_page_says_what_would_go_and_changes_nothing(owner, known):
    page = owner.get(page_of(known.patient))

    rows = {one.part.name: one.count for one in page.context["held"]}
    assert rows == {
        "Name, email address and phone number": 1,
        "Visits": 2,
        "Consents": 2,
        "History of the visits": 4,
        "Outcomes of the safety questions": 2,
        "Articles chosen to read after a visit": 1,
        "Notes of the front desk": 1,
        "Messages": Message.objects.exclude(kind__startswith="notice").count(),
        "Questions to move a visit": 1,
        "Places on the waiting list, and wishes": 3,
        "Times offered to them": 1,
        "Addresses without mail after visits": 1,
        "Legal holds": 1,
        "Who saw or changed it": 1,
        "What staff did in the admin": 2,
    }
    assert Patient.objects.get(pk=known.patient.pk).erased_at is None


@pytest.mark.parametrize("word", ["", "yes", "erase me"])
def test_the_page_erases_nobody_without_the_word(owner, known, word):
    answer = owner.post(page_of(known.patient), {"word": word})

    assert "Type erase, or leave this page." in answer.text
    assert Patient.objects.get(pk=known.patient.pk).erased_at is None


def test_the_page_asks_for_the_word_also_when_a_hold_is_lifted_at_that_moment(
    owner, known, monkeypatch
):
    monkeypatch.setattr(pages, "why_not", lambda *args, **kwargs: "They are under a legal hold.")

    answer = owner.post(page_of(known.patient), {"word": ""})

    assert "They are under a legal hold." in answer.text
    assert Patient.objects.get(pk=known.patient.pk).erased_at is None


def test_the_page_erases_with_the_word_and_leads_to_what_is_left(owner, known):
    answer = owner.post(page_of(known.patient), {"word": "Erase"}, follow=True)

    assert "Erased person" in answer.text
    assert "nothing leads back" in answer.text
    assert found("quintessa") == set()


def test_the_page_says_which_visits_are_to_come(owner, known, service):
    visit = book(service, starts_at=local(30, 10), details=make_details(**DETAILS))

    page = owner.get(page_of(known.patient))
    answer = owner.post(page_of(known.patient), {"word": "erase"})

    assert reverse("admin:booking_appointment_change", args=[visit.pk]) in page.text
    assert 'name="word"' not in page.text
    assert (answer.status_code, visit.spoken_reference in answer.text) == (409, True)


def test_of_an_erased_person_nothing_can_be_edited_or_booked(owner, known):
    erase(known.patient.pk, user=known.staff, now=LATER)
    url = reverse("admin:booking_patient_change", args=[known.patient.pk])

    page = owner.get(url)
    answer = owner.post(url, {"name": "Quintessa", "email": "q@example.com", "phone": "x"})

    assert 'name="name"' not in page.text
    assert "Erased on" in page.text
    assert answer.status_code == 403
