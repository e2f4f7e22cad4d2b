"""Measures driveways in demo towns against planted truth: ``docs/images/driveway-calibration.png`` and two tables.

Run it from the top folder as ``.venv/bin/python -m docs.images.draw_driveway``; it draws the picture and writes the
tables into ``docs/reference/homes.md``, between the two marks. It takes about two minutes. The seeds are not those that
were looked at while the model was made.
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
PAGE = Path(__file__).parents[1] / "reference" / "homes.md"
BEGIN, END = "<!-- figures: docs/images/draw_driveway.py -->", "<!-- end of figures -->"
TOWNS = [(inhabitants, seed) for inhabitants in (2_000, 20_000) for seed in (31, 32, 34)]
DRAWN, NOT_DRAWN = "inritten getekend", "geen inrit getekend"
HEAD = """| inhabitants | seed | dwellings | planted | expected | AUC | Brier | AUC by type | AUC by distance to inrit |
|---:|---:|---:|---:|---:|---:|---:|---:|---:|
"""
TENTHS = "| | dwellings | found | planted |\n|---|---:|---:|---:|\n"


def draw() -> None:
    """Draws the picture and writes the tables."""
    found: dict[str, list[pd.DataFrame]] = {DRAWN: [], NOT_DRAWN: []}
    lines = []
    for inhabitants, seed in TOWNS:
        with tempfile.TemporaryDirectory() as folder:
            write_demo(Path(folder), inhabitants, seed)
            town = read_town(Path(folder))
        for name, drawn in ((DRAWN, town), (NOT_DRAWN, without_inritten(town))):
            found[name].append(judged(drawn))
        lines.append(_line(f"{inhabitants:,} | {seed}", found[DRAWN][-1]))
    whole = {name: pd.concat(parts) for name, parts in found.items()}
    lines += [_line("all, inritten drawn |", whole[DRAWN]), _line("all, no inrit drawn |", whole[NOT_DRAWN])]
    _write(HEAD + "".join(lines) + "".join(_tenths(name, table) for name, table in whole.items()))
    _draw(whole)


def _line(name: str, table: pd.DataFrame) -> str:
    planted, found = table["planted"], table["found"]
    scores = [area_under_curve(table[column], planted) for column in ("found", "by_type", "by_inrit")]
    return (
        f"| {name} | {len(table):,} | {planted.sum():,} | {found.sum():,.0f} | {scores[0]:.4f} "
        f"| {brier(found, planted):.4f} | {scores[1]:.3f} | {scores[2]:.3f} |\n"
    )


def _tenths(name: str, table: pd.DataFrame) -> str:
    """The reliability table of a way of drawing."""
    rows = [
        f"| {tenth / 10:.1f} - {(tenth + 1) / 10:.1f} | {row['dwellings']:,.0f} | {row['found']:.3f} "
        f"| {row['planted']:.3f} |\n"
        for tenth, row in reliability(table["found"], table["planted"]).iterrows()
    ]
    return f"\nProbability found against share planted, {name}:\n\n{TENTHS}{''.join(rows)}"


def _write(figures: str) -> None:
    """Puts the tables between the marks of the page."""
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.partition(BEGIN)[0], page.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n{figures}{END}{after}", encoding="utf-8")


def _draw(whole: dict[str, pd.DataFrame]) -> None:
    figure, grid = plt.subplots(1, 2, figsize=(11, 5.2), dpi=90)
    for axes, (name, table) in zip(grid, whole.items(), strict=True):
        _curve(axes, name, reliability(table["found"], table["planted"]))
    figure.tight_layout()
    figure.savefig(PICTURE, metadata={"Software": None})


def _curve(axes: Axes, name: str, bins: pd.DataFrame) -> None:
    """Found against planted, with the number of dwellings at each point."""
    axes.plot([0, 1], [0, 1], color="#9aa0a8", linewidth=1, linestyle="--", label="volmaakt geijkt")
    area = 12 + 500 * bins["dwellings"] / bins["dwellings"].max()
    axes.scatter(bins["found"], bins["planted"], area, color="#2166ac", alpha=0.7, label="woningen (oppervlak: aantal)")
    for _, row in bins.iterrows():
        left = row["found"] > 0.5
        axes.annotate(
            f"{row['dwellings']:,.0f}".replace(",", "."),
            (row["found"], row["planted"]),
            xytext=(-9 if left else 9, -14 if row["planted"] > 0.5 else 9),
            textcoords="offset points",
            ha="right" if left else "left",
            fontsize=8,
        )
    axes.set(xlabel="gevonden kans op een eigen oprit", ylabel="aandeel met een oprit (aangelegd)", title=name)
    axes.set(xlim=(-0.08, 1.08), ylim=(-0.09, 1.1))
    axes.legend(loc="lower right", fontsize=9)


if __name__ == "__main__":
    draw()
