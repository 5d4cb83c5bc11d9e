"""Indices of the literature, on plain arrays. Undefined is not-a-number, never zero."""

import numpy as np

from valuechain.model import Floats, Mask


def herfindahl(amounts: Floats) -> float:
    """Return the Herfindahl-Hirschman index of `amounts` (any unit, not negative): 1 / n (even) to 1 (one has all).

    Source: Hirschman (1945), Herfindahl (1950).

    >>> import numpy as np
    >>> round(herfindahl(np.array([30.0, 30.0, 20.0, 20.0])), 4)
    0.26
    """
    total = amounts.sum()
    return float(((amounts / total) ** 2).sum()) if total > 0 else float("nan")


def vertical_integration_index(a: Floats, members: Mask) -> float:
    """Return the vertical integration index of a firm: VI = 1 / |N| x sum over i, j in N of a_ji.

    Source: Alfaro, Conconi, Fadinger and Newman (2016), Review of Economic Studies 83(3), after Acemoglu,
    Johnson and Mitton (2009). It tells a propensity: it needs no flows.

    Parameters
    ----------
    a
        a[j, i] is what activity i takes of j, as a share of what it makes or of all that it takes.
    members
        The activities N of the firm.

    >>> import numpy as np
    >>> chain = np.array([[0, 0.5, 0], [0, 0, 0.4], [0, 0, 0]])
    >>> round(vertical_integration_index(chain, np.array([True, True, True])), 4)
    0.3
    """
    n = int(members.sum())
    return float(a[np.ix_(members, members)].sum()) / n if n else float("nan")


def upstreamness(d: Floats) -> Floats:
    """Return U = (I - D)^-1 1: mean number of steps, plus one, before a unit of each product leaves the chain.

    Source: Antras, Chor, Fally and Hillberry (2012), AER Papers and Proceedings 102(3). In a closed
    system D is B = z_ij / x_i, and U the row sums of the Ghosh inverse.

    Parameters
    ----------
    d
        d[p, q] is the share of p that is turned into q; not-a-number where it is unknown. A product that
        leads to one of unknown shares, of shares above one in sum, or into a loop without a way out has
        no value.

    >>> import numpy as np
    >>> upstreamness(np.array([[0, 0.75, 0], [0, 0, 8 / 15], [0, 0, 0]])).round(4).tolist()
    [2.15, 1.5333, 1.0]
    """
    passed = d.sum(axis=1)
    unclear = np.isnan(passed) | (passed > 1 + 1e-9)
    leads = np.nan_to_num(d) > 0
    unclear = _led_to(leads, unclear | ~_led_to(leads, passed < 1 - 1e-9))
    found, solved = np.full(len(d), np.nan), ~unclear
    part = d[np.ix_(solved, solved)]
    found[solved] = np.linalg.solve(np.eye(len(part)) - part, np.ones(len(part)))
    return found


def _led_to(leads: Mask, there: Mask) -> Mask:
    """Return the products from which one of `there` is reached, itself included."""
    while not np.array_equal(more := there | (leads @ there), there):
        there = more
    return there
