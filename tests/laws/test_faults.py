"""The checks on the checks: every planted fault is seen by the law named for it, and by nothing healthy.

A law that nothing can break says nothing: each has at least one fault, or its reason stands in `SPARED`.
"""

import sys
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.errors import NoSuchExample

import tests.laws.faults_more  # noqa: F401 - registers its faults
from tests.laws.faults import FAULTS
from tests.laws.strategies import worlds
from tests.laws.test_laws import LAWS
from valuechain import questions

SPARED: dict[str, str] = {}
MOST = settings(
    max_examples=300,
    phases=(Phase.generate,),
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def breaks(name, question, world):
    try:
        LAWS[name](world.chain(), questions()[question])
    except AssertionError:
        return True
    return False


def killed(fault):
    """Whether the law fails with the fault, on a dataset on which it holds without."""

    def shows(world):
        with fault.planted():
            seen = breaks(fault.law, fault.question, world)
        return seen and not breaks(fault.law, fault.question, world)

    try:
        find(worlds(unknown=fault.law == "honest_bounds"), shows, settings=MOST, random=Random(7))
    except NoSuchExample:
        return False
    return True


@pytest.mark.parametrize("name", list(FAULTS))
def test_fault_is_seen(name):
    assert killed(FAULTS[name]), f"{FAULTS[name].law} does not see {name}"


def test_every_law_can_fail():
    spared = set(LAWS) - {fault.law for fault in FAULTS.values()}
    assert spared == set(SPARED), "a law that no fault breaks says nothing"


def test_every_fault_names_a_law():
    assert {fault.law for fault in FAULTS.values()} <= set(LAWS)
    assert len(FAULTS) >= 40


if __name__ == "__main__":  # python -m tests.laws.test_faults
    dead = [name for name, fault in FAULTS.items() if killed(fault)]
    alive = ", ".join(sorted(set(FAULTS) - set(dead)))
    sys.stdout.write(f"killed {len(dead)} of {len(FAULTS)}{alive and ': not ' + alive}\n")
