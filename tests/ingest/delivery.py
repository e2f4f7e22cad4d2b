"""BGT files as they are delivered, written as text: one object, one file, one folder of files."""

from __future__ import annotations

from tests.frames import X, Y

NAMESPACES = (
    'xmlns:gml="http://www.opengis.net/gml" xmlns:imgeo="http://www.geostandaarden.nl/imgeo/2.1" '
    'xmlns="http://www.opengis.net/citygml/2.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
TAGS = {
    "wegdeel": ("TrafficArea", "transportation", "geometrie2dWegdeel"),
    "pand": ("BuildingPart", "building", "geometrie2dGrondvlak"),
    "vegetatieobject": ("SolitaryVegetationObject", "vegetation", "geometrie2dVegetatieObject"),
    "begroeidterreindeel": ("PlantCover", "vegetation", "geometrie2dBegroeidTerreindeel"),
    "onbegroeidterreindeel": ("imgeo:OnbegroeidTerreindeel", "", "geometrie2dOnbegroeidTerreindeel"),
    "ondersteunendwegdeel": ("AuxiliaryTrafficArea", "transportation", "geometrie2dOndersteunendWegdeel"),
    "waterdeel": ("imgeo:Waterdeel", "", "geometrie2dWaterdeel"),
}
"""Per file: the element of an object, its CityGML module, and the element that holds its geometry."""

RD = "urn:ogc:def:crs:EPSG::28992"


def positions(points):
    """Coordinates of points in metres from the corner point, as a posList."""
    text = " ".join(f"{X + x:.3f} {Y + y:.3f}" for x, y in points)
    return f'<gml:posList srsDimension="2">{text}</gml:posList>'


def ring(points):
    """A closed ring of straight pieces."""
    return f"<gml:LinearRing>{positions([*points, points[0]])}</gml:LinearRing>"


def curved(*segments):
    """A ring of a curve: pairs of the kind of segment and its points."""
    pieces = "".join(f"<gml:{kind}>{positions(points)}</gml:{kind}>" for kind, points in segments)
    curve = f"<gml:Curve><gml:segments>{pieces}</gml:segments></gml:Curve>"
    return f"<gml:Ring><gml:curveMember>{curve}</gml:curveMember></gml:Ring>"


def polygon(exterior, *holes, crs=RD, tag="Polygon"):
    """A polygon of rings."""
    named = f' srsName="{crs}"' if crs else ""
    inner = "".join(f"<gml:interior>{hole}</gml:interior>" for hole in holes)
    return f"<gml:{tag}{named}><gml:exterior>{exterior}</gml:exterior>{inner}</gml:{tag}>"


def square(x=0.0, y=0.0, size=2.0, **more):
    """A square with its lower left corner at a place."""
    return polygon(ring([(x, y), (x + size, y), (x + size, y + size), (x, y + size)]), **more)


def multi(*polygons):
    """Several polygons as one surface."""
    members = "".join(f"<gml:surfaceMember>{each}</gml:surfaceMember>" for each in polygons)
    return f'<gml:MultiSurface srsName="{RD}">{members}</gml:MultiSurface>'


def place(x=0.0, y=0.0):
    """A point."""
    return f'<gml:Point srsName="{RD}"><gml:pos srsDimension="2">{X + x:.3f} {Y + y:.3f}</gml:pos></gml:Point>'


def thing(kind, local_id, geometry, *, level="0", ended=None, status="bestaand", registered="2016-09-05", extra=""):
    """One object of a file, in the order of a real delivery; ``extra`` are its other elements."""
    tag, module, holder = TAGS[kind]
    own = f' xmlns="http://www.opengis.net/citygml/{module}/2.0"' if module else ""
    end = f"<imgeo:eindRegistratie>{ended}</imgeo:eindRegistratie>" if ended else ""
    return f"""
    <cityObjectMember>
        <{tag}{own} gml:id="b{local_id}">
            <creationDate xmlns="http://www.opengis.net/citygml/2.0">2014-11-21</creationDate>
            <imgeo:relatieveHoogteligging>{level}</imgeo:relatieveHoogteligging>
            {end}
            <imgeo:tijdstipRegistratie>{registered}T12:27:34.000</imgeo:tijdstipRegistratie>
            <imgeo:identificatie>
                <imgeo:NEN3610ID>
                    <imgeo:namespace>NL.IMGeo</imgeo:namespace>
                    <imgeo:lokaalID>{local_id}</imgeo:lokaalID>
                </imgeo:NEN3610ID>
            </imgeo:identificatie>
            <imgeo:bronhouder>G0228</imgeo:bronhouder>
            <imgeo:bgt-status codeSpace="http://www.geostandaarden.nl/imgeo/def/2.1#Status">{status}</imgeo:bgt-status>
            {extra}
            <imgeo:{holder}>{geometry}</imgeo:{holder}>
        </{tag}>
    </cityObjectMember>"""


def document(*things, before=""):
    """A whole file."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{before}<CityModel {NAMESPACES}>{"".join(things)}\n</CityModel>\n'


def deliver(folder, kind, *things, before=""):
    """Writes a file of a delivery and gives its folder."""
    (folder / f"bgt_{kind}.gml").write_text(document(*things, before=before), encoding="utf-8")
    return folder
