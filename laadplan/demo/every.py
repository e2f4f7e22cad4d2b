"""Every format that the readers know, written from the demo town beside its main files.

In: the whole town. Out: files below a folder, one or more per form. A family of sources has its forms in a module of
its own, ``every_<family>``.
"""

from collections.abc import Callable
from pathlib import Path

from laadplan.demo import (
    every_grid,
    every_ground,
    every_homes,
    every_network,
    every_street,
    every_tables,
    every_use,
)
from laadplan.demo.whole import Form, Whole

FAMILIES = (every_ground, every_homes, every_tables, every_street, every_grid, every_use, every_network)
FORMS: dict[str, Form] = {name: form for family in FAMILIES for name, form in family.FORMS.items()}
"""Path below the folder, without suffix, to what writes it."""


def write_every(whole: Whole, folder: Path, progress: Callable[[int, int], None]) -> None:
    """Writes every form below the folder, each in a folder named after its source."""
    for place, (name, form) in enumerate(FORMS.items()):
        target = folder / name.partition("/")[0]
        target.mkdir(parents=True, exist_ok=True)
        form(whole, target)
        progress(place + 1, len(FORMS))
