"""CBS and BAG: missing codes are missing, voorkomens are of the day; counted here with csv, json, sqlite3, lxml."""

# ruff: noqa: TID252

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pytest
import shapely
from lxml import etree

from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.ingest.bag import read_dwellings
from laadplan.ingest.cbs import read_buurten
from laadplan.ingest.cbs_figures import read_buurt_figures
from laadplan.ingest.cbs_tables import read_postcodes, read_squares

from .delivered import kept, project, report
from .program import Program

pytestmark = pytest.mark.slow

MISSING = ("", "-99997", "-99995", "?", "-99997.0", "-99995.0")


def rows_of(path: Path, table: str) -> list[dict[str, Any]]:
    """Rows of a GeoPackage table, opened without leave to write."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f'SELECT * FROM "{table}"')]


# --- CBS -------------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_postcodes_miss_what_the_source_misses(real_data: Path) -> None:
    path = real_data / "national/pc4/Data_Cleaned_CBS_PC4.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        stated = {row["pc4"]: row for row in csv.DictReader(stream)}
    frame = read_postcodes(path)
    assert len(frame) == len(stated)
    for ours, theirs in (
        ("inhabitants", "aantal_inwoners"),
        ("households", "aantal_part_huishoudens"),
        ("dwellings", "aantal_woningen"),
    ):
        missing = {code for code, row in stated.items() if row[theirs] in MISSING}
        assert set(frame.index[frame[ours].isna()]) == missing, ours
        assert frame[ours].sum() == sum(float(row[theirs]) for code, row in stated.items() if code not in missing)


@pytest.mark.real
@pytest.mark.parametrize(
    "path",
    ["ede-otterlo/cbs/cbs_buurten2024_ede_DERIVED.gpkg", "maasgouw-wessem/cbs/cbs_buurten2024_maasgouw_DERIVED.gpkg"],
)
def test_buurten_miss_what_the_source_misses(real_data: Path, path: str) -> None:
    file = real_data / path
    stated = {row["buurtcode"]: row for row in rows_of(file, file.stem)}
    frame = read_buurten(file)
    assert set(frame.index) == set(stated)
    for ours, theirs in (("inhabitants", "inwoners"), ("households", "huishoudens")):
        for code, row in stated.items():
            value = row[theirs]
            if value is None or value == "" or float(value) < 0:
                assert pandas.isna(frame.loc[code, ours]), (code, ours)
            else:
                assert frame.loc[code, ours] == float(value), (code, ours)


def odata(folder: Path, numbers: tuple[int, int], rows: list[dict[str, Any]]) -> Path:
    """A CBS table as OData gives it, with its columns under these numbers."""
    folder.mkdir()
    people, homes = (f"AantalInwoners_{numbers[0]}", f"HuishoudensTotaal_{numbers[1]}")
    topics = [("Gemeentenaam_1", "Gemeentenaam", 1), ("SoortRegio_2", "Soort regio", 2)]
    topics += [(people, "Aantal inwoners", numbers[0]), (homes, "Huishoudens totaal", numbers[1])]
    properties = [
        {"ID": 0, "Type": "GeoDetail", "Key": "WijkenEnBuurten", "Title": "Wijken en buurten", "MapYear": 2024}
    ]
    properties += [
        {"ID": number, "Type": "Topic", "Key": key, "Title": title, "Unit": "aantal"} for key, title, number in topics
    ]
    values = [
        {
            "ID": number,
            "WijkenEnBuurten": row["code"],
            "SoortRegio_2": row["kind"],
            "Gemeentenaam_1": "Plaats",
            people: row["people"],
            homes: row["homes"],
        }
        for number, row in enumerate(rows)
    ]
    info = [{"ID": 0, "Title": "Kerncijfers wijken en buurten 2024", "Identifier": "85984NED", "Period": "2024"}]
    for name, content in (("TypedDataSet", values), ("DataProperties", properties), ("TableInfos", info)):
        (folder / f"{name}.json").write_text(json.dumps({"odata.metadata": "x", "value": content}), encoding="utf-8")
    return folder


@pytest.mark.parametrize("numbers", [(5, 29), (6, 41)])
def test_column_numbers_of_odata_are_looked_up(tmp_path: Path, numbers: tuple[int, int]) -> None:
    rows = [
        {"code": "GM0001    ", "kind": "Gemeente  ", "people": 300, "homes": -99997},
        {"code": "BU00010001  ", "kind": "Buurt     ", "people": 0, "homes": None},
        {"code": "BU00010002  ", "kind": "Buurt     ", "people": -99995, "homes": 12},
    ]
    frame = read_buurt_figures(odata(tmp_path / "tabel", numbers, rows))
    assert set(frame.index) == {"GM0001", "BU00010001", "BU00010002"}
    assert frame["inhabitants"].to_dict() == pytest.approx(
        {"GM0001": 300, "BU00010001": 0, "BU00010002": float("nan")}, nan_ok=True
    )
    assert frame["households"].to_dict() == pytest.approx(
        {"GM0001": float("nan"), "BU00010001": float("nan"), "BU00010002": 12}, nan_ok=True
    )
    assert set(frame["figures_year"]) == {2024}


@pytest.mark.real
def test_real_odata(real_data: Path) -> None:
    folder = real_data / "national/cbs-odata"
    values = json.loads((folder / "2024_cbs_data_stripped_filtered_data_2024.json").read_text(encoding="utf-8"))
    frame = read_buurt_figures(folder)
    people = frame["inhabitants"].dropna()
    assert set(frame.index) == set(values)
    assert people.to_dict() == {
        code: row["AantalInwoners_5"] for code, row in values.items() if row.get("AantalInwoners_5") is not None
    }
    assert frame["households"].isna().all(), "the table has no column of households"


def test_squares_stand_where_their_key_says(tmp_path: Path) -> None:
    path = tmp_path / "vierkanten.csv"
    path.write_text(
        "crs28992res100m;aantal_inwoners;aantal_part_huishoudens\nE1802N4571;15;-99997\nE1803N4571;-99997;5\nE1900N4571;10;5\n",
        encoding="utf-8",
    )
    quality = Quality()
    frame = read_squares(path, shapely.box(180_210, 457_110, 180_390, 457_190), year=2024, quality=quality)
    assert {key: shape.bounds for key, shape in frame.geometry.items()} == {
        "E1802N4571": (180_200, 457_100, 180_300, 457_200),
        "E1803N4571": (180_300, 457_100, 180_400, 457_200),
    }
    assert pandas.isna(frame.loc["E1802N4571", "households"])
    assert pandas.isna(frame.loc["E1803N4571", "inhabitants"])
    assert sum(quality.summary()["dropped"].values()) == 1


def test_a_figure_without_a_year_is_told(laadplan: Program, tmp_path: Path) -> None:
    path = tmp_path / "pc4.csv"
    path.write_text("pc4,aantal_inwoners\n6731,100\n", encoding="utf-8")
    told = report(laadplan, project(tmp_path, {"postcodes": {"path": str(path), "label": "PC4"}}))["quality"][
        "postcodes"
    ]
    dated = report(
        laadplan, project(tmp_path, {"postcodes": {"path": str(path), "label": "PC4", "reference_on": 2023}})
    )["quality"]["postcodes"]
    assert any("year" in finding for finding in told["findings"])
    assert not any("year" in finding for finding in dated["findings"])
    assert "figures_year" not in dated["missing"]


# --- BAG -------------------------------------------------------------------------------------------------------------

NS = {
    "Objecten": "www.kadaster.nl/schemas/lvbag/imbag/objecten/v20200601",
    "Objecten-ref": "www.kadaster.nl/schemas/lvbag/imbag/objecten-ref/v20200601",
    "Historie": "www.kadaster.nl/schemas/lvbag/imbag/historie/v20200601",
    "sl-bag-extract": "http://www.kadaster.nl/schemas/lvbag/extract-deelbestand-lvc/v20200601",
    "sl": "http://www.kadaster.nl/schemas/standlevering-generiek/1.0",
    "gml": "http://www.opengis.net/gml/3.2",
}
"""Namespaces of the BAG Extract 2.0."""


def voorkomen(number: int, begin: str, end: str | None, *, registered_until: str | None = None) -> str:
    ended = f"<Historie:eindGeldigheid>{end}</Historie:eindGeldigheid>" if end else ""
    gone = (
        f"<Historie:eindRegistratie>{registered_until}T10:00:00.000</Historie:eindRegistratie>"
        if registered_until
        else ""
    )
    return (
        f"<Objecten:voorkomen><Historie:Voorkomen><Historie:voorkomenidentificatie>{number}</Historie:voorkomenidentificatie>"
        f"<Historie:beginGeldigheid>{begin}</Historie:beginGeldigheid>{ended}"
        f"<Historie:tijdstipRegistratie>{begin}T10:00:00.000</Historie:tijdstipRegistratie>{gone}"
        "</Historie:Voorkomen></Objecten:voorkomen>"
    )


def verblijfsobject(
    key: str, moment: str, *, status: str, uses: tuple[str, ...], area: int, x: float = 180_500.0
) -> str:
    goals = "".join(f"<Objecten:gebruiksdoel>{use}</Objecten:gebruiksdoel>" for use in uses)
    return (
        "<sl-bag-extract:bagObject><Objecten:Verblijfsobject>"
        '<Objecten:heeftAlsHoofdadres><Objecten-ref:NummeraanduidingRef domein="NL.IMBAG.Nummeraanduiding">'
        f"{key.replace('010', '200', 1)}</Objecten-ref:NummeraanduidingRef></Objecten:heeftAlsHoofdadres>"
        f'{moment}<Objecten:identificatie domein="NL.IMBAG.Verblijfsobject">{key}</Objecten:identificatie>'
        '<Objecten:geometrie><Objecten:punt><gml:Point srsName="urn:ogc:def:crs:EPSG::28992" srsDimension="3">'
        f"<gml:pos>{x} 457000.0 0.0</gml:pos></gml:Point></Objecten:punt></Objecten:geometrie>"
        f"{goals}<Objecten:oppervlakte>{area}</Objecten:oppervlakte><Objecten:status>{status}</Objecten:status>"
        "<Objecten:geconstateerd>N</Objecten:geconstateerd>"
        "<Objecten:documentdatum>2015-01-01</Objecten:documentdatum>"
        "<Objecten:documentnummer>1</Objecten:documentnummer><Objecten:maaktDeelUitVan>"
        '<Objecten-ref:PandRef domein="NL.IMBAG.Pand">0228100000000001</Objecten-ref:PandRef>'
        "</Objecten:maaktDeelUitVan>"
        "</Objecten:Verblijfsobject></sl-bag-extract:bagObject>"
    )


def part(kind: str, members: str) -> bytes:
    spaces = " ".join(f'xmlns:{prefix}="{address}"' for prefix, address in NS.items())
    body = (
        f'<?xml version="1.0" encoding="UTF-8"?><sl-bag-extract:bagStand {spaces}>'
        "<sl-bag-extract:bagInfo/><sl:standBestand><sl:dataset>LVBAG</sl:dataset><sl:inhoud><sl:objectTypen>"
        f"<sl:objectType>{kind}</sl:objectType></sl:objectTypen></sl:inhoud>"
        f"<sl:stand>{members}</sl:stand></sl:standBestand></sl-bag-extract:bagStand>"
    )
    return body.encode()


def extract(path: Path, members: str) -> Path:
    """An Extract of verblijfsobjecten alone: a zip in a zip."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("9999VBO08012025-000001.xml", part("VBO", members))
    with zipfile.ZipFile(path, "w") as outer:
        outer.writestr("9999VBO08012025.zip", inner.getvalue())
    return path


IN_USE = "Verblijfsobject in gebruik"


def test_current_voorkomen(tmp_path: Path) -> None:
    """Of several voorkomens the one of the day; a correction (eindRegistratie) never counts, one to come not yet."""
    a, b, c, d = (f"022801000000000{number}" for number in range(1, 5))
    members = (
        verblijfsobject(a, voorkomen(1, "2010-01-01", "2018-05-01"), status=IN_USE, uses=("kantoorfunctie",), area=40)
        + verblijfsobject(
            a, voorkomen(2, "2018-05-01", None), status=IN_USE, uses=("winkelfunctie", "woonfunctie"), area=90
        )
        + verblijfsobject(
            b,
            voorkomen(1, "2010-01-01", None, registered_until="2011-01-01"),
            status=IN_USE,
            uses=("woonfunctie",),
            area=1,
        )
        + verblijfsobject(
            b, voorkomen(2, "2010-01-01", None), status="Verblijfsobject ingetrokken", uses=("woonfunctie",), area=50
        )
        + verblijfsobject(c, voorkomen(1, "2030-01-01", None), status=IN_USE, uses=("woonfunctie",), area=60)
        + verblijfsobject(
            d, voorkomen(1, "2012-01-01", None), status=IN_USE, uses=("woonfunctie",), area=70, x=250_000.0
        )
    )
    path, area = extract(tmp_path / "extract.zip", members), shapely.box(180_000, 456_000, 182_000, 458_000)
    quality = Quality()
    now = read_dwellings(path, area, today=date(2025, 1, 8), quality=quality)
    then = read_dwellings(path, area, today=date(2015, 1, 1))
    assert now["uses"].to_dict() == {a: "winkelfunctie,woonfunctie"}
    assert (now.loc[a, "area_m2"], now.loc[a, "pand_ids"]) == (90, "0228100000000001")
    assert then["uses"].to_dict() == {a: "kantoorfunctie"}
    assert sum(quality.summary()["dropped"].values()) >= 5


@pytest.mark.real
def test_real_extract(real_data: Path) -> None:
    """Berths, pitches and objects whose voorkomen is open on the day of the delivery."""
    path = real_data / "national/bag-extract/BAGNLDL-15092020-small.zip"
    expected = {}
    with zipfile.ZipFile(path) as outer:
        for kind in ("VBO", "LIG", "STA"):
            with zipfile.ZipFile(io.BytesIO(outer.read(f"9999{kind}15092020.zip"))) as inner:
                for name in (name for name in inner.namelist() if name.endswith(".xml") and "__MACOSX" not in name):
                    for item in etree.fromstring(inner.read(name)).iter("{*}bagObject"):
                        end, gone = item.findtext(".//{*}eindGeldigheid"), item.findtext(".//{*}eindRegistratie")
                        begin = item.findtext(".//{*}beginGeldigheid") or ""
                        if gone is None and begin <= "2020-09-15" and (end is None or end > "2020-09-15"):
                            expected[item.findtext(".//{*}identificatie")] = item.findtext(".//{*}status")
    frame = read_dwellings(path)
    gone = ("gevormd", "ingetrokken", "niet gerealiseerd", "ten onrechte opgevoerd")
    assert expected
    assert frame["status"].to_dict() == {key: status for key, status in expected.items() if not status.endswith(gone)}


@pytest.mark.real
def test_link_of_towns_is_no_bag(real_data: Path) -> None:
    with pytest.raises(BadInput):
        read_dwellings(real_data / "national/bag-extract/GEM-WPL-RELATIE-15092020.zip")


@pytest.mark.real
def test_amsterdam_layers(real_data: Path) -> None:
    """All three layers when none is named: objects, berths and pitches, each with a point."""
    path = real_data / "amsterdam-zeeheldenbuurt/bag/bag.gpkg"
    counts = {name: len(rows_of(path, name)) for name in ("verblijfsobjecten", "ligplaatsen", "standplaatsen")}
    quality = Quality()
    frame = read_dwellings(path, quality=quality)
    assert counts == {"verblijfsobjecten": 1836, "ligplaatsen": 67, "standplaatsen": 1}
    assert quality.read == sum(counts.values())
    assert len(frame) + sum(quality.summary()["dropped"].values()) == sum(counts.values())
    assert set(frame.geom_type) == {"Point"}
    assert {"ligplaats", "standplaats", "verblijfsobject"} == set(frame["kind"])


def wfs_page(number: int, offset: int, matched: int) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "id": f"verblijfsobject.{offset + each}",
            "geometry": {"type": "Point", "coordinates": [180_500 + each * 0.5, 457_000]},
            "properties": {
                "identificatie": f"0228010000{offset + each:06d}",
                "status": IN_USE,
                "gebruiksdoel": "woonfunctie",
                "oppervlakte": 80,
                "pandidentificatie": "0228100000000001",
            },
        }
        for each in range(number)
    ]
    return {
        "type": "FeatureCollection",
        "numberMatched": matched,
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}},
        "features": features,
    }


def test_thousand_silently_reached_is_told(tmp_path: Path) -> None:
    path = tmp_path / "verblijfsobject.json"
    path.write_text(json.dumps(wfs_page(1000, 0, 1400)), encoding="utf-8")
    quality = Quality()
    assert len(read_dwellings(path, quality=quality)) == 1000
    assert any("1000" in finding or "1,000" in finding or "1400" in finding for finding in quality.findings), (
        quality.findings
    )


def test_pages_that_overlap_count_once(tmp_path: Path) -> None:
    for number, (count, offset) in enumerate(((30, 0), (30, 20))):
        (tmp_path / f"page{number}.json").write_text(json.dumps(wfs_page(count, offset, 50)), encoding="utf-8")
    quality = Quality()
    assert len(read_dwellings(tmp_path, quality=quality)) == 50
    assert sum(quality.summary()["dropped"].values()) == 10


def test_light_geopackage(laadplan: Program, tmp_path: Path) -> None:
    """Several uses stay, unknown sizes are empty, and an object outside the area is dropped by name of the rule."""
    path = tmp_path / "bag-light.gpkg"
    geopandas.GeoDataFrame(
        {
            "identificatie": ["0228010000000001", "0228010000000002", "0228010000000003"],
            "status": [IN_USE, "Verblijfsobject gevormd", IN_USE],
            "gebruiksdoel": ["woonfunctie,winkelfunctie", "woonfunctie", "woonfunctie"],
            "oppervlakte": [999999, 50, 60],
            "openbare_ruimte_naam": ["Dorpsstraat"] * 3,
            "huisnummer": [1, 2, 3],
            "postcode": ["6731AA"] * 3,
            "woonplaats_naam": ["Plaats"] * 3,
            "pand_identificatie": ["0228100000000001"] * 3,
        },
        geometry=shapely.points([(180_500, 457_000), (180_510, 457_000), (190_000, 457_000)]),
        crs=28992,
    ).to_file(path, layer="verblijfsobject")
    config = project(tmp_path, {"addresses": path}, (180_000, 456_000, 182_000, 458_000))
    told = report(laadplan, config)["quality"]["dwellings"]
    frame = kept(laadplan, config, "Dwellings")
    assert list(frame["uses"]) == ["winkelfunctie,woonfunctie"]
    assert frame["area_m2"].isna().all()
    assert told["dropped"]["buiten het gebied"] == 1
    assert told["read"] == 3
