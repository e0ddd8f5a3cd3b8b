import pytest

from conditions.acupoints import POINTS, who_code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("BL13", "BL13"),
        ("bl 13", "BL13"),
        (" Bl-13 ", "BL13"),
        ("BL 013", "BL13"),
        ("st.36", "ST36"),
        ("BL67", "BL67"),
        ("ex-hn5", "EX-HN5"),
        ("EX HN 5", "EX-HN5"),
        ("EXB2", "EX-B2"),
        ("BL68", None),
        ("BL0", None),
        ("BL", None),
        ("13", None),
        ("UB13", None),
        ("HN5", None),
        ("EX-BL13", None),
        ("BL13 BL14", None),
        ("", None),
        ("肺俞", None),
    ],
)
def test_who_code_is_written_in_one_way(text, expected):
    assert who_code(text) == expected


def test_points_are_as_many_as_the_standards_count():
    outside = sum(number for letters, number in POINTS.items() if letters.startswith("EX-"))

    assert (sum(POINTS.values()) - outside, outside) == (361, 48)
