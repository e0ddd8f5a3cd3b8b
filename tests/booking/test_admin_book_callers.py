"""Who calls, what they are asked, and what staff type: refused with everything kept."""

from datetime import time

import pytest
from django.contrib.auth.models import Group, Permission, User

from booking.models import Appointment, AuditEntry, Patient, Practitioner, Screening
from booking.templatetags.clinic_times import iso_utc
from conditions.models import RedFlag
from tests.html_tree import parse

from .desk import ADD, CALLER, draw, errors, hidden, said, send, typed
from .factories import (
    local,
    make_appointment,
    make_available_time,
    make_location,
    make_patient,
    make_practitioner,
    make_service,
)
from .journeys import EMERGENCY, SEE_DOCTOR, URGENT, make_article

pytestmark = pytest.mark.usefixtures("bookable_service")
TEN = local(7, 10)


def test_a_known_patient_is_found_and_chosen(front_desk):
    ana = make_patient(phone_extension="7")
    make_patient(name="Ana Other", phone="+13125550188")

    found = draw(front_desk, find="555-0123", name="", email="half", phone="")
    assert found.context["found"] == [ana]
    response = send(front_desk, TEN, patient=ana.pk, find="other", name="", email="half", phone="")

    assert response.status_code == 302
    assert Appointment.objects.get().patient == ana
    assert Patient.objects.count() == 2


def test_whoever_is_only_spelled_alike_is_marked_and_comes_last(front_desk):
    make_patient(name="Zoe Smyth", email="zoe@example.com", phone="+13125550188")
    make_patient(name="Zoe Smith", email="zs@example.com", phone="+13125550177")

    page = draw(front_desk, find="smyth zoe", name="", email="", phone="")

    assert [one.name for one in page.context["found"]] == ["Zoe Smyth", "Zoe Smith"]
    assert page.text.count("(like what you typed)") == 1
    notes = AuditEntry.objects.values_list("note", flat=True)
    assert list(notes) == ["patient, found for a booking by phone"] * 2


def test_a_practitioner_books_for_the_people_of_their_own_diary(client, bookable_service):
    own, other = make_patient(name="Zoe Mine"), make_patient(name="Zoe Other")
    user = User.objects.create_user("dr", is_staff=True)
    user.groups.add(Group.objects.get(name="Practitioner"))
    Practitioner.objects.filter(services=bookable_service).update(user=user)
    make_appointment(bookable_service, local(14, 10), patient=own)
    client.force_login(user)

    assert draw(client, find="zoe").context["found"] == [own]
    assert errors(send(client, TEN, patient=other.pk))["patient"] == [
        "This patient is not in the records any more."
    ]


def test_many_matches_ask_for_more(front_desk):
    for number in range(12):
        make_patient(name=f"Ana {number:02}")

    page = draw(front_desk, find="ana")

    assert len(page.context["found"]) == 10
    assert "There are more." in page.text
    assert "Nobody in the records" in draw(front_desk, find="zzz").text


def test_what_was_typed_stays_on_every_page(front_desk):
    typed_in = {"email": "half@", "phone": "12", "on": "soon", "at": "late", "start": "typed"}

    for page in (draw(front_desk, **typed_in), send(front_desk, **typed_in)):
        for value in ('value="half@"', 'value="12"', 'value="soon"', 'value="late"', "Magnesium"):
            assert value in page.text


def test_missing_answers_are_listed(front_desk):
    response = send(front_desk, none="", consent="", name="", email="", phone="")

    assert sorted(errors(response)) == ["consent", "email", "flags", "name", "phone", "start"]
    for name, what in (("name", "full name"), ("email", "email address"), ("phone", "number")):
        words = f"Enter the patient’s {what}, or choose somebody who was found."
        assert errors(response)[name] == [words]
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("button", ["book", "show"])
def test_an_emergency_books_and_stores_nothing(front_desk, button):
    page = front_desk.get(ADD)
    form = CALLER | hidden(page) | {"start": iso_utc(TEN), "flags": EMERGENCY, button: "x"}

    response = front_desk.post(ADD, form)

    assert "hang up and call 911 now" in response.text
    assert "Read what happens" not in response.text
    assert "Label of speech.slurred" in response.text
    assert not Appointment.objects.exists()
    assert not Patient.objects.exists()
    posted = dict(response.context["posted"])
    assert posted["name"] == "Ana Example"
    assert not {"flags", "none", "book"} & posted.keys()


def test_a_sign_for_today_asks_for_a_word_first(front_desk):
    asked = send(front_desk, TEN, flags=URGENT, none="")
    assert "have this checked today" in asked.text
    assert not Appointment.objects.exists()

    response = send(front_desk, TEN, flags=URGENT, none="", acknowledged="on")

    assert Screening.objects.get().outcome == "urgent"
    assert said(response)[-1].startswith("Remind the caller")


def test_a_sign_for_a_doctor_is_kept_by_its_level_alone(front_desk):
    send(front_desk, TEN, flags=SEE_DOCTOR, none="")

    assert Screening.objects.get().outcome == "see_doctor"


def test_words_of_a_sign_in_what_the_caller_said_interrupt_once(front_desk):
    RedFlag.objects.filter(code=EMERGENCY).update(search_words="slurred speech")
    words = {"reason": "Slurred speech since this morning."}

    asked = send(front_desk, TEN, **words)
    page = parse(asked.content)
    denied = send(front_desk, TEN, reason="Cramps, no slurred speech.")

    assert "Then hang up and call 911." in page.one("div", id="named").text
    assert page.one("div", id="named").one("li").get("data-red-flag") == EMERGENCY
    assert page.one("section", class_="errors-above").one("a").get("href") == "#named"
    assert page.one("textarea", name="reason").text.strip() == words["reason"]
    assert denied.status_code == 302
    assert Appointment.objects.get().reason == "Cramps, no slurred speech."

    warned = page.one("input", name="warned").get("value")
    send(front_desk, local(7, 9), warned=warned, name="Ben Example", **words)

    booked = Appointment.objects.filter(status="booked").values_list("reason", flat=True)
    assert list(booked).count(words["reason"]) == 1


def test_the_questions_of_the_article_are_asked(front_desk):
    flag = {
        "code": "eye.lost",
        "label": "Sight lost",
        "statement": "Sight lost",
        "question": "Is sight lost?",
        "level": "emergency",
        "own_level": "",
        "version": 1,
        "qualifier": "",
        "is_global": False,
    }
    make_article("spasms", red_flags=[flag])

    stale = send(front_desk, TEN, condition="spasms")
    assert errors(stale)["flags"] == ["The questions have changed. Please read them again."]
    assert "Is sight lost?" in stale.text
    send(front_desk, TEN, condition="spasms", ruleset=stale.context["screening"].flag_set.ruleset)

    assert Appointment.objects.get().condition_slug == "spasms"


def test_without_questions_nothing_is_booked(front_desk, monkeypatch):
    monkeypatch.setattr("conditions.red_flags._load_flags", lambda *args: 1 / 0)

    response = front_desk.post(ADD, CALLER | {"start": iso_utc(TEN), "book": "Book"})

    assert "The safety questions could not be loaded" in response.text
    assert not Appointment.objects.exists()


def test_without_a_bookable_visit_the_page_says_so(front_desk, bookable_service):
    type(bookable_service).objects.update(is_active=False)

    assert "No visit is offered" in front_desk.get(ADD).text


def test_forged_choices_are_refused(front_desk, bookable_service):
    elsewhere = make_service(location=make_location(slug="elsewhere"))
    gone = make_practitioner(slug="gone", is_active=False)
    bookable_service.practitioners.add(gone)
    closed = make_service(slug="closed", is_active=False)

    for field, value in {
        "practitioner": elsewhere.practitioner.slug,
        "location": "elsewhere",
        "service": closed.slug,
        "patient": "999999",
        "condition": "never-was",
        "start": "tomorrow",
    }.items():
        response = send(front_desk, **{"start": iso_utc(TEN)} | {field: value})
        assert field in errors(response), field
    assert "practitioner" in errors(send(front_desk, TEN, practitioner="gone"))
    assert not Appointment.objects.exists()


def test_other_times_after_another_visit_was_chosen_keep_to_what_it_offers(
    front_desk, bookable_service
):
    other = make_service(slug="other")
    make_available_time(other, start_time=time(15), end_time=time(16))
    first = bookable_service

    page = draw(
        front_desk,
        service="other",
        location=first.location.slug,
        practitioner=first.practitioner.slug,
    )

    assert errors(page) == {}
    assert page.context["times"].place == other.location
    assert [slot.starts_at for slot in page.context["listing"].days[0].slots] == [local(7, 15)]


def test_the_place_that_was_chosen_counts(front_desk, bookable_service):
    video = make_location(slug="video", kind="video", same_hours_as=bookable_service.location)
    bookable_service.other_locations.add(video)

    send(front_desk, TEN, location="video")

    assert Appointment.objects.get().location == video


@pytest.mark.parametrize(
    ("on", "at", "field", "words"),
    [
        ("2027-03-14", "02:30", "at", "Clocks are set forward on Sunday, March 14"),
        ("2027-11-07", "01:30", "fold", "Clocks show this time twice on Sunday, November 7"),
        ("2026-12-06", "10:00", "on", "This time is over."),
        ("2062-12-14", "10:00", "on", "That is more than two years ahead."),
        ("0001-01-01", "10:00", "on", "Is the year right?"),
        ("", "", "at", "Type the time."),
        ("14.12.", "10:00", "on", "Type a day like"),
        ("2026-12-14", "noonish", "at", "Type a time like"),
    ],
)
def test_typed_times_that_cannot_be_meant(front_desk, on, at, field, words):
    response = send(front_desk, **typed(on, at))

    assert errors(response)[field][0].startswith(words)
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(("fold", "hour"), [("0", 5), ("1", 6)])
def test_the_hour_that_autumn_repeats_is_asked_for(front_desk, fold, hour):
    answers = typed("2027-11-07", "1:30 am")
    asked = send(front_desk, **answers)
    assert "1:30 am EDT, before clocks are set back" in asked.text

    asked = send(front_desk, **answers, fold=fold)
    send(front_desk, **answers, fold=fold, override=asked.context["verdict"].token)

    assert Appointment.objects.get().starts_at == local(
        7, 1, 30, month=11, year=2027, fold=int(fold)
    )
    assert Appointment.objects.get().starts_at.hour == hour


def test_nul_is_no_error(front_desk):
    page = front_desk.get(ADD)
    nasty = dict.fromkeys([*CALLER, "service", "location", "find", "start", "condition"], "a\0")

    assert front_desk.post(ADD, CALLER | hidden(page) | nasty | {"book": "x"}).status_code == 200


def test_who_may_only_look_cannot_book(client):
    user = User.objects.create_user("viewer", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_appointment"))
    client.force_login(user)

    assert client.get(ADD).status_code == 403
    assert client.post(ADD, CALLER | {"book": "x"}).status_code == 403
    assert "Add appointment" not in client.get("/admin/booking/appointment/").text


def test_looking_changes_nothing(front_desk, bookable_service):
    make_appointment(bookable_service, local(7, 9), status="pending")
    front_desk.get(ADD, {"start": iso_utc(TEN), **CALLER, "book": "x"})
    front_desk.head(ADD)

    assert Appointment.objects.get().status == "pending"
