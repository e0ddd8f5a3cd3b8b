"""How large a chart is, known before it is drawn: a page keeps its place free. All in CSS pixels."""

from .report import Chart, Few, Panel

WIDE, NARROW = 760, 340
RIGHT, ABOVE, LEGEND_ROW, BELOW = 12, 38, 22, 44
PLOT_HEIGHT, ROW_HEIGHT = 150, 46


def chart_height(chart: Chart, width: int) -> int:
    """Return the height of the whole drawing."""
    if chart.is_in_rows:
        return ABOVE + ROW_HEIGHT * len(chart.labels) + RIGHT
    return sum(panel_height(panel, width) for panel in chart.panels)


def panel_height(panel: Panel, width: int) -> int:
    """Return the height of one panel of columns, with its head, its legend and the names of days."""
    return ABOVE + legend_height(panel, width) + PLOT_HEIGHT + BELOW


def legend_height(panel: Panel, width: int) -> int:
    """Return the height of the legend: it has two names to a row where it is narrow."""
    names = [one.name for one in panel.series]
    if hides(panel):
        names.append(str(Few.HIDDEN))
    if len(names) == 1:
        return 0
    is_short = all(len(name) < 18 for name in names)
    rows = 1 if width == WIDE else -(-len(names) // 2) if is_short else len(names)
    return rows * LEGEND_ROW


def hides(panel: Panel) -> bool:
    """Return whether any number of the panel is too small to be told."""
    return any(value is Few.HIDDEN for one in panel.series for value in one.values)
