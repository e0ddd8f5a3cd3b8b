"""What the clinic's retention rules would let go of, and letting go of it.

A rule without months does nothing. Legal holds and visits to come are never touched. Safe to run
twice, and at once: each batch looks again at what it is about, and what is gone is not found.
"""

import calendar
import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import (
    Count,
    DateField,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
)
from django.db.models.functions import Coalesce, Lower

from booking import actions, audit, waitlist
from booking.actors import name_of
from booking.errors import NotErasable
from booking.models import (
    NO_PHONE,
    NOWHERE,
    TO_STAFF,
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
from clinic.models import SignIn
from conditions.models import EmptySearch, Feedback

from .erasing import erase, forget_addresses

logger = logging.getLogger(__name__)
BATCH = 500

type Find = Callable[[datetime, datetime], QuerySet[Any]]
type Forget = Callable[[QuerySet[Any], datetime], int]


@dataclass(frozen=True)
class Kind:
    """One kind of data, and what becomes of it: "erased", "cleared" or "deleted".

    Each of `finds` takes the time before which it is too old, and now. What it returns has the `day`
    that counts; `forget` says how many of them are gone.
    """

    done: str
    finds: tuple[Find, ...]
    forget: Forget


@dataclass(frozen=True)
class Due:
    """What a rule would let go of now."""

    count: int
    oldest: datetime | date | None


def older_than(rule: RetentionRule, *, now: datetime) -> datetime | None:
    """Return the time before which the rule lets go; None if it is off."""
    return months_before(now, rule.keep_months) if rule.keep_months is not None else None


def months_before(now: datetime, months: int) -> datetime:
    """Return the same day so many months before; the month's last day if there is no such day."""
    year, month = divmod(now.year * 12 + now.month - 1 - months, 12)
    day = min(now.day, calendar.monthrange(year, month + 1)[1])
    return now.replace(year=year, month=month + 1, day=day)


def due(rule: RetentionRule, *, now: datetime) -> Due:
    """Return how much the rule would let go of now, and the oldest day of it. Changes nothing."""
    before = older_than(rule, now=now)
    if before is None:
        return Due(0, None)
    found = [
        find(before, now).aggregate(count=Count("pk", distinct=True), oldest=Min("day"))
        for find in KINDS[rule.kind].finds
    ]
    days = [one["oldest"] for one in found if one["oldest"] is not None]
    return Due(sum(one["count"] for one in found), min(days, default=None))


def apply(rule: RetentionRule, *, user: Any, now: datetime) -> RetentionRun | None:
    """Let go of what is due, in batches, and keep how much it was; None if the rule is off.

    No `user` means the site by itself.
    """
    before = older_than(rule, now=now)
    if before is None or rule.keep_months is None:
        return None
    # There from the start: of a run that is stopped, what it did until its last batch is known.
    run = RetentionRun.objects.create(
        rule=rule,
        at=now,
        keep_months=rule.keep_months,
        older_than=before,
        count=0,
        by_name=name_of(user) if user else audit.BY_ITSELF,
    )
    kind = KINDS[rule.kind]
    for find in kind.finds:
        for count in _in_batches(find(before, now), kind.forget, now=now):
            run.count += count
            run.save(update_fields=["count"])
    return run


def apply_all(*, now: datetime) -> list[RetentionRun]:
    """Apply each rule that is on. What goes wrong with one does not keep the others."""
    runs = []
    for rule in RetentionRule.objects.filter(kind__in=KINDS, keep_months__isnull=False):
        try:
            runs.append(apply(rule, user=None, now=now))
        except Exception as error:  # noqa: BLE001 - it is tried again tomorrow, and the rest goes on
            # Its text may name a patient.
            logger.error("The rule for %s was not applied: %s", rule.pk, type(error).__name__)
    return [run for run in runs if run is not None]


def _in_batches(found: QuerySet[Any], forget: Forget, *, now: datetime) -> Iterator[int]:
    """Let go of what is found, and yield after each batch how many they were."""
    last = None
    while True:
        rest = found if last is None else found.filter(pk__gt=last)
        keys = list(rest.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not keys:
            return
        yield forget(found.filter(pk__in=keys), now)
        last = keys[-1]


def _held(patient: str) -> Exists:
    return Exists(LegalHold.objects.filter(patient=OuterRef(patient), lifted_at=None))


def _held_address(field: str) -> Exists:
    held = Patient.objects.filter(_held("pk")).alias(address=Lower("email"))
    return Exists(held.filter(address=Lower(OuterRef(field))))


def _is_waiting() -> Exists:
    """Say whether somebody of the patient's name and address or number waits for a time."""
    places = WaitlistEntry.objects.on_the_list().filter(appointment=None)
    reached = Q(its_address=Lower(OuterRef("email"))) | Q(phone=OuterRef("phone"))
    named = places.alias(its_name=Lower("name"), its_address=Lower("email"))
    return Exists(named.filter(reached, its_name=Lower(OuterRef("name"))))


def _patients(before: datetime, now: datetime) -> QuerySet[Patient]:
    day = Coalesce(Max("appointments__ends_at"), "created_at")
    people = Patient.objects.filter(~_held("pk"), ~_is_waiting(), erased_at=None)
    return people.annotate(day=day).filter(day__lt=before)


def _visits(before: datetime, now: datetime) -> QuerySet[Appointment]:
    over = Appointment.objects.confirmed().filter(~_held("patient"), ends_at__lt=before)
    return over.filter(words_erased_at=None).annotate(day=F("ends_at"))


def _screenings(before: datetime, now: datetime) -> QuerySet[Screening]:
    over = Screening.objects.filter(~_held("appointment__patient"), appointment__ends_at__lt=before)
    return over.annotate(day=F("appointment__ends_at"))


def _messages(before: datetime, now: datetime) -> QuerySet[Message]:
    to_patients = Message.objects.exclude(kind__in=TO_STAFF).filter(created_at__lt=before)
    still_there = to_patients.exclude(to_email=NOWHERE).exclude(to_phone=NO_PHONE)
    is_over = Q(appointment=None) | Q(appointment__ends_at__lt=now)
    return still_there.filter(
        is_over, ~_held("appointment__patient"), ~_held_address("to_email")
    ).annotate(day=F("created_at"))


def _places(before: datetime, now: datetime) -> QuerySet[WaitlistEntry]:
    is_over = Q(appointment=None) | Q(appointment__ends_at__lt=now)
    return WaitlistEntry.objects.filter(
        is_over, ~_held("appointment__patient"), ~_held_address("email"), created_at__lt=before
    ).annotate(day=F("created_at"))


def _dated(model: type[Any], field: str) -> Find:
    """Return what finds the rows of a model that go by one date of their own."""

    def find(before: datetime, now: datetime) -> QuerySet[Any]:
        is_day = type(model._meta.get_field(field)) is DateField
        limit = before.date() if is_day else before
        old: QuerySet[Any] = model.objects.annotate(day=F(field))
        return old.filter(day__lt=limit)

    return find


def _erase_each(found: QuerySet[Patient], now: datetime) -> int:
    count = 0
    # Each on its own: whoever holds the locks of hundreds keeps everybody waiting.
    for pk in list(found.values_list("pk", flat=True)):
        try:
            erase(pk, user=None, now=now)
        except NotErasable:
            # Somebody booked, or set a hold, meanwhile.
            continue
        count += 1
    return count


def _forget_words(found: QuerySet[Any], now: datetime) -> int:
    return actions.forget_words(Appointment.objects.filter(pk__in=found.values("pk")), now=now)


@transaction.atomic
def _forget_addresses(found: QuerySet[Message], now: datetime) -> int:
    keys = list(found.select_for_update(of=("self",), skip_locked=True).values_list("pk"))
    return forget_addresses(Message.objects.filter(pk__in=[pk for (pk,) in keys]))


def _take_off_the_list(found: QuerySet[WaitlistEntry], now: datetime) -> int:
    # One at a time, as everywhere: who has a place locked may wait for a diary.
    for entry in list(found):
        with suppress(WaitlistEntry.DoesNotExist):
            waitlist.leave(reference=entry.reference, now=now)
    _, deleted = found.delete()
    return deleted.get(WaitlistEntry._meta.label, 0)


def _delete(found: QuerySet[Any], now: datetime) -> int:
    return found.delete()[0]


@transaction.atomic
def _let_go_of_sign_ins(found: QuerySet[SignIn], now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('clinic.letting_go', 'on', true)")
        count = _delete(found, now)
        cursor.execute("SELECT set_config('clinic.letting_go', 'off', true)")
    return count


# What is not here is kept. `tests/booking/test_privacy_rules.py` asks of each model why.
KINDS: dict[str, Kind] = {
    RetentionKind.PATIENTS: Kind("erased", (_patients,), _erase_each),
    RetentionKind.WORDS: Kind("cleared", (_visits,), _forget_words),
    RetentionKind.SCREENING: Kind("deleted", (_screenings,), _delete),
    RetentionKind.MESSAGES: Kind("cleared", (_messages,), _forget_addresses),
    RetentionKind.WAITING: Kind("deleted", (_places,), _take_off_the_list),
    RetentionKind.SIGN_INS: Kind("deleted", (_dated(SignIn, "at"),), _let_go_of_sign_ins),
    RetentionKind.READERS: Kind(
        "deleted", (_dated(Feedback, "sent_on"), _dated(EmptySearch, "last_on")), _delete
    ),
}
