"""The one way to a self-contained HTML page, used by every report.

In: a title, a body, styles and scripts. Out: one HTML text that opens without a network: everything stands in the page,
and its Content-Security-Policy forbids every request and every script but the ones given here (named by their hash).
Text is escaped unless it is `Html`, so that a street named ``<script>`` is only a street.
"""

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from laadplan.errors import LaadplanError

ASSETS = Path(__file__).parent / "assets"
"""Styles and scripts that pages carry; ``leaflet/`` is put there at set-up."""

VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "col", "wbr"})
"""Elements without an end tag."""

MEDIA_TYPES = {".png": "image/png", ".svg": "image/svg+xml", ".gif": "image/gif", ".jpg": "image/jpeg"}


class Html(str):
    """Markup made by laadplan: it goes into a page as it stands, every other text is escaped."""

    __slots__ = ()


def tag(name: str, /, *content: object, **attributes: object) -> Html:
    """An element with its content.

    Parameters
    ----------
    name
        Name of the element.
    content
        `Html` as it stands, other things as escaped text, None as nothing.
    attributes
        ``class_`` gives ``class``, ``data_id`` gives ``data-id``; True gives a bare attribute, False and None none.

    >>> str(tag("p", "a < b", class_="klein"))
    '<p class="klein">a &lt; b</p>'
    """
    opening = f"<{name}{''.join(_attributes(attributes))}>"
    return Html(opening if name in VOID else f"{opening}{joined(content)}</{name}>")


def joined(parts: Iterable[object]) -> Html:
    """Parts one after the other.

    >>> str(joined([Html("<hr>"), "R&D", None]))
    '<hr>R&amp;D'
    """
    return Html("".join(escaped(part) for part in parts if part is not None))


def escaped(part: object) -> Html:
    """The part as markup: `Html` stays as it is, anything else becomes text."""
    return part if isinstance(part, Html) else Html(html.escape(str(part), quote=True))


def page(
    title: str,
    body: str,
    *,
    language: str = "nl",
    styles: Iterable[str] = (),
    scripts: Iterable[str] = (),
) -> str:
    """A whole HTML page that asks nothing of any network; equal input gives equal text.

    Parameters
    ----------
    title
        Title of the page, escaped.
    body
        `Html` as it stands; a plain text is escaped. Event attributes (``onclick``) do not run: use a script.
    language
        Language of the page as a BCP 47 tag.
    styles, scripts
        CSS and JavaScript, in order; scripts run after the body is there. Styles come after the base style.
    """
    sheets = [asset("page.css"), *styles]
    programs = [_script(script) for script in scripts]
    head = [
        Html('<meta charset="utf-8">'),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(programs)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("meta", name="generator", content="laadplan"),
        tag("title", title),
        *[Html(f"<style>{_style(sheet)}</style>") for sheet in sheets],
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{html.escape(language, quote=True)}">\n<head>\n'
        + "\n".join(head)
        + f"\n</head>\n<body>\n{escaped(body)}\n"
        + "\n".join(f"<script>{program}</script>" for program in programs)
        + "\n</body>\n</html>\n"
    )


def asset(name: str) -> str:
    """Text of a style or script that comes with laadplan, its images as data.

    Raises
    ------
    LaadplanError
        The file is not there: set-up has not been done.
    """
    path = ASSETS / name
    if not path.is_file():
        raise LaadplanError(
            f"The browser library {name} is not in place.",
            where="laadplan/publish/assets",
            todo="Run 'make' in a checkout, or install the laadplan wheel again.",
        )
    text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
    text = re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE).strip()
    return _images_inlined(text, path.parent) if path.suffix == ".css" else text


def _attributes(attributes: dict[str, object]) -> Iterator[str]:
    for key, value in attributes.items():
        name = key.rstrip("_").replace("_", "-")
        if value is True:
            yield f" {name}"
        elif value is not False and value is not None:
            yield f' {name}="{html.escape(str(value), quote=True)}"'


def _policy(programs: list[str]) -> str:
    allowed = " ".join(f"'sha256-{_digest(program)}'" for program in programs) or "'none'"
    return (
        f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {allowed}; "
        "connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def _digest(program: str) -> str:
    return base64.b64encode(hashlib.sha256(program.encode()).digest()).decode()


def _script(text: str) -> str:
    """JavaScript that cannot end its own element."""
    return re.sub(r"<(?=/script|!--|script)", r"\\x3c", text.replace("\r\n", "\n"), flags=re.IGNORECASE)


def _style(text: str) -> str:
    return re.sub(r"<(?=/style)", r"\\3c ", text, flags=re.IGNORECASE)


def _images_inlined(css: str, folder: Path) -> str:
    def inlined(match: re.Match[str]) -> str:
        name = match.group(1).strip("'\"")
        image = folder / name
        if name.startswith(("data:", "#")) or image.suffix not in MEDIA_TYPES or not image.is_file():
            return "none" if not name.startswith(("data:", "#")) else match.group(0)
        data = base64.b64encode(image.read_bytes()).decode()
        return f"url(data:{MEDIA_TYPES[image.suffix]};base64,{data})"

    return re.sub(r"url\(([^)]*)\)", inlined, css)
