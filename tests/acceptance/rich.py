"""A demo town with every source that siting asks for, and how it is run.

In: the folder of a town made with `--every-format`. Out: a config elsewhere, and a run of it.
"""

# ruff: noqa: TID252

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .program import Program
from .reading import ROOT, RunFolder, load_yaml, write_yaml

DATE = "2026-11-23"
PRESETS = ROOT / "configs" / "beleid"
FEW_POLES = 2


def config(town: Path, path: Path, change: Callable[[dict[str, Any]], None] | None = None) -> Path:
    """Path of the config written."""
    forms = town / "vormen"
    content = load_yaml(town / "laadplan.yaml")
    for source in content["sources"].values():
        for each in [source, *source.values()] if isinstance(source, dict) else []:
            if isinstance(each, dict) and isinstance(each.get("path"), str):
                each["path"] = str(town / each["path"])
    content["sources"].update(
        parking_bays={"gemeente": _source(forms / "parking_bays/parkeervakken.geojson", "Vakkenregister")},
        cables={"klic": _source(forms / "klic", "KLIC-levering")},
        signs=_source(forms / "signs/borden.csv", "Verkeersborden"),
        road_managers=_source(forms / "road_managers/nwb.gpkg", "NWB"),
        zones={
            "bodem": _source(forms / "zones/bodem.geojson", "Bodemkaart", kind="bodem"),
            "werken": _source(forms / "zones/werken.csv", "Werken", kind="werk"),
            "druk": _source(forms / "zones/parkeerdruk.gpkg", "Parkeerdruk", kind="parkeerdruk"),
            "water": _source(forms / "zones/water.fgb", "Waterkering", kind="uitsluiting"),
        },
        rasters={"hoogte": _source(forms / "rasters/hoogte.tif", "Hoogte")},
        grid_capacity={"kaart": _source(forms / "netcapaciteit-csv/congestie_pc6.csv", "Capaciteitskaart")},
    )
    content["optimisation"]["new_poles"] = FEW_POLES
    if change:
        change(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_yaml(content, path)


def _source(path: Path, label: str, **more: Any) -> Mapping[str, Any]:
    return {"path": str(path), "label": label, "reference_on": "2026-03-01", "licence": "CC0", **more}


def run(laadplan: Program, path: Path, out: Path, frame: str | None = "Assessments") -> RunFolder:
    """A run of a config as far as a frame, or whole; it must succeed."""
    until = ("--until", frame) if frame else ()
    done = laadplan("run", path, *until, "--out", out, "--date", DATE, cwd=path.parent)
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stderr}"
    manifest = json.loads((out / "run.json").read_text(encoding="utf-8"))
    return RunFolder(out, path, manifest, 0, done.stdout, done.stderr)


BOX = [144_120, 507_960, 144_330, 508_130]
"""Part of the town, RD New (m), for what must be run as a whole."""

SECRET_RULES = [
    ("kabel", {"rule": "cable", "at_most_m": 25.0, "crossing": "forbidden"}),
    ("hemelsbreed", {"rule": "distance", "to": "cables", "at_most_m": 60.0}),
    ("strikt", {"rule": "distance", "to": "cables", "where": {"voltage_level": ["laagspanning"]}, "at_most_m": 0.05}),
    ("aantal", {"rule": "count", "layer": "grid_points", "within_m": 400.0, "at_least": 1}),
]
"""Rules that look at what is confidential."""


def boxed(town: Path, folder: Path) -> Path:
    """Path of a config of a part of the town, with rules on what is confidential; the KLIC delivery lies beside it."""
    shutil.copytree(town / "vormen" / "klic", folder / "klic")

    def change(content: dict[str, Any]) -> None:
        content["sources"]["cables"]["klic"]["path"] = "klic"
        content["area"]["bbox_rd"] = BOX
        about = {"kind": "wens", "source": "Eigen beleid"}
        own = [{"id": name, "label": f"Regel {name}", **about, **rule} for name, rule in SECRET_RULES]
        content["policy"] = {"profiles": ["landelijk"], "criteria": own}

    return config(town, folder / "laadplan.yaml", change)


def again(
    laadplan: Program, earlier: RunFolder, folder: Path, change: Callable[[dict[str, Any]], None], *frame: str
) -> RunFolder:
    """The same town under another config, in a folder of its own; what is unchanged is taken from the earlier run."""
    content = load_yaml(earlier.config)
    change(content)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(earlier.path, folder / "uit")
    return run(laadplan, write_yaml(content, folder / "laadplan.yaml"), folder / "uit", *frame)


def judged(run: RunFolder, criterion: str) -> Any:
    """Assessments of a criterion by candidate."""
    rows = run.frame("Assessments")
    found = rows[rows["criterion_id"] == criterion].set_index("locatie_id").sort_index()
    assert len(found), f"{criterion} is not among {sorted(set(rows['criterion_id']))}"
    return found
