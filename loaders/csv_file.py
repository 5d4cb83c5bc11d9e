"""One CSV file, read strictly.

UTF-8 (a byte order mark is fine), UTF-16 where a byte order mark says so, or the declared encoding. The
delimiter is declared, or the one under which the header names most columns of the table. A quote opens a
cell only at its beginning; quotes elsewhere are text. Lines are counted as an editor counts them, also
when a cell holds line breaks. Blank rows are left out. A row of another width than the header is kept for
its id only. After a quote that is not closed as it should be, the rest of the file is not trusted.
"""

import codecs
import csv
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TextIO

import pyarrow as pa

from graph_schema import TABLES, Dataset, Table
from graph_schema.check_header import columns_of
from graph_schema.findings import Findings
from graph_schema.raw import RawTable
from graph_schema.text import nfc, visible
from loaders.description import DELIMITERS
from loaders.raw import LARGEST_FILE, Lines, is_blank, unread

_CHUNK = 1 << 20
_BATCH = 50_000
_LONGEST = 131_072  # what the csv module accepts in one cell
_KINDS = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "a zip archive or an .xlsx workbook"),
    (b"PAR1", "Parquet"),
    (b"%PDF", "PDF"),
    (b"\xd0\xcf\x11\xe0", "an old .xls workbook"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x89PNG", "a picture"),
)
_MARKUP = re.compile(rb"\s*<(!doctype|html|head|body|\?xml|table|svg)", re.IGNORECASE)
_CONFLICT = re.compile(r"(<{7}|>{7}|\|{7})( |$)|={7}$")


def read_csv(path: Path, name: str, dataset: Dataset, findings: Findings) -> RawTable:
    """Read table `name` from the file at `path`."""
    file = path.name
    try:
        with path.open("rb", opener=_no_wait) as content:
            before = os.fstat(content.fileno())
            if not _fit(content, before, file, name, findings):
                return unread(name, file)
            encoding = _encoding(content, dataset, file, findings)
            if not encoding:
                return unread(name, file)
            content.seek(0)
            with codecs.getreader(encoding)(content) as _:
                pass
    except OSError as error:
        findings.add("file.unreadable", file, reason=error.strerror or error)
        return unread(name, file)
    raise NotImplementedError
