"""Runs the graph: skips what is unchanged, resumes what was killed, moves results into place at the end.

In: a project, a run folder, a goal. Out: frames and files in the run folder and ``run.json``. A step is skipped when
its code, its sections of the config, its sources and its frames are unchanged, and its outputs are there unchanged.
"""

import logging
import time
import traceback
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from laadplan.contracts.frame import Table
from laadplan.contracts.planning import Solutions
from laadplan.contracts.quality import Quality
from laadplan.contracts.watch import Watch
from laadplan.errors import BadInput, ConfigError, LaadplanError
from laadplan.pipeline.graph import Graph, Step, snake_case
from laadplan.pipeline.job import read_job
from laadplan.store.catalogue import Given, catalogue, sha256_of, source_records
from laadplan.store.frames import read_frame, write_frame
from laadplan.store.projects import ProjectFile
from laadplan.store.runs import RunFolder, StepRecord, digest_of, versions

logger = logging.getLogger(__name__)

ASSESSED = ("kandidaten_gpkg", "beoordelingen_csv")
"""Files of the assessed candidates: `laadplan assess` makes them, `laadplan run` does not."""

DEMANDED = ("vraag_html", "vraag_xlsx", "vraag_png")
"""Files of the report of demand: `laadplan demand` makes them."""

MONITORED = ("monitor_html", "monitor_xlsx")
"""Files of the report of use: `laadplan monitor` makes them."""

BESIDE = (*ASSESSED, *DEMANDED, *MONITORED)
"""Files that do not belong to the plankaart."""

Progress = Callable[[str, int, int], None]
"""Called with the name of a step that begins, its place and the number of steps."""


@dataclass
class Run:
    """One run: what it stands on, and the frames it holds in memory."""

    project_file: ProjectFile
    sources: dict[str, Given]
    folder: RunFolder
    today: date
    graph: Graph
    watch: Watch = field(default_factory=Watch)
    records: dict[str, StepRecord] = field(default_factory=dict)
    frames: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def idle(self) -> frozenset[str]:
        """Names of the steps whose sources the config leaves out."""
        return self.graph.idle({name for name, source in self.sources.items() if source is None})

    def lacks(self, frame: str) -> bool:
        """Whether the frame is not made, because the config leaves out its source."""
        return self.graph.maker_of(frame).name in self.idle


def run(
    project_file: ProjectFile,
    out: Path,
    *,
    today: date,
    until: str | None = None,
    files: Collection[str] = (),
    progress: Progress | None = None,
    told: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Runs the main job and returns the manifest as it stands in ``run.json``.

    Parameters
    ----------
    project_file
        The project.
    out
        The run folder.
    today
        Date that stands on the outputs.
    until
        Frame to stop at; None: everything that belongs to the plankaart.
    files
        Steps that write files: only these and what they need; none: those of the plankaart.
    progress
        Called when a step begins.
    told
        Called with a line of words now and then during a long step.

    Raises
    ------
    LaadplanError
        Something is wrong with the config or the data; earlier results are untouched.
    """
    graph = read_job()
    watch = Watch(time.monotonic, told or logger.info)
    started = Run(project_file, catalogue(project_file), RunFolder(out), today, graph, watch)
    goals = _goals(graph, until, files)
    _refuse_impossible(started, [step for step in goals if until or step.writes_file])
    todo = [step for step in graph.needed_for(goals) if step.name not in started.idle]
    with started.folder.held():
        earlier = started.folder.earlier()
        for place, step in enumerate(todo):
            if progress:
                progress(step.name, place, len(todo))
            started.records[step.name] = _done(started, step, earlier)
        manifest = _manifest(started, earlier, until)
        started.folder.publish(list(started.records.values()), manifest)
    return manifest


def _goals(graph: Graph, until: str | None, files: Collection[str]) -> list[Step]:
    if until:
        return [graph.maker_of(until)]
    if files:
        return [graph.steps[name] for name in files]
    return [step for step in graph.steps.values() if step.sources or (step.writes_file and step.name not in BESIDE)]


def made_again(project_file: ProjectFile, out: Path, frame: type[Table], *, today: date) -> Any:
    """A frame as its step makes it for this project from what an earlier run left in its folder; writes nothing.

    Raises
    ------
    LaadplanError
        A frame that the step needs does not lie in the folder.
    """
    graph = read_job()
    held = Run(project_file, catalogue(project_file), RunFolder(out), today, graph)
    kept = [record for records in held.folder.earlier().values() for record in records]
    held.records = {record.name: record for record in kept if held.folder.in_place(record)}
    step = graph.maker_of(frame.__name__)
    made = dict(zip(step.makes, _called(held, step, Quality()), strict=True))
    return frame.checked(made[frame], source="computed")


def check(project_file: ProjectFile, *, today: date, progress: Progress | None = None) -> dict[str, dict[str, Any]]:
    """Reads every source and computes demand, writes nothing, and returns the quality record per frame.

    Raises
    ------
    LaadplanError
        A source cannot be used, or several: then each stands on a line of its own.
    """
    graph = read_job()
    held = Run(project_file, catalogue(project_file), RunFolder(Path()), today, graph)
    readers = [step for step in graph.steps.values() if step.sources and step.name not in held.idle]
    goals = [*readers, graph.maker_of("DemandPoints")]
    todo = [step for step in graph.needed_for(goals) if step.name not in held.idle]
    found: dict[str, dict[str, Any]] = {}
    refused: list[LaadplanError] = []
    lost: set[str] = set()
    for place, step in enumerate(todo):
        if progress:
            progress(step.name, place, len(todo))
        quality = Quality()
        made = {snake_case(contract.__name__): contract for contract in step.makes}
        if lost & set(step.frames):
            lost |= set(made)
            continue
        try:
            for (name, contract), frame in zip(made.items(), _called(held, step, quality), strict=True):
                held.frames[name] = contract.checked(frame, source="computed")
        except (BadInput, ConfigError) as error:
            refused.append(error)
            lost |= set(made)
            continue
        found[step.name] = quality.summary()
    if refused:
        raise _together(refused)
    return found


def _together(refused: list[LaadplanError]) -> LaadplanError:
    """One error of several, of the kind of the first; what two steps both ran into is said once."""
    messages = list(dict.fromkeys(error.message for error in refused))
    if len(messages) == 1:
        return refused[0]
    return type(refused[0])("\n".join([f"{len(messages)} things stand in the way.", *messages]))


def _refuse_impossible(run: Run, goals: Iterable[Step]) -> None:
    """Refuses what is asked for when the config leaves out a source that it is made from."""
    for step in goals:
        if step.name in run.idle:
            needed = [each for each in run.graph.needed_for([step]) if each.name in run.idle]
            absent = [(each, name) for each in needed for name in each.sources if not run.sources[name]]
            lacking = {name for each, name in absent if name not in each.optional} or {name for _, name in absent}
            words = f"{_made_by(step)} is made from sources that are left out: {', '.join(sorted(lacking))}."
            todo = "Give them under 'sources', or stop earlier with --until."
            raise ConfigError(words, where=str(run.project_file.path), todo=todo)


def _made_by(step: Step) -> str:
    """What a step makes, as the user knows it."""
    return step.name.replace("_", ".") if step.writes_file else step.makes[0].__name__


def _done(run: Run, step: Step, earlier: dict[str, list[StepRecord]]) -> StepRecord:
    """The record of an earlier time the step was done on the same ground, when its outputs are still there, or anew."""
    fingerprint = _fingerprint(run, step)
    for record in earlier.get(step.name, []):
        same = record.fingerprint == fingerprint
        if same and all(run.folder.locate(output, digest) for output, digest in record.outputs.items()):
            return StepRecord(**{**vars(record), "status": "reused"})
    return _executed(run, step, fingerprint)


def _executed(run: Run, step: Step, fingerprint: str) -> StepRecord:
    record = StepRecord(step.name, fingerprint)
    quality = Quality()
    begin = time.perf_counter()
    logger.info("Step %s begins", step.name)
    if step.writes_file:
        _write_file(run, step, record, quality)
    else:
        _make_frames(run, step, record, quality)
    record.seconds = round(time.perf_counter() - begin, 3)
    record.quality = quality.summary()
    if quality.ended_early:
        record.fingerprint = ""
    run.folder.done(record)
    logger.info("Step %s ended: rows %s, dropped %s", step.name, record.rows, record.quality["dropped"])
    return record


def _make_frames(run: Run, step: Step, record: StepRecord, quality: Quality) -> None:
    for contract, frame in zip(step.makes, _called(run, step, quality), strict=True):
        output = output_of(contract)
        checked = write_frame(frame, contract, run.folder.aside(output))
        run.frames[snake_case(contract.__name__)] = checked
        record.rows[contract.__name__] = len(checked)
        record.outputs[output] = sha256_of(run.folder.aside(output))
    if quality.dropped and not run.graph.confidential(step):
        output = f"frames/afgevallen/{step.name}.parquet"
        quality.losses().to_parquet(run.folder.aside(output), index=False)
        record.outputs[output] = sha256_of(run.folder.aside(output))


def _write_file(run: Run, step: Step, record: StepRecord, quality: Quality) -> None:
    output = step.name.replace("_", ".")
    target = run.folder.aside(output)
    target.unlink(missing_ok=True)
    _called(run, step, quality, target=target)
    record.outputs[output] = sha256_of(target)


def _called(run: Run, step: Step, quality: Quality, *, target: Path | None = None) -> tuple[Any, ...]:
    services = {"quality": quality, "today": run.today, "target": target, "watch": run.watch}
    arguments: dict[str, Any] = {name: getattr(run.project_file.project, name) for name in step.sections}
    arguments |= {name: run.sources[name] for name in step.sources}
    arguments |= {name: services[service] for name, service in step.services.items()}
    arguments |= {name: _frame(run, name, contract) for name, contract in step.frames.items()}
    result = _kept_quiet(step, arguments) if run.graph.confidential(step) else step.function(**arguments)
    return result if isinstance(result, tuple) else (result,)


def _kept_quiet(step: Step, arguments: dict[str, Any]) -> Any:
    """What a confidential step gives; of an error that nobody foresaw the words, which may quote a cell, stay here.

    Raises
    ------
    LaadplanError
        As the step raises it, or in words of our own.
    """
    try:
        return step.function(**arguments)
    except LaadplanError:
        raise
    except Exception as error:  # noqa: BLE001 (whatever it is, its words are not for a log)
        place = [each for each in traceback.extract_tb(error.__traceback__) if "laadplan" in each.filename][-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        words = f"Step {step.name} failed ({type(error).__name__}); what it reads is confidential and is not shown."
        raise LaadplanError(words, where=where, todo="Report it with this line.") from None


def output_of(contract: type[Table]) -> str:
    """Where a frame lies below the run folder."""
    return f"frames/{contract.__name__}.parquet"


def _frame(run: Run, name: str, contract: type[Table]) -> Any:
    """A frame from memory, or from disk when its step was skipped; None where its source is left out."""
    if run.lacks(name):
        return None
    if name not in run.frames:
        path = run.folder.locate(output_of(contract), _frame_digest(run, name, contract))
        if path is None:
            raise LaadplanError(f"Frame {contract.__name__} disappeared during the run.", todo="Run again.")
        run.frames[name] = read_frame(contract, path)
    return run.frames[name]


def _fingerprint(run: Run, step: Step) -> str:
    """Hash of all that the result of the step depends on."""
    project = run.project_file.project
    sources = source_records({name: run.sources[name] for name in step.sources})
    frames = {name: contract for name, contract in step.frames.items() if not run.lacks(name)}
    return digest_of(
        {
            "code": step.code,
            "versions": versions(),
            "sections": {name: getattr(project, name).model_dump(mode="json") for name in step.sections},
            "sources": sources,
            "frames": {name: _frame_digest(run, name, contract) for name, contract in frames.items()},
            "today": run.today if "today" in step.services.values() else None,
        }
    )


def _frame_digest(run: Run, name: str, contract: type[Table]) -> str:
    """The sha256 of a frame as its step wrote it."""
    return run.records[run.graph.maker_of(name).name].outputs[output_of(contract)]


def _manifest(run: Run, earlier: dict[str, list[StepRecord]], until: str | None) -> dict[str, Any]:
    """The manifest; records of steps that this run did not come to are kept for the next."""
    kept = {
        name: StepRecord(**{**vars(record), "status": "earlier"})
        for name, records in earlier.items()
        for record in records
        if name in run.graph.steps and run.folder.in_place(record)
    }
    records = [{**kept, **run.records}[name] for name in run.graph.steps if name in {**kept, **run.records}]
    return {
        "name": run.project_file.project.name,
        "date": run.today.isoformat(),
        "until": until,
        "versions": versions(),
        "config": {
            "file": run.project_file.path.name,
            "sha256": digest_of(run.project_file.project.model_dump(mode="json")),
        },
        "sources": source_records(run.sources),
        "executed": [name for name, record in run.records.items() if record.status == "executed"],
        "solution": _solution(run) if "plan" in run.records else None,
        "findings": [
            f"{record.name}: {text}" for record in run.records.values() for text in record.quality.get("findings", [])
        ],
        "steps": [vars(record) for record in records],
    }


def _solution(run: Run) -> dict[str, Any]:
    row: dict[str, Any] = _frame(run, "solutions", Solutions).loc["plan"].to_dict()
    seconds = run.records["plan"].quality["facts"]["solver_seconds"]
    return {name: None if value != value else value for name, value in row.items()} | {"seconds": seconds}
