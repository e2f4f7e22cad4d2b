"""What pedestrians may use, by the tags of OpenStreetMap and the codes of the NWB and the BGT.

In: tags of a way, or a code. Out: a kind of `WalkEdges`, or nothing where nobody may walk. The rules are those of the
RVV 1990, article 4: pedestrians use the footway; where there is none the cycle path, and where that is absent too the
side of the road. So a cycle path counts, and so does every road that is no autosnelweg or autoweg, unless a tag forbids
it. Along a road with a footway that the source draws apart, both are in the network: the shortest way decides.
"""

from collections.abc import Mapping

HIGHWAYS = {
    "footway": "voetpad",
    "platform": "voetpad",
    "pedestrian": "voetgangersgebied",
    "steps": "trap",
    "living_street": "woonerf",
    "path": "pad",
    "track": "pad",
    "cycleway": "fietspad",
    "residential": "rijbaan",
    "unclassified": "rijbaan",
    "service": "rijbaan",
    "road": "rijbaan",
    "primary": "rijbaan",
    "primary_link": "rijbaan",
    "secondary": "rijbaan",
    "secondary_link": "rijbaan",
    "tertiary": "rijbaan",
    "tertiary_link": "rijbaan",
}
"""Value of ``highway`` to kind. What is not here (motorway, trunk, construction, ...) is not for pedestrians."""

ON_INVITATION = {"bridleway": "pad", "busway": "rijbaan", "bus_guideway": "rijbaan"}
"""Values of ``highway`` that count only where ``foot`` says so."""

FOOTWAYS = {"sidewalk": "stoep", "crossing": "oversteek", "traffic_island": "oversteek"}
"""Value of ``footway`` to kind."""

WELCOME = ("yes", "designated", "permissive", "destination", "official")
UNWELCOME = ("no", "private", "use_sidepath")
CLOSED = ("no", "private", "agricultural", "forestry", "delivery", "military", "emergency")
"""Values of ``access`` that keep pedestrians out unless ``foot`` lets them in."""

NWB_KINDS = {"VP": "voetpad", "VZ": "voetgangersgebied", "FP": "fietspad"}
"""Code of a baansoort (bst_code) in the NWB to kind; all that is no motorway and not here is ``rijbaan``."""

NWB_CLOSED = ("HR", "AFR", "OPR", "PST", "VBD", "VBI", "VBK", "VBR", "VBS", "VBW", "DST", "BU", "BUS", "CADO", "RP")
"""Codes of a baansoort where nobody walks: main carriageways and their ramps and links, bus lanes, riding tracks."""

BGT_KINDS = {
    "voetpad": "voetpad",
    "inrit": "stoep",
    "voetgangersgebied": "voetgangersgebied",
    "voetpad op trap": "trap",
    "woonerf": "woonerf",
    "fietspad": "fietspad",
    "rijbaan lokale weg": "rijbaan",
    "rijbaan regionale weg": "rijbaan",
    "overweg": "rijbaan",
    "parkeervlak": "rijbaan",
}
"""Function of a road part to kind; on other functions (autosnelweg, autoweg, spoorbaan, OV-baan) nobody walks."""

SURFACE_KINDS = {
    "sidewalk": "stoep",
    "trottoir": "stoep",
    "stoep": "stoep",
    "road": "rijbaan",
    "cycle lane": "fietspad",
} | BGT_KINDS
"""Words for the use of a pavement in municipal layers, in small letters."""


def walk_kind(tags: Mapping[str, str]) -> str | None:
    """What a pedestrian walks on along a way with these tags; None where it is no way or not for pedestrians.

    >>> walk_kind({"highway": "footway", "footway": "sidewalk"}), walk_kind({"highway": "motorway"})
    ('stoep', None)
    >>> walk_kind({"highway": "service", "access": "private"}), walk_kind({"highway": "cycleway", "foot": "no"})
    (None, None)
    """
    highway, foot = tags.get("highway", ""), tags.get("foot", "")
    kind = HIGHWAYS.get(highway) or (ON_INVITATION.get(highway) if foot in WELCOME else None)
    if foot in UNWELCOME or tags.get("motorroad") == "yes" or tags.get("indoor") == "yes":
        return None
    if tags.get("access", "") in CLOSED and foot not in WELCOME:
        return None
    return FOOTWAYS.get(tags.get("footway", ""), kind) if kind == "voetpad" else kind
