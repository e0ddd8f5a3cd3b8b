"""What not to wait with, in every mail about a visit and on the patient's own pages."""

from functools import partial

import pytest
from django.urls import reverse

from booking import time_off, waitlist
from booking.messages import build_mail
from booking.models import TO_STAFF, Message, MessageKind, Service, WaitlistEntry
from clinic.models import Clinic
from conditions.models import CareLevel
from tests.html_tree import parse

from .factories import DESK, NOW, local, make_appointment, make_service, offer_times, wait
from .journeys import make_red_flag
from .waiting import MONDAY, cancel, make_full_service

pytestmark = pytest.mark.django_db

KINDS = pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind not in TO_STAFF])
SIGNS = ["Slurred speech", "Fainting, a blackout & more"]


@pytest.fixture(autouse=True)
def site_url(settings):
    settings.SITE_URL = "https://clinic.example.org"


@pytest.fixture
def signs():
    for position, label in enumerate(SIGNS):
        make_red_flag(f"sign.{position}", CareLevel.EMERGENCY, label=label, position=position)
    make_red_flag(
        "crisis", CareLevel.EMERGENCY, label="Dark thoughts", statement="{crisis}", position=9
    )
    make_red_flag("of.an.article", CareLevel.EMERGENCY, label="One topic only", is_global=False)
    make_red_flag("of.today", CareLevel.URGENT, label="Seen today")
    make_red_flag("switched.off", CareLevel.EMERGENCY, label="Not in use", is_active=False)


def make_visit(**kwargs):
    return make_appointment(make_service(), local(8, 10), condition_slug="spasms", **kwargs)


def bodies(kind):
    return bodies_of(find_mail(kind))


def find_mail(kind):
    """Make what a mail of this kind is about; return the mail."""
    if kind == "offer":
        return make_offer()
    if kind == "waiting":
        wait(make_full_service())
        return Message.objects.get(kind=kind)
    visit = make_visit(**({"status": "cancelled"} if kind == "cancellation" else {}))
    return Message.objects.create(
        appointment=visit,
        kind=kind,
        to_email="ana@example.com",
        sequence=0,
        message_id="<1@x>",
        lead_minutes=120 if kind == "reminder" else None,
    )


def make_offer():
    """Free the only time while somebody waits; return the mail that offers it."""
    service = make_full_service()
    wait(service)
    cancel(service, MONDAY)
    offer_times()
    return Message.objects.get(kind="offer")


def bodies_of(message):
    mail = build_mail(message, now=NOW)
    return mail.body, parse(mail.alternatives[0].content.encode())


@KINDS
def test_every_mail_lists_the_emergencies_of_the_whole_clinic(signs, kind):
    text, page = bodies(kind)

    assert "call 911 now for any of these. - Slurred speech" in " ".join(text.split())
    assert "\n\n- Slurred speech\n- Fainting, a blackout & more\n\nDark thoughts: call" in text
    assert "Dark thoughts: call or text 988, day or night.\n\nQuestions?" in text
    listed = page.all("ul")[-1]
    assert [item.text for item in listed.all("li")] == SIGNS
    tels = [link.get("href") for link in page.all("a") if link.get("href").startswith("tel:")]
    own = f"tel:{Clinic.objects.current().phone}"
    assert [tel for tel in tels if tel != own] == ["tel:911", "tel:988"]
    assert "Dark thoughts: call or text 988, day or night." in page.text


@KINDS
def test_no_mail_lists_what_belongs_to_an_article_or_is_no_emergency(signs, kind):
    text, page = bodies(kind)

    for other in ("One topic only", "Seen today", "Not in use", "spasms"):
        assert other not in text
        assert other not in page.text


@KINDS
def test_a_mail_without_signs_says_whom_to_call(kind):
    text, page = bodies(kind)

    said = "if it may be an emergency: call 911 now. In a crisis, call or text 988"
    assert said in " ".join(text.split())
    assert said in page.text


def url_of_a_visit(name):
    return reverse(f"booking:{name}", args=[make_visit().reference])


def url_of_a_choice():
    visit = make_visit()
    time_off.ask_to_move(visit, closure=None, now=NOW, by=DESK)
    return reverse("booking:appointment-choose", args=[visit.reference])


def url_of_an_offer():
    make_offer()
    return WaitlistEntry.objects.get().get_absolute_url()


def url_of_an_entry_that_is_over():
    entry = wait(make_full_service())
    waitlist.leave(reference=entry.reference, now=NOW)
    return entry.get_absolute_url()


@pytest.mark.parametrize(
    "make_url",
    [
        partial(url_of_a_visit, "appointment"),
        partial(url_of_a_visit, "appointment-cancel"),
        partial(url_of_a_visit, "appointment-reschedule"),
        partial(url_of_a_visit, "waitlist-earlier"),
        url_of_a_choice,
        url_of_an_offer,
        url_of_an_entry_that_is_over,
    ],
    ids=["visit", "cancel", "reschedule", "earlier", "choice", "offer", "over"],
)
def test_the_patients_pages_list_the_same_signs(client, signs, monday_morning, make_url):
    page = parse(client.get(make_url()).content)

    labels = [item.text for item in page.one("main").all("li")]
    assert [label for label in labels if label in SIGNS] == SIGNS
    assert {"One topic only", "Seen today", "Not in use"}.isdisjoint(labels)
    assert "Dark thoughts: call or text 988, day or night." in page.one("main").text


def test_the_patients_page_without_signs_says_whom_to_call(client):
    page = parse(client.get(make_visit().get_absolute_url()).content)

    assert "if it may be an emergency. Call 911 now." in page.one("main").text


@KINDS
def test_every_mail_carries_the_line_of_the_service(kind):
    mail = find_mail(kind)
    Service.objects.update(emergency_line="Call 911 if your chest & arm hurt.")

    text, page = bodies_of(Message.objects.get(pk=mail.pk))

    assert "Call 911 if your chest & arm hurt." in text
    assert "Call 911 if your chest & arm hurt." in page.text
