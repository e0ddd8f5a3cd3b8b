"""Who tries too often waits, is told how long, and stops nobody else."""

import pytest
from axes.models import AccessAttempt
from django.core.management import call_command
from django.test import Client

from clinic.environment import parse_networks
from tests.html_tree import parse

from .staff import (
    LOGIN,
    PASSWORD,
    TWO_STEP,
    code_now,
    errors_of,
    give_app,
    is_signed_in,
    make_staff,
    outcomes,
    sign_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def pat():
    return make_staff()


def fail(client, username="pat", *, times=5, **kwargs):
    """Type a wrong password so many times; return the last answer."""
    for _ in range(times):
        answer = sign_in(client, username, "not this one, pat", **kwargs)
    return answer


def test_five_wrong_passwords_lock_out_for_a_quarter_of_an_hour(client, pat, clock):
    fourth, fifth = fail(client, times=4), fail(client, times=1)
    clock.shift(5 * 60)
    right = sign_in(client)
    clock.shift(10 * 60 + 1)
    later = sign_in(client)

    assert [answer.status_code for answer in (fourth, fifth, right, later)] == [200, 429, 429, 200]
    assert "Wait 15 minutes, then try again." in errors_of(fifth)[0]
    assert "Wait 10 minutes, then try again." in errors_of(right)[0]
    assert "ask an owner of the clinic to set a new one" in errors_of(right)[0]
    assert is_signed_in(client)


def test_the_form_keeps_the_user_name_and_not_the_password(client, pat):
    page = parse(fail(client).content)

    assert page.one("input", name="username").get("value") == "pat"
    assert page.one("input", name="password").get("value") is None


def test_a_name_that_nobody_has_is_answered_alike(client, pat):
    known = [errors_of(fail(client, times=n)) for n in (1, 4)]
    unknown = [errors_of(fail(client, "nobody", times=n)) for n in (1, 4)]

    assert known == unknown


def test_trying_on_makes_nobody_wait_longer(client, pat, clock):
    fail(client)
    for _ in range(15):
        clock.shift(60)
        fail(client, times=1)
    clock.shift(1)

    sign_in(client)

    assert is_signed_in(client)
    assert outcomes() == ["wrong_password"] * 5 + ["locked_out", "in"]


def test_a_colleague_elsewhere_is_not_locked_out(client, pat):
    fail(Client(), REMOTE_ADDR="203.0.113.7")

    sign_in(client, REMOTE_ADDR="203.0.113.8")

    assert is_signed_in(client)


def test_another_name_on_the_same_connection_is_not_locked_out(client, pat):
    make_staff("sam")
    fail(Client(), "sam")

    sign_in(client)

    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("trusted", "is_locked"), [(["127.0.0.1"], False), ([], True)], ids=["trusted", "a stranger"]
)
def test_the_connection_behind_a_trusted_proxy_counts(client, pat, settings, trusted, is_locked):
    settings.TRUSTED_PROXIES = parse_networks("TRUSTED_PROXIES", trusted)
    fail(Client(), headers={"x-forwarded-for": "203.0.113.7"})

    answer = sign_in(client, headers={"x-forwarded-for": "203.0.113.8"})

    assert (answer.status_code == 429) is is_locked


def test_addresses_of_one_customer_count_together(client, pat):
    for n in range(5):
        fail(client, times=1, REMOTE_ADDR=f"2001:db8::{n}")

    assert sign_in(client, REMOTE_ADDR="2001:db8::99").status_code == 429
    assert sign_in(Client(), REMOTE_ADDR="2001:db8:0:1::1").status_code == 200


def test_another_browser_does_not_begin_anew(client, pat):
    fail(client, times=3, headers={"user-agent": "one"})
    fail(client, times=2, headers={"user-agent": "another"})

    assert sign_in(client, headers={"user-agent": "a third"}).status_code == 429


def test_the_right_password_begins_anew(client, pat):
    fail(client, times=4)
    sign_in(client)
    other = Client()

    assert fail(other, times=4).status_code == 200


def test_failures_hold_no_password_no_name_that_is_none_and_no_page(client, pat):
    wanted = "/admin/booking/patient/?q=Ana+Example"
    sign_in(client, "pat", "hunter2 hunter2", next=wanted)
    sign_in(client, "my password, typed too early", "hunter2 hunter2", next=wanted)
    client.post(f"{LOGIN}?next={wanted}", {"username": "pat", "password": "hunter2 hunter2"})

    kept = repr(list(AccessAttempt.objects.values()))
    assert AccessAttempt.objects.count() == 2
    assert [word for word in ("hunter2", "too early", "Ana") if word in kept] == []


def test_wrong_codes_count_too_and_the_password_alone_forgives_nothing(client, pat, clock):
    codes = give_app(pat)
    for _ in range(4):
        sign_in(client)
        client.post(TWO_STEP, {"code": "000000"})
        clock.shift(60)

    fifth = client.post(TWO_STEP, {"code": "000000"})
    right = client.post(TWO_STEP, {"code": codes[0]})

    assert (fifth.status_code, right.status_code) == (429, 429)
    assert "Wait 15 minutes" in errors_of(fifth)[0]
    assert sign_in(Client()).status_code == 429
    assert outcomes()[-2:] == ["wrong_code", "locked_out"]


def test_both_steps_done_begin_anew(client, pat, clock):
    give_app(pat)
    sign_in(client)
    for _ in range(4):
        client.post(TWO_STEP, {"code": "000000"})
        clock.shift(60)
    client.post(TWO_STEP, {"code": code_now(pat)})

    assert is_signed_in(client)
    assert fail(Client(), times=4).status_code == 200


def test_whoever_runs_the_server_can_unlock(client, pat):
    fail(client)

    call_command("axes_reset_username", "pat", verbosity=0)
    sign_in(client)

    assert is_signed_in(client)


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_an_account_that_may_not_come_in_is_answered_as_a_wrong_password(client, pat, change):
    wrong = errors_of(fail(client, times=1))
    type(pat).objects.update(**change)

    assert errors_of(sign_in(client, "pat", PASSWORD)) == wrong
