"""The clock on which a patient chose a phone or video visit: kept with it, and said in its mails."""

import pytest
from django.db import IntegrityError

from booking import actions, time_off
from booking.messages import build_mail
from booking.models import Appointment, Message
from tests.html_tree import parse

from .factories import (
    DESK,
    NOW,
    local,
    make_appointment,
    offer_times,
    wait_to_move,
)
from .journeys import ANSWERS, pass_screening

TOKYO = "?zone=Asia%2FTokyo"
OWN_TIME = "Your time: Tuesday, December 15, 12:00 am, Tokyo (JST)"
MOVED_TIME = "Your time: Monday, December 14, 11:00 pm, Tokyo (JST)"


@pytest.fixture
def visit(bookable_service, video):
    """A video visit on Monday in a week, at 10 am, chosen on Tokyo's clock."""
    return make_appointment(bookable_service, local(14, 10), location=video, own_zone="Asia/Tokyo")


def book_online(client, service, query):
    pass_screening(client, service)
    chosen = client.post(f"/book/{service.slug}/times/{query}", {"start": "2026-12-14T15:00:00Z"})
    client.post(chosen["Location"], ANSWERS)
    return Appointment.objects.get()


def mails_of(visit):
    """Return the text, the words of the HTML, the subject and the calendar of the newest mail."""
    message = visit.messages.select_related("appointment__location").last()
    mail = build_mail(message, now=NOW)
    html, calendar = (part.content for part in mail.alternatives)
    calendar = calendar.replace("\r\n ", "").replace("\\,", ",")
    return mail.body, parse(html).text, mail.subject, calendar


def test_the_chosen_clock_is_kept_with_the_visit_and_mailed(client, bookable_service, video):
    visit = book_online(client, bookable_service, "?location=video&zone=Asia%2FTokyo")

    text, html, subject, calendar = mails_of(visit)

    assert visit.own_zone == "Asia/Tokyo"
    assert f"Clinic time: Eastern (EST)\n{OWN_TIME}\n{visit.service.name} with " in text
    for words in (html, calendar):
        assert "Clinic time: Eastern (EST)" in words
        assert OWN_TIME in words
    assert subject == "Your visit on Monday, December 14, 10:00 am"


@pytest.mark.parametrize(
    "query",
    [
        TOKYO,
        "?location=video",
        "?location=video&zone=Mars%2FBase",
        "?location=video&zone=localtime",
    ],
    ids=["in person", "none", "unknown", "the machine's"],
)
def test_no_other_clock_is_kept(client, bookable_service, video, query):
    visit = book_online(client, bookable_service, query)

    assert visit.own_zone == ""
    assert all("Your time" not in part for part in mails_of(visit))


@pytest.mark.parametrize("kind", ["moved", "cancellation"])
def test_moving_and_cancelling_say_both_times(visit, kind):
    if kind == "moved":
        actions.reschedule(reference=visit.reference, starts_at=local(14, 9), now=NOW, by=DESK)
    else:
        actions.cancel(reference=visit.reference, now=NOW, by=DESK)

    text, html, subject, calendar = mails_of(visit)

    expected = MOVED_TIME if kind == "moved" else OWN_TIME
    if kind == "moved":
        last_moment = "online until Sunday, December 13, 9:00 am EST."
        assert all(last_moment in " ".join(part.split()) for part in (text, html))
    assert visit.messages.get().kind == kind
    assert all(expected in part for part in (text, html, calendar))
    assert "Tokyo" not in subject


def test_the_mail_with_the_links_says_both_times(visit):
    message = Message.objects.create(
        kind="links", to_email=visit.patient.email, sequence=0, message_id="<1@x>"
    )

    mail = build_mail(message, now=NOW)

    assert OWN_TIME in mail.body
    assert OWN_TIME in parse(mail.alternatives[0].content).text


def built(kind):
    """Return the text and the words of the HTML of the one mail of this kind."""
    mail = build_mail(Message.objects.get(kind=kind), now=NOW)
    return mail.body, parse(mail.alternatives[0].content).text


def test_times_kept_for_someone_who_must_move_are_said_on_both_clocks(client, visit):
    time_off.ask_to_move(visit, closure=None, now=NOW, by=DESK)

    page = parse(client.get(f"{visit.get_absolute_url()}choose/").content)
    text, html = built("choice")

    assert all(
        "for you until Wednesday, December 9, 7:00 am EST" in " ".join(words.split())
        for words in (text, html)
    )
    expected = "Monday, December 14, 9:00 am. Your time: Monday, December 14, 11:00 pm, Tokyo (JST)"
    assert all(expected in " ".join(words.split()) for words in (text, html))
    button = page.one("button", value="2026-12-14T14:00:00Z")
    assert button.text == "Monday, December 14, 9:00 am"
    assert "Your time: Mon, Dec 14, 11:00 pm, Tokyo (JST)" in button.parent.text


def test_an_earlier_time_is_offered_on_both_clocks(client, bookable_service, visit):
    other = make_appointment(bookable_service, local(14, 9))
    entry = wait_to_move(visit)
    before = parse(client.get(entry.get_absolute_url()).content).one("main")
    actions.cancel(reference=other.reference, now=NOW, by=DESK)
    offer_times()

    page = parse(client.get(entry.get_absolute_url()).content).one("main")

    assert "Times on your clock: Tokyo. The clinic’s clock is Eastern." in before.text
    assert "Mon, Dec 7, 11:00 pm JST" in before.text
    assert "Your time: Mon, Dec 14, 11:00 pm, Tokyo (JST)" in page.text
    assert all(MOVED_TIME in words for words in built("offer"))
    assert all(" am EST." in words for words in built("offer"))


def test_a_visit_in_person_is_on_the_clinics_clock(visit, bookable_service):
    actions.reschedule(
        reference=visit.reference,
        starts_at=local(14, 9),
        location=bookable_service.location,
        now=NOW,
        by=DESK,
    )

    assert all("Your time" not in part for part in mails_of(visit))


def test_a_clock_that_python_no_longer_knows_says_nothing(visit):
    Appointment.objects.update(own_zone="Europe/Atlantis")
    actions.cancel(reference=visit.reference, now=NOW, by=DESK)

    assert all("Your time" not in part for part in mails_of(visit))


def test_the_database_keeps_only_what_can_be_a_zone(visit):
    with pytest.raises(IntegrityError, match="own_zone_shaped"):
        Appointment.objects.update(own_zone="../evil")


def test_the_page_says_both_times_by_itself(client, visit):
    main = parse(client.get(visit.get_absolute_url()).content).one("main")

    assert (
        "Your time: Tue, Dec 15, 12:00 am, Tokyo (JST)" in main.one("section", class_="ticket").text
    )


def test_the_clinics_clock_can_be_chosen_again(client, visit):
    clinics = "?zone=America%2FNew_York"
    page = parse(client.get(f"{visit.get_absolute_url()}{clinics}").content)

    assert "Your time" not in page.one("section", class_="ticket").text
    assert page.one("a", href=f"{visit.get_absolute_url()}reschedule/{clinics}")


@pytest.mark.parametrize(
    ("query", "kept"),
    [("", "Asia/Tokyo"), ("?zone=Asia%2FKathmandu", "Asia/Kathmandu"), ("?zone=Mars", "")],
)
@pytest.mark.parametrize("path", ["reschedule", "cancel"])
def test_a_clock_chosen_later_is_kept_when_something_is_done(client, visit, path, query, kept):
    url = f"{visit.get_absolute_url()}{path}/{query}"
    client.get(url)
    assert Appointment.objects.get().own_zone == "Asia/Tokyo"

    client.post(url, {"start": "2026-12-14T14:00:00Z"})

    visit.refresh_from_db()
    assert visit.own_zone == kept
    assert visit.messages.count() == 1
