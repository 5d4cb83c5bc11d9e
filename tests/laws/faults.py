"""Planted faults: each breaks the library in memory, as a plausible slip would, and names a law for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import wraps
from importlib import import_module
from unittest.mock import patch

import numpy as np
import pyarrow as pa

FAULTS = {}
LINKS, DEPTH = "missing-links", "processing-depth"
MISSING, DEEP = "valuechain.analyses.missing_links", "valuechain.analyses.processing_depth"


@dataclass(frozen=True)
class Fault:
    """One fault: where it is put, what replaces what is there, and the law that must see it."""

    name: str
    law: str
    question: str
    module: str
    attribute: str
    make: Callable

    @contextmanager
    def planted(self) -> Iterator[None]:
        target = import_module(self.module)
        *path, attribute = self.attribute.split(".")
        for name in path:
            target = getattr(target, name)
        with patch.object(target, attribute, self.make(getattr(target, attribute))):
            yield


def fault(law, where, attribute, question=LINKS):
    """Register a function that takes what is there and gives the faulty thing."""

    def register(make):
        assert make.__name__ not in FAULTS
        FAULTS[make.__name__] = Fault(make.__name__, law, question, where, attribute, make)
        return make

    return register


def _sided(change):
    """A faulty `_sides`: `change` gets (out, into, inside) and what they came from."""

    @wraps(change)
    def make(real):
        return lambda trade, zones, n: change(*real(trade, zones, n), trade, zones, n)

    return make


@fault("row_order", "valuechain.model", "_sorted")
def rows_kept_in_insertion_order(real):
    return lambda name, rows: rows if name == "flows" and rows is not None else real(name, rows)


@fault("relabelling", "valuechain.plants", "_routes")
def first_route_by_id_taken(real):
    def routes(*args):
        row, process = real(*args)
        at = np.unique(row, return_index=True)[1]
        return row[at], process[at]

    return routes


@fault("scaling", MISSING, "shortages")
def small_gaps_dropped_by_an_absolute_size(real):
    def shortages(book):
        found = real(book)
        keep = ~(found.quantity < 5)
        return replace(
            found, **{f: getattr(found, f)[keep] for f in ("at", "kind", "quantity", "bound", "conditional")}
        )

    return shortages


@fault("names_do_not_matter", MISSING, "is_final")
def final_products_told_by_name(real):
    return lambda chain: np.array([len(n) % 2 == 0 for n in chain.names("products").values()], bool)


@fault("prices_scale_values_only", "valuechain.gaps.scene", "worth")
def price_forgotten(real):
    return lambda chain, quantity, row: (quantity, "USD") if quantity and row else (None, "")


@fault("splitting", "valuechain.accounts", "plants_of")
def only_one_plant_of_a_product_needs_anything(real):
    def plants_of(chain, r, year):
        plants, needs = real(chain, r, year)
        first = np.zeros(len(needs.row), bool)
        first[np.unique(needs.product, return_index=True)[1]] = True
        return plants, replace(needs, low=np.where(first, needs.low, 0.0))

    return plants_of


@fault("parallel_flows", "valuechain.model", "best_rows")
def last_parallel_flow_wins(real):
    def best_rows(chain, name):
        rows, conflicts = real(chain, name)
        if name != "flows" or not rows.num_rows:
            return rows, conflicts
        keys = ("from_id", "to_id", "product_id", "process_id", "year")
        last = {tuple(r[k] for k in keys): i for i, r in enumerate(rows.to_pylist())}
        return rows.take(pa.array(sorted(last.values()))), conflicts

    return best_rows


@fault("pass_through", "valuechain.accounts", "_flows")
def sale_to_a_trader_leaves_the_place(real):
    def flows(chain, plants, owner, year):
        found = real(chain, plants, owner, year)
        trader = (found.buyer >= 0) & ~np.isin(found.buyer, plants.enterprise)
        return replace(found, buyer_market=np.where(trader, 0, found.buyer_market))

    return flows


@fault("neutral_elements", "valuechain.accounts", "numbers")
def zero_read_as_unknown(real):
    def numbers(rows, column):
        found = real(rows, column)
        return np.where(found == 0, np.nan, found) if column == "quantity" else found

    return numbers


@fault("worse_source_changes_nothing", "valuechain.model", "_ranks")
def newest_source_wins_over_the_better(real):
    def ranks(chain, rows):
        grade, newness = real(chain, rows)
        return np.zeros_like(grade), newness

    return ranks


@fault("disjoint_union", MISSING, "outflow_split")
def idle_capacity_of_other_places_counts(real):
    def split(book, **given):
        total = np.bincount(book.product, weights=book.absorb)
        return real(replace(book, absorb=total[book.product]), **given)

    return split


@fault("duplicate", MISSING, "outflow_split")
def idle_capacity_of_one_place_at_most(real):
    return lambda book, **given: real(
        replace(book, absorb=np.minimum(book.absorb, book.requirement + 2)), **given
    )


@fault("restriction", "valuechain.accounts", "_used_lines")
def purchase_from_a_market_never_feeds_a_process(real):
    def used(r, plants, flows):
        line, of_flow, part = real(r, plants, flows)
        keep = flows.seller[of_flow] >= 0
        return line[keep], of_flow[keep], part[keep]

    return used


@fault("year_by_year", "valuechain.model", "ValueChain.once")
def cache_key_without_year(real):
    return lambda self, key, make: real(self, key[:1] if key[0] == "accounts" else key, make)


@fault("remove_and_add_back", "valuechain.model", "ValueChain.with_rows")
def added_rows_lose_their_process(real):
    def with_rows(self, table, *rows, **row):
        return real(self, table, *({k: v for k, v in r.items() if k != "process_id"} for r in rows), **row)

    return with_rows


@fault("scaling", "valuechain.model", "ValueChain.once")
def cache_key_without_version(real):
    shared = {}

    def once(self, key, make):
        return real(self, key, make) if key[0] != "accounts" else shared.setdefault(key, make())

    return once


@fault("base_untouched", "valuechain.model", "ValueChain.with_rows")
def change_written_into_the_base(real):
    def with_rows(self, table, *rows, **row):
        made = real(self, table, *rows, **row)
        self._own[table] = made.own_table(table)
        return made

    return with_rows


@fault("nothing_added", "valuechain.model", "ValueChain.with_rows")
def change_replaces_the_whole_table(real):
    def with_rows(self, table, *rows, **row):
        made = real(self, table, *rows, **row)
        made._own[table] = made._own[table].slice(0, len(rows))
        return made

    return with_rows


@fault("change_is_data", "graph_schema.checks.check", "fill_defaults")
def change_dated_a_year_late(real):
    def fill(sheet, dataset, findings):
        real(sheet, dataset, findings)
        if sheet.size and sheet.table.name == "production":
            sheet.columns["year"] = pa.array([2021] * sheet.size, pa.int32())

    return fill


@fault("same_key_replaces", "valuechain.model", "_without")
def changed_row_added_beside_the_old(real):
    return lambda rows, replaced, key: rows


@fault("changes_commute", "valuechain.model", "_sorted")
def added_rows_stay_in_the_order_of_adding(real):
    return lambda name, rows: rows if name == "flows" and rows is not None else real(name, rows)


@fault("units", "graph_schema.checks.amounts", "_factor")
def tonnes_for_kilotonnes(real):
    return lambda unit, target, per: 1.0


@fault("conservation", "valuechain.accounts", "numbers")
def one_column_in_kilotonnes(real):
    return lambda rows, column: real(rows, column) * (1000 if column == "quantity" else 1)


@fault("conservation", "valuechain.zones", "_sides")
@_sided
def export_counted_twice(out, into, inside, trade, zones, n):
    return replace(out, quantity=out.quantity * 2), into, inside


@fault("conservation", "valuechain.zones", "_sides")
@_sided
def captive_flow_counted_as_outflow(out, into, inside, trade, zones, n):
    own = (trade.captive > 0) & (zones.of_place[trade.seller] >= 0) & (trade.seller == trade.buyer)
    key = zones.of_place[trade.seller[own]] * n + trade.item[own]
    return _more(out, key, trade.captive[own]), into, inside


def _more(side, key, quantity):
    """Add to one side of a zone's trade; what is not given of the new entries is zero."""
    given = {"key": key, "quantity": quantity}
    blank = np.zeros(len(key))
    return type(side)(
        *(
            np.append(getattr(side, f.name), given.get(f.name, blank).astype(getattr(side, f.name).dtype))
            for f in fields(side)
        )
    )


@fault("conservation", "valuechain.zones", "_sides")
@_sided
def local_flow_counted_as_outflow(out, into, inside, trade, zones, n):
    return _more(out, inside.key, inside.quantity), into, inside


@fault("conservation", "valuechain.zones", "within")
def region_forgets_its_grandchildren(real):
    from valuechain.places import region_parents

    def within(chain, region):
        here = chain.ids("regions") == region
        parents = region_parents(chain)
        return here | ((parents >= 0) & here[parents])

    return within


@fault("conservation", "valuechain.zones", "_inside")
def rest_of_country_inside_every_region(real):
    return lambda chain, regions: np.array([[False, True, True] for _ in regions])


@fault("reference_implementation", "valuechain.places", "_follow")
def owner_chain_stops_after_one_step(real):
    return lambda controller: controller


@fault("reference_implementation", "valuechain.accounts", "plants_of")
def capacity_ignored(real):
    def plants_of(chain, r, year):
        plants, needs = real(chain, r, year)
        return plants, replace(needs, absorb=needs.low)

    return plants_of


@fault("reference_implementation", "valuechain.accounts", "returns_of")
def by_product_counted_twice(real):
    return lambda r, plants: tuple(np.concatenate([part, part]) for part in real(r, plants))


@fault("reference_implementation", "valuechain.plants", "_needs")
def coefficient_divides(real):
    def needs(r, plants, n):
        return real(replace(r, feedstock=replace(r.feedstock, quantity=1 / r.feedstock.quantity)), plants, n)

    return needs


@fault("reference_implementation", MISSING, "outflow_split")
def idle_capacity_before_what_is_bought(real):
    def split(book, **given):
        idle = np.minimum(book.outflow, np.maximum(book.absorb - book.requirement, 0.0))
        return real(replace(book, bought_in=np.minimum(book.bought_in, book.outflow - idle)), **given)

    return split
