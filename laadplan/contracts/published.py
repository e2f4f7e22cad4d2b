"""What leaves the building beside the frames of planning: bays, poles and existing charge points with Dutch names.

Layer names and columns of the plankaart are added to, never renamed.
"""

from typing import Any, ClassVar

import pandas as pd
from pandera.typing import Index, Series
from pandera.typing.geopandas import GeoSeries

from laadplan.contracts.choosing import Isochrones
from laadplan.contracts.frame import Frame, Table, column, index
from laadplan.contracts.planning import (
    BAY_ORIGINS,
    COUNTS_AS,
    ORIENTATIONS,
    STATUSES,
    STRIP_KINDS,
    Balances,
    Sites,
    WhiteSpots,
)
from laadplan.contracts.sources import POLYGONS


class Vakken(Frame):
    """Parkeervakken waar een laadlocatie mogelijk is."""

    _geometry_types: ClassVar[tuple[str, ...]] = POLYGONS

    vak_id: Index[str] = index("code van het vak: lokaalID van het parkeervlak en nummer langs de stoeprand")
    locatie_id: Series[str] = column("voorkeurs- of reservelocatie waar het vak bij hoort", empty="hoort er niet bij")
    status: Series[str] = column("status van die locatie", empty="hoort bij geen gekozen locatie", isin=STATUSES[:2])
    nummer: Series[int] = column("nummer langs de stoeprand, vanaf 1", ge=1)
    parkeerwijze: Series[str] = column("langs, haaks of schuin", isin=ORIENTATIONS)
    bgt_lokaal_id: Series[str] = column("lokaalID van het parkeervlak", source="BGT")
    geometry: GeoSeries[Any] = column("vorm van het vak", unit="m")


class Paalposities(Frame):
    """Waar de paal komt te staan, voor voorkeurs- en reservelocaties."""

    locatie_id: Index[str] = index("code van de locatie")
    status: Series[str] = column("status van de locatie", isin=STATUSES[:2])
    ondergrond: Series[str] = column("ondergrond van de paal", empty="geen vlak in de BGT", source="BGT")
    richting_graden: Series[float] = column(
        "richting van rijbaan naar stoep, vanaf het oosten, tegen de klok in", unit="graden"
    )
    x_rd: Series[float] = column("x van de paal", unit="m RD")
    y_rd: Series[float] = column("y van de paal", unit="m RD")
    geometry: GeoSeries[Any] = column("plaats van de paal", unit="m")


class Laadpalen(Frame):
    """Bestaande laadlocaties."""

    laadlocatie_id: Index[str] = index("code van de laadlocatie (OCPI)", source="NDW")
    naam: Series[str] = column("naam volgens de exploitant", empty="niet opgegeven", source="NDW")
    adres: Series[str] = column("adres volgens de exploitant", empty="niet opgegeven", source="NDW")
    exploitant: Series[str] = column("exploitant (CPO)", empty="niet opgegeven", source="NDW")
    toegang: Series[str] = column("openbaar, semi-openbaar of onbekend", source="NDW")
    aantal_laadpunten: Series[int] = column("laadpunten (EVSE) die er zijn", unit="laadpunten", ge=0, source="NDW")
    max_vermogen_kw: Series[float] = column("hoogste vermogen van een aansluiting", unit="kW", empty="onbekend")
    in_gebied: Series[bool] = column("onwaar: erbuiten, maar op loopafstand of in een buurt die er deels in ligt")
    telt_mee: Series[bool] = column("waar: telt mee als aanbod in het plan")
    bijgewerkt: Series[str] = column("laatste wijziging volgens de bron", empty="niet opgegeven", source="NDW")
    geometry: GeoSeries[Any] = column("plaats", unit="m")


LAYERS: dict[str, type[Frame]] = {
    "voorkeurslocaties": Sites,
    "reservelocaties": Sites,
    "afgevallen": Sites,
    "vakken": Vakken,
    "paalposities": Paalposities,
    "laadpalen": Laadpalen,
    "buurten": Balances,
    "witte_vlekken": WhiteSpots,
    "dekking": Isochrones,
}
"""Layers of the plankaart and the contract each keeps, in the order in which they are written."""


class Beoordelingen(Table):
    """Elke locatie tegen elk criterium: gemeten waarde, norm, oordeel en reden."""

    beoordeling_id: Index[str] = index("code van de locatie, '|' en die van het criterium")
    locatie_id: Series[str] = column("code van de locatie")
    criterium: Series[str] = column("het criterium")
    soort: Series[str] = column("een eis sluit uit, een wens telt mee in de score", isin=["eis", "wens"])
    grondslag: Series[str] = column("plaatsing (privaatrecht) of verkeer (publiekrecht)")
    gemeten: Series[str] = column("gemeten waarde met eenheid")
    norm: Series[str] = column("norm")
    oordeel: Series[str] = column("voldoet, voldoet niet, n.v.t. of onbekend")
    reden: Series[str] = column("het oordeel in een zin")
    bron: Series[str] = column("document waaruit de norm komt")
    bijdrage: Series[float] = column("deel van de score van de locatie", unit="aandeel", ge=0, le=1)
    schatting: Series[bool] = column("waar: de gemeten waarde is een schatting")
    marge: Series[float] = column(
        "ruimte tot de norm in de eenheid ernaast; onder 0: wat eraan ontbreekt", empty="geen getal, of vertrouwelijk"
    )
    eenheid: Series[str] = column("eenheid van de marge", empty="geen eenheid")
    telt_als: Series[str] = column(
        "waarvoor het oordeel telt; schouw: moet ter plaatse worden bekeken", isin=[*COUNTS_AS]
    )
    gegevensbron: Series[str] = column("bron waarop is gemeten", empty="niet opgegeven")
    peildatum: Series[str] = column("peildatum van die bron", empty="niet opgegeven")
    vertrouwelijk: Series[bool] = column("waar: alleen het oordeel mag worden getoond, de gemeten waarde niet")


OUTCOMES = ["voldoet", "schouw", "voldoet niet"]
"""What all eisen together say of a candidate; schouw: no eis is broken, one or more must be looked at on the spot."""


def _metres(meaning: str, empty: str, source: str = "BGT") -> Any:
    return column(meaning, unit="m", empty=empty, source=source, ge=0)


def _narrow(width: str) -> Any:
    return _metres(f"lengte van de stoep langs de paal die smaller is dan {width} m", "n.v.t. of onbekend")


NOT_NEAR = "niets dichtbij genoeg, of de bron ontbreekt"


class Kandidaten(Frame):
    """Elke plek waar een paal zou kunnen staan, met het oordeel, de redenen en wat er is gemeten."""

    locatie_id: Index[str] = index("code van de locatie: rij vakken en plaats langs de stoeprand in decimeters")
    oordeel: Series[str] = column(
        "voldoet: aan alle eisen; schouw: een eis moet ter plaatse worden bekeken; anders voldoet niet",
        isin=[*OUTCOMES],
    )
    rang: Series[pd.Int64Dtype] = column(
        "plaats in de volgorde van score, vanaf 1; bij gelijke score eerst de plek met de minste onbekende oordelen, "
        "daarna de kleinste code",
        empty="voldoet niet",
        ge=1,
    )
    score: Series[float] = column("score op de wensen van de gemeente, 0 tot 1", unit="aandeel", ge=0, le=1)
    redenen: Series[str] = column("de eisen waar de plek niet aan voldoet, met maat en norm", empty="geen")
    te_bekijken: Series[str] = column("criteria die bij een schouw moeten worden bekeken", empty="geen")
    straat: Series[str] = column("straat van het dichtstbijzijnde adres", empty="geen adres in de buurt", source="BAG")
    huisnummer: Series[str] = column("nabij huisnummer", empty="geen adres in de buurt", source="BAG")
    adres_m: Series[float] = _metres("afstand tot dat adres", "geen adres in de buurt", "BAG")
    buurtcode: Series[str] = column("CBS-buurt", empty="buiten alle buurten, of niet geleverd", source="CBS")
    zijde: Series[str] = column("zijde van de straat waar de vakken liggen")
    parkeerwijze: Series[str] = column("langs, haaks of schuin", isin=ORIENTATIONS)
    regime: Series[str] = column("wie er mag parkeren; onbekend als geen bron het zegt")
    aantal_vakken: Series[int] = column("parkeervakken bij de locatie", unit="vakken", ge=1)
    vakken: Series[str] = column("codes van de vakken, gescheiden door een spatie")
    bgt_lokaal_id: Series[str] = column("lokaalID van het wegdeel van de vakken", empty="op geen", source="BGT")
    bronhouder: Series[str] = column(
        "bronhouder in de BGT; zegt niet wie bevoegd is", empty="niet opgegeven", source="BGT"
    )
    ondergrond: Series[str] = column("ondergrond van de paal", empty="geen vlak in de BGT", source="BGT")
    paal_op: Series[str] = column("waar de paal op of te dicht bij zou staan", empty="niets bekend", source="BGT")
    paal_verschoven_m: Series[float] = column(
        "hoe ver de paal uit het midden van zijn vakken staat om vrij te blijven", unit="m", ge=0
    )
    stoeprand_m: Series[float] = column("hart van de paal tot de rand van de vakken", unit="m", ge=0)
    stoep: Series[str] = column("of er een stoep aan de paal grenst", empty="niet gemeten", source="BGT")
    vrije_doorgang_m: Series[float] = _metres(
        "vrije loopruimte langs de paal op het smalste punt, obstakels eraf", "n.v.t. of onbekend"
    )
    breder_dan_gemeten: Series[str] = column(
        "ja: de stoep is breder dan er is gekeken, de vrije doorgang is ten minste zo breed", empty="niet gemeten"
    )
    smaller_dan_090_m: Series[float] = _narrow("0,90")
    smaller_dan_120_m: Series[float] = _narrow("1,20")
    smaller_dan_150_m: Series[float] = _narrow("1,50")
    smaller_dan_180_m: Series[float] = _narrow("1,80")
    boom_m: Series[float] = _metres("afstand tot het hart van de dichtstbijzijnde stam", NOT_NEAR, "bomen")
    boom_id: Series[str] = column("die boom", empty=NOT_NEAR, source="bomen")
    kroon_m: Series[float] = _metres(
        "afstand tot de rand van de dichtstbijzijnde kroon waarvan de maat bekend is, 0 eronder",
        "geen kroon van bekende maat dichtbij",
        "bomen",
    )
    kroon_onbekend: Series[str] = column(
        "ja: dichtbij staat een boom waarvan de kroon onbekend is", empty="niet gemeten", source="bomen"
    )
    gevel_m: Series[float] = _metres("afstand tot de dichtstbijzijnde gevel", NOT_NEAR)
    kast_m: Series[float] = _metres("afstand tot de dichtstbijzijnde kast", NOT_NEAR)
    obstakel_m: Series[float] = _metres("afstand tot wat er het dichtst bij op straat staat", NOT_NEAR)
    obstakel: Series[str] = column("wat dat is, bijvoorbeeld lichtmast", empty=NOT_NEAR, source="BGT")
    put_m: Series[float] = _metres("afstand tot de dichtstbijzijnde kolk, put of brandkraan", NOT_NEAR)
    put: Series[str] = column("wat dat is, bijvoorbeeld kolk", empty=NOT_NEAR, source="BGT")
    laadlocatie_m: Series[float] = _metres("afstand tot de dichtstbijzijnde bestaande laadlocatie", NOT_NEAR, "NDW")
    laadlocatie_id: Series[str] = column("die laadlocatie", empty=NOT_NEAR, source="NDW")
    kruispunt_m: Series[float] = _metres("afstand tot het dichtstbijzijnde kruispunt", NOT_NEAR)
    inrit_m: Series[float] = _metres("afstand tot de dichtstbijzijnde inrit, drempel of overweg", NOT_NEAR)
    inrit: Series[str] = column("wat dat is", empty=NOT_NEAR, source="BGT")
    borden: Series[str] = column("borden bij de vakken", empty="geen, of niet geleverd", source="verkeersborden")
    eigenaar: Series[str] = column("eigenaar van de grond", empty="niet geleverd, of nergens", source="zones")
    bodem: Series[str] = column("klasse of stand van de bodem", empty="niet geleverd, of nergens", source="zones")
    bodem_tot: Series[str] = column("laatste dag waarop dat geldt", empty="niet opgegeven", source="zones")
    zones: Series[str] = column("zones (uitsluiting, erfgoed) waar de paal in staat", empty="in geen", source="zones")
    werk_tot: Series[str] = column("laatste dag van gepland werk", empty="geen werk gepland", source="zones")
    parkeerdruk: Series[float] = column(
        "geparkeerde auto's per vak", unit="aandeel", empty="niet geleverd, of nergens", ge=0, source="zones"
    )
    wegbeheerder: Series[str] = column("soort wegbeheerder van de dichtstbijzijnde weg", empty="niet gemeten")
    wegbeheerder_naam: Series[str] = column("naam van die wegbeheerder, of zijn code", empty="niet opgegeven")
    netcapaciteit: Series[str] = column("ruimte op het net voor afname, een indicatie", empty="niet gemeten")
    netcapaciteit_op: Series[str] = column("datum van die indicatie", empty="onbekend, of niet opgegeven")
    x_rd: Series[float] = column("x van de paal", unit="m RD")
    y_rd: Series[float] = column("y van de paal", unit="m RD")
    geometry: GeoSeries[Any] = column("plaats van de paal", unit="m")


class Parkeervakken(Frame):
    """Alle parkeervakken die zijn gevonden, uit de BGT gesneden of uit een register."""

    _geometry_types: ClassVar[tuple[str, ...]] = POLYGONS

    vak_id: Index[str] = index("code van het vak: lokaalID van het parkeervlak en nummer, of de code in het register")
    rij_id: Series[str] = column("rij waar het vak in ligt")
    nummer: Series[int] = column("nummer langs de stoeprand, vanaf 1", ge=1)
    parkeerwijze: Series[str] = column("langs, haaks of schuin", isin=ORIENTATIONS)
    regime: Series[str] = column("wie er mag parkeren; onbekend als geen bron het zegt")
    herkomst: Series[str] = column("BGT: gesneden uit een parkeervlak; anders het register", isin=BAY_ORIGINS)
    begin_m: Series[float] = column("begin langs de stoeprand, vanaf het begin van de rij", unit="m", ge=0)
    einde_m: Series[float] = column("einde langs de stoeprand, vanaf het begin van de rij", unit="m", ge=0)
    bgt_lokaal_id: Series[str] = column("lokaalID van het wegdeel", empty="op geen", source="BGT")
    locaties: Series[str] = column("kandidaten die dit vak gebruiken, gescheiden door een spatie", empty="geen")
    geometry: GeoSeries[Any] = column("vorm van het vak", unit="m")


class Stroken(Frame):
    """Elk parkeervlak van de BGT, met wat ervan is gemaakt en waarom niet meer."""

    _geometry_types: ClassVar[tuple[str, ...]] = POLYGONS

    bgt_lokaal_id: Index[str] = index("lokaalID van het parkeervlak", source="BGT")
    soort: Series[str] = column("hoe er wordt geparkeerd; parkeerterrein: met rijbanen ertussen", isin=STRIP_KINDS)
    lengte_m: Series[float] = column("lengte langs de stoeprand", unit="m", ge=0)
    diepte_m: Series[float] = column("middelste diepte dwars op de stoeprand", unit="m", ge=0)
    aantal_vakken: Series[int] = column("vakken die eruit zijn gesneden, of die een register er heeft", unit="vakken")
    oppervlakte_m2: Series[float] = column("oppervlakte", unit="m2", ge=0)
    ongebruikt_m2: Series[float] = column("oppervlakte waar geen vak op ligt", unit="m2", ge=0)
    reden: Series[str] = column("waarom er niet of niet helemaal vakken van zijn gemaakt", empty="helemaal gebruikt")
    geometry: GeoSeries[Any] = column("vorm van het parkeervlak", unit="m")


CANDIDATE_LAYERS: dict[str, type[Frame]] = {"kandidaten": Kandidaten, "vakken": Parkeervakken, "stroken": Stroken}
"""Layers of the assessed candidates and the contract each keeps, in the order in which they are written."""


class Criteria(Table):
    """De criteria waaraan is getoetst, elk met het profiel en het document waaruit het komt."""

    criterium_id: Index[str] = index("naam van het criterium in het profiel")
    volgorde: Series[int] = column("plaats in het samengevoegde profiel, vanaf 1", ge=1)
    criterium: Series[str] = column("het criterium")
    soort: Series[str] = column("een eis sluit uit, een wens telt mee in de score", isin=["eis", "wens"])
    gewicht: Series[float] = column("gewicht van een wens in de score", empty="een eis weegt niet", ge=0)
    grondslag: Series[str] = column("plaatsing (privaatrecht) of verkeer (publiekrecht)")
    regel: Series[str] = column("soort regel")
    norm: Series[str] = column("norm op de dag van toetsing")
    bron: Series[str] = column("document waaruit de norm komt, met datum en bladzijde")
    eigenaar: Series[str] = column("afdeling die over het criterium gaat", empty="niet opgegeven")
    onbekend_telt_als: Series[str] = column("waarvoor onbekend telt; schouw: sluit niet uit, moet worden bekeken")
    geldig_van: Series[str] = column("eerste dag waarop het criterium geldt", empty="niet begrensd")
    geldig_tot: Series[str] = column("laatste dag waarop het criterium geldt", empty="niet begrensd")
    geldt: Series[bool] = column("waar: geldt op de dag van toetsing en is getoetst")
    versoepeling: Series[str] = column("niveau van versoepeling en de reden", empty="niet versoepeld")
    profiel: Series[str] = column("profiel waaruit het criterium komt", empty="de instellingen van dit project")
    vertrouwelijk: Series[bool] = column("waar: van dit criterium wordt alleen het oordeel getoond")
