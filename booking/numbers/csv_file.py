"""A table as a CSV file that no spreadsheet runs anything of."""

import csv
import io
from datetime import date

from .report import Cell, Table

# A cell that begins with one of these is a formula to spreadsheets.
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(table: Table) -> str:
    """Return the table with its columns' names, days as YYYY-MM-DD."""
    written = io.StringIO()
    writer = csv.writer(written)
    for row in (table.columns, *table.rows):
        writer.writerow([_cell(cell) for cell in row])
    return written.getvalue()


def _cell(cell: Cell) -> str | int:
    if isinstance(cell, int):
        return cell
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    return f"'{text}" if text.startswith(STARTS_FORMULA) else text
