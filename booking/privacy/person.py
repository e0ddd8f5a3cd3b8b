"""Who a patient is in the records: also by the addresses that messages to them went to."""

from dataclasses import dataclass, field

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

    `addresses` are theirs alone, in small letters: an address that another patient has, a parent
    for example, stays with that one. `shared` are those.
    """

    patient: Patient
    addresses: frozenset[str] = field(default_factory=frozenset)
    shared: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, patient: Patient) -> "Person":
        """Look up which addresses were used for the patient, and which of them are shared."""
        used = Message.objects.filter(appointment__patient=patient).exclude(kind__in=TO_STAFF)
        all_of_them = {
            address.lower()
            for address in [patient.email, *used.values_list("to_email", flat=True)]
            if address
        }
        others = Patient.objects.exclude(pk=patient.pk).annotate(its_address=Lower("email"))
        shared = frozenset(
            others.filter(its_address__in=all_of_them)
            .values_list("its_address", flat=True)
            .distinct()
        )
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

    def opt_outs(self) -> QuerySet[MailOptOut]:
        """Return the wish for no mail after visits, of the addresses that are theirs alone."""
        return MailOptOut.objects.alias(its_address=Lower("email")).filter(
            its_address__in=self.addresses
        )
