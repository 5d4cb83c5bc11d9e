"""Stores: where a dataset comes from and where it goes.

An address is a folder (CSV or Parquet, recognised by its files), an .xlsx file, or the name of a bundled
dataset. A name without a separator means the bundled dataset if there is one, else a path: write
`./pavlodar` for a folder of that name. `neo4j://` addresses are not built yet.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from graph_schema import (
    TABLES,
    Dataset,
    DatasetError,
    NotFoundError,
    Problem,
    RowCount,
    StoreError,
)
from graph_schema.cells.text import nearest
from graph_schema.checks.check import examine
from loaders.catalogue import FOLDER, reference_tables
from loaders.raw import Raw
from valuechain.model import ValueChain

Format = Literal["csv", "xlsx", "parquet"]


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What checking a dataset found; `chain` is nothing if it cannot be loaded."""

    dataset: Dataset
    problems: tuple[Problem, ...]
    counts: tuple[RowCount, ...]
    chain: ValueChain | None

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that are errors."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that are warnings."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")


def load(address: str | Path, *, lenient: bool = False) -> ValueChain:
    """Load a dataset; with `lenient`, bad rows are set aside and the chain says so.

    Raises
    ------
    DatasetError
        With every problem of the dataset, if it cannot be loaded.
    NotFoundError
        If there is nothing at `address`.
    StoreError
        If the store cannot be opened.
    """
    report = check(address, lenient=lenient)
    if report.chain is None:
        raise DatasetError(report.problems, report.counts)
    return report.chain


def check(address: str | Path, *, lenient: bool = False) -> CheckReport:
    """Check a dataset and return every problem; bad data never raise."""
    raw = _read(address)
    reference = reference_tables() if raw.dataset.catalogue else {}
    checked = examine(
        raw.tables,
        raw.dataset,
        reference=reference,
        lenient=lenient,
        found=raw.problems,
        elsewhere=None if raw.dataset.catalogue else reference_tables,
    )
    chain = None
    if not checked.refused:
        chain = ValueChain(
            raw.dataset, checked.tables, reference=reference, problems=checked.problems, counts=checked.counts
        )
    return CheckReport(raw.dataset, checked.problems, checked.counts, chain)


def save(chain: ValueChain, path: str | Path, *, format: Format | None = None) -> None:  # noqa: A002
    """Save the dataset's own rows: a path ending in .xlsx is a workbook, any other a folder of CSV files.

    What was there before is replaced as a whole or, if anything fails, left as it was.

    Raises
    ------
    StoreError
        If it cannot be written.
    """
    from loaders import files

    target = Path(path)
    tables = {name: chain.own_table(name) for name in TABLES}
    kind = format or ("xlsx" if target.suffix.casefold() == ".xlsx" else "csv")
    if kind == "xlsx":
        from loaders import workbook

        files.save_file(target, lambda temporary: workbook.write(chain.dataset, tables, temporary))
    elif kind == "parquet":
        from loaders import parquet

        files.save_folder(target, lambda temporary: parquet.write(chain.dataset, tables, temporary))
    else:
        from loaders import folder

        files.save_folder(target, lambda temporary: folder.write(chain.dataset, tables, temporary))


@lru_cache(maxsize=1)
def bundled() -> dict[str, Path]:
    """Return the bundled datasets by name."""
    return {path.parent.name: path.parent for path in sorted(FOLDER.parent.glob("*/dataset.toml"))}


def _read(address: str | Path) -> Raw:
    text = str(address)
    if "://" in text:
        scheme = text.partition("://")[0]
        if scheme in ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"):
            raise StoreError(
                "The Neo4j store is not built yet; export the data to a folder or an .xlsx file."
            )
        raise StoreError(f"There is no store for {scheme}:// addresses.")
    if "\0" in text or len(text) > 4_000:
        raise NotFoundError("dataset", text[:120])
    path = bundled().get(text) if isinstance(address, str) else None
    return _read_path(path or Path(text).expanduser())


def _read_path(path: Path) -> Raw:
    from loaders import files

    files.recover(path)
    if path.is_dir():
        from loaders import folder

        return folder.read(path)
    if path.exists():
        from loaders import workbook

        return workbook.read(path)
    raise NotFoundError("dataset", str(path), _neighbours(path))


def _neighbours(path: Path) -> tuple[str, ...]:
    """Return the datasets whose names are nearest to a path that does not exist."""
    names = {name: name for name in bundled()}
    try:
        for entry in path.parent.iterdir():
            if entry.is_dir() or entry.suffix.casefold() == ".xlsx":
                names[entry.name] = str(entry)
    except OSError:
        pass
    return tuple(names[name] for name in nearest(path.name, names))
