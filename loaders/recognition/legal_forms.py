"""Legal forms in Russian, Kazakh and English, and which of them translate each other.

A form stands for one or more kinds; two forms agree if they share a kind. A company without a form agrees
with any. `LLC` and `Ltd` translate both the Kazakh and the Russian limited company.
"""

import re

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

_DOTTED = re.compile(r"\b((?:[^\W\d_]\.){2,}[^\W\d_]?)(?=\W|$)")
_WRITTEN_OUT = tuple((re.compile(rf"\b{pattern}\b"), form) for pattern, form in (*_LONG, *_LONG_WORDS))
_SUFFIX = re.compile(r"(?<=[^\W\d_])-(?:ның|нің|дың|дің|ға|ге|да|де|ы|і|сы|сі)\b")


def shortened(text: str) -> str:
    """Return a name in small letters with forms that are written out, or dotted, in their short form.

    >>> shortened("акционерное общество казхром"), shortened("k.s.p. l.l.p.")
    ('ао казхром', 'ksp llp')
    """
    for pattern, form in _WRITTEN_OUT:
        text = pattern.sub(form, text)
    return _SUFFIX.sub("", _DOTTED.sub(lambda match: match[1].replace(".", ""), text))


def agree(forms: frozenset[str], others: frozenset[str]) -> bool:
    """Say whether two sets of kinds do not contradict each other."""
    return not forms or not others or bool(forms & others)
