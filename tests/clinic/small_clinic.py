"""A clinic that has a record of each model, for tests that open every page."""

from booking import time_off
from booking.models import (
    AuditEntry,
    BusyCalendar,
    LegalHold,
    MailOptOut,
    MessageWords,
    Practitioner,
    RetentionRule,
    RetentionRun,
)
from clinic.models import Clinic
from conditions.models import (
    EmptySearch,
    Feedback,
    GlossaryTerm,
    LinkCheck,
    MedicineClass,
    Review,
)
from tests.booking.factories import (
    DESK,
    NOW,
    book,
    local,
    make_closure,
    make_details,
    make_service,
    make_week,
    wait,
)
from tests.conditions.factories import (
    make_acupoint,
    make_live_condition,
    make_live_treatment,
    make_remedy,
    make_source,
)
from tests.conditions.pictures import make_image

NAME = "Wilhelmina Featherstone"


def fill_clinic():
    """Make a record for each model. The visit is not in the diary of the practitioner who signs in."""
    Clinic.objects.create()
    fill_library()
    Practitioner.objects.create(slug="dr-own", name="Dr. Own")
    service = make_service()
    make_week(service)
    details = make_details(name=NAME, email="wil@example.com")
    visit = book(service, starts_at=local(9, 10), details=details)
    wait(service, details=details)
    closure = make_closure(local(9, 9), local(9, 12))
    time_off.ask_to_move(visit, closure=closure, now=NOW, by=DESK)
    BusyCalendar.objects.create(
        practitioner=service.practitioner, url="https://calendar.example.org/s.ics"
    )
    MailOptOut.objects.create(email="wil@example.com")
    MessageWords.objects.create(key="reminder", heading="See you soon")
    AuditEntry.objects.create(at=NOW, by_name="Pat Desk", kind="saw")
    LegalHold.objects.create(
        patient=visit.patient, reason="A lawsuit", set_at=NOW, set_by_name="Olga Owner"
    )
    rule = RetentionRule.objects.create(kind="messages", keep_months=12)
    RetentionRun.objects.create(rule=rule, at=NOW, older_than=NOW, keep_months=12, count=1)


def fill_library():
    """Make an article of each kind, and a record of all that articles share."""
    condition = make_live_condition()
    treatment = make_live_treatment()
    for kind in ("herb", "food", "nutrient"):
        make_remedy(kind=kind, treatment=treatment)
    make_acupoint(treatment=treatment)
    make_source()
    MedicineClass.objects.create(slug="thinners", name="Blood thinners")
    GlossaryTerm.objects.create(term="twitch", definition="A flicker.")
    make_image()
    EmptySearch.objects.create(query="itch", last_on=NOW.date())
    Feedback.objects.create(condition=condition, was_helpful=True, sent_on=NOW.date())
    LinkCheck.objects.create(url="https://example.org/", checked_at=NOW, is_alive=True)
    Review.objects.create(
        revision=condition.revisions.get(), reviewer="Dr. Lisanti", reviewed_on=NOW.date()
    )
