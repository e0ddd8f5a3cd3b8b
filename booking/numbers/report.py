"""What the page, the pictures and the files show of a number: plain values, no query."""

from dataclasses import dataclass
from datetime import date
from enum import Enum, StrEnum

FEW = 5


class Few(Enum):
    """Stands in the place of 1 to 4, where so few might be told from each other."""

    HIDDEN = f"fewer than {FEW}"

    def __str__(self) -> str:
        return str(self.value)


type Count = int | Few
type Cell = str | Count | date


def hide_few(count: int) -> Count:
    """Return the count, or only that it is small. Zero stays: it is about nobody."""
    return Few.HIDDEN if 0 < count < FEW else count


class Look(StrEnum):
    """How bars are told apart: each has a color and a pattern of its own."""

    MAIN = "main"
    SECOND = "second"
    WARM = "warm"
    QUIET = "quiet"


@dataclass(frozen=True)
class Series:
    """One kind of bars: a value for each label. None means that there is nothing to say."""

    name: str
    look: Look
    values: tuple[Count | None, ...]


@dataclass(frozen=True)
class Panel:
    """Bars on one scale; its series stand on each other."""

    title: str
    series: tuple[Series, ...]


@dataclass(frozen=True)
class Chart:
    """Panels under each other, over the same labels. Titles in place of days lie one a row."""

    labels: tuple[date, ...] | tuple[str, ...]
    panels: tuple[Panel, ...]
    is_percent: bool = False

    @property
    def is_in_rows(self) -> bool:
        return isinstance(self.labels[0], str) and len(self.panels) == 1


@dataclass(frozen=True)
class Table:
    """The same, as numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Report:
    """One number of the page."""

    key: str
    title: str
    finding: str
    """What it says, in a sentence or two; if there is nothing, what is missing."""
    advice: str
    """What to do about it."""
    counted: str
    """What counts, and what does not."""
    table: Table
    chart: Chart | None
    """None if there is nothing to draw."""


def share(part: int, whole: int) -> str:
    """Return "12%", or "less than 1%" where rounding would deny that there was any."""
    percent = round(100 * part / whole)
    return "less than 1%" if part and not percent else f"{percent}%"


def amount(count: int, one: str, many: str = "") -> str:
    """Return "1 visit" or "2,000 visits"."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
