"""`valuechain import`: streams, exit codes, what it writes and what it refuses to write over."""

import csv
import json

import pytest

from loaders import check
from valuechain import questions


@pytest.fixture
def example(run, tmp_path):
    """The example spreadsheet, as the command writes it."""
    done = run("import", "--example", tmp_path / "plants.csv")
    assert done.exit_code == 0
    return tmp_path / "plants.csv"


def imported(run, example, *more):
    return run("import", example, "-o", example.parent / "out", "--region", "Pavlodar region", *more)


def test_the_example_becomes_a_dataset_in_one_command(run, example):
    done = imported(run, example)
    assert done.exit_code == 0
    text = " ".join(done.stdout.split())
    assert "8 used, 4 set aside (2 a row of totals, 2 one cell only" in text
    assert "'около 20' is not read as an amount" in text
    assert "A valid dataset" in text
    assert f"valuechain ask missing-links {example.parent / 'out'}" in done.stdout
    assert check(example.parent / "out").chain is not None
    assert run("check", example.parent / "out").exit_code == 0
    asked = run("ask", "missing-links", example.parent / "out", "--json")
    assert any(row["product_id"] == "alumina" for row in json.loads(asked.stdout)["rows"])


def test_the_rows_set_aside_are_written(run, example):
    imported(run, example)
    with (example.parent / "out.set-aside.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["row"] for row in rows] == ["6", "12", "16", "17"]


def test_json_is_the_report(run, example):
    told = json.loads(imported(run, example, "--json").stdout)
    assert told["rows"] == {"read": 12, "used": 8, "set_aside": 4}
    assert told["columns"][1]["meaning"] == "enterprise"
    assert told["dataset"]["base_year"] == 2022
    assert told["errors"] == sum(one["severity"] == "error" for one in told["problems"])
    assert str(example.parent / "out") in told["written"]
    assert ("data-gaps" in questions()) == bool(told["next"])


def test_what_is_there_is_replaced_only_when_asked_and_kept(run, example):
    imported(run, example)
    before = (example.parent / "out" / "production.csv").read_bytes()
    done = imported(run, example)
    assert done.exit_code == 2
    assert "--replace" in done.stderr
    assert "dataset.toml" in done.stderr
    done = imported(run, example, "--replace", "--year", "2020")
    assert done.exit_code == 0
    assert (example.parent / "out" / "production.csv").read_bytes() != before
    assert (example.parent / "out.old" / "production.csv").read_bytes() == before


def test_a_workbook_is_replaced_and_kept(run, example):
    target = example.parent / "out.xlsx"
    for more in ((), ("--replace",)):
        assert run("import", example, "-o", target, "--region", "R", *more).exit_code == 0
    assert check(example.parent / "out.old.xlsx").chain is not None
    assert check(target).chain is not None


def test_a_dry_run_writes_the_mapping_at_most(run, example):
    done = imported(run, example, "--dry-run")
    assert done.exit_code == 0
    assert "Nothing written (--dry-run: no dataset)" in " ".join(done.stdout.split())
    assert [path.name for path in example.parent.iterdir()] == ["plants.csv"]
    done = imported(run, example, "--dry-run", "--write-mapping", example.parent / "m.toml")
    assert "m.toml (--dry-run: no dataset)" in " ".join(done.stdout.split())
    assert sorted(path.name for path in example.parent.iterdir()) == ["m.toml", "plants.csv"]


def test_a_mapping_that_does_not_fit_makes_no_dataset(run, example):
    (example.parent / "m.toml").write_text('[columns]\n"Продукци" = "product"\n', encoding="utf-8")
    done = imported(run, example, "--mapping", example.parent / "m.toml")
    assert done.exit_code == 5
    assert "The mapping does not fit; no dataset was made." in " ".join(done.stdout.split())
    assert "did you mean Продукция?" in " ".join(done.stdout.split())
    assert not (example.parent / "out").exists()


@pytest.mark.parametrize("unit", ["тыс. кв. дм", "туб", "млн тенге", "тыс. дал", "пар", "усл. банок", "м2"])
def test_no_unit_of_a_unit_column_is_a_fault(run, tmp_path, unit):
    rows = f"Предприятие;Продукция;Выпуск;Ед. изм.\nТОО А1;Глинозём;5;{unit}\n"
    (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
    done = run("import", tmp_path / "a.csv", "-o", tmp_path / "out", "--region", "R", "--year", "2022")
    assert done.exit_code == 0
    assert unit in " ".join(done.stdout.split())
    assert "\u2713" not in done.stdout


def test_no_product_gets_no_tick(run, tmp_path):
    (tmp_path / "a.csv").write_text("Предприятие;Выпуск, т\nТОО А1;5\n", encoding="utf-8")
    done = run("import", tmp_path / "a.csv", "-o", tmp_path / "out", "--region", "R", "--year", "2022")
    assert "no product was recognised" in " ".join(done.stdout.split())
    assert "\u2713" not in done.stdout


def test_the_mapping_that_is_written_is_read_back(run, example):
    imported(run, example, "--write-mapping", example.parent / "m.toml")
    first = (example.parent / "out" / "production.csv").read_bytes()
    assert 'Продукция" = "product"' in (example.parent / "m.toml").read_text(encoding="utf-8")
    done = imported(run, example, "--mapping", example.parent / "m.toml", "--replace")
    assert "the mapping says so" in " ".join(done.stdout.split())
    assert (example.parent / "out" / "production.csv").read_bytes() == first


def test_exit_codes(run, example, tmp_path):
    (tmp_path / "bad.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    (tmp_path / "undated.csv").write_text(
        "Предприятие;Продукция;Выпуск, т\nТОО А1;Глинозём;5\n", encoding="utf-8"
    )
    out = tmp_path / "other"
    assert run("import").exit_code == 2
    assert run("import", example).exit_code == 2
    assert run("import", "--example", example).exit_code == 2
    assert run("import", tmp_path / "none.csv", "-o", out).exit_code == 4
    done = run("import", tmp_path / "bad.csv", "-o", out)
    assert done.exit_code == 5
    assert "no dataset was made" in done.stdout
    done = run("import", tmp_path / "undated.csv", "-o", out, "--region", "R")
    assert done.exit_code == 2
    assert "--year" in done.stderr
    done = run("import", tmp_path / "undated.csv", "-o", out, "--year", "2022")
    assert done.exit_code == 2
    assert "--region" in done.stderr
    done = run("import", example, "-o", out, "--region", "R", "--unit", "попугай")
    assert done.exit_code == 2
    assert "no known unit" in done.stderr
    assert not out.exists()


def test_rows_without_a_product_among_others_are_told(run, tmp_path):
    rows = "Предприятие;Код ТН ВЭД;Выпуск, т\nТОО Альфа;2818 20, 7202 41;200\nТОО Бета;;5\n"
    (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
    done = run("import", tmp_path / "a.csv", "-o", tmp_path / "out", "--region", "R", "--year", "2022")
    assert done.exit_code == 0
    assert "no product was recognised in 1 of 2 rows" in " ".join(done.stdout.split())
    assert "2818 20 Aluminium oxide" in done.stdout
