from datetime import timedelta

import pytest

from conditions.models import CareLevel, RedFlag
from conditions.publishing import publish, unpublish
from conditions.red_flags import (
    Flag,
    FlagSet,
    UnknownFlag,
    assess,
    flags_for_screening,
    flags_of,
)

from .factories import (
    NOW,
    link_red_flag,
    make_condition,
    make_live_condition,
    make_red_flag,
)


def flag(code="speech.slurred", level="emergency", version=1, **kwargs):
    defaults = {
        "label": "Slurred speech",
        "statement": "Slurred speech, or lost words",
        "question": "Is your speech slurred?",
        "qualifier": "",
        "is_global": False,
    }
    return Flag(code=code, level=CareLevel(level), version=version, **defaults | kwargs)


def flag_set(*flags):
    return FlagSet(condition="", title="", flags=flags)


ASKED = flag_set(flag("a", "emergency"), flag("b", "urgent"), flag("c", "see_doctor"))


@pytest.mark.parametrize(
    ("codes", "level"),
    [
        ([], None),
        (["c"], CareLevel.SEE_DOCTOR),
        (["c", "b"], CareLevel.URGENT),
        (["b", "a", "c"], CareLevel.EMERGENCY),
        (["b", "b"], CareLevel.URGENT),
    ],
    ids=["none", "doctor", "urgent", "emergency", "twice"],
)
def test_assess_gives_the_most_urgent_level(codes, level):
    outcome = assess(ASKED, codes)

    assert (outcome.level, outcome.ruleset) == (level, ASKED.ruleset)


def test_assess_refuses_a_code_that_was_not_asked():
    with pytest.raises(UnknownFlag):
        assess(ASKED, ["a", "z"])


def test_ruleset_is_the_same_in_any_order():
    assert flag_set(flag("a"), flag("b")).ruleset == flag_set(flag("b"), flag("a")).ruleset


def test_ruleset_has_32_hex_digits():
    assert len(ASKED.ruleset) == 32
    assert int(ASKED.ruleset, 16) > 0


@pytest.mark.parametrize(
    "other",
    [flag("b"), flag("a", version=2), flag("a", "urgent")],
    ids=["code", "version", "level"],
)
def test_ruleset_changes_with_what_is_asked(other):
    assert flag_set(flag("a")).ruleset != flag_set(other).ruleset


def test_ruleset_stays_when_only_the_words_beside_change():
    before = flag_set(flag("a", label="One"))

    assert flag_set(flag("a", label="Two")).ruleset == before.ruleset


@pytest.mark.parametrize(
    ("statement", "parts"),
    [
        ("Slurred speech, or lost words", ("Slurred speech", ", or lost words")),
        ("Words that will not come", ("", "Words that will not come")),
    ],
)
def test_flag_sets_its_label_apart_if_the_statement_begins_with_it(statement, parts):
    shown = flag(statement=statement)

    assert (shown.lead, shown.rest) == parts


def test_flags_of_a_document_without_flags_is_empty():
    assert flags_of({}) == ()


@pytest.mark.django_db
def test_screening_asks_global_flags_first_within_a_level():
    own = [make_red_flag(code="own.urgent", level="urgent"), make_red_flag(code="own.first")]
    make_red_flag(code="all.second", is_global=True, position=2)
    make_red_flag(code="all.first", is_global=True, position=1)
    make_red_flag(code="all.urgent", is_global=True, position=0, level="urgent")
    condition = make_live_condition(red_flags=own)

    asked = flags_for_screening(condition.slug, now=NOW)

    assert [flag.code for flag in asked.flags] == [
        "all.first",
        "all.second",
        "own.first",
        "all.urgent",
        "own.urgent",
    ]
    assert (asked.condition, asked.title) == (condition.slug, condition.title)


@pytest.mark.django_db
def test_page_shows_what_the_screening_asks_in_the_same_order():
    placed = make_red_flag(code="all.placed", is_global=True, position=0)
    own = [make_red_flag(code="own.first"), placed, make_red_flag(code="own.last")]
    make_red_flag(code="all.second", is_global=True, position=2)
    make_red_flag(code="all.first", is_global=True, position=1)
    make_red_flag(code="all.doctor", is_global=True, level="see_doctor")
    condition = make_live_condition(red_flags=own)

    shown = [flag.code for flag in flags_of(condition.revisions.get().document)]

    asked = flags_for_screening(condition.slug, now=NOW)
    assert shown == [flag.code for flag in asked.flags]
    assert shown == [
        "all.first",
        "all.second",
        "own.first",
        "all.placed",
        "own.last",
        "all.doctor",
    ]


@pytest.mark.django_db
def test_screening_asks_a_new_global_flag_before_the_page_shows_it():
    condition = make_live_condition(red_flags=[make_red_flag(code="own")])
    make_red_flag(code="all.new", is_global=True)

    asked = flags_for_screening(condition.slug, now=NOW)

    assert [flag.code for flag in asked.flags] == ["all.new", "own"]


@pytest.mark.django_db
def test_screening_asks_a_flag_once_at_its_more_urgent_level():
    flag = make_red_flag(code="a", is_global=True, level="urgent")
    condition = make_condition()
    link_red_flag(condition, flag, level="emergency", qualifier="together with spasms")
    publish(condition, by="tests", now=NOW)

    asked = flags_for_screening(condition.slug, now=NOW)

    (found,) = [flag for flag in asked.flags if flag.code == "a"]
    assert (found.level, found.qualifier, found.is_global) == (
        CareLevel.EMERGENCY,
        "together with spasms",
        True,
    )


@pytest.mark.django_db
def test_screening_asks_an_articles_flags_as_they_were_published():
    flag = make_red_flag(question="As published?")
    condition = make_live_condition(red_flags=[flag])

    RedFlag.objects.filter(pk=flag.pk).update(question="Changed?")

    asked = flags_for_screening(condition.slug, now=NOW)
    assert [flag.question for flag in asked.flags] == ["As published?"]


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["", "unknown", "nul\0byte", "x" * 5000, "sp ace", "../etc", "é"])
def test_screening_of_an_unknown_page_asks_global_flags_alone(slug):
    make_red_flag(code="all", is_global=True)
    make_red_flag(code="retired", is_global=True, is_active=False)
    make_live_condition()

    asked = flags_for_screening(slug, now=NOW)

    assert [flag.code for flag in asked.flags] == ["all"]
    assert (asked.condition, asked.title) == ("", "")


@pytest.mark.django_db
def test_screening_of_a_draft_asks_global_flags_alone():
    condition = make_condition()

    assert flags_for_screening(condition.slug, now=NOW).flags == ()


@pytest.mark.django_db
def test_screening_of_a_page_taken_off_asks_global_flags_alone():
    condition = make_live_condition()
    unpublish(condition, by="tests", now=NOW)

    assert flags_for_screening(condition.slug, now=NOW + timedelta(seconds=1)).flags == ()


@pytest.mark.django_db
def test_screening_takes_two_queries(django_assert_num_queries):
    condition = make_live_condition(red_flags=[make_red_flag() for _ in range(3)])

    with django_assert_num_queries(2):
        flags_for_screening(condition.slug, now=NOW)
