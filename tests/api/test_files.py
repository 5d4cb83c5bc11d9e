"""Commands that write: pictures, templates, datasets and reports; what is there already is kept."""

import pytest

from loaders import load


class TestFiles:
    @pytest.mark.parametrize(
        ("suffix", "begins"),
        [
            ("html", b"<!doctype html>"),
            ("svg", b"<svg"),
            ("png", b"\x89PNG"),
            ("gexf", b"<gexf"),
            ("graphml", b"<graphml"),
        ],
    )
    def test_view_writes_the_format_of_the_suffix(self, run, tmp_path, suffix, begins):
        target = tmp_path / f"x.{suffix}"
        done = run("view", "pavlodar", "-o", target)
        assert (done.exit_code, done.stdout) == (0, ""), done.stderr
        assert begins in target.read_bytes()[:200]

    def test_view_of_a_product_is_the_one_served(self, run, tmp_path, client):
        run("view", "pavlodar", "-o", tmp_path / "x.svg", "--product", "alumina", "--region", "pavlodar")
        served = client.get(
            "/api/v1/datasets/pavlodar/views/missing-links.svg?product=alumina&region=pavlodar"
        )
        assert (tmp_path / "x.svg").read_bytes() == served.content

    @pytest.mark.parametrize(
        ("suffix", "begins"),
        [("html", b"<!doctype html>"), ("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")],
    )
    def test_view_draws_another_question_as_a_chart(self, run, tmp_path, suffix, begins):
        done = run("view", "pavlodar", "-o", tmp_path / f"x.{suffix}", "--question", "linkage")
        assert (done.exit_code, done.stdout) == (0, ""), done.stderr
        assert begins in (tmp_path / f"x.{suffix}").read_bytes()[:200]

    def test_view_takes_the_parameters_of_the_question(self, run, tmp_path, client):
        given = ("-p", "gap=capacity_gap:pavlodar:alumina", "-p", "capacity=100000", "-p", "of=missing-links")
        done = run("view", "pavlodar", "-o", tmp_path / "x.svg", "--question", "simulate", *given)
        assert done.exit_code == 0, done.stderr
        asked = "gap=capacity_gap:pavlodar:alumina&capacity=100000&of=missing-links"
        served = client.get(f"/api/v1/datasets/pavlodar/views/simulate.svg?{asked}")
        assert (tmp_path / "x.svg").read_bytes() == served.content
        assert b"makes 100,000 t" in served.content

    def test_view_compares_with_another_dataset(self, run, tmp_path):
        given = ("--question", "changes", "-p", "against=pavlodar")
        assert run("view", "pavlodar-public", "-o", tmp_path / "x.svg", *given).exit_code == 0
        assert "Compared: " in (tmp_path / "x.svg").read_text("utf-8")

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            (("--limit", "30"), "has no boxes to fold"),
            (("-p", "owner=erg"), "linkage has no such parameter"),
            (("-p", "owner"), "is not NAME=VALUE"),
            (("-p", "year=2019", "-p", "year=2020"), "given more than once"),
            (("-p", "min-link=x"), "is not a number"),
        ],
    )
    def test_view_refuses_what_the_question_does_not_take(self, run, tmp_path, given, says):
        done = run("view", "pavlodar", "-o", tmp_path / "x.svg", "--question", "linkage", *given)
        assert done.exit_code == 2
        assert says in done.stderr
        assert not (tmp_path / "x.svg").exists()

    @pytest.mark.parametrize("name", ["mydata", "mydata.xlsx"])
    def test_template_writes_something_that_check_reads(self, run, tmp_path, name):
        assert run("template", tmp_path / name).exit_code == 0
        assert run("check", tmp_path / name).exit_code in (0, 5)
        assert "production" in run("check", tmp_path / name).stdout

    def test_export_keeps_what_is_there(self, run, tmp_path):
        (tmp_path / "mydata").mkdir()
        own = tmp_path / "mydata" / "enterprises.csv"
        assert run("export", "pavlodar", "-o", tmp_path / "mydata").exit_code == 0  # an empty folder is free
        own.write_text("enterprise_id,name\nmill,Mill\n", encoding="utf-8")
        before = {p.name: p.read_bytes() for p in own.parent.iterdir()}
        done = run("export", "pavlodar-public", "-o", own.parent)
        assert (done.exit_code, done.stdout) == (2, "")
        assert "mydata is there already (a folder with assessments.csv, " in done.stderr
        assert "--force" in done.stderr
        assert {p.name: p.read_bytes() for p in own.parent.iterdir()} == before
        assert run("export", "pavlodar-public", "-o", own.parent, "--force").exit_code == 0
        assert load(own.parent).dataset.id == "pavlodar-public"

    def test_export_keeps_a_workbook_that_is_there(self, run, tmp_path):
        target = tmp_path / "x.xlsx"
        target.write_bytes(b"mine")
        done = run("export", "pavlodar", "-o", target)
        assert done.exit_code == 2
        assert "x.xlsx is there already (a file of 4 bytes)" in done.stderr
        assert target.read_bytes() == b"mine"
        assert run("export", "pavlodar", "-o", target, "--force").exit_code == 0
        assert target.read_bytes()[:2] == b"PK"

    def test_report_keeps_what_is_there(self, run, tmp_path):
        own = tmp_path / "missing-links.csv"
        own.write_text("mine")
        done = run("report", "pavlodar", "-o", tmp_path)
        assert (done.exit_code, done.stdout) == (2, "")
        assert "(a folder with missing-links.csv)" in done.stderr
        assert [p.read_text() for p in tmp_path.iterdir()] == ["mine"]
        assert run("report", "pavlodar", "-o", tmp_path, "--force").exit_code == 0
        assert own.read_text(encoding="utf-8") != "mine"

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (("x.json",), "cannot be written as a .json file"),
            (("x.csv", "--to", "csv"), "cannot be written as a .csv file"),
            (("x.parquet", "--to", "parquet"), "cannot be written as a .parquet file"),
            (("e9.xlsx", "--to", "csv"), "e9.xlsx is the name of a workbook, and --to csv writes a folder"),
            (("E9.XLSX", "--to", "parquet"), "writes a folder"),
            (("e9", "--to", "xlsx"), "--to xlsx writes a file ending in .xlsx; e9 does not"),
        ],
    )
    def test_export_to_what_a_dataset_cannot_be(self, run, tmp_path, monkeypatch, words, says):
        monkeypatch.chdir(tmp_path)
        done = run("export", "pavlodar", "-o", *words)
        assert (done.exit_code, done.stdout) == (2, "")
        said = " ".join(done.stderr.split())
        for part in (says, "NAME/ (a folder of CSV files)", "NAME.xlsx", "--to parquet"):
            assert part in said
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize("name", ["year.2024", "old.csv/"])
    def test_a_folder_may_have_a_dot_in_its_name(self, run, tmp_path, name):
        assert run("export", "pavlodar", "-o", f"{tmp_path}/{name}").exit_code == 0
        assert (tmp_path / name / "enterprises.csv").is_file()

    @pytest.mark.parametrize("target", [("out",), ("out.xlsx",), ("out", "--to", "parquet")])
    def test_export_is_the_same_dataset(self, run, tmp_path, chain, target):
        done = run("export", "pavlodar", "-o", tmp_path / target[0], *target[1:])
        assert (done.exit_code, done.stdout) == (0, ""), done.stderr
        back = load(tmp_path / target[0])
        for table in ("production", "flows", "ownership", "sources"):
            assert back.own_table(table).equals(chain.own_table(table)), table
