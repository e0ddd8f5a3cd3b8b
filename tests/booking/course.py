"""A clinic in which anything may happen, what is known of it, and what must hold all the while.

Who changes something notes it here too, so that the records can be compared to what was done.
"""

from collections import defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import time_machine
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import actions
from booking.actors import PATIENT
from booking.availability import find_slots
from booking.models import (
    ANNOUNCEMENTS,
    Appointment,
    AppointmentEvent,
    Message,
    NotAvailableTime,
)

from .factories import (
    DESK,
    NOW,
    book,
    local,
    make_practitioner,
    make_service,
    make_week,
    search_for,
)

DAY = timedelta(days=1)
WEDNESDAY = local(9, 9)
# Both mornings from 9:00 to 12:30 in quarters of an hour, on and off the grid of half hours.
STARTS = st.builds(
    lambda day, quarters: WEDNESDAY + day * DAY + quarters * timedelta(minutes=15),
    st.integers(0, 1),
    st.integers(0, 14),
)
# One of those that are listed, or now and then any.
AIM = st.integers(0, 9) | st.integers(0, 9) | STARTS
WHO = st.sampled_from([0, 1])
BY = st.sampled_from([PATIENT, DESK])
TOLD_BY = {"booked": "confirmation", "moved": "moved", "cancelled": "cancellation"}


@dataclass
class Known:
    """A visit as it should be, with all that happened to it, in turn."""

    starts_at: datetime
    practitioner: int
    happened: list[str]

    @property
    def is_cancelled(self):
        return self.happened[-1] == "cancelled"


class Course(RuleBasedStateMachine):
    """Two practitioners, one service with breaks, and two mornings, the first of them full."""

    visits = Bundle("visits")

    def __init__(self):
        super().__init__()
        self.stack = ExitStack()
        self.traveller = self.stack.enter_context(time_machine.travel(NOW, tick=False))
        self.stack.enter_context(forgotten())
        self.service = make_service(
            buffer_before_minutes=5,
            buffer_after_minutes=15,
            horizon_days=9,
            cancel_notice_minutes=60,
            daily_cap=3,
        )
        self.people = [self.service.practitioner, make_practitioner()]
        self.service.practitioners.set(self.people)
        for person in self.people:
            make_week(self.service, practitioner=person)
        self.known = {}
        """Visits by reference."""
        self.kept = {}
        """The holds of browsers by reference, and until when they are to last."""
        for person in self.people:
            for starts_at in (local(9, 9), local(9, 10, 30)):
                self.came_of(book(self.service, starts_at=starts_at, practitioners=[person]))

    def teardown(self):
        self.stack.close()

    @initialize(target=visits)
    def begin_with_a_full_morning(self):
        return multiple(*self.known)

    @property
    def now(self):
        return timezone.now()

    def listed(self, who, on=None, **kwargs):
        whose = [self.people[who]]
        slots = find_slots(
            search_for(self.service, practitioners=whose, now=self.now, **kwargs),
            first_on=on or WEDNESDAY.date(),
            last_on=on or (WEDNESDAY + DAY).date(),
        )
        return {slot.starts_at for slot in slots}

    def aimed_at(self, aim, who, **kwargs):
        """Return the start that is meant, and whether it is listed."""
        listed = self.listed(who, **kwargs)
        if isinstance(aim, int):
            aim = sorted(listed)[aim % len(listed)] if listed else WEDNESDAY
        return aim, aim in listed

    def is_closed(self, time):
        """Say whether time off falls on a visit or a hold."""
        return NotAvailableTime.objects.filter(
            Q(practitioner=None) | Q(practitioner=time.practitioner_id),
            starts_at__lt=time.ends_at,
            ends_at__gt=time.starts_at,
        ).exists()

    def came_of(self, visit):
        """Note what an action returned, and return its reference."""
        place = (visit.starts_at, visit.practitioner_id)
        known = self.known.get(visit.reference)
        self.kept.pop(visit.reference, None)
        if known is None:
            self.known[visit.reference] = Known(*place, ["booked"])
        elif place != (known.starts_at, known.practitioner):
            known.starts_at, known.practitioner = place
            known.happened.append("moved")
        return visit.reference

    def was_cancelled(self, reference):
        """Note that a visit is cancelled, if that is news."""
        if not self.known[reference].is_cancelled:
            self.known[reference].happened.append("cancelled")

    @rule(minutes=st.sampled_from([1, 9, 11, 121, 24 * 60]), is_worker_up=st.booleans())
    def time_passes(self, minutes, is_worker_up):
        self.traveller.shift(timedelta(minutes=minutes))
        if is_worker_up:
            self.work()

    def work(self):
        """Do what the worker does every two minutes."""

    # What must hold after every step.

    @invariant()
    def nothing_overlaps(self):
        diaries = defaultdict(list)
        for time in Appointment.objects.holding_time():
            assert time.busy_from == time.starts_at - self.service.buffer_before
            assert time.busy_until == time.ends_at + self.service.buffer_after
            diaries[time.practitioner_id].append((time.busy_from, time.busy_until))
        for times in diaries.values():
            assert all(one[1] <= other[0] for one, other in pairwise(sorted(times)))

    @invariant()
    def no_visit_is_lost_or_invented(self):
        rows = Appointment.objects.confirmed().values_list(
            "reference", "starts_at", "practitioner_id", "status", "sequence"
        )
        assert {row[0]: row[1:] for row in rows} == {
            reference: (
                visit.starts_at,
                visit.practitioner,
                "cancelled" if visit.is_cancelled else "booked",
                # One more at each change.
                len(visit.happened) - 1,
            )
            for reference, visit in self.known.items()
        }

    @invariant()
    def every_change_is_written_down_and_told_once(self):
        written, told = defaultdict(list), defaultdict(list)
        events = AppointmentEvent.objects.order_by("pk")
        for reference, kind in events.values_list("appointment__reference", "kind"):
            written[reference].append(kind)
        announced = Message.objects.filter(kind__in=ANNOUNCEMENTS).order_by("pk")
        about = ("appointment__reference", "kind", "sequence")
        for reference, kind, sequence in announced.values_list(*about):
            assert sequence == len(told[reference])
            told[reference].append(kind)
        happened = {reference: visit.happened for reference, visit in self.known.items()}
        assert written == happened
        assert told == {
            reference: [TOLD_BY[kind] for kind in kinds] for reference, kinds in happened.items()
        }

    @invariant()
    def every_message_is_queued(self):
        jobs = ProcrastinateJob.objects.filter(task_name="booking.send_message")
        queued = sorted(args["message_pk"] for args in jobs.values_list("args", flat=True))
        assert queued == sorted(Message.objects.values_list("pk", flat=True))

    @invariant()
    def what_is_held_stays_held_and_nothing_is_held_for_nobody(self):
        live = set(Appointment.objects.live_holds().values_list("reference", flat=True))
        ours = {reference for reference, until in self.kept.items() if until > self.now}
        assert ours <= live
        assert live - ours == self.held_for_others()

    def held_for_others(self):
        """Return the references of the times that are kept for people who do not book just now."""
        return set()

    @invariant()
    def a_hold_that_ran_out_blocks_nobody(self):
        """What is listed is what would be without them, and all of it can be held at once."""
        dead = list(Appointment.objects.expired_holds())
        if not dead:
            return
        for who, person in enumerate(self.people):
            days = {one.starts_local.date() for one in dead if one.practitioner_id == person.pk}
            listed = {day: self.listed(who, on=day) for day in days}
            with forgotten():
                Appointment.objects.for_practitioner(person).expired_holds().delete()
                assert listed == {day: self.listed(who, on=day) for day in days}
            of_the_dead = {one.starts_at for one in dead} & set().union(*listed.values())
            for starts_at in of_the_dead:
                with forgotten():
                    self.take(who, starts_at)

    def take(self, who, starts_at, **kwargs):
        return actions.hold(
            service=self.service,
            practitioners=[self.people[who]],
            starts_at=starts_at,
            now=self.now,
            by=PATIENT,
            **kwargs,
        )


@contextmanager
def forgotten():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
