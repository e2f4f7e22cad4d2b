"""An official forecast beside the model: made whole over the years, and looked at for what cannot be right.

In: `Forecast` of whole buurten, the model's energy per buurt, year and scenario. Out: the official energy of the part
in the area, and the energy to be used. Hard decisions: between given years the official figure is interpolated, before
the first and after the last the model is scaled so that it joins on; charge points count for the energy that the config
gives a point; low, mid and high in the wrong order are put in order; a scenario that is not given follows the model as
the one given beside it does; figures a thousand times too small or large are refused.
"""

import numpy as np
import pandas as pd

from laadplan.config.scenario import Scenario
from laadplan.contracts.figures import SCENARIOS
from laadplan.contracts.quality import Quality
from laadplan.demand.exact import Floats, Wholes
from laadplan.errors import BadInput

WRONG_UNIT = 100.0
"""Official energy this many times above or below the model is in another unit (kWh for MWh is a factor 1000)."""


def official_energy(
    forecast: pd.DataFrame | None, rows: pd.DataFrame, scenario: Scenario, *, quality: Quality
) -> pd.DataFrame:
    """Per row ``official_kwh_year`` (missing outside the years given) and ``used_kwh_year`` (missing: by the model).

    Parameters
    ----------
    rows
        ``buurtcode``, ``year``, ``scenario``, ``area_share`` and ``model_kwh_year``.

    Raises
    ------
    BadInput
        The figures are in another unit than they say.
    """
    none = pd.Series(np.nan, index=rows.index)
    if forecast is None or forecast.empty:
        return pd.DataFrame({"official_kwh_year": none, "used_kwh_year": none})
    given = _in_order(_in_kwh(forecast, scenario), quality)
    found = rows.groupby(["buurtcode", "scenario"], group_keys=False, sort=True)[
        ["buurtcode", "year", "scenario", "area_share", "model_kwh_year"]
    ].apply(lambda part: _over_years(part, given))
    found = found.reindex(rows.index)
    _compare_units(found, rows, quality)
    _report(found, rows, quality)
    return found.assign(used_kwh_year=_complete(found["used_kwh_year"], rows))


def _in_kwh(forecast: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """One row per buurt and year, one column per scenario, in kWh/year."""
    kwh = forecast["value_kwh_year"].fillna(forecast["value_evse"] * scenario.kwh_per_evse_year)
    wide = forecast.assign(kwh=kwh).pivot(index=["buurtcode", "year"], columns="scenario", values="kwh")
    return wide.reindex(columns=list(SCENARIOS)).sort_index()


def _in_order(given: pd.DataFrame, quality: Quality) -> pd.DataFrame:
    """Low, mid and high from small to large where they are not."""
    low, mid, high = (given[name] for name in SCENARIOS)
    wrong = (low > mid) | (mid > high) | (low > high)
    if wrong.any():
        codes = sorted(set(given.index[wrong].get_level_values("buurtcode")))
        quality.find(
            f"The official forecast has low, mid and high in the wrong order {int(wrong.sum())} times, in buurt "
            f"{', '.join(codes)}: they are put in order."
        )
    return _sorted(given)


def _sorted(energy: pd.DataFrame) -> pd.DataFrame:
    """The figures of each row from small to large; what is missing stays missing where it is."""
    values = energy.to_numpy(dtype=float).copy()
    for row in values:
        filled = ~np.isnan(row)
        row[filled] = np.sort(row[filled])
    return pd.DataFrame(values, index=energy.index, columns=energy.columns)


def _over_years(part: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """Official and used energy of one buurt in one scenario."""
    code, name = part["buurtcode"].iloc[0], part["scenario"].iloc[0]
    known = given.loc[code, name].dropna() if code in given.index.get_level_values(0) else pd.Series(dtype=float)
    if known.empty:
        return pd.DataFrame({"official_kwh_year": np.nan, "used_kwh_year": np.nan}, index=part.index)
    first, last = known.index[0], known.index[-1]
    years, model = part["year"].to_numpy(), part["model_kwh_year"].to_numpy()
    energy = known * part["area_share"].iloc[0]
    inside = (years >= first) & (years <= last)
    official = np.where(inside, np.interp(years, energy.index, energy), np.nan)
    before, after = (_joined(model, years, energy, year) for year in (first, last))
    used = np.where(inside, official, np.where(years < first, before, after))
    return pd.DataFrame({"official_kwh_year": official, "used_kwh_year": used}, index=part.index)


def _joined(model: Floats, years: Wholes, energy: pd.Series, year: int) -> Floats:
    """The model scaled so that it equals the official energy in a given year; without a model that energy itself.

    Missing where that year is none of the forecast: nothing then says how the two join.
    """
    if year not in years:
        return np.full(len(years), np.nan)
    modelled = model[years == year][0]
    return model * (energy[year] / modelled) if modelled > 0 else np.full(len(years), energy[year])


def _complete(used: pd.Series, rows: pd.DataFrame) -> pd.Series:
    """Used energy of all three scenarios where one is given, low never above mid and mid never above high.

    The model scaled to join on can make them cross outside the years given. A scenario that is not given is the model
    times what makes it the given one beside it: mid, else low, else high.
    """
    keys = [rows["buurtcode"], rows["year"], rows["scenario"]]
    names = list(SCENARIOS)
    model, wide = (
        pd.Series(figure.to_numpy(), index=pd.MultiIndex.from_arrays(keys)).unstack().reindex(columns=names)
        for figure in (rows["model_kwh_year"], used)
    )
    wide = _sorted(wide)
    order = ["midden", "laag", "hoog"]
    beside = wide[order].bfill(axis=1).iloc[:, 0]
    factor = (wide / model.where(model > 0))[order].bfill(axis=1).iloc[:, 0]
    filled = wide.fillna(model.mul(factor, axis=0).where(model > 0).apply(lambda each: each.fillna(beside)))
    filled["midden"] = filled["midden"].where(
        wide["midden"].notna(), filled["midden"].clip(filled["laag"], filled["hoog"])
    )
    return pd.Series(
        filled.stack(future_stack=True).reindex(pd.MultiIndex.from_arrays(keys)).to_numpy(), index=rows.index
    )


def _compare_units(found: pd.DataFrame, rows: pd.DataFrame, quality: Quality) -> None:
    both = (found["official_kwh_year"] > 0) & (rows["model_kwh_year"] > 0)
    ratio = (found["official_kwh_year"] / rows["model_kwh_year"])[both]
    far = (ratio > WRONG_UNIT) | (ratio < 1 / WRONG_UNIT)
    middle = float(ratio.median()) if len(ratio) else 1.0
    if not 1 / WRONG_UNIT <= middle <= WRONG_UNIT:
        raise BadInput(
            f"The official forecast is {middle:g} times laadplan's own: it seems to be in another unit.",
            where="forecast",
            todo="State the unit of its figures (EVSE or kWh; MWh times 1000 is kWh).",
        )
    if far.any():
        codes = sorted(set(rows.loc[far.index[far], "buurtcode"]))
        quality.find(
            f"The official forecast is over {WRONG_UNIT:g} times above or below the model in buurt "
            f"{', '.join(codes)}: used as it is given."
        )


def _report(found: pd.DataFrame, rows: pd.DataFrame, quality: Quality) -> None:
    given = found["used_kwh_year"].notna()
    any_given = given.groupby(rows["buurtcode"]).transform("any")
    lacking = sorted(set(rows.loc[~any_given, "buurtcode"]))
    if lacking:
        quality.find(f"No official forecast for buurt {', '.join(lacking)}: the model counts there.")
    partly = sorted(set(rows.loc[any_given & ~given, "buurtcode"]))
    if partly:
        quality.find(
            f"No official forecast for some scenario of buurt {', '.join(partly)}: the model is scaled as in the one "
            "given."
        )
    ahead = found["used_kwh_year"].notna() & found["official_kwh_year"].isna()
    if ahead.any():
        years = sorted(set(rows.loc[ahead, "year"]))
        quality.find(
            f"The official forecast does not reach {', '.join(map(str, years))}: the model is scaled to join on."
        )
    quality.facts["official_rows"] = int(found["official_kwh_year"].notna().sum())
