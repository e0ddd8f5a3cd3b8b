"""Red flags act as soon as they are imported: what changes is said, and none gets weaker unasked."""

import pytest
from django.core.management import call_command

from conditions.models import RedFlag
from conditions.red_flags import flags_for_screening, flags_named_in
from conditions.transfer import Content, import_content, write_content

from .factories import NOW, make_red_flag

pytestmark = pytest.mark.django_db
PAIN = {
    "code": "eye.pain",
    "label": "Eye pain",
    "statement": "Sudden eye pain",
    "question": "Do you have sudden eye pain?",
    "level": "emergency",
    "is_global": True,
    "search_words": ["eye hurts"],
}
WORDS = {**PAIN, "search_words": "eye hurts"}


def imported(update=True, **changes):
    return import_content(Content(red_flags=[{**PAIN, **changes}]), update=update)


def asked():
    return [(flag.question, flag.level) for flag in flags_for_screening("", now=NOW).flags]


WEAKER = {
    "in use": {"is_active": False},
    "asked before every booking": {"is_global": False},
    "level": {"level": "see_doctor"},
    "words that mean danger": {"search_words": []},
}


@pytest.mark.parametrize("name", WEAKER)
def test_update_makes_no_red_flag_weaker(name):
    flag = make_red_flag(**WORDS)

    report = imported(**WEAKER[name])

    assert RedFlag.objects.filter(**WORDS, is_active=True, version=1).get() == flag
    assert report.kept == [f"Red flag eye.pain: {name}"]
    assert report.at_once == []
    assert asked() == [(PAIN["question"], "emergency")]
    assert [found.code for found in flags_named_in("eye hurts")] == ["eye.pain"]


TEXTS = {
    "statement": "Sudden eye pain. Call {emergency}, or text {crisis}",
    "question": "Do you have sudden eye pain?",
    "label": "Eye pain",
}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("statement", "Sore eyes. Wait a few weeks. Call {emergency}"),
        ("statement", "—"),
        ("question", "."),
        ("label", "–"),
    ],
)
def test_update_takes_no_words_away_and_not_whom_to_call(name, text):
    make_red_flag(**WORDS | TEXTS)

    report = imported(**TEXTS | {name: text})

    assert RedFlag.objects.filter(**TEXTS).exists()
    assert report.kept == [f"Red flag eye.pain: {name}"]


def test_update_takes_other_words_that_say_whom_to_call():
    make_red_flag(**WORDS | TEXTS)
    clearer = "A sudden pain in the eye. Text {crisis} or call {emergency}"

    report = imported(**TEXTS | {"statement": clearer})

    assert RedFlag.objects.get().statement == clearer
    assert report.kept == []


def test_update_adds_words_to_those_that_the_site_has():
    make_red_flag(**WORDS)

    report = imported(search_words=["sore eye"])

    assert RedFlag.objects.get().search_words == "eye hurts\nsore eye"
    assert report.kept == ["Red flag eye.pain: words that mean danger"]
    told = "eye.pain: asked before every booking and shown in the search, with another {}"
    assert report.at_once == [told.format("words that mean danger")]


AT_ONCE = {
    "asked before every booking from now on": (
        {"is_global": False, "search_words": ""},
        {"search_words": []},
    ),
    "asked before every booking from now on; shown in the search from now on": (
        {"is_active": False},
        {},
    ),
    "shown in the search from now on": (
        {"is_global": False, "level": "see_doctor"},
        {"is_global": False},
    ),
    "asked before every booking and shown in the search, with another statement, question": (
        {"statement": "Old", "question": "Old?"},
        {},
    ),
    "asked before every booking and shown in the search, with another level": (
        {"level": "urgent"},
        {},
    ),
}


@pytest.mark.parametrize("words", AT_ONCE)
def test_update_says_what_acts_at_once(words):
    before, changes = AT_ONCE[words]
    make_red_flag(**WORDS | before)

    assert imported(**changes).at_once == [f"eye.pain: {words}"]


def test_update_is_silent_on_what_does_not_act():
    make_red_flag(**WORDS | {"is_global": False, "search_words": ""})

    report = imported(is_global=False, search_words=[], statement="New words")

    assert RedFlag.objects.get().statement == "New words"
    assert (report.at_once, report.kept) == ([], [])


def test_import_without_update_changes_no_red_flag_of_the_site():
    make_red_flag(**WORDS)

    report = imported(update=False, question="Another?", level="see_doctor")

    assert (report.at_once, report.kept) == ([], [])
    assert asked() == [(PAIN["question"], "emergency")]


@pytest.mark.parametrize("dry_run", [True, False])
def test_command_says_what_acts_and_what_stays(tmp_path, capsys, dry_run):
    make_red_flag(**WORDS)
    new = {**PAIN, "code": "rash.fast", "search_words": []}
    lowered = {**PAIN, "level": "urgent", "question": "Does it hurt?"}
    write_content(Content(red_flags=[new, lowered]), tmp_path)

    call_command("import_articles", tmp_path, update=True, dry_run=dry_run)

    act, stay = ("would act", "would stay") if dry_run else ("act", "stays")
    assert capsys.readouterr().out.splitlines()[3:] == [
        f"Red flags that {act} at once, without publishing:",
        "- rash.fast: asked before every booking from now on",
        "- eye.pain: asked before every booking and shown in the search, with another question",
        f"What {stay} as it is here, unlike in the files:",
        "- Red flag eye.pain: level",
    ]
    assert RedFlag.objects.count() == (1 if dry_run else 2)


def test_option_takes_a_red_flag_away_and_says_so(tmp_path, capsys):
    make_red_flag(**WORDS)
    write_content(Content(red_flags=[{**PAIN, "is_active": False}]), tmp_path)

    call_command("import_articles", tmp_path, "--update", "--weaken-red-flags")

    assert asked() == []
    assert capsys.readouterr().out.splitlines()[3:] == [
        "Red flags that act at once, without publishing:",
        "- eye.pain: no longer asked before every booking; no longer shown in the search",
    ]
