import pytest

from conditions.cautions import (
    Reader,
    caution_groups,
    caution_owners,
    fits,
    fitting_owners,
    kinds_in,
    kinds_meant,
    remedies_of,
    with_known,
)
from conditions.medicines import Kind, Reading, read_medicines

THINNERS = {"slug": "thinners", "name": "Blood thinners", "names": ["warfarin", "Eliquis"]}
WARFARIN = {"slug": "warfarin", "name": "Warfarin", "names": ["warfarin"]}
STEROIDS = {"slug": "steroids", "name": "Steroids", "names": ["prednisone"]}


def caution(kind, what="Something", **kwargs):
    words = {"with_kind": kind, "with_what": what, "effect": "It may harm.", "basis": "trial"}
    return {**words, "advice": "ask_first", "sources": [], "medicine_classes": [], **kwargs}


@pytest.mark.parametrize(
    ("shown", "reader", "does"),
    [
        (caution("general"), Reader(), True),
        (caution("pregnancy"), Reader(), False),
        (caution("pregnancy"), Reader(is_pregnant=True), True),
        (caution("surgery"), Reader(is_pregnant=True), False),
        (caution("surgery"), Reader(has_surgery=True), True),
        (caution("condition", "Gallstones"), Reader(has=frozenset({"Gallstones"})), True),
        (caution("condition", "Gallstones"), Reader(has=frozenset({"Ulcer"})), False),
        (caution("allergy", "Daisies"), Reader(has=frozenset({"Daisies"})), True),
        (
            caution("medicine_class", medicine_classes=[THINNERS]),
            Reader(kinds=frozenset({"thinners"}), takes_medicines=True),
            True,
        ),
        (
            caution("medicine_class", medicine_classes=[THINNERS]),
            Reader(kinds=frozenset({"steroids"}), takes_medicines=True),
            False,
        ),
        (
            caution("condition", "Epilepsy", medicine_classes=[STEROIDS]),
            Reader(kinds=frozenset({"steroids"}), takes_medicines=True),
            True,
        ),
        (
            caution("condition", "Epilepsy", medicine_classes=[STEROIDS]),
            Reader(has=frozenset({"Epilepsy"})),
            True,
        ),
        (
            caution("condition", "Epilepsy", medicine_classes=[STEROIDS]),
            Reader(kinds=frozenset({"thinners"}), takes_medicines=True),
            False,
        ),
        (caution("medicine"), Reader(takes_medicines=True), True),
        (caution("medicine"), Reader(), False),
    ],
)
def test_fits_tells_whom_a_caution_concerns(shown, reader, does):
    assert fits(shown, reader) is does


def test_fits_reads_documents_from_before_the_kinds():
    old = caution("medicine", "Levothyroxine")
    del old["medicine_classes"]

    assert fits(old, Reader(takes_medicines=True))
    assert kinds_in([("Calcium", [old])]) == []


def test_groups_join_what_two_remedies_share_and_name_the_medicines():
    shared = caution("medicine_class", "Blood thinners", medicine_classes=[THINNERS, WARFARIN])
    owners = [("Yarrow", [shared]), ("Rosemary", [shared, caution("general")])]

    medicines, everyone = caution_groups(owners, {})

    assert medicines.heading == "If you take medicines"
    assert [note.owners for note in medicines.rows[0].notes] == [("Yarrow", "Rosemary")]
    assert medicines.rows[0].names == ("warfarin", "Eliquis")
    assert (medicines.is_for_everyone, everyone.is_for_everyone) == (False, True)


def test_groups_name_each_medicine_once_with_what_each_remedy_does():
    mild = caution("medicine_class", "Lithium", effect="It may rise.", advice="ask_first")
    bad = caution("medicine_class", "Lithium", effect="It rises.", advice="avoid", sources=["one"])
    owners = [("Yarrow", [mild]), ("Celery", [bad, caution("medicine", "Digoxin")])]

    (group,) = caution_groups(owners, {"one": 3})

    assert [row.what for row in group.rows] == ["Digoxin", "Lithium"]
    assert [(note.owners, note.effect, note.numbers) for note in group.rows[1].notes] == [
        (("Yarrow",), "It may rise.", ()),
        (("Celery",), "It rises.", (3,)),
    ]


def test_rows_name_the_same_medicines_of_a_kind_as_every_other_place():
    many = [{**THINNERS, "slug": word, "names": [f"{word}{n}" for n in range(9)]} for word in "ab"]
    about_both = [("Yarrow", [caution("medicine", medicine_classes=many)])]

    (group,) = caution_groups(about_both, {})

    examples = [name for kind in kinds_in(about_both) for name in kind.examples]
    assert list(group.rows[0].names) == examples
    assert examples == ["a0", "a1", "a2", "a3", "b0", "b1", "b2", "b3"]


def test_fitting_owners_keep_what_fits():
    owners = [("Yarrow", [caution("pregnancy"), caution("general", "Children")])]

    assert fitting_owners(owners, Reader()) == [("Yarrow", [caution("general", "Children")])]


def test_fitting_owners_keep_all_of_a_remedy_that_is_taken():
    owners = [("Yarrow", [caution("pregnancy")]), ("Kava", [caution("pregnancy")])]

    assert fitting_owners(owners, Reader(remedies=frozenset({"Kava"}))) == [
        ("Yarrow", []),
        ("Kava", [caution("pregnancy")]),
    ]


def test_remedies_of_an_article_are_those_that_can_be_taken():
    herb = {"kind": "herb", "slug": "kava", "name": "Kava", "latin_name": "Piper methysticum"}
    point = {"kind": "acupoint", "slug": "ub-13", "name": "UB 13", "latin_name": ""}
    kava = Kind("remedy:kava", "Kava", ("Piper methysticum",))

    assert remedies_of({"title": "Herbs", "remedies": [herb, point]}) == [kava]
    assert remedies_of({"offers": [{"remedies": [point]}, {"remedies": [herb]}]}) == [kava]


def test_owners_of_an_article_and_of_a_treatment():
    one, two = [caution("general", "One")], [caution("general", "Two")]
    remedies = [{"name": "Yarrow", "cautions": two}]

    treatment = {"title": "Herbs", "cautions": one, "remedies": remedies}
    article = {"title": "Spasms", "offers": [treatment]}

    assert caution_owners(treatment) == [("Herbs", one), ("Yarrow", two)]
    assert caution_owners(article) == [("Herbs", one), ("Yarrow", two)]


@pytest.mark.parametrize(
    ("text", "ticked", "meant"),
    [
        ("", {"pressure"}, {"heart", "pressure", "ace", "water", "sparing"}),
        ("", {"water"}, {"heart", "pressure", "water", "sparing"}),
        ("", {"ace"}, {"heart", "pressure", "ace"}),
        ("", {"steroids"}, {"steroids"}),
        ("", {"other"}, {"other"}),
        ("lisinopril", set(), {"heart", "pressure", "ace"}),
        ("Norvasc", set(), {"heart", "pressure"}),
        ("blood pressure pills", set(), {"heart", "pressure", "ace", "water", "sparing"}),
        ("diuretic", set(), {"heart", "pressure", "water", "sparing"}),
        ("ARB", set(), {"heart", "pressure", "ace"}),
    ],
)
def test_a_whole_kind_means_its_parts_too_and_a_name_the_wider_kinds(text, ticked, meant):
    kinds = [
        Kind("heart", "Heart medicines", ("amiodarone",)),
        Kind("pressure", "Blood pressure medicines", ("Norvasc",), "heart"),
        Kind("ace", "ACE inhibitors and ARBs (for the heart)", ("lisinopril",), "pressure"),
        Kind("water", "Water pills (diuretics)", ("Lasix",), "pressure"),
        Kind("sparing", "Water pills that save potassium", ("Aldactone",), "water"),
        Kind("steroids", "Steroids", ("prednisone",)),
    ]
    reading = read_medicines(text, kinds) if text else Reading((), ())

    assert kinds_meant(reading, ticked, kinds) == meant


def test_kinds_that_are_part_of_each_other_end():
    kinds = [Kind("one", "One", (), "two"), Kind("two", "Two", (), "one")]

    assert kinds_meant(Reading((), ()), {"one"}, kinds) == {"one", "two"}


def test_kinds_of_a_document_have_the_names_and_the_wider_kind_that_are_known_now():
    in_document = Kind("ace", "ACE inhibitors", ("lisinopril", "old name"))
    known = [
        Kind("ace", "ACE inhibitors", ("lisinopril", "Zestril"), "pressure"),
        Kind("pressure", "Blood pressure medicines", ("Norvasc",)),
    ]

    assert with_known([in_document], known) == [
        Kind("ace", "ACE inhibitors", ("lisinopril", "old name", "Zestril"), "pressure"),
        known[1],
    ]
