import pytest

from conditions.offers import remedy_groups


def remedy(kind="nutrient", **kwargs):
    return {"kind": kind, "slug": "x", "latin_name": "", "part_used": "", "pinyin": ""} | kwargs


def row(low, high=None, unit="mg", per="a day", sources=()):
    return {
        "label": "Magnesium",
        "low": low,
        "high": high,
        "unit": unit,
        "per": per,
        "sources": list(sources),
    }


def only(entry, numbers=()):
    ((shown,),) = [group.remedies for group in remedy_groups([entry], dict(numbers))]
    return shown


@pytest.mark.parametrize(
    ("kind", "amount", "text"),
    [
        ("food", row(80.0, per="in 1 ounce"), "about 80 mg in 1 ounce"),
        ("food", row(76.5, 80.0, per="in 1 ounce"), "76.5 to 80 mg in 1 ounce"),
        ("nutrient", row(310.0, 420.0), "310 to 420 mg a day"),
        ("nutrient", row(350.0, per="a day at most"), "350 mg a day at most"),
        ("nutrient", row(2600.0, 3400.0), "2,600 to 3,400 mg a day"),
        ("nutrient", row(0.25, unit="g"), "0.25 g a day"),
        ("nutrient", row(100.0, unit="mcg"), "100 mcg a day"),
    ],
)
def test_amount_is_said_in_words(kind, amount, text):
    (shown,) = only(remedy(kind, amount_rows=[amount])).amounts

    assert (shown.label, shown.text) == ("Magnesium", text)


def test_amount_names_the_numbers_of_its_sources():
    entry = remedy(amount_rows=[row(1.0, sources=["b", "gone"])])

    (shown,) = only(entry, {"a": 1, "b": 2}.items()).amounts

    assert shown.numbers == (2,)


def test_herb_has_its_own_facts():
    herb = only(remedy("herb", forms="Tea", pregnancy="Avoid it.", allergy_family="Daisy family"))

    assert herb.details == (
        ("Taken as", "Tea"),
        ("In pregnancy", "Avoid it."),
        ("Plant family", "Daisy family"),
    )


def test_remedy_of_an_older_edition_lacks_them():
    shown = only(remedy("herb"))

    assert (shown.details, shown.amounts, shown.is_offered) == ((), (), True)
