"""Jobs per area from LISA or another list, already added up per area: a firm's own figures are not asked for.

In: a table (CSV, xlsx, JSON) with one row per area, year and sector. Out: `Jobs`. Of several codes in a row the finest
kind of area counts.
"""

from collections.abc import Collection, Mapping

import pandas as pd

from laadplan.contracts.figures import Jobs
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.ingest.delivery import Parts
from laadplan.ingest.mapped import Mapped, read_mapped

SPELLINGS = {
    "pc6": ("pc6", "postcode6", "postcode_6"),
    "buurt": ("buurtcode", "bu_code", "buurt_code"),
    "pc4": ("pc4", "postcode4", "postcode_4", "postcode"),
    "wijk": ("wijkcode", "wk_code", "wijk_code"),
    "gemeente": ("gemeentecode", "gm_code", "gemeente_code"),
    "year": ("jaar", "peiljaar", "peildatum", "year"),
    "sector": ("sector", "sbi_sectie", "sectie", "sbi", "bedrijfstak"),
    "jobs": (
        "banen",
        "aantal_banen",
        "werkzame_personen",
        "werkzame personen",
        "totaal_banen",
        "arbeidsplaatsen",
        "jobs",
    ),
    "establishments": ("vestigingen", "aantal_vestigingen", "establishments"),
}
"""Our name to the spellings seen in deliveries."""

KINDS = {
    "pc6": ("PC6", "", r"[1-9]\d{3}[A-Z]{2}"),
    "buurt": ("buurt", "BU", r"BU\d{8}"),
    "pc4": ("PC4", "", r"[1-9]\d{3}"),
    "wijk": ("wijk", "WK", r"WK\d{6}"),
    "gemeente": ("gemeente", "GM", r"GM\d{4}"),
}
"""Kinds of area from fine to coarse: their name, the letters of their code, and the whole code."""

NO_CODE = "geen code van een gebied"
NOT_ASKED = "ligt niet in het gebied"


def read_jobs(
    path: Parts,
    area_codes: Collection[str] | None = None,
    *,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """Jobs per area, year and sector as `Jobs`, or of the areas asked for only.

    Raises
    ------
    MissingSource
        The file or the sheet is not there.
    BadInput
        It is no readable table, a column is missing, or a cell is no number or year.
    ContractBroken
        An area has two rows for a year and a sector.
    """
    quality = quality if quality is not None else Quality()
    source = read_mapped(path, SPELLINGS, layer=layer, columns=columns, required=("jobs",))
    kind = next((name for name in KINDS if name in source.names), None)
    if kind is None:
        todo = "Name one under 'columns' of this source: pc6, buurt, pc4, wijk or gemeente."
        raise BadInput("No column says which area a row is of.", where=source.where, todo=todo)
    quality.read = len(source.table)
    frame = _frame(source, kind, quality)
    if area_codes is not None:
        asked = frame["area_code"].isin(list(area_codes))
        quality.drop(NOT_ASKED, frame.index[~asked])
        frame = frame[asked]
    frame = Jobs.checked(frame, source=source.where)
    quality.facts["area_kind"] = KINDS[kind][0]
    quality.count(frame)
    return frame


def _frame(source: Mapped, kind: str, quality: Quality) -> pd.DataFrame:
    name, letters, whole = KINDS[kind]
    codes = source.text(kind).str.upper().str.replace(r"\s", "", regex=True)
    codes = _with_letters(codes, letters, whole)
    known = codes.str.fullmatch(whole).fillna(False).astype(bool)
    quality.drop(NO_CODE, source.text(kind)[~known].fillna("(leeg)"))
    rows = Mapped(source.table[known], source.names, source.where)
    frame = pd.DataFrame(
        {
            "area_kind": pd.Series(name, index=rows.table.index, dtype="str"),
            "area_code": codes[known],
            "year": rows.year("year"),
            "sector": rows.text("sector"),
            "jobs": rows.number("jobs"),
            "establishments": rows.number("establishments"),
        }
    )
    years = frame["year"].astype("str").fillna("").str.removesuffix(".0")
    return frame.set_index((frame["area_code"] + "|" + years + "|" + frame["sector"].fillna("")).rename("group"))


def _with_letters(codes: pd.Series, letters: str, whole: str) -> pd.Series:
    """Codes of CBS with their letters and the zeros that a spreadsheet loses.

    >>> _with_letters(pd.Series(["228", "GM0228"]), "GM", KINDS["gemeente"][2]).to_list()
    ['GM0228', 'GM0228']
    """
    if not letters:
        return codes
    digits = codes.str.removeprefix(letters)
    return letters + digits.str.zfill(int(whole[-2]))
