"""The first day: what is left to do before patients can book, by what the database holds."""

from datetime import time, timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.urls import reverse

from booking.admin.first_day import first_day
from booking.admin.patients_now import patients_now
from booking.models import AvailableTime, Location, Practitioner, Service
from clinic.mail_test import mail_settings
from clinic.models import Clinic, Confirmed
from conditions.models import RedFlag
from tests.booking.factories import NOW, make_available_time, make_closure, make_service
from tests.booking.journeys import make_red_flags
from tests.html_tree import parse
from tests.starter import seed

pytestmark = pytest.mark.django_db

PAGE = "/admin/first-day/"
KEYS = ["facts", "emergency", "place", "practitioner", "services", "hours", "safety", "mail"]
OWN_FACTS = {
    "phone": "+12025550143",
    "email": "front@harbor.example",
    "street": "1 Pier Road",
    "city": "Portsmouth",
    "state": "NH",
    "postal_code": "03801",
    "facts_are_sample": False,
}


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def starter_content():
    seed()


@pytest.fixture
def owner(client):
    user = User.objects.create_user("owner", email="owner@harbor.example", is_staff=True)
    user.groups.add(Group.objects.get(name="Owner"))
    client.force_login(user)
    return client


def step(key):
    return next(one for one in first_day(NOW) if one.key == key)


def done():
    return [one.key for one in first_day(NOW) if one.is_done]


def confirm(client, key):
    return client.post(reverse("first-day-confirm"), {"step": key, "what": step(key).questions})


def own_clinic():
    """Make a clinic that nobody can take for the sample, and that could open today."""
    Clinic.objects.create(**OWN_FACTS, emergency_number="112", crisis_number="116")
    service = make_service(fee_text="$120", duration_minutes=50)
    Location.objects.update(time_zone="America/Denver", address="1 Pier Road")
    make_available_time(service)
    make_red_flags()
    Confirmed.objects.create(
        step="mail", what=mail_settings(), by_name="Pat", confirmed_at=NOW, note="250 OK"
    )
    return service


def test_an_empty_database_has_everything_to_do(owner):
    page = owner.get(PAGE)

    assert [line.step.key for line in page.context["lines"]] == KEYS
    assert done() == []
    assert b"0 of 8 done" in page.content


def test_each_step_of_an_empty_database_leads_to_what_has_to_be_there_first(admin_client):
    links = {one.key: one.url.split("?")[0] for one in first_day(NOW)}

    place = reverse("admin:booking_location_add")
    assert links["facts"] == links["emergency"].split("#")[0] == reverse("admin:clinic_clinic_add")
    assert links["place"] == links["practitioner"] == links["services"] == place
    assert links["hours"] == reverse("admin:booking_practitioner_add")
    assert links["safety"] == reverse("admin:conditions_redflag_add")
    assert links["mail"] == "#mail-test"
    for url in links.values():
        if url.startswith("/"):
            assert admin_client.get(url, {"first-day": "x"}).status_code == 200


def test_with_a_place_comes_the_practitioner_and_then_the_visit():
    place = Location.objects.create(slug="harbor", name="Harbor")
    assert step("practitioner").page == "admin:booking_practitioner_add"
    assert step("services").page == "admin:booking_practitioner_add"

    Practitioner.objects.create(slug="dr", name="Dr. Own")

    assert step("practitioner").is_done
    assert step("services").page == "admin:booking_service_add"
    assert step("place").url.startswith(reverse("admin:booking_location_change", args=[place.pk]))


def test_a_clinic_with_nothing_of_the_sample_is_done():
    own_clinic()

    assert done() == KEYS


def test_the_starter_content_is_a_sample_in_every_step_but_the_questions(starter_content):
    assert done() == ["safety"]
    assert "postal code" in step("facts").missing[0]
    assert step("emergency").questions == (
        "In an emergency, patients call 911.",
        "Whoever thinks of suicide calls 988, or texts it.",
    )
    assert step("place").questions == ("Your clock is America/New_York.",)
    assert "licenses" in step("practitioner").missing[0]
    assert "First consultation takes 75 minutes." in step("services").questions
    assert "still the sample’s fee" in step("services").missing[0]
    assert len(step("hours").questions) == 1


def test_unticking_that_facts_are_samples_does_not_make_the_samples_true():
    Clinic.objects.create(facts_are_sample=False)

    assert step("facts").missing == (
        "Still the sample’s: phone, email, street, city, state and postal code.",
    )


@pytest.mark.parametrize("key", ["emergency", "place", "hours"])
def test_a_person_confirms_what_may_be_right(owner, starter_content, key):
    Location.objects.update(address="1 Pier Road")
    confirm(owner, key)

    assert step(key).is_done
    kept = Confirmed.objects.filter(step=key).first()
    assert (kept.by.username, kept.by_name, kept.confirmed_at) == ("owner", "owner", NOW)
    assert f"by {kept.by_name}" in owner.get(PAGE).content.decode()


def test_what_was_confirmed_counts_for_no_other_value(owner, starter_content):
    confirm(owner, "emergency")
    Confirmed.objects.filter(what__contains="911").update(what="In an emergency, call 112.")

    assert not step("emergency").is_done


def test_changing_the_sample_needs_no_confirmation(starter_content):
    Clinic.objects.update(emergency_number="112", crisis_number="116")

    assert step("emergency").is_done


def test_one_sample_visit_that_changes_keeps_what_was_said_of_the_other(owner, starter_content):
    Service.objects.update(fee_text="$120")
    confirm(owner, "services")
    Service.objects.filter(slug="follow-up").update(duration_minutes=50)

    assert step("services").is_done


def test_nobody_confirms_what_was_not_shown(owner, starter_content):
    url = reverse("first-day-confirm")

    owner.post(url, {"step": "emergency", "what": ["In an emergency, patients call 42."]})
    owner.post(url, {"step": "mail", "what": [mail_settings()]})
    owner.post(url, {"step": "facts"})
    page = owner.post(url, {}, follow=True)

    assert not Confirmed.objects.exists()
    assert "Nothing was confirmed" in page.content.decode()


def test_a_visit_that_nobody_active_offers_is_told():
    own_clinic()
    Practitioner.objects.create(slug="other", name="Dr. Other")
    Service.objects.get().practitioners.set([Practitioner.objects.get(slug="other")])
    Practitioner.objects.filter(slug="other").update(is_active=False)

    assert "Nobody who is active offers a visit" in step("practitioner").missing[0]


def test_hours_that_are_over_are_none():
    own_clinic()
    AvailableTime.objects.update(valid_until_on=(NOW - timedelta(days=3)).date())

    assert not step("hours").is_done


def test_the_number_of_queries_does_not_grow(django_assert_num_queries):
    own_clinic()
    for _ in range(5):
        make_available_time(make_service(fee_text="$1"))

    with django_assert_num_queries(8):
        first_day(NOW)


# What patients find.


def test_patients_can_book_once_all_is_there(owner):
    own_clinic()

    found = patients_now(NOW)

    assert found.can_book
    assert found.offer.startswith("First consultation, Mon, Dec 7, 2026, 9:00 am MST")
    assert "Patients can book: yes." in owner.get(PAGE).content.decode()


def test_what_keeps_patients_from_booking_is_named(owner):
    make_service(is_active=False)

    assert patients_now(NOW).reasons == [
        "There are no safety questions, so no booking goes on.",
        "No visit is offered: none is active, with somebody active.",
    ]
    assert "Patients can book: no." in owner.get(PAGE).content.decode()


def test_without_hours_it_says_so():
    own_clinic()
    AvailableTime.objects.all().delete()

    assert patients_now(NOW).reasons == [
        "First consultation: nobody who offers it has hours at Sampletown clinic in the next "
        "60 days."
    ]


def test_a_closure_over_everything_is_named_with_a_link():
    own_clinic()
    closure = make_closure(NOW, NOW + timedelta(days=400), reason="Renovation")

    (reason,) = patients_now(NOW).reasons

    assert "Renovation" in reason
    assert reverse("admin:booking_notavailabletime_change", args=[closure.pk]) in reason


def test_hours_shorter_than_the_visit_are_named():
    own_clinic()
    AvailableTime.objects.update(end_time=time(9, 20))

    assert "is not within the hours" in patients_now(NOW).reasons[0]


def test_no_safety_questions_means_no_booking():
    own_clinic()
    RedFlag.objects.update(is_active=False)

    found = patients_now(NOW)

    assert not found.can_book
    assert found.reasons == ["There are no safety questions, so no booking goes on."]


# The card, who may, and the way there and back.


def test_the_first_page_leads_on_until_all_is_done(owner):
    first = owner.get(reverse("admin:index")).content.decode()
    own_clinic()
    last = owner.get(reverse("admin:index")).content.decode()

    assert "0 of 8 done. Go on with" in first
    assert "First day" not in last
    assert "Nothing is left to do here." in owner.get(PAGE).content.decode()


@pytest.mark.parametrize("group", ["Front desk", "Practitioner", "Content", "Author"])
def test_nobody_else_sees_or_does_anything_of_it(client, group):
    user = User.objects.create_user("member", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)

    answers = [
        client.get(PAGE),
        client.post(reverse("first-day-confirm"), {"step": "emergency"}),
        client.post(reverse("first-day-mail"), {"to": "ana@example.com"}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 3
    assert b"First day" not in client.get(reverse("admin:index")).content


def test_looking_does_nothing(owner, mailoutbox):
    codes = [
        owner.get(reverse(name), {"to": "ana@example.com"}).status_code
        for name in ("first-day-confirm", "first-day-mail")
    ]

    assert (codes, mailoutbox) == ([405, 405], [])


def test_a_form_leads_back_once_it_is_saved(owner):
    place = Location.objects.create(slug="harbor", name="Harbor")
    url = step("place").url
    form = {
        "name": "Harbor",
        "slug": "harbor",
        "kind": "in_person",
        "time_zone": "America/Denver",
    }

    opened = owner.get(url)
    saved = owner.post(url, form)
    elsewhere = owner.post(reverse("admin:booking_location_change", args=[place.pk]), form)

    links = [link.get("href") for link in parse(opened.content.decode()).all("a")]
    assert PAGE in links
    assert saved["Location"] == PAGE
    assert elsewhere["Location"] == reverse("admin:booking_location_changelist")


def test_whoever_may_not_sign_is_told_who_adds_the_questions(owner):
    text = owner.get(PAGE).content.decode()

    assert "You may not do this yourself." in text
    assert reverse("admin:conditions_redflag_add") not in text
