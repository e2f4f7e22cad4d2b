"""Key figures of gemeenten, wijken and buurten without shapes: OData of the CBS, and files of republishers.

In: the ``TypedDataSet`` of a CBS table, with its ``DataProperties`` and ``TableInfos`` beside it, as files or a folder;
or one JSON file per gemeente with ``demografie`` per region. Out: `BuurtFigures`. The numbers in OData's column names
change every year, so that a column is found by its title in DataProperties; without these by its name less the number.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from laadplan.contracts.homes import BuurtFigures
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, MissingSource
from laadplan.ingest.cbs_columns import YEAR, figure, figures_year, miss_year
from laadplan.ingest.columns import as_text
from laadplan.ingest.files import read_json, text_start

TITLES = {
    "name": ("Gemeentenaam",),
    "inhabitants": ("Aantal inwoners",),
    "households": ("Huishoudens totaal",),
    "dwellings": ("Woningvoorraad",),
    "cars": ("Personenauto's totaal",),
    "cars_per_household": ("Personenauto's per huishouden",),
    "urbanity": ("Mate van stedelijkheid",),
}
"""Our name to the titles of the CBS."""

STEMS = {
    "name": "Gemeentenaam",
    "inhabitants": "AantalInwoners",
    "households": "HuishoudensTotaal",
    "dwellings": "Woningvoorraad",
    "cars": "PersonenautoSTotaal",
    "cars_per_household": "PersonenautoSPerHuishouden",
    "urbanity": "MateVanStedelijkheid",
}
"""Our name to the key of the CBS less its number."""

REPUBLISHED = {"inhabitants": "inwoners", "households": "huishoudens", "urbanity": "stedelijkheid"}
"""Our name to the republisher's, under ``demografie``."""

FIGURES = ("inhabitants", "households", "dwellings", "cars", "cars_per_household", "urbanity")
REGION = "WijkenEnBuurten"
CODE = re.compile(r"(GM|WK|BU)[0-9A-Z]{4,8}")
"""Code of a region; those of Amsterdam hold letters."""

KINDS = {"GM": "gemeente", "WK": "wijk", "BU": "buurt"}
NEXT = "odata.nextLink"
"""Name in an answer that points to the next page."""

ELSEWHERE = "ligt in een andere gemeente"
COUNTRY = "geen gemeente, wijk of buurt (land of provincie)"

_AGAIN = "Download it again from opendata.cbs.nl."


@dataclass
class Delivery:
    """What the files of a delivery hold together."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    keys: dict[str, list[str]] = field(default_factory=dict)
    """Title in DataProperties to the keys that bear it."""
    names: list[str] = field(default_factory=list)
    """Texts that name the year, the best first."""
    pages_left: int = 0
    """Pages that point to a next one, less those that follow."""


def read_buurt_figures(
    path: Path | Sequence[Path],
    *,
    municipality: str | None = None,
    year: int | None = None,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """Figures per gemeente, wijk and buurt as `BuurtFigures`, each with its year; there are no shapes in the source.

    Parameters
    ----------
    path
        A JSON file, several, or a folder with them: data, DataProperties and TableInfos of one table.
    municipality
        CBS code (GM0228): only that gemeente with its wijken and buurten; None: all.
    year
        Year of the figures where the source does not say.

    Raises
    ------
    MissingSource
        A file is not there, or the folder holds no JSON.
    BadInput
        A file is no JSON or holds no regions, or DataProperties are those of another table.
    """
    quality = quality if quality is not None else Quality()
    where = str(path if isinstance(path, Path) else path[0])
    delivery = _delivery(files_of(path))
    if not delivery.rows:
        raise BadInput("No figures per gemeente, wijk or buurt were found.", where=where, todo=_AGAIN)
    if delivery.pages_left > 0:
        quality.find("The figures are a page of more: the pages that follow are not there.")
    table = pd.DataFrame(delivery.rows)
    quality.read = len(table)
    codes = as_text(table[REGION]).fillna("")
    known = codes.str.fullmatch(CODE)
    quality.drop(COUNTRY, codes[~known])
    frame = _frame(table[known], codes[known], delivery, year, quality, where)
    if municipality is not None:
        inside = frame["municipality_code"] == municipality
        quality.skip(ELSEWHERE, int((~inside).sum()))
        frame = frame[inside]
    frame = BuurtFigures.checked(frame, source=where)
    miss_year(frame["figures_year"], quality)
    quality.count(frame)
    return frame


def is_figures(path: Path) -> bool:
    """Whether a file is JSON that is not GeoJSON, as far as its start tells."""
    start = text_start(path)
    return start[:1] in (b"{", b"[") and b"FeatureCollection" not in start and b'"features"' not in start


def files_of(path: Path | Sequence[Path]) -> list[Path]:
    """The files of a delivery: those given, or the JSON files in the folder.

    Raises
    ------
    MissingSource
        The folder holds none.
    """
    if not isinstance(path, Path):
        return list(path)
    if not path.is_dir():
        return [path]
    found = [each for each in sorted(path.iterdir()) if each.is_file() and is_figures(each)]
    if not found:
        raise MissingSource("The folder holds no JSON.", where=str(path), todo="Name the folder with the figures.")
    return found


def _delivery(files: Iterable[Path]) -> Delivery:
    """What the files hold, each told by its content."""
    delivery = Delivery()
    for file in files:
        content = read_json(file)
        delivery.names.append(file.name)
        if isinstance(content, dict) and isinstance(content.get("buurten"), list):
            _take_republished(delivery, content, str(file))
            continue
        rows = _rows(content, str(file))
        if rows and all("Key" in row and "Title" in row for row in rows if row.get("Type") != "TopicGroup"):
            _take_properties(delivery, rows)
        elif rows and all("Identifier" in row and "Period" in row for row in rows):
            delivery.names.insert(0, str(rows[0]["Period"]))
        elif rows and REGION in rows[0]:
            delivery.pages_left += (NEXT in content) - bool(delivery.rows)
            delivery.rows += [row | {REGION: row.get(REGION)} for row in rows]
        elif rows:
            raise BadInput(f"The rows have no '{REGION}'.", where=str(file), todo=_AGAIN)
    return delivery


def _rows(content: Any, where: str) -> list[dict[str, Any]]:
    """The rows of a document: an answer of OData, a bare list, or regions by their code."""
    if isinstance(content, dict) and isinstance(content.get("value"), list):
        content = content["value"]
    if isinstance(content, dict):
        if not content or not all(CODE.fullmatch(str(code).strip()) for code in content):
            raise BadInput("The file holds no figures of CBS regions.", where=where, todo=_AGAIN)
        content = [{**row, REGION: code} if isinstance(row, dict) else None for code, row in content.items()]
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise BadInput("The file holds no rows.", where=where, todo=_AGAIN)
    return content


def _take_properties(delivery: Delivery, rows: Iterable[Mapping[str, Any]]) -> None:
    for row in rows:
        if row.get("Type") == "Topic":
            delivery.keys.setdefault(str(row["Title"]).strip(), []).append(str(row["Key"]))
        if row.get("MapYear"):
            delivery.names.insert(0, str(row["MapYear"]))


def _take_republished(delivery: Delivery, content: Mapping[str, Any], where: str) -> None:
    """A republisher's file: the gemeente itself and its wijken and buurten; its ``peildatum`` is not the figures'."""
    wijken = content.get("wijken")
    regions = [content, *(wijken if isinstance(wijken, list) else []), *content["buurten"]]
    if not all(isinstance(each, dict) and isinstance(each.get("demografie"), dict) for each in regions):
        raise BadInput("A region has no 'demografie'.", where=where, todo="Download it again.")
    sources = content.get("bronnen")
    if isinstance(sources, dict):
        delivery.names.insert(0, str(sources.get("kerncijfers", "")))
    for each in regions:
        row = {f"{STEMS[ours]}_0": each["demografie"].get(theirs) for ours, theirs in REPUBLISHED.items()}
        delivery.rows.append({REGION: each.get("code"), "Naam_0": each.get("name"), **row})


def _frame(
    table: pd.DataFrame, codes: pd.Series, delivery: Delivery, year: int | None, quality: Quality, where: str
) -> pd.DataFrame:
    names = _columns(table, delivery.keys, quality, where)
    named = as_text(table["Naam_0"]) if "Naam_0" in table else _name(table, names, codes)
    columns: dict[str, Any] = {
        "region_code": codes,
        "kind": codes.str[:2].map(KINDS).astype("str"),
        "name": named,
        "municipality_code": "GM" + codes.str[2:6],
    }
    for ours in FIGURES:
        given = table[names[ours]] if ours in names else None
        columns[ours] = figure(given, where=where) if given is not None else float("nan")
    texts = [text for text in delivery.names if YEAR.search(text)]
    columns["figures_year"] = figures_year(table[[]], texts, year if not texts else None, quality)
    frame = pd.DataFrame(columns, index=table.index)
    return frame.set_index("region_code")


def _name(table: pd.DataFrame, names: Mapping[str, str], codes: pd.Series) -> pd.Series:
    """The name of a gemeente; OData has no names of wijken and buurten but in another table."""
    found = as_text(table[names["name"]]) if "name" in names else pd.Series(None, index=table.index, dtype="str")
    return found.where(codes.str.startswith("GM"), None).astype("str")


def _columns(table: pd.DataFrame, keys: Mapping[str, Sequence[str]], quality: Quality, where: str) -> dict[str, str]:
    """Our name to the table's column."""
    if "Naam_0" in table:
        return {ours: f"{STEMS[ours]}_0" for ours in REPUBLISHED}
    if not keys:
        quality.find("There are no DataProperties beside the data: columns were found by their names without number.")
        stems = {re.sub(r"_\d+$", "", str(name)): str(name) for name in table.columns}
        return {ours: stems[stem] for ours, stem in STEMS.items() if stem in stems}
    told = {key for several in keys.values() for key in several}
    strange = [str(name) for name in table.columns if re.search(r"_\d+$", str(name)) and name not in told]
    if strange:
        raise BadInput(
            f"Column {strange[0]} is not in DataProperties: these are of another table or year.",
            where=where,
            todo="Download data and DataProperties of one table.",
        )
    titled = {ours: [key for title in TITLES[ours] for key in keys.get(title, [])] for ours in TITLES}
    return {ours: found[0] for ours, found in titled.items() if found and found[0] in table.columns}
