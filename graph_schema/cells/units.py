"""Factors between units of amounts per year.

All amounts are per year, so a suffix that says so (`/yr`, `per year`, `в год`) is dropped. Common units
in English, Russian and Kazakh spelling are in a table with exact factors, with or without dots and the
space after one (`тыс.т`). A few more are asked of pint, which is imported only then: those listed here, of
them some with the prefixes k, M and G, in that case only. Everything else is unknown, and what could be
read in two ways (`ton`, `mt`, `kton`, `oz`) is not guessed.
"""

import re
import unicodedata
from fractions import Fraction
from functools import lru_cache
from typing import Any

from graph_schema.cells.text import nearest
from graph_schema.problems import ValueChainError

_SPELLINGS = (
    ("t", "mass", "1", "tonne|tonnes|metric ton|metric tons|metric tonnes|т|тн|тонн|тонна|тонны|тоннах"),
    ("kt", "mass", "1000", "Kt|KT|kilotonne|kilotonnes|килотонн|кт"),
    ("Mt", "mass", "1000000", "megatonne|megatonnes|мегатонн|Мт"),
    ("kg", "mass", "1/1000", "Kg|KG|kilogram|kilograms|кг|килограмм|килограммов"),
    ("g", "mass", "1/1000000", "gram|grams|г|гр|грамм"),
    ("centner", "mass", "1/10", "ц|центнер|центнеров"),
    ("MWh", "energy", "1", "MWH|MW·h|МВт·ч|МВтч|МВт-ч"),
    ("kWh", "energy", "1/1000", "KWh|KWH|kwh|kW·h|кВт·ч|кВтч|кВт-ч"),
    ("GWh", "energy", "1000", "GWH|GW·h|ГВт·ч|ГВтч|ГВт-ч"),
    ("TWh", "energy", "1000000", "TW·h|ТВт·ч|ТВтч|ТВт-ч"),
    ("MJ", "energy", "1/3600", "МДж"),
    ("GJ", "energy", "1/3.6", "ГДж"),
    ("TJ", "energy", "1000/3.6", "ТДж"),
    ("PJ", "energy", "1000000/3.6", "ПДж"),
    ("Gcal", "energy", "4.1868/3.6", "Гкал"),
    ("Mcal", "energy", "0.0041868/3.6", "Мкал"),
    ("kcal", "energy", "0.0000041868/3.6", "ккал"),
    ("m3", "volume", "1", "m^3|cubic metre|cubic metres|м3|куб. м|куб м|м куб|кубометр|кубометров"),
    ("l", "volume", "1/1000", "litre|litres|л|литр|литров"),
    ("dal", "volume", "1/100", "decalitre|decalitres|дал|декалитр|декалитров"),
    ("bbl", "volume", "0.158987294928", "barrel|barrels|oil_barrel|баррель|баррелей"),
    ("bcm", "volume", "1000000000", "km3|км3"),
    ("m2", "area", "1", "m^2|м2|кв. м|кв м"),
    ("dm2", "area", "1/100", "dm^2|дм2|кв. дм|кв дм"),
    ("km2", "area", "1000000", "km^2|км2|кв. км|кв км"),
    ("ha", "area", "10000", "га|гектар|гектаров"),
    ("m", "length", "1", "м|пог. м|п. м"),
    ("km", "length", "1000", "км"),
    ("unit", "count", "1", "units|pcs|pc|piece|pieces|шт|штук|штука|штуках|ед|единиц|дана"),
    ("head", "count", "1", "гол|голов"),
    ("h", "time", "1", "hour|hours|ч|час|часов"),
)  # fmt: skip
_MULTIPLES = {
    "thousand": 10**3, "тыс": 10**3, "тысяч": 10**3, "тысячи": 10**3, "тысячах": 10**3, "мың": 10**3,
    "million": 10**6, "mln": 10**6, "млн": 10**6, "миллион": 10**6, "миллионов": 10**6, "миллионах": 10**6,
    "billion": 10**9, "bln": 10**9, "млрд": 10**9,
}  # fmt: skip
_MULTIPLE_NAMES = {10**3: "thousand", 10**6: "million", 10**9: "billion"}
_TONS, _OUNCES = ("t", "short_ton", "long_ton"), ("troy_ounce", "avoirdupois_ounce")
_AMBIGUOUS = {
    "ton": _TONS, "tons": _TONS, "kton": ("kt",), "ktons": ("kt",), "Mton": ("Mt",), "Mtons": ("Mt",),
    "mton": ("t", "Mt"), "mtons": ("t", "Mt"), "mt": ("t", "Mt"), "MT": ("t", "Mt"), "mT": ("t", "Mt"),
    "ct": ("carat", "centner", "t"), "Mm3": ("million m3",), "mcm": ("million m3",), "MCM": ("million m3",),
    "oz": _OUNCES, "ounce": _OUNCES, "ounces": _OUNCES, "Mbbl": ("thousand bbl", "million bbl"),
    "gallon": ("US_liquid_gallon", "imperial_gallon"), "gallons": ("US_liquid_gallon", "imperial_gallon"),
}  # fmt: skip
_WITH_PREFIX = {"t", "g", "J", "Wh", "W", "toe", "l", "L"}
_WITH_LONG_PREFIX = {"tonne", "gram", "joule", "watt_hour", "watt", "litre", "liter"}
_EXACT = {
    "lb", "lbs", "pound", "short_ton", "long_ton", "troy_ounce", "avoirdupois_ounce", "carat", "stone",
    "ft3", "ft2", "ft", "foot", "feet", "inch", "yard", "mile", "acre", "US_liquid_gallon",
    "imperial_gallon", "therm",
}  # fmt: skip
_PREFIX, _LONG_PREFIX = re.compile("^[kMG]"), re.compile("^(kilo|mega|giga)")
USUAL = "t, kt, Mt, kg, m3, MWh, Gcal, unit, h"
"""Units to name where none is near."""
_BASES = {"mass": "tonne", "energy": "MWh", "volume": "m**3", "area": "m**2", "length": "m", "time": "hour"}
_PER_YEAR = re.compile(
    r"(\s*/\s*(yr|year|a|annum|год|г|жыл)\.?|\s+(per|a)\s+(year|annum)|\s+p\.?a\.?|\s+в\s+(год|г\.?)|\s+жылына)$",
    re.IGNORECASE,
)
_POWER = re.compile(r"(?<=[A-Za-z])([23])\b")
_LONGEST = 60
_DOT = re.compile(r"\.(?=[^\W\d])")


class UnitError(ValueChainError):
    """A unit is unknown (`nearest` holds known ones) or does not measure what `to` measures (`likely`)."""

    def __init__(self, unit: str, to: str = "", *, near: tuple[str, ...] = (), likely: str = "") -> None:
        self.unit, self.to, self.nearest, self.likely = unit, to, near, likely
        self.unknown = not to
        message = f"{unit} cannot be converted to {to}" if to else f"the unit {unit} is not known"
        super().__init__(message)


def _fold(unit: str) -> str:
    text = unicodedata.normalize("NFKC", unit).strip()
    text = _PER_YEAR.sub("", text)
    text = re.sub(r"\s*[·*⋅]\s*", "·", re.sub(r"\s+", " ", _DOT.sub(". ", text)))
    return (text if text.isascii() else text.casefold()).rstrip(".")


def _ratio(text: str) -> Fraction:
    top, _, bottom = text.partition("/")
    return Fraction(top) / Fraction(bottom or 1)


_KNOWN = {
    _fold(spelling): (name, dimension, _ratio(ratio))
    for name, dimension, ratio, spellings in _SPELLINGS
    for spelling in (name, *filter(None, spellings.split("|")))
}


def _lookup(unit: str) -> tuple[str, str, Fraction] | None:
    """Return (usual name, dimension, size in the dimension's base unit) of a unit of the table."""
    text = _fold(unit)
    found = _KNOWN.get(text) or (_KNOWN.get(text.casefold()) if len(text) > 4 else None)
    if found:
        return found
    word, _, rest = text.partition(" ")
    multiple = _MULTIPLES.get(word.casefold().rstrip("."))
    base = _lookup(rest) if multiple and rest else None
    if not multiple or not base:
        return None
    size = base[2] * multiple
    for name, dimension, ratio, _ in _SPELLINGS:
        if dimension == base[1] and _ratio(ratio) == size:
            return name, dimension, size
    return f"{_MULTIPLE_NAMES[multiple]} {base[0]}", base[1], size


def canonical(unit: str) -> str:
    """Return the usual spelling of a unit of amounts: `т` and `tonnes` are `t`.

    Raises
    ------
    UnitError
        If it is not known, or measures something else than an amount, such as power.
    """
    known = _lookup(unit)
    if known:
        return known[0]
    dimension = _quantity(unit).dimensionality
    if all(dimension != _registry().get_dimensionality(base) for base in _BASES.values()):
        raise UnitError(unit, "amounts of a year", likely=_likely())
    return _asked(_fold(unit))


@lru_cache(maxsize=4096)
def factor(unit: str, to: str) -> float:
    """Return by what an amount in `unit` is multiplied to be in `to`.

    Raises
    ------
    UnitError
        If one of them is not known, or if they do not measure the same thing.

    Examples
    --------
    >>> factor("тыс. т в год", "t")
    1000.0
    """
    if unit == to:
        return 1.0
    mine, theirs = _lookup(unit), _lookup(to)
    if mine and theirs:
        if mine[1] != theirs[1]:
            raise UnitError(unit, to, likely=_likely(theirs[1]))
        return float(mine[2] / theirs[2])
    return _pint_factor(unit, to)


def _likely(dimension: str = "") -> str:
    names = [name for name, kind, _, _ in _SPELLINGS if kind == dimension]
    return ", ".join(names) or USUAL


def _pint_factor(unit: str, to: str) -> float:
    mine, theirs = _quantity(unit), _quantity(to)
    if mine.dimensionality != theirs.dimensionality:
        known = _lookup(to)
        raise UnitError(unit, to, likely=_likely(known[1]) if known else "")
    return float(mine.to(theirs.units).magnitude / theirs.magnitude)


@lru_cache(maxsize=1)
def _registry() -> Any:
    import pint

    registry: Any = pint.UnitRegistry(cache_folder=None)
    registry.define("pieces_of_goods = [pieces_of_goods]")
    return registry


@lru_cache(maxsize=1024)
def _quantity(unit: str) -> Any:
    """Return `unit` as a pint quantity."""
    known = _lookup(unit)
    if known:
        return _registry().Quantity(float(known[2]), _BASES.get(known[1], "pieces_of_goods"))
    text = _fold(unit)
    asked = _asked(text)
    if not asked:
        raise UnitError(unit, near=_AMBIGUOUS.get(text) or nearest(text[:_LONGEST], _KNOWN))
    return _registry().Quantity(1.0, _registry().parse_units(_POWER.sub(r"**\1", asked)))


def _asked(text: str) -> str:
    """Return the name under which pint knows the unit `text`; nothing if it is not to be asked."""
    name = text.replace(" ", "_")
    one = name.removesuffix("s")
    if name in _EXACT or name in _WITH_PREFIX or _PREFIX.sub("", name) in _WITH_PREFIX:
        return name
    return one if one in _EXACT or _LONG_PREFIX.sub("", one) in _WITH_LONG_PREFIX else ""
