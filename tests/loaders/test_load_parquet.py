"""Parquet folders: the K lines of the reliability guide."""

import random
import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph_schema.checks.findings import Findings
from loaders import check, load, save
from loaders.parquet import read_parquet


@pytest.fixture
def folder(sound, tmp_path):
    save(load(sound), tmp_path / "parquet", format="parquet")
    return tmp_path / "parquet"


def codes(report):
    return [p.code for p in report.problems]


def test_a_parquet_folder_loads_as_the_csv_folder_did(folder, sound):
    report = check(folder)
    assert report.problems == ()
    assert report.chain.fingerprint == load(sound).fingerprint


def test_csv_and_parquet_tables_may_stand_side_by_side(folder, sound):
    (folder / "flows.parquet").unlink()
    shutil.copy(sound / "flows.csv", folder)
    assert check(folder).chain.fingerprint == load(sound).fingerprint


@pytest.mark.parametrize(
    "content", [b"", b"PAR1", b"PAR1" + b"\0" * 100, b"a,b\n1,2\n"], ids=["empty", "half", "zeros", "csv"]
)
def test_k01_what_is_no_parquet_file(folder, content):
    (folder / "flows.parquet").write_bytes(content)
    assert codes(check(folder)) == ["parquet.damaged"]


def test_k01_a_file_cut_off_anywhere(folder):
    whole = (folder / "flows.parquet").read_bytes()
    for size in range(0, len(whole), max(1, len(whole) // 40)):
        (folder / "flows.parquet").write_bytes(whole[:size])
        assert codes(check(folder)) == ["parquet.damaged"]


def test_k02_no_flipped_bit_changes_a_figure_in_silence(folder):
    """A flip is found, or it lies where nothing depends on it."""
    good = load(folder).own_table("production")
    path = folder / "production.parquet"
    whole = path.read_bytes()
    chance = random.Random(2)
    noticed = 0
    for _ in range(80):
        data = bytearray(whole)
        data[chance.randrange(4, len(data) - 8)] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        report = check(folder)
        if report.errors:
            noticed += 1
        else:
            assert report.chain.own_table("production").equals(good)
    assert noticed > 10


def test_k02_a_damaged_page_is_called_by_its_name(folder):
    path = folder / "enterprises.parquet"
    data = path.read_bytes()
    column = pq.ParquetFile(path).metadata.row_group(0).column(0)
    start = (column.dictionary_page_offset or column.data_page_offset) + column.total_compressed_size - 3
    path.write_bytes(data[:start] + bytes([data[start] ^ 1]) + data[start + 1 :])
    assert codes(check(folder)) == ["parquet.checksum"]


def test_k03_types_are_cast_or_refused(folder):
    pq.write_table(
        pa.table(
            {
                "from_id": pa.array(["e1", "e1"]).dictionary_encode(),
                "to_id": pa.array(["e2", "world"], pa.large_string()),
                "product_id": ["alumina", "alumina"],
                "quantity": pa.array([1, 2], pa.int32()),
                "value": pa.array([[1.0], None]),
            }
        ),
        folder / "flows.parquet",
    )
    (problem,) = check(folder).problems
    assert (problem.code, problem.line, problem.column) == ("cell.type", 1, "value")


def test_k03_float_ids(folder):
    pq.write_table(pa.table({"source_id": [1.0, 2.5], "title": ["a", "b"]}), folder / "sources.parquet")
    assert [(p.code, p.line) for p in check(folder).problems] == [("id.number_in_excel", 2)]


def test_f01_nan_is_no_number(folder):
    table = pa.table(
        {"from_id": ["e1"], "to_id": ["e2"], "product_id": ["metal"], "quantity": [float("nan")]}
    )
    pq.write_table(table, folder / "flows.parquet")
    assert codes(check(folder)) == ["number.not_finite"]


def test_k04_column_names_twice_or_in_other_case(folder):
    table = pa.Table.from_arrays([pa.array(["s"])] * 3, names=["source_id", "title", "Title"])
    pq.write_table(table, folder / "sources.parquet")
    assert codes(check(folder)) == ["column.duplicate"]


def test_k05_the_number_of_rows_is_checked_before_reading(folder, monkeypatch):
    table = pa.table({"source_id": pa.array(["a"] * 100_000).dictionary_encode()})
    pq.write_table(table, folder / "sources.parquet")
    assert (folder / "sources.parquet").stat().st_size < 5_000
    monkeypatch.setattr("loaders.parquet.MOST_ROWS", 50_000)
    monkeypatch.setattr(pq.ParquetFile, "read", lambda self: pytest.fail("it was read"))
    findings = Findings()
    assert read_parquet(folder / "sources.parquet", "sources", findings).partial
    assert [p.code for p in findings.problems()] == ["file.too_large"]


def test_k06_values_are_checked_not_statistics(folder):
    table = pa.table({"owner_id": ["e1"], "owned_id": ["e2"], "share": [7.0]})
    pq.write_table(table, folder / "ownership.parquet", write_statistics=False)
    assert codes(check(folder)) == ["share.range"]
