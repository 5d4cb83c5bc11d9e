"""Legal forms in Russian, Kazakh and English, and which of them translate each other.

A form stands for one or more kinds; two forms agree if they share a kind. A company without a form agrees
with any. `LLC` and `Ltd` translate both the Kazakh and the Russian limited company.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from loaders.recognition.stems import one_alphabet, other_alphabet

_LIMITED, _RUSSIAN_LIMITED = "limited company", "Russian limited company"
_JOINT, _OPEN, _CLOSED, _PUBLIC = (
    "joint-stock",
    "open joint-stock",
    "closed joint-stock",
    "public joint-stock",
)
_PERSON, _FARM, _COOPERATIVE, _STATE = "sole trader", "farm", "cooperative", "state enterprise"
_STOCKS = (_JOINT, _OPEN, _CLOSED, _PUBLIC)

_FORMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("тоо жшс llp", (_LIMITED,)),
    ("ооо", (_RUSSIAN_LIMITED,)),
    ("llc ltd limited gmbh co", (_LIMITED, _RUSSIAN_LIMITED)),
    ("ао ақ", (_JOINT,)),
    ("jsc", _STOCKS),
    ("оао ojsc", (_OPEN,)),
    ("зао cjsc жақ", (_CLOSED,)),
    ("пао pjsc plc", (_PUBLIC,)),
    ("ag sa inc corp corporation incorporated", _STOCKS),
    ("ип жк ie", (_PERSON,)),
    ("кх фх шқ", (_FARM,)),
    ("пк спк өк", (_COOPERATIVE,)),
    ("гкп ргп кгп кмк рмк мкк пхв шжқ", (_STATE,)),
)

_LONG: tuple[tuple[str, str], ...] = (
    ("товариществ[оа] с ограниченной ответственностью", "тоо"),
    ("жауапкершілігі шектеулі серіктестігі?", "тоо"),
    ("limited liability partnership", "тоо"),
    ("обществ[оа] с ограниченной ответственностью", "ооо"),
    ("limited liability company", "llc"),
    ("открыто(?:е|го) акционерно(?:е|го) обществ[оа]", "оао"),
    ("закрыто(?:е|го) акционерно(?:е|го) обществ[оа]", "зао"),
    ("публично(?:е|го) акционерно(?:е|го) обществ[оа]", "пао"),
    ("акционерно(?:е|го) обществ[оа]", "ао"),
    ("акционерлік қоғамы?", "ао"),
    ("joint[- ]stock company", "jsc"),
    ("индивидуальн(?:ый|ого) предпринимател[ья]", "ип"),
    ("жеке кәсіпкер", "жк"),
    ("крестьянско(?:е|го) хозяйств[оа]", "кх"),
    ("шаруа қожалығы", "кх"),
    ("(?:транс)?национальн(?:ая|ой) компани[яи]|(?:trans)?national company", "нк"),
    ("joint venture|совместно(?:е|го) предприяти[ея]", "сп"),
    ("производственн(?:ый|ого) кооператива?", "пк"),
)

_STATUS = "тнк нк тұк ұк tnc nc сп бк jv мк"
"""Words of status that stand beside a form and are no part of a name: national company, joint venture."""

_LONG_WORDS = (("з-д", "завод"), ("к-т", "комбинат"), ("ф-ка", "фабрика"), ("лимитед", "limited"))

STATUS = frozenset(_STATUS.split())
"""The words of status in small letters."""

KINDS = {form: kinds for forms, kinds in _FORMS for form in forms.split()}
"""The kinds of each form, the form in small letters."""

_AS_WORDS = frozenset({"ақ", "co", "ag", "sa", "ie"})
"""Forms that are words as well: `ақ` is white."""

_MIXED = frozenset({"ltd", "limited", "gmbh", "inc", "corp", "corporation", "incorporated", "co"})
"""Forms that are usually written with a capital first."""

_DOTTED = re.compile(r"\b((?:[^\W\d_]\.){2,}[^\W\d_]?)(?=\W|$)")
_WRITTEN_OUT = (
    *((re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), form.upper()) for pattern, form in _LONG),
    *((re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), word) for pattern, word in _LONG_WORDS),
)
_SUFFIX = re.compile(r"(?<=[^\W\d_])-(?:ның|нің|дың|дің|ға|ге|да|де|ы|і|сы|сі)\b", re.IGNORECASE)
_TOKEN = re.compile(r"\d+|[^\W\d_]+|[+&«»„“”\"]")
_OPENING, _CLOSING, _TURNING = "«„", "»”", '"“'


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a name as it is written; `quoted` says whether it stands in quotes."""

    text: str
    quoted: bool

    @property
    def word(self) -> str:
        """The word in small letters."""
        return self.text.casefold()

    @property
    def form(self) -> str:
        """The legal form that it may be; nothing if it is none. `TOO` in Latin letters is ТОО."""
        return next(
            (one for one in (self.word, other_alphabet(self.text.upper()).casefold()) if one in KINDS), ""
        )


def tokens_of(text: str) -> tuple[Token, ...]:
    """Return the words of a name, and whether each stands in quotes."""
    found, depth = [], 0
    for piece in _TOKEN.findall(text):
        if piece in _OPENING or (piece in _TURNING and not depth):
            depth += 1
        elif piece in _CLOSING or piece in _TURNING:
            depth = max(0, depth - 1)
        else:
            found.append(Token(one_alphabet(piece), depth > 0))
    return tuple(found)


def forms_at(tokens: Sequence[Token]) -> frozenset[int]:
    """Return the places of those words that are the legal form of a name, and no part of it.

    Outside quotes a form is a form. Inside quotes it is one at the end, and at the beginning where no form stands
    outside, unless it is written as a name (`Ақ`). A form that is a word as well must be in capitals, or at the
    end, and the only one.

    >>> [forms_at(tokens_of(name)) for name in ("ТОО «Ақ нан»", "АҚ «Нан»", "«ТОО Нан»", "Ақ нан ЖШС")]
    [frozenset({0}), frozenset({0}), frozenset({0}), frozenset({2})]
    """
    maybe = [at for at, token in enumerate(tokens) if token.form]
    clear = any(not tokens[at].quoted and tokens[at].form not in _AS_WORDS for at in maybe)
    outside = clear or any(not tokens[at].quoted and tokens[at].text.isupper() for at in maybe)
    return frozenset(at for at in maybe if _is_form(tokens, at, clear, outside))


def _is_form(tokens: Sequence[Token], at: int, clear: bool, outside: bool) -> bool:
    token = tokens[at]
    begin, end = (0, len(tokens)) if not token.quoted else _quote(tokens, at)
    first = all(one.form for one in tokens[begin:at])
    last = at > begin and all(one.form for one in tokens[at:end])
    named = not (token.text.isupper() or token.text.islower() or (last and token.form in _MIXED))
    if not token.quoted and token.form not in _AS_WORDS:
        return True
    if token.quoted and token.form not in _AS_WORDS:
        return not named and (last or (first and not outside))
    if token.quoted:
        loud = all(one.text.isupper() for one in tokens[begin:end])
        return not named and ((last and not token.text.islower()) or (first and not outside)) and not loud
    if last and token.form in _MIXED:
        return True
    after_quotes = last and any(one.quoted for one in tokens)
    return not clear and (token.text.isupper() or after_quotes or (last and not named))


def _quote(tokens: Sequence[Token], at: int) -> tuple[int, int]:
    """Return where the quoted words around a place begin and end."""
    begin = end = at
    while begin and tokens[begin - 1].quoted:
        begin -= 1
    while end < len(tokens) and tokens[end].quoted:
        end += 1
    return begin, end


def shortened(text: str) -> str:
    """Return a name with forms that are written out, or dotted, in their short form.

    >>> shortened("Акционерное общество Казхром"), shortened("K.S.P. l.l.p.")
    ('АО Казхром', 'KSP llp')
    """
    for pattern, form in _WRITTEN_OUT:
        text = pattern.sub(form, text)
    return _SUFFIX.sub("", _DOTTED.sub(lambda match: match[1].replace(".", ""), text))


def agree(forms: frozenset[str], others: frozenset[str]) -> bool:
    """Say whether two sets of kinds do not contradict each other."""
    return not forms or not others or bool(forms & others)
