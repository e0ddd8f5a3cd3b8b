from datetime import timedelta

import pytest

from booking import limits
from booking.errors import SlotTaken, TooMany
from booking.limits import PER_CONNECTION, PER_EMAIL, client_network, forget_old, spend
from booking.models import Attempt

from .factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_from(rf):
    return lambda address, **headers: rf.post("/", REMOTE_ADDR=address, **headers)


def spend_times(times, kind, request, *, email="", now=NOW):
    for _ in range(times):
        with spend(kind, request, email=email, now=now):
            pass


@pytest.mark.parametrize("kind", PER_CONNECTION)
def test_a_connection_may_do_so_much_and_no_more(kind, request_from):
    limit = PER_CONNECTION[kind][0]
    spend_times(limit.count, kind, request_from("192.0.2.1"))

    with pytest.raises(TooMany):
        spend_times(1, kind, request_from("192.0.2.1"))
    spend_times(1, kind, request_from("192.0.2.2"))


@pytest.mark.parametrize("kind", PER_EMAIL)
def test_an_address_may_do_so_much_from_anywhere(kind, request_from):
    limit = PER_EMAIL[kind][0]
    for number in range(limit.count):
        spend_times(1, kind, request_from(f"192.0.2.{number}"), email="ana@example.com")

    with pytest.raises(TooMany):
        spend_times(1, kind, request_from("198.51.100.1"), email=" ANA@example.com ")
    spend_times(1, kind, request_from("198.51.100.1"), email="ben@example.com")


def test_a_limit_ends_when_its_time_is_over(request_from):
    limit = PER_CONNECTION["book"][0]
    spend_times(limit.count, "book", request_from("192.0.2.1"))

    spend_times(1, "book", request_from("192.0.2.1"), now=NOW + limit.period)


def test_a_kind_does_not_use_up_another(request_from):
    spend_times(PER_CONNECTION["book"][0].count, "book", request_from("192.0.2.1"))

    spend_times(1, "hold", request_from("192.0.2.1"))


def test_what_was_refused_does_not_count(request_from):
    for _ in range(PER_CONNECTION["book"][0].count + 5):
        with pytest.raises(SlotTaken), spend("book", request_from("192.0.2.1"), now=NOW):
            raise SlotTaken

    assert not Attempt.objects.exists()


def test_who_goes_on_trying_is_let_in_when_the_time_is_over(request_from):
    limit = PER_CONNECTION["book"][0]
    spend_times(limit.count, "book", request_from("192.0.2.1"))
    for minutes in range(1, 50):
        with pytest.raises(TooMany):
            spend_times(1, "book", request_from("192.0.2.1"), now=NOW + timedelta(minutes=minutes))

    spend_times(1, "book", request_from("192.0.2.1"), now=NOW + limit.period)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "unknown"),
    ],
)
def test_client_network_is_what_one_customer_has(address, network, request_from):
    assert client_network(request_from(address)) == network


def test_a_forged_header_changes_nothing(request_from):
    request = request_from("192.0.2.1", HTTP_X_FORWARDED_FOR="203.0.113.9")

    assert client_network(request) == "192.0.2.1"


def test_no_address_is_stored(request_from):
    spend_times(1, "book", request_from("192.0.2.1"), email="ana@example.com")

    stored = str(list(Attempt.objects.values()))
    assert "192.0.2.1" not in stored
    assert "ana" not in stored


def test_forget_old_keeps_the_last_day(request_from):
    spend_times(1, "book", request_from("192.0.2.1"), now=NOW - limits.LONGEST)
    spend_times(1, "book", request_from("192.0.2.1"), now=NOW - timedelta(hours=23))

    assert forget_old(NOW) == 1
    assert Attempt.objects.get().at == NOW - timedelta(hours=23)
