"""Writes the files that are rendered from the code: default config, national profile, JSON schemas, pages of the docs.

In: the models, contracts and steps. Out: files in ``configs/`` and ``docs/reference/``. Run
as ``python -m laadplan.cli.render`` (or ``make render``); a test fails when one of them is stale.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pandas as pd
from pydantic import BaseModel
from pydantic_core import PydanticUndefinedType

from laadplan.config.criteria import AnyCriterion, Criterion, Relaxation
from laadplan.config.policy import Profile, base_profile
from laadplan.config.render import default_yaml, json_schema, profile_schema, render_profile
from laadplan.contracts.dictionary import PUBLISHED, all_contracts, describe
from laadplan.pipeline import source_steps
from laadplan.pipeline.graph import Graph, Step
from laadplan.pipeline.job import read_job

HEADINGS = ("column", "meaning", "unit", "source", "empty")


def rendered() -> dict[str, str]:
    """Path in the checkout to the text that belongs there."""
    return {
        "configs/beleid/landelijk.yaml": render_profile(base_profile()),
        "configs/default.yaml": default_yaml(),
        "configs/profile-schema.json": profile_schema(),
        "configs/schema.json": json_schema(),
        "docs/reference/columns.md": dictionary_page(),
        "docs/reference/criteria.md": criteria_page(),
        "docs/reference/graph.md": graph_page(main_job()),
    }


def dictionary_page() -> str:
    """The data dictionary as a page of the docs."""
    parts = [
        "# Data dictionary\n\nMade from the contracts by `make render`. Frames lie in `frames/` of a run folder; what "
        f"is published ({', '.join(PUBLISHED)}) is explained in Dutch, as in the plankaart itself. Every frame with "
        "geometry is in EPSG:28992.\n"
    ]
    for contract in all_contracts():
        lines = (contract.__doc__ or "").splitlines()
        parts.append(f"## {contract.__name__}\n\n{lines[0] if lines else ''}\n\n{_markdown(describe([contract]))}\n")
    return "\n".join(parts)


def criteria_page() -> str:
    """The kinds of rule with their keys as a page of the docs."""
    kinds = get_args(get_args(AnyCriterion)[0])
    parts = [
        "# Kinds of rule\n\nMade from the models by `make render`. [Write a policy](../howto/write-a-policy.md) says "
        "how rules become a profile.\n",
        f"## A profile\n\n{_keys(Profile, ())}\n",
        f"## Keys of every rule\n\n{_keys(Criterion, ('profile', 'level'))}\n",
        f"## A step of a ladder\n\n{_keys(Relaxation, ())}\n",
    ]
    for kind in kinds:
        name = kind.model_fields["rule"].default
        own = [*Criterion.model_fields, "rule"]
        parts.append(f"## `rule: {name}`\n\n{(kind.__doc__ or '').splitlines()[0]}\n\n{_keys(kind, own)}\n")
    return "\n".join(parts)


def main_job() -> Graph:
    """The steps of the main job, and the reading steps that they need."""
    graph = read_job()
    own = [step for step in graph.steps.values() if step.function.__module__ != source_steps.__name__]
    return Graph({step.name: step for step in graph.needed_for(own)})


def graph_page(graph: Graph) -> str:
    """The graph of steps as a page of the docs."""
    rows = [f"| `{step.name}` | {_makes(step)} | {_first_line(step.function)} |" for step in graph.steps.values()]
    table = "\n".join(["| step | makes | what |", "| --- | --- | --- |", *rows])
    return (
        "# The graph of steps\n\nRead by `make render` from the signatures in `demand_steps.py`, `siting_steps.py`, "
        "`steps.py` and `file_steps.py` of `laadplan/pipeline/`, and of what these need in `source_steps.py`: a step "
        "is named after the frame it makes, its parameters are the frames, sources and config sections it needs.\n\n"
        f"```mermaid\n{graph.mermaid()}```\n\n{table}\n"
    )


def main(root: Path = Path()) -> None:
    """Writes every rendered file below the checkout."""
    for name, text in rendered().items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _markdown(table: pd.DataFrame) -> str:
    rows = [[str(value).replace("|", "\\|") for value in row] for row in table[list(HEADINGS)].to_numpy()]
    lines = [HEADINGS, ["---"] * len(HEADINGS), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _keys(model: type[BaseModel], left_out: Collection[str]) -> str:
    """The keys of a model as a table: what each means, its values where they are listed, and its default."""
    rows = [("key", "meaning", "default"), ("---", "---", "---")]
    for name, field in model.model_fields.items():
        if name not in left_out:
            default = "required" if field.is_required() else _shown(field.default)
            meaning = f"{field.description}{_listed(field.annotation)}"
            rows.append((f"`{field.alias or name}`", meaning.replace("|", "\\|"), default))
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _shown(default: object) -> str:
    return "" if default in (None, "", ()) or isinstance(default, PydanticUndefinedType) else f"`{default}`"


def _listed(annotation: Any) -> str:
    """The values of a key that may only have certain ones."""
    values = get_args(annotation) if get_origin(annotation) is Literal else ()
    return f" ({', '.join(f'`{value}`' for value in values)})" if values else ""


def _makes(step: Step) -> str:
    return ", ".join(made.__name__ for made in step.makes) or "file"


def _first_line(function: object) -> str:
    return (function.__doc__ or "").splitlines()[0]


if __name__ == "__main__":
    main()
