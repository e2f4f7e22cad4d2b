"""How a project begins: a config written from a folder with sources, or an invented town with a config.

In: a folder. Out: a commented config.
"""

import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from laadplan.config.project import Area, Project, Publication
from laadplan.config.render import render_yaml
from laadplan.config.sources import DialectSource, MappedSource, SessionSource, Source, Sources
from laadplan.errors import ConfigError
from laadplan.ingest.discover import find_sources

DEMO_ON = {
    "bgt": date(2025, 1, 1),
    "addresses": date(2025, 1, 1),
    "buurten": date(2024, 1, 1),
    "charge_points": date(2024, 12, 15),
    "car_stock": date(2024, 1, 1),
    "trees": date(2025, 1, 1),
    "cables.liander": date(2025, 1, 1),
    "walking": date(2025, 1, 1),
    "squares": date(2024, 1, 1),
    "sessions": date(2025, 12, 31),
    "requests": date(2025, 12, 31),
    "planned_homes": date(2025, 1, 1),
    "jobs": date(2024, 12, 31),
}
"""Reference date of each source of the demo town, as its content says."""

_DEMO_SOURCES = Sources(
    addresses=Source(path="bag-light.gpkg", layer="verblijfsobject", label="BAG"),
    buurten=Source(path="cbs_buurten.gpkg", layer="buurten", label="CBS wijken en buurten"),
    trees=DialectSource(path="bomen.csv", label="Bomenregister"),
    cables={"liander": Source(path="elektriciteitsnet.gpkg", label="Liander open data")},
    walking=Source(path="lopen.osm", label="OpenStreetMap"),
    squares=Source(path="cbs_vierkanten.gpkg", label="CBS vierkanten"),
    sessions=SessionSource(path="sessies.csv", label="Laadsessies", unit="kWh"),
    requests=MappedSource(path="aanvragen.csv", label="Aanvragen laadpaal"),
    planned_homes=Source(path="woningbouw.csv", label="Woningbouwplannen"),
    jobs=Source(path="banen.csv", label="Banen"),
)

LABELS = {
    "trees": "Bomenregister",
    "squares": "CBS vierkanten",
    "postcodes": "CBS postcodegebieden",
    "registrations": "RDW open data",
    "municipal_cars": "Auto's per gemeente",
    "parking_bays": "Parkeervakken",
    "cables": "Kabels en leidingen",
    "grid_capacity": "Netcapaciteit",
    "signs": "NDW verkeersborden",
    "decrees": "Verkeersbesluiten",
    "sessions": "Laadsessies",
    "occupancy": "Gepeilde bezetting",
    "requests": "Aanvragen laadpaal",
    "planned_homes": "Woningbouwplannen",
    "jobs": "Banen",
    "road_managers": "NWB wegbeheerders",
    "walking": "Loopnetwerk",
    "rasters": "Raster",
}
"""Name as printed of a source that has no default."""

NOT_FOUND = "NOT FOUND in the folder: fill in the path, such as {{path: {path}, label: {label}}}."
NO_UNIT = "Found in {path}, and left out: say the unit of its figures, such as {{path: {path}, unit: EVSE}}."


def write_config(municipality: str, folder: Path, target: Path) -> tuple[Path, list[str]]:
    """Writes a config for the sources found in the folder; returns its path and the names of sources not found.

    Raises
    ------
    MissingSource
        The folder is not there.
    ConfigError
        The code is no CBS code, the config exists already, or it cannot be written.
    """
    if not re.fullmatch(r"GM\d{4}", municipality):
        raise ConfigError(f"'{municipality}' is not a CBS code.", where="GMCODE", todo="Write it as GM0228.")
    if target.exists():
        raise ConfigError("The config exists already.", where=str(target), todo="Remove it, or choose another --out.")
    found = find_sources(folder)
    defaults = Sources().given()
    labels = LABELS | {name: default.label for name, default in defaults.items()}
    sources: dict[str, Any] = dict.fromkeys(defaults)
    notes = {
        f"sources.{name}": NOT_FOUND.format(path=default.path, label=default.label)
        for name, default in defaults.items()
        if name not in found
    }
    for dotted, (path, layer) in found.items():
        name, _, key = dotted.partition(".")
        given = {"path": _from(target, path), "layer": layer, "label": labels.get(name, "")}
        if name == "forecast":
            notes["sources.forecast"] = NO_UNIT.format(path=given["path"])
        elif key:
            sources.setdefault(name, {})[key] = given
        else:
            sources[name] = given
    missing = [name for name in defaults if name not in found]
    project = Project(
        schema=1,
        name=re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "project",
        area=Area(municipality_code=municipality),
        sources=Sources(**sources),
    )
    return _written(target, render_yaml(project, notes=notes)), missing


def write_demo_town(
    folder: Path,
    *,
    inhabitants: int,
    seed: int,
    name: str,
    force: bool = False,
    every_format: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Writes an invented town in the sources' own formats, and ``laadplan.yaml`` to run it; returns the config.

    Raises
    ------
    ConfigError
        The size or the seed is impossible, the folder holds something and `force` is not given, it cannot be written,
        or the disk is full; the folder is as it was then.
    """
    from laadplan.demo.sources import write_demo

    config = {"laadplan.yaml": render_yaml(demo_project(inhabitants, name))}
    write_demo(
        folder, inhabitants, seed, name, force=force, every_format=every_format, beside=config, progress=progress
    )
    return folder / "laadplan.yaml"


def demo_project(inhabitants: int, name: str) -> Project:
    """The project of the demo town: one new pole for every 150 inhabitants."""
    invented = {"licence": "verzonnen gegevens", "note": "Demo: niets hiervan bestaat."}
    sources: dict[str, Any] = {}
    for dotted, settings in _DEMO_SOURCES.given().items():
        name_of, _, key = dotted.partition(".")
        told = settings.model_copy(update={**invented, "reference_on": DEMO_ON[dotted]})
        sources[name_of] = {**sources.get(name_of, {}), key: told} if key else told
    defaults = Project(schema=1)
    return defaults.model_copy(
        update={
            "name": re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "demo",
            "area": Area(municipality_code="GM9901"),
            "sources": Sources(**sources),
            "optimisation": defaults.optimisation.model_copy(update={"new_poles": max(3, inhabitants // 150)}),
            "publication": Publication(title=f"Plankaart laadpalen {name}", municipality=f"{name} (verzonnen)"),
        }
    )


def _from(target: Path, path: Path) -> str:
    return Path(os.path.relpath(path.resolve(), target.parent.resolve())).as_posix()


def _written(target: Path, text: str) -> Path:
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(text, encoding="utf-8")
        aside.replace(target)
    except OSError as error:
        raise ConfigError(
            f"The config cannot be written ({error.strerror}).", where=str(target), todo="Choose another --out."
        ) from None
    return target
