"""Bays of a register held against the bays cut from the BGT, strip by strip; the tables of `docs/reference/bays.md`.

In: the real bays and road parts of Zeeheldenbuurt. Out: two tables; ``python -m tests.kerb.comparison`` writes them
into the page. Strips are numbered from west to east: ids of the municipality stay out of the docs.
"""

from __future__ import annotations

import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from laadplan.config.project import BayRules, Surfaces
from laadplan.ingest.bgt import read_road_parts
from laadplan.ingest.parking_bays import read_parking_bays
from laadplan.kerb.around import PARKING
from laadplan.kerb.bays import cut_strips
from laadplan.kerb.neighbours import box_axes
from laadplan.kerb.registered import FILLED_SHARE

RULES, SURFACES = BayRules(), Surfaces()
PARKED = Path("amsterdam-zeeheldenbuurt/parking")
PAGE = Path(__file__).resolve().parents[2] / "docs/reference/bays.md"
MARKS = ("<!-- begin of the comparison -->", "<!-- end of the comparison -->")
LIES_SHARE = 0.5
"""A bay lies on a strip when more than this share of it does."""


def read(real_data: Path) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Registered bays and road parts of Zeeheldenbuurt."""
    folder = real_data / PARKED
    return read_parking_bays(folder / "vakken.csv"), read_road_parts(folder / "amsterdam_zeeheldenbuurt_parkeren.gpkg")


def on_strips(bays: gpd.GeoDataFrame, strips: gpd.GeoDataFrame) -> pd.Series:
    """For each bay the strip on which more than half of it lies, by area; missing where there is none."""
    found = pd.Series(None, index=bays.index, dtype="str")
    for local_id, strip in strips.geometry.items():
        found[bays.intersection(strip).area > LIES_SHARE * bays.area] = local_id
    return found


def compare(bays: gpd.GeoDataFrame, road_parts: gpd.GeoDataFrame) -> pd.DataFrame:
    """Per strip, from west to east: what the register and the cut say, and why they differ or are not compared."""
    strips, cut = cut_strips(road_parts, RULES, SURFACES)
    strips = strips.iloc[np.argsort(strips.centroid.x.round(2), kind="stable")]
    lies_on = on_strips(bays, strips)
    rows = []
    for number, (local_id, strip) in enumerate(strips.iterrows(), 1):
        told, made = bays[lies_on == local_id], cut[cut["road_part_id"] == local_id]
        share = shapely.union_all(told.geometry.to_numpy()).intersection(strip.geometry).area / strip.geometry.area
        rows.append(
            {
                "strip": number,
                "length_m": strip["length_m"],
                "depth_m": strip["depth_m"],
                "registered": len(told),
                "cut": len(made),
                "register_says": _words(told),
                "cut_says": _words(made),
                "filled": round(float(share), 2),
                "compared": share >= FILLED_SHARE,
                "why": _why(told, made, strip, float(share)),
            }
        )
    return pd.DataFrame(rows).set_index("strip")


def elsewhere(bays: gpd.GeoDataFrame, road_parts: gpd.GeoDataFrame) -> pd.Series:
    """Number of registered bays that lie on no strip, by the function of the part they share most with."""
    strips = road_parts[road_parts["function"] == PARKING]
    rest = bays[on_strips(bays, strips).isna()]
    shared = pd.DataFrame({name: rest.intersection(part).area for name, part in road_parts.geometry.items()})
    return road_parts["function"].reindex(shared.idxmax(axis=1)).value_counts().sort_index()


def tables(bays: gpd.GeoDataFrame, road_parts: gpd.GeoDataFrame) -> str:
    """The comparison as Markdown."""
    found = compare(bays, road_parts)
    held, rest, off = found[found["compared"]], found[~found["compared"]], elsewhere(bays, road_parts)
    same = held["registered"] == held["cut"]
    alike = held["register_says"] == held["cut_says"]
    lines = [
        f"{len(bays)} bays are registered; {found['registered'].sum()} lie on {(found['registered'] > 0).sum()} of the "
        f"{len(found)} parkeervlakken. The register fills {len(held)} of these. On {same.sum()} of the {len(held)} the "
        f"cut gives as many bays ({held['cut'].sum()} cut, {held['registered'].sum()} registered in all), on "
        f"{alike.sum()} cars park the same way.",
        "",
        "| strip | length m | depth m | registered | cut | register says | cut says | why they differ |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for number, row in held.iterrows():
        sizes = f"{row['length_m']:.2f} | {row['depth_m']:.2f} | {row['registered']} | {row['cut']}"
        lines.append(f"| {number} | {sizes} | {row['register_says']} | {row['cut_says']} | {row['why']} |")
    lines += [
        "",
        "Not compared:",
        "",
        "| strip | length m | depth m | registered | cut | why not |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for number, row in rest.iterrows():
        sizes = f"{row['length_m']:.2f} | {row['depth_m']:.2f} | {row['registered']} | {row['cut']}"
        lines.append(f"| {number} | {sizes} | {row['why']} |")
    off = off.rename({PARKING: f"{PARKING}, by less than half"})
    spread = ", ".join(f"{count} on {function}" for function, count in off.items())
    lines += [
        "",
        f"Bays not compared: {rest['registered'].sum()} on the strips above, and {off.sum()} that lie on no "
        f"parkeervlak: {spread}. They are bays all the same, and stand in `Bays` with the road part they lie on.",
    ]
    return "\n".join(lines)


def _words(bays: gpd.GeoDataFrame) -> str:
    return " and ".join(sorted(bays["orientation"].unique())) or "-"


def _why(told: gpd.GeoDataFrame, made: gpd.GeoDataFrame, strip: pd.Series, share: float) -> str:
    """Why the two differ, or why the strip is not compared; empty where they agree."""
    if not len(told):
        return "no registered bay lies on it"
    if share < FILLED_SHARE:
        return f"the register covers {share:.0%} of it"
    if len(told) == len(made):
        return ""
    _, length, _ = box_axes(told.geometry.to_numpy())
    sizes = f"registered bays are {length.min():.2f} to {length.max():.2f} m long"
    free = strip["length_m"] - length.sum()
    if len(told) < len(made) and free >= RULES.parallel_length_min_m:
        return f"the register leaves {free:.1f} m free"
    if len(told) < len(made):
        return f"{sizes}: longer than the standard {RULES.parallel_length_m:g} m"
    least = RULES.parallel_length_min_m
    return f"{sizes}: " + (f"some below the least {least:g} m" if length.min() < least else "below the standard")


def page(text: str, made: str) -> str:
    """The page with the tables in their place."""
    before, _, rest = text.partition(MARKS[0])
    return f"{before}{MARKS[0]}\n\n{made}\n\n{MARKS[1]}{rest.partition(MARKS[1])[2]}"


if __name__ == "__main__":
    made = tables(*read(Path(os.environ["LAADPLAN_REAL_DATA"])))
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), made), encoding="utf-8")
