from datetime import timedelta

import pytest

from conditions.models import Condition, MedicineClass, Revision
from conditions.publishing import publish, unpublish
from conditions.search import Answer, clean_query, search, search_terms

from .factories import (
    NOW,
    make_acupoint,
    make_claim,
    make_condition,
    make_live_condition,
    make_live_treatment,
    make_remedy,
    make_section,
    make_treatment,
)

NAMES = ["twitch", "muscle cramp", "charley horse", "eyelid twitch", "fasciculation"]


def make_spasms(**kwargs):
    defaults = {
        "title": "Spasms and twitches",
        "summary": "Why muscles flicker, and the signs that need help fast.",
        "names": NAMES,
    }
    return make_live_condition(**defaults | kwargs)


def titles(query):
    return [result.name for result in search(query, now=NOW).results]


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
    [
        "",
        "xyzzy",
        "numb lips",
        "%",
        "_",
        "&|!():*",
        "'; DROP TABLE x; --",
        "🙂",
        "the",
        "and",
        "\\",
    ],
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
    assert search_terms("my eye keeps The my eye and") == ["keeps", "eye"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["-" * 33, "- " * 50, "-(" * 50, "zq-" * 33, '"' * 99, "!&|:*" * 20]
)
def test_search_takes_no_sign_for_an_operator(text):
    make_spasms()
    cleaned = clean_query(text)

    assert titles(cleaned) == []
    assert titles(f"{cleaned[:80]} flicker") == ["Spasms and twitches"]


def make_acupuncture(*, now=NOW):
    """Return a live treatment with one point."""
    acupuncture = make_treatment(slug="acupuncture", title="Acupuncture")
    make_acupoint(
        treatment=acupuncture,
        slug="ub-13",
        name="UB 13",
        who_code="BL13",
        other_code="UB13",
        pinyin="Feishu",
        english_name="Lung Shu",
        level_with="T3",
    )
    publish(acupuncture, by="tests", now=now)
    return acupuncture


def make_herbs():
    """Return a draft of a treatment with one herb, and the herb."""
    herbs = make_treatment(slug="herbs", title="Herbs")
    claw = make_remedy(
        treatment=herbs,
        slug="devils-claw",
        name="Devil's claw",
        latin_name="Harpagophytum procumbens",
    )
    return herbs, claw


def found(query):
    return [(result.name, result.place, result.url) for result in search(query, now=NOW).results]


@pytest.mark.django_db
def test_search_takes_all_words_before_some_of_them():
    make_spasms()
    make_live_condition(title="Eye strain", names=["tired eyes"])

    all_words, some_words = search("eyelid twitch", now=NOW), search("eye twitch", now=NOW)

    assert (all_words.how, titles("eyelid twitch")) == ("all words", ["Spasms and twitches"])
    assert some_words.how == "some words"
    assert sorted(titles("eye twitch")) == ["Eye strain", "Spasms and twitches"]


@pytest.mark.django_db
def test_search_for_some_words_counts_matches_first():
    make_live_condition(title="Pain", names=["pain", "painful", "bad pain"])
    make_live_condition(title="Sciatica", names=["leg trouble", "back trouble"])

    assert titles("pain back leg xyzzy") == ["Sciatica", "Pain"]


@pytest.mark.django_db
def test_search_takes_a_word_in_the_text_alone_for_chance_among_others():
    condition = make_condition(title="Migraine")
    make_section(condition=condition, aspect="causes", body="<p>Weather can set it off.</p>")
    publish(condition, by="tests", now=NOW)

    assert titles("weather") == ["Migraine"]
    assert titles("weather tomorrow") == []


@pytest.mark.django_db
def test_search_by_a_name_says_which():
    make_spasms()

    answer = search("fasiculation", now=NOW)

    assert (answer.how, answer.shown_for) == ("a name", "fasciculation")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "shown_for"),
    [
        ("my eye keeps twiching", "my eye keeps twitch"),
        ("Flicker and a Muscel cramp", "Flicker and a muscle cramp"),
        # Known by the other page, too short, or as much like a name as another word may be.
        ("flicker keeps", ""),
        ("flicker crmp", ""),
        ("flicker muffle", ""),
    ],
)
def test_search_corrects_a_word_that_no_page_has(query, shown_for):
    make_spasms()
    make_live_condition(title="Restless legs", summary="What keeps you up.")

    answer = search(query, now=NOW)

    assert (answer.how == "other words", answer.shown_for) == (bool(shown_for), shown_for)
    assert "Spasms and twitches" in [result.name for result in answer.results]


@pytest.mark.django_db
def test_search_puts_the_corrected_word_before_a_chance_one(django_assert_num_queries):
    make_spasms()
    make_live_condition(title="Restless legs", summary="What keeps you up.")

    with django_assert_num_queries(6):
        answer = search("it keeps twiching", now=NOW)

    assert [result.name for result in answer.results] == ["Spasms and twitches", "Restless legs"]


@pytest.mark.django_db
def test_search_corrects_no_word_of_a_medicine():
    MedicineClass.objects.create(slug="brand", name="Brands", names="Twitcha")
    make_live_treatment(title="Needles")
    make_spasms()

    assert search("twitcha flicker", now=NOW).how == "some words"
    assert search("twitcho flicker", now=NOW).how == "other words"


@pytest.mark.django_db
def test_search_takes_a_name_in_two_words_or_one():
    make_live_condition(title="Neck pain", names=["neck ache", "can't turn my head"])
    make_live_condition(title="Migraine", names=["sick headache"])

    assert titles("head ache")[0] == "Migraine"
    assert titles("neckache") == ["Neck pain"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["UB13", "BL 13", "bl-13", "feishu", "Fei Shu", "fèishū", "lung shu"]
)
def test_search_finds_a_point_by_each_of_its_names(query):
    make_acupuncture()

    assert found(query) == [
        ("UB 13 (Feishu)", "Acupuncture", "/treatments/acupuncture/#remedy-ub-13")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["BL 14", "ub99", "UB 1"])
def test_search_takes_no_code_for_another(query):
    make_acupuncture()

    assert found(query) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    ["devils claw", "devil's claw", "devil’s claw", "DEVIL CLAW", "devilsclaw", "harpagophytum"],
)
def test_search_finds_an_herb_with_any_apostrophe_then_the_articles_that_use_it(query):
    herbs, claw = make_herbs()
    publish(herbs, by="tests", now=NOW)
    condition = make_condition(slug="sciatica", title="Sciatica")
    make_claim(condition=condition, treatment=herbs, remedy=claw)
    publish(condition, by="tests", now=NOW)

    assert found(query) == [
        ("Devil's claw", "Herbs", "/treatments/herbs/#remedy-devils-claw"),
        ("Devil's claw", "Sciatica", "/conditions/sciatica/"),
    ]


@pytest.mark.django_db
def test_search_finds_a_remedy_within_a_question():
    make_acupuncture()

    assert found("where is ub 13")[0][0] == "UB 13 (Feishu)"


@pytest.mark.django_db
def test_search_finds_what_the_clinic_does_not_use_in_the_article_that_names_it():
    herbs, _claw = make_herbs()
    kava = make_remedy(treatment=herbs, slug="kava", name="Kava", is_offered=False)
    publish(herbs, by="tests", now=NOW)
    condition = make_condition(slug="insomnia", title="Insomnia")
    make_claim(condition=condition, treatment=herbs, remedy=kava)
    publish(condition, by="tests", now=NOW)

    assert found("kava") == [("Kava", "Insomnia", "/conditions/insomnia/")]


UNSEEN = ["acupuncture", "acupunctur", "UB13", "fei shu", "spasms", "twiches"]


@pytest.mark.django_db
@pytest.mark.parametrize("query", UNSEEN)
def test_search_sees_no_draft(query):
    make_acupoint(treatment=make_treatment(title="Acupuncture"), other_code="UB13", pinyin="Feishu")
    make_condition(title="Spasms and twitches", names=NAMES)

    assert search(query, now=NOW) == Answer()


@pytest.mark.django_db
@pytest.mark.parametrize("query", UNSEEN)
def test_search_sees_nothing_before_its_time_nor_what_was_withdrawn(query):
    later = NOW + timedelta(hours=1)
    make_acupuncture(now=later)
    make_spasms(now=later)

    before, after = search(query, now=NOW), search(query, now=later)
    Revision.objects.update(withdrawn_at=NOW)

    assert before == Answer()
    assert after.results != ()
    assert search(query, now=later) == Answer()


@pytest.mark.django_db
@pytest.mark.parametrize("query", UNSEEN)
def test_search_sees_nothing_that_was_taken_off(query):
    unpublish(make_acupuncture(), by="tests", now=NOW)
    unpublish(make_spasms(), by="tests", now=NOW)

    assert search(query, now=NOW) == Answer()


@pytest.mark.django_db
def test_search_reads_documents_from_before_there_were_more_keys():
    make_spasms()
    document = make_acupuncture().revisions.get().document
    for facts in document["remedies"]:
        del facts["is_offered"], facts["amount_rows"]
    treatment = make_treatment(title="Older")
    Revision.objects.create(
        treatment=treatment, number=1, document=document, publish_at=NOW, by_name="tests"
    )

    assert [place for _, place, _ in found("UB13")] == ["Acupuncture", "Acupuncture"]


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("query", ["spasms", "feishu", "twiches", "xyzzy"])
def test_search_takes_three_queries(django_assert_num_queries, number, query):
    for _ in range(number):
        make_spasms()
        make_remedy(treatment=make_treatment())
    make_acupuncture()

    with django_assert_num_queries(3):
        search(query, now=NOW)
