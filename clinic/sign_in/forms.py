"""The forms of the way in, and where they lead."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import get_user_model
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from clinic.models import SignInOutcome
from clinic.sign_in import history, lock_out


def next_page(request: HttpRequest) -> str:
    """Return where `next` leads, if that is on this site; else the admin's first page."""
    return LoginView().get_redirect_url(request) or reverse("admin:index")


class SignInForm(AdminAuthenticationForm):
    """User name and password. Says the same of a wrong password and of a name that nobody has."""

    request: Any  # with what django-axes leaves on it

    def clean(self) -> dict[str, Any]:
        """Check the password. What was wrong is noted; who tried too often reads how long to wait."""
        username = self.cleaned_data.get("username") or ""
        try:
            with lock_out.one_at_a_time(self.request, username):
                answers, refusal = self._checked(username)
        except lock_out.TooManyAtOnce as error:
            raise ValidationError(str(error), code="too_many_at_once") from None
        if refusal is not None:
            raise refusal
        return answers

    def _checked(self, username: str) -> tuple[dict[str, Any], ValidationError | None]:
        """Return the answers, or why they let nobody in: what is noted of that must be kept."""
        try:
            return super().clean(), None
        except ValidationError as refusal:
            if self.user_cache is None:
                self._note_failure(username)
            if not getattr(self.request, "axes_locked_out", False):
                return {}, refusal
            words = lock_out.words(self.request, username, now=timezone.now())
            return {}, ValidationError(words, code="locked_out")

    def _note_failure(self, username: str) -> None:
        """Write it down, if there is such an account and its password was looked at."""
        user = get_user_model().objects.filter(username=username).first()
        if user is None or self.request.axes_failures_since_start is None:
            return
        now = timezone.now()
        history.note(user, SignInOutcome.WRONG_PASSWORD, request=self.request, now=now)
        if self.request.axes_locked_out:
            history.note(user, SignInOutcome.LOCKED_OUT, request=self.request, now=now)


class CodeField(forms.CharField):
    """A code as people type it: with spaces, a dash or capitals."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"autocomplete": "one-time-code", "autocapitalize": "none", "size": "20"}
        widget = forms.TextInput(attrs={**attributes, "spellcheck": "false"})
        super().__init__(max_length=40, widget=widget, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the code's letters and digits alone."""
        return "".join((super().to_python(value) or "").replace("-", "").split()).lower()


class CodeForm(forms.Form):
    """The second step."""

    code = CodeField(
        label="Code",
        help_text="The six digits that your authenticator app shows now, or one of your recovery "
        "codes.",
    )


class SetUpForm(forms.Form):
    """An app that is to be set up: its first code, and a code of the app that it replaces."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=200)
    present_code = CodeField(
        label="A code of the app that you use until now",
        help_text="Its six digits, or one of your recovery codes. Not one that you have used already.",
    )
    code = CodeField(
        label="The code that the app shows now", help_text="Six digits. It proves that it works."
    )

    def __init__(self, *args: Any, has_app: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # This one alone is never a recovery code, which has letters.
        self.fields["code"].widget.attrs["inputmode"] = "numeric"
        if not has_app:
            del self.fields["present_code"]
