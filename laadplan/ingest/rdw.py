"""Cars registered in the country, from the open data of the RDW and from counts that others made of it.

In: CSV or JSON of the RDW's service, as it comes in pages: counts per group (``$group``), or one row per car, which is
counted here and whose number plate goes no further. Out: `Registrations`. A car on two fuels has two rows in the RDW's
table of fuels and counts once. What is no whole count (a sum calculated for years to come) is refused.
"""

import re
from collections.abc import Mapping

import pandas as pd

from laadplan.contracts.figures import Registrations
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.ingest.columns import match_columns
from laadplan.ingest.delivery import Parts
from laadplan.ingest.mapped import Mapped, known_names, read_rows

SPELLINGS = {
    "fuel": ("brandstof_omschrijving", "Brandstof omschrijving", "brandstof", "fuel_types_primary"),
    "make": ("merk", "brand", "make"),
    "model": ("handelsbenaming", "model"),
    "admission_year": (
        "datum_eerste_toelating",
        "datum_eerste_toelating_dt",
        "datum_eerste_toelating_year",
        "jaar_eerste_toelating",
        "bouwjaar",
    ),
    "count_year": ("peiljaar", "peildatum", "jaar"),
    "keeper": ("particulier_zakelijk", "soort_eigenaar", "eigenaar"),
    "cars": ("aantal", "count", "count_1", "count_kenteken", "Aantal auto's", "aantal_voertuigen"),
    "vehicle_kind": ("voertuigsoort",),
    "plate": ("kenteken",),
}
"""Our name to the spellings seen in deliveries."""

COUNT_OF_YEAR = re.compile(r"count_((?:19|20)\d{2})")
"""Name of a column with the count of a year; each becomes rows of its own."""

KEEPERS = {"p": "particulier", "prive": "particulier", "privé": "particulier", "z": "zakelijk", "bedrijf": "zakelijk"}
"""Words for who keeps a car, besides our own."""

GROUP = ("fuel", "make", "model", "admission_year", "count_year", "keeper")
ELECTRICITY = "Elektriciteit"
CAR = "personenauto"
OTHER_KIND = "geen personenauto"
NO_FUEL = "onbekend"

MOST_CARS = 1e9
"""No count of cars is larger."""


def read_registrations(
    path: Parts,
    *,
    columns: Mapping[str, str] | None = None,
    year: int | None = None,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """Cars counted by fuel, make, model, years and keeper, as far as the source tells them apart: `Registrations`.

    ``path`` is a file, a folder with pages, or the pages; ``year`` that of the counts, where they do not say it.

    Raises
    ------
    MissingSource
        The file is not there.
    BadInput
        It is no readable table, a column is missing, a cell is no number or year, or a count is not whole.
    ContractBroken
        The same group is counted twice.
    """
    quality = quality if quality is not None else Quality()
    table, where = read_rows(path, header=known_names(SPELLINGS, columns))
    names = match_columns(table.columns, SPELLINGS, config=columns or {}, required=("fuel",), where=where)
    quality.read = len(table)
    source = _only_cars(Mapped(table, names, where), quality)
    frame = _from_plates(source, quality) if "plate" in names else pd.concat(_from_counts(source))
    frame["electric"] = _electric(frame["fuel"])
    if year is not None:
        frame["count_year"] = frame["count_year"].fillna(float(year))
    if frame["count_year"].isna().any():
        quality.find("The source does not say of which year its counts are: name it as 'reference_on' of this source.")
    frame["group"] = _labels(frame)
    frame = Registrations.checked(frame.set_index("group"), source=where)
    quality.count(frame)
    quality.facts["cars"] = int(frame["cars"].sum())
    return frame


def _only_cars(source: Mapped, quality: Quality) -> Mapped:
    kinds = source.text("vehicle_kind")
    other = kinds.notna() & (kinds.str.lower() != CAR)
    quality.skip(OTHER_KIND, int(other.sum()))
    return Mapped(source.table[~other], source.names, source.where)


def _groups(source: Mapped) -> pd.DataFrame:
    """What the cars of each row have in common."""
    return pd.DataFrame(
        {
            "fuel": source.text("fuel").fillna(NO_FUEL),
            "make": source.text("make"),
            "model": source.text("model"),
            "admission_year": source.year("admission_year"),
            "count_year": source.year("count_year"),
            "keeper": source.word("keeper", KEEPERS, {}, ("particulier", "zakelijk")).fillna("onbekend"),
        }
    )


def _from_plates(source: Mapped, quality: Quality) -> pd.DataFrame:
    """Counts of rows with one car, or one fuel of a car, each."""
    groups = _groups(source).assign(plate=source.text("plate"))
    if groups["plate"].isna().any():
        raise BadInput("A row has no kenteken.", where=source.where, todo="Deliver the rows again.")
    fuels = groups.drop_duplicates(["plate", "fuel"]).sort_values(["plate", "fuel"])
    joined = fuels.groupby("plate")["fuel"].agg(", ".join)
    cars = fuels.drop_duplicates("plate").set_index("plate").assign(fuel=joined)
    quality.skip("tweede regel van dezelfde auto", len(groups) - len(cars))
    return cars.groupby(list(GROUP), dropna=False).size().rename("cars").reset_index()


def _from_counts(source: Mapped) -> list[pd.DataFrame]:
    """The counts of the source; one table per year where each year has a column."""
    groups = _groups(source)
    if "cars" in source.names:
        return [groups.assign(cars=_whole(source, "cars"))]
    years = {int(found[1]): str(name) for name in source.table if (found := COUNT_OF_YEAR.fullmatch(str(name)))}
    if not years:
        match_columns(source.table.columns, SPELLINGS, config={}, required=("cars",), where=source.where)
    tables = []
    for year, name in sorted(years.items()):
        counts = Mapped(source.table, {"cars": name}, source.where)
        tables.append(groups.assign(count_year=float(year), cars=_whole(counts, "cars")))
    return tables


def _whole(source: Mapped, name: str) -> pd.Series:
    counts = source.number(name)
    known = counts.notna()
    source.refuse((counts < 0) | (known & (counts % 1 != 0)), name, "a count of cars but a calculated figure")
    source.refuse(~known | (counts > MOST_CARS), name, "a count of cars")
    return counts.astype(int)


def _electric(fuels: pd.Series) -> pd.Series:
    """Whether cars run on electricity alone, among other fuels, or not.

    >>> _electric(pd.Series(["Elektriciteit", "Benzine, Elektriciteit", "Hybride", "LPG", "onbekend"])).to_list()
    ['volledig', 'deels', 'deels', 'niet', 'onbekend']
    """
    words = fuels.str.lower()
    partly = words.str.contains(ELECTRICITY.lower(), regex=False) | words.str.contains("hybride", regex=False)
    found = pd.Series("niet", index=fuels.index, dtype="str").mask(partly, "deels")
    return found.mask(words == ELECTRICITY.lower(), "volledig").mask(words == NO_FUEL, "onbekend")


def _labels(frame: pd.DataFrame) -> pd.Series:
    """What is counted together, as text: an empty part is not counted apart."""
    labels = pd.Series("", index=frame.index, dtype="str")
    for name in GROUP:
        labels = labels + "|" + frame[name].astype("str").fillna("").str.removesuffix(".0")
    return labels.str.removeprefix("|")
