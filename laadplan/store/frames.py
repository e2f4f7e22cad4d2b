"""Frames on disk: GeoParquet, contract checked on the way out and on the way in.

In and out: a frame and its contract. Rows are stored in Hilbert order with a covering bbox, so that a reader can take a
part of a large frame; in memory they stand in order of id.
"""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow

from laadplan.contracts.frame import Frame, Table
from laadplan.errors import BadInput

ROW_GROUP = 50_000
"""Rows per row group: a bbox read of a million points then takes 0.03 s."""


def write_frame(frame: pd.DataFrame, contract: type[Table], path: Path) -> pd.DataFrame:
    """Writes the frame once it keeps its contract; returns it as it will be read.

    Raises
    ------
    LaadplanError
        The frame breaks its contract.
    """
    checked = contract.checked(frame, source="computed")
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(checked, gpd.GeoDataFrame):
        _in_hilbert_order(checked).to_parquet(path, write_covering_bbox=True, row_group_size=ROW_GROUP)
    else:
        checked.to_parquet(path, row_group_size=ROW_GROUP)
    return checked


def read_frame(contract: type[Table], path: Path) -> Any:
    """The frame as it was written.

    Raises
    ------
    BadInput
        The file is not there or is not a (Geo)Parquet file.
    LaadplanError
        The frame breaks its contract.
    """
    try:
        frame = gpd.read_parquet(path) if issubclass(contract, Frame) else pd.read_parquet(path)
    except (OSError, ValueError, pyarrow.ArrowException) as error:
        raise BadInput(f"The frame cannot be read ({error}).", where=str(path), todo="Run again.") from None
    return contract.checked(frame.drop(columns="bbox", errors="ignore"), source=str(path))


def _in_hilbert_order(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if frame.empty:
        return frame
    return frame.iloc[np.argsort(frame.hilbert_distance().to_numpy(), kind="stable")]
