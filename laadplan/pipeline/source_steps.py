"""The steps that only read: one per frame that ingest delivers and that the main job does not read itself.

In: sources and sections of the config. Out: one frame or several. Imports stand inside, so that a step's code is just
what it reaches. A step whose sources are left out of the config does not run. Of sources that have names of the
user's own, ids are written name/id.
"""

from collections.abc import Callable
from datetime import date

import pandas as pd

from laadplan.config.project import Area, Surfaces
from laadplan.config.sources import ForecastSource, Source, ZoneSource
from laadplan.contracts.figures import (
    Forecast,
    Jobs,
    MunicipalCars,
    PlannedHomes,
    Registrations,
    Requests,
    RoadManagers,
)
from laadplan.contracts.grid import Cables, GridAreas, GridCapacity, GridPoints
from laadplan.contracts.ground import Obstacles
from laadplan.contracts.homes import BuurtFigures, Dwellings, Postcodes, Squares
from laadplan.contracts.network import DecreePlaces, Decrees, Signs, WalkEdges, WalkNodes
from laadplan.contracts.quality import Quality
from laadplan.contracts.sources import Addresses, Buurten, ChargePoints, RoadParts
from laadplan.contracts.street import ParkingBays, Rasters, Zones
from laadplan.contracts.use import Evses, Occupancy
from laadplan.errors import MissingSource, NotInSource
from laadplan.pipeline.mapping import day_of, named, words, year_of
from laadplan.store.catalogue import SourceFile


def obstacles(bgt: SourceFile, surfaces: Surfaces, area: Area, quality: Quality) -> Obstacles:
    """Posts, manholes, cabinets, signs, furniture and fences of the BGT."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.bgt import read_obstacles

    try:
        return read_obstacles(bgt.path, reading_shape(area), arc_tolerance_m=surfaces.arc_tolerance_m, quality=quality)
    except MissingSource as error:
        quality.find(f"{error.what} {error.todo}")
        return Obstacles.empty()


def dwellings(addresses: SourceFile, area: Area, quality: Quality) -> Dwellings:
    """What people live and work in, of the BAG: verblijfsobjecten, ligplaatsen and standplaatsen."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.bag import read_dwellings

    try:
        return read_dwellings(addresses.path, reading_shape(area), **named(addresses.settings), quality=quality)
    except NotInSource as error:
        quality.find(f"{error.what} {error.todo}")
        return Dwellings.empty()


def buurt_figures(buurt_figures: SourceFile, area: Area, quality: Quality) -> BuurtFigures:
    """Key figures of the CBS per buurt, wijk and gemeente, without shapes."""
    from laadplan.ingest.cbs_figures import read_buurt_figures

    year, code = year_of(buurt_figures.settings), area.municipality_code
    return read_buurt_figures(buurt_figures.path, municipality=code, year=year, quality=quality)


def squares(squares: SourceFile, area: Area, quality: Quality) -> Squares:
    """Figures of the CBS per square of 100 or 500 m."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.cbs_tables import read_squares

    settings = squares.settings
    year = year_of(settings)
    return read_squares(squares.path, reading_shape(area), **named(settings), year=year, quality=quality)


def postcodes(postcodes: SourceFile, addresses: Addresses | None, quality: Quality) -> Postcodes:
    """Figures of the CBS per postcode, of those that occur among the addresses."""
    from laadplan.ingest.cbs_tables import read_postcodes

    settings = postcodes.settings
    pc4s = None if addresses is None else sorted(set(addresses["postcode"].dropna().str[:4]))
    return read_postcodes(postcodes.path, pc4s, **named(settings), year=year_of(settings), quality=quality)


def registrations(registrations: SourceFile, quality: Quality) -> Registrations:
    """Counts of registered vehicles of the RDW."""
    from laadplan.ingest.rdw import read_registrations

    settings = registrations.settings
    year = year_of(settings)
    return read_registrations(registrations.path, columns=settings.columns, year=year, quality=quality)


def municipal_cars(municipal_cars: SourceFile, area: Area, quality: Quality) -> MunicipalCars:
    """Cars of the municipality: total, electric, private and company."""
    from laadplan.ingest.municipal_cars import read_municipal_cars

    codes = [area.municipality_code]
    return read_municipal_cars(municipal_cars.path, codes, **named(municipal_cars.settings), quality=quality)


def parking_bays(
    parking_bays: dict[str, SourceFile], road_parts: RoadParts | None, area: Area, quality: Quality
) -> ParkingBays:
    """Parking bays of registers and OSM, and the parking strips of the BGT beside them."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.parking_bays import bays_from_road_parts, read_parking_bays

    shape = reading_shape(area)
    frames = _several(
        parking_bays,
        lambda file, own: read_parking_bays(
            file.path, shape, **named(file.settings), **words(file.settings, "dialect", "values"), quality=own
        ),
        quality,
    )
    if road_parts is not None:
        own = Quality()
        frames.append(bays_from_road_parts(road_parts, quality=own))
        quality.add(own, "BGT")
    if sum(len(frame) > 0 for frame in frames) > 1:
        quality.find("One place may stand in several sources, and then more than once: count per 'origin'.")
    return pd.concat(frames)


def cables(cables: dict[str, SourceFile], area: Area, today: date, quality: Quality) -> tuple[Cables, GridPoints]:
    """Cables and what stands along them, of KLIC deliveries and of grid operators, each once. Confidential."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.cables import join_cables, join_points, read_cables, read_grid_points

    shape, points_quality = reading_shape(area), Quality()
    lines, points = [], []
    for name, file in cables.items():
        given, own = named(file.settings), Quality()
        lines.append(read_cables(file.path, shape, **given, today=today, quality=own))
        quality.add(own, name)
        points.append(read_grid_points(file.path, shape, **given, quality=points_quality))
    joined = join_cables(lines, quality=quality), join_points(points, quality=points_quality)
    seen = points_quality.summary()
    quality.facts |= {"grid points": seen["kept"], "grid points read": seen["read"]}
    quality.facts |= {f"grid points dropped: {rule}": number for rule, number in seen["dropped"].items()}
    return joined


def grid_capacity(
    grid_capacity: dict[str, SourceFile], addresses: Addresses | None, area: Area, quality: Quality
) -> tuple[GridCapacity, GridAreas]:
    """Indications of grid capacity with their date, and the areas that they are about under the code they give."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.grid_areas import read_grid_areas
    from laadplan.ingest.grid_capacity import read_grid_capacity

    shape = reading_shape(area)
    postcodes = None if addresses is None else sorted(set(addresses["postcode"].dropna()))
    frames = _several(
        grid_capacity,
        lambda file, own: read_grid_capacity(
            file.path,
            shape,
            postcodes=postcodes,
            **named(file.settings),
            **words(file.settings, "values"),
            indicated_on=day_of(file.settings),
            quality=own,
        ),
        quality,
    )
    shapes = pd.concat([read_grid_areas(file.path, shape) for file in grid_capacity.values()])
    return pd.concat(frames), shapes[~shapes.index.duplicated()]


def evses(charge_points: SourceFile, area: Area, quality: Quality) -> Evses:
    """Existing charge points one by one (EVSE)."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.charge_points import read_evses

    settings = charge_points.settings
    given = named(settings) | words(settings, "values")
    try:
        return read_evses(charge_points.path, reading_shape(area), **given, quality=quality)
    except NotInSource as error:
        quality.find(f"{error.what} {error.todo}")
        return Evses.empty()


def occupancy(occupancy: SourceFile, charge_points: ChargePoints | None, quality: Quality) -> Occupancy:
    """Status of charge points as it was polled."""
    from laadplan.ingest.occupancy import read_occupancy

    settings = occupancy.settings
    known = None if charge_points is None else list(charge_points.index)
    given = {"columns": settings.columns} | words(settings, "values")
    return read_occupancy(occupancy.path, locations=known, **given, quality=quality)


def requests(requests: SourceFile, quality: Quality) -> Requests:
    """Drivers' requests for a public charge point, without names. Confidential."""
    from laadplan.ingest.requests import read_requests

    settings = requests.settings
    return read_requests(requests.path, **named(settings), **words(settings, "values"), quality=quality)


def planned_homes(planned_homes: SourceFile, buurten: Buurten | None, area: Area, quality: Quality) -> PlannedHomes:
    """Planned dwellings: the BAG holds only what exists."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.planned_homes import read_planned_homes

    codes = None if buurten is None else list(buurten.index)
    settings = named(planned_homes.settings)
    return read_planned_homes(planned_homes.path, reading_shape(area), buurtcodes=codes, **settings, quality=quality)


def jobs(jobs: SourceFile, quality: Quality) -> Jobs:
    """Jobs per area."""
    from laadplan.ingest.jobs import read_jobs

    return read_jobs(jobs.path, **named(jobs.settings), quality=quality)


def road_managers(road_managers: SourceFile, area: Area, quality: Quality) -> RoadManagers:
    """Who manages which road."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.road_managers import read_road_managers

    settings = road_managers.settings
    given = named(settings) | words(settings, "values")
    return read_road_managers(road_managers.path, reading_shape(area), **given, quality=quality)


def forecast(forecast: SourceFile, buurten: Buurten | None, quality: Quality) -> Forecast:
    """The official forecast of the buurten that the area touches, in the unit that the config states."""
    from laadplan.ingest.forecast import read_forecast

    settings = forecast.settings
    assert isinstance(settings, ForecastSource)
    codes = None if buurten is None else list(buurten.index)
    given = named(settings) | words(settings, "values")
    return read_forecast(forecast.path, codes, unit=settings.unit, **given, quality=quality)


def walking(
    walking: SourceFile | None, road_parts: RoadParts | None, area: Area, quality: Quality
) -> tuple[WalkNodes, WalkEdges]:
    """The network that people walk on: of OSM or NWB, or else made from the pavements of the BGT."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.walking import read_walking, walk_from_road_parts

    if walking is not None:
        return read_walking(walking.path, reading_shape(area), layer=walking.settings.layer, quality=quality)
    assert road_parts is not None  # a step with nothing at all does not run
    return walk_from_road_parts(road_parts, quality=quality)


def signs(signs: SourceFile, area: Area, quality: Quality) -> Signs:
    """Traffic signs and what they mean for parking and charging."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.signs import read_signs

    return read_signs(signs.path, reading_shape(area), quality=quality)


def decrees(decrees: SourceFile, area: Area, quality: Quality) -> tuple[Decrees, DecreePlaces]:
    """Published traffic decrees, as history of the rollout, and the places they name."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.decrees import read_decree_places, read_decrees

    shape = reading_shape(area)
    return read_decrees(decrees.path, shape, quality=quality), read_decree_places(decrees.path, shape)


def rasters(rasters: dict[str, SourceFile], area: Area, quality: Quality) -> Rasters:
    """What each raster covers, and how much of it holds no value."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.raster import read_rasters

    paths = {name: file.path for name, file in rasters.items()}
    layers = {name: file.settings.layer for name, file in rasters.items()}
    return read_rasters(paths, reading_shape(area), layers=layers, quality=quality)


def zones(zones: dict[str, SourceFile], area: Area, quality: Quality) -> Zones:
    """Polygons that exclude, own, protect or tell something: each with its kind."""
    from laadplan.geo.area import reading_shape
    from laadplan.ingest.zones import read_zones

    shape = reading_shape(area)
    return pd.concat(
        _several(
            zones,
            lambda file, own: read_zones(
                file.path,
                shape,
                kind=_kind(file.settings),
                **named(file.settings),
                **words(file.settings, "values"),
                quality=own,
            ),
            quality,
        )
    )


def _several(
    files: dict[str, SourceFile], read: Callable[[SourceFile, Quality], pd.DataFrame], quality: Quality
) -> list[pd.DataFrame]:
    """The frame of each source with ids written name/id; what each reader saw is added up."""
    frames = []
    for name, file in files.items():
        own = Quality()
        frame = read(file, own)
        quality.add(own, name)
        frames.append(frame.set_axis(f"{name}/" + frame.index.astype("str"), axis=0).rename_axis(str(frame.index.name)))
    return frames


def _kind(settings: Source) -> str:
    assert isinstance(settings, ZoneSource)
    return settings.kind
