"""Strips, matrices and tables of signs show every row or say how many more, and invent nothing."""

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from loaders import load
from tests.cases import chain_of, flow, makes, plants, products, recipe, recipes
from valuechain import question
from visualizations import charts
from visualizations.charts.matrix import columns_that_fit
from visualizations.charts.signs import VERDICTS, shared_out, verdict
from visualizations.style import LIGHT, THEMES
from visualizations.text import width

NS = "{http://www.w3.org/2000/svg}"
NASTY = '"><img src=x onerror=alert(1)></script> әғқңөұүһі'
QUESTIONS = ("agreement", "chains", "decompose", "local-grounds", "partners")
DATASETS = ("pavlodar", "pavlodar-public")


@cache
def bundled(dataset):
    return load(dataset)


@cache
def asked(dataset, name):
    return question(name)(bundled(dataset))


def drawn(chain, answer, theme="light"):
    return ElementTree.fromstring(charts.chart(chain, answer, theme))


def marks(root, kind="mark"):
    return [g for g in root.iter(f"{NS}g") if g.get("class", "").split()[:1] == [kind] and g.get("data-id")]


def texts(node):
    return [t.text or "" for t in node.iter(f"{NS}text")]


def bold(node):
    return [t.text for t in node.iter(f"{NS}text") if t.get("font-weight") == "600"]


def rectangles(node, **look):
    return [r for r in node.iter(f"{NS}rect") if all(r.get(k) == v for k, v in look.items())]


def amounts(words):
    """Return the amounts among words: figures with a unit and nothing else."""
    return [float(m[1].replace(",", "")) for w in words if (m := re.fullmatch(r"([\d,.]+) t", w))]


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("dataset", DATASETS)
def test_each_is_whole_asks_for_nothing_and_comes_out_the_same(dataset, name):
    chain, answer = bundled(dataset), asked(dataset, name)
    for theme in THEMES:
        picture = charts.chart(chain, answer, theme)
        assert picture == charts.chart(chain, answer, theme)
        assert re.findall(r"https?://[^\"' ]*", picture) == ["http://www.w3.org/2000/svg"]
        assert "url(" not in picture
        root = ElementTree.fromstring(picture)
        assert {n.tag.removeprefix(NS) for n in root.iter()} <= {
            "svg",
            "title",
            "desc",
            "rect",
            "g",
            "path",
            "text",
        }
        assert {g.find(f"{NS}title") is not None for g in root.iter(f"{NS}g") if g.get("data-id")} == {True}


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("dataset", DATASETS)
def test_all_words_stand_inside(dataset, name):
    root = drawn(bundled(dataset), asked(dataset, name))
    wide, high = (float(v) for v in root.get("viewBox").split()[2:])
    (body,) = [g for g in root.iter(f"{NS}g") if g.get("class") == "chart"]
    down = float(body.get("transform").split(",")[1].rstrip(")"))
    inside = set(body.iter(f"{NS}text"))
    for words in root.iter(f"{NS}text"):
        x, size = (
            float(words.get("x")),
            width(words.text, float(words.get("font-size")), bold=bool(words.get("font-weight"))),
        )
        left = x - {"end": size, "middle": size / 2}.get(words.get("text-anchor"), 0.0)
        assert left >= 0, words.text
        assert left + size <= wide, words.text
        assert 0 < float(words.get("y")) + (down if words in inside else 0.0) < high, words.text


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize(
    ("name", "kind"), [("chains", "path"), ("partners", "mark"), ("local-grounds", "mark")]
)
def test_every_row_is_drawn_or_counted(dataset, name, kind):
    answer = asked(dataset, name)
    root = drawn(bundled(dataset), answer)
    shown = [g for g in marks(root, kind) if not g.get("data-id").startswith("+")]
    more = [int(m[1]) for w in texts(root) if (m := re.match(r"\+(\d+) more (paths|candidates|links)", w))]
    assert len(shown) + sum(more) == len(answer.rows)


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("ground", ["management", "territory", "technology"])
def test_the_amounts_of_a_matrix_add_up_to_those_of_the_answer(dataset, ground):
    chain = bundled(dataset)
    answer = question("decompose")(chain, by=ground)
    tiles = marks(drawn(chain, answer), "tile")
    told = sum(sum(amounts(bold(tile))) for tile in tiles)
    assert told == pytest.approx(sum(r.quantity or 0 for r in answer if r.unit == "t"))
    assert len(tiles) <= sum(r.unit == "t" for r in answer)


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_cells_of_the_cross_table_hold_all_activities(dataset):
    answer = asked(dataset, "agreement")
    root = drawn(bundled(dataset), answer)
    tiles = marks(root, "tile")
    assert sum(int(bold(tile)[0]) for tile in tiles) == sum(r.activities for r in answer)
    thin = [t for t in tiles if not rectangles(t, **{"stroke-width": "2.4"})]
    struck = [t for t in tiles if [p for p in t.iter(f"{NS}path") if p.get("stroke") == LIGHT.missing]]
    assert thin == struck
    assert len(thin) == sum(r.disagrees for r in answer)
    assert any(f"Agreement {round(answer.rows[0].agreement, 3):g}" in w for w in texts(root))


def test_many_owners_fold_into_one_row_of_the_cross_table():
    chain = chain_of(
        products=products(a=1, b=2),
        enterprises=plants(**{f"e{i:02}": "R" for i in range(40)}),
        production=[makes(f"e{i:02}", "a" if i % 2 else "b", 1) for i in range(40)],
    )
    answer = question("agreement")(chain)
    root = drawn(chain, answer)
    assert len(marks(root, "row")) == 25
    assert "+16 more blocks" in texts(root)
    assert sum(int(bold(tile)[0]) for tile in marks(root, "tile")) == 40


def test_nothing_to_compare_is_no_agreement_of_zero():
    chain = chain_of(products=products(a=1), enterprises=plants(x="R"), production=[makes("x", "a", 1)])
    answer = question("agreement")(chain)
    assert answer.rows[0].agreement is None
    assert any("agreement unknown" in w for w in texts(drawn(chain, answer)))


def two_owners(**more):
    """X sells 20 t of `a` and an unknown amount of `b` to Y, and 5 t of `a` abroad."""
    given = {
        "products": products(a=1, b=1, c=2),
        "enterprises": plants(x="R", y="S"),
        "production": [makes("x", "a", 100), makes("x", "b", 10), makes("y", "c", 10)],
        "flows": [flow("x", "y", "a", 20), flow("x", "y", "b"), flow("x", "abroad", "a", 5)],
        **recipe("p", "c", a=2),
    }
    return chain_of(**(given | more))


def tile(root, ends):
    (found,) = [t for t in marks(root, "tile") if t.get("data-id") == ends]
    return found


def test_a_part_without_an_amount_is_at_least_and_striped():
    chain = two_owners()
    root = drawn(chain, question("decompose")(chain))
    assert " ".join(texts(tile(root, "x y"))) == "at least 20 t 2 links, size of 1 not recorded"
    assert len(rectangles(tile(root, "x y"))) == 3, "the ground, the bar, and stripes after it"
    assert texts(tile(root, "x market:abroad")) == ["5 t", "1 link"]
    assert len(rectangles(tile(root, "x market:abroad"))) == 2
    assert " ".join(texts(tile(root, "y y"))) == "flow not recorded"
    assert rectangles(tile(root, "y y"), fill="none", **{"stroke-dasharray": "4 3"})
    assert not [t for t in marks(root, "tile") if t.get("data-id") == "y x"], (
        "no link on record: an empty field"
    )


def test_bars_of_a_matrix_are_as_long_as_the_amounts():
    chain = two_owners(flows=[flow("x", "y", "a", 20), flow("x", "abroad", "a", 5)])
    root = drawn(chain, question("decompose")(chain))
    bars = [rectangles(tile(root, ends), fill=LIGHT.text)[0] for ends in ("x y", "x market:abroad")]
    long, short = (float(bar.get("width")) for bar in bars)
    assert long / short == pytest.approx(4, rel=0.02)


def test_links_of_unknown_size_are_striped_and_counted():
    chain = two_owners(flows=[flow("x", "y", "a"), flow("x", "y", "b")])
    cell = tile(drawn(chain, question("decompose")(chain)), "x y")
    assert " ".join(texts(cell)) == "2 links, size not recorded"
    assert not amounts(texts(cell))
    assert not rectangles(cell, fill=LIGHT.text), "no bar"
    assert [p for p in cell.iter(f"{NS}path") if p.get("d").count("M") > 3], "stripes"


def test_nothing_moves_is_said_only_where_it_is_declared():
    chain = two_owners(flows=[flow("x", "abroad", "a", 5)])
    answer = question("decompose")(chain)
    rows = tuple(replace(r, quantity=0.0) if r.from_block == r.to_block == "y" else r for r in answer)
    root = drawn(chain, replace(answer, rows=rows))
    assert texts(tile(root, "y y")) == ["0 t", "declared"]
    assert " ".join(texts(tile(root, "x x"))) == "flow not recorded"


def many_blocks(count=30):
    names = [f"e{i:02}" for i in range(count)]
    pairs = list(pairwise(names))
    return chain_of(
        products=products(a=1),
        enterprises=plants(**dict.fromkeys(names, "R")),
        production=[makes(e, "a", 10) for e in names],
        flows=[flow(a, b, "a", 1000.0 + i) for i, (a, b) in enumerate(pairs)],
    )


@pytest.mark.parametrize("dataset", DATASETS)
def test_no_amount_of_zero_is_made_of_what_is_not_recorded(dataset):
    words = [w for t in marks(drawn(bundled(dataset), asked(dataset, "decompose")), "tile") for w in texts(t)]
    assert not [w for w in words if re.search(r"(^|\s)0 t", w)]
    assert "recorded" in words


def test_more_blocks_than_fit_are_folded_with_what_they_move():
    chain = many_blocks()
    answer = question("decompose")(chain)
    root = drawn(chain, answer)
    rows = marks(root, "row")
    assert len(rows) <= 12
    assert f"+{30 - len(rows) + 1} more blocks" in " ".join(texts(rows[-1]))
    assert sum(sum(amounts(bold(t))) for t in marks(root, "tile")) == sum(1000.0 + i for i in range(29))
    notes = " ".join(texts(root))
    assert "Folded in t, as they move least on record: E00," in notes


def test_columns_leave_room_for_the_longest_figure():
    few, many = columns_that_fit(["123,456,789,012 t"]), columns_that_fit(["1 t"])
    assert few < many <= 12
    huge = two_owners(flows=[flow("x", "y", "a", 1.23456789012e14)])
    assert "123,456,789,012,000 t" in " ".join(texts(tile(drawn(huge, question("decompose")(huge)), "x y")))


def test_two_units_are_drawn_and_the_rest_named():
    chain = bundled("pavlodar-public")
    answer = asked("pavlodar-public", "decompose")
    first = answer.rows[0]
    rows = (*(replace(first, unit=unit) for unit in ("MWh", "m3", "pcs")), *answer.rows)
    words = texts(drawn(chain, replace(answer, rows=rows)))
    headings = [w for w in words if w.startswith("By management")]
    assert headings == [f"By management (who controls), in {unit} a year" for unit in ("t", "MWh")]
    assert "The table tells 2 more units: m3, pcs." in words


def long_chain(steps):
    names = [f"p{i:02}" for i in range(steps + 1)]
    made = recipes(*(recipe(f"r{i:02}", b, **{a: 2.0}) for i, (a, b) in enumerate(pairwise(names))))
    stages = {n: 4 * i / steps for i, n in enumerate(names)}
    return chain_of(
        products=products(**stages), enterprises=plants(x="R"), production=[makes("x", "p00", 8)], **made
    )


def test_a_long_path_goes_on_below_and_only_its_first_absent_step_is_the_break():
    chain = long_chain(12)
    (path,) = marks(drawn(chain, question("chains")(chain)), "path")
    boxes = marks(path, "box")
    assert [box.get("data-id") for box in boxes] == [f"p{i:02}" for i in range(13)]
    tops = Counter(box.find(f"{NS}rect").get("y") for box in boxes)
    assert list(tops.values()) == [6, 5, 2]
    lefts = [float(box.find(f"{NS}rect").get("x")) for box in boxes]
    assert lefts[1:6] == lefts[6:11], "lines after the first leave room for the arrow that leads to them"
    assert lefts[0] < lefts[6]
    ways = marks(path, "way")
    assert {way.get("class") for way in ways} == {"way absent"}
    crossed = [
        way for way in ways if [p for p in way.iter(f"{NS}path") if p.get("fill") == LIGHT.missing][1:]
    ]
    assert crossed == ways[:1]


def test_each_status_has_its_own_line_and_its_word():
    root = drawn(bundled("pavlodar"), asked("pavlodar", "chains"))
    ways = marks(root, "way")
    looks = {(w.get("class"), w.find(f"{NS}path").get("stroke-dasharray")) for w in ways}
    assert len(looks) == len({dash for _, dash in looks}) == 4
    for way in ways:
        assert texts(way)[0] == way.get("class").removeprefix("way ")
    assert Counter(w.get("class") for w in ways)["way working"] > 0


def test_what_a_path_comes_to_is_told_with_what_else_it_takes():
    root = drawn(
        bundled("pavlodar"),
        question("chains")(bundled("pavlodar"), start="bauxite", end="aluminium-structures"),
    )
    told = " ".join(" ".join(texts(p)) for p in marks(root, "path"))
    assert "237,500 t of it leave a year, enough for 244,241 t of Aluminium structures, given" in told
    assert "Aluminium sheet and plate" in told
    glass = question("chains")(bundled("pavlodar"), start="bauxite", end="insulating-glass-units")
    assert "enough for" not in " ".join(texts(drawn(bundled("pavlodar"), glass)))


def partner_rows(**changed):
    answer = asked("pavlodar-public", "partners")
    row = next(r for r in answer if r.can == "yes")
    return replace(answer, rows=tuple(replace(row, **one) for one in changed.values()))


def test_what_a_partner_could_take_is_a_bar_of_its_share_and_unknown_is_none():
    answer = partner_rows(
        all={"enterprise_id": "a", "feasible": 100.0, "need": 100.0, "share": 1.0},
        half={"enterprise_id": "b", "can": "partly", "feasible": 50.0, "need": 100.0, "share": 0.5},
        open={"enterprise_id": "c", "can": "unknown", "feasible": None, "need": 100.0, "share": None},
        none={
            "enterprise_id": "d",
            "can": "no",
            "feasible": 0.0,
            "need": 100.0,
            "share": 0.0,
            "distance_km": None,
        },
    )
    root = drawn(bundled("pavlodar-public"), answer)
    whole, half, unknown, cannot = marks(root)
    blue = LIGHT.borders["stage-2"]
    lengths = [float(rectangles(m, fill=blue)[0].get("width")) for m in (whole, half)]
    assert lengths[1] / lengths[0] == pytest.approx(0.5)
    assert "50 t, 50 %" in texts(half)
    assert not rectangles(unknown, fill=blue)
    assert "not recorded" in texts(unknown)
    assert rectangles(unknown, fill="none", **{"stroke-dasharray": "4 3"})
    assert not rectangles(cannot)
    assert "distance unknown" in texts(cannot)
    assert [w for m in (whole, half, unknown, cannot) for w in texts(m) if w in VERDICTS] == [
        "yes",
        "partly",
        "unknown",
        "no",
    ]


def test_a_need_of_unknown_size_has_no_line():
    answer = partner_rows(one={"need": None, "share": None, "feasible": 7.0})
    root = drawn(bundled("pavlodar-public"), answer)
    assert any("size not recorded: who could supply it" in w for w in texts(root))
    assert not [w for w in texts(root) if w.startswith("the need, ")]
    assert "7 t" in texts(root)


def test_verdicts_on_the_grounds_are_signs_and_words():
    root = drawn(bundled("pavlodar"), asked("pavlodar", "local-grounds"))
    rows = asked("pavlodar", "local-grounds").rows
    for mark, row in zip(marks(root), rows, strict=True):
        assert [w for w in texts(mark) if w in VERDICTS] == [
            row.same_owner,
            row.same_region,
            row.adjacent_step,
        ]
        assert ("size not recorded" in texts(mark)) is (row.quantity is None)
    assert {"yes for 5 of 5", "yes for 3 of 5"} <= set(texts(root))
    assert len({verdict(word, 0, 0, LIGHT) for word in VERDICTS}) == 4


def test_many_links_fold_into_a_number():
    answer = asked("pavlodar", "local-grounds")
    rows = tuple(replace(answer.rows[0], seller_id=f"s{i}") for i in range(60))
    root = drawn(bundled("pavlodar"), replace(answer, rows=rows))
    assert len(marks(root)) == 25
    assert "+35 more links, in the table" in texts(root)


@pytest.mark.parametrize("name", QUESTIONS)
def test_words_from_the_data_stay_words(name):
    chain = chain_of(
        products=[{**row, "name": NASTY * 9} for row in products(a=1, c=4)],
        enterprises=[{**row, "name": NASTY * 9} for row in plants(x="R", y="S")],
        production=[makes("x", "a", 100), makes("y", "c", 10)],
        flows=[flow("x", "y", "a", 20), flow("x", "abroad", "a", 50)],
        **recipe("p", "c", a=2),
    )
    answer = question(name)(chain)
    assert answer.rows
    root = drawn(chain, answer)
    assert {n.tag.removeprefix(NS) for n in root.iter()} <= {
        "svg",
        "title",
        "desc",
        "rect",
        "g",
        "path",
        "text",
    }
    assert not [a for n in root.iter() for a in n.attrib if a.startswith("on") or a.endswith("href")]
    assert any(NASTY.split()[0] in (t.text or "") for t in root.iter(f"{NS}title"))


def test_shares_of_room():
    assert shared_out([range(5), range(1), range(3)], 9) == [5, 1, 3]
    assert shared_out([range(5), range(1), range(3)], 7) == [3, 1, 3]
    assert shared_out([range(5), range(1), range(3)], 2) == [1, 1, 0]
    assert shared_out([], 3) == []
