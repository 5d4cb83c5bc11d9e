"""Array operations over integer codes: sums, counts and look-ups by key, without a loop over rows."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from valuechain.model import Codes, Floats, Mask


@dataclass(frozen=True, slots=True)
class Groups:
    """Positions sorted by code, so that those of one code are found without a scan."""

    order: Codes
    start: Codes

    def of(self, codes: Codes) -> Codes:
        """Return the positions that carry one of `codes`."""
        parts = [self.order[self.start[c] : self.start[c + 1]] for c in codes]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def grouped(codes: Codes, size: int) -> Groups:
    """Return the positions of each code from 0 to `size` - 1."""
    order = np.argsort(codes, kind="stable")
    return Groups(order, np.searchsorted(codes[order], np.arange(size + 1)))


def of_year(rows: pa.Table, year: int) -> pa.Table:
    """Return the rows of `year`."""
    return rows.filter(pc.equal(rows["year"], year))


def numbers(rows: pa.Table, column: str) -> Floats:
    """Return a number column with NaN where it is unknown."""
    return np.asarray(rows[column].to_numpy(zero_copy_only=False), dtype=float)


def sums(keys: Codes, values: Floats | Mask, unique: Codes) -> Floats:
    """Return the sum of known `values` for each of the sorted `unique` keys."""
    at = np.searchsorted(unique, keys)
    known = np.where(np.isnan(values), 0.0, values) if values.dtype == float else values.astype(float)
    return np.bincount(at, weights=known, minlength=len(unique)).astype(float)


def complete_sums(keys: Codes, values: Floats, unique: Codes) -> Floats:
    """Return sums by key that are unknown where any part is."""
    total = sums(keys, values, unique)
    total[counts(keys, np.isnan(values), unique) > 0] = np.nan
    return total


def counts(keys: Codes, mask: Mask, unique: Codes) -> Codes:
    """Return how many rows with `mask` stand under each of the sorted `unique` keys."""
    return np.bincount(np.searchsorted(unique, keys[mask]), minlength=len(unique)).astype(np.int64)


def lookup(keys: Codes, unique: Codes, values: Floats) -> Floats:
    """Return the value stored under each key; NaN where there is none."""
    if not len(unique):
        return np.full(len(keys), np.nan)
    at = np.minimum(np.searchsorted(unique, keys), len(unique) - 1)
    return np.where(unique[at] == keys, values[at], np.nan)
