"""Ways to foretell the share of electric cars of postcodes, held against what was counted.

In: one row per PC4 with its cars, its shares of several years, figures of its people and cars, and its region. Out:
errors per way, and how often intervals hold. Nothing here makes a forecast: it is why `growth` and `shares` are as they
are. All ways are given the national share of the year foretold, so that they differ in where the cars are.

Columns of the table: ``cars``, ``share_2020``, ``share_2022``, ``share_2023``, ``share_2024``, ``municipality``,
``region``; all others are features.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import brentq, minimize

from laadplan.demand.growth import Z_80
from laadplan.demand.shares import SUPPRESSED_BELOW, suppressed_share

CEILING = 0.95
"""Of the S-curve, as in the scenarios."""

PRIOR_CARS = 200.0
"""Cars that the municipality counts for in the empirical Bayes way; a round number, not tuned."""

FOLDS = 10
"""Groups of whole regions: each is foretold by what was learned from the other nine."""

Y, X = "share_2024", "share_2023"
KEYS = ("cars", "share_2020", "share_2022", "share_2023", "share_2024", "municipality", "region")

CHOSEN = "S-curve from last year, zeros filled in"
BASELINE = "last year x national growth"


def to_total(share: pd.Series, cars: pd.Series, total: float, ceiling: float | None = None) -> pd.Series:
    """Shares brought to a given number of electric cars: by a factor, or along an S-curve with a ceiling.

    >>> to_total(pd.Series([0.1, 0.2]), pd.Series([100.0, 100.0]), 60.0).round(3).to_list()
    [0.2, 0.4]
    """
    if ceiling is None:
        return share * total / float((share * cars).sum())
    odds = share.clip(upper=0.999 * ceiling)
    odds = odds / (ceiling - odds)

    def shifted(step: float) -> pd.Series:
        moved: pd.Series = ceiling * odds * np.exp(step) / (1 + odds * np.exp(step))
        return moved

    return shifted(brentq(lambda step: float((shifted(step) * cars).sum()) - total, -10.0, 10.0))


def errors(table: pd.DataFrame, share: pd.Series, ceiling: float | None = None) -> dict[str, float]:
    """Errors of foretold shares for 2024, each after they were brought to the national total of the rows scored.

    ``counted``: rows with a share above 0; ``suppressed``: all rows, where 0 stands for any number below ten;
    ``as_given``: all rows, 0 is 0. All are sums of absolute errors in cars over the electric cars, in %; ``mean``: mean
    absolute error of the share over the rows of ``counted``, each postcode alike, in percentage points.
    """
    found = {}
    for name, rows in {"counted": table[Y] > 0, "as_given": table[Y] >= 0}.items():
        own, real = table[rows], table.loc[rows, Y]
        told = to_total(share[rows], own["cars"], float((real * own["cars"]).sum()), ceiling)
        off = (told - real).abs()
        found[name] = 100 * float((off * own["cars"]).sum() / (real * own["cars"]).sum())
        if name == "counted":
            found["mean"] = 100 * float(off.mean())
        else:
            off = off.where(real > 0, (told - SUPPRESSED_BELOW / own["cars"]).clip(lower=0.0))
            found["suppressed"] = 100 * float((off * own["cars"]).sum() / (real * own["cars"]).sum())
    return found


def mean_share(table: pd.DataFrame, column: str, by: str | None = None) -> pd.Series:
    """Share of electric cars of all rows together, or per group, repeated for each row; zeros are left out."""
    cars = table["cars"].where(table[column] > 0, 0.0)
    keys = pd.Series(0, index=table.index) if by is None else table[by]
    group: pd.Series = (cars * table[column]).groupby(keys).transform("sum") / cars.groupby(keys).transform("sum")
    return group if by is None else group.fillna(mean_share(table, column))


def filled(table: pd.DataFrame, column: str) -> pd.Series:
    """Shares in which zeros are replaced by what fewer than ten electric cars are likely to be."""
    likely = suppressed_share(table["cars"], mean_share(table, column, "municipality"))
    return table[column].where(table[column] > 0, likely)


def simple_ways(table: pd.DataFrame) -> dict[str, tuple[pd.Series, float | None]]:
    """Ways without learning: shares before they are brought to the total, and the ceiling with which that is done."""
    last, cars = table[X], table["cars"]
    before = to_total(table["share_2022"], cars, float((last * cars).sum()))
    usual = mean_share(table, X, "municipality")
    shrunk = (cars * filled(table, X) + PRIOR_CARS * usual) / (cars + PRIOR_CARS)
    return {
        BASELINE: (last, None),
        "mean of two years x national growth": ((last + before) / 2, None),
        "mean of the municipality": (usual, None),
        "mean of the country": (pd.Series(1.0, index=table.index), None),
        "odds of last year x growth": (last, 1.0),
        "S-curve from last year, ceiling 0.95": (last, CEILING),
        CHOSEN: (filled(table, X), CEILING),
        "empirical Bayes to the municipality, S-curve": (shrunk, CEILING),
    }


def compare(table: pd.DataFrame, *, learned: bool = True) -> pd.DataFrame:
    """Errors per way: columns ``way``, ``test`` (none, year or region), and those of `errors`.

    Test ``year``: learned from 2022 to 2023, foretells 2024; ``region``: learned from 2023 to 2024 in other regions.
    """
    rows = [{"way": way, "test": "none"} | errors(table, *told) for way, told in simple_ways(table).items()]
    if learned:
        for way, learn in LEARNED.items():
            past = learn(table, "share_2022", X)(table, X)
            rows.append({"way": way, "test": "year"} | errors(table, past))
            rows.append({"way": way, "test": "region"} | errors(table, _by_region(table, learn)))
    return pd.DataFrame(rows)


def per_region(table: pd.DataFrame) -> pd.DataFrame:
    """Error in % per region of the chosen way and of the baseline, over the rows of ``counted``."""
    rows = table[Y] > 0
    cars, real = table.loc[rows, "cars"], table.loc[rows, Y]
    total = float((cars * real).sum())
    ways = simple_ways(table)
    off = {}
    for name in (CHOSEN, BASELINE):
        share, ceiling = ways[name]
        off[name] = (to_total(share[rows], cars, total, ceiling) - real).abs() * cars
    sums = pd.DataFrame(off).groupby(table.loc[rows, "region"]).sum()
    found: pd.DataFrame = 100 * sums.div((cars * real).groupby(table.loc[rows, "region"]).sum(), axis=0)
    return found


Told = Callable[[pd.DataFrame, str], pd.Series]
Learn = Callable[[pd.DataFrame, str, str], Told]


def _by_region(table: pd.DataFrame, learn: Learn) -> pd.Series:
    order = {name: place % FOLDS for place, name in enumerate(sorted(table["region"].unique()))}
    fold = table["region"].map(order)
    told = [learn(table[fold != own], X, Y)(table[fold == own], X) for own in sorted(set(order.values()))]
    found: pd.Series = pd.concat(told).reindex(table.index)
    return found


def _features(table: pd.DataFrame, column: str, *, last: bool) -> pd.DataFrame:
    """Figures of the postcode; shares as a multiple of that of the country, so that years can stand for each other."""
    own = table.drop(columns=[name for name in KEYS if name in table])
    if last:
        whole = mean_share(table, column)
        own = own.assign(last=filled(table, column) / whole, around=mean_share(table, column, "municipality") / whole)
    return own


def _boosting(loss: str) -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(
        loss=loss, max_iter=150, learning_rate=0.05, min_samples_leaf=40, random_state=0
    )


def _linear(model: Any) -> Any:
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(SimpleImputer(), StandardScaler(), model)


def _ratio(make: Callable[[], Any], *, log: bool, weight: str = "sample_weight") -> Learn:
    """Learns how much more a postcode grew than the country."""

    def learn(table: pd.DataFrame, before: str, after: str) -> Told:
        rows = table[(table[before] > 0) & (table[after] > 0)]
        growth = rows[after] / rows[before] * mean_share(rows, before) / mean_share(rows, after)
        model = make()
        cars = (rows["cars"] * rows[before]).to_numpy()
        model.fit(_features(rows, before, last=True), np.log(growth) if log else growth, **{weight: cars})

        def told(other: pd.DataFrame, column: str) -> pd.Series:
            found = model.predict(_features(other, column, last=True))
            share: pd.Series = filled(other, column) * (np.exp(found) if log else found)
            return share

        return told

    return learn


def _ridge() -> Any:
    from sklearn.linear_model import RidgeCV

    return _linear(RidgeCV(alphas=[1.0, 10.0, 100.0, 1000.0]))


def _poisson() -> Any:
    from sklearn.linear_model import PoissonRegressor

    return _linear(PoissonRegressor(alpha=1e-3, max_iter=500))


def _share(*, last: bool) -> Learn:
    """Learns the share itself, as a multiple of that of the country."""

    def learn(table: pd.DataFrame, before: str, after: str) -> Told:
        rows = table[table[after] > 0]
        model = _boosting("poisson")
        model.fit(_features(rows, before, last=last), rows[after] / mean_share(rows, after), sample_weight=rows["cars"])
        return lambda other, column: pd.Series(model.predict(_features(other, column, last=last)), index=other.index)

    return learn


LEARNED: dict[str, Learn] = {
    "linear on the logarithm of growth": _ratio(_ridge, log=True, weight="ridgecv__sample_weight"),
    "Poisson regression with last year as offset": _ratio(
        _poisson, log=False, weight="poissonregressor__sample_weight"
    ),
    "boosting of growth": _ratio(lambda: _boosting("absolute_error"), log=True),
    "boosting of the share, with last year": _share(last=True),
    "boosting of the share, without last year": _share(last=False),
}
"""Ways that learn; what was left out of a name is the same for all: same features, same rows, seed 0."""


def fit_spread(table: pd.DataFrame, before: str, after: str) -> tuple[float, float]:
    """Variance per electric car added, and deviation of the cars added as a share of them, of one step in time.

    Such that 80 % of the deviations from the S-curve lie within `Z_80` standard deviations, over all sizes of stock.
    """
    added, off = _deviations(table, before, after)

    def loss(logs: Any) -> float:
        over = np.abs(off) - Z_80 * np.sqrt(np.exp(logs[0]) * added + np.exp(2 * logs[1]) * added**2)
        return float((np.where(over > 0, 0.8 * over, -0.2 * over) / np.sqrt(added)).mean())

    best = min((minimize(loss, start, method="Nelder-Mead") for start in ([0, -1], [1, -2], [0, -3])), key=_value)
    return float(np.exp(best.x[0])), float(np.exp(best.x[1]))


def _value(found: Any) -> float:
    return float(found.fun)


def covered(table: pd.DataFrame, added_cars: float, added_share: float) -> dict[str, float]:
    """Share of the postcodes whose count of 2024 lies in the interval of 80 %: all, by cars, and by cars added."""
    added, off = _deviations(table, X, Y)
    inside = np.abs(off) <= Z_80 * np.sqrt(added_cars * added + (added_share * added) ** 2)
    cars = table.loc[inside.index, "cars"]
    found = {"all": float(inside.mean()), "weighed": float((inside * cars).sum() / cars.sum())}
    for low, high in ((0, 10), (10, 25), (25, 50), (50, 100), (100, 1e9)):
        own = inside[(added >= low) & (added < high)]
        found[f"{low}-{high:g}" if high < 1e9 else f"{low}+"] = float(own.mean())
    return found


def _deviations(table: pd.DataFrame, before: str, after: str) -> tuple[pd.Series, pd.Series]:
    """Electric cars added by the S-curve and what was counted beyond it; of postcodes with counts in both years."""
    rows = table[(table[before] > 0) & (table[after] > 0) & (table["cars"] > 50)]
    total = float((rows[after] * rows["cars"]).sum())
    told = to_total(rows[before], rows["cars"], total, CEILING)
    return (told - rows[before]) * rows["cars"], (rows[after] - told) * rows["cars"]


def masked(table: pd.DataFrame, column: str = "share_2022") -> dict[str, float]:
    """How well zeros are filled in, where the truth is known: counts below ten are hidden in a year that shows them.

    Errors in % of the electric cars hidden: of zero, of the mean of the municipality, and of `filled`.
    """
    hidden = table[column] * table["cars"] < SUPPRESSED_BELOW
    shown = table.assign(**{column: table[column].where(~hidden, 0.0)})
    ways = {
        "zero": shown[column],
        "municipality": mean_share(shown, column, "municipality"),
        "filled": filled(shown, column),
    }
    own = table[hidden]
    real = float((own[column] * own["cars"]).sum())
    return {
        name: 100 * float(((told[hidden] - own[column]).abs() * own["cars"]).sum()) / real
        for name, told in ways.items()
    } | {"postcodes": float(hidden.sum())}
