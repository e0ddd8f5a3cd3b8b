"""The only place where a patient is erased: all of it in one transaction, or nothing.

Order of locks, so that nobody waits in a circle: places on the waiting list, then the patient, then
their visits, then messages. Whoever books for a patient, or writes to one by the clock, locks the
patient too, so that each of them sees what the other did.
"""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, transaction
from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import UUID4, Cast, Concat

from booking import actions, audit, limits, waitlist
from booking.actions.locks import LOST_THE_RACE
from booking.errors import NotErasable
from booking.models import (
    ERASED_HOST,
    ERASED_NAME,
    NO_PHONE,
    NOWHERE,
    TO_STAFF,
    AuditKind,
    Channel,
    LegalHold,
    Message,
    MessageState,
    Patient,
)
from clinic.models import Export

from .holds import open_hold
from .parts import log_entries
from .person import Person

BUSY = (
    "A message to this patient is being sent, or somebody changes a visit. Try again in a minute."
)
GONE = "This record is not there any more: somebody merged it into another."
# Where a session keeps what staff looked for, which may be a name.
SEARCHES = "searches"


def why_not(patient: Patient, *, now: datetime) -> str:
    """Return in a sentence why the patient cannot be erased now; "" if they can."""
    if patient.erased_at is not None:
        return "This person is erased already."
    if hold := open_hold(patient):
        return f"They are under a legal hold, set by {hold.set_by_name}: {hold.reason}"
    if to_come := visits_to_come(patient, now=now):
        return (
            f"Visits are still to come: {', '.join(one.spoken_reference for one in to_come)}. "
            "Cancel them first."
        )
    return ""


def visits_to_come(patient: Patient, *, now: datetime) -> list[Any]:
    """Return the booked visits that are not over, with their places."""
    return list(patient.appointments.still_to_come(now).select_related("location"))


def erase(patient_pk: int, *, user: Any, now: datetime) -> None:
    """Erase who the patient is and all that they told. Raises NotErasable, and changes nothing then.

    No `user` means the site by itself. Who books under the same name later is a new patient.
    """
    try:
        with transaction.atomic():
            _erase(patient_pk, user=user, now=now)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") not in LOST_THE_RACE:
            raise
        raise NotErasable(BUSY) from error


def _erase(patient_pk: int, *, user: Any, now: datetime) -> None:
    unlocked = Patient.objects.filter(pk=patient_pk, erased_at=None).first()
    if unlocked is not None:
        _leave_the_list(Person.of(unlocked), now=now)
    patient = Patient.objects.select_for_update().filter(pk=patient_pk).first()
    if patient is None:
        raise NotErasable(GONE)
    # Also those that became theirs since: an action that has one locked ends first.
    list(patient.appointments.order_by("pk").select_for_update().values_list("pk"))
    if reason := why_not(patient, now=now):
        raise NotErasable(reason)
    person = Person.of(patient)
    # Who is named in a log is known by what is erased below.
    log_entries(person).update(object_repr=ERASED_NAME, change_message="")
    messages = list(person.messages().order_by("pk").values_list("pk", flat=True))
    _leave_the_list(person, now=now)
    person.entries().delete()
    person.places_under_other_names().delete()
    forget_addresses(Message.objects.filter(pk__in=messages))
    person.opt_outs().delete()
    for address in person.addresses:
        limits.forget(address)
    actions.forget_patient(patient, now=now)
    patient.notes.all().delete()
    _forget_holds(patient)
    _forget_sessions()
    transaction.on_commit(lambda: Export.objects.drop_lists_of_persons(now))
    audit.note(user, AuditKind.ERASED, patient=patient, now=now)
    patient.name, patient.email = ERASED_NAME, f"erased-{uuid4().hex}{ERASED_HOST}"
    patient.phone, patient.phone_extension = "", ""
    patient.erased_at = now
    patient.save()


def _leave_the_list(person: Person, *, now: datetime) -> None:
    """Take the person off the waiting list: what is kept for them goes to the next."""
    entries = person.entries().order_by("pk").select_for_update(of=("self",))
    for reference in [entry.reference for entry in entries if entry.is_on_the_list]:
        waitlist.leave(reference=reference, now=now)


def forget_addresses(messages: QuerySet[Message]) -> int:
    """Leave of messages that they were, and what became of them; return how many they are.

    Those to the clinic itself keep its address. A report about a mail finds it by no name any more.
    """
    # Locked first: what staff send again at this moment waits, too.
    locked = list(messages.order_by("pk").select_for_update().values_list("pk", flat=True))
    messages = Message.objects.filter(pk__in=locked)
    waiting = (MessageState.QUEUED, MessageState.SENDING)
    messages.exclude(kind__in=TO_STAFF).filter(state__in=waiting).update(
        state=MessageState.OUTDATED
    )
    count = messages.update(
        message_id=Concat(Value("<"), Cast(UUID4(), CharField()), Value(f"{ERASED_HOST}>")),
        provider_id="",
        server_answer="",
        last_error="",
    )
    to_patients = messages.exclude(kind__in=TO_STAFF)
    to_patients.filter(channel=Channel.EMAIL).update(to_email=NOWHERE, next_try_at=None)
    to_patients.filter(channel=Channel.SMS).update(to_phone=NO_PHONE, next_try_at=None)
    return count


def _forget_holds(patient: Patient) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('booking.erasing', 'on', true)")
        LegalHold.objects.filter(patient=patient).update(
            reason=ERASED_NAME, lifted_reason=ERASED_NAME
        )
        cursor.execute("SELECT set_config('booking.erasing', 'off', true)")


def _forget_sessions() -> None:
    """Drop what staff looked for, and what the next page would have told them: it may name the patient.

    Sessions hold nothing else about patients: what they type travels with the request (decision 8).
    """
    for session in Session.objects.all():
        kept = session.get_decoded()
        named = kept.keys() & {"_messages", SEARCHES}
        if named:
            session.session_data = Session.objects.encode(
                {key: value for key, value in kept.items() if key not in named}
            )
            session.save(update_fields=["session_data"])
