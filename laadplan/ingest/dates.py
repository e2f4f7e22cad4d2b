"""Days as they are written in the wild.

In: text. Out: text ``2027-03-31``; empty where nothing stands or where it is no day.
"""

import pandas as pd

FORMATS = (
    (r"\d{4}-\d{2}-\d{2}(?:[T ].*)?", "%Y-%m-%d"),
    (r"\d{4}/\d{2}/\d{2}(?:[T ].*)?", "%Y/%m/%d"),
    (r"\d{8}(?:[T ].*)?", "%Y%m%d"),
    (r"\d{1,2}-\d{1,2}-\d{4}(?:[T ].*)?", "%d-%m-%Y"),
    (r"\d{1,2}/\d{1,2}/\d{4}(?:[T ].*)?", "%d/%m/%Y"),
)
"""Shape of the text to how its first part is read; day before month, as is written in the Netherlands."""


def days(text: pd.Series) -> pd.Series:
    """The days in text.

    >>> list(days(pd.Series(["2027/03/31 00:00:00", "31-3-2027", "20270331"])))
    ['2027-03-31', '2027-03-31', '2027-03-31']
    """
    found = pd.Series(None, index=text.index, dtype="str")
    for shape, form in FORMATS:
        fits = text.str.fullmatch(shape, na=False)
        first = text[fits].str.extract(r"^([^T ]*)", expand=False)
        read = pd.to_datetime(first, format=form, errors="coerce").dt.strftime("%Y-%m-%d").astype("str")
        found = found.fillna(read.reindex(found.index))
    return found
