"""Keeps pandas out of short-lived processes.

pyarrow imports pandas (about a second) the first time it makes an array from a Python object, only to ask
whether that object is a pandas one. A command line that never shows a DataFrame need not pay for it. After
`without_pandas`, `to_pandas` still works: it imports pandas when it is called. Do not call this in a
notebook or a server, where `pyarrow.array` should know pandas objects.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _NoPandas(MetaPathFinder):
    """Says that there is no pandas."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002 - the protocol's
        target: ModuleType | None = None,  # noqa: ARG002 - the protocol's
    ) -> ModuleSpec | None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname, name=fullname)
        return None


def without_pandas() -> None:
    """Let pyarrow conclude once, without looking, that nobody hands it pandas objects."""
    if "pandas" in sys.modules:
        return
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        import pyarrow as pa

        pa.array([""])  # asks in Python and, to infer a type, in C++
        pa.nulls(1).to_numpy(zero_copy_only=False)
    finally:
        sys.meta_path.remove(finder)
