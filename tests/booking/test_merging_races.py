"""Two at once: one merge wins, and no booking is lost to one."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from booking import merging
from booking.actors import PATIENT
from booking.errors import HoldChanged, NotErasable
from booking.merging import GoneMeanwhile, UnderHold
from booking.models import Appointment, Patient, PatientMerge, WaitlistEntry
from booking.patients import Contact
from booking.privacy.erasing import erase
from booking.privacy.holds import put_hold
from tests.locks import until_waiting

from .factories import DESK, NOW, TEN, book, make_details, make_patient, wait
from .racing import in_a_thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair():
    return make_patient(), make_patient(name="Anna Example", email="anna@example.org")


@pytest.fixture
def user():
    return User.objects.create_user("pat")


def prepared(kept, gone, user):
    """Return a merge as a member of staff has it before them."""
    return partial(
        merging.merge,
        kept=kept.pk,
        gone=gone.pk,
        contact=Contact.of(kept),
        seen=merging.preview(kept=kept, gone=gone).state,
        now=NOW,
        user=user,
    )


def at_once(*calls):
    with ThreadPoolExecutor(max_workers=len(calls)) as pool:
        return [one.result() for one in [pool.submit(in_a_thread, call) for call in calls]]


@pytest.mark.parametrize("_round", range(3))
def test_of_two_that_merge_in_opposite_ways_one_wins(pair, user, _round):
    ana, anna = pair

    answers = at_once(prepared(ana, anna, user), prepared(anna, ana, user))

    (stays,) = Patient.objects.all()
    refused = [answer for answer in answers if isinstance(answer, GoneMeanwhile)]
    assert [answer for answer in answers if answer not in refused] == [stays]
    assert len(refused) == 1
    assert PatientMerge.objects.count() == 1


def test_the_same_merge_sent_by_two_at_once_is_one(pair, user):
    call = prepared(*pair, user)

    assert at_once(call, call, call) == [pair[0]] * 3
    assert PatientMerge.objects.count() == 1


def book_while_merging(pair, user, service, **who):
    """Let a booking come while a merge is not yet done, and return the visit."""
    ana, anna = pair
    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            prepared(ana, anna, user)()
            booking = pool.submit(in_a_thread, partial(book, service, starts_at=TEN, **who))
            until_waiting()
        return booking.result()


def while_merging(pair, user, call):
    """Let something begin while a merge is not yet done, and return what it gives."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            prepared(*pair, user)()
            later = pool.submit(in_a_thread, call)
            until_waiting()
        return later.result()


def test_who_is_merged_while_they_are_erased_is_refused_in_words(pair, user):
    refusal = while_merging(pair, user, partial(erase, pair[1].pk, user=user, now=NOW))

    assert isinstance(refusal, NotErasable)
    assert "merged it into another" in str(refusal)
    assert Patient.objects.get().name == "Ana Example"


def test_a_hold_on_who_is_merged_meanwhile_is_refused(pair, user):
    hold = partial(put_hold, pair[1], reason="A suit", by_name="Olga", now=NOW)

    assert isinstance(while_merging(pair, user, hold), HoldChanged)


def test_who_joins_the_list_while_they_are_merged_has_one_place(pair, user, service):
    ana, anna = pair
    wait(service, details=make_details(name=anna.name, email=anna.email))
    join = partial(wait, service, details=make_details(name=ana.name, email=ana.email))

    assert while_merging(pair, user, join) == WaitlistEntry.objects.get()


def test_who_is_held_a_moment_before_is_not_merged(pair, user):
    merge = prepared(*pair, user)
    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            put_hold(pair[1], reason="A suit", by_name="Olga", now=NOW)
            merging_it = pool.submit(in_a_thread, merge)
            until_waiting()
        refusal = merging_it.result()

    assert isinstance(refusal, UnderHold)
    assert Patient.objects.count() == 2


def test_a_booking_online_is_not_lost_to_a_merge(pair, user, service):
    theirs = make_details(name=pair[1].name, email=pair[1].email)

    visit = book_while_merging(pair, user, service, details=theirs, by=PATIENT)

    assert Appointment.objects.get() == visit
    assert (visit.status, visit.patient.email) == ("booked", "anna@example.org")


def test_a_booking_by_phone_goes_to_who_stays(pair, user, service):
    visit = book_while_merging(pair, user, service, patient=pair[1], by=DESK)

    assert Appointment.objects.get() == visit
    assert visit.patient == pair[0]
