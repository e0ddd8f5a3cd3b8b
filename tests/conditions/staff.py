"""Staff at their browsers: they open a record's form, type, and send all of it back."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.contrib.auth.models import Group, User
from django.db import connections
from django.test import Client
from django.urls import reverse

from tests.html_tree import parse

from .admin_pages import change_url


def make_staff(name="someone", *, group="Clinical reviewer", **kwargs):
    user = User.objects.create_user(name, is_staff=True, **kwargs)
    user.groups.add(Group.objects.get(name=group))
    return user


def sign_in(name, **kwargs):
    """Return the browser of a member of staff who writes and signs articles."""
    browser = Client()
    browser.force_login(make_staff(name, **kwargs))
    return browser


def at_once(browsers, act):
    """Return what `act(browser, place)` does for each browser, all at the same moment."""
    barrier = threading.Barrier(len(browsers))

    def race(place):
        try:
            barrier.wait(timeout=30)
            return act(browsers[place], place)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=len(browsers)) as pool:
        return list(pool.map(race, range(len(browsers))))


def page_url(article, page, *args):
    name = f"admin:conditions_{article._meta.model_name}_{page}"
    return reverse(name, args=[article.pk, *args])


def open_form(browser, record):
    """Return what the record's form holds, as a browser would send it back."""
    return typed_in(browser.get(change_url(record)))


def typed_in(response):
    page = parse(response.text)
    (form,) = (form for form in page.all("form") if (form.get("id") or "").endswith("_form"))
    data = {}
    for control in form.all():
        name, kind = control.get("name"), control.get("type")
        if not name or kind in ("submit", "file"):
            continue
        if control.tag == "textarea":
            data[name] = "".join(control.pieces).removeprefix("\n").removeprefix("\r\n")
        elif control.tag == "select":
            chosen = [option.get("value") for option in control.all("option", selected=None)]
            chosen += [option.get("value") for option in control.all("option", selected="")]
            if chosen:
                data[name] = chosen
        elif control.tag == "input" and (kind != "checkbox" or "checked" in control.attributes):
            data[name] = control.get("value") or ("on" if kind == "checkbox" else "")
    return data


def save(browser, record, form, *, follow=False, **changes):
    return browser.post(change_url(record), form | changes, follow=follow)


def conflict_in(response):
    return parse(response.text).one("section", class_="conflict")


def changes_in(response):
    changes = conflict_in(response).one("dl", class_="changes")
    return [
        (name.text, words.text)
        for name, words in zip(changes.all("dt"), changes.all("dd"), strict=True)
    ]


def save_over(browser, record, refused, **changes):
    """Tick the box on the page that told of the conflict, and save again."""
    box = parse(refused.text).one("input", name="save_over")
    return save(browser, record, typed_in(refused), save_over=box.get("value"), **changes)
