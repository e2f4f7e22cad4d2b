"""Limits of a plan as rows, each with its words: what is asked, what is there already, what the options use.

In: options and what each of their poles and bays counts for. Out: `Terms` (the words) and `Limits` (the arrays).

Hard decisions
--------------
What exists is counted in a row as a fixed amount and not as an option. Where existing and decided poles already break a
limit, it is raised to what they use, so that a plan exists: what is asked stays in the words, and the violation is
measured. A floor that no option can help is not in the arrays: its price would only blur the gap.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from laadplan.optimise.problem import NONE, Flags, Floats, Limits, Wholes

COLUMNS: dict[Hashable, Any] = {
    "kind": "str",
    "about": "str",
    "unit": "str",
    "is_floor": bool,
    "limit": float,
    "fixed": float,
    "row": np.int64,
}
"""Words per limit, as in `PlanLimits`, with what is there already and the row in the arrays (-1: none)."""

NIL = 1e-9
"""An amount below this is nil."""


@dataclass
class LimitRows:
    """Rows as they are gathered: words per row, and per use of an option its row, option and amount."""

    words: list[pd.DataFrame] = field(default_factory=list)
    row: list[Wholes] = field(default_factory=list)
    option: list[Wholes] = field(default_factory=list)
    use: list[Floats] = field(default_factory=list)
    size: int = 0

    def add(
        self,
        kind: str,
        names: Sequence[str],
        about: Sequence[str],
        *,
        unit: str,
        limit: Floats,
        row: Wholes,
        option: Wholes,
        use: Floats,
        fixed: Floats | None = None,
        penalty: float = np.inf,
        is_floor: bool = False,
    ) -> None:
        """Adds rows of one kind.

        Parameters
        ----------
        kind, names, about
            Kind of limit, and per row its name and what it is about in Dutch.
        unit, limit, fixed
            Unit; per row the limit and what exists already, in that unit.
        row, option, use
            Per use: the row among these, the option, and the amount; of equal pairs the amounts are added.
        penalty
            Worth lost per unit beyond the limit; infinite: it holds.
        """
        words = pd.DataFrame(
            {
                "kind": kind,
                "about": list(about),
                "unit": unit,
                "is_floor": is_floor,
                "limit": np.asarray(limit, dtype=float),
                "fixed": np.zeros(len(names)) if fixed is None else np.asarray(fixed, dtype=float),
                "row": NONE,
                "penalty": penalty,
            },
            index=pd.Index([f"{kind}|{name}" for name in names], dtype="str", name="limit_id"),
        )
        self.words.append(words)
        self.row.append(np.asarray(row, dtype=np.int64) + self.size)
        self.option.append(np.asarray(option, dtype=np.int64))
        self.use.append(np.asarray(use, dtype=float))
        self.size += len(names)

    def floor_uses(self) -> pd.DataFrame:
        """What each option counts for in each floor: ``limit_id``, ``option`` and ``use``, in full.

        In the arrays an option counts no further than the floor asks: what is reached cannot be read from them.
        """
        if not self.words:
            return pd.DataFrame({"limit_id": [], "option": np.zeros(0, np.int64), "use": np.zeros(0)})
        words = pd.concat(self.words)
        row, option, use = (np.concatenate(parts) for parts in (self.row, self.option, self.use))
        own = words["is_floor"].to_numpy(dtype=bool)[row]
        return pd.DataFrame({"limit_id": words.index.to_numpy()[row[own]], "option": option[own], "use": use[own]})

    def finish(self, base: Flags, option_site: Wholes) -> tuple[pd.DataFrame, Limits]:
        """The words of all rows in order of id, and the arrays of those that options use.

        Parameters
        ----------
        base
            Per option whether it is the least that must be taken where a pole was decided.
        option_site
            Site of each option.
        """
        if not self.words:
            return _no_words(), no_limits()
        words = pd.concat(self.words)
        order = np.argsort(words.index.to_numpy().astype(str), kind="stable")
        place = np.empty(self.size, dtype=np.int64)
        place[order] = np.arange(self.size)
        words = words.iloc[order]
        row = place[np.concatenate(self.row)]
        row, option, use = _together(row, np.concatenate(self.option), np.concatenate(self.use))
        bound, kept = _bounds(words, row, option, use, base, option_site)
        is_floor = words["is_floor"].to_numpy(dtype=bool)
        use = np.where(is_floor[row], np.minimum(use, np.maximum(bound, NIL)[row]), use)
        is_hard = np.isinf(words["penalty"].to_numpy(dtype=float))
        bound = np.where(is_hard & ~is_floor, _in_whole_steps(bound, row, use), bound)
        words = words.assign(row=np.where(kept, np.cumsum(kept) - 1, NONE))
        return words.drop(columns="penalty").astype(COLUMNS), _arrays(words, kept, bound, row, option, use)


def no_limits() -> Limits:
    """Limits of which there are none."""
    nil = np.zeros(0)
    return Limits((), (), np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64), nil, nil.copy(), nil.copy())


def _no_words() -> pd.DataFrame:
    empty = pd.DataFrame(columns=list(COLUMNS), index=pd.Index([], dtype="str", name="limit_id"))
    return empty.astype(COLUMNS)


def _together(row: Wholes, option: Wholes, use: Floats) -> tuple[Wholes, Wholes, Floats]:
    """Uses in order of row and option, equal pairs added."""
    order = np.lexsort([option, row])
    row, option, use = row[order], option[order], use[order]
    fresh = np.ones(len(row), dtype=bool)
    fresh[1:] = (row[1:] != row[:-1]) | (option[1:] != option[:-1])
    return row[fresh], option[fresh], _sums(np.cumsum(fresh) - 1, use, int(fresh.sum()))


def _bounds(
    words: pd.DataFrame, row: Wholes, option: Wholes, use: Floats, base: Flags, option_site: Wholes
) -> tuple[Floats, Flags]:
    """What the options together may use (of a floor: must reach), and which rows say something about options."""
    left = (words["limit"] - words["fixed"]).to_numpy()
    taken = np.bincount(row, weights=use * base[option], minlength=len(words))
    most = _most(row, option_site[option], use, len(words))
    is_floor = words["is_floor"].to_numpy(dtype=bool)
    bound = np.where(is_floor, np.minimum(left, most), np.maximum(left, taken))
    touched = np.bincount(row, minlength=len(words)) > 0
    return bound, touched & ~(is_floor & (bound <= NIL))


def _in_whole_steps(bound: Floats, row: Wholes, use: Floats) -> Floats:
    """The bounds rounded down to what can be used: where all uses are multiples of the least one, so is their sum.

    A street with room for three bays has room for one pole of two: a bound of three would let a fraction of a second
    one count, in the proof though not in any plan.
    """
    least = np.full(len(bound), np.inf)
    np.minimum.at(least, row, np.where(use > NIL, use, np.inf))
    times = use / least[row]
    uneven = np.zeros(len(bound), dtype=bool)
    uneven[row[np.abs(times - np.rint(times)) > NIL]] = True
    steps = np.isfinite(least) & ~uneven
    return np.where(steps, np.floor(bound / least + NIL) * np.where(steps, least, 0.0), bound)


def _most(row: Wholes, site: Wholes, use: Floats, size: int) -> Floats:
    """What the options of each row come to when every site takes the one that uses most."""
    if not len(row):
        return np.zeros(size)
    largest = pd.Series(use).groupby([row, site]).max()
    return _sums(largest.index.get_level_values(0).to_numpy(), np.asarray(largest, dtype=np.float64), size)


def _sums(row: Wholes, values: Floats, size: int) -> Floats:
    return np.bincount(row, weights=values, minlength=size).astype(np.float64)


def _arrays(words: pd.DataFrame, kept: Flags, bound: Floats, row: Wholes, option: Wholes, use: Floats) -> Limits:
    sign = np.where(words["is_floor"], -1.0, 1.0)
    inside = kept[row]
    sizes = np.bincount(row, minlength=len(words))[kept]
    return Limits(
        ids=tuple(words.index[kept]),
        kinds=tuple(words["kind"][kept]),
        start=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        option=option[inside],
        use=(use * sign[row])[inside],
        limit=(bound * sign)[kept],
        penalty=words["penalty"].to_numpy(dtype=float)[kept],
    )
