import smtplib
from email import message_from_bytes
from email.policy import default

import pytest
from django.core.mail import EmailMultiAlternatives, InvalidMailer, mailers

from clinic import environment
from clinic.mail import answer_of, said_in


@pytest.fixture
def folder(settings, tmp_path):
    settings.MAILERS = {"default": environment.eml_files(tmp_path / "new" / "mail")}
    return tmp_path / "new" / "mail"


def make_message(number=1):
    message = EmailMultiAlternatives(
        f"Visit {number}", "See you soon. Grüße!", "clinic@clinic.example", ["li@clinic.example"]
    )
    message.attach_alternative("<p>See you soon.</p>", "text/html")
    message.attach("visit.ics", "BEGIN:VCALENDAR", "text/calendar")
    return message


def test_message_becomes_a_file_that_a_mail_program_opens(folder):
    mail = make_message()
    sent = mail.send()

    (path,) = folder.iterdir()
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert sent == 1
    assert answer_of(mail) == "Written to a file"
    assert path.suffix == ".eml"
    assert (message["Subject"], message["To"]) == ("Visit 1", "li@clinic.example")
    assert message.get_body(("plain",)).get_content() == "See you soon. Grüße!\n"
    assert [part.get_filename() for part in message.iter_attachments()] == ["visit.ics"]


def test_only_the_owner_reads_mail_files(folder):
    make_message().send()

    (path,) = folder.iterdir()
    assert (folder.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o700, 0o600)


def test_each_message_has_its_own_file(folder):
    sent = mailers["default"].send_messages([make_message(1), make_message(2)])

    assert sent == 2
    assert len(list(folder.glob("*.eml"))) == len(list(folder.iterdir())) == 2


def test_folder_is_required(settings):
    settings.MAILERS = {"default": {"BACKEND": "clinic.mail.EmlFileBackend"}}

    with pytest.raises(InvalidMailer, match="OPTIONS must define 'folder'"):
        make_message().send()


def test_a_mail_that_nobody_took_has_no_answer():
    assert answer_of(make_message()) == ""


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            smtplib.SMTPRecipientsRefused({"ana.li@x.org": (550, b"5.1.1 <ana.li@x.org> unknown")}),
            "550 5.1.1 [address] unknown",
        ),
        (
            smtplib.SMTPDataError(554, b"5.7.1 mailbox ana.li\r\nis full"),
            "554 5.7.1 mailbox [address] is full",
        ),
        (smtplib.SMTPServerDisconnected("bye ana.li@x.org"), ""),
        (ValueError("ana.li@x.org"), ""),
    ],
    ids=["recipient", "content", "no answer", "other"],
)
def test_what_a_server_says_is_kept_without_addresses(error, said):
    assert said_in(error, to="ana.li@x.org") == said
