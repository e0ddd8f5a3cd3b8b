"""Time off over booked visits, and what patients answer who are asked to move."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, invariant, precondition, rule

from booking import actions, time_off
from booking.actors import PATIENT
from booking.errors import AlreadyAsked, BookingError, NotMovable, StatusChanged
from booking.models import Appointment, Message, MoveRequest, NotAvailableTime

from .course import STARTS, Course
from .factories import DESK

ANY = st.integers(0, 100)


class TimeOff(Course):
    closures = Bundle("closures")

    def __init__(self):
        self.asked = {}
        """Visits whose patients have not settled it, and whether they want a call."""
        self.questions = 0
        super().__init__()

    @rule(
        target=closures,
        who=st.sampled_from([0, 1, None]),
        starts_at=STARTS,
        hours=st.integers(1, 3),
    )
    def take_time_off(self, who, starts_at, hours):
        practitioner = None if who is None else self.people[who]
        actions.close_diary(practitioner)
        closure = NotAvailableTime.objects.create(
            practitioner=practitioner,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=hours),
        )
        assert self.hit_by(closure) == {
            visit.reference for visit in time_off.visits_in(closure, now=self.now)
        }
        return closure

    def hit_by(self, closure):
        return {
            reference
            for reference, visit in self.known.items()
            if not visit.is_cancelled
            and closure.practitioner_id in (None, visit.practitioner)
            and visit.starts_at < closure.ends_at
            and closure.starts_at < visit.starts_at + self.service.duration
            and self.now < visit.starts_at + self.service.duration
        }

    @rule(closure=closures, again=st.booleans())
    def ask_everybody_to_move(self, closure, again):
        for visit in time_off.visits_in(closure, now=self.now):
            self.ask(visit, closure, again=again)

    @rule(reference=Course.visits, closure=closures)
    def ask_somebody_who_may_have_moved_meanwhile(self, reference, closure):
        self.ask(Appointment.objects.get(reference=reference), closure, again=True)

    def ask(self, visit, closure, *, again):
        reference = visit.reference
        may = (
            reference in self.hit_by(closure)
            and self.now < visit.starts_at
            and (again or reference not in self.asked)
        )
        try:
            request = time_off.ask_to_move(
                visit, closure=closure, now=self.now, by=DESK, again=again
            )
        except (AlreadyAsked, NotMovable, StatusChanged):
            assert not may
            return
        assert may
        self.asked[reference] = False
        self.questions += 1
        held = request.held_times(self.now)
        assert len(held) <= time_off.ALTERNATIVES
        assert not any(self.is_closed(one) for one in held)

    def one_of_the_asked(self, number):
        return list(self.asked)[number % len(self.asked)]

    @precondition(lambda self: self.asked)
    @rule(number=ANY, which=ANY, is_late=st.sampled_from([False, False, True]))
    def choose_a_held_time(self, number, which, is_late):
        """Late is who had the page open while the times ran out, or were given up."""
        reference = self.one_of_the_asked(number)
        request = MoveRequest.objects.filter(appointment__reference=reference).last()
        held = request.held_times(self.now)
        if not held:
            return
        chosen = held[which % len(held)]
        if is_late:
            self.traveller.move_to(request.expires_at + timedelta(seconds=1))
        is_kept = Appointment.objects.live_holds().filter(pk=chosen.pk).exists()
        try:
            visit = actions.reschedule(
                reference=reference,
                starts_at=chosen.starts_at,
                practitioners=[chosen.practitioner],
                location=chosen.location,
                now=self.now,
                by=PATIENT,
            )
        except BookingError:
            is_over = self.now >= min(self.known[reference].starts_at, chosen.starts_at)
            assert not is_kept or is_over or self.is_closed(chosen)
            return
        self.came_of(visit)

    @precondition(lambda self: self.asked)
    @rule(number=ANY, is_settled=st.booleans())
    def keep_the_time(self, number, is_settled):
        """The patient would rather be called, or staff settle it by phone."""
        reference = self.one_of_the_asked(number)
        visit = Appointment.objects.get(reference=reference)
        if not is_settled:
            time_off.ask_for_a_call(visit, now=self.now)
            self.asked[reference] = True
            return
        request = time_off.waiting_request(visit)
        assert time_off.settle(request, note="Comes anyway.", now=self.now)
        assert not time_off.settle(request, note="Comes anyway.", now=self.now)
        del self.asked[reference]

    def came_of(self, visit):
        before = self.known.get(visit.reference)
        changes = len(before.happened) if before else 0
        reference = super().came_of(visit)
        if changes and len(before.happened) > changes:
            self.asked.pop(reference, None)
        return reference

    def was_cancelled(self, reference):
        super().was_cancelled(reference)
        self.asked.pop(reference, None)

    def held_for_others(self):
        of_the_asked = Appointment.objects.live_holds().filter(
            alternative_for__request__status="open"
        )
        return super().held_for_others() | set(of_the_asked.values_list("reference", flat=True))

    @invariant()
    def questions_wait_until_they_are_settled(self):
        waiting = MoveRequest.objects.filter(status__in=("open", "kept"))
        assert sorted(waiting.values_list("appointment__reference", "status")) == [
            (reference, "kept" if wants_call else "open")
            for reference, wants_call in sorted(self.asked.items())
        ]
        assert Message.objects.filter(kind="choice").count() == self.questions
