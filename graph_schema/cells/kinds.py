"""What one text cell of each kind of column says, or what is wrong with it.

A converter takes a cell that is not blank, in normal form C, and returns the value to keep and a flaw or
nothing. Ids and references keep their (trimmed) value beside a flaw, so that rows still find each other.
"""

import datetime
import re
from collections.abc import Callable

from graph_schema.cells.numbers import Flaw
from graph_schema.cells.text import (
    CONTROL,
    INVISIBLE,
    code_point,
    control,
    did_you_mean,
    invisible,
    nearest,
    scripts,
    visible,
)
from graph_schema.columns import Column

Converter = Callable[[str], tuple[str | None, Flaw | None]]

LONGEST = 100_000
"""Characters that one cell may have."""

LONGEST_ID = 64

EXCEL_ERROR = (
    r"#(REF!|DIV/0!|N/A|NAME\?|NULL!|NUM!|VALUE!|SPILL!|CALC!|GETTING_DATA"
    r"|ДЕЛ/0!|ССЫЛКА!|Н/Д|ИМЯ\?|ПУСТО!|ЧИСЛО!|ЗНАЧ!)"
)
"""Error values of spreadsheet programs, in English and Russian."""

_EXCEL_ERROR = re.compile(EXCEL_ERROR, re.IGNORECASE)
_ID_FORBIDDEN = re.compile(r"[\s:/\\?#%\"'<>{}|`;]")
_WORDS = re.compile(r"[^\W\d_]+")
_MOJIBAKE = re.compile("[ÃÂÐÑ][\x80-\u2122]")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_OTHER_DATE = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}")
_SERIAL = re.compile(r"[0-9]{5}(\.[0-9]+)?")
_CURRENCIES = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
    CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
    GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT
    LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR
    NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
    STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XDR
    XOF XPF YER ZAR ZMW ZWG
    """.split()  # noqa: SIM905 - reads better than 160 quoted codes
)
_CURRENCY_WORDS = {
    "₸": "KZT", "тг": "KZT", "тенге": "KZT", "теңге": "KZT", "tenge": "KZT", "$": "USD", "доллар": "USD",
    "€": "EUR", "евро": "EUR", "₽": "RUB", "руб": "RUB", "рубль": "RUB", "rur": "RUB",
    "¥": "CNY", "юань": "CNY",
}  # fmt: skip


def usual(column: Column) -> str:
    """Return a pattern of cells that are valid as they stand; they need no converter."""
    match column.kind:
        case "id" | "ref":
            return rf"^[A-Za-z0-9._-]{{1,{LONGEST_ID}}}$"
        case "text" | "list":
            return rf"^[^{CONTROL}{INVISIBLE}ÃÂÐÑ#]*$"
        case "choice":
            return "^(" + "|".join(map(re.escape, column.choices)) + ")$"
        case "year":
            return "^[0-9]{4}$"
        case _:
            return r"[^\x{0}-\x{10ffff}]"


def converter(column: Column) -> Converter:
    """Return the function that reads one cell of `column`, which is not of kind `number`."""

    def convert(cell: str) -> tuple[str | None, Flaw | None]:
        if len(cell) > LONGEST:
            return None, Flaw("cell.too_long", {"length": len(cell), "limit": LONGEST})
        odd = control(cell)
        if odd:
            return None, Flaw("cell.control", {"odd": code_point(odd)})
        if _EXCEL_ERROR.fullmatch(cell.strip()):
            return None, Flaw("cell.excel_error", {})
        return read(cell)

    read = _readers[column.kind] if column.kind in _readers else _choice(column)
    return convert


def _id(cell: str) -> tuple[str | None, Flaw | None]:
    clean = visible(cell)
    if clean != cell:
        odd = invisible(cell) or (cell[0] if cell[0].isspace() else cell[-1])
        return clean, Flaw("id.invisible", {"odd": code_point(odd), "clean": clean})
    if len(cell) > LONGEST_ID:
        return cell, Flaw("id.too_long", {"length": len(cell)})
    bad = _ID_FORBIDDEN.search(cell)
    if bad or not cell.isprintable():
        odd = bad[0] if bad else next(c for c in cell if not c.isprintable())
        return cell, Flaw("id.characters", {"odd": code_point(odd)})
    if not cell.isascii():
        for word in _WORDS.findall(cell):
            mixed = scripts(word)
            if len(mixed) > 1:
                return cell, Flaw("id.mixed_script", {"scripts": " and ".join(s.title() for s in mixed)})
    return cell, None


def _ref(cell: str) -> tuple[str | None, Flaw | None]:
    clean = visible(cell)
    return _id(cell) if clean != cell else (cell, None)


def _text(cell: str) -> tuple[str | None, Flaw | None]:
    odd = invisible(cell)
    if odd:
        return cell, Flaw("cell.invisible", {"odd": code_point(odd)})
    if _MOJIBAKE.search(cell):
        for codec in ("cp1252", "latin-1"):
            try:
                return cell, Flaw("cell.mojibake", {"guess": cell.encode(codec).decode()[:60]})
            except UnicodeError:
                continue
    return cell, None


def _choice(column: Column) -> Converter:
    known = {_loose(choice): choice for choice in column.choices}

    def read(cell: str) -> tuple[str | None, Flaw | None]:
        choice = known.get(_loose(cell))
        if choice:
            return choice, None
        near = did_you_mean(nearest(cell, column.choices, 1))
        return None, Flaw("choice.unknown", {"choices": ", ".join(column.choices), "nearest": near})

    return read


def _loose(cell: str) -> str:
    return re.sub(r"[\s_-]+", " ", cell.strip()).casefold()


def _unit(cell: str) -> tuple[str | None, Flaw | None]:
    return cell.strip(), None


def _currency(cell: str) -> tuple[str | None, Flaw | None]:
    code = cell.strip().upper()
    if code in _CURRENCIES:
        return code, None
    word = _CURRENCY_WORDS.get(cell.strip().casefold().rstrip("."))
    near = (word,) if word else nearest(code, sorted(_CURRENCIES)) if len(code) == 3 else ()
    return None, Flaw("currency.unknown", {"nearest": did_you_mean(near) or "write for example USD or KZT"})


def _year(cell: str) -> tuple[str | None, Flaw | None]:
    match = re.fullmatch(r"([0-9]{4})(?:\.0*)?", cell.strip())
    return (match[1], None) if match else (None, Flaw("year.format", {}))


def _date(cell: str) -> tuple[str | None, Flaw | None]:
    text = cell.strip()
    match = _DATE.fullmatch(text)
    if match:
        try:
            datetime.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
        except ValueError:
            return None, Flaw("date.invalid", {})
        return text, None
    if _OTHER_DATE.fullmatch(text):
        return None, Flaw("date.ambiguous", {})
    hint = "; a five-digit number is how a spreadsheet stores a date" if _SERIAL.fullmatch(text) else ""
    return None, Flaw("date.invalid", {"hint": hint})


_readers: dict[str, Converter] = {
    "id": _id,
    "ref": _ref,
    "text": _text,
    "list": _text,
    "unit": _unit,
    "currency": _currency,
    "year": _year,
    "date": _date,
}
