"""What stands on and below a picture of a street: scale, arrow to the north, legend.

In: signs with their words. Out: drawings on a chart of matplotlib; lengths on paper in mm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from laadplan.contracts.dutch import number
from laadplan.publish.palette import Mark
from laadplan.publish.pen import INK, MARKERS

LINE_MM = 3.9
"""Height of a line of the legend."""

LETTER_MM, SIGN_MM, GAP_MM = 1.18, 5.2, 3.0
"""Width of a letter of 6 pt at its widest on average, of a sign, and between two entries."""

SCALE_STEPS_M = (1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True)
class Sign:
    """One entry of the legend: its mark, and the size in points and the sign of matplotlib where it is a marker."""

    mark: Mark
    size: float = 5.0
    marker: str = ""


def legend_rows(signs: Sequence[Sign], width_mm: float) -> list[list[tuple[float, Sign]]]:
    """The entries in lines that fit the width, each with where it begins (mm from the left)."""
    rows: list[list[tuple[float, Sign]]] = []
    at = width_mm
    for sign in signs:
        wide = SIGN_MM + LETTER_MM * len(sign.mark.label)
        if at + wide > width_mm or not rows:
            rows.append([])
            at = 1.0
        rows[-1].append((at, sign))
        at += wide + GAP_MM
    return rows


def write_legend(
    figure: Figure, rows: list[list[tuple[float, Sign]]], width_mm: float, height_mm: float, map_mm: float
) -> None:
    """Writes the legend below the map."""
    room = height_mm - map_mm
    side = figure.add_axes((0, 0, 1, room / height_mm))
    side.set(xlim=(0, width_mm), ylim=(room, 0))
    side.axis("off")
    for place, row in enumerate(rows):
        y = 1 + LINE_MM * (place + 0.5)
        for at, sign in row:
            _draw_sign(side, sign, at, y)
            side.text(at + SIGN_MM, y, sign.mark.label, color=INK, fontsize=6, va="center_baseline")


def draw_scale(chart: Axes, view: shapely.Polygon, width_mm: float) -> None:
    """A bar at the bottom left, about a quarter of the width, with its length and the scale as a ratio."""
    west, south, east, _ = view.bounds
    mm = (east - west) / width_mm
    length = max(step for step in SCALE_STEPS_M if step <= (east - west) / 4 or step == SCALE_STEPS_M[0])
    left, bottom = west + 3 * mm, south + 3 * mm
    box: dict[str, Any] = {"facecolor": "white", "alpha": 0.88, "edgecolor": "none", "zorder": 30}
    chart.add_patch(Rectangle((left - 1.5 * mm, bottom - 1.5 * mm), length + 20 * mm, 5 * mm, **box))
    for part in range(2):
        look: dict[str, Any] = {"facecolor": INK if part == 0 else "white", "edgecolor": INK, "linewidth": 0.6}
        chart.add_patch(Rectangle((left + part * length / 2, bottom), length / 2, 1.1 * mm, zorder=31, **look))
    words = f"{number(length, 0, 'm')}   1:{10 * round(100 * mm)}"
    chart.text(left + length + 1.2 * mm, bottom + 0.55 * mm, words, color=INK, fontsize=5.5, va="center", zorder=31)


def draw_north(chart: Axes, width_mm: float, map_mm: float) -> None:
    """The arrow to the north, top right."""
    x, y = 1 - 4.5 / width_mm, 1 - 5 / map_mm
    shape = [(0.0, 3.2), (1.6, -2.0), (0.0, -0.9), (-1.6, -2.0)]
    places = [(x + dx / width_mm, y + dy / map_mm) for dx, dy in shape]
    box: dict[str, Any] = {"facecolor": "white", "alpha": 0.88, "edgecolor": "none", "zorder": 30}
    corner = (x - 3 / width_mm, y - 6 / map_mm)
    chart.add_patch(Rectangle(corner, 6 / width_mm, 10 / map_mm, transform=chart.transAxes, **box))
    chart.fill(*zip(*places, strict=True), transform=chart.transAxes, color=INK, zorder=31)
    look: dict[str, Any] = {"fontsize": 6.5, "weight": "bold", "color": INK, "ha": "center", "va": "center"}
    chart.text(x, y - 4 / map_mm, "N", transform=chart.transAxes, zorder=31, **look)


def _draw_sign(side: Axes, sign: Sign, at: float, y: float) -> None:
    mark = sign.mark
    marker = sign.marker or MARKERS.get(mark.shape, "")
    if marker:
        look: dict[str, Any] = {"markerfacecolor": mark.fill, "markeredgecolor": mark.line, "markersize": sign.size}
        side.add_line(Line2D([at + 2], [y], linestyle="none", marker=marker, markeredgewidth=0.6, **look))
    elif mark.shape == "outline":
        side.add_line(Line2D([at + 0.2, at + 4], [y, y], color=mark.line, linewidth=1.0))
    else:
        side.add_patch(
            Rectangle((at + 0.2, y - 1.2), 3.8, 2.4, facecolor=mark.fill, edgecolor=mark.line, linewidth=0.7)
        )
