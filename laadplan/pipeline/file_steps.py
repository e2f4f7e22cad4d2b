"""The steps that write a file for readers, each named after it.

In: frames of earlier steps and sections of the config; none that is confidential. Out: the file.
"""

from datetime import date
from pathlib import Path

from laadplan.config.monitoring import Monitoring
from laadplan.config.optimisation import Optimisation
from laadplan.config.policy import Policy
from laadplan.config.project import Publication, SpotRules, Walking
from laadplan.config.scenario import Coverage, HomeRules, Scenario
from laadplan.config.sources import Sources
from laadplan.contracts.choosing import Alternatives, Isochrones, PlanLimits, PoleCurve, Unserved
from laadplan.contracts.demand import (
    BuurtDemand,
    CoverageSquares,
    Demand,
    DemandAreas,
    DemandClusters,
    ElectricCars,
    PoleCases,
    PublicPower,
    Shortfalls,
)
from laadplan.contracts.measured import Measurements
from laadplan.contracts.monitoring import Laaddruk, LaaddrukHours, LaaddrukWeeks, Triggers
from laadplan.contracts.network import WalkEdges
from laadplan.contracts.planning import (
    Assessments,
    Balances,
    Bays,
    Candidates,
    Plan,
    Service,
    Sites,
    Solutions,
    Strips,
    WhiteSpots,
)
from laadplan.contracts.sources import Addresses, Buildings, Buurten, ChargePoints, RoadParts, Terrain


def plankaart_gpkg(
    target: Path,
    sites: Sites,
    bays: Bays,
    candidates: Candidates,
    charge_points: ChargePoints,
    plan: Plan,
    balances: Balances,
    white_spots: WhiteSpots,
    isochrones: Isochrones,
    assessments: Assessments,
    sources: Sources,
    today: date,
) -> None:
    """The plankaart as a GeoPackage with QGIS styles."""
    from laadplan.publish.layers import make_layers, make_tables
    from laadplan.publish.plankaart import write_geopackage

    layers = make_layers(sites, bays, candidates, charge_points, plan, balances, white_spots, isochrones)
    write_geopackage(target, layers, make_tables(assessments, sources), today)


def plankaart_xlsx(
    target: Path,
    sites: Sites,
    bays: Bays,
    candidates: Candidates,
    charge_points: ChargePoints,
    plan: Plan,
    balances: Balances,
    white_spots: WhiteSpots,
    isochrones: Isochrones,
    assessments: Assessments,
    solutions: Solutions,
    walk_edges: WalkEdges | None,
    unserved: Unserved,
    plan_limits: PlanLimits,
    alternatives: Alternatives,
    pole_curve: PoleCurve,
    sources: Sources,
    scenario: Scenario,
    walking: Walking,
    publication: Publication,
    today: date,
) -> None:
    """The plankaart as a workbook."""
    from laadplan.publish.about import account_lines, walk_line
    from laadplan.publish.layers import IN_WORKBOOK, make_layers, make_tables
    from laadplan.publish.popups import list_criteria
    from laadplan.publish.tables import write_workbook
    from laadplan.publish.uitleg_tables import plan_tables

    layers = make_layers(sites, bays, candidates, charge_points, plan, balances, white_spots, isochrones)
    tables = layers | make_tables(assessments, sources, IN_WORKBOOK)
    tables |= plan_tables(unserved, plan_limits, alternatives, pole_curve)
    lines = account_lines(
        solutions,
        balances,
        list_criteria(assessments),
        scenario=scenario,
        walking=walking,
        publication=publication,
        today=today,
        walk=walk_line(walking, walk_edges, sources),
    )
    write_workbook(target, tables, title=publication.title, lines=lines, today=today)


def plankaart_html(
    target: Path,
    sites: Sites,
    bays: Bays,
    assessments: Assessments,
    charge_points: ChargePoints,
    plan: Plan,
    balances: Balances,
    white_spots: WhiteSpots,
    isochrones: Isochrones,
    solutions: Solutions,
    road_parts: RoadParts,
    terrain: Terrain,
    buildings: Buildings,
    addresses: Addresses,
    walk_edges: WalkEdges | None,
    sources: Sources,
    scenario: Scenario,
    walking: Walking,
    policy: Policy,
    publication: Publication,
    today: date,
) -> None:
    """The plankaart as a page with a map that works off line."""
    from laadplan.publish.webmap import write_webmap

    write_webmap(
        target,
        sites=sites,
        bays=bays,
        assessments=assessments,
        charge_points=charge_points[charge_points["in_area"]],
        plan=plan,
        balances=balances,
        white_spots=white_spots,
        solutions=solutions,
        road_parts=road_parts,
        terrain=terrain,
        buildings=buildings,
        addresses=addresses,
        isochrones=isochrones,
        sources=sources,
        scenario=scenario,
        walking=walking,
        policy=policy,
        walk_edges=walk_edges,
        publication=publication,
        today=today,
    )


def plankaart_png(
    target: Path,
    sites: Sites,
    charge_points: ChargePoints,
    white_spots: WhiteSpots,
    road_parts: RoadParts,
    terrain: Terrain,
    buildings: Buildings,
    addresses: Addresses,
    sources: Sources,
    walking: Walking,
    publication: Publication,
    today: date,
) -> None:
    """The plankaart as one picture."""
    from laadplan.publish.picture import write_picture

    write_picture(
        target,
        sites=sites,
        charge_points=charge_points[charge_points["in_area"]],
        white_spots=white_spots,
        road_parts=road_parts,
        terrain=terrain,
        buildings=buildings,
        addresses=addresses,
        sources=sources,
        walking=walking,
        publication=publication,
        today=today,
    )


def uitleg_html(
    target: Path,
    sites: Sites,
    plan: Plan,
    service: Service,
    solutions: Solutions,
    balances: Balances,
    unserved: Unserved,
    plan_limits: PlanLimits,
    alternatives: Alternatives,
    pole_curve: PoleCurve,
    isochrones: Isochrones,
    demand_clusters: DemandClusters,
    charge_points: ChargePoints,
    road_parts: RoadParts | None,
    terrain: Terrain | None,
    buildings: Buildings | None,
    walk_edges: WalkEdges | None,
    sources: Sources,
    scenario: Scenario,
    optimisation: Optimisation,
    walking: Walking,
    publication: Publication,
    today: date,
) -> None:
    """Why the plan is as it is, as a page."""
    from laadplan.publish.about import walk_line
    from laadplan.publish.plan_frames import PlanFrames, counting
    from laadplan.publish.uitleg import write_explanation
    from laadplan.publish.vraag_map import ground_of

    frames = PlanFrames(
        sites=sites,
        balances=balances,
        isochrones=isochrones,
        clusters=demand_clusters,
        charge_points=counting(charge_points, plan),
        service=service,
        solutions=solutions,
        unserved=unserved,
        limits=plan_limits,
        alternatives=alternatives,
        curve=pole_curve,
    )
    write_explanation(
        target,
        frames,
        ground=ground_of(road_parts, terrain, buildings),
        sources=sources,
        scenario=scenario,
        optimisation=optimisation,
        walking=walking,
        publication=publication,
        today=today,
        walk=walk_line(walking, walk_edges, sources),
    )


def dekking_png(
    target: Path,
    sites: Sites,
    plan: Plan,
    balances: Balances,
    isochrones: Isochrones,
    demand_clusters: DemandClusters,
    charge_points: ChargePoints,
    road_parts: RoadParts | None,
    terrain: Terrain | None,
    buildings: Buildings | None,
    walk_edges: WalkEdges | None,
    sources: Sources,
    walking: Walking,
    publication: Publication,
    today: date,
) -> None:
    """From where a pole is on walking distance, before and after the plan, as one picture."""
    from laadplan.publish.about import walk_line
    from laadplan.publish.dekking import write_coverage_map
    from laadplan.publish.plan_frames import MapFrames, counting
    from laadplan.publish.vraag_map import ground_of

    frames = MapFrames(
        sites=sites,
        balances=balances,
        isochrones=isochrones,
        clusters=demand_clusters,
        charge_points=counting(charge_points, plan),
    )
    write_coverage_map(
        target,
        frames,
        ground=ground_of(road_parts, terrain, buildings),
        walking=walking,
        publication=publication,
        sources=sources,
        today=today,
        walk=walk_line(walking, walk_edges, sources),
    )


def kandidaten_gpkg(
    target: Path,
    candidates: Candidates,
    bays: Bays,
    strips: Strips,
    assessments: Assessments,
    measurements: Measurements | None,
    policy: Policy,
    sources: Sources,
    today: date,
) -> None:
    """The assessed candidates as a GeoPackage with QGIS styles."""
    from laadplan.publish.kandidaten import LOOKS, make_candidate_layers, make_candidate_tables
    from laadplan.publish.plankaart import write_geopackage

    layers = make_candidate_layers(candidates, bays, strips, assessments, measurements)
    tables = make_candidate_tables(assessments, policy, sources, today)
    write_geopackage(target, layers, tables, today, looks=LOOKS)


def beoordelingen_csv(target: Path, assessments: Assessments) -> None:
    """Every candidate against every criterion as a list for a spreadsheet."""
    from laadplan.publish.kandidaten import write_judgements

    write_judgements(target, assessments)


def vraag_html(
    target: Path,
    buurten: Buurten,
    demand_areas: DemandAreas,
    buurt_demand: BuurtDemand,
    demand_clusters: DemandClusters | None,
    demand: Demand | None,
    shortfalls: Shortfalls | None,
    pole_cases: PoleCases | None,
    coverage_squares: CoverageSquares | None,
    public_power: PublicPower | None,
    walk_edges: WalkEdges | None,
    road_parts: RoadParts | None,
    terrain: Terrain | None,
    buildings: Buildings | None,
    sources: Sources,
    scenario: Scenario,
    homes: HomeRules,
    coverage: Coverage,
    walking: Walking,
    spots: SpotRules,
    publication: Publication,
    today: date,
) -> None:
    """The report of demand as a page."""
    from laadplan.publish.report_frames import DemandFrames
    from laadplan.publish.vraag import write_demand_page
    from laadplan.publish.vraag_map import ground_of

    frames = DemandFrames(
        buurten,
        demand_areas,
        buurt_demand,
        clusters=demand_clusters,
        demand=demand,
        shortfalls=shortfalls,
        pole_cases=pole_cases,
        squares=coverage_squares,
        power=public_power,
        walk_edges=walk_edges,
    )
    write_demand_page(
        target,
        frames,
        ground=ground_of(road_parts, terrain, buildings),
        sources=sources,
        scenario=scenario,
        homes=homes,
        coverage=coverage,
        walking=walking,
        spots=spots,
        publication=publication,
        today=today,
    )


def vraag_xlsx(
    target: Path,
    buurten: Buurten,
    demand_areas: DemandAreas,
    buurt_demand: BuurtDemand,
    electric_cars: ElectricCars,
    demand_clusters: DemandClusters | None,
    demand: Demand | None,
    shortfalls: Shortfalls | None,
    pole_cases: PoleCases | None,
    coverage_squares: CoverageSquares | None,
    public_power: PublicPower | None,
    walk_edges: WalkEdges | None,
    sources: Sources,
    scenario: Scenario,
    homes: HomeRules,
    coverage: Coverage,
    walking: Walking,
    publication: Publication,
    today: date,
) -> None:
    """The report of demand as a workbook."""
    from laadplan.publish.report_frames import DemandFrames
    from laadplan.publish.vraag import write_demand_book

    frames = DemandFrames(
        buurten,
        demand_areas,
        buurt_demand,
        electric_cars=electric_cars,
        clusters=demand_clusters,
        demand=demand,
        shortfalls=shortfalls,
        pole_cases=pole_cases,
        squares=coverage_squares,
        power=public_power,
        walk_edges=walk_edges,
    )
    write_demand_book(
        target,
        frames,
        sources=sources,
        scenario=scenario,
        homes=homes,
        coverage=coverage,
        walking=walking,
        publication=publication,
        today=today,
    )


def vraag_png(
    target: Path,
    buurten: Buurten,
    demand_areas: DemandAreas,
    buurt_demand: BuurtDemand,
    demand_clusters: DemandClusters | None,
    demand: Demand | None,
    road_parts: RoadParts | None,
    terrain: Terrain | None,
    buildings: Buildings | None,
    sources: Sources,
    scenario: Scenario,
    publication: Publication,
    today: date,
) -> None:
    """Demand in three years as one picture."""
    from laadplan.publish.report_frames import DemandFrames
    from laadplan.publish.vraag_map import ground_of, write_demand_map

    write_demand_map(
        target,
        DemandFrames(buurten, demand_areas, buurt_demand, clusters=demand_clusters, demand=demand),
        ground=ground_of(road_parts, terrain, buildings),
        scenario=scenario,
        publication=publication,
        sources=sources,
        today=today,
    )


def monitor_html(
    target: Path,
    demand_areas: DemandAreas,
    laaddruk: Laaddruk,
    laaddruk_weeks: LaaddrukWeeks,
    laaddruk_hours: LaaddrukHours,
    triggers: Triggers,
    sources: Sources,
    monitoring: Monitoring,
    publication: Publication,
    today: date,
) -> None:
    """The report of use as a page."""
    from laadplan.publish.monitor import write_monitor_page
    from laadplan.publish.report_frames import UseFrames

    frames = UseFrames(demand_areas, laaddruk, laaddruk_weeks, laaddruk_hours, triggers)
    write_monitor_page(target, frames, sources=sources, monitoring=monitoring, publication=publication, today=today)


def monitor_xlsx(
    target: Path,
    demand_areas: DemandAreas,
    laaddruk: Laaddruk,
    laaddruk_weeks: LaaddrukWeeks,
    laaddruk_hours: LaaddrukHours,
    triggers: Triggers,
    sources: Sources,
    monitoring: Monitoring,
    publication: Publication,
    today: date,
) -> None:
    """The report of use as a workbook."""
    from laadplan.publish.monitor import write_monitor_book
    from laadplan.publish.report_frames import UseFrames

    frames = UseFrames(demand_areas, laaddruk, laaddruk_weeks, laaddruk_hours, triggers)
    write_monitor_book(target, frames, sources=sources, monitoring=monitoring, publication=publication, today=today)
