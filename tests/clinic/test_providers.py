"""Mail by a provider's own interface, which a web server on this machine plays."""

import json
import os
import subprocess
import sys
from email.message import MIMEPart
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, mailers

from clinic.environment import parse_email_url
from clinic.mail import ProviderError, answer_of, codes_of, is_permanent, provider_id_of
from clinic.providers import report_urls

from .mail_servers import free_port
from .provider_api import serve

POSTMARK_OK = {
    "To": "li@clinic.example",
    "MessageID": "0a129aee-e1cd-480d-b08d-4f48548ff48d",
    "ErrorCode": 0,
    "Message": "OK",
}


@pytest.fixture
def send(settings):
    """Return a function that sends a visit's mail by Postmark at an address, and returns the mail."""

    def run(api_url, *, url="anymail://postmark?server_token=hunter2&timeout=1", **changes):
        settings.MAILERS = {"default": parse_email_url(f"{url}&api_url={api_url}")}
        mail = make_visit_mail(**changes)
        mail.send()
        return mail

    return run


def make_visit_mail(**changes):
    """Make a mail of the same parts as one about a visit."""
    fields = {
        "subject": "Your visit",
        "body": "See you soon.",
        "from_email": "clinic@clinic.example",
        "to": ["li@clinic.example"],
        "reply_to": ["desk@clinic.example"],
        "headers": {"Message-ID": "<1@clinic.example>", "Auto-Submitted": "auto-generated"},
    }
    mail = EmailMultiAlternatives(**fields | changes)
    mail.attach_alternative("<p>See you soon.</p>", "text/html")
    mail.attach_alternative("BEGIN:VCALENDAR", 'text/calendar; method=REQUEST; name="visit.ics"')
    attachment = MIMEPart()
    attachment.set_content(b"BEGIN:VCALENDAR", "text", "calendar", filename="visit.ics")
    mail.attach(attachment)
    return mail


def test_answer_and_id_are_kept(send):
    with serve(200, POSTMARK_OK) as api:
        mail = send(api.address)

    ((path, headers, body),) = api.asked
    sent = json.loads(body)
    assert answer_of(mail) == "sent, id 0a129aee-e1cd-480d-b08d-4f48548ff48d"
    assert provider_id_of(mail) == "0a129aee-e1cd-480d-b08d-4f48548ff48d"
    assert (path, headers["X-Postmark-Server-Token"]) == ("/email", "hunter2")
    assert (sent["Subject"], sent["TextBody"]) == ("Your visit", "See you soon.")
    assert [part["Name"] for part in sent["Attachments"]] == ["visit.ics"]
    assert {"Name": "Auto-Submitted", "Value": "auto-generated"} in sent["Headers"]


def test_mail_to_nobody_has_no_answer(send):
    with serve(200, POSTMARK_OK) as api:
        mail = send(api.address, to=[])

    assert (answer_of(mail), api.asked) == ("", [])


@pytest.mark.parametrize(
    ("url", "answer", "expected"),
    [
        (
            "anymail://mailgun?api_key=k&sender_domain=clinic.example",
            {"id": "<20160306.1@clinic.example>", "message": "Queued. Thank you."},
            "queued, id <20160306.1@clinic.example>",
        ),
        ("anymail://brevo?api_key=k", {"messageId": "<b1@brevo>"}, "queued, id <b1@brevo>"),
        ("anymail://resend?api_key=k", {"id": "r-1"}, "queued, id r-1"),
        (
            "anymail://sparkpost?api_key=k",
            {
                "results": {
                    "id": "s-1",
                    "total_accepted_recipients": 1,
                    "total_rejected_recipients": 0,
                }
            },
            "queued, id s-1",
        ),
    ],
    ids=["mailgun", "brevo", "resend", "sparkpost"],
)
def test_other_providers_take_a_visits_mail_too(send, url, answer, expected):
    with serve(200, answer) as api:
        mail = send(api.address, url=url)

    assert answer_of(mail) == expected


@pytest.mark.parametrize(
    ("status", "answer", "codes", "expected"),
    [
        (422, {"ErrorCode": 300, "Message": "Invalid 'To' li@clinic.example"}, [422], True),
        (413, "too big", [413], True),
        (401, {"ErrorCode": 10, "Message": "bad token"}, [401], False),
        (402, "pay", [402], False),
        (403, "no", [403], False),
        (404, "what?", [404], False),
        (408, "slow", [408], False),
        (429, "slow down", [429], False),
        (500, "oops", [500], False),
        (503, "later", [503], False),
        (302, "elsewhere", [302], False),
        (200, "no JSON", [200], False),
        ("drop", None, [], False),
        ("hang", None, [], False),
    ],
    ids=str,
)
def test_refusal_says_whether_to_try_again_and_names_nobody(send, status, answer, codes, expected):
    with serve(status, answer) as api, pytest.raises(ProviderError) as refusal:
        send(api.address)

    error = refusal.value
    assert codes_of(error) == codes
    assert is_permanent(error) is expected
    assert "clinic.example" not in repr(error)
    assert "hunter2" not in repr(error)
    assert error.__cause__ is None


def test_refused_address_is_permanent(send):
    words = "Found inactive addresses: li@clinic.example. Inactive recipients are ones that …"
    answer = {"ErrorCode": 406, "Message": words}

    with serve(422, answer) as api, pytest.raises(ProviderError) as refusal:
        send(api.address)

    assert str(refusal.value) == "AnymailRecipientsRefused"
    assert is_permanent(refusal.value) is True


def test_mail_that_the_provider_failed_to_send_did_not_leave(send):
    answer = {"emails": [{"id": "e1", "status": "failed", "mail_rcpt": "li@clinic.example"}]}
    url = "anymail://scaleway?secret_key=k&project_id=p"

    with serve(200, answer) as api, pytest.raises(ProviderError) as refusal:
        send(api.address, url=url)

    assert str(refusal.value) == "ProviderSays failed"
    assert is_permanent(refusal.value) is False


def test_no_provider_at_all_is_tried_again(send):
    with pytest.raises(ProviderError) as failure:
        send(f"http://127.0.0.1:{free_port()}/")

    assert str(failure.value) == "ConnectionError"
    assert (codes_of(failure.value), is_permanent(failure.value)) == ([], False)


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Visit\r\nBcc: everybody@else.example"},
        {"to": ["li@clinic.example\r\nBcc: everybody@else.example"]},
        {"headers": {"X-Visit": "1\r\nBcc: everybody@else.example"}},
    ],
    ids=["subject", "to", "header"],
)
def test_what_somebody_slipped_in_is_no_header_of_its_own(send, changes):
    with serve(200, POSTMARK_OK) as api:
        try:
            send(api.address, **changes)
        except (ValueError, ProviderError):
            assert api.asked == []
        else:
            sent = json.loads(api.asked[0][2])
            assert sent["To"] == "li@clinic.example"
            assert "Bcc" not in sent


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("anymail://postmark", "must have what postmark needs (server_token)"),
        ("anymail://mailjet?api_key=hunter2", "must have what mailjet needs (secret_key)"),
        (
            "anymail://postmark?server_token=hunter2&region=eu",
            "has what postmark does not know (region)",
        ),
        ("anymail://amazon_ses", "names amazon_ses, which needs packages that are not installed"),
    ],
    ids=["nothing", "a key", "too much", "package"],
)
def test_what_a_provider_lacks_is_one_sentence(settings, url, why):
    settings.MAILERS = {"default": parse_email_url(url)}

    with pytest.raises(ImproperlyConfigured) as refusal:
        mailers["default"].send_messages([])

    assert str(refusal.value).startswith(f"EMAIL_URL {why}: for example EMAIL_URL=anymail://")
    assert "hunter2" not in str(refusal.value)


def test_amazons_library_gets_the_time_limit_and_one_try(settings, monkeypatch):
    settings.MAILERS = {
        "default": parse_email_url("anymail://amazon_ses?message_tag_name=kind&timeout=7")
    }
    module = SimpleNamespace(EmailBackend=lambda **options: SimpleNamespace(options=options))
    monkeypatch.setitem(sys.modules, "anymail.backends.amazon_ses", module)

    assert mailers["default"].backend.options == {
        "alias": "default",
        "ignore_unsupported_features": True,
        "message_tag_name": "kind",
        "client_params": {
            "config": {
                "connect_timeout": 7,
                "read_timeout": 7,
                "retries": {"total_max_attempts": 1},
            }
        },
    }


@pytest.mark.parametrize("provider", ["postmark", "mandrill", "amazon_ses"])
def test_only_ones_own_provider_can_report(provider):
    assert [str(one.pattern) for one in report_urls(provider)] == [f"{provider}/tracking/"]


def test_site_has_its_own_providers_address_and_no_other():
    code = (
        "import django; django.setup()\n"
        "from django.urls import get_resolver\n"
        "print([str(one.pattern) for one in get_resolver().url_patterns[-1].url_patterns])"
    )
    url, secret = "anymail://postmark?server_token=1", "reports:" + "a" * 30
    variables = {"EMAIL_URL": url, "EMAIL_WEBHOOK_SECRET": secret}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **variables},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.stdout == "['postmark/tracking/']\n", done.stderr
