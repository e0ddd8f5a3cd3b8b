"""What is kept long enough goes: only by rules that are on, never of who is held or still to come."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from booking.models import (
    Appointment,
    LegalHold,
    Message,
    Patient,
    RetentionKind,
    RetentionRule,
    RetentionRun,
    Screening,
    WaitlistEntry,
)
from booking.privacy import retention
from booking.privacy.jobs import apply_retention
from booking.privacy.retention import KINDS, Due, apply, apply_all, due, months_before
from clinic.models import SignIn
from conditions.models import EmptySearch, Feedback

from .factories import NOW, make_appointment, make_patient
from .journeys import make_article

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
# Two years before, to the day, and a day on each side of it.
LIMIT = datetime(2024, 12, 7, 12, tzinfo=UTC)
OLD, YOUNG = LIMIT - timedelta(days=1), LIMIT + timedelta(days=1)
RULED = [kind for kind in RetentionKind if kind in KINDS]


def rule(kind, months=24):
    return RetentionRule.objects.create(kind=kind, keep_months=months)


def make_past(service, at, *, name="Ana", **kwargs):
    """Make a visit that took place, with all that a rule is about."""
    patient = kwargs.pop("patient", None) or make_patient(
        name=name, email=f"{name}@example.com", created_at=at - timedelta(days=30)
    )
    visit = make_appointment(
        service, at, status="fulfilled", patient=patient, reason="Cramps", medicines="Magnesium"
    )
    Screening.objects.create(
        appointment=visit, ruleset="0" * 32, outcome="none", screened_at=at - timedelta(days=9)
    )
    Message.objects.create(
        appointment=visit,
        kind="confirmation",
        sequence=0,
        to_email=patient.email,
        message_id=f"<{visit.pk}@example.com>",
        created_at=at - timedelta(hours=2),
        state="sent",
        sent_at=at,
        server_answer="250 ok",
    )
    return visit


def make_entry(service, at, **kwargs):
    values = {
        "service": service,
        "location": service.location,
        "name": "Wanda Waits",
        "email": "wanda@example.com",
        "phone": "+12125550100",
        "consented_at": at,
        "created_at": at,
        "from_on": at.date(),
        "until_on": at.date(),
    }
    return WaitlistEntry.objects.create(**values | kwargs)


def make_one(kind, service, at):
    """Make one record that the rule of that kind is about, as old as `at`."""
    match kind:
        case RetentionKind.WAITING:
            make_entry(service, at, email=f"{at:%d}@example.com")
        case RetentionKind.SIGN_INS:
            SignIn.objects.create(at=at, user_id=1, username="pat", outcome="in")
        case RetentionKind.READERS:
            EmptySearch.objects.create(query=f"{at:%Y%m%d}", last_on=at.date())
        case _:
            make_past(service, at, name=f"Ana{at:%d}")


def left(kind):
    """Return how many records are still as they were."""
    match kind:
        case RetentionKind.PATIENTS:
            return Patient.objects.filter(erased_at=None).count()
        case RetentionKind.WORDS:
            return sum(
                (visit.reason, visit.medicines) == ("Cramps", "Magnesium")
                for visit in Appointment.objects.all()
            )
        case RetentionKind.SCREENING:
            return Screening.objects.count()
        case RetentionKind.MESSAGES:
            return Message.objects.filter(to_email__endswith="@example.com").count()
        case RetentionKind.WAITING:
            return WaitlistEntry.objects.count()
        case RetentionKind.SIGN_INS:
            return SignIn.objects.count()
        case RetentionKind.READERS:
            return EmptySearch.objects.count()


@pytest.mark.parametrize("kind", RULED)
def test_a_rule_takes_what_is_older_and_leaves_the_rest(service, kind):
    make_one(kind, service, OLD)
    make_one(kind, service, YOUNG)

    run = apply(rule(kind), user=None, now=NOW)

    assert (run.count, left(kind)) == (1, 1)


@pytest.mark.parametrize("kind", RULED)
def test_a_rule_says_first_what_it_would_take_and_changes_nothing(service, kind):
    make_one(kind, service, OLD)
    make_one(kind, service, OLD - timedelta(days=9))
    make_one(kind, service, YOUNG)

    found = due(rule(kind), now=NOW)

    day = found.oldest.date() if isinstance(found.oldest, datetime) else found.oldest
    assert (found.count, day) == (2, (OLD - timedelta(days=9)).date())
    assert left(kind) == 3


@pytest.mark.parametrize("kind", RULED)
def test_a_rule_that_is_off_takes_nothing(service, kind):
    make_one(kind, service, OLD)
    off = rule(kind, months=None)

    assert due(off, now=NOW) == Due(0, None)
    assert apply(off, user=None, now=NOW) is None
    assert apply_all(now=NOW) == []
    assert left(kind) == 1


@pytest.mark.parametrize("kind", RULED)
def test_a_rule_applied_twice_takes_nothing_more(service, kind):
    make_one(kind, service, OLD)
    on = rule(kind)

    counts = [apply(on, user=None, now=NOW).count for _twice in range(2)]

    assert counts == [1, 0]


@pytest.mark.parametrize("kind", RULED)
def test_a_rule_works_in_batches(service, kind, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for days in range(5):
        make_one(kind, service, OLD - timedelta(days=days))

    assert apply(rule(kind), user=None, now=NOW).count == 5
    assert left(kind) == 0


def test_old_sign_ins_go_and_the_history_stays_closed_to_all_else():
    ages = (OLD, YOUNG)
    for at in ages:
        SignIn.objects.create(at=at, user_id=1, username="pat", outcome="in")

    run = apply(rule(RetentionKind.SIGN_INS), user=None, now=NOW)

    assert run.count == 1
    assert [one.at for one in SignIn.objects.all()] == [YOUNG]
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        SignIn.objects.all().delete()


@pytest.mark.parametrize("kind", ["patients", "words", "screening", "messages", "waiting"], ids=str)
def test_of_a_patient_under_a_legal_hold_nothing_is_taken(service, kind):
    patient = make_past(service, OLD).patient
    make_entry(service, OLD, email=patient.email)
    Message.objects.create(
        kind="links", to_email="ANA@example.com", sequence=0, message_id="<x>", created_at=OLD
    )
    Message.objects.filter(kind="links").update(to_email=patient.email.upper())
    LegalHold.objects.create(patient=patient, reason="A suit", set_at=NOW, set_by_name="Olga")
    before = left(kind)

    assert due(rule(kind), now=NOW).count == 0
    assert [run.count for run in apply_all(now=NOW)] == [0]
    assert left(kind) == before


@pytest.mark.parametrize("kind", RULED)
def test_a_visit_to_come_is_never_touched(service, kind):
    # Booked long ago, for a day to come.
    visit = make_past(service, OLD)
    to_come = make_appointment(
        service, NOW + timedelta(days=9), patient=visit.patient, reason="Cramps"
    )
    Message.objects.create(
        appointment=to_come,
        kind="confirmation",
        sequence=0,
        to_email="ana@example.com",
        message_id="<to-come@example.com>",
        created_at=OLD,
    )
    make_entry(service, OLD, appointment=to_come)

    apply(rule(kind, months=12), user=None, now=NOW)

    to_come.refresh_from_db()
    assert (to_come.reason, to_come.patient.name, to_come.patient.erased_at) == (
        "Cramps",
        "Ana",
        None,
    )
    assert Message.objects.get(appointment=to_come).to_email == "ana@example.com"
    assert WaitlistEntry.objects.filter(appointment=to_come).exists()


def test_a_patient_who_came_again_is_kept(service):
    patient = make_past(service, OLD).patient
    make_past(service, YOUNG, patient=patient)

    assert apply(rule("patients"), user=None, now=NOW).count == 0


@pytest.mark.parametrize(
    "person",
    [
        {"name": "ANA", "email": "Ana@example.com", "phone": "+12125550199"},
        {"name": "Ana", "email": "new@example.com", "phone": "+12125550123"},
    ],
    ids=["by address", "by number"],
)
def test_a_patient_who_waits_for_a_time_is_kept(service, person):
    make_past(service, OLD)
    assert Patient.objects.get().phone == "+12125550123"
    make_entry(service, NOW, **person)
    on = rule("patients")

    assert (due(on, now=NOW).count, apply(on, user=None, now=NOW).count) == (0, 0)
    assert WaitlistEntry.objects.exists()


def test_of_a_run_that_is_stopped_it_is_known_what_it_did(service, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 1)
    for days in range(3):
        make_past(service, OLD - timedelta(days=days), name=f"Ana{days}")
    erase, erased = retention.erase, []

    def erase_one(*args, **kwargs):
        if erased:
            raise SystemExit
        erased.append(erase(*args, **kwargs))

    monkeypatch.setattr(retention, "erase", erase_one)

    with pytest.raises(SystemExit):
        apply(rule("patients"), user=None, now=NOW)

    assert RetentionRun.objects.get().count == 1
    assert Patient.objects.exclude(erased_at=None).count() == 1


def test_who_is_busy_tonight_is_erased_another_night(service, monkeypatch):
    make_past(service, OLD)
    monkeypatch.setattr(
        retention, "erase", lambda *args, **kwargs: (_ for _ in ()).throw(retention.NotErasable(""))
    )

    assert apply(rule("patients"), user=None, now=NOW).count == 0


def test_places_that_are_over_go_too(service):
    make_entry(service, OLD, status="left", closed_at=NOW)

    assert apply(rule("waiting"), user=None, now=NOW).count == 1


def test_notes_of_readers_go_too():
    article = make_article()
    for at in (OLD, YOUNG):
        Feedback.objects.create(condition=article, was_helpful=True, sent_on=at.date())

    apply(rule("readers"), user=None, now=NOW)

    assert Feedback.objects.count() == 1


def test_messages_to_staff_keep_their_address(service):
    visit = make_past(service, OLD)
    Message.objects.create(
        appointment=visit,
        kind="notice_booked",
        sequence=0,
        to_email="desk@example.com",
        message_id="<desk@example.com>",
        created_at=OLD,
    )

    apply(rule("messages"), user=None, now=NOW)

    assert Message.objects.get(kind="notice_booked").to_email == "desk@example.com"
    told = Message.objects.get(kind="confirmation")
    assert (told.to_email, told.server_answer, told.state) == ("nobody@erased.invalid", "", "sent")


def test_what_was_done_is_kept_as_a_report(service, django_user_model):
    make_past(service, OLD)
    olga = django_user_model.objects.create_user("olga", first_name="Olga", last_name="Owner")

    apply(rule("words"), user=olga, now=NOW)

    report = ("rule_id", "at", "keep_months", "older_than", "count", "by_name")
    assert RetentionRun.objects.values_list(*report).get() == (
        *("words", NOW, 24, LIMIT, 1),
        "Olga Owner",
    )


def test_each_night_all_rules_that_are_on_are_applied(service):
    make_past(service, OLD)
    rule("words"), rule("screening"), rule("messages", None)

    apply_retention(timestamp=0)

    runs = RetentionRun.objects.order_by("rule").values_list("rule", "count", "by_name")
    assert list(runs) == [
        ("screening", 1, "The site by itself"),
        ("words", 1, "The site by itself"),
    ]


def test_what_goes_wrong_with_one_rule_does_not_keep_the_others(service, monkeypatch, caplog):
    make_past(service, OLD)
    rule("screening"), rule("words")
    broken = retention.Kind("x", (lambda before, now: 1 / 0,), retention._delete)
    monkeypatch.setitem(KINDS, "screening", broken)

    assert [run.rule_id for run in apply_all(now=NOW)] == ["words"]
    assert "The rule for screening was not applied: ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        (datetime(2026, 12, 7, tzinfo=UTC), 1, datetime(2026, 11, 7, tzinfo=UTC)),
        (datetime(2026, 1, 31, tzinfo=UTC), 2, datetime(2025, 11, 30, tzinfo=UTC)),
        (datetime(2028, 2, 29, tzinfo=UTC), 12, datetime(2027, 2, 28, tzinfo=UTC)),
        (datetime(2026, 12, 7, tzinfo=UTC), 600, datetime(1976, 12, 7, tzinfo=UTC)),
    ],
)
def test_months_are_counted_by_the_calendar(now, months, then):
    assert months_before(now, months) == then


# The command


def told(capsys, *arguments):
    call_command("apply_retention", *arguments)
    return capsys.readouterr().out.splitlines()


def test_the_command_says_what_it_would_do_and_does_nothing(service, capsys):
    make_past(service, OLD)
    rule("words")

    assert told(capsys) == [
        "Reasons and medicines of visits: 1 to be cleared, the oldest of 2024-12-06.",
        "Nothing was changed. Run it with --apply to do it.",
    ]
    assert left("words") == 1


def test_the_command_does_it_if_it_is_told_to(service, capsys):
    make_past(service, OLD)
    rule("words")

    assert told(capsys, "--apply") == ["Reasons and medicines of visits: 1 cleared."]
    assert left("words") == 0


def test_the_command_says_if_no_rule_is_on(capsys):
    assert told(capsys, "--apply") == ["No rule is on: everything is kept."]
