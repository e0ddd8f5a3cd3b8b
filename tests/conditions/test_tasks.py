"""The daily round of link checks. Nothing here goes out: what would is replaced."""

from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from clinic import outbound
from conditions import tasks
from conditions.models import LinkCheck

from .factories import NOW, make_live_with_text

STARTED = int(NOW.timestamp())


@pytest.fixture
def asked(monkeypatch, settings):
    """Turn link checks on, let every site answer 200, and return what was asked, and how."""
    settings.LINK_CHECKS = True
    urls = []

    def status_of(self, url):
        urls.append((url, connection.in_atomic_block))
        return 200

    monkeypatch.setattr(outbound.Client, "status_of", status_of)
    monkeypatch.setattr(tasks, "SECONDS_BETWEEN_LINKS_OF_A_SITE", 0)
    return urls


def make_page_with_links(*urls):
    make_live_with_text("".join(f'<p><a href="{url}">A</a></p>' for url in urls))


def waiting_jobs():
    jobs = ProcrastinateJob.objects.filter(task_name="conditions.check_links", status="todo")
    return list(jobs.values_list("args", "priority"))


def test_worker_knows_the_task_and_when_it_is_due():
    task = app.tasks["conditions.check_links"]

    due = {
        periodic.task.name: periodic.cron
        for periodic in app.periodic_registry.periodic_tasks.values()
    }
    assert due[task.name] == "43 3 * * *"
    assert (task.queueing_lock, task.priority) == ("conditions.check_links", -10)


def test_round_tries_every_link_outside_a_transaction(transactional_db, asked, clock):
    make_page_with_links("https://a.example/1", "https://b.example/", "https://a.example/2")
    LinkCheck.objects.create(url="https://old.example/", checked_at=NOW, is_alive=False)

    tasks.check_links(timestamp=STARTED)

    assert asked == [
        ("https://a.example/1", False),
        ("https://a.example/2", False),
        ("https://b.example/", False),
    ]
    assert set(LinkCheck.objects.values_list("url", "is_alive", "checked_at")) == {
        (url, True, NOW + timedelta(minutes=1)) for url, _ in asked
    }
    assert waiting_jobs() == []


def test_round_goes_on_in_the_next_job(transactional_db, asked, clock, monkeypatch):
    monkeypatch.setattr(tasks, "SECONDS_OF_A_JOB", 0)
    make_page_with_links("https://a.example/", "https://b.example/")

    tasks.check_links(timestamp=STARTED)
    first = (list(asked), waiting_jobs())
    tasks.check_links(timestamp=STARTED)

    assert first == ([("https://a.example/", False)], [({"timestamp": STARTED}, -10)])
    assert [url for url, _ in asked] == ["https://a.example/", "https://b.example/"]


def test_round_yields_to_a_newer_one(transactional_db, asked, clock, monkeypatch):
    monkeypatch.setattr(tasks, "SECONDS_OF_A_JOB", 0)
    make_page_with_links("https://a.example/", "https://b.example/")
    tasks.start_round()

    tasks.check_links(timestamp=STARTED)

    assert waiting_jobs() == [({"timestamp": STARTED + 60}, -10)]


def test_round_is_gentle_with_one_site(transactional_db, asked, clock, monkeypatch):
    pauses = []
    monkeypatch.setattr(tasks, "SECONDS_BETWEEN_LINKS_OF_A_SITE", 1)
    monkeypatch.setattr(tasks.time, "sleep", pauses.append)
    make_page_with_links("https://a.example/1", "https://a.example/2", "https://b.example/")

    tasks.check_links(timestamp=STARTED)

    assert (len(asked), pauses) == (3, [1])


def test_round_logs_the_site_of_a_dead_link_and_nothing_else(
    transactional_db, asked, clock, monkeypatch, caplog
):
    monkeypatch.setattr(outbound.Client, "status_of", lambda self, url: 404)
    make_page_with_links("https://a.example/secret?token=1")

    tasks.check_links(timestamp=STARTED)

    assert caplog.messages == ["A link to a.example is dead."]


@pytest.mark.django_db
def test_switched_off_nothing_is_tried_or_forgotten(asked, clock, settings):
    settings.LINK_CHECKS = False
    make_page_with_links("https://a.example/")
    LinkCheck.objects.create(url="https://old.example/", checked_at=NOW, is_alive=False)

    tasks.check_links(timestamp=STARTED)

    assert (asked, LinkCheck.objects.count()) == ([], 1)


@pytest.mark.django_db
def test_start_round_queues_one_at_a_time(clock):
    assert tasks.start_round() is True
    assert tasks.start_round() is False

    started = int((NOW + timedelta(minutes=1)).timestamp())
    assert waiting_jobs() == [({"timestamp": started}, -10)]


def test_worker_runs_the_round(run_worker, asked, clock):
    make_page_with_links("https://a.example/")
    tasks.start_round()

    run_worker()

    assert [url for url, _ in asked] == ["https://a.example/"]
    assert list(ProcrastinateJob.objects.values_list("task_name", "status")) == [
        ("conditions.check_links", "succeeded")
    ]
