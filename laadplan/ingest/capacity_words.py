"""Words and codes for the capacity of the grid, turned into ours: ruim, beperkt, vol or onbekend.

In: a column as a source writes it, and what the config says of its words. Out: our words. Nothing becomes 'ruim' by
default: an empty cell is unknown, a word that nobody explained is refused, and the colourless class of the capacity map
counts only where the map names a feeding area, since it also draws what it knows nothing of without a colour.
"""

from collections.abc import Mapping

import pandas as pd

from laadplan.contracts.grid import CAPACITIES
from laadplan.errors import BadInput, ConfigError

COLOURLESS = ("0", "transparant")
"""The class of the capacity map that means room only where a feeding area is named."""

CLASSES = {
    "0": "ruim",
    "transparant": "ruim",
    "1": "beperkt",
    "yellow": "beperkt",
    "geel": "beperkt",
    "2": "vol",
    "amber": "vol",
    "oranje": "vol",
    "3": "vol",
    "red": "vol",
    "rood": "vol",
    "-1": "onbekend",
    **{word: word for word in CAPACITIES},
}
"""Legend of the capacity map: available without queue, limited without queue, under study with queue, shortage with
queue. Where there is a queue a new request is not served now: 'vol'."""


def capacities(
    stated: pd.Series, named: pd.Series, mapping: Mapping[str, str], *, column: str, where: str
) -> pd.Series:
    """Our words for a column.

    Parameters
    ----------
    stated
        The source's words or codes; empty where it has none.
    named
        Whether the row names a feeding area of the capacity map.
    mapping
        The source's word to ours, from the config; goes before what is known.
    column, where
        For the message.

    Raises
    ------
    ConfigError
        The config uses a word that is not one of ours.
    BadInput
        A word is not known.
    """
    wrong = sorted(set(mapping.values()) - set(CAPACITIES))
    if wrong:
        todo = f"It may be: {', '.join(CAPACITIES)}."
        raise ConfigError(f"values.{column}: {', '.join(wrong)} is not a capacity.", where=where, todo=todo)
    own = {word.strip().lower(): ours for word, ours in mapping.items()}
    words = stated.str.strip().str.lower().str.replace(r"^(-?\d+)[.,]0+$", r"\1", regex=True)
    given = words.notna() & (words != "")
    unknown = sorted(set(words[given]) - set(CLASSES) - set(own))
    if unknown:
        words_shown = ", ".join(f"'{word[:40]}'" for word in unknown[:5])
        todo = f"Say what it means in the config, under values: {column}: (word): ruim, beperkt, vol or onbekend."
        raise BadInput(f"Column {column} holds {words_shown}, which is not known.", where=where, todo=todo)
    doubtful = words.isin(COLOURLESS) & ~words.isin(own) & ~named
    return words.map(CLASSES | own).where(given & ~doubtful, "onbekend").astype("str")
