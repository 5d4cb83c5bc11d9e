"""How long the command line takes to start, beside the time of importing pandas and NetworkX.

Whole processes, median of five after one warm-up, taken in turn so that a busy machine slows all alike.
Run by hand: `python tests/benchmarks/startup.py`. Budgets: help 0.4 s, demo 2 s.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 5
VALUECHAIN = str(Path(sys.executable).with_name("valuechain"))
COMMANDS = {
    "valuechain --help": [VALUECHAIN, "--help"],
    "valuechain demo": [VALUECHAIN, "demo"],
    "import pandas, networkx": [sys.executable, "-c", "import pandas, networkx"],
}


def seconds(command: list[str]) -> float:
    """Return the wall time of one run."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    """Print the median of each command and its ratio to the imports."""
    for command in COMMANDS.values():
        seconds(command)
    taken = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        for name, command in COMMANDS.items():
            taken[name].append(seconds(command))
    peer = statistics.median(taken["import pandas, networkx"])
    for name, runs in taken.items():
        middle = statistics.median(runs)
        print(
            f"{name:26} {middle:5.2f} s  (min {min(runs):.2f}, max {max(runs):.2f})  {middle / peer:.2f} x imports"
        )


if __name__ == "__main__":
    main()
