"""Electric cars per buurt, year and scenario.

In: buurten with figures, addresses where given, car stock per PC4, the scenario. Out: `ElectricCars` of whole buurten.

Each buurt is made of parts: its PC4s with the share of its cars that each holds. Where the addresses of a buurt are
(nearly) complete, its cars are spread over them alike; otherwise the most common PC4 that the CBS gives stands for all;
where even that has no car stock, the mean of the municipality, and ``share_from`` says so. Cars are those that the
CBS counts, unless they are too many for the households: then they are a rental or lease firm's. Without them:
households times cars per household. What is unknown stays unknown. Dwellings within a postcode are taken alike: no data
shows how driveway, income or type of dwelling shift electric cars within one (docs: electric cars).

Formula
-------
``electric cars(year) = cars * sum over parts(part * share of the PC4 grown to the year)``
"""

import geopandas as gpd
import numpy as np
import pandas as pd

from laadplan.config.scenario import Scenario
from laadplan.contracts.demand import ElectricCars
from laadplan.contracts.figures import SCENARIOS
from laadplan.contracts.quality import Quality
from laadplan.demand.buurt_parts import REST, cars_of_buurten, parts_of_buurten
from laadplan.demand.growth import Z_80, grow, spread
from laadplan.demand.shares import COMPANIES, GUESSED_SPREAD, SUPPRESSED, usable_shares

FIRST_YEAR = 2025
"""First year of the forecast where no car stock is given: nothing is known then, but the rows are there."""

DECIMALS = 6
WORDS = {SUPPRESSED: " (minder dan tien geteld: geschat)", COMPANIES: " (zonder auto's van bedrijven)"}

WITHIN_SPREAD = 0.30
"""Standard deviation, as a share, of a buurt's share around that of its PC4. No counts per buurt are open: it is that
of postcodes around the mean of those with the same first three digits (0.30 in 2022 and 2024, robust): an assumption,
rather too large than too small."""


def forecast_cars(
    buurten: gpd.GeoDataFrame,
    addresses: gpd.GeoDataFrame | None,
    vehicles: pd.DataFrame,
    scenario: Scenario,
    *,
    buurt_figures: pd.DataFrame | None = None,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """Electric cars as `ElectricCars`: every buurt, every year from that of the car stock, every scenario.

    The interval of 80 % is that of the buurt given the scenario: of its starting share, and of the cars added since.

    Parameters
    ----------
    buurten
        `Buurten`, with figures of the whole buurt.
    addresses
        `Addresses`, all that the source holds, or None.
    vehicles
        `Vehicles` of any PC4s.
    buurt_figures
        `BuurtFigures`: its cars go where those of ``buurten`` are missing.
    """
    quality = quality if quality is not None else Quality()
    parts = parts_of_buurten(buurten, addresses, vehicles)
    cars = cars_of_buurten(parts, buurten, vehicles, buurt_figures, quality=quality)
    parts["cars"] = parts["part"] * parts["buurtcode"].map(cars).astype(float)
    parts = _with_shares(parts, vehicles, quality)
    years = _years(vehicles, scenario)
    grown = pd.concat([_grown(parts, years, scenario, name) for name in SCENARIOS], ignore_index=True)
    found = _in_cars(grown, cars, _origins(parts))
    _report(found, parts, quality)
    return found


def with_cars(buurten: gpd.GeoDataFrame, electric_cars: pd.DataFrame) -> gpd.GeoDataFrame:
    """The buurten with the cars that the forecast stands on: not every table of the CBS has cars.

    Parameters
    ----------
    electric_cars
        `ElectricCars`; of a buurt that it does not name the cars are unknown.
    """
    cars = electric_cars.drop_duplicates("buurtcode").set_index("buurtcode")["cars"]
    return gpd.GeoDataFrame(buurten.assign(cars=cars.reindex(buurten.index).astype(float)))


def _with_shares(parts: pd.DataFrame, vehicles: pd.DataFrame, quality: Quality) -> pd.DataFrame:
    """The parts with ``share``, ``spread``, ``how`` and ``stock_year``; where unknown the mean of those that are."""
    cars = parts[parts["pc4"] != REST].groupby("pc4")["cars"].sum()
    weight = cars if cars.sum() else pd.Series(1.0, index=vehicles.index)
    here = vehicles[vehicles.index.isin(weight.index)]
    shares = usable_shares(here, weight, quality=quality).assign(stock_year=here["stock_year"])
    weight = weight.reindex(here.index).where(shares["share"].notna(), 0.0)
    mean = float((shares["share"].fillna(0.0) * weight).sum() / weight.sum()) if weight.sum() else np.nan
    joined = parts.join(shares, on="pc4")
    unknown = joined["share"].isna()
    joined["share"] = joined["share"].fillna(mean)
    joined["spread"] = joined["spread"].mask(unknown, GUESSED_SPREAD)
    joined["how"] = joined["how"].mask(unknown, REST).fillna(REST)
    joined["stock_year"] = joined["stock_year"].fillna(_first_year(vehicles))
    alone = (joined["cars"] / joined["pc4"].map(cars).astype(float)).clip(0.0, 1.0)
    within = np.where(unknown, 0.0, WITHIN_SPREAD**2 * (1.0 - alone.fillna(0.0)))
    return joined.assign(spread=np.sqrt(joined["spread"] ** 2 + within))


def _first_year(vehicles: pd.DataFrame) -> int:
    return int(vehicles["stock_year"].max()) if len(vehicles) else FIRST_YEAR


def _years(vehicles: pd.DataFrame, scenario: Scenario) -> list[int]:
    """Years of the forecast, from that of the newest count."""
    return list(range(min(_first_year(vehicles), scenario.until_year), scenario.until_year + 1))


def _grown(parts: pd.DataFrame, years: list[int], scenario: Scenario, name: str) -> pd.DataFrame:
    """Per buurt and year in one scenario its share, that of the starting year, and the spread of the latter."""
    curve = getattr(scenario.curves, name)
    share = parts["share"].to_numpy()[:, None]
    later = np.array(years)[None, :] - parts["stock_year"].to_numpy(dtype=float)[:, None]
    grown = grow(share, curve, np.maximum(later, 0.0))
    part = parts["part"].to_numpy()[:, None]
    numbers = {
        "electric_share": part * grown,
        "start": part * share + 0.0 * later,
        "doubt": part * grown * parts["spread"].to_numpy()[:, None],
    }
    wide = {what: pd.DataFrame(values, columns=years).groupby(parts["buurtcode"]) for what, values in numbers.items()}
    long = {what: each.sum(min_count=1).stack(future_stack=True) for what, each in wide.items()}
    table = pd.DataFrame(long).rename_axis(["buurtcode", "year"]).reset_index()
    return table.assign(scenario=name)


def _in_cars(grown: pd.DataFrame, cars: pd.Series, origins: pd.Series) -> pd.DataFrame:
    """`ElectricCars` of shares."""
    number = grown["buurtcode"].map(cars).astype(float)
    electric = number * grown["electric_share"]
    doubt = grown["doubt"] / grown["electric_share"].where(grown["electric_share"] > 0)
    wide = Z_80 * spread(number * grown["start"], electric, doubt.fillna(0.0))
    figures = {"cars": number, "electric_share": grown["electric_share"], "electric_cars": electric}
    ends = {"electric_low": (electric - wide).clip(lower=0.0), "electric_high": np.minimum(electric + wide, number)}
    table = pd.DataFrame({name: values.round(DECIMALS) for name, values in (figures | ends).items()})
    table[["buurtcode", "year", "scenario"]] = grown[["buurtcode", "year", "scenario"]]
    known = table["electric_share"].notna()
    table["share_from"] = table["buurtcode"].map(origins).astype("str").where(known)
    table.index = pd.Index(table["buurtcode"] + "|" + table["year"].astype(str) + "|" + table["scenario"], dtype="str")
    kinds = ElectricCars.kinds()
    return table.astype(kinds)[list(kinds)].rename_axis(ElectricCars.index_name()).sort_index()


def _origins(parts: pd.DataFrame) -> pd.Series:
    """Per buurt where the share of its starting year comes from, in Dutch."""
    words = pd.Series("PC4 " + parts["pc4"] + parts["how"].map(WORDS).fillna(""), index=parts.index)
    words = words.where(parts["how"] != REST, "gemiddelde van het gebied")
    percent = (parts["part"] * 100).round().astype(int).astype(str) + " % "
    words = words.where(parts["part"] >= 1.0 - 1e-9, percent + words)
    joined = words.groupby(parts["buurtcode"]).agg("; ".join)
    return joined + ", " + parts.groupby("buurtcode")["by"].first()


def _report(found: pd.DataFrame, parts: pd.DataFrame, quality: Quality) -> None:
    """Which buurten are unknown, or stand on the mean of the area."""
    unknown = sorted(set(found.loc[found["electric_cars"].isna(), "buurtcode"]))
    if unknown:
        quality.find(f"Electric cars are unknown in {len(unknown)} buurten: {', '.join(unknown)}.")
    with_cars = set(found.loc[found["cars"] > 0, "buurtcode"])
    rest = sorted(set(parts.loc[parts["how"] == REST, "buurtcode"]) & with_cars)
    if rest:
        quality.find(
            f"No share of electric cars for (part of) {len(rest)} buurten: {', '.join(rest)}. The mean of the area's "
            "PC4s is used."
        )
    quality.facts["buurten_unknown"], quality.facts["buurten_on_mean"] = len(unknown), len(rest)
