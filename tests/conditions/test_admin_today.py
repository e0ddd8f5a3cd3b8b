"""The page “Content today” in the admin."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from conditions.models import EmptySearch, Feedback

from .factories import (
    NOW,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_live_with_text,
    make_red_flag,
    make_treatment,
)
from .test_today import EMPTY, STRETCH, change, make_dead_link, make_reviewed, schedule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def make_work():
    """Make one line for each of the lists."""
    make_condition()
    make_treatment()
    flag = make_red_flag()
    changed = make_live_condition(red_flags=[flag], review_due_on=date(2026, 12, 8))
    changed.sections.update(body="<p>Other.</p>")
    flag.statement = "In new words"
    flag.save()
    schedule(changed, NOW + timedelta(days=1))
    make_live_treatment(review_due_on=date(2026, 12, 8))
    change(make_reviewed(), self_care=STRETCH)
    url = f"https://a.example/{changed.pk}"
    make_live_with_text(f'<p><a href="{url}">A</a></p>')
    inside = '<p><a href="/conditions/gone/">B</a> <a href="#gone">C</a></p>'
    section = {"aspect": "overview", "heading": "What is going on", "body": inside}
    change(make_live_condition(), sections=[section])
    make_dead_link(url)
    EmptySearch.objects.create(query=f"feet {changed.pk}", times=3, last_on=date(2026, 12, 1))
    Feedback.objects.create(condition=changed, was_helpful=True, sent_on=date(2026, 12, 1))


def test_page_takes_as_many_queries_for_three_of_each_as_for_one(client, editor):
    make_work()
    client.get(reverse("content-today"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("content-today"))
    make_work(), make_work()

    with CaptureQueriesContext(connection) as three:
        response = client.get(reverse("content-today"))

    assert len(three) == len(one)
    assert all(len(work.lines) >= 3 for work in response.context["work_lists"])


def test_page_says_what_to_do_and_links_there(client, editor):
    make_condition(title="<b>Cramp</b>")

    text = client.get(reverse("content-today")).text

    assert "“&lt;b&gt;Cramp&lt;/b&gt;” has never been on the site." in text
    assert "Finish and publish it</a>" in text
    said = {key for key, sentence in EMPTY.items() if sentence in text}
    assert said == set(EMPTY) - {"drafts", "links"}
    assert "The links have not been checked yet." in text


def test_every_line_leads_to_a_page_that_opens(client, editor):
    make_work()

    for group in ("Author", "Content", "Clinical reviewer"):
        editor.groups.set([Group.objects.get(name=group)])
        lists = client.get(reverse("content-today")).context["work_lists"]
        # A part of a page that is drawn once opens as the page does.
        addresses = {line.url.partition("#")[0] for work in lists for line in work.lines}
        statuses = {address: client.get(address).status_code for address in addresses}

        assert all(work.lines for work in lists), group
        assert len(statuses) >= 7, group
        assert set(statuses.values()) == {200}, group


def test_page_is_linked_from_the_index_and_the_list_of_articles(client, editor):
    link = f'href="{reverse("content-today")}"'

    pages = [
        client.get(reverse("admin:index")),
        client.get(reverse("admin:app_list", args=["conditions"])),
        client.get(reverse("admin:app_list", args=["clinic"])),
    ]

    assert [link in page.text for page in pages] == [True, True, False]


def test_page_is_for_those_who_may_see_articles(client, editor):
    editor.groups.set([Group.objects.get(name="Front desk")])

    assert client.get(reverse("content-today")).status_code == 403
    assert client.post(reverse("check-links")).status_code == 403
    assert reverse("content-today") not in client.get(reverse("admin:index")).text

    editor.user_permissions.add(Permission.objects.get(codename="view_condition"))
    page = client.get(reverse("content-today"))

    assert page.status_code == 200
    assert "Check the links now" not in page.text
    assert client.post(reverse("check-links")).status_code == 403


def test_page_asks_to_sign_in(client):
    for name in ("content-today", "check-links"):
        response = client.get(reverse(name))

        assert response.url == f"{reverse('admin:login')}?next={reverse(name)}"


def test_links_are_checked_on_demand(client, editor, settings):
    settings.LINK_CHECKS = True
    page = client.get(reverse("content-today"))

    first = client.post(reverse("check-links"), follow=True)
    second = client.post(reverse("check-links"), follow=True)

    assert "Check the links now" in page.text
    assert "The links are being checked." in first.text
    assert "A check of the links is waiting already." in second.text
    assert first.redirect_chain == [(f"{reverse('content-today')}#links", 302)]
    assert ProcrastinateJob.objects.filter(task_name="conditions.check_links").count() == 1


def test_links_are_not_checked_where_that_is_switched_off(client, editor, settings):
    settings.LINK_CHECKS = False

    page = client.get(reverse("content-today"))
    posted = client.post(reverse("check-links"), follow=True)

    assert "Check the links now" not in page.text
    assert "Link checks are switched off on this site." in page.text
    assert (
        "Link checks are switched off on this site."
        in posted.text.partition("messagelist")[2].partition("</ul>")[0]
    )
    assert not ProcrastinateJob.objects.filter(task_name="conditions.check_links").exists()


def test_links_are_checked_by_a_post_alone(client, editor):
    assert client.get(reverse("check-links")).status_code == 405
    assert client.post(reverse("content-today")).status_code == 405


def test_page_says_when_links_were_checked(client, editor):
    make_dead_link(is_alive=True)

    text = client.get(reverse("content-today")).text

    assert "Last checked on December 7, 2026, 7:00 AM." in text
    assert EMPTY["links"] in text
