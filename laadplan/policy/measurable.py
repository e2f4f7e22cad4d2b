"""Rules held against what can be measured: in any project, and in one with its sources and reach.

In: criteria as they stand at their level, and the setting of a project. Out: findings.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from laadplan.config.criteria import (
    AttributeCriterion,
    CableCriterion,
    CorridorCriterion,
    CountCriterion,
    Criterion,
    DistanceCriterion,
    InsideCriterion,
    Layer,
    RasterCriterion,
    TreeCriterion,
    ValidCriterion,
    ValueCriterion,
    WalkCriterion,
    WidthCriterion,
)
from laadplan.config.project import SpotRules
from laadplan.contracts.dictionary import all_contracts
from laadplan.contracts.figures import MANAGERS
from laadplan.contracts.grid import CAPACITIES
from laadplan.contracts.measured import LOOKED_M, WALKWAYS
from laadplan.contracts.network import MEANINGS
from laadplan.contracts.planning import ORIENTATIONS, SIDES
from laadplan.contracts.street import REGIMES, ZONE_KINDS
from laadplan.errors import ConfigError
from laadplan.policy.assess import data_of
from laadplan.policy.findings import Finding, by_kind
from laadplan.policy.ground import READ_WIDER, Data, Ground, refuse_confidential_columns

LARGEST_M = {"cable": 500.0, "tree": 20.0, "walk": 2_000.0, "kerb_m": 5.0, "facade_m": 100.0, "crossing_m": 100.0}
"""Largest norm (m) that anybody means, by rule or quantity: more is probably in centimetres."""

LARGEST_SHARE = 3.0
"""Largest parking pressure that anybody means (share): more is probably a percentage."""


COLUMNS = {
    layer: frozenset(contract.columns()) - {"geometry"}
    for layer in get_args(Layer)
    for contract in all_contracts()
    if contract.__name__.casefold() == layer.replace("_", "")
}
"""Layer to the columns that a rule may pick its objects by."""

VALUES: dict[str, tuple[str, ...]] = {
    "grid_offtake": tuple(CAPACITIES),
    "orientation": tuple(ORIENTATIONS),
    "regime": tuple(REGIMES),
    "road_manager": tuple(MANAGERS),
    "side": tuple(SIDES),
    "signs": (*MEANINGS, "geen borden"),
    "walkway": tuple(WALKWAYS),
}
"""Property of a spot to the values it can have, where they are few."""

NEEDS_KIND = {
    "owner": "eigendom",
    "parking_pressure_share": "parkeerdruk",
    "soil": "bodem",
    "soil_until_on": "bodem",
    "works_until_on": "werk",
}
"""Property or quantity of a spot to the kind of zone that it comes from."""


@dataclass(frozen=True)
class Setting:
    """What a project can measure: its spots, how far it reads (m), its sources by layer, its zones and rasters.

    ``corridor_m`` is the length of walkway that is followed past a pole, where that is known.
    """

    spots: SpotRules
    margin_m: float
    data: Mapping[str, Data]
    zone_kinds: frozenset[str] = field(default_factory=frozenset)
    corridor_m: float | None = None


def lint_measurable(held: list[Criterion]) -> list[Finding]:
    """Rules that ask what nobody can measure: another unit, a kind of zone or a column that does not exist."""
    return [*_figures(held), *_kinds(held), *_columns(held), *_values(held)]


def lint_setting(held: list[Criterion], setting: Setting) -> list[Finding]:
    """Rules that ask what this project does not measure: beyond its reach, or on sources that it does not give."""
    return [*_out_of_reach(held, setting), *_without_data(held, setting)]


def _figures(held: list[Criterion]) -> Iterator[Finding]:
    """Norms that are probably in another unit."""
    for each in held:
        rule: Any = each
        key = rule.column if isinstance(each, ValueCriterion) else rule.rule
        norms = [norm for norm in (each.least, each.most) if norm is not None]
        norms += [room for _, room in each.by_stem] if isinstance(each, TreeCriterion) else []
        largest = max(norms, default=0.0)
        if largest > LARGEST_M.get(key, float("inf")):
            yield Finding("finding", f"asks for {largest:g} m: is that in centimetres?", (each.id,))
        if isinstance(each, ValueCriterion) and each.unit == "share" and largest > LARGEST_SHARE:
            yield Finding("finding", f"asks for a share of {largest:g}: 0.85 is 85 %", (each.id,))


def _kinds(held: list[Criterion]) -> Iterator[Finding]:
    """Kinds of zone that do not exist."""
    for each in held:
        odd = sorted(set(_zone_kinds(each)) - set(ZONE_KINDS))
        if odd:
            known = ", ".join(ZONE_KINDS)
            yield Finding("finding", f"looks at zones of kind {', '.join(odd)}; kinds are {known}", (each.id,))


def _values(held: list[Criterion]) -> Iterator[Finding]:
    """Values that a property never has."""
    for each in held:
        known = VALUES.get(each.column, ()) if isinstance(each, AttributeCriterion) else ()
        if isinstance(each, AttributeCriterion) and known:
            odd = sorted({*each.allowed, *each.forbidden} - {*known, "onbekend"})
            if odd:
                words = f"names {', '.join(odd)}, which {each.column} never is; it is one of {', '.join(known)}"
                yield Finding("finding", words, (each.id,))


def _columns(held: list[Criterion]) -> Iterator[Finding]:
    """Columns that a layer does not have, or of which nothing may be asked."""
    for each in held:
        if not isinstance(each, DistanceCriterion | InsideCriterion | CountCriterion):
            continue
        layer = each.to if isinstance(each, DistanceCriterion) else each.layer
        odd = [column for column in each.where if column not in COLUMNS[layer]]
        if odd:
            yield Finding("finding", f"picks {layer} by {', '.join(odd)}: no such column", (each.id,))
        try:
            refuse_confidential_columns(layer, each.where)
        except ConfigError as error:
            yield Finding("finding", f"asks what is confidential. {error}", (each.id,))


def _out_of_reach(held: list[Criterion], setting: Setting) -> Iterator[Finding]:
    """Norms beyond what is measured: nothing, or everything, would meet them."""
    spots = setting.spots
    for each in held:
        words = ""
        if isinstance(each, WidthCriterion) and each.at_least_m > spots.footway_search_m:
            words = f"asks for more than is looked at (spots.footway_search_m, {spots.footway_search_m:g} m)"
        elif isinstance(each, CorridorCriterion) and each.at_most_m >= (setting.corridor_m or float("inf")):
            words = f"allows as much as is looked at ({setting.corridor_m:g} m): every spot meets it"
        elif isinstance(each, WalkCriterion | CableCriterion) and each.most == 0:
            words = "allows 0 m: no spot can meet it"
        elif isinstance(each, ValueCriterion):
            words = _value(each, spots)
        elif (reach := _read_so_far(each)) > setting.margin_m:
            words = (
                f"looks {reach:g} m around; sources are read {setting.margin_m:g} m outside the area (area.margin_m)"
            )
        if words:
            yield Finding("finding", words, (each.id,))


def _value(each: ValueCriterion, spots: SpotRules) -> str:
    least, most = each.least or 0.0, float("inf") if each.most is None else each.most
    if each.column == "kerb_m" and not least <= spots.pole_to_kerb_m <= most:
        return f"is met by no spot: poles are put {spots.pole_to_kerb_m:g} m from the bays (spots.pole_to_kerb_m)"
    if each.unit == "m" and least > LOOKED_M:
        return f"asks for more than is looked at ({LOOKED_M:g} m)"
    return ""


def _read_so_far(each: Criterion) -> float:
    """Distance (m) within which a rule on a layer must know everything; 0 where the layer is read wider."""
    if isinstance(each, DistanceCriterion) and each.to not in READ_WIDER:
        return max(each.at_least_m or 0.0, each.at_most_m or 0.0)
    if isinstance(each, CountCriterion) and each.layer not in READ_WIDER:
        return each.within_m
    return 0.0


def _without_data(held: list[Criterion], setting: Setting) -> Iterator[Finding]:
    """Rules on what this project does not read: they can only be unknown."""
    ground = Ground(data=setting.data)
    for each in held:
        kinds = set(_zone_kinds(each)) & set(ZONE_KINDS)
        if isinstance(each, RasterCriterion) and data_of(each, ground) == Data():
            words = f"looks at raster {each.raster}, which is not under sources.rasters"
            yield Finding("finding", f"{words}: it can only be unknown", (each.id,))
        elif kinds:
            if not kinds & setting.zone_kinds:
                words = f"needs zones of kind {', '.join(sorted(kinds))}, which this config does not give"
                yield Finding(by_kind(each), f"{words}: it can only be unknown", (each.id,))
        elif data_of(each, ground) == Data():
            yield Finding(
                by_kind(each), "looks at a source that this config does not give: it can only be unknown", (each.id,)
            )


def _zone_kinds(each: Criterion) -> tuple[str, ...]:
    """Kinds of zone that a rule looks at; empty where it looks at no zones, or at all."""
    if isinstance(each, InsideCriterion | CountCriterion) and each.layer == "zones":
        return each.where.get("kind", ())
    if isinstance(each, DistanceCriterion) and each.to == "zones":
        return each.where.get("kind", ())
    if isinstance(each, AttributeCriterion | ValueCriterion | ValidCriterion) and each.column in NEEDS_KIND:
        return (NEEDS_KIND[each.column],)
    return ()
