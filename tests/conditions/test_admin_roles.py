from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.urls import reverse

from conditions.models import Condition, Remedy, Revision
from conditions.publishing import unpublish

from .admin_pages import change_url, form_at, form_data, list_url, run_on_list
from .factories import (
    NOW,
    link_red_flag,
    make_caution,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_red_flag,
    make_remedy,
)
from .staff import make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def sign_in(client):
    """Return a function that signs in a member of the group."""

    def sign_in(group, first_name="Ann", last_name="Lisanti"):
        name = group.lower().replace(" ", "-")
        user = make_staff(name, group=group, first_name=first_name, last_name=last_name)
        client.force_login(user)
        return user

    return sign_in


def post(client, url, *, follow=False, **changes):
    return client.post(url, form_at(client, url) | changes, follow=follow)


def test_author_writes_drafts_and_cannot_publish(client, sign_in):
    sign_in("Author")
    condition = make_condition()

    page = client.get(change_url(condition))
    changed = form_data(page, title="After", _publish="Save and publish")
    client.post(change_url(condition), changed)
    run_on_list(client, "publish_articles", condition)

    assert "Save and publish" not in page.text
    assert "publish_articles" not in client.get(list_url("condition")).text
    assert Condition.objects.get().title == "After"
    assert not Revision.objects.exists()


@pytest.mark.parametrize("make", [make_live_condition, make_live_treatment])
@pytest.mark.parametrize(("group", "leads_on"), [("Author", False), ("Content", True)])
def test_only_who_publishes_says_where_an_address_leads(client, sign_in, make, group, leads_on):
    sign_in(group)
    retired, other = make(), make()
    unpublish(retired, by="tests", now=NOW)
    url = change_url(retired)
    page = client.get(url)

    assert ("without publishing" in page.text) == leads_on
    client.post(url, form_data(page, title="After", replaced_by=other.pk))

    retired.refresh_from_db()
    assert (retired.title, retired.replaced_by) == ("After", other if leads_on else None)
    answer = client.get(retired.get_absolute_url())
    assert answer.status_code == (301 if leads_on else 410)


def test_author_may_not_write_what_is_shared(client, sign_in):
    sign_in("Author")

    for kind in ("herb", "food", "nutrient", "acupoint", "remedy"):
        assert client.get(reverse(f"admin:conditions_{kind}_add")).status_code == 403
    assert client.get(reverse("admin:conditions_source_add")).status_code == 200
    remedy = make_remedy()
    assert client.get(change_url(remedy)).status_code == 200
    assert client.post(change_url(remedy), {}).status_code == 403


def test_content_is_told_of_a_clinical_change_once(client, sign_in):
    sign_in("Content")
    condition = make_live_condition()
    condition.self_care_items.update(text="Sleep more.")

    response = post(client, change_url(condition), follow=True, _publish="Save and publish")

    words = "It changes the self-care steps. A clinical reviewer has to publish that"
    assert response.text.count(words) == 1
    assert condition.revisions.count() == 1


@pytest.mark.parametrize("group", ["Author", "Content"])
def test_only_reviewers_write_signs_and_reviews(client, sign_in, group):
    sign_in(group)
    flag = make_red_flag()
    condition = make_live_condition(red_flags=[flag])
    review = condition.revisions.get().reviews.create(reviewer="X", reviewed_on=date(2026, 12, 1))

    for model in ("redflag", "review"):
        assert client.get(reverse(f"admin:conditions_{model}_add")).status_code == 403
    for record in (flag, review):
        assert client.get(change_url(record)).status_code == 200
        assert client.post(change_url(record), {}).status_code == 403


def test_right_to_change_signs_needs_the_right_to_sign(client, sign_in):
    user = sign_in("Content")
    for codename in ("add_redflag", "change_redflag", "add_review", "change_review"):
        user.user_permissions.add(Permission.objects.get(codename=codename))

    assert client.get(reverse("admin:conditions_redflag_add")).status_code == 403
    assert client.post(change_url(make_red_flag()), {}).status_code == 403
    assert client.get(reverse("admin:conditions_review_add")).status_code == 403


def test_reviewer_who_lowers_a_level_signs_it(client, sign_in):
    sign_in("Clinical reviewer")
    condition = make_condition()
    link_red_flag(condition, make_red_flag(), position=1)
    lowered = {"red_flag_links-1-level": "see_doctor"}

    post(client, change_url(condition), **lowered)

    link = condition.red_flag_links.get(position=1)
    assert (link.lowered_by, link.effective_level) == ("Ann Lisanti", "see_doctor")
    assert "Ann Lisanti" in client.get(change_url(condition)).text


def test_signature_ends_when_the_level_is_no_longer_lower(client, sign_in):
    sign_in("Clinical reviewer")
    condition = make_condition(red_flags=[])
    link_red_flag(condition, make_red_flag(), level="urgent", lowered_by="Dr. Test")

    post(client, change_url(condition), **{"red_flag_links-0-level": ""})

    assert condition.red_flag_links.get().lowered_by == ""


@pytest.mark.parametrize("group", ["Author", "Content"])
def test_nobody_else_lowers_a_level(client, sign_in, group):
    sign_in(group)
    condition = make_condition(red_flags=[])
    link_red_flag(condition, make_red_flag(), level="urgent", lowered_by="Dr. Test")

    response = post(client, change_url(condition), **{"red_flag_links-0-level": "see_doctor"})

    assert "Only a clinical reviewer" in response.text
    assert condition.red_flag_links.get().level == "urgent"


def test_signed_level_stays_when_an_author_saves_the_rest(client, sign_in):
    sign_in("Author")
    condition = make_condition(red_flags=[])
    link_red_flag(condition, make_red_flag(), level="urgent", lowered_by="Dr. Test")

    post(client, change_url(condition), **{"red_flag_links-0-qualifier": "with spasms"})

    link = condition.red_flag_links.get()
    assert (link.qualifier, link.lowered_by) == ("with spasms", "Dr. Test")


def test_reviewer_signs_why_there_is_no_emergency_sign(client, sign_in):
    sign_in("Clinical reviewer")
    condition = make_condition(no_emergency_reason="It never is.")

    post(client, change_url(condition), title="After")
    assert Condition.objects.get().no_emergency_signed_by == ""

    post(client, change_url(condition), signs_reason="on")
    assert Condition.objects.get().no_emergency_signed_by == "Ann Lisanti"


def test_reviewer_without_a_name_signs_nothing_and_keeps_what_was_typed(client, sign_in):
    sign_in("Clinical reviewer", first_name="", last_name="")
    condition = make_condition(no_emergency_reason="It never is.")
    flag = make_red_flag()
    link_red_flag(condition, flag, position=1)
    remedy = make_remedy(no_cautions_signed_by="", no_cautions_signed_on=None)
    typed = {"red_flag_links-1-level": "see_doctor", "signs_reason": "on", "title": "Typed"}

    refused = post(client, change_url(condition), **typed)
    told = run_on_list(client, "sign_no_cautions", remedy)

    form = refused.context["adminform"].form
    assert "your account has none" in form.errors["signs_reason"][0]
    links = refused.context["inline_admin_formsets"][1].formset
    assert [list(errors) for errors in links.errors] == [[], ["level"]]
    assert len(links.errors[1]["level"]) == 1
    assert (form["title"].value(), links.forms[1]["level"].value()) == ("Typed", "see_doctor")
    assert "your account has none" in told.text
    condition.refresh_from_db()
    assert (condition.title == "Typed", condition.no_emergency_signed_by) == (False, "")
    assert condition.red_flag_links.get(red_flag=flag).level == ""
    assert Remedy.objects.get(pk=remedy.pk).no_cautions_signed_by == ""


def test_reviewer_without_a_name_saves_what_needs_no_signature(client, sign_in):
    sign_in("Clinical reviewer", first_name="", last_name="")
    condition = make_condition()

    post(client, change_url(condition), title="After")

    assert Condition.objects.get().title == "After"


def test_nobody_else_signs_the_reason(client, sign_in):
    sign_in("Content")
    condition = make_condition(no_emergency_reason="It never is.")

    page = client.get(change_url(condition))
    assert "signs_reason" not in page.text
    client.post(change_url(condition), form_data(page, signs_reason="on"))

    assert Condition.objects.get().no_emergency_signed_by == ""


@pytest.mark.parametrize("reason", ["Another.", ""])
def test_rewritten_reason_has_to_be_signed_again(client, sign_in, reason):
    sign_in("Content")
    condition = make_condition(no_emergency_reason="It is.", no_emergency_signed_by="Dr. Test")

    post(client, change_url(condition), no_emergency_reason=reason)

    condition.refresh_from_db()
    assert (condition.no_emergency_reason, condition.no_emergency_signed_by) == (reason, "")


def test_reviewer_signs_that_no_cautions_are_known(client, sign_in):
    sign_in("Clinical reviewer")
    unsigned = {"no_cautions_signed_by": "", "no_cautions_signed_on": None}
    bare, cautious = make_remedy(**unsigned), make_remedy(name="Kava", **unsigned)
    make_caution(remedy=cautious)

    response = run_on_list(client, "sign_no_cautions", bare, cautious)

    bare.refresh_from_db()
    cautious.refresh_from_db()
    assert (bare.no_cautions_signed_by, bare.no_cautions_signed_on) == (
        "Ann Lisanti",
        date(2026, 12, 7),
    )
    assert cautious.no_cautions_signed_by == ""
    assert "“Kava” has cautions" in response.text


def test_signing_leaves_alone_what_others_wrote_meanwhile(client, sign_in, monkeypatch):
    sign_in("Clinical reviewer")
    remedy = make_remedy(no_cautions_signed_by="", no_cautions_signed_on=None)

    def write_meanwhile(user):
        Remedy.objects.filter(pk=remedy.pk).update(note="New words")
        return "Ann Lisanti"

    monkeypatch.setattr("conditions.admin.remedies.signature", write_meanwhile)
    run_on_list(client, "sign_no_cautions", remedy)

    remedy.refresh_from_db()
    assert (remedy.note, remedy.no_cautions_signed_by) == ("New words", "Ann Lisanti")


def test_nobody_else_signs_that_no_cautions_are_known(client, sign_in):
    sign_in("Content")
    remedy = make_remedy(no_cautions_signed_by="", no_cautions_signed_on=None)

    run_on_list(client, "sign_no_cautions", remedy)

    assert Remedy.objects.get(pk=remedy.pk).no_cautions_signed_by == ""


def test_first_caution_ends_the_signature_that_none_is_known(client, sign_in):
    sign_in("Content")
    remedy = make_remedy()
    url = change_url(remedy)
    caution = {
        "cautions-TOTAL_FORMS": "1",
        "cautions-0-with_kind": "surgery",
        "cautions-0-with_what": "Surgery",
        "cautions-0-effect": "You may bleed.",
        "cautions-0-advice": "avoid",
        "cautions-0-position": "0",
    }

    post(client, url)
    assert Remedy.objects.get(pk=remedy.pk).no_cautions_signed_by == "Dr. Test"

    post(client, url, **caution)
    remedy.refresh_from_db()
    assert (remedy.no_cautions_signed_by, remedy.no_cautions_signed_on) == ("", None)


def test_migration_takes_signs_and_reviews_from_content_alone():
    taken = ["add_redflag", "add_review", "change_redflag", "change_review"]
    content, own = Group.objects.get(name="Content"), Group.objects.create(name="Own")
    for group in (content, own):
        group.permissions.add(*Permission.objects.filter(codename__in=taken))
    migration = import_module("conditions.migrations.0007_content_leaves_signing")

    with connection.schema_editor() as editor:
        migration.take_from_content(apps, editor)

    assert not content.permissions.filter(codename__in=taken).exists()
    assert content.permissions.filter(codename="view_redflag").exists()
    assert own.permissions.count() == 4
