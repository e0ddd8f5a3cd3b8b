"""The pages of the second step, and the one that shows how somebody signs in."""

import math
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import django_otp
import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from clinic.models import SignIn, SignInOutcome
from clinic.sign_in import history, lock_out, sessions, two_step
from clinic.sign_in.forms import CodeForm, SetUpForm, next_page

LATEST = 20
NOT_RIGHT = (
    "This code is not right. Each is good once, and for about half a minute: type the one that your "
    "app shows now. If it is never right, the clock of your phone is wrong."
)
NOT_OF_THIS_APP = (
    "This is not the code of the square below. Scan it with the app, then type what the app shows for "
    "this site."
)
TOO_LATE = "This page was open for too long, so the square is a new one. Scan it again."

type View = Callable[[HttpRequest], HttpResponse]


def or_sign_in_again(view: View) -> View:
    """Decorate a page that changes the second step, which somebody else may do at the same time."""

    @wraps(view)
    def inner(request: HttpRequest) -> HttpResponse:
        try:
            return view(request)
        except two_step.ChangedMeanwhile:
            request.session.flush()
            query = {"next": next_page(request), "ended": "changed"}
            return HttpResponseRedirect(reverse("admin:login", query=query))

    return inner


def half_way(view: View) -> View:
    """Decorate a page for whoever has given the right password."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def inner(request: HttpRequest) -> HttpResponse:
        if over := sessions.refuse_if_over(request):
            return over
        if not admin.site.is_half_way(request):  # type: ignore[attr-defined]  # of StaffSite
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        return or_sign_in_again(view)(request)

    return inner


@half_way
def two_step_view(request: HttpRequest) -> HttpResponse:
    """Ask for a code. Who has no app yet is led to set one up."""
    onward = next_page(request)
    if two_step.is_through(request):
        return HttpResponseRedirect(onward)
    if two_step.app_of(request.user) is None:
        return HttpResponseRedirect(reverse("two-step-set-up", query={"next": onward}))
    form = CodeForm(request.POST or None)
    if form.is_valid() and (device := _prove(request, form, "code")):
        _let_in(request, device)
        return HttpResponseRedirect(onward)
    return _page(request, "two_step", "Two-step sign-in", form=form, next=onward)


@half_way
def set_up(request: HttpRequest) -> HttpResponse:
    """Set up an app, in place of the one that there is. Its recovery codes are shown this once."""
    user, now, onward = request.user, timezone.now(), next_page(request)
    present = two_step.app_of(user)
    has_app = present is not None
    if has_app and not two_step.is_through(request):
        return HttpResponseRedirect(reverse("two-step", query={"next": request.get_full_path()}))
    form = SetUpForm(request.POST or None, has_app=has_app)
    key, too_late = two_step.new_key(), False
    if request.method == "POST":
        try:
            key = two_step.open_key(user, request.POST.get("key", ""))
        except signing.BadSignature:
            too_late = True
    if present is not None and key == present.key:
        # Sent once more, as when the page with the codes is loaded again.
        return _page(request, "already", "Two-step sign-in is set up", next=onward)
    if form.is_valid():
        totp = two_step.first_code(key, form.cleaned_data["code"])
        if too_late:
            form.add_error(None, TOO_LATE)
        elif totp is None:
            form.add_error("code", NOT_OF_THIS_APP)
        elif not has_app or _prove(request, form, "present_code"):
            # In one: a reset in between would end the session, and its new key would bring it back.
            with transaction.atomic():
                device, codes = two_step.set_up(
                    user, key, totp, in_place_of=present, request=request, now=now
                )
                _verify(request, device)
            return _page(request, "codes", "Your recovery codes", codes=codes, next=onward)
    context = {
        "form": form,
        "next": onward,
        "has_app": has_app,
        "is_required": settings.TWO_STEP_REQUIRED,
        "sealed": two_step.seal_key(user, key),
        "square": _square(two_step.key_address(user, key)),
        "key": two_step.key_in_words(key),
    }
    return _page(request, "set_up", "Set up two-step sign-in", **context)


@require_http_methods(["GET", "HEAD", "POST"])
@or_sign_in_again
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Make ten new recovery codes, for a code. They are shown this once."""
    user, now = request.user, timezone.now()
    if two_step.app_of(user) is None:
        return HttpResponseRedirect(reverse("two-step-set-up"))
    form = CodeForm(request.POST or None)
    if form.is_valid() and _prove(request, form, "code"):
        codes = two_step.make_codes_anew(user, request=request, now=now)
        onward = reverse("password-and-sign-in")
        return _page(request, "codes", "Your recovery codes", codes=codes, next=onward)
    left = two_step.recovery_codes_left(user)
    return _page(request, "recovery_codes", "New recovery codes", form=form, left=left)


@require_GET
def password_and_sign_in(request: HttpRequest) -> HttpResponse:
    """Show how somebody signs in, and when they last did."""
    user = request.user
    context = {
        "app": two_step.app_of(user),
        "left": two_step.recovery_codes_left(user),
        "rules": password_validators_help_texts(),
        "idle_minutes": settings.STAFF_IDLE_MINUTES,
        "sign_ins": SignIn.objects.filter(user=user.pk)[:LATEST],
    }
    return _page(request, "overview", "Password and sign-in", **context)


def _page(request: HttpRequest, name: str, title: str, **context: Any) -> TemplateResponse:
    everywhere = {**admin.site.each_context(request), "title": title}
    return TemplateResponse(request, f"admin/sign_in/{name}.html", everywhere | context)


def _prove(request: HttpRequest, form: forms.Form, field: str) -> Any:
    """Return the device whose code stands in the field, else None, and say in the form why."""
    user, now = request.user, timezone.now()
    username = user.get_username()
    if lock_out.is_locked(request, username):
        # For the answer's status, which axes.middleware sets.
        request.axes_locked_out = True  # type: ignore[attr-defined]  # of django-axes
        form.add_error(None, lock_out.words(request, username, now=now))
        return None
    answer = two_step.check_code(user, form.cleaned_data[field], now=now)
    if answer.device:
        lock_out.forget_failures(request, username)
    elif answer.wait:
        form.add_error(field, _wait(answer.wait))
    else:
        form.add_error(field, NOT_RIGHT)
        history.note(user, SignInOutcome.WRONG_CODE, request=request, now=now)
        if lock_out.count_failure(request, username):
            form.add_error(None, lock_out.words(request, username, now=now))
            history.note(user, SignInOutcome.LOCKED_OUT, request=request, now=now)
    return answer.device


def _wait(wait: timedelta) -> str:
    seconds = math.ceil(wait.total_seconds())
    minutes = math.ceil(seconds / 60)
    length = f"{seconds} second{'s'[: seconds > 1]}" if seconds < 60 else f"{minutes} minutes"
    return f"A code was wrong just now. Wait {length}, then type the code that your app shows then."


@transaction.atomic
def _let_in(request: HttpRequest, device: Any) -> None:
    """End the second step: who it is has been proved."""
    user, now = request.user, timezone.now()
    two_step.hold(user, session=request.session)
    _verify(request, device)
    if device.model_label().startswith("otp_static"):
        left = two_step.recovery_codes_left(user)
        words = (
            f"You used a recovery code: {left} left. If your phone is lost, set up the app anew."
        )
        messages.warning(request, f"{words} It is under “Password and sign-in”.")
        history.note(user, SignInOutcome.RECOVERY, request=request, now=now)
    else:
        history.note(user, SignInOutcome.IN, request=request, now=now)


def _verify(request: HttpRequest, device: Any) -> None:
    """Note in the session that the second step is done. It gets a new key: it may do more now."""
    django_otp.login(request, device)
    request.session.pop(two_step.CODE_DUE, None)
    request.session.cycle_key()


def _square(address: str) -> SafeString:
    """Return the square code as SVG: dark on light, also where the page is dark."""
    code = segno.make(address, error="m")
    drawn = code.svg_inline(
        border=4, light="#fff", omitsize=True, svgclass="sign-in__square", lineclass=None
    )
    return SafeString(drawn)
