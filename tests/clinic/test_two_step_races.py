"""What two browsers do at the same time with one account's second step."""

import threading
from time import monotonic, sleep

import django_otp
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic.sign_in import two_step
from tests.booking.factories import NOW
from tests.html_tree import parse
from tests.locks import waiting_for_us

from .staff import (
    LOGIN,
    RECOVERY,
    SET_UP,
    TWO_STEP,
    code_now,
    code_of,
    give_app,
    is_signed_in,
    make_staff,
    outcomes,
    sign_in,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("both_steps")]
BROWSERS = 4


def browsers():
    """Return browsers in which the password was given."""
    clients = [Client() for _ in range(BROWSERS)]
    for client in clients:
        sign_in(client)
    return clients


@pytest.fixture
def right_after(monkeypatch):
    """Return a function that lets something happen when a function of the code has returned."""

    def right_after(module, name, happens):
        done = getattr(module, name)

        def do(*args, **kwargs):
            result = done(*args, **kwargs)
            happens()
            return result

        monkeypatch.setattr(module, name, do)

    return right_after


class Reset(threading.Thread):
    """A reset by somebody else of the only account."""

    is_done = False

    def __call__(self):
        """Begin it, once. Go on when it is done, or waits for what this connection does."""
        if not self.ident:
            self.start()
            until = monotonic() + 10
            while self.is_alive() and not waiting_for_us() and monotonic() < until:
                sleep(0.01)

    def run(self):
        try:
            self.is_done = two_step.reset(User.objects.get(), now=NOW)
        finally:
            connection.close()

    def assert_wins(self, client):
        """Assert that nothing is left of the second step, and that the browser is signed out."""
        self.join()
        assert self.is_done
        assert (TOTPDevice.objects.count(), StaticToken.objects.count()) == (0, 0)
        assert client.get(SET_UP).url == f"{LOGIN}?next={SET_UP}"


@pytest.fixture
def reset():
    return Reset()


def change_app():
    TOTPDevice.objects.all().delete()
    give_app(User.objects.get())


def new_app():
    """Return the form that sets up an app for the only account."""
    key = two_step.new_key()
    return {"key": two_step.seal_key(User.objects.get(), key), "code": code_of(key)}


def assert_says_why(client, answer):
    assert answer.url == f"{LOGIN}?next=%2Fadmin%2F&ended=changed"
    assert "was reset, or set up anew" in parse(client.get(answer.url).content).text


def send_together(clients, url, forms):
    """Send each browser's form at the same moment; return the statuses."""
    gate, statuses = threading.Barrier(len(clients), timeout=10), []

    def send(client, form):
        try:
            gate.wait()
            statuses.append(client.post(url, form).status_code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=send, args=pair) for pair in zip(clients, forms, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses)


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_a_code_sent_many_times_at_once_lets_one_in(kind):
    pat = make_staff()
    codes = give_app(pat)
    clients = browsers()

    code = code_now(pat) if kind == "app" else codes[0]
    send_together(clients, TWO_STEP, [{"code": code}] * BROWSERS)

    assert [is_signed_in(client) for client in clients].count(True) == 1
    assert sum(outcome in ("in", "recovery") for outcome in outcomes()) == 1


def test_wrong_passwords_sent_at_once_are_counted_one_by_one():
    make_staff()
    tries = 12

    forms = [{"username": "pat", "password": f"wrong {n}"} for n in range(tries)]
    send_together([Client() for _ in range(tries)], LOGIN, forms)

    assert outcomes().count("wrong_password") == 5


def test_a_reset_asked_for_many_times_at_once_is_done_and_noted_once(settings):
    settings.TWO_STEP_REQUIRED = False
    pat = make_staff()
    give_app(pat)
    clients = [Client() for _ in range(BROWSERS)]
    for number, client in enumerate(clients):
        client.force_login(make_staff(f"owner{number}", group="Owner"))

    url = reverse("admin:auth_user_reset_two_step", args=[pat.pk])
    statuses = send_together(clients, url, [{}] * BROWSERS)

    assert statuses == [302] + [409] * (BROWSERS - 1)
    assert outcomes() == ["reset"]


def test_one_app_is_set_up_at_a_time_and_the_others_are_asked_for_its_code():
    pat = make_staff()
    clients, forms = browsers(), []
    for client in clients:
        sealed = parse(client.get(SET_UP).content).one("input", name="key").get("value")
        forms.append({"key": sealed, "code": code_of(two_step.open_key(pat, sealed))})

    statuses = send_together(clients, SET_UP, forms)

    assert (TOTPDevice.objects.count(), StaticDevice.objects.count()) == (1, 1)
    assert statuses == [200] + [302] * (BROWSERS - 1)
    assert [is_signed_in(client) for client in clients].count(True) == 1


def test_a_reset_before_letting_in_wins(client, right_after, reset):
    codes = give_app(make_staff())
    sign_in(client)
    right_after(two_step, "check_code", reset)

    answer = client.post(TWO_STEP, {"code": codes[0]})

    assert_says_why(client, answer)
    reset.assert_wins(client)


def test_a_reset_while_somebody_is_let_in_wins(client, right_after, reset):
    codes = give_app(make_staff())
    sign_in(client)
    right_after(django_otp, "login", reset)

    client.post(TWO_STEP, {"code": codes[0]})

    reset.assert_wins(client)


def test_a_reset_while_an_app_is_set_up_wins(client, right_after, reset):
    make_staff()
    sign_in(client)
    right_after(django_otp, "login", reset)

    client.post(SET_UP, new_app())

    reset.assert_wins(client)


def test_a_reset_before_another_app_is_set_up_in_place_wins(client, right_after, reset):
    codes = give_app(make_staff())
    sign_in(client)
    client.post(TWO_STEP, {"code": codes[0]})
    right_after(two_step, "check_code", reset)

    answer = client.post(SET_UP, {**new_app(), "present_code": codes[1]})

    assert_says_why(client, answer)
    reset.assert_wins(client)


def test_a_reset_before_the_first_app_is_set_up_wins(client, right_after, reset):
    pat = make_staff()
    sign_in(client)
    # Codes alone: there is something to reset, and no app whose code is asked for.
    two_step._make_codes(pat)
    right_after(two_step, "first_code", reset)

    answer = client.post(SET_UP, new_app())

    assert_says_why(client, answer)
    reset.assert_wins(client)


def test_an_app_takes_the_place_of_none_but_the_one_whose_code_was_right(client, right_after):
    codes = give_app(make_staff())
    sign_in(client)
    client.post(TWO_STEP, {"code": codes[0]})
    right_after(two_step, "check_code", change_app)
    form = new_app()

    answer = client.post(SET_UP, {**form, "present_code": codes[1]})

    assert_says_why(client, answer)
    assert code_now(User.objects.get()) != form["code"]


def test_a_reset_before_new_recovery_codes_wins(client, right_after, reset):
    codes = give_app(make_staff())
    sign_in(client)
    client.post(TWO_STEP, {"code": codes[0]})
    right_after(two_step, "check_code", reset)

    answer = client.post(RECOVERY, {"code": codes[1]})

    assert_says_why(client, answer)
    reset.assert_wins(client)


def test_a_reset_while_a_recovery_code_is_used_wins(client, right_after, reset):
    codes = give_app(make_staff())
    sign_in(client)
    right_after(two_step, "_digest", reset)

    client.post(TWO_STEP, {"code": codes[0]})

    reset.assert_wins(client)


def test_a_reset_while_recovery_codes_are_made_wins(client, right_after, reset):
    pat = make_staff()
    codes = give_app(pat)
    sign_in(client)
    client.post(TWO_STEP, {"code": codes[0]})
    right_after(two_step, "_digest", reset)

    client.post(RECOVERY, {"code": code_now(pat)})

    reset.assert_wins(client)
