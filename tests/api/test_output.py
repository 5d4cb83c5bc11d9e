"""Files of an answer: read back they hold the same, and no name in them is run as a formula."""

import csv
import io
import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from api.arrow import arrow_table
from api.output import FORMATS, harmless, write, write_answer
from api.workbook import MOST, workbook
from graph_schema import ParameterError, StoreError
from valuechain import questions
from valuechain.answer import columns

PAYLOAD = "=1+1<img src=x onerror=alert(1)>"


def read_csv(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


@pytest.fixture(params=questions())
def answer(request, chain):
    return questions()[request.param](chain)


@pytest.fixture
def dangerous(hostile):
    return questions()["missing-links"](hostile, kind="missing_processing")


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_can_be_written(answer, tmp_path, suffix):
    write_answer(answer, tmp_path / f"x{suffix}")
    assert (tmp_path / f"x{suffix}").stat().st_size > 100
    assert [p.name for p in tmp_path.iterdir()] == [f"x{suffix}"]


def test_json_is_the_answer(answer, tmp_path):
    write_answer(answer, tmp_path / "x.JSON")
    assert json.loads((tmp_path / "x.JSON").read_text(encoding="utf-8")) == json.loads(
        json.dumps(answer.as_dict())
    )


def test_csv_holds_every_column_and_figure(answer, tmp_path):
    write_answer(answer, tmp_path / "x.csv")
    raw = (tmp_path / "x.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == len(answer)
    for row, line in zip(answer, rows, strict=True):
        assert line.keys() == columns(answer.row_type).keys()
        for name in answer.units:
            value = getattr(row, name)
            assert (None if line[name] == "" else float(line[name])) == value, name
        assert (line.get("product_id") or None) == getattr(row, "product_id", None)


def test_nested_parts_are_readable_in_csv(chain, tmp_path):
    answer = questions()["missing-links"](chain, product="primary-aluminium")
    write_answer(answer, tmp_path / "x.csv")
    (line,) = read_csv(tmp_path / "x.csv")
    assert line["routes"] == "; ".join(map(str, answer.rows[0].routes))
    assert "Route(" not in line["routes"]
    assert "Evidence(" not in line["evidence"]


@pytest.mark.parametrize("form", [".parquet", ".arrow"])
def test_typed_tables_read_back_equal(answer, tmp_path, form):
    path = tmp_path / f"x{form}"
    write_answer(answer, path)
    table = pq.read_table(path) if form == ".parquet" else pa.ipc.open_file(path).read_all()
    assert table.to_pylist() == answer.as_dict()["rows"]
    about = json.loads(table.schema.metadata[b"valuechain"])
    assert about["dataset"] == answer.dataset
    assert about["caveats"] == list(answer.caveats)
    for name, unit in answer.units.items():
        assert table.schema.field(name).metadata[b"unit"].decode() == unit


def test_types_do_not_depend_on_the_rows(chain):
    full = questions()["missing-links"](chain)
    none = questions()["missing-links"](chain, product="bauxite", kind="unconnected")
    names = list(columns(full.row_type))
    assert arrow_table(none, names).schema.equals(arrow_table(full, names).schema, check_metadata=False)


class TestWorkbook:
    def test_rows_and_read_me(self, answer, tmp_path):
        write_answer(answer, tmp_path / "x.xlsx")
        book = openpyxl.load_workbook(tmp_path / "x.xlsx")
        assert book.sheetnames == [answer.question, "Read me"]
        head, *rows = book[answer.question].iter_rows(values_only=True)
        assert list(head) == list(columns(answer.row_type))
        for row, line in zip(answer, rows, strict=True):
            for name, cell in zip(head, line, strict=True):
                if name in answer.units:
                    value = getattr(row, name)
                    written = float(f"{value:.16g}") if isinstance(value, float) else value
                    assert cell == written, "a workbook keeps sixteen digits"
        said = list(book["Read me"].iter_rows(values_only=True))
        assert ("fingerprint", answer.dataset["fingerprint"]) in said
        assert [b for a, b in said if a == "caveat"] == list(answer.caveats)
        assert {a for a, _ in said} >= {f"parameter {p}" for p in answer.parameters}
        assert {a for a, _ in said} >= {f"source {s['source_id']}" for s in answer.sources}

    def test_a_year_is_no_amount(self, answer, tmp_path):
        write_answer(answer, tmp_path / "x.xlsx")
        said = dict(openpyxl.load_workbook(tmp_path / "x.xlsx")["Read me"].iter_rows(values_only=True))
        assert said["year"] == said["parameter year"] == "2019"

    def test_text_is_never_a_formula(self, dangerous):
        book = openpyxl.load_workbook(io.BytesIO(workbook(dangerous, ["product_name", "quantity", "reason"])))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert [c for c in cells if c.data_type == "f"] == []
        assert [c for c in cells if c.value == f"{PAYLOAD}</script>"]
        assert [c for c in cells if c.value == 237_500 and c.data_type == "n"]

    def test_a_text_too_long_for_excel_says_that_it_is_cut(self, chain):
        product = {**chain.row("products", "primary-aluminium"), "name": "a" * (MOST + 1)}
        answer = questions()["missing-links"](
            chain.with_rows("products", product), product="primary-aluminium"
        )
        book = openpyxl.load_workbook(io.BytesIO(workbook(answer, ["product_name"])))
        text = book["missing-links"]["A2"].value
        assert len(text) <= MOST
        assert "cut: more than Excel holds" in text


class TestFormulas:
    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", '"=1', "＝1"])
    def test_what_a_spreadsheet_would_run_gets_an_apostrophe(self, text):
        assert harmless(text) == f"'{text}"

    @pytest.mark.parametrize("text", ["", "Alumina", "1-2", "a=b", "Қазақстан", "5 t"])
    def test_other_text_is_left_alone(self, text):
        assert harmless(text) == text

    def test_in_csv(self, dangerous, tmp_path):
        write_answer(dangerous, tmp_path / "x.csv")
        lines = read_csv(tmp_path / "x.csv")
        (line,) = [x for x in lines if x["product_id"] == "primary-aluminium"]
        assert line["product_name"] == f"'{PAYLOAD}</script>"
        assert not [v for v in line.values() if v[:1] in ("=", "+", "@")]

    def test_negative_figures_are_untouched(self, chain, tmp_path):
        depth = questions()["processing-depth"](chain)
        negative = [
            type(r)(**{n: -1.5 if n == "unexplained" else getattr(r, n) for n in columns(type(r))})
            for r in depth
        ]
        from dataclasses import replace

        write_answer(replace(depth, rows=tuple(negative)), tmp_path / "x.csv")
        lines = read_csv(tmp_path / "x.csv")
        assert {x["unexplained"] for x in lines} == {"-1.5"}


def test_markdown_is_one_table_whatever_the_names(dangerous, tmp_path):
    write_answer(dangerous, tmp_path / "x.md", ["product_name", "quantity"])
    lines = [x for x in (tmp_path / "x.md").read_text(encoding="utf-8").splitlines() if x.startswith("|")]
    assert lines[0] == "| product | quantity |"
    assert lines[1] == "|---|---:|"
    assert len(lines) == 2 + len(dangerous)
    assert "<img" not in "\n".join(lines)


def test_html_is_one_safe_page(dangerous, tmp_path, read_page):
    write_answer(dangerous, tmp_path / "x.html")
    page = read_page((tmp_path / "x.html").read_text(encoding="utf-8"))
    assert page.all("img", "script") == []
    assert page.outside == []
    assert "237,500 t" in page.text
    assert page.all("html") == [{"lang": "en"}]


def test_an_unknown_suffix_lists_the_formats(answer, tmp_path):
    with pytest.raises(ParameterError, match=r"'\.doc'; there are \.json, \.csv, \.xlsx"):
        write_answer(answer, tmp_path / "x.doc")


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    target = tmp_path / "x.csv"
    target.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(StoreError, match=r"x\.csv cannot be written: No space left on device"):
        write(target, "new")
    assert [p.name for p in tmp_path.iterdir()] == ["x.csv"]
    assert target.read_text() == "old"
