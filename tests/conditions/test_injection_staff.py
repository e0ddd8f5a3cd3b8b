"""Words that are markup stay words for staff, though they were written into the tables with SQL."""

from datetime import timedelta

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import DatabaseError, models, transaction
from django.urls import reverse

from clinic.models import Clinic
from conditions.models import EmptySearch, Feedback, LinkCheck
from tests.booking.factories import make_appointment, make_closure, make_service

from .factories import NOW, make_condition
from .inert import ATTACK, SHORT_ATTACK, runs
from .staff import page_url
from .whole import make_whole_condition, sign, write_live

pytestmark = pytest.mark.django_db
DIFFERENCES = ("old=1&new=2", "old=2&new=draft")
FREE_TEXTS = (models.CharField, models.TextField, models.EmailField, models.URLField)
# They name a zone, a file or another row.
NOT_FREE = {"time_zone", "message_id"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def is_free(field):
    return type(field) in FREE_TEXTS and not field.choices and field.name not in NOT_FREE


def poison(model):
    """Write the attack into every text of one row, as far as the table's rules allow."""
    row = model.objects.order_by("pk").first()
    poisoned = []
    for field in model._meta.local_concrete_fields if row else ():
        if is_free(field) and not (model._meta.model_name == "image" and field.name == "name"):
            words = ATTACK if (field.max_length or 999) >= 400 else SHORT_ATTACK
            changes = {field.name: words[: field.max_length]}
            try:
                with transaction.atomic():
                    model.objects.filter(pk=row.pk).update(**changes)
            except DatabaseError:
                continue
            poisoned.append(field.name)
    return poisoned


@pytest.fixture
def staff(client):
    """A browser of staff on a site with one row of each kind, all of them poisoned."""
    condition = make_whole_condition(slug="odd")
    write_live(condition, title=ATTACK, summary=ATTACK, lede=ATTACK, names=[ATTACK])
    sign(condition.revisions.first())
    make_condition()
    Clinic.objects.create()
    Feedback.objects.create(condition=condition, was_helpful=True, sent_on=NOW.date())
    EmptySearch.objects.create(query="x", times=9, last_on=NOW.date())
    LinkCheck.objects.create(
        url="https://x.example", checked_at=NOW, is_alive=False, failures=9, reason="x"
    )
    user = User.objects.create_superuser("boss", first_name=SHORT_ATTACK, last_name=SHORT_ATTACK)
    service = make_service()
    make_appointment(service, NOW + timedelta(days=1), reason="x", medicines="x")
    make_closure(NOW, NOW + timedelta(days=2), reason="x")
    done = {
        model._meta.model_name: poison(model)
        for name in ("conditions", "booking", "clinic")
        for model in apps.get_app_config(name).get_models()
        if not model._meta.proxy
    }
    assert {"title", "summary", "lede"} <= {*done["condition"]} & {*done["treatment"]}
    assert {*done["section"]} == {"heading", "body"}
    assert {"name", "email"} <= {*done["patient"]}
    client.force_login(user)
    return client, condition


def rows_in_the_admin():
    for model in admin.site._registry:
        if model._meta.app_label in {"conditions", "booking", "clinic"}:
            row = admin.site.get_model_admin(model).model._default_manager.order_by("pk").first()
            yield f"admin:{model._meta.app_label}_{model._meta.model_name}", row


def broken(client, urls):
    """Return what ran on which page, and which pages could not be opened at all."""
    answers = {url: client.get(url, follow=True) for url in urls}
    return {
        url: (answer.status_code, runs(answer.content))
        for url, answer in answers.items()
        if answer.status_code not in {200, 403} or runs(answer.content)
    }


def test_poisoned_rows_run_in_no_list(staff):
    client, _ = staff
    lists = [reverse(f"{name}_changelist") for name, _ in rows_in_the_admin()]

    assert len(lists) > 15
    assert broken(client, [reverse("admin:index"), *lists]) == {}
    assert broken(client, [f"{url}?q=%22%3E%3Cx-evil%20onx%3D1%3E" for url in lists]) == {}


@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_poisoned_rows_run_on_no_page_of_their_own(staff, page):
    client, _ = staff

    urls = [reverse(f"{name}_{page}", args=[row.pk]) for name, row in rows_in_the_admin() if row]

    assert len(urls) > 12
    assert broken(client, urls) == {}


def test_poisoned_article_runs_on_no_page_about_it(staff):
    client, condition = staff
    treatment = condition.claims.first().treatment

    pages = [
        page_url(article, page)
        for article in (condition, treatment)
        for page in ("preview", "editions", "checked", "site", "address")
    ]
    pages += [f"{page_url(condition, 'difference')}?{query}" for query in DIFFERENCES]
    pages += [page_url(condition, page, 1) for page in ("edition", "roll_back")]
    pages += [page_url(condition, "edition", 2)]
    pages += [reverse("content-today"), reverse("admin:conditions_pages")]

    assert broken(client, pages) == {}


def test_poisoned_draft_is_refused_or_published_inert(staff):
    client, condition = staff
    lists = reverse("admin:conditions_condition_changelist")
    data = {"action": "publish_articles", "_selected_action": [condition.pk]}

    response = client.post(lists, data, follow=True)

    assert response.status_code == 200
    assert runs(response.content) == []
    assert runs(client.get("/conditions/odd/").content) == []
