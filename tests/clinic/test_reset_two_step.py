"""Somebody lost the phone and the recovery codes."""

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.booking.factories import NOW

from .staff import (
    SET_UP,
    TWO_STEP,
    code_now,
    give_app,
    is_signed_in,
    make_staff,
    outcomes,
    sign_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(settings):
    settings.TWO_STEP_REQUIRED = True
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def pat():
    return make_staff(group="Front desk")


@pytest.fixture
def codes(pat):
    return give_app(pat)


def test_reset_removes_app_and_codes_ends_sessions_and_is_written_down(client, pat, codes, capsys):
    sign_in(client)
    client.post(TWO_STEP, {"code": code_now(pat)})

    call_command("reset_two_step", "pat", "--yes")

    assert (TOTPDevice.objects.count(), StaticToken.objects.count()) == (0, 0)
    assert (Session.objects.count(), is_signed_in(client)) == (0, False)
    assert outcomes()[-1] == "reset"
    assert sign_in(client).request["PATH_INFO"] == SET_UP
    assert "is reset" in capsys.readouterr().out


@pytest.mark.parametrize(("answer", "left"), [("no", 1), ("", 1), ("YES", 0)])
def test_reset_asks_first(pat, codes, monkeypatch, answer, left):
    monkeypatch.setattr("builtins.input", lambda question: answer)

    call_command("reset_two_step", "pat", verbosity=0)

    assert TOTPDevice.objects.count() == left


def test_reset_of_an_account_with_nothing_set_up_says_so(pat, capsys):
    call_command("reset_two_step", "pat", "--yes")

    assert "neither an app nor recovery codes: nothing was changed" in capsys.readouterr().out
    assert outcomes() == []


def test_reset_of_nobody_says_so():
    with pytest.raises(CommandError, match="No account is called nobody."):
        call_command("reset_two_step", "nobody", "--yes")
