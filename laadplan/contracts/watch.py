"""A clock and a way to tell how far long work is, handed to a step by whoever runs it.

In: nothing. Out: two callables. Pure rooms know no clock and no console; what they are given here they may use, and no
result may depend on it but for a safety stop.
"""

from collections.abc import Callable
from dataclasses import dataclass


def _silent(words: str) -> None:
    """Tells nobody."""


def _standing() -> float:
    """A clock that stands still: a safety stop never comes."""
    return 0.0


@dataclass(frozen=True)
class Watch:
    """``clock`` gives seconds since some moment; ``tell`` is called with a line of words, often."""

    clock: Callable[[], float] = _standing
    tell: Callable[[str], None] = _silent
