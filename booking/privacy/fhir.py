"""Records in the words of HL7 FHIR R5, where it has one; `Basic` where it has none.

Source: https://hl7.org/fhir/R5/. Times stay datetimes, so that each kind of file writes its own.
"""

from typing import Any

from booking.actors import name_of
from booking.models import (
    Appointment,
    AppointmentEvent,
    AppointmentStatus,
    AuditEntry,
    Channel,
    FollowUpArticle,
    LegalHold,
    MailOptOut,
    Message,
    MessageState,
    MoveRequest,
    MoveRequestStatus,
    Patient,
    PatientNote,
    Screening,
    WaitlistEntry,
    WaitlistOffer,
    WaitlistStatus,
)

Resource = dict[str, Any]


def _text(words: str | None) -> list[Resource]:
    """Return what FHIR writes as a list of concepts or notes: none if there are no words."""
    return [{"text": words}] if words else []


def _who(name: str) -> list[Resource]:
    return [{"who": {"display": name}}]


def _visit(one: Appointment) -> list[Resource]:
    return [{"reference": f"Appointment/{one.reference}"}]


COMMUNICATION_STATUS = {
    MessageState.QUEUED: "preparation",
    MessageState.SENDING: "in-progress",
    MessageState.SENT: "completed",
    MessageState.FAILED: "stopped",
    MessageState.BOUNCED: "stopped",
    MessageState.OUTDATED: "not-done",
}
TASK_STATUS = {
    MoveRequestStatus.OPEN: "requested",
    MoveRequestStatus.KEPT: "on-hold",
    MoveRequestStatus.MOVED: "completed",
    MoveRequestStatus.CANCELLED: "completed",
    MoveRequestStatus.CLOSED: "completed",
}


def patient(one: Patient) -> Resource:
    return {
        "resourceType": "Patient",
        "id": str(one.pk),
        "name": [{"text": one.name}],
        "telecom": [
            {"system": "email", "value": one.email},
            {"system": "phone", "value": str(one.phone), "extension": one.phone_extension},
        ],
        "created": one.created_at,
        "erased": one.erased_at,
    }


def appointment(one: Appointment) -> Resource:
    return {
        "resourceType": "Appointment",
        "id": str(one.reference),
        "status": one.status if one.status != AppointmentStatus.PENDING else "proposed",
        "serviceType": [{"concept": {"text": one.service.name}}],
        "start": one.starts_at,
        "end": one.ends_at,
        "participant": [
            {"actor": {"display": one.practitioner.full_name}},
            {"actor": {"display": one.location.name}},
        ],
        "reason": [{"concept": {"text": one.reason}}] if one.reason else [],
        "note": _text(one.medicines and f"Medicines: {one.medicines}"),
        "cameFromArticle": one.condition_slug,
        "patientTimeZone": one.own_zone,
        "messagesArePrivate": one.is_private,
        "wantsTextMessages": one.wants_texts,
        "sequence": one.sequence,
        "created": one.created_at,
        "booked": one.booked_at,
        "cancellationDate": one.cancelled_at,
        "cancelledBy": one.get_cancelled_by_display(),
    }


def consent(one: Appointment) -> Resource:
    return {
        "resourceType": "Consent",
        "status": "active",
        "decision": "permit",
        "category": _text("What the page “Privacy” says is kept about a visit"),
        "date": one.consented_at,
        "sourceReference": _visit(one),
    }


def event(one: AppointmentEvent) -> Resource:
    return {
        "resourceType": "Provenance",
        "target": _visit(one.appointment),
        "activity": {"text": one.get_kind_display()},
        "recorded": one.at,
        "agent": _who(one.by_name or one.by_role),
        "start": one.starts_at,
        "practitioner": one.practitioner.full_name,
        "previousStart": one.previous_starts_at,
        "previousPractitioner": one.previous_practitioner and one.previous_practitioner.full_name,
        "note": _text(one.note),
    }


def screening(one: Screening) -> Resource:
    return {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "basedOn": _visit(one.appointment),
        "questionnaire": one.ruleset,
        "authored": one.screened_at,
        "cameFromArticle": one.condition_slug,
        "item": [{"text": "Outcome", "answer": [{"value": one.outcome}]}],
    }


def message(one: Message) -> Resource:
    """Bodies are never stored. What went to the clinic itself names no address."""
    return {
        "resourceType": "Communication",
        "status": COMMUNICATION_STATUS[MessageState(one.state)],
        "statusReason": {"text": one.get_state_display()},
        "topic": {"text": one.get_kind_display()},
        "medium": _text(Channel(one.channel).label),
        "recipient": [{"display": "The clinic" if one.is_to_staff else one.address}],
        "about": _visit(one.appointment) if one.appointment else [],
        "created": one.created_at,
        "sent": one.sent_at,
        "cameBack": one.bounced_at,
        "tries": one.attempts,
        "serverAnswer": one.server_answer,
    }


def article(one: FollowUpArticle) -> Resource:
    return {
        "resourceType": "Basic",
        "code": {"text": "Article to read after the visit"},
        "subject": _visit(one.appointment),
        "title": str(one.condition),
    }


def move_request(one: MoveRequest) -> Resource:
    return {
        "resourceType": "Task",
        "code": {"text": "Asked to move a visit"},
        "status": TASK_STATUS[MoveRequestStatus(one.status)],
        "businessStatus": {"text": one.get_status_display()},
        "focus": _visit(one.appointment),
        "authoredOn": one.created_at,
        "requester": {"display": one.by_name},
        "answered": one.answered_at,
        "note": _text(one.note),
    }


def waitlist_entry(one: WaitlistEntry) -> Resource:
    return {
        "resourceType": "Appointment",
        "id": str(one.reference),
        "status": "waitlist" if one.is_on_the_list else "cancelled",
        "cancellationReason": {"text": WaitlistStatus(one.status).label},
        "serviceType": [{"concept": {"text": one.service.name}}],
        "requestedPeriod": [{"start": one.from_on, "end": one.until_on}],
        "timeOfDay": one.get_time_of_day_display(),
        "participant": [
            {"actor": {"display": str(one.practitioner or "Whoever is free")}},
            {"actor": {"display": one.location.name}},
        ],
        "name": one.name,
        "email": one.email,
        "phone": str(one.phone or ""),
        "phoneExtension": one.phone_extension,
        "consented": one.consented_at,
        "cameFromArticle": one.condition_slug,
        "created": one.created_at,
        "closed": one.closed_at,
        "note": _text(one.closing_note),
    }


def waitlist_offer(one: WaitlistOffer) -> Resource:
    return {
        "resourceType": "AppointmentResponse",
        "appointment": [{"reference": f"Appointment/{one.entry.reference}"}],
        "start": one.starts_at,
        "actor": {"display": one.practitioner.full_name},
        "participantStatus": one.get_outcome_display(),
        "offered": one.made_at,
        "keptUntil": one.expires_at,
    }


def opt_out(one: MailOptOut) -> Resource:
    return {
        "resourceType": "Consent",
        "status": "active",
        "decision": "deny",
        "category": _text("Mail after visits"),
        "grantor": [{"display": one.email}],
        "date": one.created_at,
    }


def desk_note(one: PatientNote) -> Resource:
    return {
        "resourceType": "Communication",
        "status": "entered-in-error" if one.struck_at else "completed",
        "sent": one.at,
        "sender": {"display": one.by_name},
        "note": _text(one.text),
    }


def legal_hold(one: LegalHold) -> Resource:
    return {
        "resourceType": "Flag",
        "status": "inactive" if one.lifted_at else "active",
        "code": {"text": "Legal hold: nothing is erased"},
        "reason": one.reason,
        "author": {"display": one.set_by_name},
        "period": {"start": one.set_at, "end": one.lifted_at},
        "note": _text(one.lifted_reason),
    }


def audit_entry(one: AuditEntry) -> Resource:
    return {
        "resourceType": "AuditEvent",
        "recorded": one.at,
        "action": one.get_kind_display(),
        "agent": _who(one.by_name),
        "note": _text(one.note),
    }


def log_entry(one: Any) -> Resource:
    return {
        "resourceType": "AuditEvent",
        "recorded": one.action_time,
        "action": one.get_change_message(),
        "agent": _who(name_of(one.user)),
        "entity": [{"what": {"display": one.object_repr}}],
    }
