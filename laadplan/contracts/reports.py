"""Sheets of the reports of demand and of use, with the Dutch names readers know. Years and scenarios stand in rows."""

from typing import Any, ClassVar

from pandera.typing import Index, Series

from laadplan.contracts.choosing import LIMIT_KINDS, WHY_UNSERVED
from laadplan.contracts.demand import BASES, POLE_KINDS
from laadplan.contracts.figures import SCENARIOS
from laadplan.contracts.frame import Table, column, index
from laadplan.contracts.monitoring import LEVELS, SUBJECTS, TRIGGER_VARIANTS

_NO_FIGURE = "onbekend"
_SHORT = "te kort gemeten"


class LaadvraagBuurten(Table):
    """Laadvraag aan publieke palen per buurt, jaar en scenario: van het deel van de buurt in het gebied."""

    prognose_id: Index[str] = index("buurt, jaar en scenario")
    buurtcode: Series[str] = column("CBS-code van de buurt", source="CBS")
    buurtnaam: Series[str] = column("naam van de buurt", empty="niet in de bron", source="CBS")
    jaar: Series[int] = column("jaar", unit="jaar")
    scenario: Series[str] = column("scenario: laag, midden of hoog", isin=SCENARIOS)
    aandeel_in_gebied: Series[float] = column("deel van de adressen van de buurt dat in het gebied ligt")
    huishoudens: Series[float] = column("huishoudens, geplande vanaf hun jaar", unit="huishoudens", empty=_NO_FIGURE)
    geplande_huishoudens: Series[float] = column("waarvan gepland en dan opgeleverd", unit="huishoudens")
    aandeel_eigen_oprit: Series[float] = column("deel van de huishoudens met een eigen oprit", empty=_NO_FIGURE)
    elektrische_autos: Series[float] = column("elektrische auto's van bewoners", unit="auto's", empty=_NO_FIGURE)
    autos_zonder_oprit: Series[float] = column("waarvan zonder eigen oprit", unit="auto's", empty=_NO_FIGURE)
    bewoners_kwh_jaar: Series[float] = column("laadvraag van bewoners", unit="kWh per jaar", empty=_NO_FIGURE)
    bezoekers_kwh_jaar: Series[float] = column("laadvraag van bezoekers", unit="kWh per jaar", empty=_NO_FIGURE)
    werkenden_kwh_jaar: Series[float] = column(
        "laadvraag van werkenden", unit="kWh per jaar", empty="onbekend, of niet berekend: geen banen bekend"
    )
    laadvraag_kwh_jaar: Series[float] = column("laadvraag, de drie samen", unit="kWh per jaar", empty=_NO_FIGURE)
    autos_drukste_uur: Series[float] = column(
        "auto's die in het drukste uur van de week tegelijk aan een paal staan, gemiddeld",
        unit="auto's",
        empty=_NO_FIGURE,
    )
    laadpunten: Series[float] = column(
        "laadpunten (EVSE) die nodig zijn: de laadvraag gedeeld door wat een laadpunt per jaar levert",
        unit="laadpunten",
        empty=_NO_FIGURE,
    )
    laadpunten_minimaal: Series[float] = column(
        "kleinste aantal waarbij in het drukste uur zelden alle punten bezet zijn, als iedereen elk punt in de buurt "
        "kan bereiken (Erlang B)",
        unit="laadpunten",
        empty=_NO_FIGURE,
    )
    grondslag: Series[str] = column("waar de laadvraag op staat: eigen model of officiële prognose", isin=BASES)
    model_kwh_jaar: Series[float] = column("laadvraag volgens het eigen model", unit="kWh per jaar", empty=_NO_FIGURE)
    officieel_kwh_jaar: Series[float] = column(
        "laadvraag volgens de officiële prognose, van het deel in het gebied",
        unit="kWh per jaar",
        empty="geen prognose gegeven",
    )


class ElektrischeAutos(Table):
    """Elektrische auto's van bewoners per hele buurt, jaar en scenario."""

    prognose_id: Index[str] = index("buurt, jaar en scenario")
    buurtcode: Series[str] = column("CBS-code van de buurt", source="CBS")
    buurtnaam: Series[str] = column("naam van de buurt", empty="niet in de bron", source="CBS")
    jaar: Series[int] = column("jaar: stand aan het begin", unit="jaar")
    scenario: Series[str] = column("scenario: laag, midden of hoog", isin=SCENARIOS)
    personenautos: Series[float] = column("personenauto's van bewoners", unit="auto's", empty=_NO_FIGURE)
    aandeel_elektrisch: Series[float] = column("deel dat elektrisch is", empty=_NO_FIGURE)
    elektrische_autos: Series[float] = column("elektrische auto's", unit="auto's", empty=_NO_FIGURE)
    minstens: Series[float] = column("ondergrens van de marge van 80 %", unit="auto's", empty=_NO_FIGURE)
    hoogstens: Series[float] = column("bovengrens van die marge", unit="auto's", empty=_NO_FIGURE)
    herkomst: Series[str] = column("waar het aandeel van het beginjaar vandaan komt", empty=_NO_FIGURE)


class LaadvraagPunten(Table):
    """Laadvraag per vraagpunt (de adressen van een postcode, of een bouwplan), jaar en scenario."""

    vraag_id: Index[str] = index("vraagpunt, jaar en scenario")
    vraagpunt: Series[str] = column("code van het vraagpunt: buurt en postcode, of een bouwplan")
    postcode: Series[str] = column("postcode (zes tekens)", empty="geen")
    buurtcode: Series[str] = column("CBS-code van de buurt", empty="buiten alle buurten", source="CBS")
    rekengebied: Series[str] = column("naam van het rekengebied", empty="in geen gebied")
    gepland: Series[bool] = column("waar: woningen die er nog niet zijn")
    adressen: Series[int] = column("adressen", unit="adressen")
    jaar: Series[int] = column("jaar", unit="jaar")
    scenario: Series[str] = column("scenario: laag, midden of hoog", isin=SCENARIOS)
    elektrische_autos: Series[float] = column("elektrische auto's van bewoners", unit="auto's")
    bewoners_kwh_jaar: Series[float] = column("laadvraag van bewoners", unit="kWh per jaar")
    bezoekers_kwh_jaar: Series[float] = column("laadvraag van bezoekers", unit="kWh per jaar")
    werkenden_kwh_jaar: Series[float] = column("laadvraag van werkenden", unit="kWh per jaar")
    laadvraag_kwh_jaar: Series[float] = column("laadvraag, de drie samen", unit="kWh per jaar")
    laadpunten: Series[float] = column("aandeel in de laadpunten van de buurt", unit="laadpunten")
    bekend: Series[bool] = column("onwaar: de laadvraag is niet bekend en telt als nul")
    x_rd: Series[float] = column("x van het vraagpunt", unit="m RD")
    y_rd: Series[float] = column("y van het vraagpunt", unit="m RD")


class Tekorten(Table):
    """Laadvraag min wat bestaande palen op loopafstand kunnen leveren, per rekengebied, jaar en scenario."""

    tekort_id: Index[str] = index("rekengebied, jaar en scenario")
    rekengebied: Series[str] = column("code van het rekengebied")
    naam: Series[str] = column("naam van het rekengebied", empty="niet bekend")
    jaar: Series[int] = column("jaar", unit="jaar")
    scenario: Series[str] = column("scenario: laag, midden of hoog", isin=SCENARIOS)
    laadvraag_kwh_jaar: Series[float] = column("laadvraag", unit="kWh per jaar")
    laadpunten_nodig: Series[float] = column("laadpunten die nodig zijn", unit="laadpunten")
    laadpunten_nu: Series[int] = column("bestaande laadpunten in het gebied die meetellen", unit="laadpunten")
    bediend_kwh_jaar: Series[float] = column("wat bestaande palen op loopafstand leveren", unit="kWh per jaar")
    tekort_kwh_jaar: Series[float] = column("wat zij niet kunnen leveren", unit="kWh per jaar")
    tekort_laadpunten: Series[float] = column("laadpunten die ontbreken", unit="laadpunten")
    witte_vlek_kwh_jaar: Series[float] = column("laadvraag zonder paal op loopafstand", unit="kWh per jaar")
    witte_vlek_adressen: Series[int] = column("adressen met laadvraag en zonder paal op loopafstand", unit="adressen")
    onbekende_adressen: Series[int] = column("adressen waarvan de laadvraag niet bekend is", unit="adressen")


class GebruikPerPaal(Table):
    """Verwacht gebruik per paal, jaar en scenario, en het jaar waarin de paal zijn kosten gaat dekken."""

    gebruik_id: Index[str] = index("paal, jaar en scenario")
    paal: Series[str] = column("code van de laadlocatie; van een volgende paal het rekengebied met een + ervoor")
    soort: Series[str] = column("bestaand, of een volgende paal in het gebied", isin=POLE_KINDS)
    rekengebied: Series[str] = column("naam van het rekengebied", empty="in geen gebied")
    palen: Series[float] = column("palen waar de regel voor staat (twee laadpunten elk)", unit="palen")
    jaar: Series[int] = column("jaar", unit="jaar")
    scenario: Series[str] = column("scenario: laag, midden of hoog", isin=SCENARIOS)
    aanbodgestuurd_kwh_jaar: Series[float] = column("levering van een paal die er nu al staat", unit="kWh per jaar")
    vraaggestuurd_kwh_jaar: Series[float] = column(
        "levering van een paal die pas komt als de andere vol zijn; daarvoor 0", unit="kWh per jaar"
    )
    aanbodgestuurd_rendabel_vanaf: Series[float] = column(
        "eerste jaar vanaf wanneer de levering boven de grens blijft, aanbodgestuurd",
        unit="jaar",
        empty="niet binnen de prognose",
    )
    vraaggestuurd_rendabel_vanaf: Series[float] = column(
        "hetzelfde, vraaggestuurd", unit="jaar", empty="niet binnen de prognose"
    )


class DekkingVierkanten(Table):
    """CBS-vierkanten van 500 m tegen de dekkingsregel van de NAL."""

    vierkant: Index[str] = index("CBS-code van het vierkant", source="CBS")
    huishoudens: Series[float] = column("huishoudens", unit="huishoudens", empty="niet gepubliceerd", source="CBS")
    openbare_laadpunten: Series[int] = column("openbare laadpunten in het vierkant", unit="laadpunten")
    andere_laadpunten: Series[int] = column("semi-openbare laadpunten en die van onbekende toegang", unit="laadpunten")
    oordeel: Series[str] = column("oordeel tegen de regel", source="NAL")
    x_rd: Series[float] = column("x van het midden", unit="m RD")
    y_rd: Series[float] = column("y van het midden", unit="m RD")


class PubliekVermogen(Table):
    """Publiek laadvermogen tegen het aantal elektrische auto's (AFIR; een indicator voor een gemeente)."""

    vermogen_id: Index[str] = index("jaar en scenario")
    jaar: Series[int] = column("jaar", unit="jaar")
    scenario: Series[str] = column("scenario: laag, midden of hoog", isin=SCENARIOS)
    elektrische_autos: Series[float] = column("elektrische auto's van bewoners", unit="auto's")
    vermogen_kw: Series[float] = column("vermogen van de bestaande openbare laadpunten", unit="kW")
    laadpunten_vermogen_onbekend: Series[int] = column(
        "laadpunten waarvan het vermogen niet bekend is; zij tellen met een aanname mee", unit="laadpunten"
    )
    per_auto_kw: Series[float] = column("vermogen per elektrische auto", unit="kW", empty="geen elektrische auto's")
    gevraagd_kw: Series[float] = column("vermogen volgens het getal van de AFIR", unit="kW")


class Laaddrukken(Table):
    """Laaddruk per rekengebied of per paal; palen met te weinig laadbeurten staan er niet in."""

    _cleared: ClassVar[bool] = True

    laaddruk_id: Index[str] = index("soort en code")
    soort: Series[str] = column("een paal (laadlocatie) of een gebied", isin=SUBJECTS)
    code: Series[str] = column("code van de laadlocatie of het rekengebied")
    naam: Series[str] = column("adres van de paal, of naam van het gebied")
    rekengebied: Series[str] = column("code van het rekengebied waarin het ligt", empty="in geen gebied")
    palen: Series[int] = column("laadlocaties met gebruik", unit="palen")
    laadpunten: Series[float] = column("laadpunten daarvan", unit="laadpunten")
    eerste_dag: Series[str] = column("eerste dag die is gemeten", empty="nooit gemeten")
    laatste_dag: Series[str] = column("laatste dag die is gemeten", empty="nooit gemeten")
    weken: Series[int] = column("volle weken in de meetperiode", unit="weken")
    weken_totaal: Series[int] = column("volle weken in totaal", unit="weken")
    aandeel_gemeten: Series[float] = column("deel van de meetperiode dat is gemeten")
    bezetting: Series[float] = column("tijd dat er een auto aan stond, als deel van de gemeten tijd", empty=_SHORT)
    drukste_uur: Series[str] = column("drukste uur van de week", empty=_SHORT)
    bezetting_drukste_uur: Series[float] = column("bezetting in dat uur", empty=_SHORT)
    gewenste_bezetting: Series[float] = column(
        "bezetting waarbij in dat uur zelden alle punten bezet zijn (Erlang B)", empty="geen laadpunten"
    )
    laaddruk: Series[float] = column("bezetting in het drukste uur gedeeld door de gewenste bezetting", empty=_SHORT)
    laaddruk_minstens: Series[float] = column("ondergrens van de marge", empty=_SHORT)
    laaddruk_hoogstens: Series[float] = column("bovengrens van de marge", empty=_SHORT)
    kwh_per_laadpunt_maand: Series[float] = column(
        "stroom per laadpunt per maand", unit="kWh per maand", empty="niet gemeten of te kort"
    )
    laadbeurten_per_laadpunt_maand: Series[float] = column(
        "laadbeurten per laadpunt per maand", unit="per maand", empty="niet gemeten of te kort"
    )
    groei_per_jaar: Series[float] = column("groei van het gebruik in een jaar, zonder het seizoen", empty=_SHORT)
    groei_minstens: Series[float] = column("ondergrens van de marge", empty=_SHORT)
    groei_hoogstens: Series[float] = column("bovengrens van de marge", empty=_SHORT)
    norm_op: Series[str] = column("dag waarop de norm wordt gepasseerd", empty="al voorbij, te ver weg of onbekend")
    norm_vroegst: Series[str] = column("vroegste dag volgens de marge", empty="zoals norm_op")
    norm_laatst: Series[str] = column("laatste dag volgens de marge", empty="te ver weg, of zoals norm_op")
    niveau: Series[str] = column("ruim, signaal, actie of onbekend", isin=LEVELS)
    uitleg: Series[str] = column("het niveau in een zin")


class GebruikWeken(Table):
    """Gebruik van een rekengebied per week."""

    _cleared: ClassVar[bool] = True

    week_id: Index[str] = index("rekengebied en maandag van de week")
    rekengebied: Series[str] = column("code van het rekengebied")
    naam: Series[str] = column("naam van het rekengebied", empty="niet bekend")
    week_van: Series[str] = column("maandag van de week")
    laadpunten: Series[float] = column("laadpunten die zijn gemeten", unit="laadpunten")
    bezetting: Series[float] = column("tijd dat er een auto aan stond, als deel van de gemeten tijd")
    kwh: Series[float] = column("stroom", unit="kWh", empty="niet gemeten")
    laadbeurten: Series[float] = column("laadbeurten", unit="laadbeurten", empty="niet geteld")


class GebruikUren(Table):
    """Gebruik van een rekengebied per uur van de week."""

    _cleared: ClassVar[bool] = True

    uur_id: Index[str] = index("rekengebied en uur van de week")
    rekengebied: Series[str] = column("code van het rekengebied")
    naam: Series[str] = column("naam van het rekengebied", empty="niet bekend")
    uur_van_de_week: Series[int] = column("0 is maandag van 0:00 tot 1:00", unit="uur")
    dag_en_uur: Series[str] = column("dag en begin van het uur")
    bezetting: Series[float] = column("tijd dat er een auto aan stond, als deel van de gemeten tijd")


class TeStarten(Table):
    """Wat er te starten is: waar, waarom en wanneer."""

    _cleared: ClassVar[bool] = True

    trigger_id: Index[str] = index("variant en onderwerp")
    variant: Series[str] = column("variant van kans K uit de gids, of een aanvraag", isin=TRIGGER_VARIANTS)
    soort: Series[str] = column("een paal of een gebied", isin=SUBJECTS)
    code: Series[str] = column("code van de laadlocatie of het rekengebied")
    naam: Series[str] = column("adres van de paal, of naam van het gebied")
    rekengebied: Series[str] = column("code van het rekengebied waarin het ligt", empty="in geen gebied")
    niveau: Series[str] = column("signaal: plannen; actie: starten")
    starten_op: Series[str] = column(
        "dag om te starten, teruggerekend met de doorlooptijd", empty="niveau actie: nu; niveau signaal: nog geen dag"
    )
    nodig_op: Series[str] = column(
        "dag waarop de paal moet werken", empty="niveau actie: nu; niveau signaal: nog geen dag"
    )
    laadpunten: Series[float] = column(
        "laadpunten erbij; niet op te tellen over varianten", unit="laadpunten", empty="niet berekend"
    )
    reden: Series[str] = column("waarom, in een zin")


class Onbediend(Table):
    """Laadvraag die het plan niet bedient, per vraagpunt, met de reden."""

    vraagpunt: Index[str] = index("code van het vraagpunt: buurt en postcode, of een bouwplan")
    buurtcode: Series[str] = column("CBS-code van de buurt", empty="buiten alle buurten", source="CBS")
    laadvraag_kwh_jaar: Series[float] = column("laadvraag", unit="kWh per jaar")
    onbediend_kwh_jaar: Series[float] = column("waarvan het plan niet bedient", unit="kWh per jaar")
    reden: Series[str] = column("waarom, in het kort", isin=WHY_UNSERVED)
    uitleg: Series[str] = column("waarom, in een zin")


class Grenzen(Table):
    """Grenzen aan het plan: wat ervan is gebruikt en wat één eenheid meer waard zou zijn."""

    grens_id: Index[str] = index("soort en waarvan")
    soort: Series[str] = column("soort grens", isin=LIMIT_KINDS)
    waarvan: Series[str] = column("waar de grens over gaat")
    eenheid: Series[str] = column("eenheid van grens en gebruik")
    ondergrens: Series[bool] = column("waar: er wordt minstens zoveel gevraagd; anders hoogstens")
    grens: Series[float] = column("de grens, in zijn eenheid")
    gebruikt: Series[float] = column("wat het plan ervan gebruikt of bereikt, in zijn eenheid")
    bereikt: Series[bool] = column("waar: er past niets meer bij; van een ondergrens: er kan niets af")
    niet_gehaald: Series[float] = column("hoe ver het plan erbuiten blijft, in zijn eenheid; 0: gehaald")
    waarom_niet: Series[str] = column("waarom de grens niet wordt gehaald", empty="gehaald, of niet bekend")
    waarde_per_eenheid: Series[float] = column(
        "schatting: waarde van één eenheid meer, van een ondergrens van één eenheid minder",
        unit="kWh per jaar per eenheid",
        empty="het bewijs staat niet op prijzen",
    )


class AlternatievenPerLocatie(Table):
    """Per gekozen locatie wat er het beste voor in de plaats komt als zij niet mag."""

    locatie_id: Index[str] = index("code van de gekozen locatie")
    in_de_plaats: Series[str] = column("codes van de locaties die dan komen", empty="geen: de paal vervalt")
    verlies_kwh_jaar: Series[float] = column(
        "verlies aan waarde; het beste plan zonder die locatie verliest niet meer", unit="kWh per jaar"
    )
    minder_bediend_kwh_jaar: Series[float] = column("minder bediend; onder 0: meer", unit="kWh per jaar")
    uitleg: Series[str] = column("hetzelfde in een zin")


class Kromme(Table):
    """Bediende laadvraag tegen het aantal nieuwe palen: elk een eigen plan."""

    palen: Index[str] = index("nieuwe palen die mogen, in vier cijfers")
    palen_toegestaan: Series[int] = column("nieuwe palen die mogen", unit="palen")
    palen_gekozen: Series[int] = column("nieuwe palen die zijn gekozen", unit="palen")
    bediend_kwh_jaar: Series[float] = column("laadvraag die bestaande en nieuwe palen bedienen", unit="kWh per jaar")
    aandeel_bediend: Series[float] = column("deel van alle laadvraag")
    waarde: Series[float] = column("waarde van dat plan", unit="kWh per jaar")
    bovengrens: Series[float] = column("geen plan van zoveel palen is meer waard", unit="kWh per jaar")
    dit_plan: Series[bool] = column("waar: het plan dat is gevraagd")


PLAN_SHEETS: dict[str, tuple[str, type[Table]]] = {
    "onbediend": ("Onbediend", Onbediend),
    "grenzen": ("Grenzen", Grenzen),
    "alternatieven": ("Alternatieven", AlternatievenPerLocatie),
    "kromme": ("Kromme", Kromme),
}
"""What explains a plan, in the workbook of the plankaart: table to its sheet and its contract."""

DEMAND_SHEETS: dict[str, tuple[str, type[Table]]] = {
    "buurten": ("Laadvraag per buurt", LaadvraagBuurten),
    "autos": ("Elektrische auto's", ElektrischeAutos),
    "punten": ("Laadvraag per vraagpunt", LaadvraagPunten),
    "tekorten": ("Tekorten", Tekorten),
    "palen": ("Gebruik per paal", GebruikPerPaal),
    "vierkanten": ("Dekking (NAL)", DekkingVierkanten),
    "vermogen": ("Publiek vermogen (AFIR)", PubliekVermogen),
}
USE_SHEETS: dict[str, tuple[str, type[Table]]] = {
    "starten": ("Te starten", TeStarten),
    "gebieden": ("Laaddruk per gebied", Laaddrukken),
    "palen": ("Laaddruk per paal", Laaddrukken),
    "weken": ("Gebruik per week", GebruikWeken),
    "uren": ("Gebruik per uur", GebruikUren),
}
"""Table of a workbook to its sheet and its contract, in order."""


def renamed(frame: Any, names: dict[str, str], contract: type[Table]) -> Any:
    """The frame under Dutch names, checked; ``names`` gives our column to the contract's."""
    table = frame[list(names)].rename(columns=names).rename_axis(contract.index_name())
    return contract.checked(table.astype(contract.kinds()), source=contract.__name__)
