"""A working clinic to start from: a practitioner, two services, weekly hours. All of it a sample."""

from datetime import UTC, datetime, time, timedelta

from django.db import transaction

from booking.models import (
    AvailableTime,
    Location,
    LocationKind,
    NotAvailableTime,
    Practitioner,
    Service,
    Weekday,
)

DAY_MINUTES = 24 * 60
WORKDAYS = (
    Weekday.MONDAY,
    Weekday.TUESDAY,
    Weekday.WEDNESDAY,
    Weekday.THURSDAY,
    Weekday.FRIDAY,
)
# Weekday, from, until. The gap at noon is the lunch break.
WEEKLY_HOURS = (
    *((day, time(9), time(12)) for day in WORKDAYS),
    *((day, time(13), time(17)) for day in WORKDAYS),
    (Weekday.SATURDAY, time(9), time(12, 30)),
)

BIOGRAPHY = """\
Dr. Lisanti is a naturopathic doctor (ND) and a licensed acupuncturist (LAc). The clinic offers \
acupuncture, clinical nutrition, botanical medicine and hands-on muscle work.

A visit starts with your story and an exam. Then you talk about what may help, what the studies \
say, and what it costs. You get a clear plan, and you can say no to any part of it.

This care does not replace your own doctor. If something needs a hospital or another specialist \
first, you will hear that right away. Please keep taking your medicines as prescribed.

This page is a sample. The clinic will add training, license details and languages before the \
site goes live."""

PRACTITIONER = {
    "name": "Dr. Lisanti",
    "credentials": "ND, LAc",
    "title": "Naturopathic doctor and licensed acupuncturist",
    "summary": "Naturopathic care and acupuncture, side by side with your own doctor.",
    "biography": BIOGRAPHY,
    "license_text": (
        "Naturopathic doctor (ND): license number and state, sample: ND-0000\n"
        "Licensed acupuncturist (LAc): license number and state, sample: LAC-0000"
    ),
    "languages": "English (sample)",
}

PLACE = {
    "name": "Sampletown clinic",
    "kind": LocationKind.IN_PERSON,
    "address": "100 Sample Street, Suite 2, Sampletown, ST 00000",
    "holiday_country": "US",
}
# In the hours of the place, and closed when it is.
FROM_AFAR = {
    "by-phone": {"name": "By phone", "kind": LocationKind.PHONE},
    "by-video": {"name": "By video", "kind": LocationKind.VIDEO},
}

BOOKING_RULES = {
    "notice_minutes": DAY_MINUTES,
    "horizon_days": 60,
    "cancel_notice_minutes": DAY_MINUTES,
    "fee_text": "$000 (sample)",
}

SERVICES = {
    "first-consultation": {
        "name": "First consultation",
        "summary": (
            "Your first visit with Dr. Lisanti: your story, an exam, and a plan. "
            "Treatment may start the same day if it is right for you."
        ),
        "what_to_bring": (
            "A list of all medicines, vitamins and herbs you take, with doses. "
            "Photos of the labels are fine.\n"
            "Recent test results and letters from other doctors, if you have them.\n"
            "Notes on when the problem started, what sets it off and what helps.\n"
            "The names of any allergies, and any implant such as a pacemaker.\n"
            "For a visit at the clinic: loose clothes that roll up above the elbow and the knee."
        ),
        "duration_minutes": 75,
        "buffer_after_minutes": 15,
        "step_minutes": 30,
        "position": 1,
    },
    "follow-up": {
        "name": "Follow-up visit",
        "summary": (
            "A shorter visit for people Dr. Lisanti has already seen: what changed, "
            "treatment, and the next step."
        ),
        "what_to_bring": (
            "Any change in your medicines, vitamins or herbs since last time.\n"
            "New test results or letters.\n"
            "A short note on good days and bad days.\n"
            "For a visit at the clinic: loose clothes that roll up above the elbow and the knee."
        ),
        "duration_minutes": 45,
        "buffer_after_minutes": 10,
        "step_minutes": 15,
        "position": 2,
    },
}


@transaction.atomic
def load(now: datetime) -> None:
    """Create what is missing, found by slug. What exists is left as it is, changed or not.

    Hours and the closure come with the practitioner only: staff may have removed them on purpose.
    """
    location, _ = Location.objects.get_or_create(slug="sampletown", defaults=PLACE)
    from_afar = _from_afar(location)
    practitioner, is_new = Practitioner.objects.get_or_create(
        slug="dr-lisanti", defaults=PRACTITIONER
    )
    for slug, fields in SERVICES.items():
        service, is_new_service = Service.objects.get_or_create(
            slug=slug, defaults={"location": location, **BOOKING_RULES, **fields}
        )
        if is_new_service:
            service.practitioners.add(practitioner)
            # A first visit needs an exam.
            if slug != "first-consultation":
                service.other_locations.add(*from_afar)
    if is_new:
        _open(practitioner, location)
        _close_one_day(location, now)


def _from_afar(location: Location) -> list[Location]:
    host = location.host
    return [
        Location.objects.get_or_create(
            slug=slug,
            defaults={"same_hours_as": host, "time_zone": host.time_zone, **fields},
        )[0]
        for slug, fields in FROM_AFAR.items()
    ]


def _open(practitioner: Practitioner, location: Location) -> None:
    AvailableTime.objects.bulk_create(
        AvailableTime(
            practitioner=practitioner,
            location=location,
            weekday=weekday,
            start_time=start_time,
            end_time=end_time,
        )
        for weekday, start_time, end_time in WEEKLY_HOURS
    )


def _close_one_day(location: Location, now: datetime) -> None:
    """Close the whole clinic on the first Thursday that is at least two weeks away."""
    day = now.astimezone(location.tz).date() + timedelta(days=14)
    day += timedelta(days=(Weekday.THURSDAY - day.weekday()) % 7)
    midnight = (datetime.combine(day + timedelta(days=n), time(), location.tz) for n in (0, 1))
    starts_at, ends_at = (at.astimezone(UTC) for at in midnight)
    NotAvailableTime.objects.create(
        starts_at=starts_at, ends_at=ends_at, reason="Holiday (sample closure)"
    )
