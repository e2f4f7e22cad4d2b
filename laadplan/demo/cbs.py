"""Wijk- en buurtkaart with key figures as CBS delivers it: layers ``gemeenten``, ``wijken`` and ``buurten``.

In: the cells of a ``Town`` and the ``Figures`` of its quarters. Out: rows per layer (EPSG:28992) with CBS's columns, as
in the first release of a year.
"""

import math
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import MultiPolygon, Polygon

from laadplan.demo.cbs_figures import SECRET, Area, Part, key_figures
from laadplan.demo.cbs_sizes import DENSITY_CIRCLE_M, URBANITY, living_in
from laadplan.demo.figures import Figures
from laadplan.demo.model import Cell, Town
from laadplan.demo.names import MUNICIPALITY
from laadplan.demo.sizes import GRID_M
from laadplan.geo.rd import RD_EPSG

YEAR = 2024

_RANDOM = 31
"""Constant of this module in the seeds of its chance."""

_UNCHANGED = 1
"""CBS: code and border of the region are those of a year before."""

GEOMETRY_TYPES = dict.fromkeys(("gemeenten", "wijken", "buurten"), "MultiPolygon")
"""Layers of the file, in its order, with their type of geometry."""


def layer_rows(town: Town, figures: Sequence[Figures]) -> dict[str, gpd.GeoDataFrame]:
    """The rows of each layer; shapes tile the municipality."""
    densities = _densities(town.cells, figures)
    parts = [
        Part(cell, figure, living_in(cell.kind, [town.seed, cell.index, _RANDOM]), density)
        for cell, figure, density in zip(town.cells, figures, densities, strict=True)
    ]
    areas = {"gemeenten": _municipality(town, parts), "wijken": _wijken(town, parts), "buurten": _buurten(town, parts)}
    return {layer: _frame(town, layer, areas[layer]) for layer in GEOMETRY_TYPES}


def _municipality(town: Town, parts: Sequence[Part]) -> list[Area]:
    return [Area(f"GM{MUNICIPALITY}", _within(town), tuple(parts))]


def _wijken(town: Town, parts: Sequence[Part]) -> list[Area]:
    inside: dict[str, list[Part]] = {}
    for part in parts:
        inside.setdefault(part.cell.wijk, []).append(part)
    return [
        Area(code, {"wijkcode": code, "wijknaam": found[0].cell.wijk_name, **_within(town)}, tuple(found))
        for code, found in sorted(inside.items())
    ]


def _buurten(town: Town, parts: Sequence[Part]) -> list[Area]:
    return [
        Area(
            part.cell.code,
            {"buurtcode": part.cell.code, "buurtnaam": part.cell.name, "wijkcode": part.cell.wijk, **_within(town)},
            (part,),
        )
        for part in sorted(parts, key=lambda part: part.cell.code)
    ]


def _within(town: Town) -> dict[str, object]:
    return {"gemeentecode": f"GM{MUNICIPALITY}", "gemeentenaam": town.name}


def _shape(area: Area) -> MultiPolygon:
    """The ground of a region; neighbours share their vertices, so that nothing is left between them."""
    whole = shapely.union_all([part.cell.polygon for part in area.parts], grid_size=GRID_M)
    free = shapely.normalize(shapely.set_precision(whole, 0.0))
    return MultiPolygon([part for part in shapely.get_parts(free) if isinstance(part, Polygon)])


def _frame(town: Town, layer: str, areas: Sequence[Area]) -> gpd.GeoDataFrame:
    rows = [
        {
            **area.names,
            **_place(layer, area),
            **key_figures(area, _chance(town, layer, area)),
            "jrstatcode": f"{YEAR}{area.code}",
            "jaar": YEAR,
        }
        for area in areas
    ]
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=[_shape(area) for area in areas], crs=RD_EPSG)


def _chance(town: Town, layer: str, area: Area) -> np.random.Generator:
    return np.random.default_rng([town.seed, area.parts[0].cell.index, _RANDOM, list(GEOMETRY_TYPES).index(layer)])


def _place(layer: str, area: Area) -> dict[str, object]:
    """What a region is, before figures on its people."""
    addresses: dict[int, int] = {}
    for part in area.parts:
        addresses[part.cell.pc4] = addresses.get(part.cell.pc4, 0) + part.figures.addresses
    most = max(addresses, key=lambda pc4: (addresses[pc4], -pc4))
    total = sum(addresses.values())
    share = addresses[most] / total if total else 1.0
    around = area.mean(lambda part: part.density, lambda figures: figures.addresses)
    density = {
        "omgevingsadressendichtheid": round(around) if total else SECRET,
        "stedelijkheid_adressen_per_km2": urbanity(around) if total else SECRET,
    }
    if layer == "gemeenten":
        return {"water": "NEE", **density}
    return {
        "indelingswijziging_wijken_en_buurten": _UNCHANGED,
        "water": "NEE",
        "meest_voorkomende_postcode": str(most),
        "dekkingspercentage": _coverage(share),
        **density,
    }


def _coverage(share: float) -> int:
    """The class 1 to 6 of the share of addresses with the most common PC4: above 90 %, then by steps of ten.

    >>> _coverage(0.95), _coverage(0.9), _coverage(0.72), _coverage(0.3)
    (1, 2, 3, 6)
    """
    return min(max(10 - math.ceil(round(share * 10, 6)) + 1, 1), 6)


def urbanity(addresses_per_km2: float) -> int:
    """The urbanity class of a density of addresses: 1 is very strongly, 5 is not urban.

    >>> urbanity(2500), urbanity(1499), urbanity(499)
    (1, 3, 5)
    """
    return 1 + sum(addresses_per_km2 < least for least in URBANITY)


def _densities(cells: Sequence[Cell], figures: Sequence[Figures]) -> list[float]:
    """Addresses per square kilometre within a kilometre of the middle of each cell.

    A cell counts for the share of it that lies within the circle, taken as if it were round.
    """
    shapes = np.array([cell.polygon for cell in cells])
    middles = shapely.get_coordinates(shapely.centroid(shapes))
    radius = np.sqrt(shapely.area(shapes) / math.pi)
    addresses = np.array([figure.addresses for figure in figures], dtype=float)
    circle_km2 = math.pi * (DENSITY_CIRCLE_M / 1000) ** 2
    found = []
    for middle in middles:
        away = np.hypot(*(middles - middle).T)
        inside = np.clip((DENSITY_CIRCLE_M + radius - away) / (2 * radius), 0.0, 1.0)
        found.append(float((addresses * inside).sum() / circle_km2))
    return found
