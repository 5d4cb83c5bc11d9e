"""`valuechain catalogue` as a person and as a program use it."""

import json
import re

import pytest
from click.testing import CliRunner

from api.cli import cli


def run(*words, code=0):
    done = CliRunner().invoke(cli, ["catalogue", *words])
    assert done.exit_code == code, done.output
    return done


def test_the_sectors_add_up_to_all():
    lines = [re.split(r"\s{2,}", line.strip()) for line in run().stdout.splitlines() if line.endswith("%")]
    *sectors, total = [list(map(int, line[1:5])) for line in lines]
    assert lines[-1][0] == "all"
    assert [sum(column) for column in zip(*sectors, strict=True)] == total
    assert (total[2] + total[3]) / total[1] > 0.16, "the share of sourced figures of the draft"


@pytest.mark.parametrize("what", ["alumina", "Alumina", "глинозём", "ГЛИНОЗЕМ", "281820"])
def test_a_product_is_found_in_any_spelling(what):
    out = run(what).stdout
    assert out.startswith("Alumina (alumina)")
    assert "takes      3.2 t Bauxite (reported, KDB19)" in out
    assert "Bauxite -> Alumina" in out
    assert "Development Bank of Kazakhstan" in out


def test_a_process_is_told_with_what_nature_takes():
    out = run("al04").stdout
    assert out.startswith("AL04 · Calcination of aluminium hydroxide")
    assert "to nature" in out


def test_what_may_be_several_products_is_listed_not_answered():
    out = run("2601").stdout
    assert "a code cannot tell stages apart" in out
    assert "iron-ore-concentrate" in out
    assert "iron-ore-run-of-mine" in out
    assert "HS 2601" in out
    assert "iron-ore-concentrate" in run("2601", "--json", code=4).output


def test_what_nobody_knows_is_not_found():
    assert "no product or process" in run("quuxium", code=4).output
    assert "Did you mean Aluminium" in run("--sector", "Alumnium", code=4).output
    run("alumina", "--sector", "Aluminium", code=2)


def test_json_is_an_answer_whose_rows_are_processes():
    answer = json.loads(run("alumina", "--json").stdout)
    assert answer["question"] == "recipes"
    assert [row["process_id"] for row in answer["rows"]] == ["AL02", "AL03", "AL04", "AL08"]
    assert answer["rows"][0]["feedstock"][0]["grade"] == "reported"
    assert {"IAI-RM", "KDB19"} <= {source["source_id"] for source in answer["sources"]}
    every = json.loads(run("--json").stdout)
    assert len(every["rows"]) >= 341
    sector = json.loads(run("--sector", "aluminium", "--json").stdout)
    assert {row["sector"] for row in sector["rows"]} == {"Aluminium"}
    assert len(json.loads(run("AL08", "--json").stdout)["rows"]) == 1


def test_each_of_the_thirteen_clusters_has_its_chains():
    out = run("--clusters").stdout
    assert len([line for line in out.splitlines() if line[:1].strip()]) == 13
    assert "Bauxite -> Alumina" in out


@pytest.mark.parametrize("suffix", ["svg", "html", "png", "csv", "xlsx", "json"])
def test_files_are_written_by_suffix(suffix, tmp_path):
    target = tmp_path / f"out.{suffix}"
    run("bauxite", "-o", str(target))
    assert target.stat().st_size > 500
    run("-o", str(target), code=2 if suffix in ("svg", "html", "png") else 0)
