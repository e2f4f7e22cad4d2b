"""Indications of grid capacity: the national capacity map in its formats, and a municipality's own list.

In: a CSV or workbook per postcode, station, municipality or feeding area; JSON of ArcGIS; the exchange format IM 1.3.
Out: `GridCapacity`, one row per area; `grid_areas` has their shapes. An indication has a date and says which
connections it is about; the capacity map is about connections above 3x80 A. 'ruim' is never a default: see
`capacity_words`. Where several rows are about one area the newest counts, and of equal dates the most restrictive.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import shapely

from laadplan.contracts.grid import AREA_KINDS, COVERS, GridCapacity
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, ConfigError
from laadplan.ingest import grid_areas
from laadplan.ingest.area import OUTSIDE
from laadplan.ingest.capacity_json import json_table
from laadplan.ingest.capacity_words import capacities
from laadplan.ingest.columns import match_columns, numbers, read_table
from laadplan.ingest.dates import days
from laadplan.ingest.delivery import Parts, delivered_files
from laadplan.ingest.files import ZIP, first_bytes, read_json
from laadplan.ingest.grid_areas import NO_AREA, has_shapes, is_json, shapes_of

SPELLINGS = {
    "postcode": ("postcode", "pc6", "postcode6", "pc4"),
    "station": ("station", "stationsnaam", "onderstation", "station_id"),
    "municipality": ("gemeentecode", "gemeente_code", "gemeente"),
    **grid_areas.SPELLINGS,
    "offtake": ("afname", "offtake", "capaciteit_afname", "capaciteit"),
    "feed_in": ("opwek", "invoeding", "teruglevering", "feed_in", "capaciteit_teruglevering"),
    "offtake_queue_mw": ("wachtrij_afname", "offtake_queue_mw"),
    "feed_in_queue_mw": ("wachtrij_invoeding", "wachtrij_opwek", "feed_in_queue_mw"),
    "offtake_requests": ("unieke_verzoeken_afname", "offtake_requests"),
    "feed_in_requests": ("unieke_verzoeken_invoeding", "unieke_verzoeken_opwek", "feed_in_requests"),
    "indicated_on": ("peildatum", "datum", "indicated_on", "issued"),
    "covers": ("geldt_voor", "soort_aansluiting", "covers"),
}
"""Our name to the spellings seen in deliveries."""

ABOUT = {"postcode": "postcode", "station": "station", "municipality": "gemeente", "supply_area": "voedingsgebied"}
"""Column that says what a row is about to the kind of area, the finest first."""

DIRECTIONS = ("offtake", "feed_in")
FIGURES = ("offtake_queue_mw", "feed_in_queue_mw", "offtake_requests", "feed_in_requests")
TEXTS = ("name", "supply_area", "operator", "offtake_stated", "feed_in_stated", "indicated_on")
SEVERITY = {"onbekend": 0, "ruim": 1, "beperkt": 2, "vol": 3}
SMALL_CONSUMERS = ("sjv", "verbruikssegment", "productsoort")
"""Columns of the yearly use of small consumers, which grid operators publish beside the capacity map."""

OTHER_POSTCODE = "postcode die niet is gevraagd"
AGAIN = "dubbel: nieuwer of krapper aangegeven"


def read_grid_capacity(
    paths: Parts,
    area: shapely.Geometry | None = None,
    *,
    postcodes: Collection[str] | None = None,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    indicated_on: date | None = None,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """Indications as `GridCapacity`, one per area, of one file or of several that are about the same areas.

    Parameters
    ----------
    paths
        Files, or a folder of these; the two directions of the ArcGIS map are two files.
    area
        Shape in RD New (m): of formats with shapes only feeding areas that touch it are kept.
    postcodes
        PC6 or PC4 of interest: other postcodes are left out; None: all.
    layer, columns, values
        Sheet of a workbook; our column name to the file's; per column the file's word to ours.
    indicated_on
        Date of the indication where the file has none.
    quality
        Where rows read, rows dropped per rule and findings are noted.

    Raises
    ------
    MissingSource
        A file or sheet is not there.
    ConfigError
        `columns` or `values` name what does not exist.
    BadInput
        A file holds no indication of capacity, or a word or date that is not known.
    """
    quality = quality if quality is not None else Quality()
    files = delivered_files(paths)
    frames = [_indications(path, area, layer, columns or {}, values or {}, quality) for path in files]
    found = pd.concat(frames, ignore_index=True)
    if indicated_on is not None:
        found["indicated_on"] = found["indicated_on"].fillna(indicated_on.isoformat())
    found = _wanted(found, postcodes, quality)
    frame = GridCapacity.checked(_combined(found, quality), source=str(files[0]))
    quality.count(frame)
    _tell(frame, quality)
    return frame


def _indications(
    path: Path,
    area: shapely.Geometry | None,
    layer: str | None,
    columns: Mapping[str, str],
    values: Mapping[str, Mapping[str, str]],
    quality: Quality,
) -> pd.DataFrame:
    """The rows of a file with the columns of `GridCapacity`, still with doubles."""
    where = str(path)
    if is_json(path):
        table = json_table(read_json(path), where, quality)
    else:
        table = read_table(_text_or_workbook(path), layer)
    _refuse_small_consumers(table, where)
    quality.read = (quality.read or 0) + len(table)
    names = match_columns(table.columns, SPELLINGS, config=columns, required=(), where=where)
    if not set(names) & {*DIRECTIONS, *FIGURES} or not set(names) & set(ABOUT):
        todo = f"Name area and capacity under 'columns'. The file has: {', '.join(map(str, table.columns))[:300]}."
        raise BadInput("The file holds no indication of grid capacity.", where=where, todo=todo)
    found = _rows(table, names, columns, values, where)
    nameless = found["area_code"].isna() | found["area_code"].isin(["", "0"])
    quality.skip(NO_AREA, int(nameless.sum()))
    found = found[~nameless]
    if area is not None and has_shapes(path):
        here = found["area_code"].isin(shapes_of(path, area, Quality())["area_code"])
        quality.skip(OUTSIDE, int((~here).sum()))
        found = found[here]
    return found


def _rows(
    table: pd.DataFrame,
    names: Mapping[str, str],
    columns: Mapping[str, str],
    values: Mapping[str, Mapping[str, str]],
    where: str,
) -> pd.DataFrame:
    unknown = sorted(set(values) - {*DIRECTIONS, "covers"})
    if unknown:
        todo = f"It may name: {', '.join((*DIRECTIONS, 'covers'))}."
        raise ConfigError(f"values: {', '.join(unknown)} is not a column with words.", where=where, todo=todo)
    empty = pd.Series(None, index=table.index, dtype="str")
    texts = {name: table[names[name]].str.strip() if name in names else empty for name in SPELLINGS}
    kind, code = _about(texts, [name for name in ABOUT if name in columns])
    found = pd.DataFrame({name: texts[name] for name in ("name", "supply_area", "operator")})
    found = found.assign(
        area_kind=kind, area_code=code.where(kind != "postcode", code.str.replace(" ", "").str.upper())
    )
    named = ~texts["supply_area"].fillna("").isin(["", "0"])
    for name in DIRECTIONS:
        found[f"{name}_stated"] = texts[name]
        found[name] = capacities(texts[name], named, values.get(name, {}), column=name, where=where)
    for name in FIGURES:
        found[name] = numbers(texts[name], where=where)
    found["covers"] = _covers(texts, values.get("covers", {}), is_map="supply_area" in names, where=where)
    return found.assign(indicated_on=_dates(texts["indicated_on"], where))


def _about(texts: Mapping[str, pd.Series], first: Sequence[str]) -> tuple[pd.Series, pd.Series]:
    """Kind and code of what each row is about: a column named in the config, or else the finest that is filled."""
    order = [*first, *(name for name in ABOUT if name not in first)]
    filled = [texts[name].notna() & (texts[name] != "") for name in order]
    kind = np.select(filled, [ABOUT[name] for name in order], default=AREA_KINDS[0])
    code = np.select(filled, [texts[name].astype(object) for name in order], default="")
    index = texts["postcode"].index
    return pd.Series(kind, index=index, dtype="str"), pd.Series(code, index=index, dtype="str")


def _covers(texts: Mapping[str, pd.Series], mapping: Mapping[str, str], *, is_map: bool, where: str) -> pd.Series:
    """Which connections rows are about: those of the capacity map are above 3x80 A."""
    words = texts["covers"].str.lower().replace({word.lower(): ours for word, ours in mapping.items()})
    words = words.fillna("grootverbruik" if is_map else "onbekend")
    wrong = sorted(set(words) - set(COVERS))
    if wrong:
        todo = f"Say what it means under values: covers: (word): {' or '.join(COVERS)}."
        raise BadInput(f"Column covers holds '{wrong[0][:40]}', which is not known.", where=where, todo=todo)
    return words


def _dates(texts: pd.Series, where: str) -> pd.Series:
    """Days as 2026-06-01."""
    found = days(texts)
    wrong = texts.notna() & (texts != "") & found.isna()
    if wrong.any():
        words = f"'{texts[wrong].iloc[0][:40]}' is not a date."
        raise BadInput(words, where=where, todo="Write dates as 2026-06-01.")
    return found


def _wanted(found: pd.DataFrame, postcodes: Collection[str] | None, quality: Quality) -> pd.DataFrame:
    if postcodes is None:
        return found
    asked = {code.replace(" ", "").upper() for code in postcodes} | {code[:4] for code in postcodes}
    other = (found["area_kind"] == "postcode") & ~found["area_code"].isin(asked)
    quality.skip(OTHER_POSTCODE, int(other.sum()))
    return found[~other]


def _combined(found: pd.DataFrame, quality: Quality) -> pd.DataFrame:
    """One row per area; its date is that of the oldest class in it."""
    found = found.assign(indication_id=found["area_kind"] + ":" + found["area_code"])
    found = found.sort_values(list(found.columns), na_position="first")
    rows = found.sort_values("indicated_on", na_position="first", kind="stable").groupby("indication_id").last()
    told = {name: _told(found, name).reindex(rows.index) for name in DIRECTIONS}
    dates = pd.DataFrame({name: told[name]["indicated_on"] for name in DIRECTIONS}, dtype=object)
    rows["indicated_on"] = dates.min(axis=1).fillna(rows["indicated_on"])
    for name in DIRECTIONS:
        rows[name] = told[name][name].fillna("onbekend").astype("str")
        rows[f"{name}_stated"] = told[name][f"{name}_stated"].fillna(rows[f"{name}_stated"])
    quality.skip(AGAIN, len(found) - len(rows))
    return rows.assign(**{name: rows[name].astype("str") for name in TEXTS})


def _told(found: pd.DataFrame, name: str) -> pd.DataFrame:
    """Per area the row that tells of a direction: the newest, and of equal dates the most restrictive."""
    known = found[found[name] != "onbekend"].assign(rank=found[name].map(SEVERITY))
    known = known.sort_values(["indicated_on", "rank"], na_position="first", kind="stable")
    return known.drop_duplicates("indication_id", keep="last").set_index("indication_id")


def _tell(frame: pd.DataFrame, quality: Quality) -> None:
    undated = int(frame["indicated_on"].isna().sum())
    if undated:
        quality.find(f"{undated} indications have no date: name 'indicated_on' under 'columns', or 'reference_on'.")
    silent = int(((frame["offtake"] == "onbekend") & (frame["feed_in"] == "onbekend")).sum())
    if silent:
        quality.find(f"Of {silent} areas the source does not say whether there is capacity: they are 'onbekend'.")
    large = int((frame["covers"] == "grootverbruik").sum())
    if large:
        quality.find(f"{large} indications are about connections above 3x80 A, not about the small one of a pole.")


def _text_or_workbook(path: Path) -> Path:
    start = first_bytes(path)
    if b"\0" in start and not start.startswith(ZIP):
        todo = "Deliver the capacity map (CSV, JSON), or a list of your own (CSV, xlsx)."
        raise BadInput("This is no table, but a file in another format.", where=str(path), todo=todo)
    return path


def _refuse_small_consumers(table: pd.DataFrame, where: str) -> None:
    if {str(name).lower() for name in table.columns} >= set(SMALL_CONSUMERS):
        words = "This is the yearly use of small consumers (kleinverbruiksgegevens), which says nothing of capacity."
        raise BadInput(words, where=where, todo="Deliver the capacity map, or a list of your own.")
