from zoneinfo import ZoneInfo, available_timezones

import pytest

from booking.templatetags.journey import zone_options
from booking.zones import read_zone, zone_groups, zone_label
from tests.html_tree import parse


@pytest.mark.parametrize("name", ["Europe/London", "Asia/Calcutta", "UTC"])
def test_read_zone_knows_new_and_old_names(name):
    assert read_zone(name) == ZoneInfo(name)


@pytest.mark.parametrize(
    "name", ["", "Mars/Base", "localtime", "Factory", "../etc/passwd", "Europe/", "x" * 5000, "\0"]
)
def test_read_zone_knows_nothing_else(name):
    assert read_zone(name) is None


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("America/New_York", "Eastern (New York)"),
        ("Europe/London", "London"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires, Argentina"),
        ("UTC", "UTC"),
    ],
)
def test_zone_label_says_the_place_first(key, label):
    assert zone_label(key) == label


def test_zone_groups_hold_each_zone_once_and_no_old_name():
    keys = [choice.key for group in zone_groups() for choice in group.choices]

    assert len(keys) == len(set(keys)) < 450
    assert set(keys) <= available_timezones()
    assert {"Europe/London", "Asia/Kathmandu", "Australia/Lord_Howe"} <= set(keys)
    assert not {"Asia/Calcutta", "US/Eastern", "EST", "Etc/GMT+5"} & set(keys)


def test_zone_groups_begin_with_the_united_states_and_are_in_order():
    groups = {group.title: [one.label for one in group.choices] for group in zone_groups()}

    assert list(groups)[:3] == ["United States", "The Americas", "Europe"]
    assert groups["Europe"] == sorted(groups["Europe"])
    assert "Longyearbyen" in groups["Europe"]


def selected(options):
    return [one.get("value") for one in options if "selected" in one.attributes]


def test_zone_options_select_one_and_begin_with_the_clinics():
    own = parse(zone_options("America/New_York", "America/New_York")).all("option")
    other = parse(zone_options("America/New_York", "Europe/London")).all("option")

    assert own[0].text == "Clinic time: Eastern (New York)"
    assert selected(own) == ["America/New_York"]
    assert selected(other) == ["Europe/London"]


def test_zone_options_hold_an_old_name_that_was_chosen():
    options = parse(zone_options("America/New_York", "Asia/Calcutta")).all("option")

    assert [(one.get("value"), one.text) for one in options][1] == ("Asia/Calcutta", "Calcutta")
    assert selected(options) == ["Asia/Calcutta"]
