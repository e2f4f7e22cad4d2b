"""The capacity map as JSON: the exchange format of the grid operators (IM) and the features of ArcGIS.

In: a JSON document. Out: a table of text with the columns that the reader of lists knows. Every part of the document
is checked for its kind before it is used. The creator of an IM file is a person and is left out.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from laadplan.contracts.quality import Quality
from laadplan.errors import BadInput

CONFORMS = "capaciteitskaart/v1.3"
"""In `conforms_to`: the version that is read."""

_AGAIN = "Deliver the capacity map as the grid operators publish it."


def json_table(content: Any, where: str, quality: Quality) -> pd.DataFrame:
    """The document as a table of text.

    Raises
    ------
    BadInput
        It is neither an IM capacity map nor features of ArcGIS or GeoJSON.
    """
    if not isinstance(content, dict):
        raise BadInput("The file is not a capacity map.", where=where, todo=_AGAIN)
    if "$defs" in content:
        raise BadInput("This is the schema of the capacity map, not a map.", where=where, todo=_AGAIN)
    if "energy_areas" in content:
        return _im_table(content, where, quality)
    if content.get("exceededTransferLimit"):
        quality.find("The server cut the answer off: areas are missing. Fetch the following pages too.")
    features = _list(content.get("features"), where)
    rows = [feature.get("attributes", feature.get("properties")) for feature in features]
    table = pd.DataFrame([_texts(row) for row in _dicts(rows, where)], dtype="str")
    if table.empty:
        raise BadInput("The file holds no areas.", where=where, todo=_AGAIN)
    return table


def _im_table(content: Mapping[str, Any], where: str, quality: Quality) -> pd.DataFrame:
    """Feeding areas and the postcodes in them, each as a row."""
    if CONFORMS not in str(content.get("conforms_to")):
        quality.find("The capacity map is not of version 1.3: it is read as if it were.")
    valid = content.get("valid")
    if isinstance(valid, dict) and str(valid.get("end", "9")) < str(valid.get("start", "")):
        quality.find("The period for which the capacity map is valid ends before it begins.")
    rows = []
    for area in _list(content.get("energy_areas"), where):
        shared = {"operator": content.get("publisher"), "indicated_on": content.get("issued")}
        shared |= {"supply_area": area.get("short_code")}
        rows.append(shared | _directions(area) | {"name": area.get("description")})
        for place in _list(area.get("postcode_areas", []), where):
            rows.append(shared | _directions(place) | {"postcode": place.get("postcode") or ""})
    columns = ["supply_area", "name", "postcode", "operator", "indicated_on", *_directions({})]
    return pd.DataFrame([_texts(row) for row in rows], columns=columns, dtype="str")


def _directions(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "offtake": item.get("demand_constraint"),
        "feed_in": item.get("generation_constraint"),
        "offtake_queue_mw": item.get("demand_capacity_in_queue"),
        "feed_in_queue_mw": item.get("generation_capacity_in_queue"),
        "offtake_requests": item.get("demand_requests_in_queue"),
        "feed_in_requests": item.get("generation_requests_in_queue"),
    }


def _list(content: Any, where: str) -> list[dict[str, Any]]:
    if not isinstance(content, list):
        raise BadInput("The file is not a capacity map.", where=where, todo=_AGAIN)
    return _dicts(content, where)


def _dicts(items: list[Any], where: str) -> list[dict[str, Any]]:
    if not all(isinstance(item, dict) for item in items):
        raise BadInput("An area is not as the capacity map writes it.", where=where, todo=_AGAIN)
    return items


def _texts(row: Mapping[str, Any]) -> dict[str, str | None]:
    return {
        name: None if value is None or isinstance(value, dict | list) else str(value) for name, value in row.items()
    }
