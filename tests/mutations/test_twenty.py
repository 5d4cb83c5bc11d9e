"""A folder with twenty different mistakes reports all twenty in one run, and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from loaders import check
from tests.mutations.draft import Spot
from tests.mutations.sources import sound

ROOT = Path(__file__).parents[2]

CELLS = (
    ("regions", 1, "latitude", "152.3", "number.range"),
    ("regions", 2, "level", "oblast", "choice.unknown"),
    ("indicators", 0, "value", "#REF!", "cell.excel_error"),
    ("enterprises", 1, "name", "", "cell.required"),
    ("enterprises", 3, "name", "Майлин\x1bкарьері", "cell.control"),
    ("ownership", 0, "share", "75", "share.range"),
    ("ownership", 3, "owned_id", "sement-1", "owner.self"),
    ("products", 5, "unit", "вагонов", "unit.unknown"),
    ("process_flows", 0, "quantity", "-1.55", "number.negative"),
    ("production", 0, "output", "NaN", "number.not_finite"),
    ("production", 1, "unit", "MWh", "unit.dimension"),
    ("production", 2, "output", "около 450", "number.words"),
    ("production", 3, "capacity", "1e400", "number.out_of_range"),
    ("flows", 0, "to_id", "sement-9", "ref.not_found"),
    ("flows", 1, "product_id", "beton-zavod", "ref.wrong_table"),
    ("flows", 3, "quantity", "120500 т", "number.unit"),
    ("prices", 1, "currency", "тенге", "currency.unknown"),
    ("assessments", 0, "date", "03/04/2024", "date.ambiguous"),
    ("initiatives", 0, "end", "2022-12-31", "date.order"),
    ("sources", 0, "year", "23", "year.format"),
)
"""Table, row, column, what is written there, and the code that must come back from that very place."""


@pytest.fixture
def twenty(tmp_path):
    """The dataset with the mistakes, and their places."""
    draft = sound("alatau")
    for table, row, column, text, _ in CELLS:
        draft.put(Spot(table, row, column), text)
    places = {
        (f"{table}.csv", draft.line(Spot(table, row, column)), column, code)
        for table, row, column, _, code in CELLS
    }
    return draft.write(tmp_path), places


def test_the_mistakes_are_twenty_different_ones():
    assert len({code for *_, code in CELLS}) == len(CELLS) == 20
    assert len({table for table, *_ in CELLS}) >= 10


def test_all_twenty_are_reported_in_one_run(twenty):
    path, places = twenty
    report = check(path)
    assert {(p.file, p.line, p.column, p.code) for p in report.errors} == places
    assert len(report.errors) == 20
    assert report.chain is None
    assert sum(count.set_aside for count in report.counts) == 20


def test_all_twenty_have_the_value_and_say_what_was_expected(twenty):
    told = {p.code: p for p in check(twenty[0]).errors}
    for *_, text, code in CELLS:
        assert told[code].message
        assert told[code].value == text.replace("\x1b", "\\u001B")


def run(path, *arguments):
    command = [sys.executable, "-c", "from api.cli import main; main()", "check", str(path), *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, timeout=120)


def test_the_command_line_reports_all_twenty(twenty):
    path, places = twenty
    done = run(path)
    assert done.returncode == 5
    assert "Traceback" not in done.stdout + done.stderr
    for *_, code in places:
        assert code in done.stdout
    assert "20 errors" in done.stdout


def test_the_command_line_reports_all_twenty_as_json(twenty):
    path, places = twenty
    done = run(path, "--json")
    assert done.returncode == 5
    problems = json.loads(done.stdout)["problems"]
    errors = {(p["file"], p["line"], p["column"], p["code"]) for p in problems if p["severity"] == "error"}
    assert errors == places


def test_mending_all_twenty_mends_the_dataset(twenty, tmp_path):
    path, _ = twenty
    (tmp_path / "mended").mkdir()
    sound("alatau").write(tmp_path / "mended")
    report = check(tmp_path / "mended" / path.name)
    assert report.problems == ()
