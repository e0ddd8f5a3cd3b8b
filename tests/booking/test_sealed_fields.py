"""What a patient writes about their health: plain text for the site, sealed in the database."""

import base64
from importlib import import_module
from io import StringIO

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import QuerySet
from django.urls import reverse

from booking.models import Appointment
from clinic.models import SealingCheck
from clinic.models.sealing import SealingCheckManager
from clinic.sealing import UnreadableText, key_id, key_ids, seal

from .factories import book, local, make_details

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

OTHER = base64.urlsafe_b64encode(b"another key".ljust(32)).decode()
REASON, MEDICINES = "Zuckungen im linken Bein", "Magnesiumcitrat 300"


@pytest.fixture
def visit(service):
    return book(service, details=make_details(reason=REASON, medicines=MEDICINES))


@pytest.fixture
def rotated(visit, settings):
    """A visit that the key of yesterday sealed; today another one is before it."""
    SealingCheck.objects.check_keys()
    settings.SEALING_KEYS = [OTHER, *settings.SEALING_KEYS]
    SealingCheck.objects.check_keys()
    return visit


def ask(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else None


def stored(visit):
    [row] = ask("SELECT reason, medicines FROM booking_appointment WHERE id = %s", visit.pk)
    return row


def used(visit):
    return [text.split(":")[1] for text in stored(visit)]


def run(*args):
    out = StringIO()
    call_command("seal_again", *args, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_site_reads_what_was_written(visit):
    visit = Appointment.objects.get(pk=visit.pk)

    assert (visit.reason, visit.medicines) == (REASON, MEDICINES)
    assert Appointment.objects.values_list("reason", "medicines").get() == (REASON, MEDICINES)


def test_no_column_of_any_table_holds_what_was_written(visit):
    columns = ask(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = "
        "'public' AND data_type IN ('text', 'character varying', 'jsonb', 'bytea', 'json')"
    )
    found = [
        (table, column)
        for table, column in columns
        for word in (REASON, MEDICINES)
        if ask(f'SELECT FROM "{table}" WHERE "{column}"::text LIKE %s', f"%{word}%")
    ]

    assert len(columns) > 100
    assert found == []


@pytest.mark.parametrize("column", ["reason", "medicines"])
def test_postgresql_takes_no_plain_text(visit, column):
    before = stored(visit)

    with pytest.raises(IntegrityError, match="words_are_sealed"), transaction.atomic():
        ask(f"UPDATE booking_appointment SET {column} = 'plain'")  # noqa: S608 - names from above

    assert stored(visit) == before


@pytest.mark.parametrize("lookup", ["reason", "reason__icontains", "reason__in", "reason__gt"])
def test_nothing_can_be_searched_in_it(visit, lookup):
    with pytest.raises(FieldError, match="reason is sealed"):
        list(Appointment.objects.filter(**{lookup: [REASON] if "in" in lookup else REASON}))


def test_whether_something_is_written_can_be_asked(service, visit):
    silent = book(service, starts_at=local(10, 10), details=make_details(email="b@example.com"))

    assert list(Appointment.objects.filter(reason="")) == [silent]
    assert list(Appointment.objects.exclude(reason="")) == [visit]


def test_every_way_to_write_seals(visit):
    visits = Appointment.objects.filter(pk=visit.pk)

    visits.update(reason="By an update")
    by_update = stored(visit)[0]
    visit.reason = "In bulk"
    Appointment.objects.bulk_update([visit], ["reason"])
    in_bulk = stored(visit)[0]

    assert by_update.startswith("sealed:")
    assert in_bulk.startswith("sealed:")
    assert visits.get().reason == "In bulk"


def test_a_text_without_its_key_says_so_to_staff_and_is_kept(visit, settings, admin_client, caplog):
    before = stored(visit)
    settings.SEALING_KEYS = [OTHER]

    page = admin_client.get(reverse("admin:booking_appointment_change", args=[visit.pk]))
    lost = Appointment.objects.get(pk=visit.pk)
    lost.save()

    assert "This text cannot be read: its key is missing." in page.text
    assert isinstance(lost.reason, UnreadableText)
    assert stored(visit) == before
    assert REASON not in caplog.text


def test_a_process_with_a_wrong_key_seals_nothing(visit, settings, monkeypatch):
    before = stored(visit)
    SealingCheck.objects.check_keys()
    monkeypatch.setattr(SealingCheckManager, "is_checked", False)
    settings.SEALING_KEYS = [OTHER]
    visit.reason = "Something else"

    with pytest.raises(ImproperlyConfigured, match="lacks the key"), transaction.atomic():
        visit.save()

    assert stored(visit) == before


def test_sealing_again_uses_the_first_key_and_lets_the_old_one_go(rotated):
    old = key_ids()[1]

    said = run()

    assert used(rotated) == [key_id(OTHER)] * 2
    assert Appointment.objects.get(pk=rotated.pk).reason == REASON
    assert said == (
        f"The key {old} may go: nothing is sealed with it any more.\n"
        f"Everything is sealed with the key {key_id(OTHER)}.\n"
    )


def test_a_retired_key_may_go_once_nothing_needs_it(rotated, settings):
    run()
    settings.SEALING_KEYS = [OTHER]

    SealingCheck.objects.check_keys()

    assert list(SealingCheck.objects.values_list("key_id", flat=True)) == [key_id(OTHER)]
    assert Appointment.objects.get(pk=rotated.pk).reason == REASON


def test_a_retired_key_that_sealed_once_more_is_still_needed(rotated, settings):
    """A process that was not started anew goes on with the key that it knows."""
    old, both = key_ids()[1], settings.SEALING_KEYS
    run()
    settings.SEALING_KEYS = both[1:]
    Appointment.objects.filter(pk=rotated.pk).update(reason="Written by an old process")
    settings.SEALING_KEYS = [OTHER]

    with pytest.raises(ImproperlyConfigured, match=f"lacks the key {old}"):
        SealingCheck.objects.check_keys()
    settings.SEALING_KEYS = both
    run()
    settings.SEALING_KEYS = [OTHER]
    SealingCheck.objects.check_keys()

    assert Appointment.objects.get(pk=rotated.pk).reason == "Written by an old process"


def test_a_dry_run_counts_and_changes_nothing(rotated):
    before = stored(rotated)

    said = run("--dry-run")

    assert said == f"2 texts are sealed with another key than {key_id(OTHER)}.\n"
    assert stored(rotated) == before


def test_sealing_again_twice_does_nothing_more(rotated):
    first = run()
    before = stored(rotated)

    second = run()

    assert stored(rotated) == before
    assert second == first


def test_sealing_again_does_not_overwrite_what_is_written_meanwhile(rotated, monkeypatch):
    """The site writes between the moment at which the text is read and that at which it is put back."""
    update = QuerySet.update

    def write_first(rows, **texts):
        monkeypatch.setattr(QuerySet, "update", update)
        ask("UPDATE booking_appointment SET reason = %s", seal("Written meanwhile"))
        return update(rows, **texts)

    monkeypatch.setattr(QuerySet, "update", write_first)
    run()

    assert Appointment.objects.get(pk=rotated.pk).reason == "Written meanwhile"


def test_what_no_key_opens_keeps_its_place_and_all_keys(rotated):
    ask("UPDATE booking_appointment SET reason = left(reason, 40)")
    before = stored(rotated)[0]

    with pytest.raises(CommandError, match="1 texts cannot be read and stay as they are"):
        run()

    assert stored(rotated)[0] == before
    assert SealingCheck.objects.count() == 2


def test_without_the_old_key_sealing_again_stops_at_once(visit, settings):
    SealingCheck.objects.check_keys()
    before = stored(visit)
    settings.SEALING_KEYS = [OTHER]

    with pytest.raises(CommandError, match="SEALING_KEYS lacks the key"):
        run()

    assert stored(visit) == before


def test_the_migration_seals_what_was_plain_and_opens_it_again(visit):
    """Forward and back with data, as a clinic would that had visits before."""
    migration = import_module("booking.migrations.0030_seal_what_patients_write")
    ask("SET CONSTRAINTS ALL IMMEDIATE")
    ask(migration.ALLOW)
    ask("UPDATE booking_appointment SET reason = 'Plain', medicines = ''")
    old = migration_state("0029_refuse_audit_changes")

    migration.seal_all(old, None)
    sealed = stored(visit)
    migration.open_all(old, None)

    assert sealed[0].startswith("sealed:")
    assert stored(visit) == ("Plain", "")


def migration_state(name):
    loader = MigrationLoader(connection)
    nodes = [("booking", name), ("clinic", "0004_add_sealing_check")]
    return loader.project_state(nodes).apps
