"""Factors between units, and what is said of units that do not fit (F13, F14)."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_schema.cells.units import _KNOWN, UnitError, canonical, factor


@pytest.mark.parametrize(
    ("unit", "to", "expected"),
    [
        ("t", "t", 1),
        ("kt", "t", 1000),
        ("Mt", "t", 1e6),
        ("kg", "t", 0.001),
        ("т", "t", 1),
        ("тонн", "t", 1),
        ("тыс. т", "t", 1000),
        ("тыс т в год", "t", 1000),
        ("кт/год", "t", 1000),
        ("млн т", "kt", 1000),
        ("мың т", "t", 1000),
        ("kt/yr", "t", 1000),
        ("kt / year", "t", 1000),
        ("t per year", "t", 1),
        ("MWh", "GWh", 0.001),
        ("МВт·ч", "MWh", 1),
        ("МВт*ч", "MWh", 1),
        ("ГВт·ч", "MWh", 1000),
        ("млн кВт·ч", "MWh", 1000),
        ("Gcal", "MWh", 1.163),
        ("м3", "m3", 1),
        ("тыс. м3", "m3", 1000),
        ("шт.", "unit", 1),
        ("тыс.т", "t", 1000),
        ("млн.т", "t", 1e6),
        ("тыс.тонн", "t", 1000),
        ("тыс.тонн в год", "t", 1000),
        ("куб.м", "m3", 1),
        ("млн.куб.м", "m3", 1e6),
        ("t.", "t", 1),
        ("km2", "ha", 100),
        ("Gt", "t", 1e9),
        ("kcal", "Gcal", 1e-6),
        ("PJ", "TJ", 1000),
        ("pcs", "unit", 1),
        ("тыс. шт", "unit", 1000),
        ("bbl", "m3", 0.158987294928),
    ],
)
def test_common_units_have_exact_factors(unit, to, expected):
    assert factor(unit, to) == pytest.approx(expected, rel=1e-15)


def test_other_units_are_asked_of_pint():
    assert factor("short_ton", "t") == pytest.approx(0.90718474)
    assert factor("lb", "kg") == pytest.approx(0.45359237)
    assert factor("ft3", "m3") == pytest.approx(0.0283168465)
    assert factor("short tons", "t") == pytest.approx(0.90718474)
    assert factor("watt hours", "MWh") == pytest.approx(1e-6)
    assert factor("Mtoe", "TJ") == pytest.approx(41_868)
    assert canonical("megajoules") == "megajoule"


@pytest.mark.parametrize(
    ("unit", "near"),
    [
        ("mt", "Mt"),
        ("ct", "carat"),
        ("kton", "kt"),
        ("Mton", "Mt"),
        ("mton", "t"),
        ("nt", "t"),
        ("oz", "troy_ounce"),
    ],
)
def test_f13_what_pint_would_read_otherwise_is_not_read_at_all(unit, near):
    with pytest.raises(UnitError) as unknown:
        factor(unit, "t")
    assert unknown.value.unknown
    assert near in unknown.value.nearest


@pytest.mark.parametrize("unit", ["mg", "mWh", "degC", "t*km", "kg/m3", "Pt", "year", "Mm3", "K"])
def test_f13_prefixes_and_units_beyond_the_list_are_unknown(unit):
    with pytest.raises(UnitError) as unknown:
        canonical(unit)
    assert unknown.value.unknown


def test_f14_power_is_no_amount():
    with pytest.raises(UnitError) as wrong:
        canonical("MW")
    assert not wrong.value.unknown
    with pytest.raises(UnitError, match="MW cannot be converted to MWh"):
        factor("MW", "MWh")


@given(st.sampled_from(sorted(_KNOWN)), st.sampled_from(sorted(_KNOWN)))
def test_a_factor_and_its_inverse_make_one(one, other):
    if _KNOWN[one][1] == _KNOWN[other][1]:
        assert factor(one, other) * factor(other, one) == pytest.approx(1)
    else:
        with pytest.raises(UnitError):
            factor(one, other)


def test_f13_an_unknown_unit_names_the_nearest():
    with pytest.raises(UnitError) as unknown:
        factor("tonnnes", "t")
    assert unknown.value.unknown
    assert "tonnes" in unknown.value.nearest


@pytest.mark.parametrize(
    "unit", ["ton", "9**9**9**9", "__import__('os')", "t" * 10_000, "%", "", "kg if 1 else t"]
)
def test_ambiguous_or_hostile_units_are_unknown_at_once(unit):
    with pytest.raises(UnitError) as unknown:
        factor(unit, "t")
    assert unknown.value.unknown


def test_f14_a_unit_of_the_wrong_dimension_names_likely_ones():
    with pytest.raises(UnitError) as wrong:
        factor("MWh", "t")
    assert not wrong.value.unknown
    assert "kt" in wrong.value.likely
    with pytest.raises(UnitError):
        factor("lb", "MWh")
    with pytest.raises(UnitError):
        factor("unit", "t")


def test_canonical_spelling():
    assert canonical("тыс. тонн в год") == "kt"
    assert canonical("млн. куб. м") == "million m3"
    assert factor(canonical("млн. куб. м"), "m3") == 1e6
    with pytest.raises(UnitError):
        canonical("foo")


def test_common_units_do_not_import_pint():
    code = (
        "import sys; from graph_schema.cells.units import factor; factor('тыс. т', 't'); "
        "print('pint' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
