"""The steps of demand and use: homes, cars, forecasts, what poles can serve, and laaddruk.

In: frames of earlier steps, sections of the config, sources. Out: one frame, or several.
"""

from datetime import date

from laadplan.config.monitoring import Monitoring
from laadplan.config.optimisation import Optimisation
from laadplan.config.project import Area, SpotRules, Surfaces, Walking
from laadplan.config.scenario import Coverage, HomeRules, Scenario
from laadplan.contracts.demand import (
    BuurtDemand,
    CoverageSquares,
    Demand,
    DemandAreas,
    DemandClusters,
    ElectricCars,
    Homes,
    PoleCases,
    PublicPower,
    Shortfalls,
)
from laadplan.contracts.figures import Forecast, Jobs, PlannedHomes, Requests
from laadplan.contracts.homes import BuurtFigures, Dwellings, Squares
from laadplan.contracts.monitoring import Laaddruk, LaaddrukHours, LaaddrukWeeks, Triggers, UseHours, UseWeeks
from laadplan.contracts.network import WalkEdges, WalkNodes
from laadplan.contracts.planning import DemandPoints, PoleReach
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses, Buildings, Buurten, ChargePoints, RoadParts, Terrain, Vehicles
from laadplan.contracts.street import Zones
from laadplan.contracts.use import Evses, Occupancy
from laadplan.pipeline.mapping import named
from laadplan.store.catalogue import SourceFile


def demand_areas(buurten: Buurten, zones: Zones | None, area: Area, quality: Quality) -> DemandAreas:
    """Areas that demand and use are counted for."""
    from laadplan.demand.areas import demand_areas as find_areas
    from laadplan.geo.area import area_shape

    return find_areas(buurten, zones, area_shape(area), quality=quality)


def homes(
    addresses: Addresses,
    dwellings: Dwellings | None,
    buurten: Buurten,
    buildings: Buildings | None,
    road_parts: RoadParts | None,
    terrain: Terrain | None,
    homes: HomeRules,
    surfaces: Surfaces,
    area: Area,
    quality: Quality,
) -> Homes:
    """Dwellings in the area with their type and their chance of a driveway."""
    from laadplan.demand.homes import find_homes
    from laadplan.geo.area import area_shape

    return find_homes(
        addresses,
        dwellings,
        buurten,
        buildings=buildings,
        road_parts=road_parts,
        terrain=terrain,
        area=area_shape(area),
        rules=homes,
        surfaces=surfaces,
        quality=quality,
    )


def electric_cars(
    buurten: Buurten,
    addresses: Addresses | None,
    vehicles: Vehicles,
    buurt_figures: BuurtFigures | None,
    scenario: Scenario,
    quality: Quality,
) -> ElectricCars:
    """Electric cars per buurt and year in three scenarios."""
    from laadplan.demand.vehicles import forecast_cars

    return forecast_cars(buurten, addresses, vehicles, scenario, buurt_figures=buurt_figures, quality=quality)


def buurt_demand(
    buurten: Buurten,
    electric_cars: ElectricCars,
    addresses: Addresses | None,
    homes: Homes | None,
    dwellings: Dwellings | None,
    jobs: Jobs | None,
    planned_homes: PlannedHomes | None,
    forecast: Forecast | None,
    scenario: Scenario,
    monitoring: Monitoring,
    area: Area,
    quality: Quality,
) -> BuurtDemand:
    """Charging demand per buurt, year and scenario."""
    from laadplan.demand.buurten import demand_per_buurt
    from laadplan.demand.vehicles import with_cars
    from laadplan.geo.area import area_shape

    return demand_per_buurt(
        with_cars(buurten, electric_cars),
        electric_cars,
        addresses=addresses,
        homes=homes,
        dwellings=dwellings,
        jobs=jobs,
        planned_homes=planned_homes,
        forecast=forecast,
        scenario=scenario,
        risk=monitoring.risk_share,
        area=area_shape(area),
        quality=quality,
    )


def demand_points(
    addresses: Addresses,
    homes: Homes,
    dwellings: Dwellings | None,
    jobs: Jobs | None,
    planned_homes: PlannedHomes | None,
    electric_cars: ElectricCars,
    buurt_demand: BuurtDemand,
    demand_areas: DemandAreas,
    buurten: Buurten,
    scenario: Scenario,
    area: Area,
    quality: Quality,
) -> tuple[DemandPoints, DemandClusters, Demand]:
    """Charging demand per address in the year of the plan, and per demand point in every year and scenario."""
    from laadplan.demand.points import bring_down
    from laadplan.demand.vehicles import with_cars
    from laadplan.geo.area import area_shape

    return bring_down(
        addresses,
        homes,
        buurt_demand,
        demand_areas,
        with_cars(buurten, electric_cars),
        dwellings=dwellings,
        jobs=jobs,
        planned_homes=planned_homes,
        scenario=scenario,
        area=area_shape(area),
        quality=quality,
    )


def pole_reach(
    demand_clusters: DemandClusters,
    charge_points: ChargePoints,
    walk_nodes: WalkNodes | None,
    walk_edges: WalkEdges | None,
    walking: Walking,
    quality: Quality,
) -> PoleReach:
    """Which existing charging location lies within walking distance of which demand point."""
    from laadplan.geo.reach import reach_between, walk_graph

    graph = walk_graph(walk_nodes, walk_edges)
    return reach_between(
        demand_clusters.geometry, charge_points.geometry, graph, walking, existing=True, quality=quality
    )


def shortfalls(
    demand_areas: DemandAreas,
    demand_clusters: DemandClusters,
    demand: Demand,
    charge_points: ChargePoints,
    pole_reach: PoleReach,
    walk_nodes: WalkNodes | None,
    walk_edges: WalkEdges | None,
    optimisation: Optimisation,
    scenario: Scenario,
    walking: Walking,
    spots: SpotRules,
    coverage: Coverage,
    today: date,
    quality: Quality,
) -> tuple[Shortfalls, PoleCases]:
    """Demand less what poles can serve per area, year and scenario; what a pole can expect from this year on."""
    from laadplan.demand.cases import pole_cases
    from laadplan.demand.shortfall import counting_poles, find_shortfalls
    from laadplan.geo.reach import walk_graph

    poles = counting_poles(charge_points, optimisation.existing_access, quality=quality)
    reached = pole_reach[pole_reach["site_id"].isin(poles.index)]
    lacking = find_shortfalls(demand_areas, demand_clusters, demand, poles, reached, scenario, quality=quality)
    ahead = demand[demand["year"] >= today.year]
    cases = pole_cases(
        demand_areas,
        demand_clusters,
        ahead,
        poles,
        reached,
        scenario,
        coverage,
        spots,
        walking,
        graph=walk_graph(walk_nodes, walk_edges),
        quality=quality,
    )
    return lacking, cases


def coverage_squares(
    squares: Squares, charge_points: ChargePoints, area: Area, coverage: Coverage, quality: Quality
) -> CoverageSquares:
    """The squares of the CBS against the coverage rule of the NAL."""
    from laadplan.demand.coverage import judge_squares
    from laadplan.geo.area import area_shape

    return judge_squares(squares, charge_points, coverage, area=area_shape(area), quality=quality)


def public_power(
    buurt_demand: BuurtDemand, evses: Evses, area: Area, coverage: Coverage, quality: Quality
) -> PublicPower:
    """Public power against electric cars."""
    from laadplan.demand.coverage import power_per_car
    from laadplan.geo.area import area_shape

    return power_per_car(buurt_demand, evses, coverage, area=area_shape(area), quality=quality)


def use_weeks(
    sessions: SourceFile | None,
    occupancy: Occupancy | None,
    charge_points: ChargePoints | None,
    evses: Evses | None,
    monitoring: Monitoring,
    today: date,
    quality: Quality,
) -> tuple[UseWeeks, UseHours]:
    """Use per charging location: of sessions, or of polled status where no sessions are given; of nothing, none.

    Confidential.
    """
    from laadplan.config.sources import SessionSource
    from laadplan.demand.polled import use_of_polls
    from laadplan.ingest.session_use import read_use

    if sessions is None and occupancy is None:
        return UseWeeks.empty(), UseHours.empty()
    if sessions is None:
        return use_of_polls(occupancy, until=today, weeks=monitoring.weeks, quality=quality)
    settings = sessions.settings
    assert isinstance(settings, SessionSource)
    return read_use(
        sessions.path,
        **named(settings),
        unit=settings.unit,
        evses=None if charge_points is None else charge_points["evse_count"],
        places=None if evses is None else evses["location_id"],
        power_kw=None if charge_points is None else charge_points["max_power_kw"],
        until=today,
        weeks=monitoring.weeks,
        quality=quality,
    )


def laaddruk(
    use_weeks: UseWeeks,
    use_hours: UseHours,
    charge_points: ChargePoints,
    demand_areas: DemandAreas,
    monitoring: Monitoring,
    today: date,
    quality: Quality,
) -> tuple[Laaddruk, LaaddrukWeeks, LaaddrukHours]:
    """Realised against desired occupancy, and when the norm will be passed."""
    from laadplan.demand.laaddruk import measure_laaddruk

    return measure_laaddruk(use_weeks, use_hours, charge_points, demand_areas, monitoring, today, quality=quality)


def triggers(
    laaddruk: Laaddruk,
    demand_areas: DemandAreas,
    shortfalls: Shortfalls | None,
    buurt_demand: BuurtDemand | None,
    requests: Requests | None,
    addresses: Addresses | None,
    scenario: Scenario,
    monitoring: Monitoring,
    spots: SpotRules,
    today: date,
    quality: Quality,
) -> Triggers:
    """What is to be started, where and by when."""
    from laadplan.demand.triggers import find_triggers

    return find_triggers(
        laaddruk,
        demand_areas,
        shortfalls=shortfalls,
        buurt_demand=buurt_demand,
        requests=requests,
        addresses=addresses,
        scenario=scenario,
        monitoring=monitoring,
        spots=spots,
        today=today,
        quality=quality,
    )
