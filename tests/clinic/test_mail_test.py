"""The mail test: one real mail, and what the server answered in plain words."""

import logging
import threading

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone

from booking.admin.first_day import first_day
from clinic import mail_test
from clinic.environment import eml_files, parse_email_url
from clinic.models import Confirmed
from tests.booking.factories import NOW
from tests.html_tree import parse

from .mail_servers import Box, free_port, play, serve

pytestmark = pytest.mark.django_db

TO = "wilhelmina@clinic.example"
PASSWORD = "correct-horse-battery"


@pytest.fixture
def owner(client):
    client.force_login(User.objects.create_superuser("owner", email="owner@harbor.example"))
    return client


@pytest.fixture
def use(settings):
    """Return a function that says by which server mail leaves."""

    def run(url):
        settings.MAILERS = {"default": parse_email_url(url)}

    return run


def try_it(owner, to=TO):
    """Press the button, and return what the page says then."""
    page = owner.post(reverse("first-day-mail"), {"to": to}, follow=True)
    (said,) = parse(page.content.decode()).all("ul", class_="messagelist")
    return said.text


def mail_step():
    return first_day(NOW)[-1]


def test_one_mail_leaves_and_the_answer_is_kept(owner, use):
    box = Box()

    with serve(box) as port:
        use(f"smtp://localhost:{port}?timeout=2")
        said = try_it(owner)
        (mail,) = box.mails
        assert mail_step().is_done

    assert "The mail server took the mail." in said
    assert "“250 2.0.0 OK queued as 4F7A”" in said
    assert (mail["To"], mail["Subject"]) == (TO, "A test of the clinic’s mail")
    kept = Confirmed.objects.get()
    assert (kept.step, kept.note, kept.by_name) == ("mail", "250 2.0.0 OK queued as 4F7A", "owner")
    page = owner.get(reverse("first-day")).content.decode()
    assert "Mail works: tested on" in page
    assert "250 2.0.0 OK queued as 4F7A" in page


def test_another_server_has_to_be_tried_anew(owner, use):
    with serve(Box()) as port:
        use(f"smtp://localhost:{port}?timeout=2")
        try_it(owner)

    use("smtp://mail.example.org")

    assert not mail_step().is_done


def test_it_goes_to_oneself_unless_told_otherwise(owner):
    page = owner.get(reverse("first-day"))

    field = parse(page.content.decode()).one("input", name="to")
    assert field.get("value") == "owner@harbor.example"


def test_a_wrong_address_is_said_beside_the_field_and_nothing_leaves(owner, mailoutbox):
    page = owner.post(reverse("first-day-mail"), {"to": "nobody"})

    assert page.status_code == 200
    assert parse(page.content.decode()).one("input", name="to").get("aria-invalid") == "true"
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("box", "words"),
    [
        (
            Box(recipient=f"550 5.1.1 no such user {TO}"),
            "refused the mail, with code 550. It answered: “550 5.1.1 no such user [address]”. "
            "The address does not exist: correct it.",
        ),
        (Box(data="554 5.7.1 looks like spam"), "refused the mail, with code 554."),
        (Box(recipient="452 4.2.2 mailbox full"), "Their mailbox is full"),
        (Box(data="421 4.3.0 going down"), "Their mail server is busy"),
    ],
    ids=["no such user", "spam", "full", "busy"],
)
def test_a_refusal_is_said_with_its_code_and_what_to_do(owner, use, box, words):
    with serve(box) as port:
        use(f"smtp://localhost:{port}?timeout=2")
        said = try_it(owner)

    assert words in said
    assert "wilhelmina" not in said
    assert not Confirmed.objects.exists()


def refuse_the_password(server):
    server.say("220 mail.example ESMTP")
    server.file.readline()
    server.connection.sendall(b"250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n")
    while line := server.file.readline():
        if line.upper().startswith(b"AUTH PLAIN"):
            server.say(f"535 5.7.8 no, {PASSWORD} is wrong")
        else:
            server.say("535 5.7.8 wrong")


def hang_up_at_once(server):
    pass


def refuse_the_sender(server):
    server.say("220 mail.example ESMTP")
    server.file.readline()
    server.say("250 mail.example")
    server.file.readline()
    server.say("553 5.7.1 not your address")
    server.file.readline()


def say_nothing(server):
    server.wait()


@pytest.mark.parametrize(
    ("script", "user", "words"),
    [
        (refuse_the_password, f"us:{PASSWORD}@", "refuses the user name or the password"),
        (hang_up_at_once, "", "answered too late, or hung up"),
        (say_nothing, "", "answered too late, or hung up"),
        (refuse_the_sender, "", "does not take mail from our address. Set DEFAULT_FROM_EMAIL"),
    ],
)
def test_what_is_wrong_on_our_side_is_said_without_the_password(owner, use, script, user, words):
    with play(script) as port:
        use(f"smtp://{user}localhost:{port}?timeout=1")
        said = try_it(owner)

    assert words in said
    assert PASSWORD not in said
    assert not Confirmed.objects.exists()


def test_a_server_without_a_sign_in_is_told(owner, use):
    with serve(Box()) as port:
        use(f"smtp://us:{PASSWORD}@localhost:{port}?timeout=2")

        assert "does not offer what EMAIL_URL asks for" in try_it(owner)


def test_a_certificate_that_nobody_vouches_for_is_told(owner, use):
    with serve(Box(), security="tls") as port:
        use(f"smtp://localhost:{port}?tls=true&timeout=2")

        assert "shows a certificate that cannot be trusted: " in try_it(owner)


def test_tls_where_there_is_none_is_told(owner, use):
    with serve(Box()) as port:
        use(f"smtp://localhost:{port}?ssl=true&timeout=2")

        said = try_it(owner)

    assert "ssl=true goes with port 465" in said


@pytest.mark.parametrize(
    ("host", "words"),
    [("localhost", "nothing answers"), ("no-such-host.invalid", "is known to nobody")],
)
def test_a_server_that_is_not_there_is_told(owner, use, host, words):
    use(f"smtp://{host}:{free_port()}?timeout=2")

    assert words in try_it(owner)


def test_files_are_named_and_do_not_count(owner, settings, tmp_path):
    settings.MAILERS = {"default": eml_files(tmp_path)}

    said = try_it(owner)

    (file,) = tmp_path.glob("*.eml")
    assert str(file) in said
    assert "nobody gets it" in said
    assert not Confirmed.objects.exists()
    assert mail_step().missing == ("Mails are written to files: EMAIL_URL is not set.",)


def test_no_more_than_three_a_minute(owner, mailoutbox):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(3):
            assert "took the mail" in try_it(owner)
        assert "Wait a minute" in try_it(owner)
        assert len(mailoutbox) == 3

        clock.shift(61)
        assert "took the mail" in try_it(owner)


def test_it_ends_even_if_the_way_out_never_does(monkeypatch):
    monkeypatch.setattr(mail_test, "SECONDS", 0.2)
    mail = EmailMessage("…", "…", "c@clinic.example", [TO])
    is_over = threading.Event()
    monkeypatch.setattr(mail, "send", lambda: is_over.wait(10))

    outcome = mail_test.send_test(mail)

    is_over.set()
    assert not outcome.is_accepted
    assert "answered too late" in outcome.words


def test_no_address_and_no_password_is_logged(owner, use, caplog):
    caplog.set_level(logging.DEBUG)
    with play(refuse_the_password) as port:
        use(f"smtp://us:{PASSWORD}@localhost:{port}?timeout=1")
        try_it(owner)

    assert "wilhelmina" not in caplog.text
    assert PASSWORD not in caplog.text


def test_text_messages_are_said_to_be_on_or_off(owner, settings):
    settings.SMS = None
    off = owner.get(reverse("first-day")).content.decode()
    settings.SMS = {"BACKEND": "clinic.sms.ConsoleSms", "OPTIONS": {}}
    on = owner.get(reverse("first-day")).content.decode()

    assert "Text messages: off." in off
    assert "Text messages: on." in on
