"""The description of a dataset, `dataset.toml`, or the sheet `dataset` of a workbook.

Keys are those of `graph_schema.Dataset`. An unknown key is a warning, a value of the wrong type an error.
Without a description the dataset is called after its folder or file.
"""

import codecs
import tomllib
from collections.abc import Mapping
from dataclasses import fields

from graph_schema import Dataset
from graph_schema.cells.kinds import converter
from graph_schema.cells.text import control, did_you_mean, nearest, nfc
from graph_schema.checks.findings import Findings
from graph_schema.columns import Column

FILE = "dataset.toml"

DELIMITERS = ",;\t|"
"""Characters that may separate the cells of a CSV file."""

_KEYS = tuple(field.name for field in fields(Dataset))
_TEXT_KEYS = ("title", "home_region", "licence", "encoding", "delimiter", "decimal", "currency", "id")


def from_toml(content: bytes, name: str, findings: Findings, file: str = FILE) -> Dataset:
    """Read the description in `content`; `name` is the id if it gives none."""
    try:
        values = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        findings.add("dataset.toml", file, reason=error)
        return Dataset(name)
    return from_mapping(values, name, findings, file)


def from_mapping(values: Mapping[str, object], name: str, findings: Findings, file: str) -> Dataset:
    """Return the description that `values` give; what is wrong with a value leaves its default."""
    kept: dict[str, object] = {"id": name}
    for key, value in values.items():
        if key not in _KEYS:
            near = did_you_mean(nearest(key, _KEYS, 1))
            findings.add("dataset.unknown_key", file, None, key, value, key=key, nearest=near)
            continue
        expected = _unfit(key, value)
        if expected:
            findings.add("dataset.value", file, None, key, value, key=key, expected=expected)
        else:
            kept[key] = nfc(value.strip(" ")) if isinstance(value, str) else value
    return Dataset(**kept)  # type: ignore[arg-type]


def _unfit(key: str, value: object) -> str:
    """Say what `key` must be if `value` is not that."""
    if key == "catalogue":
        return "" if isinstance(value, bool) else "true or false"
    if key == "base_year":
        whole = isinstance(value, int) and not isinstance(value, bool)
        return "" if whole and 1800 <= value <= 2200 else "a year between 1800 and 2200"  # type: ignore[operator]
    if not isinstance(value, str) or control(value):
        return "a text in quotes"
    if key == "currency" and value:
        _, flaw = converter(Column("currency", "currency", ""))(value)
        return f"an ISO 4217 code, {flaw.words['nearest']}" if flaw else ""
    if key == "decimal":
        return "" if value in ("", ".", ",") else '"." or ","'
    if key == "delimiter":
        return (
            "" if value == "" or (len(value) == 1 and value in DELIMITERS) else 'one of "," ";" "|" and tab'
        )
    return _unfit_encoding(value) if key == "encoding" and value else ""


def _unfit_encoding(value: str) -> str:
    try:
        known = codecs.lookup(value)
        "".encode(value)
    except (LookupError, ValueError):
        known = None
    return "" if known else 'a text encoding such as "cp1251"; leave it out for UTF-8'


def to_mapping(dataset: Dataset) -> dict[str, object]:
    """Return the keys that differ from their defaults; how text files were written is not kept.

    Saved text files are always UTF-8 with commas and decimal points.
    """
    kept: dict[str, object] = {"id": dataset.id}
    for field in fields(Dataset):
        value = getattr(dataset, field.name)
        if field.name not in ("id", "encoding", "delimiter", "decimal") and value != field.default:
            kept[field.name] = value
    return kept


def to_toml(dataset: Dataset) -> str:
    """Return the description as TOML."""
    return "".join(f"{key} = {_toml(value)}\n" for key, value in to_mapping(dataset).items())


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{text}"'


def from_cell(key: str, value: object) -> object:
    """Return the value that a workbook's cell gives to `key`, as TOML would have it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if key == "catalogue" and isinstance(value, str) and value.strip().casefold() in ("true", "false"):
        return value.strip().casefold() == "true"
    if key == "base_year" and isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    if key in _TEXT_KEYS and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value
