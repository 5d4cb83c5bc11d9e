"""The SVG says what the data says, nothing more, and nothing in it can act."""

import re
from xml.etree import ElementTree

import pytest

from visualizations import Arrow, Box, Diagram, svg
from visualizations.style import ARROW_DASHES, BOX_DASHES

NS = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "desc", "rect", "g", "path", "text"}


def parsed(diagram, **how):
    return ElementTree.fromstring(svg(diagram, **how))


def groups(root, kind):
    return [g for g in root.iter(f"{NS}g") if g.get("class", "").split()[:1] == [kind]]


def texts(node):
    return [t.text or "" for t in node.iter(f"{NS}text")]


def test_as_many_boxes_arrows_and_dashes_as_in_the_data(aluminium):
    root = parsed(aluminium)
    assert {g.get("data-id") for g in groups(root, "box")} == {box.id for box in aluminium.boxes}
    ends = [(g.get("data-source"), g.get("data-target")) for g in groups(root, "arrow")]
    assert ends == [(arrow.source, arrow.target) for arrow in aluminium.arrows]
    dashed = [p for g in groups(root, "box") + groups(root, "arrow") for p in g if p.get("stroke-dasharray")]
    expected = sum(bool(BOX_DASHES[b.state]) for b in aluminium.boxes)
    expected += sum(bool(ARROW_DASHES[a.state]) for a in aluminium.arrows)
    assert len(dashed) == expected


def test_a_missing_step_is_dashed_red_and_says_so(aluminium):
    root = parsed(aluminium)
    (box,) = [g for g in groups(root, "box") if "missing" in g.get("class")]
    assert any("missing" in words for words in texts(box))
    (arrow,) = [g for g in groups(root, "arrow") if "missing" in g.get("class")]
    line = arrow.find(f"{NS}path")
    assert (line.get("stroke"), line.get("stroke-dasharray")) == ("#b00020", "7 5")
    assert "missing" in [words for g in groups(root, "words") for words in texts(g)]


def test_quantities_shares_titles_legend_notes_sources_and_date_are_printed(aluminium):
    words = texts(parsed(aluminium))
    for expected in (
        aluminium.title,
        aluminium.subtitle,
        "1,005,000 t",
        "67 %",
        *("Raw", "Primary", "Semi-finished", "Component", "Final", "Markets", "Owners", "Processes"),
        *("missing link", "ownership", "Market", "not recorded"),
        *aluminium.notes,
        "Sources: Paper, 2023; Catalogue.",
        "Base year 2019",
    ):
        assert expected in words


def test_it_speaks_to_those_who_do_not_see_it(aluminium):
    root = parsed(aluminium)
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.find(f"{NS}title").text == aluminium.title
    assert (
        "Missing: Бастапқы алюминий, ә ғ қ ң ө ұ ү һ і to Aluminium wire rod." in root.find(f"{NS}desc").text
    )
    full = [g.find(f"{NS}title").text for g in groups(root, "box")]
    assert "Бастапқы алюминий, ә ғ қ ң ө ұ ү һ і · 250 000 t" in full


def test_words_from_the_data_stay_words(nasty):
    root = parsed(nasty)
    assert {node.tag.removeprefix(NS) for node in root.iter()} <= ELEMENTS
    for node in root.iter():
        assert not [name for name in node.attrib if name.startswith("on") or name.endswith("href")]
    assert len(groups(root, "box")) == 2
    assert nasty.title in (root.find(f"{NS}title").text, "")


def test_it_asks_for_nothing(aluminium):
    picture = svg(aluminium)
    assert re.findall(r"https?://[^\"' ]*", picture) == ["http://www.w3.org/2000/svg"]
    assert "url(" not in picture


def test_control_characters_do_not_break_it():
    diagram = Diagram("a\x00\x0b", boxes=(Box("i\x01d", "l\x02\ud800", details=(("\x03", "\x04"),)),))
    assert parsed(diagram).find(f"{NS}title").text == "a"


def test_words_that_found_no_room_are_told_under_the_picture_by_number():
    boxes = tuple(Box(f"b{i}", "B", i // 12) for i in range(24))
    crowd = tuple(Arrow(f"b{i}", f"b{j}", label="много слов здесь") for i in range(12) for j in range(12, 24))
    root = parsed(Diagram("D", boxes=boxes, arrows=crowd))
    shown = len(groups(root, "words"))
    assert 0 < shown < len(crowd)
    (told,) = groups(root, "numbered")
    lines = texts(told)
    assert [line.split(".")[0] for line in lines] == [str(n + 1) for n in range(len(crowd) - shown)]
    assert all(line.endswith(". B to B: много слов здесь") for line in lines)
    circles = [words for g in groups(root, "number") for words in texts(g)]
    assert set(circles) <= {line.split(".")[0] for line in lines}
    assert circles


def test_box_and_arrow_say_how_sure_their_figures_are():
    boxes = (
        Box("a", "A", gaps=("short: at least 5 t",)),
        Box("b", "B", 1, "missing", "at most 7 t", "missing"),
    )
    arrow = Arrow("a", "b", "missing", "capacity", 1_005_000, "t", "at_most")
    root = parsed(Diagram("D", boxes=boxes, arrows=(arrow,)))
    assert {"short: at least 5 t", "missing · at most 7 t", "at most 1,005,000 t"} <= set(texts(root))
    (group,) = groups(root, "arrow")
    assert group.find(f"{NS}title").text.endswith("missing link · at most 1,005,000 t · capacity")


def test_a_picture_without_boxes_is_a_picture():
    assert texts(parsed(Diagram("Nothing here")))[0] == "Nothing here"


@pytest.mark.parametrize("theme", ["light", "dark", "sheet"])
def test_themes_change_colours_only(aluminium, theme):
    picture = svg(aluminium, theme=theme)
    colour = r'(fill|stroke)="(#[0-9a-f]{6}|var\(--[a-z0-9-]+\)|none)"'
    assert re.sub(colour, "", picture) == re.sub(colour, "", svg(aluminium))
    with pytest.raises(KeyError):
        svg(aluminium, theme="pink")
