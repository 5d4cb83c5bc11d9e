"""Pictures that several tests draw."""

import pytest

from visualizations import Arrow, Box, Diagram

NASTY = '"><img src=x onerror=alert(1)></script><script>alert(2)</script>'


@pytest.fixture
def aluminium() -> Diagram:
    """A small chain with every kind of box and arrow, words in three languages, a loop and a jump."""
    boxes = (
        Box("erg", "ERG", -1, "enterprise", "holding"),
        Box("bauxite", "Боксит", 0, state="absent"),
        Box("scrap", "Scrap", 0, state="unknown"),
        Box("smelting", "Электролиз", 0.5, "process"),
        Box("alumina", "Alumina", 1, subtitle="1 500 000 t", details=(("made by", "Қазақстан алюминийі"),)),
        Box("metal", "Бастапқы алюминий, ә ғ қ ң ө ұ ү һ і", 1, subtitle="250 000 t", group="aluminium"),
        Box("wire", "Aluminium wire rod", 2, "missing", "up to 232 843 t", "missing"),
        Box("abroad", "Abroad", 5, "market"),
    )
    arrows = (
        Arrow("erg", "alumina", "ownership"),
        Arrow("bauxite", "smelting", "observed", quantity=3.8e6, unit="t"),
        Arrow("smelting", "alumina", "implied"),
        Arrow("alumina", "metal", "observed", "33 %", 495_000, "t"),
        Arrow("alumina", "abroad", "observed", "67 %", 1_005_000, "t"),
        Arrow("metal", "abroad", "observed", "95 %", 237_500, "t"),
        Arrow("metal", "wire", "missing", quantity=237_500, unit="t"),
        Arrow("scrap", "metal", "unknown"),
        Arrow("wire", "scrap", "implied", "returns"),
    )
    return Diagram(
        "Павлодар облысы: aluminium",
        "What leaves before it could become more",
        boxes,
        arrows,
        notes=("Capacity of the smelter is counted as its output.",),
        sources=("Paper, 2023", "Catalogue"),
        date="Base year 2019",
    )


@pytest.fixture
def nasty() -> Diagram:
    """The same attack in every place that takes words."""
    a, b = f"a{NASTY}", 'b" onmouseover="alert(3)'
    return Diagram(
        NASTY,
        NASTY,
        (
            Box(a, NASTY, 0, "product", NASTY, "present", ((NASTY, 'href="javascript:alert(4)"'),), NASTY),
            Box(b, f"href {NASTY}", 1, "missing", "", "missing"),
        ),
        (Arrow(a, b, "missing", NASTY, 1.0, NASTY),),
        notes=(NASTY, "{{ 7 * 7 }}"),
        sources=(NASTY,),
        date=NASTY,
        language='en"><script>alert(5)</script>',
    )
