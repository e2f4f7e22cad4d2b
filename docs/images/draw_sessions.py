"""Draws what the sessions of ElaadNL of 2018 are like, and writes their figures into the page that shows them.

Run it as ``.venv/bin/python docs/images/draw_sessions.py FILE`` with the table of sessions. Only shares and quantiles
are drawn and written, no session.
"""

import re
import sys
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from laadplan.contracts.quality import Quality
from laadplan.ingest.session_digest import arrival_profile, session_digest
from laadplan.ingest.sessions import read_sessions

DOCS = Path(__file__).parents[1]
PICTURE, PAGE = DOCS / "images" / "sessions-2018.png", DOCS / "reference" / "sessions.md"
BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#666666"


def draw(sessions: pd.DataFrame, picture: Path) -> None:
    """Writes the picture: arrivals, connected hours, energy, and charging against staying."""
    figure, axes = plt.subplots(2, 2, figsize=(11, 7.4), dpi=110, layout="constrained")
    _arrivals(axes[0, 0], arrival_profile(sessions))
    _shares(axes[0, 1], sessions["connected_h"], np.arange(0, 25), "connected, hours", BLUE)
    _shares(axes[1, 0], sessions["energy_kwh"], np.arange(0, 62, 2), "energy, kWh", ORANGE)
    _charging(axes[1, 1], sessions)
    figure.savefig(picture, metadata={"Software": None})
    plt.close(figure)


def _arrivals(axes: Axes, profile: pd.DataFrame) -> None:
    for name, colour, label in (("werkdag", BLUE, "working days"), ("weekend", ORANGE, "weekends")):
        axes.stairs(100 * profile[name], np.arange(25), color=colour, linewidth=2, label=label)
    axes.set(xlabel="hour of the day at which a session begins", ylabel="sessions, %", xlim=(0, 24), ylim=(0, None))
    axes.set_xticks(range(0, 25, 3))
    axes.legend(frameon=False)


def _shares(axes: Axes, values: pd.Series, bounds: np.ndarray, label: str, colour: str) -> None:
    counts, _ = np.histogram(values, bounds)
    beyond = (values > bounds[-1]).mean()
    axes.stairs(100 * counts / len(values), bounds, fill=True, color=colour, alpha=0.75)
    axes.set(xlabel=f"{label} ({100 * beyond:.1f} % lie beyond)", ylabel="sessions, %", xlim=(0, bounds[-1]))


def _charging(axes: Axes, sessions: pd.DataFrame) -> None:
    known = sessions[sessions["charged_h"].notna()]
    bounds = np.array([0, 1, 2, 3, 4, 6, 8, 10, 12, 16, 24])
    place = np.digitize(known["connected_h"], bounds)
    groups = [known["charged_h"][place == each].to_numpy() for each in range(1, len(bounds))]
    drawn = axes.boxplot(groups, whis=(10, 90), showfliers=False, patch_artist=True, widths=0.6)
    for box in drawn["boxes"]:
        box.set_facecolor("#c9dfee")
    for line in drawn["medians"]:
        line.set_color(ORANGE)
    axes.set_xticklabels([f"{low}-{high}" for low, high in pairwise(bounds)])
    axes.set(xlabel="connected, hours", ylabel="charging, hours (10, 25, 50, 75, 90 %)", ylim=(0, None))


def figures(sessions: pd.DataFrame, quality: Quality) -> str:
    """The tables of the page."""
    digest = session_digest(sessions)
    head = ["", *(name for name in digest.columns if name != "sessions"), "of sessions"]
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    for name, row in digest.iterrows():
        cells = [f"{value:.2f}" for value in row.drop("sessions")]
        lines.append(f"| {LABELS[str(name)]} | {' | '.join(cells)} | {row['sessions']:,.0f} |")
    profile = 100 * arrival_profile(sessions)
    hours = ["| hour | working days, % | weekends, % |", "|---:|---:|---:|"]
    hours += [f"| {hour} | {row['werkdag']:.1f} | {row['weekend']:.1f} |" for hour, row in profile.iterrows()]
    mended = quality.facts["start_from_connected_time"] + quality.facts["end_from_connected_time"]
    lost = ", ".join(f"{number} {rule}" for rule, number in sorted(quality.skipped.items()))
    told = (
        f"Read {quality.read:,} rows, kept {len(sessions):,} ({lost}); the clock was wrong for {mended}. "
        f"Together {sessions['energy_kwh'].sum():,.0f} kWh and {sessions['connected_h'].sum():,.0f} connected hours."
    )
    return "\n\n".join([told, "\n".join(lines), "\n".join(hours)])


LABELS = {
    "connected_h": "connected, h",
    "charged_h": "charging, h",
    "energy_kwh": "energy, kWh",
    "power_kw": "mean power while charging, kW",
    "charged_share": "share of the stay that is charging",
}


def main(source: str) -> None:
    """Draws the picture and fills the page between its marks."""
    quality = Quality()
    sessions = read_sessions(Path(source), quality=quality)
    draw(sessions, PICTURE)
    page = PAGE.read_text(encoding="utf-8")
    marks = re.compile(r"(<!-- figures -->\n).*?(<!-- end of figures -->)", re.DOTALL)
    filled = marks.sub(lambda found: f"{found[1]}\n{figures(sessions, quality)}\n\n{found[2]}", page)
    PAGE.write_text(filled, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
