"""Mail by SMTP, to servers that behave well and to some that do not."""

import gc
import smtplib
import threading
import time

import pytest
from django.core.mail import EmailMessage, mailers

from clinic.environment import parse_email_url
from clinic.mail import answer_of, codes_of, is_permanent, provider_id_of

from .loopback import CERTIFICATE
from .mail_servers import Box, free_port, play, serve

SECONDS = 1
# Enough where nothing good will come.
FEW_SECONDS = 0.3


@pytest.fixture
def send(settings):
    """Return a function that sends a mail to the server at a port, and returns the mail."""

    def run(port, query=f"timeout={SECONDS}", *, seconds=None, **changes):
        mailer = parse_email_url(f"smtp://localhost:{port}?{query}")
        if seconds:
            mailer["OPTIONS"]["timeout"] = seconds
        settings.MAILERS = {"default": mailer}
        fields = {
            "subject": "Your visit",
            "body": "See you soon.\n.\nThe clinic",
            "from_email": "clinic@clinic.example",
            "to": ["li@clinic.example"],
        }
        mail = EmailMessage(**fields | changes)
        mail.send()
        return mail

    return run


def test_answer_is_kept(send):
    box = Box()

    with serve(box) as port:
        mail = send(port)

    (taken,) = box.taken
    assert answer_of(mail) == "250 2.0.0 OK queued as 4F7A"
    assert provider_id_of(mail) == ""
    assert taken.rcpt_tos == ["li@clinic.example"]
    assert b"See you soon.\r\n.\r\nThe clinic\r\n" in taken.content


def test_each_mail_of_a_connection_has_its_answer(settings):
    box = Box()
    mails = [EmailMessage(f"{n}", "…", "c@clinic.example", ["li@clinic.example"]) for n in "12"]

    with serve(box) as port:
        settings.MAILERS = {"default": parse_email_url(f"smtp://localhost:{port}")}
        mailers["default"].send_messages(mails[:1])
        box.data = "250 queued as 5A6B"
        mailers["default"].send_messages(mails[1:])

    assert list(map(answer_of, mails)) == ["250 2.0.0 OK queued as 4F7A", "250 queued as 5A6B"]


def test_mail_to_nobody_has_no_answer(send):
    box = Box()

    with serve(box) as port:
        mail = send(port, to=[])

    assert (answer_of(mail), box.taken) == ("", [])


@pytest.mark.parametrize(
    ("box", "kind", "codes", "expected"),
    [
        (Box(recipient="550 no such user"), smtplib.SMTPRecipientsRefused, [550], True),
        (Box(recipient="451 greylisted"), smtplib.SMTPRecipientsRefused, [451], False),
        (Box(data="554 no spam here"), smtplib.SMTPDataError, [554], True),
        (Box(data="452 disk full"), smtplib.SMTPDataError, [452], False),
        (Box(data="421 going down"), smtplib.SMTPDataError, [421], False),
    ],
    ids=["recipient", "greylisted", "content", "full", "going down"],
)
def test_refusal_says_whether_to_try_again(send, box, kind, codes, expected):
    with serve(box) as port, pytest.raises(kind) as refusal:
        send(port)

    assert codes_of(refusal.value) == codes
    assert is_permanent(refusal.value) is expected
    assert box.taken == []


def hang_at_once(server):
    server.wait()


def drip_the_greeting(server):
    server.drip("2")


def drip_lines_of_the_greeting(server):
    server.drip("220-mail.example\r\n")


def drip_the_answer(server):
    server.take_mail()
    server.drip("250-x\r\n")


def hang_after_the_mail(server):
    server.take_mail()
    server.wait()


def drop_after_the_mail(server):
    server.take_mail()


def drop_at_once(server):
    pass


def talk_nonsense(server):
    server.say("\x00\xff" * 20)


def talk_without_end(server):
    server.connection.sendall(b"2" * 10_000_000)


@pytest.mark.parametrize(
    "script",
    [
        hang_at_once,
        drip_the_greeting,
        drip_lines_of_the_greeting,
        drip_the_answer,
        hang_after_the_mail,
        drop_after_the_mail,
        drop_at_once,
        talk_nonsense,
        talk_without_end,
    ],
)
@pytest.mark.parametrize("query", ["", "ssl=true"], ids=["plain", "ssl"])
def test_bad_server_is_left_in_time_and_tried_again(send, script, query):
    threads = threading.active_count()

    start = time.monotonic()
    with play(script) as port, pytest.raises(OSError) as failure:  # noqa: PT011 - of many kinds
        send(port, query, seconds=FEW_SECONDS)

    assert time.monotonic() - start < FEW_SECONDS + 3
    assert is_permanent(failure.value) is False
    del failure
    gc.collect()  # a connection left open would be an error here
    # The thread of the look-up ends by itself, a moment after its answer.
    patience = time.monotonic() + 10
    while threading.active_count() > threads and time.monotonic() < patience:
        time.sleep(0.01)
    assert threading.active_count() <= threads


def drop_after_the_answer(server):
    server.take_mail()
    server.say("250 queued as 4F7A")


def hang_at_goodbye(server):
    drop_after_the_answer(server)
    server.wait()


def drip_goodbye(server):
    drop_after_the_answer(server)
    server.drip("221-bye\r\n")


def refuse_goodbye(server):
    drop_after_the_answer(server)
    server.say("500 what?")


def nonsense_for_goodbye(server):
    drop_after_the_answer(server)
    server.connection.sendall(b"\xff" * 100_000)


@pytest.mark.parametrize(
    "script",
    [
        drop_after_the_answer,
        hang_at_goodbye,
        drip_goodbye,
        refuse_goodbye,
        nonsense_for_goodbye,
    ],
)
def test_mail_that_was_taken_counts_as_sent_however_the_server_leaves(send, script):
    start = time.monotonic()
    with play(script) as port:
        mail = send(port)

    assert answer_of(mail) == "250 queued as 4F7A"
    assert time.monotonic() - start < SECONDS + 3


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (b"250-first\r\n250 \xe9\x00\x1b[2J second\r\n", "250 first ? [2J second"),
        (b"250 " + b"x" * 1000 + b"\r\n", "250 " + "x" * 496),
        (b"250\r\n", "250"),
    ],
    ids=["control characters", "long", "bare"],
)
def test_answer_is_one_short_line_of_ascii(send, reply, answer):
    def script(server):
        server.take_mail()
        server.connection.sendall(reply)

    with play(script) as port:
        mail = send(port)

    assert answer_of(mail) == answer


@pytest.mark.parametrize("kind", ["tls", "ssl"])
def test_tls_is_used_where_it_is_asked_for(send, monkeypatch, kind):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    box = Box()

    with serve(box, security=kind) as port:
        mail = send(port, f"{kind}=true")

    assert answer_of(mail) == "250 2.0.0 OK queued as 4F7A"
    assert len(box.taken) == 1


def test_no_mail_goes_out_in_the_open_if_tls_is_asked_for(send):
    box = Box()

    with serve(box) as port, pytest.raises(smtplib.SMTPNotSupportedError) as failure:
        send(port, "tls=true")

    assert box.taken == []
    assert is_permanent(failure.value) is False


def test_no_mail_goes_to_a_server_that_nobody_vouches_for(send):
    box = Box()

    with (
        serve(box, security="tls") as port,
        pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED") as failure,
    ):
        send(port, "tls=true")

    assert box.taken == []
    assert is_permanent(failure.value) is False


def test_no_server_at_all_is_tried_again(send):
    with pytest.raises(ConnectionRefusedError) as failure:
        send(free_port())

    assert is_permanent(failure.value) is False


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Visit\r\nBcc: everybody@else.example"},
        {"subject": "Visit\nBcc: everybody@else.example"},
        {"to": ["li@clinic.example\r\nBcc: everybody@else.example"]},
        {"to": ["li@clinic.example>\r\nRCPT TO:<everybody@else.example"]},
        {"from_email": "clinic@clinic.example\r\nDATA"},
        {"reply_to": ["clinic@clinic.example\nBcc: everybody@else.example"]},
        {"headers": {"Message-ID": "<1@x>\r\nBcc: everybody@else.example"}},
    ],
    ids=["subject", "line feed", "to", "command", "from", "reply to", "header"],
)
def test_nothing_leaves_with_a_header_that_somebody_slipped_in(send, changes):
    box = Box()

    with serve(box) as port, pytest.raises(ValueError):  # noqa: PT011 - Django's words vary
        send(port, **changes)

    assert box.taken == []


def test_a_body_ends_where_it_ends(send):
    box = Box()

    with serve(box) as port:
        send(port, body="One\r\n.\r\nMAIL FROM:<x@else.example>\n.\nQUIT")

    (taken,) = box.taken
    assert taken.content.endswith(b"One\r\n.\r\nMAIL FROM:<x@else.example>\r\n.\r\nQUIT\r\n")
