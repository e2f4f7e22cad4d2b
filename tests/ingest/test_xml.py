import io

import pytest

from laadplan.errors import BadInput
from laadplan.ingest.xml import elements

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]><a><m>&c;</m></a>'
)


def read(content, names=("member",), **options):
    return [element.get("id") for element in elements(io.BytesIO(content), names, "bron.xml", **options)]


def test_each_element_is_given_whole_and_emptied_behind():
    content = b"<a xmlns='http://x'><!-- said --><member id='1'><deep>x</deep></member>text<member id='2'/></a>"
    given = elements(io.BytesIO(content), ["member"], "bron.xml")

    first = next(given)
    texts = [child.text for child in first]
    second = next(given)

    assert (texts, list(first), first.get("id"), second.get("id")) == (["x"], [], None, "2")


def test_one_element_inside_another_is_not_given_apart():
    assert read(b"<a><member id='1'><member id='2'/></member><member id='3'/></a>") == ["1", "3"]


def test_several_names_are_given_in_the_order_of_the_file():
    assert read(b"<a><m id='1'/><n id='2'/><m id='3'/><o id='4'/></a>", ("m", "n")) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a whole XML file"),
        (b"<a><member id='1'/>", "not a whole XML file"),
        (b"<a><member id='1'></a>", "not a whole XML file"),
        (LAUGHS, "declares a DOCTYPE"),
        (b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "declares a DOCTYPE"),
        (b"<html><body/></html>", "This is a 'html', not a FeatureCollection"),
        (b"\xff\xfe<a/>", "not a whole XML file"),
    ],
)
def test_what_is_no_whole_document_of_its_kind_is_refused(content, words):
    with pytest.raises(BadInput, match=f"bron.xml: .*{words}"):
        read(content, roots=("FeatureCollection", "a"))


def test_memory_does_not_grow_with_the_file():
    class Endless(io.RawIOBase):
        """Two hundred thousand members, never held at once."""

        left = 2000

        def read(self, _size=-1):
            self.left -= 1
            if self.left == 1999:
                return b"<a>"
            return b"<member id='1'><deep>x</deep></member>" * 100 if self.left > 0 else b"</a>" * (self.left == 0)

    held = [len(element.getparent()) for element in elements(Endless(), ["member"], "bron.xml")]

    assert len(held) == 199_800
    assert max(held) < 2_000
