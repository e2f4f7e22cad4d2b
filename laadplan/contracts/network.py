"""Frames of the walking network, traffic signs and published decrees.

Every frame with geometry is in RD New (EPSG:28992) and indexed by the source's own id. None of them is confidential.
"""

from typing import Any, ClassVar

from pandera.typing import Index, Series
from pandera.typing.geopandas import GeoSeries

from laadplan.contracts.frame import Frame, Table, column, index

WALK_KINDS = (
    "voetpad",
    "stoep",
    "oversteek",
    "trap",
    "voetgangersgebied",
    "woonerf",
    "pad",
    "fietspad",
    "rijbaan",
)
"""What a stretch of the walking network is; ``rijbaan`` is a road without a footway of its own in the source."""

WALK_ORIGINS = ("OSM", "NWB", "BGT")
MEANINGS = ("elektrisch laden", "gpp", "laden en lossen", "vergunning", "parkeren", "anders")
"""What a traffic sign means for parking and charging."""


class WalkNodes(Frame):
    """Where stretches of the walking network meet or end."""

    node_id: Index[str] = index("id of the node (OSM, NWB); coordinates in m where the network is made from surfaces")
    origin: Series[str] = column("source of the network", isin=WALK_ORIGINS)
    geometry: GeoSeries[Any] = column("place", unit="m")


class WalkEdges(Frame):
    """Stretches that pedestrians may use, in both directions, from node to node."""

    _geometry_types: ClassVar[tuple[str, ...]] = ("LineString",)

    edge_id: Index[str] = index("way and the place of its first node in it (OSM), wvk_id (NWB), or its nodes")
    from_node: Series[str] = column("node_id at the start of the line")
    to_node: Series[str] = column("node_id at the end of the line")
    length_m: Series[float] = column("length along the line", unit="m", gt=0)
    kind: Series[str] = column("what one walks on", isin=WALK_KINDS)
    name: Series[str] = column("name of the street", empty="no name in the source")
    origin: Series[str] = column("source of the network", isin=WALK_ORIGINS)
    geometry: GeoSeries[Any] = column("line along which one walks", unit="m")


class Signs(Frame):
    """Traffic signs that stand in the street."""

    sign_id: Index[str] = index("id of the sign (uuid)", source="NDW")
    rvv_code: Series[str] = column("code of the sign as the NDW spells it, e.g. E4, E8c", source="NDW")
    meaning: Series[str] = column("meaning for parking and charging, by code and text", isin=MEANINGS)
    texts: Series[str] = column("texts of the plates below the sign, joined by ' | '", empty="no text", source="NDW")
    zone_code: Series[str] = column("begin, eind of herhaling of a zone", empty="no zone", source="NDW")
    bearing_deg: Series[float] = column(
        "direction in which the sign is seen, 0 is north", unit="degrees", empty="not given", ge=0, le=360, source="NDW"
    )
    side: Series[str] = column("side of the road: N, O, Z or W", empty="not given", source="NDW")
    placed_on: Series[str] = column("date on which it was placed", empty="not given", source="NDW")
    first_seen_on: Series[str] = column("date on which it was first seen", empty="not given", source="NDW")
    last_seen_on: Series[str] = column("date on which it was last seen", empty="not given", source="NDW")
    road_section_id: Series[str] = column("wvk_id of the NWB", empty="not on a road section", source="NDW")
    nwb_version: Series[str] = column("date of the NWB that road_section_id belongs to", empty="not given")
    street: Series[str] = column("name of the road", empty="not given", source="NDW")
    town: Series[str] = column("woonplaats", empty="not given", source="NDW")
    municipality_code: Series[str] = column("CBS code of the municipality, e.g. GM0307", empty="not given")
    geometry: GeoSeries[Any] = column("place of the sign", unit="m")


class Decrees(Table):
    """Published verkeersbesluiten: when a municipality decided what, as rollout history."""

    decree_id: Index[str] = index("id of the publication, e.g. gmb-2024-12345", source="KOOP")
    published_on: Series[str] = column("date of publication", empty="not given", source="KOOP")
    creator: Series[str] = column("authority that published it", empty="not given", source="KOOP")
    title: Series[str] = column("title", empty="not given, or not about charging", source="KOOP")
    type: Series[str] = column("typeVerkeersbesluit, or else the type of publication", empty="not given", source="KOOP")
    url: Series[str] = column("address at which people read it", empty="not given", source="KOOP")
    is_charging: Series[bool] = column("designates places for charging electric vehicles")
    place_count: Series[int] = column("places marked by it, see DecreePlaces; 0 where none is marked", ge=0)


class DecreePlaces(Frame):
    """Places marked by published verkeersbesluiten; a line or a surface gives a point on it."""

    place_id: Index[str] = index("decree_id and the number of the mark in it, e.g. gmb-2024-12345/1", source="KOOP")
    decree_id: Series[str] = column("the decree", source="KOOP")
    kind: Series[str] = column("mark: punt, lijn, vlak, adres or another as the source calls it", source="KOOP")
    label: Series[str] = column(
        "words with the mark, e.g. an address", empty="not given, or not about charging", source="KOOP"
    )
    geometry: GeoSeries[Any] = column("place", unit="m")
