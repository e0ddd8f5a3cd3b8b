"""What an owner does before patients can book: each step done or not, by what the database holds.

A value that is still the sample's may be right all the same. Only a person can say so: who did, and
when, is kept with the value, and counts for no other (`clinic.models.Confirmed`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, time

from django.conf import settings
from django.contrib.admin.utils import label_for_field
from django.db.models import Q
from django.urls import reverse
from django.utils.text import get_text_list

from booking import starter
from booking.models import AvailableTime, Location, Practitioner, Service
from booking.templatetags.clinic_times import clinic_time, length_words
from clinic.help import FIRST_DAY
from clinic.mail_test import mail_settings, writes_files
from clinic.models import Clinic, Confirmed
from conditions.models import RedFlag

# What nobody's clinic has: a row that says so is still the sample's.
SAMPLE_FACTS = ("phone", "email", "street", "city", "state", "postal_code")
MAIL = "mail"
SAMPLE_WORDS = ("license_text", "biography", "languages")


@dataclass(frozen=True)
class Step:
    """One thing to do: what is missing, what somebody has to say is right, and where it is done."""

    key: str
    title: str
    why: str
    missing: tuple[str, ...] = ()
    to_confirm: tuple[str, ...] = ()
    """Sentences about values that look like a sample's."""
    page: str = ""
    """The name of the form's address; "" of what is done on the page itself."""
    record: int | None = None
    part: str = ""
    link: str = ""
    confirmed: tuple[Confirmed, ...] = field(default=())

    @property
    def is_done(self) -> bool:
        return not self.missing and not self.to_confirm

    @property
    def questions(self) -> tuple[str, ...]:
        """What a person can answer with a yes. Whether mail works, a mail server says."""
        return () if self.key == MAIL else self.to_confirm

    @property
    def url(self) -> str:
        if not self.page:
            return self.part
        args = [self.record] if self.record else []
        # A list takes no word that it does not know.
        query = None if self.page.endswith("_changelist") else {FIRST_DAY: self.key}
        return f"{reverse(self.page, args=args, query=query)}{self.part}"


def first_day(now: datetime) -> list[Step]:
    """Return the steps in the order in which they are done, in a fixed number of queries."""
    clinic = Clinic.objects.first()
    places = list(Location.objects.order_by("same_hours_as", "pk"))
    people = list(Practitioner.objects.filter(is_active=True))
    services = list(Service.objects.filter(is_active=True).prefetch_related("practitioners"))
    steps = [
        _facts(clinic),
        _emergency(clinic),
        _place(places, now),
        _practitioner(people, services, places),
        _services(services, people, places),
        _hours(people, services, _hours_to_come(now)),
        _safety(),
        _mail(),
    ]
    return _with_answers(steps)


def _with_answers(steps: Iterable[Step]) -> list[Step]:
    """Leave out of each step what somebody has confirmed, and name who did."""
    answers: dict[str, dict[str, Confirmed]] = {}
    for answer in Confirmed.objects.all():
        answers.setdefault(answer.step, {})[answer.what] = answer
    answered = []
    for step in steps:
        known = answers.get(step.key, {})
        still = tuple(words for words in step.to_confirm if words not in known)
        said = tuple(known[words] for words in step.to_confirm if words in known)
        answered.append(replace(step, to_confirm=still, confirmed=said))
    return answered


def _facts(clinic: Clinic | None) -> Step:
    step = Step(
        "facts",
        "The clinic’s facts",
        "Every page and message shows the name, the address and the phone.",
        page="admin:clinic_clinic_change" if clinic else "admin:clinic_clinic_add",
        record=clinic.pk if clinic else None,
        link="Change them" if clinic else "Enter them",
    )
    if clinic is None:
        return replace(step, missing=("Nobody has entered them: the pages show samples.",))
    sample = Clinic()
    same = [
        label_for_field(name, Clinic, return_attr=False)
        for name in SAMPLE_FACTS
        if str(getattr(clinic, name)) == str(getattr(sample, name))
    ]
    missing = []
    if same:
        missing.append(f"Still the sample’s: {get_text_list(same, 'and')}.")
    if clinic.facts_are_sample:
        missing.append("The pages still say that they are samples: untick that.")
    return replace(step, missing=tuple(missing))


def _emergency(clinic: Clinic | None) -> Step:
    shown, sample = clinic or Clinic(), Clinic()
    looks_like_sample = []
    if shown.emergency_number == sample.emergency_number:
        looks_like_sample.append(f"In an emergency, patients call {shown.emergency_number}.")
    if shown.crisis_number == sample.crisis_number:
        words = f"Whoever thinks of suicide calls {shown.crisis_number}, or texts it."
        looks_like_sample.append(words)
    return Step(
        "emergency",
        "The emergency number",
        "Warning signs tell people to call it at once, and phones dial it at a tap.",
        to_confirm=tuple(looks_like_sample),
        page="admin:clinic_clinic_change" if clinic else "admin:clinic_clinic_add",
        record=clinic.pk if clinic else None,
        part="#id_emergency_number",
        link="Change it",
    )


def _place(places: list[Location], now: datetime) -> Step:
    step = Step(
        "place",
        "The place and its clock",
        "Hours and visits are on the clock of their place, also when the clocks change.",
        page="admin:booking_location_change" if places else "admin:booking_location_add",
        record=places[0].pk if places else None,
        link="Change it" if places else "Add the first place",
    )
    if not places:
        return replace(step, missing=("There is no place yet.",))
    samples = [one for one in places if one.address == starter.PLACE["address"]]
    zones = {place.time_zone: place.tz for place in places}
    default = zones.get(settings.TIME_ZONE)
    return replace(
        step,
        record=(samples or places)[0].pk,
        missing=tuple(f"“{one}” still has the sample’s address." for one in samples),
        to_confirm=(f"Your clock is {default.key}.",) if default else (),
        why=f"{step.why}{f' It is {clinic_time(now, default)} there now.' if default else ''}",
    )


def _practitioner(
    people: list[Practitioner], services: list[Service], places: list[Location]
) -> Step:
    step = Step(
        "practitioner",
        "The first practitioner",
        "Patients choose with whom they book, and read who that is.",
        page="admin:booking_practitioner_add",
        link="Add somebody",
    )
    if not people:
        nobody = "Nobody can be booked yet."
        if not places:
            return replace(_after_place(step), missing=(f"{nobody} Add the place first.",))
        return replace(step, missing=(nobody,))
    samples = {person: words for person in people if (words := _sample_words(person))}
    shown = next(iter(samples), people[0])
    missing = [f"{one}: still the sample’s {words}." for one, words in samples.items()]
    offering = {one.pk for service in services for one in service.practitioners.all()}
    if services and not any(person.pk in offering for person in people):
        missing.append("Nobody who is active offers a visit: tick them in the visit’s form.")
    return replace(
        step,
        missing=tuple(missing),
        page="admin:booking_practitioner_change",
        record=shown.pk,
        link=f"Change {shown.name}",
    )


def _sample_words(person: Practitioner) -> str:
    sample = starter.PRACTITIONER
    same = [name for name in SAMPLE_WORDS if getattr(person, name) == sample[name]]
    return get_text_list(
        [label_for_field(name, Practitioner, return_attr=False) for name in same], "and"
    )


def _services(services: list[Service], people: list[Practitioner], places: list[Location]) -> Step:
    step = Step(
        "services",
        "The visits: length and fee",
        "Patients see how long a visit takes and what it costs before they book.",
        page="admin:booking_service_add",
        link="Add the first visit",
    )
    if not services:
        nothing = "There is no active visit that anybody could book."
        if not places:
            return replace(_after_place(step), missing=(f"{nothing} Add the place first.",))
        if not people:
            return replace(
                step,
                missing=(f"{nothing} Add the practitioner first.",),
                page="admin:booking_practitioner_add",
                link="Add the practitioner first",
            )
        return replace(step, missing=(nothing,))
    samples = [one for one in services if one.fee_text == starter.BOOKING_RULES["fee_text"]]
    looks_like_sample = []
    for service in services:
        if not service.fee_text:
            looks_like_sample.append(f"{service} shows no fee.")
        sample = starter.SERVICES.get(service.slug, {})
        if sample.get("duration_minutes") == service.duration_minutes:
            looks_like_sample.append(f"{service} takes {length_words(service.duration)}.")
    shown = (samples or services)[0]
    return replace(
        step,
        missing=tuple(f"{one}: still the sample’s fee." for one in samples),
        to_confirm=tuple(looks_like_sample),
        page="admin:booking_service_change",
        record=shown.pk,
        link=f"Change {shown.name}",
    )


def _after_place(step: Step) -> Step:
    return replace(step, page="admin:booking_location_add", link="Add the place first")


def _hours_to_come(now: datetime) -> dict[int, list[AvailableTime]]:
    """Return the hours that are not over for good, by whose they are."""
    today = now.date()
    is_to_come = Q(on__gte=today) | Q(on=None, valid_until_on=None) | Q(valid_until_on__gte=today)
    found: dict[int, list[AvailableTime]] = {}
    for hours in AvailableTime.objects.filter(is_to_come):
        found.setdefault(hours.practitioner_id, []).append(hours)
    return found


def _hours(
    people: list[Practitioner], services: list[Service], hours: dict[int, list[AvailableTime]]
) -> Step:
    step = Step(
        "hours",
        "The hours",
        "Times are offered in them alone.",
        page="admin:booking_practitioner_add",
        link="Add the practitioner first",
    )
    offering = {one.pk for service in services for one in service.practitioners.all()}
    asked = [person for person in people if person.pk in offering] or people
    if not asked:
        return replace(step, missing=("Nobody has hours. Add the practitioner first.",))
    without = [person for person in asked if person.pk not in hours]
    same = [
        person
        for person in asked
        if _week_of(hours.get(person.pk, [])) == sorted(starter.WEEKLY_HOURS)
    ]
    shown = (without or same or asked)[0]
    return replace(
        step,
        missing=() if len(without) < len(asked) else (f"{without[0]} has no hours.",),
        to_confirm=tuple(
            f"{one} works Monday to Friday 9 to 12 and 1 to 5, and Saturday 9 to 12:30."
            for one in same
        ),
        page="admin:booking_practitioner_change",
        record=shown.pk,
        part="#available_times-group",
        link=f"Hours of {shown.name}",
    )


def _week_of(hours: list[AvailableTime]) -> list[tuple[int | None, time, time]]:
    return sorted(
        (one.weekday, one.start_time, one.end_time) for one in hours if one.weekday is not None
    )


def _safety() -> Step:
    has_some = RedFlag.objects.clinic_wide().exists()
    return Step(
        "safety",
        "The safety questions",
        "Every booking begins with them, and none goes on without.",
        missing=() if has_some else ("There is no warning sign that every booking asks about.",),
        page="admin:conditions_redflag_changelist" if has_some else "admin:conditions_redflag_add",
        link="See them"
        if has_some
        else "Add the first: tick that it is asked before every booking",
    )


def _mail() -> Step:
    step = Step(
        MAIL,
        "A mail that arrives",
        "Patients get their confirmation, and the link to their visit, by mail alone.",
        part="#mail-test",
        link="Send a test mail",
    )
    if writes_files():
        return replace(step, missing=("Mails are written to files: EMAIL_URL is not set.",))
    return replace(step, to_confirm=(mail_settings(),))
