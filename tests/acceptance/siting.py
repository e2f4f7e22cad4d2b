"""The plan of a run worked out again from its frames, and runs of a town under other settings.

In: a finished run. Out: what its plan serves and is worth by an assignment of our own (a linear program by scipy), and
what it uses of every limit, counted here. Nothing of laadplan is imported: only frames and the config are read.
"""

# ruff: noqa: TID252

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy
import pandas
import scipy.optimize
import scipy.sparse

from .program import Program
from .reading import RunFolder, load_yaml, write_yaml
from .rich import DATE

LITTLE_WORK = {"rounds_max": 20, "nodes_max": 50, "gap_share": 0.03}
"""Work limits of runs that need no proof."""

FULL_POLE_KWH = 6000.0
"""What a pole of two points in full use delivers in a year, by the default of the config."""

REACH = ["point_id", "site_id", "existing", "walk_m"]


def variant(
    laadplan: Program,
    base: RunFolder,
    folder: Path,
    optimisation: Mapping[str, Any] | None = None,
    *,
    until: str | None = "Plan",
    env: dict[str, str | None] | None = None,
    **sections: Mapping[str, Any],
) -> RunFolder:
    """The town of a run under other settings; what they leave as it was is taken from that run."""
    config = varied(base, folder, optimisation, **sections)
    words = ("run", config, "--out", folder / "uit", "--date", DATE, *(("--until", until) if until else ()))
    done = laadplan(*words, cwd=folder, env=env)
    assert done.returncode == 0, f"exit code {done.returncode}\n{done.stderr}"
    return left(folder / "uit", config, done.stdout, done.stderr)


def varied(
    base: RunFolder, folder: Path, optimisation: Mapping[str, Any] | None = None, **sections: Mapping[str, Any]
) -> Path:
    """Path of a config with other settings, in a folder that holds a copy of the earlier run."""
    content = load_yaml(base.config)
    for source in content["sources"].values():
        for each in (source, *source.values()) if isinstance(source, dict) else ():
            if isinstance(each, dict) and isinstance(each.get("path"), str):
                each["path"] = str(base.config.parent / each["path"])
    content["optimisation"].update({**LITTLE_WORK, **(optimisation or {})})
    for name, changes in sections.items():
        content[name].update(changes)
    shutil.copytree(base.path, folder / "uit")
    return write_yaml(content, folder / "laadplan.yaml")


def left(out: Path, config: Path, stdout: str = "", stderr: str = "") -> RunFolder:
    """What a run left in its folder."""
    return RunFolder(out, config, json.loads((out / "run.json").read_text(encoding="utf-8")), 0, stdout, stderr)


class Counted:
    """A plan counted again from the frames of its run."""

    def __init__(self, run: RunFolder) -> None:
        self.run = run
        self.settings: dict[str, Any] = load_yaml(run.config)["optimisation"]
        self.norm_m = float(load_yaml(run.config)["walking"]["norm_m"])

    @cached_property
    def plan(self) -> pandas.DataFrame:
        """The plan by site."""
        return self.run.frame("Plan").set_index("site_id").sort_index()

    @property
    def new(self) -> pandas.DataFrame:
        """What the plan builds."""
        return self.plan[self.plan["chosen"] & ~self.plan["existing"]]

    @cached_property
    def service(self) -> pandas.DataFrame:
        """What each demand point gets."""
        return self.run.frame("Service").set_index("point_id").sort_index()

    @cached_property
    def solution(self) -> pandas.Series:
        """The proof of the plan."""
        return self.run.frame("Solutions").set_index("solve_id").loc["plan"]

    @cached_property
    def limits(self) -> pandas.DataFrame:
        """The limits as the run tells them."""
        return self.run.frame("PlanLimits").set_index("limit_id").sort_index()

    @cached_property
    def reach(self) -> pandas.DataFrame:
        """Pairs within walking distance, of candidates and existing poles."""
        both = pandas.concat([self.run.frame(name)[REACH] for name in ("Reach", "PoleReach")], ignore_index=True)
        return both[both["site_id"].isin(self.plan.index)].drop_duplicates(["point_id", "site_id"])

    @cached_property
    def demand(self) -> pandas.Series:
        """Demand per point in the scenario and year of the plan (kWh a year)."""
        scenario = load_yaml(self.run.config)["scenario"]
        rows = self.run.frame("Demand")
        rows = rows[(rows["year"] == scenario["year"]) & (rows["scenario"] == scenario["variant"])]
        return rows.set_index("point_id")["kwh_year"].sort_index()

    @cached_property
    def candidates(self) -> pandas.DataFrame:
        """Candidates by id, with their score and what is said of them."""
        sites = self.run.frame("Candidates").set_index("locatie_id").sort_index()
        rows = self.run.frame("Assessments")
        score = rows[rows["kind"] == "wens"].groupby("locatie_id")["contribution"].sum()
        failed = rows[(rows["kind"] == "eis") & (rows["verdict"] == "voldoet niet")]
        return sites.assign(score=score.reindex(sites.index).fillna(0.0), meets=~sites.index.isin(failed["locatie_id"]))

    def service_by(self, sites: Iterable[str]) -> float:
        """Most worth (kWh at the door) that these sites can serve, each with its capacity in the plan, as written.

        What buurten are served below the share that each should get counts as lost at its price.
        """
        taken = pandas.Index(sorted(sites))
        arcs = self.reach[self.reach["site_id"].isin(taken)]
        if arcs.empty:
            return 0.0
        points, site = self.demand.index.get_indexer(arcs["point_id"]), taken.get_indexer(arcs["site_id"])
        count = numpy.arange(len(arcs))
        capacity = self.plan["capacity_kwh_year"].reindex(taken)
        parts = [_rows(points, count, len(self.demand), len(arcs)), _rows(site, count, len(taken), len(arcs))]
        room = [self.demand.to_numpy(), capacity.to_numpy()]
        least = self.least_per_buurt()
        group = least.index.get_indexer(self.buurt_of_points().reindex(arcs["point_id"]))
        parts.append(-_rows(group[group >= 0], count[group >= 0], len(least), len(arcs)))
        short = scipy.sparse.vstack([scipy.sparse.csr_matrix((len(points_), len(least))) for points_ in room])
        rows = scipy.sparse.hstack(
            [scipy.sparse.vstack(parts), scipy.sparse.vstack([short, -scipy.sparse.identity(len(least))])]
        )
        price = numpy.r_[-self.worth(arcs), numpy.full(len(least), self.settings["equity_penalty"])]
        solved = scipy.optimize.linprog(price, A_ub=rows, b_ub=numpy.concatenate([*room, -least]), method="highs")
        assert solved.status == 0, solved.message
        return float(-solved.fun)

    def buurt_of_points(self) -> pandas.Series:
        """Buurt of each demand point."""
        return self.run.frame("DemandClusters").set_index("point_id")["buurtcode"]

    def least_per_buurt(self) -> pandas.Series:
        """What each buurt should be served at least (kWh a year): a share of its demand that some site reaches."""
        share = self.settings["buurt_served_share_min"]
        reached = self.demand[self.demand.index.isin(self.reach["point_id"])]
        least = share * reached.groupby(self.buurt_of_points().reindex(reached.index)).sum()
        return least[least > 0]

    def worth(self, arcs: pandas.DataFrame) -> Any:
        """Worth of a kWh per pair: 1 at the door, less at the norm, more where the score is high."""
        near = 1 - (1 - self.settings["far_worth"]) * arcs["walk_m"].to_numpy() / self.norm_m
        score = self.candidates["score"].reindex(arcs["site_id"]).fillna(0.0).to_numpy()
        return near + self.settings["score_worth_kwh"] * score / FULL_POLE_KWH

    def objective(self) -> float:
        """Worth of the plan by our own assignment, less what poles and broken floors cost."""
        served = self.service_by(self.plan.index[self.plan["chosen"]])
        kept = len(set(self.settings["previous_plan"]) & set(self.new.index))
        floors = self.limits[self.limits["kind"].str.startswith("ondergrens") & (self.limits["broken_by"] > 0)]
        lacking = sum(row["broken_by"] for key, row in floors.iterrows() if self.can_mend(key))
        poles = self.settings["pole_least_kwh"] * self.new["poles"].sum()
        return float(
            served - poles + self.settings["keep_worth_kwh"] * kept - self.settings["floor_penalty_kwh"] * lacking
        )

    def can_mend(self, floor: str) -> bool:
        """Whether some candidate that meets the eisen lies in the buurt of a floor."""
        code = floor.split("|")[1]
        offered = self.candidates[self.candidates.index.isin(self.plan.index)]
        return bool((offered["buurtcode"] == code).any())

    def bays_twice(self) -> list[tuple[str, str]]:
        """Pairs of new sites that use one bay."""
        bays = {key: set(text.split()) for key, text in self.new["bay_ids"].items()}
        return [(one, other) for one, other in combinations(sorted(bays), 2) if bays[one] & bays[other]]

    def poles_in(self, column: str) -> pandas.Series:
        """Poles of the plan per value of a column of the candidates, existing ones left out."""
        return self.new["poles"].groupby(self.candidates[column].reindex(self.new.index)).sum()


def _rows(row: Any, column: Any, rows: int, columns: int) -> Any:
    return scipy.sparse.coo_matrix((numpy.ones(len(row)), (row, column)), shape=(rows, columns)).tocsr()
