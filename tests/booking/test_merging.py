"""Two records of one person become one: all of it moves, once, or nothing does."""

import pytest
from django.contrib.auth.models import User

from booking import actions, merging
from booking.follow_ups import has_opted_out, opt_out_of
from booking.merging import GoneMeanwhile, NotAsShown, SamePatient
from booking.models import (
    Appointment,
    AuditEntry,
    Message,
    MoveRequest,
    Patient,
    PatientMerge,
    WaitlistEntry,
)
from booking.patients import Contact, add_note
from booking.privacy.erasing import erase
from booking.privacy.holds import lift_hold, put_hold
from booking.time_off import ask_to_move

from .factories import (
    DESK,
    NOW,
    TEN,
    book,
    local,
    make_closure,
    make_details,
    make_patient,
    wait,
    wait_to_move,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

# Whoever adds a model that refers to a patient says here, and in `merging`, what becomes of it.
RELATIONS = {
    "booking.Appointment.patient",
    "booking.LegalHold.patient",
    "booking.PatientMerge.kept",
    "booking.PatientNote.patient",
}


@pytest.fixture
def user():
    return User.objects.create_user("pat", first_name="Pat", last_name="Desk")


@pytest.fixture
def ana():
    return make_patient()


@pytest.fixture
def anna():
    return make_patient(name="Anna Example", email="anna@example.org", phone="+13125550188")


def merge(kept, gone, user, *, contact=None, seen=None):
    return merging.merge(
        kept=kept.pk,
        gone=gone.pk,
        contact=contact or Contact.of(kept),
        seen=merging.preview(kept=kept, gone=gone).state if seen is None else seen,
        now=NOW,
        user=user,
    )


@pytest.mark.parametrize("is_lifted", [False, True], ids=["in force", "lifted"])
def test_a_record_under_hold_stays(ana, anna, user, is_lifted):
    hold = put_hold(anna, reason="A court", by_name="Olga Owner", now=NOW)
    if is_lifted:
        lift_hold(hold, reason="It is over", by_name="Olga Owner", now=NOW)

    with pytest.raises(merging.UnderHold):
        merging.preview(kept=ana, gone=anna)
    stays = merge(anna, ana, user)

    assert stays == anna
    assert list(Patient.objects.all()) == [anna]


def test_a_person_who_was_erased_is_never_merged(ana, anna, user):
    erase(anna.pk, user=user, now=NOW)
    anna.refresh_from_db()

    for kept, gone in ((ana, anna), (anna, ana)):
        with pytest.raises(merging.ErasedMeanwhile):
            merging.preview(kept=kept, gone=gone)


def test_all_that_refers_to_a_patient_is_handled():
    found = {str(relation.field) for relation in Patient._meta.related_objects}

    assert found == set(merging.MOVES) == RELATIONS
    assert list(Patient._meta.many_to_many) == []


def test_all_of_it_moves(service, user, ana, anna):
    details = make_details(name=anna.name, email=anna.email, phone=str(anna.phone))
    own = book(service, starts_at=local(21, 10))
    visit = book(service, details=details)
    asked = book(service, starts_at=local(10, 10), details=details)
    closure = make_closure(local(10, 9), local(10, 12))
    ask_to_move(asked, closure=closure, now=NOW, by=DESK)
    wait_to_move(visit)
    wait(service, details=details)
    add_note(anna, "Rings twice.", now=NOW, user=user)
    opt_out_of(anna.email)
    shown = merging.preview(kept=ana, gone=anna)

    kept = merge(ana, anna, user)

    assert kept == ana
    assert list(Patient.objects.all()) == [ana]
    assert set(ana.appointments.values_list("pk", flat=True)) == {visit.pk, asked.pk, own.pk}
    assert MoveRequest.objects.get().appointment.patient == ana
    assert [note.text for note in ana.notes.all()] == ["Rings twice."]
    assert {(e.person, e.to_email) for e in WaitlistEntry.objects.all()} == {
        ("Ana Example", "ana@example.com")
    }
    assert has_opted_out("ana@example.com")
    messages = Message.objects.filter(appointment__patient=ana)
    assert (shown.visits, shown.notes, shown.move_requests, shown.waiting) == (2, 1, 1, 2)
    assert shown.messages == messages.exclude(appointment=own).count() == 3
    assert shown.opts_out


def test_the_chosen_details_stay(user, ana, anna):
    chosen = Contact(name="Anna Example", email=ana.email, phone="+13125550188")

    merge(ana, anna, user, contact=chosen)

    assert Contact.of(Patient.objects.get()) == chosen


def test_it_is_in_the_audit_under_both_numbers(user, ana, anna):
    merge(ana, anna, user)

    entries = AuditEntry.objects.values_list("kind", "patient_number", "by_name", "note")
    words = f"{anna.pk} into {ana.pk}"
    assert set(entries) == {
        ("merged", ana.pk, "Pat Desk", words),
        ("merged", anna.pk, "Pat Desk", words),
    }


def test_its_number_leads_to_the_one_that_stays_however_often_that_is_merged(user, ana, anna):
    third = make_patient(name="A. Example")

    merge(anna, third, user)
    merge(ana, anna, user)

    assert merging.merged_into(third.pk) == merging.merged_into(anna.pk) == ana
    assert merging.merged_into(ana.pk) is None


def test_sent_twice_it_is_done_once(user, ana, anna):
    seen = merging.preview(kept=ana, gone=anna).state

    assert merge(ana, anna, user, seen=seen) == merge(ana, anna, user, seen=seen) == ana

    assert PatientMerge.objects.count() == 1
    assert AuditEntry.objects.count() == 2


def test_nobody_is_merged_with_themselves(user, ana):
    with pytest.raises(SamePatient):
        merge(ana, ana, user, seen="")
    with pytest.raises(SamePatient):
        merging.preview(kept=ana, gone=ana)
    assert list(Patient.objects.all()) == [ana]


@pytest.mark.parametrize(
    "change",
    [
        lambda service, ana, anna, user: Patient.objects.filter(pk=ana.pk).update(name="Ann"),
        lambda service, ana, anna, user: Patient.objects.filter(pk=anna.pk).update(
            phone="+12125550100"
        ),
        lambda service, ana, anna, user: add_note(anna, "New", now=NOW, user=user),
        lambda service, ana, anna, user: book(
            service,
            details=make_details(name=anna.name, email=anna.email, phone=str(anna.phone)),
        ),
    ],
    ids=["who stays", "who goes", "a note", "a visit"],
)
def test_what_changed_since_the_preview_is_shown_first(service, user, ana, anna, change):
    seen = merging.preview(kept=ana, gone=anna).state
    change(service, ana, anna, user)

    with pytest.raises(NotAsShown):
        merge(ana, anna, user, seen=seen)

    assert Patient.objects.count() == 2
    assert not PatientMerge.objects.exists()


def test_who_is_gone_already_is_not_merged_elsewhere(user, ana, anna):
    third = make_patient(name="Bo")
    seen = merging.preview(kept=third, gone=anna).state
    merge(ana, anna, user)

    with pytest.raises(GoneMeanwhile):
        merge(third, anna, user, seen=seen)
    with pytest.raises(GoneMeanwhile):
        merge(anna, ana, user, seen=seen)
    assert set(Patient.objects.all()) == {ana, third}


@pytest.mark.parametrize("opted", ["ana", "anna"])
@pytest.mark.parametrize("chosen", ["ana", "anna"])
def test_no_mail_after_visits_is_wished_by_both(user, ana, anna, opted, chosen):
    both = {"ana": ana, "anna": anna}
    opt_out_of(both[opted].email)

    assert merging.preview(kept=ana, gone=anna).opts_out
    merge(ana, anna, user, contact=Contact.of(both[chosen]))

    assert has_opted_out(Patient.objects.get().email)


@pytest.mark.parametrize("private", ["ana", "anna"])
def test_private_messages_are_wished_by_both(service, user, ana, anna, private):
    both = {"ana": ana, "anna": anna}
    for day, (name, patient) in enumerate(both.items()):
        details = make_details(
            name=patient.name,
            email=patient.email,
            phone=str(patient.phone),
            is_private=name == private,
        )
        book(service, starts_at=local(14 + day, 10), details=details)

    assert merging.preview(kept=ana, gone=anna).is_private
    merge(ana, anna, user)

    assert list(ana.appointments.values_list("is_private", flat=True)) == [True, True]


def test_who_stays_waits_under_the_chosen_details(service, user, ana, anna):
    wait(service)

    merge(ana, anna, user, contact=Contact.of(anna))

    entry = WaitlistEntry.objects.get()
    assert (entry.name, entry.email, str(entry.phone)) == (
        "Anna Example",
        "anna@example.org",
        "+13125550188",
    )


def test_who_waits_twice_is_who_the_database_takes_for_the_same(service, user):
    one = make_patient(name="İpek Kaya", email="x@example.com")
    other = make_patient(name="Ipek K.", email="y@example.com")
    wait(service, details=make_details(name="ipek kaya", email="x@example.com"))
    wait(service, details=make_details(name=other.name, email=other.email))

    assert merge(one, other, user) == one
    assert WaitlistEntry.objects.count() == 2


def test_who_waits_twice_for_the_same_keeps_both_places(service, user, ana, anna):
    wait(service)
    wait(service, details=make_details(name=anna.name, email=anna.email, phone=str(anna.phone)))

    merge(ana, anna, user)

    assert set(WaitlistEntry.objects.values_list("name", flat=True)) == {
        "Ana Example",
        "Anna Example",
    }


def test_a_booking_for_who_was_merged_is_for_who_stays(service, user, ana, anna):
    """The desk had chosen the record that went, on a page from before."""
    merge(ana, anna, user)

    visit = book(service, starts_at=TEN, patient=anna, by=DESK)

    assert visit.patient == ana
    assert Appointment.objects.get().patient == ana


@pytest.mark.parametrize(
    ("other", "is_doubtful"),
    [
        ({}, True),
        ({"email": "ANA@example.com"}, False),
        ({"phone": "+12125550123"}, False),
        ({"name": "EXAMPLE ANA"}, False),
        ({"name": "Ána Example"}, False),
    ],
    ids=["nothing", "email", "phone", "name", "name with accents"],
)
def test_it_is_doubtful_whether_they_are_one_if_nothing_is_the_same(ana, other, is_doubtful):
    strange = {"name": "Bo Other", "email": "bo@example.net", "phone": "+13125550188"}
    gone = make_patient(**strange | other)

    assert merging.preview(kept=ana, gone=gone).is_doubtful is is_doubtful


def test_visits_change_hands_without_an_event(service, ana, anna):
    visit = book(service)

    assert actions.give_visits(of=ana, to=anna) == 1

    assert list(anna.appointments.all()) == [visit]
    assert visit.events.count() == 1
