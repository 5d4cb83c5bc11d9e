"""One import from beginning to end, and putting its files in place."""

import csv
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from graph_schema import Dataset, Problem
from graph_schema.checks.findings import Findings
from loaders import files, save
from loaders.catalogue import reference_tables
from loaders.recognition import EnterpriseIndex, Match, ProductIndex, Review
from loaders.spreadsheet.build import Builder, Cell, Own, chain_of, own_products, row_cells, without_unfit
from loaders.spreadsheet.columns import Guess, guess_columns
from loaders.spreadsheet.grid import read_grids
from loaders.spreadsheet.header import Sheet, find_table
from loaders.spreadsheet.makers import Maker, Makers, owner_names
from loaders.spreadsheet.mapping import Mapping, check_columns
from loaders.spreadsheet.parts import parts_of
from loaders.spreadsheet.places import GATHERED, Places
from loaders.spreadsheet.rows import Aside, Row, Rows, read_rows
from valuechain.model import ValueChain

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are (0: not known)."""

_RISKY = "=+-@\t\r"


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks for; `mapping` holds everything said of the sheet."""

    source: Path
    target: Path
    mapping: Mapping = field(default_factory=Mapping)
    against: ValueChain | None = None

    @property
    def review_file(self) -> Path:
        """The review table beside the dataset."""
        return _beside(self.target, ".review.csv")

    @property
    def aside_file(self) -> Path:
        """The rows that were set aside."""
        return _beside(self.target, ".set-aside.csv")

    @property
    def old(self) -> Path:
        """Where a dataset that is replaced is kept."""
        return _beside(
            self.target, f".old{self.target.suffix if self.target.suffix.casefold() == '.xlsx' else ''}"
        )


def _beside(target: Path, suffix: str) -> Path:
    stem = target.stem if target.suffix.casefold() == ".xlsx" else target.name
    return target.with_name(stem + suffix)


@dataclass(slots=True)
class Imported:
    """What an import found. Without a `chain` nothing of the sheet is usable; `problems` say why."""

    request: Request
    problems: tuple[Problem, ...] = ()
    chain: ValueChain | None = None
    sheet: Sheet | None = None
    guesses: list[Guess] = field(default_factory=list)
    settled: Mapping = field(default_factory=Mapping)
    products: list[Match] = field(default_factory=list)
    makers: list[Match] = field(default_factory=list)
    enterprises: int = 0
    joined: list[tuple[str, ...]] = field(default_factory=list)
    rows: int = 0
    aside: list[Aside] = field(default_factory=list)
    read: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    said: list[str] = field(default_factory=list)
    review: Review = field(default_factory=Review)


def import_spreadsheet(
    request: Request, findings: Findings | None = None, progress: Progress | None = None
) -> Imported:
    """Read a spreadsheet and return the dataset made of it; nothing is written.

    Raises
    ------
    NotFoundError
        If there is no such file or sheet.
    ParameterError
        If the year or the region is not to be found and not given.
    """
    findings = findings or Findings()
    tell = progress or (lambda _what, _done, _all: None)
    made = Imported(request)
    tell("reading", 0, 0)
    asked = request.mapping
    grids = read_grids(request.source, asked.sheet, findings, asked.encoding, asked.delimiter)
    made.sheet = sheet = _best([find_table(grid, asked.header_row) for grid in grids], findings)
    if sheet is None:
        if grids and not findings.errors:
            place = grids[0].place if len(grids) == 1 else request.source.name
            findings.add("import.no_header", place, found="the file may hold no table of makers")
        made.problems = findings.problems()
        return made
    check_columns(asked, ((column.key, column.place) for column in sheet.columns), findings)
    made.guesses = guess_columns(sheet, asked.columns, findings, asked.year_of)
    if not _has_makers(made, sheet, findings):
        made.problems = findings.problems()
        return made
    _Import(made, sheet, findings, tell).run()
    made.problems = (*findings.problems(), *made.review.problems)
    return made


def _best(tables: Sequence[Sheet | None], findings: Findings) -> Sheet | None:
    """Return the table whose header names most; others that look like one are named."""
    found = sorted((table for table in tables if table), key=lambda table: -table.score)
    for other in found[1:]:
        findings.add("import.other_sheet", other.place, name=f'"{other.title}"')
    return found[0] if found else None


def _has_makers(made: Imported, sheet: Sheet, findings: Findings) -> bool:
    if any(guess.role == "enterprise" for guess in made.guesses):
        return True
    names = ", ".join(f"'{guess.column.key}'" for guess in made.guesses[:20])
    line = sheet.header_lines[0] if sheet.header_lines else 1
    findings.add("import.no_column", sheet.place, line, what="the maker", columns=names)
    return False


class _Import:
    """The steps after the columns are known."""

    def __init__(self, made: Imported, sheet: Sheet, findings: Findings, tell: Progress) -> None:
        self._made, self._sheet, self._findings, self._tell = made, sheet, findings, tell
        self._request = made.request
        against = self._request.against
        self._known = against.arrow("enterprises").to_pylist() if against else []
        self._regions = against.arrow("regions").to_pylist() if against else []
        products = reference_tables()["products"].to_pylist()
        self._catalogue = {row["product_id"]: row["name"] for row in products}
        self._index = ProductIndex([{**row, "aliases": _aliases(row)} for row in products])
        self._cache: dict[tuple[str, str], Match] = {}

    def run(self) -> None:
        made, sheet = self._made, self._sheet
        rows = read_rows(sheet, made.guesses, self._request.mapping, self._findings)
        made.said += [*sheet.said, *rows.said]
        made.rows, made.aside, made.read, made.skipped = len(rows.rows), rows.aside, rows.read, rows.skipped
        made.settled = replace(self._request.mapping, year=self._request.mapping.year or rows.base_year)
        if not rows.rows:
            return
        places = Places(rows.rows, self._request.mapping.region, self._regions, sheet.above)
        if places.unplaced:
            made.said.append(
                f"{places.unplaced} rows name no place and stand in no region; --region NAME puts them into one."
            )
        if places.gathered:
            made.said.append(
                f"The sheet names {places.gathered} places and no region around them: they are gathered in one called "
                f"{GATHERED!r}, which counts as home; --region NAME names it."
            )
        parts, own = self._products(rows.rows)
        makers = self._makers(rows.rows, [places.of(row.region, row.district) for row in rows.rows])
        if made.review.decisions:
            parts, own = self._products(rows.rows)
        self._finish(rows, places, makers, parts, own)

    def _products(self, rows: Sequence[Row]) -> tuple[dict[Cell, list[Match]], dict[str, Own]]:
        """Match every product once; the review table, where it is read already, decides."""
        parts = without_unfit(parts_of(row_cells(rows), self._match), rows)
        self._own = own_products(parts, self._catalogue)
        unique = {match.text: match for matches in parts.values() for match in matches}
        self._made.products = [unique[text] for text in sorted(unique)]
        return parts, self._own

    def _match(self, texts: Sequence[str], codes: Sequence[str]) -> list[Match]:
        new = [pair for pair in dict.fromkeys(zip(texts, codes, strict=True)) if pair not in self._cache]
        done = 0

        def step(count: int) -> None:
            nonlocal done
            done += count
            self._tell("recognising products", done, len(new))

        if new:
            found = self._index.match_all([t for t, _ in new], [c for _, c in new], progress=step)
            self._cache.update(zip(new, found, strict=True))
        matches = [self._cache[pair] for pair in zip(texts, codes, strict=True)]
        return self._made.review.apply(matches, "product") if self._made.review.decisions else matches

    def _makers(self, rows: Sequence[Row], places: Sequence[str]) -> Makers:
        """Settle who is who; a person's decisions need the ids of a first round."""
        self._tell("recognising makers", 0, 0)
        names = list(
            dict.fromkeys(
                (*(row.maker for row in rows), *(n for row in rows for n, _ in owner_names(row.owner)))
            )
        )
        old: list[Match] = EnterpriseIndex(self._known).match_all(names) if self._known else []
        taken = {*(row["enterprise_id"] for row in self._known), "abroad"}
        first = Makers(
            rows, places, {match.text: match.id for match in old if match.used and match.id}, taken
        )
        ids = {maker.id: maker.names[0] for maker in first.all()} | {
            row["enterprise_id"]: row["name"] for row in self._known
        }
        own = {one.id: one.name for one in self._own.values()}
        self._made.review = review = Review.read(
            self._request.review_file, {"product": self._catalogue | own, "enterprise": ids}
        )
        doubts = {match.text: match for match in first.doubts()}
        listed = [match for match in old if match.state in ("probable", "candidate") or match.used]
        matches = list(
            (
                {match.text: match for match in listed}
                | {t: m for t, m in doubts.items() if t not in {x.text for x in listed}}
            ).values()
        )
        self._made.makers = sorted(review.apply(matches, "enterprise"), key=lambda match: match.text)
        decided = {match.text: match.id for match in self._made.makers if match.used and match.id}
        if not review.decisions:
            return first
        return Makers(rows, places, _with_targets(decided, first.all()), taken)

    def _finish(
        self, rows: Rows, places: Places, makers: Makers, parts: dict[Cell, list[Match]], own: dict[str, Own]
    ) -> None:
        made = self._made
        self._tell("building", 0, 0)
        builder = Builder(self._sheet, made.guesses, rows, places, makers, parts, own, self._findings)
        tables = builder.tables({row["enterprise_id"]: row for row in self._known})
        skipped = builder.facts.skipped
        made.read -= skipped
        if skipped:
            made.skipped["for several products, or not in the product's unit"] += skipped
        everyone = makers.all()
        made.enterprises = len(everyone)
        made.joined = [tuple(maker.names) for maker in everyone if len(maker.names) > 1]
        dataset = Dataset(
            self._request.target.name.removesuffix(".xlsx"),
            title=self._request.source.stem,
            base_year=rows.base_year,
            home_region=places.home,
            catalogue=True,
        )
        made.chain = chain_of(dataset, tables)


def _with_targets(decided: dict[str, str], makers: Iterable[Maker]) -> dict[str, str]:
    """Let the enterprise that another is joined to keep its id."""
    targets = set(decided.values())
    kept = {name: maker.id for maker in makers if maker.id in targets for name in maker.names}
    return kept | decided


def _aliases(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(one.strip() for one in str(row.get("aliases") or "").split(";") if one.strip())


def save_import(made: Imported) -> list[Path]:
    """Write dataset, review table and the rows set aside; what is replaced is kept beside. Returns what was written."""
    assert made.chain is not None  # noqa: S101 - the caller has looked
    request = made.request
    _keep_old(request)
    save(made.chain, request.target)
    written = [request.target]
    listed = {"product": made.products, "enterprise": made.makers}
    if made.review.rows or any(match.state != "certain" for matches in listed.values() for match in matches):
        made.review.write(request.review_file, listed)
        written.append(request.review_file)
    if made.aside:
        files.save_file(request.aside_file, lambda path: _write_aside(made, path))
        written.append(request.aside_file)
    else:
        request.aside_file.unlink(missing_ok=True)
    return written


def _keep_old(request: Request) -> None:
    """Copy the dataset that is about to be replaced."""
    target, old = request.target.expanduser(), request.old.expanduser()

    def copy(new: Path) -> None:
        if target.is_dir():
            shutil.copytree(target, new, dirs_exist_ok=True)
        else:
            shutil.copy2(target, new)

    if target.is_dir() and any(target.iterdir()):
        files.save_folder(old, copy)
    elif target.is_file() and target.stat().st_size:
        files.save_file(old, copy)


def _write_aside(made: Imported, path: Path) -> None:
    assert made.sheet is not None  # noqa: S101 - rows come from a sheet
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(["row", "reason", *(column.key for column in made.sheet.columns)])
        for aside in made.aside:
            writer.writerow([aside.line, aside.reason, *map(_harmless, aside.cells)])


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text[:1] in tuple(_RISKY) and len(text) > 1 else text
