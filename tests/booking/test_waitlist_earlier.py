"""From which day on someone can wait, and when the visit they have is early enough."""

from datetime import UTC, date, datetime

import pytest

from booking import actions
from booking.errors import SlotNotOffered
from booking.models import Appointment, WaitlistEntry
from booking.privacy.erasing import erase
from booking.views import waitlist as views
from tests.html_tree import parse

from .factories import DESK, NOW, local, make_appointment, offer_times, wait, wait_to_move
from .journeys import ANSWERS, pass_screening, step_url
from .waiting import MONDAY, accept, cancel, offered

pytestmark = pytest.mark.django_db
WISHES = {"from_on": "2026-12-08", "until_on": "2026-12-20", "time_of_day": "mornings"}


def test_the_choice_begins_with_the_first_day_that_can_be_booked(client, full):
    full.notice_minutes = 48 * 60
    full.save()
    pass_screening(client, full)
    url = step_url(full, "waitlist")
    visit = Appointment.objects.get(starts_at=local(21, 10))

    joining = parse(client.get(url).content)
    earlier = parse(client.get(f"{visit.get_absolute_url()}earlier/").content)
    refused = parse(client.post(url, ANSWERS | WISHES | {"until_on": "2026-12-08"}).content)

    for page in (joining, earlier):
        field = page.one("input", name="from_on")
        assert (field.get("value"), field.get("min")) == ("2026-12-09", "2026-12-09")
    assert (
        refused.one("a", href="#id_until_on").text
        == "Choose a day from Wednesday, December 9, 2026, to Thursday, December 9, 2027."
    )


def test_a_day_before_all_time_is_the_first_that_can_be_booked(client, full):
    full.location.time_zone = "Europe/Berlin"
    full.location.save()
    visit = Appointment.objects.get(starts_at=local(21, 10))
    pass_screening(client, full)

    client.post(step_url(full, "waitlist"), ANSWERS | WISHES | {"from_on": "0001-01-01"})
    client.post(f"{visit.get_absolute_url()}earlier/", WISHES | {"from_on": "0001-01-01"})

    wished = WaitlistEntry.objects.values_list("from_on", flat=True)
    assert list(wished) == [date(2026, 12, 7), date(2026, 12, 7)]


def test_who_wishes_a_day_before_all_time_is_offered_times(full):
    full.location.time_zone = "Europe/Berlin"
    full.location.save()
    nine = datetime(2026, 12, 14, 8, tzinfo=UTC)
    make_appointment(full, nine)
    wait(full, from_on=date(1, 1, 1))
    cancel(full, nine)

    offer_times()

    assert offered() == [("Ana Example", nine)]


def test_a_visit_before_which_nothing_can_be_booked_is_not_asked(client, full):
    full.notice_minutes = 9 * 24 * 60
    full.save()
    visit = Appointment.objects.get(starts_at=local(14, 10))
    url = f"{visit.get_absolute_url()}earlier/"

    assert parse(client.get(visit.get_absolute_url()).content).all("a", href=url) == []
    assert client.get(url)["Location"] == visit.get_absolute_url()


def test_wishes_that_the_visit_fulfils_are_no_wishes(client, full):
    visit = Appointment.objects.get(starts_at=local(21, 10))
    wishes = {"from_on": "2026-12-21", "until_on": "2026-12-21", "time_of_day": "afternoons"}

    page = parse(client.post(f"{visit.get_absolute_url()}earlier/", wishes).content)

    words = "Your visit is no later than that. Choose an earlier day or time of day."
    assert page.one("a", href="#id_from_on").text == words
    assert WaitlistEntry.objects.count() == 0


def test_who_was_moved_early_enough_reads_why_the_waiting_is_over(client, full):
    visit = Appointment.objects.get(starts_at=local(21, 10))
    entry = wait_to_move(visit, from_on=local(15, 0).date())
    cancel(full, MONDAY)
    actions.reschedule(reference=visit.reference, starts_at=MONDAY, now=NOW, by=DESK)

    main = parse(client.get(entry.get_absolute_url()).content).one("main")

    assert "Your visit is as early as you wished by now" in main.text


def test_an_emergency_says_that_the_waiting_is_over_and_how_to_wait_again(client, full):
    cancel(full, MONDAY)
    visit = Appointment.objects.get(starts_at=local(21, 10))
    entry = wait_to_move(visit)

    stop = parse(client.post(entry.get_absolute_url(), {"flags": "speech.slurred"}).content)
    again = parse(client.get(f"{visit.get_absolute_url()}earlier/").content)

    entry.refresh_from_db()
    assert entry.status == "left"
    assert "You are off the waiting list now" in stop.one("main").text
    assert stop.one("a", href=f"{visit.get_absolute_url()}earlier/").text == (
        "I pressed the wrong answer"
    )
    assert again.one("h1").text == "Tell me if an earlier time gets free"


def test_all_that_is_missing_is_said_at_once(client, full):
    cancel(full, MONDAY)
    entry = wait_to_move(Appointment.objects.get(starts_at=local(21, 10)))

    page = parse(client.post(entry.get_absolute_url(), {"ruleset": ""}).content)

    assert [node.text for node in page.one("div", class_="errors").all("a")] == [
        "Choose a time.",
        "Tick every sign you have, or “None of these”.",
    ]


@pytest.mark.parametrize(
    ("moved_to", "wishes", "status", "note"),
    [
        (local(14, 9), {"from_on": date(2026, 12, 8)}, "waiting", ""),
        (local(14, 9), {"from_on": date(2026, 12, 14)}, "waiting", ""),
        (
            local(14, 11),
            {"from_on": date(2026, 12, 14), "time_of_day": "afternoons"},
            "expired",
            "The visit is as early as was wished.",
        ),
        (
            local(14, 9),
            {"from_on": date(2026, 12, 15)},
            "expired",
            "The visit is as early as was wished.",
        ),
    ],
    ids=["days before", "hours before", "afternoons", "days after"],
)
def test_a_visit_that_was_moved_early_enough_waits_no_more(full, moved_to, wishes, status, note):
    visit = Appointment.objects.get(starts_at=local(21, 10))
    entry = wait_to_move(visit, **wishes)
    cancel(full, moved_to)
    actions.reschedule(reference=visit.reference, starts_at=moved_to, now=NOW, by=DESK)

    # The freed time of the visit is wanted by nobody: it is no earlier.
    offer_times()

    entry.refresh_from_db()
    assert (entry.status, entry.closing_note) == (status, note)
    assert offered() == []


def test_an_offer_no_earlier_than_the_visit_ends_when_that_is_moved(full):
    visit = Appointment.objects.get(starts_at=local(21, 10))
    entry = wait_to_move(visit)
    cancel(full, local(14, 10))
    offer_times()
    actions.reschedule(
        reference=visit.reference, starts_at=local(8, 9), now=NOW, by=DESK, override=True
    )

    with pytest.raises(SlotNotOffered):
        accept(entry, local(14, 10))
    offer_times()

    entry.refresh_from_db()
    assert (entry.status, entry.offers.get().outcome) == ("waiting", "ended")
    assert Appointment.objects.filter(status="pending").count() == 0


def while_its_form_is_sent(monkeypatch, do):
    """Let something happen to a visit once its page was found."""
    found = views.get_appointment_for_link

    def find_first(*args):
        visit = found(*args)
        do(visit)
        return visit

    monkeypatch.setattr(views, "get_appointment_for_link", find_first)


def test_who_waits_with_a_visit_that_is_cancelled_at_this_moment_sees_so(client, full, monkeypatch):
    visit = Appointment.objects.get(starts_at=local(21, 10))
    while_its_form_is_sent(
        monkeypatch,
        lambda one: actions.cancel(reference=one.reference, now=NOW, by=DESK),
    )

    answer = client.post(f"{visit.get_absolute_url()}earlier/", WISHES)

    assert answer["Location"] == visit.get_absolute_url()
    assert not WaitlistEntry.objects.exists()


def test_who_is_erased_at_this_moment_does_not_wait(client, full, monkeypatch):
    visit = Appointment.objects.get(starts_at=local(21, 10))

    def erase_them(one):
        actions.cancel(reference=one.reference, now=NOW, by=DESK)
        erase(one.patient_id, user=None, now=NOW)

    while_its_form_is_sent(monkeypatch, erase_them)

    answer = client.post(f"{visit.get_absolute_url()}earlier/", WISHES)

    assert answer.status_code == 404
    assert not WaitlistEntry.objects.exists()
