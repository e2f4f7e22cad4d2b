"""Draws counts of electric cars per postcode and the growth of the country, for the page on electric cars.

Run it as ``.venv/bin/python docs/images/draw_electric_cars.py PICTURE`` with LAADPLAN_REAL_DATA set.
"""

import os
import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from benchmarks.adoption import read_table
from laadplan.config.scenario import Scenario

COUNTRY = {2018: 0.25, 2019: 0.51, 2020: 1.21, 2021: 2.04, 2022: 2.76, 2023: 3.69, 2024: 4.91, 2025: 6.1}
"""Electric cars in the country in % (RAI Vereniging and BOVAG, in AutoWeek of 19 November 2025)."""

LOOKS = {"laag": "#7fb2d6", "midden": "#1f6fa8", "hoog": "#0b3454"}
SMALLEST_CARS, MOST_CARS = 200, 40


def draw(path: Path, table: pd.DataFrame) -> None:
    """The two pictures beside each other."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
    _counts(left, table[table["cars"] >= SMALLEST_CARS])
    _curves(right)
    figure.savefig(path, dpi=110, metadata={"Software": None})


def _counts(axes: Axes, table: pd.DataFrame) -> None:
    bins = np.arange(-0.5, MOST_CARS + 1)
    for year, colour in ((2022, "#b8b8b8"), (2024, "#1f6fa8")):
        number = (table[f"share_{year}"] * table["cars"]).round()
        heights = np.histogram(number, bins)[0]
        axes.step(bins[:-1] + 0.5, heights, where="mid", color=colour, label=str(year), lw=2)
    axes.set_xlabel("electric cars in the postcode")
    axes.set_ylabel("postcodes")
    axes.set_title(f"Postcodes of {SMALLEST_CARS} cars and more", fontsize=10)
    axes.legend(frameon=False)


def _curves(axes: Axes) -> None:
    years = np.arange(2018, 2036)
    curves = Scenario().curves
    for name, colour in LOOKS.items():
        curve = getattr(curves, name)
        share = 100 * curve.ceiling_share / (1 + np.exp(-curve.steepness * (years - curve.middle_year)))
        axes.plot(years, share, color=colour, label=name, lw=2)
        axes.annotate(f"{share[-1]:.0f} %", (2035, share[-1]), xytext=(4, -3), textcoords="offset points", color=colour)
    axes.plot(list(COUNTRY), list(COUNTRY.values()), "o", color="#d1495b", ms=4, label="counted")
    axes.set_xlim(2017.5, 2037)
    axes.set_xticks(range(2018, 2036, 3))
    axes.set_ylabel("electric cars in the country, %")
    axes.set_title("Three scenarios", fontsize=10)
    axes.legend(frameon=False)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), read_table(Path(os.environ["LAADPLAN_REAL_DATA"])))
