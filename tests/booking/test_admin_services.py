"""The screen for services."""

import re

import pytest

from booking.models import Service
from tests.html_tree import parse

from .factories import make_location, make_service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
LIST = "/admin/booking/service/"


def url(service):
    return f"{LIST}{service.pk}/change/"


def answers(service, **others):
    return {
        "name": "Follow-up",
        "slug": service.slug,
        "is_active": "on",
        "position": 3,
        "for_whom": "returning",
        "practitioners": [service.practitioner.pk],
        "location": service.location.pk,
        "duration_minutes": 45,
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 10,
        "step_minutes": 15,
        "notice_minutes_0": 2,
        "notice_minutes_1": 1440,
        "horizon_days": 60,
        "daily_cap": 4,
        "cancel_notice_minutes_0": 36,
        "cancel_notice_minutes_1": 60,
        "reminder_minutes": "3 days, 2 hours",
        "follow_up_minutes_0": "",
        "follow_up_minutes_1": 60,
    } | others


def shown_length(page, name):
    """Return number and unit that the form shows."""
    number = re.search(rf'name="{name}_0"[^>]*value="(\d+)"', page) or re.search(
        rf'value="(\d+)"[^>]*name="{name}_0"', page
    )
    select = re.search(rf'<select name="{name}_1".*?</select>', page, re.DOTALL)
    return number[1], re.search(r"selected>(\w+)", select[0])[1]


def test_new_service_begins_with_a_day_before_the_visit(admin_client):
    page = admin_client.get(f"{LIST}add/").text

    for name in ("notice_minutes", "cancel_notice_minutes"):
        assert shown_length(page, name) == ("1", "days")


def test_owner_sets_every_rule(admin_client):
    service = make_service()
    by_phone = make_location(name="By phone", kind="phone", same_hours_as=service.location)

    response = admin_client.post(url(service), answers(service, other_locations=[by_phone.pk]))

    service = Service.objects.get()
    assert response.status_code == 302
    assert (service.for_whom, service.is_listed, service.daily_cap) == ("returning", False, 4)
    assert (service.notice_minutes, service.cancel_notice_minutes) == (2 * 1440, 36 * 60)
    assert list(service.other_locations.all()) == [by_phone]


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        (1440, ("1", "days")),
        (2880, ("2", "days")),
        (2160, ("36", "hours")),
        (90, ("90", "minutes")),
        (0, ("0", "hours")),
    ],
)
def test_minutes_are_shown_in_the_largest_unit(admin_client, minutes, shown):
    service = make_service(notice_minutes=minutes)

    page = admin_client.get(url(service)).text

    assert shown_length(page, "notice_minutes") == shown


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"notice_minutes_0": ""}, "This field is required."),
        ({"notice_minutes_0": -1}, "greater than or equal to 0"),
        ({"notice_minutes_0": 367}, "Enter at most 366 days."),
        ({"cancel_notice_minutes_0": 366 * 24 + 1}, "Enter at most 366 days."),
        ({"duration_minutes": 1441}, "Enter at most a day: 1440 minutes."),
        ({"step_minutes": 4}, "Enter at least 5 minutes."),
        ({"horizon_days": 731}, "Enter at most 730 days."),
        ({"daily_cap": 501}, "Enter at most 500, or nothing."),
    ],
)
def test_length_that_cannot_be_is_refused(admin_client, answer, words):
    service = make_service()

    response = admin_client.post(url(service), answers(service, **answer))

    assert words in response.text
    assert Service.objects.get().notice_minutes == 0


def test_list_sets_order_and_what_is_shown(admin_client):
    first, second = make_service(position=1), make_service(position=2)
    data = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save"}
    data |= {"form-0-id": first.pk, "form-0-position": 5, "form-0-is_active": "on"}
    data |= {"form-1-id": second.pk, "form-1-position": 2, "form-1-is_listed": "on"}

    admin_client.post(LIST, data)

    assert list(Service.objects.values_list("pk", "is_active", "is_listed")) == [
        (second.pk, False, True),
        (first.pk, True, False),
    ]


def test_every_box_says_what_it_is(admin_client):
    service = make_service(name="Follow-up")

    listed = parse(admin_client.get(LIST).content)
    form = parse(admin_client.get(url(service)).content)

    position = listed.one("input", name="form-0-position")
    assert position.get("aria-label") == "Position: Follow-up"
    notice = form.one("input", name="notice_minutes_0")
    assert notice.get("aria-label") == "Booking closes before the visit"


def test_list_says_where_and_asks_as_much_for_many_as_for_one(
    admin_client, django_assert_num_queries, django_assert_max_num_queries
):
    service = make_service(duration_minutes=60)
    service.other_locations.add(make_location(name="By phone", same_hours_as=service.location))
    with django_assert_max_num_queries(30) as one:
        page = admin_client.get(LIST).text

    make_service()
    make_service()

    with django_assert_num_queries(len(one)):
        admin_client.get(LIST)
    assert "Sampletown clinic, By phone" in page
    assert ">1 hour<" in page
