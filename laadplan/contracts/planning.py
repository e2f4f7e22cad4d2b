"""What computing delivers: from parking strips to the chosen sites and the balance per buurt.

Every frame is in RD New (EPSG:28992). Column names are English; only what leaves the building (`Sites` and what
`laadplan.publish` makes of it) carries the Dutch names that readers know.
"""

from typing import Any, ClassVar

from pandera.typing import Index, Series
from pandera.typing.geopandas import GeoSeries

from laadplan.contracts.frame import Frame, Table, column, index
from laadplan.contracts.sources import POLYGONS
from laadplan.contracts.street import REGIMES

ORIENTATIONS = ["langs", "haaks", "schuin"]
STRIP_KINDS = [*ORIENTATIONS, "parkeerterrein", "onbekend"]
BAY_ORIGINS = ["BGT", "gemeente", "OSM"]
SIDES = ["noordzijde", "oostzijde", "zuidzijde", "westzijde"]
VERDICTS = ["voldoet", "voldoet niet", "n.v.t.", "onbekend"]
COUNTS_AS = ["voldoet", "voldoet niet", "n.v.t.", "schouw"]
BOUNDS = ["prices", "solver"]
STOPS = ["gap", "work", "seconds", "user", "failure"]
STATUSES = ["voorkeurslocatie", "reservelocatie", "afgevallen"]


class Strips(Frame):
    """Parking strips: each parkeervlak of the BGT with what the cut made of it."""

    _geometry_types: ClassVar[tuple[str, ...]] = POLYGONS

    local_id: Index[str] = index("lokaalID of the parkeervlak", source="BGT")
    kind: Series[str] = column("how cars park here; parkeerterrein: has aisles, layout computed", isin=STRIP_KINDS)
    length_m: Series[float] = column("length along the kerb", unit="m", ge=0)
    depth_m: Series[float] = column("median depth across the kerb", unit="m", ge=0)
    bay_count: Series[int] = column("bays cut from the strip, or of a register on it", unit="bays", ge=0)
    area_m2: Series[float] = column("area of the strip", unit="m2", ge=0)
    unused_m2: Series[float] = column("area that no bay uses", unit="m2", ge=0)
    reason: Series[str] = column(
        "why the strip was not cut, or not cut whole; or how many bays a register has", empty="cut whole"
    )
    geometry: GeoSeries[Any] = column("surface", unit="m")


class Bays(Frame):
    """Single parking bays, numbered along the kerb of their strip."""

    _geometry_types: ClassVar[tuple[str, ...]] = POLYGONS

    bay_id: Index[str] = index("lokaalID of the parkeervlak, '#' and a number; of a registered bay its own id")
    road_part_id: Series[str] = column("lokaalID of the road part it lies on", empty="on none", source="BGT")
    row_id: Series[str] = column(
        "row of bays it stands in: lokaalID of the parkeervlak, with '/' and a number for its second row and on; of "
        "registered bays elsewhere the id of the first bay in the row"
    )
    number: Series[int] = column("number along the kerb, from 1", ge=1)
    orientation: Series[str] = column("langs, haaks or schuin", isin=ORIENTATIONS)
    regime: Series[str] = column("who may park; onbekend for bays cut from the BGT", isin=[*REGIMES])
    origin: Series[str] = column("BGT: cut from a parkeervlak; else the register it comes from", isin=BAY_ORIGINS)
    start_m: Series[float] = column("begin along the kerb, from the start of the row", unit="m", ge=0)
    end_m: Series[float] = column("end along the kerb, from the start of the row", unit="m", ge=0)
    kerb_x_m: Series[float] = column("x of the point on the pavement side where the bay ends", unit="m RD")
    kerb_y_m: Series[float] = column("y of the point on the pavement side where the bay ends", unit="m RD")
    away_deg: Series[float] = column("direction from carriageway to pavement, from east, anticlockwise", unit="degrees")
    geometry: GeoSeries[Any] = column("surface of the bay", unit="m")


class Candidates(Frame):
    """Spots: adjacent bays that one pole can serve, and where the pole would stand."""

    locatie_id: Index[str] = index("row of bays and place along the kerb in decimetres; stable between runs")
    road_part_id: Series[str] = column("lokaalID of the road part of its bays", empty="on none", source="BGT")
    row_id: Series[str] = column("row of bays, see Bays")
    bay_ids: Series[str] = column("ids of the bays, separated by a space")
    bay_count: Series[int] = column("bays served", unit="bays", ge=1)
    orientation: Series[str] = column("langs, haaks or schuin", isin=ORIENTATIONS)
    regime: Series[str] = column("who may park on the bays: the regimes that occur, separated by ', '")
    away_deg: Series[float] = column("direction from carriageway to pavement, from east, anticlockwise", unit="degrees")
    side: Series[str] = column("side of the street on which the bays lie", isin=SIDES)
    pole_surface: Series[str] = column("BGT surface on which the pole stands", empty="none in the BGT, or a transitie")
    pole_obstacle: Series[str] = column("what the pole would stand on or too near to, e.g. kolk", empty="nothing known")
    pole_shift_m: Series[float] = column(
        "how far along the kerb the pole stands from the middle of its bays, to stay clear of things", unit="m", ge=0
    )
    kerb_m: Series[float] = column("heart of the pole to the edge of the bays", unit="m", ge=0)
    maintainer: Series[str] = column("bronhouder of the road part: second opinion on the road manager", empty="unknown")
    street: Series[str] = column("street of the nearest address", empty="no address near enough", source="BAG")
    house_number: Series[str] = column("number of the nearest address", empty="no address near enough", source="BAG")
    address_id: Series[str] = column("nearest address", empty="none near enough")
    address_distance_m: Series[float] = column("distance to that address", unit="m", empty="none near enough", ge=0)
    buurtcode: Series[str] = column("CBS buurt in which the pole stands", empty="outside all buurten, or none given")
    geometry: GeoSeries[Any] = column("position of the pole", unit="m")


class DemandPoints(Frame):
    """Charging demand at public poles, per address, in the year of the scenario."""

    address_id: Index[str] = index("the source's own id of the address; of planned dwellings their demand point")
    point_id: Series[str] = column("demand point that it is part of, see DemandClusters")
    buurtcode: Series[str] = column("CBS buurt of the address", empty="outside all buurten")
    pc4: Series[str] = column("PC4 of the address", empty="no postcode")
    households: Series[float] = column("households of the buurt spread over its addresses", unit="households", ge=0)
    driveway_share: Series[float] = column(
        "share of them with a driveway of their own", empty="no dwelling, or unknown", ge=0, le=1
    )
    cars: Series[float] = column("cars", unit="cars", empty="unknown for the buurt", ge=0)
    electric_cars: Series[float] = column("electric cars in the scenario year", unit="cars", ge=0)
    residents_kwh_year: Series[float] = column("demand of residents", unit="kWh/year", ge=0)
    visitors_kwh_year: Series[float] = column("demand of visitors", unit="kWh/year", ge=0)
    workers_kwh_year: Series[float] = column("demand of workers", unit="kWh/year", ge=0)
    kwh_year: Series[float] = column(
        "demand at public poles in the scenario year, the three together", unit="kWh/year", ge=0
    )
    known: Series[bool] = column("false where a figure it needs is missing: demand then counts as nil and is listed")
    geometry: GeoSeries[Any] = column("address point", unit="m")


class Assessments(Table):
    """Every candidate against every criterion: measured value, norm, verdict and reason.

    Cleared: of a confidential measurement it holds the verdict only (`tests/policy/test_verdict_only.py`).
    """

    _cleared: ClassVar[bool] = True

    assessment_id: Index[str] = index("locatie_id, '|' and the criterion's id")
    locatie_id: Series[str] = column("candidate")
    criterion_id: Series[str] = column("criterion")
    label: Series[str] = column("the criterion in Dutch")
    kind: Series[str] = column("eis excludes, wens weighs", isin=["eis", "wens"])
    grondslag: Series[str] = column("legal ground", isin=["plaatsing", "verkeer"])
    measured: Series[float] = column("measured value", empty="not a number, or not measurable")
    measured_text: Series[str] = column("measured value as printed, with its unit")
    norm: Series[str] = column("norm as printed")
    unit: Series[str] = column("unit of the measured value", empty="no unit")
    margin: Series[float] = column(
        "room left to the norm in that unit; below 0: how much is lacking", empty="no number, or confidential"
    )
    verdict: Series[str] = column("outcome", isin=VERDICTS)
    counts_as: Series[str] = column(
        "what the outcome counts as: onbekend as the criterion says, schouw: to be visited", isin=COUNTS_AS
    )
    reason: Series[str] = column("the verdict in one Dutch sentence")
    source: Series[str] = column("document the norm comes from, with its date and page")
    data_source: Series[str] = column("source of the measured value", empty="not given")
    data_on: Series[str] = column("reference date of that source", empty="not given")
    contribution: Series[float] = column("part of the score of the candidate (0 to 1 in all)", ge=0, le=1)
    estimated: Series[bool] = column("true when the measured value is an estimate")
    confidential: Series[bool] = column("true when only the verdict may be shown: the measured value is left out")


class Reach(Table):
    """Which candidate lies within walking distance of which demand point."""

    reach_id: Index[str] = index("point_id, '>' and the id of the site")
    point_id: Series[str] = column("demand point, see DemandClusters")
    site_id: Series[str] = column("locatie_id of a candidate, or id of an existing charging location")
    existing: Series[bool] = column("true for an existing charging location")
    walk_m: Series[float] = column("walking distance, what lies off the network included", unit="m", ge=0)
    off_network_m: Series[float] = column(
        "of which straight lines between the network and the point and the pole", unit="m", empty="estimated", ge=0
    )
    estimated: Series[bool] = column(
        "true when the distance is a straight line times the detour factor: no network is given, or one of the two "
        "lies too far from it"
    )


class PoleReach(Reach):
    """Which existing charging location lies within walking distance of which demand point."""


class Plan(Table):
    """What the optimiser decided about every pole: existing ones and candidates.

    Cleared: of confidential cable routes it holds neither lengths nor costs (`tests/optimise/test_confidential.py`).
    """

    _cleared: ClassVar[bool] = True

    site_id: Index[str] = index("locatie_id of a candidate, or id of an existing charging location")
    existing: Series[bool] = column("true for an existing charging location: locked in")
    chosen: Series[bool] = column("true when a pole stands here in the plan")
    poles: Series[int] = column("poles here in the plan: more than one is a laadplein", unit="poles", ge=0)
    evse: Series[int] = column("charge points here in the plan", unit="EVSE", ge=0)
    capped: Series[bool] = column(
        "true where the plan counts on smart charging below full power, to stay within the net"
    )
    power_kw: Series[float] = column("power asked of the net for new poles", unit="kW", empty="existing", ge=0)
    cost_eur: Series[float] = column(
        "cost of the new poles; what a confidential cable route adds is left out",
        unit="EUR",
        empty="existing, or not chosen",
        ge=0,
    )
    capacity_kwh_year: Series[float] = column(
        "energy that can be delivered here; where none is chosen, by one pole", unit="kWh/year", ge=0
    )
    served_kwh_year: Series[float] = column("demand assigned to it", unit="kWh/year", ge=0)
    bay_ids: Series[str] = column(
        "ids of the bays of the new poles, separated by a space", empty="existing, or not chosen"
    )


class Service(Table):
    """What each demand point gets from the plan.

    Cleared: of confidential cable routes it holds nothing (`tests/optimise/test_confidential.py`).
    """

    _cleared: ClassVar[bool] = True

    point_id: Index[str] = index("demand point, see DemandClusters")
    kwh_year: Series[float] = column("demand", unit="kWh/year", ge=0)
    served_before_kwh_year: Series[float] = column("served by existing poles alone", unit="kWh/year", ge=0)
    served_kwh_year: Series[float] = column("served by the plan", unit="kWh/year", ge=0)
    walk_before_m: Series[float] = column("walk to the nearest existing pole", unit="m", empty="none in reach", ge=0)
    walk_m: Series[float] = column("walk to the nearest pole of the plan", unit="m", empty="none in reach", ge=0)


class Solutions(Table):
    """The proof of the plan: one row per solve.

    Cleared: of confidential cable routes it holds nothing (`tests/optimise/test_confidential.py`).
    """

    _cleared: ClassVar[bool] = True

    solve_id: Index[str] = index("name of the solve")
    status: Series[str] = column(
        "optimal: proven best; within_gap: proven within the gap asked for; feasible: neither",
        isin=["optimal", "within_gap", "feasible"],
    )
    objective: Series[float] = column("worth of the plan, as computed anew from the frames", unit="kWh/year")
    bound: Series[float] = column("no plan can be worth more than this", unit="kWh/year")
    gap: Series[float] = column("(bound - objective) / max(|objective|, 1)", unit="share", ge=0)
    gap_asked: Series[float] = column("gap at which the search may stop", unit="share", ge=0)
    bound_by: Series[str] = column(
        "what proves the bound: prices, computed anew without the search, or the solver's own tree", isin=BOUNDS
    )
    solver: Series[str] = column("solver of the model in PuLP, or laadplan's own search")
    solver_version: Series[str] = column("version of the solver")
    stopped_by: Series[str] = column(
        "what ended the search: gap and work (rounds, nodes) are limits of work; seconds a safety stop; user: stopped "
        "by hand; failure: the solver failed and the best plan so far stands",
        isin=STOPS,
    )
    poles_allowed: Series[int] = column("new poles allowed; of a budget what it pays at most", unit="poles", ge=0)
    poles_chosen: Series[int] = column("new poles chosen", unit="poles", ge=0)
    served_kwh_year: Series[float] = column("demand served", unit="kWh/year", ge=0)
    limits_broken: Series[str] = column(
        "ids of limits that the plan breaks, see PlanLimits, separated by '; '", empty="none"
    )


class Sites(Frame):
    """The plankaart's locations: preferred, stand-by and dropped, as they are published."""

    locatie_id: Index[str] = index("vaste code van de locatie: wegdeel en plaats langs de stoeprand in decimeters")
    status: Series[str] = column("voorkeurslocatie, reservelocatie of afgevallen", isin=STATUSES)
    reden: Series[str] = column("waarom de locatie deze status heeft")
    straat: Series[str] = column("straat van het dichtstbijzijnde adres", empty="geen adres in de buurt", source="BAG")
    huisnummer: Series[str] = column("nabij huisnummer", empty="geen adres in de buurt", source="BAG")
    postcode: Series[str] = column("postcode van dat adres", empty="onbekend", source="BAG")
    woonplaats: Series[str] = column("woonplaats van dat adres", empty="geen adres in de buurt", source="BAG")
    bag_nummeraanduiding_id: Series[str] = column("BAG-nummeraanduiding", empty="staat niet in de bron", source="BAG")
    bgt_lokaal_id: Series[str] = column("lokaalID van het parkeervlak", source="BGT")
    buurtcode: Series[str] = column("CBS-buurt", empty="buiten alle buurten", source="CBS")
    aantal_laadpunten: Series[int] = column("laadpunten (EVSE) op de locatie", unit="laadpunten", ge=1)
    aantal_vakken: Series[int] = column("parkeervakken bij de locatie", unit="vakken", ge=1)
    parkeerwijze: Series[str] = column("langs, haaks of schuin", isin=ORIENTATIONS)
    score: Series[float] = column("score op de wensen van de gemeente, 0 tot 1", unit="aandeel", ge=0, le=1)
    verwacht_kwh_jaar: Series[float] = column(
        "rekenwaarde: laadvraag die het plan hier toewijst, ten hoogste wat de paal aankan",
        unit="kWh per jaar",
        empty="niet in het plan",
        ge=0,
    )
    vraag_binnen_bereik_kwh_jaar: Series[float] = column("laadvraag binnen de loopafstand", unit="kWh per jaar", ge=0)
    wegbeheerder: Series[str] = column("bronhouder in de BGT; zegt niet wie bevoegd is", empty="onbekend", source="BGT")
    netbeheerder: Series[str] = column("netbeheerder", empty="onbekend")
    hoort_bij: Series[str] = column("voorkeurslocatie waarvoor dit de reserve is", empty="geen reservelocatie")
    vakken: Series[str] = column("codes van de vakken, gescheiden door een spatie")
    x_rd: Series[float] = column("x van de paal", unit="m RD")
    y_rd: Series[float] = column("y van de paal", unit="m RD")
    geometry: GeoSeries[Any] = column("plaats van de paal", unit="m")


class Balances(Frame):
    """Demand, supply and shortfall per buurt, for the part of the buurt inside the area."""

    _geometry_types: ClassVar[tuple[str, ...]] = POLYGONS

    buurtcode: Index[str] = index("CBS-code van de buurt")
    buurtnaam: Series[str] = column("naam van de buurt", source="CBS")
    aandeel_adressen: Series[float] = column(
        "aandeel van de adressen van de buurt dat in het gebied ligt", unit="aandeel", empty="geen adressen", ge=0, le=1
    )
    adressen: Series[int] = column("adressen in het gebied", unit="adressen", ge=0)
    huishoudens: Series[float] = column(
        "huishoudens van de buurt maal het aandeel adressen", unit="huishoudens", empty="onbekend", ge=0, source="CBS"
    )
    elektrische_autos: Series[float] = column("elektrische auto's in het peiljaar", unit="auto's", empty="onbekend")
    vraag_kwh_jaar: Series[float] = column("laadvraag aan publieke palen", unit="kWh per jaar", empty="onbekend")
    laadpunten_nu: Series[int] = column("bestaande laadpunten die meetellen", unit="laadpunten", ge=0)
    laadpunten_buiten_gebied: Series[int] = column(
        "bestaande laadpunten in de buurt maar buiten het gebied: tellen alleen voor de ondergrens",
        unit="laadpunten",
        ge=0,
    )
    laadpunten_plan: Series[int] = column("nieuwe laadpunten in het plan", unit="laadpunten", ge=0)
    aanbod_kwh_jaar: Series[float] = column(
        "wat de laadpunten in het gebied samen aankunnen (aanname)", unit="kWh per jaar", ge=0
    )
    bediend_kwh_jaar: Series[float] = column("vraag die het plan bedient", unit="kWh per jaar", ge=0)
    tekort_kwh_jaar: Series[float] = column("vraag die onbediend blijft", unit="kWh per jaar", empty="onbekend")
    onder_ondergrens: Series[bool] = column("waar: er blijven minder palen dan de ondergrens per buurt")
    geometry: GeoSeries[Any] = column("vorm van de buurt", unit="m")


class WhiteSpots(Frame):
    """Witte vlekken: addresses with demand and no pole within walking distance, before and after the plan."""

    _geometry_types: ClassVar[tuple[str, ...]] = POLYGONS

    vlek_id: Index[str] = index("toestand en volgnummer van west naar oost")
    toestand: Series[str] = column("nu, of na uitvoering van het plan", isin=["nu", "na plan"])
    adressen: Series[int] = column("adressen met vraag", unit="adressen", ge=1)
    vraag_kwh_jaar: Series[float] = column("laadvraag van die adressen", unit="kWh per jaar", ge=0)
    geometry: GeoSeries[Any] = column("omtrek van de adressen", unit="m")
