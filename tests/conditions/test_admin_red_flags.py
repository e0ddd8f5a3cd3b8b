"""What a red flag does to patients as soon as it is saved is said to whoever saves it."""

import pytest
from django.urls import reverse

from conditions.models import RedFlag

from .admin_pages import change_url, form_at
from .factories import make_red_flag

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ASKED = "It is asked before every booking from now on."
FOUND = "The search shows it like this from now on to whoever types one of its words."
NEW = {
    "code": "overdose",
    "label": "Overdose",
    "statement": "Too many pills",
    "question": "Did you take too many pills?",
    "level": "emergency",
    "is_active": "on",
    "position": "0",
}


def told(response):
    return {str(message) for message in response.context["messages"]} & {ASKED, FOUND}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, set()),
        ({"search_words": "took too many pills"}, {FOUND}),
        ({"search_words": "took too many pills", "level": "urgent"}, {FOUND}),
        ({"search_words": "took too many pills", "level": "see_doctor"}, set()),
        ({"search_words": "took too many pills", "is_global": "on"}, {ASKED, FOUND}),
        ({"is_global": "on"}, {ASKED}),
    ],
)
def test_new_red_flag_says_what_acts_at_once(client, staff, changes, words):
    url = reverse("admin:conditions_redflag_add")

    response = client.post(url, NEW | changes, follow=True)

    assert RedFlag.objects.get().code == "overdose"
    assert told(response) == words
    found = client.get("/conditions/?q=took+too+many+pills").context
    shown = [flag.code for flag in [*found["emergency_flags"], *found["today_flags"]]]
    assert shown == (["overdose"] if FOUND in words else [])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reviewed_by": "Dr. Test"}, set()),
        ({"statement": "Too many pills, or the wrong ones"}, {FOUND}),
        ({"search_words": "wrong pills"}, {FOUND}),
        ({"search_words": ""}, set()),
        ({"is_global": "on"}, {ASKED}),
    ],
)
def test_changed_red_flag_says_what_acts_at_once(client, staff, changes, words):
    flag = make_red_flag(search_words="too many pills")
    url = change_url(flag)

    response = client.post(url, form_at(client, url) | changes, follow=True)

    assert told(response) == words


def test_form_says_that_the_search_needs_no_article(client, staff):
    page = client.get(reverse("admin:conditions_redflag_add")).text

    assert "The search shows the sign from the moment you save it" in page
