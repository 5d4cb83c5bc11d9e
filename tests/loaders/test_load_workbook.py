"""Workbooks: the J lines of the reliability guide."""

import random
import re
import zipfile

import openpyxl
import pytest

from loaders import check, load, save
from loaders.archive import LARGEST


@pytest.fixture
def book(sound, tmp_path):
    """The sound dataset as a workbook, and a function that changes it through openpyxl."""
    path = tmp_path / "plan.xlsx"
    save(load(sound), path)

    def change(how=None):
        if how:
            workbook = openpyxl.load_workbook(path)
            how(workbook)
            workbook.save(path)
        return path

    return change


def repack(path, change):
    """Rewrite the parts of a workbook: `change(name, data)` gives the new data, or nothing to drop it."""
    with zipfile.ZipFile(path) as old:
        parts = [(name, change(name, old.read(name))) for name in old.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts:
            if data is not None:
                new.writestr(name, data)


def sheet_part(path, text):
    """Return the name of the part that holds `text`."""
    with zipfile.ZipFile(path) as archive:
        return next(
            n for n in archive.namelist() if n.startswith("xl/worksheets/") and text in archive.read(n)
        )


def codes(report):
    return [p.code for p in report.problems]


def test_a_workbook_loads_as_the_folder_did(book, sound):
    report = check(book())
    assert report.problems == ()
    assert report.dataset.title == "Sound"
    chain, other = report.chain, load(sound)
    assert all(chain.own_table(c.table).equals(other.own_table(c.table)) for c in report.counts)


def test_places_are_those_of_the_sheet(book):
    def break_it(workbook):
        workbook["production"]["E3"] = "n/a"

    (problem,) = check(book(break_it)).problems
    assert (problem.file, problem.line, problem.column) == ("plan.xlsx/production", 3, "output")


def test_j01_a_formula_without_a_value(book):
    def break_it(workbook):
        workbook["production"]["E3"] = "=1+1"

    report = check(book(break_it))
    (problem,) = report.problems
    assert (problem.code, problem.line, problem.column, problem.value) == (
        "cell.formula_no_value",
        3,
        "output",
        "=1+1",
    )
    assert {c.table: c.set_aside for c in report.counts}["production"] == 1


def test_j01_a_formula_with_a_value_is_its_value(book):
    path = book()
    part = sheet_part(path, b"250000")
    repack(
        path, lambda n, d: d.replace(b"<v>250000</v>", b"<f>500000/2</f><v>250000</v>") if n == part else d
    )
    assert check(path).problems == ()


def test_j02_merged_cells_are_a_warning(book):
    def merge(workbook):
        sheet = workbook["enterprises"]
        sheet.merge_cells("C2:C3")

    report = check(book(merge))
    assert codes(report) == ["sheet.merged"]
    assert "C2:C3" in report.problems[0].message
    assert report.chain is not None


def test_j03_hidden_sheets_are_not_read(book):
    def hide(workbook):
        workbook["prices"].sheet_state = "hidden"

    report = check(book(hide))
    assert codes(report) == ["sheet.hidden"]
    assert report.chain.own_table("prices").num_rows == 0


def test_j03_a_title_above_the_header(book):
    report = check(book(lambda workbook: workbook["prices"].insert_rows(1)))
    assert report.problems == ()  # a blank row above the header is nothing
    report = check(book(lambda workbook: workbook["prices"].__setitem__("A1", "Prices of 2023")))
    assert codes(report) == ["header.not_found"]


def test_j04_a_far_cell_is_refused_before_it_is_read(book):
    def far(workbook):
        workbook["prices"]["XFD2"] = 1

    report = check(book(far))
    assert codes(report) == ["sheet.too_large"]
    assert "XFD" in report.problems[0].message


def test_j04_a_far_row_and_a_lying_dimension_cost_nothing(book):
    path = book(lambda workbook: workbook["prices"].__setitem__("A1048576", None))
    part = sheet_part(path, b"sheetData")
    lie = rb'<dimension ref="A1:XFD1048576"'
    repack(path, lambda n, d: re.sub(rb'<dimension ref="[^"]*"', lie, d) if n == part else d)
    with zipfile.ZipFile(path) as archive:
        assert lie in archive.read(part)
    assert check(path).problems == ()


def test_j05_a_bomb_is_refused_by_its_ratio(book):
    path = book()
    bomb = b"<t>" + b"x" * (60 * 1024**2) + b"</t>"
    repack(path, lambda n, d: d + bomb if n == "xl/sharedStrings.xml" or "sheet3" in n else d)
    assert codes(check(path)) == ["archive.ratio"]


def test_j05_the_sum_of_the_parts_has_a_limit(book, monkeypatch):
    monkeypatch.setattr("loaders.archive.LARGEST", 1000)
    assert codes(check(book())) == ["archive.too_large"]
    assert LARGEST == 512 * 1024**2


def test_j05_so_has_their_number(book, monkeypatch):
    monkeypatch.setattr("loaders.archive.MOST_PARTS", 3)
    assert codes(check(book())) == ["archive.unsafe"]


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE x [<!ENTITY a "1"><!ENTITY b "&a;&a;">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        b'<!doctype x [<!ENTITY % p SYSTEM "http://x/">]>',
    ],
    ids=["entities", "external", "parameter"],
)
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
def test_j06_document_types_and_entities_are_never_read(book, doctype, part):
    path = book()
    repack(
        path,
        lambda n, d: (
            d.replace(b"?>", b"?>" + doctype, 1)
            if b"?>" in d and n == part
            else doctype + d
            if n == part
            else d
        ),
    )
    assert codes(check(path)) == ["xml.forbidden"]


def test_j06_nor_hidden_in_utf16(book):
    path = book()
    name = "xl/workbook.xml"
    repack(path, lambda n, d: ("<!DOCTYPE x>" + d.decode()).encode("utf-16") if n == name else d)
    assert codes(check(path)) == ["xml.forbidden"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b"enterprise_id,name\n", "something else"),
        (b"", "something else"),
        (b"PK\x03\x04" + b"\0" * 50, "cut off"),
        (b"PAR1xxxxPAR1", "Parquet"),
    ],
    ids=["xls", "html", "csv", "empty", "truncated", "parquet"],
)
def test_j07_what_is_no_workbook(tmp_path, content, words):
    path = tmp_path / "plan.xlsx"
    path.write_bytes(content)
    report = check(path)
    assert codes(report) == ["excel.format"]
    assert words in report.problems[0].message + report.problems[0].hint


def test_j07_other_archives(tmp_path):
    path = tmp_path / "plan.xlsx"
    for names, words in ((["xl/workbook.bin"], "xlsb"), (["a.txt"], "no workbook"), (["../x"], "elsewhere")):
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, "x")
        (problem,) = check(path).problems
        assert words in problem.message


def test_j07_a_workbook_cut_off_or_damaged(book):
    path = book()
    whole = path.read_bytes()
    for data in (whole[: len(whole) // 2], whole[:200] + b"\xff" * 40 + whole[240:]):
        path.write_bytes(data)
        assert codes(check(path)) == ["excel.format"]


def test_j07_parts_that_are_no_xml(book):
    path = book()
    repack(path, lambda n, d: b"<worksheet" if n == "xl/worksheets/sheet2.xml" else d)
    assert codes(check(path)) == ["excel.format"]
    path = book()
    repack(path, lambda n, d: None if n == "xl/_rels/workbook.xml.rels" else d)
    assert codes(check(path)) == ["excel.format"]


def test_j09_numbers_stored_as_text_and_the_other_way_round(book):
    def mix(workbook):
        workbook["production"]["E3"] = "250000"
        workbook["enterprises"]["B2"] = 7

    report = check(book(mix))
    assert report.problems == ()
    assert "7" in report.chain.own_table("enterprises")["name"].to_pylist()


def test_j10_two_sheets_for_one_table(book):
    report = check(book(lambda workbook: workbook.create_sheet("Prices\u00a0")))
    assert "file.duplicate_table" in codes(report)


def test_an_unknown_sheet_is_a_warning_with_the_nearest(book):
    (warning,) = check(book(lambda workbook: workbook.create_sheet("Enterprise"))).problems
    assert (warning.code, warning.severity) == ("sheet.unknown", "warning")
    assert "enterprises" in warning.hint


def test_e12_ids_that_the_spreadsheet_stores_as_numbers(book):
    def number(workbook):
        workbook["sources"]["A2"] = 1234567890123456789

    assert codes(check(book(number))) == ["id.number_in_excel"]


def test_g03_dates_come_as_dates(book):
    import datetime

    def date(workbook):
        workbook["initiatives"].cell(2, 6).value = datetime.datetime(2024, 3, 4)

    path = book(date)
    columns = [c.value for c in openpyxl.load_workbook(path)["initiatives"][1]]
    report = check(path)
    assert report.problems == ()
    assert report.chain.own_table("initiatives")[columns[5]].to_pylist() == ["2024-03-04"]


def test_f10_error_values(book):
    def error(workbook):
        workbook["production"]["E3"] = "#DIV/0!"

    assert codes(check(book(error))) == ["cell.excel_error"]


def test_q02_text_that_begins_like_a_formula_stays_text(sound, tmp_path):
    texts = ["=1+1", "+1", "-1", "@x", "#x", "'q", "=HYPERLINK(1)", "\ttab", "１"]
    chain = load(sound).with_rows(
        "regions", *({"region_id": f"x{i}", "name": t} for i, t in enumerate(texts))
    )
    save(chain, tmp_path / "q.xlsx")
    again = load(tmp_path / "q.xlsx")
    assert again.own_table("regions").equals(chain.own_table("regions"))
    cells = [c for row in openpyxl.load_workbook(tmp_path / "q.xlsx")["regions"].iter_rows() for c in row]
    assert not [c for c in cells if c.data_type == "f"]


def test_q03_a_cell_too_long_for_excel_is_refused_not_cut(sound, tmp_path):
    from graph_schema import StoreError

    chain = load(sound).with_rows("regions", region_id="x", name="x" * 32_768)
    with pytest.raises(StoreError, match="32,767"):
        save(chain, tmp_path / "q.xlsx")
    assert not (tmp_path / "q.xlsx").exists()


def test_the_name_of_a_workbook_does_not_matter(book):
    path = book()
    assert check(path.rename(path.with_name("plan.xlsm"))).chain is not None


def test_i4_random_damage_never_raises_and_never_changes_a_figure(book):
    path = book()
    whole, good = path.read_bytes(), load(path).fingerprint
    chance = random.Random(7)
    verdicts = set()
    for turn in range(60):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 3, 10])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data[: chance.randrange(len(data))] if turn % 5 == 0 else data)
        report = check(path)
        verdicts.add(bool(report.errors))
        assert report.errors or report.chain.fingerprint == good
    assert verdicts == {True, False}


def test_texts_of_the_description_stay_texts(book):
    def retitle(workbook):
        for row in workbook["dataset"].iter_rows():
            if row[0].value == "title":
                row[1].value = 2023
            if row[0].value == "base_year":
                row[1].value = "2022"

    report = check(book(retitle))
    assert report.problems == ()
    assert (report.dataset.title, report.dataset.base_year) == ("2023", 2022)
