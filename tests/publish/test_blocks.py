from __future__ import annotations

from laadplan.publish.blocks import (
    Beside,
    Bullets,
    Facts,
    Grid,
    Heading,
    Notice,
    Paragraph,
    Picture,
    Run,
    blocks_markup,
)
from tests.publish.conftest import HOSTILE


def test_each_block_has_its_element():
    markup = blocks_markup(
        (
            Heading("Titel", 1),
            Paragraph("zin"),
            Notice("let op"),
            Bullets(("een",)),
            Facts((("Straat", "Weg"),)),
            Grid(("Kop",), (((Run("cel", "strong"),),),), (1.0,)),
            Picture("<svg/>", alt="kaart", caption="bij"),
        )
    )

    for part in ("<h1>Titel</h1>", "<p>zin</p>", '<p class="let-op">let op</p>', "<li>een</li>", "<dt>Straat</dt>"):
        assert part in markup
    assert '<th scope="col">Kop</th>' in markup
    assert "<strong>cel</strong>" in markup
    assert 'alt="kaart"' in markup
    assert "data:image/svg+xml;base64,PHN2Zy8+" in markup


def test_columns_stand_beside_each_other():
    markup = blocks_markup((Beside((Paragraph("links"),), (Paragraph("rechts"),), share=0.4),))

    assert markup.index("links") < markup.index("rechts")
    assert 'style="--kolommen:minmax(0,40fr) minmax(0,60fr)"' in markup


def test_no_text_is_markup_wherever_it_stands():
    markup = blocks_markup(
        (
            Heading(HOSTILE),
            Paragraph((Run(HOSTILE, "good"), Run(HOSTILE, "quiet", new_line=True))),
            Bullets((HOSTILE,)),
            Facts(((HOSTILE, HOSTILE),)),
            Grid((HOSTILE,), ((HOSTILE,),), (1.0,)),
            Picture("<svg/>", alt=HOSTILE, caption=HOSTILE),
        )
    )

    assert "<script" not in markup
    assert "<img src=x" not in markup
    assert markup.count("&lt;script&gt;") == 11


def test_nothing_gives_nothing():
    assert blocks_markup(()) == ""
