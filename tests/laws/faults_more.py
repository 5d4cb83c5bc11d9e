"""Planted faults for the laws of how an answer moves, and of what must hold within one answer."""

from dataclasses import replace

import numpy as np

from tests.laws.faults import DEEP, DEPTH, LINKS, MISSING, fault


def _book(change):
    """A faulty `outflow_split` or `shortages`: the real one on a changed ledger."""
    return lambda real: lambda book, **given: real(change(book), **given)


def _of(law, where, attribute, change, name, question=LINKS):
    make = _book(change)
    make.__name__ = name
    fault(law, where, attribute, question)(make)


_of(
    "closing", MISSING, "shortages", lambda b: replace(b, output=np.minimum(b.output, 8.0)),
    "supply_counted_up_to_a_size",
)  # fmt: skip
_of(
    "closing", MISSING, "shortages", lambda b: replace(b, output=np.where(b.output > 0, 1e9, 0.0)),
    "any_supply_closes_the_gap",
)  # fmt: skip
_of(
    "monotone_supply", MISSING, "shortages", lambda b: replace(b, requirement=b.requirement + 3 * b.output),
    "output_counted_as_requirement",
)  # fmt: skip
_of(
    "monotone_demand", MISSING, "shortages",
    lambda b: replace(b, requirement=b.requirement / np.maximum(b.users, 1)),
    "requirement_averaged_over_users",
)  # fmt: skip


@fault("reference_implementation", "valuechain.gaps.round_trips", "_reach")
def goods_counted_tonne_for_tonne(real):
    return lambda *args: real(*args)._replace(kappa=np.ones_like(real(*args).kappa))


@fault("reference_implementation", "valuechain.gaps.overlays", "_arising")
def recorded_by_products_doubled(real):
    return lambda scene: real(scene)._replace(amount=real(scene).amount * 2)


@fault("more_capacity", "valuechain.accounts", "plants_of")
def requirement_computed_from_capacity(real):
    def plants_of(chain, r, year):
        plants, needs = real(chain, r, year)
        return plants, replace(needs, low=needs.absorb, high=needs.absorb)

    return plants_of


@fault("bounds", MISSING, "shortages")
def gap_not_clipped_at_zero(real):
    from valuechain.gaps.split import EXACT, MISSING_INPUT, Gaps

    def shortages(book):
        lack = book.requirement - (book.output + book.returns - book.outflow - book.final_use)
        at = np.flatnonzero((book.users > 0) & (lack != 0))
        kind = np.full(len(at), MISSING_INPUT)
        return Gaps(at, kind, lack[at], np.full(len(at), EXACT), np.zeros(len(at), bool))

    return shortages


@fault("bounds", DEEP, "_rates", DEPTH)
def rate_of_output_alone(real):
    def rates(chain, book, here, region):
        found = real(chain, book, here, region)
        with np.errstate(divide="ignore", invalid="ignore"):
            return replace(found, conversion=found.used / np.where(book.output > 0, book.output, 1.0)[here])

    return rates


@fault("regions_and_country", "valuechain.zones", "_sides")
def country_counts_its_exports_twice(real):
    def sides(trade, zones, n):
        out, into, inside = real(trade, zones, n)
        country = zones.market_inside[:, 1].any()
        return (replace(out, quantity=out.quantity * 2) if country else out), into, inside

    return sides


@fault("no_outflow", DEEP, "_rates", DEPTH)
def rate_and_its_complement_confused(real):
    def rates(chain, book, here, region):
        found = real(chain, book, here, region)
        return replace(found, conversion=1 - found.conversion)

    return rates


@fault("all_outflow", DEEP, "_rates", DEPTH)
def outflow_taken_for_use(real):
    def rates(chain, book, here, region):
        found = real(chain, book, here, region)
        return replace(found, conversion=np.where(found.conversion == 0, 1.0, found.conversion))

    return rates


@fault("threshold", MISSING, "_wanted")
def threshold_compared_the_wrong_way(real):
    def wanted(book, found, kind, least, view):
        keep = real(book, found, kind, 0.0, view)
        return keep[~(found.quantity[keep] >= least)] if least else keep

    return wanted


@fault("threshold", MISSING, "_wanted")
def gap_at_the_threshold_dropped(real):
    def wanted(book, found, kind, least, view):
        keep = real(book, found, kind, least, view)
        return keep[found.quantity[keep] != least]

    return wanted


@fault("explanation", "valuechain.gaps.trail", "Trail.flows")
def last_flow_left_out_of_the_evidence(real):
    def flows(self, zone, product, *, arriving):
        return real(self, zone, product, arriving=arriving)[:-1]

    return flows


@fault("honest_bounds", "valuechain.accounts", "numbers")
def unknown_flow_counted_as_zero(real):
    return lambda rows, column: (
        np.nan_to_num(real(rows, column)) if column == "quantity" else real(rows, column)
    )


@fault("honest_bounds", "valuechain.plants", "numbers")
def unknown_output_counted_as_zero(real):
    return lambda rows, column: (
        np.nan_to_num(real(rows, column)) if column == "output" else real(rows, column)
    )


@fault("unknown_is_not_zero", "valuechain.accounts", "numbers", DEPTH)
def unknown_read_as_zero(real):
    return lambda rows, column: np.nan_to_num(real(rows, column))


@fault("blank_is_told", "valuechain.gaps.split", "_bound")
def every_gap_called_exact(real):
    return lambda low, high: np.zeros_like(real(low, high))


@fault("empty_says_why", "valuechain.registry", "Analysis._caveats", "critical")
def nothing_said_of_an_empty_answer(real):
    return lambda self, chain, rows, values: iter(())


@fault("same_is_no_change", "valuechain.differences", "same", "changes")
def figures_compared_as_objects(real):
    return lambda before, after: before is after


@fault("changes_mirror", "valuechain.differences", "_what", "changes")
def every_change_of_size_called_growth(real):
    def what(*args):
        found = real(*args)
        return "grown" if found == "shrunk" else found

    return what


@fault("changes_are_differences", "valuechain.analyses.changes", "differences", "changes")
def last_difference_dropped(real):
    return lambda *args: list(real(*args))[:-1]


@fault("simulation_is_data", "valuechain.analyses.simulate", "differences", "simulate")
def differences_told_of_the_base(real):
    return lambda chain, before, after: real(chain, after, before)


@fault("simulation_is_data", "valuechain.closing.draft", "Draft.written", "simulate")
def closing_written_into_the_base(real):
    def written(self):
        made = real(self)
        self.chain._own = made._own
        return made

    return written


@fault("row_order", "valuechain.model", "_sorted", "decompose")
def links_kept_in_insertion_order(real):
    return lambda name, rows: rows if name == "flows" and rows is not None else real(name, rows)
