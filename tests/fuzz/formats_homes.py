"""Formats to fuzz: the BAG and the CBS."""

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd

from laadplan.ingest.addresses import read_addresses
from laadplan.ingest.bag import read_dwellings
from laadplan.ingest.cbs import read_buurten
from laadplan.ingest.cbs_figures import read_buurt_figures
from laadplan.ingest.cbs_tables import read_postcodes, read_squares
from tests.fuzz.format import Format, small_geopackage
from tests.ingest import bag_files as bag
from tests.ingest import cbs_files as cbs


def extract(folder: Path) -> Path:
    return bag.write_extract(folder / "extract.zip")


def unpacked(folder: Path) -> Path:
    return bag.write_unpacked(folder / "extract")


def wfs(folder: Path) -> Path:
    other = bag.feature(bag.WFS | {"identificatie": bag.SHOP, "gebruiksdoel": ["a", "b"]})
    return bag.write_page(folder / "page.json", [bag.feature(bag.WFS), other], crs=bag.RD, numberMatched=2)


def light(folder: Path) -> Path:
    table = {name: [value, value] for name, value in bag.WFS.items()} | {"identificatie": [bag.HOME, bag.SHOP]}
    return small_geopackage(_layer(table, folder / "light.gpkg", "verblijfsobject"))


def buurten(folder: Path) -> Path:
    return small_geopackage(cbs.write_layer(folder / "cbs_buurten_2024.gpkg", SPATIAL_INDEX="NO"))


def squares(folder: Path) -> Path:
    return cbs.write_squares(folder / "cbs_vk100_2024.csv")


def postcodes(folder: Path) -> Path:
    return cbs.write_postcodes(folder / "cbs_pc4_2024.csv")


def workbook(folder: Path) -> Path:
    path = folder / "cbs_pc4_2024.xlsx"
    pd.DataFrame(cbs.PC4).to_excel(path, index=False)
    return path


def _layer(table: dict[str, list[object]], path: Path, layer: str) -> Path:
    places = gpd.points_from_xy([180_000.0, 180_010.0], [457_000.0, 457_000.0])
    gpd.GeoDataFrame(table, geometry=places, crs=28992).to_file(path, layer=layer, SPATIAL_INDEX="NO")
    return path


def page_of_buurten(folder: Path) -> Path:
    return cbs.write_page(folder / "buurten.json")


def odata(folder: Path) -> Path:
    return cbs.write_odata(folder / "odata")


def republished(folder: Path) -> Path:
    path = folder / "GM0228.json"
    path.write_text(json.dumps(cbs.MUNICIPALITY))
    return path


def shapes_and_figures(folder: Path) -> Path:
    target = folder / "both"
    target.mkdir()
    cbs.write_page(target / "buurten.json")
    republished(target)
    return target


FORMATS: tuple[Format, ...] = (
    Format("bag-extract", extract, read_dwellings),
    Format("bag-extract-xml", unpacked, read_addresses),
    Format("bag-wfs", wfs, read_dwellings),
    Format("bag-light", light, read_dwellings),
    Format("bag-light-addresses", light, read_addresses),
    Format("cbs-buurten", buurten, read_buurten),
    Format("cbs-buurten-wfs", page_of_buurten, read_buurten),
    Format("cbs-shapes-and-figures", shapes_and_figures, read_buurten),
    Format("cbs-odata", odata, read_buurt_figures),
    Format("cbs-republished", republished, read_buurt_figures),
    Format("cbs-squares", squares, read_squares),
    Format("cbs-postcodes", postcodes, read_postcodes),
    Format("cbs-postcodes-xlsx", workbook, read_postcodes),
)
