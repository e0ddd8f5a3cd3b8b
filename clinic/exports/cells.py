"""What stands in a cell of a file that a spreadsheet opens: text that stays text, real numbers and days.

Every file that leaves for a spreadsheet goes through here, so that nothing somebody typed into a
form becomes a formula on the desk of whoever opens it. Source: OWASP, "CSV Injection".
"""

import csv
import math
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import takewhile
from typing import IO, Any
from zoneinfo import ZoneInfo

Value = str | bool | int | float | Decimal | date | time | timedelta | None
"""What a cell may hold. A `datetime` is a `date`, and aware."""

FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
# Where some programs end a cell, Excel in much of Europe at a semicolon: to them quotes that stand
# between commas are no quotes.
SEPARATORS = ";\t\r\n"
BEHIND_SEPARATORS = re.compile(f"(?<=[{SEPARATORS}])")
# As many as a cell of Excel takes, in the units that it counts.
LONGEST_CELL = 32_767
CUT = "… (cut: too long for a cell)"
# Excel's numbers have 15 digits: more would be rounded.
MOST_DIGITS = 15
# No cell of Excel may hold these, nor what stands for half a character.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
BOM = "\ufeff"


def clean(text: str) -> str:
    """Return the text as a cell can hold it: without control characters, and not too long.

    Lines end in a line feed alone.
    """
    text = UNWRITABLE.sub(REPLACEMENT, text.replace("\r\n", "\n").replace("\r", "\n"))
    if _units(text) <= LONGEST_CELL:
        return text
    room = LONGEST_CELL - len(CUT)
    return text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore") + CUT


def reads_like_a_formula(text: str) -> bool:
    """Say whether a program might compute the text, also after quotes, spaces and what cannot be seen."""
    skipped = "".join(takewhile(_is_skipped, text))
    rest = text[len(skipped) :]
    return not FORMULA_STARTS.isdisjoint(skipped) or rest[:1] in FORMULA_STARTS


def text_for_csv(text: str) -> str:
    """Return the text of a CSV cell: clean, with an apostrophe before what reads like a formula.

    That may be all of it, or what stands behind a separator.
    """
    pieces = [
        f"'{piece}" if reads_like_a_formula(piece.rstrip(SEPARATORS)) else piece
        for piece in BEHIND_SEPARATORS.split(text)
    ]
    marked = "".join(pieces)
    # Of a separator at the very beginning a program may take no notice.
    return clean(f"'{marked}" if reads_like_a_formula(marked) else marked)


def in_words(value: Value, zone: ZoneInfo) -> str | int | float | Decimal:
    """Return a number that a cell can hold as it is, and anything else as text.

    Times are on the zone's clock with its distance from UTC, and days too, as ISO 8601 has them.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | Decimal):
        return value if _fits(value) else str(value)
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return "" if value is None else str(value)


def for_csv(value: Value, zone: ZoneInfo) -> str | int | float | Decimal:
    """Return what `csv` writes for the value."""
    words = in_words(value, zone)
    return text_for_csv(words) if isinstance(words, str) else words


class CsvSheet:
    """A CSV file, in UTF-8 with the mark by which Excel knows it. One row is in memory at a time."""

    def __init__(self, file: IO[bytes], zone: ZoneInfo, headings: Iterable[str]) -> None:
        self._file, self._zone = file, zone
        file.write(BOM.encode())
        self._writer = csv.writer(self)
        self.add(headings)

    def write(self, line: str) -> None:
        """Take a line from `csv`."""
        self._file.write(line.encode())

    def add(self, row: Iterable[Value]) -> None:
        self._writer.writerow([for_csv(value, self._zone) for value in row])

    def close(self) -> None:
        """End the file. There is nothing to add to a CSV file."""


class XlsxSheet:
    """An Excel file of one sheet. One row is in memory at a time."""

    def __init__(
        self, file: IO[bytes], zone: ZoneInfo, headings: Iterable[str], *, folder: str | None = None
    ) -> None:
        # Here because it takes a while, and most processes write no Excel file.
        import xlsxwriter

        self._zone, self._row = zone, 0
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(file, options)
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        self._formats: dict[str, Any] = {}
        self.add(headings, bold=True)

    def add(self, row: Iterable[Value], *, bold: bool = False) -> None:
        look = self._book.add_format({"bold": True}) if bold else None
        for column, value in enumerate(row):
            self._put(column, value, look)
        self._row += 1

    def close(self) -> None:
        """Put the file together."""
        self._book.close()

    def _put(self, column: int, value: Value, look: Any) -> None:
        sheet, at = self._sheet, (self._row, column)
        if isinstance(value, datetime):
            local = value.astimezone(self._zone)
            # A day and time as Excel counts, shown with the distance from UTC that it cannot keep.
            shown = f'yyyy-mm-dd"T"hh:mm:ss"{local:%:z}"'
            if local.year > 1900:
                sheet.write_datetime(
                    *at, local.replace(tzinfo=None, microsecond=0), self._format(shown)
                )
                return
        elif isinstance(value, date) and value.year > 1900:
            sheet.write_datetime(*at, value, self._format("yyyy-mm-dd"))
            return
        words = in_words(value, self._zone)
        if not isinstance(words, str):
            sheet.write_number(*at, words)
        elif words:
            sheet.write_string(*at, clean(words), look)

    def _format(self, shown: str) -> Any:
        if shown not in self._formats:
            self._formats[shown] = self._book.add_format({"num_format": shown})
        return self._formats[shown]


def _is_skipped(character: str) -> bool:
    """Say whether a program may skip it at the beginning of a cell."""
    is_unseen = character.isspace() or unicodedata.category(character) in ("Cc", "Cf")
    return is_unseen or character == '"'


def _units(text: str) -> int:
    """Return the length of the text as Excel counts: some characters are two."""
    return len(text.encode("utf-16-le")) // 2


def _fits(number: float | Decimal) -> bool:
    """Say whether a cell keeps the number as it is."""
    return math.isfinite(number) and (
        isinstance(number, float) or len(Decimal(number).as_tuple().digits) <= MOST_DIGITS
    )
