"""Frames of what stands and lies in the street besides road parts: obstacles of the BGT."""

from typing import Any, ClassVar

from pandera.typing import Index, Series
from pandera.typing.geopandas import GeoSeries

from laadplan.contracts.frame import Frame, column, index

OBSTACLES = (
    "bak",
    "bord",
    "gebouwinstallatie",
    "installatie",
    "kast",
    "mast",
    "overigescheiding",
    "paal",
    "put",
    "scheiding",
    "sensor",
    "straatmeubilair",
    "weginrichtingselement",
)
"""Object types of the BGT that stand or lie in the way of a pole or a cable."""


class Obstacles(Frame):
    """Current objects of the BGT that stand or lie in the way: posts, manholes, cabinets, fences and the like."""

    _geometry_types: ClassVar[tuple[str, ...]] = (
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
    )

    local_id: Index[str] = index("lokaalID of the object", source="BGT")
    kind: Series[str] = column("object type, e.g. paal, put, kast, scheiding", source="BGT", isin=list(OBSTACLES))
    type: Series[str] = column(
        "what it is: plus-type, else bgt-type or function, e.g. lichtmast, kolk, hek; onbekend where none is given",
        source="BGT",
    )
    level: Series[int] = column("relative height, 0 is ground level", source="BGT")
    status: Series[str] = column("bgt-status", source="BGT")
    maintainer: Series[str] = column("bronhouder: who keeps the object up to date", empty="not given", source="BGT")
    geometry: GeoSeries[Any] = column("place, line or outline", unit="m")
