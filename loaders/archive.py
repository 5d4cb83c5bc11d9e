"""What is looked at in an .xlsx file before anything is unpacked in memory.

A workbook is a zip archive of XML parts. Its directory is held against limits first; then the XML parts
are streamed in pieces, looking for document types and entities (never allowed), formulas, merged cells
and cells too far to the right. What this module lets through, openpyxl may open.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from graph_schema.checks.findings import Findings
from graph_schema.checks.header import MOST_COLUMNS
from loaders.csv_file import kind_of as kind_of_content
from loaders.csv_file import open_at_once

LARGEST = 512 * 1024**2
"""Bytes that a workbook may unpack to."""

MOST_PARTS = 10_000
"""Parts that a workbook may have."""

TIGHTEST = 250
"""How many times its packed size a part may unpack to."""

_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_SMALL = 1 << 20
_CHUNK = 1 << 20
_OVERLAP = 256
_FORBIDDEN = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_FORMULA = re.compile(rb"<(\w+:)?f[ >/]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell [^>]*?ref=\"([A-Z0-9:]{2,20})\"")
_FAR = re.compile(rb"<(?:\w+:)?c [^>]{0,80}?r=\"([A-Z]{2,3})[0-9]{1,7}\"")


@dataclass(slots=True)
class Parts:
    """What was seen in the parts of a workbook, by part name."""

    formulas: set[str] = field(default_factory=set)
    merged: dict[str, str] = field(default_factory=dict)
    ranges: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Every merged range, of which `merged` names the first ones."""


def inspect(path: Path, findings: Findings) -> Parts | None:
    """Hold the workbook at `path` against the limits; nothing if it must not be opened."""
    with open_at_once(path) as content:
        head = content.read(4096)
    if not zipfile.is_zipfile(path):
        kind = kind_of_content(head) or "something else"
        if kind.startswith("a zip"):
            kind = "a workbook that is cut off or damaged"
        hint = "save it as .xlsx, without a password" if "xls " in kind else "export the data to .xlsx again"
        findings.add("excel.format", path.name, reason=f"it looks like {kind}", hint=hint)
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            if not _directory(archive, path.name, findings):
                return None
            return _parts(archive, path.name, findings)
    except _DAMAGED as error:
        findings.add(
            "excel.format", path.name, reason=f"it is damaged ({error})", hint="restore it from a copy"
        )
        return None


def _directory(archive: zipfile.ZipFile, file: str, findings: Findings) -> bool:
    """Check what the archive's directory says."""
    parts = archive.infolist()
    size = sum(part.file_size for part in parts)
    names = {part.filename for part in parts}
    unsafe = [part.filename for part in parts if _unsafe(part.filename)]
    tightest = max(
        (part.file_size / max(1, part.compress_size) for part in parts if part.file_size > _SMALL), default=0
    )
    if len(parts) > MOST_PARTS:
        findings.add("archive.unsafe", file, reason=f"{len(parts):,} parts; the limit is {MOST_PARTS:,}")
    elif len(names) < len(parts) or unsafe:
        findings.add("archive.unsafe", file, reason="parts with the same name or a name that leads elsewhere")
    elif any(part.flag_bits & 1 for part in parts):
        findings.add("excel.format", file, reason="it is encrypted", hint="save it without a password")
    elif size > LARGEST:
        findings.add("archive.too_large", file, size=f"{size:,} bytes", limit=f"{LARGEST:,} bytes")
    elif tightest > TIGHTEST:
        findings.add("archive.ratio", file, ratio=f"{tightest:.0f}", limit=TIGHTEST)
    elif "xl/workbook.xml" not in names:
        binary = "xl/workbook.bin" in names
        reason = "it is a binary workbook (.xlsb)" if binary else "the archive holds no workbook"
        findings.add("excel.format", file, reason=reason, hint="save it as .xlsx")
    else:
        return True
    return False


def _unsafe(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name


def _parts(archive: zipfile.ZipFile, file: str, findings: Findings) -> Parts | None:
    """Look through the XML parts."""
    seen = Parts()
    names = [name for name in archive.namelist() if name.casefold().endswith((".xml", ".rels", ".vml"))]
    fit = [_part(archive, name, seen, file, findings) for name in names]
    return seen if all(fit) else None


def _part(archive: zipfile.ZipFile, name: str, seen: Parts, file: str, findings: Findings) -> bool:
    merged: list[str] = []
    for piece in _pieces(archive, name):
        if _FORBIDDEN.search(piece) or piece[:4].count(b"\0"):
            findings.add("xml.forbidden", file, part=name)
            return False
        if not name.startswith("xl/worksheets/"):
            continue
        far = [match[1].decode() for match in _FAR.finditer(piece) if _number(match[1]) > MOST_COLUMNS]
        if far:
            findings.add("sheet.too_large", file, value=name, found=far[0], limit=MOST_COLUMNS)
            return False
        merged += [match[1].decode() for match in _MERGED.finditer(piece)]
        if name not in seen.formulas and _FORMULA.search(piece):
            seen.formulas.add(name)
    if merged:
        distinct = list(dict.fromkeys(merged))
        seen.ranges[name] = tuple(distinct)
        seen.merged[name] = ", ".join(distinct[:5]) + (", ..." if len(distinct) > 5 else "")
    return True


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """Yield the part piece by piece, each beginning with the end of the one before."""
    with archive.open(name) as part:
        tail = b""
        while chunk := part.read(_CHUNK):
            yield tail + chunk
            tail = chunk[-_OVERLAP:]


def _number(letters: bytes) -> int:
    """Return the number of a column named `A`, `Z`, `AA` and so on."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
