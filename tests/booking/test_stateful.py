"""Whatever patients, staff and the clock do in turn: no overlap, and no visit is lost or invented."""

from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from booking import actions
from booking.actors import PATIENT
from booking.availability import find_slots
from booking.errors import BookingError, SlotNotOffered, SlotTaken
from booking.models import Appointment, AppointmentEvent, Message, NotAvailableTime

from .factories import (
    DESK,
    NOW,
    local,
    make_details,
    make_practitioner,
    make_screening_pass,
    make_service,
    make_week,
)

pytestmark = pytest.mark.django_db
# Wednesday, 9:00 to 12:30 in quarters of an hour, on and off the grid of half hours.
STARTS = st.integers(0, 14).map(lambda n: local(9, 9) + n * timedelta(minutes=15))
WHO = st.sampled_from([0, 1])
BY = st.sampled_from([PATIENT, DESK])
OVERRIDE = st.booleans()


class Diary(RuleBasedStateMachine):
    """Two practitioners, one service with breaks, a morning; everything that can happen to it."""

    holds = Bundle("holds")
    visits = Bundle("visits")

    @initialize()
    def open_the_clinic(self):
        self.clock = time_machine.travel(NOW, tick=False)
        self.traveller = self.clock.start()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.service = make_service(buffer_after_minutes=15, cancel_notice_minutes=60, daily_cap=5)
        other = make_practitioner()
        self.service.practitioners.add(other)
        self.people = [self.service.practitioner, other]
        make_week(self.service)
        make_week(self.service, practitioner=other)
        self.booked = {}
        self.cancelled = set()
        self.changes = 0

    def teardown(self):
        if hasattr(self, "savepoint"):
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)
            self.clock.stop()

    @property
    def now(self):
        return timezone.now()

    def listed(self, who, **kwargs):
        day = local(9, 9).date()
        slots = find_slots(
            self.service,
            practitioners=[self.people[who]],
            first_on=day,
            last_on=day,
            now=self.now,
            **kwargs,
        )
        return {slot.starts_at for slot in slots}

    def note(self, visit):
        self.booked[visit.reference] = (visit.starts_at, visit.practitioner_id)
        self.changes += 1

    @rule(target=holds, who=WHO, starts_at=STARTS)
    def hold(self, who, starts_at):
        was_listed = starts_at in self.listed(who)
        try:
            held = actions.hold(
                service=self.service,
                practitioners=[self.people[who]],
                starts_at=starts_at,
                now=self.now,
                by=PATIENT,
            )
        except (SlotTaken, SlotNotOffered):
            assert not was_listed
            return multiple()
        assert was_listed
        return held

    @rule(hold=holds)
    def extend(self, hold):
        is_live = Appointment.objects.live_holds().filter(pk=hold.pk).exists()
        try:
            actions.extend(reference=hold.reference, now=self.now, by=PATIENT)
        except BookingError:
            return
        assert is_live

    @rule(target=visits, hold=consumes(holds))
    def book_the_held_time(self, hold):
        is_live = Appointment.objects.live_holds().filter(pk=hold.pk).exists()
        is_closed = NotAvailableTime.objects.filter(
            starts_at__lt=hold.ends_at, ends_at__gt=hold.starts_at
        ).exists()
        try:
            visit = actions.book(
                reference=hold.reference,
                service=self.service,
                practitioners=[hold.practitioner],
                starts_at=hold.starts_at,
                details=make_details(),
                screening=make_screening_pass(),
                now=self.now,
                by=PATIENT,
            )
        except (SlotTaken, SlotNotOffered):
            assert not is_live or is_closed
            return multiple()
        self.note(visit)
        return visit.reference

    @rule(target=visits, who=WHO, starts_at=STARTS, override=OVERRIDE)
    def book_by_phone(self, who, starts_at, override):
        try:
            visit = actions.book(
                reference=uuid4(),
                service=self.service,
                practitioners=[self.people[who]],
                starts_at=starts_at,
                details=make_details(name="Ben Phone"),
                screening=make_screening_pass(),
                now=self.now,
                by=DESK,
                override=override,
            )
        except (SlotTaken, SlotNotOffered):
            return multiple()
        self.note(visit)
        return visit.reference

    @rule(reference=visits, who=WHO, starts_at=STARTS, by=BY, override=OVERRIDE)
    def move(self, reference, who, starts_at, by, override):
        was_listed = starts_at in self.listed(who, moving=reference)
        before = self.booked.get(reference)
        target = (starts_at, self.people[who].pk)
        try:
            actions.reschedule(
                reference=reference,
                practitioners=[self.people[who]],
                starts_at=starts_at,
                now=self.now,
                by=by,
                override=override and by.is_staff,
            )
        except BookingError:
            return
        assert was_listed or target == before or (override and by.is_staff)
        if target != before:
            self.booked[reference] = target
            self.changes += 1

    @rule(reference=visits, by=BY)
    def cancel(self, reference, by):
        try:
            actions.cancel(reference=reference, now=self.now, by=by)
        except BookingError:
            return
        if reference not in self.cancelled:
            self.cancelled.add(reference)
            self.booked.pop(reference)
            self.changes += 1

    @rule(who=st.sampled_from([0, 1, None]), starts_at=STARTS, hours=st.integers(1, 3))
    def take_time_off(self, who, starts_at, hours):
        practitioner = None if who is None else self.people[who]
        actions.close_diary(practitioner)
        NotAvailableTime.objects.create(
            practitioner=practitioner,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=hours),
        )

    @rule(minutes=st.sampled_from([1, 9, 11, 24 * 60]))
    def time_passes(self, minutes):
        self.traveller.shift(timedelta(minutes=minutes))

    @invariant()
    def nothing_overlaps(self):
        for person in getattr(self, "people", []):
            diary = Appointment.objects.for_practitioner(person).holding_time()
            times = sorted(diary.values_list("busy_from", "busy_until"))
            assert all(one[1] <= other[0] for one, other in pairwise(times))

    @invariant()
    def no_visit_is_lost_or_invented(self):
        if not hasattr(self, "people"):
            return
        rows = Appointment.objects.filter(status="booked").values_list(
            "reference", "starts_at", "practitioner_id"
        )
        assert {row[0]: row[1:] for row in rows} == self.booked
        gone = Appointment.objects.filter(status="cancelled").values_list("reference", flat=True)
        assert set(gone) == self.cancelled

    @invariant()
    def every_change_is_told_and_written_down_once(self):
        if hasattr(self, "people"):
            assert Message.objects.count() == self.changes
            assert AppointmentEvent.objects.count() == self.changes

    @invariant()
    def an_expired_hold_blocks_nobody(self):
        """What is listed books: `hold` checks it too, here also where a dead hold still lies."""
        for person in getattr(self, "people", []):
            dead = Appointment.objects.for_practitioner(person).expired_holds().first()
            if dead is None or dead.starts_at not in self.listed(self.people.index(person)):
                continue
            with transaction.atomic():
                actions.hold(
                    service=self.service,
                    practitioners=[person],
                    starts_at=dead.starts_at,
                    now=self.now,
                    by=PATIENT,
                )
                transaction.set_rollback(True)


def test_no_course_of_events_ends_in_an_overlap_or_a_lost_visit(db):
    run_state_machine_as_test(
        Diary,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            # Making a failing course shorter would take minutes; as it is, it can be read.
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
