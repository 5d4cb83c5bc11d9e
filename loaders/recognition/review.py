"""The review table: what a person decided about matches that are not certain, and remembers it.

A CSV file beside the dataset. People fill in `decision`: an id is the answer, `yes` confirms what was found,
`none` says that it is none of them, an empty cell leaves it as found. What is decided is remembered by kind
and normal form of the text, wins over the matcher, and stays in the file also when the text is absent; clearing
the cell undoes it. A person may add rows. The file is read in the encoding and with the delimiter in which Excel
saved it. It is written in UTF-8 with a byte order mark, so that Excel shows Cyrillic letters; a text that begins
like a formula is written with an apostrophe, so that no spreadsheet runs it, and is read back without.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from graph_schema import Problem, StoreError
from graph_schema.cells.text import Names, did_you_mean, harmless, nfc, shown, typed, visible
from loaders import files
from loaders.recognition.enterprises import core
from loaders.recognition.match import Candidate, Match
from loaders.recognition.words import normal_form

COLUMNS = (
    "kind",
    "text",
    "state",
    "score",
    "found_id",
    "found_name",
    "reason",
    "candidates",
    "decision",
    "note",
)
"""The columns of the table."""

KINDS = ("product", "enterprise")
"""What a row can be about."""

DECIDED = "decided in the review table"
"""The reason of a match that a person decided."""

_REVIEWED = ("probable", "candidate", "none")


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of the table as it was read; a decision that cannot be followed stays for its writer to correct."""

    kind: str
    text: str
    decision: str
    note: str
    found_id: str
    line: int
    cells: Mapping[str, str]
    followed: bool = True


Key = tuple[str, str]


def key_of(kind: str, text: str) -> Key:
    """Return what a decision is remembered by."""
    if kind == "enterprise":
        one = core(text)
        return kind, " ".join([one.literal, "|", *sorted(one.forms)])
    return kind, normal_form(text) or visible(text).casefold()


@dataclass(frozen=True, slots=True)
class Review:
    """The decisions of a review table; `problems` is what could not be read."""

    file: str = ""
    rows: tuple[Decision, ...] = ()
    problems: tuple[Problem, ...] = ()
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path | str, names: Mapping[str, Mapping[str, str]] | None = None) -> "Review":
        """Read the table at `path`; one that does not exist is empty.

        Parameters
        ----------
        path
            The CSV file.
        names
            For each kind, the name of every id that a decision may take. Where it is given, a decision with
            another id is a problem, and is left out.

        Raises
        ------
        StoreError
            If the file cannot be read.
        """
        path = Path(path)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return cls(path.name, names=names or {})
        except OSError as error:
            raise StoreError(f"{path} cannot be read: {error.strerror or error}.") from error
        return _Reader(path.name, names or {}).read(_text(content))

    @property
    def decisions(self) -> dict[Key, Decision]:
        """What is decided, by kind and normal form of the text; of two rows about one text the last counts."""
        return {key_of(row.kind, row.text): row for row in self.rows if row.decision and row.followed}

    def idle(self, texts: Mapping[str, Iterable[str]]) -> list[Decision]:
        """Return the decisions about texts that are not among `texts`, which are given by kind."""
        met = {key_of(kind, text) for kind, listed in texts.items() for text in listed}
        return [row for key, row in self.decisions.items() if key not in met]

    def apply(self, matches: Sequence[Match], kind: str = "product") -> list[Match]:
        """Return `matches` with the decisions in place of what the matcher found."""
        decisions = self.decisions
        return [self._applied(match, decisions.get(key_of(kind, match.text))) for match in matches]

    def _applied(self, match: Match, decision: Decision | None) -> Match:
        if decision is None:
            return match
        chosen = decision.decision
        if chosen.casefold() == "none":
            return Match(match.text, "none", None, "", 0.0, DECIDED, match.candidates)
        if chosen.casefold() == "yes":
            chosen = decision.found_id
        known = {one.id: one.name for one in match.candidates}
        name = self.names.get(decision.kind, {}).get(chosen) or known.get(chosen) or chosen
        rest = tuple(one for one in match.candidates if one.id != chosen)
        return Match(
            match.text, "certain", chosen, name, 100.0, DECIDED, (Candidate(chosen, name, 100.0), *rest)
        )

    def write(self, path: Path | str, matches: Mapping[str, Iterable[Match]]) -> None:
        """Write the table of `matches` by kind, and every decision so far.

        Raises
        ------
        StoreError
            If it cannot be written.
        """
        rows = self._rows(matches)

        def fill(temporary: Path) -> None:
            with temporary.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.DictWriter(file, COLUMNS, lineterminator="\r\n")
                writer.writeheader()
                writer.writerows({name: harmless(cell) for name, cell in row.items()} for row in rows)

        files.save_file(Path(path), fill)

    def _rows(self, matches: Mapping[str, Iterable[Match]]) -> list[dict[str, str]]:
        written = {key_of(row.kind, row.text): row for row in self.rows if row.decision or row.note}
        rows = dict[Key, dict[str, str]]()
        for kind, found in matches.items():
            for match in found:
                key = key_of(kind, match.text)
                if key not in rows and (match.state in _REVIEWED or key in written):
                    rows[key] = _cells(kind, match, written.get(key))
        for key, row in written.items():
            rows.setdefault(key, {column: row.cells.get(column, "") for column in COLUMNS})
        return list(rows.values())


def _cells(kind: str, match: Match, written: Decision | None) -> dict[str, str]:
    return {
        "kind": kind,
        "text": match.text,
        "state": match.state,
        "score": f"{match.score:g}",
        "found_id": match.id or (written.found_id if written else ""),  # `yes` goes on meaning the same id
        "found_name": match.name,
        "reason": match.reason,
        "candidates": "; ".join(f"{one.id} ({one.score:g})" for one in match.candidates),
        "decision": written.decision if written else "",
        "note": written.note if written else "",
    }


def _text(content: bytes) -> str:
    """Decode what Excel and editors save: UTF-8, UTF-16 with its mark, windows-1251."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1251", errors="replace")


class _Reader:
    """Reads the table and judges each row."""

    def __init__(self, file: str, names: Mapping[str, Mapping[str, str]]) -> None:
        self._file, self._names = file, names
        self._nearest = {kind: Names(ids) for kind, ids in names.items()}
        self._problems: list[Problem] = []

    def read(self, text: str) -> Review:
        lines = text.splitlines(keepends=True)
        skipped = 1 if lines and lines[0].lower().startswith("sep=") else 0
        header = lines[skipped] if len(lines) > skipped else ""
        delimiter = max(",;\t", key=header.count)
        reader = csv.reader(io.StringIO("".join(lines[skipped:]), newline=""), delimiter=delimiter)
        columns = [visible(nfc(cell)).casefold() for cell in next(reader, [])]
        missing = [name for name in ("kind", "text", "decision") if name not in columns]
        if missing and text.strip():
            self._add(
                1, missing[0], "", f"There is no column {missing[0]!r}.", f"columns: {', '.join(COLUMNS)}"
            )
            return Review(self._file, problems=tuple(self._problems), names=self._names)
        rows = []
        line = skipped + reader.line_num + 1
        for cells in reader:
            row = {name: typed(visible(nfc(cell))) for name, cell in zip(columns, cells, strict=False)}
            if any(row.values()):
                judged = self._row(row, line)
                rows += [judged] if judged else []
            line = skipped + reader.line_num + 1
        return Review(self._file, tuple(rows), tuple(self._problems), self._names)

    def _row(self, row: Mapping[str, str], line: int) -> Decision | None:
        kind = row.get("kind", "").casefold()
        if kind not in KINDS:
            self._add(line, "kind", row.get("kind", ""), "A row is about", did_you_mean(KINDS))
            return None
        found_id = row.get("found_id", "")
        decision = row.get("decision", "")
        judged = Decision(kind, row.get("text", ""), decision, row.get("note", ""), found_id, line, row)
        return replace(judged, followed=False) if self._bad(judged) else judged

    def _bad(self, row: Decision) -> bool:
        """Report a decision that cannot be followed."""
        word = row.decision.casefold()
        if word == "yes" and not row.found_id:
            hint = "write the id of what it is"
            self._add(row.line, "decision", row.decision, "There is nothing found to confirm.", hint)
            return True
        ids = self._names.get(row.kind)
        chosen = row.found_id if word == "yes" else row.decision
        if not chosen or word == "none" or ids is None or chosen in ids:
            return False
        hint = did_you_mean(self._nearest[row.kind].nearest(chosen))
        message = f"There is no {row.kind} {shown(chosen)!r}."
        self._add(row.line, "decision", row.decision, message, hint)
        return True

    def _add(self, line: int, column: str, value: str, message: str, hint: str) -> None:
        self._problems.append(
            Problem(self._file, line, column, "review.decision", "error", shown(value), message, hint)
        )
