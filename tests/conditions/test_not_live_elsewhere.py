"""What is not live is not in the places that other pages and steps make of articles either."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from conditions.images import copy_url
from conditions.models import GlossaryTerm, RelatedTopic
from conditions.publishing import publish
from tests.booking.factories import make_available_time, make_service
from tests.booking.journeys import pass_screening

from .factories import (
    NOW,
    link_red_flag,
    make_caution,
    make_claim,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_red_flag,
    make_remedy,
    make_treatment,
)
from .pictures import make_image, picture_file, show
from .test_not_live import STATES, WORD, hide

pytestmark = pytest.mark.django_db
EACH_STATE = pytest.mark.parametrize("state", STATES)
EACH_KIND = pytest.mark.parametrize("make", [make_condition, make_treatment])


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def make_hidden(state, make=make_condition, **kwargs):
    words = {"title": WORD, "summary": WORD, "lede": WORD, "slug": "hiddenword"}
    article = make(**words | kwargs)
    hide(article, state)
    return article


def shown(client, url, **kwargs):
    """Return the page, in which the hidden word must not be."""
    response = client.get(url, **kwargs)
    assert WORD.lower() not in response.text.lower(), url
    return response


def status_of_hidden(state):
    return 410 if state == "taken-off" else 404


@EACH_STATE
@EACH_KIND
def test_hidden_article_has_no_pages_beside_its_own(client, state, make):
    url = make_hidden(state, make).get_absolute_url()

    for tail in ("cautions/", "feedback/", "feedback/thanks/"):
        read = client.get(url + tail)
        sent = client.post(url + tail, {"medicines": "x", "helpful": "yes"})

        assert read.status_code == status_of_hidden(state), tail
        assert sent.status_code in {status_of_hidden(state), 405}, tail
        assert WORD not in read.text + sent.text, tail


@EACH_STATE
@pytest.mark.parametrize("kind", ["related", "confused"])
def test_hidden_article_is_no_related_topic(client, state, kind):
    condition = make_condition()
    words = {"kind": kind, "question": f"{WORD} or not?", "text": f"{WORD} stops."}
    RelatedTopic.objects.create(condition=condition, other=make_hidden(state), **words)
    publish(condition, by="tests", now=NOW)

    response = shown(client, condition.get_absolute_url())

    assert response.status_code == 200


@EACH_STATE
def test_hidden_article_is_not_on_the_page_of_its_treatment(client, state):
    treatment = make_live_treatment(now=NOW - timedelta(days=2))
    condition = make_condition(title=WORD, slug="hiddenword")
    make_claim(condition=condition, treatment=treatment, text=f"{WORD} eases.")
    make_caution(treatment=treatment)
    hide(condition, state)
    publish(treatment, by="tests", now=NOW)

    page = shown(client, treatment.get_absolute_url())
    cautions = shown(client, f"{treatment.get_absolute_url()}cautions/")

    assert (page.status_code, cautions.status_code) == (200, 200)


@EACH_STATE
def test_remedy_of_a_hidden_treatment_is_found_by_no_search(client, state):
    treatment = make_treatment(title="Herbs", slug="herbs")
    make_remedy(treatment=treatment, name=f"{WORD}wort", slug="hiddenwordwort", tradition=WORD)
    hide(treatment, state)

    response = client.get("/conditions/", {"q": "hiddenwordwort"})

    assert response.context["answer"].results == ()
    assert "/treatments/herbs/" not in response.text


@EACH_STATE
def test_word_that_hidden_articles_alone_use_is_explained_nowhere(client, state):
    GlossaryTerm.objects.create(term=WORD, definition=f"{WORD} means this.")
    make_hidden(state)
    live = make_live_condition()

    for url in (live.get_absolute_url(), "/conditions/", "/"):
        assert shown(client, url).status_code == 200


@EACH_STATE
@EACH_KIND
def test_image_of_a_hidden_article_is_not_served(client, state, make):
    image = make_image(picture_file(size=(400, 300)))
    article = make()
    show(image, **{article.revision_field: article})
    hide(article, state)

    for ending in ("avif", "webp", "jpg"):
        response = client.get(copy_url(image.name, 400, ending))

        assert response.status_code == 404
        assert not response.cookies
        assert "no-store" in response.headers["Cache-Control"]


@EACH_STATE
def test_hidden_article_is_not_known_to_the_steps_of_a_booking(state):
    service = make_service(slug="first")
    make_available_time(service)
    make_red_flag(code="global.flag", is_global=True)
    condition = make_condition(title=WORD, slug="hiddenword", red_flags=[])
    flag = make_red_flag(code="hidden.flag", statement=WORD, question=f"{WORD}?", label=WORD)
    link_red_flag(condition, flag, qualifier=WORD)
    hide(condition, state)
    for step in ("safety", "times", "details"):
        visitor = Client()
        pass_screening(visitor, service)

        response = visitor.get(f"/book/first/{step}/?condition=hiddenword", follow=True)

        assert response.status_code == 200, step
        assert response.context["condition"] == response.context["condition_title"] == "", step
        # A link may repeat what the address said.
        text = response.text.lower().replace("condition=hiddenword", "")
        assert WORD.lower() not in text, step
        assert "hidden.flag" not in text, step


API = ["/api/", "/api/v1/", "/api/v1/conditions/", "/api/v1/conditions/hiddenword/",
       "/api/v1/treatments/", "/api/v1/openapi.json"]  # fmt: skip


@EACH_STATE
def test_there_is_no_other_way_in(client, state):
    make_hidden(state)

    statuses = {
        url: shown(client, url, headers={"accept": "application/json"}).status_code for url in API
    }

    assert statuses == dict.fromkeys(API, 404)


@EACH_STATE
@EACH_KIND
def test_no_query_brings_a_hidden_article_out(client, state, make):
    url = make_hidden(state, make).get_absolute_url()

    for query in ("?preview=1", "?revision=1", "?edition=1", "?draft", "?now=2099"):
        response = client.get(url + query)

        assert response.status_code == status_of_hidden(state), query
        assert WORD not in response.text, query


OTHER_PAGES = ["/contact/", "/privacy/", "/accessibility/", "/robots.txt", "/no-such-page/",
               "/conditions/no-such-page/", "/treatments/no-such-page/"]  # fmt: skip


@EACH_STATE
def test_hidden_article_is_on_no_other_page(client, state):
    make_hidden(state)
    make_hidden(state, make_treatment)

    for url in OTHER_PAGES:
        assert shown(client, url).status_code in {200, 404}, url
