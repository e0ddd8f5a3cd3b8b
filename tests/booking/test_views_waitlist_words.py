"""What the page of somebody who waits says after each thing that they did."""

import pytest

from booking import waitlist
from booking.models import Appointment, WaitlistEntry
from booking.templatetags.clinic_times import iso_utc
from tests.html_tree import parse

from .factories import NOW, local, wait
from .journeys import ANSWERS, EMERGENCY, pass_screening, step_url
from .waiting import MONDAY, cancel

pytestmark = pytest.mark.django_db
WISHES = {"from_on": "2026-12-08", "until_on": "2026-12-20", "time_of_day": "mornings"}


def main_of(client, url):
    return parse(client.get(url).content).one("main")


def test_changed_wishes_are_said_to_be_saved_once(client, full):
    entry = wait(full)

    saved = client.post(f"{entry.get_absolute_url()}change/", WISHES)

    told = main_of(client, saved["Location"]).one("p", role="status").text
    assert told == "Saved: Tuesday, December 8 to Sunday, December 20, mornings, before noon."
    assert main_of(client, entry.get_absolute_url()).all("p", role="status") == []


@pytest.mark.parametrize("has_visit", [True, False])
def test_who_is_off_the_list_reads_both_ways_to_that_and_how_to_join_again(client, full, has_visit):
    visit = Appointment.objects.get(starts_at=local(21, 10))
    if has_visit:
        client.post(f"{visit.get_absolute_url()}earlier/", WISHES)
        entry = WaitlistEntry.objects.get()
        again = f"{visit.get_absolute_url()}earlier/"
    else:
        entry = wait(full)
        again = f"{step_url(full, 'waitlist')}?condition=spasms"
        WaitlistEntry.objects.update(condition_slug="spasms")

    client.post(f"{entry.get_absolute_url()}leave/")

    main = main_of(client, entry.get_absolute_url())
    assert "You left it, or one of the safety questions ended it." in main.text
    assert main.all("a", href="tel:911")
    assert main.one("a", href=again).text == "join again"


def test_who_was_taken_off_by_staff_did_not_leave_and_reads_no_note(client, full):
    entry = wait(full)
    waitlist.leave(reference=entry.reference, now=NOW, note="Moved to Boston.")

    told = main_of(client, entry.get_absolute_url()).text

    assert "The clinic took you off it. Please call us if you have questions." in told
    assert "You left it" not in told
    assert "Boston" not in told


def test_an_emergency_sign_takes_back_an_earlier_pass(client, full):
    pass_screening(client, full)
    cancel(full, MONDAY)
    entry = wait(full)
    client.post(entry.get_absolute_url(), {"start": iso_utc(MONDAY), "flags": EMERGENCY})

    main = main_of(client, entry.get_absolute_url())
    again = client.get(next(a for a in main.all("a") if a.text == "join again").get("href"))

    assert again["Location"] == step_url(full, "safety")


def test_leaving_asks_first_and_its_address_alone_changes_nothing(client, full):
    entry = wait(full)
    fold = main_of(client, entry.get_absolute_url()).one("details", class_="fold")

    looked = client.get(f"{entry.get_absolute_url()}leave/")

    assert "You lose your place" in fold.text
    assert fold.one("button").text == "Leave the waiting list"
    assert looked["Location"] == entry.get_absolute_url()
    assert WaitlistEntry.objects.get().is_on_the_list


def test_a_last_day_of_another_year_is_named_with_its_year(client, full):
    pass_screening(client, full)

    answers = ANSWERS | WISHES | {"until_on": "2028-01-01"}
    page = parse(client.post(step_url(full, "waitlist"), answers).content)

    refused = page.one("a", href="#id_until_on").text
    assert refused.startswith("Choose a day from Monday, December 7, 2026, to ")
    assert refused.endswith(", 2027.")


def test_a_last_day_wrong_in_the_year_alone_is_told_the_year(client, full):
    visit = Appointment.objects.get(starts_at=local(21, 10))
    url = f"{visit.get_absolute_url()}earlier/"

    page = parse(client.post(url, WISHES | {"until_on": "2027-12-10"}).content)

    assert page.one("a", href="#id_until_on").text == (
        "Choose a day from Monday, December 7, 2026, to Monday, December 21, 2026."
    )


def test_wishes_of_another_year_are_named_with_it(client, full):
    entry = wait(full)

    saved = client.post(f"{entry.get_absolute_url()}change/", WISHES | {"until_on": "2027-11-29"})

    main = main_of(client, saved["Location"])
    days = "Tuesday, December 8 to Monday, November 29, 2027"
    assert main.one("p", role="status").text == f"Saved: {days}, mornings, before noon."
    assert main.all("dd")[1].text == days
