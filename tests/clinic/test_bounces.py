"""Reports of mail servers, as the big ones write them, and what somebody may send instead."""

import random
import time

import pytest

from clinic.bounces import Bounce, read_bounce

MESSAGE_ID = "<3f0f9a1e-0000-4000-8000-5a1b2c3d4e5f@clinic.example>"
FIELDS = """Final-Recipient: rfc822; ana.li@patient.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <ana.li@patient.example>: user unknown
"""
ORIGINAL = f"""From: clinic@clinic.example
To: ana.li@patient.example
Subject: Your visit
Message-ID: {MESSAGE_ID}
"""


def make_report(fields=FIELDS, original=ORIGINAL, kind="text/rfc822-headers", report="report"):
    """Make a report such as Postfix sends."""
    text = f"""From: MAILER-DAEMON@mail.example
To: clinic@clinic.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/{report}; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

Your mail to ana.li@patient.example could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Arrival-Date: Mon, 2 Nov 2026 09:00:00 -0500

{fields}
--b1
Content-Type: {kind}

{original}
--b1--
"""
    return text.replace("\n", "\r\n").encode("utf-8", "surrogateescape")


def test_failure_is_read():
    assert read_bounce(make_report()) == Bounce(
        message_id=MESSAGE_ID, is_permanent=True, answer="5.1.1 550 5.1.1 [address]: user unknown"
    )


def test_whole_mail_may_come_back():
    original = ORIGINAL + "Content-Type: text/plain\n\nSee you soon.\n"

    bounce = read_bounce(make_report(original=original, kind="message/rfc822"))

    assert (bounce.message_id, bounce.is_permanent) == (MESSAGE_ID, True)


def test_line_feeds_alone_do():
    assert read_bounce(make_report().replace(b"\r\n", b"\n")) == read_bounce(make_report())


def test_report_about_an_address_beyond_ascii_is_read():
    report = make_report(kind="message/global-headers")
    report = report.replace(b"message/delivery-status", b"message/global-delivery-status")

    assert read_bounce(report).message_id == MESSAGE_ID


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("Action: failed\nStatus: 4.4.7\n", (True, "4.4.7")),
        ("Action: delayed\nStatus: 4.4.1\nDiagnostic-Code: x-unix; no\n", (False, "4.4.1 no")),
        ("action: FAILED\n", (True, "failed")),
        ("Status: 5.7.1\n", (True, "5.7.1")),
        ("Status: 4.2.2\n", (False, "4.2.2")),
        ("Action: delayed\nStatus: 4.0.0\n\nAction: failed\nStatus: 5.0.0\n", (True, "5.0.0")),
        ("Action: failed\nDiagnostic-Code: smtp; 550 no\n such user\n", (True, "550 no such user")),
        ("Action: failed\nStatus: <b>5.1.1\nDiagnostic-Code: 550 no; x\n", (True, "550 no; x")),
    ],
    ids=[
        "gave up",
        "delayed",
        "capitals",
        "status alone",
        "delay by status",
        "two recipients",
        "folded",
        "odd",
    ],
)
def test_what_became_of_it(fields, expected):
    bounce = read_bounce(make_report(fields))

    assert (bounce.is_permanent, bounce.answer) == expected


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", "made up", "failed-not"])
def test_what_arrived_is_no_bounce(action):
    assert read_bounce(make_report(f"Action: {action}\nStatus: 2.0.0\n")) is None


@pytest.mark.parametrize(
    "words",
    [
        "550 <ana.li@patient.example> unknown",
        "550 ana.li@patient.example: unknown",
        "550 Ana.Li@patient.example, ANA.LI",
        '550 "ana.li"@patient.example unknown',
        "550 mailbox ana.li is full",
        "550 bounces+ana.li=patient.example@list.example",
        "550 rfc822;ana.li@[192.0.2.1]",
    ],
)
def test_answer_names_nobody(words):
    fields = FIELDS.partition("Diagnostic")[0] + f"Diagnostic-Code: smtp; {words}\n"

    answer = read_bounce(make_report(fields)).answer

    assert "ana" not in answer.lower()
    assert answer.startswith("5.1.1 550 ")


def test_answer_is_one_short_line_of_ascii():
    words = "é\x00\x1b[2J明天 " + "x" * 100_000

    answer = read_bounce(make_report(f"Action: failed\nDiagnostic-Code: smtp; {words}\n")).answer

    assert len(answer) == 500
    assert answer.isascii()
    assert answer.isprintable()


NESTED = b"".join(
    b'Content-Type: multipart/report; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(5000)
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 1000,
        b"From: a\r\n\r\nI am out of the office.",
        make_report(report="mixed"),
        make_report(original="Subject: none\n"),
        make_report(original="Message-ID: <\n"),
        make_report(original="Message-ID: not one\n"),
        make_report(original=f"Message-ID: <{'x' * 300}@clinic.example>\n"),
        make_report(original=""),
        make_report(kind="text/plain"),
        make_report(kind="multipart/mixed"),
        make_report(fields=""),
        make_report().partition(b"--b1\r\nContent-Type: text/rfc822")[0],
        make_report() + b"x" * 1024 * 1024,
        NESTED,
        b"Content-Type: message/rfc822\r\n\r\n" * 5000,
        b"Content-Type: multipart/report\r\n\r\nno boundary",
        b'Content-Type: multipart/report; boundary="' + b"x" * 100_000 + b'"\r\n\r\n',
        b"Content-Type: multipart/report; boundary*=utf-8''%ff%00\r\n\r\n--x\r\n",
    ],
    ids=range(19),
)
def test_anything_else_is_no_bounce(content):
    start = time.process_time()

    assert read_bounce(content) is None
    assert time.process_time() - start < 2


ENDLESS = {
    "at signs": lambda size: f"Action: failed\nDiagnostic-Code: {'@' * size}\n",
    "letters": lambda size: f"Action: failed\nDiagnostic-Code: {'a' * size}\n",
    "quotes": lambda size: "Action: failed\nDiagnostic-Code: " + '"' * size + "\n",
    "recipient": lambda size: (
        f"Action: failed\nFinal-Recipient: {'(' * size}@x\nDiagnostic-Code: smtp; 550\n"
    ),
    "fields": lambda size: "Action: failed\n" + "X: y\n" * (size // 5),
    "blocks": lambda size: "Action: failed\n\n" * (size // 16),
}


def seconds_of_work(fields):
    """Return the time that reading takes of a processor, however busy the machine is."""
    report = make_report(fields)
    start = time.process_time()
    assert read_bounce(report).message_id == MESSAGE_ID
    return time.process_time() - start


@pytest.mark.parametrize("make", ENDLESS.values(), ids=ENDLESS)
def test_endless_report_takes_no_time(make):
    short = min(seconds_of_work(make(50_000)) for _ in range(3))
    long = seconds_of_work(make(800_000))

    # In proportion it is 16 times as much; what goes with the square of the length, 256 times.
    assert long < 64 * max(short, 0.001)
    assert long < 2


def test_no_damage_makes_it_fail():
    chance = random.Random(5)
    report = make_report(original=ORIGINAL + "\nbody", kind="message/rfc822")

    for _ in range(2000):
        damaged = bytearray(report)
        for _ in range(chance.randint(1, 20)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        cut = chance.randrange(len(damaged)) if chance.random() < 0.3 else len(damaged)
        bounce = read_bounce(bytes(damaged[:cut]))
        assert bounce is None or bounce.answer.isascii()
