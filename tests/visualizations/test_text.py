"""Words are cleaned, measured and broken so that they fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuechain.answer import figure
from visualizations.text import amount, covered, percent, plain, shorten, width, wrap, wrapped_parts

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=80).map(plain)


def test_fonts_hold_kazakh_russian_and_signs():
    assert covered("ӘәҒғҚқҢңӨөҰұҮүҺһІі ЁёЙйЪъЩщ ₸ № … — − · ° % “”«»")
    assert not covered("钢")


def test_bold_is_wider_and_width_grows_with_size():
    assert width("Глинозём", 13, bold=True) > width("Глинозём", 13) > width("Глинозём", 11) > 0


@given(WORDS, st.integers(40, 300), st.integers(1, 3))
def test_wrapped_words_fit_and_lose_nothing_but_the_end(text, room, lines):
    wrapped = wrap(text, 13, room, lines=lines, bold=True)
    assert 1 <= len(wrapped) <= lines
    assert all(width(line, 13, bold=True) <= room + 0.01 for line in wrapped)
    kept, whole = "".join("".join(wrapped).split()), "".join(text.split())
    assert kept == whole or (kept.endswith("…") and whole.startswith(kept[:-1]))


@given(WORDS, st.integers(40, 300))
def test_shortened_words_fit(text, room):
    assert width(shorten(text, 11, room), 11) <= room


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing(text):
    assert plain(plain(text)) == plain(text)


def test_cleaning_drops_what_xml_forbids_and_what_turns_the_direction():
    assert plain("a\x00b\u202ec\td\ne\ud800") == "abc d e"
    assert plain("a" + "\u0301" * 200) in {"á" + "\u0301" * 3, "a" + "\u0301" * 3}


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "unknown"),
        (float("nan"), "unknown"),
        (1_005_000, "1,005,000 t"),
        (0, "0 t"),
        (-3, "-3 t"),
        (0.33, "0.33 t"),
        (0.0001, "0.0001 t"),
        (1234.56, "1,235 t"),
        (100.5, "100 t"),
    ],
)
def test_amounts_are_written_for_people(value, words):
    assert amount(value, "t") == words


@given(st.floats(0, 1e12))
def test_figures_are_those_of_the_tables(value):
    assert amount(value, "t") == f"{figure(value)} t"


def test_bounds_and_shares_are_told_in_words():
    told = [amount(1_005_000, "t", bound) for bound in ("exact", "at_most", "at_least", "uncertain")]
    assert told == ["1,005,000 t", "at most 1,005,000 t", "at least 1,005,000 t", "about 1,005,000 t"]
    assert [percent(share) for share in (0.67, 0.5611, 0.0165, 1.0, 12.0)] == [
        "67 %",
        "56.1 %",
        "1.65 %",
        "100 %",
        "1,200 %",
    ]


@given(st.lists(WORDS.filter(bool), max_size=5), st.integers(40, 300))
def test_parts_set_side_by_side_fit(parts, room):
    lines = wrapped_parts(parts, 11, room)
    assert len(lines) <= 3
    assert all(width(line, 11) <= room + 0.01 for line in lines)
