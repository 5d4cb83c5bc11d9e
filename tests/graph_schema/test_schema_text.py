"""Look-alikes, invisible characters and nearest names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_schema.cells.text import (
    control,
    difference,
    invisible,
    nearest,
    nfc,
    scripts,
    shown,
    skeleton,
    visible,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("А-01", "A-01"),
        ("АВС", "ABC"),
        ("ВЕКМНОРСТХ", "BEKMHOPCTX"),
        ("ІЈҺҮ", "IJHY"),
        ("ΑΒΕ", "ABE"),
        ("ｋｚ", "kz"),
    ],
    ids=["E04", "E05", "cyrillic", "kazakh", "greek", "E09"],
)
def test_lookalikes_have_one_skeleton(one, other):
    assert skeleton(one) == skeleton(other)
    assert one != other


@pytest.mark.parametrize(("one", "other"), [("б", "b"), ("в", "b"), ("a1", "al"), ("қ", "к"), ("й", "и")])
def test_letters_that_do_not_look_alike_have_two(one, other):
    assert skeleton(one) != skeleton(other)


@given(st.text())
def test_a_skeleton_does_not_depend_on_case_or_normal_form(text):
    assert skeleton(unicodedata.normalize("NFD", text)) == skeleton(unicodedata.normalize("NFC", text))


@given(st.text())
def test_nfc_is_idempotent_and_knows_one_line_end(text):
    assert nfc(nfc(text)) == nfc(text)
    assert "\r" not in nfc(text)


@given(st.text())
def test_what_is_shown_is_one_short_line_without_tricks(text):
    line = shown(text)
    assert len(line) <= 120 + 5 * 120
    assert not control(line)
    assert not invisible(line)
    assert "\n" not in line


def test_shown_cuts_at_120_characters():
    assert len(shown("x" * 1_000_000)) == 120
    assert shown("a\0b\u202e") == "a\\u0000b\\u202E"


def test_invisible_characters_are_named_and_removed():
    assert invisible("a\u200bb") == "\u200b"
    assert visible("\u00a0a\u00adb ") == "ab"
    assert control("tab\tand\nnewline are text") == ""
    assert control("\x1b[0m") == "\x1b"


def test_difference_names_both_letters():
    assert (
        difference("сode", "code") == "U+0441 CYRILLIC SMALL LETTER ES instead of U+0063 LATIN SMALL LETTER C"
    )


def test_scripts_of_a_word():
    assert scripts("заводA") == ("CYRILLIC", "LATIN")
    assert scripts("завод") == ("CYRILLIC",)


def test_nearest_finds_the_likely_names_and_no_others():
    names = ("alumina", "aluminium", "bauxite", "steel")
    assert nearest("aluminum", names) == ("aluminium", "alumina")
    assert nearest("ALUMINA", names)[0] == "alumina"
    assert nearest("zzzz", names) == ()
    assert nearest("r9", ("r1", "kz")) == ("r1",)
    assert nearest("x", ()) == ()
