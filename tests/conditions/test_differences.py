import pytest

from conditions.differences import Words, body_text, compare_words, differences, pieces
from conditions.documents import freeze

from .factories import (
    make_caution,
    make_claim,
    make_condition,
    make_red_flag,
    make_remedy,
    make_source,
    make_treatment,
)


def section(aspect, body, heading=""):
    return {"aspect": aspect, "heading": heading or aspect.title(), "body": body}


def named(changes):
    return [(change.label, change.kinds) for change in changes]


def test_differences_leave_out_what_stayed():
    old = {"title": "Cramp", "summary": "Short.", "lede": "First."}

    changes = differences(old, old | {"summary": "Very short."})

    assert named(changes) == [("Summary", ("changed",))]
    assert changes[0].words == (
        Words("removed", "Short."),
        Words("added", "Very short."),
    )


def test_compare_words_keeps_their_order():
    words = compare_words("Rest for two days.", "Rest for three long days.")

    assert words == (
        Words("same", "Rest for "),
        Words("removed", "two "),
        Words("added", "three long "),
        Words("same", "days."),
    )


def test_compare_words_gives_very_long_texts_whole():
    old, new = "a " * 2100, "b " * 2100

    assert compare_words(old, new) == (Words("removed", old), Words("added", new))


def test_differences_name_what_came_and_what_went():
    old = {"sections": [section("overview", "<p>One.</p>"), section("causes", "<p>Two.</p>")]}
    new = {
        "sections": [section("overview", "<p>One.</p>"), section("visit", "<p>Come at nine.</p>")]
    }

    changes = differences(old, new)

    assert named(changes) == [
        ("Section “Causes”", ("removed",)),
        ("Section “Visit”", ("added",)),
    ]
    assert changes[1].words == (Words("added", "Visit\nCome at nine."),)


def test_differences_name_what_moved():
    first, second, third = (section(name, f"<p>{name}</p>") for name in ("one", "two", "three"))

    changes = differences(
        {"sections": [first, second, third]}, {"sections": [second, third, first]}
    )

    assert named(changes) == [("Section “One”", ("moved",))]
    assert changes[0].words == ()


def test_differences_find_a_reworded_entry_that_has_no_name():
    old = {"self_care": [{"kind": "do", "title": "", "text": "Drink some water at night."}]}
    new = {"self_care": [{"kind": "do", "title": "", "text": "Drink warm water at night."}]}

    changes = differences(old, new)

    assert named(changes) == [("Self-care", ("changed",))]


def test_differences_keep_apart_two_entries_with_one_name():
    item = {"kind": "do", "title": "Rest", "text": "Sleep."}

    changes = differences({"self_care": [item]}, {"self_care": [item, item]})

    assert named(changes) == [("Self-care “Rest”", ("added",))]


def test_differences_say_when_only_the_formatting_changed():
    old = {"sections": [section("overview", "<p>Rest now.</p>")]}
    new = {"sections": [section("overview", "<p>Rest <strong>now</strong>.</p>")]}

    assert named(differences(old, new)) == [("Section “Overview”", ("formatted",))]


def test_differences_do_not_depend_on_the_order_of_keys():
    flag = {
        "code": "a",
        "label": "Sign",
        "statement": "A sign",
        "level": "emergency",
        "new": {"a": 1, "b": 2},
    }
    same = dict(reversed(flag.items())) | {"new": {"b": 2, "a": 1}}

    assert (
        differences(
            {"title": "Cramp", "red_flags": [flag]}, {"red_flags": [same], "title": "Cramp"}
        )
        == []
    )


@pytest.mark.django_db
def test_differences_show_a_clinic_wide_red_flag_that_came_by_itself():
    condition = make_condition()
    before = freeze(condition)
    make_red_flag(label="Eye pain", statement="Sudden eye pain", is_global=True)

    (change,) = differences(before, freeze(condition))

    assert (change.label, change.kinds) == ("Red flag “Eye pain”", ("added",))
    assert "Asked before every booking: yes" in change.words[0].text
    assert "linked" not in change.words[0].text


def test_a_line_break_is_no_change_of_words():
    changes = differences({"lede": "One two. Three."}, {"lede": "One two.\n\nThree. Four."})
    formatted = differences({"lede": "One two. Three."}, {"lede": "One two.\n\nThree."})

    assert [words.kind for words in changes[0].words] == ["same", "added"]
    assert named(formatted) == [("First paragraph", ("formatted",))]


def test_body_text_shows_lists_and_where_links_lead():
    body = '<p>See <a href="/conditions/cramp/">cramp</a> &amp; rest.</p><ul><li>One</li><li>Two</li></ul>'

    assert body_text(body) == "See cramp (/conditions/cramp/) & rest.\n• One\n• Two"


def test_differences_speak_in_words_of_levels_and_sources():
    claim = {"text": "It helps.", "level": "low", "sources": ["a"]}
    old = {
        "sources": [{"key": "a", "title": "Study A"}, {"key": "b", "title": "Study B"}],
        "offers": [{"treatment": "acu", "title": "Acupuncture", "claims": [claim]}],
    }
    new = old | {
        "offers": [
            {
                "treatment": "acu",
                "title": "Acupuncture",
                "claims": [claim | {"level": "moderate", "sources": ["b"]}],
            }
        ]
    }

    changes = differences(old, new)

    assert named(changes) == [("Acupuncture: Claim", ("changed",))]
    assert [words.text for words in changes[0].words] == [
        "It helps.\nLevel: ",
        "Low\n",
        "Moderate\n",
        "Sources: Study ",
        "A",
        "B",
    ]


def test_older_documents_that_lack_what_is_usual_read_the_same():
    remedy = {"slug": "mint", "name": "Mint", "kind": "herb"}

    changes = differences(
        {"remedies": [remedy]},
        {"remedies": [remedy | {"is_offered": True, "amount_rows": []}], "author": ""},
    )

    assert changes == []


def test_unknown_parts_are_shown_too():
    changes = differences({}, {"new_thing": {"slug": "x", "name": "Ann", "good_at": [1, True]}})

    assert named(changes) == [("New thing", ("added",))]
    assert changes[0].words == (Words("added", "name: Ann, Good at: 1; yes"),)


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "text",
        7,
        {"title": None, "sections": "none", "sources": 3},
        {"sections": [None, 4, "x", [], {"body": 5, "heading": {"a": [1]}}], "names": [{}]},
        {"sources": [{"key": []}, {"key": {}}, 3], "offers": [{"claims": [1], "remedies": [[]]}]},
        {"red_flags": [{"code": None, "level": ["emergency"]}], "offers": [{"claims": {"a": 1}}]},
    ],
)
def test_any_json_can_be_compared(document):
    whole = {"title": "Cramp", "sections": [section("overview", "<p>One.</p>")]}

    assert differences(document, document) == []
    assert len(differences(whole, document)) >= 2
    assert len(differences(document, whole)) >= 2


@pytest.mark.django_db
def test_pieces_name_all_of_a_real_article():
    condition = make_condition(title="Cramp", names=["Charley horse"], author="Dr. Test")
    treatment = make_treatment(title="Acupuncture")
    remedy = make_remedy(name="Mint", treatment=treatment)
    make_claim(condition=condition, treatment=treatment, remedy=remedy, sources=[make_source()])
    make_caution(remedy=remedy)

    labels = [piece.label for piece in pieces(freeze(condition))]

    assert labels[:8] == [
        "Title",
        "Summary",
        "First paragraph",
        "Written by",
        "Kind",
        "Body area",
        "Other name",
        labels[7],
    ]
    assert labels[7].startswith("Red flag “Sign")
    assert labels[8:14] == [
        "Section “What is going on”",
        "Self-care “Rest”",
        "Treatment “Acupuncture”",
        "Acupuncture: Remedy “Mint”",
        "Acupuncture: Mint: Claim",
        "Acupuncture: Mint: Caution “Blood thinners”",
    ]
    assert labels[14].startswith("Source “Study")
    assert labels[15:] == ["Next review by"]
