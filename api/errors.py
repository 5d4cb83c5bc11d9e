"""Errors that are meant for a person: one table gives the exit code and the HTTP status of each kind.

The command line ends with the exit code; HTTP answers the status as an RFC 9457 problem whose `code` is
the same word. Anything that is not in the table is a fault of ours: 1 and 500, and its text is not shown.
"""

from dataclasses import dataclass

from graph_schema import DatasetError, NotFoundError, ParameterError, StoreError

GAPS_FOUND = 3
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of error: its word, what it means, exit code and HTTP status."""

    code: str
    title: str
    exit_code: int
    status: int


UNEXPECTED = Fault("unexpected", "Something went wrong inside", 1, 500)

_STORE = Fault("store", "The store could not be opened, read or written", 6, 503)

FAULTS: dict[type[BaseException], Fault] = {
    ParameterError: Fault("parameter", "A parameter does not fit", 2, 422),
    NotFoundError: Fault("not-found", "There is nothing of that name", 4, 404),
    DatasetError: Fault("dataset", "The data did not validate", 5, 422),
    StoreError: _STORE,
    OSError: _STORE,
}


def fault(error: BaseException) -> Fault:
    """Return the kind of an error: that of its nearest class in the table.

    >>> fault(NotFoundError("product", "wire")).exit_code, fault(KeyError("x")).status
    (4, 500)
    """
    return next((FAULTS[kind] for kind in type(error).__mro__ if kind in FAULTS), UNEXPECTED)
