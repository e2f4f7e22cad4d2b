"""Totals of cars per municipality and year, from a list of the user's or a table of CBS.

In: a table (CSV, xlsx), or the JSON of CBS OData, of which the column numbers change every year and are left out. Out:
`MunicipalCars`. Rows of the country, a province or part of a year are left out.
"""

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from laadplan.contracts.figures import MunicipalCars
from laadplan.contracts.quality import Quality
from laadplan.ingest.columns import match_columns
from laadplan.ingest.delivery import Parts
from laadplan.ingest.mapped import Mapped, known_names, read_rows

SPELLINGS = {
    "municipality_code": ("gemeentecode", "gm_code", "RegioS", "WijkenEnBuurten", "statcode", "gemeente_code"),
    "year": ("jaar", "Perioden", "peiljaar", "peildatum", "year"),
    "cars": ("TotaalPersonenautoS", "PersonenautoSTotaal", "personenautos", "autos", "totaal", "cars"),
    "electric_cars": (
        "Elektriciteit",
        "PersonenautoSElektrisch",
        "elektrisch",
        "volledig_elektrisch",
        "volledig elektrisch",
        "bev",
    ),
    "plug_in_cars": ("PlugInHybride", "plug_in_hybride", "phev", "stekkerhybride"),
    "private_cars": ("PersonenautoSVanParticulieren", "OpNaamVanParticulieren", "particulier", "private_cars"),
    "company_cars": ("PersonenautoSVanBedrijven", "OpNaamVanBedrijven", "zakelijk", "bedrijf", "company_cars"),
}
"""Our name to the spellings seen in deliveries; CBS's without their number."""

REQUIRED = ("municipality_code", "year", "cars")
FIGURES = ("cars", "electric_cars", "plug_in_cars", "private_cars", "company_cars")

NUMBERED = re.compile(r"_\d+$")
"""End of a column's name in CBS OData."""

CODE = r"^(?:GM)?(\d{3,4})$"
"""Code of a municipality; a spreadsheet loses the first zero."""

PART_OF_YEAR = r"\d{4}(?:MM|KW)\d{2}"
"""A month or a quarter, as CBS writes it."""

NO_MUNICIPALITY = "geen gemeente"
NO_YEAR = "geen jaarcijfer"
OTHER = "andere gemeente"


def read_municipal_cars(
    path: Parts,
    municipality_codes: Iterable[str] | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """Cars per municipality and year as `MunicipalCars`, or of the municipalities (``GM0228``) asked for only.

    Raises
    ------
    MissingSource
        The file or the sheet is not there.
    BadInput
        It is no readable table, a column is missing, or a cell is no number or year.
    ContractBroken
        A municipality has two rows for a year.
    """
    quality = quality if quality is not None else Quality()
    source = _source(path, layer, columns)
    quality.read = len(source.table)
    codes = "GM" + source.text("municipality_code").str.extract(CODE, expand=False).str.zfill(4)
    known = codes.notna()
    quality.drop(NO_MUNICIPALITY, source.text("municipality_code")[~known].fillna("(leeg)"))
    whole = ~source.text("year").str.fullmatch(PART_OF_YEAR).fillna(False).astype(bool)
    quality.drop(NO_YEAR, (codes + "|" + source.text("year"))[known & ~whole])
    frame = _frame(source, codes, known & whole)
    if municipality_codes is not None:
        asked = frame["municipality_code"].isin(list(municipality_codes))
        quality.drop(OTHER, frame.index[~asked])
        frame = frame[asked]
    frame = MunicipalCars.checked(frame, source=source.where)
    quality.count(frame)
    return frame


def _source(path: Parts, layer: str | None, columns: Mapping[str, str] | None) -> Mapped:
    table, where = read_rows(path, layer, header=known_names(SPELLINGS, columns))
    bare = [NUMBERED.sub("", str(name)) for name in table]
    if len(set(bare)) == len(bare) and not set((columns or {}).values()) & set(table):
        table = table.set_axis(bare, axis=1)
    names = match_columns(table.columns, SPELLINGS, config=columns or {}, required=REQUIRED, where=where)
    return Mapped(table, names, where)


def _frame(source: Mapped, codes: pd.Series, kept: pd.Series) -> pd.DataFrame:
    rows = Mapped(source.table[kept], source.names, source.where)
    years = rows.year("year")
    rows.refuse(years.isna(), "year", "a year")
    frame = pd.DataFrame({"municipality_code": codes[kept], "year": years.astype(int)})
    frame = frame.assign(**{name: rows.number(name) for name in FIGURES})
    return frame.set_index((frame["municipality_code"] + "|" + frame["year"].astype("str")).rename("total_id"))
