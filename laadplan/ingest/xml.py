"""XML read as a stream, element by element, so that memory does not grow with the file.

In: a stream of bytes. Out: the elements asked for, one at a time; the tree is emptied behind each. A DOCTYPE is
refused: no source has one, and it is the door to every XML attack.
"""

from collections.abc import Collection, Iterator
from typing import IO, Any

from lxml import etree

from laadplan.errors import BadInput

OPTIONS: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
"""Options of every XML parser here: no entities, no network, no DTD, and the limits of libxml2 kept."""


def elements(
    stream: IO[bytes], names: Collection[str], where: str, *, roots: Collection[str] = ()
) -> Iterator[etree._Element]:
    """Each element with one of the local names, in any namespace, whole; it is emptied when the next is asked for.

    Parameters
    ----------
    stream
        The document.
    names
        Local names of the elements; one inside another is not given apart.
    where
        File, for the message.
    roots
        Local names that the root may have; empty: any.

    Raises
    ------
    BadInput
        It is not whole XML, declares a DOCTYPE, or has another root.
    """
    inside: etree._Element | None = None
    try:
        reader = etree.iterparse(stream, events=("start", "end"), **OPTIONS)
        _, root = next(reader)
        _refuse_other(root, roots, where)
        for event, element in reader:
            wanted = isinstance(element.tag, str) and local_name(element) in names
            if event == "start" and wanted and inside is None:
                inside = element
            elif event == "end" and inside is not None and element is inside:
                yield inside
                inside = None
                forget(element)
    except (etree.XMLSyntaxError, StopIteration) as error:
        reason = getattr(error, "msg", "") or "it is empty"
        words = f"This is not a whole XML file ({reason})."
        raise BadInput(words, where=where, todo="It is probably truncated: download it again.") from None


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace; empty for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def forget(element: etree._Element) -> None:
    """Empties an element and lets go of what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _refuse_other(root: etree._Element, roots: Collection[str], where: str) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadInput("The file declares a DOCTYPE, which no source does.", where=where, todo="Not read.")
    if roots and local_name(root) not in roots:
        words = f"This is a '{local_name(root)}', not a {' or '.join(roots)}."
        raise BadInput(words, where=where, todo="It may be an error page: download it again.")
