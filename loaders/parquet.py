"""Parquet tables: one file per table beside `dataset.toml`, with a checksum for every page.

Rows are numbered from 1; there is no header line. The number of rows and columns is taken from the footer
and held against the limits before anything is read. Checksums are written by `write` and verified on
every read; a file without them is read as it is.
"""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from graph_schema import TABLES, Dataset
from graph_schema.checks.findings import Findings
from graph_schema.checks.header import MOST_COLUMNS
from graph_schema.checks.raw import RawTable
from loaders import description, folder
from loaders.csv_file import open_at_once
from loaders.raw import LARGEST_FILE, Raw, unread

MOST_ROWS = 200_000_000
"""Rows that one table may have."""


def read(path: Path) -> Raw:
    """Read the folder at `path`."""
    return folder.read(path)


def read_parquet(path: Path, name: str, findings: Findings) -> RawTable:
    """Read table `name` from the file at `path`."""
    file = path.name
    try:
        with open_at_once(path) as content:
            parquet = pq.ParquetFile(content, page_checksum_verification=True)
            if not _fits(parquet.metadata, path, findings):
                return unread(name, file)
            table = parquet.read()
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, PermissionError):
            findings.add("file.unreadable", file, reason=error.strerror)
        elif "checksum" in str(error).casefold() or "crc" in str(error).casefold():
            findings.add("parquet.checksum", file)
        else:
            findings.add("parquet.damaged", file, reason=str(error).splitlines()[0][:200])
        return unread(name, file)
    columns: dict[str, pa.ChunkedArray] = {}
    for place, column in enumerate(table.column_names):
        columns.setdefault(column or f"#{place + 1}", table.column(place))
    return RawTable(name, file, tuple(table.column_names), columns, range(1, table.num_rows + 1))


def _fits(footer: pq.FileMetaData, path: Path, findings: Findings) -> bool:
    size = sum(footer.row_group(place).total_byte_size for place in range(footer.num_row_groups))
    for what, found, limit in (
        ("rows", footer.num_rows, MOST_ROWS),
        ("bytes when unpacked", size, 8 * LARGEST_FILE),
        ("columns", footer.num_columns, MOST_COLUMNS),
    ):
        if found > limit:
            findings.add("file.too_large", path.name, size=f"{found:,} {what}", limit=f"{limit:,} {what}")
            return False
    return True


def write(dataset: Dataset, tables: Mapping[str, pa.Table], path: Path) -> None:
    """Write a dataset into the empty folder `path`: tables with rows, and the needed ones."""
    (path / description.FILE).write_text(description.to_toml(dataset), encoding="utf-8", newline="")
    for name, table in tables.items():
        if table.num_rows or TABLES[name].needed:
            pq.write_table(table, path / f"{name}.parquet", compression="zstd", write_page_checksum=True)
