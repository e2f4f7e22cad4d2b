"""A policy looked at: its rules linted, and what another policy would change on the same data.

In: paths of configs and profiles, and the run folder of the config. Out: plain values for the command line, and for
`diff_policies` a table and a page in the run folder. Nothing is fetched, and a config is only run as far as its
assessments; the other policy is judged in memory by the same step.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from laadplan.config.policy import OWN, Policy
from laadplan.config.project import Project
from laadplan.contracts.planning import Assessments
from laadplan.pipeline.looking import data_of_layers
from laadplan.policy.lint import Finding, Setting, in_order, lint, lint_outcomes
from laadplan.policy.words import norm_text
from laadplan.store.frames import read_frame
from laadplan.store.profiles import is_profile, laid_over, read_profiles
from laadplan.store.projects import read_project
from laadplan.store.settings import read_settings

DIFF_TABLE, DIFF_PAGE = "policy-diff.csv", "policy-diff.html"


@dataclass(frozen=True)
class PolicyFile:
    """A policy and where it stands: in a config, with its project, or in a profile, without one."""

    path: Path
    policy: Policy
    project: Project | None
    layers: tuple[str, ...]


def read_policy(path: Path) -> PolicyFile:
    """The merged policy of a config or a profile; told apart by their keys.

    Raises
    ------
    ConfigError
        The file is neither, or cannot be used.
    """
    settings = read_settings(path, "config or profile", todo="Name a config, or a profile such as those in beleid/.")
    if is_profile(settings):
        profiles = read_profiles([_as_path(path)], path)
        names = tuple(profile.name for profile in profiles)
        return PolicyFile(path, Policy(criteria=laid_over(profiles, path)), None, names)
    project = read_project(path).project
    named = [profile.name for profile in read_profiles(project.policy.profiles, path)]
    own = [criterion for criterion in project.policy.criteria if criterion.profile in ("", OWN)]
    return PolicyFile(path, project.policy, project, (*named, OWN) if own else tuple(named))


def check_policy(path: Path, *, today: date, out: Path | None = None) -> dict[str, Any]:
    """The merged policy as rows, and what is wrong with it.

    Parameters
    ----------
    path
        A config, or a profile.
    today
        Day on which periods are looked at.
    out
        Run folder of the config: its assessments are looked at as well, where it has any; None: maps/<name>.

    Raises
    ------
    ConfigError
        The file is neither a config nor a profile, or cannot be used.
    """
    held = read_policy(path)
    found = lint(held.policy, today, _setting(held.project) if held.project else None)
    frame = _assessments_of(held, out)
    if frame is not None:
        found += lint_outcomes(held.policy, read_frame(Assessments, frame))
    return {
        "file": str(path),
        "date": today.isoformat(),
        "profiles": list(held.layers),
        "relaxation": held.policy.relaxation,
        "assessments": str(frame) if frame else None,
        "criteria": criteria_rows(held.policy),
        "findings": [_record(finding) for finding in in_order(found)],
    }


def criteria_rows(policy: Policy) -> list[dict[str, Any]]:
    """The criteria of a policy at its level, in order: what is printed of each."""
    weights = policy.weights()
    rows = []
    for criterion in policy.criteria:
        held = criterion.at_level(policy.relaxation)
        rows.append(
            {
                "id": held.id,
                "label": held.label,
                "kind": held.kind,
                "norm": norm_text(held),
                "weight": round(weights[held.id], 4) if held.id in weights else None,
                "grondslag": held.grondslag,
                "owner": held.owner,
                "source": held.source,
                "source_on": held.source_on.isoformat() if held.source_on else None,
                "source_page": held.source_page,
                "if_unknown": held.if_unknown,
                "profile": held.profile or OWN,
            }
        )
    return rows


def _as_path(path: Path) -> str:
    """A path as a profile names one, so that it is not taken for the name of a preset."""
    return f"./{path.name}"


def _setting(project: Project) -> Setting:
    return Setting(
        spots=project.spots,
        margin_m=project.area.margin_m,
        data=data_of_layers(project.sources),
        zone_kinds=frozenset(source.kind for source in project.sources.zones.values()),
    )


def _assessments_of(held: PolicyFile, out: Path | None) -> Path | None:
    """Where the assessments of a config lie; None where it has not been run."""
    if held.project is None:
        return None
    path = (out or Path("maps") / held.project.name) / "frames" / f"{Assessments.__name__}.parquet"
    return path if path.is_file() else None


def _record(finding: Finding) -> dict[str, Any]:
    return {"kind": finding.kind, "criteria": list(finding.about), "text": finding.text}
