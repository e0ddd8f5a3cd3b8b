"""Whoever fills in the form with somebody's name and address changes nothing, and learns nothing."""

from datetime import date, timedelta

import pytest
from django.core import mail

from booking import limits, waitlist
from booking.messages import build_mail
from booking.models import Message, WaitlistEntry, WaitlistOffer
from tests.html_tree import parse

from .factories import NOW, local, make_details, make_practitioner, offer_times, wait, wait_to_move
from .journeys import ANSWERS, pass_screening, step_url
from .test_views_find import same_but_for_secrets, send
from .waiting import MONDAY, cancel, make_full_service, named, offered

pytestmark = pytest.mark.django_db
WISHES = {"from_on": "2026-12-08", "until_on": "2026-12-20", "time_of_day": "mornings"}


@pytest.fixture(autouse=True)
def _site_url(settings):
    settings.SITE_URL = "https://clinic.example.org"


@pytest.fixture
def waiting(full):
    """Ana waits, for any time."""
    return wait(full)


def join(client, service, **answers):
    return client.post(step_url(service, "waitlist"), ANSWERS | WISHES | answers)


def state():
    return list(WaitlistEntry.objects.values()), list(WaitlistOffer.objects.values())


@pytest.mark.parametrize("offer", [False, True], ids=["waiting", "offered"])
def test_joining_again_changes_nothing(client, full, waiting, offer):
    if offer:
        cancel(full, MONDAY)
        offer_times()
    before = state()
    pass_screening(client, full)

    join(client, full, name="ANA example", email="Ana@Example.com", phone="(312) 555-0199")

    assert state() == before
    assert offered() == ([("Ana Example", MONDAY)] if offer else [])


def test_the_page_says_the_same_whether_or_not_somebody_waits(client, full, waiting):
    pass_screening(client, full)

    known = join(client, full)
    unknown = join(client, full, name="Ben", email="ben@example.com")
    sent = client.get(known["Location"])

    assert same_but_for_secrets(known) == same_but_for_secrets(unknown)
    assert known["Location"] == f"{step_url(full, 'waitlist')}sent/"
    assert parse(sent.content).one("h1").text == "Look in your mail"
    assert sent["X-Robots-Tag"] == "noindex"
    assert str(waiting.reference) not in sent.text
    assert list(WaitlistEntry.objects.values_list("name", flat=True)) == ["Ana Example", "Ben"]


def test_both_are_mailed_the_link_and_how_to_change(client, full, waiting):
    pass_screening(client, full)
    first = send(Message.objects.get(kind="waiting"))

    join(client, full)
    again = send(Message.objects.filter(kind="waiting").last())

    assert (again.to, again.subject) == (["ana@example.com"], "Your place on the waiting list")
    assert again.body == first.body
    assert again.body.startswith(
        "You are on the waiting list\n\n"
        "Hello, we write to you as soon as a time gets free that suits you. This\n"
        "is what we have under this address:\n\n"
        "For Ana Example, with whoever is free\n"
        "Monday, December 7 to Sunday, January 31, 2027. Any time of day.\n"
        "See what is free now, change when you could come, or leave the list:\n"
        f"https://clinic.example.org{waiting.get_absolute_url()}\n\n"
        "Did you just choose other days or times? Then you were on the list\n"
        "already, and what you told us first still counts. Change it with the\n"
        "link: you keep your place.\n"
    )
    page = parse(again.alternatives[0].content)
    links = [link.get("href") for link in page.all("a") if "/waitlist/" in link.get("href")]
    assert links == [f"https://clinic.example.org{waiting.get_absolute_url()}"]


def test_joining_again_counts_against_the_limit_of_the_address(client, full, waiting):
    pass_screening(client, full)
    statuses = [
        join(client, full).status_code for _ in range(limits.PER_EMAIL["wait"][0].count + 1)
    ]

    assert statuses[:-1] == [302] * (len(statuses) - 1)
    assert statuses[-1] == 429


@pytest.mark.parametrize(("name", "again"), [("Anna Groß", "ANNA GRO\u1e9e"), ("Kim", "\u212aim")])
def test_joining_twice_in_other_letters_is_joining_twice(full, name, again):
    entry = wait(full, details=make_details(name=name))

    assert wait(full, details=make_details(name=again)) == entry
    assert list(WaitlistEntry.objects.all()) == [entry]


def test_a_family_shares_an_address_and_a_mail(full, waiting):
    child = wait(full, details=make_details(name="Ben Example"))
    wait(full, details=named("Cleo"))

    to_ana = build_mail(Message.objects.filter(to_email="ana@example.com").last(), now=NOW)

    assert [str(one.reference) in to_ana.body for one in (waiting, child)] == [True, True]
    assert "Cleo" not in to_ana.body


def test_whose_days_are_over_joins_anew(full):
    old = wait(full, until_on=date(2026, 12, 7))
    new = wait(full, now=NOW + timedelta(days=1))

    old.refresh_from_db()
    assert (old.status, new.status) == ("expired", "waiting")


def test_nothing_is_mailed_to_whoever_left_meanwhile(full, waiting):
    waitlist.leave(reference=waiting.reference, now=NOW)

    assert send(Message.objects.get(kind="waiting")) is None
    assert mail.outbox == []


def test_the_link_changes_the_wishes_and_keeps_the_place(client, full, waiting):
    wait(full, details=named("Ben"), now=NOW + timedelta(minutes=1))
    page = parse(client.get(waiting.get_absolute_url()).content)
    url = f"{waiting.get_absolute_url()}change/"
    form = parse(client.get(url).content)

    response = client.post(url, WISHES)

    changed = WaitlistEntry.objects.get(pk=waiting.pk)
    assert page.one("a", href=url).text == "Change when you could come"
    assert form.one("h1").text == "Change when you could come"
    assert form.one("input", name="until_on").get("value") == "2027-01-31"
    assert response["Location"] == f"{waiting.get_absolute_url()}?saved"
    assert (changed.reference, changed.created_at) == (waiting.reference, waiting.created_at)
    assert (str(changed.until_on), changed.time_of_day) == ("2026-12-20", "mornings")
    cancel(full, MONDAY)
    offer_times()
    assert offered() == [("Ana Example", MONDAY)]


def test_who_waits_for_one_may_change_to_anyone(client, full):
    full.practitioners.add(make_practitioner())
    entry = wait(full, practitioner=full.practitioner)

    client.post(f"{entry.get_absolute_url()}change/", WISHES | {"anyone": "on"})

    entry.refresh_from_db()
    assert entry.practitioner is None


def test_a_wrong_answer_changes_nothing(client, full, waiting):
    before = state()

    response = client.post(f"{waiting.get_absolute_url()}change/", WISHES | {"until_on": "soon"})

    assert parse(response.content).one("a", href="#id_until_on").text == (
        "Enter the day like 12/08/2026."
    )
    assert state() == before


def test_an_entry_that_is_over_is_not_changed(client, full, waiting):
    waitlist.leave(reference=waiting.reference, now=NOW)
    before = state()

    response = client.post(f"{waiting.get_absolute_url()}change/", WISHES)
    late = waitlist.change_wishes(
        reference=waiting.reference, wishes=waitlist.Wishes(NOW.date(), NOW.date()), now=NOW
    )

    assert response["Location"] == waiting.get_absolute_url()
    assert late.status == "left"
    assert state() == before


def test_who_waits_with_a_visit_changes_it_on_the_visits_page(client):
    service = make_full_service()
    visit = service.appointments.get(starts_at=local(21, 10))
    entry = wait_to_move(visit)

    response = client.get(f"{entry.get_absolute_url()}change/")

    assert response["Location"] == f"{visit.get_absolute_url()}earlier/"
