"""The reports on demand and use: open without a network, plain Dutch, the numbers of the frames, sheets that read."""

# ruff: noqa: TID252

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

import openpyxl
import pandas
import pytest
from PIL import Image

from .browsing import Visit, visit
from .buurtplan import EAST, WEST, YEARS, at
from .drawn_use import FULL
from .reading import RunFolder, default_config

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("drawn-use")]

REPORTS = [("buurt_run", "vraag"), ("use_run", "monitor")]


@pytest.fixture(scope="module")
def visits(buurt_run: RunFolder, use_run: RunFolder) -> dict[str, Visit]:
    """Both pages as a browser without a network sees them."""
    return {name: visit(run.path / f"{name}.html") for run, name in ((buurt_run, "vraag"), (use_run, "monitor"))}


def dutch(number: float, decimals: int = 0) -> str:
    """A number as a Dutch reader writes it."""
    return f"{number:,.{decimals}f}".replace(",", " ").replace(".", ",").replace(" ", ".")


@pytest.mark.parametrize("name", ["vraag", "monitor"])
def test_page_opens_without_a_network(visits: dict[str, Visit], name: str) -> None:
    seen = visits[name]
    assert seen.requests == []
    assert seen.complaints == []
    assert seen.lang == "nl"
    assert seen.colours > 100
    assert not re.search(r"\b(nan|NaN|None|undefined|null|inf)\b", seen.text), seen.text


@pytest.mark.parametrize("name", ["vraag", "monitor"])
def test_page_is_dutch(visits: dict[str, Visit], name: str) -> None:
    """Words that an English sentence cannot do without."""
    text = visits[name].text.lower()
    assert len(re.findall(r"\b(de|het|een|van|en)\b", text)) > 30
    assert re.findall(r"\b(the|with|are|which|of the)\b", text) == []


def test_page_on_demand_has_the_numbers_of_the_frames(visits: dict[str, Visit], buurt_run: RunFolder) -> None:
    text = visits["vraag"].text.replace("\u00a0", " ")
    rows = buurt_run.frame("BuurtDemand")
    for year in (2030, 2035):
        for scenario in ("laag", "midden", "hoog"):
            told = at(rows, year=year, scenario=scenario)
            assert dutch(told["electric_cars"].sum()) in text
            assert dutch(told["kwh_year"].sum() / 1000) in text
    far = at(buurt_run.frame("Shortfalls"), year=2030, scenario="midden")["far_addresses"].sum()
    assert dutch(far) in text
    assert "schatting" in text.lower()


def test_page_on_demand_states_its_assumptions(visits: dict[str, Visit]) -> None:
    text = visits["vraag"].text
    for value in ("18.500", "75", "1,3"):
        assert value in text
    for word in ("aanname", "bron", "witte vlek", "vraaggestuurd", "aanbodgestuurd", "AFIR", "NAL"):
        assert word.lower() in text.lower(), word


def test_page_on_use_has_the_numbers_of_the_frames(visits: dict[str, Visit], use_run: RunFolder) -> None:
    text = visits["monitor"].text.replace("\u00a0", " ")
    for row in use_run.frame("Laaddruk").query("kind == 'gebied'").itertuples():
        assert row.name in text
        if row.level != "onbekend":
            assert dutch(row.laaddruk, 2) in text, row.code
    short = use_run.frame("Laaddruk").query("level == 'onbekend'")["reason"].str.replace("\u00a0", " ")
    assert len(short)
    assert any(each.split(":")[0].rstrip(".") in text for each in short)
    assert "signaal" in text.lower()
    assert "30 weken" in text


def sheets(run: RunFolder, name: str) -> dict[str, pandas.DataFrame]:
    """Sheets of a workbook by title, the first row as names."""
    book = openpyxl.load_workbook(run.path / f"{name}.xlsx", read_only=True, data_only=True)
    found = {}
    for sheet in book.worksheets:
        rows = list(sheet.iter_rows(values_only=True))
        found[sheet.title] = pandas.DataFrame(rows[1:], columns=[str(each) for each in rows[0]])
    return found


def sheet_with(found: dict[str, pandas.DataFrame], *columns: str) -> pandas.DataFrame:
    """The first sheet that has these columns."""
    named = [rows for rows in found.values() if set(columns) <= set(rows.columns)]
    assert named, {title: list(rows.columns) for title, rows in found.items()}
    return named[0]


def test_workbook_on_demand_is_complete(buurt_run: RunFolder) -> None:
    found = sheets(buurt_run, "vraag")
    rows = sheet_with(found, "buurtcode", "jaar", "scenario", "bewoners_kwh_jaar")
    frame = buurt_run.frame("BuurtDemand")
    assert len(rows) == len(frame)
    mine = rows.query("buurtcode == @WEST and jaar == 2030 and scenario == 'midden'").iloc[0]
    theirs = at(frame, buurtcode=WEST, year=2030, scenario="midden").iloc[0]
    assert mine["bewoners_kwh_jaar"] == pytest.approx(theirs["residents_kwh_year"], abs=0.01)
    assert mine["elektrische_autos"] == pytest.approx(theirs["electric_cars"], abs=0.01)
    points = sheet_with(found, "vraagpunt", "jaar", "scenario")
    assert {2030, YEARS[-1]} <= set(points["jaar"])
    sums = points.query("buurtcode == @EAST and jaar == 2035 and scenario == 'hoog'")["laadvraag_kwh_jaar"].sum()
    assert sums == pytest.approx(at(frame, buurtcode=EAST, year=2035, scenario="hoog")["kwh_year"].iloc[0], abs=0.05)


def test_workbook_on_use_is_complete(use_run: RunFolder) -> None:
    found = sheets(use_run, "monitor")
    areas = found["Laaddruk per gebied"].set_index("code")
    frame = use_run.frame("Laaddruk").query("kind == 'gebied'").set_index("code")
    assert set(areas.index) == set(frame.index)
    assert areas.loc[FULL, "niveau"] == frame.loc[FULL, "level"]
    assert areas.loc[FULL, "laaddruk"] == pytest.approx(frame.loc[FULL, "laaddruk"], abs=0.001)
    starts = sheet_with(found, "variant", "niveau", "reden")
    assert len(starts) == len(use_run.frame("Triggers"))


@pytest.mark.parametrize(("name", "file"), REPORTS)
def test_every_column_is_explained(request: pytest.FixtureRequest, name: str, file: str) -> None:
    found = sheets(request.getfixturevalue(name), file)
    explained = sheet_with(found, "blad", "kolom", "betekenis")
    for title, rows in found.items():
        if title in set(explained["blad"]):
            assert set(rows.columns) == set(explained.loc[explained["blad"] == title, "kolom"]), title
    assert explained["betekenis"].str.len().min() > 2


def test_picture_of_demand(buurt_run: RunFolder) -> None:
    picture = Image.open(buurt_run.path / "vraag.png").convert("RGB")
    assert min(picture.size) > 400
    assert len(picture.getcolors(maxcolors=picture.width * picture.height) or []) > 20


def refuse(text: str) -> NoReturn:
    raise AssertionError(f"{text} is no JSON")


@pytest.mark.parametrize(("name", "_file"), REPORTS)
def test_stdout_is_json_that_anybody_reads(request: pytest.FixtureRequest, name: str, _file: str) -> None:
    """RFC 8259 has no NaN: a browser or jq refuses it."""
    told: dict[str, Any] = json.loads(request.getfixturevalue(name).stdout, parse_constant=refuse)
    assert told["files"]


def test_levels_and_triggers_on_stdout_are_those_of_the_frames(use_run: RunFolder) -> None:
    told = json.loads(use_run.stdout)
    rows = use_run.frame("Laaddruk")
    for kind in ("gebied", "paal"):
        counts = rows.loc[rows["kind"] == kind, "level"].value_counts().to_dict()
        assert {level: n for level, n in told["levels"][kind].items() if n} == counts
    assert {each["trigger_id"] for each in told["triggers"]} == set(use_run.frame("Triggers")["trigger_id"])


def test_report_prints_the_year_of_the_plan(visits: dict[str, Visit]) -> None:
    assert default_config()["scenario"]["year"] == 2030
    assert "2030" in visits["vraag"].text
