"""The steps of the main job, each named after the frame it makes or the file it writes.

In: frames of earlier steps, sections of the config, sources. Out: one frame, several, or a file. Bodies only tie rooms
together; imports stand inside, so that a step's code is just what it reaches.
"""

from datetime import date
from functools import partial
from pathlib import Path

from laadplan.config.policy import Policy
from laadplan.config.project import (
    Area,
    BayRules,
    Optimisation,
    Publication,
    Scenario,
    SpotRules,
    Surfaces,
    Walking,
)
from laadplan.config.sources import Sources
from laadplan.contracts.figures import RoadManagers
from laadplan.contracts.grid import Cables, GridAreas, GridCapacity, GridPoints
from laadplan.contracts.ground import Obstacles
from laadplan.contracts.homes import Squares
from laadplan.contracts.measured import LOOKED_M, CableRoutes, Measurements, RasterValues
from laadplan.contracts.network import DecreePlaces, Decrees, Signs, WalkEdges
from laadplan.contracts.planning import (
    Assessments,
    Balances,
    Bays,
    Candidates,
    DemandPoints,
    Plan,
    Reach,
    Service,
    Sites,
    Solutions,
    Strips,
    WhiteSpots,
)
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import (
    Addresses,
    Buildings,
    Buurten,
    ChargePoints,
    RoadParts,
    Terrain,
    Trees,
    Vehicles,
)
from laadplan.contracts.street import ParkingBays, Zones
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


def vehicles(car_stock: SourceFile, addresses: Addresses | None, quality: Quality) -> Vehicles:
    """Car stock of the PC4s that occur among the addresses; of all without addresses."""
    from laadplan.ingest.car_stock import read_vehicles

    pc4s = None if addresses is None else sorted(set(addresses["postcode"].dropna().str[:4]))
    return read_vehicles(car_stock.path, pc4s, columns=car_stock.settings.columns, quality=quality)


def bays(
    road_parts: RoadParts | None,
    parking_bays: ParkingBays | None,
    bays: BayRules,
    surfaces: Surfaces,
    area: Area,
    quality: Quality,
) -> tuple[Strips, Bays]:
    """Parking strips that touch the area, and bays: those of registers, and elsewhere those cut from the strips."""
    from laadplan.geo.area import area_shape, touching
    from laadplan.kerb.bays import cut_strips, report_bays
    from laadplan.kerb.registered import join_bays, registered_bays

    shape = area_shape(area)
    strips, found = (Strips.empty(), Bays.empty()) if road_parts is None else cut_strips(road_parts, bays, surfaces)
    if parking_bays is not None:
        registered = registered_bays(parking_bays, road_parts, bays, surfaces, quality)
        strips, found = join_bays(strips, found, registered, quality)
    kept = touching(strips, shape)
    elsewhere = found[~found["road_part_id"].isin(strips.index)]
    here = found[found["road_part_id"].isin(kept.index) | found.index.isin(touching(elsewhere, shape).index)]
    report_bays(kept, here, quality)
    return kept, here


def candidates(
    bays: Bays,
    road_parts: RoadParts | None,
    terrain: Terrain | None,
    buildings: Buildings | None,
    obstacles: Obstacles | None,
    trees: Trees | None,
    signs: Signs | None,
    charge_points: ChargePoints | None,
    addresses: Addresses | None,
    buurten: Buurten | None,
    spots: SpotRules,
    surfaces: Surfaces,
    area: Area,
    quality: Quality,
) -> Candidates:
    """Spots in the area: adjacent bays, none of them in use for charging, with a position for a pole."""
    from laadplan.geo.area import area_shape
    from laadplan.kerb.spots import find_spots, inside, report_keepers, report_poles, surroundings
    from laadplan.kerb.taken import charging_bays, free_bays

    around = surroundings(
        spots,
        surfaces,
        road_parts=road_parts,
        terrain=terrain,
        buildings=buildings,
        obstacles=obstacles,
        trees=trees,
        signs=signs,
        addresses=addresses,
        buurten=buurten,
    )
    offered = free_bays(bays, charging_bays(bays, charge_points, signs, spots), quality)
    found = inside(find_spots(offered, around, spots), area_shape(area), quality)
    report_keepers(found, area.municipality_code, quality)
    report_poles(found, quality)
    return found


def cable_routes(
    candidates: Candidates,
    cables: Cables,
    grid_points: GridPoints,
    road_parts: RoadParts | None,
    terrain: Terrain | None,
    buildings: Buildings | None,
    surfaces: Surfaces,
    spots: SpotRules,
    quality: Quality,
) -> CableRoutes:
    """The way from each pole to a low-voltage cable, as a digger would go. Confidential."""
    from laadplan.kerb.route import find_ground, route_cables

    ground = find_ground(road_parts, terrain, buildings, surfaces, quality)
    return route_cables(candidates.geometry, cables, grid_points, ground, spots, quality)


def measurements(
    candidates: Candidates,
    bays: Bays,
    road_parts: RoadParts | None,
    buildings: Buildings | None,
    obstacles: Obstacles | None,
    trees: Trees | None,
    charge_points: ChargePoints | None,
    addresses: Addresses | None,
    signs: Signs | None,
    zones: Zones | None,
    road_managers: RoadManagers | None,
    grid_capacity: GridCapacity | None,
    grid_areas: GridAreas | None,
    spots: SpotRules,
    surfaces: Surfaces,
    area: Area,
    quality: Quality,
) -> Measurements:
    """What is measured at each spot, from public sources alone."""
    from laadplan.kerb.measure import PublicLayers, measure_spots

    if area.bbox_rd and area.margin_m < LOOKED_M:
        quality.find(f"Sources are read {area.margin_m:g} m outside the area: near its edge distances may be too long.")
    layers = PublicLayers(
        bays=bays,
        road_parts=road_parts,
        buildings=buildings,
        obstacles=obstacles,
        trees=trees,
        charge_points=charge_points,
        addresses=addresses,
        signs=signs,
        zones=zones,
        road_managers=road_managers,
        grid_capacity=grid_capacity,
        grid_areas=grid_areas,
    )
    code = area.municipality_code
    return measure_spots(candidates, layers, spots=spots, surfaces=surfaces, municipality_code=code, quality=quality)


def raster_values(candidates: Candidates, rasters: dict[str, SourceFile], quality: Quality) -> RasterValues:
    """Value of each raster at each pole."""
    from laadplan.geo.raster import sample_windows
    from laadplan.ingest.raster import read_raster
    from laadplan.kerb.measure import raster_rows

    values = {}
    for name, file in rasters.items():
        read = partial(read_raster, file.path, layer=file.settings.layer)
        values[name] = sample_windows(candidates.geometry, read)
    return raster_rows(values, quality)


def demand_points(
    addresses: Addresses, buurten: Buurten, vehicles: Vehicles, scenario: Scenario, area: Area, quality: Quality
) -> DemandPoints:
    """Charging demand per address in the year of the scenario."""
    from laadplan.demand.forecast import demand_per_address
    from laadplan.geo.area import area_shape

    return demand_per_address(addresses, buurten, vehicles, scenario, area_shape(area), quality=quality)


def assessments(
    candidates: Candidates,
    bays: Bays,
    measurements: Measurements | None,
    raster_values: RasterValues | None,
    cable_routes: CableRoutes | None,
    cables: Cables | None,
    grid_points: GridPoints | None,
    addresses: Addresses | None,
    buildings: Buildings | None,
    buurten: Buurten | None,
    charge_points: ChargePoints | None,
    decree_places: DecreePlaces | None,
    decrees: Decrees | None,
    demand_points: DemandPoints | None,
    grid_areas: GridAreas | None,
    obstacles: Obstacles | None,
    parking_bays: ParkingBays | None,
    road_managers: RoadManagers | None,
    road_parts: RoadParts | None,
    signs: Signs | None,
    squares: Squares | None,
    terrain: Terrain | None,
    trees: Trees | None,
    walk_edges: WalkEdges | None,
    zones: Zones | None,
    policy: Policy,
    walking: Walking,
    area: Area,
    sources: Sources,
    today: date,
    quality: Quality,
) -> Assessments:
    """Every candidate against every criterion in force; what was measured on confidential data stays out."""
    from laadplan.geo.area import reading_shape
    from laadplan.pipeline.looking import data_of_layers, layers_of, of_charging
    from laadplan.policy.assess import assess, report
    from laadplan.policy.ground import Ground

    layers = layers_of(
        addresses=addresses,
        bays=bays,
        buildings=buildings,
        buurten=buurten,
        cables=cables,
        charge_points=charge_points,
        decree_places=of_charging(decree_places, decrees),
        demand_points=demand_points,
        grid_areas=grid_areas,
        grid_points=grid_points,
        obstacles=obstacles,
        parking_bays=parking_bays,
        road_managers=road_managers,
        road_parts=road_parts,
        signs=signs,
        squares=squares,
        terrain=terrain,
        trees=trees,
        walk_edges=walk_edges,
        zones=zones,
    )
    ground = Ground(
        layers=layers,
        measurements=measurements,
        raster_values=raster_values,
        cable_routes=cable_routes,
        reading=reading_shape(area),
        today=today,
        detour_factor=walking.detour_factor,
        data=data_of_layers(sources),
    )
    judged = assess(candidates, policy, ground)
    report(judged, policy, today, quality)
    return judged


def reach(demand_points: DemandPoints, candidates: Candidates, charge_points: ChargePoints, walking: Walking) -> Reach:
    """Which pole lies within walking distance of which address."""
    from laadplan.geo.reach import estimated_reach

    return estimated_reach(
        demand_points.geometry,
        candidates.geometry,
        charge_points.geometry,
        norm_m=walking.norm_m,
        detour_factor=walking.detour_factor,
    )


def plan(
    demand_points: DemandPoints,
    candidates: Candidates,
    assessments: Assessments,
    reach: Reach,
    charge_points: ChargePoints,
    buurten: Buurten,
    optimisation: Optimisation,
    scenario: Scenario,
    spots: SpotRules,
    walking: Walking,
    quality: Quality,
) -> tuple[Plan, Service, Solutions]:
    """Where poles come, whom they serve, and the proof."""
    from laadplan.optimise.plan import make_plan

    return make_plan(
        demand_points,
        candidates,
        assessments,
        reach,
        charge_points,
        buurten,
        settings=optimisation,
        scenario=scenario,
        spots=spots,
        walking=walking,
        quality=quality,
    )


def sites(
    candidates: Candidates,
    assessments: Assessments,
    plan: Plan,
    reach: Reach,
    demand_points: DemandPoints,
    addresses: Addresses,
    optimisation: Optimisation,
    spots: SpotRules,
    walking: Walking,
) -> Sites:
    """Every candidate with its status in the plankaart and the reason."""
    from laadplan.optimise.sites import label_sites

    return label_sites(
        candidates,
        assessments,
        plan,
        reach,
        demand_points,
        addresses,
        settings=optimisation,
        spots=spots,
        walking=walking,
    )


def balances(
    buurten: Buurten,
    addresses: Addresses,
    demand_points: DemandPoints,
    charge_points: ChargePoints,
    candidates: Candidates,
    plan: Plan,
    service: Service,
    optimisation: Optimisation,
    scenario: Scenario,
    spots: SpotRules,
    area: Area,
) -> Balances:
    """Demand, supply and shortfall per buurt."""
    from laadplan.geo.area import area_shape
    from laadplan.optimise.balance import balance_buurten

    return balance_buurten(
        buurten,
        addresses,
        demand_points,
        charge_points,
        candidates,
        plan,
        service,
        area_shape(area),
        settings=optimisation,
        scenario=scenario,
        spots=spots,
    )


def white_spots(demand_points: DemandPoints, service: Service) -> WhiteSpots:
    """Areas with demand and no pole in walking distance."""
    from laadplan.optimise.balance import find_white_spots

    return find_white_spots(demand_points, service)


def plankaart_gpkg(
    target: Path,
    sites: Sites,
    bays: Bays,
    candidates: Candidates,
    charge_points: ChargePoints,
    plan: Plan,
    balances: Balances,
    white_spots: WhiteSpots,
    assessments: Assessments,
    sources: Sources,
    today: date,
) -> None:
    """The plankaart as a GeoPackage with QGIS styles."""
    from laadplan.publish.layers import make_layers, make_tables
    from laadplan.publish.plankaart import write_geopackage

    layers = make_layers(sites, bays, candidates, charge_points, plan, balances, white_spots)
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
    assessments: Assessments,
    solutions: Solutions,
    sources: Sources,
    scenario: Scenario,
    walking: Walking,
    publication: Publication,
    today: date,
) -> None:
    """The plankaart as a workbook."""
    from laadplan.publish.about import account_lines
    from laadplan.publish.layers import make_layers, make_tables
    from laadplan.publish.popups import list_criteria
    from laadplan.publish.tables import write_workbook

    layers = make_layers(sites, bays, candidates, charge_points, plan, balances, white_spots)
    tables = layers | make_tables(assessments, sources)
    lines = account_lines(
        solutions,
        balances,
        list_criteria(assessments),
        scenario=scenario,
        walking=walking,
        publication=publication,
        today=today,
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
    solutions: Solutions,
    road_parts: RoadParts,
    terrain: Terrain,
    buildings: Buildings,
    addresses: Addresses,
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
        sources=sources,
        scenario=scenario,
        walking=walking,
        policy=policy,
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
