import logging

import pytest

from booking import interruption
from booking.interruption import find_interruption
from conditions.models import CareLevel

from .journeys import make_red_flag

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def flags():
    make_red_flag("chest", CareLevel.EMERGENCY, search_words="chest pain")
    make_red_flag("speech", CareLevel.EMERGENCY, search_words="slurred speech")
    make_red_flag("calf", CareLevel.URGENT, search_words="swollen calf")
    make_red_flag("crisis", CareLevel.EMERGENCY, search_words="suicidal", statement="{crisis}")
    make_red_flag("off", CareLevel.EMERGENCY, search_words="dizzy", is_active=False)


def codes(flags):
    return [flag.code for flag in flags]


def test_find_interruption_names_each_flag_where_it_is_drawn():
    found = find_interruption("Suicidal, with slurred speech.", shown="")

    assert (codes(found.crises), codes(found.emergencies), codes(found.today)) == (
        ["crisis"],
        ["speech"],
        [],
    )
    assert found.shown == "crisis speech"


def test_find_interruption_shows_what_must_be_seen_today():
    found = find_interruption("A swollen calf", shown="")

    assert (codes(found.today), found.emergencies, found.crises) == (["calf"], [], [])


@pytest.mark.parametrize("text", ["", "Twitching eyelid", "no slurred speech", "dizzy", "\0"])
def test_find_interruption_is_none_without_a_sign(text):
    assert find_interruption(text, shown="") is None


@pytest.mark.parametrize(
    "shown", ["speech", "speech calf", "  speech\n<b>x</b>", "x" * 9000 + " speech"]
)
def test_find_interruption_does_not_show_a_flag_twice(shown):
    assert find_interruption("slurred speech", shown=shown) is None


def test_find_interruption_shows_a_new_flag_and_remembers_the_old_one():
    found = find_interruption("slurred speech and chest pain", shown="speech")

    assert (codes(found.flags), found.shown) == (["chest"], "chest speech")


def test_find_interruption_goes_on_after_an_error_and_logs_no_word_of_it(monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr(interruption, "flags_named_in", fail)

    with caplog.at_level(logging.ERROR):
        assert find_interruption("secret slurred speech", shown="") is None

    assert [record.name for record in caplog.records] == ["booking.interruption"]
    assert "secret" not in caplog.text
