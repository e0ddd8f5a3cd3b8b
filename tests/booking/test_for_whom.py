"""Visits for new patients, and for people seen before. It is asked; nobody is looked up."""

import pytest

from booking.models import Appointment, AppointmentStatus, Patient
from tests.html_tree import parse

from .factories import local, make_appointment, make_patient, make_service
from .journeys import ANSWERS, make_article, send_details, step_url

DETAILS = "/book/first-consultation/details/"
OPPOSITES = [("new", "yes"), ("returning", "no")]
FITTING = [("new", "no"), ("returning", "yes"), ("new", ""), ("returning", "")]


@pytest.fixture
def offer(visitor, bookable_service):
    """Return a function that says for whom the visit is which the browser is booking."""

    def offer(for_whom):
        bookable_service.for_whom = for_whom
        bookable_service.save()
        return bookable_service

    return offer


def radios(page):
    return [
        (radio.get("value"), "checked" in radio.attributes)
        for radio in page.all("input", name="seen_before")
    ]


def links(page):
    return {link.text: link.get("href") for link in page.one("main").all("a")}


@pytest.mark.parametrize("for_whom", ["new", "returning"])
def test_it_is_asked_and_need_not_be_answered(visitor, offer, for_whom):
    offer(for_whom)

    page = parse(visitor.get(DETAILS).content)

    assert radios(page) == [("yes", False), ("no", False)]
    assert not any("required" in radio.attributes for radio in page.all("input", type="radio"))
    legends = [legend.text for legend in page.all("legend")]
    assert legends[0] == "Have you been to this clinic before? (optional)"


def test_it_is_not_asked_for_a_visit_for_everyone(visitor):
    assert radios(parse(visitor.get(DETAILS).content)) == []


@pytest.mark.parametrize(("for_whom", "answer"), FITTING)
def test_a_fitting_answer_or_none_books(visitor, offer, for_whom, answer):
    service = offer(for_whom)

    response = send_details(visitor, service, seen_before=answer)

    assert response.status_code == 302
    assert Appointment.objects.get().status == "booked"


@pytest.mark.parametrize("for_whom", ["new", "returning"])
def test_the_fields_of_the_contract_are_enough(visitor, offer, for_whom):
    service = offer(for_whom)

    assert send_details(visitor, service).status_code == 302


@pytest.mark.parametrize("answer", ["yes", "no", "x"])
def test_an_answer_that_was_not_asked_for_is_ignored(visitor, bookable_service, answer):
    response = send_details(visitor, bookable_service, seen_before=answer)

    assert response.status_code == 302


@pytest.mark.parametrize(("for_whom", "answer"), OPPOSITES)
def test_the_opposite_answer_is_refused_and_what_was_typed_is_kept(
    visitor, offer, for_whom, answer
):
    service = offer(for_whom)

    response = send_details(visitor, service, seen_before=answer)

    page = parse(response.content)
    assert response.status_code == 200
    assert page.one("title").text.startswith("Error: ")
    summary = page.one("div", class_="errors").one("a")
    assert summary.text.startswith("This kind of visit is for ")
    assert len(page.all("input", id=summary.get("href")[1:])) == 1
    assert page.one("input", name="name").get("value") == ANSWERS["name"]
    assert page.one("textarea", name="reason").text == ANSWERS["reason"]
    assert dict(radios(page))[answer] is True
    assert Appointment.objects.get().status == "pending"
    assert Patient.objects.count() == 0


@pytest.mark.parametrize(("for_whom", "answer"), OPPOSITES)
def test_the_refusal_leads_to_the_visits_that_fit(visitor, offer, for_whom, answer):
    make_article()
    service = offer(for_whom)
    opposite = {"new": "returning", "returning": "new"}[for_whom]
    make_service(slug="fits", name="A fitting visit", for_whom=opposite)
    make_service(slug="anyone", name="A visit for all")
    make_service(slug="same", name="Another such", for_whom=for_whom)
    make_service(slug="hidden", name="Hidden", for_whom=opposite, is_listed=False)
    make_service(slug="closed", name="Closed", for_whom=opposite, is_active=False)
    visitor.post(f"{step_url(service, 'safety')}?condition=spasms", {"none": "on"})

    response = visitor.post(f"{DETAILS}?condition=spasms", ANSWERS | {"seen_before": answer})

    found = links(parse(response.content))
    offered = {text: href for text, href in found.items() if href.startswith("/book/")}
    opened = {
        "A fitting visit (opens a new tab)": "/book/fits/safety/?condition=spasms",
        "A visit for all (opens a new tab)": "/book/anyone/safety/?condition=spasms",
    }
    assert opened.items() <= offered.items()
    assert not any(word in str(offered) for word in ("same", "hidden", "closed"))
    assert "tel:+12125550100" in found.values()


def test_the_refusal_without_another_visit_names_the_phone(visitor, offer):
    service = offer("returning")

    page = parse(send_details(visitor, service, seen_before="no").content)

    notes = [note.text for note in page.all("p", class_="note")]
    assert notes[0] == "Not sure? Call (212) 555-0100 (sample). What you typed below is kept."


@pytest.mark.parametrize("answer", ["maybe", "yes\0", "yes,no", "x" * 5_000])
def test_a_forged_answer_is_asked_for_again(visitor, offer, answer):
    service = offer("new")

    page = parse(send_details(visitor, service, seen_before=answer).content)

    assert page.one("div", class_="errors").one("a").text == "Choose yes or no, or leave it out."
    assert Patient.objects.count() == 0


@pytest.mark.parametrize("answer", ["yes", "no", ""])
def test_nobody_learns_from_it_who_was_here(visitor, offer, answer):
    """The answer to a name that is known is the answer to one that is not."""
    service = offer("returning")
    earlier = make_patient(name="Ana Example")
    make_appointment(service, local(14, 9), patient=earlier)

    known = send_details(visitor, service, seen_before=answer)
    unknown = send_details(visitor, service, seen_before=answer, name="Ben Example")

    assert known.status_code == unknown.status_code == (200 if answer == "no" else 302)


def test_the_answer_is_carried_when_the_questions_are_asked_again(visitor, offer):
    service = offer("new")
    token = parse(visitor.get(DETAILS).content).one("input", name="hold").get("value")
    visitor.cookies.pop("screening")

    answers = ANSWERS | {"hold": token, "seen_before": "no"}
    questions = visitor.post(DETAILS, answers, follow=True)

    page = parse(questions.content)
    assert service.for_whom == "new"
    assert page.one("input", name="seen_before").get("value") == "no"


@pytest.mark.parametrize(
    ("for_whom", "words"),
    [
        ("everyone", "In person"),
        ("new", "New patients only"),
        ("returning", "People seen before only"),
    ],
)
def test_the_list_says_for_whom_a_visit_is(client, db, for_whom, words):
    make_service(for_whom=for_whom)

    page = parse(client.get("/book/").content)

    assert page.one("ul", class_="index").all("small")[1].text == words


def note_for(front_desk, visit):
    page = parse(front_desk.get(f"/admin/booking/appointment/{visit.pk}/change/").content)
    return page.one("div", class_="field-seen").one("div", class_="readonly").text


RETURNING = "Booked as returning, but no earlier visit is under this name, e-mail and phone"
NEW = "Booked as new, but an earlier visit is under this name, e-mail and phone"


@pytest.mark.parametrize(
    ("for_whom", "earlier", "note"),
    [
        ("everyone", None, "-"),
        ("everyone", "fulfilled", "-"),
        ("new", None, "-"),
        ("new", "fulfilled", NEW),
        ("new", "booked", NEW),
        ("new", "cancelled", "-"),
        ("new", "noshow", "-"),
        ("returning", None, RETURNING),
        ("returning", "fulfilled", "-"),
        ("returning", "booked", "-"),
        ("returning", "cancelled", RETURNING),
        ("returning", "noshow", RETURNING),
    ],
)
def test_staff_see_what_does_not_fit(monday_morning, front_desk, for_whom, earlier, note):
    service = make_service(for_whom=for_whom)
    visit = make_appointment(service, local(14, 10))
    namesake = make_patient(email="other@example.com")
    make_appointment(service, local(9, 9), status="fulfilled", patient=namesake)
    make_appointment(service, local(21, 9), patient=visit.patient)
    if earlier:
        make_appointment(service, local(8, 9), status=earlier, patient=visit.patient)

    assert note_for(front_desk, visit).rstrip(".") == note


def test_staff_see_nothing_of_a_held_time(monday_morning, front_desk):
    service = make_service(for_whom="returning")
    held = make_appointment(service, local(14, 10), status=AppointmentStatus.PENDING)

    assert note_for(front_desk, held) == "-"
