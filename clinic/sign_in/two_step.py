"""The second step of signing in: an authenticator app, or one of ten recovery codes.

django-otp keeps both. Of a recovery code the database has a digest alone, made with SECRET_KEY. The
secret of an app has to be read for each check, so whoever steals the database has that.
"""

import re
import secrets
from base64 import b32encode
from binascii import unhexlify
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import time
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.db import transaction
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from clinic.models import SignInOutcome
from clinic.sign_in import history, sessions

CODE_DUE = "code_due"
HOW_MANY_CODES = 10
# Without letters and digits that look alike.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
APP_CODE = re.compile(r"[0-9]{6}")
# django-otp doubles the wait with each failure, without an end: 2**10 seconds are 17 minutes.
MOST_FAILURES = 11
KEY_SALT = "clinic.sign_in.two_step.key"
KEY_LASTS = timedelta(hours=1)


@dataclass(frozen=True)
class Answer:
    """What became of a code: the device that took it, or how long to wait before the next try."""

    device: TOTPDevice | StaticDevice | None = None
    wait: timedelta = timedelta()


def app_of(user: Any) -> TOTPDevice | None:
    """Return the app that the account has set up."""
    device: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    return device


def recovery_codes_left(user: Any) -> int:
    """Return how many recovery codes are not used yet."""
    device = StaticDevice.objects.filter(user=user).first()
    return device.token_set.count() if device else 0


def has_any(user: Any) -> bool:
    """Return whether the account has an app or recovery codes."""
    return app_of(user) is not None or recovery_codes_left(user) > 0


def is_through(request: HttpRequest) -> bool:
    """Return whether whoever signed in has done the second step, or has none to do."""
    if getattr(request.user, "otp_device", None) is not None:
        return True
    return not settings.TWO_STEP_REQUIRED and not request.session.get(CODE_DUE)


class ChangedMeanwhile(Exception):
    """The account's second step was reset or set up anew since the request began. Sign in again."""


def hold(user: Any, *, session: SessionBase | None = None) -> None:
    """Lock the account's row until the transaction ends. Whatever changes its devices does so first.

    Raises ChangedMeanwhile if the `session` that asks was ended while this waited.
    """
    get_user_model().objects.select_for_update(no_key=True).filter(pk=user.pk).first()
    if session is not None and not session.exists(session.session_key or ""):
        raise ChangedMeanwhile


def check_code(user: Any, code: str, *, now: datetime) -> Answer:
    """Check a code of the app or a recovery code. Each is good for once."""
    is_app_code = APP_CODE.fullmatch(code)
    model = TOTPDevice if is_app_code else StaticDevice
    with transaction.atomic():
        # One after the other, or the same code could be taken twice at once.
        hold(user)
        device = model.objects.filter(user=user, confirmed=True).first()
        if device is None:
            return Answer()
        device.throttling_failure_count = min(device.throttling_failure_count, MOST_FAILURES)
        is_allowed, why = device.verify_is_allowed()
        if not is_allowed:
            return Answer(wait=why["locked_until"] - now)
        is_right = device.verify_token(code if is_app_code else _digest(user, code))
        return Answer(device if is_right else None)


def new_key() -> str:
    """Return a secret for an app that is to be set up."""
    key: str = random_hex()
    return key


def seal_key(user: Any, key: str) -> str:
    """Return the secret for a form's hidden field: looking at the page stores nothing."""
    return signing.dumps([user.pk, key], salt=KEY_SALT)


def open_key(user: Any, sealed: str) -> str:
    """Return the secret. Raises BadSignature if it is another's, or older than an hour."""
    pk, key = signing.loads(sealed, salt=KEY_SALT, max_age=KEY_LASTS)
    if pk != user.pk:
        raise signing.BadSignature("This secret was shown to somebody else.")
    return str(key)


def key_in_words(key: str) -> str:
    """Return the secret as people type it into an app: in groups of four."""
    letters = b32encode(unhexlify(key)).decode()
    return " ".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def key_address(user: Any, key: str) -> str:
    """Return the address that the square code holds."""
    return str(TOTPDevice(user=user, key=key).config_url)


def first_code(key: str, code: str) -> TOTP | None:
    """Return how the app's clock stands if the code is of this secret, else None."""
    totp = TOTP(unhexlify(key))
    totp.time = time()
    is_right = APP_CODE.fullmatch(code) and totp.verify(int(code), tolerance=1)
    return totp if is_right else None


@transaction.atomic
def set_up(
    user: Any,
    key: str,
    totp: TOTP,
    *,
    in_place_of: TOTPDevice | None,
    request: HttpRequest,
    now: datetime,
) -> tuple[TOTPDevice, list[str]]:
    """Set up an app, end other sessions; return it and new recovery codes.

    `in_place_of` is the app whose code was right. Raises ChangedMeanwhile if it is no longer the one
    that there is: two who know the password may set up theirs at the same time.
    """
    hold(user, session=request.session)
    if app_of(user) != in_place_of:
        raise ChangedMeanwhile
    TOTPDevice.objects.filter(user=user).delete()
    # The code that proved it is used up.
    device = TOTPDevice.objects.create(
        user=user, key=key, name="app", drift=totp.drift, last_t=totp.t(), last_used_at=now
    )
    codes = _make_codes(user)
    sessions.end_sessions(user, now=now, but=request.session.session_key)
    history.note(user, SignInOutcome.SET_UP, request=request, now=now)
    return device, codes


@transaction.atomic
def make_codes_anew(user: Any, *, request: HttpRequest, now: datetime) -> list[str]:
    """Return ten new recovery codes. The old ones are good no longer.

    Raises ChangedMeanwhile if there is no app any more: codes alone let nobody in.
    """
    hold(user, session=request.session)
    if app_of(user) is None:
        raise ChangedMeanwhile
    codes = _make_codes(user)
    history.note(user, SignInOutcome.NEW_CODES, request=request, now=now)
    return codes


@transaction.atomic
def reset(user: Any, *, now: datetime, request: HttpRequest | None = None) -> bool:
    """Remove app and recovery codes, and end all sessions of the account.

    Returns whether there were any; if not, nothing changes. Without a request it is somebody at the
    server.
    """
    # So that of two at once one is told that it is done already, and no app is set up in between.
    hold(user)
    if not has_any(user):
        return False
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    sessions.end_sessions(user, now=now)
    history.note(user, SignInOutcome.RESET, request=request, now=now)
    return True


def _make_codes(user: Any) -> list[str]:
    # Not made anew itself: whoever signed in with a code is known by it for this session.
    device, _created = StaticDevice.objects.get_or_create(user=user, defaults={"name": "codes"})
    codes = ["".join(secrets.choice(LETTERS) for _ in range(10)) for _ in range(HOW_MANY_CODES)]
    device.token_set.all().delete()
    device.token_set.bulk_create(
        device.token_set.model(device=device, token=_digest(user, code)) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def _digest(user: Any, code: str) -> str:
    """Return 64 bits, which django-otp has room for."""
    value = f"{user.pk}:{code}"
    return salted_hmac("clinic.sign_in.recovery", value, algorithm="sha256").hexdigest()[:16]
