"""The worked steel case: 220 kt of billets, 180 kt of pipes and 36 kt of balls from scrap and returns.

Coefficients of the reference catalogue, worked by hand (kt):

    liquid steel   220 x 1.03 (billets) + 36 x 1.045 (balls)      = 226.6 + 37.62 = 264.22
    scrap needed   264.22 x 1.13 (arc furnace)                    = 298.5686
    returns        220 x 0.02 + 180 x 0.15 + 36 x 0.04            = 4.4 + 27 + 1.44 = 32.84
    outside need   298.5686 - 32.84                               = 265.7286
    billets        180 x 1.18 = 212.4 of 220: no shortage
"""

import pytest

from loaders.catalogue import reference_tables
from tests.cases import chain_of, flow, makes, plants
from valuechain import ValueChain, questions

KT = 1000.0
NEEDED, RETURNS = 298.5686 * KT, 32.84 * KT

MILL = [
    makes("mill", "steel-billets", 220 * KT),
    makes("mill", "seamless-pipes", 180 * KT),
    makes("mill", "grinding-balls-rolled-or-forged", 36 * KT),
    makes("mill", "liquid-steel", None, process_id="FE12"),
]


def steel(*, production=(), flows=()):
    own = chain_of(
        enterprises=plants(mill="R", yard="R", trader="S"), production=[*MILL, *production], flows=list(flows)
    )
    tables = {
        name: own.own_table(name) for name in ("regions", "markets", "enterprises", "production", "flows")
    }
    return ValueChain(own.dataset, tables, reference=reference_tables())


def scrap(chain):
    rows = questions()["missing-links"](chain, product="steel-scrap", kind="missing_input").rows
    return rows[0] if rows else None


def test_without_bought_in_scrap_the_outside_need_is_need_less_returns():
    row = scrap(steel())
    assert row.quantity == pytest.approx(NEEDED - RETURNS)
    assert row.bound == "exact"
    assert "returns" in row.reason


def test_bought_in_scrap_names_the_supplier_and_does_not_hide_the_outside_need():
    row = scrap(steel(flows=[flow("trader", "mill", "steel-scrap", 200 * KT)]))
    assert row.quantity == pytest.approx(NEEDED - RETURNS)
    assert "TRADER" in row.reason


def test_local_scrap_lowers_the_outside_need():
    local = steel(
        production=[makes("yard", "steel-scrap", 100 * KT)],
        flows=[flow("yard", "mill", "steel-scrap", 100 * KT)],
    )
    assert scrap(local).quantity == pytest.approx(NEEDED - RETURNS - 100 * KT)


def test_recorded_returns_replace_the_derived_ones_and_are_counted_once():
    recorded = steel(production=[makes("mill", "steel-scrap", 30 * KT)])
    assert scrap(recorded).quantity == pytest.approx(NEEDED - 30 * KT)
    recycled = steel(
        production=[makes("mill", "steel-scrap", 30 * KT)],
        flows=[flow("mill", "mill", "steel-scrap", 30 * KT)],
    )
    assert scrap(recycled).quantity == pytest.approx(NEEDED - 30 * KT)


def test_billets_suffice_and_liquid_steel_is_no_market():
    found = {r.product_id for r in questions()["missing-links"](steel(), kind="missing_input").rows}
    assert "steel-billets" not in found
    assert "liquid-steel" not in found


def test_the_route_unknown_makes_scrap_conditional():
    chain = steel()
    production = [r for r in MILL if r["product_id"] != "liquid-steel"]
    own = chain_of(enterprises=plants(mill="R"), production=production)
    tables = {name: own.own_table(name) for name in ("regions", "enterprises", "production")}
    unknown = ValueChain(chain.dataset, tables, reference=reference_tables())
    row = scrap(unknown)
    assert (row.conditional, row.quantity) == (True, None)
