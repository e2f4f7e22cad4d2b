"""Invented KLIC deliveries in the shape of IMKL 2.0: a few objects, each given by what a test is about."""

import zipfile
from pathlib import Path

X, Y = 180_000.0, 457_000.0
"""Corner from which places are given (m RD)."""

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml/3.2"'
    ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:imkl="{imkl}"'
    ' xmlns:net="http://inspire.ec.europa.eu/schemas/net/4.0"'
    ' xmlns:base="http://inspire.ec.europa.eu/schemas/base/3.3"'
    ' xmlns:us-net-el="http://inspire.ec.europa.eu/schemas/us-net-el/4.0"'
    ' xmlns:us-net-common="http://inspire.ec.europa.eu/schemas/us-net-common/4.0" gml:id="levering">\n'
)
IMKL = "http://www.geostandaarden.nl/imkl/wibon"
OLD_IMKL = "http://www.geostandaarden.nl/imkl/2015/wion/1.2"
SRS = ' srsName="urn:ogc:def:crs:EPSG::28992"'
LINE = ((0, 0), (100, 0))


def places(points):
    return " ".join(f"{X + x:.3f} {Y + y:.3f}" for x, y in points)


def link(name, points=LINE, srs=SRS):
    return (
        f'<us-net-common:UtilityLink gml:id="nl.imkl-{name}"><net:centrelineGeometry><gml:LineString{srs}>'
        f"<gml:posList>{places(points)}</gml:posList></gml:LineString></net:centrelineGeometry>"
        "</us-net-common:UtilityLink>"
    )


def bare_cable(name, links, *, kind="Elektriciteitskabel", net="KL9999.LS", status="functional", volt="400", more=""):
    found = "".join(f'<net:link xlink:href="nl.imkl-{each}"/>' for each in links)
    begin = (
        more if "beginLifespanVersion" in more else "<net:beginLifespanVersion>2020-01-01</net:beginLifespanVersion>"
    )
    return (
        f'<imkl:{kind} gml:id="nl.imkl-{name}">{begin}<net:inspireId><base:Identifier><base:localId>{name}'
        f'</base:localId></base:Identifier></net:inspireId><net:inNetwork xlink:href="nl.imkl-{net}"/>{found}'
        f'<us-net-common:currentStatus xlink:href="http://codes/ConditionOfFacilityValue/{status}"/>'
        f'<us-net-el:operatingVoltage uom="urn:ogc:def:uom:OGC::V">{volt}</us-net-el:operatingVoltage>'
        f'<us-net-el:nominalVoltage uom="urn:ogc:def:uom:OGC::V">400</us-net-el:nominalVoltage>'
        f"<imkl:omschrijving>Laagspanningskabel met functie LS</imkl:omschrijving></imkl:{kind}>"
    )


def cable(name="KL9999.1", points=LINE, **more):
    return bare_cable(name, [f"{name}_link"], **more) + "\n" + link(f"{name}_link", points)


def place(name, kind="Kast", *, net="KL9999.LS", spot=(10, 1), type_="", description="Verdeelkast"):
    appurtenance = f'<us-net-common:appurtenanceType xlink:href="http://codes/x/{type_}"/>' if type_ else ""
    return (
        f'<imkl:{kind} gml:id="nl.imkl-{name}"><us-net-common:currentStatus xlink:href="http://codes/functional"/>'
        f"<us-net-common:geometry><gml:Point{SRS}><gml:pos>{places([spot])}</gml:pos></gml:Point>"
        f'</us-net-common:geometry><imkl:inNetwork xlink:href="nl.imkl-{net}"/>{appurtenance}'
        f"<imkl:omschrijving>{description}</imkl:omschrijving></imkl:{kind}>"
    )


def network(name="KL9999.LS", theme="laagspanning"):
    return f'<imkl:Utiliteitsnet gml:id="nl.imkl-{name}"><imkl:thema xlink:href="http://codes/Thema/{theme}"/></imkl:Utiliteitsnet>'


def owner(code="KL9999", name="Netbeheerder Demo"):
    return (
        f'<imkl:Beheerder gml:id="nl.imkl-{code}._Beheerder"><imkl:bronhoudercode>{code}</imkl:bronhoudercode>'
        f"<imkl:organisatie><imkl:Organisatie><imkl:naam>{name}</imkl:naam></imkl:Organisatie></imkl:organisatie>"
        "</imkl:Beheerder>"
    )


def account(number="26O000001", kind="orientatieverzoek", day="2026-03-02", complete="true"):
    """What a delivery says of itself."""
    return (
        f'<imkl:GebiedsinformatieLevering gml:id="nl.imkl-KA0000._L"><imkl:datumLeveringSamengesteld>{day}T10:00:00'
        f".000+01:00</imkl:datumLeveringSamengesteld><imkl:indicatieLeveringCompleet>{complete}"
        "</imkl:indicatieLeveringCompleet></imkl:GebiedsinformatieLevering>",
        f'<imkl:GebiedsinformatieAanvraag gml:id="nl.imkl-KA0000._A"><imkl:klicMeldnummer>{number}'
        f'</imkl:klicMeldnummer><imkl:aanvraagSoort xlink:href="http://codes/AanvraagSoortValue/{kind}"/>'
        f"<imkl:aanvraagDatum>{day}T09:00:00.000+01:00</imkl:aanvraagDatum></imkl:GebiedsinformatieAanvraag>",
    )


def delivery(*features, about=None, imkl=IMKL, nets=None):
    """The XML of a delivery."""
    parts = [*(account() if about is None else about), *([network(), owner()] if nets is None else nets), *features]
    lines = [line for part in parts for line in part.split("\n")]
    members = "".join(f"<gml:featureMember>{line}</gml:featureMember>\n" for line in lines)
    return HEAD.format(imkl=imkl) + members + "</gml:FeatureCollection>"


def write_zip(path: Path, text: str, name: str = "GI_gebiedsinformatielevering_V2.xml") -> Path:
    """A zip as the Kadaster delivers it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("levering/LI.pdf", b"%PDF-1.4")
        archive.writestr(f"levering/{name}", text)
    return path
