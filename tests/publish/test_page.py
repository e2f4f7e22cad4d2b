from __future__ import annotations

import base64
import hashlib
import html
import re

import pytest

from laadplan.errors import LaadplanError
from laadplan.publish.page import Html, asset, page, tag


def test_text_is_escaped_and_markup_is_not() -> None:
    made = page("A & <b>", tag("p", "1 < 2", Html("<br>"), title='"x"'))
    assert "<title>A &amp; &lt;b&gt;</title>" in made
    assert '<p title="&quot;x&quot;">1 &lt; 2<br></p>' in made


def test_plain_body_is_only_text() -> None:
    assert "&lt;script&gt;" in page("x", "<script>")


def test_page_has_a_language_and_a_policy_that_forbids_every_request() -> None:
    made = page("x", "y", language="nl")
    policy = html.unescape(re.findall(r'Content-Security-Policy" content="([^"]*)"', made)[0])
    rules = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert made.startswith('<!DOCTYPE html>\n<html lang="nl">')
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert not re.search(r"https?:", policy)


def test_policy_names_each_script_by_its_hash() -> None:
    made = page("x", "y", scripts=["let a = '</script>';"])
    script = re.findall(r"<script>(.*?)</script>", made, re.DOTALL)
    hashed = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert len(script) == 1
    assert f"sha256-{hashed}" in html.unescape(made)


def test_style_cannot_end_its_element() -> None:
    assert "</style><script>" not in page("x", "y", styles=["a{content:'</style><script>'}"])


def test_equal_input_gives_equal_text() -> None:
    assert page("x", "y", scripts=["1"], styles=["a{}"]) == page("x", "y", scripts=["1"], styles=["a{}"])


def test_leaflet_style_carries_its_images() -> None:
    addresses = re.findall(r"url\(([^)]*)\)", asset("leaflet/leaflet.css"))
    assert addresses
    assert all(address.startswith(("data:image/png;base64,", "#")) for address in addresses)


def test_missing_asset_says_what_to_do() -> None:
    with pytest.raises(LaadplanError, match=r"niet-daar\.js.*make"):
        asset("niet-daar.js")
