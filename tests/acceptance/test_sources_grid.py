"""KLIC deliveries and grid capacity: counted here with lxml, json and csv, and read by laadplan."""

# ruff: noqa: TID252

from __future__ import annotations

import csv
import json
import re
import shutil
import zipfile
from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import geopandas
import numpy
import pytest
import shapely
from lxml import etree

from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.ingest.cables import read_cables, read_grid_points
from laadplan.ingest.grid_capacity import read_grid_capacity

from .delivered import project, refused, report
from .program import Program

pytestmark = [pytest.mark.xdist_group("sources-grid"), pytest.mark.slow]

HREF, ID = "{http://www.w3.org/1999/xlink}href", "{http://www.opengis.net/gml/3.2}id"
ORIENTATION, OVERLAPS = (
    "Levering_22O000517_1.zip",
    ("Levering_22O000517_1.zip", "Levering_22O000518_1.zip", "Levering_22C001967_3.zip"),
)


@cache
def objects(path: Path) -> dict[str, dict[str, Any]]:
    """Objects of a delivery by kind and id."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    with zipfile.ZipFile(path) as packed:
        name = next(name for name in packed.namelist() if re.search(r"GI_.*\.xml$", name))
        root = etree.fromstring(packed.read(name), etree.XMLParser(huge_tree=True))
    for member in root:
        for item in member:
            found[etree.QName(item).localname][item.get(ID)] = item
    return found


def last(item: Any, name: str) -> str:
    """Last part of the code that a child refers to."""
    child = item.find(f"{{*}}{name}")
    return "" if child is None else (child.get(HREF) or "").rsplit("/", 1)[-1]


def theme(found: dict[str, dict[str, Any]], item: Any) -> str:
    """Net that an object belongs to."""
    return last(found["Utiliteitsnet"][item.find("{*}inNetwork").get(HREF)], "thema")


def pieces(found: dict[str, dict[str, Any]], item: Any) -> list[shapely.LineString]:
    """Lines of a cable, one per link."""
    lines = []
    for link in item.findall("{*}link"):
        for positions in found["UtilityLink"][link.get(HREF)].iter("{*}posList"):
            numbers = numpy.array(positions.text.split(), dtype=float)
            lines.append(shapely.LineString(numbers.reshape(-1, int(positions.get("srsDimension", "2")))[:, :2]))
    return lines


def persons_in(path: Path) -> set[str]:
    """Names, telephone numbers and addresses of e-mail of those who asked, and where they are to dig."""
    wanted = ("naam", "telefoon", "email", "BAGid", "openbareRuimteNaam")
    request = next(iter(objects(path)["GebiedsinformatieAanvraag"].values()))
    return {each.text for name in wanted for each in request.iter(f"{{*}}{name}") if each.text and len(each.text) > 4}


def low_voltage(path: Path) -> dict[str, Any]:
    """Low-voltage cables of a delivery."""
    found = objects(path)
    return {key: item for key, item in found["Elektriciteitskabel"].items() if theme(found, item) == "laagspanning"}


@pytest.fixture(scope="module")
def klic(real_data: Path) -> Path:
    return real_data / "maasgouw-wessem" / "klic"


@pytest.fixture(scope="module")
def one(klic: Path) -> geopandas.GeoDataFrame:
    return read_cables(klic / ORIENTATION)


@pytest.fixture(scope="module")
def told() -> Quality:
    return Quality()


@pytest.fixture(scope="module")
def all_three(klic: Path, told: Quality) -> geopandas.GeoDataFrame:
    return read_cables([klic / name for name in OVERLAPS], quality=told)


@pytest.mark.real
def test_low_voltage_cables_and_their_length(one: geopandas.GeoDataFrame, klic: Path) -> None:
    found = objects(klic / ORIENTATION)
    expected = {key: pieces(found, item) for key, item in low_voltage(klic / ORIENTATION).items()}
    cables = one[one["voltage_level"] == "laagspanning"]
    assert (len(expected), sum(map(len, expected.values()))) == (915, 917)
    assert len(cables) == 915
    assert shapely.get_num_geometries(cables.geometry.array).sum() == 917
    assert cables.length.sum() == pytest.approx(12_590, abs=5)
    assert cables.length.sum() == pytest.approx(
        sum(each.length for lines in expected.values() for each in lines), abs=1
    )


@pytest.mark.real
def test_cables_of_400_volt_in_function(one: geopandas.GeoDataFrame, klic: Path) -> None:
    stated = {
        key: item
        for key, item in low_voltage(klic / ORIENTATION).items()
        if item.findtext("{*}operatingVoltage") == "400" and last(item, "currentStatus") == "functional"
    }
    cables = one[(one["voltage_level"] == "laagspanning") & (one["voltage_v"] == 400) & (one["status"] == "in gebruik")]
    assert len(stated) == len(cables) == 604
    assert cables.length.sum() == pytest.approx(9_830, abs=5)


@pytest.mark.real
def test_unknown_voltage_is_empty(one: geopandas.GeoDataFrame, klic: Path) -> None:
    unknown = [
        item
        for item in objects(klic / ORIENTATION)["Elektriciteitskabel"].values()
        if item.findtext("{*}operatingVoltage") in (None, "", "0", "-1")
    ]
    assert len(unknown) == one["voltage_v"].isna().sum()
    assert one["voltage_v"].min() > 0


@pytest.mark.real
def test_only_cables_count(one: geopandas.GeoDataFrame, klic: Path) -> None:
    quality = Quality()
    found = objects(klic / ORIENTATION)
    again = read_cables(klic / ORIENTATION, quality=quality)
    electric = {"laagspanning", "middenspanning", "hoogspanning"}
    beds = sum(
        theme(found, item) in electric for kind in ("Kabelbed", "Duct", "Mantelbuis") for item in found[kind].values()
    )
    dropped = quality.summary()["dropped"]
    assert len(again) == len(one) == len(found["Elektriciteitskabel"])
    assert beds > 0
    assert any("Kabelbed" in rule and number >= beds for rule, number in dropped.items()), dropped


@pytest.mark.real
def test_house_connections(klic: Path) -> None:
    """Of electricity and gas together, those of several storeys apart."""
    found = objects(klic / ORIENTATION)
    points = read_grid_points(klic / ORIENTATION)
    stated = [key for key, item in found["Appurtenance"].items() if last(item, "appurtenanceType") == "deliveryPoint"]
    storeys = [key for key in stated if "multistory" in key]
    assert len(stated) - len(storeys) == (points["kind"] == "huisaansluiting").sum() == 683
    assert len(storeys) == (points["kind"] == "hoogbouwkoppelpunt").sum()


@pytest.mark.real
def test_overlap_counts_once(all_three: geopandas.GeoDataFrame, klic: Path) -> None:
    """By id: the longest drawing of a cable, and of the others what lies more than 5 cm beside it."""
    drawn: dict[str, list[shapely.MultiLineString]] = defaultdict(list)
    for name in OVERLAPS:
        for key, item in low_voltage(klic / name).items():
            drawn[key].append(shapely.MultiLineString(pieces(objects(klic / name), item)))
    twice = sum(line.length for lines in drawn.values() for line in lines)
    once = 0.0
    for lines in drawn.values():
        longest, *others = sorted(lines, key=lambda line: -line.length)
        once += longest.length + sum(line.difference(longest.buffer(0.05)).length for line in others)
    cables = all_three[all_three["voltage_level"] == "laagspanning"]
    assert twice > 1.3 * once
    assert len(cables) == len(drawn)
    assert cables.length.sum() == pytest.approx(once, abs=1)


@pytest.mark.real
def test_deliveries_in_any_order_give_the_same(all_three: geopandas.GeoDataFrame, klic: Path) -> None:
    turned = read_cables([klic / name for name in reversed(OVERLAPS)])
    assert list(turned.index) == list(all_three.index)
    assert turned["delivery"].equals(all_three["delivery"])
    assert turned.length.sum() == pytest.approx(all_three.length.sum(), abs=0.01)


@pytest.mark.real
def test_kind_of_request_and_confidentiality_are_carried(all_three: geopandas.GeoDataFrame, told: Quality) -> None:
    stated = set(zip(all_three["delivery"], all_three["request_kind"], strict=True))
    assert all_three["confidential"].all()
    assert stated <= {
        ("22O000517", "orientatieverzoek"),
        ("22O000518", "orientatieverzoek"),
        ("22C001967", "calamiteitenmelding"),
    }
    assert any("22C001967" in finding and "calamiteitenmelding" in finding for finding in told.findings)
    assert not any("22O000517" in finding and "calamiteitenmelding" in finding for finding in told.findings)


@pytest.mark.real
def test_nothing_of_klic_in_an_error(laadplan: Program, klic: Path, tmp_path: Path) -> None:
    """A delivery whose coordinates are spoiled is refused without showing them."""
    with zipfile.ZipFile(klic / "Levering_22O000518_1.zip") as packed:
        name = next(name for name in packed.namelist() if re.search(r"GI_.*\.xml$", name))
        text = packed.read(name)
    cut = tmp_path / "levering" / "GI_afgebroken.xml"
    cut.parent.mkdir()
    cut.write_bytes(text[: len(text) * 2 // 3])
    line = refused(laadplan, project(tmp_path, {"cables": {"klic": cut}}), "Cables", tmp_path / "uit")
    assert "GI_afgebroken.xml" in line
    assert not re.search(r"nl\.imkl|KL\d{4}|GM\d{4}|\d{6}\.\d", line)


@pytest.mark.real
def test_excavation_notice_warns(tmp_path: Path, real_data: Path) -> None:
    """A graafmelding past its 20 working days, made from an orientatieverzoek by its kind alone."""
    source = real_data / "maasgouw-wessem" / "klic" / "Levering_22O000518_1.zip"
    with zipfile.ZipFile(source) as packed:
        name = next(name for name in packed.namelist() if re.search(r"GI_.*\.xml$", name))
        text = packed.read(name).decode()
    spoiled = tmp_path / "GI_graafmelding.xml"
    spoiled.write_text(
        text.replace("AanvraagSoortValue/orientatieverzoek", "AanvraagSoortValue/graafmelding"), encoding="utf-8"
    )
    quality = Quality()
    frame = read_cables(spoiled, today=date(2022, 6, 1), quality=quality)
    assert set(frame["request_kind"]) == {"graafmelding"}
    assert any("graafmelding" in finding for finding in quality.findings)
    assert any(re.search(r"held until 2022-04-2", finding) for finding in quality.findings), quality.findings


@pytest.mark.real
@pytest.mark.slow
def test_a_run_keeps_no_ids_of_klic_outside_its_confidential_frame(
    laadplan: Program, klic: Path, tmp_path: Path
) -> None:
    """Not in run.json and not among the rows dropped; the frame itself is for the municipality alone."""
    config = project(tmp_path, {"cables": {"klic": klic}}, (189_000, 351_500, 190_000, 352_500))
    out = tmp_path / "uit"
    done = laadplan("run", config, "--until", "Cables", "--out", out, "--date", "2026-11-23", "--quiet")
    assert done.returncode == 0, done.stderr
    frame = geopandas.read_parquet(out / "frames" / "Cables.parquet")
    told = done.stdout + done.stderr + (out / "run.json").read_text(encoding="utf-8")
    persons = persons_in(klic / ORIENTATION)
    assert persons
    assert [word for word in persons if word in told] == [], "persons in the request"
    keys = [str(key).encode() for key in (frame.get("cable_id", frame.index))]
    assert len(keys) > 100
    for file in (each for each in out.rglob("*") if each.is_file() and ".werk" not in each.parts):
        content = file.read_bytes()
        if file.name not in ("Cables.parquet", "GridPoints.parquet"):
            assert not [key for key in keys if key in content], file.name


# --- grid capacity ---------------------------------------------------------------------------------------------------


def capacity_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_nothing_is_ruim_by_default(tmp_path: Path) -> None:
    path = capacity_csv(
        tmp_path / "kaart.csv",
        [
            {"postcode": "1234AB", "voedingsgebied_id": "7", "afname": "0", "opwek": "1"},
            {"postcode": "1234AC", "voedingsgebied_id": "7", "afname": "", "opwek": ""},
            {"postcode": "1234AD", "voedingsgebied_id": "", "afname": "0", "opwek": "0"},
            {"postcode": "1234AE", "voedingsgebied_id": "8", "afname": "3", "opwek": "2"},
            {"postcode": "1234AG", "voedingsgebied_id": "8", "afname": "-1", "opwek": "-1"},
        ],
    )
    frame = read_grid_capacity(path)
    found = frame[frame["area_kind"] == "postcode"].set_index("area_code")
    assert found["offtake"].to_dict() == {
        "1234AB": "ruim",
        "1234AC": "onbekend",
        "1234AD": "onbekend",
        "1234AE": "vol",
        "1234AG": "onbekend",
    }
    assert set(found["feed_in"]) <= {"beperkt", "onbekend", "vol"}


def test_unknown_class_is_refused_and_never_ruim(tmp_path: Path) -> None:
    path = capacity_csv(
        tmp_path / "kaart.csv", [{"postcode": "1234AB", "voedingsgebied_id": "7", "afname": "groen?", "opwek": "9"}]
    )
    with pytest.raises(BadInput, match=re.escape("groen?")):
        read_grid_capacity(path)


def test_an_indication_without_a_date_is_told(tmp_path: Path) -> None:
    path = capacity_csv(
        tmp_path / "kaart.csv", [{"postcode": "1234AB", "voedingsgebied_id": "7", "afname": "3", "opwek": "3"}]
    )
    quality = Quality()
    frame = read_grid_capacity(path, quality=quality)
    assert frame["indicated_on"].isna().all()
    assert any("date" in finding for finding in quality.findings)


def test_the_date_of_the_source_dates_an_indication(laadplan: Program, tmp_path: Path) -> None:
    path = capacity_csv(
        tmp_path / "kaart.csv", [{"postcode": "1234AB", "voedingsgebied_id": "7", "afname": "3", "opwek": "3"}]
    )
    config = project(
        tmp_path, {"grid_capacity": {"kaart": {"path": str(path), "label": "Kaart", "reference_on": "2026-01-15"}}}
    )
    told = json.dumps(report(laadplan, config)["quality"])
    assert "without a date" not in told
    assert "3x80" in told


@pytest.mark.real
def test_exchange_format(real_data: Path) -> None:
    path = real_data / "national/grid/im_capaciteitskaart_dso_example_fictief.json"
    stated = json.loads(path.read_text(encoding="utf-8"))
    frame = read_grid_capacity(path)
    assert set(frame.loc[frame["area_kind"] == "voedingsgebied", "area_code"]) == {
        area["short_code"] for area in stated["energy_areas"]
    }
    queue = {area["short_code"]: area["demand_capacity_in_queue"] for area in stated["energy_areas"]}
    rows = frame[frame["area_kind"] == "voedingsgebied"].set_index("area_code")
    assert {key: value for key, value in rows["offtake_queue_mw"].items() if value == value} == {
        k: v for k, v in queue.items() if v is not None
    }
    assert set(frame["indicated_on"].dropna()) == {stated["issued"]}


@pytest.mark.real
@pytest.mark.parametrize(
    "name", ["westland-infra-2024.csv", "im_capaciteitskaart.schema.json", "alliander_service_area.fgb"]
)
def test_what_is_no_capacity_is_refused(real_data: Path, tmp_path: Path, name: str) -> None:
    source = tmp_path / name
    shutil.copyfile(real_data / "national/grid" / name, source)
    with pytest.raises(BadInput) as error:
        read_grid_capacity(source)
    assert name in str(error.value)
