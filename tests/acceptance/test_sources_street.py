"""Trees, bays, zones, rasters, signs and the walking network: counted here with csv, json, sqlite3 and rasterio."""

# ruff: noqa: TID252

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas
import numpy
import pandas
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput
from laadplan.ingest.parking_bays import read_parking_bays
from laadplan.ingest.raster import read_raster
from laadplan.ingest.signs import read_signs
from laadplan.ingest.tree_register import read_trees
from laadplan.ingest.walking import read_walking
from laadplan.ingest.zones import read_zones

from .delivered import kept, project, report
from .program import Program

pytestmark = pytest.mark.slow

BOX = (180_000, 456_000, 182_000, 458_000)


# --- trees -----------------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_amsterdam_trees(real_data: Path) -> None:
    """Height classes stay words; no stem and no crown is measured, whatever RADIUS seems to be."""
    path = real_data / "amsterdam-zeeheldenbuurt/trees/ijburg_trees.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        stated = list(csv.DictReader(stream))
    frame = read_trees(path)
    words = {row["Boomhoogte"] for row in stated if row["Boomhoogte"] not in ("", "Onbekend")}
    assert len(frame) == len(stated) == 2216
    assert words <= set(frame["height_class"].dropna())
    assert frame["stem_diameter_m"].isna().all()
    assert frame["crown_diameter_m"].isna().all()
    assert frame["height_max_m"][frame["height_class"] == "tot 6 m."].eq(6).all()
    assert shapely.box(110_000, 476_000, 135_000, 495_000).covers(shapely.multipoints(frame.geometry.array))


def test_sizes_in_their_own_unit(tmp_path: Path) -> None:
    """Centimetres become metres, 0 is a gap, decimal commas are read."""
    path = tmp_path / "bomen.csv"
    path.write_text(
        "id;soort;stamdiameter_cm;kroon_m;x;y\n1;Linde;42,5;8;180500;457000\n2;Eik;0;;180510;457000\n3;Es;;0;180520;457000\n4;Es;30;5;250000;457000\n",
        encoding="utf-8",
    )
    quality = Quality()
    columns = {
        "tree_id": "id",
        "species": "soort",
        "stem_diameter_cm": "stamdiameter_cm",
        "crown_diameter_m": "kroon_m",
        "x_rd": "x",
        "y_rd": "y",
    }
    frame = read_trees(path, shapely.box(*BOX), columns=columns, quality=quality)
    assert frame["stem_diameter_m"].to_dict() == pytest.approx(
        {"1": 0.425, "2": float("nan"), "3": float("nan")}, nan_ok=True
    )
    assert frame["crown_diameter_m"].to_dict() == pytest.approx(
        {"1": 8.0, "2": float("nan"), "3": float("nan")}, nan_ok=True
    )
    assert quality.summary()["dropped"] == {"buiten het gebied": 1}


# --- parking bays ----------------------------------------------------------------------------------------------------


@pytest.mark.real
def test_municipal_bays_as_dump_and_as_layer(real_data: Path) -> None:
    """Orientation, capacity and place are those of the GeoPackage, also in the dump with hex."""
    folder = real_data / "amsterdam-zeeheldenbuurt/parking"
    file = folder / "amsterdam_zeeheldenbuurt_parkeren.gpkg"
    with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as connection:
        stated = dict(connection.execute("SELECT id, aantal FROM parkeervakken"))
    layer = read_parking_bays(file, layer="parkeervakken")
    dump = read_parking_bays(folder / "vakken.csv")
    assert set(layer.index) == set(map(str, stated)) == set(dump.index)
    assert layer["capacity"].sum() == sum(value for value in stated.values() if value)
    assert dump["orientation"].equals(layer["orientation"].reindex(dump.index))
    assert shapely.hausdorff_distance(dump.geometry.array, layer.geometry.reindex(dump.index).array).max() < 1


@pytest.mark.real
def test_scans_of_parked_cars_are_no_bays(real_data: Path) -> None:
    with pytest.raises(BadInput):
        read_parking_bays(real_data / "amsterdam-zeeheldenbuurt/parking/scans.csv")


@pytest.mark.real
@pytest.mark.parametrize(
    "name", ["ede-otterlo/osm/osm_parking_spaces_ede", "maasgouw-wessem/osm/osm_parking_spaces_maasgouw"]
)
def test_bays_of_openstreetmap_are_kept_or_counted(real_data: Path, name: str) -> None:
    path = real_data / f"{name}.geojson"
    quality = Quality()
    frame = read_parking_bays(path, quality=quality)
    assert quality.read == len(json.loads(path.read_text(encoding="utf-8"))["features"])
    assert len(frame) + sum(quality.summary()["dropped"].values()) == quality.read
    assert set(frame["origin"]) <= {"OSM"}


# --- zones -----------------------------------------------------------------------------------------------------------


def zones(path: Path, *shapes: Any, **columns: list[Any]) -> Path:
    geopandas.GeoDataFrame(columns or {"id": list(range(len(shapes)))}, geometry=list(shapes), crs=28992).to_file(path)
    return path


def test_zones_are_whole_and_lines_are_dropped(laadplan: Program, tmp_path: Path) -> None:
    across = shapely.box(181_900, 457_000, 182_500, 457_500)
    path = zones(
        tmp_path / "werk.gpkg",
        across,
        shapely.box(170_000, 457_000, 170_100, 457_100),
        shapely.LineString([(180_100, 457_000), (180_200, 457_000)]),
        id=["a", "b", "c"],
        vanaf=["2025-01-02", "02-03-2026", None],
    )
    config = project(
        tmp_path,
        {
            "zones": {
                "werken": {
                    "path": str(path),
                    "kind": "werk",
                    "label": "Werken",
                    "columns": {"zone_id": "id", "from_on": "vanaf"},
                }
            }
        },
        BOX,
    )
    told = report(laadplan, config)["quality"]["zones"]
    frame = kept(laadplan, config, "Zones")
    assert frame.area.sum() == pytest.approx(across.area)
    assert list(frame["from_on"]) == ["2025-01-02"]
    assert set(frame["kind"]) == {"werk"}
    assert (told["read"], told["kept"], sum(told["dropped"].values())) == (3, 1, 2)


def test_a_kind_of_zone_must_be_known(laadplan: Program, tmp_path: Path) -> None:
    path = zones(tmp_path / "zone.gpkg", shapely.box(*BOX))
    done = laadplan(
        "check", project(tmp_path, {"zones": {"iets": {"path": str(path), "kind": "onzin", "label": "Iets"}}})
    )
    assert done.returncode == 2
    assert "uitsluiting" in done.stderr


def test_parking_pressure_in_percent_is_a_share(tmp_path: Path) -> None:
    path = zones(tmp_path / "druk.gpkg", shapely.box(*BOX), shapely.box(*BOX), id=["a", "b"], druk=[85.0, None])
    columns = {"zone_id": "id", "parking_pressure_percent": "druk"}
    frame = read_zones(path, kind="parkeerdruk", columns=columns)
    assert frame["parking_pressure_share"].to_dict() == pytest.approx({"a": 0.85, "b": float("nan")}, nan_ok=True)


def test_parking_pressure_below_zero_is_no_pressure(tmp_path: Path) -> None:
    """A code for missing that a municipality made up is refused, not read as pressure."""
    path = zones(tmp_path / "druk.gpkg", shapely.box(*BOX), id=["a"], druk=[-99997.0])
    with pytest.raises(BadInput, match="parking_pressure_share"):
        read_zones(path, kind="parkeerdruk", columns={"zone_id": "id", "parking_pressure_percent": "druk"})


# --- rasters ---------------------------------------------------------------------------------------------------------


def raster(
    path: Path, values: numpy.ndarray[Any, Any], *, nodata: float | None = None, crs: str | None = "EPSG:28992"
) -> Path:
    """Cells of 10 m from the north-west corner of the box."""
    settings = {
        "driver": "GTiff",
        "height": values.shape[0],
        "width": values.shape[1],
        "count": 1,
        "dtype": values.dtype.name,
    }
    with rasterio.open(
        path, "w", **settings, crs=crs, transform=from_origin(BOX[0], BOX[3], 10, 10), nodata=nodata
    ) as target:
        target.write(values, 1)
    return path


@pytest.mark.parametrize(
    ("nodata", "written"), [(-9999.0, -9999.0), (None, float("nan")), (None, 3.4028234663852886e38)]
)
def test_cells_without_data_are_missing(tmp_path: Path, nodata: float | None, written: float) -> None:
    values = numpy.full((200, 200), 5.0, dtype="float32")
    values[0, :50] = written
    path = raster(tmp_path / "hoogte.tif", values, nodata=nodata)
    found = read_raster(path, shapely.box(BOX[0], BOX[3] - 10, BOX[0] + 1000, BOX[3]))
    cells = numpy.ma.filled(numpy.ma.masked_array(found.values).astype(float), numpy.nan)
    assert numpy.isnan(cells).sum() == 50
    assert numpy.nanmin(cells) == numpy.nanmax(cells) == 5.0


def test_raster_in_degrees_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as error:
        read_raster(raster(tmp_path / "graden.tif", numpy.ones((20, 20), dtype="float32"), crs="EPSG:4326"))
    assert "28992" in str(error.value)


@pytest.mark.real
@pytest.mark.parametrize("name", ["raster_2496_9727.tif", "pytest_example_suitability_raster.tif"])
def test_real_rasters_are_read_or_refused(real_data: Path, name: str) -> None:
    """What is in RD New is read band by band and equals what rasterio reads; of several bands one must be named."""
    path = real_data / "national/raster" / name
    with rasterio.open(path) as source:
        system = source.crs and source.crs.to_epsg()
        bands, first = source.count, source.read(1, masked=True)
    if system != 28992:
        with pytest.raises(BadInput, match="28992"):
            read_raster(path)
        return
    if bands > 1:
        with pytest.raises(BadInput, match="layer"):
            read_raster(path)
    found = read_raster(path, layer="1")
    known = numpy.ma.compressed(numpy.ma.masked_invalid(first))
    cells = numpy.ma.filled(numpy.ma.masked_array(found.values).astype(float), numpy.nan)
    assert numpy.isfinite(cells).sum() == known.size
    assert numpy.nanmean(cells) == pytest.approx(known.astype(float).mean())


# --- signs -----------------------------------------------------------------------------------------------------------


def sign(key: str, code: str, *texts: str, status: str = "PLACED") -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": key,
        "geometry": {"type": "Point", "coordinates": [5.7742, 52.1009]},
        "properties": {
            "validated": "n",
            "rvvCode": code,
            "status": status,
            "textSigns": [{"type": "VRIJ", "text": text} for text in texts],
            "placement": "L",
            "side": "W",
            "bearing": 270,
            "roadName": "Dorpsstraat",
            "roadSectionId": 1,
            "nwbVersion": "2024-07-01",
            "countyName": "Ede",
            "countyCode": "GM0228",
            "townName": "Otterlo",
            "firstSeenOn": "2020-05-07",
            "lastSeenOn": "2024-02-19",
        },
    }


def test_meaning_by_code_and_by_text(tmp_path: Path) -> None:
    path = tmp_path / "borden.geojson"
    stated = {
        "1": ("E4", ("opladen elektrische voertuigen",), "elektrisch laden"),
        "2": ("E8c", (), "elektrisch laden"),
        "3": ("E8o", (), "elektrisch laden"),
        "4": ("E8", ("Opladen Elektrische Voertuigen",), "elektrisch laden"),
        "5": ("E6", (), "gpp"),
        "6": ("E7", (), "laden en lossen"),
        "7": ("E9", (), "vergunning"),
        "8": ("E4", ("laden en lossen",), None),
        "9": ("C6", ("niet parkeren of laden en lossen",), "anders"),
        "10": ("E6", ("kenteken 12-ABC-3",), "gpp"),
    }
    features = [sign(key, code, *texts) for key, (code, texts, _) in stated.items()]
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [*features, sign("weg", "E4", status="REMOVED")]}),
        encoding="utf-8",
    )
    quality = Quality()
    frame = read_signs(path, quality=quality)
    assert {key: meaning for key, meaning in frame["meaning"].items() if stated[key][2]} == {
        key: meaning for key, (_, _, meaning) in stated.items() if meaning
    }
    assert frame.loc["8", "meaning"] != "elektrisch laden", "loading goods is not charging"
    assert quality.read == 11
    assert sum(quality.summary()["dropped"].values()) == 1


@pytest.mark.real
def test_signs_of_amersfoort_in_two_versions(real_data: Path) -> None:
    folder = real_data / "national/signs"
    third = {
        item["ndw_id"] for item in json.loads((folder / "ndw_signs_amersfoort_v3.json").read_text(encoding="utf-8"))
    }
    fourth = json.loads((folder / "ndw_signs_amersfoort_v4.geojson").read_text(encoding="utf-8"))["features"]
    old, new = (
        read_signs(folder / "ndw_signs_amersfoort_v3.json"),
        read_signs(folder / "ndw_signs_amersfoort_v4.geojson"),
    )
    assert set(old.index) == third
    assert set(new.index) == {item["id"] for item in fourth}
    both = old.index.intersection(new.index)
    assert len(both) > 0
    assert old.geometry[both].distance(new.geometry[both]).median() < 0.5, "RD against degrees"
    with pytest.raises(BadInput):
        read_signs(folder / "traffic-sign-api-spec.json")


# --- walking network -------------------------------------------------------------------------------------------------


def test_what_pedestrians_may_use(tmp_path: Path) -> None:
    nodes = "".join(
        f'<node id="{each}" lat="{52.1 + each / 1e4:.4f}" lon="5.77" version="1"/>' for each in range(1, 12)
    )
    stated = {
        "footway": {},
        "motorway": {},
        "residential": {},
        "service": {"foot": "no"},
        "steps": {},
        "trunk": {},
        "track": {"access": "private"},
        "path": {"access": "no", "foot": "yes"},
    }
    ways = "".join(
        f'<way id="{100 + number}" version="1"><nd ref="{number + 1}"/><nd ref="{number + 2}"/>'
        f'<tag k="highway" v="{kind}"/>'
        + "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        + "</way>"
        for number, (kind, tags) in enumerate(stated.items())
    )
    path = tmp_path / "lopen.osm"
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><osm version="0.6" generator="test">{nodes}{ways}</osm>',
        encoding="utf-8",
    )
    quality = Quality()
    _, edges = read_walking(path, quality=quality)
    assert len(edges) == 4
    assert edges["length_m"].between(10, 13).all()
    assert sum(quality.summary()["dropped"].values()) >= 4
    assert pandas.Series(edges["origin"]).eq("OSM").all()
