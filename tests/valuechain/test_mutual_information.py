"""Mutual information against brute force over every permutation, and against published values."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from valuechain.decomposition.mutual_information import adjusted, entropy, expected, mutual_information

# Worked example of the tests of scikit-learn 1.x (test_supervised.py, test_adjusted_mutual_info_score)
PUBLISHED_A = np.array([1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3])
PUBLISHED_B = np.array([1, 1, 1, 1, 2, 1, 2, 2, 2, 2, 3, 1, 3, 3, 3, 2, 2])

labels = st.lists(st.integers(0, 4), min_size=6, max_size=6).map(np.array)


def plain(a, b):
    """MI from its definition, label by label."""
    n, found = len(a), 0.0
    for i, j in itertools.product(set(a.tolist()), set(b.tolist())):
        both = sum(x == i and y == j for x, y in zip(a, b, strict=True))
        if both:
            found += both / n * math.log(n * both / ((a == i).sum() * (b == j).sum()))
    return found


def test_published_values():
    assert mutual_information(PUBLISHED_A, PUBLISHED_B) == pytest.approx(0.41022, abs=5e-6)
    assert expected(PUBLISHED_A, PUBLISHED_B) == pytest.approx(0.15042, abs=5e-6)
    assert adjusted(PUBLISHED_A, PUBLISHED_B) == pytest.approx(0.27821, abs=5e-6)


def test_a_published_value_below_chance():
    # tests of the R package `metrics` (chuvanan), test-clustering.r: -0.10526 with the larger of the two
    # entropies below, as it divides; with their mean (ln 4) it is -1/6
    a, b = np.array([0, 1, 2, 0, 3, 4, 5, 1]), np.array([1, 1, 0, 0, 2, 2, 2, 2])
    mi, chance = mutual_information(a, b), expected(a, b)
    assert mi == pytest.approx(math.log(2))
    assert (mi - chance) / (max(entropy(a), entropy(b)) - chance) == pytest.approx(-0.10526315789473674)
    assert adjusted(a, b) == pytest.approx(-1 / 6)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([0, 0, 1, 1], [0, 1, 0, 1]),
        ([0, 0, 0, 1], [0, 1, 2, 2]),
        ([0, 0, 0, 1, 1, 2], [0, 1, 1, 1, 2, 2]),
        ([0, 0, 0, 0, 0, 1, 2], [0, 0, 1, 1, 2, 2, 2]),
        ([0, 1, 2, 3, 4], [0, 0, 0, 1, 1]),
        ([0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 1, 1]),  # 5 and 4 of 6 must share 3
    ],
)
def test_expected_is_the_mean_over_all_permutations(a, b):
    a = np.array(a)
    mean = np.mean([plain(a, np.array(p)) for p in itertools.permutations(b)])
    assert expected(a, np.array(b)) == pytest.approx(mean, abs=1e-12)


def test_worked_by_hand():
    # {2, 2} against {2, 2}: of the 6 ways to deal, 2 agree in full (ln 2) and 4 not at all (0): E = ln 2 / 3
    a, b = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    assert expected(a, b) == pytest.approx(math.log(2) / 3)
    assert adjusted(a, b) == pytest.approx(-1 / 3 / (1 - 1 / 3))


def test_one_block_against_single_ones_agrees_no_more_than_chance():
    assert adjusted(np.array([0, 0, 0, 0]), np.array([0, 1, 2, 3])) == 0


@pytest.mark.parametrize("same", [[0, 0, 0], [0, 1, 2], [0], []])
def test_nothing_to_compare_is_undefined(same):
    assert math.isnan(adjusted(np.array(same), np.array(same)))


def test_large_blocks_do_not_overflow():
    a = np.repeat([0, 1, 2, 3, 4], [55161, 15453, 3475, 853, 336])
    b = np.arange(len(a)) % 7
    assert abs(adjusted(a, b)) < 1e-3


@given(labels, labels)
def test_laws(a, b):
    assert mutual_information(a, b) == pytest.approx(plain(a, b), abs=1e-12)
    assert mutual_information(a, a) == pytest.approx(entropy(a), abs=1e-12)
    if len(set(a.tolist())) == len(set(b.tolist())) == 1:
        return
    if len(set(a.tolist())) == len(set(b.tolist())) == 6:
        return
    assert adjusted(a, b) == pytest.approx(adjusted(b, a), abs=1e-9), "symmetric"
    assert adjusted(a, b) == pytest.approx(adjusted(7 - a, b * 3), abs=1e-9), "labels are only names"
    assert adjusted(a, b) <= 1 + 1e-9
    if 1 < len(set(a.tolist())) < 6:
        assert adjusted(a, a) == 1
