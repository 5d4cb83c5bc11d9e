"""The charts of bars: every row is in the picture, numbers are those of the rows, the unknown is no zero bar."""

import dataclasses
import re
import xml.etree.ElementTree as ET

import pytest

from loaders import load
from valuechain import question, questions
from visualizations.charts import chart, charted, empty_chart
from visualizations.charts.base import LEFT, RIGHT, Look, area, folded
from visualizations.charts.linkage import LEAVES, OPEN, REST, parts
from visualizations.style import DARK, LIGHT, contrast

NS = "{http://www.w3.org/2000/svg}"
BARS = ("integration", "linkage", "processing-depth", "critical", "simulate")
NASTY = '"><img src=x onerror=alert(1)></text><script>alert(2)</script>' + "ұзын атау ә ғ қ " * 12


@pytest.fixture(scope="module")
def chains():
    return {name: load(name) for name in ("pavlodar", "pavlodar-public")}


@pytest.fixture(scope="module")
def answers(chains):
    asked = {(d, q): question(q)(chain) for d, chain in chains.items() for q in BARS if q != "simulate"}
    asked["pavlodar", "simulate"] = question("simulate")(chains["pavlodar"], of=("missing-links",))
    later = question("changes")(chains["pavlodar-public"], against=chains["pavlodar"])
    return asked | {("pavlodar-public", "changes"): later}


@pytest.fixture(
    params=[*((d, q) for d in ("pavlodar", "pavlodar-public") for q in BARS[:-1]), ("pavlodar", "simulate"),
            ("pavlodar-public", "changes")],
    ids="-".join,
)  # fmt: skip
def drawn(request, chains, answers):
    dataset, _ = request.param
    return chains[dataset], answers[request.param]


def marks(root):
    return {g.get("data-id"): g for g in root.iter(f"{NS}g") if (g.get("class") or "").startswith("mark")}


def texts(node):
    return [t.text for t in node.iter(f"{NS}text")]


def bars(group):
    """The filled rectangles of a row, without tracks and grounds: (width, is the dashed outline)."""
    found = [r for r in group.iter(f"{NS}rect") if r.get("fill") not in (LIGHT.lane, LIGHT.page)]
    return [(float(r.get("width")), bool(r.get("stroke-dasharray"))) for r in found]


def told(root):
    """How many rows the picture says that it leaves to the table."""
    return sum(int(m[1]) for t in texts(root) if (m := re.match(r"\+(\d+) more", t)))


def test_it_is_a_picture_that_asks_for_nothing(drawn):
    chain, answer = drawn
    picture = chart(chain, answer)
    root = ET.fromstring(picture)
    assert root.get("role") == "img"
    assert root.get("aria-label") == answer.title
    assert re.findall(r"https?://[^\"' ]*", picture) == ["http://www.w3.org/2000/svg"]
    assert "url(" not in picture
    assert {n.tag.removeprefix(NS) for n in root.iter()} <= {
        "svg",
        "title",
        "desc",
        "rect",
        "g",
        "text",
        "path",
    }
    assert picture == chart(chain, answer)


def test_every_row_or_the_fold_is_in_it(drawn):
    chain, answer = drawn
    root = ET.fromstring(chart(chain, answer))
    rows = len(answer)
    assert len(marks(root)) + told(root) == rows
    reasons = {g.find(f"{NS}title").text for g in marks(root).values()}
    kept = {" ".join(row.reason.split()) for row in answer}
    assert all(any(reason.endswith(word) for word in kept) for reason in reasons)


@pytest.mark.parametrize("theme", ["light", "dark", "sheet"])
def test_words_stay_inside(drawn, theme):
    chain, answer = drawn
    root = ET.fromstring(chart(chain, answer, theme))
    _, _, _, high = map(float, root.get("viewBox").split())
    shift = next(g for g in root.iter(f"{NS}g") if g.get("class") == "chart").get("transform")
    down = float(re.search(r",([0-9.]+)\)", shift)[1])
    for node in root.iter(f"{NS}text"):
        x, long = float(node.get("x")), float(node.get("textLength"))
        left = {"middle": x - long / 2, "end": x - long}.get(node.get("text-anchor"), x)
        assert left >= LEFT - 0.5, node.text
        assert left + long <= RIGHT + 1, node.text
        assert 0 < float(node.get("y")) + down <= high + down


def test_the_sheet_leaves_title_and_sources_to_its_page(drawn):
    chain, answer = drawn
    plain, sheet = (texts(ET.fromstring(chart(chain, answer, theme))) for theme in ("light", "sheet"))
    assert answer.title in plain
    assert answer.title not in sheet
    assert any(t.startswith("Read with care") for t in plain)
    assert not any(t.startswith(("Read with care", "Sources:")) for t in sheet)
    assert "#" not in re.sub(
        r"&#\w+;", "", chart(chain, answer, "sheet").split("<desc>")[1].split("</desc>")[1]
    )


def test_depth_draws_its_shares_and_keeps_the_unknown_unknown(chains, answers):
    chain, answer = chains["pavlodar"], answers["pavlodar", "processing-depth"]
    found = marks(ET.fromstring(chart(chain, answer)))
    alumina = found["pavlodar:alumina"]
    assert {"33 %", "1.65 %", "output 1,500,000 t", "1,005,000 t leaves"} <= set(texts(alumina))
    assert bars(alumina) == [(99.0, False), (pytest.approx(4.95, abs=0.1), False)]  # of 300 pixels
    row = next(r for r in answer if r.product_id == "alumina")
    blind = dataclasses.replace(answer, rows=(dataclasses.replace(row, retained=None), *answer.rows[1:]))
    assert bars(marks(ET.fromstring(chart(chain, blind)))["pavlodar:alumina"]) == [
        (99.0, False),
        (300.0, True),
    ]
    nothing = found["pavlodar:rails"]
    assert bars(nothing) == []
    assert nothing.find(f"{NS}title").text.startswith("No rate for Rails")


def test_parts_of_a_supply_add_up_to_it(chains, answers):
    row = next(r for r in answers["pavlodar", "linkage"] if r.product_id == "alumina")
    assert [(p.value, p.words) for p in parts(row)] == [
        (482_500, "32.2 %"),
        (1_005_000, "67 %"),
        (12_500, "0.833 %"),
    ]
    assert parts(row)[-1].look is REST
    more = dataclasses.replace(row, leaves=1_100_000.0, open_sales=82_500.0, local_sales=82_500.0)
    assert [p.look for p in parts(more)] == [
        OPEN,
        parts(row)[0].look,
        LEAVES,
    ]  # more than the supply: no rest
    unknown = dataclasses.replace(row, leaves=None)
    assert [p.value for p in parts(unknown)] == [482_500, 1_017_500]
    one = dataclasses.replace(answers["pavlodar", "linkage"], rows=(unknown,))
    assert any("1,017,500 t may leave or stay, not recorded" in t for t in
               texts(ET.fromstring(chart(chains["pavlodar"], one))))  # fmt: skip


def test_integration_tells_both_verdicts_beside_their_figures(chains, answers):
    erg = marks(ET.fromstring(chart(chains["pavlodar"], answers["pavlodar", "integration"])))["owner:erg"]
    words = texts(erg)
    assert words[-4:] == ["The paper's sense", "yes, horizontal", "Textbook sense", "no, not horizontal"]
    for said in (
        "100 % · 3 of 3 links",
        "0 % · 0 of 1,750,000 t",
        "27.6 % · 482,500 of 1,750,000 t",
        "25 % · 1 of 4 pairs",
    ):
        assert said in words
    assert [t for t in words if t.endswith("?")] == [
        "above 50 %?",
        "below 20 %?",
        "below 20 %?",
        "above 50 %?",
    ]


def test_integration_draws_the_thresholds_that_were_asked(chains):
    answer = question("integration")(chains["pavlodar"], owner="erg", min_captive=0.75)
    assert "above 75 %?" in texts(ET.fromstring(chart(chains["pavlodar"], answer)))


def test_critical_counts_the_ends_and_writes_the_index(chains, answers):
    found = marks(ET.fromstring(chart(chains["pavlodar"], answers["pavlodar", "critical"])))
    casting = texts(found["pavlodar:enterprise:casting"])
    assert {"3 of 10", "1", "2", "the only maker, on record", "not recorded"} <= set(casting)
    alumina = texts(found["pavlodar:product:alumina"])
    assert {"1 of 10", "one maker, declared"} <= set(alumina)
    assert "no maker on record" in texts(found["pavlodar:product:bauxite"])


def test_changes_write_none_where_there_was_no_gap_and_unknown_where_there_is_no_size(chains, answers):
    public, paper = chains["pavlodar-public"], chains["pavlodar"]
    root = ET.fromstring(chart(public, question("changes")(public, against=paper, show="all")))
    found = marks(root)
    gone = texts(found["missing_processing:pavlodar:primary-aluminium"])
    assert gone[-2:] == ["before: 237,500 t", "after: none"]
    scrap = found["missing_input:pavlodar:steel-scrap"]
    assert texts(scrap)[-2:] == ["before: of unknown size", "after: 111,486 t"]
    assert [dashed for _, dashed in bars(scrap)] == [True, False]
    assert any(t.startswith("Compared: ") for t in texts(root))
    assert any("nothing is known of a change (" in t for t in texts(root))


def test_simulate_sets_closings_side_by_side(chains):
    gap = ("missing_processing:pavlodar:primary-aluminium",)
    answer = question("simulate")(
        chains["pavlodar"], gap=gap, process=("AL16", "AL09"), of=("missing-links",)
    )
    words = texts(ET.fromstring(chart(chains["pavlodar"], answer)))
    heads = [t for t in words if "Closing the missing processing" in t]
    assert [t.split(".")[0] for t in heads] == ["1", "2"]
    assert any("Closings are alternatives" in t for t in words)


def test_words_from_the_data_stay_words_and_fit(chains, answers):
    for (dataset, name), answer in answers.items():
        if dataset != "pavlodar":
            continue
        fields = {f.name for f in dataclasses.fields(answer.row_type)}
        bad = {n: NASTY for n in ("name", "product_name", "reason", "row_id") if n in fields}
        rows = tuple(dataclasses.replace(row, **bad) for row in answer)
        picture = chart(chains[dataset], dataclasses.replace(answer, rows=rows))
        root = ET.fromstring(picture)
        assert not [n for n in root.iter() if n.tag in (f"{NS}img", f"{NS}script")]
        assert all(float(t.get("textLength")) <= RIGHT - LEFT + 1 for t in root.iter(f"{NS}text")), name
        assert any((t or "").endswith("…") for t in texts(root)), name


def test_no_rows_no_chart_and_the_frame_says_why(chains):
    answer = question("changes")(chains["pavlodar"])
    assert chart(chains["pavlodar"], answer) is None
    words = " ".join(texts(ET.fromstring(empty_chart(chains["pavlodar"], answer))))
    assert "Nothing to draw." in words
    assert "figures of one year only (2019)" in words


def test_a_question_without_a_module_has_no_chart(chains, answers):
    assert not charted("missing-links")
    assert not charted("no-such-question")
    assert all(charted(q) for q in questions() if q != "missing-links")
    other = dataclasses.replace(answers["pavlodar", "linkage"], question="missing-links")
    assert chart(chains["pavlodar"], other) is None


def test_a_fold_is_worth_it():
    assert folded(range(26)) == (range(26), 0)
    assert folded(range(27)) == (range(25), 2)


@pytest.mark.parametrize("texture", ["hatched", "crossed"])
def test_stripes_stay_inside(texture):
    drawn = area(10, 20, 33, 14, Look("", "stage-1", texture), LIGHT)
    points = re.findall(r"[ML]([-0-9.]+),([-0-9.]+)", drawn)
    assert len(points) >= 12
    assert all(10 <= float(x) <= 43 and 20 <= float(y) <= 34 for x, y in points)


@pytest.mark.parametrize("t", [LIGHT, DARK])
def test_what_stands_on_a_solid_bar_can_be_read(t):
    for name in ("stage-1", "stage-2", "stage-3"):
        assert contrast(t.page, t.borders[name]) >= 4.5
    assert contrast(t.page, t.missing) >= 4.5
    assert contrast(t.quiet, t.lane) >= 4.5


def test_places_are_told_apart_where_there_are_several(chains):
    chain = chains["pavlodar-public"]
    for name in ("linkage", "critical"):
        answer = question(name)(chain, level="region")
        assert {row.region_id for row in answer} == {"pavlodar", "kostanay"}
        root = ET.fromstring(chart(chain, answer))
        assert any(t.startswith("Pavlodar region · ") for t in texts(root)), name
        assert any("every region" in t for t in texts(root))
