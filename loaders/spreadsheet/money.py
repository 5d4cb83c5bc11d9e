"""Money in the words of a sheet: which currency, and how many of it one is.

Money is no amount of a product, and no price is invented to make it one. Only its proportions tell something: the
value exported of the value made, in one currency, is the share that is exported.
"""

import re
from dataclasses import dataclass

_CURRENCIES = {
    "KZT": r"тенге|теңге|тнг|тг|kzt|tenge|₸",
    "RUB": r"руб\w*|rub|₽",
    "USD": r"usd|доллар\w*|долл|dollars?|\$",
    "EUR": r"евро|eur|€",
}
_TIMES = (
    (10**9, r"млрд|миллиард\w*|billion|bln"),
    (10**6, r"млн|миллион\w*|million|mln"),
    (10**3, r"тыс\w*|мың|thousand"),
)

_KNOWN = {name: re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.I) for name, words in _CURRENCIES.items()}
_MANY = tuple((times, re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.I)) for times, words in _TIMES)


@dataclass(frozen=True, slots=True)
class Value:
    """A value in money, and how it is stated."""

    amount: float
    currency: str
    stated: str


def is_money(text: str) -> bool:
    """Say whether a text names a currency.

    >>> is_money("млн тенге"), is_money("тыс. т")
    (True, False)
    """
    return any(words.search(text) for words in _KNOWN.values())


def value_of(number: float, words: str, stated: str) -> Value:
    """Return the value that `number` is in the unit that `words` name; no currency if they name several."""
    found = [name for name, one in _KNOWN.items() if one.search(words)]
    times = next((times for times, one in _MANY if one.search(words)), 1)
    return Value(number * times, found[0] if len(found) == 1 else "", stated)
