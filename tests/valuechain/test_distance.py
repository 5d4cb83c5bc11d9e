"""Distances: known answers of the great-circle formula, and what a distance rests on."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cases import chain_of
from valuechain.partners.distance import BASES, EARTH_RADIUS, distances, great_circle, nearest

PARIS, MOSCOW = (48.8567, 2.3508), (55.7558, 37.6173)


def apart(a, b):
    return float(great_circle(*(np.array(v) for v in (*a, *b))))


def test_known_answers():
    assert apart(PARIS, MOSCOW) == pytest.approx(2486, abs=1)  # published distance of the two cities
    assert apart((0, 0), (0, 90)) == pytest.approx(EARTH_RADIUS * math.pi / 2)  # a quarter of the equator
    assert apart((90, 0), (-90, 77)) == pytest.approx(EARTH_RADIUS * math.pi)  # pole to pole
    assert apart((52.3, 179.9), (52.3, -179.9)) == pytest.approx(13.6, abs=0.1)  # over the date line
    assert apart((10, 20), (-10, -160)) == pytest.approx(EARTH_RADIUS * math.pi)  # antipodes
    assert apart(PARIS, PARIS) == 0


DEGREES = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(DEGREES, DEGREES, DEGREES)
def test_it_is_a_distance(a, b, c):
    assert apart(a, b) == pytest.approx(apart(b, a), abs=1e-6)
    assert apart(a, c) <= apart(a, b) + apart(b, c) + 1e-3
    # oracle: the angle between unit vectors
    u, v = (
        np.array([math.cos(p) * math.cos(q), math.cos(p) * math.sin(q), math.sin(p)])
        for p, q in ((math.radians(x), math.radians(y)) for x, y in (a, b))
    )
    angle = math.atan2(float(np.linalg.norm(np.cross(u, v))), float(u @ v))
    assert apart(a, b) == pytest.approx(EARTH_RADIUS * angle, abs=1e-3)


def placed():
    """Own point; in a city with a point; in a district whose region has one; only in the country; nowhere."""
    points = [
        {"region_id": "C", "name": "C", "level": "country", "latitude": 48.0, "longitude": 68.0},
        {"region_id": "R", "name": "R", "level": "region", "parent_id": "C", "latitude": 52.0, "longitude": 76.0},
        {"region_id": "city", "name": "city", "level": "city", "parent_id": "R", "latitude": 52.3, "longitude": 77.0},
        {"region_id": "dist", "name": "dist", "level": "district", "parent_id": "R"},
    ]  # fmt: skip
    homes = {"city1": "city", "city2": "city", "dist1": "dist", "dist2": "dist", "far": "C", "own": "R"}
    rows = [{"enterprise_id": e, "name": e, "region_id": r} for e, r in homes.items()]
    rows[-1] |= {"latitude": 52.3, "longitude": 76.0}
    rows += [{"enterprise_id": "where", "name": "where"}]
    return chain_of(regions=points, enterprises=rows)


def told(one, other, chain=None):
    chain = chain or placed()
    a, b = chain.codes("enterprises", [one, other])
    km, basis = distances(chain, np.array([a]), np.array([b]))
    return (None if np.isnan(km[0]) else round(float(km[0]), 2)), BASES[basis[0]]


def test_what_a_distance_rests_on():
    one_degree = EARTH_RADIUS * math.pi / 180
    assert told("own", "own") == (0.0, "exact")
    assert told("own", "city1") == (
        pytest.approx(one_degree * math.cos(math.radians(52.3)), abs=0.01),
        "by region",
    )
    assert told("own", "dist1") == (pytest.approx(0.3 * one_degree, abs=0.01), "by region")  # the point of R
    assert told("city1", "city2") == (0.0, "by region"), "one town"
    assert told("dist1", "dist2") == (None, "unknown"), "anywhere in a region is no distance"
    assert told("dist1", "dist1") == (0.0, "exact"), "a plant is where it is"
    assert told("city1", "far") == (None, "unknown"), "the middle of a country is no place"
    assert told("own", "where") == (None, "unknown")


def test_two_own_points_are_exact():
    rows = [
        {"enterprise_id": e, "name": e, "latitude": la, "longitude": lo}
        for e, (la, lo) in {"a": PARIS, "b": MOSCOW}.items()
    ]
    km, basis = told("a", "b", chain_of(enterprises=rows))
    assert (round(km), basis) == (2486, "exact")
    half = [{**rows[0], "longitude": None}, rows[1]]
    assert told("a", "b", chain_of(enterprises=half)) == (None, "unknown")


def test_the_nearest_of_several_whose_place_is_known(monkeypatch):
    chain = placed()
    codes = {e: int(chain.codes("enterprises", [e])[0]) for e in chain.ids("enterprises")}

    def near(one, *others):
        km, basis = nearest(
            chain, np.array([codes[e] for e in one]), np.array([codes[e] for e in others], dtype=int)
        )
        return [(None if np.isnan(k) else round(float(k)), BASES[b]) for k, b in zip(km, basis, strict=True)]

    everybody = near(("city1", "where", "dist1"), "where", "own", "far", "dist2")
    assert everybody == [(68, "by region"), (0, "exact"), (33, "by region")]
    monkeypatch.setattr("valuechain.partners.distance._BLOCK", 1)
    assert near(("city1", "where", "dist1"), "where", "own", "far", "dist2") == everybody, "in blocks of one"
    assert near(("where",), "own", "far") == [(None, "unknown")]
    assert near(("city1",)) == [(None, "unknown")]
    assert nearest(chain, np.zeros(0, int), np.array([0]))[0].size == 0


def test_a_chain_of_regions_that_loops_ends():
    regions = [
        {"region_id": "a", "name": "a", "level": "region", "parent_id": "b"},
        {"region_id": "b", "name": "b", "level": "region", "parent_id": "a"},
    ]
    chain = chain_of(
        regions=regions, enterprises=[{"enterprise_id": e, "name": e, "region_id": e} for e in "ab"]
    )
    assert told("a", "b", chain) == (None, "unknown")
