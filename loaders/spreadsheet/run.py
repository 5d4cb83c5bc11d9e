"""One import from beginning to end, and putting its files in place."""

import csv
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from graph_schema import Dataset, ParameterError, Problem
from graph_schema.cells.text import harmless
from graph_schema.checks.findings import Findings
from loaders import files, save
from loaders.catalogue import reference_tables
from loaders.recognition import EnterpriseIndex, Match, ProductIndex, Review
from loaders.recognition.review import key_of
from loaders.spreadsheet.amounts import LONGEST_NOTE
from loaders.spreadsheet.build import Builder, Cell, Own, chain_of, own_products, row_cells, without_unfit
from loaders.spreadsheet.columns import Guess, guess_columns
from loaders.spreadsheet.grid import read_grids
from loaders.spreadsheet.header import Sheet, find_table
from loaders.spreadsheet.makers import Makers, owner_names
from loaders.spreadsheet.mapping import Mapping, check_columns
from loaders.spreadsheet.parts import named, parts_of
from loaders.spreadsheet.places import GATHERED, Places
from loaders.spreadsheet.rows import Aside, Row, Rows, read_rows
from valuechain.model import ValueChain

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many steps are done, and how many there are (0: not known)."""


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
    unfit: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Amounts by their unit and that of their product, where one is not to be had from the other."""
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
    others = next(grid.others for grid in grids if grid.title == sheet.title)
    if others:
        made.said.append(f"Sheets that are not read: {', '.join(others)}.")
    check_columns(asked, ((column.key, column.place) for column in sheet.columns), findings)
    made.problems = findings.problems()
    if any(one.code == "import.mapping" for one in made.problems):
        return made
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
        self._index = ProductIndex(products)
        self._cache: dict[tuple[str, str], Match] = {}

    def run(self) -> None:
        made, sheet = self._made, self._sheet
        rows, places = self._rows_and_places()
        made.said += [*sheet.said, *rows.said]
        made.rows, made.aside, made.read, made.skipped = len(rows.rows), rows.aside, rows.read, rows.skipped
        made.settled = replace(self._request.mapping, year=self._request.mapping.year or rows.base_year)
        if places is None:
            return
        if places.beside:
            others = ", ".join(f"{name} ({count} rows)" for name, count in sorted(places.beside.items()))
            made.said.append(
                f"The sheet's own column names other regions than {self._request.mapping.region}, which is home: "
                f"they stand beside it: {others}."
            )
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
        makers = self._makers(rows.rows, [places.of(row.region, row.district) for row in rows.rows], parts)
        if made.review.decisions:
            parts, own = self._products(rows.rows)
        self._tell_idle(makers)
        self._finish(rows, places, makers, parts, own)

    def _rows_and_places(self) -> tuple[Rows, Places | None]:
        """Read the rows and where they stand; all that has to be given is asked for at once."""
        asked, missing = self._request.mapping, []
        try:
            rows = self._read(asked, self._findings)
        except ParameterError as error:
            missing.append(error)
            rows = self._read(replace(asked, year=2000), Findings())  # only to see what else is missing
        try:
            places = self._placed(rows)
        except ParameterError as error:
            missing.append(error)
        if not missing:
            return rows, places
        if rows.without:
            missing.append(ParameterError("unit", f"{rows.without} amounts name none; say it: --unit t"))
        if len(missing) == 1:
            raise missing[0]
        said = "; ".join(map(str, missing))
        raise ParameterError(
            ", ".join(one.parameter for one in missing), f"the sheet does not say them. {said}"
        )

    def _read(self, asked: Mapping, findings: Findings) -> Rows:
        return read_rows(self._sheet, self._made.guesses, asked, findings)

    def _placed(self, rows: Rows) -> Places | None:
        if not rows.rows:
            return None
        return Places(rows.rows, self._request.mapping.region, self._regions, self._sheet.above)

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
            found = [
                match if text else replace(match, text=named(code))  # a code alone, with the words of the HS
                for match, (text, code) in zip(found, new, strict=True)
            ]
            self._cache.update(zip(new, found, strict=True))
        matches = [self._cache[pair] for pair in zip(texts, codes, strict=True)]
        return self._made.review.apply(matches, "product") if self._made.review.decisions else matches

    def _makers(self, rows: Sequence[Row], places: Sequence[str], parts: dict[Cell, list[Match]]) -> Makers:
        """Settle who is who; a person's decisions need the ids of a first round."""
        self._tell("recognising makers", 0, 0)
        self._tell_nobody(rows)
        made = [[m.id or m.text.casefold() for m in parts[row.product, row.hs_code]] for row in rows]
        makers = Makers(rows, places, made, {*(row["enterprise_id"] for row in self._known), "abroad"})
        known: list[Match] = EnterpriseIndex(self._known).match_all(makers.names) if self._known else []
        makers.settle(known)
        ids = makers.ids() | {row["enterprise_id"]: row["name"] for row in self._known}
        own = {one.id: one.name for one in self._own.values()}
        self._made.review = review = Review.read(
            self._request.review_file, {"product": self._catalogue | own, "enterprise": ids}
        )
        decisions = review.decisions
        decided: dict[str, Match] = {}
        if decisions:
            found = {match.text: match for match in makers.matches}
            asked = [name for name in makers.names if key_of("enterprise", name) in decisions]
            bare = [found.get(name) or Match(name, "none", None, "", 0.0, "", ()) for name in asked]
            decided = {match.text: match for match in review.apply(bare, "enterprise")}
            makers.settle(known, decided)
        listed = {match.text: match for match in makers.matches} | decided
        self._made.makers = sorted(listed.values(), key=lambda match: match.text)
        return makers

    def _tell_idle(self, makers: Makers) -> None:
        """Say which decisions are about nothing of this run."""
        texts = {"product": [text for text, _ in self._cache], "enterprise": makers.names}
        idle = self._made.review.idle(texts)
        if idle:
            words = ", ".join(f"{one.kind} '{one.text}'" for one in idle[:5]) + (", ..." if idle[5:] else "")
            count = (
                "1 decision of the review table matches"
                if len(idle) == 1
                else (f"{len(idle)} decisions of the review table match")
            )
            self._made.said.append(f"{count} nothing in the sheet: {words}.")

    def _tell_nobody(self, rows: Sequence[Row]) -> None:
        """Say which words stand for an owner and name none."""
        nobody = [row for row in rows if row.owner and not owner_names(row.owner)]
        for row in nobody:
            row.notes.append(f"owner stated: {row.owner[:LONGEST_NOTE]}")
        if nobody:
            words = ", ".join(sorted({f"'{row.owner}'" for row in nobody})[:3])
            self._made.said.append(
                f"Owners that name nobody ({words}): {len(nobody)}; the words stay in the note."
            )

    def _finish(
        self, rows: Rows, places: Places, makers: Makers, parts: dict[Cell, list[Match]], own: dict[str, Own]
    ) -> None:
        made = self._made
        self._tell("building", 0, 0)
        builder = Builder(self._sheet, made.guesses, rows, places, makers, parts, own, self._findings)
        tables = builder.tables({row["enterprise_id"]: row for row in self._known})
        skipped = builder.facts.skipped
        made.read -= skipped.total()
        made.skipped += skipped
        made.unfit = builder.facts.unfit
        made.said += _unfit(made.unfit)
        self._tell_no_product(builder.unnamed, len(rows.rows), any(one.used for one in made.products))
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

    def _tell_no_product(self, unnamed: int, count: int, any_used: bool) -> None:
        why = "they name none, and nothing of what they make is kept"
        if not unnamed and not any_used:
            unnamed, why = count, "all products are the dataset's own, and no question knows what they are"
        if unnamed:
            line = self._sheet.header_lines[0] if self._sheet.header_lines else 1
            place = self._sheet.place
            self._findings.add("import.no_product", place, line, count=unnamed, rows=count, why=why)


def _unfit(amounts: Counter[tuple[str, str]]) -> list[str]:
    """Say which amounts are in a unit from which no density is invented, and what is wanted."""
    wanted: dict[str, list[str]] = {}
    for (unit, to), count in sorted(amounts.items()):
        wanted.setdefault(to, []).append(f"{count} in {unit}")
    return [
        f"Amounts of products counted in {to} that are stated in other units and stay in the note: "
        f"{', '.join(stated)}. Wanted is the amount in {to}."
        for to, stated in sorted(wanted.items())
    ]


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
    return harmless(text) if len(text) > 1 else text
