import pytest

from conditions.danger import find_danger
from conditions.red_flags import flags_named_in

from .factories import make_red_flag

PHRASES = {
    "stroke": ["stroke", "can't speak", "unable to talk", "slurred speech", "one side is numb"],
    "heart": ["chest pain", "heart attack", "heart pain", "tight chest"],
    "breath": ["can't breathe", "cant breath", "trouble breathing", "choking"],
    "crisis": ["suicide", "suicidal", "kill myself", "take my life", "end it all", "overdose"],
    "bleeding": ["won't stop bleeding", "bleeding won't stop"],
    "fainting": ["seizure", "passed out", "won't wake up"],
    "nerve": ["can't feel my legs"],
    "jaw": ["lock jaw", "trouble talking"],
}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("stroke", ["stroke"]),
        ("am I having a STROKE?", ["stroke"]),
        ("strok", ["stroke"]),
        ("stroek", ["stroke"]),
        ("cant speak", ["stroke"]),
        ("can’t speak", ["stroke"]),
        ("I can not speak", ["stroke"]),
        ("cannot talk", ["stroke"]),
        ("couldn't talk", ["stroke"]),
        ("speech is slured", ["stroke"]),
        ("one side of my face is numb", ["stroke"]),
        ("chest pain", ["heart"]),
        ("Chest-pain!", ["heart"]),
        ("chestpain", ["heart"]),
        ("pain in my chest", ["heart"]),
        ("a pain in the middle of my chest", ["heart"]),
        ("chets pian", ["heart"]),
        ("hart attack", ["heart"]),
        ("cant breath", ["breath"]),
        ("I can't really breathe", ["breath"]),
        ("troble breathing", ["breath"]),
        ("suiside", ["crisis"]),
        ("sucide", ["crisis"]),
        ("thoughts of súicide", ["crisis"]),
        ("over dose", ["crisis"]),
        ("i want to kill myself", ["crisis"]),
        ("bleeding wont stop", ["bleeding"]),
        ("siezure", ["fainting"]),
        ("cant feel legs", ["nerve"]),
        ("chest pain and suicidal", ["heart", "crisis"]),
    ],
)
def test_find_danger_finds_what_worried_people_write(text, keys):
    assert find_danger(text, PHRASES) == keys


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?!",
        "🙂",
        "the",
        "twitch",
        "cramp",
        "sleep",
        "neck",
        "can't sleep",
        "heat for neck pain",
        "strobe light",
        "cooking",
        "jaw locks",
        "trouble taking pills",
        "breast pain",
        "it hurts at the end of all my days",
        "can I take magnesium my whole life",
        "i wake up at night and my legs wont stay still",
        "numb hands, and the other side of town",
        "my speech therapist",
        "my heart is fine and only my left foot has pain",
        "pain when I hear a noise in my chess club",
    ],
)
def test_find_danger_leaves_harmless_words_alone(text):
    assert find_danger(text, PHRASES) == []


@pytest.mark.parametrize("phrase", ["", "  ", "?", "the"])
def test_find_danger_finds_no_phrase_without_words(phrase):
    assert find_danger("the neck", {"any": [phrase]}) == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("took 20 pills", True),
        ("I've taken like 20 pills!", True),
        ("swallowed twenty pills", True),
        ("took 2 pills", False),
        ("took 250 pills", True),
        ("took 30 x 500 mg pills", True),
        ("took 20000 pills", False),
        ("took 20 mg in pills", False),
        ("took pills 20 minutes ago", False),
        ("pills, 20, took", False),
    ],
)
def test_find_danger_counts_where_a_phrase_has_a_number_sign(text, is_found):
    assert find_danger(text, {"poison": ["took # pills"]}) == ["poison"] * is_found


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("cut myself", True),
        ("I cut myself again", True),
        ("cut myself shaving", False),
        ("was shaving, cut myself", False),
        ("cut myself, and it is a long time since I was shaving", True),
        ("kms", True),
        ("i want to kms", True),
        ("ran 5 kms", False),
    ],
)
def test_find_danger_knows_what_makes_a_phrase_harmless(text, is_found):
    phrases = {"crisis": ["cut myself -shaving", "kms -#"]}

    assert find_danger(text, phrases) == ["crisis"] * is_found


@pytest.mark.django_db
def test_flags_named_in_are_of_the_most_urgent_level_that_is_named():
    make_red_flag(code="now", search_words="stroke")
    today = make_red_flag(code="today", search_words="swollen calf", level="urgent")
    make_red_flag(search_words="swollen calf", level="see_doctor")

    assert [flag.code for flag in flags_named_in("swollen calf")] == [today.code]
    assert [flag.code for flag in flags_named_in("swollen calf, stroke")] == ["now"]


@pytest.mark.django_db
def test_flags_named_in_are_of_both_levels_if_the_same_words_name_both():
    today = make_red_flag(search_words="swollen calf\nblood clot", level="urgent", is_global=True)
    now = make_red_flag(search_words="blood clot\nchest pain")

    assert [flag.code for flag in flags_named_in("a blod clot")] == [now.code, today.code]
    assert [flag.code for flag in flags_named_in("swollen calf, chest pain")] == [now.code]


@pytest.mark.django_db
def test_flags_named_in_are_emergencies_in_use_clinic_wide_first(django_assert_num_queries):
    own = make_red_flag(code="own", search_words="heart attack\nstroke")
    everywhere = make_red_flag(code="everywhere", search_words="Stroke\r\n\r\n", is_global=True)
    make_red_flag(search_words="stroke", is_active=False)
    make_red_flag(search_words="a stroke", level="urgent")
    make_red_flag(search_words="chest pain")
    make_red_flag(search_words="")

    with django_assert_num_queries(1):
        flags = flags_named_in("a strok")

    assert [flag.code for flag in flags] == [everywhere.code, own.code]
    assert [flag.statement for flag in flags] == [everywhere.statement, own.statement]
    assert [flag.is_global for flag in flags] == [True, False]
