"""Frames of parking bays, zones and rasters."""

from typing import Any, ClassVar

from pandera.typing import Index, Series
from pandera.typing.geopandas import GeoSeries

from laadplan.contracts.frame import Frame, column, index

ORIENTATIONS = ("langs", "haaks", "schuin", "onbekend")
"""How cars park; visgraat is schuin."""

REGIMES = (
    "openbaar",
    "gpp",
    "laden en lossen",
    "vergunning",
    "blauwe zone",
    "taxi",
    "elektrisch laden",
    "deelauto",
    "privé",
    "overig",
    "onbekend",
)
"""Who may park: gpp is a gehandicaptenparkeerplaats; paid parking is openbaar."""

SOIL_CLASSES = ("achtergrondwaarde", "landbouw/natuur", "wonen", "industrie", "niet toepasbaar", "onbekend")
"""Classes of soil quality: they say nothing of a survey or of how long it is valid."""

ZONE_KINDS = ("uitsluiting", "eigendom", "erfgoed", "bodem", "werk", "parkeerdruk", "rekengebied")
"""What polygons of a zone layer say."""

POLYGONS = ("Polygon", "MultiPolygon")


class ParkingBays(Frame):
    """Parking bays as they were delivered: single ones (vak) or several in one piece (strook)."""

    _geometry_types: ClassVar[tuple[str, ...]] = (*POLYGONS, "Point")

    bay_id: Index[str] = index("the source's own id of the bay; way/1 or node/1 in OSM, lokaalID in the BGT")
    kind: Series[str] = column("vak: one bay; strook: several in one piece, or how many is unknown")
    orientation: Series[str] = column("how cars park; onbekend where the source does not say", isin=[*ORIENTATIONS])
    capacity: Series[float] = column("number of bays", unit="bays", empty="not known", ge=0)
    regime: Series[str] = column("who may park; onbekend where the source does not say", isin=[*REGIMES])
    regime_text: Series[str] = column("the regime in the source's words; no licence plates", empty="not in the source")
    street: Series[str] = column("street", empty="not in the source")
    road_part_id: Series[str] = column("lokaalID of the BGT road part", empty="not in the source")
    origin: Series[str] = column("kind of source of the row", isin=["gemeente", "OSM", "BGT"])
    geometry: GeoSeries[Any] = column("surface, or a point within it", unit="m")


class Zones(Frame):
    """Polygons within which something holds: an exclusion, an owner, heritage, soil, works, parking pressure."""

    _geometry_types: ClassVar[tuple[str, ...]] = POLYGONS

    zone_id: Index[str] = index("the source's own id; name/id where several sources are joined")
    kind: Series[str] = column("what the polygons of the source are", isin=[*ZONE_KINDS])
    name: Series[str] = column("name of the zone", empty="not in the source")
    category: Series[str] = column(
        "owner, status or class: our word where it is known or mapped, else the source's own", empty="not in the source"
    )
    parking_pressure_share: Series[float] = column(
        "parked cars per bay (parkeerdruk); above 1 where cars stand outside bays",
        unit="share",
        empty="not known, or another kind of zone",
        ge=0,
    )
    from_on: Series[str] = column("first day, e.g. of planned works", empty="not in the source")
    until_on: Series[str] = column("last day, e.g. of planned works", empty="not in the source")
    geometry: GeoSeries[Any] = column("zone", unit="m")


class Rasters(Frame):
    """Rasters at hand: one row per raster, with what its values in the area are worth."""

    _geometry_types: ClassVar[tuple[str, ...]] = ("Polygon",)

    raster_id: Index[str] = index("name of the raster in the config")
    band: Series[int] = column("band that is read, counted from 1", ge=1)
    bands: Series[int] = column("bands in the file", ge=1)
    columns_count: Series[int] = column("columns of the whole raster", unit="cells", ge=1)
    rows_count: Series[int] = column("rows of the whole raster", unit="cells", ge=1)
    cell_width_m: Series[float] = column("width of a cell", unit="m", gt=0)
    cell_height_m: Series[float] = column("height of a cell", unit="m", gt=0)
    value_type: Series[str] = column("type of the values in the file, e.g. float32")
    nodata: Series[float] = column("value that stands for no data", empty="none declared, or not a number")
    nodata_share: Series[float] = column(
        "cells without data among those of the area", unit="share", empty="the area lies beside the raster", ge=0, le=1
    )
    geometry: GeoSeries[Any] = column("extent of the whole raster", unit="m")
