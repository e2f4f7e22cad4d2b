"""The assessed candidates: layers and tables with the Dutch names readers know, and the verdicts as a list for Excel.

In: frames of bays, candidates and assessments, and the policy. Out: frames per layer, tables, a CSV file. What is not
known stays empty. Of a confidential measurement the assessments hold the verdict alone; nothing else of it comes here.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from laadplan.config.criteria import Criterion
from laadplan.config.policy import Policy
from laadplan.config.sources import Sources
from laadplan.contracts.frame import Table
from laadplan.contracts.measured import Measurements
from laadplan.contracts.published import CANDIDATE_LAYERS, Beoordelingen, Criteria, Kandidaten, Parkeervakken, Stroken
from laadplan.policy.assess import failed_reasons, ranks, scores
from laadplan.policy.outcome import joined, outcomes, to_visit
from laadplan.policy.words import NOT_MET, VISIT, norm_text, source_text
from laadplan.publish.layers import explanation, judgements, source_rows

LOOKS = {"vakken": "parkeervakken"}
"""Layer to the name of its look, where another file has a layer of the same name that looks otherwise."""

MOST_ROWS = 1_000_000
"""Verdicts that the GeoPackage holds in full; of more it holds the eisen that exclude or must be looked at."""

CHUNK = 250_000
"""Verdicts written to the CSV at a time."""

FORMULA = r"^[=+\-@\t\r\n]"
"""What a spreadsheet would take for the begin of a formula: such a text gets an apostrophe before it."""

FROM_CANDIDATES = {
    "street": "straat",
    "house_number": "huisnummer",
    "address_distance_m": "adres_m",
    "buurtcode": "buurtcode",
    "side": "zijde",
    "orientation": "parkeerwijze",
    "regime": "regime",
    "bay_count": "aantal_vakken",
    "bay_ids": "vakken",
    "road_part_id": "bgt_lokaal_id",
    "maintainer": "bronhouder",
    "pole_surface": "ondergrond",
    "pole_obstacle": "paal_op",
    "pole_shift_m": "paal_verschoven_m",
    "kerb_m": "stoeprand_m",
}
"""Column of a candidate to its name in the layer."""

FROM_MEASUREMENTS = {
    "walkway": "stoep",
    "walkway_width_m": "vrije_doorgang_m",
    "walkway_beyond": "breder_dan_gemeten",
    "narrow_090_m": "smaller_dan_090_m",
    "narrow_120_m": "smaller_dan_120_m",
    "narrow_150_m": "smaller_dan_150_m",
    "narrow_180_m": "smaller_dan_180_m",
    "tree_m": "boom_m",
    "tree_id": "boom_id",
    "crown_m": "kroon_m",
    "crown_unknown": "kroon_onbekend",
    "facade_m": "gevel_m",
    "cabinet_m": "kast_m",
    "obstacle_m": "obstakel_m",
    "obstacle_type": "obstakel",
    "manhole_m": "put_m",
    "manhole_type": "put",
    "charge_point_m": "laadlocatie_m",
    "charge_point_id": "laadlocatie_id",
    "junction_m": "kruispunt_m",
    "crossing_m": "inrit_m",
    "crossing_type": "inrit",
    "signs": "borden",
    "owner": "eigenaar",
    "soil": "bodem",
    "soil_until_on": "bodem_tot",
    "zones": "zones",
    "works_until_on": "werk_tot",
    "parking_pressure_share": "parkeerdruk",
    "road_manager": "wegbeheerder",
    "road_manager_name": "wegbeheerder_naam",
    "grid_offtake": "netcapaciteit",
    "grid_indicated_on": "netcapaciteit_op",
}
"""Column of a measurement to its name in the layer."""

JUDGED_BY = ("locatie_id", "label", "kind", "verdict", "counts_as", "reason", "contribution")
"""Columns of the assessments that a candidate's outcome is made from: the others are long texts."""

FROM_BAYS = {
    "row_id": "rij_id",
    "number": "nummer",
    "orientation": "parkeerwijze",
    "regime": "regime",
    "origin": "herkomst",
    "start_m": "begin_m",
    "end_m": "einde_m",
    "road_part_id": "bgt_lokaal_id",
}
FROM_STRIPS = {
    "kind": "soort",
    "length_m": "lengte_m",
    "depth_m": "diepte_m",
    "bay_count": "aantal_vakken",
    "area_m2": "oppervlakte_m2",
    "unused_m2": "ongebruikt_m2",
    "reason": "reden",
}
"""Columns of bays and strips to their names in the layers."""


def make_candidate_layers(
    candidates: gpd.GeoDataFrame,
    bays: gpd.GeoDataFrame,
    strips: gpd.GeoDataFrame,
    assessments: pd.DataFrame,
    measurements: pd.DataFrame | None,
) -> dict[str, gpd.GeoDataFrame]:
    """Layers `kandidaten`, `vakken` and `stroken`, each keeping its contract; RD New.

    Without measurements the columns of what was measured are empty.
    """
    layers = {
        "kandidaten": _kandidaten(candidates, assessments[list(JUDGED_BY)], measurements),
        "vakken": _vakken(bays, candidates),
        "stroken": _renamed(strips, FROM_STRIPS, Stroken),
    }
    return {name: contract.checked(layers[name], source=name) for name, contract in CANDIDATE_LAYERS.items()}


def make_candidate_tables(
    assessments: pd.DataFrame, policy: Policy, sources: Sources, today: date, *, most_rows: int = MOST_ROWS
) -> dict[str, pd.DataFrame]:
    """Tables beside the layers: verdicts, criteria with where each came from, sources, and what each column means."""
    explained: dict[str, type[Table]] = {**CANDIDATE_LAYERS, "beoordelingen": Beoordelingen, "criteria": Criteria}
    told = explanation(explained)
    if len(assessments) > most_rows:
        decides = (assessments["kind"] == "eis") & assessments["counts_as"].isin([NOT_MET, VISIT])
        assessments = assessments[decides]
        told = pd.concat([told, pd.DataFrame([_shortened(told.columns)])], ignore_index=True)
    return {
        "beoordelingen": judgements(assessments),
        "criteria": criteria_table(policy, today),
        "bronnen": source_rows(sources.given().values()),
        "toelichting": told,
    }


def criteria_table(policy: Policy, today: date) -> pd.DataFrame:
    """The merged profile as `Criteria`: every criterion with its norm on a day and the profile it came from."""
    held = {criterion.id: criterion for criterion in policy.in_force(today).criteria}
    rows = [
        _criterion_row(held.get(criterion.id, criterion), place, holds=criterion.id in held)
        for place, criterion in enumerate(policy.criteria, start=1)
    ]
    if not rows:
        return Criteria.empty()
    table = pd.DataFrame(rows).set_index(Criteria.index_name()).astype(Criteria.kinds())
    return Criteria.checked(table, source="criteria")


def write_judgements(target: Path, assessments: pd.DataFrame) -> None:
    """Writes the verdicts as a CSV that Dutch Excel opens: UTF-8 with its mark, semicolons, decimal commas.

    A text that a spreadsheet would take for a formula gets an apostrophe before it. Rows are written in parts, so that
    memory does not grow with their number.
    """
    with target.open("wb") as file:
        file.write(b"\xef\xbb\xbf")
        for place, part in enumerate(_parts(assessments)):
            _write_part(file, part, headed=place == 0)


def write_texts(target: Path, table: pd.DataFrame) -> None:
    """Writes a table of texts as `write_judgements` does: semicolons, and no formulas."""
    part = pa.Table.from_pandas(table.astype("str"), preserve_index=False)
    with target.open("wb") as file:
        file.write(b"\xef\xbb\xbf")
        _write_part(file, pa.table({name: _as_text(part[name]) for name in part.column_names}), headed=True)


def _write_part(file: BinaryIO, part: pa.Table, *, headed: bool) -> None:
    options = pa.csv.WriteOptions(include_header=headed, delimiter=";", quoting_style="needed")
    pa.csv.write_csv(part, file, write_options=options)


# --- layers -----------------------------------------------------------------------------------------------------------


def _kandidaten(
    candidates: gpd.GeoDataFrame, assessments: pd.DataFrame, measurements: pd.DataFrame | None
) -> gpd.GeoDataFrame:
    measured = (Measurements.empty() if measurements is None else measurements).reindex(candidates.index)
    for name in ("walkway_beyond", "crown_unknown"):
        measured[name] = measured[name].map({True: "ja", False: "nee"})
    places = candidates.get_coordinates()
    table = pd.concat(
        [candidates[list(FROM_CANDIDATES)].rename(columns=FROM_CANDIDATES), measured.rename(columns=FROM_MEASUREMENTS)],
        axis="columns",
    ).assign(
        oordeel=outcomes(assessments, candidates),
        rang=ranks(assessments, candidates),
        score=scores(assessments, candidates),
        redenen=failed_reasons(assessments).reindex(candidates.index),
        te_bekijken=to_visit(assessments).reindex(candidates.index),
        x_rd=places["x"].round(3),
        y_rd=places["y"].round(3),
    )
    typed = pd.DataFrame(table).astype(Kandidaten.kinds()).rename_axis(Kandidaten.index_name())
    return gpd.GeoDataFrame(typed, geometry=candidates.geometry)


def _vakken(bays: gpd.GeoDataFrame, candidates: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    used = candidates["bay_ids"].sort_index().str.split(" ").explode()
    sites = joined(used.tolist(), used.index.tolist(), " ")
    layer = _renamed(bays, FROM_BAYS, Parkeervakken)
    return layer.assign(locaties=sites.reindex(bays.index).astype("str"))


def _renamed(frame: gpd.GeoDataFrame, names: dict[str, str], contract: type[Table]) -> gpd.GeoDataFrame:
    layer = frame[[*names, "geometry"]].rename(columns=names)
    return gpd.GeoDataFrame(layer.rename_axis(contract.index_name()))


# --- tables -----------------------------------------------------------------------------------------------------------


def _criterion_row(criterion: Criterion, place: int, *, holds: bool) -> dict[str, object]:
    return {
        "criterium_id": criterion.id,
        "volgorde": place,
        "criterium": criterion.label,
        "soort": criterion.kind,
        "gewicht": criterion.weight if criterion.kind == "wens" else None,
        "grondslag": criterion.grondslag,
        "regel": getattr(criterion, "rule", ""),
        "norm": norm_text(criterion),
        "bron": source_text(criterion),
        "eigenaar": criterion.owner or None,
        "onbekend_telt_als": criterion.if_unknown,
        "geldig_van": criterion.valid_from and criterion.valid_from.isoformat(),
        "geldig_tot": criterion.valid_until and criterion.valid_until.isoformat(),
        "geldt": holds,
        "versoepeling": "; ".join(f"niveau {step.level}: {step.because}" for step in criterion.applied) or None,
        "profiel": criterion.profile or None,
        "vertrouwelijk": criterion.confidential,
    }


def _shortened(columns: pd.Index) -> dict[str, str]:
    """What the explanation says where not all verdicts fit."""
    words = "alleen eisen die uitsluiten of bekeken moeten worden; alle oordelen staan in beoordelingen.csv"
    return dict.fromkeys(columns, "") | {"laag": "beoordelingen", "kolom": "(alle)", "betekenis": words}


def _parts(assessments: pd.DataFrame) -> Iterator[pa.Table]:
    """The verdicts in parts as text, a part with the headings alone where there are none."""
    for begin in range(0, max(len(assessments), 1), CHUNK):
        table = judgements(assessments.iloc[begin : begin + CHUNK]).reset_index()
        part = pa.Table.from_pandas(table, preserve_index=False)
        yield pa.table({name: _as_text(part[name]) for name in part.column_names})


def _as_text(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cells as a Dutch spreadsheet reads them: decimal commas, ja and nee, no formula."""
    if pa.types.is_floating(cells.type):
        return pc.replace_substring(pc.cast(pc.round(cells, 4), pa.string()), ".", ",")
    if pa.types.is_boolean(cells.type):
        return pc.if_else(cells, "ja", "nee")
    text = pc.cast(cells, pa.string())
    return pc.if_else(pc.match_substring_regex(text, FORMULA), pc.binary_join_element_wise("'", text, ""), text)
