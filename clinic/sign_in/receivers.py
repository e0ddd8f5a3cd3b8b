"""What follows when Django signs somebody in or out, whichever page did it."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from clinic.models import SignInOutcome
from clinic.sign_in import history, lock_out, sessions, two_step


def connect() -> None:
    """Connect both, once."""
    user_logged_in.connect(_begin, dispatch_uid="clinic.sign_in.begin")
    user_logged_out.connect(_end, dispatch_uid="clinic.sign_in.end")


def _begin(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Start the session's clock. With a second step to come, failures still count until it is done."""
    now = timezone.now()
    sessions.start_clock(request.session, now=now)
    is_due = two_step.app_of(user) is not None
    # Django keeps the session of whoever signs in once more: the step they did before is none now.
    request.session.pop(DEVICE_ID_SESSION_KEY, None)
    request.session[two_step.CODE_DUE] = is_due
    if not is_due:
        lock_out.forget_failures(request, user.get_username())
    outcome = SignInOutcome.ASKED if is_due else SignInOutcome.IN
    history.note(user, outcome, request=request, now=now)


def _end(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if user is not None:
        history.note(user, SignInOutcome.OUT, request=request, now=timezone.now())
