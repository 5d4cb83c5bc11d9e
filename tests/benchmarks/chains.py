"""How long the question `chains` takes for each product of the catalogue, as start and as end.

The whole question as a user asks it: search, rows, evidence and caveats. `first` is the first call on a chain
just loaded, with all that is computed once; the others follow it. Run by hand: `python tests/benchmarks/chains.py`.
Budget: 1 s for any.
"""

import statistics
import time

from loaders import load
from valuechain import ValueChain, question


def seconds(chain: ValueChain, **ends: str) -> float:
    """Return the wall time of one question."""
    start = time.perf_counter()
    question("chains")(chain, **ends)
    return time.perf_counter() - start


def main() -> None:
    """Print the first call, and the median and the worst product as start and as end."""
    question("chains")  # imports every question
    for name in ("pavlodar", "pavlodar-public"):
        chain = load(name)
        products = [str(p) for p in chain.ids("products")]
        print(f"{name}: {len(products)} products, {len(chain.ids('processes'))} processes")
        print(f"  first, without ends  {seconds(load(name)):.3f} s")
        print(f"  first, start=bauxite {seconds(load(name), start='bauxite'):.3f} s")
        for end in ("start", "end"):
            taken = {product: seconds(chain, **{end: product}) for product in products}
            worst = max(taken, key=lambda product: taken[product])
            middle = statistics.median(taken.values())
            print(f"  {end:5}  median {middle:.4f} s  worst {taken[worst]:.4f} s ({worst})")


if __name__ == "__main__":
    main()
