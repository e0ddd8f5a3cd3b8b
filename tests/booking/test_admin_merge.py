"""Staff make one record of two: they choose, see what it does, and confirm."""

import pytest
from django.contrib.auth.models import Group, User

from booking.admin import patient as patient_admin
from booking.models import AuditEntry, Patient, PatientMerge
from tests.html_tree import parse

from .desk import said, signed_in
from .factories import book, make_details, make_patient
from .patient_pages import LIST, add_note, part, save, see, url_of
from .patient_pages import fields_of as contact_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]


@pytest.fixture
def ana():
    return make_patient()


@pytest.fixture
def anna():
    return make_patient(name="Anna Example", phone="+13125550188")


@pytest.fixture
def stranger():
    return make_patient(name="Bo Other", email="bo@example.net", phone="+13125550177")


def merge_url(kept, gone=None):
    return f"{LIST}{kept.pk}/merge/" + (f"?with={gone.pk}" if gone else "")


def fields_of(page):
    form = next(one for one in page.all("form") if one.all("input", name="merge"))
    boxes = [one for one in form.all("input") if one.get("type") in ("hidden", "radio")]
    return {
        one.get("name"): one.get("value")
        for one in boxes
        if one.get("type") == "hidden" or "checked" in one.attributes
    }


def confirm(client, kept, gone, **chosen):
    page = parse(client.get(merge_url(kept, gone)).content)
    return client.post(merge_url(kept, gone), fields_of(page) | {"merge": "1"} | chosen)


def test_likely_ones_are_offered_and_others_searched_without_an_address(
    front_desk, ana, anna, stranger
):
    page = parse(front_desk.get(merge_url(ana)).content)
    answer = front_desk.post(merge_url(ana), {"find_other": "1", "q": "othr"})
    found = part(parse(answer.content), "find")

    assert [a.get("href") for a in part(page, "duplicates").all("a")] == [f"?with={anna.pk}"]
    assert [a.get("href") for a in found.all("a")] == [f"?with={stranger.pk}"]
    assert "(like what you typed)" in found.text
    assert answer.status_code == 200
    nobody = front_desk.post(merge_url(ana), {"find_other": "1", "q": "zzzz"})
    assert "Nobody else is like “zzzz”." in nobody.text


def test_the_preview_says_what_moves_and_changes_nothing(front_desk, service, ana, anna):
    book(service, details=make_details(name=anna.name, phone=str(anna.phone)))
    add_note(front_desk, anna, "Rings twice.")

    page = parse(front_desk.get(merge_url(ana, anna)).content)

    assert [item.text for item in part(page, "moves").all("li")] == [
        "1 visit",
        "1 message about them",
        "0 requests to move a visit",
        "0 places on the waiting list",
        "1 note of the front desk",
        "No wish for no mail after visits",
    ]
    assert page.all(class_="patient__loud") == []
    assert Patient.objects.count() == 2


def test_one_record_is_made_of_two_with_the_chosen_details(front_desk, service, ana, anna):
    visit = book(service, details=make_details(name=anna.name, phone=str(anna.phone)))

    answer = confirm(front_desk, ana, anna, name="gone", phone="gone")

    ana.refresh_from_db()
    assert answer["Location"] == url_of(ana)
    assert said(answer) == ["Merged: this is the one record now."]
    assert (ana.name, ana.email, str(ana.phone)) == (anna.name, "ana@example.com", "+13125550188")
    assert list(ana.appointments.all()) == [visit]


def test_the_address_of_the_one_that_is_gone_leads_to_the_one_that_stays(front_desk, ana, anna):
    confirm(front_desk, ana, anna)

    assert front_desk.get(url_of(anna))["Location"] == url_of(ana)
    assert front_desk.get(merge_url(anna))["Location"] == url_of(anna)
    assert front_desk.get(f"{LIST}999999/change/")["Location"] == "/admin/"
    assert front_desk.get(f"{LIST}nobody/change/")["Location"] == "/admin/"


def test_the_same_form_sent_twice_merges_once(front_desk, ana, anna):
    form = fields_of(parse(front_desk.get(merge_url(ana, anna)).content)) | {"merge": "1"}

    answers = [front_desk.post(merge_url(ana, anna), form) for _twice in range(2)]

    assert [answer["Location"] for answer in answers] == [url_of(ana)] * 2
    assert PatientMerge.objects.count() == 1


def test_two_people_are_not_merged_by_accident(front_desk, ana, stranger):
    page = parse(front_desk.get(merge_url(ana, stranger)).content)
    refused = confirm(front_desk, ana, stranger)

    assert "This looks like two people." in page.one(class_="patient__loud").text
    assert (
        "Make sure that they are one person"
        in parse(refused.content).one(class_="errors-above").text
    )
    assert Patient.objects.count() == 2

    confirm(front_desk, ana, stranger, is_one_person="on")
    assert list(Patient.objects.all()) == [ana]


def test_what_changed_meanwhile_is_looked_at_again(front_desk, ana, anna):
    form = fields_of(parse(front_desk.get(merge_url(ana, anna)).content)) | {"merge": "1"}
    Patient.objects.filter(pk=anna.pk).update(name="Anna Other")

    answer = front_desk.post(merge_url(ana, anna), form)

    assert said(answer) == ["One of the two changed since you looked. Look again before you merge."]
    assert Patient.objects.count() == 2


def test_the_other_way_round_at_once_is_refused_in_a_sentence(front_desk, ana, anna):
    form = fields_of(parse(front_desk.get(merge_url(anna, ana)).content)) | {"merge": "1"}
    confirm(front_desk, ana, anna)

    answer = front_desk.post(merge_url(anna, ana), form)

    assert said(answer)[-1] == "Somebody merged one of the two meanwhile. Nothing more was done."
    assert front_desk.get(answer["Location"])["Location"] == url_of(ana)


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("name", "x"), ("email", "gone\0"), ("phone", "")]
)
def test_odd_choices_are_refused(front_desk, ana, anna, field, value):
    assert confirm(front_desk, ana, anna, **{field: value}).status_code == 200
    assert Patient.objects.count() == 2


@pytest.mark.parametrize("number", ["x", "9" * 30, "-1", "0", "999999"])
def test_odd_numbers_are_no_error(front_desk, ana, number):
    url = f"{LIST}{ana.pk}/merge/?with={number}"

    assert front_desk.get(url).status_code in (200, 404)
    assert front_desk.post(url, {"merge": "1"}).status_code == 302


def test_a_record_is_not_merged_with_itself(front_desk, ana):
    answer = front_desk.get(merge_url(ana, ana))

    assert answer["Location"] == url_of(ana)
    assert said(answer) == ["This is one and the same record. Choose another."]


def test_who_does_not_see_all_or_may_not_change_cannot_merge(client, ana, anna):
    user = User.objects.create_user("dr", is_staff=True)
    user.groups.add(Group.objects.get(name="Practitioner"))
    client.force_login(user)
    assert client.get(merge_url(ana, anna)).status_code == 403
    assert client.post(merge_url(ana, anna), {"merge": "1"}).status_code == 403
    looker = signed_in("view_patient", "see_every_diary")
    assert looker.post(merge_url(ana, anna), {"merge": "1"}).status_code == 403
    assert Patient.objects.count() == 2


def test_looking_and_merging_are_noted(front_desk, ana, anna):
    confirm(front_desk, ana, anna)

    entries = AuditEntry.objects.order_by("pk").values_list("kind", "patient_number")
    assert list(entries) == [
        ("saw", ana.pk),
        ("saw", anna.pk),
        ("merged", ana.pk),
        ("merged", anna.pk),
    ]


def test_what_was_typed_on_the_page_of_the_one_that_is_gone_is_not_lost(front_desk, ana, anna):
    shown = contact_of(see(front_desk, anna))
    confirm(front_desk, ana, anna)

    noted = add_note(front_desk, anna, "Rings twice.")
    corrected = save(front_desk, anna, shown, name="Anna Corrected")

    assert front_desk.get(noted["Location"])["Location"] == url_of(ana)
    assert [note.text for note in ana.notes.all()] == ["Rings twice."]
    assert corrected.status_code == 409
    assert "Anna Corrected" in corrected.text
    assert Patient.objects.get().name == "Ana Example"


@pytest.fixture
def merged_meanwhile(monkeypatch, front_desk, ana, anna):
    """Let anna be merged into ana once the next page of anna is about to store something."""
    shown = contact_of(see(front_desk, anna))
    stored = patient_admin.patient_view

    def merge_first(model_admin, request, patient):
        monkeypatch.setattr(patient_admin, "patient_view", stored)
        confirm(front_desk, ana, anna)
        return stored(model_admin, request, patient)

    monkeypatch.setattr(patient_admin, "patient_view", merge_first)
    return shown


def test_a_note_on_who_is_merged_at_this_moment_is_on_who_stays(
    front_desk, ana, anna, merged_meanwhile
):
    assert add_note(front_desk, anna, "Rings twice.").status_code == 302
    assert [note.text for note in ana.notes.all()] == ["Rings twice."]


def test_details_of_who_is_merged_at_this_moment_are_shown_anew(
    front_desk, ana, anna, merged_meanwhile
):
    answer = save(front_desk, anna, merged_meanwhile, name="Anna Corrected")

    assert (answer.status_code, "Anna Corrected" in answer.text) == (409, True)
    assert Patient.objects.get().name == "Ana Example"
