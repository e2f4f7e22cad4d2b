"""Official forecast of charging per buurt and year in three scenarios, as the national and regional prognoses give it.

In: a table (CSV, xlsx, JSON), long (a column each for year and scenario) or wide (columns such as ``2030_laag``), also
below a title, and the unit of its figures, which must be stated: the layouts do not tell EVSE from kWh. Out: `Forecast`
with one row per buurt, year and scenario. A cell without a figure gives no row: missing is not zero. A row of the
municipality or of all together is no buurt: it is held against the sum of its buurten and then left out.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from laadplan.contracts.figures import SCENARIOS, Forecast
from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput, ConfigError
from laadplan.ingest.columns import match_columns
from laadplan.ingest.delivery import Parts
from laadplan.ingest.mapped import Mapped, read_rows

SPELLINGS = {
    "buurtcode": ("buurtcode", "bu_code", "buurt_code", "statcode", "buurt"),
    "year": ("jaar", "year", "prognosejaar"),
    "scenario": ("scenario", "variant"),
    "value": ("waarde", "value", "prognose", "aantal", "EVSE", "laadpunten", "kWh"),
}
"""Our name to the spellings seen in deliveries."""

UNITS = {"EVSE": ("evse", "evses", "laadpunten", "laadpunt"), "kWh": ("kwh", "energie")}
"""Unit as the config states it to the words by which columns state it."""

WORDS = {
    "low": "laag",
    "l": "laag",
    "lage": "laag",
    "mid": "midden",
    "middel": "midden",
    "medium": "midden",
    "m": "midden",
    "high": "hoog",
    "h": "hoog",
    "hoge": "hoog",
}
"""Words for a scenario besides our own."""

FILLING = ("aantal", "prognose", "publiek", "publieke", "scenario", "vraag", "jaar", "per", "in")
"""Words in the name of a column that say nothing of its year or scenario."""

CELL = re.compile(r"(20\d{2})?\|(laag|midden|hoog)?")
"""Name that the config gives a wide column: year and scenario, as ``2030|midden``."""

TOTAL = re.compile(r"(?:GM)?(\d{4})|TOTAAL")
"""What stands in the column of buurten in a row of the municipality, or of all rows together."""

TOTAL_TOLERANCE = 0.01
"""A total further than this share off the sum of its buurten is told."""

NO_BUURT = "geen buurtcode"
NO_VALUE = "zonder waarde"
NOT_ASKED = "buurt ligt niet in het gebied"


@dataclass(frozen=True)
class _Cell:
    """A column with figures, and the year and scenario that its name gives; empty: another column gives it."""

    column: str
    year: str
    scenario: str


def read_forecast(
    path: Parts,
    buurtcodes: Iterable[str] | None = None,
    *,
    unit: str,
    layer: str | None = None,
    columns: Mapping[str, str] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    quality: Quality | None = None,
) -> pd.DataFrame:
    """The forecast as `Forecast`, or that of the given buurten only.

    ``unit`` is ``EVSE`` or ``kWh`` (a year). ``values`` maps words for scenarios; an empty word stands for the scenario
    of a file that names none.

    Raises
    ------
    ConfigError
        The unit is not stated, or the config names a column or scenario that does not exist.
    MissingSource
        The file or the sheet is not there.
    BadInput
        It is no readable table, year or scenario is missing, the columns are in the other unit, a cell is no number.
    ContractBroken
        A buurt has two figures for a year and a scenario.
    """
    if unit not in UNITS:
        todo = "State 'unit: EVSE' or 'unit: kWh' with the source."
        raise ConfigError(f"The unit of a forecast must be stated, not '{unit}'.", where=str(path), todo=todo)
    quality = quality if quality is not None else Quality()
    long, wide = _split(columns or {})
    names = [*SPELLINGS["buurtcode"], *(columns or {}).values()]
    table, where = read_rows(path, layer, header=names)
    matched = match_columns(table.columns, SPELLINGS, config=long, required=("buurtcode",), where=where)
    cells = _cells(table, matched, wide, unit, where)
    source = Mapped(table, matched, where)
    quality.read = len(table)
    frame = _frame(source, cells, values or {}, quality)
    _compare_totals(source, cells, values or {}, frame, quality)
    if buurtcodes is not None:
        asked = frame["buurtcode"].isin(list(buurtcodes))
        quality.drop(NOT_ASKED, frame.loc[~asked, "buurtcode"].unique())
        frame = frame[asked]
    frame = _in_unit(frame, unit)
    frame = Forecast.checked(frame, source=where)
    _report(frame, unit, quality)
    return frame


def is_wide(columns: Iterable[str]) -> bool:
    """Whether a column names a year and a scenario at once, as those of a wide forecast do."""
    cells = (_recognised(name, unit) for name in columns for unit in UNITS)
    return any(cell.year and cell.scenario for cell in cells if cell)


def _split(columns: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The mapping of plain columns, and that of columns named by year and scenario."""
    wide = {name: column for name, column in columns.items() if "|" in name and CELL.fullmatch(name)}
    return {name: column for name, column in columns.items() if name not in wide}, wide


def _cells(
    table: pd.DataFrame, matched: Mapping[str, str], wide: Mapping[str, str], unit: str, where: str
) -> list[_Cell]:
    """The columns with figures."""
    if wide:
        missing = sorted(set(wide.values()) - set(table.columns))
        if missing:
            todo = f"The file has: {', '.join(map(str, table.columns))}."
            raise BadInput(f"A column is missing: {', '.join(missing)}.", where=where, todo=todo)
        return [_Cell(column, *name.split("|")) for name, column in wide.items()]
    taken = {matched[name] for name in ("buurtcode", "year", "scenario") if name in matched}
    found = [cell for name in table if name not in taken and (cell := _recognised(str(name), unit))]
    if not found and "value" in matched:
        _refuse_other_unit([matched["value"]], unit, where)
        found = [_Cell(matched["value"], "", "")]
    if not found:
        _refuse_other_unit([str(name) for name in table], unit, where)
        todo = "Name the column 'value', or columns such as '2030|midden', under 'columns' of this source."
        raise BadInput("No column with figures is recognised.", where=where, todo=todo)
    return found


def _recognised(name: str, unit: str) -> _Cell | None:
    """A column whose name holds a year, a scenario or both, and no other word than the unit.

    >>> _recognised("EVSE 2030 Laag", "EVSE"), _recognised("Inwoners 2030", "EVSE")
    (_Cell(column='EVSE 2030 Laag', year='2030', scenario='laag'), None)
    """
    words = [word for word in re.split(r"[^a-z0-9]+", name.lower()) if word]
    years = [word for word in words if re.fullmatch(r"20\d{2}", word)]
    scenarios = [WORDS.get(word, word) for word in words if WORDS.get(word, word) in SCENARIOS]
    known = len(years) + len(scenarios) + sum(word in (*UNITS[unit], *FILLING) for word in words)
    if known != len(words) or len(years) > 1 or len(scenarios) > 1 or not (years or scenarios):
        return None
    return _Cell(name, (years or [""])[0], (scenarios or [""])[0])


def _refuse_other_unit(names: Iterable[str], unit: str, where: str) -> None:
    other = next(each for each in UNITS if each != unit)
    wrong = [name for name in names if set(re.split(r"[^a-z0-9]+", name.lower())) & set(UNITS[other])]
    if wrong:
        words = f"The unit is stated as {unit}, but column {wrong[0]} is in {other}."
        raise BadInput(words, where=where, todo="Correct 'unit' of this source, or name its column under 'columns'.")


def _frame(
    source: Mapped, cells: Iterable[_Cell], values: Mapping[str, Mapping[str, str]], quality: Quality
) -> pd.DataFrame:
    codes = source.buurt("buurtcode")
    known = codes.notna()
    quality.drop(NO_BUURT, source.text("buurtcode")[~known].fillna("(leeg)"))
    rows = Mapped(source.table[known], source.names, source.where)
    frame = pd.concat([_figures(rows, codes[known], cell, values) for cell in cells])
    frame = frame.set_index(frame["buurtcode"] + "|" + frame["year"].astype("str") + "|" + frame["scenario"])
    empty = frame["value"].isna()
    quality.drop(NO_VALUE, frame.index[empty])
    return frame[~empty].rename_axis("forecast_id")


def _figures(
    rows: Mapped,
    codes: pd.Series,
    cell: _Cell,
    values: Mapping[str, Mapping[str, str]],
    *,
    must_be_whole: bool = True,
) -> pd.DataFrame:
    """The figures of one column, one row per buurt and, in a long table, year and scenario."""
    named = rows.table.assign(_year=cell.year, _scenario=cell.scenario)
    names = {**rows.names, "value": cell.column}
    names |= {"year": "_year"} if cell.year or "year" not in names else {}
    names |= {"scenario": "_scenario"} if cell.scenario or "scenario" not in names else {}
    source = Mapped(named.astype({"_year": "str", "_scenario": "str"}), names, rows.where)
    scenarios = source.word("scenario", WORDS, values, SCENARIOS)
    figures = {"buurtcode": codes, "scenario": scenarios, "value": source.number("value"), "year": source.year("year")}
    if must_be_whole:
        _refuse_incomplete(source, figures)
    frame = pd.DataFrame(figures).dropna(subset=["year", "scenario"])
    return frame.astype({"year": int})


def _refuse_incomplete(source: Mapped, figures: Mapping[str, pd.Series]) -> None:
    if figures["year"].isna().any():
        todo = "Give each figure its year: in a column, or in the names of the columns."
        raise BadInput("Figures have no year.", where=source.where, todo=todo)
    unknown = figures["scenario"].isna()
    if unknown.any():
        found = source.text("scenario")[unknown].iloc[0]
        words = "Figures have no scenario." if pd.isna(found) else f"'{found[:40]}' is no scenario."
        todo = "Map its words to laag, midden and hoog under 'values'; an empty word stands for none."
        raise BadInput(words, where=source.where, todo=todo)


def _compare_totals(
    source: Mapped,
    cells: Iterable[_Cell],
    values: Mapping[str, Mapping[str, str]],
    frame: pd.DataFrame,
    quality: Quality,
) -> None:
    """Holds rows of a municipality or of all together against the sum of their buurten; tells what differs."""
    label = source.text("buurtcode").str.upper().str.strip()
    whole = label.str.extract(f"^{TOTAL.pattern}$")[0].fillna("").where(label.str.fullmatch(TOTAL.pattern).eq(True))
    if frame.empty or whole.isna().all():
        return
    rows = Mapped(source.table[whole.notna()], source.names, source.where)
    told = pd.concat([_figures(rows, whole.dropna(), cell, values, must_be_whole=False) for cell in cells])
    of = pd.concat([frame.assign(of=frame["buurtcode"].str[2:6]), frame.assign(of="")])
    sums = of.groupby(["of", "year", "scenario"])["value"].sum().rename("sum")
    both = told.join(sums, on=["buurtcode", "year", "scenario"]).dropna(subset=["value", "sum"])
    off = (both["sum"] - both["value"]).abs() / both["value"].where(both["value"] > 0, 1.0)
    wrong = off > TOTAL_TOLERANCE
    if wrong.any():
        quality.find(
            f"The total of the forecast is not the sum of its buurten {int(wrong.sum())} times (up to {off.max():.0%} "
            "off): the buurten are used, the total is not."
        )


def _in_unit(frame: pd.DataFrame, unit: str) -> pd.DataFrame:
    nothing = pd.Series(float("nan"), index=frame.index)
    in_evse = unit == "EVSE"
    value = frame["value"].astype(float)
    filled = frame.assign(value_evse=value if in_evse else nothing, value_kwh_year=nothing if in_evse else value)
    return filled.drop(columns="value")


def _report(frame: pd.DataFrame, unit: str, quality: Quality) -> None:
    quality.facts["unit"] = unit
    quality.facts["years"] = sorted(frame["year"].unique().tolist())
    figures = frame.assign(value=frame["value_evse"].fillna(frame["value_kwh_year"]))
    table = figures.pivot(index=["buurtcode", "year"], columns="scenario", values="value").reindex(columns=SCENARIOS)
    crossed = table.index[(table["laag"] > table["midden"]) | (table["midden"] > table["hoog"])]
    if len(crossed):
        buurten = sorted({str(code) for code, _ in crossed})
        quality.find(f"Low, mid and high are not in order for {len(buurten)} buurten, first {buurten[0]}.")
    quality.count(frame)
