"""Draws gap against time of laadplan and its peers from ``benchmarks/results/siting.json``.

Run ``python docs/images/draw_gaps.py`` after ``python -m benchmarks siting``. The gap is that which each could certify
at the moment: its own bound over its own best plan. A line ends where the search ended; a gap of 0 is drawn at the
bottom.
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

DOCS = Path(__file__).parents[1]
PICTURE, ROWS = DOCS / "images" / "gaps.png", DOCS.parent / "benchmarks" / "results" / "siting.json"

PANELS = {
    "coverage-10k": "coverage, 10,000 points, 2,000 sites",
    "coverage-50k": "coverage, 50,000 points, 10,000 sites",
    "coverage-200k": "coverage, 200,000 points, 20,000 sites",
    "capacitated-10k": "with capacity, 10,000 points, 3,000 sites",
}
STYLES: dict[str, dict[str, Any]] = {
    "laadplan": {"color": "#d55e00", "linewidth": 2.6},
    "HiGHS": {"color": "#0072b2", "linestyle": "--", "linewidth": 1.6},
    "CBC": {"color": "#009e73", "linestyle": "-.", "linewidth": 1.6},
    "SCIP": {"color": "#7a4fa3", "linestyle": ":", "linewidth": 2.0},
    "spopt": {"color": "#555555", "linestyle": (0, (5, 1, 1, 1, 1, 1)), "linewidth": 1.6},
}
MARKS = {"laadplan": "o", "HiGHS": "s", "CBC": "^", "SCIP": "D", "spopt": "v"}
LEAST_PERCENT, MOST_PERCENT = 0.003, 300.0


def draw(rows: list[dict[str, Any]], picture: Path) -> None:
    """Writes the picture, one panel per problem."""
    figure, axes = plt.subplots(2, 2, figsize=(11.5, 8.0), dpi=110, layout="constrained", sharey=True)
    for place, (panel, (case, title)) in enumerate(zip(axes.flat, PANELS.items(), strict=True)):
        _panel(panel, [row for row in rows if row["name"] == case])
        panel.set_title(title, fontsize=11, loc="left")
        if place % 2 == 0:
            panel.set_ylabel("certified gap, %")
        if place > 1:
            panel.set_xlabel("seconds, model building included")
    handles = {
        line.get_label(): line for panel in axes.flat for line in panel.get_lines() if line.get_marker() == "None"
    }
    known = [name for name in STYLES if name in handles]
    figure.legend([handles[name] for name in known], known, loc="outside upper center", ncols=len(known), frameon=False)
    figure.savefig(picture, metadata={"Software": None})
    plt.close(figure)


def _panel(axes: Axes, rows: list[dict[str, Any]]) -> None:
    for name, style in STYLES.items():
        own = [row for row in rows if row["by"] == name and row["curve"]]
        if own:
            _line(axes, max(own, key=lambda row: row["limit_s"]), name, style)
    axes.set(xscale="log", yscale="log", ylim=(LEAST_PERCENT, MOST_PERCENT), xlim=(0.1, 1100))
    axes.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
    axes.set_yticks([LEAST_PERCENT, 0.01, 0.1, 1, 10, 100], ["0", "0.01", "0.1", "1", "10", "100"])
    axes.grid(color="#dddddd", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)


def _line(axes: Axes, row: dict[str, Any], name: str, style: dict[str, Any]) -> None:
    seconds, objective, bound = np.array(row["curve"], dtype=float).T  # unknown is nan
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = 100 * (bound - objective) / objective
    known = np.isfinite(gap)
    if not known.any():
        return
    last = max(row["seconds"], seconds[known][-1])
    seconds, gap = np.append(seconds[known], last), np.append(gap[known], gap[known][-1])
    gap = np.clip(gap, LEAST_PERCENT, MOST_PERCENT)
    axes.step(seconds, gap, where="post", label=name, **style)
    axes.plot(seconds[-1], gap[-1], MARKS[name], color=style["color"], markersize=7, clip_on=False, zorder=4)


if __name__ == "__main__":
    given = [Path(each) for each in sys.argv[1:]] or [ROWS, PICTURE]
    draw(json.loads(given[0].read_text(encoding="utf-8")), given[1])
