"""The form in which staff write the words of one kind of message, and what it refuses."""

import re
import unicodedata

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget
from django.utils.html import format_html, format_html_join

from booking.calendars import LINE_BREAKING_CATEGORIES
from booking.models import MessageWords, Service
from booking.words import IN_SUBJECTS, PLACEHOLDERS, WORDS, Words, WordsError, check, merged
from conditions.models import Condition, ConditionName, Treatment

ONE_LINE = ("subject", "heading")
WHY_NEUTRAL = (
    "A subject shows on locked phones and in lists of mails, where others read it too. It must not "
    "tell who comes, to whom or what for."
)


class LinesWidget(AdminTextareaWidget):
    """A box whose lines end as the default's do, whatever the browser sends."""

    def value_from_datadict(self, data, files, name):
        value = super().value_from_datadict(data, files, name)
        return value and value.replace("\r\n", "\n").replace("\r", "\n")


class WordsForm(forms.ModelForm):
    """What counts now, to be changed. What is as the default, or empty, is stored as empty."""

    class Meta:
        model = MessageWords
        fields = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = WORDS[self.instance.pk]
        for part, field in self.fields.items():
            field.help_text = help_for(self.kind, part)
        if self.kind.is_text and "opening" in self.fields:
            self.fields["opening"].label = "Text"

    @property
    def words(self) -> Words:
        """What would be said with what was typed, which must be valid."""
        return merged(self.instance.pk, self.instance)

    def clean(self):
        super().clean()
        for part in self.kind.parts:
            text = self.cleaned_data.get(part, "")
            if text == getattr(self.kind.default, part):
                self.cleaned_data[part] = ""
                continue
            for problem in problems_of(self.kind, part, text):
                self.add_error(part, problem)
        return self.cleaned_data


def help_for(kind, part):
    """Say which placeholders may stand in it, what empty means, and the default's words."""
    default = getattr(kind.default, part)
    return format_html(
        "Placeholders: {}.<br>{}",
        format_html_join(" ", "{}", ((f"{{{name}}}",) for name in kind.allowed_in(part))) or "none",
        format_html("The default, also if this is empty: “{}”", default)
        if default
        else "The default says nothing here, so it may stay empty.",
    )


def problems_of(kind, part, text):
    """Return why these words cannot be used, in sentences; nothing if they can."""
    problems = []
    try:
        check(text, kind.allowed_in(part))
    except WordsError as error:
        problems.append(f"{error} {WHY_NEUTRAL}" if _is_private(part, text) else str(error))
    if part in ONE_LINE:
        if any(unicodedata.category(one) in LINE_BREAKING_CATEGORIES for one in text):
            problems.append("Write one line, without line breaks or control characters.")
    elif any(unicodedata.category(one) == "Cc" and one not in "\n\t" for one in text):
        problems.append("There is a control character in it, which no mail can show.")
    if part == "subject" and (name := named_in(text, kind.default.subject)):
        problems.append(f"“{name}” cannot stand in a subject. {WHY_NEUTRAL}")
    return problems


def _is_private(part, text):
    """Say whether it names what messages may tell, but subjects may not."""
    hidden = set(PLACEHOLDERS) - set(IN_SUBJECTS)
    return part == "subject" and any(f"{{{name}}}" in text for name in hidden)


def named_in(text, default):
    """Return the service, treatment or article that the text names and the default does not, or ""."""
    names = [
        *Service.objects.values_list("name", flat=True),
        *Treatment.objects.values_list("title", flat=True),
        *Condition.objects.values_list("title", flat=True),
        *ConditionName.objects.values_list("name", flat=True),
    ]
    said, usual = _plain(text), _plain(default)
    return next((one for one in names if _plain(one) in said and _plain(one) not in usual), "")


def _plain(text):
    """Return the words in small letters between single spaces, so that only whole ones are found."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())
    return f" {' '.join(words)} "
