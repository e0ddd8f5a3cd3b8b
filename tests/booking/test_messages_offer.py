"""The mail that offers a time to someone who waits."""

import email
import email.policy
from datetime import timedelta

import pytest
import time_machine
from django.core import mail as outbox

from booking import tasks
from booking.errors import MessageOutdated
from booking.messages import build_mail
from booking.models import Appointment, Message, Practitioner
from tests.conditions.inert import ATTACK, SHORT_ATTACK
from tests.html_tree import parse

from .factories import NOW, local, make_details, offer_times, wait, wait_to_move
from .waiting import MONDAY, cancel, make_full_service

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _site_url(settings):
    settings.SITE_URL = "https://clinic.example.org"


@pytest.fixture
def service():
    return make_full_service()


def offer_mail(service):
    """Free Monday, 9 am, and return the mail that offers it."""
    cancel(service, MONDAY)
    offer_times()
    return build_mail(Message.objects.get(kind="offer"), now=NOW)


def test_it_says_when_until_when_and_where_to_answer(service):
    entry = wait(service, condition="secret-article")

    mail = offer_mail(service)

    link = f"https://clinic.example.org/waitlist/{entry.reference}/"
    assert mail.to == ["ana@example.com"]
    assert mail.subject == "A time is free: Monday, December 14, 9:00 am"
    assert mail.body.startswith(
        "A time is free for you\n\n"
        "Hello Ana Example, you asked us to tell you. We keep this time for you\n"
        "until Monday, December 7, 10:00 am.\n\n"
        "Monday, December 14, 9:00 am to 10:00 am\n"
        "Clinic time: Eastern (EST)\n"
        f"With {service.practitioner.full_name}\n"
        "100 Sample Street\n\n"
        f"Take it, let it go, or leave the list:\n{link}\n\n"
    )
    page = parse(mail.alternatives[0].content)
    assert page.one("a", class_="on-fill").get("href") == link
    assert "until Monday, December 7, 10:00 am" in page.text
    assert "Reference" not in page.text
    assert [a.mimetype for a in mail.alternatives] == ["text/html"]
    assert "secret-article" not in mail.message().as_string()


def test_it_says_that_a_visit_stays_until_another_time_is_taken(service):
    wait_to_move(Appointment.objects.get(starts_at=local(21, 10)))

    mail = offer_mail(service)

    stays = "Your visit on Monday, December 21, 10:00 am stays as it is until then."
    assert stays in " ".join(mail.body.split())
    assert stays in parse(mail.alternatives[0].content).text


@pytest.mark.parametrize("is_private", [True, False])
def test_to_move_a_private_visit_it_leaves_out_what_its_practitioner_treats_with(
    service, is_private
):
    Practitioner.objects.update(credentials="LAc")
    visit = Appointment.objects.get(starts_at=local(21, 10))
    wait_to_move(visit)
    Appointment.objects.update(is_private=is_private)

    mail = offer_mail(service)

    texts = (mail.body, mail.alternatives[0].content)
    assert ["LAc" in text for text in texts] == [not is_private] * 2


def test_words_in_it_are_no_markup(service):
    wait(service, details=make_details(name=f"{SHORT_ATTACK}\n{ATTACK[:100]}"[:200]))

    raw = offer_mail(service).message().as_bytes(policy=email.policy.SMTP)

    mail = email.message_from_bytes(raw, policy=email.policy.default)
    page = parse(mail.get_body(("html",)).get_content())
    assert {node.tag for node in page.all()} & {"x-evil", "script", "img", "svg", "form"} == set()
    assert mail["Bcc"] is mail["Cc"] is None
    assert "x-evil" not in mail["Subject"]


@pytest.mark.django_db(transaction=True)
def test_it_leaves_and_is_sent_again_only_while_the_time_is_kept(service, run_worker):
    wait(service)
    cancel(service, MONDAY)
    offer_times()
    run_worker()
    message = Message.objects.get(kind="offer")

    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        tasks.send_again(message.pk, now=NOW)
    run_worker()
    with time_machine.travel(local(7, 10), tick=False), pytest.raises(MessageOutdated):
        tasks.send_again(message.pk, now=NOW)

    offers = [mail for mail in outbox.outbox if mail.subject.startswith("A time is free")]
    assert len(offers) == 2
