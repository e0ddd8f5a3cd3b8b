"""Who saw or changed which patient or visit: written once, and never changed."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from booking import audit, merging
from booking.models import AuditEntry, AuditKind
from booking.patients import Contact

from .factories import NOW, book, make_patient

pytestmark = pytest.mark.django_db


def entries():
    fields = ("at", "by_name", "kind", "patient_number", "visit_number", "note")
    return list(AuditEntry.objects.order_by("pk").values_list(*fields))


def run_sql(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.fixture
def desk():
    return User.objects.create_user("pat", first_name="Pat", last_name="Desk")


@pytest.fixture
def visit(service, monday_morning):
    return book(service)


def test_an_entry_says_who_when_what_and_names_no_patient(desk, visit):
    audit.note(desk, AuditKind.SAW, visit=visit, words="the visit's page", now=NOW)

    patient = visit.patient_id
    assert entries() == [(NOW, "Pat Desk", "saw", patient, visit.pk, "the visit's page")]


def test_many_entries_take_one_query(desk, visit, django_assert_num_queries):
    with django_assert_num_queries(1):
        audit.note_many(desk, AuditKind.EXPORTED, [(5, None), (None, visit)], now=NOW)

    assert [entry[3:5] for entry in entries()] == [(5, None), (visit.patient_id, visit.pk)]


def test_an_account_that_is_deleted_keeps_its_name_in_the_audit(desk, visit):
    audit.note(desk, AuditKind.SAW, visit=visit, now=NOW)

    desk.delete()

    assert [entry[1] for entry in entries()] == ["Pat Desk"]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE booking_auditentry SET by_name = 'Nobody'",
        "DELETE FROM booking_auditentry",
        "TRUNCATE booking_auditentry",
    ],
    ids=["change", "delete", "empty"],
)
def test_postgresql_refuses_to_change_the_audit(desk, visit, sql):
    audit.note(desk, AuditKind.SAW, visit=visit, now=NOW)
    before = entries()
    # What was written has constraints that wait; the last trigger is off in tests alone.
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("ALTER TABLE booking_auditentry ENABLE TRIGGER booking_auditentry_is_never_emptied")

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        run_sql(sql)

    assert entries() == before


def test_whoever_has_a_long_name_can_work(client, visit):
    names = {"first_name": "Wolfeschlegel " * 10, "last_name": "steinhausen " * 12}
    boss = User.objects.create_superuser("boss", **names)
    client.force_login(boss)
    patient, page = visit.patient, f"/admin/booking/patient/{visit.patient_id}"

    client.post(f"{page}/change/", {"add_note": "1", "text": "Prefers mornings."})
    note = patient.notes.get()
    client.post(f"{page}/change/", {"strike": str(note.pk)})
    shown = merging.preview(kept=patient, gone=make_patient())
    merging.merge(
        kept=patient.pk,
        gone=shown.gone.pk,
        contact=Contact.of(patient),
        seen=shown.state,
        now=NOW,
        user=boss,
    )
    client.post(f"{page}/hold/", {"hold": "", "reason": "A letter of their lawyer."})

    note.refresh_from_db()
    names = [note.by_name, note.struck_by_name, patient.merges.get().by_name]
    names += [patient.legal_holds.get().set_by_name, *{entry[1] for entry in entries()}]
    assert names == [boss.get_full_name()[:200]] * 5
