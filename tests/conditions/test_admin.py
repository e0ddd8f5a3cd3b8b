import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from conditions.models import Aspect, Condition, Section
from conditions.publishing import publish

from .admin_pages import change_url, form_at, list_url, undrawn
from .factories import (
    NOW,
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

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


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
    ids=["condition", "treatment", "red flag", "point", "source", "revision"],
)
def test_list_and_form_open(client, staff, make):
    record = make()

    assert client.get(list_url(record._meta.model_name)).status_code == 200
    assert client.get(change_url(record)).status_code == 200
    assert client.get(list_url(record._meta.model_name), {"q": "a"}).status_code == 200


@pytest.mark.parametrize(
    "model", ["condition", "treatment", "redflag", "acupoint", "source", "review"]
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
        "A draft": "Draft",
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
    data = form_at(client, url, title="After")
    data["sections-0-body"] = "<p>Edited<script>x</script></p>"

    response = client.post(url, data)

    assert response.status_code == 302, response.context["errors"]
    condition.refresh_from_db()
    assert condition.title == "After"
    assert condition.sections.get().body == "<p>Edited</p>"
    assert Condition.objects.published(timezone.now()).get().live_title == "Before"


def test_form_says_that_clinic_wide_signs_come_by_themselves(client, staff):
    page = client.get(change_url(make_condition())).text

    assert "come into each article by themselves" in page


def test_slug_is_fixed_once_published(client, admin_client):
    with undrawn():
        fixed = admin_client.get(change_url(make_live_condition()))
        free = admin_client.get(change_url(make_condition()))

    assert "slug" not in fixed.context_data["adminform"].form.fields
    assert "slug" in free.context_data["adminform"].form.fields


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
        for name, value in form_at(client, url).items()
    }

    client.post(url, data)

    assert LogEntry.objects.get().get_change_message() == "No fields changed."
    assert condition.sections.get().body == "<p>One</p>\n<p>Two</p>"


def test_names_and_red_flags_of_a_form_stand_in_tables(client, staff):
    client.force_login(staff)
    condition = make_condition()

    html = client.get(change_url(condition)).text

    rows = re.findall(r'<tr [^>]*id="(\w+)-empty"', html)
    assert rows == ["names", "red_flag_links"]


def test_staff_can_take_out_a_part(client, staff):
    condition = make_condition()
    Section.objects.create(condition=condition, aspect=Aspect.CAUSES, position=1)
    url = change_url(condition)

    client.post(url, form_at(client, url, **{"sections-1-DELETE": "on"}))

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
    ids=["red flag", "source", "point"],
)
def test_natural_keys_are_fixed_after_creation(client, staff, make, name):
    with undrawn():
        form = client.get(change_url(make())).context_data["adminform"].form

    assert name not in form.fields
