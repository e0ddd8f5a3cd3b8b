"""Pages come and go by the clinic's clocks, also on the days on which these change."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from conditions.admin.moments import MomentField
from conditions.moments import in_words
from conditions.publishing import publish, unpublish
from tests.html_tree import parse

from .admin_pages import change_url, form_at
from .factories import NOW, make_condition, make_live_condition
from .staff import page_url

SECOND = timedelta(seconds=1)
# What staff type, and the instant that it means.
SPRING = [
    ("America/New_York", "2027-03-14T01:59", "2027-03-14T06:59Z"),
    ("America/New_York", "2027-03-14T03:00", "2027-03-14T07:00Z"),
    ("America/Denver", "2027-03-14T03:00", "2027-03-14T09:00Z"),
    ("Europe/London", "2027-03-28T02:00", "2027-03-28T01:00Z"),
]
AUTUMN = [
    ("America/New_York", "2027-11-07T00:59", "2027-11-07T04:59Z"),
    ("America/New_York", "2027-11-07T02:00", "2027-11-07T07:00Z"),
    ("America/Denver", "2027-11-07T02:00", "2027-11-07T09:00Z"),
    ("Europe/London", "2027-10-31T02:00", "2027-10-31T02:00Z"),
]
UNCHANGED = [("America/Phoenix", "2027-03-14T02:30", "2027-03-14T09:30Z")]
NO_TIME = [
    ("America/New_York", "2027-03-14T02:00"),
    ("America/New_York", "2027-03-14T02:59"),
    ("America/New_York", "2027-11-07T01:00"),
    ("America/New_York", "2027-11-07T01:59"),
    ("Europe/London", "2027-03-28T01:30"),
]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def staff(client):
    client.force_login(User.objects.create_superuser("boss"))
    return client


@pytest.mark.parametrize(("zone", "typed", "meant"), [*SPRING, *AUTUMN, *UNCHANGED])
def test_typed_time_is_one_of_the_clinics_zone(settings, zone, typed, meant):
    settings.TIME_ZONE = zone

    assert MomentField().clean(typed).astimezone(UTC) == datetime.fromisoformat(meant)


@pytest.mark.parametrize(("zone", "typed"), NO_TIME)
def test_typed_time_that_never_comes_or_comes_twice_is_refused(settings, zone, typed):
    settings.TIME_ZONE = zone

    with pytest.raises(ValidationError, match="comes twice or not at all"):
        MomentField().clean(typed)


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2027-03-14T06:59Z", "March 14, 2027, 1:59 AM"),
        ("2027-03-14T07:00Z", "March 14, 2027, 3:00 AM"),
        ("2027-11-07T05:30Z", "November 7, 2027, 1:30 AM"),
        ("2027-11-07T07:00Z", "November 7, 2027, 2:00 AM"),
    ],
)
def test_staff_read_a_moment_on_the_clinics_clock(at, words):
    assert in_words(datetime.fromisoformat(at)) == words


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "typed", "meant"), [SPRING[1], AUTUMN[1], SPRING[3]])
def test_page_comes_at_the_typed_instant(staff, clock, settings, zone, typed, meant):
    settings.TIME_ZONE = zone
    condition = make_condition(review_due_on=NOW.date() + timedelta(days=1000))
    form = form_at(staff, change_url(condition))
    staff.post(change_url(condition), form | {"publish_at": typed, "_schedule": "1"})
    moment = datetime.fromisoformat(meant)

    clock.move_to(moment - SECOND, tick=False)
    before = staff.get(condition.get_absolute_url()).status_code
    clock.move_to(moment, tick=False)

    assert (before, staff.get(condition.get_absolute_url()).status_code) == (404, 200)


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "typed", "meant"), [SPRING[1], AUTUMN[1], AUTUMN[3]])
def test_page_goes_at_the_typed_instant(staff, clock, settings, zone, typed, meant):
    settings.TIME_ZONE = zone
    condition = make_live_condition()
    staff.post(page_url(condition, "site"), {"at": typed, "_take_off": "1"})
    moment = datetime.fromisoformat(meant)

    clock.move_to(moment - SECOND, tick=False)
    before = staff.get(condition.get_absolute_url()).status_code
    clock.move_to(moment, tick=False)

    assert (before, staff.get(condition.get_absolute_url()).status_code) == (200, 410)


@pytest.mark.django_db
def test_editions_in_the_hour_that_comes_twice_follow_each_other(client, clock):
    first, second = (datetime(2027, 11, 7, hour, 30, tzinfo=UTC) for hour in (5, 6))
    condition = make_condition(title="First", review_due_on=date(2028, 1, 1))
    publish(condition, by="tests", now=NOW, publish_at=first)
    condition.title = "Second"
    condition.save()
    publish(condition, by="tests", now=NOW, publish_at=second)
    unpublish(condition, by="tests", now=NOW, at=second + timedelta(minutes=45))

    seen = []
    for at in (first, second - SECOND, second, second + timedelta(minutes=45)):
        clock.move_to(at, tick=False)
        headings = parse(client.get(condition.get_absolute_url()).content).all("h1")
        seen.append(headings[0].text)

    assert seen[:3] == ["First", "First", "Second"]
    assert client.get(condition.get_absolute_url()).status_code == 410


@pytest.mark.django_db
@pytest.mark.parametrize(("at", "day"), [("04:59", "2026-12-07"), ("05:00", "2026-12-08")])
def test_page_names_the_clinics_day(client, clock, at, day):
    clock.move_to(f"2026-12-08T{at}Z", tick=False)

    condition = make_live_condition(now=datetime.fromisoformat(f"2026-12-08T{at}Z"))

    assert f'<dt>Published</dt><dd><time datetime="{day}">' in (
        client.get(condition.get_absolute_url()).text
    )
