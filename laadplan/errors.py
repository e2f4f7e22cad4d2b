"""One tree of errors: each says what is wrong, where, and what to do about it.

In: the facts at the place where something goes wrong. Out: one plain message and an exit code; a user never sees
a traceback for anything in this tree.
"""

from collections.abc import Iterable
from typing import ClassVar

SHOWN_IDS = 5
"""Ids shown in a message before the rest is counted: enough to find the rows, short enough to read."""


class LaadplanError(Exception):
    """Root of everything laadplan raises on purpose.

    Parameters
    ----------
    what
        What is wrong, as one sentence.
    where
        File, layer, frame, column or key in which it was found.
    ids
        Ids of the rows concerned, as the source writes them.
    todo
        What the user can do about it.
    """

    exit_code: ClassVar[int] = 5

    def __init__(self, what: str, *, where: str = "", ids: Iterable[object] = (), todo: str = "") -> None:
        self.what = what
        self.where = where
        self.ids = [str(identifier) for identifier in ids]
        self.todo = todo
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The error in plain words: what, where, which rows, what to do."""
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.ids:
            parts.append(f"Rows: {some_of(self.ids)}.")
        if self.todo:
            parts.append(self.todo)
        return " ".join(parts)


class ConfigError(LaadplanError, ValueError):
    """The command or the config cannot be used: unknown key, wrong value, missing file name."""

    exit_code = 2


class BadInput(LaadplanError, ValueError):
    """A source does not hold what it should: wrong CRS, missing column, broken geometry, truncated file."""

    exit_code = 3


class MissingSource(BadInput, FileNotFoundError):
    """A source file, folder or layer that the config names is not there."""

    def __str__(self) -> str:
        return self.message


class NotInSource(BadInput):
    """The source is sound, and does not hold what is asked of it: addresses and no objects, locations and no EVSE."""


class WrongCrs(BadInput):
    """Coordinates are not in RD New (EPSG:28992), or are labelled so and are not."""


class ContractBroken(BadInput):
    """A frame does not keep its contract: column, type, range or id."""


class SourceChanged(BadInput):
    """A service answers in another shape than its catalogue entry says: other keys, a page that repeats, a cap."""


class NoFeasiblePlan(LaadplanError):
    """The plan asked for cannot exist: no candidate is left, or the model has no solution."""

    exit_code = 4


class SourceUnreachable(LaadplanError, ConnectionError):
    """A service does not answer, or refuses: no connection, an error of its own, a limit passed."""

    exit_code = 6

    def __str__(self) -> str:
        return self.message


class PartlyFailed(LaadplanError):
    """Part of what was asked was done and part failed; what was done stays."""

    exit_code = 7


class Stopped(LaadplanError):
    """The user stopped the run."""

    exit_code = 130


EXIT_CODES: dict[int, str] = {
    0: "done",
    1: "findings (check)",
    2: "usage or config",
    3: "bad input data",
    4: "no feasible plan",
    5: "internal error",
    6: "source unreachable",
    7: "partly failed",
    130: "stopped",
}
"""Exit codes that the commands give, in the words of the README."""


def some_of(ids: list[str]) -> str:
    """The first few ids and how many more there are.

    >>> some_of(["a", "b", "c", "d", "e", "f", "g"])
    'a, b, c, d, e and 2 more'
    """
    shown = ", ".join(ids[:SHOWN_IDS])
    left = len(ids) - SHOWN_IDS
    return f"{shown} and {left} more" if left > 0 else shown
