"""The base of all frames: what a frame promises, and plain words when it does not keep it.

In: a GeoDataFrame or DataFrame. Out: the same rows in canonical order (by id), checked: CRS first (pandera raises a
bare TypeError on a wrong one), then RD bounds and geometry, ids, columns and ranges. Contracts are checked at borders
only: when a step hands over its frame and when a frame is read from or written to disk.
"""

from collections.abc import Iterable
from typing import Any, ClassVar

import geopandas as gpd
import pandas as pd
import pandera.errors
import pandera.geopandas as pa
import shapely

from laadplan.errors import BadInput, ContractBroken, WrongCrs

RD_EPSG = 28992
"""EPSG code of RD New, the only CRS in memory and on disk."""

RD_BOUNDS_M = (-7000.0, 289000.0, 300000.0, 629000.0)
"""xmin, ymin, xmax, ymax in which RD New is defined (EPSG:28992 area of use, in m)."""


def column(meaning: str, *, unit: str = "", empty: str = "", source: str = "", **checks: Any) -> Any:
    """A column of a frame: what it means, its unit, where it comes from, and what an empty value means.

    ``empty`` left out means that the column is never empty. Other keywords are pandera checks (``ge``, ``isin``, ...).
    """
    metadata = {"unit": unit, "empty": empty, "source": source}
    return pa.Field(description=meaning, nullable=bool(empty), metadata=metadata, **checks)


def index(meaning: str, *, source: str = "") -> Any:
    """The id of a frame: the source's own string, unique: `Table.checked` sees to that once, pandera would again."""
    metadata = {"unit": "", "empty": "", "source": source}
    return pa.Field(check_name=True, description=meaning, metadata=metadata)


class Table(pa.DataFrameModel):
    """A frame without geometry, indexed by id.

    Class attributes (pandera takes every other class attribute for a column, hence the underscore)
    ----------------
    _confidential
        True when the content may not reach a public layer or a log; frames computed from it inherit that.
    _cleared
        True when the frame may be made of confidential frames and yet be public, because all that is confidential is
        left out of it. Its docstring names the test that shows that. A frame that is based on it must say so itself.
    """

    _confidential: ClassVar[bool] = False
    _cleared: ClassVar[bool] = False

    class Config:
        """Columns are exactly those of the contract, in its order."""

        strict = True
        ordered = True

    @classmethod
    def is_confidential(cls) -> bool:
        """Whether the content must stay out of public layers, messages and logs."""
        return cls._confidential

    @classmethod
    def is_cleared(cls) -> bool:
        """Whether the frame is public although it may be made of confidential ones."""
        return bool(vars(cls).get("_cleared", False))

    @classmethod
    def _is_quiet(cls) -> bool:
        """Whether messages show no ids and values of the content: in a cleared frame some may have slipped in."""
        return cls._confidential or cls.is_cleared()

    @classmethod
    def columns(cls) -> list[str]:
        """Names of the columns in the order of the contract, the index not among them."""
        return list(cls.to_schema().columns)

    @classmethod
    def kinds(cls) -> dict[str, Any]:
        """Dtype of each column, the geometry not among them: what `DataFrame.astype` takes."""
        return {str(name): kind for name, kind in cls.empty().dtypes.items() if name != "geometry"}

    @classmethod
    def index_name(cls) -> str:
        """Name of the index: the column that holds the id."""
        return str(cls.to_schema().index.name)

    @classmethod
    def checked(cls, frame: pd.DataFrame, *, source: str = "") -> pd.DataFrame:
        """The frame in canonical order (sorted by id, columns as in the contract), or an error in plain words.

        Raises
        ------
        WrongCrs
            The frame has geometry and is not in RD New.
        ContractBroken
            Ids are not unique, a column is missing or unknown, or a value is not allowed; names frame, column, ids.
        """
        where = f"{source} ({cls.__name__})" if source else cls.__name__
        cls._check_columns(frame, where)
        cls._check_crs(frame, where)
        cls._check_ids(frame, where)
        cls._check_geometry(frame, where)
        ordered = frame[cls.columns()].sort_index()
        try:
            cls.validate(ordered, lazy=True, inplace=True)
        except pandera.errors.SchemaErrors as error:
            raise _in_plain_words(error, cls._shown, where) from None
        return ordered

    @classmethod
    def _check_columns(cls, frame: pd.DataFrame, where: str) -> None:
        missing = [name for name in cls.columns() if name not in frame.columns]
        if missing:
            raise ContractBroken(
                f"Column {', '.join(missing)} is missing.",
                where=where,
                todo="Name it in the config under this source's 'columns', or deliver it.",
            )

        extra = [str(name) for name in frame.columns if name not in cls.columns()]
        if extra:
            raise ContractBroken(f"Column {', '.join(extra)} does not belong in this frame.", where=where)

    @classmethod
    def _check_ids(cls, frame: pd.DataFrame, where: str) -> None:
        nameless = frame.index.isna() | (frame.index.astype("str") == "")
        if nameless.any():
            words = f"{int(nameless.sum())} rows have no '{cls.index_name()}'."
            raise ContractBroken(words, where=where, todo="Give each row an id.")
        twice = frame.index[frame.index.duplicated()].unique()
        if len(twice):
            raise ContractBroken(
                f"{len(twice)} ids occur more than once in '{cls.index_name()}'.",
                where=where,
                ids=[] if cls._is_quiet() else sorted(twice),
                todo="Remove the doubles from the source, or deliver it again.",
            )

    @classmethod
    def _check_crs(cls, frame: pd.DataFrame, where: str) -> None:
        """Tables have none."""

    @classmethod
    def _check_geometry(cls, frame: pd.DataFrame, where: str) -> None:
        """Tables have none."""

    @classmethod
    def _shown(cls, ids: Iterable[object]) -> list[object]:
        """Ids as they may be shown: those of a confidential or cleared frame stay out of messages and logs."""
        return [] if cls._is_quiet() else sorted(set(ids), key=str)

    @classmethod
    def empty(cls) -> pd.DataFrame:  # type: ignore[override]  # pandera promises a type of its own
        """The frame with its columns and no rows."""
        schema = cls.to_schema()
        kinds = {name: str(spec.dtype) for name, spec in schema.columns.items()}
        columns = {name: pd.Series([], dtype="str" if "str" in kind else kind) for name, kind in kinds.items()}
        return pd.DataFrame(columns, index=pd.Index([], dtype="str", name=cls.index_name()))[cls.columns()]


class Frame(Table):
    """A frame with geometry in RD New (EPSG:28992).

    Class attributes
    ----------------
    _geometry_types
        Geometry types that are allowed, as shapely names them.
    """

    _geometry_types: ClassVar[tuple[str, ...]] = ("Point",)

    @classmethod
    def _check_crs(cls, frame: pd.DataFrame, where: str) -> None:
        require_rd(frame, where)

    @classmethod
    def _check_geometry(cls, frame: pd.DataFrame, where: str) -> None:
        geometry = frame.geometry
        cls._refuse(geometry.isna() | geometry.is_empty, "without geometry", "Remove or repair these rows.", where)
        outside = ~_within_rd(geometry) & ~geometry.isna()
        if outside.any():
            raise WrongCrs(
                f"{int(outside.sum())} rows lie outside the area of RD New (EPSG:28992); "
                f"first coordinates {'not shown' if cls._is_quiet() else _first_coordinates(geometry[outside])}.",
                where=where,
                ids=cls._shown(frame.index[outside]),
                todo="The coordinates are probably in degrees (EPSG:4326): convert the file to EPSG:28992.",
            )
        kinds = geometry.geom_type
        other = ~kinds.isin(cls._geometry_types)
        found = ", ".join(sorted(set(kinds[other].dropna())))
        wanted = " or ".join(cls._geometry_types)
        cls._refuse(other, f"with geometry {found} instead of {wanted}", "Deliver another layer.", where)
        broken = ~geometry.is_valid
        reason = _first_reason(geometry[broken]) if broken.any() else ""
        words = f"with broken geometry ({reason.partition('[')[0] if cls._is_quiet() else reason})"
        cls._refuse(broken, words, "Repair them in the source, e.g. with 'Fix geometries' in QGIS.", where)

    @classmethod
    def _refuse(cls, wrong: pd.Series, what: str, todo: str, where: str) -> None:
        if wrong.any():
            raise BadInput(
                f"{int(wrong.sum())} rows {what}.", where=where, ids=cls._shown(wrong.index[wrong]), todo=todo
            )

    @classmethod
    def checked(cls, frame: pd.DataFrame, *, source: str = "") -> gpd.GeoDataFrame:
        """As for a table; the CRS and the geometry are looked at before anything else.

        Shapes keep their coordinates and lose the grid they were made on, as they do when they are written: two shapes
        on a grid are cut otherwise than the same shapes read from a file.
        """
        checked = super().checked(frame, source=source)
        assert isinstance(checked, gpd.GeoDataFrame)  # require_rd saw to it
        shapes = checked.geometry.to_numpy()
        if (shapely.get_precision(shapes) > 0).any():
            checked = checked.set_geometry(shapely.set_precision(shapes, 0.0, mode="pointwise"), crs=checked.crs)
        return checked

    @classmethod
    def empty(cls) -> gpd.GeoDataFrame:  # type: ignore[override]  # as above
        """The frame with its columns, its CRS and no rows."""
        return gpd.GeoDataFrame(super().empty(), geometry="geometry", crs=RD_EPSG)


def require_rd(frame: pd.DataFrame, where: str) -> None:
    """Refuses a frame that has no CRS or another one than RD New.

    Raises
    ------
    WrongCrs
        With the CRS that was found.
    """
    crs: Any = frame.crs if isinstance(frame, gpd.GeoDataFrame) else None
    if crs is None:
        raise WrongCrs("No CRS is given.", where=where, todo="Deliver the layer in EPSG:28992 (RD New).")
    if crs.to_epsg() != RD_EPSG:
        raise WrongCrs(
            f"The CRS is {(crs.to_authority() and ':'.join(crs.to_authority())) or crs.name}, not EPSG:28992.",
            where=where,
            todo="Deliver the layer in EPSG:28992 (RD New).",
        )


def _within_rd(geometry: Any) -> Any:
    xmin, ymin, xmax, ymax = RD_BOUNDS_M
    bounds = geometry.bounds
    low = (bounds["minx"] >= xmin) & (bounds["miny"] >= ymin)
    inside: pd.Series = low & (bounds["maxx"] <= xmax) & (bounds["maxy"] <= ymax)
    return inside


def _first_coordinates(geometry: Any) -> str:
    x, y = shapely.get_coordinates(geometry.to_numpy())[0]
    return f"({x:g}, {y:g})"


def _first_reason(geometry: Any) -> str:
    broken = geometry[~geometry.isna()]
    return str(broken.is_valid_reason().iloc[0]) if len(broken) else ""


def _in_plain_words(error: pandera.errors.SchemaErrors, shown: Any, where: str) -> ContractBroken:
    cases = error.failure_cases
    first = cases.iloc[0]
    same = cases[(cases["column"] == first["column"]) & (cases["check"] == first["check"])]
    ids = [identifier for identifier in same["index"] if isinstance(identifier, str)]
    if str(first["check"]).startswith("column_in_schema"):
        return ContractBroken(f"Column {first['failure_case']} does not belong in this frame.", where=where)
    value = f"found {first['failure_case']}" if shown(["x"]) else "value not shown"
    return ContractBroken(
        f"Column {first['column']} must be {_plain(str(first['check']))} ({value}).",
        where=where,
        ids=shown(ids),
        todo="Correct these rows in the source.",
    )


WORDS = {
    "greater_than_or_equal_to": "at least",
    "less_than_or_equal_to": "at most",
    "greater_than": "above",
    "isin": "one of",
    "not_nullable": "filled",
    "dtype": "of type",
}
"""Check of pandera to plain words."""


def _plain(check: str) -> str:
    """A check in plain words.

    >>> _plain("greater_than_or_equal_to(0)")
    'at least 0'
    """
    name, _, limit = check.rstrip(")").partition("(")
    return f"{WORDS.get(name, name)} {limit}".strip()
