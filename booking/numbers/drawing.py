"""Draws a report's chart as SVG. Import it where a chart is drawn: matplotlib takes a second.

One figure of its own for each drawing, and no state beside what is set here once: threads may draw
at the same time.
"""

import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from xml.etree import ElementTree

from django.conf import settings

from .report import FEW, Chart, Few, Look, Panel, Report
from .sizes import (
    ABOVE,
    LEGEND_ROW,
    NARROW,
    PLOT_HEIGHT,
    RIGHT,
    ROW_HEIGHT,
    WIDE,
    chart_height,
    hides,
    legend_height,
    panel_height,
)

# Before matplotlib is imported, which keeps its list of fonts there.
os.environ.setdefault("MPLCONFIGDIR", str(settings.DATA_DIR / "matplotlib"))

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

matplotlib.rcParams.update(
    {
        "svg.fonttype": "none",  # words stay words
        "svg.hashsalt": "numbers",  # the same numbers are drawn the same
        "text.parse_math": False,  # a title may hold dollars
    }
)
SVG = "http://www.w3.org/2000/svg"
ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

# All lengths are CSS pixels. A point is one of them, as a figure has 72 to the inch.
DOTS = 72
TEXT, SMALL = 13, 12
LEFT = 44
# How wide a digit is at most.
DIGIT = 8


class Theme(StrEnum):
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Palette:
    """Colors of static/css/tokens.css, by the names that they have there."""

    raised: str
    ink: str
    soft: str
    line: str
    line_strong: str
    fill: str
    link: str
    warm: str


PALETTES = {
    Theme.LIGHT: Palette(
        raised="#fffefb",
        ink="#17251f",
        soft="#3d4d45",
        line="#ded6c5",
        line_strong="#6f7973",
        fill="#1d4d3d",
        link="#1b4f3e",
        warm="#a96a0b",
    ),
    Theme.DARK: Palette(
        raised="#19221d",
        ink="#f0eadd",
        soft="#c2cabf",
        line="#2f3b34",
        line_strong="#84918a",
        fill="#a3dbc3",
        link="#9ed8bf",
        warm="#e9b44c",
    ),
}


def draw(report: Report, *, theme: Theme, is_narrow: bool) -> bytes:
    """Return the chart as SVG, with a title and a description, and nothing that a strict CSP refuses."""
    width = NARROW if is_narrow else WIDE
    if report.chart is None:
        figure = _nothing(report, PALETTES[theme], width)
    elif report.chart.is_in_rows:
        figure = _rows(report.chart, PALETTES[theme], width)
    else:
        figure = _columns(report.chart, PALETTES[theme], width)
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg", backend="svg", metadata={"Date": None})
    return _finish(drawn.getvalue(), report)


def _figure(palette: Palette, width: float, height: float) -> Figure:
    return Figure(figsize=(width / DOTS, height / DOTS), dpi=DOTS, facecolor=palette.raised)


def _axes(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Add axes whose corner is that far from the left and the top of the figure."""
    whole_width, whole_height = figure.get_size_inches() * DOTS
    return figure.add_axes(
        (
            left / whole_width,
            1 - (top + height) / whole_height,
            width / whole_width,
            height / whole_height,
        )
    )


def _nothing(report: Report, palette: Palette, width: int) -> Figure:
    figure = _figure(palette, width, 80)
    figure.text(0.5, 0.5, report.finding, color=palette.soft, fontsize=TEXT, ha="center", wrap=True)
    return figure


# Columns: one for each week or day


def _columns(chart: Chart, palette: Palette, width: int) -> Figure:
    figure = _figure(palette, width, chart_height(chart, width))
    top = 0
    for panel in chart.panels:
        legend = legend_height(panel, width)
        plot_width = width - LEFT - RIGHT
        axes = _axes(figure, LEFT, top + ABOVE + legend, plot_width, PLOT_HEIGHT)
        _style(axes, palette)
        _head(axes, panel, palette, legend)
        _scale(axes, panel, chart)
        _draw_columns(axes, panel, palette, plot_width / len(chart.labels), chart.is_percent)
        _name_days(axes, [day for day in chart.labels if isinstance(day, date)], width)
        top += panel_height(panel, width)
    return figure


def _style(axes: Axes, palette: Palette) -> None:
    axes.set_facecolor("none")
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(palette.line_strong)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=palette.line, linewidth=1)
    axes.tick_params(length=0, labelsize=SMALL, labelcolor=palette.soft, pad=6)


def _head(axes: Axes, panel: Panel, palette: Palette, legend: float) -> None:
    above = 1 + (legend + 14) / PLOT_HEIGHT
    axes.text(
        0,
        above,
        panel.title,
        transform=axes.transAxes,
        color=palette.ink,
        fontsize=TEXT,
        fontweight="bold",
    )
    if not legend:
        return
    handles: list[Any] = [Patch(**_look(one.look, palette), label=one.name) for one in panel.series]
    if hides(panel):
        handles.append(_few_marks(axes, [], palette, panel.series[0].look))
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1.03),
        ncols=-(-len(handles) // round(legend / LEGEND_ROW)),
        frameon=False,
        fontsize=SMALL,
        labelcolor=palette.soft,
        borderpad=0,
        borderaxespad=0,
        columnspacing=1.4,
        handlelength=1.4,
        handleheight=0.9,
    )


def _scale(axes: Axes, panel: Panel, chart: Chart) -> None:
    totals = [_total(values) for values in zip(*(s.values for s in panel.series), strict=True)]
    axes.set_xlim(-0.5, len(chart.labels) - 0.5)
    if chart.is_percent:
        axes.set_ylim(0, 112)
        axes.set_yticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "100%"])
        return
    axes.set_ylim(0, max(*totals, FEW) * 1.15)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.yaxis.set_major_formatter("{x:,.0f}")


def _total(values: Iterable[int | Few | None]) -> int:
    return sum(value for value in values if isinstance(value, int))


def _draw_columns(
    axes: Axes, panel: Panel, palette: Palette, room: float, is_percent: bool
) -> None:
    count = len(panel.series[0].values)
    bottoms = [0] * count
    bar = 0.76 if room > 4 else 1
    for one in panel.series:
        drawn = {n: value for n, value in enumerate(one.values) if isinstance(value, int) and value}
        boxes = [(n - bar / 2, bottoms[n], bar, value) for n, value in drawn.items()]
        _bars(axes, boxes, _look(one.look, palette, is_thin=room < 8))
        for n, value in drawn.items():
            bottoms[n] += value
        few = [n for n, value in enumerate(one.values) if value is Few.HIDDEN]
        if few:
            _few_marks(axes, few, palette, one.look)
    known = [any(one.values[n] is not None for one in panel.series) for n in range(count)]
    numbers = [f"{bottoms[n]:,}{'%' if is_percent else ''}" for n in range(count)]
    if room < DIGIT * max(len(number) for number in numbers):
        return
    for n in range(count):
        _number(axes, n, bottoms[n], numbers[n] if known[n] else "–", palette)


def _bars(
    axes: Axes, boxes: Sequence[tuple[float, float, float, float]], look: dict[str, Any]
) -> None:
    """Draw boxes of left, bottom, width and height in one go: there may be thousands."""
    corners = [
        [(left, low), (left, low + height), (left + width, low + height), (left + width, low)]
        for left, low, width, height in boxes
    ]
    if corners:
        axes.add_patch(PathPatch(Path.make_compound_path_from_polys(np.array(corners)), **look))


def _few_marks(axes: Axes, at: Sequence[int], palette: Palette, look: Look) -> Any:
    """Draw a ring, always at the same height, for each day whose number is not told."""
    color = _look(look, palette)["edgecolor"]
    (marks,) = axes.plot(
        at,
        [FEW / 2] * len(at),
        linestyle="none",
        marker="o",
        markersize=7,
        markerfacecolor=palette.raised,
        markeredgecolor=color,
        markeredgewidth=2,
        label=str(Few.HIDDEN),
    )
    return marks


def _number(axes: Axes, x: float, y: float, words: str, palette: Palette) -> None:
    axes.annotate(
        words,
        (x, y),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        color=palette.ink,
        fontsize=SMALL,
    )


def _name_days(axes: Axes, days: Sequence[date], width: int) -> None:
    """Name as many Mondays as there is room for; the first of a year with the year."""
    mondays = [n for n, day in enumerate(days) if day.weekday() == 0]
    most = 12 if width == WIDE else 5
    shown = mondays[:: -(-len(mondays) // most)]
    names, year = [], None
    for n in shown:
        name = f"{days[n]:%b} {days[n].day}"
        names.append(name if days[n].year == year else f"{name}\n{days[n].year}")
        year = days[n].year
    axes.set_xticks(shown, names)


# Rows: one for each title, which stands above its bar


def _rows(chart: Chart, palette: Palette, width: int) -> Figure:
    (panel,) = chart.panels
    (series,) = panel.series
    values = [_total([value]) for value in series.values]
    plot_width = width - 2 * RIGHT
    figure = _figure(palette, width, chart_height(chart, width))
    axes = _axes(figure, RIGHT, ABOVE, plot_width, ROW_HEIGHT * len(values))
    axes.set_axis_off()
    axes.set_ylim(len(values), 0)
    # Room for the number at the end of the longest bar.
    axes.set_xlim(0, max(values) * plot_width / (plot_width - 56))
    axes.set_title(panel.title, loc="left", color=palette.ink, fontsize=TEXT, fontweight="bold")
    for row, (label, value) in enumerate(zip(chart.labels, values, strict=True)):
        axes.text(0, row + 0.36, _short(str(label), plot_width), color=palette.soft, fontsize=SMALL)
        if value:
            _bars(axes, [(0, row + 0.45, value, 0.42)], _look(series.look, palette))
        axes.annotate(
            f"{value:,}",
            (value, row + 0.66),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=palette.ink,
            fontsize=SMALL,
        )
    return figure


def _short(label: str, width: float) -> str:
    most = int(width / (0.56 * SMALL))
    return label if len(label) <= most else f"{label[: most - 1].rstrip()}…"


# Looks


def _look(look: Look, palette: Palette, *, is_thin: bool = False) -> dict[str, Any]:
    """Return how bars of this look are drawn: by a pattern too, so that color is not needed."""
    # An edge of its own color keeps a bar of half a pixel in sight.
    edge = 1 if is_thin else 1.5
    if look == Look.MAIN:
        return {"facecolor": palette.fill, "edgecolor": palette.fill, "linewidth": edge}
    if look == Look.WARM:
        # Cut out of the color, so that the pattern shows on the narrowest bar.
        cut = {} if is_thin else {"hatch": "///", "hatchcolor": palette.raised}
        return {"facecolor": palette.warm, "edgecolor": palette.warm, "linewidth": edge, **cut}
    if look == Look.SECOND:
        return {
            "facecolor": palette.raised,
            "edgecolor": palette.link,
            "linewidth": edge,
            "hatch": r"\\\\",
            "hatchcolor": palette.link,
        }
    return {"facecolor": palette.raised, "edgecolor": palette.line_strong, "linewidth": 1}


def _finish(drawn: str, report: Report) -> bytes:
    """Say what the drawing shows, and turn inline styles, which a strict policy refuses, to attributes."""
    root = ElementTree.fromstring(drawn)  # noqa: S314 (drawn here)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}metadata", f"{{{SVG}}}style"):
                parent.remove(child)
    for element in root.iter():
        for declaration in filter(str.strip, element.attrib.pop("style", "").split(";")):
            name, _, value = declaration.partition(":")
            element.set(name.strip(), value.strip())
        if "font-family" in element.attrib:
            element.set("font-family", FONTS)
    # What matplotlib's own style sheet says of all.
    root.attrib |= {"stroke-linejoin": "round", "stroke-linecap": "butt", "role": "img"}
    for name in ("width", "height"):
        root.set(name, root.get(name, "").removesuffix("pt"))
    described = ElementTree.Element(f"{{{SVG}}}desc")
    described.text = report.finding
    title = ElementTree.Element(f"{{{SVG}}}title")
    title.text = report.title
    root[:0] = [title, described]
    drawn_bytes: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return drawn_bytes
