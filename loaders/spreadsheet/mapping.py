"""The small file that says what the columns of a spreadsheet are, where the guesses are wrong or missing.

    [sheet]
    name = "Лист1"
    header_row = 3

    [columns]
    "Объём производства, тыс. тонн" = "quantity"
    "#7" = "ignore"

    [units]
    "Объём производства, тыс. тонн" = "kt"

    [defaults]
    region = "Павлодарская область"
    year = 2022
    unit = "t"
    decimal = ","

    [defaults.year_of]
    "Мощность" = 2021

A column is named by its header, as the report shows it, or by its place (`#7`). What is not named is guessed.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from graph_schema import NotFoundError
from graph_schema.cells.text import did_you_mean, nearest, nfc
from graph_schema.checks.findings import Findings
from loaders.spreadsheet.columns import Guess, is_unit
from loaders.spreadsheet.words import ROLES

_KEYS: dict[str, dict[str, type]] = {
    "sheet": {"name": str, "header_row": int, "encoding": str, "delimiter": str},
    "columns": {},
    "units": {},
    "defaults": {"region": str, "year": int, "unit": str, "decimal": str, "year_of": dict},
}
_LARGEST = 1 << 20


@dataclass(slots=True)
class Mapping:
    """What a person has said of a spreadsheet; blank means: guess."""

    sheet: str = ""
    header_row: int | None = None
    encoding: str = ""
    delimiter: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    year_of: dict[str, int] = field(default_factory=dict)
    region: str = ""
    year: int | None = None
    unit: str = ""
    decimal: str = ""
    file: str = ""


def read_mapping(path: Path, findings: Findings) -> Mapping:
    """Read a mapping file; every key or value that does not fit is a problem.

    Raises
    ------
    NotFoundError
        If there is no such file.
    """
    made = Mapping(file=path.name)
    if not path.is_file():
        raise NotFoundError("mapping file", str(path))
    try:
        values = tomllib.loads(path.read_bytes()[:_LARGEST].decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        findings.add("import.mapping", made.file, None, "", path.name, reason=f"is no valid TOML: {error}")
        return made
    for name, part in values.items():
        if name not in _KEYS or not isinstance(part, dict):
            _unknown(made, name, _KEYS, findings, "is no part of a mapping")
            continue
        for key, value in part.items():
            _take(made, name, nfc(str(key)), value, findings)
    return made


def _take(made: Mapping, part: str, key: str, value: object, findings: Findings) -> None:
    """Keep one key of the file, or say what is wrong with it."""
    if part == "columns":
        if value not in ROLES:
            _unknown(made, str(value), ROLES, findings, "is nothing that a column can be", key)
        else:
            made.columns[key] = str(value)
    elif part == "units":
        if not isinstance(value, str) or not is_unit(value):
            findings.add(
                "import.mapping",
                made.file,
                None,
                key,
                value,
                reason="is no known unit",
                hint="for example t, kt, unit",
            )
        else:
            made.units[key] = value
    elif key not in _KEYS[part]:
        _unknown(made, key, _KEYS[part], findings, f"is no key of [{part}]")
    elif not isinstance(value, _KEYS[part][key]) or isinstance(value, bool) or _unfit(key, value):
        reason = f"does not fit {key}; it must be {_unfit(key, value) or _KEYS[part][key].__name__}"
        findings.add("import.mapping", made.file, None, key, value, reason=reason)
    else:
        setattr(made, "sheet" if (part, key) == ("sheet", "name") else key, value)


def _unfit(key: str, value: object) -> str:
    """Say what `value` must be if it is not that."""
    if key == "decimal" and value not in (",", "."):
        return '"," or "."'
    if key == "year" and not (isinstance(value, int) and 1800 <= value <= 2200):
        return "a year between 1800 and 2200"
    if key == "unit" and not is_unit(str(value)):
        return "a known unit"
    years = isinstance(value, dict) and all(isinstance(year, int) for year in value.values())
    return "a table of header = year" if key == "year_of" and not years else ""


def _unknown(
    made: Mapping, name: str, known: Iterable[str], findings: Findings, reason: str, column: str = ""
) -> None:
    known = list(known)
    hint = did_you_mean(nearest(name, known, 1)) or f"possible are {', '.join(known)}"
    findings.add("import.mapping", made.file, None, column, name, reason=reason, hint=hint)


def check_columns(made: Mapping, columns: Iterable[tuple[str, int]], findings: Findings) -> None:
    """Report names of columns that the sheet does not have, with the nearest header."""
    there = list(columns)
    known = {key for key, _ in there} | {f"#{place + 1}" for _, place in there}
    for part in (made.columns, made.units, made.year_of):
        for name in part:
            if name not in known:
                hint = did_you_mean(nearest(name, [key for key, _ in there], 1))
                reason = "is no column of the sheet"
                findings.add("import.mapping", made.file, None, name, name, reason=reason, hint=hint)


def to_toml(sheet: str, header_row: int | None, guesses: Iterable[Guess], settled: Mapping) -> str:
    """Return what was guessed as a mapping to edit, each column with the reason as a remark."""
    lines = [
        "# What the columns of the spreadsheet are. Edit a word and import again with --mapping.",
        "# Words: " + ", ".join(ROLES),
        "",
    ]
    lines += ["[sheet]"] + ([f"name = {_quoted(sheet)}"] if sheet else [])
    lines += [f"header_row = {header_row}"] if header_row else []
    guesses = list(guesses)
    keys = [guess.column.key for guess in guesses]
    lines += ["", "[columns]"]
    for guess in guesses:
        key = guess.column.key if keys.count(guess.column.key) == 1 else f"#{guess.column.place + 1}"
        lines.append(f"{_quoted(key)} = {_quoted(guess.role or 'note')}  # {' '.join(guess.reason.split())}")
    lines += ["", "[units]"]
    lines += [
        f"{_quoted(guess.column.key)} = {_quoted(guess.unit)}"
        for guess in guesses
        if guess.role in ("quantity", "capacity", "export") and guess.unit
    ]
    lines += ["", "[defaults]"]
    for name in ("region", "year", "unit", "decimal"):
        value = getattr(settled, name)
        if value:
            lines.append(f"{name} = {value if isinstance(value, int) else _quoted(value)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04X}" for c in escaped) + '"'
