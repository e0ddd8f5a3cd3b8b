"""What is written about a visit, and about the clinic, stays words in every mail."""

import email
import email.policy

import pytest

from booking.messages import build_mail
from booking.models import Message
from clinic.models import Clinic
from tests.conditions.inert import ATTACK, SHORT_ATTACK
from tests.html_tree import parse

from .factories import (
    NOW,
    local,
    make_appointment,
    make_location,
    make_patient,
    make_practitioner,
    make_service,
)

pytestmark = pytest.mark.django_db
FORBIDDEN = {"x-evil", "script", "img", "svg", "iframe", "object", "form", "textarea"}


@pytest.fixture(autouse=True)
def _site_url(settings):
    settings.SITE_URL = "https://clinic.example.org"


def make_mail(kind):
    """Return a mail about a visit with the attack wherever a person could have written it."""
    Clinic.objects.create(
        name=SHORT_ATTACK, street=ATTACK[:200], city=SHORT_ATTACK, parking=ATTACK,
        email="hello@clinic.example", emergency_number=SHORT_ATTACK[:15],
    )  # fmt: skip
    service = make_service(
        practitioner=make_practitioner(name=SHORT_ATTACK, title=SHORT_ATTACK),
        location=make_location(name=SHORT_ATTACK, address=ATTACK[:200]),
        name=SHORT_ATTACK,
        what_to_bring=f"{ATTACK}\n{SHORT_ATTACK}",
    )
    visit = make_appointment(
        service,
        local(8, 10, 30),
        patient=make_patient(name=ATTACK[:200]),
        reason=ATTACK,
        medicines=ATTACK,
        condition_slug="secret-article",
        **({"status": "cancelled"} if kind == "cancellation" else {}),
    )
    message = Message.objects.create(
        appointment=visit, kind=kind, to_email="ana@example.com", sequence=0, message_id="<1@x>"
    )
    mail = build_mail(message, now=NOW).message().as_bytes(policy=email.policy.SMTP)
    return email.message_from_bytes(mail, policy=email.policy.default)


KINDS = pytest.mark.parametrize("kind", ["confirmation", "cancellation"])


@KINDS
def test_words_in_a_mail_are_no_markup(kind):
    mail = make_mail(kind)

    page = parse(mail.get_body(("html",)).get_content())
    links = {(node.get("href") or "").partition(":")[0] for node in page.all("a")}
    assert {node.tag for node in page.all()} & FORBIDDEN == set()
    assert [name for node in page.all() for name in node.attributes if name.startswith("on")] == []
    assert links <= {"https", "tel", "mailto"}
    assert "<x-evil onx=1>" in page.text


@KINDS
def test_words_in_a_mail_add_no_header_and_no_part(kind):
    mail = make_mail(kind)

    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar",
        "application/ics",
    ]  # fmt: skip
    assert mail["To"] == "ana@example.com"
    assert "x-evil" not in mail["Subject"]
    assert mail["Bcc"] is mail["Cc"] is None


@KINDS
def test_mail_names_no_article(kind):
    mail = make_mail(kind)

    parts = [part.get_content() for part in mail.walk() if not part.is_multipart()]
    assert not any("secret-article" in str(part) for part in parts)
