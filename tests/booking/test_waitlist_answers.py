"""What people answer to an offer, in time and late."""

from datetime import date

import pytest

from booking import waitlist
from booking.errors import NotOnTheList, SlotNotOffered, SlotTaken
from booking.models import Appointment, Message, WaitlistEntry, WaitlistOffer

from .factories import (
    NOW,
    book,
    local,
    make_appointment,
    make_closure,
    offer_times,
    wait,
    wait_to_move,
)
from .waiting import MONDAY, accept, cancel, make_full_service, named, offered

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    return make_full_service()


def test_who_leaves_gives_up_the_offer(service):
    entry = wait(service)
    cancel(service, MONDAY)
    offer_times()

    for _ in range(2):
        entry = waitlist.leave(reference=entry.reference, now=NOW, note="By phone.")

    assert (entry.status, entry.closed_at, entry.closing_note) == ("left", NOW, "By phone.")
    assert Appointment.objects.filter(status="pending").count() == 0
    with pytest.raises(NotOnTheList):
        accept(entry, MONDAY)


def test_a_declined_time_goes_to_the_next_and_the_person_waits_on(service):
    first = wait(service, details=named("Ana"))
    wait(service, details=named("Ben"))
    cancel(service, MONDAY)
    offer_times()

    for _ in range(2):
        waitlist.decline(reference=first.reference, now=NOW)
    offer_times()

    first.refresh_from_db()
    assert first.status == "waiting"
    assert [offer.outcome for offer in first.offers.all()] == ["declined"]
    assert offered() == [("Ben", MONDAY)]


def test_accepting_books_with_the_persons_details_and_once(service):
    details = named("Ana", phone_extension="42")
    entry = wait(service, details=details)
    cancel(service, MONDAY)
    offer_times()

    visits = [accept(entry, MONDAY, outcome="see_doctor") for _ in range(2)]

    entry.refresh_from_db()
    visit = Appointment.objects.get(starts_at=MONDAY, status="booked")
    assert visits == [visit, visit]
    assert (visit.patient.name, visit.patient.email) == ("Ana", "ana@example.com")
    assert visit.patient.phone_extension == "42"
    assert visit.screening.outcome == "see_doctor"
    assert visit.reference == entry.offers.get().reference
    assert [m.kind for m in visit.messages.all()] == ["confirmation"]
    assert (entry.status, entry.appointment) == ("booked", visit)
    assert entry.offers.get().outcome == "accepted"


def test_accepting_moves_the_visit_one_has(service):
    visit = Appointment.objects.get(starts_at=local(21, 10))
    make_closure(local(14, 0), local(14, 1))
    entry = wait_to_move(visit)
    cancel(service, MONDAY)
    offer_times()

    moved = accept(entry, MONDAY)

    assert (moved, moved.starts_at, moved.sequence) == (visit, MONDAY, 1)
    assert [m.kind for m in visit.messages.all()] == ["moved"]
    assert Appointment.objects.filter(status="pending").count() == 0
    assert moved.screening.screened_at == NOW


def test_a_late_answer_takes_the_time_if_nobody_was_faster(service):
    entry = wait(service)
    cancel(service, MONDAY)
    offer_times()
    late = local(7, 13)
    offer_times(late)

    visit = accept(entry, MONDAY, now=late)

    assert (visit.status, visit.starts_at) == ("booked", MONDAY)


def test_a_late_answer_changes_nothing_if_somebody_was_faster(service):
    entry = wait(service, details=named("Ana"))
    cancel(service, MONDAY)
    offer_times()
    book(service, starts_at=MONDAY, now=local(7, 10), details=named("Ben"))

    with pytest.raises(SlotTaken):
        accept(entry, MONDAY, now=local(7, 10))
    offer_times(local(7, 10))

    entry.refresh_from_db()
    assert entry.status == "waiting"
    assert Appointment.objects.get(starts_at=MONDAY, status="booked").patient.name == "Ben"


def test_another_free_time_can_be_taken_and_gives_up_the_offer(service):
    entry = wait(service)
    cancel(service, MONDAY)
    cancel(service, local(21, 9))
    offer_times()

    visit = accept(entry, local(21, 9))

    assert visit.starts_at == local(21, 9)
    assert [offer.outcome for offer in entry.offers.all()] == ["declined"]
    assert Appointment.objects.filter(status="pending").count() == 0


def test_a_time_that_is_not_wanted_is_not_taken(service):
    entry = wait(service, until_on=date(2026, 12, 20))
    cancel(service, local(21, 9))

    with pytest.raises(SlotNotOffered):
        accept(entry, local(21, 9))


@pytest.fixture
def meanwhile(monkeypatch):
    """Return a function that does something while a worker waits for an entry that it wants."""
    lock = waitlist._lock

    def do(something):
        def lock_late(**named):
            something()
            return lock(**named)

        monkeypatch.setattr(waitlist, "_lock", lock_late)

    return do


@pytest.mark.parametrize("now", [NOW, local(8, 9)], ids=["to be offered", "to be ended"])
def test_who_left_meanwhile_has_left(service, meanwhile, now):
    entry = wait(service, until_on=date(2026, 12, 14 if now == NOW else 7))
    cancel(service, MONDAY)
    left = {"status": "left", "closed_at": NOW}
    meanwhile(lambda: WaitlistEntry.objects.update(**left))

    assert offer_times(now) == 0
    entry.refresh_from_db()
    assert (entry.status, entry.closed_at) == ("left", NOW)


def test_a_time_that_somebody_took_meanwhile_is_not_offered(service, meanwhile):
    wait(service, until_on=date(2026, 12, 14))
    cancel(service, MONDAY)
    meanwhile(lambda: make_appointment(service, MONDAY))

    assert offer_times() == 0
    assert str(WaitlistEntry.objects.get()) == "First consultation, waiting"


# Who is erased at this moment


@pytest.fixture
def gone_meanwhile(monkeypatch):
    """Let a place be erased between its page and what was asked of it."""
    lock = waitlist._lock

    def erase_first(**named):
        monkeypatch.setattr(waitlist, "_lock", lock)
        WaitlistEntry.objects.filter(**named).delete()
        return lock(**named)

    monkeypatch.setattr(waitlist, "_lock", erase_first)


@pytest.mark.parametrize("what", ["leave", "decline", "change"])
@pytest.mark.usefixtures("gone_meanwhile", "monday_morning")
def test_who_is_erased_while_they_answer_finds_no_page(client, service, what):
    entry = wait(service)
    wishes = {"from_on": "2026-12-08", "until_on": "2026-12-20", "time_of_day": "mornings"}

    answer = client.post(f"{entry.get_absolute_url()}{what}/", wishes)

    assert answer.status_code == 404


@pytest.mark.parametrize("status", ["waiting", "offered", "over"])
def test_who_is_erased_meanwhile_keeps_nobody_from_an_offer(service, status, gone_meanwhile):
    first = wait(service, details=named("Ana"))
    if status == "over":
        WaitlistEntry.objects.update(from_on=date(2026, 12, 1), until_on=date(2026, 12, 1))
    if status == "offered":
        WaitlistEntry.objects.update(status="offered")
        WaitlistOffer.objects.create(
            entry=first,
            reference=first.reference,
            practitioner=service.practitioner,
            starts_at=MONDAY,
            made_at=NOW,
            expires_at=NOW,
            message=Message.objects.get(),
        )
    wait(service, details=named("Ben"))
    cancel(service, MONDAY)

    assert offer_times() == 1
    # Ana's place, deleted in the same transaction, is back with it.
    assert offered()[-1] == ("Ben", MONDAY)
