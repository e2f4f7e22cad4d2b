"""Formats to fuzz: walking network, traffic signs and traffic decrees, each in a tiny invented delivery."""

import csv
import gzip
import io
import json
from pathlib import Path

from laadplan.demo.pbf import pbf
from laadplan.ingest.decrees import read_decree_places, read_decrees
from laadplan.ingest.signs import read_signs
from laadplan.ingest.walking import read_walking
from tests.fuzz.format import Format

LON, LAT = 5.75, 52.1
NODES = tuple((number, LON + 0.0005 * number, LAT + 0.0002 * (number % 3)) for number in range(1, 9))
WAYS = (
    (1, (1, 2, 3, 4), {"highway": "residential", "name": "Demo-straat"}),
    (2, (2, 5, 6), {"highway": "footway", "footway": "sidewalk"}),
    (3, (6, 7, 8, 6), {"highway": "pedestrian", "area": "yes"}),
    (4, (4, 8), {"highway": "motorway"}),
)
MARKS = (
    {"Punt": {"locatiepunt": f"{LAT} {LON}", "geometrielabel": "Demo-straat 1"}},
    {"Lijn": {"locatiegebied": f"LINESTRING({LON} {LAT},{LON + 0.001} {LAT})"}},
    {"Vlak": {"locatiegebied": f"{LAT},{LON} {LAT + 0.001},{LON}"}},
    {"Punt": {"geometrie": "POINT(180000.5  457000.5)"}},
    {},
)


def osm_xml() -> str:
    nodes = "".join(f'<node id="{each}" lat="{lat:.7f}" lon="{lon:.7f}"/>\n' for each, lon, lat in NODES)
    ways = ""
    for number, refs, tags in WAYS:
        inner = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        inner += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        ways += f'<way id="{number}">{inner}</way>\n'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">\n{nodes}{ways}</osm>\n'


def overpass() -> dict:
    ways = [{"type": "way", "id": each, "nodes": list(refs), "tags": tags} for each, refs, tags in WAYS]
    nodes = [{"type": "node", "id": each, "lat": lat, "lon": lon} for each, lon, lat in NODES]
    return {"version": 0.6, "elements": [*ways, *nodes], "remark": ""}


def nwb() -> dict:
    features = [
        {
            "type": "Feature",
            "properties": {"wvk_id": n, "jte_id_beg": n, "jte_id_end": n + 1, "stt_naam": "Demo", "bst_code": code},
            "geometry": {
                "type": "MultiLineString",
                "coordinates": [[[180000 + 90 * n, 457000], [180090 + 90 * n, 457010]]],
            },
        }
        for n, code in enumerate(["", "VP", "HR"], start=1)
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}
    return {"type": "FeatureCollection", "crs": crs, "features": features}


def pavements() -> dict:
    def square(x: float, width: float) -> list:
        return [[[x, 457000], [x + width, 457000], [x + width, 457004], [x, 457004], [x, 457000]]]

    features = [
        {
            "type": "Feature",
            "properties": {"functie": use},
            "geometry": {"type": "Polygon", "coordinates": square(180000 + 30 * n, 30)},
        }
        for n, use in enumerate(["voetpad", "inrit", "rijbaan lokale weg"])
    ]
    return nwb() | {"features": features}


def sign_v3(number: int = 1, code: str = "E4", text: str = "opladen elektrische voertuigen", **more) -> dict:
    return {
        "id": number,
        "ndw_id": f"bord-{number}",
        "type": "updated",
        "schema_version": "3.0",
        "rvv_code": code,
        "text_signs": [{"type": "VRIJ", "text": text}] if text else [],
        "location": {
            "wgs84": {"latitude": str(LAT), "longitude": str(LON)},
            "rd": {"x": f"{180000 + number:.3f}", "y": "457000.000"},
            "side": "N",
            "bearing": 90,
            "road": {"name": "Demo-straat", "wvk_id": "77", "nwb_version": "2023-11-01"},
            "county": {"name": "Demodorp", "code": "GM9901", "townname": "Demodorp"},
        },
        "details": {"first_seen": "2016-06-10", "last_seen": "2023-12-03"},
        "publication_timestamp": "2023-12-03T21:54:58.141Z",
    } | more


def sign_v4(number: int = 1, code: str = "E4", text: str = "opladen elektrische voertuigen", **more) -> dict:
    told = {
        "rvvCode": code,
        "status": "PLACED",
        "textSigns": [{"type": "VRIJ", "text": text}] if text else [],
        "side": "N",
        "bearing": 90,
        "roadName": "Demo-straat",
        "roadSectionId": 77,
        "nwbVersion": "2024-07-01",
        "countyCode": "GM9901",
        "townName": "Demodorp",
        "firstSeenOn": "2020-05-07",
        "lastSeenOn": "2024-02-19",
    } | more
    geometry = {"type": "Point", "coordinates": [LON + number * 0.001, LAT]}
    return {"type": "Feature", "id": f"bord-{number}", "geometry": geometry, "properties": told}


def sign_csv(*signs: dict) -> str:
    rows = []
    for sign in signs:
        told = sign["properties"] | {"textSigns": json.dumps(sign["properties"]["textSigns"])}
        lon, lat = sign["geometry"]["coordinates"]
        rows.append(
            {"id": sign["id"], **told, "latitude": lat, "longitude": lon, "rdX": "", "rdY": "", "removedOn": ""}
        )
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


def record(number: int, mark: dict, kind: str = "verkeersbesluit of -mededeling", decree: str | None = None) -> dict:
    charging = "aanwijzen parkeerplaats voor het opladen van elektrische voertuigen"
    decree = charging if decree is None else decree
    tpmeta = ({"typeVerkeersbesluit": decree} if decree else {}) | ({"gebiedsmarkering": mark} if mark else {})
    meta = {
        "owmskern": {
            "identifier": f"gmb-2024-{number}",
            "title": "Verkeersbesluit oplaadplaats Demo-straat",
            "type": {"scheme": "OVERHEIDop.Rubriek", "$": kind},
            "creator": {"scheme": "OVERHEID.Gemeente", "$": "Demodorp"},
        },
        "owmsmantel": {"available": "2024-03-15"},
        "tpmeta": tpmeta,
    }
    urls = {"preferredUrl": f"https://zoek.officielebekendmakingen.nl/gmb-2024-{number}.html"}
    return {"recordData": {"gzd": {"originalData": {"meta": meta}, "enrichedData": urls}}}


def answer(*records: dict, **more) -> dict:
    told = {"version": "2.0", "numberOfRecords": len(records), "records": {"record": list(records)}}
    return {"searchRetrieveResponse": told | more}


def as_xml(content: dict) -> str:
    def inner(value: object) -> str:
        if not isinstance(value, dict):
            return str(value)
        return "".join(
            "".join(f"<{key}>{inner(each)}</{key}>" for each in (found if isinstance(found, list) else [found]))
            if key not in ("$", "scheme")
            else (str(found) if key == "$" else "")
            for key, found in value.items()
        )

    return f'<?xml version="1.0" encoding="UTF-8"?>{inner(content)}'


RECORDS = tuple(record(number, mark) for number, mark in enumerate(MARKS, start=1))
SIGNS = (sign_v4(1), sign_v4(2, "E7", "laden en lossen"), sign_v4(3, "E8c", ""))


def seed(name: str, content: object):
    def make(folder: Path) -> Path:
        text = content() if callable(content) else content
        text = json.dumps(text) if isinstance(text, dict | list) else text
        path = folder / name
        path.write_bytes(text if isinstance(text, bytes) else str(text).encode("utf-8"))
        return path

    return make


def read_both(path: Path) -> object:
    return read_decrees(path), read_decree_places(path)


FORMATS: tuple[Format, ...] = (
    Format("osm-xml", seed("lopen.osm", osm_xml), read_walking),
    Format("osm-xml-gz", seed("lopen.osm.gz", lambda: gzip.compress(osm_xml().encode(), mtime=0)), read_walking),
    Format("osm-pbf", seed("lopen.osm.pbf", lambda: pbf(NODES, WAYS)), read_walking),
    Format("overpass", seed("overpass.json", overpass), read_walking),
    Format("nwb", seed("nwb.geojson", nwb), read_walking),
    Format("pavements", seed("pavements.geojson", pavements), read_walking),
    Format("signs-v3", seed("v3.json", lambda: [sign_v3(1), sign_v3(2, "E7", ""), sign_v3(3, "E6", "")]), read_signs),
    Format("signs-v4", seed("v4.geojson", {"type": "FeatureCollection", "features": list(SIGNS)}), read_signs),
    Format("signs-csv", seed("borden.csv", lambda: sign_csv(*SIGNS)), read_signs),
    Format("decrees-json", seed("sru.json", answer(*RECORDS)), read_both),
    Format("decrees-xml", seed("sru.xml", lambda: as_xml(answer(*RECORDS))), read_both),
)
"""Formats to fuzz."""
