"""A dataset as a folder: `dataset.toml` and one CSV or Parquet file per table.

Names are read in any case. Files whose names are no table are left alone; one that looks like a table or
like the description under another name or suffix (`flows.csv.txt`, `dataset.tml`) is a warning, since it is
not read. A table in two files is an error, never a choice. Links must stay inside the folder. If the folder
is replaced while it is being read, it is read again, so tables of two versions never mix.
"""

import contextlib
import csv
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from graph_schema import TABLES, Dataset, StoreError
from graph_schema.cells.numbers import AMBIGUOUS
from graph_schema.cells.text import did_you_mean, nearest
from graph_schema.checks.findings import Findings
from graph_schema.checks.raw import RawTable
from loaders import description, files
from loaders.csv_file import open_at_once, read_csv
from loaders.raw import Raw, unread

MOST_FILES = 10_000
"""Files that a dataset's folder may have."""

_SUFFIXES = (".csv", ".parquet", ".xlsx")
_UNREAD = frozenset({
    ".txt", ".tsv", ".tab", ".dat", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers", ".json", ".jsonl", ".xml",
    ".gz", ".zip", ".7z", ".bz2", ".xz", ".zst", ".pq", ".arrow", ".feather",
})  # fmt: skip
"""Suffixes under which a table may lie that is not read; any other is taken for a copy if the table is there."""

_COPY = re.compile(r"[\s_-]*(\(\d+\)|\d+|copy|копия)?$", re.IGNORECASE)
_ALIKE = 75


def read(path: Path) -> Raw:
    """Read the folder at `path`: without a lock first, and with one if somebody keeps writing."""
    raw = _unchanged(path) or _unchanged(path)
    if raw:
        return raw
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # no lock to be had: one more try without
            stack.enter_context(files.lock(path.resolve().parent, shared=True))
        raw = _unchanged(path)
    if raw:
        return raw
    findings = Findings()
    findings.add("file.changed_during_read", path.name)
    return Raw(
        Dataset(path.resolve().name), [unread(name, path.name) for name in TABLES], list(findings.problems())
    )


def _unchanged(path: Path) -> Raw | None:
    """Read the folder; nothing if it was replaced or written to meanwhile."""
    findings = Findings()
    with contextlib.suppress(FileNotFoundError):
        before = path.stat()
        raw = _read(path, findings)
        after = path.stat()
        if (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns):
            return raw
    return None


def _read(path: Path, findings: Findings) -> Raw:
    try:
        with os.scandir(path) as entries:
            names = sorted(entry.name for entry, _ in zip(entries, range(MOST_FILES + 1), strict=False))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}") from error
    if len(names) > MOST_FILES:
        findings.add("file.too_many", path.name, limit=f"{MOST_FILES:,}")
        return Raw(Dataset(path.resolve().name), [], list(findings.problems()))
    dataset = _description(path, names, findings)
    named = _table_files(names, findings)
    tables = [_table(path, table, named[table], dataset, findings) for table in TABLES if table in named]
    return Raw(dataset, tables, list(findings.problems()))


def _description(path: Path, names: list[str], findings: Findings) -> Dataset:
    name = path.resolve().name
    found = [other for other in names if other.casefold() == description.FILE]
    if not found:
        _mistyped(names, findings)
        return Dataset(name)
    if len(found) > 1:
        findings.add("file.duplicate_table", found[0], table=description.FILE, names=", ".join(found))
        return Dataset(name)
    file = path / found[0]
    if not _inside(file, path, findings):
        return Dataset(name)
    try:
        with open_at_once(file) as content:
            return description.from_toml(content.read(1 << 20), name, findings, file.name)
    except OSError as error:
        findings.add("file.unreadable", file.name, reason=error.strerror or error)
        return Dataset(name)


def _mistyped(names: list[str], findings: Findings) -> None:
    """Warn of files that seem to be meant as the description."""
    from rapidfuzz import fuzz

    for name in names:
        alike = fuzz.ratio(name.casefold(), description.FILE, score_cutoff=_ALIKE)
        if alike and not name.startswith(".") and Path(name).suffix.casefold() not in _SUFFIXES:
            hint = f"the description of a dataset is called {description.FILE}"
            findings.add("file.unknown", name, name=name, nearest=hint)


def _table_files(names: list[str], findings: Findings) -> dict[str, list[str]]:
    """Return the files of each table, and warn of files that only resemble one."""
    named: dict[str, list[str]] = {}
    others = []
    for name in names:
        stem, suffix = Path(name).stem, Path(name).suffix
        if name.startswith((".", "~")):
            continue
        if suffix.casefold() not in _SUFFIXES:
            others += [name] if suffix else []
        elif stem.casefold() in TABLES:
            named.setdefault(stem.casefold(), []).append(name)
        else:
            near = did_you_mean(nearest(stem, TABLES, 1))
            findings.add("file.unknown", name, name=name, nearest=near)
    for name in others:
        stem, suffix = name.partition(".")[0].casefold(), Path(name).suffix.casefold()
        table = _COPY.sub("", stem)
        if table in TABLES and (table not in named or (stem == table and suffix in _UNREAD)):
            hint = f"it looks like the table {table}; save it as {table}.csv"
            findings.add("file.unknown", name, name=name, nearest=hint)
    return named


def _table(path: Path, table: str, names: list[str], dataset: Dataset, findings: Findings) -> RawTable:
    if len(names) > 1:
        findings.add("file.duplicate_table", names[0], table=table, names=", ".join(names))
        return unread(table, names[0])
    file = path / names[0]
    suffix = file.suffix.casefold()
    if not _inside(file, path, findings):
        return unread(table, file.name)
    if suffix == ".xlsx":
        findings.add("file.not_csv", file.name, kind="a workbook; load it by its own name, or export it")
        return unread(table, file.name)
    if suffix == ".parquet":
        from loaders.parquet import read_parquet

        return read_parquet(file, table, findings)
    return read_csv(file, table, dataset, findings)


def _inside(file: Path, folder: Path, findings: Findings) -> bool:
    """Say whether `file` is a regular file that lies in `folder`, links followed."""
    try:
        target = file.resolve(strict=True)
        status = target.stat()
    except (OSError, RuntimeError):
        findings.add("file.outside_dataset", file.name, name=file.name)
        return False
    if not target.is_relative_to(folder.resolve()):
        findings.add("file.outside_dataset", file.name, name=file.name)
        return False
    if not stat.S_ISREG(status.st_mode):
        findings.add("file.not_regular", file.name, name=file.name)
        return False
    return True


def write(dataset: Dataset, tables: Mapping[str, pa.Table], folder: Path) -> None:
    """Write a dataset into the empty `folder`: tables with rows, and the needed ones."""
    (folder / description.FILE).write_text(description.to_toml(dataset), encoding="utf-8", newline="")
    for name, table in tables.items():
        if table.num_rows or TABLES[name].needed:
            write_csv(table, folder / f"{name}.csv")


def write_csv(table: pa.Table, path: Path) -> None:
    """Write one table exactly as it is: text is not altered for spreadsheet programs."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.column_names)
        for batch in table.to_batches(max_chunksize=50_000):
            writer.writerows(zip(*(_cells(column) for column in batch.columns), strict=True))


def _cells(column: pa.Array) -> list[object]:
    if not pa.types.is_floating(column.type):
        return list(column.to_pylist())
    texts = [None if value is None else _number(value) for value in column.to_pylist()]
    points = [text for text in texts if text and "." in text]
    if points and all(map(_doubtful, points)):  # 1.5 and 1500 look the same as 1.500
        return [f"{text}0" if text and _doubtful(text) else text for text in texts]
    return list(texts)


_doubtful = re.compile(AMBIGUOUS).match


def _number(value: float) -> str:
    """Return the shortest text that reads back as `value`, without `.0`."""
    return repr(value).removesuffix(".0")
