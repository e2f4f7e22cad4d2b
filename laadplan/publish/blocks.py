"""What a report says, as blocks of plain text: the page and the typeset sheet are both made from these.

In: texts. Out: frozen blocks, and their markup for a page. So the page and the sheet of one report hold the same words.
A text is never markup, whatever it holds.
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from laadplan.publish.page import Html, joined, tag

Style = Literal["plain", "strong", "quiet", "good", "bad", "doubt"]
"""How a run of words looks; good, bad and doubt come with a sign of their own, so that no colour stands alone."""


@dataclass(frozen=True)
class Run:
    """A few words in one style; ``new_line`` begins them on a line of their own."""

    text: str
    style: Style = "plain"
    new_line: bool = False


Words = str | tuple[Run, ...]
"""A text, or runs of words in several styles."""


@dataclass(frozen=True)
class Heading:
    """A heading: level 1 is the title of the report, 2 and 3 are its parts."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    words: Words


@dataclass(frozen=True)
class Notice:
    """A paragraph that must not be overlooked."""

    words: Words


@dataclass(frozen=True)
class Bullets:
    """A list."""

    lines: tuple[Words, ...]


@dataclass(frozen=True)
class Facts:
    """Labels with their values; ``label_share`` is the part of the width that the labels get."""

    rows: tuple[tuple[str, Words], ...]
    label_share: float = 0.34


@dataclass(frozen=True)
class Grid:
    """A table with a head; ``widths`` are shares of the width."""

    head: tuple[str, ...]
    rows: tuple[tuple[Words, ...], ...]
    widths: tuple[float, ...]


@dataclass(frozen=True)
class Picture:
    """An SVG picture, what it shows in words, and a caption."""

    svg: str
    alt: str
    caption: str = ""


@dataclass(frozen=True)
class Beside:
    """Two columns; ``share`` is the part of the width that the left one gets."""

    left: tuple["Block", ...]
    right: tuple["Block", ...]
    share: float = 0.5


Block = Heading | Paragraph | Notice | Bullets | Facts | Grid | Picture | Beside


@dataclass(frozen=True)
class Report:
    """A report: its blocks and what stands around them.

    ``author`` is who it is from, ``mark`` its standing (CONCEPT), ``footer`` stands beneath every page, ``on`` is the
    date that stands on it.
    """

    title: str
    blocks: tuple[Block, ...]
    author: str
    mark: str
    footer: str
    on: date


def runs_of(words: Words) -> tuple[Run, ...]:
    """Words as runs.

    >>> runs_of("weg")
    (Run(text='weg', style='plain', new_line=False),)
    """
    return (Run(words),) if isinstance(words, str) else words


def blocks_markup(blocks: Iterable[Block]) -> Html:
    """The blocks as markup for `laadplan.publish.page`; look and print in ``report.css``."""
    return joined(_markup(block) for block in blocks)


def _markup(block: Block) -> Html:
    if isinstance(block, Heading):
        return tag(f"h{block.level}", block.text)
    if isinstance(block, Paragraph | Notice):
        return tag("p", _words(block.words), class_="let-op" if isinstance(block, Notice) else None)
    if isinstance(block, Bullets):
        return tag("ul", *[tag("li", _words(line)) for line in block.lines])
    if isinstance(block, Facts):
        rows = [tag("div", tag("dt", label), tag("dd", _words(words))) for label, words in block.rows]
        return tag("dl", *rows)
    if isinstance(block, Grid):
        return _table(block)
    if isinstance(block, Picture):
        data = base64.b64encode(block.svg.encode()).decode()
        image = tag("img", src=f"data:image/svg+xml;base64,{data}", alt=block.alt)
        return tag("figure", image, tag("figcaption", block.caption) if block.caption else None)
    columns = [tag("div", blocks_markup(side)) for side in (block.left, block.right)]
    return tag(
        "div",
        *columns,
        class_="naast",
        style=f"--kolommen:minmax(0,{100 * block.share:g}fr) minmax(0,{100 - 100 * block.share:g}fr)",
    )


def _table(block: Grid) -> Html:
    widths = tag(
        "colgroup", *[tag("col", style=f"width:{100 * share / sum(block.widths):.3g}%") for share in block.widths]
    )
    head = tag("thead", tag("tr", *[tag("th", name, scope="col") for name in block.head]))
    rows = [tag("tr", *[tag("td", _words(cell)) for cell in row]) for row in block.rows]
    table = tag("table", widths, head, tag("tbody", *rows))
    name = ", ".join(word for word in block.head if word)
    return tag("div", table, class_="rol", role="region", tabindex="0", aria_label=f"Tabel: {name}")


def _words(words: Words) -> Html:
    parts: list[Html | str] = []
    for run in runs_of(words):
        if run.new_line:
            parts.append(Html("<br>"))
        parts.append(_run(run))
    return joined(parts)


def _run(run: Run) -> Html | str:
    if run.style == "plain":
        return run.text
    name = {"strong": "strong", "quiet": "small"}.get(run.style, "b")
    return tag(name, run.text, class_=run.style if name == "b" else None)
