"""What staff type on a patient's page: corrected contact details, and notes."""

from django import forms
from django.http import QueryDict

from booking.forms import NUL_MESSAGE, TEXT_LIMIT, PersonForm
from booking.models import Patient
from booking.patients import Contact
from booking.validators import AtMost
from clinic.forms import ParagraphField


class ContactForm(forms.Form):
    """Name, address and number, checked as where patients type their own.

    What is left as it is stays: it may be from before a rule of today.
    """

    data: QueryDict

    name = PersonForm.base_fields["name"]
    email = PersonForm.base_fields["email"]
    phone = PersonForm.base_fields["phone"]
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, patient: Patient):
        self.patient, self.stored = patient, Contact.of(patient)
        super().__init__(
            data,
            initial={
                "name": patient.name,
                "email": patient.email,
                "phone": patient.phone_display,
                "seen": self.stored.state,
            },
        )
        for name in ("name", "email", "phone"):
            self.fields[name].help_text = ""
            # It is the patient's, not what the browser knows of whoever sits here.
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def clean(self):
        for name in ("name", "email", "phone"):
            if self._is_as_shown(name):
                self.errors.pop(name, None)

    def _is_as_shown(self, name):
        return (self.data.get(name) or "").strip() == self.initial[name]

    def contact(self) -> Contact:
        """Return the valid form's details."""
        answers, stored = self.cleaned_data, self.stored
        number = None if self._is_as_shown("phone") else answers["phone"]
        return Contact(
            name=stored.name if self._is_as_shown("name") else answers["name"],
            email=stored.email if self._is_as_shown("email") else answers["email"],
            phone=number.as_e164 if number else stored.phone,
            phone_extension=(number.extension or "") if number else stored.phone_extension,
        )

    def show_anew(self) -> None:
        """Let the next press of the button count for what is stored now."""
        data = self.data.copy()
        data["seen"] = self.stored.state
        self.data = data


class NoteForm(forms.Form):
    """A note of the front desk."""

    text = ParagraphField(
        label="New note",
        help_text="Staff alone see it. Not for what belongs in a medical record.",
        validators=[AtMost(TEXT_LIMIT, "the note")],
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Write the note first.",
            "null_characters_not_allowed": NUL_MESSAGE,
        },
    )
