"""Of every model it is known for how long what it holds is kept."""

import pytest
from django.apps import apps

from booking.privacy.retention import KINDS

from .factories import NOW

OURS = ("booking", "clinic", "conditions")
# What no retention rule is about, by model, and why. A model that notes what people do goes into
# `KINDS` of booking/privacy/retention.py instead.
KEPT = {
    "booking.Appointment": "Goes with the patient; its words have a rule of their own.",
    "booking.AppointmentEvent": "The history of the visits; its notes go with the patient.",
    "booking.Attempt": "Goes within a day.",
    "booking.AuditEntry": "Who saw or changed what is kept for good.",
    "booking.FollowUpArticle": "Goes with the patient.",
    "booking.LegalHold": "Kept for good.",
    "booking.MailOptOut": "A wish not to be mailed holds until it is taken back.",
    "booking.MoveAlternative": "Goes with the question.",
    "booking.MoveRequest": "Its notes go with the patient.",
    "booking.PatientMerge": "Numbers alone, which lead old addresses to the record that stayed.",
    "booking.PatientNote": "Goes with the patient.",
    "booking.RetentionRun": "What was let go of is kept for good.",
    "booking.ScreeningStop": "Counts of days, without a person.",
    "booking.WaitlistOffer": "Goes with the place on the waiting list.",
    "clinic.Confirmed": "Which of the clinic’s facts a member of staff found right.",
    "clinic.Export": "Goes within a day, with its file; one that names persons once one is erased.",
    "clinic.SealingCheck": "A sentence for each key.",
}
RULED = {
    *("booking.Patient", "booking.Screening", "booking.Message", "booking.WaitlistEntry"),
    *("clinic.SignIn", "conditions.Feedback", "conditions.EmptySearch"),
}
# The clinic's own: what it offers, says and was told by nobody.
ITS_OWN = {
    *("AvailableTime", "BusyCalendar", "CatalogueState", "Location", "MessageWords"),
    *("NotAvailableTime", "Practitioner", "RetentionRule", "Service"),
    *("Service_practitioners", "Service_other_locations", "Service_follow_up_articles"),
}


def test_every_model_has_a_retention_rule_or_a_reason():
    models_of_ours = {
        model._meta.label
        for name in OURS
        for model in apps.get_app_config(name).get_models(include_auto_created=True)
        # Articles are the clinic's own work.
        if name != "conditions" or model.__name__ in ("Feedback", "EmptySearch")
    }
    own = {f"booking.{name}" for name in ITS_OWN} | {"clinic.Clinic"}

    unnamed = models_of_ours - own - set(KEPT) - RULED

    assert unnamed == set(), (
        f"for how long is {unnamed} kept? Add it to KINDS in booking/privacy/retention.py and here to "
        "RULED, or here to KEPT with the reason"
    )


@pytest.mark.django_db
def test_the_rules_are_about_what_is_named_here():
    ruled = {find(NOW, NOW).model._meta.label for kind in KINDS.values() for find in kind.finds}

    assert ruled == RULED | {"booking.Appointment"}
