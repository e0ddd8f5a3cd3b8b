"""What may stand in the words of messages, and how they are filled in."""

import pytest

from booking.messages import build_mail
from booking.models import Message, MessageWords
from booking.words import PLACEHOLDERS, WORDS, WordsError, check, fill, key_of, merged, words_for

from .factories import NOW, TEN, make_appointment, make_patient, make_service

ALLOWED = ("name", "day")


@pytest.mark.parametrize("key", WORDS)
def test_defaults_pass_their_own_check_and_say_something(key):
    kind = WORDS[key]

    for part in kind.parts:
        check(getattr(kind.default, part), kind.allowed_in(part))
    assert kind.default.opening != ""
    assert set(kind.placeholders) <= set(PLACEHOLDERS)


@pytest.mark.parametrize("key", WORDS)
def test_subjects_may_name_no_patient_and_no_kind_of_visit(key):
    assert set(WORDS[key].allowed_in("subject")) <= {"when", "day", "time", "clinic"}


@pytest.mark.parametrize(
    "text", ["", "Plain", "{name}", "{day}{name}", "Hello {name},\n\nuntil {day}."]
)
def test_check_passes(text):
    assert check(text, ALLOWED) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{nam}", "“{nam}” cannot stand here. You can use: {name}, {day}."),
        ("{ name }", "“{ name }” cannot stand here. You can use: {name}, {day}."),
        ("{}", "“{}” cannot stand here. You can use: {name}, {day}."),
        ("{name.email}", "“{name.email}” cannot stand here. You can use: {name}, {day}."),
        ("{name!r}", "“{name!r}” cannot stand here. You can use: {name}, {day}."),
        ("{day", "Write { and } only around the name of a placeholder, as in {day}."),
        ("day}", "Write { and } only around the name of a placeholder, as in {day}."),
        ("{{name}}", "Write { and } only around the name of a placeholder, as in {day}."),
    ],
)
def test_check_names_what_is_wrong(text, words):
    with pytest.raises(WordsError) as caught:
        check(text, ALLOWED)

    assert str(caught.value) == words


def test_check_says_so_where_nothing_may_stand():
    with pytest.raises(WordsError, match="You can use: none"):
        check("{day}", ())


@pytest.mark.parametrize(
    ("text", "values", "filled"),
    [
        ("Hello {name}!", {"name": "Ana"}, "Hello Ana!"),
        ("Hello {name}, welcome", {}, "Hello, welcome"),
        ("{name} {day}", {"name": "{day}", "day": "Monday"}, "{day} Monday"),
        ("{name}", {"name": "<b>\\1{x}"}, "<b>\\1{x}"),
        ("", {"name": "Ana"}, ""),
    ],
    ids=["value", "no value", "braces in a value", "markup in a value", "nothing"],
)
def test_fill(text, values, filled):
    assert fill(text, values) == filled


def test_merged_takes_the_default_where_the_clinic_says_nothing():
    words = merged("confirmation", MessageWords(key="confirmation", heading="Ours"))

    default = WORDS["confirmation"].default
    assert (words.heading, words.subject, words.closing) == ("Ours", default.subject, "")


def test_merged_knows_no_subject_of_a_text_message():
    words = merged("reminder_text", MessageWords(key="reminder_text", subject="Ours", opening="Hi"))

    assert (words.subject, words.opening) == ("", "Hi")


@pytest.mark.django_db
def test_words_for_is_the_clinics_or_the_default():
    MessageWords.objects.create(key="moved", opening="Ours")

    assert words_for("moved").opening == "Ours"
    assert words_for("reminder") == WORDS["reminder"].default


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("message", "cancelled_by", "key"),
    [
        ({"kind": "confirmation"}, None, "confirmation"),
        ({"kind": "cancellation"}, "patient", "cancellation"),
        ({"kind": "cancellation"}, "staff", "cancellation_by_clinic"),
        ({"kind": "reminder"}, None, "reminder"),
        ({"kind": "reminder", "channel": "sms"}, None, "reminder_text"),
        ({"kind": "notice_booked"}, None, None),
        ({"kind": "agenda"}, None, None),
    ],
)
def test_key_of(message, cancelled_by, key):
    status = "cancelled" if cancelled_by else "booked"
    extra = {"cancelled_by": cancelled_by} if cancelled_by else {}
    visit = make_appointment(make_service(), TEN, status=status, **extra)

    found = key_of(Message(appointment=visit, **message))

    assert found == key
    assert found is None or found in WORDS


@pytest.mark.django_db
def test_what_patients_type_is_neither_a_placeholder_nor_markup_nor_a_header():
    patient = make_patient(name="{clinic} <b>x</b>\r\nBcc: evil@example.com")
    visit = make_appointment(make_service(), TEN, patient=patient)
    message = Message(
        appointment=visit,
        kind="confirmation",
        to_email=patient.email,
        sequence=0,
        message_id="<1@x>",
    )
    words = merged(
        "confirmation",
        MessageWords(
            key="confirmation", subject="{when}", heading="{name}", opening="<i>{name}</i>"
        ),
    )

    mail = build_mail(message, now=NOW, words=words)

    shown = "{clinic} &lt;b&gt;x&lt;/b&gt; Bcc: evil@example.com"
    html = mail.alternatives[0].content
    assert f">{shown}</h1>" in html
    assert f">&lt;i&gt;{shown}&lt;/i&gt;</p>" in html
    assert mail.body.startswith("{clinic} <b>x</b> Bcc: evil@example.com\n")
    assert mail.message()["Bcc"] is None
