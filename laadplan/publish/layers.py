"""The layers of the plankaart, with the Dutch names readers know, from the frames of planning.

In: frames. Out: one frame per layer, in order of id; and the tables that explain them. What is not known stays empty.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import pandas as pd

from laadplan.config.sources import Source, Sources
from laadplan.contracts.dictionary import describe
from laadplan.contracts.frame import Table
from laadplan.contracts.published import LAYERS, Beoordelingen, Laadpalen, Paalposities, Vakken
from laadplan.contracts.reports import PLAN_SHEETS
from laadplan.publish.about import named_sources, untested_table
from laadplan.publish.popups import list_criteria

STATUS_LAYERS = {
    "voorkeurslocaties": "voorkeurslocatie",
    "reservelocaties": "reservelocatie",
    "afgevallen": "afgevallen",
}
"""Layer to the status of its sites."""

EXPLAINED: dict[str, type[Table]] = {**LAYERS, "beoordelingen": Beoordelingen}
"""Layers and tables of the plankaart of which every column is explained."""

IN_WORKBOOK: dict[str, type[Table]] = {**EXPLAINED, **{name: contract for name, (_, contract) in PLAN_SHEETS.items()}}
"""The same of the workbook, which also holds what explains the plan."""


def make_layers(
    sites: gpd.GeoDataFrame,
    bays: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    charge_points: gpd.GeoDataFrame,
    plan: pd.DataFrame,
    balances: gpd.GeoDataFrame,
    white_spots: gpd.GeoDataFrame,
    isochrones: gpd.GeoDataFrame,
) -> dict[str, gpd.GeoDataFrame]:
    """Every layer of the plankaart by name, each keeping its contract; RD New."""
    layers = {name: sites[sites["status"] == status] for name, status in STATUS_LAYERS.items()}
    layers["vakken"] = _vakken(bays, sites)
    layers["paalposities"] = _paalposities(sites, candidates)
    layers["laadpalen"] = _laadpalen(charge_points, plan)
    layers["buurten"] = balances
    layers["witte_vlekken"] = white_spots
    layers["dekking"] = isochrones
    return {name: contract.checked(layers[name], source=name) for name, contract in LAYERS.items()}


def make_tables(
    assessments: pd.DataFrame, sources: Sources, explained: Mapping[str, type[Table]] = EXPLAINED
) -> dict[str, pd.DataFrame]:
    """The tables that stand beside the layers: verdicts, sources, what was not tested, and what every column means."""
    return {
        "beoordelingen": judgements(assessments),
        "bronnen": source_table(sources),
        "niet_getoetst": untested_table(list_criteria(assessments)),
        "toelichting": explanation(explained),
    }


def judgements(assessments: pd.DataFrame) -> pd.DataFrame:
    """The verdicts as `Beoordelingen`."""
    names = {
        "locatie_id": "locatie_id",
        "label": "criterium",
        "kind": "soort",
        "grondslag": "grondslag",
        "measured_text": "gemeten",
        "norm": "norm",
        "verdict": "oordeel",
        "reason": "reden",
        "source": "bron",
        "contribution": "bijdrage",
        "estimated": "schatting",
        "margin": "marge",
        "unit": "eenheid",
        "counts_as": "telt_als",
        "data_source": "gegevensbron",
        "data_on": "peildatum",
        "confidential": "vertrouwelijk",
    }
    table = assessments[list(names)].rename(columns=names).rename_axis(Beoordelingen.index_name())
    shown = {"bijdrage": table["bijdrage"].round(4), "eenheid": table["eenheid"].replace({"share": "aandeel"})}
    return Beoordelingen.checked(table.assign(**shown), source="beoordelingen")


def source_table(sources: Sources) -> pd.DataFrame:
    """The sources of the plankaart as printed: name, reference date, licence, note."""
    return source_rows(named_sources(sources))


def source_rows(sources: Iterable[Source]) -> pd.DataFrame:
    """Sources as printed: name, reference date, licence, note."""
    return pd.DataFrame(
        [_source_row(source) for source in sources], columns=["bron", "peildatum", "licentie", "opmerking"]
    )


def explanation(contracts: Mapping[str, type[Table]] = EXPLAINED) -> pd.DataFrame:
    """Every column of every layer or table with its meaning, unit, source and what empty means, in Dutch."""
    parts = [describe([contract]).assign(laag=name) for name, contract in contracts.items()]
    table = pd.concat(parts, ignore_index=True)
    table["empty"] = table["empty"].replace("never empty", "altijd gevuld")
    names = {"column": "kolom", "meaning": "betekenis", "unit": "eenheid", "source": "bron", "empty": "leeg betekent"}
    return table.rename(columns=names)[["laag", *names.values()]]


def _source_row(source: Source) -> dict[str, Any]:
    return {
        "bron": source.label,
        "peildatum": str(source.reference_on or "onbekend"),
        "licentie": source.licence,
        "opmerking": source.note,
    }


def _vakken(bays: gpd.GeoDataFrame, sites: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    named = sites[sites["status"] != "afgevallen"]
    owner = {bay: site for site, ids in named["vakken"].items() for bay in ids.split(" ")}
    locatie = pd.Series(owner, dtype="str").reindex(bays.index)
    table = {
        "locatie_id": locatie,
        "status": locatie.map(sites["status"]).astype("str"),
        "nummer": bays["number"],
        "parkeerwijze": bays["orientation"],
        "bgt_lokaal_id": bays["road_part_id"],
    }
    return gpd.GeoDataFrame(table, geometry=bays.geometry).rename_axis(Vakken.index_name())


def _paalposities(sites: gpd.GeoDataFrame, candidates: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    named = sites[sites["status"] != "afgevallen"]
    spots = candidates.loc[named.index]
    table = {
        "status": named["status"],
        "ondergrond": spots["pole_surface"],
        "richting_graden": spots["away_deg"],
        "x_rd": named["x_rd"],
        "y_rd": named["y_rd"],
    }
    return gpd.GeoDataFrame(table, geometry=named.geometry).rename_axis(Paalposities.index_name())


def _laadpalen(charge_points: gpd.GeoDataFrame, plan: pd.DataFrame) -> gpd.GeoDataFrame:
    """The locations in the area, and those outside it that count: on walking distance, or for the floor of a buurt."""
    table = {
        "naam": charge_points["name"],
        "adres": charge_points["address"],
        "exploitant": charge_points["operator"],
        "toegang": charge_points["access"],
        "aantal_laadpunten": charge_points["evse_count"],
        "max_vermogen_kw": charge_points["max_power_kw"],
        "in_gebied": charge_points["in_area"],
        "telt_mee": pd.Series(charge_points.index.isin(plan.index[plan["existing"]]), index=charge_points.index),
        "bijgewerkt": charge_points["updated_at"],
    }
    return gpd.GeoDataFrame(table, geometry=charge_points.geometry).rename_axis(Laadpalen.index_name())
