"""People who wait for a time, and what they answer when one is offered."""

from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, multiple, precondition, rule

from booking import waitlist
from booking.errors import BookingError, NotOnTheList, TooLateToMove
from booking.models import Appointment, Message, WaitlistEntry, WaitlistOffer

from .course import DAY, Course
from .factories import make_screening_pass
from .waiting import named

NAMES = st.sampled_from(["Ana", "Ben", "Cleo"])
ANY = st.integers(0, 100)


class WaitingList(Course):
    has_joined = False
    wishes = {
        "who": st.sampled_from([None, None, 0, 1]),
        "time_of_day": st.sampled_from(["any", "any", "mornings", "afternoons"]),
        "days": st.sampled_from([1, 1, 5]),
    }

    def wished(self, who, time_of_day, days):
        first_on = date(2026, 12, 9)
        return waitlist.Wishes(
            from_on=first_on,
            until_on=first_on + (days - 1) * DAY,
            time_of_day=time_of_day,
            practitioner=None if who is None else self.people[who],
        )

    @rule(name=NAMES, **wishes)
    def join(self, name, **wishes):
        waitlist.join(
            service=self.service,
            location=self.service.location,
            details=named(name),
            wishes=self.wished(**wishes),
            condition="",
            now=self.now,
        )
        self.has_joined = True

    @rule(reference=Course.visits, **wishes)
    def join_for_an_earlier_time(self, reference, **wishes):
        visit = Appointment.objects.get(reference=reference)
        try:
            waitlist.join_to_move(visit=visit, wishes=self.wished(**wishes), now=self.now)
        except TooLateToMove:
            assert not visit.is_cancellable(self.now)
        else:
            self.has_joined = True

    @initialize(who=st.lists(st.tuples(NAMES, st.sampled_from([None, 0, 1])), max_size=3))
    def begin_with_people_who_wait(self, who):
        for name, one in who:
            self.join(name, who=one, time_of_day="any", days=1)

    @rule()
    def work(self):
        """Offer what is free: nobody who waits is left without a time that got free for them."""
        waitlist.offer_times(now=self.now)
        soon = self.now + DAY
        for entry in WaitlistEntry.objects.waiting():
            free = {slot.starts_at for slot in waitlist.free_times(entry, now=self.now)}
            news = {at for at in free - set(entry.known_starts) if at > soon}
            assert not news or (entry.appointment and entry.appointment.cancellable_until < soon)

    def one_who_waits(self, number):
        """Return an entry: mostly one of those to whom a time is offered, if there are any."""
        offered = WaitlistEntry.objects.filter(status="offered")
        entries = list(offered if offered and number % 3 else WaitlistEntry.objects.all())
        return entries[number // 3 % len(entries)]

    @precondition(lambda self: self.has_joined)
    @rule(target=Course.visits, number=ANY, which=ANY)
    def accept(self, number, which):
        """Take what was offered, now or before, or another time that is free."""
        entry = self.one_who_waits(number)
        offers = list(entry.offers.all())
        free = [slot.starts_at for slot in waitlist.free_times(entry, now=self.now)]
        # What is offered now comes first, and most often.
        starts = [offer.starts_at for offer in reversed(offers)] or free
        starts += free if which % 3 == 0 else []
        if not starts:
            return multiple()
        starts_at = starts[which // 3 % len(starts)]
        held = Appointment.objects.live_holds().filter(
            reference__in=[offer.reference for offer in offers if offer.outcome == "open"],
            starts_at=starts_at,
        )
        own = held.first()
        before = entry.appointment
        may_move = before is None or before.is_cancellable(self.now)
        try:
            visit = waitlist.accept(
                reference=entry.reference,
                starts_at=starts_at,
                screening=make_screening_pass(),
                now=self.now,
            )
        except BookingError as error:
            if isinstance(error, NotOnTheList):
                assert not entry.is_on_the_list
            else:
                assert own is None or not may_move or self.is_closed(own)
            return multiple()
        assert before in (None, visit)
        is_new = visit.reference not in self.known
        self.came_of(visit)
        return visit.reference if is_new else multiple()

    @precondition(lambda self: self.has_joined)
    @rule(number=ANY, is_over=st.sampled_from([False, False, True]))
    def decline_or_leave(self, number, is_over):
        answer = waitlist.leave if is_over else waitlist.decline
        entry = answer(reference=self.one_who_waits(number).reference, now=self.now)
        assert not entry.offers.open().exists()
        assert not (is_over and entry.is_on_the_list)

    def held_for_others(self):
        offered = WaitlistOffer.objects.still_held().values_list("reference", flat=True)
        return super().held_for_others() | set(offered)

    @invariant()
    def one_time_at_a_time_is_kept_for_each_who_waits(self):
        """What is offered is held, as `held_for_others` says, and once each."""
        offers = list(WaitlistOffer.objects.values_list("entry", "reference", "outcome"))
        live = set(Appointment.objects.live_holds().values_list("reference", flat=True))
        kept = [entry for entry, reference, _ in offers if reference in live]
        open_to = sorted(entry for entry, _, outcome in offers if outcome == "open")
        offered = WaitlistEntry.objects.filter(status="offered").order_by("pk")
        assert len(kept) == len(set(kept))
        assert open_to == list(offered.values_list("pk", flat=True))
        assert Message.objects.filter(kind="offer").count() == len(offers)
