"""What readers may tell the site: which cautions fit them, and whether a page was helpful."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.html import format_html

from clinic.forms import ParagraphField

from .cautions import (
    Document,
    Reader,
    about_medicines,
    caution_owners,
    kinds_in,
    kinds_meant,
    remedies_of,
    things_in,
    with_known,
)
from .medicines import Kind, Match, Reading, read_medicines
from .models import CautionKind

MEDICINES_LIMIT = 2000
FEEDBACK_LIMIT = 500
MUST_BE_EMPTY = "The last box must stay empty. Please clear it and send your note again."
UNKNOWN_CHOICE = "We could not read all your ticks. Please look at them once more."
OTHER_MEDICINE = "other"
PREGNANT = "pregnant"
SURGERY = "surgery"
# They turn the direction of what follows, so that a text is not what it seems.
_DIRECTIONS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class TicksField(forms.MultipleChoiceField):
    """Boxes to tick, or not."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"invalid_choice": UNKNOWN_CHOICE, "invalid_list": UNKNOWN_CHOICE}

    def __init__(self, *, label: str) -> None:
        super().__init__(label=label, required=False)


class CautionsForm(forms.Form):
    """What a reader takes and has, asked for as far as the cautions of one document go.

    `other_kinds` are kinds of medicine to know by name, though the document may not name them.
    """

    medicines = ParagraphField(
        label="What medicines do you take?",
        required=False,
        help_text="Write the names as they are on the box, with a comma after each.",
        error_messages={
            "null_characters_not_allowed": "Type this again: it holds characters that cannot be seen."
        },
        validators=[
            MaxLengthValidator(
                MEDICINES_LIMIT,
                "Shorten the list of your medicines to 2,000 characters. The names are enough.",
            )
        ],
        # No `maxlength`: browsers would cut off without a word what is pasted.
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    kinds = TicksField(label="Kinds of medicine you take")
    problems = TicksField(label="Health problems you have or had")
    situation = TicksField(label="Does one of these fit you?")
    allergies = TicksField(label="Allergies or sensitive spots")

    def __init__(
        self, *args: Any, document: Document, other_kinds: Iterable[Kind] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.owners = caution_owners(document)
        named_kinds = kinds_in(self.owners)
        remedies = remedies_of(document)
        self.remedies = {kind.key: kind.label for kind in remedies}
        self.named = {kind.key for kind in named_kinds} | self.remedies.keys()
        self.known_kinds = [*with_known(named_kinds, other_kinds), *remedies]
        kinds = [(kind.key, _kind_label(kind)) for kind in named_kinds]
        situations = [
            (PREGNANT, "I am pregnant or breastfeeding, or may be", CautionKind.PREGNANCY),
            (SURGERY, "I am going to have surgery", CautionKind.SURGERY),
        ]
        choices: dict[str, list[tuple[str, str]]] = {
            "kinds": [
                *kinds,
                (OTHER_MEDICINE, "Another medicine" if kinds else "I take a medicine"),
            ],
            "problems": self._things(CautionKind.CONDITION),
            "situation": [
                (value, label) for value, label, kind in situations if things_in(self.owners, kind)
            ],
            "allergies": self._things(CautionKind.ALLERGY),
        }
        if not about_medicines(self.owners):
            choices["kinds"] = []
            del self.fields["medicines"]
        for name, offered in choices.items():
            if offered:
                self.fields[name].choices = offered  # type: ignore[attr-defined]  # a choice field
            else:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Refuse a form that tells nothing: an answer to it would read as if all were well."""
        answers: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not any(answers.values()):
            raise forms.ValidationError(
                "Tell us at least one thing: write a medicine, or tick what fits you."
            )
        return answers

    def reading(self) -> Reading:
        """Return what the valid form's text names."""
        return read_medicines(self.cleaned_data.get("medicines", ""), self.known_kinds)

    def matches(self) -> list[tuple[Match, bool]]:
        """Return each name in the text, and whether a caution of the document names its kind."""
        nothing: frozenset[str] = frozenset()
        return [
            (
                match,
                not self.named.isdisjoint(
                    kinds_meant(Reading((match,), ()), nothing, self.known_kinds)
                ),
            )
            for match in self.reading().matches
        ]

    def reader(self) -> Reader:
        """Return what the valid form says about the reader."""
        answers = self.cleaned_data
        kinds = set(answers.get("kinds", []))
        situation = answers.get("situation", [])
        meant = kinds_meant(self.reading(), kinds, self.known_kinds)
        return Reader(
            kinds=meant,
            remedies=frozenset(name for key, name in self.remedies.items() if key in meant),
            takes_medicines=bool(answers.get("medicines") or kinds),
            has=frozenset([*answers.get("problems", []), *answers.get("allergies", [])]),
            is_pregnant=PREGNANT in situation,
            has_surgery=SURGERY in situation,
        )

    def _things(self, kind: CautionKind) -> list[tuple[str, str]]:
        return [(thing, thing) for thing in things_in(self.owners, kind)]


def _kind_label(kind: Kind) -> str:
    if not kind.names:
        return kind.label
    names = ", ".join(kind.examples)
    return format_html('{} <span class="hint">Such as {}</span>', kind.label, names)


class PlainField(ParagraphField):
    """Text without control characters, and without those that turn its direction."""

    def to_python(self, value: Any) -> str:
        """Return the text with what cannot be seen taken out; line breaks stay."""
        text = super().to_python(value).replace("\t", " ")
        return "".join(
            character
            for character in text
            if character == "\n"
            or (
                unicodedata.category(character) not in {"Cc", "Cs"} and character not in _DIRECTIONS
            )
        ).strip()


class FeedbackForm(forms.Form):
    """Whether a page was helpful. `website` is a trap for programs, which fill in every box."""

    helpful = forms.ChoiceField(
        label="Was this page helpful?",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose yes or no.",
            "invalid_choice": "Choose yes or no.",
        },
    )
    text = PlainField(
        label="What could be better?",
        required=False,
        validators=[MaxLengthValidator(FEEDBACK_LIMIT, "Shorten your note to 500 characters.")],
    )
    website = forms.CharField(
        label="Leave this box empty",
        required=False,
        error_messages={"null_characters_not_allowed": MUST_BE_EMPTY},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Other forms may stand on the same page.
        self.auto_id = "feedback_%s"

    def clean_website(self) -> str:
        """Refuse any text, and say so: a person's browser may have filled it in."""
        if self.cleaned_data["website"]:
            raise ValidationError(MUST_BE_EMPTY, code="must_be_empty")
        return ""
