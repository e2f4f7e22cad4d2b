"""What a fuzz run needs to know of a format: how a small seed is made, and what reads it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Format:
    """A format: `make_seed` writes a delivery of at most 20 kB a file below a folder and returns the path to read."""

    name: str
    make_seed: Callable[[Path], Path]
    read: Callable[[Path], object]
