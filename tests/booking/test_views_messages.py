"""What a patient chooses about messages, and the way out of the mails after visits."""

import pytest
from django.core import signing

from booking.messages.context import OPT_OUT_SALT, opt_out_token
from booking.models import Appointment, MailOptOut, Message
from tests.html_tree import parse

from .factories import local, make_appointment, make_service
from .journeys import choose_time, pass_screening, send_details

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]

CONSOLE = {"BACKEND": "clinic.sms.ConsoleSms", "OPTIONS": {}}


@pytest.fixture
def visit():
    return make_appointment(make_service(), local(8, 10))


@pytest.fixture
def texts(settings):
    settings.SMS = CONSOLE


def boxes(page):
    return {
        box.get("name"): "checked" in box.attributes
        for box in page.one("form").all("input")
        if box.get("type") == "checkbox"
    }


def choices(visit):
    visit.refresh_from_db()
    return visit.is_private, visit.wants_texts


def test_choices_are_kept_with_a_booking(client, bookable_service, texts):
    pass_screening(client, bookable_service)
    choose_time(client, bookable_service, local(14, 9))

    send_details(client, bookable_service, private_messages="on", text_reminders="on")

    assert choices(Appointment.objects.get()) == (True, True)


def test_nothing_is_chosen_for_anybody(client, bookable_service, texts):
    pass_screening(client, bookable_service)
    choose_time(client, bookable_service, local(14, 9))

    send_details(client, bookable_service)

    assert choices(Appointment.objects.get()) == (False, False)


def test_text_messages_are_not_offered_while_they_are_off(client, bookable_service):
    pass_screening(client, bookable_service)
    choose_time(client, bookable_service, local(14, 9))

    page = parse(client.get(f"/book/{bookable_service.slug}/details/").content)
    send_details(client, bookable_service, text_reminders="on")

    assert "text_reminders" not in boxes(page)
    assert choices(Appointment.objects.get()) == (False, False)


def test_the_page_shows_what_is_chosen_and_keeps_what_is_changed(client, visit, texts):
    url = f"{visit.get_absolute_url()}messages/"
    assert boxes(parse(client.get(url).content)) == {
        "private_messages": False,
        "text_reminders": False,
    }

    response = client.post(url, {"private_messages": "on"})

    assert (response.status_code, response["Location"]) == (302, visit.get_absolute_url())
    assert choices(visit) == (True, False)
    assert boxes(parse(client.get(url).content)) == {
        "private_messages": True,
        "text_reminders": False,
    }


def test_a_wish_for_texts_stays_while_they_are_off(client, visit):
    Appointment.objects.update(wants_texts=True)

    client.post(f"{visit.get_absolute_url()}messages/", {"private_messages": "on"})

    assert choices(visit) == (True, True)


@pytest.mark.parametrize("status", ["pending", None], ids=["a hold", "nobody's"])
def test_only_a_visit_has_the_page(client, status):
    reference = "00000000-0000-4000-8000-000000000000"
    if status:
        reference = make_appointment(make_service(), local(8, 10), status=status).reference

    for ask in (client.get, client.post):
        assert ask(f"/appointments/{reference}/messages/").status_code == 404


@pytest.mark.parametrize("status", ["cancelled", "noshow"])
def test_nothing_is_chosen_where_nothing_is_sent_any_more(client, status):
    visit = make_appointment(make_service(), local(8, 10), status=status)
    url = f"{visit.get_absolute_url()}messages/"

    for answer in (client.get(url), client.post(url, {"private_messages": "on"})):
        assert (answer.status_code, answer["Location"]) == (302, visit.get_absolute_url())

    assert choices(visit) == (False, False)


def make_follow_up(visit):
    return Message.objects.create(
        appointment=visit,
        kind="follow_up",
        to_email="Ana@Example.com",
        sequence=0,
        message_id="<1@clinic.example>",
    )


def stop_url(message):
    return f"/messages/stop/{opt_out_token(message)}/"


def test_mails_after_visits_are_stopped_by_a_button(client, visit):
    url = stop_url(make_follow_up(visit))
    asked = parse(client.get(url).content)
    assert asked.one("h1").text == "Stop mails after visits?"
    assert "ana" not in url.lower()
    assert "ana@example.com" not in asked.text.lower()

    for _twice in range(2):
        response = client.post(url, follow=True)

    assert parse(response.content).one("h1").text == "Mails after visits are stopped"
    assert [one.email for one in MailOptOut.objects.all()] == ["Ana@Example.com"]


def test_the_same_address_in_other_letters_is_stopped_once(client, visit):
    MailOptOut.objects.create(email="ANA@example.com")

    client.post(stop_url(make_follow_up(visit)))

    assert MailOptOut.objects.count() == 1


def test_no_other_link_stops_anything(client, visit):
    message = make_follow_up(visit)
    tokens = ["x", str(message.pk), signing.dumps(message.pk), stop_url(message)[15:-2] + "A"]
    tokens += [signing.dumps(one, salt=OPT_OUT_SALT) for one in (message.pk, [message.pk, "x"])]
    right = opt_out_token(message)
    message.kind = "confirmation"
    message.save()
    tokens.append(right)

    for token in tokens:
        for ask in (client.get, client.post):
            assert ask(f"/messages/stop/{token}/").status_code == 404

    assert MailOptOut.objects.count() == 0


def test_who_got_a_mail_by_mistake_stops_nothing_of_somebody_elses(client, visit):
    message = make_follow_up(visit)
    url = stop_url(message)
    message.to_email = "corrected@example.com"
    message.save()

    assert client.post(url).status_code == 404
    assert client.post(stop_url(message)).status_code == 302
    assert [one.email for one in MailOptOut.objects.all()] == ["corrected@example.com"]
