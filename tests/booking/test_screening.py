from datetime import timedelta

import pytest
from django.core import signing

from booking.screening import ScreeningPass, issue_pass, read_pass
from conditions.models import CareLevel
from conditions.red_flags import Flag, FlagSet, Outcome

from .factories import NOW


def make_flag(code="speech.slurred", level=CareLevel.EMERGENCY, version=1):
    return Flag(
        code=code,
        label="Slurred speech",
        statement="Your speech is slurred",
        question="Is your speech slurred?",
        level=level,
        version=version,
        qualifier="",
        is_global=True,
    )


def make_flag_set(*flags, condition="spasms-and-twitches"):
    return FlagSet(condition=condition, title="", flags=flags or (make_flag(),))


def test_a_pass_comes_back_as_it_was_issued():
    flag_set = make_flag_set()
    outcome = Outcome(level=CareLevel.URGENT, ruleset=flag_set.ruleset)

    value = issue_pass(flag_set, outcome, now=NOW)

    assert read_pass(value, flag_set=flag_set, now=NOW) == ScreeningPass(
        condition="spasms-and-twitches",
        ruleset=flag_set.ruleset,
        outcome="urgent",
        screened_at=NOW,
    )


def test_a_pass_without_flags_says_none():
    flag_set = make_flag_set()

    value = issue_pass(flag_set, Outcome(level=None, ruleset=flag_set.ruleset), now=NOW)

    assert read_pass(value, flag_set=flag_set, now=NOW).outcome == "none"


def test_an_emergency_gets_no_pass():
    flag_set = make_flag_set()

    with pytest.raises(ValueError, match="emergency"):
        issue_pass(flag_set, Outcome(level=CareLevel.EMERGENCY, ruleset="x"), now=NOW)


@pytest.mark.parametrize(
    ("now", "holds"),
    [
        (NOW + timedelta(hours=24) - timedelta(seconds=1), True),
        (NOW + timedelta(hours=24), False),
        (NOW - timedelta(minutes=5), True),
        (NOW - timedelta(minutes=5, seconds=1), False),
    ],
    ids=["just inside", "a day later", "by a clock that is ahead", "from the future"],
)
def test_a_pass_holds_for_a_day(now, holds):
    flag_set = make_flag_set()
    value = issue_pass(flag_set, Outcome(level=None, ruleset=flag_set.ruleset), now=NOW)

    assert (read_pass(value, flag_set=flag_set, now=now) is not None) == holds


@pytest.mark.parametrize(
    "changed",
    [
        make_flag_set(condition="migraine"),
        make_flag_set(make_flag(version=2)),
        make_flag_set(make_flag(level=CareLevel.URGENT)),
        make_flag_set(make_flag(), make_flag("face.droop")),
    ],
    ids=["other article", "new words", "other level", "one more flag"],
)
def test_a_pass_holds_for_these_questions_alone(changed):
    flag_set = make_flag_set()
    value = issue_pass(flag_set, Outcome(level=None, ruleset=flag_set.ruleset), now=NOW)

    assert read_pass(value, flag_set=changed, now=NOW) is None


@pytest.mark.parametrize("value", [None, "", "nonsense", "a:b:c", "\x00", "é" * 5000], ids=repr)
def test_a_forged_pass_is_no_pass(value):
    assert read_pass(value, flag_set=make_flag_set(), now=NOW) is None


def test_a_pass_signed_for_something_else_is_no_pass():
    flag_set = make_flag_set()
    claims = {
        "condition": flag_set.condition,
        "ruleset": flag_set.ruleset,
        "outcome": "none",
        "screened_at": NOW.timestamp(),
    }

    assert read_pass(signing.dumps(claims, salt="other"), flag_set=flag_set, now=NOW) is None
