"""A policy looked at: its rules linted, and what another policy would change on the same data.

In: paths of configs and profiles, and the run folder of the config. Out: plain values for the command line, and for
`diff_policies` a table and a page in the run folder. Nothing is fetched, and a config is only run as far as its
assessments; the other policy is judged in memory by the same step.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from laadplan.config.base_policy import BASE_NAME, BASIC_CRITERIA
from laadplan.config.policy import OWN, Policy, Profile
from laadplan.config.project import Project
from laadplan.contracts.frame import Table
from laadplan.contracts.planning import Assessments, Candidates
from laadplan.contracts.sources import Buildings, RoadParts, Terrain
from laadplan.pipeline.looking import data_of_layers
from laadplan.pipeline.run import Progress, made_again, output_of, run
from laadplan.policy.diff import CHANGES, changed_candidates, changed_rules, changed_verdicts
from laadplan.policy.findings import Finding, in_order
from laadplan.policy.lint import lint, lint_outcomes
from laadplan.policy.measurable import Setting
from laadplan.policy.words import norm_text
from laadplan.publish.about import source_line
from laadplan.publish.kandidaten import write_texts
from laadplan.publish.policy_diff import write_policy_diff
from laadplan.store.frames import read_frame
from laadplan.store.profiles import is_profile, laid_over, read_profiles
from laadplan.store.projects import ProjectFile, read_project
from laadplan.store.settings import read_settings

DIFF_TABLE, DIFF_PAGE = "policy-diff.csv", "policy-diff.html"
DIFF_COLUMNS = {
    "criterion_id": "criterium_code",
    "label": "criterium",
    "kind_before": "soort_eerst",
    "kind_after": "soort_nu",
    "norm_before": "norm_eerst",
    "norm_after": "norm_nu",
    "verdict_before": "oordeel_eerst",
    "verdict_after": "oordeel_nu",
    "counts_as_before": "telt_als_eerst",
    "counts_as_after": "telt_als_nu",
    "measured_text": "gemeten",
    "reason": "reden",
}
"""Column of `changed_verdicts` to its heading in the table."""

GROUND = {"road_parts": RoadParts, "terrain": Terrain, "buildings": Buildings}
"""What is drawn beneath the map of a comparison."""


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
    policy = _traced(project.policy)
    own = any(criterion.profile == OWN for criterion in policy.criteria)
    return PolicyFile(path, policy, project, (*(named or _base_of(policy)), *([OWN] if own else [])))


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


def diff_policies(
    one: Path, other: Path, *, today: date, out: Path | None = None, progress: Progress | None = None
) -> dict[str, Any]:
    """What changes on the data of a config when another policy holds; writes a table and a page in the run folder.

    Parameters
    ----------
    one
        Config whose candidates and measurements are looked at, under its own policy.
    other
        Config of which the policy is taken and nothing else, or a profile. A profile that is based on another stands by
        itself; one that is based on nothing is laid over the policy of the first.
    today
        Day on which criteria must hold.
    out
        Run folder of the first; None: maps/<name>. It is run as far as its assessments where it has not been.
    progress
        Called when a step begins.

    Raises
    ------
    LaadplanError
        A file cannot be used, the first is no config, or its data is no good.
    """
    project_file = read_project(one)
    folder = out or Path("maps") / project_file.project.name
    instead, remarks = _instead(project_file, other)
    run(project_file, folder, today=today, until=Assessments.__name__, progress=progress)
    candidates = read_frame(Candidates, folder / output_of(Candidates))
    before = read_frame(Assessments, folder / output_of(Assessments))
    project = project_file.project.model_copy(update={"policy": instead})
    after = made_again(ProjectFile(project, one), folder, Assessments, today=today)
    verdicts = changed_verdicts(before, after)
    changed = changed_candidates(before, after, candidates)
    rules = changed_rules(verdicts)
    write_texts(folder / DIFF_TABLE, verdicts.rename(columns=DIFF_COLUMNS))
    labels = {criterion.id: criterion.label for criterion in (*project_file.project.policy.criteria, *instead.criteria)}
    write_policy_diff(
        folder / DIFF_PAGE,
        candidates=candidates,
        changed=changed,
        rules=rules,
        labels=labels,
        ground={name: _ground(folder, contract) for name, contract in GROUND.items()},
        names=(one.name, other.name),
        title="Vergelijking van beleid",
        sources=source_line(project.sources),
        today=today,
    )
    found = changed["change"].value_counts()
    return {
        "before": str(one),
        "after": str(other),
        "date": today.isoformat(),
        "candidates": {change: int(found.get(change, 0)) for change in CHANGES},
        "rules": rules.to_dict("records"),
        "remarks": remarks,
        "files": [str(folder / DIFF_TABLE), str(folder / DIFF_PAGE)],
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
                "profile": held.profile,
            }
        )
    return rows


def _traced(policy: Policy) -> Policy:
    """A policy of which every criterion says where it came from: one that no profile brought may be the base's own."""
    named = [
        each if each.profile else each.model_copy(update={"profile": BASE_NAME if each in BASIC_CRITERIA else OWN})
        for each in policy.criteria
    ]
    return policy.model_copy(update={"criteria": tuple(named)})


def _base_of(policy: Policy) -> list[str]:
    return [BASE_NAME] if any(criterion.profile == BASE_NAME for criterion in policy.criteria) else []


def _instead(project_file: ProjectFile, other: Path) -> tuple[Policy, list[str]]:
    """The policy to hold against that of a project, and what must be said of it."""
    own = project_file.project.policy
    settings = read_settings(other, "config or profile", todo="Name a config, or a profile such as those in beleid/.")
    if not is_profile(settings):
        project = read_project(other).project
        names = [name for name in type(project).model_fields if name not in ("name", "policy", "publication")]
        unlike = [name for name in names if getattr(project, name) != getattr(project_file.project, name)]
        words = f"Only the policy of {other.name} is used; it differs in {', '.join(unlike)} as well."
        return project.policy, [words] if unlike else []
    profiles = read_profiles([_as_path(other)], other)
    if profiles[-1].based_on is None:
        first = Profile(schema=1, name=OWN, title="", criteria=own.criteria)
        return own.model_copy(update={"criteria": laid_over([first, *profiles], other)}), []
    return own.model_copy(update={"criteria": laid_over(profiles, other)}), []


def _ground(folder: Path, contract: type[Table]) -> Any:
    """A frame of the ground as the run left it; empty where the run did not need it."""
    path = folder / output_of(contract)
    return read_frame(contract, path) if path.is_file() else contract.empty()


def _as_path(path: Path) -> str:
    """A path as a profile names one, so that it is not taken for the name of a preset."""
    return f"./{path.name}"


def _setting(project: Project) -> Setting:
    return Setting(
        spots=project.spots,
        margin_m=project.area.margin_m,
        corridor_m=2 * project.spots.corridor_within_m,
        data=data_of_layers(project.sources),
        zone_kinds=frozenset(source.kind for source in project.sources.zones.values()),
    )


def _assessments_of(held: PolicyFile, out: Path | None) -> Path | None:
    """Where the assessments of a config lie; None where it has not been run."""
    if held.project is None:
        return None
    path = (out or Path("maps") / held.project.name) / output_of(Assessments)
    return path if path.is_file() else None


def _record(finding: Finding) -> dict[str, Any]:
    return {"kind": finding.kind, "criteria": list(finding.about), "text": finding.text}
