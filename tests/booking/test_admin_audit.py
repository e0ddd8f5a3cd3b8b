"""The owner reads the audit in the admin: who saw or changed what. Nobody writes in it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from booking import audit
from booking.models import AuditEntry, AuditKind, PatientMerge

from .desk import signed_in
from .factories import NOW, book

pytestmark = [pytest.mark.usefixtures("monday_morning"), pytest.mark.django_db]

LIST = "/admin/booking/auditentry/"
GONE = 987654


@pytest.fixture
def desk():
    return User.objects.create_user("pat", first_name="Pat", last_name="Desk")


@pytest.fixture
def visit(service):
    return book(service)


@pytest.fixture
def owner(client):
    user = User.objects.create_user("owner", is_staff=True)
    user.groups.add(Group.objects.get(name="Owner"))
    client.force_login(user)
    return client


def found(response):
    return list(response.context["cl"].queryset.values_list("note", flat=True))


def test_the_list_says_who_when_what_with_links_to_whatever_is_there(owner, desk, visit):
    audit.note(desk, AuditKind.SAW, visit=visit, words="its page", now=NOW)

    page = owner.get(LIST).text

    patient = reverse("admin:booking_patient_change", args=[visit.patient_id])
    assert f'<a href="{patient}">patient {visit.patient_id}</a>' in page
    url = reverse("admin:booking_appointment_change", args=[visit.pk])
    assert f'<a href="{url}">visit {visit.pk}</a>' in page
    for words in ("Pat Desk", "Mon, Dec 7, 2026, 7:00 am EST", "Looked at", "its page"):
        assert words in page


def test_whoever_was_erased_stays_as_a_number(owner, desk):
    audit.note(desk, AuditKind.ERASED, patient=GONE, now=NOW)

    page = owner.get(LIST).text

    assert f"patient {GONE} (erased)" in page
    assert reverse("admin:booking_patient_change", args=[GONE]) not in page


def test_whoever_was_merged_is_not_called_erased(owner, desk, visit):
    audit.note(desk, AuditKind.MERGED, patient=GONE, now=NOW)
    PatientMerge.objects.create(gone_number=GONE, kept=visit.patient, at=NOW, by_name="Pat Desk")
    url = reverse("admin:booking_patient_change", args=[GONE])

    assert f'<a href="{url}">patient {GONE}</a>' in owner.get(LIST).text
    assert owner.get(url)["Location"].endswith(f"/{visit.patient_id}/change/")


def test_it_is_searched_by_patient_and_by_reference(owner, desk, visit):
    audit.note(desk, AuditKind.SAW, visit=visit, words="one", now=NOW)
    audit.note(desk, AuditKind.SAW, patient=GONE, words="two", now=NOW)
    terms = (str(GONE), f"patient {GONE}", visit.spoken_reference, "9" * 30, "Ana")

    answers = {term: found(owner.get(LIST, {"q": term})) for term in terms}

    assert list(answers.values()) == [["two"], ["two"], ["one"], [], []]


def test_it_is_filtered_by_kind_member_of_staff_and_day(owner, desk, visit):
    boss = User.objects.create_user("boss")
    audit.note(desk, AuditKind.SAW, words="one", now=NOW)
    audit.note(boss, AuditKind.CHANGED, words="two", now=NOW - timedelta(days=3))
    filters = (
        {"kind__exact": "saw"},
        {"who": "boss"},
        {"at__day": 4, "at__month": 12, "at__year": 2026},
    )

    assert [found(owner.get(LIST, chosen)) for chosen in filters] == [["one"], ["two"], ["two"]]


def test_a_visits_page_leads_owners_to_who_looked_at_it(owner, visit):
    link = f"{LIST}?visit_number={visit.pk}"
    page = reverse("admin:booking_appointment_change", args=[visit.pk])

    assert link in owner.get(page).text
    assert found(owner.get(link)) == ["appointment, its page"]
    other = signed_in("view_appointment", "see_every_diary")
    assert link not in other.get(page).text


@pytest.mark.parametrize("group", ["Front desk", "Practitioner", "Content", "Clinical reviewer"])
def test_owners_alone_read_it(client, group):
    user = User.objects.create_user("somebody", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)

    assert client.get(LIST).status_code == 403


def test_nobody_writes_in_it(admin_client, desk):
    audit.note(desk, AuditKind.SAW, now=NOW)
    pk = AuditEntry.objects.get().pk
    posted = {"action": "delete_selected", "_selected_action": pk, "post": "yes"}

    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert admin_client.post(f"{LIST}{pk}/change/", {"note": "x"}).status_code == 403
    assert admin_client.post(f"{LIST}{pk}/delete/", {"post": "yes"}).status_code == 403
    admin_client.post(LIST, posted)
    assert AuditEntry.objects.get().note == ""


def test_looking_at_the_audit_is_not_in_it(owner, desk):
    audit.note(desk, AuditKind.SAW, now=NOW)

    owner.get(LIST)

    assert AuditEntry.objects.count() == 1


def test_an_empty_list_says_what_comes_into_it(owner):
    assert "Nothing is noted. What staff see" in owner.get(LIST).text
    assert "Nothing is noted that fits" in owner.get(LIST, {"q": "12"}).text


def test_the_list_asks_as_much_for_many_as_for_one(owner, desk, visit, django_assert_num_queries):
    audit.note(desk, AuditKind.SAW, visit=visit, now=NOW)
    owner.get(LIST)
    with django_assert_num_queries(10):
        owner.get(LIST)

    audit.note_many(desk, AuditKind.SAW, [(GONE, None), (None, visit), (GONE + 1, None)], now=NOW)

    with django_assert_num_queries(10):
        owner.get(LIST)
