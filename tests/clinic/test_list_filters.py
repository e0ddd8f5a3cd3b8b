"""No address breaks a list of the admin, whatever stands in it, and no choice that is none."""

import logging

import pytest
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import User
from django.db import models
from django.urls import reverse

from tests.html_tree import parse

# A complaint of PostgreSQL ends the transaction, which a test would share with its pages.
pytestmark = pytest.mark.django_db(transaction=True)

LISTS = {
    model: reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for model in admin.site._registry
}
LONG = "9" * 30
OF_ANY_LIST = [
    f"pk__in={'1,' * 70_000}1",
    *("&".join(["pk=1"] * times) for times in (900, 2_000)),
    *(f"pk={LONG}", f"pk__in={LONG},-{LONG}", f"e=1&pk={LONG}"),
    *("pk__regex=(", "pk__range=1", "pk__range=12", "pk__contained_by=x"),
    *("pk__date=x", "pk__foo=1", "pk__in=", "pk__exact__in=1", "__=1", "=1"),
    *("o=-99999999999999999999", f"o={'9' * 5_000}", "p=1e9", f"p={'9' * 5_000}"),
    *("_to_field=x", "found=x", "q=%00", "pk=%00", f"q={'x' * 9_000}", "q=%ED%A0%80"),
]
OF_FIELDS = {
    models.DateField: [
        *("year=999999999", f"year={LONG}", "year__gt=0", "month=99", "day=x"),
        *("gte=9999-12-31T23:59-12:00", "lt=0001-01-01T00:00Z", "date=x", "regex=(", "range=1"),
    ],
    models.CharField: ["regex=(", "iregex=*", "range=x", "range=xyz", "in=%00", "exact=%00"],
    models.IntegerField: [f"exact={LONG}", f"lt=-{LONG}", "in=1,x", "gt=1e999999999", "gt=NaN"],
    models.GenericIPAddressField: ["exact=x", "in=1,2", f"gt={LONG}", "range=12"],
}


def addresses():
    """Return what to ask the lists for: anything of one, of the others what they have of their own."""
    yield from (f"{LISTS[User]}?{query}" for query in OF_ANY_LIST)
    kinds = set()
    for model, url in LISTS.items():
        yield f"{url}?pk__in={LONG},-{LONG}"
        for field in model._meta.concrete_fields:
            for base, lookups in OF_FIELDS.items():
                if isinstance(field, base) and type(field) not in kinds:
                    yield from (f"{url}?{field.name}__{lookup}" for lookup in lookups)
            kinds.add(type(field))
        for name in admin.site._registry[model].list_filter:
            path = name[0] if isinstance(name, tuple) else getattr(name, "parameter_name", name)
            yield from (f"{url}?{path}={value}" for value in ("x", LONG, "%00"))
            yield f"{url}?{path}__exact={LONG}"


def test_no_address_breaks_a_list(superuser):
    superuser.raise_request_exception = False

    answers = {}
    for address in addresses():
        url, _, query = address.partition("?")
        answers[address[:200]] = superuser.get(url, QUERY_STRING=query).status_code

    assert len(answers) > 5 * len(LISTS)
    wrong = {one: status for one, status in answers.items() if status not in (200, 302, 400, 404)}
    assert wrong == {}


def test_who_asked_is_led_to_the_list_without_filters_and_told_so(superuser):
    url = LISTS[User]

    answer = superuser.get(url, {"username__regex": "("}, follow=True)

    page = parse(answer.content)
    assert answer.redirect_chain == [(f"{url}?e=1", 302)]
    assert page.one(class_="errornote").text == (
        "The list cannot be narrowed down like this. Choose its filters anew."
    )
    assert "admin" in page.one(id="result_list").text


def test_an_export_says_so_too(superuser):
    answer = superuser.get("/admin/export/auth/user/?username__regex=(")

    assert answer.url == LISTS[User]


def test_a_fault_of_a_filter_is_in_the_log_without_the_address(superuser, monkeypatch, caplog):
    def fail(*args):
        raise ValueError("Zelda Quill")

    monkeypatch.setattr(ChangeList, "get_results", fail)
    with caplog.at_level(logging.WARNING, "clinic.list_filters"):
        answer = superuser.get(LISTS[User], {"username": "zelda"})

    assert answer.url == f"{LISTS[User]}?e=1"
    (line,) = caplog.messages
    assert line.startswith("List of auth.user: its address led to ValueError in ")
    assert f"{__name__.rpartition('.')[2]}.py, line {fail.__code__.co_firstlineno + 1}." in line
    assert "zelda" not in caplog.text.lower()


@pytest.mark.parametrize("key", ["x", "", LONG])
def test_nothing_is_done_with_a_choice_that_is_none(superuser, key):
    wrong = {}
    for model, url in LISTS.items():
        rows = model.objects.count()
        listed = superuser.get(url)
        form = listed.context_data.get("action_form") if listed.context_data else None
        actions = [name for name, _ in form.fields["action"].choices if name] if form else []
        for action in actions:
            for more in ({}, {"index": "0"}):
                posted = {"action": action, "_selected_action": key, "post": "yes"} | more
                answer = superuser.post(url, posted)
                if answer.status_code not in (200, 302) or model.objects.count() != rows:
                    wrong[url, action] = answer.status_code

    assert wrong == {}


def test_who_chose_what_is_none_is_told_so(superuser):
    posted = {"action": "delete_selected", "_selected_action": "x"}

    answer = superuser.post(LISTS[User], posted, follow=True)

    assert answer.redirect_chain == [(LISTS[User], 302)]
    assert parse(answer.content).one("ul", class_="messagelist").text == (
        "Nothing was done: what was chosen is not in this list. Choose again."
    )


@pytest.mark.parametrize("query", [{}, {"e": "1"}], ids=["plain", "led here"])
def test_what_is_wrong_with_the_list_itself_is_not_hidden(superuser, monkeypatch, query):
    def fail(*args):
        raise ValueError("a fault of ours")

    monkeypatch.setattr(ChangeList, "get_results", fail)

    with pytest.raises(ValueError, match="a fault of ours"):
        superuser.get(LISTS[User], query)
