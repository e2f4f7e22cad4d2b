"""The graph of steps, read from function signatures.

In: modules of step functions. Out: the steps in an order in which each finds what it needs. A step is named after
the frame it makes; its parameters are told apart by their annotation: a frame's contract, a section of the config, a
source, or one of the services (`Quality`, today's date, the file to write, a clock with a way to tell how far it is).
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from inspect import signature
from pathlib import Path
from types import ModuleType, NoneType
from typing import Any, get_args, get_origin, get_type_hints

from laadplan.config.project import Project
from laadplan.config.section import Section
from laadplan.contracts.frame import Table
from laadplan.contracts.quality import Quality
from laadplan.contracts.watch import Watch
from laadplan.errors import ConfigError, LaadplanError
from laadplan.pipeline.code import code_hash
from laadplan.store.catalogue import SourceFile
from laadplan.store.frames import write_frame

SERVICES = {Quality: "quality", date: "today", Path: "target", Watch: "watch"}
"""Annotation to the service that is passed in: not an input that the result depends on, but for the date."""


@dataclass(frozen=True)
class Step:
    """One function of the graph: the frames it makes, or the file it writes, and what it needs for that."""

    name: str
    function: Callable[..., Any]
    makes: tuple[type[Table], ...]
    frames: dict[str, type[Table]]
    sections: tuple[str, ...]
    sources: tuple[str, ...]
    services: dict[str, str]
    optional: frozenset[str] = frozenset()
    """Frames and sources that the step can do without: it is then given None."""

    @cached_property
    def code(self) -> str:
        """Hash of the code the step stands on."""
        contracts = {contract.__module__ for contract in (*self.makes, *self.frames.values())}
        return code_hash(self.function, also=contracts | {write_frame.__module__})

    @property
    def writes_file(self) -> bool:
        """Whether the step writes a file for readers instead of making a frame."""
        return not self.makes


@dataclass(frozen=True)
class Graph:
    """Steps by name, in an order in which each comes after what it needs."""

    steps: dict[str, Step]

    def maker_of(self, frame: str) -> Step:
        """The step that makes a frame, named as its contract (RoadParts) or in snake case (road_parts).

        Raises
        ------
        ConfigError
            No step makes it; lists the frames there are.
        """
        wanted = snake_case(frame)
        for step in self.steps.values():
            if wanted == step.name or wanted in [snake_case(made.__name__) for made in step.makes]:
                return step
        frames = ", ".join(made.__name__ for step in self.steps.values() for made in step.makes)
        raise ConfigError(f"No step makes '{frame}'.", where="--until", todo=f"Frames: {frames}.")

    def needed_for(self, goals: Iterable[Step]) -> list[Step]:
        """The goals and all steps before them, in order."""
        waiting, wanted = list(goals), set[str]()
        while waiting:
            step = waiting.pop()
            wanted.add(step.name)
            waiting += [self.maker_of(name) for name in step.frames if self.maker_of(name).name not in wanted]
        return [step for name, step in self.steps.items() if name in wanted]

    def idle(self, absent: Collection[str]) -> frozenset[str]:
        """Names of the steps that cannot run because the config leaves out a source they need, or all that they
        could be made from.

        Parameters
        ----------
        absent
            Names of the sources that are left out.
        """
        found: set[str] = set()
        for step in self.steps.values():
            sources = {name for name in step.sources if name in absent} - step.optional
            frames = {name for name in step.frames if self.maker_of(name).name in found} - step.optional
            made = [name for name in step.frames if self.maker_of(name).name not in found]
            nothing = not made and set(step.sources) <= set(absent)
            if sources or frames or (nothing and (step.sources or step.frames)):
                found.add(step.name)
        return frozenset(found)

    def confidential(self, step: Step) -> bool:
        """Whether the step makes or sees something confidential: it is then run quiet, whatever it makes."""
        own = any(made.is_confidential() for made in step.makes)
        return own or any(self.hidden(contract) for contract in step.frames.values())

    def hidden(self, contract: type[Table]) -> bool:
        """Whether the content of a frame is confidential: its step makes or sees such, and the frame is not cleared."""
        return not contract.is_cleared() and self.confidential(self.maker_of(contract.__name__))

    def mermaid(self) -> str:
        """The graph as a Mermaid chart."""
        lines = ["flowchart TD"]
        for step in self.steps.values():
            shape = f"{step.name}[/{step.name}/]" if step.writes_file else f"{step.name}[{step.name}]"
            lines.append(f"    {shape}")
            lines += [f"    {source}[({source})] --> {step.name}" for source in _tagged(step.sources)]
            lines += [f"    {self.maker_of(name).name} --> {step.name}" for name in step.frames]
        return "\n".join(dict.fromkeys(lines)) + "\n"


def read_graph(*modules: ModuleType) -> Graph:
    """The graph of all public functions defined in the modules.

    Raises
    ------
    LaadplanError
        A parameter cannot be told what it is, a frame has no or two makers, steps need each other in a circle, a frame
        is both confidential and cleared, or a file for readers would be made from a confidential frame.
    """
    functions = [
        value
        for module in modules
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", "") == module.__name__ and not name.startswith("_")
    ]
    graph = _in_order([_step(function) for function in functions if not isinstance(function, type)])
    for step in graph.steps.values():
        for made in step.makes:
            if made.is_confidential() and made.is_cleared():
                raise LaadplanError(
                    f"Frame {made.__name__} is both confidential and cleared.", todo="Make up your mind."
                )
        if step.writes_file and graph.confidential(step):
            raise LaadplanError(
                f"Step {step.name} would publish a confidential frame.", todo="Leave that frame out of what it needs."
            )
    return graph


def snake_case(name: str) -> str:
    """The snake case of a frame's name.

    >>> snake_case("RoadParts")
    'road_parts'
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _step(function: Callable[..., Any]) -> Step:
    hints = get_type_hints(function)
    made = hints.pop("return", NoneType)
    makes = tuple(get_args(made)) if get_args(made) else (() if made is NoneType else (made,))
    kinds: dict[str, dict[str, Any]] = {"frames": {}, "sections": {}, "sources": {}, "services": {}}
    for parameter in signature(function).parameters:
        kind, value = _kind(function.__name__, parameter, hints.get(parameter))
        kinds[kind][parameter] = value
    return Step(
        name=function.__name__,
        function=function,
        makes=makes,
        frames=kinds["frames"],
        sections=tuple(kinds["sections"]),
        sources=tuple(kinds["sources"]),
        services=kinds["services"],
        optional=frozenset(name for name, hint in hints.items() if NoneType in get_args(hint)),
    )


def _kind(step: str, parameter: str, annotation: Any) -> tuple[str, Any]:
    """What a parameter is, by its annotation."""
    several = get_origin(annotation) is dict
    plain = annotation if several else next((each for each in get_args(annotation) if each is not NoneType), annotation)
    if plain in SERVICES:
        return "services", SERVICES[plain]
    if plain is SourceFile or (get_origin(plain) is dict and get_args(plain) == (str, SourceFile)):
        return "sources", parameter
    if isinstance(plain, type) and issubclass(plain, Table):
        name = snake_case(plain.__name__)
        if name != parameter:
            raise LaadplanError(f"Parameter '{parameter}' of step {step} says {plain.__name__}: name it {name}.")
        return "frames", plain
    if isinstance(plain, type) and issubclass(plain, Section) and parameter in Project.model_fields:
        return "sections", parameter
    raise LaadplanError(f"Parameter '{parameter}' of step {step} is neither frame, section, source nor service.")


def _in_order(steps: list[Step]) -> Graph:
    makers: dict[str, Step] = {}
    for step in steps:
        for made in step.makes:
            name = snake_case(made.__name__)
            if name in makers:
                raise LaadplanError(f"Frame {made.__name__} is made by {makers[name].name} and by {step.name}.")
            makers[name] = step
    ordered: dict[str, Step] = {}

    def place(step: Step, above: tuple[str, ...]) -> None:
        if step.name in above:
            raise LaadplanError(f"Steps need each other in a circle: {' -> '.join([*above, step.name])}.")
        for name in step.frames:
            if name not in makers:
                raise LaadplanError(f"Step {step.name} needs '{name}', which no step makes.")
            if makers[name].name not in ordered:
                place(makers[name], (*above, step.name))
        ordered[step.name] = step

    for step in steps:
        place(step, ())
    return Graph(ordered)


def _tagged(sources: tuple[str, ...]) -> list[str]:
    return [f"bron_{source}" for source in sources]
