"""What leaves the building beside the frames of planning: bays, poles and existing charge points with Dutch names.

Layer names and columns of the plankaart are added to, never renamed.
"""

from typing import Any, ClassVar

from pandera.typing import Index, Series
from pandera.typing.geopandas import GeoSeries

from laadplan.contracts.frame import Frame, Table, column, index
from laadplan.contracts.planning import ORIENTATIONS, STATUSES, Balances, Sites, WhiteSpots
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
