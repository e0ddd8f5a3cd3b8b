"""Each list of the admin as a file in both formats, full of what an attacker would type."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import DatabaseError, connection, models, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import format_html

from booking import audit, time_off
from booking.models import (
    Appointment,
    AuditKind,
    BusyCalendar,
    LegalHold,
    MailOptOut,
    MessageWords,
    Practitioner,
    RetentionRule,
    RetentionRun,
    Service,
)
from clinic.exports.cells import reads_like_a_formula
from clinic.exports.columns import plain
from clinic.exports.writing import write
from clinic.models import Export
from conditions.models import Condition, EmptySearch, Feedback, Image, LinkCheck, Review, Revision
from tests.booking.factories import DESK, NOW, book, local, make_closure, make_details, wait_to_move
from tests.starter import seed

pytestmark = pytest.mark.django_db

HOSTILE = '=HYPERLINK("https://evil.example","x")\x1b<b>&amp;</b>'
SECRETS = ["s" * 43, "hidden.ics", "md5$", "told us why", "told us what", "answer of the server"]
LISTS = list(admin.site._registry)
# The password, the addresses that let somebody in: they are secret as they are.
KEPT = {"password", "feed_token", "url", "message_id", "reason", "medicines", "server_answer"}


@pytest.fixture
def owner(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    user = User.objects.create_superuser("owner", password="for this test")
    client.force_login(user)
    return client


@pytest.fixture
def records(owner):
    """The starter content, and a record in each other list of the project."""
    seed()
    service = Service.objects.get(slug="first-consultation")
    details = make_details(name="+Ana", reason="I told us why.", medicines="I told us what.")
    visit = book(service, starts_at=local(15, 10), details=details)
    visit.messages.update(server_answer="answer of the server")
    closure = make_closure(local(15, 10), local(15, 11), reason="@Closed")
    time_off.ask_to_move(visit, closure=closure, now=NOW, by=DESK)
    wait_to_move(visit)
    Practitioner.objects.update(feed_token="s" * 43)
    url = "https://calendar.example.org/hidden.ics"
    BusyCalendar.objects.create(practitioner=visit.practitioner, url=url)
    MailOptOut.objects.create(email="ana@example.com")
    MessageWords.objects.create(key="reminder", heading="See you soon")
    LegalHold.objects.create(
        patient=visit.patient, reason="=A lawsuit", set_at=NOW, set_by_name="Olga Owner"
    )
    rule = RetentionRule.objects.create(kind="messages", keep_months=12)
    RetentionRun.objects.create(rule=rule, at=NOW, older_than=NOW, keep_months=12, count=1)
    audit.note(visit.practitioner.user or User.objects.get(), AuditKind.SAW, visit=visit, now=NOW)
    Group.objects.create(name="-1+1")
    Feedback.objects.create(condition=Condition.objects.first(), was_helpful=True, sent_on=NOW)
    EmptySearch.objects.create(query="@SUM(1)", last_on=NOW)
    LinkCheck.objects.create(url="https://example.org", checked_at=NOW, is_alive=False)
    Image.objects.create(name="a" * 40, file="originals/x.png", width=1, height=1, title="+x")
    revision, day = Revision.objects.first(), NOW.date()
    Review.objects.create(
        revision=revision, reviewer="=Dr.", reviewed_on=day, next_on=day + timedelta(days=365)
    )


@pytest.fixture
def full(records):
    for model in LISTS:
        make_hostile(model)


def make_hostile(model):
    """Put formulas into all text of a record that the database lets stand there."""
    record = model.objects.first()
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField)
        if is_text and field.name not in KEPT and str(field) != "conditions.Image.name":
            text = HOSTILE[: field.max_length or None]
            try:
                with transaction.atomic():
                    model.objects.filter(pk=record.pk).update(**{field.name: text})
            except DatabaseError:
                continue


def export(browser, model, file_format):
    """Return the file of a whole list."""
    url = reverse("export", args=model._meta.label_lower.split("."))
    widest = {"booking.appointment": "?day=all", "booking.moverequest": "?answer=all"}
    response = browser.post(url + widest.get(model._meta.label_lower, ""), {"format": file_format})
    return b"".join(response)


def test_every_list_is_exported_as_csv_and_holds_no_formula_and_no_secret(owner, full):
    rows, guilty = {}, []
    for model in LISTS:
        text = export(owner, model, "csv").decode("utf-8-sig")
        rows[model] = list(csv.reader(StringIO(text, newline="")))
        cells = [cell for row in rows[model] for cell in row]
        guilty += [cell for cell in cells if reads_like_a_formula(cell) and not cell[1:].isdigit()]
        guilty += [secret for secret in SECRETS if secret in text]
        guilty += [cell for cell in cells if "<b>" in cell and "HYPERLINK" not in cell]

    assert guilty == []
    assert [model for model in LISTS if len(rows[model]) < 2] == []
    assert all(len(row) == len(rows[model][0]) for model in LISTS for row in rows[model])


def test_every_list_is_exported_as_excel_and_holds_no_formula_and_no_secret(owner, full):
    types, guilty, headings = set(), [], {}
    for model in LISTS:
        sheet = openpyxl.load_workbook(BytesIO(export(owner, model, "xlsx"))).active
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        headings[model] = [cell.value for cell in sheet[1]]
        types |= {cell.data_type for cell in cells}
        guilty += [cell.value for cell in cells if cell.hyperlink]
        guilty += [s for s in SECRETS if any(s in str(cell.value) for cell in cells)]

    assert guilty == []
    assert types <= {"s", "n", "d"}
    assert [model for model, names in headings.items() if len(set(names)) < len(names)] == []


def test_visits_name_their_place_and_leave_out_what_only_booking_counts_with(owner, records):
    text = export(owner, Appointment, "csv").decode("utf-8-sig")

    row = next(csv.DictReader(StringIO(text, newline="")))
    visit = Appointment.objects.get(pk=row["ID"])
    assert (row["Location"], row["Location, number"]) == (
        str(visit.location),
        str(visit.location.pk),
    )
    assert not row.keys() & {"Sequence", "Busy from", "Busy until"}


def test_markup_is_taken_off_and_what_people_typed_stays():
    assert plain(format_html('<a href="/x">{}</a> &amp; more', "<b>Ana</b>")) == "<b>Ana</b> & more"
    assert plain("<b>Ana</b>") == "<b>Ana</b>"
    assert plain(["a", 1]) == "a, 1"


@pytest.mark.parametrize(
    "label", ["booking.appointment", "booking.message", "booking.waitlistentry", "auth.user"]
)
def test_a_list_asks_as_much_for_many_as_for_one(records, label):
    def queries():
        made = Export.objects.create(
            by=User.objects.get(is_superuser=True),
            model=label,
            parameters="day=all" if label == "booking.appointment" else "",
            format="csv",
            made_at=NOW,
        )
        with CaptureQueriesContext(
            connection,
        ) as captured:
            write(made)
        made.refresh_from_db()
        return made.rows_done, len(captured)

    few, at_first = queries()
    service = Appointment.objects.first().service
    for day in (28, 29, 30):
        details = make_details(email=f"ana{day}@example.com", name=f"Ana {day}")
        wait_to_move(book(service, starts_at=local(day, 10), details=details))
        User.objects.create_user(f"user {day}")
    many, in_the_end = queries()

    assert many >= few + 3
    assert in_the_end == at_first
