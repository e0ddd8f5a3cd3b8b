from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from booking import limits, outbox, tasks
from booking.models import Message
from tests.html_tree import parse

from .factories import NOW, local, make_appointment, make_patient
from .test_messages import bodies

FIND = "/appointments/find/"
SENT = "/appointments/find/sent/"


@pytest.fixture
def visit(bookable_service):
    """Ana Example's visit on Monday in a week, at 9 am."""
    return make_appointment(
        bookable_service, local(14, 9), reason="secret-reason", medicines="secret-medicine"
    )


def ask(client, email="ana@example.com"):
    return client.post(FIND, {"email": email})


def send(message):
    """Do what the worker does with the message; return the mail that left, or None."""
    mail.outbox.clear()
    context = SimpleNamespace(job=SimpleNamespace(attempts=0))
    tasks.send_message(context, message_pk=message.pk)
    return mail.outbox[0] if mail.outbox else None


def same_but_for_secrets(response):
    headers = {name: value for name, value in response.headers.items() if name != "Set-Cookie"}
    return response.status_code, headers, response.content


def test_the_page_asks_for_an_address_and_nothing_else(client, visit):
    page = parse(client.get(FIND).content)

    fields = [field.get("name") for field in page.one("form").all("input")]
    assert page.one("h1").text == "Find my booking"
    assert fields == ["csrfmiddlewaretoken", "email"]
    assert page.one("input", name="email").get("autocomplete") == "email"


@pytest.mark.parametrize("lookalike", ["mi\u212ae@example.com", "mike@example.com\u200f"])
def test_no_letter_passes_for_another_one(client, bookable_service, lookalike):
    mike = make_patient(name="Mike", email="mike@example.com")
    make_appointment(bookable_service, local(14, 9), patient=mike)

    assert ask(client, lookalike).status_code == 200
    assert Message.objects.count() == 0
    assert ask(client, "MIKE@Example.com").status_code == 302
    assert send(Message.objects.get()) is not None


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("path", [FIND, SENT, f"{FIND}?email=ana@example.com"])
def test_looking_sends_nothing(client, visit, method, path):
    response = getattr(client, method)(path)

    assert response.status_code == 200
    assert Message.objects.count() == ProcrastinateJob.objects.count() == 0
    assert b"ana@example.com" not in response.content


def test_known_and_unknown_addresses_are_answered_alike(client, visit):
    known = ask(client)
    unknown = ask(client, "ben@example.com")

    assert same_but_for_secrets(known) == same_but_for_secrets(unknown)
    assert (known.status_code, known["Location"], known.content) == (302, SENT, b"")
    words = parse(client.get(SENT).content).one("main").text
    assert "If there is a visit under that address, a mail with its link is on its way." in words


def test_known_and_unknown_addresses_take_the_same_work(
    client, visit, django_assert_max_num_queries
):
    with django_assert_max_num_queries(20) as known:
        ask(client)
    with django_assert_max_num_queries(20) as unknown:
        ask(client, "ben@example.com")

    def shapes(captured):
        statements = (query["sql"] for query in captured.captured_queries)
        # A savepoint has its number for a name.
        return [sql.split()[:3] for sql in statements if "SAVEPOINT" not in sql]

    assert shapes(known) == shapes(unknown)


def test_asking_queues_a_message_without_a_visit(client, visit):
    ask(client, "Ana@Example.COM")

    message = Message.objects.get()
    assert (message.kind, message.to_email, message.appointment, message.state) == (
        "links",
        "Ana@Example.COM",
        None,
        "queued",
    )
    job = ProcrastinateJob.objects.get()
    assert job.args == {"message_pk": message.pk}
    assert job.lock == f"message-{message.pk}"


def test_message_and_job_are_queued_together(client, visit, monkeypatch):
    def crash(message):
        raise RuntimeError("crash")

    monkeypatch.setattr(outbox, "queue", crash)
    with pytest.raises(RuntimeError, match="crash"):
        ask(client)

    assert Message.objects.count() == 0


@pytest.mark.parametrize("email", ["", "ana", "ana@", "ana@example.com\nbcc: x@y.z", "a\0@b.cd"])
def test_an_unreadable_address_is_asked_for_again(client, visit, email):
    response = ask(client, email)

    page = parse(response.content)
    assert response.status_code == 200
    assert page.one("title").text.startswith("Error: ")
    assert page.one("div", class_="errors").all("a")[0].get("href") == "#id_email"
    assert Message.objects.count() == 0


def test_a_form_without_the_field_is_asked_for_again(client, visit):
    page = parse(client.post(FIND).content)

    assert page.one("div", class_="errors").one("a").text == "Enter your email address."


def test_the_mail_lists_the_visits_to_come_of_everybody_under_the_address(client, visit):
    service = visit.service
    child = make_patient(name="Ben Example", email="ANA@example.com")
    second = make_appointment(service, local(21, 9), patient=child)
    others = [
        make_appointment(service, local(14, 11), status="cancelled", patient=visit.patient),
        make_appointment(
            service, NOW - timedelta(days=7), status="fulfilled", patient=visit.patient
        ),
        make_appointment(service, NOW - timedelta(days=8), patient=visit.patient),
        make_appointment(service, local(28, 9), patient=make_patient(email="ana@example.co")),
    ]
    ask(client, "aNa@example.com")

    sent = send(Message.objects.get())

    assert sent.to == ["aNa@example.com"]
    assert sent.subject == "The links you asked for"
    assert [alternative.mimetype for alternative in sent.alternatives] == ["text/html"]
    assert sent.attachments == []
    for body in bodies(sent):
        links = [body.index(one.get_absolute_url()) for one in (visit, second)]
        assert links == sorted(links)
        assert "Ana Example" in body
        assert "Ben Example" in body
        assert "secret" not in body
        assert not any(str(one.reference) in body for one in others)
        assert "Monday, December 14, 9:00 am to 10:00 am" in body
        assert "911" in body
    assert Message.objects.get().state == "sent"


def test_the_text_is_easy_to_read(client, visit, settings):
    settings.SITE_URL = "https://clinic.example.org"
    ask(client)

    text, _ = bodies(send(Message.objects.get()))

    assert text.startswith(
        "The links you asked for\n\n"
        "Hello, here is what we have under this address. Each link opens the page\n"
        "of one visit, where you can see, move or cancel it.\n\n"
        "For Ana Example: Monday, December 14, 9:00 am to 10:00 am\n"
        "Clinic time: Eastern (EST)\n"
        f"{visit.service.name} with {visit.practitioner.full_name}\n"
        "100 Sample Street\n"
        f"Reference {visit.spoken_reference}\n"
        f"https://clinic.example.org/appointments/{visit.reference}/\n\n"
        "Each link is yours alone: anyone who has it can open your visit.\n"
    )


def test_an_address_without_visits_gets_no_mail_and_leaves_no_row(client, visit):
    ask(client, "ben@example.com")

    sent = send(Message.objects.get())

    assert sent is None
    assert Message.objects.count() == 0


def test_a_held_time_is_no_visit(client, bookable_service):
    make_appointment(bookable_service, local(14, 9), status="pending")
    ask(client)

    assert send(Message.objects.get()) is None


def test_the_worker_says_nothing_of_whom(client, bookable_service, run_worker, caplog):
    make_appointment(bookable_service, local(14, 9))
    caplog.set_level("DEBUG")
    ask(client)
    ask(client, "ben@example.com")
    run_worker()

    assert [sent.to for sent in mail.outbox] == [["ana@example.com"]]
    assert "@example.com" not in caplog.text
    assert set(ProcrastinateJob.objects.values_list("status", flat=True)) == {"succeeded"}


def test_links_can_be_sent_again_and_are_those_of_that_day(client, visit):
    ask(client)
    message = Message.objects.get()
    send(message)
    visit.delete()

    tasks.send_again(message.pk, now=NOW)

    assert send(message) is None
    assert Message.objects.count() == 0


def test_asking_too_often_keeps_the_address_and_names_the_phone(client, visit):
    for _ in range(limits.PER_EMAIL["find"][0].count):
        ask(client)

    refused = ask(client)
    unknown = [ask(client, "ben@example.com") for _ in range(5)][-1]

    page = parse(refused.content)
    assert refused.status_code == unknown.status_code == 429
    assert page.one("input", name="email").get("value") == "ana@example.com"
    assert page.one("div", class_="errors").one("li").text.startswith("There were too many")
    assert "tel:+12125550100" in [link.get("href") for link in page.one("main").all("a")]
    assert Message.objects.filter(to_email="ana@example.com").count() == 4


@pytest.mark.parametrize("path", [FIND, SENT])
def test_the_pages_stay_out_of_caches_and_search(client, visit, path):
    response = client.get(path)

    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("path", ["/", "/book/", "/contact/", "/appointments/x/"])
def test_pages_lead_there(client, bookable_service, path):
    page = parse(client.get(path).content)

    assert FIND in [link.get("href") for link in page.all("a")]


def test_staff_see_a_message_that_is_about_no_visit(bookable_service, front_desk):
    ask(front_desk)

    page = parse(front_desk.get("/admin/booking/message/").content)

    assert page.one("td", class_="field-visit").text == "None"
