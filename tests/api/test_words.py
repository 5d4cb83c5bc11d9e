"""Words: a size keeps its bound, words are explained where they stand, docstrings become paragraphs."""

from dataclasses import replace

import pytest

from api.accept import takes
from api.prose import blocks
from api.table import readable, sized
from api.words import BOUNDS, MEANINGS, PREFIXES, in_reading_order, same_owner
from valuechain import questions
from valuechain.gaps.split import BOUNDS as LIBRARY_BOUNDS
from valuechain.gaps.split import KINDS, VIEWS
from valuechain.naming import FEW, not_found


@pytest.fixture(scope="module")
def gaps(chain):
    return questions()["missing-links"](chain)


def cells(answer, name, names=()):
    (column,) = [c for c in readable(answer, names) if c.name == name]
    return column.cells


class TestBounds:
    def test_every_bound_of_the_library_has_a_word(self):
        assert set(PREFIXES) | {"exact", "unknown"} == set(LIBRARY_BOUNDS)
        assert {word.strip() for word in PREFIXES.values()} | {"unknown"} == set(BOUNDS)

    @pytest.mark.parametrize(
        ("bound", "cell"),
        [
            ("exact", "16,450 t"),
            ("at_least", "at least 16,450 t"),
            ("at_most", "at most 16,450 t"),
            ("uncertain", "about 16,450 t"),
        ],
    )
    def test_a_size_is_told_with_its_bound(self, gaps, bound, cell):
        row = replace(gaps.rows[0], quantity=16_450.0, unit="t", bound=bound)
        assert sized(16_450.0, "t", bound) == cell
        assert cells(replace(gaps, rows=(row,)), "quantity") == (cell,)

    def test_an_unknown_size_is_unknown(self):
        assert sized(None, "t", "unknown") == "unknown"

    def test_what_is_derived_from_it_has_it_where_the_size_is_not_shown(self, gaps):
        row = replace(gaps.rows[0], quantity=5.0, share=0.67, value=2e6, currency="USD", bound="at_most")
        one = replace(gaps, rows=(row,))
        assert cells(one, "value", ["value"]) == ("at most 2,000,000 USD",)
        assert cells(one, "share", ["share"]) == ("at most 67 %",)
        assert cells(one, "share", ["quantity", "share"]) == ("67 %",)

    @pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
    def test_no_width_loses_what_kind_and_how_certain(self, run, monkeypatch, width):
        monkeypatch.setenv("COLUMNS", str(width))
        text = run("ask", "missing-links", "pavlodar").stdout
        head = next(x for x in text.splitlines() if "quantity" in x)
        assert {"kind", "product", "quantity"} <= set(head.split())
        assert "at most 1,005,000 t" in text
        assert "at least 4,500,000 t" in text
        assert max(map(len, text.splitlines())) <= width


class TestOrder:
    def test_what_leaves_comes_first_and_unknown_sizes_last(self, chain, gaps):
        rows = in_reading_order(chain, gaps)
        assert sorted(r.gap_id for r in rows) == sorted(r.gap_id for r in gaps)
        keys = [
            (r.quantity is None, r.kind in VIEWS, r.kind == "missing_input", same_owner(chain, r))
            for r in rows
        ]
        assert keys == sorted(keys)
        assert not same_owner(chain, rows[0])

    def test_supplied_by_its_own_owner(self, chain, gaps):
        found = {r.gap_id for r in gaps if same_owner(chain, r)}
        assert found == {r.gap_id for r in gaps if "of the same owner" in r.reason}
        assert found
        stranger = {**chain.row("enterprises", "erg"), "enterprise_id": "other", "name": "Other"}
        flows = [f for f in chain.own_table("flows").to_pylist() if f["product_id"] == "bauxite"]
        sold = chain.with_rows("enterprises", stranger).with_rows(
            "flows", {**flows[0], "from_id": "other", "flow_id": "x"}
        )
        answer = questions()["missing-links"](sold)
        assert not [r for r in answer if r.product_id == "bauxite" and same_owner(sold, r)]


class TestExplained:
    @pytest.mark.parametrize("words", [("questions",), ("ask", "missing-links", "--help")])
    def test_kinds_are_explained_where_they_are_chosen(self, run, words):
        text = " ".join(run(*words).stdout.split())
        for kind in KINDS:
            assert kind.name in text
            assert MEANINGS[kind.name] in text

    @pytest.mark.parametrize("words", [("demo",), ("ask", "processing-depth", "pavlodar")])
    def test_a_term_is_explained_once_under_its_lines(self, run, words):
        text = " ".join(run(*words).stdout.split())
        assert "export-implied)" in text
        assert text.count("computed as output minus recorded outflow") == 1
        assert text.index("export-implied)") < text.index("computed as output minus")


class TestProse:
    def test_paragraphs_and_points(self):
        text = "First\nline:\n\n* one `a_b`\n  goes on\n* *two*\n\n- three\n\nLast (see `valuechain.gaps.split`)."
        found = [(b.points, b.lines) for b in blocks(text)]
        assert found == [
            (False, ("First line:",)),
            (True, ("one a_b goes on", "two", "three")),
            (False, ("Last.",)),
        ]

    def test_text_right_before_points_is_a_paragraph(self):
        assert [b.lines for b in blocks("So:\n* a\n* b")] == [("So:",), ("a", "b")]

    @pytest.mark.parametrize("name", questions())
    def test_no_module_path_is_left(self, name):
        import inspect

        text = inspect.getdoc(inspect.getmodule(questions()[name].function))
        said = " ".join(line for b in blocks(text) for line in b.lines)
        assert "valuechain." not in said
        assert "`" not in said
        assert len(said) > 100


class TestNotFound:
    @pytest.mark.parametrize("text", ["Alumina", "ALUMINA", " alumina ", "Глинозём", "глинозём"])
    def test_a_name_leads_to_the_id(self, chain, text):
        error = not_found(chain, "products", text)
        assert str(error).endswith("is the name of alumina.")
        assert error.nearest == ("alumina",)

    def test_a_few_ids_are_listed(self, chain):
        assert len(chain.ids("regions")) <= FEW
        assert str(not_found(chain, "regions", "x")).endswith("There are kostanay, kz, pavlodar.")

    def test_many_ids_are_not(self, chain):
        said = str(not_found(chain, "products", "alumna"))
        assert said == "There is no product called 'alumna'. Did you mean alumina?"

    @pytest.mark.parametrize("text", ["", " ", "\x00", "x" * 5000])
    def test_any_text_will_do(self, chain, text):
        assert "There is no product called" in str(not_found(chain, "products", text))

    def test_from_the_command_line(self, run):
        done = run("ask", "missing-links", "pavlodar", "--product", "Alumina")
        assert (done.exit_code, done.stdout) == (4, "")
        assert "Alumina is the name of alumina." in done.stderr
        done = run("view", "pavlodar", "-o", "x.svg", "--region", "nowhere")
        assert "There are kostanay, kz, pavlodar." in done.stderr


@pytest.mark.parametrize(
    ("accept", "taken"),
    [
        ("", True),
        ("*/*", True),
        ("application/*", True),
        ("text/csv, application/json;q=0.5", True),
        ("APPLICATION/JSON; charset=utf-8", True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", True),
        ("text/csv", False),
        ("text/*", False),
        ("application/json;q=0, */*", False),
        ("*/*;q=0", False),
        ("application/json;q=x", False),
        (",;", True),
    ],
)
def test_accept(accept, taken):
    assert takes(accept, "application/json") is taken
