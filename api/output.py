"""An answer as a file: the format is the suffix.

JSON is the whole answer and Parquet and Arrow are typed tables with nested parts; CSV and Excel join nested
parts into one readable cell. What a spreadsheet would run is made harmless: in CSV a text cell that begins
like a formula gets a leading apostrophe, in Excel text is stored as text. Figures are never touched, and an
unknown figure is an empty cell. A file appears under its name only when it is complete.
"""

import csv
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from api.table import checked, readable
from api.words import explained
from graph_schema import ParameterError, StoreError
from graph_schema.cells.text import harmless
from valuechain.answer import Answer, columns, heading, shown


def write_answer(answer: Answer[Any], path: Path, names: Sequence[str] = ()) -> None:
    """Write an answer to `path` in the format of its suffix, all columns or those of `names`."""
    make = FORMATS.get(path.suffix.lower())
    if make is None:
        raise ParameterError(
            "output", f"no format has the suffix {path.suffix!r}; there are {', '.join(FORMATS)}"
        )
    write(path, make(answer, checked(answer, names) or list(columns(answer.row_type))))


def write(path: Path, content: bytes | str) -> None:
    """Write a file whole or not at all."""
    data = content.encode() if isinstance(content, str) else content
    try:
        descriptor, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StoreError(f"{path} cannot be written: {error.strerror}") from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def json_text(value: Any) -> str:
    """Return plain values as JSON text in one form for all doors; it never holds NaN."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)


def narrowed(answer: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return an answer as plain values with only the columns `names` in its rows; all if none are named."""
    if not names:
        return answer
    return {**answer, "rows": [{n: row[n] for n in names} for row in answer["rows"]]}


def csv_bytes(answer: Answer[Any], names: Sequence[str]) -> bytes:
    """Return the rows as CSV for spreadsheets: UTF-8 with a byte order mark, formulas made harmless."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(names)
    for row in answer.rows:
        rows.writerow([_csv_cell(getattr(row, n)) for n in names])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def markdown(answer: Answer[Any], names: Sequence[str]) -> str:
    """Return the readable columns as a Markdown table, then the caveats and the data."""
    from api.terminal import about

    chosen = readable(answer, names if len(names) < len(columns(answer.row_type)) else ())
    lines = [f"# {_flat(answer.title)}", ""]
    lines.append("| " + " | ".join(_flat(c.heading) for c in chosen) + " |")
    lines.append("|" + "|".join("---:" if c.right else "---" for c in chosen) + "|")
    lines += ["| " + " | ".join(_flat(c.cells[i]) for c in chosen) + " |" for i in range(len(answer))]
    words = explained(cell for c in chosen for cell in c.cells)
    notes = (*(f"{word}: {meaning}." for word, meaning in words), *answer.caveats)
    lines += ["", *(f"- {_flat(n)}" for n in notes), "", *(f"{_flat(a)}  " for a in about(answer))]
    return "\n".join(lines) + "\n"


def html(answer: Answer[Any], names: Sequence[str]) -> str:
    """Return one page without outside requests: the readable columns, caveats and data."""
    from api.pages import answer_page

    return answer_page(answer, names if len(names) < len(columns(answer.row_type)) else ())


def _json(answer: Answer[Any], names: Sequence[str]) -> str:
    return json_text(narrowed(answer.as_dict(), names)) + "\n"


def _xlsx(answer: Answer[Any], names: Sequence[str]) -> bytes:
    from api.workbook import workbook

    return workbook(answer, names)


def _parquet(answer: Answer[Any], names: Sequence[str]) -> bytes:
    import pyarrow.parquet as pq

    from api.arrow import arrow_table

    sink = io.BytesIO()
    pq.write_table(arrow_table(answer, names), sink)
    return sink.getvalue()


def _arrow(answer: Answer[Any], names: Sequence[str]) -> bytes:
    import pyarrow as pa

    from api.arrow import arrow_table

    table, sink = arrow_table(answer, names), io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as file:
        file.write_table(table)
    return sink.getvalue()


FORMATS: dict[str, Callable[[Answer[Any], Sequence[str]], bytes | str]] = {
    ".json": _json,
    ".csv": csv_bytes,
    ".xlsx": _xlsx,
    ".parquet": _parquet,
    ".arrow": _arrow,
    ".html": html,
    ".md": markdown,
}


def read_me(answer: Answer[Any]) -> Iterator[tuple[str, str]]:
    """Say what an exported table is: for a sheet or a file beside it."""
    yield "question", answer.question
    yield "title", answer.title
    for name, value in answer.dataset.items():
        yield name if name != "id" else "dataset", str(value)
    for name, value in answer.parameters.items():
        said = str(value) if isinstance(value, int) else shown(value)
        yield f"parameter {name}", "" if value in (None, (), []) else said
    for caveat in answer.caveats:
        yield "caveat", caveat
    for name, meant in columns(answer.row_type).items():
        yield f"column {heading(answer, name)}", meant.description if meant else ""
    for source in answer.sources:
        words = (source.get(k) for k in ("title", "publisher", "year", "licence", "grade"))
        yield f"source {source['source_id']}", ", ".join(str(w) for w in words if w is not None)


def _csv_cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, int | float) else harmless(shown(value))


def _flat(text: str) -> str:
    return " ".join(text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").split())
