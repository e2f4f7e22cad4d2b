"""Features and rows in the shapes of the services: OGC API, WFS, ArcGIS, OData, Socrata, SRU and the BGT download."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping, shape

from tests.store.download.server import Answer, Asked, Replay, as_json

RD_URN = "urn:ogc:def:crs:EPSG::28992"
Feature = dict[str, Any]


def feature(identifier: str, geometry: shapely.Geometry, **properties: Any) -> Feature:
    plain = json.loads(json.dumps(mapping(geometry)))
    return {"type": "Feature", "id": identifier, "geometry": plain, "properties": properties}


def points(number: int, *, west: float = 180_000.0, south: float = 456_000.0) -> list[Feature]:
    """Points on a square grid of 10 m, numbered."""
    side = int(number**0.5) + 1
    return [
        feature(f"punt.{index}", shapely.Point(west + 10 * (index % side), south + 10 * (index // side)), naam=index)
        for index in range(number)
    ]


class Finder:
    """Finds the features that touch a box, as a service would."""

    def __init__(self, features: list[Feature]) -> None:
        self.features = features
        self._shapes = np.array([shape(each["geometry"]) for each in features], dtype=object)

    def within(self, box: str) -> list[Feature]:
        if not self.features:
            return []
        hit = shapely.intersects(self._shapes, shapely.box(*map(float, box.split(",")[:4])))
        return [self.features[index] for index in np.flatnonzero(hit)]


def serve_ogc_api(replay: Replay, path: str, features: list[Feature], *, cap: int = 1000, silent: bool = False) -> str:
    """Pages by cursor; a silent service gives no link behind its cap. Returns the address of the service."""
    finder = Finder(features)

    def items(asked: Asked) -> Answer:
        found = finder.within(asked.query["bbox"])
        start, size = int(asked.query.get("cursor", 0)), min(cap, int(asked.query["limit"]))
        content: dict[str, Any] = {"type": "FeatureCollection", "features": found[start : start + size]}
        content["links"] = [{"rel": "self", "href": f"{replay.url}{asked.path}"}]
        if start + size < len(found) and not silent:
            query = "&".join(f"{key}={value}" for key, value in (asked.query | {"cursor": str(start + size)}).items())
            content["links"].append({"rel": "next", "href": f"{replay.url}{asked.path}?{query}"})
        return as_json(content)

    replay.routes[f"{path}/collections/dingen/items"] = items
    return f"{replay.url}{path}"


def serve_wfs(
    replay: Replay, path: str, features: dict[str, list[Feature]], *, cap: int = 1000, matched: bool = True
) -> str:
    """Pages by startIndex; a service without `matched` says nothing of the rest. Returns its address."""
    finders = {name: Finder(each) for name, each in features.items()}

    def get_feature(asked: Asked) -> Answer:
        assert asked.query["bbox"].endswith(RD_URN)
        assert asked.query["srsName"] == RD_URN
        found = finders[asked.query["typeNames"]].within(asked.query["bbox"])
        start, size = int(asked.query.get("startIndex", 0)), min(cap, int(asked.query["count"]))
        crs = {"type": "name", "properties": {"name": RD_URN}}
        content = {"type": "FeatureCollection", "crs": crs, "features": found[start : start + size]}
        return as_json(content | ({"numberMatched": len(found)} if matched else {}))

    replay.routes[path] = get_feature
    return f"{replay.url}{path}"


def serve_arcgis(replay: Replay, path: str, features: list[Feature], *, cap: int = 3000, broken: bool = False) -> str:
    """Esri JSON by resultOffset; a broken service ignores the offset and breaks off. Returns its address."""
    finder, numbers = Finder(features), {each["id"]: index for index, each in enumerate(features, start=1)}

    def query(asked: Asked) -> Answer:
        assert (asked.query["inSR"], asked.query["outSR"]) == ("28992", "28992")
        found = finder.within(asked.query["geometry"])
        start = 0 if broken else int(asked.query.get("resultOffset", 0))
        size = min(cap, int(asked.query["resultRecordCount"]))
        content: dict[str, Any] = {
            "objectIdFieldName": "OBJECTID",
            "geometryType": "esriGeometryPolyline",
            "spatialReference": {"wkid": 28992, "latestWkid": 28992},
            "fields": [{"name": "OBJECTID", "type": "esriFieldTypeOID", "alias": "OBJECTID"}],
            "features": [_esri(numbers[each["id"]], each) for each in found[start : start + size]],
        }
        if start + size < len(found):
            content["exceededTransferLimit"] = True
        return as_json(content)

    replay.routes[f"{path}/112/query"] = query
    return f"{replay.url}{path}"


def _esri(number: int, each: Feature) -> dict[str, Any]:
    geometry = shape(each["geometry"])
    place = (
        {"x": geometry.x, "y": geometry.y}
        if isinstance(geometry, shapely.Point)
        else {"paths": [list(map(list, part.coords)) for part in getattr(geometry, "geoms", [geometry])]}
    )
    return {"attributes": {"OBJECTID": number} | each["properties"], "geometry": place}


def serve_odata(replay: Replay, path: str, tables: dict[str, list[dict[str, Any]]], *, size: int = 1000) -> str:
    """Tables with next links, in the shape of CBS. Returns the address."""

    def table(asked: Asked) -> Answer:
        rows = tables[asked.path.rpartition("/")[2]]
        start = int(asked.query.get("$skip", 0))
        content: dict[str, Any] = {
            "odata.metadata": f"{replay.url}{path}/$metadata",
            "value": rows[start : start + size],
        }
        if start + size < len(rows):
            content["odata.nextLink"] = f"{replay.url}{asked.path}?$skip={start + size}"
        return as_json(content)

    for name in tables:
        replay.routes[f"{path}/{name}"] = table
    return f"{replay.url}{path}"


def serve_socrata(replay: Replay, path: str, rows: list[dict[str, Any]], *, cap: int = 1000) -> str:
    """Rows by $limit and $offset, never more than the cap at once. Returns the address."""

    def resource(asked: Asked) -> Answer:
        start, size = int(asked.query["$offset"]), min(cap, int(asked.query["$limit"]))
        return as_json(rows[start : start + size])

    replay.routes[f"{path}/abcd-1234.json"] = resource
    return f"{replay.url}{path}"


def serve_sru(replay: Replay, path: str, records: list[dict[str, Any]]) -> str:
    """A search that answers in JSON. Returns the address."""

    def search(asked: Asked) -> Answer:
        start, size = int(asked.query["startRecord"]) - 1, int(asked.query["maximumRecords"])
        page = [{"recordData": record} for record in records[start : start + size]]
        return as_json({"searchRetrieveResponse": {"numberOfRecords": str(len(records)), "records": {"record": page}}})

    replay.routes[path] = search
    return f"{replay.url}{path}"


def serve_bgt(replay: Replay, path: str, delivery: bytes, *, polls: int = 2) -> str:
    """Orders, their state and their delivery. Returns the address."""
    state = {"polls": 0}

    def order(_: Asked) -> Answer:
        links = {"status": {"href": f"{path}/full/custom/ab-12/status"}}
        return Answer(json.dumps({"downloadRequestId": "ab-12", "_links": links}).encode(), status=202)

    def progress(_: Asked) -> Answer:
        state["polls"] += 1
        if state["polls"] < polls:
            return as_json({"status": "RUNNING", "progress": 50})
        link = {"download": {"href": f"{path}/extract/ab-12/extract.zip"}}
        return Answer(json.dumps({"status": "COMPLETED", "progress": 100, "_links": link}).encode(), status=201)

    replay.routes[f"{path}/full/custom"] = order
    replay.routes[f"{path}/full/custom/ab-12/status"] = progress
    replay.routes[f"{path}/extract/ab-12/extract.zip"] = lambda _: Answer(delivery, "application/zip")
    return f"{replay.url}{path}"


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip with these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def zipped_folder(folder: Path) -> bytes:
    """A zip with the files of a folder."""
    return zipped({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
