from datetime import timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.urls import reverse
from django.utils import timezone

from conditions.models import Aspect, Condition, RedFlag, Revision, Section, Treatment
from conditions.publishing import publish

from .factories import (
    NOW,
    link_red_flag,
    make_acupoint,
    make_claim,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_red_flag,
    make_self_care,
    make_source,
    make_treatment,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


@pytest.fixture
def staff(client):
    """A member of staff in the group Content, signed in."""
    user = User.objects.create_user("lisanti", is_staff=True)
    user.groups.add(Group.objects.get(name="Content"))
    client.force_login(user)
    return user


def list_url(model):
    return reverse(f"admin:conditions_{model}_changelist")


def change_url(record):
    return reverse(f"admin:conditions_{record._meta.model_name}_change", args=[record.pk])


def run_on_list(client, action, *articles):
    url = list_url(articles[0]._meta.model_name)
    data = {"action": action, "_selected_action": [article.pk for article in articles]}
    return client.post(url, data, follow=True)


def form_data(response, **changes):
    """Return what a browser would send back from a change form."""
    data = {}
    forms = [response.context["adminform"].form]
    for formset in response.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.initial_forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is True:
                value = "on"
            if value is not None and value is not False:
                data[bound.html_name] = value
    return data | changes


@pytest.mark.parametrize(
    "make",
    [
        make_live_condition,
        make_live_treatment,
        make_red_flag,
        make_acupoint,
        make_source,
        lambda: make_live_condition().revisions.get(),
    ],
    ids=["condition", "treatment", "red flag", "remedy", "source", "revision"],
)
def test_list_and_form_open(client, staff, make):
    record = make()

    assert client.get(list_url(record._meta.model_name)).status_code == 200
    assert client.get(change_url(record)).status_code == 200
    assert client.get(list_url(record._meta.model_name), {"q": "a"}).status_code == 200


@pytest.mark.parametrize(
    "model", ["condition", "treatment", "redflag", "remedy", "source", "review"]
)
def test_add_form_opens(client, staff, model):
    assert client.get(reverse(f"admin:conditions_{model}_add")).status_code == 200


def test_list_says_what_the_public_sees(client, staff):
    make_condition(title="A draft")
    make_live_condition(title="Live as it is")
    changed = make_live_condition(title="Changed")
    changed.sections.update(body="<p>Other.</p>")

    response = client.get(list_url("condition"))

    admin = response.context["cl"].model_admin
    states = {article.title: admin.state(article) for article in response.context["cl"].result_list}
    assert states == {
        "A draft": "Draft, not on the site",
        "Live as it is": "Live",
        "Changed": "Live, changed since published",
    }


@pytest.mark.parametrize("model", ["condition", "treatment"])
def test_list_takes_as_many_queries_for_three_as_for_one(
    client, staff, model, django_assert_max_num_queries
):
    make = {"condition": make_rich_condition, "treatment": make_live_treatment}[model]
    make()
    client.get(list_url(model))
    with django_assert_max_num_queries(40) as one:
        client.get(list_url(model))
    make(), make()

    with django_assert_max_num_queries(len(one)):
        client.get(list_url(model))


def make_rich_condition():
    treatment = make_live_treatment()
    condition = make_condition(names=["Cramp"])
    make_claim(condition=condition, treatment=treatment)
    make_self_care(condition)
    publish(condition, by="tests", now=NOW)
    return condition


def test_editing_changes_the_draft_alone(client, staff):
    condition = make_live_condition(title="Before")
    url = change_url(condition)
    data = form_data(client.get(url), title="After")
    data["sections-0-body"] = "<p>Edited<script>x</script></p>"

    response = client.post(url, data)

    assert response.status_code == 302, response.context["errors"]
    condition.refresh_from_db()
    assert condition.title == "After"
    assert condition.sections.get().body == "<p>Edited</p>"
    assert Condition.objects.published(timezone.now()).get().live_title == "Before"


def test_publish_from_the_list(client, staff):
    condition, treatment = make_condition(), make_treatment()

    run_on_list(client, "publish_articles", condition)
    run_on_list(client, "publish_articles", treatment)

    assert Condition.objects.published(timezone.now()).get() == condition
    assert Treatment.objects.published(timezone.now()).get() == treatment
    assert set(Revision.objects.values_list("created_by", "by_name")) == {(staff.pk, "lisanti")}


def test_publish_from_the_form_shows_on_the_next_request(client, staff):
    condition = make_live_condition(title="Before")
    url = change_url(condition)
    changed = form_data(client.get(url), title="After")

    response = client.post(url, changed | {"_publish": "Save and publish"}, follow=True)

    assert response.redirect_chain == [(url, 302)]
    assert "is live as revision 2" in response.text
    assert "After" in client.get(condition.get_absolute_url()).text


def test_publish_from_the_form_saves_what_is_not_ready(client, staff):
    condition = make_condition(red_flags=[])
    url = change_url(condition)
    changed = form_data(client.get(url), title="After")

    response = client.post(url, changed | {"_publish": "Save and publish"}, follow=True)

    condition.refresh_from_db()
    assert "“After” is saved, but it is not ready" in response.text
    assert (condition.title, condition.revisions.count()) == ("After", 0)


def test_publish_says_when_nothing_has_changed(client, staff):
    condition = make_live_condition(title="Cramp")

    response = run_on_list(client, "publish_articles", condition)

    assert "“Cramp”: nothing has changed since revision 1." in response.text
    assert condition.revisions.count() == 1


def test_publish_shows_every_reason_against_it(client, staff):
    condition = Condition.objects.create(slug="bare", title="<b>Bare</b>")

    response = run_on_list(client, "publish_articles", condition)

    assert "“&lt;b&gt;Bare&lt;/b&gt;” is saved, but it is not ready" in response.text
    assert "<li>It has no summary.</li>" in response.text
    assert "<li>It has no red flag at emergency level.</li>" in response.text
    assert not Revision.objects.exists()


def test_unpublish_from_the_list(client, staff):
    condition = make_live_condition(title="Cramp")

    asked = run_on_list(client, "unpublish_articles", condition)

    assert "Take this page off the site" in asked.text
    assert "asked the clinic-wide red flags alone" in asked.text
    assert Condition.objects.published(timezone.now()).exists()

    posted = dict(asked.context["posted"])
    client.post(list_url("condition"), posted | {"confirmed": "yes"})

    assert not Condition.objects.published(timezone.now()).exists()


def test_viewers_cannot_publish(client, staff):
    Group.objects.get(name="Content").permissions.filter(codename="change_condition").delete()
    condition = make_condition()

    run_on_list(client, "publish_articles", condition)

    assert not Revision.objects.exists()


def test_slug_is_fixed_once_published(client, admin_client):
    fixed = admin_client.get(change_url(make_live_condition()))
    free = admin_client.get(change_url(make_condition()))

    assert "slug" not in fixed.context["adminform"].form.fields
    assert "slug" in free.context["adminform"].form.fields


def test_article_can_be_deleted_only_before_it_was_published(admin_client):
    draft, live = make_condition(), make_live_condition()

    pages = [
        admin_client.get(reverse("admin:conditions_condition_delete", args=[article.pk]))
        for article in (draft, live)
    ]

    assert [page.status_code for page in pages] == [200, 403]


def test_line_breaks_of_the_browser_are_no_change(client, staff):
    condition = make_condition(lede="One\n\nTwo")
    condition.sections.update(body="<p>One</p>\n<p>Two</p>")
    url = change_url(condition)
    data = {
        name: value.replace("\n", "\r\n") if isinstance(value, str) else value
        for name, value in form_data(client.get(url)).items()
    }

    client.post(url, data)

    assert LogEntry.objects.get().get_change_message() == "No fields changed."
    assert condition.sections.get().body == "<p>One</p>\n<p>Two</p>"


def test_staff_can_take_out_a_part(client, staff):
    condition = make_condition()
    Section.objects.create(condition=condition, aspect=Aspect.CAUSES, position=1)
    url = change_url(condition)

    client.post(url, form_data(client.get(url), **{"sections-1-DELETE": "on"}))

    assert [section.aspect for section in condition.sections.all()] == [Aspect.OVERVIEW]


def test_treatment_form_shows_its_own_claims_alone(client, staff):
    treatment = make_treatment()
    make_claim(treatment=treatment, label="Pain")
    make_claim(treatment=treatment, condition=make_condition())

    response = client.get(change_url(treatment))

    (claims,) = [
        inline.formset
        for inline in response.context["inline_admin_formsets"]
        if inline.formset.prefix == "claims"
    ]
    assert [form.instance.label for form in claims.initial_forms] == ["Pain"]
    assert claims.forms[0].fields["label"].required


def test_revisions_are_read_only(admin_client):
    revision = make_live_condition(title="<b>Frozen</b>").revisions.get()

    page = admin_client.get(change_url(revision))

    assert "&lt;b&gt;Frozen&lt;/b&gt;" in page.text
    assert admin_client.post(change_url(revision), {}).status_code == 403
    assert admin_client.get(reverse("admin:conditions_revision_add")).status_code == 403
    assert (
        admin_client.get(
            reverse("admin:conditions_revision_delete", args=[revision.pk])
        ).status_code
        == 403
    )


@pytest.mark.parametrize(
    ("make", "name"),
    [(make_red_flag, "code"), (make_source, "key"), (make_acupoint, "slug")],
    ids=["red flag", "source", "remedy"],
)
def test_natural_keys_are_fixed_after_creation(client, staff, make, name):
    form = client.get(change_url(make())).context["adminform"].form

    assert name not in form.fields


def test_changing_a_red_flag_leads_to_the_pages_that_show_it(client, staff):
    flag = make_red_flag()
    make_live_condition(title="Spasms", red_flags=[flag])
    make_live_condition(title="Unrelated")
    url = change_url(flag)

    response = client.post(url, form_data(client.get(url), statement="New words"), follow=True)

    assert response.redirect_chain[-1][0] == reverse(
        "admin:conditions_redflag_uses", args=[flag.pk]
    )
    assert [use.live_title for use in response.context["uses"]] == ["Spasms"]
    assert "Update 1 page now" in response.text
    flag.refresh_from_db()
    assert flag.version == 2


def test_a_new_sign_for_every_booking_says_that_no_page_shows_it_yet(client, staff):
    data = {
        "code": "eye.pain",
        "label": "Eye pain",
        "statement": "Sudden eye pain",
        "question": "Do you have sudden eye pain?",
        "level": "emergency",
        "is_global": "on",
        "is_active": "on",
        "position": "0",
    }

    response = client.post(reverse("admin:conditions_redflag_add"), data, follow=True)

    assert RedFlag.objects.get().code == "eye.pain"
    assert "It is asked before every booking from now on." in response.text


def test_list_of_red_flags_says_which_pages_show_old_words(client, staff):
    changed, same, _unused = make_red_flag(), make_red_flag(), make_red_flag()
    make_live_condition(red_flags=[changed, same])
    changed.statement = "New words"
    changed.save()

    page = client.get(list_url("redflag")).text

    link = reverse("admin:conditions_redflag_uses", args=[changed.pk])
    assert f'<a href="{link}">1 page shows it as it was</a>' in page
    assert page.count("Up to date") == 1
    assert page.count("On no page") == 1


def test_red_flag_that_no_live_page_shows_is_just_saved(client, staff):
    flag = make_red_flag()
    url = change_url(flag)

    response = client.post(url, form_data(client.get(url), statement="New words"))

    assert response.url == list_url("redflag")


def test_one_confirmation_brings_the_pages_up_to_date(client, staff):
    flag = make_red_flag(statement="Old words")
    condition = make_live_condition(red_flags=[flag])
    Condition.objects.update(title="Unfinished draft")
    flag.statement = "New words"
    flag.save()

    response = client.post(reverse("admin:conditions_redflag_uses", args=[flag.pk]), follow=True)

    page = client.get(condition.get_absolute_url()).text
    assert "Pages brought up to date: 1." in response.text
    assert "All of them show it in its present words." in response.text
    assert "New words" in page
    assert "Unfinished draft" not in page
    assert condition.revisions.first().by_name == "lisanti"


def test_update_that_would_leave_no_emergency_flag_is_refused(client, staff):
    flag = make_red_flag()
    condition = make_live_condition(red_flags=[flag])
    RedFlag.objects.filter(pk=flag.pk).update(level="urgent")

    response = client.post(reverse("admin:conditions_redflag_uses", args=[flag.pk]), follow=True)

    assert "Nothing was changed" in response.text
    assert condition.revisions.count() == 1


def test_update_needs_the_right_to_change_articles(client, staff):
    flag = make_red_flag()
    condition = make_live_condition(red_flags=[flag])
    RedFlag.objects.filter(pk=flag.pk).update(label="Other")
    Group.objects.get(name="Content").permissions.filter(codename="change_condition").delete()
    url = reverse("admin:conditions_redflag_uses", args=[flag.pk])

    page = client.get(url)

    assert "Ask someone who may change articles" in page.text
    assert client.post(url).status_code == 403
    assert condition.revisions.count() == 1


def test_pages_of_a_red_flag_need_the_right_to_see_it(client):
    client.force_login(User.objects.create_user("desk", is_staff=True))

    response = client.get(reverse("admin:conditions_redflag_uses", args=[make_red_flag().pk]))

    assert response.status_code == 403


def test_pages_of_a_red_flag_that_none_shows_say_so(client, staff):
    flag = make_red_flag(is_global=True)

    response = client.get(reverse("admin:conditions_redflag_uses", args=[flag.pk]))

    assert "No live page shows this red flag." in response.text
    assert "asked before every booking" in response.text


def test_red_flag_cannot_be_lowered_in_an_article_form(client, staff):
    condition = make_condition(red_flags=[])
    link_red_flag(condition, make_red_flag())
    url = change_url(condition)

    response = client.post(
        url, form_data(client.get(url), **{"red_flag_links-0-level": "see_doctor"})
    )

    assert response.status_code == 200
    assert "Only a clinical reviewer" in response.text
