"""Which column is what: by its header, by the cells below it, or because a mapping says so.

A header decides where its words are known; `Наименование` and blank headers are decided by the cells. Every
guess says why. Where two columns read as the same thing and differ, none is used: a person decides.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph_schema.cells.text import shown
from graph_schema.cells.units import UnitError, canonical
from graph_schema.checks.findings import Findings
from loaders.recognition import hs
from loaders.recognition.enterprises import core
from loaders.spreadsheet.header import Column, Sheet
from loaders.spreadsheet.money import is_money
from loaders.spreadsheet.words import ADDRESSES, ROLES, YEAR, is_generic, role_of, words_of, year_in

AMOUNTS = ("quantity", "capacity", "export")
VALUES = {"quantity": "output_value", "export": "export_value"}
"""What an amount is where its header names money."""

FIGURES = (*AMOUNTS, *VALUES.values(), "export_share")
_MANY = frozenset({*FIGURES, "note", "ignore", ""})
_SAMPLE = 300
_LONGEST_UNIT = 20
_MOST = 0.6
_PIECES = re.compile(r"[,;/()\[\]:]")
_HS = re.compile(r"\d{2}(?:[ .]?\d{2}){1,4}(?:[ .]\d)?(?:\.0)?")
_CPA = re.compile(r"\d\d\.\d\d(\.\d\d?)*")
_HS_WORDS = re.compile(r"вэд|(?<!\w)hs(?!\w)|сэқ|tariff|customs", re.I)
_AFTER = re.compile(r"[,(]\s*([^,()/;\[\]:|]+)")
_NO_UNIT = re.compile(
    r"\d|(?<!\w)(всего|итого|факт\w*|план\w*|год\w*|г|за|по|отч[её]т\w*|оценк\w*|текущ\w*|натур\w*|том числе"
    r"|кварт\w*|полугод\w*|мес\w*|январ\w*|декабр\w*|total|actual|annual|yearly|estimate\w*|reported|per|year"
    r"|без|ндс|барлығы|нақты|жыл\w*|есепті)(?!\w)",
    re.I,
)
_PERCENT = re.compile(r"%|(?<!\w)(процент\w*|пайыз\w*|per ?cent)(?!\w)", re.I)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column is taken for, why, and how sure that is; `unit` and `year` are what its header states.

    `odd` is a word of the header that stands where a unit stands and is none that is known.
    """

    column: Column
    role: str
    reason: str
    confidence: str
    unit: str = ""
    year: int | None = None
    percent: bool = False
    odd: str = ""


def guess_columns(
    sheet: Sheet, declared: Mapping[str, str], findings: Findings, years: Mapping[str, int]
) -> list[Guess]:
    """Return what each column of a sheet is; `declared` (header -> role) wins over every guess."""
    guesses = [_guess(column, declared, years) for column in sheet.columns]
    guesses = _by_cells(guesses)
    return _settle(guesses, sheet, findings)


def _guess(column: Column, declared: Mapping[str, str], years: Mapping[str, int]) -> Guess:
    header = column.header
    year = years.get(column.key) or years.get(f"#{column.place + 1}") or year_in(header)
    money, percent = is_money(header), bool(_PERCENT.search(header))
    unit = "" if money else unit_in(header)
    said = declared.get(column.key) or declared.get(f"#{column.place + 1}")
    if said:
        return Guess(
            column, said, "the mapping says so", "given", unit, year, percent, _odd(header, said, unit)
        )
    role, phrase, _ = role_of(header)
    if not role and not phrase and year and len(header) < 40 and not is_generic(header):
        role, reason, sure = "quantity", f"the header is the year {year}", "likely"
    elif role:
        reason, sure = f"the header says '{words_of(header, phrase)}'", "certain"
        sure = "likely" if phrase in ADDRESSES else sure
    if role in AMOUNTS and money:
        said = "the header names money, not an amount of a product"
        return Guess(column, VALUES.get(role, ""), said, "certain", "", year)
    if role == "export" and percent:
        role = "export_share"
    if role in ("quantity", "capacity") and percent:
        return Guess(column, "", "the header names per cent, not an amount of a product", "certain")
    if role:
        return Guess(column, role, reason, sure, unit, year, percent, _odd(header, role, unit))
    if phrase:
        said = f"'{words_of(header, phrase)}' has no place in a dataset; kept in the note"
        return Guess(column, "", said, "certain")
    reason = "the header is not known" if header else "there is no header"
    return Guess(column, "", reason, "none", unit, year, percent)


def _odd(header: str, role: str, unit: str) -> str:
    """Return what stands in the header of an amount where a unit stands, if it is none that is known.

    >>> [_odd(header, "quantity", "") for header in ("Объем 2023, туб", "Объем, млн", "Объем, всего")]
    ['туб', 'млн', '']
    """
    if role not in AMOUNTS or unit:
        return ""
    for piece in reversed(_AFTER.findall(YEAR.sub(" ", header))):
        bare = re.sub(r"^(в|in)\s+", "", piece.strip(" .%"), flags=re.IGNORECASE)
        named = role_of(bare)
        if bare and len(bare) <= _LONGEST_UNIT and not any(named[:2]) and not _NO_UNIT.search(bare):
            return bare
    return ""


def unit_in(header: str) -> str:
    """Return the unit that a header names, as it names it.

    >>> unit_in("Объём производства, тыс. тонн"), unit_in("Output (kt)"), unit_in("2022 г."), unit_in("Выпуск в тоннах")
    ('тыс. тонн', 'kt', '', 'тоннах')
    """
    text = YEAR.sub(" ", header)
    pieces = [piece.strip(" .") for piece in _PIECES.split(text)]
    words = text.split()
    pieces += [" ".join(words[-count:]) for count in (3, 2, 1) if len(words) > count]
    for piece in pieces:
        bare = re.sub(r"^(в|in|, )\s+", "", piece, flags=re.IGNORECASE)
        if is_unit(bare):
            return bare
    slashed = re.search(r"[^\s,(]+\s*/\s*(?:год|г|жыл|yr|year)\b", text)
    return slashed[0] if slashed and is_unit(slashed[0]) else ""


def is_unit(text: str) -> bool:
    """Say whether a text is a unit of amounts."""
    if not text or len(text) > 40:
        return False
    try:
        canonical(text)
    except UnitError:
        return False
    return True


def _by_cells(guesses: list[Guess]) -> list[Guess]:
    """Look at the cells of columns whose header does not tell."""
    found = {guess.role for guess in guesses}
    made = []
    for guess in guesses:
        if guess.role == "hs_code" and guess.confidence != "given" and other_codes(guess):
            guess = Guess(guess.column, "", "codes as of КПВЭД or ОКПД, which are not read", "certain")
        open_ = guess.confidence == "none"
        role, reason = _look(guess.column, found) if open_ else ("", "")
        if role and (role not in found or role in _MANY):
            said = f"{guess.reason}; {reason}" if not is_generic(guess.column.header) else reason
            guess = Guess(guess.column, role, said, "guess", guess.unit, guess.year, guess.percent)
        made.append(guess)
    known = {guess.role for guess in made}
    for at, guess in enumerate(made):  # what is left of names is what the makers make, or who they are
        if guess.confidence == "none" and is_generic(guess.column.header):
            role = "product" if "product" not in known else "enterprise" if "enterprise" not in known else ""
            if role:
                known.add(role)
                other = "makers" if role == "product" else "products"
                made[at] = Guess(guess.column, role, f"names, and the {other} stand elsewhere", "guess")
    return made


def _look(column: Column, found: set[str]) -> tuple[str, str]:
    """Say what the cells of a column look like."""
    cells = [str(cell).strip() for cell in column.cells if cell is not None and str(cell).strip()][:_SAMPLE]
    if not cells:
        return "", ""
    kinds = (
        ("enterprise", "have a legal form or quotes", lambda c: core(c).forms or c[:1] in '«"“'),
        ("unit", "are units", is_unit),
        ("hs_code", "are HS codes of 4 to 10 digits", _is_hs),
    )
    for role, words, test in kinds:
        fitting = sum(bool(test(cell)) for cell in cells)
        if role not in found and fitting >= _MOST * len(cells) and (role != "hs_code" or _codes(cells)):
            return role, f"{fitting} of {len(cells)} cells {words}"
    return "", ""


def _is_hs(cell: str) -> bool:
    """Say whether a cell is a code of the HS; 07.10.10 may as well be one of КПВЭД or ОКПД."""
    return bool(_HS.fullmatch(cell)) and not _CPA.fullmatch(cell) and hs.known(cell)


def other_codes(guess: Guess) -> bool:
    """Say whether a column of codes holds codes written as КПВЭД or ОКПД are, and its header does not say HS."""
    cells = [str(cell).strip() for cell in guess.column.cells if cell is not None and str(cell).strip()]
    dotted = sum(bool(_CPA.fullmatch(cell)) for cell in cells)
    return dotted > len(cells) / 2 and not _HS_WORDS.search(guess.column.header)


def _codes(cells: Sequence[str]) -> bool:
    """Say whether numbers are codes of goods rather than amounts: their chapters exist, lengths are alike."""
    lengths = Counter(len(re.sub(r"\D", "", cell.removesuffix(".0"))) for cell in cells)
    common, count = lengths.most_common(1)[0]
    return common in (4, 6, 8, 10) and count >= _MOST * len(cells)


def _settle(guesses: list[Guess], sheet: Sheet, findings: Findings) -> list[Guess]:
    """Leave out columns that read as the same thing, unless they are alike in every cell."""
    groups: dict[tuple[str, int | None], list[int]] = {}
    for at, guess in enumerate(guesses):
        if guess.role not in _MANY or guess.role in FIGURES:
            year = guess.year if guess.role in FIGURES else None
            groups.setdefault((guess.role, year), []).append(at)
    for (role, year), places in groups.items():
        places = _surest(guesses, places)
        if len(places) < 2:
            continue
        first = guesses[places[0]].column
        if all(guesses[at].column.cells == first.cells for at in places):
            rest, why = places[1:], "the column is there twice, with the same cells"
        else:
            rest, why = places, f"{len(places)} columns read as {ROLES[role]}"
            names = ", ".join(
                f"'{guesses[at].column.key}' (#{guesses[at].column.place + 1})" for at in places
            )
            what = ROLES[role] + (f" in {year}" if year else "")
            line = sheet.header_lines[0] if sheet.header_lines else 1
            findings.add(
                "import.same_columns",
                sheet.place,
                line,
                first.key,
                count=len(places),
                what=what,
                columns=names,
            )
        for at in rest:
            guesses[at] = Guess(guesses[at].column, "", why, "none")
    return guesses


def _surest(guesses: list[Guess], places: list[int]) -> list[int]:
    """Return those columns of a group that a person named, else those that their header names."""
    for confidence in ("given", "certain", "likely"):
        chosen = [at for at in places if guesses[at].confidence == confidence]
        if chosen:
            for at in set(places) - set(chosen):
                lost = guesses[at]
                guesses[at] = Guess(
                    lost.column, "", f"another column is {ROLES[lost.role]} more surely", "none"
                )
            return chosen
    return places


def sample(cells: Iterable[object]) -> str:
    """Return the first cell that is not blank, as a person may read it."""
    return next((shown(cell)[:28] for cell in cells if cell is not None and str(cell).strip()), "")
