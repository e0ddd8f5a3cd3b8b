"""What two browsers do at the same time with one account's second step."""

import threading

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from clinic.sign_in import two_step
from tests.booking.factories import NOW
from tests.html_tree import parse

from .staff import (
    LOGIN,
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

pytestmark = pytest.mark.django_db(transaction=True)
BROWSERS = 4


@pytest.fixture(autouse=True)
def clock(settings):
    settings.TWO_STEP_REQUIRED = True
    with time_machine.travel(NOW, tick=False):
        yield


def browsers():
    """Return browsers in which the password was given."""
    clients = [Client() for _ in range(BROWSERS)]
    for client in clients:
        sign_in(client)
    return clients


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
