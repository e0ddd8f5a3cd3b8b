"""No value for a field breaks a form of the admin, in its address or sent, and what was typed stays."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.urls import reverse

from booking.models import Practitioner
from conditions.models import Condition, Source
from tests.html_tree import parse

pytestmark = pytest.mark.django_db(transaction=True)

VALUES = ["x", "", "1", "60", "9" * 30, "1,x", "2026-01-01", "2026-01-01 10:00:00"]
ADD = {
    model: reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
    for model in admin.site._registry
}
NO_ROWS = {
    f"{prefix}-{form}_FORMS": 0
    for prefix in ("available_times", "available_times-2")
    for form in ("TOTAL", "INITIAL")
}


def fields_of(page):
    """Return the names of the form's own fields, if it is one of Django's."""
    form = (page.context_data or {}).get("adminform") if hasattr(page, "context_data") else None
    return list(form.form.fields) if form else []


def test_no_value_in_an_address_breaks_a_form(superuser):
    superuser.raise_request_exception = False
    answers = {}
    for url in ADD.values():
        # All at once: any of them alone would break the page.
        if fields := fields_of(superuser.get(url)):
            for value in VALUES:
                query = dict.fromkeys(fields, value)
                answers[url, value] = superuser.get(url, query).status_code

    assert len(answers) > 15 * len(VALUES)
    assert {one: status for one, status in answers.items() if status != 200} == {}


def test_no_value_that_is_sent_breaks_a_form(superuser):
    superuser.raise_request_exception = False
    answers = {}
    for model, url in ADD.items():
        for field in admin.site._registry[model].autocomplete_fields:
            if field in fields_of(superuser.get(url)):
                for value in ("x", "9" * 30):
                    answer = superuser.post(url, NO_ROWS | {field: value})
                    answers[url, field, value] = answer.status_code

    assert len(answers) > 10
    assert {one: status for one, status in answers.items() if status != 200} == {}


def test_whoever_sends_no_key_is_told_so_and_keeps_what_was_typed(superuser):

    answer = superuser.post(ADD[Practitioner], NO_ROWS | {"name": "Dr. Quill", "user": "x"})

    page = parse(answer.content)
    assert page.one("input", name="name").get("value") == "Dr. Quill"
    assert "Select a valid choice" in page.one(class_="field-user").text
    assert not Practitioner.objects.filter(name="Dr. Quill").exists()


def test_an_address_still_fills_in_what_a_field_can_take(superuser):
    user, source = User.objects.get(username="admin"), Source.objects.get()

    with_user = parse(superuser.get(ADD[Practitioner], {"name": "Quill", "user": user.pk}).content)
    with_source = parse(superuser.get(ADD[Condition], {"sources": source.pk}).content)

    assert with_user.one("input", name="name").get("value") == "Quill"
    assert chosen(with_user.one("select", name="user")) == [str(user.pk)]
    assert chosen(with_source.one("select", name="sources")) == [str(source.pk)]


def chosen(select):
    return [one.get("value") for one in select.all("option") if "selected" in one.attributes]
