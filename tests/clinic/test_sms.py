"""Text messages, with a web server on this machine that plays Twilio."""

import socket
from base64 import b64encode
from contextlib import ExitStack
from urllib.parse import parse_qs

import pytest
from django.core.exceptions import ImproperlyConfigured

from clinic import sms
from clinic.environment import parse_sms_url
from clinic.sms import ConsoleSms, SmsFailed, SmsRefused
from clinic.twilio import TwilioSms

from .mail_servers import free_port
from .provider_api import serve

ACCOUNT = "AC" + "0123456789abcdef" * 2
URL = f"twilio://{ACCOUNT}:hunter%2F2@+12125550123"


def make_twilio(base):
    return TwilioSms(ACCOUNT, "hunter/2", "+12125550123", seconds=1, base=base.rstrip("/"))


def send(base):
    return make_twilio(base).send(to="+12125550199", text="Visit moved: 明天 & see you")


def test_twilio_takes_a_text():
    with serve(201, {"sid": "SM0123", "status": "queued", "error_code": None}) as api:
        answer = send(api.address)

    ((path, headers, body),) = api.asked
    assert answer == "queued SM0123"
    assert path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert headers["Authorization"] == "Basic " + b64encode(f"{ACCOUNT}:hunter/2".encode()).decode()
    assert parse_qs(body) == {
        "To": ["+12125550199"],
        "From": ["+12125550123"],
        "Body": ["Visit moved: 明天 & see you"],
    }


@pytest.mark.parametrize("answer", ["no JSON", ["a list"], {}], ids=["text", "list", "empty"])
def test_a_text_that_was_taken_counts_whatever_else_is_said(answer):
    with serve(201, answer) as api:
        assert send(api.address) == "accepted"


@pytest.mark.parametrize("code", [21211, 21610, 21614, 21635])
def test_number_that_takes_no_text_is_refused(code):
    message = "The 'To' number +12125550199 cannot"

    with (
        serve(400, {"code": code, "message": message, "status": 400}) as api,
        pytest.raises(SmsRefused, match=f"Twilio 400, error {code}: ") as refusal,
    ):
        send(api.address)

    assert "0199" not in str(refusal.value)


@pytest.mark.parametrize(
    ("status", "answer", "reason", "was_maybe_sent"),
    [
        (401, {"code": 20003, "message": "Authenticate"}, "Twilio 401, error 20003", False),
        (400, {"code": 21606, "message": "From"}, "Twilio 400, error 21606", False),
        (400, {"code": "21211"}, "Twilio 400", False),
        (429, {"code": 20429}, "Twilio 429, error 20429", False),
        (302, "", "Twilio 302", False),
        (503, "later", "Twilio 503", True),
        (500, ["oops"], "Twilio 500", True),
        (504, "slow", "Twilio 504", True),
        ("hang", None, "ReadTimeout", True),
        ("drop", None, "ConnectionError", True),
    ],
    ids=str,
)
def test_failure_says_whether_the_text_may_be_on_its_way(status, answer, reason, was_maybe_sent):
    with serve(status, answer) as api, pytest.raises(SmsFailed) as failure:
        send(api.address)

    assert str(failure.value) == reason
    assert failure.value.was_maybe_sent is was_maybe_sent


def test_no_twilio_at_all_means_that_nothing_was_sent():
    with pytest.raises(SmsFailed) as failure:
        send(f"http://127.0.0.1:{free_port()}")

    assert failure.value.was_maybe_sent is False


def test_no_connection_in_time_means_that_nothing_was_sent():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as waiting:
        for _ in range(4):  # more than it lets wait, so that the next gets no answer at all
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        with pytest.raises(SmsFailed, match="ConnectTimeout") as failure:
            send(f"http://127.0.0.1:{full.getsockname()[1]}")

    assert failure.value.was_maybe_sent is False


def test_nothing_shows_the_token():
    assert "hunter" not in repr(make_twilio("https://api.twilio.com"))


def test_console_prints(capsys):
    answer = ConsoleSms().send(to="+12125550199", text="See you soon.")

    assert answer == "Printed to the terminal"
    assert capsys.readouterr().out == "SMS to +12125550199: See you soon.\n"


@pytest.mark.parametrize(
    ("url", "expected"), [("", type(None)), ("console:", ConsoleSms)], ids=["off", "console"]
)
def test_backend_is_the_one_of_the_address(settings, url, expected):
    settings.SMS = parse_sms_url(url, debug=True)

    assert type(sms.backend()) is expected


def test_backend_may_be_twilio(settings):
    settings.SMS = parse_sms_url(URL, debug=False)

    assert sms.backend() == TwilioSms(ACCOUNT, "hunter/2", "+12125550123")


@pytest.mark.parametrize(
    "url",
    [
        "on",
        "console",
        "console://x",
        "twilio:",
        f"twilio://{ACCOUNT}@+12125550123",
        f"twilio://{ACCOUNT}:@+12125550123",
        "twilio://hunter2:hunter2@+12125550123",
        f"twilio://{ACCOUNT}:hunter2@12125550123",
        f"twilio://{ACCOUNT}:hunter2@",
        f"twilio://{ACCOUNT}:hunter2@+1212555012a",
        f"twilio://{ACCOUNT}:hunter2@+12125550123:443",
        f"twilio://{ACCOUNT}:hunter2@+12125550123/Messages",
        f"twilio://{ACCOUNT}:hunter2@+12125550123?host=127.0.0.1",
        f"sms77://{ACCOUNT}:hunter2@+12125550123",
    ],
)
def test_sms_url_is_refused_without_showing_it(url):
    with pytest.raises(ImproperlyConfigured, match="^SMS_URL .*: for example SMS_URL=") as refusal:
        parse_sms_url(url, debug=True)

    assert "hunter2" not in str(refusal.value)


def test_console_is_for_development_only():
    with pytest.raises(ImproperlyConfigured, match="SMS_URL may be console: with DEBUG=1 only"):
        parse_sms_url("console:", debug=False)
