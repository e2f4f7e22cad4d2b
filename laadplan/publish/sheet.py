"""The one way to a typeset sheet (PDF), used by every report.

In: a `Report`. Out: the bytes of a PDF, tagged for screen readers and fit to be kept (PDF/A-2a and PDF/UA-1). The
layout is fixed (``assets/sheet.typ``) and gets the report as JSON values: no text of a source is ever read as markup.
Equal input gives equal bytes: fonts come with typst and matplotlib, and the only date is the report's.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

from laadplan.errors import LaadplanError
from laadplan.publish.blocks import Beside, Block, Bullets, Facts, Grid, Notice, Paragraph, Report, Words, runs_of
from laadplan.publish.page import asset
from laadplan.publish.palette import VERDICT_COLOURS

WORDS = {"page": "pagina", "of": "van"}
"""What stands around the numbers of the pages."""


def typesetter() -> str:
    """The program that sets the sheets, with its version: another version may set other bytes."""
    return f"typst {version('typst')}"


def typeset(report: Report) -> bytes:
    """The report as a PDF on A4.

    Raises
    ------
    LaadplanError
        A picture is not an SVG, or the sheet cannot be set.
    """
    inputs = {"report": json.dumps(_plain(report), ensure_ascii=False)}
    compiler = typst.Compiler(asset("sheet.typ").encode(), font_paths=typst.Fonts(False, True, [_fonts()]))
    moment = datetime.combine(report.on, time(), tzinfo=UTC)
    try:
        made = compiler.compile(format="pdf", sys_inputs=inputs, pdf_standards=["a-2a", "ua-1"], timestamp=moment)
    except typst.TypstError as error:
        raise LaadplanError(f"The sheet '{report.title}' cannot be set: {error.message}.") from None
    assert isinstance(made, bytes)  # one PDF, however many pages
    return made


def _fonts() -> str:
    """Folder of the fonts that come with matplotlib: pictures are drawn with them."""
    spec = find_spec("matplotlib")
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf")


def _plain(report: Report) -> dict[str, Any]:
    """The report as the layout takes it."""
    return {
        "title": report.title,
        "author": report.author,
        "mark": report.mark,
        "footer": report.footer,
        "language": "nl",
        "date": {"year": report.on.year, "month": report.on.month, "day": report.on.day},
        "words": WORDS,
        "colours": VERDICT_COLOURS,
        "blocks": [_block(block) for block in report.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    plain = asdict(block) | {"kind": type(block).__name__}
    if isinstance(block, Paragraph | Notice):
        plain["words"] = _runs(block.words)
    elif isinstance(block, Bullets):
        plain["lines"] = [_runs(line) for line in block.lines]
    elif isinstance(block, Facts):
        plain["rows"] = [{"label": label, "words": _runs(words)} for label, words in block.rows]
    elif isinstance(block, Grid):
        plain["rows"] = [[{"words": _runs(cell)} for cell in row] for row in block.rows]
    elif isinstance(block, Beside):
        plain |= {"left": [_block(each) for each in block.left], "right": [_block(each) for each in block.right]}
    return plain


def _runs(words: Words) -> list[dict[str, Any]]:
    return [{"text": run.text, "style": run.style, "new-line": run.new_line} for run in runs_of(words)]
