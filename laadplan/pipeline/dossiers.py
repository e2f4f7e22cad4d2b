"""Dossiers of a project: made from the frames of a run, kept by date, and given back as they were.

In: a project, its run folder, a location. Out: ``dossiers/<location>/<date>.json``, ``.html`` and ``.pdf``. The JSON
holds the whole dossier as data with its picture, the hashes of config and sources, and the hashes of page and sheet, so
that both can be made again byte for byte. Only public frames are read.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from laadplan import __version__
from laadplan.contracts.frame import Table
from laadplan.contracts.ground import Obstacles
from laadplan.contracts.measured import Measurements
from laadplan.contracts.network import WalkEdges, WalkNodes
from laadplan.contracts.planning import Assessments, Bays, Candidates, Sites
from laadplan.contracts.sources import Addresses, Buildings, Buurten, ChargePoints, RoadParts, Terrain, Trees
from laadplan.errors import BadInput, ConfigError, LaadplanError
from laadplan.geo.reach import walk_graph
from laadplan.pipeline.job import read_job
from laadplan.pipeline.looking import data_of_layers
from laadplan.pipeline.run import Progress, output_of, run
from laadplan.policy.dossier import Dossier, make_dossier
from laadplan.policy.outcome import outcomes
from laadplan.publish.closeup import Street, closeup_view, draw_closeup
from laadplan.publish.dossier import MAP_SIZE_MM, Paper, SourceNote, make_page, make_sheet
from laadplan.publish.sheet import typesetter
from laadplan.store.catalogue import catalogue, source_records
from laadplan.store.frames import read_frame
from laadplan.store.projects import ProjectFile
from laadplan.store.runs import RunFolder, digest_of

FOLDER = "dossiers"
PUBLIC: tuple[type[Table], ...] = (
    Addresses,
    Assessments,
    Bays,
    Buildings,
    Buurten,
    Candidates,
    ChargePoints,
    Measurements,
    Obstacles,
    RoadParts,
    Sites,
    Terrain,
    Trees,
    WalkEdges,
    WalkNodes,
)
"""Frames that a dossier is made from; none of them is confidential."""


@dataclass(frozen=True)
class Kept:
    """A dossier as it is kept: its paper, and the sha256 of the page and the sheet made from it.

    ``typesetter`` is the program and version that made the sheet.
    """

    schema_version: int
    paper: Paper
    typesetter: str
    html_sha256: str
    pdf_sha256: str


KEPT = TypeAdapter(Kept)


@dataclass(frozen=True)
class Written:
    """Where a dossier lies and of which day it is."""

    on: date
    html: Path
    pdf: Path
    json: Path


def write_dossier(
    project_file: ProjectFile, out: Path, locatie_id: str, *, today: date, progress: Progress | None = None
) -> Written:
    """Makes the dossier of a location and keeps it under its date; runs first what is missing or has changed.

    Raises
    ------
    ConfigError
        There is no such location, or a later dossier or one on newer data stands in the way.
    """
    frames = _frames(project_file, out, today, progress)
    paper = _paper(project_file, locatie_id, frames, today)
    return keep(paper, out)


def dossier_as_of(out: Path, locatie_id: str, day: date) -> Written:
    """The newest dossier of a location on or before a day, page and sheet as they were, byte for byte.

    Raises
    ------
    ConfigError
        There is none; says which dates there are.
    LaadplanError
        This version of laadplan lays the dossier out in another way, and the page or the sheet is no longer there.
    """
    folder = _folder(out, locatie_id)
    dates = _dates(folder)
    earlier = [on for on in dates if on <= day]
    if not earlier:
        known = ", ".join(on.isoformat() for on in dates)
        todo = f"There are dossiers of {known}." if known else "No dossier of this location was made yet."
        words = f"There is no dossier of '{locatie_id}' on or before {day.isoformat()}."
        raise ConfigError(words, where=str(folder), todo=todo)
    written = _places(folder, earlier[-1])
    kept = read_kept(written.json)
    _restore(written.html, kept.html_sha256, lambda: make_page(kept.paper).encode())
    _restore(written.pdf, kept.pdf_sha256, lambda: make_sheet(kept.paper))
    return written


def keep(paper: Paper, out: Path) -> Written:
    """Writes page, sheet and JSON under the dossier's date, each moved into place whole, the JSON last.

    Raises
    ------
    ConfigError
        A dossier of a later day is there, so that this one may no longer change; or one of the same day on newer data.
    """
    folder = _folder(out, paper.dossier.locatie_id)
    on = paper.dossier.on
    written = _places(folder, on)
    page, sheet = make_page(paper).encode(), make_sheet(paper)
    kept = Kept(1, paper, typesetter(), _sha256(page), _sha256(sheet))
    content = KEPT.dump_json(kept, indent=1) + b"\n"
    if written.json.is_file() and written.json.read_bytes() != content:
        _refuse_older(paper, written, _dates(folder))
    for path, made in ((written.html, page), (written.pdf, sheet), (written.json, content)):
        _replace(path, made)
    return written


def read_kept(path: Path) -> Kept:
    """A dossier as it was kept.

    Raises
    ------
    BadInput
        The file is not a dossier, or not whole.
    """
    try:
        return KEPT.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        raise BadInput("This is not a dossier of laadplan, or it is not whole.", where=str(path)) from None


# --- making -----------------------------------------------------------------------------------------------------------


def _frames(project_file: ProjectFile, out: Path, today: date, progress: Progress | None) -> dict[str, Any]:
    """The public frames of a run up to the plan, or up to the assessments where no plan can be made."""
    manifest = run(project_file, out, today=today, until=_goal(project_file), progress=progress)
    done = [step for step in manifest["steps"] if step["status"] != "earlier"]
    digests = {output: digest for step in done for output, digest in step["outputs"].items()}
    folder, found = RunFolder(out), {}
    for contract in PUBLIC:
        assert not contract.is_confidential()
        output = output_of(contract)
        path = folder.locate(output, digests[output]) if output in digests else None
        if path is not None:
            found[contract.__name__] = read_frame(contract, path)
    return found


def _goal(project_file: ProjectFile) -> str:
    """The last frame that a dossier needs and that the sources of the project can give."""
    graph = read_job()
    idle = graph.idle({name for name, given in catalogue(project_file).items() if given is None})
    return (Assessments if graph.maker_of(Sites.__name__).name in idle else Sites).__name__


def _paper(project_file: ProjectFile, locatie_id: str, frames: dict[str, Any], today: date) -> Paper:
    project = project_file.project
    dossier = make_dossier(
        locatie_id,
        candidates=frames["Candidates"],
        assessments=frames["Assessments"],
        policy=project.policy,
        walking=project.walking,
        today=today,
        measurements=frames.get("Measurements"),
        sites=frames.get("Sites"),
        addresses=frames.get("Addresses"),
        buurten=frames.get("Buurten"),
        graph=walk_graph(frames.get("WalkNodes"), frames.get("WalkEdges")),
        data=data_of_layers(project.sources),
    )
    return Paper(
        dossier=dossier,
        picture_svg=_picture(dossier, frames),
        municipality=project.publication.municipality,
        disclaimer=project.publication.disclaimer,
        config_sha256=digest_of(project.model_dump(mode="json")),
        sources=_source_notes(project_file),
        version=__version__,
    )


def _picture(dossier: Dossier, frames: dict[str, Any]) -> str:
    """The street around the site, as SVG: verdicts by colour and sign, alternatives by letter."""
    letters = {each.locatie_id: each.letter for each in dossier.alternatives}
    street = Street(
        bays=frames["Bays"],
        candidates=frames["Candidates"],
        verdicts=outcomes(frames["Assessments"], frames["Candidates"]),
        road_parts=frames.get("RoadParts"),
        terrain=frames.get("Terrain"),
        buildings=frames.get("Buildings"),
        obstacles=frames.get("Obstacles"),
        trees=frames.get("Trees"),
        addresses=frames.get("Addresses"),
        charge_points=frames.get("ChargePoints"),
    )
    view = closeup_view(street.candidates, dossier.locatie_id)
    width, height = MAP_SIZE_MM
    made = draw_closeup(
        street,
        view,
        site=dossier.locatie_id,
        alternatives=letters,
        kind="svg",
        width_mm=width,
        height_mm=height,
    )
    return made.decode()


def _source_notes(project_file: ProjectFile) -> tuple[SourceNote, ...]:
    """The sources of the project; names of files stay out, those of a KLIC delivery tell where was dug."""
    return tuple(
        SourceNote(
            name=name,
            label=str(record["label"]),
            reference_on=str(record["reference_on"] or ""),
            sha256=digest_of([each["sha256"] for each in record["files"]]),
        )
        for name, record in sorted(source_records(catalogue(project_file)).items())
    )


# --- keeping ----------------------------------------------------------------------------------------------------------


def _refuse_older(paper: Paper, written: Written, dates: list[date]) -> None:
    """Nothing takes the place of what may already be attached to a decree."""
    if dates[-1] > paper.dossier.on:
        words = f"The dossier of {paper.dossier.on.isoformat()} may no longer change: there is one of {dates[-1]}."
        raise ConfigError(words, where=str(written.json), todo="Choose another --date, or another --out.")
    known = {each.name: each.reference_on for each in read_kept(written.json).paper.sources}
    older = [each.name for each in paper.sources if each.reference_on < known.get(each.name, "")]
    if older:
        words = f"The dossier of {paper.dossier.on.isoformat()} was made on newer data of {', '.join(older)}."
        raise ConfigError(words, where=str(written.json), todo="Choose another --date, or another --out.")


def _restore(path: Path, digest: str, make: Any) -> None:
    """The file as it was: as it lies there, or made again."""
    if path.is_file() and _sha256(path.read_bytes()) == digest:
        return
    made = make()
    if _sha256(made) != digest:
        words = f"laadplan {__version__} with {typesetter()} lays the dossier out otherwise than when it was made."
        raise LaadplanError(words, where=str(path), todo="Make it again with the versions that the JSON names.")
    _replace(path, made)


def _replace(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        aside.write_bytes(content)
        aside.replace(path)
    except OSError as error:
        words = f"The dossier cannot be written ({error.strerror})."
        raise ConfigError(words, where=str(path), todo="Choose another --out.") from None


def _folder(out: Path, locatie_id: str) -> Path:
    """The folder of a location; what a file name cannot hold becomes ``_``, and a hash tells such ids apart."""
    safe = re.sub(r"[^A-Za-z0-9.@_-]", "_", locatie_id).lstrip(".") or "_"
    changed = "" if safe == locatie_id else f"-{_sha256(locatie_id.encode())[:8]}"
    return out / FOLDER / f"{safe[:120]}{changed}"


def _places(folder: Path, on: date) -> Written:
    name = on.isoformat()
    return Written(on, folder / f"{name}.html", folder / f"{name}.pdf", folder / f"{name}.json")


def _dates(folder: Path) -> list[date]:
    """Days of which there is a dossier, in order."""
    names = [path.stem for path in folder.glob("*.json") if re.fullmatch(r"\d{4}-\d{2}-\d{2}", path.stem)]
    return sorted(date.fromisoformat(name) for name in names)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
