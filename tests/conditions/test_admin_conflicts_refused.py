from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse

from conditions.differences import Change, compare_words
from conditions.models import Condition, Remedy, SelfCareItem
from tests.html_tree import parse
from tests.locks import until_waiting

from .admin_pages import run_on_list, undrawn
from .factories import make_caution, make_condition, make_remedy
from .staff import (
    at_once,
    conflict_in,
    open_form,
    save,
    save_over,
    sign_in,
    typed_in,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def ann():
    return sign_in("ann")


UNKNOWN_VERSIONS = [
    "",
    "x",
    "[]",
    "null",
    '{"at": "2026-12-07", "parts": {}}',
    '{"at": 1}',
    '{"at": "2026-12-07T12:00:00+00:00", "parts": {"title": []}}',
]
FORGED_VERSIONS = {
    "deep": "[" * 100_000,
    "numbers": '{"at": "2026-01-01T00:00:00+00:00", "parts": [[1, 2], ["a", 3]]}',
    "long ago": '{"at": "0001-01-01T00:00:00+23:59", "parts": [["a", "b"]]}',
    "in ages": '{"at": "9999-12-31T23:59:59-23:59", "parts": [["a", "b"]]}',
}


def test_a_form_of_an_unknown_version_is_not_saved(ann):
    condition = make_condition(title="Cramp")
    form = open_form(ann, condition) | {"title": "Mine"}

    with undrawn():
        refused = {opened: save(ann, condition, form, opened=opened) for opened in UNKNOWN_VERSIONS}

    condition.refresh_from_db()
    assert condition.title == "Cramp"
    told = Change("Title", ("differs from yours",), compare_words("Cramp", "Mine"))
    for opened, response in refused.items():
        assert told in response.context_data["changes"], opened


def test_an_article_that_was_deleted_can_be_made_again(ann):
    condition = make_condition(title="Cramp", slug="cramp")
    form = open_form(ann, condition)
    Condition.objects.get().delete()

    refused = save(ann, condition, form, lede="Typed.")
    again = save(ann, condition, typed_in(refused))
    done = save_over(ann, condition, refused)

    assert "This was deleted while you had it open" in conflict_in(refused).text
    assert "Somebody deleted it. Nothing was saved." in conflict_in(refused).text
    assert typed_in(refused)["lede"] == "Typed."
    assert typed_in(refused)["sections-0-body"] == "<p>Text.</p>"
    assert (again.status_code, done.status_code) == (200, 302)
    made = Condition.objects.get()
    assert (made.slug, made.lede) == ("cramp", "Typed.")
    assert made.sections.get().body == "<p>Text.</p>"
    assert made.self_care_items.get().text == "Sleep enough."


def test_the_one_who_deleted_it_is_named(ann, admin_client):
    condition = make_condition()
    form = open_form(ann, condition)
    url = reverse("admin:conditions_condition_delete", args=[condition.pk])
    admin_client.post(url, {"post": "yes"})

    response = save(ann, condition, form)

    assert "admin deleted it on December 7, 2026, 7:01 AM." in conflict_in(response).text


def test_who_may_not_add_still_sees_what_was_typed(ann):
    condition = make_condition()
    form = open_form(ann, condition)
    Condition.objects.get().delete()
    Group.objects.get(name="Content").permissions.filter(codename="add_condition").delete()

    response = save(ann, condition, form, lede="Typed <b>words</b>.")

    texts = [text.text for text in parse(response.text).one("div", id="content-main").all("dd")]
    assert "Typed <b>words</b>." in texts
    assert "<p>Text.</p>" in texts
    assert "<b>words</b>" not in response.text


def test_who_may_not_change_gets_nothing_of_a_deleted_record():
    desk = Client()
    user = User.objects.create_user("desk", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_condition"))
    desk.force_login(user)
    url = reverse("admin:conditions_condition_change", args=[1])

    assert desk.post(url, {"opened": "x"}).status_code == 403


@pytest.mark.parametrize("pk", ["7", "none"])
def test_a_form_that_never_was_leads_back(ann, pk):
    response = ann.post(reverse("admin:conditions_condition_change", args=[pk]), {})

    assert response.status_code == 302


def test_a_broken_form_is_refused_and_not_an_error(ann):
    condition = make_condition()

    response = save(ann, condition, open_form(ann, condition) | {"sections-TOTAL_FORMS": "x"})

    assert response.status_code == 200
    assert "ManagementForm data is missing" in response.text


def test_forged_version_is_a_conflict_and_not_an_error(ann):
    condition = make_condition()
    form = open_form(ann, condition)

    for forged, opened in FORGED_VERSIONS.items():
        response = save(ann, condition, form, opened=opened)

        assert response.status_code == 200, forged
        assert "changed while you had it open" in conflict_in(response).text, forged


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_the_same_moment_one_wins_and_the_other_is_told():
    browsers = [sign_in(f"writer-{number}") for number in range(4)]
    condition = make_condition()
    form = open_form(browsers[0], condition)

    def write(browser, place):
        words = {"self_care_items-0-text": f"Text of {place}."}
        return save(browser, condition, form, **words)

    answers = at_once(browsers, write)

    (winner,) = (n for n, answer in enumerate(answers) if answer.status_code == 302)
    told = [answer for n, answer in enumerate(answers) if n != winner]
    assert SelfCareItem.objects.get().text == f"Text of {winner}."
    assert [f"writer-{winner} changed it" in conflict_in(answer).text for answer in told] == [
        True
    ] * 3


@pytest.mark.django_db(transaction=True)
def test_none_known_is_not_signed_while_somebody_saves_the_first_caution():
    browser = sign_in("kim", first_name="Jo", last_name="Kim")
    remedy = make_remedy(name="Kava", no_cautions_signed_by="", no_cautions_signed_on=None)

    def sign():
        try:
            return run_on_list(browser, "sign_no_cautions", remedy)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            # As the form does while it is saved.
            Remedy.objects.select_for_update(no_key=True).get()
            make_caution(remedy=remedy)
            signing = pool.submit(sign)
            until_waiting()
        response = signing.result()

    assert "“Kava” has cautions" in response.text
    remedy.refresh_from_db()
    assert remedy.no_cautions_signed_by == ""
