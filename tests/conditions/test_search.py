import pytest

from conditions.models import Condition
from conditions.publishing import unpublish
from conditions.search import clean_query, search, search_terms

from .factories import NOW, make_condition, make_live_condition

NAMES = ["twitch", "muscle cramp", "charley horse", "eyelid twitch", "fasciculation"]


def make_spasms(**kwargs):
    defaults = {
        "title": "Spasms and twitches",
        "summary": "Why muscles flicker, and the signs that need help fast.",
        "names": NAMES,
    }
    return make_live_condition(**defaults | kwargs)


def titles(query):
    return [condition.live_title for condition in search(query, now=NOW)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "spasms",
        "Twitching",
        "twiches",
        "twitchs",
        "charly horse",
        "fasiculation",
        "my eye keeps twitching",
        "flicker",
        "pasms and",
        "tremor twitch",
        '"charley horse"',
    ],
)
def test_search_finds_the_article(query):
    make_spasms()
    make_live_condition(title="Migraine", names=["headache"])

    assert titles(query) == ["Spasms and twitches"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    ["", "xyzzy", "numb lips", "%", "_", "&|!():*", "'; DROP TABLE x; --", "🙂", "the", "\\"],
)
def test_search_finds_nothing_without_failing(query):
    make_spasms()

    assert titles(query) == []


@pytest.mark.django_db
def test_search_puts_the_title_before_the_summary():
    make_live_condition(title="Tremor", summary="How it differs from a twitch.")
    make_spasms()

    assert titles("twitch") == ["Spasms and twitches", "Tremor"]


@pytest.mark.django_db
def test_search_does_not_see_drafts():
    make_condition(title="Spasms", names=["twitch"])
    live = make_spasms(title="Sciatica", names=["leg pain"], summary="Pain down one leg.")
    Condition.objects.filter(pk=live.pk).update(title="Spasms", summary="Spasms")
    live.names.update(name="twitch")

    assert titles("spasms twitch") == []
    assert titles("twiches") == []


@pytest.mark.django_db
def test_search_does_not_see_what_was_taken_off():
    unpublish(make_spasms(), by="tests", now=NOW)

    assert titles("spasms") == []


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  leg \t cramp\n", "leg cramp"),
        ("a\0b", "a b"),
        ("x" * 5000, "x" * 100),
        ("\u202eevil", "evil"),
        ("抽筋 🙂", "抽筋 🙂"),
    ],
)
def test_clean_query_keeps_what_can_be_searched(typed, cleaned):
    assert clean_query(typed) == cleaned


def test_search_terms_are_the_words_to_mark():
    assert search_terms("my eye keeps my eye") == ["keeps", "eye"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["-" * 33, "- " * 50, "-(" * 50, "zq-" * 33, '"' * 99, "!&|:*" * 20]
)
def test_search_takes_no_sign_for_an_operator(text):
    make_spasms()
    cleaned = clean_query(text)

    assert search(cleaned, now=NOW) == []
    assert titles(f"{cleaned[:80]} flicker") == ["Spasms and twitches"]
