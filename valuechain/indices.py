"""Indices of the literature, on plain arrays. Undefined is not-a-number, never zero."""

from valuechain.model import Floats


def herfindahl(amounts: Floats) -> float:
    """Return the Herfindahl-Hirschman index of `amounts` (any unit, not negative): 1 / n (even) to 1 (one has all).

    Source: Hirschman (1945), Herfindahl (1950).

    >>> import numpy as np
    >>> round(herfindahl(np.array([30.0, 30.0, 20.0, 20.0])), 4)
    0.26
    """
    total = amounts.sum()
    return float(((amounts / total) ** 2).sum()) if total > 0 else float("nan")
