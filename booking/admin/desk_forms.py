"""What staff fill in to book or move a visit for somebody on the phone."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.html import format_html

from booking.actions import PatientDetails
from booking.availability import find_slots, nearest_slots
from booking.forms import NUL_MESSAGE, YEARS, DetailsForm, ScreeningForm, parse_start
from booking.models import Appointment, Location, Patient, Practitioner, Service
from booking.models.service import ForWhom
from booking.search import Search
from booking.slots import Slot, instants_of
from booking.templatetags.clinic_times import clinic_day, clinic_time, clinic_time_with_zone
from booking.validators import OneLine
from conditions.models import Condition

from .search import find_among
from .whose import practitioners_of

TYPED = "typed"
DAYS_SHOWN = 4
MATCHES_SHOWN = 10
ONE_WEEK = timedelta(days=7)
FARTHEST = timedelta(days=2 * 366)
CLOCK_FORMATS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M%p", "%I %p", "%I%p")


@dataclass(frozen=True)
class DayOfSlots:
    """The times of one day. Those inside the notice are free, but patients cannot book them."""

    on: date
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Listing:
    """Free times from a day on, and where the buttons for other days lead."""

    days: tuple[DayOfSlots, ...]
    earlier_on: date | None
    later_on: date | None
    first_on: date | None
    notice_until: datetime

    def has(self, starts_at: datetime) -> bool:
        return any(slot.starts_at == starts_at for day in self.days for slot in day.slots)


class VisitForm(forms.Form):
    """What is booked, and the article it is about, if it is about one."""

    fields: dict[str, Any]

    service = forms.ModelChoiceField(
        Service.objects.none(),
        to_field_name="slug",
        empty_label=None,
        error_messages={"invalid_choice": "This visit cannot be booked any more."},
    )
    condition = forms.ChoiceField(
        label="About",
        required=False,
        help_text="What the caller read about, or calls about. Its own safety questions are asked.",
        error_messages={"invalid_choice": "This article is not on the site now. Choose again."},
    )

    def __init__(self, *args, now, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = Service.objects.bookable()
        self.fields["service"].label_from_instance = service_words
        articles = Condition.objects.published(now).order_by("live_title", "pk")
        titles = articles.values_list("slug", "live_title")
        self.fields["condition"].choices = [("", "Something else"), *titles]

    @property
    def wanted(self) -> Service | None:
        """The service to show times of: what was chosen, else the first."""
        services: QuerySet[Service] = self.fields["service"].queryset
        return services.filter(slug=self["service"].value() or "").first() or services.first()


def usual_services(data: QueryDict) -> list[Service]:
    """Return the visits that the named person offers at the named place, the usual first."""
    found = Service.objects.bookable()
    if whose := data.get("practitioner"):
        found = found.filter(practitioners__slug=whose)
    if where := data.get("location"):
        found = found.filter(Q(location__slug=where) | Q(other_locations__slug=where))
    return list(found.distinct())


def service_words(service: Service) -> str:
    """Return the name, and for whom it is if not for everyone."""
    if service.for_whom == ForWhom.EVERYONE:
        return service.name
    return f"{service.name} (for {service.get_for_whom_display().lower()})"


class PhoneScreeningForm(ScreeningForm):
    """The red-flag questions, read out to the caller."""

    nothing_ticked = "Ask all of them, and tick what is true, or “I asked: none of these”."
    both_ticked = "You ticked a sign and “none of these”. Please keep only what is true."


class TimeForm(forms.Form):
    """Where, with whom and when. `start` is a listed time, or `TYPED` for the day and time beside."""

    fields: dict[str, Any]
    data: QueryDict

    location = forms.ModelChoiceField(
        Location.objects.none(),
        label="Where",
        to_field_name="slug",
        empty_label=None,
        error_messages={"invalid_choice": "It is not offered there. Choose another place."},
    )
    practitioner = forms.ModelChoiceField(
        Practitioner.objects.none(),
        label="With",
        to_field_name="slug",
        required=False,
        empty_label="Whoever is free",
        error_messages={"invalid_choice": "They do not offer this visit. Choose someone else."},
    )
    first_on = forms.DateField(
        label="Show free times from",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Type a day like 2026-12-08."},
    )
    start = forms.CharField(required=False)
    on = forms.DateField(
        label="Day",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Type a day like 2026-12-08."},
    )
    at = forms.TimeField(
        label="Time",
        required=False,
        input_formats=CLOCK_FORMATS,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": "Type a time like 10:30 am."},
    )
    fold = forms.ChoiceField(
        required=False, choices=[("0", "the first"), ("1", "the second")], widget=forms.RadioSelect
    )
    override = forms.CharField(required=False)

    def __init__(
        self, data, *, service: Service, now: datetime, user, visit: Appointment | None = None
    ):
        super().__init__(data)
        self.service, self.now, self.visit = service, now, visit
        self.starts_at: datetime | None = None
        self.twice: list[datetime] = []
        places = Q(pk=service.location_id) | Q(pk__in=service.other_locations.values("pk"))
        if visit is not None:
            places |= Q(pk=visit.location_id)
        self.fields["location"].queryset = Location.objects.filter(places).select_related(
            "same_hours_as"
        )
        active = practitioners_of(user, service.practitioners.filter(is_active=True))
        self.practitioners = list(active)
        self.fields["practitioner"].queryset = active

    def settle(self) -> None:
        """Take what is there, for a page that shows other times: what is missing is no error yet.

        A place or a person that the service does not have gives way to the usual.
        """
        data = self.data.copy()
        data["location"] = self.place.slug
        if len(self.candidates) > 1 or "practitioner" not in data:
            data["practitioner"] = ""
        self.data = data
        self.errors.clear()

    @property
    def place(self) -> Location:
        """The place to show times of: what was chosen, else the main one."""
        places: QuerySet[Location] = self.fields["location"].queryset
        return places.filter(slug=self["location"].value() or "").first() or self.service.location

    @property
    def candidates(self) -> Sequence[Practitioner]:
        """Whose free times count: the one who was chosen, or everybody."""
        wanted = self["practitioner"].value()
        return [one for one in self.practitioners if one.slug == wanted] or self.practitioners

    @property
    def search(self) -> Search:
        """What counts when free times are looked for."""
        return Search(
            service=self.service,
            practitioners=self.candidates,
            location=self.place,
            now=self.now,
            moving=self.visit.reference if self.visit else None,
        )

    def clean(self):
        answers = self.cleaned_data
        start = answers.get("start")
        if not start and any(self.data.get(name) for name in ("on", "at")):
            # Who types a time means it, also without ticking the button before it.
            start = TYPED
        if not start:
            self.add_error("start", "Choose a time, or type one.")
        elif start == TYPED:
            self.starts_at = self._typed(answers)
        else:
            try:
                self.starts_at = parse_start(start)
            except ValueError:
                self.add_error("start", "We could not read that time. Choose or type another.")
        if self.starts_at is not None:
            self._check_sense(self.starts_at)

    def _typed(self, answers) -> datetime | None:
        """Return the instant that the typed day and time mean at the place, or say what is wrong."""
        on, at = answers.get("on"), answers.get("at")
        for name, value, what in (("on", on, "day"), ("at", at, "time")):
            if value is None and name not in self.errors:
                self.add_error(name, f"Type the {what}.")
        if on is None or at is None:
            return None
        if on.year not in YEARS:
            self.add_error("on", "Is the year right?")
            return None
        instants = instants_of(on, at.replace(second=0), self.place.tz)
        if not instants:
            self.add_error(
                "at",
                f"Clocks are set forward on {clinic_day(on)}, and skip this time. Type another.",
            )
            return None
        if len(instants) == 1:
            return instants[0]
        self.twice = instants
        if not answers.get("fold"):
            self.add_error("fold", f"Clocks show this time twice on {clinic_day(on)}. Which one?")
            return None
        return instants[int(answers["fold"])]

    def _check_sense(self, starts_at: datetime) -> None:
        """Refuse what can only be a slip."""
        field = "on" if self.cleaned_data.get("start") == TYPED else "start"
        if starts_at + self.service.duration <= self.now:
            self.add_error(field, "This time is over. Choose one that is still to come.")
        elif starts_at > self.now + FARTHEST:
            self.add_error(field, "That is more than two years ahead. Is the year right?")
        else:
            return
        self.starts_at = None

    def twice_choices(self) -> list[tuple[str, str]]:
        """Return the two meanings of a time that clocks show twice."""
        zone = self.place.tz
        words = ("before", "after")
        return [
            (str(i), f"{clinic_time_with_zone(at, zone)}, {words[i]} clocks are set back")
            for i, at in enumerate(self.twice)
        ]

    def listing(self) -> Listing:
        """Return the free times to choose from, those inside the notice too."""
        search, at_once = self.search, copy(self.service)
        at_once.notice_minutes = 0
        today, latest = search.bookable_dates()
        first_on = min(max(self.cleaned_data.get("first_on") or today, today), latest)
        slots = find_slots(replace(search, service=at_once), first_on=first_on)
        by_day = groupby(slots, key=lambda slot: search.day_of(slot.starts_at))
        days = [DayOfSlots(on, tuple(group)) for on, group in by_day]
        return Listing(
            days=tuple(days[:DAYS_SHOWN]),
            earlier_on=max(today, first_on - ONE_WEEK) if first_on > today else None,
            later_on=days[DAYS_SHOWN].on if len(days) > DAYS_SHOWN else None,
            first_on=today if first_on > today else None,
            notice_until=search.notice_until,
        )

    def nearest(self, around: datetime) -> list[Slot]:
        """Return the free times that patients could book, nearest to a time that is taken."""
        return nearest_slots(self.search, around)

    def chosen_words(self) -> str:
        """Return the chosen time as its button says it, or "" if none is."""
        if self.starts_at is None or self.cleaned_data.get("start") == TYPED:
            return ""
        zone = self.place.tz
        day = clinic_day(self.starts_at, zone)
        return f"{day}, {clinic_time(self.starts_at, zone)} {self.starts_at.astimezone(zone):%Z}"


class PhoneDetailsForm(DetailsForm):
    """Who comes: somebody the clinic knows, or the details that a new patient says."""

    fields: dict[str, Any]

    find = forms.CharField(
        label="Find a patient",
        required=False,
        help_text="Name, phone number or email address, or a part of them.",
        error_messages={"null_characters_not_allowed": NUL_MESSAGE},
    )
    patient = forms.ModelChoiceField(
        Patient.objects.none(),
        required=False,
        error_messages={"invalid_choice": "This patient is not in the records any more."},
    )

    def __init__(self, *args, patients: QuerySet[Patient], **kwargs):
        super().__init__(*args, **kwargs)
        self.patients = patients
        self.fields["patient"].queryset = patients
        del self.fields["start"]
        self.fields["email"].help_text = (
            "The confirmation goes there. Without an address a visit cannot be booked here: ask for "
            "one, or with the caller’s consent for that of a relative. Do not make one up."
        )
        self.fields["phone"].help_text = ""
        for name, what in (("name", "full name"), ("email", "email address"), ("phone", "number")):
            message = f"Enter the patient’s {what}, or choose somebody who was found."
            self.fields[name].error_messages["required"] = message
        for name in ("name", "email", "phone"):
            # They are not of whoever sits at this browser; nor may it bring them back with Back.
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["reason"].label = "What the caller would like help with"
        self.fields["reason"].help_text = ""
        self.fields["medicines"].label = "Medicines and supplements they take"
        self.fields["consent"].label = format_html(
            "{}", "I told the caller what we keep and why, and the caller agreed"
        )
        self.fields["consent"].error_messages["required"] = "Ask for consent, and tick this box."

    def clean(self):
        super().clean()
        # Who is in the records need not be spelled out; what was typed before stays in its fields.
        if self.chosen is not None:
            for name in ("name", "email", "phone"):
                self.errors.pop(name, None)

    @property
    def chosen(self) -> Patient | None:
        return getattr(self, "cleaned_data", {}).get("patient")

    def matches(self) -> list[Patient]:
        """Return who may be meant, with whoever is chosen first; one more than are shown.

        Whoever is only spelled alike has a `likeness` above 0.
        """
        found = list[Patient]()
        if term := getattr(self, "cleaned_data", {}).get("find"):
            among = find_among(term, self.patients).among(self.patients)
            found = list(among[: MATCHES_SHOWN + 1])
        chosen = self.chosen
        if chosen is None:
            return found
        return [chosen, *(one for one in found if one != chosen)]

    def patient_details(self) -> PatientDetails:
        """Return the valid form's answers; of a known patient, what the records say."""
        known, answers = self.chosen, self.cleaned_data
        if known is None:
            return super().patient_details()
        return PatientDetails(
            name=known.name,
            email=known.email,
            phone=known.phone.as_e164,
            phone_extension=known.phone_extension,
            reason=answers["reason"],
            medicines=answers["medicines"],
        )


class MoveForm(forms.Form):
    """Who wants a visit moved, why, and which state of it they saw."""

    data: QueryDict

    asked_by = forms.ChoiceField(
        label="Who asks for it?",
        choices=[("patient", "The patient"), ("staff", "The clinic")],
        initial="patient",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="Note for the history",
        required=False,
        max_length=150,
        validators=[OneLine("the note")],
        help_text="The patient does not see it.",
        error_messages={"null_characters_not_allowed": NUL_MESSAGE},
    )
    sequence = forms.IntegerField(widget=forms.HiddenInput)
