"""Forms of the booking steps: request text in, domain values out. They query nothing."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from phonenumber_field.formfields import PhoneNumberField
from phonenumber_field.phonenumber import PhoneNumber

from booking.actions import PatientDetails
from booking.interruption import Interruption
from booking.models import ForWhom
from booking.validators import AtMost, NoWebAddress, OneLine, OneSpelling, Visible
from clinic.forms import ParagraphField
from conditions.models import CareLevel
from conditions.red_flags import Flag, FlagSet

NAME_LIMIT = 200
EMAIL_LIMIT = 254  # RFC 5321, 4.5.3.1.3, less the two angle brackets
TEXT_LIMIT = 2000
START_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
START_PATTERN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
DAY_PATTERN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
ABROAD = re.compile(r"^\s*00(?=\s*[1-9])")
NUL_MESSAGE = "Type this again: it holds characters that cannot be seen."
TRAP = "Empty the box “Leave this box empty”. A program or your browser filled it in."
# The page places these itself: `start` with the times, the others out of sight.
DRAWN_APART = {"start", "website", "warned"}
# The answer to "Have you been here before?" of those whom such a visit is not for.
NOT_FOR: dict[str, str] = {ForWhom.NEW: "yes", ForWhom.RETURNING: "no"}
WRONG_KIND: dict[str, str] = {
    ForWhom.NEW: "This kind of visit is for new patients. Please choose another kind, or call us.",
    ForWhom.RETURNING: "This kind of visit is for people whom we have seen before. "
    "Please choose another kind, or call us.",
}
# Years that leave room for a time zone and a duration on both sides of a datetime.
YEARS = range(2000, 9000)


class PhoneField(PhoneNumberField):  # type: ignore[misc]  # the package has no types
    """An American number in any of the usual spellings, or an international one."""

    # The package's own widget rewrites a wrong number; what was typed must stay.
    widget = forms.TelInput

    def to_python(self, value: Any) -> PhoneNumber | str:
        if value:
            OneLine("the number")(str(value).strip())
            # Outside of America people begin a number abroad with 00; no American one begins so.
            value = ABROAD.sub("+", str(value))
        number: PhoneNumber | str = super().to_python(value)
        return number


class StartField(forms.CharField):
    """The start of a visit, as `2026-12-08T15:30:00Z` and in no other spelling."""

    default_error_messages = {
        "required": "Choose a time.",
        "invalid": "We could not read that time. Choose one of the times below.",
    }

    def to_python(self, value: Any) -> datetime | None:  # type: ignore[override]  # text in, a time out
        text = super().to_python(value)
        if not text:
            return None
        try:
            return parse_start(text)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def run_validators(self, value: Any) -> None:
        """Skip the checks for text: `value` is a datetime by now."""


def parse_start(text: str) -> datetime:
    """Return the UTC time written as `2026-12-08T15:30:00Z`. Raises ValueError on all else."""
    if not START_PATTERN.fullmatch(text):
        raise ValueError("Not a start time.")
    starts_at = datetime.strptime(text, START_FORMAT).replace(tzinfo=UTC)
    if starts_at.year not in YEARS:
        raise ValueError("Not a year that the clinic can be open in.")
    return starts_at


def parse_day(text: str) -> date:
    """Return the day written as `2026-12-08`. Raises ValueError on all else."""
    if not DAY_PATTERN.fullmatch(text):
        raise ValueError("Not a day.")
    return date.fromisoformat(text)


@dataclass(frozen=True)
class Question:
    """One red flag as a checkbox."""

    flag: Flag
    html_id: str
    is_checked: bool


@dataclass(frozen=True)
class QuestionGroup:
    """The questions of one care level."""

    level: CareLevel
    questions: tuple[Question, ...]


class ScreeningForm(forms.Form):
    """The red-flag questions of one `FlagSet`, and an explicit "none of these"."""

    flags = forms.MultipleChoiceField(
        required=False,
        error_messages={
            "invalid_choice": "The questions have changed. Please read them again.",
        },
    )
    none = forms.BooleanField(required=False)
    ruleset = forms.CharField(required=False)
    acknowledged = forms.BooleanField(required=False)

    nothing_ticked = "Tick every sign you have, or “None of these”."
    both_ticked = "You ticked a sign and “None of these”. Please keep only what is true."

    def __init__(self, *args: Any, flag_set: FlagSet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.flag_set = flag_set
        choices = [(flag.code, flag.question) for flag in flag_set.flags]
        self.fields["flags"].choices = choices  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> None:
        if "flags" in self.errors:
            return
        flags, none = self.cleaned_data["flags"], self.cleaned_data["none"]
        if self.is_stale:
            self.add_error("flags", "The questions have changed. Please read them again.")
        elif flags and none:
            self.add_error("flags", self.both_ticked)
        elif not flags and not none:
            self.add_error("flags", self.nothing_ticked)

    @property
    def is_stale(self) -> bool:
        """Whether the answers are to other questions than the present ones."""
        sent = self["ruleset"].value() or self.flag_set.ruleset
        return sent != self.flag_set.ruleset or len(self.known_codes) < len(self._ticked())

    @property
    def known_codes(self) -> list[str]:
        """The ticked codes that are questions of this set, whatever else was sent."""
        known = {flag.code for flag in self.flag_set.flags}
        return [code for code in self._ticked() if code in known]

    @property
    def none_is_checked(self) -> bool:
        """Whether to draw "none" ticked: never for questions that the person has not seen."""
        return self.is_bound and bool(self["none"].value()) and not self.is_stale

    def groups(self) -> Iterator[QuestionGroup]:
        """Yield the questions by level, the most urgent first."""
        ticked = set(self._ticked())
        questions = [
            # The error summary links to the first box by the field's name.
            Question(flag, "id_flags" if i == 0 else f"id_flags_{i}", flag.code in ticked)
            for i, flag in enumerate(self.flag_set.flags)
        ]
        for level in (CareLevel.EMERGENCY, CareLevel.URGENT, CareLevel.SEE_DOCTOR):
            group = tuple(question for question in questions if question.flag.level == level)
            if group:
                yield QuestionGroup(CareLevel(level), group)

    def _ticked(self) -> list[str]:
        return list(self["flags"].value() or []) if self.is_bound else []


def parse_sequence(text: str) -> int | None:
    """Return a visit's `sequence`, by which a form says how the person saw it; None if it is none."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


class StartForm(forms.Form):
    """The chosen time."""

    start = StartField()


def without_frame(names: Iterable[str]) -> FormHelper:
    """Return what draws these fields; the page draws the form around them."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*names)
    return helper


class AddressField(forms.EmailField):
    """An email address. Says once what is wrong, however many rules it breaks."""

    def run_validators(self, value: Any) -> None:
        try:
            super().run_validators(value)
        except ValidationError as error:
            raise ValidationError(
                list({one.message: one for one in error.error_list}.values())
            ) from None


class PersonForm(forms.Form):
    """Who somebody is, and how to reach them."""

    name = forms.CharField(
        label="Full name",
        validators=[
            OneLine("your name"),
            Visible(),
            AtMost(NAME_LIMIT, "your name"),
            NoWebAddress("your name"),
        ],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={
            "required": "Enter your full name.",
            "null_characters_not_allowed": NUL_MESSAGE,
        },
    )
    email = AddressField(
        label="Email",
        help_text="We send your confirmation here.",
        # Without Django's own limit, which browsers enforce by cutting off what is pasted.
        max_length=None,
        validators=[
            OneLine("the address"),
            OneSpelling(),
            AtMost(EMAIL_LIMIT, "the email address"),
        ],
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={
            "required": "Enter your email address.",
            "null_characters_not_allowed": NUL_MESSAGE,
            "invalid": "Enter an email address like name@example.com.",
        },
    )
    phone = PhoneField(
        label="Phone",
        region="US",
        help_text="We call only if we have to move your visit.",
        widget=forms.TelInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={
            "required": "Enter your phone number.",
            "invalid": "Enter a phone number with its area code, like (212) 555-0123, "
            "or with + and the country code, like +44 20 7946 0018.",
        },
    )
    consent = forms.BooleanField(
        error_messages={"required": "Tick the privacy box, so that we may keep what you tell us."},
    )
    # For programs that fill in everything; the page keeps it from people, and tells who fell in.
    website = forms.CharField(required=False, error_messages={"null_characters_not_allowed": TRAP})

    legends: ClassVar = {"consent": "Your privacy"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # In a new tab, so that nobody loses what they typed.
        self.fields["consent"].label = format_html(
            'I have read <a href="{}" target="_blank">how you use my details'
            '<span class="hide"> (opens a new tab)</span></a>, and I agree',
            reverse("privacy"),
        )

    def clean_website(self) -> str:
        """Refuse whoever filled the box in, with a way out for people."""
        if self.cleaned_data["website"]:
            raise ValidationError(TRAP, code="trap")
        return ""

    def patient_details(self) -> PatientDetails:
        """Return the valid form's answers. A form that asks nothing about health leaves that empty."""
        answers = self.cleaned_data
        return PatientDetails(
            name=answers["name"],
            email=answers["email"],
            phone=answers["phone"].as_e164,
            phone_extension=answers["phone"].extension or "",
            reason=answers.get("reason", ""),
            medicines=answers.get("medicines", ""),
            is_private=answers.get("private_messages", False),
            wants_texts=answers.get("text_reminders", False),
        )


class MessagesForm(forms.Form):
    """What somebody wants of the messages about their visit."""

    private_messages = forms.BooleanField(
        label="Keep messages private: leave out what kind of visit it is",
        required=False,
    )
    text_reminders = forms.BooleanField(
        label="Also remind me by text message",
        help_text="Your phone company may charge for texts. Answer STOP to end them.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.SMS:
            del self.fields["text_reminders"]
        self.helper = without_frame(self.fields)


class DetailsForm(PersonForm):
    """Who comes, and why. `start` comes only with a choice of other times."""

    private_messages = MessagesForm.base_fields["private_messages"]
    text_reminders = MessagesForm.base_fields["text_reminders"]

    seen_before = forms.ChoiceField(
        label="Have you been to this clinic before?",
        required=False,
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose yes or no, or leave it out."},
    )
    reason = ParagraphField(
        label="What would you like help with?",
        required=False,
        help_text="A line or two is plenty. Keep anything private for the visit.",
        error_messages={"null_characters_not_allowed": NUL_MESSAGE},
        validators=[AtMost(TEXT_LIMIT, "what you would like help with")],
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    medicines = ParagraphField(
        label="Medicines and supplements you take",
        required=False,
        help_text="Some herbs do not mix with some medicines, so this helps us to prepare.",
        error_messages={"null_characters_not_allowed": NUL_MESSAGE},
        validators=[AtMost(TEXT_LIMIT, "the medicines and supplements")],
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    start = StartField(required=False)
    # The codes of the red flags that this form has shown. Whatever it holds, the form is sent on.
    warned = forms.Field(required=False, widget=forms.HiddenInput)

    interruption: Interruption | None = None
    """The red flags that the typed words name, to show before the form goes on."""

    field_order = (
        *("name", "email", "phone", "seen_before", "reason", "medicines"),
        *("private_messages", "text_reminders", "consent"),
    )
    legends: ClassVar = PersonForm.legends | {"private_messages": "Your messages"}

    def __init__(self, *args: Any, for_whom: str = ForWhom.EVERYONE, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.for_whom = for_whom
        if for_whom == ForWhom.EVERYONE:
            del self.fields["seen_before"]
        if not settings.SMS:
            del self.fields["text_reminders"]
        self.helper = without_frame(name for name in self.fields if name not in DRAWN_APART)

    def typed_text(self) -> str:
        """Return what was typed in free words, valid or not, as far as it may be stored."""
        texts = (self[name].value() or "" for name in ("reason", "medicines"))
        # Twice, because browsers send two characters for a line break that counts once.
        return "\n".join(text[: 2 * TEXT_LIMIT] for text in texts)

    def clean(self) -> None:
        """Refuse who says that the visit is not for them. Nobody is looked up: that would tell."""
        answer = self.cleaned_data.get("seen_before")
        if answer and answer == NOT_FOR.get(self.for_whom):
            self.add_error("seen_before", ValidationError(WRONG_KIND[self.for_whom], "wrong_kind"))

    @property
    def is_wrong_kind(self) -> bool:
        """Whether another kind of visit would be the right one."""
        return self.has_error("seen_before", "wrong_kind")


class FindForm(forms.Form):
    """The address under which somebody booked."""

    email = PersonForm.base_fields["email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = "The one that you gave when you booked."
        self.helper = without_frame(self.fields)
