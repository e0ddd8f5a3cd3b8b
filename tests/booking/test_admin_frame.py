"""The frame of the staff pages: their colors, the way about, and today in numbers."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from tests.html_tree import parse

from .factories import local, make_appointment

CSS = Path(__file__).resolve().parents[2] / "static" / "css"


def colors(text):
    return dict(re.findall(r"(--[\w-]+): ([^;]+);", text))


def test_the_colors_chosen_in_the_admin_are_those_of_the_device():
    tokens = (CSS / "tokens.css").read_text()
    light, rest = tokens.split("@media (prefers-color-scheme: dark)")
    dark = rest.split("@media (prefers-contrast: more)")[0]
    frame = (CSS / "staff-frame.css").read_text().split("}")[0]

    chosen = colors(frame)

    wanted = {name for name in colors(dark) if not name.startswith("--shadow")}
    assert chosen.keys() == wanted
    assert chosen == {
        name: f"light-dark({colors(light)[name]}, {colors(dark)[name]})" for name in wanted
    }


def test_each_row_and_length_of_a_day_has_its_class():
    rows = (CSS / "agenda-rows.css").read_text()

    starts = [
        f".at-{minute // 60:02}{minute % 60:02} {{ --at: {minute // 15}; }}"
        for minute in range(0, 24 * 60, 15)
    ]
    lengths = [f".for-{15 * n} {{ --for: {n}; }}" for n in range(1, 97)]
    hours = [f".from-{hour} {{ --from: {4 * hour}; }}" for hour in range(24)]
    assert [rule for rule in starts + lengths + hours if rule not in rows] == []


@pytest.mark.django_db
def test_the_index_says_what_today_has(monday_morning, front_desk, bookable_service):
    make_appointment(bookable_service, local(7, 9), status="arrived")
    make_appointment(bookable_service, local(8, 9))

    page = parse(front_desk.get("/admin/").content)

    line = page.one("a", href="/admin/booking/appointment/agenda/?view=day").parent
    assert line.text == "Today: 1 visit. Look at the day"


@pytest.mark.django_db
def test_whoever_sees_no_visits_hears_no_numbers(client):
    client.force_login(User.objects.create_user("writer", is_staff=True))

    assert "Today:" not in client.get("/admin/").content.decode()


@pytest.mark.django_db
def test_the_page_to_sign_in_has_the_brand_and_no_way_about(client):
    page = parse(client.get("/admin/login/").content)

    assert page.one("a", class_="staff-brand").text == "Clinic staff"
    assert page.all("nav", class_="staff-nav") == []


@pytest.mark.django_db
def test_the_navigation_shows_each_member_of_staff_what_they_may_open(front_desk, client):
    nav = parse(front_desk.get("/admin/").content).one("nav", class_="staff-nav")
    assert [link.text for link in nav.all("a")] == ["Week", "Patients", "Hours"]

    user = User.objects.create_user("nobody", is_staff=True)
    client.force_login(user)
    nav = parse(client.get("/admin/").content).one("nav", class_="staff-nav")
    assert nav.all("a") == []


@pytest.mark.django_db
def test_the_frame_says_who_is_signed_in_and_how_to_leave(client):
    user = User.objects.create_user("mina", first_name="Mina", last_name="Desk", is_staff=True)
    client.force_login(user)

    tools = parse(client.get("/admin/").content).one(id="user-tools")

    assert tools.one("strong").text == "Mina Desk"
    assert [link.text for link in tools.all("a")] == ["Password and sign-in", "View site"]
    assert tools.one("form").one("button").text == "Log out"
