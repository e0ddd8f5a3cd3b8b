"""A name stands in mails to whatever address was typed with it: no link may go out in it."""

from time import process_time

import pytest
from django.core.exceptions import ValidationError

from booking.models import Appointment, WaitlistEntry
from booking.validators import NoWebAddress

from .desk import errors, send
from .factories import local
from .journeys import pass_screening, send_details, step_url

REFUSAL = (
    "Write your name without a web or email address. "
    "If it has a dot, put a space after the dot, as in “St. John”."
)
LINK = "Win at http://evil.example"


@pytest.mark.parametrize(
    "name",
    [
        LINK,
        "www.evil.example",
        "WWW.Evil.Example",
        "evil.com/x",
        "Ana, see evil.com",
        "EVIL.COM.",
        "(evil.com)",
        "t.co/abc",
        "x.com",
        "evil.de",
        "evil.co.uk",
        "mail ana@evil.org",
        "evil.example/x",
        "evil.example:8080/",
        "1.2.3.4/x",
        "https:evil",
        "hxxp:\\\\evil",
        "évil.com",
        "пример.рф",
        "例子.中国",
        "evil.xn--p1ai",
        "ｅｖｉｌ．ｃｏｍ",
        "evil。com",
        "evil\u2024com",
        "evil.c\u200dom",
        "e\u00advil.com",
    ],
)
def test_a_web_address_is_no_name(name):
    with pytest.raises(ValidationError) as error:
        NoWebAddress("your name")(name)

    assert error.value.messages == [REFUSAL]


@pytest.mark.parametrize(
    "name",
    [
        "John Q. Public Jr.",
        "O'Neil-Smith",
        "O’Neil-Smith",
        "María José",
        "St.John",
        "Ma.Luisa Reyes",
        "J.R.R.Tolkien",
        "J.Li",
        "Y.Ma",
        "Nguyễn Văn A",
        "X Æ A-12",
        "Ana Example M.D.",
        "Dr. Com",
        "Ana Example, Ph.D.",
        "А.С.Пушкин",
        "王.小明",
        "می\u200cخواهم",
        "Ana w/o Middle",
        "Ana 2.0",
        "Ana: the Second",
    ],
)
def test_a_name_with_dots_is_a_name(name):
    assert NoWebAddress("your name")(name) is None


def test_a_name_of_countless_accents_is_looked_through_in_no_time():
    # Of a million in this order, it would take the whole server minutes.
    acute, dot = "\N{COMBINING ACUTE ACCENT}", "\N{COMBINING DOT BELOW}"
    name = "a" + 40_000 * acute + 40_000 * dot
    began = process_time()

    assert NoWebAddress("your name")(name) is None

    assert process_time() - began < 2


def test_no_visit_is_booked_under_a_web_address(visitor, bookable_service):
    response = send_details(visitor, bookable_service, name=LINK)

    assert response.context["form"].errors == {"name": [REFUSAL]}
    assert not Appointment.objects.confirmed().exists()


def test_nobody_joins_the_waiting_list_under_a_web_address(client, bookable_service):
    pass_screening(client, bookable_service)
    wishes = {"from_on": "2026-12-08", "until_on": "2026-12-20", "time_of_day": "any"}
    person = {"email": "ana@example.com", "phone": "(212) 555-0123", "consent": "on"}

    response = client.post(step_url(bookable_service, "waitlist"), {"name": LINK} | wishes | person)

    assert response.context["form"].errors == {"name": [REFUSAL]}
    assert not WaitlistEntry.objects.exists()


def test_no_caller_is_booked_under_a_web_address(bookable_service, front_desk):
    response = send(front_desk, local(7, 10), name=LINK)

    assert errors(response)["name"] == [REFUSAL]
    assert not Appointment.objects.confirmed().exists()
