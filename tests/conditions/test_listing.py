from types import SimpleNamespace

from conditions.listing import areas, kinds, letters


def article(title, *names, area="head", kind="symptom"):
    return SimpleNamespace(
        live_title=title,
        live_names=list(names),
        live_area=area,
        live_kind=kind,
        get_absolute_url=lambda: f"/conditions/{title}/",
    )


def test_letters_hold_titles_and_other_names_in_order():
    found = {
        letter.letter: letter
        for letter in letters([article("Sciatica"), article("Jaw pain", "sTMJ", "jaw pain")])
    }

    assert [(entry.name, entry.see) for entry in found["S"].entries] == [
        ("Sciatica", ""),
        ("STMJ", "Jaw pain"),
    ]
    assert [(entry.name, entry.see) for entry in found["J"].entries] == [("Jaw pain", "")]
    assert found["S"].entries[1].url == "/conditions/Jaw pain/"
    assert found["A"].entries == ()


def test_letters_put_accents_under_their_letter_and_the_rest_under_a_sign():
    found = letters([article("Épine", "抽筋", "3-day fever")])

    assert [letter.letter for letter in found if letter.entries] == ["E", "#"]
    assert found[-1].anchor == "other"
    assert [entry.name for entry in found[-1].entries] == ["3-day fever", "抽筋"]


def test_letters_leave_the_sign_out_without_need():
    assert len(letters([])) == 26


def test_areas_are_those_with_articles_in_their_fixed_order():
    one, two = article("Rash", area="skin"), article("Migraine", area="head")

    found = areas([one, two])

    assert [(area.label, area.conditions) for area in found] == [
        ("Head, face and jaw", (two,)),
        ("Skin", (one,)),
    ]


def test_article_stands_also_in_the_areas_that_its_other_names_speak_of():
    spasms = article("Spasms", "Leg cramp", "back spasm and more", area="muscles_nerves")
    other = article("Legs", "legend", "armful", area="skin")

    found = areas([spasms, other])

    assert [(area.label, area.conditions) for area in found] == [
        ("Muscles and nerves", (spasms,)),
        ("Neck and back", (spasms,)),
        ("Legs and feet", (spasms,)),
        ("Skin", (other,)),
    ]


def test_kinds_are_symptoms_then_conditions():
    migraine, neck = article("Migraine", kind="condition"), article("Neck pain", kind="symptom")

    found = kinds([migraine, neck])

    assert [(kind.anchor, kind.label, kind.conditions) for kind in found] == [
        ("symptoms", "Symptoms", (neck,)),
        ("conditions", "Conditions", (migraine,)),
    ]
    assert [kind.label for kind in kinds([migraine])] == ["Conditions"]
