"""Cells of every kind: what is accepted, what is refused and how it is called (F and G lines)."""

import datetime
import math
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_schema import Column
from graph_schema.cells.read import read_cells

NUMBER = Column("output", "number", "", low=0)
ANY = Column("value", "number", "")
SHARE = Column("share", "number", "", low=0, low_open=True, high=1)
TEXT = Column("name", "text", "")
ID = Column("id", "id", "")
REF = Column("ref", "ref", "")
YEAR = Column("year", "year", "", low=1800, high=2200)
DATE = Column("date", "date", "")


def read(column, *values, decimal=""):
    cells = read_cells(column, list(values), decimal)
    faults = {int(row): fault.code for fault in cells.faults for row in fault.rows}
    return cells.array.to_pylist(), faults


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1", "2.5", "-3", "1e5", "0.001", "+7"], [1, 2.5, -3, 1e5, 0.001, 7]),
        (["12,5", "3"], [12.5, 3]),
        (["1 234", "5"], [1234, 5]),
        (["1\u00a0234,5"], [1234.5]),
        (["1\u202f234\u202f567"], [1234567]),
        (["1'234.5"], [1234.5]),
        (["1,234,567"], [1234567]),
        (["1.234.567,8"], [1234567.8]),
        (["1,234.5", "2,000"], [1234.5, 2000]),
        (["1234,5", "1,234"], [1234.5, 1.234]),
        ([" 5 ", "\u00a06"], [5, 6]),
        (["", " ", None], [None, None, None]),
        (["-0.0", "1e-320"], [0, 1e-320]),
        (["0,123"], [0.123]),
        ([".5", "5."], [0.5, 5]),
    ],
    ids=[
        "plain", "F06", "F07-space", "F07-nbsp", "F07-thin", "F07-apostrophe", "F07-commas", "F07-points",
        "F06-thousands", "F06-decided", "outer-space", "F11-blank", "F05", "leading-zero", "bare-point",
    ],
)  # fmt: skip
def test_numbers_are_read_column_by_column(cells, numbers):
    values, faults = read(ANY, *cells)
    assert values == numbers
    assert not any(math.copysign(1, value) < 0 for value in values if value == 0)
    assert set(faults.values()) <= {"number.thousands"}


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("NaN", "number.not_finite"),
        ("nan", "number.not_finite"),
        ("inf", "number.not_finite"),
        ("-Infinity", "number.not_finite"),
        ("1e400", "number.out_of_range"),
        ("1e308", "number.out_of_range"),
        ("9" * 40, "number.out_of_range"),
        (str(2**63), "number.out_of_range"),
        ("0x10", "number.format"),
        ("1_000", "number.format"),
        ("１２３", "number.digits"),
        ("١٢٣", "number.digits"),
        ("−5", "number.digits"),
        ("½", "number.digits"),
        ("(5)", "number.format"),
        ("50%", "number.percent"),
        ("12 т", "number.unit"),
        ("12kt", "number.unit"),
        ("n/a", "number.words"),
        ("—", "number.words"),
        ("нет данных", "number.words"),
        ("около 5", "number.words"),
        ("TRUE", "number.boolean"),
        ("истина", "number.boolean"),
        ("#REF!", "cell.excel_error"),
        ("#ДЕЛ/0!", "cell.excel_error"),
        ("1 23", "number.format"),
        ("1,23,456", "number.format"),
        ("1;2", "number.format"),
        ("5\0", "cell.control"),
        ("x" * 100_001, "cell.too_long"),
    ],
)
def test_f_what_is_no_number_is_called_by_its_name(cell, code):
    values, faults = read(ANY, "1", cell)
    assert faults == {1: code}
    assert values == [1, None]


def test_f06_a_column_whose_only_evidence_is_ambiguous_is_an_error():
    values, faults = read(ANY, "1,234", "5")
    assert faults == {0: "number.ambiguous"}
    assert values == [None, 5]
    assert read(ANY, "1,234", "1.234")[1] == {0: "number.ambiguous", 1: "number.ambiguous"}


def test_f06_a_declaration_settles_it():
    assert read(ANY, "1,234", decimal=",") == ([1.234], {})
    assert read(ANY, "1,234", decimal=".") == ([1234], {})
    assert read(ANY, "1.234", decimal=",") == ([1234], {})
    assert read(ANY, "12.5", decimal=",")[1] == {0: "number.mixed"}


def test_f06_never_per_cell():
    values, faults = read(ANY, "12,5", "7,25", "3.75")
    assert faults == {2: "number.mixed"}  # the minority
    assert values == [12.5, 7.25, None]
    assert set(read(ANY, "12,5", "3.75")[1].values()) == {"number.mixed"}  # a tie: neither


def test_f07_thousands_decided_by_the_rest_of_the_column_are_said():
    assert read(ANY, "1,234", "12.5") == ([1234, 12.5], {0: "number.thousands"})


@given(st.lists(st.floats(-1e15, 1e15), min_size=1))
def test_every_double_reads_back_exactly_from_its_own_text(numbers):
    values, faults = read(ANY, *(repr(number) for number in numbers))
    assert values == numbers
    assert not faults


@given(st.lists(st.integers(-(10**9), 10**9).map(lambda n: n / 100), min_size=1))
def test_decimal_commas_mean_the_same_as_decimal_points(numbers):
    texts = [f"{number:.2f}" for number in numbers]
    assert read(ANY, *texts) == read(ANY, *(text.replace(".", ",") for text in texts))


def test_f03_f15_limits():
    assert read(NUMBER, "-1", "0")[1] == {0: "number.negative"}
    assert read(SHARE, "0", "1", "1.01", "27.6", "-0.5")[1] == dict.fromkeys((0, 2, 3, 4), "share.range")
    cells = read_cells(SHARE, ["27.6"])
    assert "write 0.276" in str(cells.faults[0].words(0))


def test_numbers_of_a_spreadsheet_are_taken_as_they_are():
    values, faults = read(
        ANY, 1, 2.5, None, Decimal("0.1"), np.float64(3), "4,5", 10**400, float("nan"), True
    )
    assert values == [1, 2.5, None, 0.1, 3, 4.5, None, None, None]
    assert faults == {6: "number.out_of_range", 7: "number.not_finite", 8: "number.boolean"}


def test_e12_ids_of_a_spreadsheet():
    values, faults = read(ID, 7.0, 7, "007", 123456789012, 1234567890123456, 1.5, True)
    assert values[:4] == ["7", "7", "007", "123456789012"]
    assert faults == {4: "id.number_in_excel", 5: "id.number_in_excel", 6: "cell.type"}


def test_a_date_in_a_text_column_is_what_a_spreadsheet_made_of_it():
    moment = datetime.datetime(2024, 1, 2)
    assert read(TEXT, moment)[1] == {0: "cell.type"}
    assert read(ANY, moment)[1] == {0: "cell.type"}
    assert read(DATE, moment, datetime.date(2024, 1, 2)) == (["2024-01-02", "2024-01-02"], {})
    assert read(DATE, datetime.datetime(2024, 1, 2, 3))[1] == {0: "date.invalid"}


@pytest.mark.parametrize("cell", ["24", "0", "2024.5", "20224", "MMXX", "²⁰²⁰"])
def test_g04_what_is_no_year(cell):
    assert read(YEAR, cell)[1] == {0: "year.format"}


def test_years():
    assert read(YEAR, "2023", 2023, 2023.0, "2023.0", "", "1700") == (
        [2023, 2023, 2023, 2023, None, 1700],
        {5: "number.range"},
    )


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2024-02-30", "date.invalid"),
        ("2024-13-01", "date.invalid"),
        ("20224-01-01", "date.invalid"),
        ("03/04/2024", "date.ambiguous"),
        ("03.04.2024", "date.ambiguous"),
        ("45292", "date.invalid"),
        ("soon", "date.invalid"),
    ],
    ids=["G01-day", "G01-month", "G01-year", "G02", "G02-points", "G03", "words"],
)
def test_what_is_no_date(cell, code):
    assert read(DATE, cell)[1] == {0: code}


def test_iso_dates_of_any_precision():
    assert read(DATE, "2024", "2024-02", "2024-02-29", 2024) == (
        ["2024", "2024-02", "2024-02-29", "2024"],
        {},
    )


def test_text_keeps_everything_but_its_normal_form():
    values, faults = read(TEXT, " a ", "и\u0306", "x\r\ny\rz", "ТОО «Завод»", '"q"', "=1+1", "a\tb")
    assert values == [" a ", "й", "x\ny\nz", "ТОО «Завод»", '"q"', "=1+1", "a\tb"]
    assert not faults


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"])))
def test_text_comes_back_as_it_was(text):
    values, faults = read(TEXT, text)
    assert values == read(TEXT, *values)[0]
    assert set(faults.values()) <= {"cell.control", "cell.invisible", "cell.mojibake", "cell.excel_error"}


def test_surrogates_are_refused_not_raised():
    assert read(TEXT, "\ud800")[1] == {0: "cell.control"}


@pytest.mark.parametrize("bad", [*":/\\?#%\"'<>{}|`; \t", "a b", "a/b?c#d", "{{7*7}}", "'})--"])
def test_e14_characters_that_an_id_may_not_hold(bad):
    cell = f"a{bad}b"
    assert read(ID, cell)[1] == {0: "id.characters"}


@pytest.mark.parametrize(
    "good", ["007", "1E5", "NA", "null", "завод-1", "Қостанай", "a.b_c-d", "x(1)", "a+b", "№7", "=1+1"]
)
def test_ids_that_are_fine(good):
    assert read(ID, good) == ([good], {})


def test_references_keep_what_they_say():
    assert read(REF, "a/b", "e1 ") == (["a/b", "e1"], {1: "id.invisible"})


def test_k03_typed_columns_are_taken_without_loss():
    table = pa.table(
        {
            "ints": pa.array([1, None, 3], pa.int64()),
            "big": pa.array([2**53 + 1, 2, 3], pa.int64()),
            "dict": pa.array(["a", "b", None]).dictionary_encode(),
            "floats": pa.array([1.0, 2.0, None]),
            "decimals": pa.array([Decimal("1.50"), None, Decimal("2.25")]),
            "nested": pa.array([[1], None, [2]]),
            "times": pa.array([datetime.datetime(2024, 1, 2), None, datetime.datetime(2024, 1, 2, 3)]),
        }
    )

    def column(kind, name):
        cells = read_cells(kind, table[name])
        return cells.array.to_pylist(), {int(row): f.code for f in cells.faults for row in f.rows}

    assert column(ANY, "ints") == ([1, None, 3], {})
    assert column(ID, "big") == ([str(2**53 + 1), "2", "3"], {})
    assert column(TEXT, "dict") == (["a", "b", None], {})
    assert column(ID, "floats") == (["1", "2", None], {})
    assert column(ANY, "decimals") == ([1.5, None, 2.25], {})
    assert column(TEXT, "nested")[1] == {0: "cell.type", 2: "cell.type"}
    assert column(DATE, "times") == (["2024-01-02", None, None], {2: "date.invalid"})
    assert column(YEAR, "ints")[1] == {0: "year.format", 2: "year.format"}
