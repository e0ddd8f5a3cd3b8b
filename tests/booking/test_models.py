"""Each rule that the database keeps is broken here, past all of the application's code."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from booking.admin.location import country_names, subdivision_names
from booking.models import (
    Appointment,
    AppointmentStatus,
    Location,
    Message,
    NotAvailableTime,
    Screening,
)
from booking.zones import zone_names

from .factories import (
    NOW,
    local,
    make_appointment,
    make_available_time,
    make_closure,
    make_location,
    make_patient,
    make_practitioner,
    make_service,
)

pytestmark = pytest.mark.django_db


def violated(error):
    return error.value.__cause__.diag.constraint_name


def test_two_appointments_cannot_overlap():
    service = make_service()
    make_appointment(service, local(7, 9))

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make_appointment(service, local(7, 9, 59))

    assert violated(error) == "booking_appointment_no_overlap"


def test_buffers_count_as_busy():
    service = make_service(buffer_after_minutes=15)
    make_appointment(service, local(7, 9))

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make_appointment(service, local(7, 10))

    assert violated(error) == "booking_appointment_no_overlap"
    make_appointment(service, local(7, 10, 15))


@pytest.mark.parametrize("status", [s for s in AppointmentStatus if s != "cancelled"])
def test_every_status_but_cancelled_holds_its_time(status):
    service = make_service()
    make_appointment(service, local(7, 9), status=status)

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make_appointment(service, local(7, 9))

    assert violated(error) == "booking_appointment_no_overlap"


def test_a_cancelled_time_can_be_booked_and_neighbours_may_touch():
    service = make_service()
    make_appointment(service, local(7, 9), status=AppointmentStatus.CANCELLED)
    make_appointment(service, local(7, 9))
    make_appointment(service, local(7, 10))
    make_appointment(make_service(), local(7, 9))

    assert Appointment.objects.holding_time().count() == 3


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"status": "maybe"}, "status_known"),
        ({"status": "pending", "patient": None, "booked_at": None}, "only_holds_expire"),
        ({"expires_at": NOW}, "only_holds_expire"),
        ({"patient": None}, "booked_has_patient"),
        ({"booked_at": None}, "booked_has_patient"),
        ({"status": "cancelled"}, "cancelled_says_by"),
        ({"cancelled_at": NOW}, "cancelled_says_by"),
        ({"cancelled_by": "patient"}, "cancelled_says_by"),
        ({"ends_at": local(7, 9)}, "times_in_order"),
        ({"busy_from": local(7, 9, 1)}, "times_in_order"),
        ({"busy_until": local(7, 9, 59)}, "times_in_order"),
        ({"busy_until": local(10, 9, 1)}, "not_too_long"),
    ],
    ids=lambda value: str(value),
)
def test_appointment_fields_must_fit_together(values, constraint):
    appointment = make_appointment(make_service(), local(7, 9))

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Appointment.objects.filter(pk=appointment.pk).update(**values)

    assert violated(error) == f"booking_appointment_{constraint}"


def test_a_hold_has_no_patient():
    hold = make_appointment(make_service(), local(7, 9), status=AppointmentStatus.PENDING)

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Appointment.objects.filter(pk=hold.pk).update(patient=make_patient())

    assert violated(error) == "booking_appointment_booked_has_patient"


def test_a_reference_is_given_once():
    service = make_service()
    appointment = make_appointment(service, local(7, 9))

    with pytest.raises(IntegrityError), transaction.atomic():
        make_appointment(service, local(8, 9), reference=appointment.reference)


def test_an_emergency_is_never_recorded_as_screened():
    appointment = make_appointment(make_service(), local(7, 9))

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Screening.objects.create(
            appointment=appointment, ruleset="x", outcome="emergency", screened_at=NOW
        )

    assert violated(error) == "booking_screening_outcome_bookable"


def test_a_message_is_announced_once_and_sent_means_a_time():
    appointment = make_appointment(make_service(), local(7, 9))
    values = {"appointment": appointment, "to_email": "ana@example.com", "sequence": 0}
    Message.objects.create(kind="confirmation", message_id="one", **values)

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Message.objects.create(kind="confirmation", message_id="two", **values)
    assert violated(error) == "booking_message_once"
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Message.objects.create(kind="gossip", message_id="three", **values)
    assert violated(error) == "booking_message_kind_known"
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Message.objects.create(kind="cancellation", message_id="four", state="sent", **values)
    assert violated(error) == "booking_message_sent_has_time"


def test_a_closure_ends_after_it_starts():
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make_closure(local(7, 9), local(7, 9))

    assert violated(error) == "booking_notavailabletime_in_order"


@pytest.mark.parametrize(
    "change",
    [
        "end_time = '24:00'",
        "valid_from_on = '-infinity'",
        "valid_until_on = 'infinity'",
        "valid_until_on = '10000-01-01'",
        "weekday = NULL, \"on\" = 'infinity'",
    ],
)
def test_hours_are_on_our_clock_and_calendar(change):
    make_available_time(make_service())

    with pytest.raises(IntegrityError) as error, connection.cursor() as cursor:
        cursor.execute(f"UPDATE booking_availabletime SET {change}")  # noqa: S608 (own words)

    assert violated(error) == "booking_availabletime_on_our_clock"


def test_hours_know_seven_days_and_run_forward():
    service = make_service()

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make_available_time(service, weekday=7)
    assert violated(error) == "booking_availabletime_weekday_known"
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make_available_time(
            service, valid_from_on=date(2026, 12, 8), valid_until_on=date(2026, 12, 7)
        )
    assert violated(error) == "booking_availabletime_valid_in_order"


def test_a_service_takes_time_and_a_location_has_a_known_kind():
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make_service(duration_minutes=0)
    assert violated(error) == "booking_service_lengths_positive"
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make_location(kind="letter")
    assert violated(error) == "booking_location_kind_known"


@pytest.mark.parametrize(
    ("field", "most"),
    [
        ("duration_minutes", 24 * 60),
        ("buffer_before_minutes", 24 * 60),
        ("buffer_after_minutes", 24 * 60),
        ("step_minutes", 24 * 60),
        ("notice_minutes", 366 * 24 * 60),
        ("cancel_notice_minutes", 366 * 24 * 60),
        ("horizon_days", 730),
        ("daily_cap", 500),
    ],
)
def test_no_number_of_a_service_is_without_limit(field, most):
    make_service(**{field: most})

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make_service(**{field: most + 1})

    assert violated(error) == "booking_service_within_limits"


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"time_zone": ""}, "zone_shaped"),
        ({"time_zone": "localtime"}, "zone_shaped"),
        ({"time_zone": "New York"}, "zone_shaped"),
        ({"time_zone": "../../etc/passwd"}, "zone_shaped"),
        ({"time_zone": "America/New_York\n"}, "zone_shaped"),
        ({"holiday_country": "us"}, "holidays_shaped"),
        ({"holiday_country": "U"}, "holidays_shaped"),
        ({"holiday_country": "", "holiday_subdivision": "NY"}, "holidays_shaped"),
        ({"holiday_country": "US", "holiday_subdivision": "N/Y"}, "holidays_shaped"),
    ],
    ids=lambda value: str(value),
)
def test_a_location_has_a_zone_and_holidays_of_a_known_shape(values, constraint):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        make_location(**values)

    assert violated(error) == f"booking_location_{constraint}"


def test_every_zone_and_every_states_holidays_can_be_stored():
    zones = [Location(slug=f"z-{n}", time_zone=name) for n, name in enumerate(zone_names())]
    states = [
        Location(slug=f"h-{country}-{n}", holiday_country=country, holiday_subdivision=state)
        for country in country_names()
        for n, state in enumerate(["", *subdivision_names(country)])
    ]

    stored = Location.objects.bulk_create(zones + states)

    assert len(stored) > 1000
    assert zone_names() >= available_timezones() - {"localtime", "posixrules", "Factory"}


def test_who_was_booked_cannot_be_deleted():
    appointment = make_appointment(make_service(), local(7, 9))

    with pytest.raises(ProtectedError):
        appointment.practitioner.delete()
    with pytest.raises(ProtectedError):
        appointment.patient.delete()
    with pytest.raises(ProtectedError):
        appointment.service.delete()


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"holiday_country": "XX"}, "holiday_country", "No public holidays are known for “XX”."),
        ({"holiday_country": "us"}, "holiday_country", "No public holidays are known for “us”."),
        (
            {"holiday_country": "US", "holiday_subdivision": "XX"},
            "holiday_subdivision",
            "“XX” is not known there.",
        ),
        ({"time_zone": "localtime"}, "time_zone", "There is no time zone called “localtime”."),
    ],
    ids=["country", "small letters", "state", "the machine's own"],
)
def test_a_location_refuses_what_nobody_knows_in_plain_words(values, field, words):
    with pytest.raises(ValidationError) as error:
        Location(slug="x", name="X", **values).full_clean()

    (message,) = error.value.message_dict[field]
    assert message.startswith(words)


def test_a_location_refuses_an_unknown_zone_in_plain_words():
    location = Location(slug="x", name="X", time_zone="America/Gotham")

    with pytest.raises(ValidationError) as error:
        location.full_clean()

    assert error.value.message_dict["time_zone"] == [
        "There is no time zone called “America/Gotham”. Write it like America/New_York."
    ]


def test_an_appointment_knows_its_local_time_and_spoken_reference():
    service = make_service(duration_minutes=75)
    appointment = make_appointment(
        service, local(7, 10, 30), reference="4f7a9c21-0000-4000-8000-000000000000"
    )
    appointment.refresh_from_db()

    assert appointment.starts_local.strftime("%H:%M %Z") == "10:30 EST"
    assert appointment.ends_local.strftime("%H:%M %Z") == "11:45 EST"
    assert appointment.spoken_reference == "4F7A-9C21"


def test_an_appointment_can_be_cancelled_until_the_services_limit():
    service = make_service(cancel_notice_minutes=24 * 60)
    appointment = make_appointment(service, local(9, 9))

    assert appointment.cancellable_until == local(8, 9)
    assert appointment.is_cancellable(local(8, 9) - timedelta(seconds=1))
    assert not appointment.is_cancellable(local(8, 9))


def test_a_service_is_bookable_with_an_active_practitioner():
    service = make_service()
    make_service(is_active=False)
    make_service(practitioner=make_practitioner(is_active=False))

    assert list(type(service).objects.bookable()) == [service]


@pytest.mark.django_db(transaction=True)
def test_a_visit_with_a_history_cannot_be_deleted():
    appointment = make_appointment(make_service(), local(7, 9))
    Screening.objects.create(appointment=appointment, ruleset="x", outcome="none", screened_at=NOW)

    with pytest.raises(IntegrityError):
        Appointment.objects.all().delete()

    assert Appointment.objects.exists()


def test_records_have_names_that_staff_can_read():
    appointment = make_appointment(
        make_service(), local(7, 9), reference="4f7a9c21-0000-4000-8000-000000000000"
    )
    appointment.refresh_from_db()
    screening = Screening(appointment=appointment, outcome="urgent")

    assert str(appointment) == "4F7A-9C21, Booked"
    assert str(screening) == "urgent"
    assert str(make_practitioner(name="Dr. Lisanti", credentials="ND, LAc")) == (
        "Dr. Lisanti, ND, LAc"
    )
    assert str(make_closure(local(8, 9), local(8, 10), reason="Holiday")) == "Holiday"


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (datetime(1999, 12, 31, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)),
    ],
)
def test_closure_lies_in_our_time(starts, ends):
    with pytest.raises(IntegrityError, match="notavailabletime_in_our_time"), transaction.atomic():
        NotAvailableTime.objects.create(starts_at=starts, ends_at=ends)


def test_practitioners_calendars_have_addresses_that_differ_and_are_long():
    taken = "a" * 43
    make_practitioner(feed_token=taken)
    make_practitioner(feed_token="")
    make_practitioner(feed_token="")

    with pytest.raises(IntegrityError) as twice, transaction.atomic():
        make_practitioner(feed_token=taken)
    with pytest.raises(IntegrityError) as short, transaction.atomic():
        make_practitioner(feed_token="guess-me")

    assert violated(twice) == "booking_practitioner_feed_token_once"
    assert violated(short) == "booking_practitioner_feed_token_shaped"
