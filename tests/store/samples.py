"""Rows that keep any contract, made from the contract itself, so that no contract is forgotten."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from laadplan.contracts.frame import RD_EPSG, Frame, Table
from tests.frames import X, Y

SHAPES = {
    "Point": lambda x, y: shapely.Point(x, y),
    "LineString": lambda x, y: shapely.LineString([(x, y), (x + 3, y + 1)]),
    "Polygon": lambda x, y: shapely.box(x, y, x + 5, y + 2).difference(shapely.box(x + 1, y + 0.5, x + 2, y + 1)),
    "MultiPolygon": lambda x, y: shapely.MultiPolygon(
        [shapely.box(x, y, x + 1, y + 1), shapely.box(x + 2, y, x + 3, y + 1)]
    ),
}


def sample(contract: type[Table], rows: int = 9) -> Any:
    """A frame that keeps the contract: every allowed value in turn, and a gap wherever a gap is allowed."""
    columns = contract.to_schema().columns
    ids = [f"NL.IMGeo.G0228#{number:03d}" for number in range(rows)]
    table = pd.DataFrame(
        {
            name: [_value(spec, number) for number in range(rows)]
            for name, spec in columns.items()
            if name != "geometry"
        },
        index=pd.Index(ids, dtype="str", name=contract.index_name()),
    ).astype({name: kind for name, kind in contract.empty().dtypes.items() if name != "geometry"})
    if not issubclass(contract, Frame):
        return contract.checked(table)
    return contract.checked(gpd.GeoDataFrame(table, geometry=_shapes(contract, rows), crs=RD_EPSG))


def _shapes(contract: type[Frame], rows: int) -> list[shapely.Geometry]:
    """Shapes of every allowed type in turn, scattered, with two on the same place."""
    kinds = [kind for kind in contract._geometry_types if kind in SHAPES]
    places = [(X + 997.125 * (number * 7 % 5), Y + 331.5 * (number * 3 % 4)) for number in range(rows)]
    return [SHAPES[kinds[number % len(kinds)]](*place) for number, place in enumerate(places)]


def _value(spec: Any, number: int) -> Any:
    checks = {check.name: check.statistics for check in spec.checks}
    kind = str(spec.dtype).lower()
    if spec.nullable and number % 3 == 1:
        return None
    if "isin" in checks:
        allowed = list(checks["isin"]["allowed_values"])
        return allowed[number % len(allowed)]
    if "bool" in kind:
        return number % 2 == 0
    least = float(checks.get("greater_than_or_equal_to", {}).get("min_value", 0))
    if "datetime" in kind:
        return pd.Timestamp("2026-11-23T10:00Z") + pd.Timedelta(minutes=7 * number)
    if "int" in kind.lower():
        return int(least) + number + 1
    if "float" in kind:
        return least + ((number + 1) / 16 if "less_than_or_equal_to" in checks else number * 1.1 + 0.1)
    return f'ë, {number}; "tekst"'
