import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages

from booking.models import Appointment, WaitlistEntry
from tests.html_tree import parse

from .desk import search
from .factories import local, make_details, make_patient, offer_times, wait, wait_to_move
from .waiting import MONDAY, cancel, make_full_service, named, offered

pytestmark = pytest.mark.django_db
LIST = "/admin/booking/waitlistentry/"


@pytest.fixture
def service():
    return make_full_service()


def take_off(client, *entries, **more):
    sent = {"action": "take_off", "_selected_action": [entry.pk for entry in entries]}
    return client.post(LIST, sent | more)


def found(client, term):
    return list(search(client, LIST, term).context["cl"].result_list)


def test_list_and_detail_show_who_waits_for_what_and_what_was_offered(front_desk, service):
    entry = wait(service, details=make_details(phone_extension="42"), time_of_day="mornings")
    cancel(service, MONDAY)
    offer_times()

    page = front_desk.get(LIST).content.decode()
    detail = front_desk.get(f"{LIST}{entry.pk}/change/").content.decode()

    assert "(212) 555-0123 ext. 42" in page
    assert "Mon, Dec 7, 2026 to Sun, Jan 31, 2027" in page
    assert "A time is offered" in page
    assert "Mon, Dec 14, 2026, 9:00 am EST" in detail
    assert "Mon, Dec 7, 2026, 10:00 am EST" in detail
    assert "Waits for an answer" in detail
    assert 'name="_save"' not in detail


def test_list_shows_the_country_of_a_number_abroad_and_a_single_day_once(front_desk, service):
    day = local(14, 0).date()
    wait(service, details=make_details(phone="+33199001234"), from_on=day, until_on=day)

    page = front_desk.get(LIST).content.decode()

    assert '<td class="field-phone_number">+33 1 99 00 12 34</td>' in page
    assert '<td class="field-days">Mon, Dec 14, 2026</td>' in page


def test_list_counts_places_in_words(front_desk, service):
    wait(service, details=named("Ana"))
    one = parse(front_desk.get(LIST).content).one("nav", class_="paginator").text
    wait(service, details=named("Ben"))
    two = parse(front_desk.get(LIST).content).one("nav", class_="paginator").text

    assert one.endswith(" 1 place on the waiting list")
    assert two.endswith(" 2 places on the waiting list")


def test_search_finds_people_with_and_without_a_visit(front_desk, service):
    without = wait(service, details=named("Ben", phone="+12125550188"))
    visit = Appointment.objects.get(starts_at=local(21, 10))
    visit.patient = make_patient(name="Cleo", email="cleo@example.org", phone="+12125550177")
    visit.save()
    with_visit = wait_to_move(visit)

    for term in ("ben", "ben@example.com", "555-0188"):
        assert found(front_desk, term) == [without]
    for term in ("cleo", "cleo@example.org", "555-0177"):
        assert found(front_desk, term) == [with_visit]
    assert "(212) 555-0177" in front_desk.get(LIST).content.decode()


def test_staff_take_people_off_with_a_reason(front_desk, service):
    entry = wait(service, details=named("Ana"))
    wait(service, details=named("Ben"))
    cancel(service, MONDAY)
    offer_times()

    asked = take_off(front_desk, entry).content.decode()
    unsaid = take_off(front_desk, entry, confirmed="yes", note=" ").content.decode()
    assert WaitlistEntry.objects.on_the_list().count() == 2
    done = take_off(front_desk, entry, confirmed="yes", note="Moved to\nBos\0ton.")
    offer_times()

    entry.refresh_from_db()
    assert "Ana, First consultation" in asked
    assert "Ana, First consultation" in unsaid
    assert (entry.status, entry.closing_note) == ("left", "Moved to Bos ton.")
    assert [str(m) for m in get_messages(done.wsgi_request)] == ["Taken off the list: 1."]
    assert LogEntry.objects.get().get_change_message() == "Taken off the list."
    assert offered() == [("Ben", MONDAY)]


def test_who_is_off_the_list_already_is_not_asked_about(front_desk, service):
    entry = wait(service)
    take_off(front_desk, entry, confirmed="yes", note="By phone.")

    again = take_off(front_desk, entry)

    said = [str(m) for m in get_messages(again.wsgi_request)]
    assert "They are not on the list any more." in said


def test_nobody_adds_or_deletes_an_entry(front_desk, service):
    entry = wait(service)

    assert front_desk.get(f"{LIST}add/").status_code == 403
    assert front_desk.post(f"{LIST}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
