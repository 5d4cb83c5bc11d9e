"""The version of this program, as installed."""

from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed


@cache
def version() -> str:
    """Return the installed version; `checkout` where the program runs from its folder."""
    try:
        return installed("valuechain")
    except PackageNotFoundError:
        return "checkout"
