from datetime import UTC, date, datetime

import pytest

from booking.forms import (
    DetailsForm,
    ScreeningForm,
    StartForm,
    parse_day,
    parse_start,
)
from conditions.models import CareLevel
from conditions.red_flags import Flag, FlagSet

from .journeys import ANSWERS


def make_flag(code="speech.slurred", level=CareLevel.EMERGENCY):
    return Flag(
        code=code,
        label="Slurred speech",
        statement="Slurred speech",
        question="Is your speech slurred?",
        level=level,
        version=1,
        qualifier="",
        is_global=True,
    )


# Ours, or one of what Python says about days and hours that do not exist.
NOT_READ = r"^Not a |out of range|does not match|must be in|unconverted"
FLAG_SET = FlagSet(
    condition="",
    title="",
    flags=(make_flag(), make_flag("twitch.long", CareLevel.SEE_DOCTOR)),
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2026-12-08",
        "2026-12-08T15:30Z",
        "2026-12-08T15:30:00",
        "2026-12-08T15:30:00+00:00",
        "2026-12-08T15:30:00.000Z",
        "2026-12-08 15:30:00Z",
        "2026-02-30T15:30:00Z",
        "2026-12-08T24:00:00Z",
        "2026-12-08T15:30:61Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "99999-12-08T15:30:00Z",
        "٢٠٢٦-١٢-٠٨T١٥:٣٠:٠٠Z",
        "2026-12-08T15:30:00Z\n",
        "1e9",
    ],
)
def test_parse_start_refuses_every_other_spelling(text):
    with pytest.raises(ValueError, match=NOT_READ):
        parse_start(text)


def test_parse_start_reads_utc():
    assert parse_start("2026-12-08T15:30:00Z") == datetime(2026, 12, 8, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "-1",
        "0000-00-00",
        "2026-02-30",
        "2026-1-1",
        "20261208",
        "٢٠٢٦-١٢-٠٨",
        "2026-W50-1",
    ],
)
def test_parse_day_refuses_every_other_spelling(text):
    with pytest.raises(ValueError, match=NOT_READ):
        parse_day(text)


def test_parse_day_reads_a_day():
    assert parse_day("2026-12-08") == date(2026, 12, 8)


def test_start_form_asks_for_a_time():
    form = StartForm({})

    assert form.errors == {"start": ["Choose a time."]}


def test_start_form_says_when_it_cannot_read_the_time():
    form = StartForm({"start": "2026-12-08T15:30:00\x00Z"})

    assert form.errors == {"start": ["We could not read that time. Choose one of the times below."]}


@pytest.mark.parametrize(
    "name",
    ["ليلى العامري", "王小明", "Zoë 🌿 O’Neill", "Nguyễn Văn A", "👩‍⚕️ Ana", "می\u200cخواهم"],
    ids=["arabic", "chinese", "emoji", "vietnamese", "joined-emoji", "persian"],
)
def test_details_form_takes_names_in_any_script(name):
    form = DetailsForm(ANSWERS | {"name": name})

    assert form.errors == {}
    assert form.patient_details().name == name


@pytest.mark.parametrize(
    "name",
    ["Ana\nExample", "Ana\r\nExample", "Ana\x1bExample", "Ana\u2028Example", "Ana\x00Example"],
    ids=["newline", "crlf", "escape", "line-separator", "nul"],
)
def test_details_form_refuses_line_breaks_and_control_characters_in_the_name(name):
    form = DetailsForm(ANSWERS | {"name": name})

    assert list(form.errors) == ["name"]


@pytest.mark.parametrize(
    ("length", "errors"),
    [
        (200, {}),
        (201, {"name": ["Shorten your name by 1 character. The limit is 200."]}),
        (10_000, {"name": ["Shorten your name by 9,800 characters. The limit is 200."]}),
    ],
)
def test_details_form_limits_the_name(length, errors):
    form = DetailsForm(ANSWERS | {"name": "x" * length})

    assert form.errors == errors


@pytest.mark.parametrize("field", ["reason", "medicines"])
def test_details_form_says_how_far_a_text_is_over(field):
    form = DetailsForm(ANSWERS | {field: "x" * 2_001})

    (error,) = form.errors[field]
    assert error.startswith("Shorten ")
    assert error.endswith(" by 1 character. The limit is 2,000.")


def test_details_form_counts_a_line_break_once():
    form = DetailsForm(ANSWERS | {"reason": "x\r\n" * 1_000})

    assert form.errors == {}
    assert form.patient_details().reason == ("x\n" * 1_000).strip()


@pytest.mark.parametrize(
    "phone",
    ["(212) 555-0123", "212.555.0123", "+1 212 555 0123", "1-212-555-0123", "2125550123"],
)
def test_details_form_takes_american_phone_numbers(phone):
    form = DetailsForm(ANSWERS | {"phone": phone})

    assert form.errors == {}
    assert form.patient_details().phone == "+12125550123"


@pytest.mark.parametrize("phone", ["(212) 555-0123 x42", "212.555.0123 ext. 42", "2125550123#42"])
def test_details_form_keeps_the_extension_of_a_phone_number(phone):
    form = DetailsForm(ANSWERS | {"phone": phone})

    assert form.errors == {}
    details = form.patient_details()
    assert (details.phone, details.phone_extension) == ("+12125550123", "42")


@pytest.mark.parametrize("phone", ["+44 20 7946 0018", "0044 20 7946 0018", "011 44 20 7946 0018"])
def test_details_form_takes_an_international_phone_number(phone):
    form = DetailsForm(ANSWERS | {"phone": phone})

    assert form.errors == {}
    assert form.patient_details().phone == "+442079460018"


@pytest.mark.parametrize("phone", ["12", "555-0123", "call me", "9" * 10_000, "٠١٢"])
def test_details_form_shows_how_a_phone_number_looks(phone):
    form = DetailsForm(ANSWERS | {"phone": phone})

    assert form.errors == {
        "phone": [
            "Enter a phone number with its area code, like (212) 555-0123, "
            "or with + and the country code, like +44 20 7946 0018."
        ]
    }
    assert form["phone"].value() == phone


@pytest.mark.parametrize("phone", ["212555\x000123", "212555\n0123"], ids=["nul", "newline"])
def test_details_form_refuses_control_characters_in_the_phone_number(phone):
    form = DetailsForm(ANSWERS | {"phone": phone})

    assert list(form.errors) == ["phone"]


@pytest.mark.parametrize(
    "email",
    ["ana", "ana@", "ana@example.com\nBcc: all@example.com", '"a\x01"@example.com', "a b@c.org"],
)
def test_details_form_refuses_other_things_than_an_email_address(email):
    form = DetailsForm(ANSWERS | {"email": email})

    assert list(form.errors) == ["email"]


@pytest.mark.parametrize("email", ['"ana"@example.com', '"a\\na"@example.com', 'q@"<'])
def test_details_form_knows_one_way_to_write_an_address(email):
    # Both would be mailed to ana@example.com, and count as others.
    form = DetailsForm(ANSWERS | {"email": email})

    assert form.errors == {"email": ["Enter an email address like name@example.com."]}


@pytest.mark.parametrize(
    "email", ["ana@stra\xdfe.example", "ana@\u043f\u0440\u0438\u043c\u0435\u0440.com"]
)
def test_details_form_takes_addresses_of_all_scripts(email):
    assert DetailsForm(ANSWERS | {"email": email}).is_valid()


def test_details_form_limits_the_email_address():
    domain = ".".join(["d" * 60] * 4) + ".example.com"

    form = DetailsForm(ANSWERS | {"email": f"ana@{domain}"})

    assert form.errors == {
        "email": ["Shorten the email address by 5 characters. The limit is 254."]
    }


def test_details_form_needs_name_email_phone_and_consent():
    form = DetailsForm({})

    assert list(form.errors) == ["name", "email", "phone", "consent"]


def test_screening_form_refuses_no_answer():
    form = ScreeningForm({}, flag_set=FLAG_SET)

    assert form.errors == {"flags": ["Tick every sign you have, or “None of these”."]}


def test_screening_form_refuses_a_sign_together_with_none():
    form = ScreeningForm({"flags": ["twitch.long"], "none": "on"}, flag_set=FLAG_SET)

    assert form.errors == {
        "flags": ["You ticked a sign and “None of these”. Please keep only what is true."]
    }


def test_screening_form_asks_again_when_a_sign_is_unknown():
    form = ScreeningForm({"flags": ["twitch.long", "gone"]}, flag_set=FLAG_SET)

    assert form.errors == {"flags": ["The questions have changed. Please read them again."]}
    assert form.known_codes == ["twitch.long"]


def test_screening_form_asks_again_when_the_questions_changed():
    form = ScreeningForm({"none": "on", "ruleset": "0" * 32}, flag_set=FLAG_SET)

    assert form.errors == {"flags": ["The questions have changed. Please read them again."]}
    assert form.none_is_checked is False


def test_screening_form_groups_the_questions_by_level_and_keeps_the_ticks():
    form = ScreeningForm({"flags": ["twitch.long"]}, flag_set=FLAG_SET)

    drawn = [
        (group.level, [(q.flag.code, q.html_id, q.is_checked) for q in group.questions])
        for group in form.groups()
    ]

    assert drawn == [
        ("emergency", [("speech.slurred", "id_flags", False)]),
        ("see_doctor", [("twitch.long", "id_flags_1", True)]),
    ]


@pytest.mark.parametrize("field", ["name", "email", "reason", "medicines"])
def test_details_ask_in_plain_words_for_text_without_hidden_characters(field):
    form = DetailsForm({**ANSWERS, field: f"{ANSWERS.get(field, '')}\0"})

    assert list(form.errors) == [field]
    assert form.errors[field][-1] == "Type this again: it holds characters that cannot be seen."


@pytest.mark.parametrize(
    "name", ["\u200b", "Ana \u202eelpmaxE", "\u200d", "\u0301", "\u3164 \u2800"]
)
def test_details_form_refuses_a_name_that_cannot_be_seen(name):
    form = DetailsForm(ANSWERS | {"name": name})

    assert list(form.errors) == ["name"]
