"""BGT GML-light as PDOK delivers it, written element by element.

In: ``Record`` of one object type. Out: the text of a ``bgt_*.gml`` file in parts (head, members, tail): CityGML 2.0
with the imgeo 2.1 application schema, geometry in EPSG:28992 with three decimals. As in a real delivery, a ``pand`` is
a MultiSurface without a CRS of its own and carries a label with a point; rings with rounded corners are curves with
arcs; a file without objects has no members. The text follows the delivery to the blank.
"""

from collections.abc import Callable, Sequence

from shapely import Point

from laadplan.demo.positions import polygons_text, positions
from laadplan.demo.records import Record

_IMGEO = "http://www.geostandaarden.nl/imgeo/def/2.1"
_CRS = ' srsName="urn:ogc:def:crs:EPSG::28992"'
_CITYGML = "http://www.opengis.net/citygml"
_GML = ' xmlns:gml="http://www.opengis.net/gml"'

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<CityModel xmlns:gml="http://www.opengis.net/gml" xmlns:imgeo="http://www.geostandaarden.nl/imgeo/2.1"'
    f' xmlns="{_CITYGML}/2.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://www.geostandaarden.nl/imgeo/2.1'
    ' http://register.geostandaarden.nl/gmlapplicatieschema/imgeo/2.1.1/imgeo.xsd">\n'
)
TAIL = "</CityModel>"
"""What every file starts and ends with."""

_ELEMENTS = {
    "wegdeel": f'TrafficArea xmlns="{_CITYGML}/transportation/2.0"',
    "ondersteunendwegdeel": f'AuxiliaryTrafficArea xmlns="{_CITYGML}/transportation/2.0"',
    "pand": f'BuildingPart xmlns="{_CITYGML}/building/2.0"',
    "begroeidterreindeel": f'PlantCover xmlns="{_CITYGML}/vegetation/2.0"',
    "vegetatieobject": f'SolitaryVegetationObject xmlns="{_CITYGML}/vegetation/2.0"',
    "onbegroeidterreindeel": "imgeo:OnbegroeidTerreindeel",
    "waterdeel": "imgeo:Waterdeel",
    "overbruggingsdeel": f'BridgeConstructionElement xmlns="{_CITYGML}/bridge/2.0"',
}
"""Element name per file, with its namespace."""

_GEOMETRIES = {
    "wegdeel": "geometrie2dWegdeel",
    "ondersteunendwegdeel": "geometrie2dOndersteunendWegdeel",
    "pand": "geometrie2dGrondvlak",
    "begroeidterreindeel": "geometrie2dBegroeidTerreindeel",
    "vegetatieobject": "geometrie2dVegetatieObject",
    "onbegroeidterreindeel": "geometrie2dOnbegroeidTerreindeel",
    "waterdeel": "geometrie2dWaterdeel",
    "overbruggingsdeel": "geometrie2dOverbruggingsdeel",
}
"""Element that holds the geometry, per file."""

EMPTY_LAYERS = (
    *("bak", "bord", "buurt", "functioneelgebied", "gebouwinstallatie", "installatie", "kast", "kunstwerkdeel", "mast"),
    *("ondersteunendwaterdeel", "ongeclassificeerdobject", "openbareruimte", "openbareruimtelabel", "overigbouwwerk"),
    *("overigescheiding", "paal", "put", "scheiding", "sensor", "spoor", "stadsdeel", "straatmeubilair", "tunneldeel"),
    *("waterinrichtingselement", "waterschap", "weginrichtingselement", "wijk"),
)
"""Files without objects, as in a real delivery."""

LAYERS = tuple(_ELEMENTS)

_I = "            "
"""Indent of the elements of an object."""


def members(layer: str, records: Sequence[Record]) -> str:
    """The objects of one file; the parts of several quarters may follow each other."""
    element = _ELEMENTS[layer]
    name = element.partition(" ")[0]
    start = f'    <cityObjectMember>\n        <{element} gml:id="b'
    end = f"        </{name}>\n    </cityObjectMember>\n"
    body = _BODIES[layer]
    return "".join(
        f'{start}{_version_id(record)}">\n{_header(record)}{body(record, shape)}{end}'
        for record, shape in zip(records, _geometries(layer, records), strict=True)
    )


def _version_id(record: Record) -> str:
    """The id of one version of an object: the digits of its own id as a UUID, turned further for a former version."""
    turn = 13 if record.ended else 7
    own = record.local_id[-32:]
    digits = own[turn:] + own[:turn]
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _header(record: Record) -> str:
    """What all objects share: dates, level, identification, holder and status."""
    ended = record.ended
    terminated = (
        f'{_I}<terminationDate xmlns="{_CITYGML}/2.0">{ended[:10]}</terminationDate>\n' if record.is_terminated else ""
    )
    over = f"{_I}<imgeo:eindRegistratie>{ended}</imgeo:eindRegistratie>\n" if ended else ""
    published = ended or f"{record.registered}T13:30:00"
    return (
        f'{_I}<creationDate xmlns="{_CITYGML}/2.0">2011-03-01</creationDate>\n'
        f"{terminated}"
        f"{_I}<imgeo:LV-publicatiedatum>{published}</imgeo:LV-publicatiedatum>\n"
        f"{_I}<imgeo:relatieveHoogteligging>{record.level}</imgeo:relatieveHoogteligging>\n"
        f"{_I}<imgeo:inOnderzoek>false</imgeo:inOnderzoek>\n"
        f"{over}"
        f"{_I}<imgeo:tijdstipRegistratie>{record.registered}T12:00:00.000</imgeo:tijdstipRegistratie>\n"
        f"{_I}<imgeo:identificatie>\n"
        f"{_I}    <imgeo:NEN3610ID>\n"
        f"{_I}        <imgeo:namespace>NL.IMGeo</imgeo:namespace>\n"
        f"{_I}        <imgeo:lokaalID>{record.local_id}</imgeo:lokaalID>\n"
        f"{_I}    </imgeo:NEN3610ID>\n"
        f"{_I}</imgeo:identificatie>\n"
        f"{_I}<imgeo:bronhouder>{record.holder}</imgeo:bronhouder>\n"
        f"{_status(record)}"
    )


def _status(record: Record) -> str:
    """Existing or planned; a planned building has its status in the plus part, as in real deliveries."""
    if not record.is_planned:
        return _EXISTING
    return _PLANNED_BUILDING if record.layer == "pand" else _PLANNED


def _coded(element: str, codes: str, value: str, namespace: str = "") -> str:
    """An element with a value from a code list."""
    own = f' xmlns="{_CITYGML}/{namespace}/2.0"' if namespace else ""
    return f'{_I}<{element}{own} codeSpace="{_IMGEO}#{codes}">{value}</{element}>\n'


def _void(element: str, value: str = "waardeOnbekend") -> str:
    return _coded(element, "VoidReasonValue", value)


def _nil(element: str) -> str:
    return f'{_I}<imgeo:{element} xsi:nil="true" nilReason="waardeOnbekend" />\n'


def _false(element: str) -> str:
    return f"{_I}<imgeo:{element}>false</imgeo:{element}>\n"


_EXISTING = _coded("imgeo:bgt-status", "Status", "bestaand") + _void("imgeo:plus-status", "geenWaarde")
_PLANNED = _coded("imgeo:bgt-status", "Status", "plan") + _void("imgeo:plus-status", "geenWaarde")
_PLANNED_BUILDING = _void("imgeo:bgt-status", "geenWaarde") + _coded("imgeo:plus-status", "StatusPlus", "plan")

_ROAD_CREST = _nil("kruinlijnWegdeel")
_ROAD_END = _false("wegdeelOpTalud") + _void("imgeo:plus-fysiekVoorkomenWegdeel") + _void("imgeo:plus-functieWegdeel")
_VERGE_END = (
    _false("ondersteunendWegdeelOpTalud")
    + _void("imgeo:plus-functieOndersteunendWegdeel")
    + _void("imgeo:plus-fysiekVoorkomenOndersteunendWegdeel")
    + _nil("kruinlijnOndersteunendWegdeel")
)
_GREEN_END = (
    _false("begroeidTerreindeelOpTalud") + _nil("kruinlijnBegroeidTerreindeel") + _void("imgeo:plus-fysiekVoorkomen")
)
_YARD_MIDDLE = (
    _false("onbegroeidTerreindeelOpTalud")
    + _void("imgeo:plus-fysiekVoorkomen")
    + _nil("kruinlijnOnbegroeidTerreindeel")
)
_DECK_END = _false("overbruggingIsBeweegbaar") + _void("imgeo:hoortBijTypeOverbrugging")
"""Parts of bodies that are equal for all objects of a kind."""


def _road(record: Record, geometry: str) -> str:
    function = _coded("function", "FunctieWeg", record.code)
    material = _coded("surfaceMaterial", "FysiekVoorkomenWeg", record.material)
    return f"{function}{material}{_ROAD_CREST}{geometry}{_ROAD_END}"


def _verge(record: Record, geometry: str) -> str:
    function = _coded("function", "FunctieOndersteunendWegdeel", record.code)
    material = _coded("surfaceMaterial", "FysiekVoorkomenOndersteunendWegdeel", record.material)
    return f"{function}{material}{geometry}{_VERGE_END}"


def _green(record: Record, geometry: str) -> str:
    return f"{_coded('class', 'FysiekVoorkomenBegroeidTerrein', record.code)}{geometry}{_GREEN_END}"


def _yard(record: Record, geometry: str) -> str:
    code = _coded("imgeo:bgt-fysiekVoorkomen", "FysiekVoorkomenOnbegroeidTerrein", record.code)
    return f"{code}{_YARD_MIDDLE}{geometry}"


def _water(record: Record, geometry: str) -> str:
    plus = "TypeWaterPlus" if record.material != "waardeOnbekend" else "VoidReasonValue"
    code = _coded("class", "TypeWater", record.code, "waterbody")
    return f"{code}{_coded('imgeo:plus-type', plus, record.material)}{geometry}"


def _tree(record: Record, geometry: str) -> str:
    code = _coded("class", "TypeVegetatieObject", record.code)
    return f"{code}{geometry}{_coded('imgeo:plus-type', 'TypeVegetatieObjectPlus', record.material)}"


def _deck(record: Record, geometry: str) -> str:
    return f"{_coded('class', 'TypeOverbruggingsdeel', record.code)}{geometry}{_DECK_END}"


def _building(record: Record, geometry: str) -> str:
    bag = f"{_I}<imgeo:identificatieBAGPND>{record.bag_id}</imgeo:identificatieBAGPND>\n" if record.bag_id else ""
    return f"{bag}{geometry}{_label(record)}"


def _label(record: Record) -> str:
    """The house numbers of a building as a label with a place of its own."""
    place = record.label_point
    if not record.label or place is None:
        return ""
    highest = f"{_I}        {_door('HoogsteHuisnummer', record.highest)}\n" if record.highest else ""
    return (
        f"{_I}<imgeo:nummeraanduidingreeks>\n"
        f"{_I}    <imgeo:Nummeraanduidingreeks>\n"
        f"{_I}        <imgeo:nummeraanduidingreeks>\n"
        f"{_I}            <imgeo:Label>\n"
        f"{_I}                <imgeo:tekst>{record.label}</imgeo:tekst>\n"
        f"{_I}                <imgeo:positie>\n"
        f"{_I}                    <imgeo:Labelpositie>\n"
        f"{_I}                        <imgeo:plaatsingspunt><gml:Point{_GML}>\n"
        f"{_I}                            <gml:pos>{place.x:.3f} {place.y:.3f}</gml:pos>\n"
        f"{_I}                        </gml:Point></imgeo:plaatsingspunt>\n"
        f"{_I}                        <imgeo:hoek>0</imgeo:hoek>\n"
        f"{_I}                    </imgeo:Labelpositie>\n"
        f"{_I}                </imgeo:positie>\n"
        f"{_I}            </imgeo:Label>\n"
        f"{_I}        </imgeo:nummeraanduidingreeks>\n"
        f"{_I}        {_door('LaagsteHuisnummer', record.lowest)}\n"
        f"{highest}"
        f"{_I}    </imgeo:Nummeraanduidingreeks>\n"
        f"{_I}</imgeo:nummeraanduidingreeks>\n"
    )


def _door(which: str, dwelling: str) -> str:
    """The BAG id of the dwelling at the lowest or highest number."""
    return f"<imgeo:identificatieBAGVBO{which}>{dwelling}</imgeo:identificatieBAGVBO{which}>"


_BODIES: dict[str, Callable[[Record, str], str]] = {
    "wegdeel": _road,
    "ondersteunendwegdeel": _verge,
    "pand": _building,
    "begroeidterreindeel": _green,
    "vegetatieobject": _tree,
    "onbegroeidterreindeel": _yard,
    "waterdeel": _water,
    "overbruggingsdeel": _deck,
}


def _geometries(layer: str, records: Sequence[Record]) -> list[str]:
    """The geometry of each record in its element."""
    shapes = [record.shape for record in records]
    element = _GEOMETRIES[layer]
    start, end = f"{_I}<imgeo:{element}>", f"</imgeo:{element}>\n"
    if layer == "vegetatieobject":
        places = positions([shape for shape in shapes if isinstance(shape, Point)])
        start += f'<gml:Point{_GML}{_CRS}><gml:pos srsDimension="2">'
        return [f"{start}{place}</gml:pos></gml:Point>{end}" for place in places]
    if layer == "pand":
        start += f"<gml:MultiSurface{_GML}><gml:surfaceMember><gml:Polygon>"
        end = f"</gml:Polygon></gml:surfaceMember></gml:MultiSurface>{end}"
    else:
        start += f"<gml:Polygon{_GML}{_CRS}>"
        end = f"</gml:Polygon>{end}"
    return [f"{start}{rings}{end}" for rings in polygons_text(shapes)]
