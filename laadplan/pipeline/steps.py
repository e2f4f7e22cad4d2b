"""The steps of the plan: the sources it stands on, demand, and where poles come.

In: frames of earlier steps, sections of the config, sources. Out: one frame, or several. Bodies of all steps only tie
rooms together; imports stand inside, so that a step's code is just what it reaches.
"""

from laadplan.config.monitoring import Monitoring
from laadplan.config.optimisation import Optimisation
from laadplan.config.project import Area, SpotRules, Surfaces, Walking
from laadplan.config.scenario import Scenario
from laadplan.contracts.choosing import Alternatives, Isochrones, PlanLimits, PoleCurve, Unserved
from laadplan.contracts.demand import CoverageSquares, Demand, DemandClusters
from laadplan.contracts.grid import GridAreas, GridCapacity
from laadplan.contracts.measured import CableRoutes
from laadplan.contracts.network import DecreePlaces, Decrees, Signs, WalkEdges, WalkNodes
from laadplan.contracts.planning import (
    Assessments,
    Balances,
    Bays,
    Candidates,
    DemandPoints,
    Plan,
    PoleReach,
    Reach,
    Service,
    Sites,
    Solutions,
    WhiteSpots,
)
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses, Buildings, Buurten, ChargePoints, RoadParts, Terrain, Trees, Vehicles
from laadplan.contracts.watch import Watch
from laadplan.pipeline.mapping import named, words
from laadplan.store.catalogue import SourceFile


def road_parts(bgt: SourceFile, surfaces: Surfaces, area: Area, quality: Quality) -> RoadParts:
    """Current road parts of the BGT."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.bgt import read_road_parts

    return read_road_parts(bgt.path, reading_shape(area), arc_tolerance_m=surfaces.arc_tolerance_m, quality=quality)


def terrain(bgt: SourceFile, surfaces: Surfaces, area: Area, quality: Quality) -> Terrain:
    """Current terrain, verges and water of the BGT."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.bgt import read_terrain, terrain_delivered

    if not terrain_delivered(bgt.path):
        quality.find("The BGT delivery holds no terrain: what lies beside the road parts is unknown.")
        return Terrain.empty()
    return read_terrain(bgt.path, reading_shape(area), arc_tolerance_m=surfaces.arc_tolerance_m, quality=quality)


def buildings(bgt: SourceFile, surfaces: Surfaces, area: Area, quality: Quality) -> Buildings:
    """Current buildings of the BGT."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.bgt import buildings_delivered, read_buildings

    if not buildings_delivered(bgt.path):
        quality.find("The BGT delivery holds no buildings: the distance to a facade is unknown.")
        return Buildings.empty()
    return read_buildings(bgt.path, reading_shape(area), arc_tolerance_m=surfaces.arc_tolerance_m, quality=quality)


def trees(bgt: SourceFile | None, trees: SourceFile | None, area: Area, quality: Quality) -> Trees:
    """Trees of the municipal register; of the BGT where no register is given."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest import bgt as bgt_reader
    from laadplan.ingest.tree_register import read_trees

    if trees is not None:
        given = named(trees.settings) | words(trees.settings, "dialect")
        return read_trees(trees.path, reading_shape(area), **given, quality=quality)
    assert bgt is not None  # a step without any of its sources does not run
    if not bgt_reader.trees_delivered(bgt.path):
        quality.find("The BGT delivery holds no trees, and no register was given: the distance to a tree is unknown.")
        return Trees.empty()
    return bgt_reader.read_trees(bgt.path, reading_shape(area), quality=quality)


def addresses(addresses: SourceFile, quality: Quality) -> Addresses:
    """All addresses of the source: those outside the area tell what share of a buurt lies inside."""
    from laadplan.ingest.addresses import read_addresses

    settings = addresses.settings
    return read_addresses(addresses.path, layer=settings.layer, columns=settings.columns, quality=quality)


def buurten(buurten: SourceFile, area: Area, quality: Quality) -> Buurten:
    """CBS buurten that touch the area."""
    from laadplan.geo.area import area_shape
    from laadplan.ingest.cbs import read_buurten

    settings = buurten.settings
    shape = area_shape(area)
    return read_buurten(buurten.path, shape, layer=settings.layer, columns=settings.columns, quality=quality)


def charge_points(
    charge_points: SourceFile, buurten: Buurten | None, area: Area, walking: Walking, quality: Quality
) -> ChargePoints:
    """Existing charge points in the area, on walking distance of it, or in a buurt that it touches."""
    from laadplan.geo.area import area_shape, surroundings
    from laadplan.ingest.charge_points import read_charge_points

    given = named(charge_points.settings) | words(charge_points.settings, "values")
    around = surroundings(area, buurten, walking.norm_m)
    return read_charge_points(charge_points.path, area_shape(area), around=around, **given, quality=quality)


def vehicles(car_stock: SourceFile, addresses: Addresses | None, buurten: Buurten | None, quality: Quality) -> Vehicles:
    """Car stock of the PC4s that occur among addresses and buurten; of all where neither tells of any."""
    from laadplan.ingest.car_stock import read_vehicles

    known = [] if addresses is None else list(addresses["postcode"].dropna().str[:4])
    known += [] if buurten is None else list(buurten["pc4"].dropna())
    pc4s = sorted(set(known)) or None
    return read_vehicles(car_stock.path, pc4s, columns=car_stock.settings.columns, quality=quality)


def reach(
    demand_clusters: DemandClusters,
    candidates: Candidates,
    walk_nodes: WalkNodes | None,
    walk_edges: WalkEdges | None,
    walking: Walking,
    quality: Quality,
) -> Reach:
    """Which candidate lies within walking distance of which demand point: over the network where there is one."""
    from laadplan.geo.reach import reach_between, walk_graph

    graph = walk_graph(walk_nodes, walk_edges)
    return reach_between(demand_clusters.geometry, candidates.geometry, graph, walking, existing=False, quality=quality)


def plan(
    demand_clusters: DemandClusters,
    demand: Demand,
    candidates: Candidates,
    assessments: Assessments,
    reach: Reach,
    pole_reach: PoleReach,
    charge_points: ChargePoints,
    bays: Bays,
    buurten: Buurten,
    addresses: Addresses,
    cable_routes: CableRoutes | None,
    coverage_squares: CoverageSquares | None,
    decree_places: DecreePlaces | None,
    decrees: Decrees | None,
    grid_areas: GridAreas | None,
    grid_capacity: GridCapacity | None,
    signs: Signs | None,
    optimisation: Optimisation,
    scenario: Scenario,
    spots: SpotRules,
    walking: Walking,
    monitoring: Monitoring,
    area: Area,
    quality: Quality,
    watch: Watch,
) -> tuple[Plan, Service, Solutions, Unserved, PlanLimits, Alternatives, PoleCurve]:
    """Where poles come, whom they serve, the proof, and what explains it; nothing of confidential cable routes."""
    from laadplan.optimise.asked import demand_asked
    from laadplan.optimise.explained import explain_plan
    from laadplan.optimise.framing_town import Rules, Town, together
    from laadplan.optimise.plan import make_plan, progress_of
    from laadplan.pipeline.looking import of_charging

    town = Town(
        asked=demand_asked(demand_clusters, demand, scenario),
        charge_points=charge_points,
        candidates=candidates,
        assessments=assessments,
        reach=together(reach, pole_reach),
        bays=bays,
        buurten=buurten,
        addresses=addresses,
        cable_routes=cable_routes,
        coverage_squares=coverage_squares,
        decree_places=of_charging(decree_places, decrees),
        grid_areas=grid_areas,
        grid_capacity=grid_capacity,
        signs=signs,
    )
    rules = Rules(optimisation, scenario, spots, walking, monitoring.risk_share, area.municipality_code)
    planned = make_plan(town, rules, clock=watch.clock, tell=progress_of(watch), quality=quality)
    explained = explain_plan(planned, town, rules, watch=watch, quality=quality)
    return (planned.plan, planned.service, planned.solutions, *explained)


def sites(
    candidates: Candidates,
    assessments: Assessments,
    plan: Plan,
    reach: Reach,
    demand_clusters: DemandClusters,
    demand: Demand,
    addresses: Addresses,
    scenario: Scenario,
    optimisation: Optimisation,
    spots: SpotRules,
    walking: Walking,
) -> Sites:
    """Every candidate with its status in the plankaart and the reason."""
    from laadplan.optimise.asked import demand_asked
    from laadplan.optimise.sites import label_sites

    return label_sites(
        candidates,
        assessments,
        plan,
        reach,
        demand_asked(demand_clusters, demand, scenario),
        addresses,
        settings=optimisation,
        spots=spots,
        walking=walking,
    )


def balances(
    buurten: Buurten,
    addresses: Addresses,
    demand_clusters: DemandClusters,
    demand: Demand,
    charge_points: ChargePoints,
    candidates: Candidates,
    plan: Plan,
    service: Service,
    optimisation: Optimisation,
    scenario: Scenario,
    area: Area,
) -> Balances:
    """Demand, supply and shortfall per buurt."""
    from laadplan.geo.area import area_shape
    from laadplan.optimise.asked import demand_asked
    from laadplan.optimise.balance import balance_buurten

    return balance_buurten(
        buurten,
        addresses,
        demand_asked(demand_clusters, demand, scenario),
        charge_points,
        candidates,
        plan,
        service,
        area_shape(area),
        settings=optimisation,
    )


def isochrones(
    plan: Plan,
    candidates: Candidates,
    charge_points: ChargePoints,
    demand_clusters: DemandClusters,
    service: Service,
    walk_nodes: WalkNodes | None,
    walk_edges: WalkEdges | None,
    walking: Walking,
) -> Isochrones:
    """From where a pole is within the walking norm, now and after the plan."""
    from laadplan.geo.isochrones import reached_area
    from laadplan.geo.reach import walk_graph
    from laadplan.optimise.covered import cover_area

    graph = walk_graph(walk_nodes, walk_edges)
    return cover_area(
        plan,
        candidates,
        charge_points,
        service,
        demand_clusters["addresses"],
        norm_m=walking.norm_m,
        estimated=graph is None,
        reached=lambda places: reached_area(places, graph, walking),
    )


def white_spots(demand_points: DemandPoints, service: Service) -> WhiteSpots:
    """Areas with demand and no pole in walking distance."""
    from laadplan.optimise.balance import find_white_spots

    return find_white_spots(demand_points, service)
