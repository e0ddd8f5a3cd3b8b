"""The charts as SVG: well-formed, described, and nothing in them that a strict policy refuses."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.conf import settings

from booking.numbers.drawing import PALETTES, SVG, Theme, draw
from booking.numbers.report import Chart, Few, Look, Panel, Report, Series, Table
from booking.numbers.sizes import NARROW, WIDE, chart_height

WEEKS = tuple(date(2026, 9, 21) + timedelta(weeks=n) for n in range(12))
COUNTS = (0, 1, 12, 7, 3, 0, 0, 4, 1200, 5, 6, 7)
BOTH = [(theme, is_narrow) for theme in Theme for is_narrow in (False, True)]


def make_report(chart, **kwargs):
    values = {
        "key": "test",
        "title": "Visits & <more>",
        "finding": "5 of $10 and $20 “came”.",
        "advice": "",
        "counted": "",
        "table": Table((), ()),
    }
    return Report(chart=chart, **values | kwargs)


def weekly(labels=WEEKS, counts=COUNTS, **kwargs):
    series = (
        Series("Came", Look.MAIN, counts),
        Series("Did not come", Look.WARM, counts),
        Series("Not marked", Look.SECOND, counts),
        Series("Cancelled", Look.QUIET, counts),
    )
    return Chart(labels=labels, panels=(Panel("Visits", series),), **kwargs)


def few():
    counts = (Few.HIDDEN, 9, 0, *COUNTS[3:])
    return Chart(labels=WEEKS, panels=(Panel("Stops", (Series("a day", Look.MAIN, counts),)),))


def percent():
    past = (50, 99, *[None] * 10)
    ahead = (None, None, 100, *[None] * 9)
    series = (Series("Taken", Look.MAIN, past), Series("So far", Look.SECOND, ahead))
    return Chart(labels=WEEKS, panels=(Panel("Taken", series),), is_percent=True)


def rows():
    titles = ("Pain of $5 to $10 <b>", "x" * 200, "Nothing")
    series = Series("Bookings", Look.MAIN, (12, 3, 0))
    return Chart(labels=titles, panels=(Panel("Bookings by article", (series,)),))


CHARTS = {"weeks": weekly, "few": few, "percent": percent, "rows": rows, "nothing": lambda: None}


def drawn(chart, theme=Theme.LIGHT, *, is_narrow=False):
    return ElementTree.fromstring(draw(make_report(chart), theme=theme, is_narrow=is_narrow))  # noqa: S314 (our own)


def words(svg):
    return [element.text for element in svg.iter(f"{{{SVG}}}text")]


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize(("theme", "is_narrow"), BOTH)
def test_a_chart_is_described_and_asks_for_nothing(name, theme, is_narrow):
    svg = drawn(CHARTS[name](), theme, is_narrow=is_narrow)

    assert svg.tag == f"{{{SVG}}}svg"
    assert [(child.tag.rpartition("}")[2], child.text) for child in svg[:2]] == [
        ("title", "Visits & <more>"),
        ("desc", "5 of $10 and $20 “came”."),
    ]
    assert svg.get("role") == "img"
    assert svg.get("width") == ("340" if is_narrow else "760")
    for element in svg.iter():
        assert element.tag.rpartition("}")[2] not in {"style", "script", "image", "foreignObject"}
        assert "style" not in element.attrib
        targets = [value for key, value in element.items() if key.endswith("href")]
        assert [one for one in targets if not one.startswith("#")] == []
        assert not any("http" in value for value in element.attrib.values())


def test_words_stay_words_and_small_print_is_not_small():
    svg = drawn(weekly())

    assert {"Visits", "Came", "Did not come", "Sep 21", "2026", "Dec 7", "4,800"} <= set(words(svg))
    sizes = {element.get("font-size") for element in svg.iter(f"{{{SVG}}}text")}
    assert min(float(size.removesuffix("px")) for size in sizes) >= 12


def test_dollars_in_a_title_are_dollars_and_long_titles_end():
    shown = words(drawn(rows(), is_narrow=True))

    assert "Pain of $5 to $10 <b>" in shown
    assert [len(text) < 60 and text.endswith("…") for text in shown if "xx" in text] == [True]
    assert shown.count("0") == 1


def test_every_number_that_has_room_stands_above_its_bar():
    assert {"50%", "99%", "100%"} <= set(words(drawn(percent())))
    assert "4,800" not in words(drawn(weekly(), is_narrow=True))


def test_few_are_a_ring_with_a_name():
    svg = drawn(few())

    assert "fewer than 5" in words(svg)
    rings = [one for one in svg.iter(f"{{{SVG}}}use") if one.get("stroke-width") == "2"]
    assert len(rings) == 2  # the day's, and the legend's


def test_three_years_of_days_can_be_drawn():
    days = tuple(date(2023, 12, 25) + timedelta(days=n) for n in range(3 * 366))
    counts = tuple(n % 7 for n in range(len(days)))

    shown = words(drawn(weekly(days, counts), is_narrow=True))

    assert len([text for text in shown if text and "20" in text]) <= 12
    assert "Visits" in shown


def test_the_same_numbers_are_drawn_the_same_by_many_threads_at_once():
    report = make_report(weekly())
    alone = draw(report, theme=Theme.DARK, is_narrow=False)

    with ThreadPoolExecutor(8) as pool:
        jobs = [
            pool.submit(draw, make_report(CHARTS[name]()), theme=theme, is_narrow=is_narrow)
            for name in CHARTS
            for theme, is_narrow in BOTH
        ] + [pool.submit(draw, report, theme=Theme.DARK, is_narrow=False) for _ in range(8)]
        answers = [job.result() for job in jobs]

    assert set(answers[-8:]) == {alone}


# Colors


def tokens():
    """Return the colors of the site, light and dark, by name."""
    css = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    light, dark = css.split("@media", 2)[:2]
    pattern = re.compile(r"--([\w-]+): (#\w{6});")
    return {
        Theme.LIGHT: dict(pattern.findall(light)),
        Theme.DARK: dict(pattern.findall(dark)),
    }


def luminance(color):
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", Theme)
def test_colors_are_the_sites_own(theme):
    known = tokens()[theme]

    for name, color in vars(PALETTES[theme]).items():
        assert color == known[name.replace("_", "-")], name


@pytest.mark.parametrize("theme", Theme)
def test_bars_and_words_stand_out(theme):
    palette = PALETTES[theme]

    marks = [palette.fill, palette.link, palette.warm, palette.line_strong]
    assert min(contrast(color, palette.raised) for color in marks) >= 3
    assert min(contrast(color, palette.raised) for color in (palette.ink, palette.soft)) >= 7


def test_no_two_kinds_of_bars_differ_by_color_alone():
    svg = drawn(weekly())

    patterns = list(svg.iter(f"{{{SVG}}}pattern"))
    assert len(patterns) == 2  # one for each of the two; a full and an empty bar need none


def test_the_site_starts_without_the_drawing_library():
    program = (
        "import sys, django; django.setup(); from django.urls import get_resolver; "
        "get_resolver().url_patterns; import clinic.wsgi; print('matplotlib' in sys.modules)"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(settings.BASE_DIR),
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.strip().endswith("False")


@pytest.mark.parametrize("name", ["weeks", "few", "percent", "rows"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_size_is_known_before_it_is_drawn(name, width):
    chart = CHARTS[name]()

    svg = drawn(chart, is_narrow=width == NARROW)

    size = [round(float(svg.get(side))) for side in ("width", "height")]
    assert size == [width, chart_height(chart, width)]
