"""The command line: help that comes at once and teaches, exit codes, streams, and every command run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli import COMMANDS
from graph_schema import StoreError
from valuechain import questions

ROOT = Path(__file__).parents[2]
HEAVY = {
    "numpy",
    "pyarrow",
    "pandas",
    "networkx",
    "pint",
    "fastapi",
    "rich",
    "jinja2",
    "uvicorn",
    "valuechain.registry",
}
BROKEN = {
    "enterprises.csv": "enterprise_id,name\nmill,Mill\n",
    "products.csv": "product_id,name,unit\nwidget,Widget,t\n",
    "production.csv": "enterprise_id,product_id,year,output\nmill,widget,2024,5\nmill,widgte,2024,many\n",
}


@pytest.fixture
def broken(tmp_path):
    """A dataset with two mistakes in one row."""
    folder = tmp_path / "broken"
    folder.mkdir()
    for name, text in BROKEN.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def python(code, **more):
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, **more,
    )  # fmt: skip


class TestHelp:
    @pytest.mark.parametrize("words", [(), *((c,) for c in COMMANDS if c != "ask")])
    def test_it_loads_nothing_heavy(self, words):
        code = (
            "import sys; from api.cli import cli\n"
            f"try: cli([*{words!r}, '--help'], prog_name='valuechain')\n"
            "finally: print('loaded:', *sys.modules, file=sys.stderr)"
        )
        done = python(code)
        assert done.returncode == 0, done.stderr
        assert set(done.stderr.split()) & HEAVY == set()
        assert done.stdout.startswith("Usage: valuechain")

    def test_it_lists_every_command_with_its_purpose(self, run):
        lines = run("--help").stdout.splitlines()
        for command in COMMANDS:
            (line,) = [x for x in lines if x.startswith(f"  {command} ") and not x.startswith("  valuechain")]
            assert len(line.split(maxsplit=1)[1]) > 15
            assert "..." not in line

    @pytest.mark.parametrize("words", [(), *((c,) for c in COMMANDS)])
    def test_it_offers_nothing_that_is_not_built(self, run, words):
        assert "neo4j" not in run(*words, "--help").stdout.lower()

    def test_it_names_every_exit_code(self, run):
        words = run("--help").stdout.split("Exit codes:")[1]
        for code in ("0  fine", "1  unexpected", "2  wrong usage", "3  gaps found", "4  not found",
                     "5  the data did not validate", "6  the store", "130  interrupted"):  # fmt: skip
            assert code in words

    @pytest.mark.parametrize("command", COMMANDS)
    def test_a_command_says_what_it_is_for_and_shows_an_example(self, run, command):
        done = run(command, "--help")
        assert done.exit_code == 0
        purpose = done.stdout.splitlines()[2].strip()
        assert len(purpose) > 20
        assert command == "demo" or f"valuechain {command} " in done.stdout

    @pytest.mark.parametrize("name", questions())
    def test_a_question_shows_every_parameter(self, run, name):
        text = " ".join(run("ask", name, "--help").stdout.split())
        assert questions()[name].question in text
        for parameter in questions()[name].parameters:
            assert f"--{parameter.name.replace('_', '-')}" in text
            assert parameter.description[1:] in text
            assert all(choice in text for choice in parameter.choices)

    def test_version(self, run):
        assert run("--version").stdout.startswith("valuechain ")


class TestExitCodes:
    def test_0_fine(self, run):
        assert run("ask", "missing-links", "pavlodar").exit_code == 0

    def test_1_unexpected_in_one_line_and_the_traceback_on_demand(self, run, monkeypatch):
        def broken(*_, **__):
            raise RuntimeError("no such\nthing")

        monkeypatch.setattr("loaders.load", broken)
        done = run("ask", "missing-links", "pavlodar")
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == "Unexpected RuntimeError: no such (valuechain --debug ... shows where)\n"
        assert isinstance(run("--debug", "ask", "missing-links", "pavlodar").exception, RuntimeError)

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (("ak",), "No such command"),
            (("ask", "missing-links", "pavlodar", "--regio", "x"), "--region"),
            (("ask", "missing-links", "pavlodar", "--kind", "gap"), "is not one of"),
            (("ask", "missing-links", "pavlodar", "--columns", "reasn"), "did you mean reason?"),
            (("ask", "missing-links", "pavlodar", "-o", "x.doc"), ".xlsx"),
            (("view", "pavlodar", "-o", "x.bmp"), ".html, .svg, .pdf, .png, .graphml, .gexf"),
            (("export", "pavlodar", "-o", "x", "--to", "json"), "parquet"),
            (("serve", "pavlodar", "pavlodar"), "Two datasets have the id 'pavlodar'"),
            (("check",), "DATASET"),
        ],
    )
    def test_2_usage(self, run, words, says):
        done = run(*words)
        assert (done.exit_code, done.stdout) == (2, "")
        assert says in done.stderr

    def test_3_gaps_found(self, run):
        words = ("ask", "missing-links", "pavlodar", "--fail-on-gaps")
        assert run(*words).exit_code == 3
        assert run(*words, "--product", "bauxite", "--kind", "unconnected").exit_code == 0

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (("ask", "missing-lnks", "pavlodar"), "Did you mean missing-links?"),
            (("check", "pavlodr"), "Did you mean pavlodar?"),
            (("ask", "missing-links", "pavlodar", "--product", "alumna"), "Did you mean alumina?"),
            (("view", "pavlodar", "-o", "x.svg", "--product", "alumna"), "Did you mean alumina?"),
            (("view", "pavlodar", "-o", "x.svg", "--question", "critcal"), "Did you mean critical?"),
            (
                ("view", "pavlodar", "-o", "x.svg", "--question", "linkage", "--product", "alumna"),
                "Did you mean alumina?",
            ),
        ],
    )
    def test_4_not_found(self, run, words, says):
        done = run(*words)
        assert (done.exit_code, done.stdout) == (4, "")
        assert says in done.stderr

    @pytest.mark.parametrize("words", [("ask", "missing-links"), ("report", "-o", "out"), ("serve",)])
    def test_5_refused_data_with_every_problem(self, run, broken, words):
        done = run(*words, broken)
        assert (done.exit_code, done.stdout) == (5, "")
        for part in ("production.csv", "line 3", "product_id", "output", "widget", "many", "--lenient"):
            assert part in done.stderr

    def test_6_store(self, run, monkeypatch, tmp_path):
        done = run("ask", "missing-links", "pavlodar", "-o", tmp_path / "nowhere" / "x.csv")
        assert done.exit_code == 6
        assert "nowhere" in done.stderr

        def down(*_, **__):
            raise StoreError("the server does not answer")

        monkeypatch.setattr("loaders.check", down)
        done = run("check", "pavlodar")
        assert (done.exit_code, done.stderr) == (6, "Error: the server does not answer\n")

    def test_130_interrupted(self, run, monkeypatch):
        def interrupted(*_, **__):
            raise KeyboardInterrupt

        monkeypatch.setattr("loaders.load", interrupted)
        done = run("ask", "missing-links", "pavlodar")
        assert (done.exit_code, done.stderr) == (130, "")

    def test_a_reader_that_has_seen_enough_is_no_error(self):
        code = "import sys; from api.cli import main; sys.argv[1:] = sys.argv[2:]; main()"
        shell = f'{sys.executable} -c "{code}" x ask missing-links pavlodar --json | head -c 1; echo ${{PIPESTATUS[0]}}'
        done = subprocess.run(
            ["bash", "-c", shell], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.stdout.split() == ["{0"], done
        assert done.stderr == ""


class TestAsk:
    def test_the_table_says_unknown_and_carries_units_caveats_and_data(self, run, chain):
        lines = run("ask", "missing-links", "pavlodar").stdout
        answer = questions()["missing-links"](chain)
        assert "1,005,000 t" in lines
        assert "unknown" in lines
        assert "nan" not in lines.lower().split()
        assert f"dataset pavlodar · {chain.fingerprint} · year {chain.year}" in lines
        flat = " ".join(lines.split())
        for row in answer:
            assert row.reason in flat
        for caveat in answer.caveats:
            assert caveat in flat

    @pytest.mark.parametrize("width", [60, 80, 120])
    @pytest.mark.parametrize("name", questions())
    def test_it_keeps_to_the_width(self, run, monkeypatch, width, name):
        monkeypatch.setenv("COLUMNS", str(width))
        lines = run("ask", name, "pavlodar").stdout.splitlines()
        assert max(map(len, lines)) <= width

    def test_figures_stand_under_each_other(self, run):
        lines = run("ask", "missing-links", "pavlodar", "--columns", "product_name,quantity").stdout
        rows = [
            x for x in lines.splitlines() if x.startswith(("product ", "Alumina ", "Bauxite ", "Pig iron "))
        ]
        assert len(rows) == 5, "Bauxite stands twice: it is missing, and its chain stops"
        assert len({len(x) for x in rows}) == 1

    def test_what_does_not_fit_is_named(self, run, chain):
        said = run("ask", "missing-links", "pavlodar").stdout.split("Not shown:")[1].split("(--columns")[0]
        assert {"routes", "closing options", "evidence"} <= {" ".join(x.split()) for x in said.split(",")}

    def test_columns_narrow_every_format(self, run, tmp_path):
        words = ("ask", "missing-links", "pavlodar", "--columns", "quantity,product_id")
        rows = json.loads(run(*words, "--json").stdout)["rows"]
        assert {tuple(row) for row in rows} == {("quantity", "product_id")}
        run(*words, "-o", tmp_path / "x.csv")
        assert (tmp_path / "x.csv").read_text(encoding="utf-8-sig").splitlines()[0] == "quantity,product_id"

    def test_json_and_a_file_at_once(self, run, tmp_path):
        done = run("ask", "missing-links", "pavlodar", "--json", "-o", tmp_path / "x.json")
        assert json.loads(done.stdout) == json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
        assert "rows written to" in done.stderr

    def test_lenient_goes_on_and_says_so(self, run, broken):
        done = run("ask", "missing-links", broken, "--lenient", "--year", "2024")
        assert done.exit_code == 0, done.stderr
        assert "1 rows of the dataset were set aside" in " ".join(done.stdout.split())

    def test_no_rows_says_why(self, run):
        done = run("ask", "missing-links", "pavlodar", "--product", "bauxite", "--kind", "unconnected")
        assert "No rows." in done.stdout
        assert "No gap is recorded within the filter on product, kind" in done.stdout


class TestCheck:
    def test_it_shows_every_problem_and_counts_rows(self, run, broken):
        done = run("check", broken)
        assert done.exit_code == 5
        (line,) = [x for x in done.stdout.splitlines() if x.startswith("production ")]
        assert line.split() == ["production", "2", "1"]
        assert "1 row in error; nothing loaded" in done.stdout
        assert "set aside" not in done.stdout.replace("set bad rows aside", "")
        for part in (
            "production.csv",
            "line 3 · product_id",
            "did you mean widget?",
            "found: many",
            "2 errors",
        ):
            assert part in done.stdout

    def test_json_has_the_same(self, run, broken):
        found = json.loads(run("check", broken, "--json").stdout)
        assert found["loaded"] is False
        assert found["fingerprint"] is None
        assert {(p["line"], p["column"]) for p in found["problems"]} == {(3, "product_id"), (3, "output")}
        assert all(c["read"] == c["loaded"] + c["set_aside"] for c in found["counts"])

    def test_lenient_loads_the_rest(self, run, broken):
        done = run("check", broken, "--lenient")
        assert done.exit_code == 0
        assert "1 row set aside (with those that refer to bad rows)" in " ".join(done.stdout.split())
        (line,) = [x for x in done.stdout.splitlines() if x.startswith("production ")]
        assert line.split() == ["production", "2", "1", "1"]

    def test_good_audits_are_shown_too(self, run, chain):
        done = run("check", "pavlodar")
        assert done.exit_code == 0
        assert "✓ Aluminum of Kazakhstan JSC keeps 495,000 t of Alumina: 1.98 per unit" in done.stdout
        found = json.loads(run("check", "pavlodar", "--json").stdout)["audits"]
        assert ("balance.mass", "ok") in {(a["code"], a["verdict"]) for a in found}

    @pytest.mark.parametrize("warn", [0, 1, 2])
    def test_audits_that_warn_are_counted_and_told_with_their_hint(self, run, monkeypatch, warn):
        from valuechain.audits import Finding

        class Hinted(Finding):
            hint = "add a recipe"

        found = tuple(
            Hinted("product.no_recipe", "warning" if i < warn else "ok", str(i), f"Subject {i}.")
            for i in range(3)
        )
        monkeypatch.setattr("valuechain.audits.audits", lambda *_: found)
        done = run("check", "pavlodar")
        assert done.exit_code == 0
        says = ("3 audits, none warns", "1 audit warns (of 3)", "2 audits warn (of 3)")[warn]
        assert f"{says}." in done.stdout
        assert done.stdout.count("hint: add a recipe") == warn
        summary = json.loads(run("check", "pavlodar", "--json").stdout)["summary"]
        assert (summary["audits"], summary["audits_that_warn"]) == (3, warn)
        assert (summary["errors"], summary["rows_in_error"]) == (0, 0)

    def test_json_of_a_refused_dataset_counts_no_row_as_loaded(self, run, broken):
        summary = json.loads(run("check", broken, "--json").stdout)["summary"]
        assert summary == {
            "errors": 2, "warnings": 0, "rows_loaded": 0, "rows_in_error": 1, "audits": 0, "audits_that_warn": 0,
        }  # fmt: skip


class TestDemo:
    def test_its_figures_are_the_analyses(self, run, chain):
        text = " ".join(run("demo").stdout.split())
        for row in questions()["missing-links"](chain):
            assert row.product_name in text
        for figure in ("1,005,000 t", "237,500 t", "4,500,000 t", "1.98 per unit", "33 % of Alumina",
                       "1.65 % stays", "500 USD/t, at home 300", "by owner: no gap"):  # fmt: skip
            assert figure in text

    def test_each_gap_of_known_size_says_who_could_close_it_and_how(self, run, chain):
        text = " ".join(run("demo").stdout.split())
        known = [r for r in questions()["missing-links"](chain) if r.quantity is not None]
        assert text.count("who could close it: ") == len(known) > 1
        for row in known:
            for option in row.closing_options[:2]:
                assert option.name in text
            for route in row.routes[:2]:
                assert str(route) in text

    def test_what_comes_from_the_same_owner_is_marked_and_not_first(self, run):
        part = run("demo").stdout.split("What is missing?")[1].split("How far")[0]
        assert part.count("supplied by the same owner from outside") == 1
        assert part.index("Alumina ") < part.index("Primary aluminium ") < part.index("Bauxite ")
        assert part.index("Bauxite ") < part.index("supplied by the same owner") < part.index("Pig iron ")
        for size in ("at most 1,005,000 t", "at least 4,500,000 t", " 237,500 t"):
            assert size in part

    def test_it_follows_the_data(self, run, chain, monkeypatch):
        """With other figures it must say something else: nothing is typed in."""
        import loaders

        rows = chain.own_table("production").to_pylist()
        made = {**next(r for r in rows if r["product_id"] == "alumina"), "output": 2_000_000.0}
        report = loaders.check("pavlodar")
        other = loaders.CheckReport(report.dataset, (), report.counts, chain.with_rows("production", made))
        monkeypatch.setattr(loaders, "check", lambda *_, **__: other)
        text = run("demo").stdout
        assert "1,340,000 t" in text
        assert "1,005,000 t" not in text

    @pytest.mark.parametrize("width", [80, 100])
    def test_it_keeps_to_the_width(self, run, monkeypatch, width):
        monkeypatch.setenv("COLUMNS", str(width))
        assert max(map(len, run("demo").stdout.splitlines())) <= width

    def test_it_ends_with_commands_that_work(self, run, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        lines = run("demo").stdout.split("Where to look next")[1].strip().splitlines()
        assert len(lines) == 4
        for line in lines:
            words = line.split("  ")[0 if line[0] == "v" else 1].split()
            assert words[0] == "valuechain"
            assert run(*words[1:], *(["--help"] if words[1] == "serve" else [])).exit_code == 0, line

    def test_it_loads_nothing_slow(self):
        code = "import sys; from api.cli import cli\ntry: cli(['demo'])\nfinally: print(*sys.modules, file=sys.stderr)"
        done = python(code)
        assert done.returncode == 0, done.stderr
        assert (
            set(done.stderr.split()) & {"pandas", "networkx", "pint", "fastapi", "jinja2", "openpyxl"}
            == set()
        )
