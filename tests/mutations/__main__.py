"""`python -m tests.mutations --count 1000`: how many mutated datasets get the right verdict?"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from tests.mutations.runner import CONTROLS, MUTATIONS, Copy, plan, run


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="mutated copies (default: 1000)")
    parser.add_argument(
        "--controls", type=int, default=0, help="harmless variations (default: a fifth of count)"
    )
    parser.add_argument("--seed", type=int, default=0, help="another seed throws other places (default: 0)")
    parser.add_argument("--workers", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--only", default="", help="only operators whose name holds this text")
    parser.add_argument("--show-failures", action="store_true", help="say what was wrong with each")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    mutations = [name for name in MUTATIONS if options.only in name]
    controls = [name for name in CONTROLS if options.only in name]
    pairs = 0 if options.only else 10
    copies = plan(options.count, options.seed, mutations, pairs) if mutations else []
    harmless = options.controls or max(len(controls), options.count // 5)
    copies += plan(harmless, options.seed, controls, 0) if controls else []
    results = list(zip(copies, _judged(copies, options.workers), strict=True))
    _table(results)
    if options.show_failures:
        for copy, complaints in results:
            if complaints:
                _say("\n  ".join([f"\n{copy}", *complaints]))
    sets = [
        [not c for copy, c in results if (copy.names[0] in CONTROLS) is wanted] for wanted in (False, True)
    ]
    right, accepted = map(sum, sets)
    _say(
        f"\n{right} of {len(sets[0])} right, {accepted} of {len(sets[1])} controls accepted "
        f"({time.perf_counter() - start:.0f} s, seed {options.seed})"
    )
    return 0 if right == len(sets[0]) and accepted == len(sets[1]) else 1


def _judged(copies: Sequence[Copy], workers: int) -> list[list[str]]:
    """What is wrong with each."""
    if workers == 1:
        return [run(copy) for copy in copies]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(run, copies, chunksize=8))


def _table(results: Sequence[tuple[Copy, list[str]]]) -> None:
    tried: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for copy, complaints in results:
        name = copy.names[0] if len(copy.names) == 1 else "two at once"
        tried[name] += 1
        right[name] += not complaints
    for name in sorted(tried):
        _say(f"{'  ' if right[name] == tried[name] else '! '}{name:70} {right[name]:4} of {tried[name]}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
