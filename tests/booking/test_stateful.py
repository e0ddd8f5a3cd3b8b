"""Whatever patients, staff and the clock do in turn: no overlap, and no visit is lost or invented."""

from uuid import uuid4

import pytest
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    consumes,
    multiple,
    rule,
    run_state_machine_as_test,
)

from booking import actions
from booking.actors import PATIENT
from booking.errors import BookingError, HeldLongEnough, SlotNotOffered, SlotTaken
from booking.models import Appointment

from .course import AIM, BY, WHO, Course
from .course_time_off import TimeOff
from .course_waitlist import WaitingList
from .factories import DESK, make_details, make_screening_pass
from .proofs import draws

pytestmark = pytest.mark.django_db
OVERRIDE = st.booleans()


class Diary(TimeOff, WaitingList):
    """Everything that can happen to the morning: patients and staff book, move and cancel too."""

    holds = Bundle("holds")

    def is_live(self, hold):
        return Appointment.objects.live_holds().filter(reference=hold.reference).exists()

    @rule(target=holds, who=WHO, aim=AIM)
    def hold(self, who, aim):
        starts_at, was_listed = self.aimed_at(aim, who)
        try:
            held = self.take(who, starts_at)
        except (SlotTaken, SlotNotOffered):
            assert not was_listed
            return multiple()
        assert was_listed
        self.kept[held.reference] = held.expires_at
        return held

    @rule(target=holds, hold=holds, who=WHO, aim=AIM)
    def choose_another_time(self, hold, who, aim):
        """The hold before goes only if the new one succeeds."""
        was_live = self.is_live(hold)
        starts_at, was_listed = self.aimed_at(aim, who, holder=hold.reference)
        try:
            held = self.take(who, starts_at, replaces=hold.reference)
        except (SlotTaken, SlotNotOffered):
            assert not was_listed
            assert self.is_live(hold) == was_live
            return multiple()
        assert was_listed or held.reference == hold.reference
        self.kept.pop(hold.reference, None)
        self.kept[held.reference] = held.expires_at
        return held

    @rule(hold=holds, is_wanted=st.booleans())
    def extend_or_give_up(self, hold, is_wanted):
        was_live = self.is_live(hold)
        if not is_wanted:
            actions.release(reference=hold.reference, now=self.now, by=PATIENT)
            self.kept.pop(hold.reference, None)
            return
        try:
            held = actions.extend(reference=hold.reference, now=self.now, by=PATIENT)
        except SlotTaken:
            assert not was_live
        except HeldLongEnough:
            assert was_live
        else:
            assert was_live
            self.kept[held.reference] = held.expires_at

    @rule(target=Course.visits, hold=consumes(holds))
    def book_the_held_time(self, hold):
        was_live = self.is_live(hold)
        form = {
            "reference": hold.reference,
            "service": self.service,
            "practitioners": [hold.practitioner],
            "starts_at": hold.starts_at,
            "details": make_details(),
            "screening": make_screening_pass(),
            "now": self.now,
            "by": PATIENT,
        }
        try:
            visit = actions.book(**form)
        except (SlotTaken, SlotNotOffered):
            assert not was_live or self.is_closed(hold)
            return multiple()
        assert actions.book(**form) == visit
        return self.came_of(visit)

    @rule(target=Course.visits, who=WHO, aim=AIM, override=OVERRIDE)
    def book_by_phone(self, who, aim, override):
        starts_at, was_listed = self.aimed_at(aim, who)
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
            assert not was_listed
            return multiple()
        assert was_listed or override
        return self.came_of(visit)

    @rule(reference=Course.visits, who=WHO, aim=AIM, by=BY, override=OVERRIDE)
    def move(self, reference, who, aim, by, override):
        visit = Appointment.objects.get(reference=reference)
        override = override and by.is_staff
        starts_at, was_listed = self.aimed_at(aim, who, moving=reference)
        is_there = (visit.starts_at, visit.practitioner) == (starts_at, self.people[who])
        may = visit.status == "booked" and self.now < visit.ends_at
        may = may and (by.is_staff or actions.patient_may_change(visit, self.now))
        kept = Appointment.objects.live_holds().filter(
            alternative_for__request__appointment=visit,
            practitioner=self.people[who],
            starts_at=starts_at,
        )
        was_kept = kept.exists()
        try:
            moved = actions.reschedule(
                reference=reference,
                practitioners=[self.people[who]],
                starts_at=starts_at,
                now=self.now,
                by=by,
                override=override,
            )
        except BookingError:
            assert not (may and was_listed)
            return
        assert is_there or (may and (was_listed or was_kept or override))
        self.came_of(moved)

    @rule(target=Course.visits, reference=consumes(Course.visits), by=BY)
    def cancel(self, reference, by):
        visit = Appointment.objects.get(reference=reference)
        may = self.now < visit.ends_at and (
            by.is_staff or actions.patient_may_change(visit, self.now)
        )
        try:
            actions.cancel(reference=reference, now=self.now, by=by)
        except BookingError:
            assert not may
            return reference
        assert may
        self.was_cancelled(reference)
        # Sent twice, it is done once.
        actions.cancel(reference=reference, now=self.now, by=by)
        return multiple()


def test_no_course_of_events_ends_in_an_overlap_or_a_lost_visit(db):
    run_state_machine_as_test(
        Diary,
        settings=draws(
            6,
            stateful_step_count=40,
            # Making a failing course shorter would take minutes; as it is, it can be read.
            phases=(Phase.explicit, Phase.reuse, Phase.generate),
        ),
    )
