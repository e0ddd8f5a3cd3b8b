"""What a document lacks, PostgreSQL refuses, or every page that reads it answers all the same."""

from copy import deepcopy
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import override_settings

from conditions.models import Condition, Revision, Treatment
from tests.booking.factories import make_service
from tests.copies import taken_back
from tests.html_tree import parse

from .constraints import before
from .factories import NOW, make_red_flag, numbers
from .whole import make_whole_condition, sign

pytestmark = pytest.mark.django_db

READ_ALL = [
    "/conditions/",
    "/conditions/?q=warfarin",
    "/conditions/?q=twitching+muscle",
    "/conditions/feed/",
    "/treatments/",
    "/sitemap.xml",
]


@pytest.fixture(scope="module")
def whole(django_db_setup, django_db_blocker, tmp_path_factory):
    """An article that has everything, a clinic-wide sign among it, and the treatment it offers.

    Made once for all tests of this file; none of them changes it.
    """
    with (
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")),
        time_machine.travel(NOW + timedelta(minutes=1), tick=False),
        taken_back(django_db_blocker),
    ):
        make_red_flag(is_global=True)
        make_service(slug="first")
        yield make_whole_condition()


def places(part, path=()):
    """Yield the path to everything that stands under a name, and to what stands in a list alone."""
    entries = part.items() if isinstance(part, dict) else enumerate(part)
    for name, inner in entries:
        if isinstance(part, dict) or not isinstance(inner, dict):
            yield (*path, name)
        if isinstance(inner, dict | list):
            yield from places(inner, (*path, name))


def part_at(document, path):
    for name in path:
        document = document[name]
    return document


def without(document, path):
    changed = deepcopy(document)
    del part_at(changed, path[:-1])[path[-1]]
    return changed


def with_null(document, path):
    changed = deepcopy(document)
    part_at(changed, path[:-1])[path[-1]] = None
    return changed


def make_live(model, document):
    """Return a new article that is live and signed with that document."""
    article = model.objects.create(slug=f"twin-{next(numbers)}", title="Twin")
    of_article = {"number": 1, article.revision_field: article}
    revision = {"document": document, "publish_at": NOW, "by_name": "SQL"}
    sign(Revision.objects.create(**revision, **of_article))
    return article


def make_if_accepted(model, document):
    """Return such an article, None if PostgreSQL refuses the document."""
    try:
        with transaction.atomic():
            return make_live(model, document)
    except IntegrityError:
        return None


def live_with_each(change, model):
    """Return what was changed, and the article that has it, of all that PostgreSQL accepts."""
    # The first one made of either kind is the one that has everything.
    document = model.objects.earliest("pk").revisions.get().document
    live = {path: make_if_accepted(model, change(document, path)) for path in places(document)}
    return {path: article for path, article in live.items() if article is not None}


def answers(client, article):
    """Return the status of each page that reads the article's document."""
    page = article.get_absolute_url()
    told = {"medicines": "warfarin", "pregnant": "on"}
    responses = [
        client.get(page),
        client.get(f"{page}cautions/"),
        client.post(f"{page}cautions/", told),
        client.get(f"/book/first/safety/?condition={article.slug}"),
    ]
    return [response.status_code for response in responses]


OF_REMEDIES = {
    "allergy_family", "amount_rows", "forms", "is_offered", "medicine_classes",
    "no_cautions_signed_by", "pregnancy",
}  # fmt: skip
OF_ALL = {*OF_REMEDIES, "author", "glossary", "images"}


@pytest.mark.parametrize(
    ("model", "change", "names"),
    [
        (Condition, without, {*OF_ALL, "is_linked", "no_emergency", "related", "synonyms"}),
        (Condition, with_null, {"high", "midline_cun", "year"}),
        (Treatment, without, {*OF_ALL, "position", "red_flags"}),
        (Treatment, with_null, {"high", "midline_cun", "year"}),
    ],
    ids=["condition without", "condition with null", "treatment without", "treatment with null"],
)
def test_document_that_lacks_something_breaks_no_page(client, whole, model, change, names):
    client.raise_request_exception = False

    live = live_with_each(change, model)

    assert {path[-1] for path in live if isinstance(path[-1], str)} == names
    assert {path: answers(client, live[path]) for path in live} == dict.fromkeys(live, [200] * 4)
    # Each of these reads all of the documents, but for the feed, which reads the newest.
    assert [client.get(url).status_code for url in READ_ALL] == [200] * len(READ_ALL)


def flag_without(name):
    return lambda flag: {key: value for key, value in flag.items() if key != name}


@pytest.mark.parametrize(
    "broken",
    [
        flag_without("code"),
        flag_without("version"),
        flag_without("is_global"),
        lambda flag: flag | {"level": "rumor"},
        lambda flag: flag | {"level": None},
        lambda flag: flag | {"code": ["a", "list"]},
        lambda flag: None,
        lambda flag: "a sign",
    ],
    ids=["no code", "no version", "no is_global", "odd level", "no level", "codes", "null", "text"],
)
def test_sign_of_an_older_edition_that_cannot_be_read_shows_whom_to_call(
    client, whole, broken, caplog
):
    document = whole.revisions.get().document
    flag, *others = document["red_flags"]
    with before("well_formed_condition"):
        article = make_live(Condition, document | {"red_flags": [*others, broken(flag), flag]})
    safety = f"/book/first/safety/?condition={article.slug}"

    for response in (client.get(safety), client.post(safety, {"none": "on"})):
        main = parse(response.content).one("main")
        assert response.status_code == 200
        assert main.one("h1").text == "Please call us to book"
        assert main.one("section", data_care_level="emergency").one("a").get("href") == "tel:911"
        assert main.all("form") == []
        assert not response.cookies
    assert caplog.text.count("the red flags could not be loaded") == 2


@pytest.mark.parametrize("number", [10**10, -(10**10)])
@pytest.mark.parametrize("path", [("sources", 0, "year"), ("red_flags", 0, "version")])
def test_number_that_is_none_of_a_page_is_refused(whole, path, number):
    document = deepcopy(whole.revisions.get().document)
    part_at(document, path[:-1])[path[-1]] = number

    assert make_if_accepted(Condition, document) is None
