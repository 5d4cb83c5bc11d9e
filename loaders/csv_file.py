"""One CSV file, read strictly.

UTF-8 (a byte order mark is fine), UTF-16 where a byte order mark says so, or the declared encoding. The
delimiter is declared, or the one under which the header names most columns of the table. A quote opens a
cell only at its beginning; quotes elsewhere are text. Lines are counted as an editor counts them, also
when a cell holds line breaks; CR CR LF is one line end where the header ends so. Rows of nothing but white
space and delimiters are blank: left out, without a word before the header and at the end. A row of another
width than the header is kept for its id only. After a quote that is not closed as it should be, the rest of
the file is not trusted.
"""

import codecs
import csv
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from graph_schema import TABLES, Dataset, Table
from graph_schema.cells.text import nfc, visible
from graph_schema.checks.findings import Findings
from graph_schema.checks.header import columns_of
from graph_schema.checks.raw import RawTable
from loaders.description import DELIMITERS
from loaders.raw import LARGEST_FILE, Lines, is_blank, unread

_CHUNK = 1 << 20
_BATCH = 50_000
_UTF8 = "utf-8-sig"
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
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CONFLICT = re.compile(r"(<{7}|>{7}|\|{7})( |$)|={7}$")
_NOTHING = re.compile(r"[\s,;|]")
_SEPARATOR = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)


def read_csv(path: Path, name: str, dataset: Dataset, findings: Findings) -> RawTable:
    """Read table `name` from the file at `path`."""
    try:
        with open_at_once(path) as content:
            before = os.fstat(content.fileno())
            encoding = _encoding(content, before, path.name, TABLES[name], dataset, findings)
            if not encoding:
                return unread(name, path.name)
            content.seek(0)
            with TextIOWrapper(content, encoding, newline="") as text:
                raw = _Reader(text, name, path.name, dataset.delimiter, findings).read()
                after = os.fstat(content.fileno())
    except OSError as error:
        findings.add("file.unreadable", path.name, reason=error.strerror or error)
        return unread(name, path.name)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        findings.add("file.changed_during_read", path.name)
    return raw


def open_at_once(path: Path) -> BinaryIO:
    """Open a file for reading without waiting for the other end of a pipe."""
    return os.fdopen(
        os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb"
    )


def _encoding(
    content: BinaryIO, status: os.stat_result, file: str, table: Table, dataset: Dataset, findings: Findings
) -> str:
    """Return the encoding in which all of the file is valid; nothing if it cannot be read as text."""
    if not stat.S_ISREG(status.st_mode):
        findings.add("file.not_regular", file, name=file)
        return ""
    if status.st_size > LARGEST_FILE:
        findings.add(
            "file.too_large", file, size=f"{status.st_size:,} bytes", limit=f"{LARGEST_FILE:,} bytes"
        )
        return ""
    head = content.read(4096)
    if not head.strip(b"\xef\xbb\xbf \t\r\n") and len(head) == status.st_size:
        findings.add("file.empty", file, columns=columns_of(table))
        return ""
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    kind = "" if utf16 else kind_of(head)
    if kind:
        findings.add("file.not_csv", file, kind=kind)
        return ""
    return _decodable(content, "utf-16" if utf16 else dataset.encoding, head, file, findings)


def kind_of(head: bytes) -> str:
    """Name what `head` is the beginning of, if it is not text."""
    for magic, kind in _KINDS:
        if head.startswith(magic):
            return kind
    if _MARKUP.match(head.removeprefix(codecs.BOM_UTF8)):
        return "a web page"
    return "binary data, or UTF-16 without a mark" if b"\0" in head.partition(b"\n")[0] else ""


def _decodable(content: BinaryIO, declared: str, head: bytes, file: str, findings: Findings) -> str:
    fault = _undecodable(content, _UTF8)
    if not declared or codecs.lookup(declared) in (codecs.lookup("utf-8"), codecs.lookup(_UTF8)):
        declared = _UTF8
    elif fault is None and not head.isascii():
        findings.add("encoding.is_utf8", file, encoding=declared)
        return _UTF8
    else:
        fault = _undecodable(content, declared)
    if fault is None:
        return declared
    if _BINARY.search(head):
        findings.add("file.not_csv", file, kind="binary data")
        return ""
    findings.add(
        "encoding.not_utf8",
        file,
        fault.line,
        encoding="UTF-8" if declared == _UTF8 else declared,
        line_number=fault.line,
        offset=fault.offset,
        byte=f"0x{fault.byte:02X}",
        hint=_encoding_hint(content, fault),
    )
    return ""


@dataclass(frozen=True, slots=True)
class _Undecodable:
    line: int
    offset: int
    byte: int


def _undecodable(content: BinaryIO, encoding: str) -> _Undecodable | None:
    """Find the first byte that is not valid in `encoding`."""
    content.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    done, line = 0, 1
    while True:
        chunk = content.read(_CHUNK)
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            data = error.object
            return _Undecodable(
                line + data.count(b"\n", 0, error.start), done - pending + error.start, data[error.start]
            )
        done += len(chunk)
        line += chunk.count(b"\n")
        if not chunk:
            return None


def _encoding_hint(content: BinaryIO, fault: _Undecodable) -> str:
    """Guess in words, never in deeds, why the file is not what it should be."""
    start = max(0, fault.offset - _CHUNK)
    content.seek(start)
    before = content.read(fault.offset - start)
    after = content.read(200)
    if len(after) < 4 and not before.isascii():
        return "the file seems to be cut off inside a letter"
    letters = after.decode("cp1251", errors="replace").casefold()
    if before.isascii() and sum("а" <= letter <= "я" for letter in letters) > 2:
        return (
            'it looks like windows-1251: write encoding = "cp1251" in dataset.toml, or save the file as UTF-8'
        )
    return "save the file as UTF-8, or declare its encoding in dataset.toml; it may also be damaged"


def detect_delimiter(line: str, table: Table) -> str:
    """Return the delimiter under which `line` names most columns of `table`."""

    def known(delimiter: str) -> int:
        try:
            cells = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:  # reported when the header is read
            return 0
        return sum(visible(nfc(cell)).casefold() in table for cell in cells)

    return max(DELIMITERS, key=known)


class _Reader:
    """Reads the rows of one file into columns."""

    def __init__(self, text: TextIOWrapper, name: str, file: str, delimiter: str, findings: Findings) -> None:
        self._name, self._file, self._findings = name, file, findings
        self._lines = Lines(file, findings)
        self._width = 0
        self._broken: list[int] = []
        self._whole = True
        self._short: tuple[int, int] | None = None
        first = text.readline()
        separator = _SEPARATOR.fullmatch(first)
        self._skipped = 0
        lines: Iterator[str] = iter(text)
        if separator:
            self._skipped, delimiter, first = 1, separator[1], text.readline()
        while first and not _NOTHING.sub("", first):
            self._skipped += 1
            first = text.readline()
        self._delimiter = delimiter or detect_delimiter(first, TABLES[name])
        if first.endswith("\r"):
            lines = _without_doubled_ends(lines)
        self._rows = csv.reader(chain([first], lines), delimiter=self._delimiter, strict=True)

    def read(self) -> RawTable:
        """Return the table."""
        batches: list[list[pa.Array]] = []
        header: tuple[str, ...] = ()
        line = self._skipped + 1
        try:
            header = tuple(name.strip() for name in next(self._rows, []))
            self._width = len(header)
            batch: list[list[str]] = []
            line = self._skipped + self._rows.line_num + 1
            for row in self._rows:
                self._row(row, line, batch)
                line = self._skipped + self._rows.line_num + 1
                if len(batch) == _BATCH:
                    batches.append(_columns(batch, self._width))
                    batch = []
        except csv.Error as error:
            self._failed(error, line)
            self._whole = False
        batches.append(_columns(batch, self._width) if header else [])
        self._report_short(last=True)
        return self._table(header, batches)

    def _row(self, row: list[str], line: int, batch: list[list[str]]) -> None:
        if (not row or not row[0] or row[0].isspace()) and is_blank(row):
            self._lines.blank(line)
            return
        if len(row) != self._width:
            row = self._misfit(row, line)
        self._lines.row(line)
        batch.append(row)

    def _misfit(self, row: list[str], line: int) -> list[str]:
        """Report a row of another width and return it padded or cut."""
        if len(row) > self._width and is_blank(row[self._width :]):
            return row[: self._width]
        self._report_short(last=False)
        self._broken.append(len(self._lines))
        other = self._other_delimiter(row)
        if _CONFLICT.match(row[0]):
            self._findings.add("file.conflict_markers", self._file, line, value=row[0])
        elif len(row) < self._width and not other:
            self._short = line, len(row)
        else:
            self._wrong_width(line, len(row), other)
        self._whole &= not other  # the first cell is then no id
        return [*row[: self._width], *[""] * (self._width - len(row))]

    def _other_delimiter(self, row: list[str]) -> str:
        for delimiter in DELIMITERS:
            if (
                delimiter != self._delimiter
                and self._delimiter.join(row).count(delimiter) == self._width - 1 > 0
            ):
                return f"this row seems to be separated by {delimiter!r}, the header by {self._delimiter!r}"
        return ""

    def _report_short(self, *, last: bool) -> None:
        """Report the short row that was met last; at the end of a file it may be a torn one."""
        if self._short:
            line, found = self._short
            torn = last and self._broken[-1] == len(self._lines) - 1
            self._wrong_width(line, found, "the last row: the file may be cut off" if torn else "")
            self._short = None

    def _wrong_width(self, line: int, found: int, hint: str) -> None:
        self._findings.add("row.width", self._file, line, found=found, expected=self._width, hint=hint)

    def _failed(self, error: csv.Error, opened: int) -> None:
        if "field limit" in str(error):
            self._findings.add(
                "cell.huge", self._file, opened, opened=opened, limit=f"{csv.field_size_limit():,}"
            )
        else:
            found = self._skipped + self._rows.line_num
            self._findings.add("csv.quote", self._file, opened, opened=opened, found=found)

    def _table(self, header: tuple[str, ...], batches: list[list[pa.Array]]) -> RawTable:
        columns: dict[str, pa.ChunkedArray] = {}
        for place, name in enumerate(header):
            parts = [batch[place] for batch in batches]
            columns.setdefault(name or f"#{place + 1}", pa.chunked_array(parts, pa.string()))
        lines = self._lines.numbers()
        return RawTable(
            self._name, self._file, header, columns, lines, frozenset(self._broken), not self._whole
        )


def _without_doubled_ends(lines: Iterator[str]) -> Iterator[str]:
    """Leave out what follows the first CR of CR CR LF, if the first line ends so."""
    first = next(lines, "")
    if first != "\r\n":
        yield from chain([first] if first else [], lines)
        return
    before = ""
    for line in lines:
        if not (line == "\r\n" and before.endswith("\r")):
            yield line
        before = line


def _columns(rows: list[list[str]], width: int) -> list[pa.Array]:
    columns = zip(*rows, strict=True) if rows else [()] * width
    return [pa.array(column, pa.string()) for column in columns]
