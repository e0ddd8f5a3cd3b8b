"""Whatever somebody typed, a spreadsheet shows it as text and computes nothing."""

import csv
import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from clinic.exports.cells import (
    CUT,
    LONGEST_CELL,
    CsvSheet,
    XlsxSheet,
    clean,
    reads_like_a_formula,
)

NEW_YORK = ZoneInfo("America/New_York")
UNSEEN = ["", " ", "\t", "\n", "\r", "\x00", "\u00a0", "\u200b", "\ufeff", "  \t "]
SIGNS = ["=", "+", "-", "@", "＝", "＋", "－", "＠"]
SEPARATORS = [";", "\t", "\n", "\r\n"]
# Any text, and much of it such that an attacker would think of.
TEXT = st.one_of(
    st.text(),
    st.lists(st.sampled_from([*SEPARATORS, *UNSEEN, *SIGNS, '"', "'", "1"])).map("".join),
    st.builds(
        str.__add__,
        st.sampled_from([unseen + sign for unseen in UNSEEN for sign in ["", *SIGNS]]),
        st.one_of(st.text(), st.sampled_from(["1+1", 'cmd|" /C calc"!A0', "_x0041_"])),
    ),
)
ROWS = st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=3)


def csv_text(rows, headings=("a", "b", "c")):
    """Write the rows as a CSV file, and return what stands in it."""
    file = BytesIO()
    sheet = CsvSheet(file, NEW_YORK, headings)
    for row in rows:
        sheet.add(row)
    sheet.close()
    return file.getvalue().decode("utf-8-sig")


def csv_rows(rows):
    """Write the rows as a CSV file, and return what a program reads."""
    return list(csv.reader(StringIO(csv_text(rows), newline="")))[1:]


def beginning(piece):
    """Return the first character that a program looks at, if it skips quotes and what is not seen."""
    seen = (
        one
        for one in piece
        if one != '"' and not one.isspace() and unicodedata.category(one) not in ("Cc", "Cf")
    )
    return next(seen, "")


def xlsx_cells(rows, headings=("a", "b", "c")):
    """Write the rows as an Excel file, and return the cells that a program reads."""
    file = BytesIO()
    sheet = XlsxSheet(file, NEW_YORK, headings)
    for row in rows:
        sheet.add(row)
    sheet.close()
    return list(openpyxl.load_workbook(file).active.iter_rows(min_row=2))


@given(ROWS)
def test_any_text_is_read_from_csv_as_text_and_never_a_formula(rows):
    read = csv_rows(rows)

    assert [[cell.replace("'", "") for cell in row] for row in read] == [
        [clean(cell).replace("'", "") for cell in row] for row in rows
    ]
    assert not any(reads_like_a_formula(cell) for row in read for cell in row)


@given(ROWS)
def test_where_a_program_ends_a_cell_elsewhere_the_next_begins_with_no_formula(rows):
    pieces = re.split("[;\t\r\n]", csv_text(rows))

    assert not [piece for piece in pieces if beginning(piece) in SIGNS]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a;=1+1", "a;'=1+1"),
        ("a\t=HYPERLINK(1)", "a\t'=HYPERLINK(1)"),
        ("a; \u200b=1", "a;' \u200b=1"),
        ('a;"=1', "a;'\"=1"),
        ("a\r\n-1", "a\n'-1"),
        ("a;\t;=1;-2;3", "a;\t;'=1;'-2;3"),
        ('"=1', "'\"=1"),
        ("\t=1", "'\t'=1"),
    ],
    ids=ascii,
)
def test_an_apostrophe_stands_behind_a_separator_too(text, written):
    assert csv_rows([["x", text]]) == [["x", written]]


@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_any_text_is_read_from_excel_as_it_was_and_never_a_formula(rows):
    read = xlsx_cells([["x", *row] for row in rows], headings="abcd")

    # Excel takes back by itself how its files spell “_x0041_”, openpyxl when asked.
    assert [[unescape(cell.value or "") for cell in row] for row in read] == [
        ["x", *map(clean, row)] for row in rows
    ]
    # What is empty counts as a number.
    assert {cell.data_type for row in read for cell in row if cell.value is not None} == {"s"}


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
def test_csv_puts_an_apostrophe_before_what_a_program_might_compute(sign, unseen):
    assert csv_rows([[f"{unseen}{sign}1+1"]])[0][0][0] == "'"


PLAIN = [
    "Ana Example",
    "cold, -5 degrees",
    "5 mg",
    "a=b",
    "'=1",
    "",
    "ana@example.com",
    'a; "b"\n\n\tc, d',
]


@pytest.mark.parametrize("text", PLAIN)
def test_csv_leaves_other_text_alone(text):
    assert csv_rows([["x", text]]) == [["x", text]]


def test_phone_numbers_are_text_in_both():
    assert csv_rows([["+12125550123"]]) == [["'+12125550123"]]
    cell = xlsx_cells([["+12125550123"]])[0][0]
    assert (cell.value, cell.data_type) == ("+12125550123", "s")


def test_addresses_and_numbers_in_text_stay_text_in_excel():
    row = xlsx_cells([["https://example.org", "007", "mailto:ana@example.com"]])[0]

    assert [cell.value for cell in row] == ["https://example.org", "007", "mailto:ana@example.com"]
    assert [cell.hyperlink for cell in row] == [None, None, None]


VALUES = [
    (7, "7", 7),
    (-7, "-7", -7),
    (1.5, "1.5", 1.5),
    (Decimal("12.50"), "12.50", 12.5),
    (float("inf"), "inf", "inf"),
    (12345678901234567, "12345678901234567", "12345678901234567"),
    (True, "yes", "yes"),
    (None, "", None),
    (date(2026, 12, 9), "2026-12-09", datetime(2026, 12, 9)),  # noqa: DTZ001 - cells have no zone
    (date(1066, 10, 14), "1066-10-14", "1066-10-14"),
    (time(9, 30), "09:30:00", "09:30:00"),
    (timedelta(hours=1), "1:00:00", "1:00:00"),
    (
        datetime(2026, 12, 9, 15, tzinfo=UTC),
        "2026-12-09T10:00:00-05:00",
        datetime(2026, 12, 9, 10),  # noqa: DTZ001 - cells have no zone
    ),
    (
        datetime(1066, 1, 1, tzinfo=UTC),
        "1065-12-31T19:03:58-04:56:02",
        "1065-12-31T19:03:58-04:56:02",
    ),
]


@pytest.mark.parametrize(("value", "in_csv", "in_excel"), VALUES, ids=[str(v[0]) for v in VALUES])
def test_numbers_days_and_times_are_what_they_are(value, in_csv, in_excel):
    assert csv_rows([["x", value]]) == [["x", in_csv]]
    assert xlsx_cells([["x", value]])[0][1].value == in_excel


def test_a_negative_number_is_no_formula():
    assert xlsx_cells([[-7]])[0][0].data_type == "n"


def test_excel_shows_the_distance_from_utc_of_the_hour_that_comes_twice():
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    cells = xlsx_cells([[first, first + timedelta(hours=1)]])[0]

    assert [cell.value.hour for cell in cells[:2]] == [1, 1]
    assert [cell.number_format for cell in cells[:2]] == [
        'yyyy-mm-dd"T"hh:mm:ss"-04:00"',
        'yyyy-mm-dd"T"hh:mm:ss"-05:00"',
    ]


def test_control_characters_are_replaced_and_lines_kept():
    text = "one\x00\x1b[2Jtwo\r\nthree\rfour\ud800"

    assert clean(text) == "one��[2Jtwo\nthree\nfour�"


@pytest.mark.parametrize("letter", ["x", "😀"])
def test_a_text_that_is_too_long_is_cut_with_a_mark(letter):
    text = clean(letter * LONGEST_CELL + "x")

    assert text.endswith(f"{letter}{CUT}")
    assert LONGEST_CELL - 1 <= len(text.encode("utf-16-le")) // 2 <= LONGEST_CELL
    assert xlsx_cells([[text]])[0][0].value == text


def test_a_text_of_just_the_length_stays_whole():
    text = "x" * LONGEST_CELL

    assert clean(text) == text
    assert len(csv_rows([["=" + text]])[0][0]) == LONGEST_CELL


def test_headings_are_cells_too():
    file = BytesIO()
    CsvSheet(file, NEW_YORK, ["=1+1", "name"])

    assert file.getvalue().decode("utf-8-sig") == "'=1+1,name\r\n"
    book = BytesIO()
    XlsxSheet(book, NEW_YORK, ["=1+1", "name"]).close()
    assert openpyxl.load_workbook(book).active["A1"].data_type == "s"
