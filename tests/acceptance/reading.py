"""Reading back what a run left behind: configs, manifests, frames and layers.

In: paths of configs and run folders. Out: plain Python and geopandas objects. All tolerance towards names that the
design leaves open (where a criterion stands in the YAML, how a manifest calls its steps) lives here and nowhere else.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas
import pandas
import pyarrow.parquet
import pyproj
import yaml

ROOT = Path(__file__).resolve().parents[2]
RD = 28992
WORK_IN_PROGRESS = ".werk"
MANIFEST = "run.json"
OUTPUTS = ("plankaart.gpkg", "plankaart.html", "plankaart.xlsx", MANIFEST)
SITE_LAYERS = ("voorkeurslocaties", "reservelocaties", "afgevallen")
LAYERS = (*SITE_LAYERS, "vakken", "paalposities", "laadpalen", "buurten", "witte_vlekken")
SITE_COLUMNS = (
    "locatie_id",
    "straat",
    "huisnummer",
    "postcode",
    "woonplaats",
    "bag_nummeraanduiding_id",
    "bgt_lokaal_id",
    "buurtcode",
    "aantal_laadpunten",
    "aantal_vakken",
    "parkeerwijze",
    "score",
    "verwacht_kwh_jaar",
    "status",
    "wegbeheerder",
    "netbeheerder",
    "x_rd",
    "y_rd",
)


# --- configs ---------------------------------------------------------------------------------------------------------


def load_yaml(path: Path) -> Any:
    """Content of a YAML file."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def write_yaml(content: Any, path: Path) -> Path:
    """Path of the YAML file written."""
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def default_config() -> Any:
    """The rendered default configuration of the checkout."""
    return load_yaml(ROOT / "configs" / "default.yaml")


def source_paths(config: Path, env: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """File or folder per source key of a config; relative paths start at the config file."""
    found = {}
    for key, value in load_yaml(config)["sources"].items():
        text = value if isinstance(value, str) else _path_in(value)
        if text:
            expanded = re.sub(r"\$\{(\w+)\}", lambda match: env[match[1]], text)
            found[key] = (config.parent / expanded).resolve()
    return found


def _path_in(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    return next((value[key] for key in ("path", "file", "folder", "files") if isinstance(value.get(key), str)), None)


def source_files(config: Path, env: Mapping[str, str] = os.environ) -> list[Path]:
    """Files that a run certainly reads: single files, and the BGT types that frames are promised of."""
    files = []
    for path in source_paths(config, env).values():
        if path.is_file():
            files.append(path)
        else:
            wanted = ("bgt_wegdeel", "bgt_pand", "bgt_vegetatieobject", "bgt_begroeidterreindeel")
            files += sorted(file for file in path.rglob("*.gml") if file.stem in wanted)
    return files


Trail = tuple[Any, ...]


def leaves(node: Any, trail: Trail = ()) -> Iterator[tuple[Trail, Any]]:
    """Each scalar of a nested document with the keys that lead to it."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, (*trail, key))
    elif isinstance(node, list):
        for position, value in enumerate(node):
            yield from leaves(value, (*trail, position))
    else:
        yield trail, node


def at(node: Any, trail: Trail) -> Any:
    """What stands at the end of a trail."""
    for key in trail:
        node = node[key]
    return node


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


_TREE = re.compile(r"boom|bomen|tree", re.IGNORECASE)
_NORM = re.compile(r"norm|min|max|distance|afstand|value|limit|threshold|grens|waarde", re.IGNORECASE)
_NO_NORM = re.compile(r"weight|gewicht|diameter|stam|stem|order|year|jaar|score|version|schema", re.IGNORECASE)


def tree_norm_trail(content: Any) -> Trail | None:
    """Trail to the norm of the criterion about trees; None where this document does not state it."""
    found = []
    for trail, value in leaves(content):
        if not _is_number(value) or trail[0] in ("sources", "area", "schema") or _NO_NORM.search(str(trail[-1])):
            continue
        parent = at(content, trail[:-1])
        labels = [text for text in parent.values() if isinstance(text, str)] if isinstance(parent, dict) else []
        named = any(_TREE.search(str(key)) for key in trail)
        if named or any(_TREE.search(text) for text in labels):
            is_policy = bool(re.search(r"polic|criteri|norm|rule|beleid", ".".join(map(str, trail)), re.IGNORECASE))
            found.append((not is_policy, not _NORM.search(str(trail[-1])), len(found), trail))
    return min(found)[-1] if found else None


def pole_count_trail(content: Any) -> Trail | None:
    """Trail to the number of new poles or the budget."""
    found = []
    for trail, value in leaves(content):
        key, whole = str(trail[-1]), ".".join(map(str, trail))
        if (
            _is_number(value)
            and re.search(r"budget|new_poles|poles|palen", key)
            and not re.search(r"buurt|floor|existing|minimum|cost|spacing|sources|_m$|_kw", whole)
        ):
            found.append((not re.search(r"optimi", whole), not re.search(r"new|budget", key), len(found), trail))
    return min(found)[-1] if found else None


def edited(config: Path, find: Any, value: Any, *, siblings: Mapping[str, str] | None = None) -> Any:
    """Content of a config with the number that `find` points at replaced.

    A config may lean on the defaults: the section is then filled in from `configs/default.yaml` first.
    `siblings` replaces text values beside the number, such as `wens` by `eis`.
    """
    content = load_yaml(config)
    trail = find(content)
    if trail is None:
        defaults = default_config()
        trail = find(defaults)
        assert trail is not None, "neither the config nor configs/default.yaml states the value to edit"
        content[trail[0]] = _merged(defaults[trail[0]], content.get(trail[0]))
        trail = find(content)
    parent = at(content, trail[:-1])
    parent[trail[-1]] = type(at(content, trail))(value) if isinstance(value, int) else value
    for key in list(parent) if isinstance(parent, dict) else []:
        if isinstance(parent[key], str) and parent[key] in (siblings or {}):
            parent[key] = (siblings or {})[parent[key]]
    return content


def _merged(base: Any, over: Any) -> Any:
    if over is None:
        return deepcopy(base)
    if isinstance(base, dict) and isinstance(over, dict):
        return {key: _merged(base.get(key), over.get(key)) for key in [*base, *(k for k in over if k not in base)]}
    return deepcopy(over)


# --- files -----------------------------------------------------------------------------------------------------------


def sha256(path: Path) -> str:
    """Hex digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fingerprints(folder: Path, *, but: tuple[str, ...] = ()) -> dict[str, str]:
    """Digest per file below a folder, by relative path; work in progress and the names in `but` left out."""
    return {
        file.relative_to(folder).as_posix(): sha256(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file() and WORK_IN_PROGRESS not in file.relative_to(folder).parts and file.name not in but
    }


# --- manifests -------------------------------------------------------------------------------------------------------


def dicts(node: Any) -> Iterator[dict[str, Any]]:
    """Every mapping inside a document, outermost first."""
    if isinstance(node, dict):
        yield node
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from dicts(value)


def under_key(node: Any, pattern: str) -> list[Any]:
    """Values that stand under a key matching the pattern, anywhere in a document."""
    return [value for part in dicts(node) for key, value in part.items() if re.search(pattern, key, re.IGNORECASE)]


def plain(name: str) -> str:
    """A frame's or step's name without case and underscores."""
    return name.replace("_", "").lower()


def steps(manifest: Any) -> dict[str, dict[str, Any]]:
    """Step entries of a manifest by plain name."""
    listed = next((value for value in under_key(manifest, r"^(steps|stappen)$") if value), None)
    assert listed, f"run.json lists no steps; its keys are {sorted(manifest)}"
    if isinstance(listed, dict):
        return {plain(name): entry for name, entry in listed.items()}
    return {
        plain(next(entry[key] for key in ("name", "step", "frame", "naam") if key in entry)): entry for entry in listed
    }


def was_executed(entry: Mapping[str, Any]) -> bool:
    """Whether a step was computed in this run, rather than taken from an earlier one."""
    for key, value in entry.items():
        if isinstance(value, bool) and re.search(r"^(executed|ran|run|computed|uitgevoerd)$", key):
            return value
        if isinstance(value, bool) and re.search(r"skip|cached|reused|unchanged|overgeslagen", key):
            return not value
        if isinstance(value, str) and re.search(r"status|state|outcome|result|how|action", key):
            return not re.search(r"skip|reus|cache|unchanged|kept|overgeslagen|ongewijzigd", value, re.IGNORECASE)
    raise AssertionError(f"run.json does not say whether a step was executed: {dict(entry)}")


def executed(manifest: Any) -> set[str]:
    """Plain names of the steps that were computed in a run."""
    return {name for name, entry in steps(manifest).items() if was_executed(entry)}


def solution(manifest: Any) -> dict[str, Any]:
    """The solver's account in a manifest."""
    found = [part for part in dicts(manifest) if {"objective", "bound", "gap"} <= part.keys()]
    assert found, "run.json holds no solution with objective, bound and gap"
    return found[0]


# --- frames and layers -----------------------------------------------------------------------------------------------


def column(frame: pandas.DataFrame, *patterns: str, required: bool = True) -> str | None:
    """First column that matches the first pattern, else the second, and so on."""
    for pattern in patterns:
        for name in frame.columns:
            if re.search(pattern, name, re.IGNORECASE):
                return name
    assert not required, f"no column like {' or '.join(patterns)} among {list(frame.columns)}"
    return None


def is_empty(values: pandas.Series) -> pandas.Series:
    """Where nothing is known: null or an empty string."""
    return values.isna() | values.astype(str).str.strip().isin(["", "None", "nan"])


def parquet_crs(path: Path) -> dict[str, int | None]:
    """EPSG code per geometry column of a Parquet file; empty for a plain table."""
    metadata = pyarrow.parquet.read_schema(path).metadata or {}
    if b"geo" not in metadata:
        return {}
    columns = json.loads(metadata[b"geo"])["columns"]
    return {
        name: pyproj.CRS.from_json_dict(about["crs"]).to_epsg() if about.get("crs") else None
        for name, about in columns.items()
    }


@dataclass(frozen=True)
class RunFolder:
    """A finished run: the folder, the config, and the manifest as it was straight after that run."""

    path: Path
    config: Path
    manifest: Any
    seconds: float
    stdout: str
    stderr: str

    @cached_property
    def _frames(self) -> dict[str, pandas.DataFrame]:
        return {}

    def frame(self, name: str) -> Any:
        """A frame from `frames/`, with its geometry where it has one."""
        if name not in self._frames:
            path = self.path / "frames" / f"{name}.parquet"
            have = sorted(file.stem for file in path.parent.glob("*.parquet"))
            assert path.exists(), f"no frame {name}; there are {have}"
            reader = geopandas.read_parquet if parquet_crs(path) else pandas.read_parquet
            read = reader(path)
            self._frames[name] = read.reset_index() if read.index.name else read
        return self._frames[name]

    @property
    def geopackage(self) -> Path:
        """The plankaart itself."""
        return self.path / "plankaart.gpkg"

    @cached_property
    def _layers(self) -> dict[str, Any]:
        return {}

    def layer(self, name: str) -> Any:
        """A layer of the plankaart."""
        if name not in self._layers:
            self._layers[name] = geopandas.read_file(self.geopackage, layer=name)
        return self._layers[name]

    def sites(self) -> Any:
        """Rows of all three site layers, with the layer's name."""
        parts = [self.layer(name).assign(layer=name) for name in SITE_LAYERS]
        return pandas.concat([part for part in parts if len(part)], ignore_index=True)

    def chosen(self) -> set[str]:
        """locatie_id of each preferred site."""
        return set(self.layer("voorkeurslocaties")["locatie_id"])

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the GeoPackage by SQL, opened without leave to write."""
        connection = sqlite3.connect(f"file:{self.geopackage}?mode=ro&immutable=1", uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()
