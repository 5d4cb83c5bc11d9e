"""Shortest ways by the recipes alone: from a product to all that it can become, and to all it can be made from.

Nothing is asked about places or enterprises: this is what technology allows. A way is a line of feedstock steps,
one way per end, the one with the fewest steps; among equals the one whose processes come first by id. Ends are
final products (stage 4) downwards, raw products (stage 0, or what no process makes) upwards.
"""

from collections import deque

from valuechain.model import ValueChain
from valuechain.recipes import recipes

Way = tuple[int, ...]
"""Feedstock lines (positions in `Recipes.feedstock`) in the order in which material flows."""


def to_final(chain: ValueChain, product: str) -> tuple[Way, ...]:
    """Return the shortest way from `product` to each final product, the shortest ways first."""
    return _ways(chain, product, down=True)


def from_raw(chain: ValueChain, product: str) -> tuple[Way, ...]:
    """Return the shortest way to `product` from each raw product, the shortest ways first."""
    return _ways(chain, product, down=False)


def _ways(chain: ValueChain, product: str, *, down: bool) -> tuple[Way, ...]:
    r = recipes(chain)
    (start,) = chain.codes("products", [product]).tolist()
    stages = chain.arrow("products")["stage"].to_pylist()
    targets = r.main[r.feedstock.process].tolist()
    sources = r.feedstock.product.tolist()
    steps: dict[int, list[tuple[int, int]]] = {}
    for line, (source, target) in enumerate(zip(sources, targets, strict=True)):
        here, there = (source, target) if down else (target, source)
        steps.setdefault(here, []).append((line, there))
    reached: dict[int, Way] = {start: ()}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for line, there in steps.get(here, ()):
            if there not in reached:
                reached[there] = (*reached[here], line) if down else (line, *reached[here])
                waiting.append(there)
    made = set(r.main.tolist())

    def is_end(code: int) -> bool:
        return stages[code] == 4 if down else stages[code] == 0 or code not in made

    found = [(len(way), code, way) for code, way in reached.items() if way and is_end(code)]
    return tuple(way for _, _, way in sorted(found))
