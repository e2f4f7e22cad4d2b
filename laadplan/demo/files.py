"""The files of the demo town: one entry per source.

A source that is added later gets a module with its writer and an entry here; what it plants goes into ``truth``.
"""

from collections.abc import Sequence

import shapely

from laadplan.demo import bag, car_stock, cbs, cbs_squares, charging_records, gml, grid_tables, lists, ocpi, osm, trees
from laadplan.demo.figures import Figures
from laadplan.demo.forms import LayerFile, Layers, Section, TextFile, no_parts
from laadplan.demo.model import Quarter, Town
from laadplan.demo.records import records
from laadplan.demo.truth import TRUTH


def _bgt(layer: str) -> TextFile:
    """One file of the BGT delivery."""

    def members(_: Town, quarter: Quarter) -> tuple[str, ...]:
        return (gml.members(layer, records(quarter, layer)),)

    parts = members if layer in gml.LAYERS else no_parts
    return TextFile(f"bgt/bgt_{layer}.gml", lambda _: gml.HEAD, parts, tail=lambda *_: gml.TAIL)


def _woonplaats(town: Town, _: Sequence[Figures]) -> Layers:
    """The one woonplaats covers the municipality."""
    return {"woonplaats": bag.woonplaats_rows(town.name, shapely.union_all([cell.polygon for cell in town.cells]))}


FILES: tuple[TextFile | LayerFile, ...] = (
    *(_bgt(layer) for layer in (*gml.LAYERS, *gml.EMPTY_LAYERS)),
    LayerFile("bag-light.gpkg", bag.GEOMETRY_TYPES, lambda _, quarter: bag.layer_rows(quarter), _woonplaats),
    LayerFile("cbs_buurten.gpkg", cbs.GEOMETRY_TYPES, whole=cbs.layer_rows),
    LayerFile("cbs_vierkanten.gpkg", cbs_squares.GEOMETRY_TYPES, whole=cbs_squares.layer_rows),
    LayerFile(
        "elektriciteitsnet.gpkg",
        dict.fromkeys(grid_tables.LAYERS[:2], "LineString") | dict.fromkeys(grid_tables.LAYERS[2:], "Point"),
        lambda _, quarter: grid_tables.layer_rows(quarter),
    ),
    TextFile(
        "laadpunten_ocpi.json",
        lambda _: ocpi.HEAD,
        lambda _, quarter: (ocpi.part(quarter),),
        (Section(ocpi.SEPARATOR),),
        lambda *_: ocpi.TAIL,
    ),
    TextFile("sessies.csv", lambda _: charging_records.HEAD, lambda _, quarter: (charging_records.part(quarter),)),
    TextFile("aanvragen.csv", lambda _: lists.REQUEST_HEAD, lambda _, quarter: (lists.requests(quarter),)),
    TextFile("woningbouw.csv", lambda _: lists.PLAN_HEAD, lambda _, quarter: (lists.plans(quarter),)),
    TextFile("banen.csv", lambda _: lists.JOB_HEAD, lambda _, quarter: (lists.jobs(quarter),)),
    TextFile("autos_pc4.csv", tail=car_stock.car_stock),
    TextFile("bomen.csv", lambda _: trees.HEAD, lambda _, quarter: (trees.part(quarter),)),
    TextFile(
        "lopen.osm",
        osm.head,
        osm.parts,
        (Section(before=osm.border_nodes), Section(before=osm.border_ways)),
        lambda *_: osm.TAIL,
    ),
    TRUTH,
)
"""All files, in the order in which they are written."""
