"""How far apart enterprises stand: great-circle kilometres, with what they rest on.

An enterprise stands at its own coordinates (`exact`), else at those of its region or of the nearest region
around it that has some (`by region`), else its place is `unknown`. The point of a whole country places
nobody. Two enterprises placed by one and the same region are 0 km apart if it is a city; in a larger
region their distance is unknown.

Formula: haversine on a sphere (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68, 1984) with
the mean earth radius of 6371.0088 km (IUGG; H. Moritz, "Geodetic Reference System 1980", Journal of Geodesy
74, 2000). A road or a railway is longer.
"""

from dataclasses import dataclass

import numpy as np

from valuechain.answer import figure
from valuechain.arrays import numbers
from valuechain.model import Codes, Floats, Mask, ValueChain
from valuechain.places import region_codes, region_parents

EARTH_RADIUS = 6371.0088
"""Mean radius of the earth in km."""

BASES = ("exact", "by region", "unknown")
EXACT, BY_REGION, UNKNOWN = range(len(BASES))

_OWN = -1
_NEAR = 10.0
"""Distance in km below which a tenth of a km is told."""
_BLOCK = 4_000_000
"""Pairs that are held in memory at once."""


@dataclass(frozen=True, slots=True)
class Points:
    """Where each enterprise stands in degrees; NaN where unknown.

    `region` is the code of the region whose point it is, -1 for an enterprise's own; `vague` tells that two
    enterprises at that point may be anywhere in the region.
    """

    latitude: Floats
    longitude: Floats
    region: Codes
    vague: Mask


def great_circle(latitude: Floats, longitude: Floats, to_latitude: Floats, to_longitude: Floats) -> Floats:
    """Return great-circle distances in km between points given in degrees.

    >>> import numpy as np
    >>> paris, moscow = np.array([48.8567, 2.3508]), np.array([55.7558, 37.6173])
    >>> round(float(great_circle(*paris, *moscow)))
    2486
    """
    a, b = np.radians(latitude), np.radians(to_latitude)
    turn = np.radians(to_longitude) - np.radians(longitude)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(turn / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.minimum(half, 1.0))))


def points(chain: ValueChain) -> Points:
    """Return where each enterprise stands, computed once."""
    return chain.once(("points",), lambda: _points(chain))


def distances(chain: ValueChain, one: Codes, other: Codes) -> tuple[Floats, Codes]:
    """Return km (NaN: unknown) and position in `BASES` for pairs of enterprises; the shapes broadcast."""
    p = points(chain)
    km = great_circle(p.latitude[one], p.longitude[one], p.latitude[other], p.longitude[other])
    here, there = p.region[one], p.region[other]
    same = np.asarray(one == other)
    km = np.where((here == there) & (here != _OWN) & p.vague[one], np.nan, km)
    km = np.where(same, 0.0, km)
    exact = same | ((here == _OWN) & (there == _OWN))
    return km, np.select([np.isnan(km), exact], [UNKNOWN, EXACT], BY_REGION)


def nearest(chain: ValueChain, one: Codes, others: Codes) -> tuple[Floats, Codes]:
    """Return for each enterprise km and basis of the distance to the nearest of `others` whose place is known."""
    km, basis = np.full(len(one), np.nan), np.full(len(one), UNKNOWN)
    if not len(others):
        return km, basis
    step = max(1, _BLOCK // len(others))
    for first in range(0, len(one), step):
        part = slice(first, first + step)
        apart, how = distances(chain, one[part, None], others[None, :])
        least = np.where(np.isnan(apart), np.inf, apart).min(axis=1)
        best = np.where(apart == least[:, None], how, UNKNOWN).min(axis=1)
        km[part], basis[part] = np.where(np.isinf(least), np.nan, least), best
    return km, basis


def rounded(km: float) -> float:
    """Return a distance in whole km, below 10 km to 0.1: the points it rests on are no better known.

    >>> rounded(222.39), rounded(0.6846)
    (222.0, 0.7)
    """
    return round(km, 1) if km < _NEAR else float(round(km))


def told(km: float | None, basis: str) -> str:
    """Return a distance with what it rests on; 0 km apart by the point of a town is the same town.

    >>> told(0.0, "by region"), told(134.2, "by region"), told(0.68, "exact")
    ('0 km, same town', '134 km, by region', '0.7 km')
    """
    if km is None:
        return "unknown"
    words = f"{figure(rounded(km))} km"
    return words if basis == "exact" else f"{words}, {basis if km else 'same town'}"


def _points(chain: ValueChain) -> Points:
    own, home = chain.arrow("enterprises"), region_codes(chain)
    source = np.append(_placing(chain), -1)[home]
    regions = chain.arrow("regions")
    latitude, longitude = numbers(own, "latitude"), numbers(own, "longitude")
    known = ~(np.isnan(latitude) | np.isnan(longitude))
    city = np.array([*(level == "city" for level in regions["level"].to_pylist()), False], dtype=bool)
    return Points(
        latitude=np.where(known, latitude, np.append(numbers(regions, "latitude"), np.nan)[source]),
        longitude=np.where(known, longitude, np.append(numbers(regions, "longitude"), np.nan)[source]),
        region=np.where(known, _OWN, source),
        vague=~known & ~city[source],
    )


def _placing(chain: ValueChain) -> Codes:
    """Return for each region the nearest one around it, itself included, that has coordinates; -1 if none."""
    rows, parents = chain.arrow("regions"), region_parents(chain)
    known = ~(np.isnan(numbers(rows, "latitude")) | np.isnan(numbers(rows, "longitude")))
    country = np.array([level == "country" for level in rows["level"].to_pylist()], dtype=bool)
    at, found = np.arange(len(known)), np.full(len(known), -1)
    for _ in range(len(known)):
        usable = (at >= 0) & (found < 0)
        found = np.where(usable & (known & ~country)[at], at, found)
        at = np.where(usable, parents[at], -1)
        if not (at >= 0).any():
            break
    return found
