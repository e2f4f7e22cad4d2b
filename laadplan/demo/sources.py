"""Writing the demo town as a municipality's sources would be delivered.

In: a folder and the arguments of ``make_town``. Out: the files: BGT GML-light, BAG addresses, CBS buurten, OCPI charge
points, KiM car stock, a tree register, and ``waarheid.json`` with what was planted. Equal arguments give equal bytes;
nothing in the files exists.
"""

from collections import Counter
from pathlib import Path

from laadplan.demo.gml import EMPTY_LAYERS, LAYERS, document
from laadplan.demo.records import is_current, records
from laadplan.demo.tables import car_stock, charge_points, tree_register, write_addresses, write_neighbourhoods
from laadplan.demo.town import make_town
from laadplan.demo.truth import truth


def write_demo(folder: Path, inhabitants: int = 2000, seed: int = 1, name: str = "Demodorp") -> list[Path]:
    """The files written, sorted; files of the same names are replaced.

    Parameters
    ----------
    folder
        Where to write; made if absent.
    inhabitants
        Number of inhabitants, 200 or more.
    seed
        Source of all chance, 0 or more.
    name
        Name of the municipality and of its one place.

    Raises
    ------
    ConfigError
        If there are fewer than 200 inhabitants or the seed is negative; nothing is written then.
    """
    town = make_town(inhabitants, seed, name)
    bgt = folder / "bgt"
    bgt.mkdir(parents=True, exist_ok=True)
    counts: Counter[str] = Counter()
    for layer in (*LAYERS, *EMPTY_LAYERS):
        found = list(records(town, layer)) if layer in LAYERS else []
        counts[layer] = sum(map(is_current, found))
        _write(bgt / f"bgt_{layer}.gml", document(layer, found))
    write_addresses(town, folder / "bag_adressen.gpkg")
    write_neighbourhoods(town, folder / "cbs_buurten.gpkg")
    _write(folder / "laadpunten_ocpi.json", charge_points(town))
    _write(folder / "autos_pc4.csv", car_stock(town))
    _write(folder / "bomen.csv", tree_register(town))
    _write(folder / "waarheid.json", truth(town, dict(counts)))
    tables = [
        folder / file
        for file in (
            "bag_adressen.gpkg",
            "cbs_buurten.gpkg",
            "laadpunten_ocpi.json",
            "autos_pc4.csv",
            "bomen.csv",
            "waarheid.json",
        )
    ]
    return sorted([*tables, *(bgt / f"bgt_{layer}.gml" for layer in (*LAYERS, *EMPTY_LAYERS))])


def _write(path: Path, text: str) -> None:
    """Text as UTF-8, its line ends as they are."""
    path.write_bytes(text.encode())
