"""Indices against tables that are printed elsewhere; each fixture names its source."""

import numpy as np
import pytest

from valuechain.indices import herfindahl, upstreamness, vertical_integration_index

TWO_SECTORS = (np.array([[150.0, 500.0], [200.0, 100.0]]), np.array([1000.0, 2000.0]))
"""Flows z and outputs x of the two-sector example of Miller and Blair, Input-Output Analysis: Foundations and
Extensions, 2nd ed. (2009), chapter 2, table 2.3 (the table's number is not checked against the print)."""
LEONTIEF = np.array([[1.2541, 0.3300], [0.2640, 1.1221]])
"""The same, its inverse L to four digits: det(I - A) = .85 x .95 - .25 x .2 = .7575; .95 / .7575 = 1.2541."""
GHOSH = np.array([[1.2541, 0.6600], [0.1320, 1.1221]])
"""The same, its output inverse G: g_ij = l_ij x_j / x_i, so .3300 x 2 = .6600 and .2640 / 2 = .1320."""

CHAIN = (np.array([[0, 0.5, 0], [0, 0, 0.4], [0, 0, 0]]), np.array([10.0, 15.0, 20.0]))
"""Three sectors in a row, worked by hand: final demand 10 - 7.5, 15 - 8, 20."""


def sales_shares(a, x):
    return a * x / x[:, None]


def test_the_inverses_follow_from_the_table():
    z, x = TWO_SECTORS
    one = np.eye(2)
    np.testing.assert_allclose(np.linalg.inv(one - z / x), LEONTIEF, atol=1e-4)
    np.testing.assert_allclose(np.linalg.inv(one - z / x[:, None]), GHOSH, atol=1e-4)


def test_upstreamness_of_a_closed_system_is_the_row_sum_of_the_ghosh_inverse():
    z, x = TWO_SECTORS
    np.testing.assert_allclose(upstreamness(z / x[:, None]), GHOSH.sum(axis=1), atol=2e-4)


def test_upstreamness_of_a_chain():
    # sector 3 sells all to final users: 1; of sector 2, 8 of 15 go one step on; of sector 1, 7.5 of 10
    a, x = CHAIN
    np.testing.assert_allclose(x - a @ x, [2.5, 7, 20])
    found = upstreamness(sales_shares(a, x))
    np.testing.assert_allclose(found, [1 + 0.75 * (1 + 8 / 15), 1 + 8 / 15, 1])
    assert found.round(4).tolist() == [2.15, 1.5333, 1.0]


def test_upstreamness_is_at_least_one_and_one_without_links():
    assert upstreamness(np.zeros((3, 3))).tolist() == [1, 1, 1]
    assert upstreamness(np.zeros((0, 0))).tolist() == []


def test_a_loop_with_a_way_out_is_solved():
    # each round half leaves: 1 + 1/2 + 1/4 + ... = 2
    np.testing.assert_allclose(upstreamness(np.array([[0, 0.5], [0.5, 0]])), [2, 2])


@pytest.mark.parametrize(
    ("d", "known"),
    [
        ([[0, 1, 0], [1, 0, 0], [0, 0, 0]], [False, False, True]),  # a loop without a way out
        ([[0, 0.5, 0], [0, 0, np.nan], [0, 0, 0]], [False, False, True]),  # unknown further down
        ([[0, np.nan, 0], [0, 0, 0.5], [0, 0, 0]], [False, True, True]),  # unknown further up only
        ([[0, 0.7, 0.7], [0, 0, 0], [0, 0, 0]], [False, True, True]),  # more is used than there is
    ],
)
def test_what_has_no_upstreamness_is_unknown(d, known):
    assert (~np.isnan(upstreamness(np.array(d, dtype=float)))).tolist() == known


def test_vertical_integration_of_a_firm():
    # Alfaro et al. (2016): the mean over its activities of what each takes of the others
    a, _ = CHAIN
    assert vertical_integration_index(a, np.array([True, True, True])) == pytest.approx((0.5 + 0.4) / 3)
    assert vertical_integration_index(a, np.array([True, True, False])) == pytest.approx(0.25)
    assert vertical_integration_index(a, np.array([True, False, True])) == 0
    assert np.isnan(vertical_integration_index(a, np.zeros(3, bool)))


def test_herfindahl_of_the_merger_guidelines():
    # the example of the US Horizontal Merger Guidelines (2010), section 5.3 on market concentration (not read
    # again in print): 30, 30, 20 and 20 percent give 900 + 900 + 400 + 400 = 2600 of 10,000
    assert herfindahl(np.array([30.0, 30.0, 20.0, 20.0])) * 10_000 == pytest.approx(2600)
    assert herfindahl(np.array([5.0])) == 1
    assert herfindahl(np.full(4, 7.0)) == pytest.approx(0.25)
    assert np.isnan(herfindahl(np.zeros(2)))
    assert np.isnan(herfindahl(np.array([1.0, np.nan])))
