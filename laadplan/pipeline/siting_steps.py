"""The steps of siting: bays, spots, what is measured there, and what the policy says of it; without demand or a plan.

In: frames of earlier steps, sections of the config, sources. Out: one frame, or several.
"""

from datetime import date
from functools import partial

from laadplan.config.policy import Policy
from laadplan.config.project import Area, BayRules, SpotRules, Surfaces, Walking
from laadplan.config.sources import Sources
from laadplan.contracts.figures import RoadManagers
from laadplan.contracts.grid import Cables, GridAreas, GridCapacity, GridPoints
from laadplan.contracts.ground import Obstacles
from laadplan.contracts.homes import Squares
from laadplan.contracts.measured import LOOKED_M, CableRoutes, Measurements, RasterValues
from laadplan.contracts.network import DecreePlaces, Decrees, Signs, WalkEdges, WalkNodes
from laadplan.contracts.planning import Assessments, Bays, Candidates, DemandPoints, Strips
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses, Buildings, Buurten, ChargePoints, RoadParts, Terrain, Trees
from laadplan.contracts.street import ParkingBays, Zones
from laadplan.store.catalogue import SourceFile


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
    from laadplan.kerb.spots import find_spots, inside, report_keepers, report_lone, report_poles, surroundings
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
        bays=bays,
        addresses=addresses,
        buurten=buurten,
    )
    offered = free_bays(bays, charging_bays(bays, charge_points, signs, spots), quality)
    everywhere = find_spots(offered, around, spots)
    report_lone(offered, everywhere, quality)
    found = inside(everywhere, area_shape(area), quality)
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
    walk_nodes: WalkNodes | None,
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
    from laadplan.geo.reach import walk_graph
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
        walking=walking,
        graph=walk_graph(walk_nodes, walk_edges),
        data=data_of_layers(sources),
    )
    judged = assess(candidates, policy, ground)
    report(judged, policy, today, quality)
    return judged
