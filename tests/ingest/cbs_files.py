"""Deliveries of the CBS in the shape of the real ones, invented: two buurten in one gemeente, squares and postcodes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from tests.frames import X, Y

RD = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
VILLAGE, HEATH = "BU02280001", "BU02280002"
SHAPES = [shapely.box(X, Y, X + 10, Y + 10), shapely.box(X + 20, Y, X + 30, Y + 10)]

BUURTEN = {
    "buurtcode": [VILLAGE, HEATH],
    "buurtnaam": ["Otterlo", "Westeneng"],
    "gemeentecode": ["GM0228", "GM0228"],
    "aantalInwoners": [2400, -99997],
    "aantalHuishoudens": [1005, -99995],
    "water": ["NEE", "NEE"],
    "jrstatcode": [f"2024{VILLAGE}", f"2024{HEATH}"],
}

TOPICS = {
    "Gemeentenaam_1": "Gemeentenaam",
    "AantalInwoners_5": "Aantal inwoners",
    "HuishoudensTotaal_29": "Huishoudens totaal",
    "Woningvoorraad_35": "Woningvoorraad",
    "PersonenautoSTotaal_111": "Personenauto's totaal",
    "PersonenautoSPerHuishouden_114": "Personenauto's per huishouden",
    "MateVanStedelijkheid_127": "Mate van stedelijkheid",
}
"""Key of OData to its title."""

ROWS = [
    {"ID": 0, "WijkenEnBuurten": "NL00      ", "AantalInwoners_5": 17_942_942},
    {
        "ID": 1,
        "WijkenEnBuurten": "GM0228    ",
        "Gemeentenaam_1": "Ede      ",
        "AantalInwoners_5": 123_532,
        "HuishoudensTotaal_29": 52_797,
        "Woningvoorraad_35": 51_000,
        "PersonenautoSTotaal_111": 60_000,
        "PersonenautoSPerHuishouden_114": 1.1,
        "MateVanStedelijkheid_127": 2,
    },
    {
        "ID": 2,
        "WijkenEnBuurten": f"{VILLAGE}",
        "Gemeentenaam_1": "Ede      ",
        "AantalInwoners_5": 2400,
        "HuishoudensTotaal_29": None,
        "Woningvoorraad_35": -99997,
        "PersonenautoSTotaal_111": None,
        "PersonenautoSPerHuishouden_114": None,
        "MateVanStedelijkheid_127": 5,
    },
]

MUNICIPALITY: Mapping[str, Any] = {
    "schemaVersion": 1,
    "peildatum": "2026-07-19",
    "code": "GM0228",
    "name": "Ede",
    "demografie": {"inwoners": 123_532, "huishoudens": 52_797, "stedelijkheid": 2},
    "bronnen": {"kerncijfers": "CBS Kerncijfers wijken en buurten 2024 (tabel 85984NED)"},
    "wijken": [{"code": "WK022800", "name": "Otterlo", "demografie": {"inwoners": 2400, "huishoudens": 1005}}],
    "buurten": [
        {"code": VILLAGE, "name": "Otterlo", "demografie": {"inwoners": 2400, "huishoudens": 1005}},
        {"code": HEATH, "name": "Westeneng", "demografie": {"inwoners": "?", "huishoudens": None}},
    ],
}

SQUARES = {
    "crs28992res100m": ["E1800N4570", "E1801N4570"],
    "aantal_inwoners": [120, -99997],
    "aantal_part_huishoudens": [50, -99997],
    "aantal_woningen": [55, -99995],
}
PC4 = {
    "pc4": ["6731", "6732"],
    "aantal_inwoners": [2400, -99997],
    "aantal_part_huishoudens": [1005, 0],
    "aantal_woningen": [1100, None],
    "stedelijkheid": [5, 5],
}


def write_layer(path: Path, table: Mapping[str, Any] = BUURTEN, layer: str = "buurten", **more: Any) -> Path:
    gpd.GeoDataFrame(dict(table), geometry=SHAPES, crs=28992).to_file(path, layer=layer, **more)
    return path


def write_page(path: Path, table: Mapping[str, Any] = BUURTEN, **more: Any) -> Path:
    rows = pd.DataFrame(dict(table)).to_dict("records")
    features = [
        {"type": "Feature", "properties": row, "geometry": json.loads(shapely.to_geojson(shape))}
        for row, shape in zip(rows, SHAPES, strict=True)
    ]
    document = {"type": "FeatureCollection", "features": features, "crs": RD, **more}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def write_odata(
    folder: Path, rows: Any = ROWS, topics: Mapping[str, str] | None = TOPICS, period: str | None = "2024"
) -> Path:
    """Data, DataProperties and TableInfos in a folder; the last two may be left out."""
    folder.mkdir(exist_ok=True)
    document = {"odata.metadata": "https://example.org/85984NED", "value": rows}
    (folder / "TypedDataSet.json").write_text(json.dumps(document))
    if topics is not None:
        group = {"Type": "TopicGroup", "Key": "", "Title": "Bevolking"}
        named = [{"Type": "Topic", "Key": key, "Title": title} for key, title in topics.items()]
        (folder / "DataProperties.json").write_text(json.dumps([group, *named]))
    if period is not None:
        (folder / "TableInfos.json").write_text(json.dumps([{"Identifier": "85984NED", "Period": period}]))
    return folder


def write_squares(path: Path, table: Mapping[str, Any] = SQUARES) -> Path:
    pd.DataFrame(dict(table)).to_csv(path, index=False)
    return path


def write_postcodes(path: Path, table: Mapping[str, Any] = PC4) -> Path:
    pd.DataFrame(dict(table)).to_csv(path, index=False)
    return path
