"""Bad deliveries per source: exit code 3, one line without a traceback, earlier results untouched, nothing beside."""

# ruff: noqa: TID252

from __future__ import annotations

import gzip
import io
import json
import shutil
import time
import warnings
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.ingest.addresses import read_addresses
from laadplan.ingest.bag import read_dwellings
from laadplan.ingest.cables import read_cables
from laadplan.ingest.car_stock import read_vehicles
from laadplan.ingest.cbs_tables import read_postcodes, read_squares
from laadplan.ingest.charge_points import read_charge_points
from laadplan.ingest.decrees import read_decrees
from laadplan.ingest.forecast import read_forecast
from laadplan.ingest.grid_capacity import read_grid_capacity
from laadplan.ingest.jobs import read_jobs
from laadplan.ingest.parking_bays import read_parking_bays
from laadplan.ingest.planned_homes import read_planned_homes
from laadplan.ingest.raster import read_raster
from laadplan.ingest.rdw import read_registrations
from laadplan.ingest.requests import read_requests
from laadplan.ingest.road_managers import read_road_managers
from laadplan.ingest.session_use import read_use
from laadplan.ingest.sessions import read_sessions
from laadplan.ingest.signs import read_signs
from laadplan.ingest.tree_register import read_trees
from laadplan.ingest.walking import read_walking
from laadplan.ingest.zones import read_zones

from .delivered import project, refused
from .program import Program
from .reading import fingerprints

pytestmark = [pytest.mark.xdist_group("sources-forms"), pytest.mark.slow]

Spoil = Callable[[Path], object]


# --- what goes wrong -------------------------------------------------------------------------------------------------


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def noise(path: Path) -> None:
    path.write_bytes(bytes((each * 37 + 11) % 256 for each in range(5000)))


def utf16(path: Path) -> None:
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))


def latin1(path: Path) -> None:
    """Letters that are no UTF-8: the first name or word gets an accent of Windows."""
    path.write_bytes(path.read_bytes().replace(b"Demo-", b"D\xe9mo-").replace(b"Exploitant", b"Exploit\xe9nt"))


def doctype(path: Path) -> None:
    text = path.read_bytes()
    begin = text.index(b"?>") + 2
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    path.write_bytes(text[:begin] + bomb + text[begin:])


def nested(path: Path) -> None:
    path.write_bytes(b"[" * 200_000)


def null(path: Path) -> None:
    path.write_bytes(b"null")


def other_crs(path: Path) -> None:
    frame = geopandas.read_file(path).to_crs(31370)
    path.unlink()
    frame.to_file(path)


def no_crs(path: Path) -> None:
    frame = geopandas.read_file(path)
    path.unlink()
    with warnings.catch_warnings(action="ignore"):
        frame.set_crs(None, allow_override=True).to_file(path)


def no_rows(path: Path) -> None:
    frame = geopandas.read_file(path)
    path.unlink()
    frame.iloc[:0].to_file(path)


def rows_twice(path: Path) -> None:
    frame = geopandas.read_file(path)
    path.unlink()
    twice = geopandas.GeoDataFrame(frame.iloc[[0, *range(len(frame))]].reset_index(drop=True), crs=frame.crs)
    twice.loc[0, "geometry"] = shapely.affinity.translate(twice.geometry[0], 3, 3)
    twice.to_file(path)


def climbing(path: Path) -> None:
    """A zip that holds what it held, and a file that would land beside the folder."""
    with zipfile.ZipFile(path) as packed:
        parts = [(each, packed.read(each)) for each in packed.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for each, content in parts:
            packed.writestr(each, content)
        packed.writestr("../../beklommen.xml", b"<x/>")


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        packed.writestr("GI_bom.xml", b"<?xml version='1.0'?><x>" + b" " * 300_000_000)


def gzip_bomb(path: Path) -> None:
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", mtime=0) as packed:
        for _ in range(60):
            packed.write(b" " * 1_000_000)
    path.write_bytes(stream.getvalue())


def gzip_cut(path: Path) -> None:
    path.write_bytes(gzip.compress(path.read_bytes(), mtime=0)[:-200])


def header_only(path: Path) -> None:
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])


# --- per source ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Delivery:
    """A source in the demo town: its key in the config, the frame made of it, its file, and what must go wrong."""

    key: str
    frame: str
    file: str
    spoils: tuple[Spoil, ...]
    more: tuple[tuple[str, Any], ...] = ()


DELIVERIES = {
    "KLIC": Delivery(
        "cables.klic", "Cables", "vormen/klic/Levering_26O990001_1.zip", (half, empty, noise, climbing, bomb)
    ),
    "Enexis": Delivery("cables.enexis", "Cables", "vormen/enexis/asm_e_lv_map_cable.json", (half, empty, nested, null)),
    "capacity": Delivery(
        "grid_capacity.kaart", "GridCapacity", "vormen/netcapaciteit-csv/congestie_pc6.csv", (empty, noise)
    ),
    "capacity IM": Delivery(
        "grid_capacity.kaart", "GridCapacity", "vormen/netcapaciteit-im/im_capaciteitskaart.json", (half, null)
    ),
    "OCPI": Delivery(
        "charge_points",
        "ChargePoints",
        "laadpunten_ocpi.json",
        (half, empty, noise, nested, null, utf16, gzip_bomb, gzip_cut),
    ),
    "sessions": Delivery("sessions", "UseWeeks", "vormen/sessions/sessies_utrecht.csv", (empty, noise)),
    "BAG Extract": Delivery("addresses", "Dwellings", "vormen/bag/extract.zip", (half, empty, climbing)),
    "BAG WFS": Delivery("addresses", "Dwellings", "vormen/bag/wfs/verblijfsobject_001.json", (half, null)),
    "squares": Delivery("squares", "Squares", "vormen/cbs/cbs_vk100_2024_v1.gpkg", (half, no_rows)),
    "postcodes": Delivery("postcodes", "Postcodes", "vormen/cbs/cbs_pc4_2024_v1.csv", (empty, noise, header_only)),
    "trees": Delivery("trees", "Trees", "vormen/trees/bomen.gpkg", (half, other_crs, no_crs, no_rows, rows_twice)),
    "bays": Delivery(
        "parking_bays.gemeente", "ParkingBays", "vormen/parking_bays/parkeervakken.geojson", (half, nested, rows_twice)
    ),
    "zones": Delivery("zones.bodem", "Zones", "vormen/zones/bodem.geojson", (half, null), (("kind", "bodem"),)),
    "raster": Delivery("rasters.hoogte", "Rasters", "vormen/rasters/hoogte.tif", (half, empty, noise)),
    "signs": Delivery("signs", "Signs", "vormen/signs/borden_v4.geojson", (half, null, nested)),
    "decrees": Delivery("decrees", "Decrees", "vormen/decrees/xml/001.xml", (half, doctype, empty)),
    "walking": Delivery("walking", "WalkEdges", "lopen.osm", (half, doctype, empty)),
    "walking PBF": Delivery("walking", "WalkEdges", "vormen/walking/lopen.osm.pbf", (half, noise)),
    "requests": Delivery("requests", "Requests", "vormen/requests/werkmap.xlsx", (half, empty, noise)),
    "forecast": Delivery("forecast", "Forecast", "vormen/forecast/lang.csv", (empty, noise), (("unit", "EVSE"),)),
    "planned homes": Delivery(
        "planned_homes", "PlannedHomes", "vormen/planned_homes/vlakken.gpkg", (half, other_crs, no_rows)
    ),
    "jobs": Delivery("jobs", "Jobs", "vormen/jobs/banen.csv", (empty, noise)),
    "registrations": Delivery("registrations", "Registrations", "vormen/registrations/telling.csv", (empty, noise)),
    "road managers": Delivery(
        "road_managers", "RoadManagers", "vormen/road_managers/nwb.gpkg", (half, other_crs, no_crs)
    ),
}
"""What is delivered and how it is spoiled."""

READERS: dict[str, Callable[..., Any]] = {
    "Cables": read_cables,
    "GridCapacity": read_grid_capacity,
    "ChargePoints": read_charge_points,
    "UseWeeks": read_use,
    "Dwellings": read_dwellings,
    "Squares": read_squares,
    "Postcodes": read_postcodes,
    "Trees": read_trees,
    "ParkingBays": read_parking_bays,
    "Zones": read_zones,
    "Rasters": read_raster,
    "Signs": read_signs,
    "Decrees": read_decrees,
    "WalkEdges": read_walking,
    "Requests": read_requests,
    "Forecast": read_forecast,
    "PlannedHomes": read_planned_homes,
    "Jobs": read_jobs,
    "Registrations": read_registrations,
    "RoadManagers": read_road_managers,
}
BY_READER = [
    pytest.param(delivery, spoil, id=f"{name}: {spoil.__name__}")
    for name, delivery in DELIVERIES.items()
    for spoil in delivery.spoils
]
BY_PROGRAM = [
    pytest.param(delivery, delivery.spoils[0], id=f"{name}: {delivery.spoils[0].__name__}")
    for name, delivery in DELIVERIES.items()
    if name in {"KLIC", "sessions", "squares", "raster", "walking", "requests"}
]


def spoiled(town: Path, folder: Path, delivery: Delivery, spoil: Spoil) -> Path:
    """A copy of a file of the town, spoiled, in a folder of its own."""
    file = folder / "bron" / Path(delivery.file).name
    file.parent.mkdir()
    shutil.copyfile(town / delivery.file, file)
    spoil(file)
    return file


@pytest.mark.parametrize(("delivery", "spoil"), BY_READER)
def test_a_spoiled_delivery_is_refused_by_its_reader(
    every_town: Path, tmp_path: Path, delivery: Delivery, spoil: Spoil
) -> None:
    file = spoiled(every_town, tmp_path, delivery, spoil)
    before = fingerprints(tmp_path)
    with pytest.raises(BadInput) as error:
        READERS[delivery.frame](file, **dict(delivery.more))
    assert file.name in str(error.value)
    assert "\n" not in str(error.value)
    assert fingerprints(tmp_path) == before


@pytest.mark.parametrize(("delivery", "spoil"), BY_PROGRAM)
def test_a_spoiled_delivery_is_refused_by_the_program(
    laadplan: Program, every_town: Path, tmp_path: Path, delivery: Delivery, spoil: Spoil
) -> None:
    file = spoiled(every_town, tmp_path, delivery, spoil)
    source: Any = {"path": str(file), "label": "Bron", **dict(delivery.more)}
    key, _, name = delivery.key.partition(".")
    config = project(tmp_path / "config", {key: {name: source} if name else source})
    before = fingerprints(tmp_path)
    line = refused(laadplan, config, delivery.frame, tmp_path / "uit")
    assert file.name in line
    assert {key: value for key, value in fingerprints(tmp_path).items() if not key.startswith("uit/")} == before


@pytest.mark.parametrize("name", ["charge_points", "walking"])
def test_what_is_not_there_is_named(laadplan: Program, tmp_path: Path, name: str) -> None:
    frame = {"charge_points": "ChargePoints", "walking": "WalkEdges"}[name]
    line = refused(laadplan, project(tmp_path, {name: tmp_path / "nergens.json"}), frame, tmp_path / "uit")
    assert "nergens.json" in line


def test_two_locations_under_one_id_are_refused(laadplan: Program, every_town: Path, tmp_path: Path) -> None:
    """Unlike a location that is delivered twice, which counts once."""
    source = json.loads((every_town / "laadpunten_ocpi.json").read_text(encoding="utf-8"))
    items = source if isinstance(source, list) else source["data"]
    twin = json.loads(json.dumps(items[0]))
    twin["coordinates"] = items[1]["coordinates"]
    twin["evses"] = items[1]["evses"]
    file = tmp_path / "ocpi.json"
    file.write_text(json.dumps([*items, twin]), encoding="utf-8")
    line = refused(laadplan, project(tmp_path, {"charge_points": file}), "ChargePoints", tmp_path / "uit")
    assert str(items[0]["id"]) in line


def test_letters_of_windows_are_read_or_refused(laadplan: Program, every_town: Path, tmp_path: Path) -> None:
    """A wrong encoding never ends in a name with broken letters."""
    file = tmp_path / "lopen.osm"
    shutil.copyfile(every_town / "lopen.osm", file)
    latin1(file)
    line = refused(laadplan, project(tmp_path, {"walking": file}), "WalkEdges", tmp_path / "uit")
    assert "lopen.osm" in line


# --- another source's file -------------------------------------------------------------------------------------------


# Defect: layers are opened by GDAL before it is known what they hold, in the folder where they lie.
def test_reading_gml_as_another_source_writes_nothing_beside_it(every_town: Path, tmp_path: Path) -> None:
    """GDAL leaves a .gfs beside each GML it opens, and reads by it the next time."""
    file = tmp_path / "bgt_wegdeel.gml"
    shutil.copyfile(every_town / "bgt" / "bgt_wegdeel.gml", file)
    with suppress(BadInput):
        read_dwellings(file)
    assert [each.name for each in tmp_path.iterdir()] == ["bgt_wegdeel.gml"]


# Defect: a layer with an id and nothing else counts as verblijfsobjecten in use.
@pytest.mark.parametrize("name", ["bgt/bgt_wegdeel.gml", "vormen/zones/bodem.geojson"])
def test_surfaces_of_another_source_are_no_dwellings(every_town: Path, tmp_path: Path, name: str) -> None:
    """Road parts and soil classes have an id and nothing else of a BAG object."""
    file = tmp_path / Path(name).name
    shutil.copyfile(every_town / name, file)
    with pytest.raises(BadInput):
        read_dwellings(file)


# Defect: JSON without a single session is read as no sessions, without a word.
@pytest.mark.parametrize("name", ["vormen/bag/wfs/verblijfsobject_001.json", "vormen/cbs/wijkenbuurten_2024.json"])
@pytest.mark.parametrize("reader", [read_sessions, read_signs])
def test_a_page_of_another_source_is_not_read_as_nothing(
    every_town: Path, name: str, reader: Callable[..., Any]
) -> None:
    """An empty frame without a finding looks like a town without sessions."""
    quality = Quality()
    with suppress(BadInput):
        assert reader(every_town / name, quality=quality).empty
        assert quality.findings


# Defect: lines without `columns` are taken for cables, against docs/reference/sources/grid.md.
def test_roads_are_no_cables(every_town: Path) -> None:
    """Lines of no known grid operator want `columns` in the config."""
    with pytest.raises(BadInput):
        read_cables(every_town / "vormen" / "road_managers" / "nwb.gpkg")


# Defect: as above, for a table.
def test_a_table_of_sessions_without_rows_is_told(tmp_path: Path) -> None:
    file, quality = tmp_path / "sessies.csv", Quality()
    file.write_text("evse_uid;start_datetime;end_datetime;total_energy\n", encoding="utf-8")
    with suppress(BadInput):
        read_sessions(file, quality=quality)
        assert quality.findings


# Defect: the first row is shown as the names of columns.
@pytest.mark.parametrize(
    "rows",
    [
        "1;2024-03-01;6731AB;ingediend;Petra Geheim;petra.geheim@voorbeeld.nl\n",
        "1;2024-03-01;6731AB;ingediend;Petra Geheim;0612345678\n",
    ],
)
def test_requests_without_a_header_show_nobody(tmp_path: Path, rows: str) -> None:
    """The first row is then no header: none of it may be shown."""
    file = tmp_path / "aanvragen.csv"
    file.write_text(rows + rows.replace("1;", "2;", 1), encoding="utf-8")
    with pytest.raises(BadInput) as error:
        read_requests(file)
    assert "geheim" not in str(error.value).lower()
    assert "0612345678" not in str(error.value)
    assert "6731AB" not in str(error.value)


# Defect: the time grows with the square of the line: 0.5 MB takes 20 s.
def test_a_line_without_end_is_refused_in_time(tmp_path: Path) -> None:
    """Another source's JSON on one line, where a table is wanted."""
    file = tmp_path / "autos.csv"
    file.write_text("pc4," + "{a:'b',c;d}" * 18_000, encoding="utf-8")
    begin = time.process_time()
    with pytest.raises(BadInput):
        read_vehicles(file)
    assert time.process_time() - begin < 1.5


# Defect: the parser's own words, with a line break, stand in the message.
def test_a_ragged_table_is_refused_on_one_line(every_town: Path, tmp_path: Path) -> None:
    file = tmp_path / "borden.csv"
    shutil.copyfile(every_town / "vormen/signs/borden_v3.json", file)
    with pytest.raises(BadInput) as error:
        read_vehicles(file)
    assert "\n" not in str(error.value)


# Defect: GDAL follows what the file names.
@pytest.mark.parametrize("reader", [read_dwellings, read_addresses, read_road_managers])
def test_a_file_that_points_to_another_file_is_not_followed(tmp_path: Path, reader: Callable[..., Any]) -> None:
    """A virtual layer of GDAL: XML that names any other file or address, as an external entity does."""
    other = tmp_path / "elders" / "geheim.geojson"
    other.parent.mkdir()
    properties = {"identificatie": "0228010000000001", "wvk_id": "1", "wegbehsrt": "G", "kolom_van_elders": "x"}
    point = {"type": "Point", "coordinates": [180_000, 457_000]}
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": point,
    }
    system = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    other.write_text(json.dumps({"type": "FeatureCollection", "crs": system, "features": [feature]}), encoding="utf-8")
    file = tmp_path / "bag.gml"
    file.write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="geheim"><SrcDataSource>{other}</SrcDataSource>'
        "</OGRVRTLayer></OGRVRTDataSource>",
        encoding="utf-8",
    )
    with pytest.raises(BadInput) as error:
        reader(file)
    assert "kolom_van_elders" not in str(error.value)
    assert "Point" not in str(error.value), "the other file was opened"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_entities_in_a_workbook_are_refused(every_town: Path, tmp_path: Path, part: str) -> None:
    file = tmp_path / "prognose.xlsx"
    entities = "".join(f'<!ENTITY l{each} "{f"&l{each - 1};" * 10}">' for each in range(1, 9))
    with zipfile.ZipFile(every_town / "vormen/forecast/breed.xlsx") as packed, zipfile.ZipFile(file, "w") as spoilt:
        for each in packed.infolist():
            content = packed.read(each)
            if each.filename == part:
                head, _, rest = content.partition(b"?>")
                content = (
                    head
                    + b'?><!DOCTYPE x [<!ENTITY l0 "lol">'
                    + entities.encode()
                    + b"]>"
                    + rest.replace(b"<t>", b"<t>&l8;", 1)
                )
            spoilt.writestr(each, content)
        names = packed.namelist()
    if part not in names:
        pytest.skip("the workbook keeps its texts elsewhere")
    with pytest.raises(BadInput) as error:
        read_forecast(file, unit="EVSE")
    assert "prognose.xlsx" in str(error.value)
