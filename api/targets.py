"""Where a command may write: what is there already is never written over unasked."""

import re
from pathlib import Path

import click

from api.options import Decorator

_MOST = 4
_FILE = re.compile(r"\.[a-z][a-z0-9]{0,7}", re.I)

force: Decorator = click.option("--force", is_flag=True, help="Write over what is there.")


def refuse_occupied(target: Path, force: bool, *, lost: str, flag: str = "--force") -> None:
    """Raise a usage error that says what is at `target`, unless nothing is or `force` is given.

    Parameters
    ----------
    lost
        What `flag` would do to it.
    flag
        The option that says to write over it.
    """
    there = None if force else _there(target)
    if there:
        raise click.UsageError(
            f"{target} is there already ({there}). Choose another name, or add {flag}: {lost}."
        )


def dataset_format(target: str, form: str | None) -> str:
    """Return the format in which a dataset goes to `target`; a usage error if it cannot."""
    suffix = Path(target).suffix.casefold()
    named_folder = target.endswith(("/", "\\")) or Path(target).expanduser().is_dir()
    if suffix == ".xlsx" and not named_folder:
        if form in (None, "xlsx"):
            return "xlsx"
        raise click.UsageError(
            f"{target} is the name of a workbook, and --to {form} writes a folder. {_POSSIBLE}"
        )
    if form == "xlsx":
        raise click.UsageError(f"--to xlsx writes a file ending in .xlsx; {target} does not. {_POSSIBLE}")
    if _FILE.fullmatch(suffix) and not named_folder:
        raise click.UsageError(
            f"A dataset cannot be written as a {suffix} file. {_POSSIBLE} "
            f"A folder of that name is {target}/ with the slash."
        )
    return form or "csv"


_POSSIBLE = (
    "Possible are: -o NAME/ (a folder of CSV files), -o NAME.xlsx (one workbook), "
    "-o NAME/ --to parquet (a folder of Parquet files)."
)


def _there(target: Path) -> str:
    """Say what is at a place; nothing if it is free, or empty."""
    target = target.expanduser()
    if target.is_dir():
        names = sorted(entry.name for entry in target.iterdir())
        more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
        return f"a folder with {', '.join(names[:_MOST])}{more}" if names else ""
    return f"a file of {size:,} bytes" if target.exists() and (size := target.stat().st_size) else ""
