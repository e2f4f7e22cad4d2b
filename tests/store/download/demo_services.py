"""The demo town behind services: each source in the shape in which its service gives it."""

import gzip
import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import yaml

from tests.store.download.protocols import (
    Feature,
    feature,
    serve_arcgis,
    serve_bgt,
    serve_odata,
    serve_socrata,
    serve_sru,
    serve_wfs,
    zipped_folder,
)
from tests.store.download.server import Replay

POLITE = {"licence": "verzonnen gegevens", "rate_per_second": 1000, "burst": 1000}


def features_of(path: Path, layer: str) -> list[Feature]:
    """A layer of a GeoPackage as GeoJSON features in RD New."""
    frame = gpd.read_file(path, layer=layer)
    plain = json.loads(frame.drop(columns=frame.geometry.name).to_json(orient="records", date_format="iso"))
    rows = zip(plain, frame.geometry, strict=True)
    return [feature(f"{layer}.{number}", shape, **row) for number, (row, shape) in enumerate(rows, start=1)]


def municipality_box(town: Path) -> list[float]:
    """The box of the town, RD New (m), as a config gives it."""
    return [round(value) for value in gpd.read_file(town / "cbs_buurten.gpkg", layer="gemeenten").total_bounds]


def serve_town(replay: Replay, town: Path) -> dict[str, dict[str, Any]]:
    """Serves a demo town; returns the services of a catalogue for it."""
    buurten = serve_wfs(
        replay, "/cbs/wfs", {"wijkenbuurten:buurten": features_of(town / "cbs_buurten.gpkg", "buurten")}
    )
    homes = features_of(town / "bag-light.gpkg", "verblijfsobject")
    cables = features_of(town / "elektriciteitsnet.gpkg", "laagspanningskabels")
    ocpi = gzip.compress((town / "laadpunten_ocpi.json").read_bytes(), mtime=0)
    replay.serve("/ndw/ocpi.json.gz", ocpi, "application/gzip")
    replay.serve("/ndw/signs", {"features": [{"properties": {"rvvCode": "E8c"}}]})
    figures = {"TypedDataSet": [{"WijkenEnBuurten": "BU99010101  "}], "DataProperties": [{"Key": "WijkenEnBuurten"}]}
    fuels = [{"brandstof_omschrijving": "Elektriciteit", "aantal": "12"}]
    decrees = [{"titel": f"Besluit {number}"} for number in range(30)]
    json_and_zip = ["application/json", "application/zip"]
    services: dict[str, dict[str, Any]] = {
        "bgt": {
            "kind": "bgt_download",
            "address": serve_bgt(replay, "/bgt/v1_0", zipped_folder(town / "bgt"), polls=1),
            "files": {"bgt": "wegdeel,pand"},
            "content_types": json_and_zip,
        },
        "addresses": {
            "kind": "wfs",
            "address": serve_wfs(replay, "/bag/wfs", {"bag:verblijfsobject": homes}),
            "files": {"verblijfsobject.geojson": "bag:verblijfsobject"},
            "page_size": 100,
        },
        "buurten": {"kind": "wfs", "address": buurten, "files": {"buurten.geojson": "wijkenbuurten:buurten"}},
        "charge_points": {
            "kind": "ocpi",
            "address": f"{replay.url}/ndw",
            "files": {"laadpunten_ocpi.json.gz": "ocpi.json.gz"},
            "content_types": ["application/gzip"],
            "fields": ["evses", "coordinates"],
        },
        "liander": {
            "kind": "arcgis",
            "source": "cables.liander",
            "address": serve_arcgis(replay, "/arcgis", cables, cap=50, broken=True),
            "files": {"laagspanning.json": "112"},
            "tiles": True,
        },
        "figures": {
            "kind": "odata",
            "source": "buurten",
            "address": serve_odata(replay, "/cbs/odata", figures),
            "files": {"TypedDataSet.json": "TypedDataSet", "DataProperties.json": "DataProperties"},
        },
        "decrees": {
            "kind": "sru",
            "address": serve_sru(replay, "/sru", decrees),
            "files": {"besluiten.json": ""},
            "query": {"query": 'dt.creator=="{municipality}"'},
            "page_size": 12,
        },
        "registrations": {
            "kind": "socrata",
            "address": serve_socrata(replay, "/rdw", fuels),
            "files": {"rdw.json": "abcd-1234"},
        },
        "signs": {
            "kind": "file",
            "address": f"{replay.url}/ndw/signs",
            "files": {"verkeersborden.json": ""},
            "query": {"countyCode": "{municipality_code}"},
            "fields": ["rvvCode"],
        },
    }
    return {name: {"source": name, "label": name} | POLITE | each for name, each in services.items()}


def write_catalogue(path: Path, services: dict[str, dict[str, Any]]) -> Path:
    """The services as a catalogue file."""
    path.write_text(yaml.safe_dump({"services": services}, sort_keys=False), encoding="utf-8")
    return path


def write_config(path: Path, town: Path) -> Path:
    """The config of the town with its box filled in."""
    settings = yaml.safe_load((town / "laadplan.yaml").read_text(encoding="utf-8"))
    settings["area"] |= {"bbox_rd": municipality_box(town), "margin_m": 0.0}
    path.write_text(yaml.safe_dump(settings, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path
