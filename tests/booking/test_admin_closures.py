"""Closures: days and times on a place's clock, and the question about visits they fall on."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.urls import reverse

from booking.models import NotAvailableTime

from .factories import (
    local,
    make_appointment,
    make_closure,
    make_location,
    make_patient,
    make_practitioner,
    make_service,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
ADD = "/admin/booking/notavailabletime/add/"


def closure_data(first_on, **answers):
    return {"first_on": first_on, "reason": "Snow"} | answers


def add(client, first_on="2026-12-08", **answers):
    return client.post(ADD, closure_data(first_on, **answers))


def change(client, closure, first_on="2026-12-08", **answers):
    url = reverse("admin:booking_notavailabletime_change", args=[closure.pk])
    return client.post(url, closure_data(first_on, **answers))


def stored():
    closure = NotAvailableTime.objects.get()
    return closure.starts_at, closure.ends_at


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def asked_about(response):
    return [visit.pk for visit, _ in response.context["visits"]]


@pytest.mark.parametrize(
    ("answers", "period"),
    [
        ({}, (local(8, 0), local(9, 0))),
        ({"last_on": "2026-12-10"}, (local(8, 0), local(11, 0))),
        ({"from_time": "13:00", "until_time": "17:00"}, (local(8, 13), local(8, 17))),
        ({"from_time": "13:00"}, (local(8, 13), local(9, 0))),
        ({"until_time": "00:00"}, (local(8, 0), local(9, 0))),
        (
            {"from_time": "13:00", "last_on": "2026-12-09", "until_time": "09:30"},
            (local(8, 13), local(9, 9, 30)),
        ),
    ],
    ids=["a day", "days", "hours", "the rest of a day", "until midnight", "into another day"],
)
def test_closure_is_kept_as_instants(front_desk, answers, period):
    response = add(front_desk, **answers)

    assert response.status_code == 302
    assert stored() == period


@pytest.mark.parametrize(
    ("day", "answers", "hours"),
    [
        ("2027-03-14", {}, 23),
        ("2027-11-07", {}, 25),
        ("2027-03-14", {"from_time": "02:30", "until_time": "04:00"}, 1),
        ("2027-11-07", {"from_time": "01:00", "until_time": "01:30"}, 1.5),
    ],
    ids=["spring", "autumn", "skipped hour", "hour shown twice"],
)
def test_closure_takes_in_the_changes_of_the_clock(front_desk, day, answers, hours):
    add(front_desk, day, **answers)

    starts_at, ends_at = stored()
    assert ends_at - starts_at == timedelta(hours=hours)


def test_day_ends_when_the_next_begins_where_midnight_comes_twice(front_desk):
    havana = make_location(time_zone="America/Havana")

    add(front_desk, "2026-10-31", location=havana.pk)

    assert stored()[1] == datetime(2026, 11, 1, 4, tzinfo=UTC)


def test_closure_of_a_place_is_on_its_clock(front_desk):
    kathmandu = make_location(time_zone="Asia/Kathmandu")

    add(front_desk, location=kathmandu.pk, from_time="09:00", until_time="10:00")

    assert stored() == (
        datetime(2026, 12, 8, 3, 15, tzinfo=UTC),
        datetime(2026, 12, 8, 4, 15, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("first_on", "answers", "words"),
    [
        ("", {}, "This field is required."),
        ("2026-12-08", {"last_on": "2026-12-07"}, "must not be before “first day”"),
        ("2026-12-08", {"from_time": "12:00", "until_time": "09:00"}, "must be later than “from”"),
        ("1999-12-31", {}, "Choose years from 2000 to 2199."),
        ("2026-12-08", {"last_on": "2200-01-01"}, "Choose years from 2000 to 2199."),
    ],
)
def test_closure_that_cannot_be_is_refused(front_desk, first_on, answers, words):
    response = add(front_desk, first_on, **answers)

    assert words in response.text
    assert not NotAvailableTime.objects.exists()


def test_closure_shows_its_days_and_keeps_them(front_desk):
    closure = make_closure(local(8, 13), local(10, 0))
    url = reverse("admin:booking_notavailabletime_change", args=[closure.pk])

    page = front_desk.get(url).text
    change(front_desk, closure, from_time="13:00", last_on="2026-12-09")

    assert 'name="first_on" value="2026-12-08"' in page
    assert 'name="from_time" value="13:00"' in page
    assert 'name="last_on" value="2026-12-09"' in page
    assert 'name="until_time" value' not in page
    assert stored() == (local(8, 13), local(10, 0))


def test_new_reason_leaves_a_time_that_clocks_show_twice(front_desk):
    period = (local(7, 1, month=11, year=2027, fold=1), local(7, 3, month=11, year=2027))
    closure = make_closure(*period)

    change(front_desk, closure, "2027-11-07", from_time="01:00", until_time="03:00", reason="Ice")

    assert (stored(), NotAvailableTime.objects.get().reason) == (period, "Ice")


def test_list_says_when_who_and_where(front_desk):
    make_closure(local(8, 0), local(9, 0))
    make_closure(local(9, 13), local(9, 17), practitioner=make_practitioner(name="Dr. Away"))
    make_closure(local(10, 13), local(12, 9), location=make_location(name="Pier clinic"))

    page = front_desk.get("/admin/booking/notavailabletime/")

    admin_list = page.context["cl"]
    rows = [
        [getattr(admin_list.model_admin, name)(row) for name in ("when", "who", "where")]
        for row in admin_list.result_list
    ]
    assert [[str(cell) for cell in row] for row in rows] == [
        ["Tue, Dec 8, 2026", "None", "None"],
        ["Wed, Dec 9, 2026, from 1:00 pm, until 5:00 pm", "Dr. Away", "None"],
        ["Thu, Dec 10, 2026, 1:00 pm to Sat, Dec 12, 2026, 9:00 am", "None", "Pier clinic"],
    ]
    assert "Everybody" in page.text
    assert "Everywhere" in page.text


def test_closure_over_visits_is_asked_about_before_it_is_saved(front_desk):
    service = make_service()
    hit = make_appointment(service, local(8, 10, 30), patient=make_patient(name="Ana Example"))
    make_appointment(service, local(8, 12, 30), status="cancelled")
    make_appointment(service, local(9, 9))

    response = add(front_desk, _save="Save")

    assert asked_about(response) == [hit.pk]
    assert "Tue, Dec 8, 10:30 am EST" in response.text
    assert "Ana Example" in response.text
    assert "(212) 555-0123" in response.text
    assert '<input type="hidden" name="first_on" value="2026-12-08">' in response.text
    assert '<input type="hidden" name="_save" value="Save">' in response.text
    assert not NotAvailableTime.objects.exists()


def test_closure_is_saved_over_the_visits_that_were_shown(front_desk):
    hit = make_appointment(make_service(), local(8, 10, 30))

    response = add(front_desk, seen=[hit.pk], visits="stay")

    url = reverse("admin:booking_appointment_change", args=[hit.pk])
    assert stored() == (local(8, 0), local(9, 0))
    assert said(response)[0] == (
        "1 visit is booked in this closure. It was not cancelled; please call the patient or cancel: "
        f'<a href="{url}">Tue, Dec 8, 2026, 10:30 am EST ({hit.spoken_reference})</a>.'
    )
    hit.refresh_from_db()
    assert hit.status == "booked"


def test_visit_that_came_meanwhile_is_asked_about_too(front_desk):
    service = make_service()
    hit = make_appointment(service, local(8, 10, 30))
    later = make_appointment(service, local(8, 14))

    response = add(front_desk, seen=[hit.pk], visits="stay")

    assert asked_about(response) == [hit.pk, later.pk]
    assert "Somebody booked or changed a visit meanwhile" in response.text
    assert not NotAvailableTime.objects.exists()


def test_back_shows_what_was_typed_and_saves_nothing(front_desk):
    hit = make_appointment(make_service(), local(8, 10, 30))

    response = add(front_desk, seen=[hit.pk], _back="1", from_time="10:00")

    assert 'name="from_time" value="10:00"' in response.text
    assert 'value="Snow"' in response.text
    assert "Please correct" not in response.text
    assert not NotAvailableTime.objects.exists()


def test_closure_of_one_practitioner_or_place_asks_about_theirs_only(front_desk):
    service = make_service()
    by_phone = make_location(kind="phone", same_hours_as=service.location)
    visits = [
        make_appointment(service, local(8, 10)),
        make_appointment(service, local(8, 12), location=by_phone),
    ]
    elsewhere = make_appointment(make_service(), local(8, 10))

    of_one = add(front_desk, practitioner=service.practitioner.pk)
    of_place = add(front_desk, location=service.location.pk)
    of_phone = add(front_desk, location=by_phone.pk)
    of_nobody = add(front_desk, practitioner=make_practitioner().pk)

    assert asked_about(of_one) == asked_about(of_place) == [visit.pk for visit in visits]
    assert asked_about(of_phone) == [visits[1].pk]
    assert of_nobody.status_code == 302
    assert elsewhere.pk not in asked_about(of_place)


def test_breaks_around_a_visit_may_lie_in_a_closure(front_desk):
    service = make_service(buffer_before_minutes=30, buffer_after_minutes=30)
    make_appointment(service, local(8, 10))

    response = add(front_desk, from_time="11:00")

    assert response.status_code == 302


def test_only_new_times_are_asked_about(front_desk):
    hit = make_appointment(make_service(), local(8, 10, 30))
    closure = make_closure(local(8, 0), local(9, 0))

    same = change(front_desk, closure, reason="Ice")
    longer = change(front_desk, closure, last_on="2026-12-09")

    assert same.status_code == 302
    assert asked_about(longer) == [hit.pk]
    assert NotAvailableTime.objects.get().reason == "Ice"


def test_closure_names_the_visits_in_it_on_its_page(front_desk):
    service = make_service()
    hit = make_appointment(service, local(8, 10, 30))
    closure = make_closure(local(8, 0), local(9, 0))
    empty = make_closure(local(9, 0), local(10, 0))

    page, other = (
        front_desk.get(reverse("admin:booking_notavailabletime_change", args=[one.pk])).text
        for one in (closure, empty)
    )

    assert hit.spoken_reference in page
    assert hit.spoken_reference not in other


def test_closure_with_many_visits_lists_twenty_once_saved(front_desk):
    service = make_service(duration_minutes=15)
    visits = [
        make_appointment(service, local(8, 9) + timedelta(minutes=15 * number))
        for number in range(23)
    ]

    asked = add(front_desk)
    response = add(front_desk, seen=[visit.pk for visit in visits], visits="stay")

    warning = said(response)[0]
    assert len(asked_about(asked)) == 23
    assert warning.startswith("23 visits are booked in this closure. They were not cancelled;")
    assert warning.count("<a ") == 20
    assert warning.endswith(" and 3 more.")


def test_closure_in_the_past_is_asked_about(front_desk):
    response = add(front_desk, "2020-12-08")

    assert said(response)[0] == "This closure is over already. Is the date right?"


def test_names_are_for_those_who_may_see_visits(client, django_user_model):
    user = django_user_model.objects.create_user("closer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="add_notavailabletime"))
    client.force_login(user)
    make_appointment(make_service(), local(8, 10, 30), patient=make_patient(name="Ana Example"))

    page = add(client).text

    assert "10:30 am EST" in page
    assert "Ana Example" not in page
    assert "555-0123" not in page


def test_patient_who_is_here_already_counts(front_desk):
    here = make_appointment(make_service(), local(7, 6, 30), status="arrived")

    assert asked_about(add(front_desk, "2026-12-07")) == [here.pk]


def test_closure_can_be_read_without_changing_it(client, django_user_model):
    user = django_user_model.objects.create_user("reader", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_notavailabletime"))
    client.force_login(user)
    closure = make_closure(local(8, 13), local(8, 17), reason="Snow")

    page = client.get(reverse("admin:booking_notavailabletime_change", args=[closure.pk])).text

    assert "Tue, Dec 8, 2026, from 1:00 pm, until 5:00 pm" in page
    assert 'type="date"' not in page
