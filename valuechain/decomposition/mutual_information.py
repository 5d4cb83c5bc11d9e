"""Do two ways to divide the same things agree? Mutual information, and the same adjusted for chance.

A partition is an array of labels, one for each thing. In nats, over the table n_ij of how many things carry
label i in the first and label j in the second partition, with row sums a_i, column sums b_j and total N:

* MI(U, V) = sum n_ij / N x ln(N n_ij / (a_i b_j)), and H(U) = - sum a_i / N x ln(a_i / N);
* E[MI] is the mean of MI over all ways to deal the same labels out again (the hypergeometric model): for each
  i and j the sum over n from max(1, a_i + b_j - N) to min(a_i, b_j) of n / N x ln(N n / (a_i b_j)) x P(n);
* AMI = (MI - E[MI]) / ((H(U) + H(V)) / 2 - E[MI]): 1 where they are the same, about 0 where they agree no more
  than chance would, below 0 where they agree less.

Source: Vinh, Epps and Bailey (2010), Information Theoretic Measures for Clusterings Comparison, JMLR 11:
2837-2854; the model with the arithmetic mean.
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from valuechain.model import Codes, Floats
from valuechain.recipes import expand

Labels = npt.NDArray[Any]


def entropy(labels: Labels) -> float:
    """Return H of a partition, in nats."""
    part = np.unique(labels, return_counts=True)[1] / max(len(labels), 1)
    return float(-(part * np.log(part)).sum())


def mutual_information(first: Labels, second: Labels) -> float:
    """Return MI of two partitions of the same things, in nats.

    >>> round(mutual_information(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1])) / math.log(2), 6)
    1.0
    """
    a, b = (np.unique(labels, return_inverse=True, return_counts=True) for labels in (first, second))
    cell, n = np.unique(a[1] * max(len(b[0]), 1) + b[1], return_counts=True)
    total = max(len(first), 1)
    i, j = cell // max(len(b[0]), 1), cell % max(len(b[0]), 1)
    return float((n / total * (np.log(n) + math.log(total) - np.log(a[2][i]) - np.log(b[2][j]))).sum())


def expected(first: Labels, second: Labels) -> float:
    """Return the mean of MI over all ways to deal out the labels again, in nats.

    Blocks of one size count alike, so the cost grows with the different sizes, not with the blocks.
    """
    (a, times_a), (b, times_b) = (_sizes(labels) for labels in (first, second))
    total, factorial = len(first), _log_factorials(len(first))
    return sum(
        float(many * (times_b * _of_block(int(size), b, total, factorial)).sum())
        for size, many in zip(a, times_a, strict=True)
    )


def adjusted(first: Labels, second: Labels) -> float:
    """Return the AMI of two partitions; not-a-number where there is nothing to compare.

    That is where both put all things in one block, or both each in its own: then chance has no choice.

    >>> adjusted(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0]))
    1.0
    """
    blocks = {len(np.unique(labels)) for labels in (first, second)}
    if blocks in ({1}, {len(first)}):
        return float("nan")
    chance = expected(first, second)
    most = (entropy(first) + entropy(second)) / 2 - chance
    return round((mutual_information(first, second) - chance) / most, 12) + 0.0  # no minus zero


def _sizes(labels: Labels) -> tuple[Codes, Codes]:
    """Return the different sizes of blocks, and how many blocks have each."""
    return np.unique(np.unique(labels, return_counts=True)[1], return_counts=True)


def _of_block(a: int, b: Codes, total: int, factorial: Floats) -> Floats:
    """Return what a block of size `a` and one of each size `b` add to the expected MI."""
    low = np.maximum(1, a + b - total)
    at, n = expand(low, np.minimum(a, b) - low + 1)
    size = b[at]
    log_chance = (
        factorial[a] + factorial[size] + factorial[total - a] + factorial[total - size]
        - factorial[total] - factorial[n] - factorial[a - n] - factorial[size - n]
        - factorial[total - a - size + n]
    )  # fmt: skip
    worth = n / total * (math.log(total) + np.log(n) - math.log(a) - np.log(size))
    added: Floats = np.bincount(at, weights=worth * np.exp(log_chance), minlength=len(b)).astype(float)
    return added


def _log_factorials(most: int) -> Floats:
    """Return ln(k!) for k from 0 to `most`."""
    return np.fromiter(map(math.lgamma, range(1, most + 2)), dtype=float, count=most + 1)
