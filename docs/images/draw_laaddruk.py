"""Holds laaddruk against simulated towns: ``docs/images/laaddruk.png``, and tables in ``docs/reference/laaddruk.md``.

Run it from the top folder as ``.venv/bin/python -m docs.images.draw_laaddruk``; it takes a minute. The towns are those
of ``tests/demand/simulated.py``, always the same. Nothing was fitted to them.
"""

import re
from datetime import date
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from laadplan.config.monitoring import Monitoring
from laadplan.demand.erlang import desired_share, load_at
from laadplan.demand.laaddruk import measure_laaddruk
from tests.demand.simulated import MONDAY, connected_hours, frames, generator, simulate, unit_course

PICTURE = Path(__file__).with_name("laaddruk.png")
PAGE = Path(__file__).parents[1] / "reference" / "laaddruk.md"
PEAK = unit_course().max()
RISK, SIX_WEEKS, MONITORING = 0.05, 6, Monitoring()
AHEAD = [0, 13, 26, 52, 104]
GROWTH = [0.2, 0.33, 0.46, 0.6]


def draw() -> None:
    """Writes the picture and the tables."""
    bias, dates = bias_table(generator(3)), {waits: passing_days(generator(11), waits=waits) for waits in (True, False)}
    text = PAGE.read_text(encoding="utf-8")
    tables = {
        "bias": markdown(bias),
        "dates": markdown(date_table(dates)),
        "found": markdown(found_table(generator(5))),
    }
    for name, table in tables.items():
        text = re.sub(rf"(<!-- {name} -->\n).*?(\n<!-- end -->)", lambda m, t=table: m[1] + t + m[2], text, flags=re.S)
    PAGE.write_text(text, encoding="utf-8")
    picture(dates)


def bias_table(random: np.random.Generator) -> pd.DataFrame:
    """The busiest hour as measured over the true one, of towns at the norm."""
    rows = []
    for poles, long in ((1, 3000), (3, 2000), (20, 400)):
        load = load_at(2 * poles, RISK)
        hours = connected_hours(simulate(load, poles, long, random, unit_peak=PEAK), long).sum(axis=0)
        course = hours.reshape(long, 168).mean(axis=0) / (2 * poles)
        true = course[:120].reshape(5, 24).mean(axis=0).max()
        for areas, towns in ((1, 60), (12, 10), (60, 3))[: 3 if poles < 20 else 2]:
            found = [_town(load, poles, areas, random) for _ in range(towns)]
            table = pd.concat([each for each, _ in found])
            held = (table["laaddruk_low"] <= true / desired_share(2 * poles, RISK)) & (
                table["laaddruk_high"] >= true / desired_share(2 * poles, RISK)
            )
            ratio, plain = table["busiest_share"] / true, np.concatenate([each for _, each in found]) / true
            rows.append((poles, areas, ratio.mean() - 1, ratio.std(), held.mean(), plain.mean() - 1))
    table = pd.DataFrame(rows, columns=["poles per area", "areas in the town", "bias", "spread", "held", "plain"])
    for name in ("bias", "spread", "held", "plain"):
        table[name] = table[name].map("{:.0%}".format)
    return table.rename(columns={"held": "80 % interval holds it", "plain": "bias of the plain maximum"})


def _town(load: float, poles: int, areas: int, random: np.random.Generator) -> tuple[pd.DataFrame, np.ndarray]:
    """Laaddruk of areas alike, and the highest of their 168 hours without any leaning."""
    weekly, hours, points, squares = frames(
        [simulate(load, poles, 13, random, unit_peak=PEAK) for _ in range(areas)], 13
    )
    found, _, _ = measure_laaddruk(weekly, hours, points, squares, MONITORING, MONDAY)
    sums = hours.groupby([hours["location_id"].str[:8], "hour_of_week"])[["connected_h", "observed_h"]].sum()
    plain = (sums["connected_h"] / sums["observed_h"]).groupby(level=0).max()
    return found[found["kind"] == "gebied"], plain.to_numpy()


def passing_days(random: np.random.Generator, *, waits: bool, towns: int = 6, areas: int = 60) -> pd.DataFrame:
    """True and told weeks until the norm is passed, of areas of two to ten poles with a year of sessions."""
    rows = []
    for _ in range(towns):
        plans = [(int(random.integers(2, 11)), random.uniform(0.2, 0.6), random.uniform(0.02, 2)) for _ in range(areas)]
        stays = []
        for poles, growth, years in plans:
            norm = desired_share(2 * poles, RISK) * 2 * poles if waits else load_at(2 * poles, RISK)
            end = norm / (1 + growth) ** years
            stays.append(simulate(end, poles, 52, random, growth=growth, unit_peak=PEAK, waits=waits))
        found, _, _ = measure_laaddruk(*frames(stays, 52), MONITORING, MONDAY)
        for (poles, growth, years), row in zip(plans, found[found["kind"] == "gebied"].itertuples(), strict=True):
            told = 0.0 if row.level == "actie" else _weeks(row.passes_on, np.nan)
            rows.append(
                (
                    poles,
                    growth,
                    years * 365.25 / 7,
                    told,
                    _weeks(row.passes_from, 0.0),
                    _weeks(row.passes_until, np.inf),
                )
            )
    return pd.DataFrame(rows, columns=["poles", "growth", "true", "told", "earliest", "latest"])


def _weeks(day: object, otherwise: float) -> float:
    return (date.fromisoformat(day) - MONDAY).days / 7 if isinstance(day, str) else otherwise


def date_table(dates: dict[bool, pd.DataFrame]) -> pd.DataFrame:
    """Share within six weeks by weeks ahead and growth, and share that the interval holds."""
    parts = []
    for waits, found in dates.items():
        off = (found["told"] - found["true"]).abs()
        ahead = pd.cut(found["true"], AHEAD, labels=["to 13", "13-26", "26-52", "52-104"])
        speed = pd.cut(found["growth"], GROWTH, labels=["20-33 %", "33-46 %", "46-60 %"])
        near = (off <= SIX_WEEKS).groupby([ahead, speed], observed=True).mean().unstack().map("{:.0%}".format)
        held = (found["earliest"] <= found["true"]) & (found["true"] <= found["latest"])
        near["all"] = (off <= SIX_WEEKS).groupby(ahead, observed=True).mean().map("{:.0%}".format)
        near["median error"] = (
            (found["told"] - found["true"]).groupby(ahead, observed=True).median().map("{:+.0f} wk".format)
        )
        near["interval holds it"] = held.groupby(ahead, observed=True).mean().map("{:.0%}".format)
        near.insert(0, "who finds all taken", "waits" if waits else "is lost")
        parts.append(near.reset_index(names="weeks ahead"))
    return pd.concat(parts).rename_axis(columns=None)


def found_table(random: np.random.Generator) -> pd.DataFrame:
    """Precision and recall of level actie, of areas and poles planted clear of the norm by a margin."""
    rows = []
    for kind in ("gebied", "paal"):
        parts = [_planted(kind, random) for _ in range(4)]
        share, actie = (np.concatenate(each) for each in zip(*parts, strict=True))
        for margin in (0.1, 0.2):
            clear = np.abs(share - 1) > margin - 0.01
            over, told = share[clear] > 1, actie[clear]
            both = (over & told).sum()
            subjects = f"{over.sum()} of {clear.sum()}"
            rows.append((kind, f"{margin:.0%}", subjects, f"{both / told.sum():.2f}", f"{both / over.sum():.2f}"))
    return pd.DataFrame(rows, columns=["subject", "clear of the norm", "overloaded", "precision", "recall"])


def _planted(kind: str, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Planted laaddruk of sixty areas, or poles alone in theirs, and whether they were told as actie."""
    planted = random.choice([0.5, 0.7, 0.8, 0.9, 1.1, 1.2, 1.4], 60)
    sizes = random.integers(2, 11, 60) if kind == "gebied" else np.ones(60, dtype=int)
    stays = [
        simulate(share * desired_share(2 * n, RISK) * 2 * n, n, 13, random, unit_peak=PEAK, waits=True)
        for share, n in zip(planted, sizes.tolist(), strict=True)
    ]
    found, _, _ = measure_laaddruk(*frames(stays, 13), MONITORING, MONDAY)
    return planted, (found.loc[found["kind"] == kind, "level"] == "actie").to_numpy()


def markdown(table: pd.DataFrame) -> str:
    """The table as markdown."""
    lines = ["| " + " | ".join(map(str, table.columns)) + " |", "|" + "---|" * len(table.columns)]
    return "\n".join([*lines, *("| " + " | ".join(map(str, row)) + " |" for row in table.itertuples(index=False))])


def picture(dates: dict[bool, pd.DataFrame]) -> None:
    """Told against true weeks until the norm is passed."""
    figure, panels = plt.subplots(1, 2, figsize=(12, 5.2), dpi=90, sharey=True)
    for axes, (waits, found) in zip(panels, dates.items(), strict=True):
        axes.fill_between([0, 104], [-SIX_WEEKS, 98], [SIX_WEEKS, 110], color="#cfe3cf", label="within six weeks")
        axes.plot([0, 104], [0, 104], color="#4a4a4a", linewidth=0.8)
        dots = axes.scatter(
            found["true"], found["told"], c=found["growth"] * 100, s=14, cmap="viridis", vmin=20, vmax=60
        )
        axes.set(xlim=(0, 105), ylim=(-3, 160), xlabel="true weeks until the norm is passed")
        axes.set_title(f"who finds all points taken {'waits' if waits else 'is lost'}")
    panels[0].set_ylabel("weeks told")
    panels[0].legend(loc="upper left")
    figure.colorbar(dots, ax=panels, label="growth (% a year)")
    figure.savefig(PICTURE, metadata={"Software": None})


if __name__ == "__main__":
    draw()
