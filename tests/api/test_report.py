"""The report: one page that says everything the answers say, asks for nothing outside, and is safe."""

import re
from itertools import pairwise

import pytest

from api.report import MOST_PICTURES, MOST_ROWS, report_page, write_report
from api.views import tells_gaps
from api.words import BOUNDS, GLOSSARY, SAME_OWNER
from loaders import load
from valuechain import questions
from valuechain.audits import audits
from valuechain.gaps.split import KINDS, VIEWS


@pytest.fixture(scope="module", params=["pavlodar", "pavlodar-public"])
def written(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report") / "new" / "out"
    chain, steps = load(request.param), []
    path = write_report(chain, folder, lambda done, of: steps.append((done, of)))
    return chain, path, steps


@pytest.fixture
def page(written, read_page):
    return read_page(written[1].read_text(encoding="utf-8"))


def words(page):
    from html import unescape

    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_it_stands_alone(page):
    assert page.outside == []
    assert page.all("script", "iframe", "object", "embed") == []
    assert page.handlers == []
    assert "http-equiv" not in page.text


def test_tables_lie_beside_it(written):
    _, path, _ = written
    assert {p.name for p in path.parent.iterdir()} == {"report.html", *(f"{q}.csv" for q in questions())}
    links = [a for a in re.findall(r'href="([^"#]+)"', path.read_text()) if not a.startswith("data:")]
    assert links[-len(questions()) :] == [f"{name}.csv" for name in questions()]
    assert set(links) == {f"{name}.csv" for name in questions()}


def test_every_gap_is_told_with_reason_size_and_who_could_close_it(written, page):
    text = words(page)
    rows = questions()["missing-links"](written[0]).rows
    assert rows
    for row in rows:
        assert row.reason in text
        assert row.gap_id in text
        for option in row.closing_options:
            assert option.reason in text
        for route in row.routes:
            assert route.process_name in text


def test_words_are_explained(page):
    text = words(page)
    table = page.text.split('id="words"')[1].split("<article")[0]
    for kind in KINDS:
        assert f"{kind.name.replace('_', ' ')}</th><td>{kind.meaning}</td>" in table
    for word, meaning in BOUNDS.items():
        assert f"{word}</th><td>{meaning}</td>" in table
    for word, meaning in GLOSSARY.items():
        if f", {word})" in text:
            assert f"{word}: {meaning}." in text


def test_what_comes_from_the_same_owner_is_marked_and_not_first(page):
    ranked = page.text.split('class="stack"')[1].split("</table>")[0].split("<tr>")[2:]
    marks = [SAME_OWNER in row for row in ranked]
    assert sum(marks) == 1
    assert not marks[0]
    views = [any(f"<td>{view.replace('_', ' ')}" in row for view in VIEWS) for row in ranked]
    groups = [(view, "missing input" in row) for view, row in zip(views, ranked, strict=True)]
    assert groups == sorted(groups)


def test_how_it_was_computed_is_prose(page):
    how = page.text.split('<h2 id="how">')[1]
    assert "<li>local conversion CR = " in how
    assert "valuechain." not in how
    assert "* " not in how
    assert "`" not in how
    assert "(None)" not in page.text


def test_unknown_gaps_have_their_own_section(written, page):
    known, unknown = page.text.split('<h2 id="unknown">')
    unknown = unknown.split("<h2 ")[0]
    for row in questions()["missing-links"](written[0]):
        here, there = (known, unknown) if row.quantity is not None else (unknown, known)
        assert f"<code>{row.gap_id}</code>" in here
        assert f"<code>{row.gap_id}</code>" not in there


def test_every_question_caveat_audit_and_source_is_there(written, page):
    chain, text = written[0], words(page)
    for name, analysis in questions().items():
        answer = analysis(chain)
        assert analysis.question in text
        assert f"({name})" in text.replace("( ", "(").replace(" )", ")")
        for caveat in answer.caveats:
            assert caveat in text
        for source in answer.sources:
            assert " ".join(source["title"].split()) in text
    for finding in audits(chain):
        assert " ".join(finding.message.split()) in text
    for row in chain.arrow("indicators").to_pylist():
        if row["metric"].startswith("data note"):
            assert " ".join(row["note"].split()) in text


def test_title_data_and_fingerprint_lead_the_page(written, page):
    chain = written[0]
    head = page.text.split("<main")[0]
    for part in (chain.dataset.title, chain.dataset.id, chain.fingerprint, f"figures of {chain.year}"):
        assert part in head


def test_pictures_of_the_whole_and_of_chains_with_gaps(written, page):
    rows = questions()["missing-links"](written[0]).rows
    products = {row.product_id for row in rows}
    charts = page.text.count('<figure class="chart">')
    assert len(page.all("svg")) == 1 + min(len(products), MOST_PICTURES) + charts
    assert ("Chains without a picture" in page.text) == (len(products) > MOST_PICTURES)


def test_every_other_answer_with_rows_has_its_chart_above_its_table(written, page):
    for name, analysis in questions().items():
        if not tells_gaps(analysis):
            section = page.text.split(f'<section aria-labelledby="{name}">')[1].split("</section>")[0]
            assert ('<figure class="chart">' in section) == bool(analysis(written[0]).rows), name
            assert section.find("<figure") < section.find("<table") or "<figure" not in section


def test_a_long_table_shows_its_first_rows_and_where_the_rest_is(written, page):
    seen = []
    for name, analysis in questions().items():
        rows = len(analysis(written[0]).rows)
        if tells_gaps(analysis):
            continue
        section = page.text.split(f'<section aria-labelledby="{name}">')[1].split("</section>")[0]
        body = section.split("<tbody>")[-1] if "<tbody>" in section else ""
        assert body.count("<tr") - body.count('<tr class="prose"') == min(rows, MOST_ROWS), name
        told = f'The first {MOST_ROWS} of {rows} rows. <a href="{name}.csv">'
        assert (told in section) == (rows > MOST_ROWS)
        seen.append(rows > MOST_ROWS)
    assert written[0].dataset.id != "pavlodar-public" or any(seen)


def test_structure_for_a_screen_reader(page):
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    levels = [int(name[1]) for name, _ in page.tags if re.fullmatch("h[1-6]", name)]
    assert all(b - a <= 1 for a, b in pairwise(levels))
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids))
    for link in page.all("a"):
        if link["href"].startswith("#"):
            assert link["href"][1:] in ids, link
    for label in (a["aria-labelledby"] for a in page.all("section")):
        assert label in ids


def test_light_dark_and_print(page):
    assert "prefers-color-scheme: dark" in page.text
    assert "@media print" in page.text
    for name in set(re.findall(r"var\((--[\w-]+)\)", page.text)):
        assert f"{name}:" in page.text, name


def test_progress_ends_when_the_page_is_made(written):
    steps = written[2]
    assert steps[-1][0] == steps[-1][1]
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)


def test_the_same_data_give_the_same_page(chain):
    assert report_page("pavlodar", chain) == report_page("pavlodar", load("pavlodar"))


def test_hostile_names_stay_text(hostile, read_page):
    page = read_page(report_page("pavlodar", hostile))
    assert "=1+1&lt;img" in page.text
    assert page.all("img", "script") == []
    assert page.handlers == []


def test_a_dataset_without_gaps_says_so(chain):
    from valuechain.model import ValueChain

    empty = ValueChain(chain.dataset, {})
    text = report_page("empty", empty)
    assert "No gap has a known size." in text
    assert "The figures allow no comparison." in text
