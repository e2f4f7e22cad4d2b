"""The figures of the demo town as web services, OData, republishers and tables of the CBS give them.

In: the whole town. Out: buurten as GeoJSON, figures as OData and as one file of the gemeente, and figures per square
and postcode. Counts are rounded to fives and secret below five, as the CBS does.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.demo import cbs
from laadplan.demo.cbs_figures import SECRET, UNPUBLISHED
from laadplan.demo.every_files import RD_CRS, collection, write_json
from laadplan.demo.layers import write_layer
from laadplan.demo.model import Address
from laadplan.demo.names import MUNICIPALITY
from laadplan.demo.whole import Whole
from laadplan.geo.rd import RD_EPSG

YEAR = cbs.YEAR
TABLE = "85984NED"
"""Number of the CBS table of the year."""

ROUNDED_TO = 5
HECTOMETRE_M = 100
WATER_CODE = f"BU{MUNICIPALITY}9997"
"""The buurt that is all water; the main form leaves it out."""

WATER_M = 500.0
"""Side of that water, which lies west of the town."""

TOPICS = (
    ("Gemeentenaam_1", "Gemeentenaam", "gemeentenaam"),
    ("AantalInwoners_5", "Aantal inwoners", "aantal_inwoners"),
    ("Mannen_6", "Mannen", "mannen"),
    ("HuishoudensTotaal_29", "Huishoudens totaal", "aantal_huishoudens"),
    ("Woningvoorraad_35", "Woningvoorraad", "woningvoorraad"),
    ("PersonenautoSTotaal_111", "Personenauto's totaal", "personenautos_totaal"),
    ("PersonenautoSPerHuishouden_114", "Personenauto's per huishouden", "personenautos_per_huishouden"),
    ("MateVanStedelijkheid_127", "Mate van stedelijkheid", "stedelijkheid_adressen_per_km2"),
)
"""Key and title in the OData of 2024, and the column of the wijk- en buurtkaart."""

CODES = {"gemeenten": "gemeentecode", "wijken": "wijkcode", "buurten": "buurtcode"}
NAMES = {"gemeenten": "gemeentenaam", "wijken": "wijknaam", "buurten": "buurtnaam"}


def write_wfs(whole: Whole, folder: Path) -> None:
    """Buurten as the WFS gives them: camelCase, RD New, with water."""
    rows = _layers(whole)["buurten"]
    features = [_feature(row) for row in rows.to_dict("records")]
    west, south = rows.total_bounds[:2]
    water = shapely.MultiPolygon([shapely.box(west - 2 * WATER_M, south, west - WATER_M, south + WATER_M)])
    wet = features[0]["properties"] | {"buurtcode": WATER_CODE, "buurtnaam": "Buitenwater", "water": "JA"}
    features.append(_geometry(water) | {"type": "Feature", "properties": wet})
    answer = collection(features, crs=RD_CRS, numberMatched=len(features))
    write_json(folder / f"wijkenbuurten_{YEAR}.json", answer)


def write_odata(whole: Whole, folder: Path) -> None:
    """OData: the data with numbers in its column names, what these mean, and what the table is."""
    target = folder / "odata"
    target.mkdir(exist_ok=True)
    rows = [
        _odata_row(row, CODES[layer], number)
        for layer, table in _layers(whole).items()
        for number, row in enumerate(table.to_dict("records"))
    ]
    country = {"ID": 0, "WijkenEnBuurten": "NL00      ", "AantalInwoners_5": 17_942_942}
    metadata = f"https://opendata.cbs.nl/ODataApi/OData/{TABLE}/$metadata#Cbs.OData.WebAPI.TypedDataSet"
    write_json(target / "TypedDataSet.json", {"odata.metadata": metadata, "value": [country, *rows]})
    region = {"ID": 0, "Type": "GeoDetail", "Key": "WijkenEnBuurten", "Title": "Wijken en buurten", "MapYear": YEAR}
    group = {"ID": 1, "Type": "TopicGroup", "Key": "", "Title": "Bevolking"}
    topics = [{"ID": 2 + n, "Type": "Topic", "Key": key, "Title": title} for n, (key, title, _) in enumerate(TOPICS)]
    write_json(target / "DataProperties.json", [region, group, *topics])
    write_json(target / "TableInfos.json", [{"ID": 0, "Identifier": TABLE, "Period": str(YEAR)}])


def write_municipality(whole: Whole, folder: Path) -> None:
    """One file of the gemeente as a republisher makes it; its ``peildatum`` is the day of publication."""
    layers = {
        layer: [_region(layer, row) for row in table.to_dict("records")] for layer, table in _layers(whole).items()
    }
    document = {
        "schemaVersion": 1,
        "peildatum": f"{YEAR + 2}-07-19",
        **layers["gemeenten"][0],
        "bronnen": {"kerncijfers": f"CBS Kerncijfers wijken en buurten {YEAR} (tabel {TABLE})"},
        "wijken": layers["wijken"],
        "buurten": layers["buurten"],
    }
    write_json(folder / f"GM{MUNICIPALITY}.json", document)


def write_squares_100(whole: Whole, folder: Path) -> None:
    """Squares of 100 m as a GeoPackage."""
    write_layer(folder / f"cbs_vk100_{YEAR}_v1.gpkg", _squares(whole, 100), f"cbs_vk100_{YEAR}")


def write_squares_500(whole: Whole, folder: Path) -> None:
    """Squares of 500 m as a table without shapes."""
    table = _squares(whole, 500).drop(columns="geometry")
    table.to_csv(folder / f"cbs_vk500_{YEAR}_v1.csv", sep=";", index=False, lineterminator="\n")


def write_pc4(whole: Whole, folder: Path) -> None:
    """Figures per PC4 as a table."""
    rows = _counted(whole, lambda address: address.postcode[:4])
    table = pd.DataFrame([{"postcode4": pc4, **figures} for pc4, figures in rows.items()])
    table.to_csv(folder / f"cbs_pc4_{YEAR}_v1.csv", index=False, lineterminator="\n")


def write_pc6(whole: Whole, folder: Path) -> None:
    """Figures per PC6 as a GeoPackage: the shape is the hull of its addresses, widened."""
    places: dict[str, list[shapely.Point]] = {}
    for address in _addresses(whole):
        places.setdefault(address.postcode, []).append(address.point)
    rows = _counted(whole, lambda address: address.postcode)
    shapes = [shapely.MultiPolygon([shapely.convex_hull(shapely.MultiPoint(places[pc6])).buffer(5.0)]) for pc6 in rows]
    table = pd.DataFrame([{"postcode6": pc6, **figures} for pc6, figures in rows.items()])
    drawn = gpd.GeoDataFrame(table, geometry=shapes, crs=RD_EPSG)
    write_layer(folder / f"cbs_pc6_{YEAR}_v1.gpkg", drawn, "postcode6")


def _layers(whole: Whole) -> dict[str, gpd.GeoDataFrame]:
    return cbs.layer_rows(whole.town, whole.figures)


def _feature(row: Mapping[Any, Any]) -> dict[str, Any]:
    properties = {_camel(name): _value(value) for name, value in row.items() if name != "geometry"}
    return _geometry(row["geometry"]) | {"type": "Feature", "properties": properties}


def _geometry(shape: shapely.Geometry) -> dict[str, Any]:
    return {"geometry": json.loads(shapely.to_geojson(shape))}


def _camel(name: str) -> str:
    """A column name in the WFS's spelling.

    >>> _camel("aantal_inwoners")
    'aantalInwoners'
    """
    first, *others = name.split("_")
    return first + "".join(part.title() for part in others)


def _odata_row(row: Mapping[Any, Any], code: str, number: int) -> dict[str, Any]:
    """A row of OData: the code padded to ten signs, null for what is secret or absent."""
    values = {key: _known(row.get(column)) for key, _, column in TOPICS}
    return {"ID": number + 1, "WijkenEnBuurten": f"{row[code]:<10}", **values}


def _region(layer: str, row: Mapping[Any, Any]) -> dict[str, Any]:
    figures = {
        "inwoners": _known(row["aantal_inwoners"]),
        "huishoudens": _known(row["aantal_huishoudens"]),
        "stedelijkheid": _known(row["stedelijkheid_adressen_per_km2"]),
    }
    return {"type": layer[:-2], "code": row[CODES[layer]], "name": row[NAMES[layer]], "demografie": figures}


def _known(value: Any) -> Any:
    value = _value(value)
    return None if value in (SECRET, UNPUBLISHED) else value


def _value(value: Any) -> Any:
    """A value as JSON has it."""
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def _addresses(whole: Whole) -> list[Address]:
    return [address for quarter in whole.quarters for address in quarter.addresses]


def _squares(whole: Whole, size_m: int) -> gpd.GeoDataFrame:
    """The squares with addresses; the key holds the south-west corner in hectometres."""

    def key(address: Address) -> str:
        step = size_m // HECTOMETRE_M
        east, north = (int(value // size_m) * step for value in (address.point.x, address.point.y))
        return f"E{east:04d}N{north:04d}"

    rows = _counted(whole, key)
    table = pd.DataFrame([{f"crs28992res{size_m}m": code, **figures} for code, figures in rows.items()])
    corners = [(int(code[1:5]) * HECTOMETRE_M, int(code[6:]) * HECTOMETRE_M) for code in rows]
    shapes = [shapely.box(x, y, x + size_m, y + size_m) for x, y in corners]
    return gpd.GeoDataFrame(table, geometry=shapes, crs=RD_EPSG)


def _counted(whole: Whole, place: Callable[[Address], str]) -> dict[str, dict[str, int]]:
    """Per place its figures, in order; persons and households of a quarter are spread evenly over its dwellings."""
    found: dict[str, list[float]] = {}
    for quarter, figures in zip(whole.quarters, whole.figures, strict=True):
        homes = [address for address in quarter.addresses if address.is_dwelling]
        persons, households = (number / max(len(homes), 1) for number in (figures.inhabitants, figures.households))
        for address in homes:
            sums = found.setdefault(place(address), [0.0, 0.0, 0.0])
            for number, more in enumerate((persons, households, 1.0)):
                sums[number] += more
    return {code: _published(sums) for code, sums in sorted(found.items())}


def _published(sums: Sequence[float]) -> dict[str, int]:
    names = ("aantal_inwoners", "aantal_part_huishoudens", "aantal_woningen")
    return {name: rounded(value) for name, value in zip(names, sums, strict=True)}


def rounded(value: float) -> int:
    """A count as the CBS publishes it.

    >>> rounded(4), rounded(12), rounded(13)
    (-99997, 10, 15)
    """
    return SECRET if value < ROUNDED_TO else int(value / ROUNDED_TO + 0.5) * ROUNDED_TO
