"""Parts that the reports of demand and of use are built of: chapters, key figures, tables that sort, folds.

In: figures and `Html`. Out: `Html`, and the page as text. A figure that is missing is written as such, never as nil.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from laadplan.config.project import Publication
from laadplan.contracts.dutch import UNKNOWN, counted, day, is_known, number, percent
from laadplan.publish.about import Figure
from laadplan.publish.charts import short_day
from laadplan.publish.page import Html, asset, page, tag

MOST_ROWS = 250
"""Rows of a table on a page; the others stand in the workbook."""

FOLDED_FROM = 25
"""A table with more rows than this can be folded up."""


@dataclass(frozen=True)
class Column:
    """A column of a table.

    ``kind`` is text, number, share or day (a date as 2027-03-01); ``group`` is a heading above it and its neighbours;
    ``missing`` is written where there is no value; ``long`` gives a text room.
    """

    label: str
    kind: str = "text"
    decimals: int = 0
    group: str = ""
    missing: str = UNKNOWN
    long: bool = False

    @property
    def look(self) -> str | None:
        """Class of its cells."""
        return "getal" if self.kind in ("number", "share") else "lang" if self.long else None

    def sorted_by(self, value: object) -> str | None:
        """The number that its cell sorts by; None for a text, and where there is none."""
        if self.kind == "text" or not is_known(value) or isinstance(value, Html):
            return None
        return str(date.fromisoformat(str(value)).toordinal()) if self.kind == "day" else f"{float(str(value)):.10g}"

    def written(self, value: object) -> Html | str:
        """A value as it is shown."""
        if isinstance(value, Html):
            return value
        if not is_known(value):
            return self.missing
        if self.kind == "text":
            return str(value)
        if self.kind == "day":
            return tag("time", short_day(date.fromisoformat(str(value))), datetime=value)
        return percent(value, self.decimals) if self.kind == "share" else number(value, self.decimals)


def chapter(key: str, heading: str, *content: object) -> Html:
    """A part of the report with its heading; ``key`` is what the list of contents leads to."""
    return tag("section", tag("h2", heading, id=key), *content)


def contents(chapters: Iterable[tuple[str, str]]) -> Html:
    """The list of contents: key and heading of each chapter."""
    items = [tag("li", tag("a", heading, href=f"#{key}")) for key, heading in chapters]
    return tag("nav", tag("ul", *items), aria_label="Inhoud")


def key_figures(figures: Iterable[Figure]) -> Html:
    """Figures in short, each with its remark."""
    items = [
        tag("li", tag("strong", each.value), tag("span", each.label), tag("small", each.remark)) for each in figures
    ]
    return tag("ul", *items, class_="cijfers")


def sentences(lines: Iterable[object]) -> Html:
    """Lines as a list."""
    return tag("ul", *[tag("li", line) for line in lines])


def notice(words: str) -> Html:
    """A paragraph that must not be overlooked."""
    return tag("p", words, class_="let-op")


def pictures(drawings: Iterable[tuple[str, Html]], *, large: bool = False) -> Html:
    """Drawings side by side, each with a heading ("" for none); large ones are two to a row at most."""
    items = [tag("figure", tag("h3", heading) if heading else None, drawing) for heading, drawing in drawings]
    return tag("div", *items, class_="plaatjes twee" if large else "plaatjes")


def rolling(drawing: Html, label: str) -> Html:
    """A drawing that keeps its size on a small screen, where it can be moved sideways."""
    return tag("figure", tag("div", drawing, class_="rol", role="region", tabindex="0", aria_label=label))


def fold(summary: str, *content: object, unfolded: bool = False) -> Html:
    """Content that can be folded up."""
    return tag("details", tag("summary", summary), *content, open=unfolded)


def data_table(
    caption: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[object]],
    *,
    workbook: str,
    totals: Sequence[object] | None = None,
    most: int = MOST_ROWS,
    folded: bool = False,
) -> Html:
    """A table whose columns sort; of a long one the first rows, with where all are.

    Parameters
    ----------
    caption
        What it is of.
    columns, rows
        Its columns; a value per column and row: the first heads the row.
    workbook
        File that holds all rows.
    totals
        Last row.
    most
        Rows at most.
    folded
        Whether it is folded up at first.
    """
    if not rows:
        return tag("p", f"{caption}: geen.", class_="stil")
    foot = tag("tfoot", _row(columns, totals)) if totals else None
    body = tag("tbody", *[_row(columns, row) for row in rows[:most]])
    table = tag("table", tag("caption", caption), _head(columns), body, foot, class_="sorteer")
    wide = "rol ruim" if len(columns) > 6 else "rol"
    shown = tag("div", table, class_=wide, role="region", tabindex="0", aria_label=caption)
    left = len(rows) - most
    more = f"Nog {counted(left, 'regel', 'regels')}: alle regels staan in {workbook}." if left > 0 else None
    whole = tag("div", shown, tag("p", more, class_="stil") if more else None)
    if len(rows) <= FOLDED_FROM and not folded:
        return whole
    return fold(f"{caption} ({counted(len(rows), 'regel', 'regels')})", whole, unfolded=not folded)


def report_page(
    title: str, subtitle: str, chapters: Sequence[tuple[str, str, Html]], *, publication: Publication, today: date
) -> str:
    """The whole page: title, contents, chapters (key, heading, content), and what is printed on every output."""
    place = f"Gemeente {publication.municipality}. " if publication.municipality else ""
    head = tag("header", tag("h1", title), tag("p", f"{place}{subtitle}", class_="onder"))
    foot = tag("footer", f"{publication.disclaimer} Gemaakt op {day(today)} met laadplan.", class_="voet")
    body = tag(
        "main",
        head,
        contents((key, heading) for key, heading, _ in chapters),
        *[chapter(key, heading, content) for key, heading, content in chapters],
        foot,
    )
    return page(title, body, styles=[asset("verslag.css")], scripts=[asset("tabel.js")])


def _head(columns: Sequence[Column]) -> Html:
    """The head in one row, or in two where columns have a heading above them."""
    places = list(enumerate(columns))
    grouped = any(column.group for column in columns)
    if not grouped:
        return tag("thead", tag("tr", *[_heading(place, column) for place, column in places]))
    upper: list[Html] = []
    for name, own in groupby(places, key=lambda each: each[1].group):
        members = list(own)
        if name:
            upper.append(tag("th", name, scope="colgroup", colspan=len(members), class_="groep"))
        else:
            upper += [_heading(place, column, rowspan=2) for place, column in members]
    lower = [_heading(place, column) for place, column in places if column.group]
    return tag("thead", tag("tr", *upper), tag("tr", *lower))


def _heading(place: int, column: Column, **spans: int) -> Html:
    look = "getal" if column.look == "getal" else None
    counts = column.kind != "text"
    return tag("th", column.label, scope="col", class_=look, data_kolom=place, data_telt=counts, **spans)


def _row(columns: Sequence[Column], row: Sequence[object]) -> Html:
    cells = [
        _cell("th" if place == 0 else "td", column, value)
        for place, (column, value) in enumerate(zip(columns, row, strict=True))
    ]
    return tag("tr", *cells)


def _cell(name: str, column: Column, value: object) -> Html:
    scope = {"scope": "row"} if name == "th" else {}
    return tag(name, column.written(value), class_=column.look, data_w=column.sorted_by(value), **scope)
