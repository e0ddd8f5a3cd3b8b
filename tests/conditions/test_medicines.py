import time

import pytest

from conditions import medicines
from conditions.medicines import Kind, Reading, key_of, names_in, read_medicines

THINNERS = Kind("thinners", "Blood thinners", ("warfarin", "Coumadin", "Eliquis", "Xarelto"))
PRESSURE = Kind(
    "pressure", "Blood pressure medicines", ("lisinopril", "Norvasc", "pressure medicine")
)
WATER = Kind("water", "Water pills (diuretics)", ("HCTZ", "Lasix", "hydrochlorothiazide"))
SUGAR = Kind("sugar", "Diabetes medicines", ("metformin", "insulin", "Actos"))
PAIN = Kind("pain", "Pain medicines", ("aspirin", "MS Contin", "Tylenol with Codeine"))
CLUMPS = Kind("clumps", "Antiplatelets", ("Plavix", "aspirin"))
ACID = Kind("acid", "Antacids", ("Alka-Seltzer", "Tums", "Milk of Magnesia", "nizatidine"))
CLAW = Kind("claw", "Devil's claw", ("Harpagophytum procumbens",))
ONCE = Kind("once", "Once", ("oncelol", "oncestatin"))
KINDS = (THINNERS, PRESSURE, WATER, SUGAR, PAIN, CLUMPS, ACID, CLAW)


def found(text, kinds=KINDS):
    return [(match.written, match.name) for match in read_medicines(text, kinds).matches]


def test_read_medicines_says_which_name_matched_which_kind():
    reading = read_medicines(
        "Coumadin 5mg, metformin and st johns wort, lisinopril/HCTZ and aspirin", KINDS
    )

    assert [(match.name, match.kinds) for match in reading.matches] == [
        ("Coumadin", (THINNERS,)),
        ("metformin", (SUGAR,)),
        ("lisinopril", (PRESSURE,)),
        ("HCTZ", (WATER,)),
        ("aspirin", (PAIN, CLUMPS)),
    ]
    assert reading.unknown == ("st johns wort",)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("COUMADIN", "Coumadin"),
        ("coumadin5mg", "Coumadin"),
        ("Coumadin® 5 mg once daily.", "Coumadin"),
        ("coumádin", "Coumadin"),
        ("aspirins", "aspirin"),
        ("baby aspirin", "aspirin"),
        ("alka seltzer", "Alka-Seltzer"),
        ("Alka‑Seltzer", "Alka-Seltzer"),
        ("alkaseltzer", "Alka-Seltzer"),
        ("ms-contin", "MS Contin"),
        ("MSContin 15", "MS Contin"),
        ("tylenol with codeine", "Tylenol with Codeine"),
        ("milk of magnesia", "Milk of Magnesia"),
        ("2x Tums", "Tums"),
        ("devils claw", "Devil's claw"),
        ("Devil’s Claw tea"[:12], "Devil's claw"),
        ("devil`s claw", "Devil's claw"),
    ],
)
def test_read_medicines_does_not_mind_case_dose_and_punctuation(text, name):
    reading = read_medicines(text, KINDS)

    assert [(match.name, match.is_guess) for match in reading.matches] == [(name, False)]
    assert reading.unknown == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("warfrin", "warfarin"),
        ("warafrin", "warfarin"),
        ("lisinoprol 10", "lisinopril"),
        ("lisinaprill", "lisinopril"),
        ("hydroclorothyazide", "hydrochlorothiazide"),
        ("zarelto", "Xarelto"),
        ("metforman", "metformin"),
        ("Plavx", "Plavix"),
        ("divils claw", "Devil's claw"),
    ],
)
def test_read_medicines_guesses_what_is_nearly_a_name(text, name):
    reading = read_medicines(text, KINDS)

    assert [(match.name, match.is_guess) for match in reading.matches] == [(name, True)]
    assert reading.unknown == ()


@pytest.mark.parametrize(
    "text",
    [
        "factors",
        "actor",
        "Lasik",
        "tun",
        "hctzz",
        "numbactoss",
        "tizanidine",
        "wafrn",
        "warm farms",
        "st, johns",
        "ms, contin",
        "milk",
    ],
)
def test_read_medicines_finds_no_name_where_there_is_none(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("a blood thinner", "thinners"),
        ("blood pressure pills", "pressure"),
        ("water pills", "water"),
        ("diabetes medication", "sugar"),
        ("pressure pill", "pressure"),
    ],
)
def test_read_medicines_knows_the_kind_by_its_own_name(text, key):
    reading = read_medicines(text, KINDS)

    assert [(match.kinds[0].key, match.is_kind) for match in reading.matches] == [(key, True)]
    assert reading.unknown == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "None",
        "n/a",
        "No medicines",
        "nothing.",
        "5 mg",
        "\n, ;",
        "I don't take anything",
        "nothing at the moment",
        "nothing right now",
        "no meds",
        "not on anything at present",
        "never",
    ],
)
def test_read_medicines_finds_nothing_in_nothing(text):
    assert read_medicines(text, KINDS) == Reading((), ())


@pytest.mark.parametrize(
    "text",
    [
        "just vitamins",
        "vitamins and supplements",
        "see attached list",
        "I'll bring my list",
        "I dont know the names",
        "I can’t remember what it’s called",
        "not sure",
        "whatever my doctor gave me",
        "too many to list",
    ],
)
def test_read_medicines_knows_that_something_is_taken_without_its_name(text):
    assert read_medicines(text, KINDS) == Reading((), (), is_vague=True)


@pytest.mark.parametrize(
    "text", ["I don't take anything but xyzmedon", "see attached list; xyzmedon", "just xyzmedon"]
)
def test_read_medicines_tells_of_an_unknown_word_beside_such_words(text):
    reading = read_medicines(text, KINDS)

    assert (reading.matches, reading.unknown) == ((), ("xyzmedon",))


def test_read_medicines_names_the_words_it_does_not_know_as_they_were_written():
    reading = read_medicines(
        "Vitamin B12 1000 mcg; I take warfarin for my Heart\nSt. John's Wort & 5-HTP, vitamin b12",
        KINDS,
    )

    assert reading.unknown == ("vitamin b12", "Heart", "St. John's Wort", "HTP")


def test_read_medicines_names_each_medicine_once():
    assert found("Warfarin, warfarin 5 mg, WARFARIN") == [("Warfarin", "warfarin")]


def test_names_may_stand_in_one_line():
    assert names_in("warfarin, Coumadin;Eliquis\r\n\n St. John's wort ,") == [
        "warfarin",
        "Coumadin",
        "Eliquis",
        "St. John's wort",
    ]


def test_read_medicines_without_kinds_knows_nothing():
    assert read_medicines("warfarin", ()).unknown == ("warfarin",)


def test_read_medicines_makes_the_same_names_ready_once(monkeypatch):
    first = read_medicines("oncelol", [ONCE])
    looked_at = []
    monkeypatch.setattr(medicines, "key_of", lambda name: looked_at.append(name) or key_of(name))

    second = read_medicines("oncestatin", [ONCE])

    assert [reading.matches[0].name for reading in (first, second)] == list(ONCE.names)
    assert looked_at == ["oncestatin"]


def test_guesses_of_one_text_leave_as_many_for_the_next():
    starts = [first + second for first in "abcdehilmnopqrst" for second in "abcdefghijklm"]
    read_medicines(", ".join(f"{start}ttttx" for start in starts for _ in "12"), KINDS)
    read_medicines(", ".join(f"{start}ttttz" for start in starts), KINDS)

    assert found("warfrin") == [("warfrin", "warfarin")]


def test_read_medicines_is_quick_with_much_text_and_many_names():
    starts = [first + second for first in "abcdehilmnopqrst" for second in "aeiou"]
    names = tuple(
        f"{start}{ending}" for start in starts for ending in ("prolol", "statin", "zepam")
    )
    text = " ".join(f"{start}{ending}" for start in starts for ending in ("brotzl", "stotxz"))

    started = time.perf_counter()
    read_medicines(text[:2000], [Kind("many", "Many", names)])

    assert time.perf_counter() - started < 3


def test_what_was_known_before_many_changes_is_not_kept():
    for number in range(10):
        read_medicines("warfarin", (Kind("one", f"Kind {number}", ("warfarin",)),))

    assert medicines._index_of.cache_info().currsize <= 4
