"""placeholder"""

from pathlib import Path


def recover(path: Path) -> None:
    """."""
