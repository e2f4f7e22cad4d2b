"""Electric cars per postcode: all ways to foretell 2024 on the national table, and the page that shows them.

``python -m benchmarks.adoption`` reads the tables of KiM and CBS in the folder that LAADPLAN_REAL_DATA names, writes
``results/adoption.json`` and puts the tables into the page; with ``table`` behind it, it does the latter only.
"""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.rows import RESULTS, versions
from laadplan.demand import adoption

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "electric-cars.md"
RESULT = RESULTS / "adoption.json"

YEARS = (2020, 2022, 2023, 2024)
TESTS = {"none": "", "year": "2022 to 2023", "region": "other regions"}
STEPS = {"2020 to 2022": ("share_2020", "share_2022"), "2022 to 2023": ("share_2022", "share_2023")}
FROM_KIM = [
    "avg_car_age",
    "avg_yearly_income_k",
    "p_social_benefit",
    "avg_house_value_woz",
    "p_cars_10y_older",
    "p_car_weight_1501_more",
    "p_cars_first_owner",
    "p_company_car",
    "cars_per_household",
    "yearly_km_car",
    "p_hybrid",
    "p_diesel",
    "job_availability_car",
]
FROM_CBS = [
    "percentage_koopwoningen",
    "percentage_huurwoningen",
    "omgevingsadressendichtheid",
    "stedelijkheid",
    "gemiddelde_huishoudensgrootte",
]


def read_table(folder: Path) -> pd.DataFrame:
    """One row per PC4 with cars, as `laadplan.demand.adoption` takes it."""
    pc4 = folder / "national" / "pc4"
    kim = pd.read_csv(pc4 / "Data_Cleaned_KIM.csv", dtype={"pc4": str}).set_index("pc4")
    cbs = pd.read_csv(pc4 / "Data_Cleaned_CBS_PC4.csv", dtype={"pc4": str}).set_index("pc4").reindex(kim.index)
    places = pd.read_csv(pc4 / "pc4_gemeente_2023_addresscounts.csv", dtype={"PC4": str})
    places = places.sort_values(["n_adressen", "gemeentecode"]).drop_duplicates("PC4", keep="last").set_index("PC4")
    corop = kim[[name for name in kim.columns if str(name).startswith("corop_")]].astype(str).agg("|".join, axis=1)
    table = kim[FROM_KIM].join(cbs[FROM_CBS])
    table["flats"] = cbs["aantal_meergezins_woningen"].fillna(0.0) / cbs["aantal_woningen"]
    table["cars"] = kim["cars_per_household"] * cbs["aantal_part_huishoudens"]
    table["municipality"] = places["gemeentecode"].reindex(kim.index)
    table["region"] = corop.rank(method="dense").astype(int)
    for year in YEARS:
        table[f"share_{year}"] = kim[f"beginning_{year}"]
    return table[table["cars"] > 0].sort_index()


def measure(table: pd.DataFrame, *, learned: bool = True) -> dict[str, Any]:
    """All figures of the page."""
    regions = adoption.per_region(table)
    better = (regions[adoption.CHOSEN] <= regions[adoption.BASELINE]).sum()
    fits = {name: adoption.fit_spread(table, *step) for name, step in STEPS.items()}
    return {
        "rows": len(table),
        "zeros": {str(year): int((table[f"share_{year}"] == 0).sum()) for year in YEARS},
        "below_ten": {str(year): _below_ten(table, f"share_{year}") for year in YEARS},
        "national": {str(year): _whole(table, f"share_{year}") for year in YEARS},
        "fast": {f"{before} to {after}": _fast(table, before, after) for before, after in ((2020, 2022), (2022, 2024))},
        "ways": json.loads(adoption.compare(table, learned=learned).round(4).to_json(orient="records")),
        "regions": {"number": len(regions), "better": int(better), "worst": regions.max().round(2).to_dict()},
        "intervals": {
            name: {"cars": fit[0], "share": fit[1]} | adoption.covered(table, *fit)
            for name, fit in ({"chance alone": (1.0, 0.0)} | fits).items()
        },
        "masked": {str(year): adoption.masked(table, f"share_{year}") for year in (2020, 2022)},
        "versions": versions("laadplan", "scikit-learn"),
    }


def _whole(table: pd.DataFrame, column: str) -> float:
    return round(float((table[column] * table["cars"]).sum() / table["cars"].sum()), 5)


def _below_ten(table: pd.DataFrame, column: str) -> int:
    """Postcodes of 200 cars and more with one to eight electric cars: where cars per postcode are known well."""
    number = table[column] * table["cars"]
    return int(((number > 0) & (number < 8.5) & (table["cars"] >= 200)).sum())


def _fast(table: pd.DataFrame, before: int, after: int) -> list[int]:
    """Postcodes that grew more than twice as fast as the middle one, and of how many; ten electric cars at first."""
    own = table[(table[f"share_{before}"] * table["cars"] >= 10) & (table[f"share_{after}"] > 0)]
    own = own[own["p_company_car"] > 0]  # of the others the source left cars of companies out before the break
    growth = own[f"share_{after}"] / own[f"share_{before}"]
    return [int((growth > 2 * growth.median()).sum()), len(own)]


def tables(result: dict[str, Any]) -> dict[str, str]:
    """The tables of the page by name."""
    return {"zeros": _zeros(result), "ways": _ways(result), "intervals": _intervals(result), "hidden": _hidden(result)}


def _zeros(result: dict[str, Any]) -> str:
    national = {year: f"{100 * share:.2f} %" for year, share in result["national"].items()}
    few = "one to eight electric cars, 200 cars or more"
    rows = {"share of 0": result["zeros"], few: result["below_ten"], "national share": national}
    lines = [
        f"| {label} | " + " | ".join(str(each[str(year)]) for year in YEARS) + " |" for label, each in rows.items()
    ]
    return "\n".join(["| | 2020 | 2022 | 2023 | 2024 |", "|---|---:|---:|---:|---:|", *lines])


def _ways(result: dict[str, Any]) -> str:
    lines = ["| way | learned | suppressed | counted | as given | mean |", "|---|---|---:|---:|---:|---:|"]
    for row in sorted(result["ways"], key=lambda row: (row["test"], row["suppressed"])):
        name = f"**{row['way']}**" if row["way"] == adoption.CHOSEN else row["way"]
        parts = " | ".join(f"{row[reading]:.2f} %" for reading in ("suppressed", "counted", "as_given"))
        lines.append(f"| {name} | {TESTS[row['test']]} | {parts} | {row['mean']:.2f} |")
    return "\n".join(lines)


def _intervals(result: dict[str, Any]) -> str:
    sizes = [name for name in result["intervals"]["chance alone"] if "-" in name or "+" in name]
    heads = " | ".join(f"{name} added" for name in sizes)
    lines = [f"| fitted on | per car | of added | all | by cars | {heads} |", "|---|" + "---:|" * (4 + len(sizes))]
    for name, each in result["intervals"].items():
        shares = " | ".join(f"{100 * each[size]:.0f} %" for size in ("all", "weighed", *sizes))
        lines.append(f"| {name} | {each['cars']:.2f} | {each['share']:.3f} | {shares} |")
    return "\n".join(lines)


def _hidden(result: dict[str, Any]) -> str:
    lines = ["| hidden in | postcodes | 0 stays 0 | mean of the municipality | filled in |", "|---|" + "---:|" * 4]
    for year, each in result["masked"].items():
        shares = " | ".join(f"{each[way]:.0f} %" for way in ("zero", "municipality", "filled"))
        lines.append(f"| {year} | {each['postcodes']:.0f} | {shares} |")
    return "\n".join(lines)


def rendered(page: str, result: dict[str, Any]) -> str:
    """The page with its tables in place: each between ``<!-- name -->`` and ``<!-- end -->``."""
    for name, text in tables(result).items():
        page, number = re.subn(
            f"<!-- {name} -->.*?<!-- end -->", f"<!-- {name} -->\n{text}\n<!-- end -->", page, flags=re.S
        )
        if number != 1:
            raise ValueError(f"The page has {number} places for the table {name}.")
    return page


def main() -> None:
    """Measures and writes, or writes the page only."""
    if "table" not in sys.argv[1:]:
        result = measure(read_table(Path(os.environ["LAADPLAN_REAL_DATA"])))
        RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    page = rendered(PAGE.read_text(encoding="utf-8"), json.loads(RESULT.read_text(encoding="utf-8")))
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
