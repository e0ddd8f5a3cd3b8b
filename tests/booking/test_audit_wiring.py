"""Whatever the admin shows or changes of patients and visits stands in the audit."""

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Permission, User
from django.db import IntegrityError
from django.urls import reverse

from booking import time_off
from booking.models import (
    Appointment,
    AuditEntry,
    BusyCalendar,
    LegalHold,
    MailOptOut,
    Message,
    MessageWords,
    MoveRequest,
    NotAvailableTime,
    Patient,
    RetentionRule,
    RetentionRun,
    WaitlistEntry,
)

from .desk import draw, move, send, signed_in
from .factories import (
    DESK,
    NOW,
    book,
    local,
    make_appointment,
    make_available_time,
    make_closure,
    make_details,
    wait_to_move,
)

# The clock stops before anybody signs in.
pytestmark = [pytest.mark.usefixtures("monday_morning"), pytest.mark.django_db]

EMAIL, NAME, PHONE = "zelda@example.com", "Zelda Quill", "(212) 555-0187"
# The patient's own pages have tests of their own; the audit is not about itself.
# Retention names nobody, and its pages are of rules.
ELSEWHERE = {Patient, AuditEntry, RetentionRule, RetentionRun}
RECORDS = [
    model
    for model in admin.site._registry
    if model._meta.app_label == "booking" and model not in ELSEWHERE
]


@pytest.fixture
def visit(bookable_service):
    """A visit of Zelda, who was asked to move, waits for an earlier time, and wants no mail."""
    make_available_time(bookable_service, weekday=1)
    details = make_details(name=NAME, email=EMAIL, phone="+12125550187")
    visit = book(bookable_service, starts_at=local(15, 10), details=details)
    closure = make_closure(local(15, 10), local(15, 11))
    time_off.ask_to_move(visit, closure=closure, now=NOW, by=DESK)
    wait_to_move(visit)
    MailOptOut.objects.create(email=EMAIL)
    LegalHold.objects.create(
        patient=visit.patient, reason="A lawsuit", set_at=NOW, set_by_name="Olga Owner"
    )
    MessageWords.objects.create(key="reminder", heading="See you soon")
    url = "https://calendar.example.org/secret.ics"
    BusyCalendar.objects.create(practitioner=visit.practitioner, url=url)
    return visit


def entries(browser, url, data=None):
    """Return what the audit notes meanwhile: kind, visit, words."""
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    response = browser.get(url) if data is None else browser.post(url, data)
    assert not response.get("Location", "").startswith("/admin/login/")
    noted = AuditEntry.objects.exclude(pk__in=before).order_by("pk")
    return list(noted.values_list("kind", "visit_number", "note"))


def names_somebody(text, visit):
    return any(mark in text for mark in (NAME, EMAIL, PHONE, visit.spoken_reference))


def record_of(model, visit):
    return visit if model is Appointment else model.objects.latest("pk")


@pytest.mark.parametrize("model", RECORDS)
def test_every_page_that_names_somebody_notes_who_looked(admin_client, visit, model):
    for address in admin.site._registry[model].get_urls():
        # What the agenda asks by itself says only whether something changed.
        if not address.name or address.name.endswith(("preview", "agenda_state")):
            continue
        needs_record = "<" in str(address.pattern)
        url = reverse(
            f"admin:{address.name}", args=[record_of(model, visit).pk] if needs_record else []
        )
        looks = AuditEntry.objects.filter(kind="saw")
        before = looks.count()

        shown = admin_client.get(url)

        assert shown.status_code in (200, 403, 405), url
        names = shown.status_code == 200 and names_somebody(shown.text, visit)
        assert looks.count() > before or not names, url


LOOKS = [
    ("appointment_changelist", None, "list of appointments, page 1"),
    ("appointment_change", Appointment, "appointment, its page"),
    ("appointment_history", Appointment, "appointment, its history"),
    ("appointment_move", Appointment, "appointment, to be moved"),
    ("appointment_articles", Appointment, "appointment, articles to read"),
    ("appointment_calendar", Appointment, "appointment, its calendar files"),
    ("message_changelist", None, "list of messages, page 1"),
    ("message_change", Message, "message {pk}, its page"),
    ("moverequest_changelist", None, "list of time off: waiting for an answer, page 1"),
    ("moverequest_change", MoveRequest, "patient asked to move {pk}, its page"),
    ("waitlistentry_changelist", None, "list of places on the waiting list, page 1"),
    ("waitlistentry_change", WaitlistEntry, "place on the waiting list {pk}, its page"),
    ("mailoptout_changelist", None, "list of addresses without mail after visits, page 1"),
    (
        "mailoptout_delete",
        MailOptOut,
        "address without mail after visits {pk}, before it is deleted",
    ),
    ("notavailabletime_change", NotAvailableTime, "appointment, in a closure"),
]


@pytest.mark.parametrize(("name", "model", "words"), LOOKS, ids=[look[0] for look in LOOKS])
def test_a_look_says_at_what(admin_client, visit, name, model, words):
    record = record_of(model, visit) if model else None
    url = reverse(f"admin:booking_{name}", args=[record.pk] if record else [])

    noted = entries(admin_client, url)

    about = visit.pk if model not in (None, MailOptOut) else None
    assert noted == [("saw", about, words.format(pk=record and record.pk))]


def test_a_list_is_one_entry_that_says_which_page(admin_client, visit, service):
    admin.site._registry[Message].list_per_page = 1
    try:
        noted = entries(admin_client, "/admin/booking/message/?p=2")
    finally:
        admin.site._registry[Message].list_per_page = 50

    assert noted == [("saw", None, "list of messages, page 2")]


def test_who_is_found_for_a_caller_is_noted(admin_client, visit):
    response = draw(admin_client, find="quill")

    assert NAME in response.text
    entry = AuditEntry.objects.get()
    assert (entry.patient_number, entry.note) == (
        visit.patient_id,
        "patient, found for a booking by phone",
    )


def test_what_is_in_the_way_of_a_time_is_noted(admin_client, visit):
    url = reverse("admin:booking_service_why")
    query = f"?service={visit.service_id}&day=2026-12-15&at=10:00"

    noted = entries(admin_client, url + query)

    assert noted == [("saw", visit.pk, "appointment, in the way of a time")]


def test_a_preview_on_a_real_visit_is_noted(admin_client, visit):
    page = reverse("admin:booking_messagewords_change", args=["reminder"])
    preview = reverse("admin:booking_messagewords_preview", args=["reminder"])
    posted = {"heading": "Soon", "visit": str(visit.reference), "part": "mail"}

    assert entries(admin_client, page) == [("saw", None, "visits to try words out on")]
    assert entries(admin_client, preview, posted) == [
        ("saw", visit.pk, "appointment, in a preview of words")
    ]


YES = {"confirmed": "yes", "note": "By phone", "asked_by": "patient"}
# Each action of each admin, and what it notes as done; what asks first notes that, too.
ACTIONS = {
    ("appointment", "mark_arrived"): ("appointment: Marked as “Arrived”.", None),
    ("appointment", "mark_fulfilled"): ("appointment: Marked as “Done”.", None),
    ("appointment", "mark_no_show"): ("appointment: Marked as “Did not come”.", None),
    ("appointment", "mark_booked"): (None, None),
    ("appointment", "cancel"): (
        "appointment: Marked as “Cancelled”.",
        "appointment, before it is cancelled",
    ),
    ("message", "send_again"): ("message {pk}: Sent again.", None),
    ("moverequest", "settle"): (
        "patient asked to move {pk}: Settled by phone.",
        "patient asked to move {pk}, before it is settled",
    ),
    ("moverequest", "send_again"): (
        "appointment: Asked to choose another time.",
        "patient asked to move {pk}, before the link is sent again",
    ),
    ("waitlistentry", "take_off"): (
        "place on the waiting list {pk}: Taken off the list.",
        "place on the waiting list {pk}, before it is taken off",
    ),
    ("notavailabletime", "ask_patients"): (None, None),
    ("practitioner", "renew_feed"): (None, None),
}
OF_PERSONS = {
    (model._meta.model_name, action)
    for model in (Appointment, Message, MoveRequest, WaitlistEntry, NotAvailableTime, MailOptOut)
    for action in admin.site._registry[model].actions or ()
}


def test_every_action_on_records_of_persons_is_in_the_table():
    assert ACTIONS.keys() >= OF_PERSONS


@pytest.mark.parametrize(("name", "action"), [key for key, words in ACTIONS.items() if words[0]])
def test_an_action_notes_what_it_asks_and_what_it_does(admin_client, visit, name, action):
    done, asked = ACTIONS[name, action]
    model = next(one for one in RECORDS if one._meta.model_name == name)
    record = record_of(model, visit)
    if model is Message:
        Message.objects.update(state="sent", sent_at=NOW)
        record = visit.messages.earliest("pk")
    url = reverse(f"admin:booking_{name}_changelist")
    posted = {"action": action, ACTION_CHECKBOX_NAME: record.pk}
    if action in ("mark_arrived", "mark_fulfilled", "mark_no_show"):
        Appointment.objects.filter(pk=visit.pk).update(
            **{field: local(7, 6 + n) for n, field in enumerate(("starts_at", "ends_at"))},
            busy_from=local(7, 6),
            busy_until=local(7, 7),
        )
        url += "?day=all"

    if asked:
        assert entries(admin_client, url, posted) == [("saw", visit.pk, asked.format(pk=record.pk))]
    seen = {"seen": f"{visit.reference} {visit.sequence}"}
    assert entries(admin_client, url, posted | YES | seen) == [
        ("changed", visit.pk, done.format(pk=record.pk))
    ]


@pytest.mark.parametrize("across", [{}, {"select_across": "1"}], ids=["one", "all of the list"])
@pytest.mark.parametrize("model", RECORDS)
def test_the_question_before_chosen_records_are_deleted_is_noted(
    admin_client, visit, model, across
):
    record = record_of(model, visit)
    url = reverse(f"admin:booking_{model._meta.model_name}_changelist")
    looks = AuditEntry.objects.filter(kind="saw")

    posted = {"action": "delete_selected", ACTION_CHECKBOX_NAME: record.pk} | across
    asked = admin_client.post(url, posted)

    noted = list(looks.values_list("note", flat=True))
    assert noted or asked.status_code != 200 or not names_somebody(asked.text, visit)
    if model is MailOptOut:
        assert EMAIL in asked.text
        assert noted == [f"address without mail after visits {record.pk}, before it is deleted"]


def test_a_visit_booked_by_phone_is_noted(admin_client, bookable_service):
    send(admin_client, local(14, 10))

    visit = Appointment.objects.get()
    noted = AuditEntry.objects.values_list("kind", "patient_number", "visit_number", "note")
    assert list(noted) == [("changed", visit.patient_id, visit.pk, "appointment: Booked by phone.")]


def test_a_moved_visit_is_noted(admin_client, visit):
    move(admin_client, visit, local(14, 9))

    words = list(AuditEntry.objects.order_by("pk").values_list("kind", "note"))
    assert words == [("saw", "appointment, to be moved"), ("changed", "appointment: Moved.")]


def test_other_articles_are_noted(admin_client, visit):
    url = reverse("admin:booking_appointment_articles", args=[visit.pk])

    assert entries(admin_client, url, {}) == [
        ("changed", visit.pk, "appointment: To read after the visit: as for the service.")
    ]


def test_a_message_sent_again_from_the_visits_page_is_noted(admin_client, visit):
    message = visit.messages.earliest("pk")
    Message.objects.update(state="sent", sent_at=NOW)
    url = reverse("admin:booking_appointment_change", args=[visit.pk])

    assert entries(admin_client, url, {"_send_again": message.pk}) == [
        ("changed", visit.pk, f"message {message.pk}: Sent again.")
    ]


def test_an_address_without_mail_is_noted_when_it_comes_and_goes(admin_client, visit):
    added = entries(admin_client, reverse("admin:booking_mailoptout_add"), {"email": "a@b.example"})
    entry = MailOptOut.objects.latest("pk")
    url = reverse("admin:booking_mailoptout_delete", args=[entry.pk])

    name = f"address without mail after visits {entry.pk}"
    assert added == [("changed", None, f"{name}: Added.")]
    assert entries(admin_client, url, {"post": "yes"}) == [("changed", None, f"{name}: Deleted.")]


CLOSURE = {
    "first_on": "2026-12-14",
    "last_on": "2026-12-14",
    "from_time": "",
    "until_time": "",
    "practitioner": "",
    "location": "",
    "reason": "Ill",
}


def test_a_closure_notes_whom_it_shows_and_whom_it_asks(admin_client, bookable_service):
    visit = make_appointment(bookable_service, local(14, 10))
    url = reverse("admin:booking_notavailabletime_add")
    answer = {"visits": "send", "seen": visit.pk, "ask": visit.pk}

    assert entries(admin_client, url, CLOSURE) == [("saw", visit.pk, "appointment, in a closure")]
    assert entries(admin_client, url, CLOSURE | answer) == [
        ("changed", visit.pk, "appointment: Asked to choose another time.")
    ]


def test_a_change_that_cannot_be_noted_is_not_made(admin_client, visit, monkeypatch):
    def fail(*args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr("booking.audit.note_many", fail)
    admin_client.raise_request_exception = False
    url = reverse("admin:booking_appointment_changelist")
    posted = {"action": "cancel", ACTION_CHECKBOX_NAME: visit.pk} | YES

    admin_client.post(url, posted | {"seen": f"{visit.reference} {visit.sequence}"})

    visit.refresh_from_db()
    assert visit.status == "booked"


def test_a_page_of_nothing_leaves_no_entry(admin_client):
    for name in ("change", "history"):
        admin_client.get(reverse(f"admin:booking_appointment_{name}", args=[0]))

    assert not AuditEntry.objects.exists()


def test_whoever_may_not_see_a_page_leaves_no_entry(visit):
    browser = signed_in("view_service")

    assert (
        browser.get(reverse("admin:booking_appointment_change", args=[visit.pk])).status_code == 403
    )

    assert not AuditEntry.objects.exists()


def test_a_practitioner_sees_no_page_of_another_diary(client, visit):
    user = User.objects.create_user("nora", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["view_appointment", "change_appointment"])
    )
    client.force_login(user)
    pages = ("change", "move", "articles", "calendar")

    answers = {
        page: client.get(reverse(f"admin:booking_appointment_{page}", args=[visit.pk])).status_code
        for page in pages
    }

    # Django's own page leads back to the index.
    assert answers == {"change": 302, "move": 404, "articles": 404, "calendar": 404}
    assert not AuditEntry.objects.exists()
