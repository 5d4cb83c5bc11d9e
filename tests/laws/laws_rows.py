"""Laws of `with_rows`: a change asked for is the same as a dataset written with it.

Each law takes a chain and a question to ask; numbers in brackets are those of the guide.
"""

from tests.laws.cells import figures
from tests.laws.strategies import YEAR
from tests.laws.tools import assert_same, dice, rebuilt, tables, ways

PLANT = {"enterprise_id": "new", "name": "Жаңа зауыт «Қазақстан»", "kind": "plant"}


def _changes(chain):
    """Rows of three tables, independent of each other: a plant, what it makes, and what it buys."""
    rng = dice(chain)
    product = rng.choice(list(chain.ids("products")))
    region = rng.choice(list(chain.ids("regions")) or [None])
    made = {"enterprise_id": "new", "product_id": product, "year": YEAR, "output": 6.5, "unit": "t"}
    sold = {"from_id": "new", "to_id": "m-abroad", "product_id": product, "year": YEAR, "quantity": 2.5}
    return {
        "enterprises": [{**PLANT, "region_id": region}],
        "production": [made],
        "flows": [{**sold, "unit": "t"}, {**sold, "unit": "t", "flow_id": "2", "to_id": "m-rest"}],
    }


def _changed(chain, changes):
    for table, rows in changes.items():
        chain = chain.with_rows(table, *rows)
    return chain


def nothing_added(chain, ask):
    """[28] A change of nothing is the base, exact."""
    other = chain.with_rows("flows")
    assert other.fingerprint == chain.fingerprint
    for way in ways(chain, ask):
        assert ask(other, **way).as_dict() == ask(chain, **way).as_dict()


def base_untouched(chain, ask):
    """[28] A change never alters the base: its rows, its fingerprint and its answers stay."""
    rows, before = tables(chain), ask(chain).as_dict()
    other = _changed(chain, _changes(chain))
    assert other.fingerprint != chain.fingerprint
    ask(other)
    assert tables(chain) == rows
    assert rebuilt(chain, rows).fingerprint == chain.fingerprint
    assert ask(chain).as_dict() == before == ask(rebuilt(chain, rows)).as_dict()


def change_is_data(chain, ask):
    """[29] A change gives the answers of a dataset with the change written in, exact."""
    changes, rows = _changes(chain), tables(chain)
    for table, more in changes.items():
        rows[table] += more
    written, changed = rebuilt(chain, rows), _changed(chain, changes)
    assert written.fingerprint == changed.fingerprint
    for way in ways(chain, ask):
        assert ask(changed, **way).as_dict() == ask(written, **way).as_dict()


def changes_commute(chain, ask):
    """[28] Independent changes in either order, or again, give the same chain, exact."""
    changes = _changes(chain)
    once = _changed(chain, changes)
    turned = {t: changes[t][::-1] for t in ("enterprises", "flows", "production")}
    assert _changed(chain, turned).fingerprint == once.fingerprint
    assert _changed(once, {"flows": turned["flows"]}).fingerprint == once.fingerprint


def remove_and_add_back(chain, ask):
    """[3, 28] An enterprise taken out with all its rows and added back: the base again, exact."""
    rows, rng = tables(chain), dice(chain)
    who = rng.choice([r["enterprise_id"] for r in rows["enterprises"]])
    ends = ("enterprise_id", "from_id", "to_id", "owner_id", "owned_id")
    touched = ("enterprises", "ownership", "production", "flows")
    gone = {t: [r for r in rows[t] if who in [r.get(e) for e in ends]] for t in touched}
    less = rebuilt(chain, rows | {t: [r for r in rows[t] if r not in gone[t]] for t in touched})
    ask(less)
    back = _changed(less, {table: found for table, found in gone.items() if found})
    assert back.fingerprint == chain.fingerprint
    for way in ways(chain, ask):
        assert ask(back, **way).as_dict() == ask(chain, **way).as_dict()


def same_key_replaces(chain, ask):
    """[28] A row of a known key replaces the old one; written back, the base is there again, exact."""
    rows = tables(chain)
    if not rows["production"]:
        return
    row = dice(chain).choice(rows["production"])
    changed = chain.with_rows("production", {**row, "output": 4096.0, "capacity": None})
    assert changed.own_table("production").num_rows == len(rows["production"])
    assert changed.with_rows("production", row).fingerprint == chain.fingerprint
    assert ask(changed.with_rows("production", row)).as_dict() == ask(chain).as_dict()


def units(chain, ask):
    """[7] The same amounts in kilotonnes, thousands of kilograms or tonnes: the same figures."""
    rows = tables(chain)
    in_kt = [{**r, "unit": "kt", "quantity": _thousandth(r["quantity"])} for r in rows["flows"]]
    made = [
        {**r, "unit": "kt", "output": _thousandth(r["output"]), "capacity": _thousandth(r["capacity"])}
        for r in rows["production"]
    ]
    other = _changed(chain, {t: found for t, found in (("flows", in_kt), ("production", made)) if found})
    for way in ways(chain, ask):
        assert_same(figures(ask(other, **way)), figures(ask(chain, **way)), why="in kt")


def _thousandth(value):
    return None if value is None else value / 1000


ROWS = {
    law.__name__: law
    for law in (
        nothing_added, base_untouched, change_is_data, changes_commute, remove_and_add_back,
        same_key_replaces, units,
    )
}  # fmt: skip
