"""The template: empty tables with a guide, that load once three rows are filled in."""

import openpyxl
import pytest

from graph_schema import TABLES, StoreError
from loaders import check, load
from loaders.template import guide, write_template

ROWS = {
    "enterprises": {"enterprise_id": "smelter", "name": "Smelter"},
    "products": {"product_id": "metal", "name": "Metal"},
    "production": {"enterprise_id": "smelter", "product_id": "metal", "output": 250, "unit": "kt"},
}


@pytest.mark.parametrize("name", ["plan", "plan.xlsx"])
def test_an_empty_template_has_warnings_only(tmp_path, name):
    write_template(tmp_path / name)
    report = check(tmp_path / name)
    assert {p.code for p in report.problems} == {"table.no_rows"}
    assert report.chain is not None


def test_a_folder_filled_with_three_rows_loads(tmp_path):
    write_template(tmp_path / "plan")
    for table, row in ROWS.items():
        path = tmp_path / "plan" / f"{table}.csv"
        header = path.read_text(encoding="utf-8").strip().split(",")
        with path.open("a", encoding="utf-8") as file:
            file.write(",".join(str(row.get(column, "")) for column in header) + "\n")
    report = check(tmp_path / "plan")
    assert report.problems == ()
    assert report.chain.own_table("production")["output"].to_pylist() == [250_000]


def test_a_workbook_filled_with_three_rows_loads(tmp_path):
    path = tmp_path / "plan.xlsx"
    write_template(path)
    book = openpyxl.load_workbook(path)
    for table, row in ROWS.items():
        sheet = book[table]
        sheet.append([row.get(cell.value) for cell in sheet[1]])
    book.save(path)
    assert check(path).problems == ()
    assert load(path).own_table("production")["output"].to_pylist() == [250_000]


def test_the_guide_explains_every_column_of_every_table(tmp_path):
    text = guide()
    for table in TABLES.values():
        section = text.partition(f"## {table.name}\n")[2].partition("\n## ")[0]
        for column in table:
            assert column.description in section
            assert (f"**{column.name}**" in section) == column.required
            assert all(choice in section for choice in column.choices)
    write_template(tmp_path / "plan")
    assert (tmp_path / "plan" / "GUIDE.md").read_text(encoding="utf-8") == text


def test_every_column_of_the_workbook_has_a_comment(tmp_path):
    write_template(tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    for table in TABLES.values():
        cells = book[table.name][1]
        assert [cell.value for cell in cells] == [column.name for column in table]
        assert all(cell.comment for cell in cells)


def test_nothing_is_written_over(tmp_path):
    (tmp_path / "plan").mkdir()
    write_template(tmp_path / "plan")  # an empty folder is fine
    for name in ("plan", "plan.xlsx"):
        if name.endswith("xlsx"):
            write_template(tmp_path / name)
        with pytest.raises(StoreError, match="exists already"):
            write_template(tmp_path / name)
