"""BGT GML-light as PDOK delivers it, written element by element.

In: ``Record`` of one object type. Out: the text of a ``bgt_*.gml`` file: CityGML 2.0 with the imgeo 2.1 application
schema, geometry in EPSG:28992 with three decimals. As in a real delivery, a ``pand`` is a MultiSurface without a CRS of
its own and carries a label with a point; rings with rounded corners are curves with arcs; a file without objects has no
members.
"""

from collections.abc import Iterable
from uuid import UUID

from shapely import LinearRing, Point, Polygon, normalize

from laadplan.demo.arcs import Piece, Vertex, pieces
from laadplan.demo.names import hashed
from laadplan.demo.records import Record

_IMGEO = "http://www.geostandaarden.nl/imgeo/def/2.1"
_CRS = ' srsName="urn:ogc:def:crs:EPSG::28992"'
_CITYGML = "http://www.opengis.net/citygml"

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<CityModel xmlns:gml="http://www.opengis.net/gml" xmlns:imgeo="http://www.geostandaarden.nl/imgeo/2.1"'
    f' xmlns="{_CITYGML}/2.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xsi:schemaLocation="http://www.geostandaarden.nl/imgeo/2.1'
    ' http://register.geostandaarden.nl/gmlapplicatieschema/imgeo/2.1.1/imgeo.xsd">\n'
)
TAIL = "</CityModel>"

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

EMPTY_LAYERS = ("spoor", "tunneldeel", "mast", "installatie", "waterinrichtingselement", "stadsdeel", "wijk", "buurt")
"""Files without objects, as in a real delivery."""

LAYERS = tuple(_ELEMENTS)


def document(layer: str, records: Iterable[Record]) -> str:
    """The text of one file."""
    return HEAD + "".join(_member(layer, record) for record in records) + TAIL


def _member(layer: str, record: Record) -> str:
    element = _ELEMENTS[layer]
    name = element.split(" ")[0]
    lines = [*_header(record), *_BODIES[layer](record)]
    body = "".join(f"            {line}\n" for line in lines)
    return (
        "    <cityObjectMember>\n"
        f'        <{element} gml:id="b{UUID(hashed(record.local_id, record.registered, record.ended))}">\n'
        f"{body}        </{name}>\n"
        "    </cityObjectMember>\n"
    )


def _header(record: Record) -> list[str]:
    """What all objects share: dates, level, identification, holder and status."""
    created = f'<creationDate xmlns="{_CITYGML}/2.0">2011-03-01</creationDate>'
    terminated = f'<terminationDate xmlns="{_CITYGML}/2.0">{record.ended[:10]}</terminationDate>'
    ended = f"<imgeo:eindRegistratie>{record.ended}</imgeo:eindRegistratie>"
    return [
        created,
        *([terminated] if record.is_terminated else []),
        f"<imgeo:LV-publicatiedatum>{record.ended or record.registered + 'T13:30:00'}</imgeo:LV-publicatiedatum>",
        f"<imgeo:relatieveHoogteligging>{record.level}</imgeo:relatieveHoogteligging>",
        "<imgeo:inOnderzoek>false</imgeo:inOnderzoek>",
        *([ended] if record.ended else []),
        f"<imgeo:tijdstipRegistratie>{record.registered}T12:00:00.000</imgeo:tijdstipRegistratie>",
        "<imgeo:identificatie>",
        "    <imgeo:NEN3610ID>",
        "        <imgeo:namespace>NL.IMGeo</imgeo:namespace>",
        f"        <imgeo:lokaalID>{record.local_id}</imgeo:lokaalID>",
        "    </imgeo:NEN3610ID>",
        "</imgeo:identificatie>",
        f"<imgeo:bronhouder>{record.holder}</imgeo:bronhouder>",
        *_status(record),
    ]


def _status(record: Record) -> list[str]:
    """Existing or planned; a planned building has its status in the plus part, as in real deliveries."""
    if record.is_planned and record.layer == "pand":
        return [_void("imgeo:bgt-status", "geenWaarde"), _coded("imgeo:plus-status", "StatusPlus", "plan")]
    status = "plan" if record.is_planned else "bestaand"
    return [_coded("imgeo:bgt-status", "Status", status), _void("imgeo:plus-status", "geenWaarde")]


def _coded(element: str, codes: str, value: str, namespace: str = "") -> str:
    """An element with a value from a code list."""
    own = f' xmlns="{_CITYGML}/{namespace}/2.0"' if namespace else ""
    return f'<{element}{own} codeSpace="{_IMGEO}#{codes}">{value}</{element}>'


def _void(element: str, value: str = "waardeOnbekend") -> str:
    return _coded(element, "VoidReasonValue", value)


def _nil(element: str) -> str:
    return f'<imgeo:{element} xsi:nil="true" nilReason="waardeOnbekend" />'


def _road(record: Record) -> list[str]:
    return [
        _coded("function", "FunctieWeg", record.code),
        _coded("surfaceMaterial", "FysiekVoorkomenWeg", record.material),
        _nil("kruinlijnWegdeel"),
        _geometry("geometrie2dWegdeel", record),
        "<imgeo:wegdeelOpTalud>false</imgeo:wegdeelOpTalud>",
        _void("imgeo:plus-fysiekVoorkomenWegdeel"),
        _void("imgeo:plus-functieWegdeel"),
    ]


def _verge(record: Record) -> list[str]:
    return [
        _coded("function", "FunctieOndersteunendWegdeel", record.code),
        _coded("surfaceMaterial", "FysiekVoorkomenOndersteunendWegdeel", record.material),
        _geometry("geometrie2dOndersteunendWegdeel", record),
        "<imgeo:ondersteunendWegdeelOpTalud>false</imgeo:ondersteunendWegdeelOpTalud>",
        _void("imgeo:plus-functieOndersteunendWegdeel"),
        _void("imgeo:plus-fysiekVoorkomenOndersteunendWegdeel"),
        _nil("kruinlijnOndersteunendWegdeel"),
    ]


def _green(record: Record) -> list[str]:
    return [
        _coded("class", "FysiekVoorkomenBegroeidTerrein", record.code),
        _geometry("geometrie2dBegroeidTerreindeel", record),
        "<imgeo:begroeidTerreindeelOpTalud>false</imgeo:begroeidTerreindeelOpTalud>",
        _nil("kruinlijnBegroeidTerreindeel"),
        _void("imgeo:plus-fysiekVoorkomen"),
    ]


def _yard(record: Record) -> list[str]:
    return [
        _coded("imgeo:bgt-fysiekVoorkomen", "FysiekVoorkomenOnbegroeidTerrein", record.code),
        "<imgeo:onbegroeidTerreindeelOpTalud>false</imgeo:onbegroeidTerreindeelOpTalud>",
        _void("imgeo:plus-fysiekVoorkomen"),
        _nil("kruinlijnOnbegroeidTerreindeel"),
        _geometry("geometrie2dOnbegroeidTerreindeel", record),
    ]


def _water(record: Record) -> list[str]:
    plus = "TypeWaterPlus" if record.material != "waardeOnbekend" else "VoidReasonValue"
    return [
        _coded("class", "TypeWater", record.code, "waterbody"),
        _coded("imgeo:plus-type", plus, record.material),
        _geometry("geometrie2dWaterdeel", record),
    ]


def _tree(record: Record) -> list[str]:
    return [
        _coded("class", "TypeVegetatieObject", record.code),
        _geometry("geometrie2dVegetatieObject", record),
        _coded("imgeo:plus-type", "TypeVegetatieObjectPlus", record.material),
    ]


def _deck(record: Record) -> list[str]:
    return [
        _coded("class", "TypeOverbruggingsdeel", record.code),
        _geometry("geometrie2dOverbruggingsdeel", record),
        "<imgeo:overbruggingIsBeweegbaar>false</imgeo:overbruggingIsBeweegbaar>",
        _void("imgeo:hoortBijTypeOverbrugging"),
    ]


def _building(record: Record) -> list[str]:
    bag = [f"<imgeo:identificatieBAGPND>{record.bag_id}</imgeo:identificatieBAGPND>"] if record.bag_id else []
    return [*bag, _geometry("geometrie2dGrondvlak", record), *_label(record)]


def _label(record: Record) -> list[str]:
    """The house numbers of a building as a label with a place of its own."""
    if not record.label or record.label_point is None:
        return []
    lowest, highest = _door("LaagsteHuisnummer", record.lowest), _door("HoogsteHuisnummer", record.highest)
    return [
        "<imgeo:nummeraanduidingreeks>",
        "    <imgeo:Nummeraanduidingreeks>",
        "        <imgeo:nummeraanduidingreeks>",
        "            <imgeo:Label>",
        f"                <imgeo:tekst>{record.label}</imgeo:tekst>",
        "                <imgeo:positie>",
        "                    <imgeo:Labelpositie>",
        '                        <imgeo:plaatsingspunt><gml:Point xmlns:gml="http://www.opengis.net/gml">',
        f"                            <gml:pos>{_pair((record.label_point.x, record.label_point.y))}</gml:pos>",
        "                        </gml:Point></imgeo:plaatsingspunt>",
        "                        <imgeo:hoek>0</imgeo:hoek>",
        "                    </imgeo:Labelpositie>",
        "                </imgeo:positie>",
        "            </imgeo:Label>",
        "        </imgeo:nummeraanduidingreeks>",
        f"        {lowest}",
        *([f"        {highest}"] if record.highest else []),
        "    </imgeo:Nummeraanduidingreeks>",
        "</imgeo:nummeraanduidingreeks>",
    ]


def _door(which: str, dwelling: str) -> str:
    """The BAG id of the dwelling at the lowest or highest number."""
    return f"<imgeo:identificatieBAGVBO{which}>{dwelling}</imgeo:identificatieBAGVBO{which}>"


_BODIES = {
    "wegdeel": _road,
    "ondersteunendwegdeel": _verge,
    "pand": _building,
    "begroeidterreindeel": _green,
    "vegetatieobject": _tree,
    "onbegroeidterreindeel": _yard,
    "waterdeel": _water,
    "overbruggingsdeel": _deck,
}


def _geometry(element: str, record: Record) -> str:
    """The geometry of a record in its element."""
    namespace = ' xmlns:gml="http://www.opengis.net/gml"'
    if isinstance(record.shape, Point):
        pair = _pair((record.shape.x, record.shape.y))
        inner = f'<gml:Point{namespace}{_CRS}><gml:pos srsDimension="2">{pair}</gml:pos></gml:Point>'
    elif record.layer == "pand":
        polygon = _polygon(record.shape, "")
        inner = f"<gml:MultiSurface{namespace}><gml:surfaceMember>{polygon}</gml:surfaceMember></gml:MultiSurface>"
    else:
        inner = _polygon(record.shape, namespace + _CRS)
    return f"<imgeo:{element}>{inner}</imgeo:{element}>"


def _polygon(polygon: Polygon, attributes: str) -> str:
    whole = normalize(polygon)
    exterior = f"<gml:exterior>{_ring(_vertices(whole.exterior))}</gml:exterior>"
    interiors = "".join(f"<gml:interior>{_ring(_vertices(ring))}</gml:interior>" for ring in whole.interiors)
    return f"<gml:Polygon{attributes}>{exterior}{interiors}</gml:Polygon>"


def _vertices(ring: LinearRing) -> list[Vertex]:
    return [(x, y) for x, y in ring.coords]


def _ring(vertices: list[Vertex]) -> str:
    """A ring: plain where all is straight, a curve of segments where it holds an arc."""
    found = pieces(vertices)
    if not any(piece.is_arc for piece in found):
        return f"<gml:LinearRing>{_positions(vertices)}</gml:LinearRing>"
    segments = "".join(map(_segment, found))
    curve = f"<gml:Curve><gml:segments>{segments}</gml:segments></gml:Curve>"
    return f"<gml:Ring><gml:curveMember>{curve}</gml:curveMember></gml:Ring>"


def _segment(piece: Piece) -> str:
    name = "Arc" if piece.is_arc else "LineStringSegment"
    return f"<gml:{name}>{_positions(piece.points)}</gml:{name}>"


def _positions(vertices: Iterable[Vertex]) -> str:
    return f'<gml:posList srsDimension="2">{" ".join(map(_pair, vertices))}</gml:posList>'


def _pair(vertex: Vertex) -> str:
    return f"{vertex[0]:.3f} {vertex[1]:.3f}"
