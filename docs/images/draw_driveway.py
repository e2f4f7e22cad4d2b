"""Measures driveways in demo towns against planted truth: ``docs/images/driveway-calibration.png`` and two tables.

Run it from the top folder as ``.venv/bin/python -m docs.images.draw_driveway``; it writes the picture and prints the
tables of ``docs/reference/homes.md``. Takes about two minutes. Seeds are not those looked at while the model was made.
"""

import tempfile
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

from laadplan.demo.sources import write_demo
from tests.demand.planted_driveways import area_under_curve, brier, judged, read_town, reliability, without_inritten

PICTURE = Path(__file__).with_name("driveway-calibration.png")
TOWNS = [(inhabitants, seed) for inhabitants in (2_000, 20_000) for seed in (31, 32, 34)]
DRAWN, NOT_DRAWN = "inritten getekend", "geen inrit getekend"


def draw() -> None:
    """Writes the picture and prints the tables."""
    found = {name: [] for name in (DRAWN, NOT_DRAWN)}
    print("| town | seed | dwellings | with driveway | AUC | Brier | AUC, type only | AUC, distance to inrit only |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")
    for inhabitants, seed in TOWNS:
        with tempfile.TemporaryDirectory() as folder:
            write_demo(Path(folder), inhabitants, seed)
            town = read_town(Path(folder))
        for name, drawn in ((DRAWN, town), (NOT_DRAWN, without_inritten(town))):
            found[name].append(judged(drawn))
        _tell(f"{inhabitants:,} | {seed}", found[DRAWN][-1])
    whole = {name: pd.concat(parts) for name, parts in found.items()}
    for name, table in whole.items():
        _tell(f"{name} | all", table)
    _draw(whole)


def _tell(name: str, table: pd.DataFrame) -> None:
    planted = table["planted"]
    scores = [area_under_curve(table[column], planted) for column in ("found", "by_type", "by_inrit")]
    print(
        f"| {name} | {len(table):,} | {planted.mean():.0%} | {scores[0]:.4f} | {brier(table['found'], planted):.4f} "
        f"| {scores[1]:.3f} | {scores[2]:.3f} |"
    )


def _draw(whole: dict[str, pd.DataFrame]) -> None:
    figure, grid = plt.subplots(1, 2, figsize=(11, 5.2), dpi=90)
    for axes, (name, table) in zip(grid, whole.items(), strict=True):
        bins = reliability(table["found"], table["planted"])
        print(f"\n{name}\n\n| tenth | dwellings | found | planted |\n|---|---:|---:|---:|")
        for tenth, row in bins.iterrows():
            print(f"| {tenth / 10:.1f} | {row['dwellings']:,.0f} | {row['found']:.3f} | {row['planted']:.3f} |")
        _curve(axes, name, bins)
    figure.tight_layout()
    figure.savefig(PICTURE, metadata={"Software": None})


def _curve(axes: Axes, name: str, bins: pd.DataFrame) -> None:
    """Found against planted, with the number of dwellings at each point."""
    axes.plot([0, 1], [0, 1], color="#9aa0a8", linewidth=1, linestyle="--", label="volmaakt geijkt")
    axes.plot(bins["found"], bins["planted"], color="#2166ac", marker="o", label="gevonden")
    for _, row in bins.iterrows():
        left = row["found"] > 0.5
        axes.annotate(
            f"{row['dwellings']:,.0f}".replace(",", "."),
            (row["found"], row["planted"]),
            xytext=(-7 if left else 7, -12 if row["planted"] > 0.5 else 8),
            textcoords="offset points",
            ha="right" if left else "left",
            fontsize=8,
        )
    axes.set(xlabel="gevonden kans op een eigen oprit", ylabel="aandeel met een oprit (aangelegd)", title=name)
    axes.set(xlim=(-0.03, 1.03), ylim=(-0.06, 1.08))
    axes.legend(loc="lower right", fontsize=9)


if __name__ == "__main__":
    draw()
