"""What PostgreSQL itself allows of erasing, whoever asks it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from booking import actions
from booking.models import ERASED_NAME, AppointmentEvent, LegalHold, Patient, RetentionRule
from booking.privacy.erasing import erase

from .factories import DESK, NOW, book, make_patient

pytestmark = pytest.mark.django_db
ERASE = """
    UPDATE booking_patient SET name = 'Erased person', email = 'x@erased.invalid', phone = '',
        phone_extension = '', erased_at = now()
"""


def run_sql(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def refused(*statements):
    """Return which rule refuses the last of the statements."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        run_sql(*statements)
    return refusal.value.__cause__.diag.constraint_name


def hold(patient, **kwargs):
    values = {"reason": "A suit", "set_at": NOW, "set_by_name": "Olga"}
    return LegalHold.objects.create(patient=patient, **values | kwargs)


@pytest.fixture
def visit(service, monday_morning):
    visit = book(service, by=DESK, note="By phone")
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    return visit


ERASING = "SET LOCAL booking.erasing = 'on'"


def test_erasing_takes_the_note_out_of_a_history(visit):
    with transaction.atomic():
        run_sql(ERASING, "UPDATE booking_appointmentevent SET note = ''")

    event = AppointmentEvent.objects.get()
    assert (event.note, event.by_name, event.kind) == ("", "Pat Desk", "booked")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE booking_appointmentevent SET note = 'Something else'",
        "UPDATE booking_appointmentevent SET note = '', by_name = ''",
        "UPDATE booking_appointmentevent SET note = '', at = at + interval '1 day'",
        "UPDATE booking_appointmentevent SET note = '', id = id + 1000",
        "DELETE FROM booking_appointmentevent",
    ],
)
def test_erasing_does_nothing_else_to_a_history(visit, statement):
    before = AppointmentEvent.objects.values().get()

    assert refused(ERASING, statement) == "booking_appointmentevent_is_kept"

    assert AppointmentEvent.objects.values().get() == before


def test_outside_of_erasing_a_note_stays(visit):
    statement = "UPDATE booking_appointmentevent SET note = ''"

    assert refused(statement) == "booking_appointmentevent_is_kept"
    # What erases turns it off behind itself, also within a transaction.
    actions.forget_patient(visit.patient, now=NOW)
    assert refused(statement) == "booking_appointmentevent_is_kept"


def test_erasing_changes_nothing_in_the_audit(visit):
    run_sql(
        "INSERT INTO booking_auditentry (at, by_name, kind, note) VALUES (now(), 'x', 'saw', 'x')"
    )

    assert refused(ERASING, "UPDATE booking_auditentry SET note = ''") == (
        "booking_auditentry_is_kept"
    )


def test_a_held_patient_is_erased_by_nobody():
    patient = make_patient()
    hold(patient)

    assert refused(ERASE) == "booking_patient_is_held"
    assert refused(ERASING, ERASE) == "booking_patient_is_held"
    assert Patient.objects.get().name == "Ana Example"


def test_a_held_patient_is_deleted_by_nobody():
    hold(make_patient())
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")

    assert "legalhold" in refused("DELETE FROM booking_patient")


def test_a_patient_is_erased_after_the_hold_was_lifted():
    patient = make_patient()
    held = hold(patient)
    held.lifted_at, held.lifted_by_name, held.lifted_reason = NOW, "Olga", "Settled"
    held.save()

    run_sql(ERASE)

    assert Patient.objects.get().erased_at is not None


@pytest.mark.parametrize("field", ["name", "email", "phone", "phone_extension"])
def test_who_is_erased_has_no_name_and_no_address(field):
    make_patient(phone_extension="42")
    values = {"name": ERASED_NAME, "email": "x@erased.invalid", "phone": "", "phone_extension": ""}
    del values[field]

    with pytest.raises(IntegrityError, match="erased_is_nobody"), transaction.atomic():
        Patient.objects.update(**values, erased_at=NOW)


def test_who_is_erased_stays_so():
    patient = make_patient()
    run_sql(ERASE)

    assert refused("UPDATE booking_patient SET erased_at = NULL") == "booking_patient_stays_erased"
    patient.name = "Ana Example"
    with (
        pytest.raises(IntegrityError, match="known of an erased person again"),
        transaction.atomic(),
    ):
        patient.save()


def test_who_is_erased_gets_no_visit_and_no_hold(visit):
    other = make_patient(name="Ben")
    erase(other.pk, user=None, now=NOW)

    visit.patient = other
    with pytest.raises(IntegrityError, match="nothing new"), transaction.atomic():
        visit.save()
    with pytest.raises(IntegrityError, match="nothing new"), transaction.atomic():
        hold(other)


def test_a_hold_is_set_once_at_a_time_and_again_after_it():
    patient = make_patient()
    first = hold(patient)
    with pytest.raises(IntegrityError, match="one_open"), transaction.atomic():
        hold(patient)
    LegalHold.objects.filter(pk=first.pk).update(
        lifted_at=NOW, lifted_by_name="Olga", lifted_reason="Settled"
    )

    hold(patient)

    assert LegalHold.objects.filter(patient=patient).count() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM booking_legalhold",
        "UPDATE booking_legalhold SET reason = 'Another'",
        "UPDATE booking_legalhold SET set_by_name = 'Somebody'",
    ],
)
@pytest.mark.parametrize("before", ["SELECT 1", ERASING], ids=["as usual", "while erasing"])
def test_a_hold_is_never_changed_or_deleted(before, statement):
    hold(make_patient())
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")

    assert refused(before, statement) == "booking_legalhold_is_kept"


def test_a_hold_is_lifted_once():
    held = hold(make_patient())
    lift = {"lifted_at": NOW, "lifted_by_name": "Olga", "lifted_reason": "Settled"}
    LegalHold.objects.filter(pk=held.pk).update(**lift)

    with pytest.raises(IntegrityError, match="only lifted"), transaction.atomic():
        LegalHold.objects.filter(pk=held.pk).update(lifted_at=NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("kind", "months"),
    [("patients", 11), ("patients", 601), ("words", 0), ("messages", 121), ("exports", 25)],
)
def test_a_rule_stays_within_its_bounds(kind, months):
    with pytest.raises(IntegrityError, match="bounded"), transaction.atomic():
        RetentionRule.objects.create(kind=kind, keep_months=months)


def test_a_rule_is_about_a_known_kind():
    with pytest.raises(IntegrityError, match="kind_known"), transaction.atomic():
        RetentionRule.objects.create(kind="audit")
