"""The owner's pages of what is kept for how long."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from booking.models import RetentionRule, RetentionRun, Screening
from booking.privacy.retention import KINDS

from .desk import signed_in
from .test_privacy_retention import NOW, OLD, make_past

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_morning")]
LIST = "/admin/booking/retentionrule/"


@pytest.fixture
def owner(client):
    user = User.objects.create_user("olga", first_name="Olga", last_name="Owner", is_staff=True)
    user.groups.add(Group.objects.get(name="Owner"))
    client.force_login(user)
    return client


def test_every_kind_is_listed_and_off_until_somebody_turns_it_on(owner):
    page = owner.get(LIST)

    assert [row["rule"].kind for row in page.context["rows"]] == list(KINDS)
    assert page.text.count("<td>Off</td>") == len(KINDS)
    assert "The samples are no advice: check your state’s law" in page.text


def test_the_list_says_what_each_rule_would_do_now(owner, service):
    make_past(service, OLD)
    RetentionRule.objects.create(kind="screening", keep_months=24)

    page = owner.get(LIST).text

    assert "<td>2 years</td><td>1 to be deleted</td><td>Dec 6, 2024</td>" in page


def test_the_list_takes_as_many_queries_for_many_records(owner, service, django_assert_num_queries):
    RetentionRule.objects.create(kind="screening", keep_months=24)
    with django_assert_num_queries(7):
        owner.get(LIST)
    for days in range(3):
        make_past(service, OLD.replace(day=1 + days), name=f"Ana{days}")

    with django_assert_num_queries(7):
        owner.get(LIST)


def test_the_form_shows_a_sample_and_the_bounds(owner):
    page = owner.get(f"{LIST}patients/change/").text

    assert "From 12 to 600 months. A sample, no advice: 120 (10 years)." in page
    assert 'value="120"' not in page


def test_a_rule_is_turned_on_and_shows_at_once_what_it_would_do(owner, service):
    make_past(service, OLD)

    answer = owner.post(f"{LIST}screening/change/", {"keep_months": "24"}, follow=True)

    rule = RetentionRule.objects.get()
    assert (rule.kind, rule.keep_months, rule.changed_at) == ("screening", 24, NOW)
    assert rule.changed_by_name == "Olga Owner"
    assert "kept for 2 years. From tonight on the rule is applied." in answer.text
    assert "<strong>1 to be deleted</strong>, the oldest of December 6, 2024." in (answer.text)
    assert Screening.objects.count() == 1


def test_a_rule_is_turned_off_again(owner):
    RetentionRule.objects.create(kind="screening", keep_months=24)

    answer = owner.post(f"{LIST}screening/change/", {"keep_months": ""}, follow=True)

    assert RetentionRule.objects.get().keep_months is None
    assert "kept for good" in answer.text


@pytest.mark.parametrize("months", ["0", "-1", "11", "601", "99999999999", "x", "12.5"])
def test_a_rule_out_of_its_bounds_is_refused_in_words(owner, months):
    answer = owner.post(f"{LIST}patients/change/", {"keep_months": months})

    assert answer.status_code == 200
    assert "errorlist" in answer.text
    assert not RetentionRule.objects.exists()


def test_a_rule_is_run_after_it_was_seen(owner, service):
    make_past(service, OLD)
    RetentionRule.objects.create(kind="screening", keep_months=24)

    seen = owner.get(f"{LIST}screening/run/")
    assert Screening.objects.count() == 1
    answer = owner.post(f"{LIST}screening/run/", {"keep_months": "24"}, follow=True)

    assert 'name="keep_months" value="24"' in seen.text
    assert "1 to be deleted" in seen.text
    assert "Outcomes of the safety questions: 1 deleted." in answer.text
    assert not Screening.objects.exists()
    assert RetentionRun.objects.get().by_name == "Olga Owner"


def test_a_rule_that_was_changed_since_it_was_seen_is_shown_anew(owner, service):
    make_past(service, NOW - timedelta(days=100))
    RetentionRule.objects.create(kind="screening", keep_months=24)
    seen = owner.get(f"{LIST}screening/run/")
    RetentionRule.objects.update(keep_months=1)

    answer = owner.post(f"{LIST}screening/run/", {"keep_months": "24"})

    assert "0 to be deleted" in seen.text
    assert (answer.status_code, Screening.objects.count()) == (409, 1)
    assert "Nothing was done: somebody changed the rule meanwhile." in answer.text
    assert "1 to be deleted" in answer.text
    assert not RetentionRun.objects.exists()


def test_a_rule_that_is_off_is_not_run(owner, service):
    make_past(service, OLD)

    page = owner.post(f"{LIST}screening/run/")

    assert "This rule is off" in page.text
    assert Screening.objects.count() == 1


@pytest.mark.parametrize("page", ["audit/run/", "audit/change/", "4711/run/"])
def test_a_kind_that_is_unknown_has_no_page(owner, page):
    assert owner.get(LIST + page).status_code == 404


def test_the_reports_say_how_to_begin_and_are_only_read(owner):
    page = owner.get(reverse("admin:booking_retentionrun_changelist")).text
    rule = RetentionRule.objects.create(kind="screening", keep_months=24)
    run = RetentionRun.objects.create(
        rule=rule, at=NOW, older_than=NOW, keep_months=24, count=7, by_name="Olga"
    )

    assert "Nothing yet:" in page
    url = reverse("admin:booking_retentionrun_change", args=[run.pk])
    assert owner.post(url, {"count": "0"}).status_code == 403
    assert RetentionRun.objects.get().count == 7
    assert str(run) == "Outcomes of the safety questions: 7"


def test_who_may_only_look_sees_the_rule_and_cannot_run_it():
    RetentionRule.objects.create(kind="screening", keep_months=24)
    client = signed_in("view_retentionrule")

    assert "See and run" not in client.get(LIST).text
    assert 'name="keep_months"' not in client.get(f"{LIST}screening/change/").text
    assert client.post(f"{LIST}screening/run/").status_code == 403
    assert not RetentionRun.objects.exists()


PAGES = [LIST, f"{LIST}words/change/", f"{LIST}words/run/", "/admin/booking/retentionrun/"]


@pytest.mark.parametrize("url", [*PAGES, "/admin/booking/legalhold/"])
@pytest.mark.parametrize("group", ["Content", "Clinical reviewer", "Front desk", "Practitioner"])
def test_nobody_but_the_owner_sees_any_of_it(client, group, url):
    user = User.objects.create_user("somebody", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)

    assert client.get(url).status_code == 403
    assert client.post(url, {"keep_months": "12"}).status_code == 403
    assert not RetentionRule.objects.exists()
