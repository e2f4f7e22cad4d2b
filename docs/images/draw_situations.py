"""Draws the situations in which walkway widths were worked out by hand: ``docs/images/walkway-situations.png``.

Run it from the top folder as ``.venv/bin/python -m docs.images.draw_situations``; it takes the figures of
``tests/geo/situations.py``. The pole is red, the disc that just gets past it blue, what is narrower than 1.80 m orange.
"""

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path as Outline
from shapely import Polygon

from tests.geo.situations import POLE, SITUATIONS, Situation

PICTURE = Path(__file__).with_name("walkway-situations.png")
COLUMNS, SIDE_M, LOW_M, HIGH_M = 5, 3.6, -1.0, 5.2


def draw() -> None:
    """Writes the picture."""
    rows = -(-len(SITUATIONS) // COLUMNS)
    figure, grid = plt.subplots(rows, COLUMNS, figsize=(16, 3.7 * rows), dpi=80)
    for axes in grid.flat:
        axes.axis("off")
    for axes, situation in zip(grid.flat, SITUATIONS, strict=False):
        _situation(axes, situation)
    figure.tight_layout()
    figure.savefig(PICTURE, metadata={"Software": None})


def _situation(axes: Axes, situation: Situation) -> None:
    axes.set_xlim(-SIDE_M, SIDE_M)
    axes.set_ylim(LOW_M, HIGH_M)
    axes.set_aspect("equal")
    axes.add_patch(plt.Rectangle((-SIDE_M, LOW_M), 2 * SIDE_M, HIGH_M - LOW_M, color="#dfe8cf"))
    axes.add_patch(plt.Rectangle((-SIDE_M, LOW_M), 2 * SIDE_M, -LOW_M, color="#c3c8d1"))
    for footway in situation.footways:
        axes.add_patch(_patch(footway, facecolor="#ece2d0", edgecolor="#8a7f6d", linewidth=0.8))
    for obstacle in situation.obstacles:
        axes.add_patch(_patch(obstacle, facecolor="#4a4a4a", edgecolor="none"))
    axes.add_patch(Circle((POLE.x, POLE.y), 0.15, color="#c0241c", zorder=4))
    _found(axes, situation)


def _found(axes: Axes, situation: Situation) -> None:
    """The figures, and the disc that fits where the widest passage is."""
    lengths = " / ".join("n.v.t." if np.isnan(length) else f"{length:.2f}" for length in situation.narrow_m)
    width = "n.v.t." if np.isnan(situation.width_m) else f"{situation.width_m:.2f} m"
    axes.set_title(
        f"{situation.name}: {'ten minste ' if situation.beyond else ''}{width}\n"
        f"< 0,90 / 1,20 / 1,50 / 1,80:\n{lengths}".replace(".", ",").replace("n,v,t,", "n.v.t."),
        fontsize=9,
    )
    if situation.gap is not None and not situation.beyond:
        (x0, y0), (x1, y1) = situation.gap
        middle = ((x0 + x1) / 2, (y0 + y1) / 2)
        radius = float(np.hypot(x1 - x0, y1 - y0)) / 2
        axes.add_patch(Circle(middle, radius, facecolor="#2f6fb555", edgecolor="#2f6fb5"))
        axes.plot([x0, x1], [y0, y1], color="#2f6fb5", linewidth=1.6)
    if situation.narrow_m[-1] > 0:
        left, right = situation.below_180
        axes.plot([left, right], [-0.12, -0.12], color="#e08214", linewidth=4, solid_capstyle="butt")


def _patch(polygon: Polygon, **style: object) -> PathPatch:
    rings = [polygon.exterior, *polygon.interiors]
    return PathPatch(Outline.make_compound_path(*(Outline(np.array(ring.coords)) for ring in rings)), **style)


if __name__ == "__main__":
    draw()
