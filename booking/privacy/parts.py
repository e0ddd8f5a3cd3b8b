"""Every kind of record that is about a patient: how to find it, and what becomes of it.

Whoever adds a model about patients adds a part here, and what erases it in `erasing.py`.
`tests/booking/test_privacy_parts.py` fails until they do.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet

from booking.models import (
    Appointment,
    AppointmentEvent,
    AuditEntry,
    FollowUpArticle,
    LegalHold,
    MailOptOut,
    Message,
    MoveRequest,
    Patient,
    PatientNote,
    Screening,
    WaitlistEntry,
    WaitlistOffer,
)

from . import fhir
from .person import Person


@dataclass(frozen=True)
class Part:
    """One kind of record: its name on pages, which are somebody's, and each of them in FHIR's words.

    `when_erased` says what stays and what goes.
    """

    name: str
    model: type[Model]
    find: Callable[[Person], QuerySet[Any]]
    resource: Callable[[Any], fhir.Resource]
    when_erased: str


PARTS = (
    Part(
        "Name, email address and phone number",
        Patient,
        lambda person: Patient.objects.filter(pk=person.patient.pk),
        fhir.patient,
        "Goes. In its place stands “Erased person”, from whom nothing leads back.",
    ),
    Part(
        "Visits",
        Appointment,
        lambda person: person.visits().select_related("service", "practitioner", "location"),
        fhir.appointment,
        "Time, service, practitioner, place and status stay. Reason, medicines, the article they "
        "came from, their time zone, their wishes for messages and the visit’s link go.",
    ),
    Part(
        "Consents",
        Appointment,
        lambda person: person.visits().filter(consented_at__isnull=False),
        fhir.consent,
        "That there was one, and when, stays with the visit.",
    ),
    Part(
        "History of the visits",
        AppointmentEvent,
        lambda person: AppointmentEvent.objects.filter(
            appointment__patient=person.patient
        ).select_related("appointment", "practitioner", "previous_practitioner"),
        fhir.event,
        "What happened when, and which member of staff did it, stays. Notes go.",
    ),
    Part(
        "Outcomes of the safety questions",
        Screening,
        lambda person: Screening.objects.filter(appointment__patient=person.patient).select_related(
            "appointment"
        ),
        fhir.screening,
        "Go.",
    ),
    Part(
        "Articles chosen to read after a visit",
        FollowUpArticle,
        lambda person: FollowUpArticle.objects.filter(
            appointment__patient=person.patient
        ).select_related("appointment", "condition"),
        fhir.article,
        "Go.",
    ),
    Part(
        "Notes of the front desk",
        PatientNote,
        lambda person: PatientNote.objects.filter(patient=person.patient),
        fhir.desk_note,
        "Go.",
    ),
    Part(
        "Messages",
        Message,
        lambda person: person.messages().select_related("appointment"),
        fhir.message,
        "That there was one, its kind and its state stay. Address, the mail’s name and what servers "
        "said go. What waits to be sent is not sent.",
    ),
    Part(
        "Questions to move a visit",
        MoveRequest,
        lambda person: MoveRequest.objects.filter(
            appointment__patient=person.patient
        ).select_related("appointment"),
        fhir.move_request,
        "That there was one stays. Notes go.",
    ),
    Part(
        "Places on the waiting list, and wishes",
        WaitlistEntry,
        lambda person: person.entries().select_related("service", "practitioner", "location"),
        fhir.waitlist_entry,
        "Go. A time that is kept for them goes to the next person.",
    ),
    Part(
        "Times offered to them",
        WaitlistOffer,
        lambda person: WaitlistOffer.objects.filter(
            entry__in=person.entries().values("pk")
        ).select_related("entry", "practitioner"),
        fhir.waitlist_offer,
        "Go.",
    ),
    Part(
        "Addresses without mail after visits",
        MailOptOut,
        Person.opt_outs,
        fhir.opt_out,
        "Go, unless somebody else has the address.",
    ),
    Part(
        "Legal holds",
        LegalHold,
        lambda person: LegalHold.objects.filter(patient=person.patient),
        fhir.legal_hold,
        "That there was one, from when until when, stays. What it says goes.",
    ),
    Part(
        "Who saw or changed it",
        AuditEntry,
        lambda person: AuditEntry.objects.filter(
            Q(patient_number__in=person.numbers) | Q(visit_number__in=person.visits().values("pk"))
        ),
        fhir.audit_entry,
        "Stays: it names nobody but staff.",
    ),
    Part(
        "What staff did in the admin",
        LogEntry,
        lambda person: log_entries(person).select_related("user"),
        fhir.log_entry,
        "That something was done, when and by whom stays. What it was done to goes.",
    ),
)
# Models with a relation to patients or visits, directly or not, that have no part, and why.
LEFT_OUT = {
    "booking.MoveAlternative": "Times that were held for a while: the question stands in the file.",
    "booking.PatientMerge": "Numbers alone; the audit in the file says which record went into which.",
}


def log_entries(person: Person) -> QuerySet[LogEntry]:
    """Return the admin's own log of all records that are about the person."""
    about = Q(pk__in=[])
    for part in PARTS:
        if part.model in (LogEntry, AuditEntry):
            continue
        keys = [str(pk) for pk in part.find(person).values_list("pk", flat=True)]
        about |= Q(content_type=ContentType.objects.get_for_model(part.model), object_id__in=keys)
    of_patients = ContentType.objects.get_for_model(Patient)
    about |= Q(content_type=of_patients, object_id__in=map(str, person.numbers))
    # Of a record that is gone, its name is left: an address is named by itself.
    for address in person.addresses:
        about |= Q(object_repr__iexact=address)
    return LogEntry.objects.filter(about)
