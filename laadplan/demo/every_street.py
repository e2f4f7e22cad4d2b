"""Every other format in which trees, bays, zones and rasters are delivered, written from the demo town.

In: the whole town. Out: files below a folder. What each holds is what the main form or the model holds, in another
format, traps included: sizes in words, latitude before longitude, bays of which only the kind of regime is known,
a raster that is upside down, works that cross themselves.
"""

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.demo.every_street_bays import BAY_FORMS
from laadplan.demo.layers import write_layer
from laadplan.demo.model import ParkingStrip
from laadplan.demo.tiff import tiff
from laadplan.demo.trees import registered
from laadplan.demo.whole import Form, Whole
from laadplan.geo.rd import RD_EPSG, to_wgs84

HEIGHTS_M = (6, 9, 12, 15, 18, 24)
"""Bounds of the classes of height in the register of Amsterdam."""

STEM_STEP_CM = 10
"""Width of a class of stems."""

CELL_M = 2.0
NODATA = -9999.0
FLOOR_M = 3.0
"""Height of a floor in the raster of heights."""

SOIL = ("Wonen", "Industrie", "Landbouw/Natuur", "Niet toepasbaar", "Onbekend")


def write_trees_gpkg(whole: Whole, folder: Path) -> None:
    """A register as GeoPackage, stems in classes."""
    write_layer(folder / "bomen.gpkg", _trees(whole).drop(columns="DIAMETER"), "bomen")


def write_trees_shp(whole: Whole, folder: Path) -> None:
    """A register as shapefile: names of columns cut at ten characters, stems in centimetres."""
    trees = _trees(whole).drop(columns="STAMDIAMETERKLASSE")
    write_layer(folder / "bomen.shp", trees.rename(columns=lambda name: name[:10]), "bomen")


def write_trees_geojson(whole: Whole, folder: Path) -> None:
    """A register as GeoJSON, in degrees."""
    write_layer(folder / "bomen.geojson", _trees(whole).drop(columns="DIAMETER"), "bomen")


def write_trees_amsterdam(whole: Whole, folder: Path) -> None:
    """A register as Amsterdam's CSV: degrees in columns and as WKT in both orders, heights in words, no stems."""
    trees = _trees(whole)
    places = to_wgs84(trees.geometry)
    x, y = places.x.round(7).astype(str), places.y.round(7).astype(str)
    table = pd.DataFrame(
        {
            "OBJECTNUMMER": trees["BOOMNUMMER"],
            "Soortnaam_NL": trees["NEDBOOMSOORT"],
            "Boomhoogte": trees["BOOMHOOGTE"],
            "RADIUS": 1,
            "WKT_LNG_LAT": "POINT(" + x + " " + y + ")",
            "WKT_LAT_LNG": "POINT(" + y + " " + x + ")",
            "LNG": x,
            "LAT": y,
        }
    )
    (folder / "bomen_amsterdam.csv").write_bytes(table.to_csv(index=False, lineterminator="\n").encode())


def write_pressure(whole: Whole, folder: Path) -> None:
    """Parking pressure per buurt as GeoPackage, in percent; it follows from bays and dwellings."""
    rows = [
        (quarter.cell.code, quarter.cell.name, min(130, round(40 + 60 * _crowding(quarter.dwellings, quarter.strips))))
        for quarter in whole.quarters
    ]
    table = pd.DataFrame(rows, columns=["buurtcode", "buurtnaam", "parkeerdruk"])
    write_layer(folder / "parkeerdruk.gpkg", _per_buurt(whole, table), "parkeerdruk")


def write_soil(whole: Whole, folder: Path) -> None:
    """Soil quality per buurt as GeoJSON, in degrees."""
    classes = [SOIL[quarter.cell.index % len(SOIL)] for quarter in whole.quarters]
    codes = [f"BKK-{quarter.cell.code}" for quarter in whole.quarters]
    table = pd.DataFrame({"identificatie": codes, "bodemkwaliteitsklasse": classes})
    write_layer(folder / "bodem.geojson", _per_buurt(whole, table), "bodem")


def write_works(whole: Whole, folder: Path) -> None:
    """Planned works as CSV with WKT, days as the Dutch write them; every other one crosses itself."""
    lines = ["projectnummer;naam;startdatum;einddatum;geometrie"]
    for quarter in whole.quarters:
        number, middle = quarter.cell.index, quarter.cell.polygon.centroid
        x, y = round(middle.x), round(middle.y)
        order = (0, 1, 3, 2, 0) if number % 2 else (0, 1, 2, 3, 0)
        corners = ((x, y), (x + 40, y), (x + 40, y + 20), (x, y + 20))
        ring = ", ".join(f"{corners[at][0]} {corners[at][1]}" for at in order)
        days = f"1-{number % 12 + 1}-2027;31-12-{2027 + number % 3}"
        lines.append(f'W{number};Riolering {quarter.cell.name};{days};"POLYGON(({ring}))"')
    (folder / "werken.csv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")


def write_exclusion(whole: Whole, folder: Path) -> None:
    """Water as FlatGeobuf: no place for a pole."""
    water = [surface for quarter in whole.quarters for surface in quarter.surfaces if surface.layer == "waterdeel"]
    table = pd.DataFrame({"lokaalID": [each.local_id for each in water]})
    shapes = gpd.GeoSeries([each.polygon for each in water], crs=RD_EPSG)
    write_layer(folder / "water.fgb", gpd.GeoDataFrame(table, geometry=shapes), "water")


def write_heights(whole: Whole, folder: Path) -> None:
    """Heights of buildings as a tiled GeoTIFF with its directory first, as in a COG."""
    values, left, top = heights(whole)
    (folder / "hoogte.tif").write_bytes(tiff(values, left, top, CELL_M, NODATA))


def write_heights_south_first(whole: Whole, folder: Path) -> None:
    """The same heights in a GeoTIFF that is upside down."""
    values, left, top = heights(whole)
    (folder / "hoogte_zuid_eerst.tif").write_bytes(tiff(values, left, top, CELL_M, NODATA, south_first=True))


def heights(whole: Whole) -> tuple[np.ndarray, float, float]:
    """Height of the building at the middle of each cell (m), 0 on open ground, no data outside the municipality; the
    left and the top edge.
    """
    ground = shapely.union_all([cell.polygon for cell in whole.town.cells])
    left, bottom, right, top = (round(each / CELL_M) * CELL_M for each in ground.bounds)
    x, y = np.arange(left + CELL_M / 2, right, CELL_M), np.arange(top - CELL_M / 2, bottom, -CELL_M)
    shapely.prepare(ground)
    values = np.where(shapely.contains_xy(ground, *np.meshgrid(x, y)), 0.0, NODATA)
    for quarter in whole.quarters:
        for building in quarter.buildings:
            xmin, ymin, xmax, ymax = building.polygon.bounds
            columns = slice(*np.searchsorted(x, (xmin, xmax)))
            rows = slice(*np.searchsorted(-y, (-ymax, -ymin)))
            inside = shapely.contains_xy(building.polygon, *np.meshgrid(x[columns], y[rows]))
            values[rows, columns][inside] = building.floors * FLOOR_M
    return values.astype(np.float32), left, top


def _trees(whole: Whole) -> gpd.GeoDataFrame:
    """The register: number, species, stem as number and as class, crown, height in words."""
    found = [row for quarter in whole.quarters for row in registered(quarter)]
    stems = [tree.stem_cm if is_measured else None for _, tree, is_measured in found]
    table = pd.DataFrame(
        {
            "BOOMNUMMER": [str(serial) for serial, _, _ in found],
            "NEDBOOMSOORT": [tree.dutch for _, tree, _ in found],
            "DIAMETER": pd.array(stems, dtype="Int64"),
            "STAMDIAMETERKLASSE": ["Onbekend" if stem is None else _stem_class(stem) for stem in stems],
            "KROONDIAMETER": [round(tree.crown_m, 1) for _, tree, _ in found],
            "BOOMHOOGTE": [_height_class(tree.crown_m * 1.4 + 2) for _, tree, _ in found],
        }
    )
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries([tree.point for _, tree, _ in found], crs=RD_EPSG))


def _stem_class(stem_cm: int) -> str:
    low = stem_cm // STEM_STEP_CM * STEM_STEP_CM
    return f"{low}-{low + STEM_STEP_CM} cm"


def _height_class(height_m: float) -> str:
    above = [each for each in HEIGHTS_M if height_m < each]
    if not above:
        return f"{HEIGHTS_M[-1]} m. en hoger"
    place = HEIGHTS_M.index(above[0])
    return f"tot {HEIGHTS_M[0]} m." if not place else f"{HEIGHTS_M[place - 1]} tot {HEIGHTS_M[place]} m."


def _crowding(dwellings: int, strips: Sequence[ParkingStrip]) -> float:
    bays = sum(len(strip.bays) for strip in strips)
    return min(1.5, dwellings / bays) if bays else 0.0


def _per_buurt(whole: Whole, table: pd.DataFrame) -> gpd.GeoDataFrame:
    shapes = gpd.GeoSeries([quarter.cell.polygon for quarter in whole.quarters], crs=RD_EPSG)
    return gpd.GeoDataFrame(table, geometry=shapes)


FORMS: dict[str, Form] = {
    "trees/gpkg": write_trees_gpkg,
    "trees/shapefile": write_trees_shp,
    "trees/geojson": write_trees_geojson,
    "trees/amsterdam": write_trees_amsterdam,
    **BAY_FORMS,
    "zones/parkeerdruk": write_pressure,
    "zones/bodem": write_soil,
    "zones/werken": write_works,
    "zones/water": write_exclusion,
    "rasters/hoogte": write_heights,
    "rasters/hoogte_zuid_eerst": write_heights_south_first,
}
"""Path below the folder, without suffix, to what writes it."""
