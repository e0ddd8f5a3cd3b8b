"""Who a patient is in the records: also by the addresses that messages to them went to."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Lower

from booking.models import (
    TO_STAFF,
    Appointment,
    MailOptOut,
    Message,
    Patient,
    WaitlistEntry,
)


@dataclass(frozen=True)
class Person:
    """A patient, as they are before they are erased.

    `addresses` are theirs alone, in PostgreSQL's small letters: an address that another patient has,
    or somebody else who waits, a parent for example, stays with that one. `shared` are those.
    """

    patient: Patient
    addresses: frozenset[str] = field(default_factory=frozenset)
    shared: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, patient: Patient) -> "Person":
        """Look up which addresses were used for the patient, and which of them are shared."""
        used = Message.objects.filter(appointment__patient=patient).exclude(kind__in=TO_STAFF)
        own = Patient.objects.filter(pk=patient.pk)
        all_of_them = {*_addresses(own, "email"), *_addresses(used, "to_email")} - {""}
        waiting = WaitlistEntry.objects.on_the_list().filter(appointment=None)
        not_they = ~Q(its_name=Lower(Value(patient.name)))
        others = waiting.alias(its_name=Lower("name")).filter(not_they)
        patients = Patient.objects.exclude(pk=patient.pk)
        theirs = {
            *_addresses(patients, "email", all_of_them),
            *_addresses(others, "email", all_of_them),
        }
        shared = frozenset(theirs)
        return cls(patient, frozenset(all_of_them) - shared, shared)

    @property
    def numbers(self) -> list[int]:
        """The number of their record, and those of records that were merged into it."""
        return [self.patient.pk, *self.patient.merges.values_list("gone_number", flat=True)]

    def visits(self) -> QuerySet[Appointment]:
        return Appointment.objects.filter(patient=self.patient)

    def messages(self) -> QuerySet[Message]:
        """Return what was sent about their visits, and to addresses that are theirs alone."""
        theirs = Q(appointment__patient=self.patient)
        theirs |= Q(waitlist_offer__entry__in=self.entries().values("pk"))
        theirs |= Q(its_address__in=self.addresses) & ~Q(kind__in=TO_STAFF)
        return Message.objects.alias(its_address=Lower("to_email")).filter(theirs)

    def entries(self) -> QuerySet[WaitlistEntry]:
        """Return their places on the waiting list: by a visit of theirs, or by name and address."""
        patient = self.patient
        reached = Q(phone=patient.phone) if patient.phone else Q()
        reached |= Q(its_address__in=self.addresses | self.shared)
        by_name = Q(appointment=None, its_name=Lower(Value(patient.name))) & reached
        return WaitlistEntry.objects.alias(
            its_name=Lower("name"), its_address=Lower("email")
        ).filter(Q(appointment__patient=patient) | by_name)

    def places_under_other_names(self) -> QuerySet[WaitlistEntry]:
        """Return places that are over, of whoever had an address that is theirs alone by now.

        It may be they, or somebody else: so it is nothing to show them.
        """
        places = WaitlistEntry.objects.alias(its_address=Lower("email"))
        return places.filter(appointment=None, its_address__in=self.addresses)

    def opt_outs(self) -> QuerySet[MailOptOut]:
        """Return the wish for no mail after visits, of the addresses that are theirs alone."""
        return MailOptOut.objects.alias(its_address=Lower("email")).filter(
            its_address__in=self.addresses
        )


def _addresses(rows: QuerySet[Any], field: str, among: Iterable[str] | None = None) -> set[str]:
    """Return the addresses in a field, in small letters; only those that are `among` these."""
    small = rows.annotate(its_address=Lower(field))
    if among is not None:
        small = small.filter(its_address__in=among)
    return set(small.values_list("its_address", flat=True))
