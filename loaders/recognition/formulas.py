"""Chemical formulas: `H2SO4`, `Al(OH)3`, written in Latin letters or in the Cyrillic ones that look alike.

A formula has a number or a bracket: letters alone (`CO`, `PVC`) cannot be told from an abbreviation. Numbers
above 39 are those of a grade, not of atoms.
"""

import re

_ELEMENTS = """
He Li Be Ne Na Mg Al Si Cl Ar Ca Sc Ti Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Zr Nb Mo Tc Ru Rh Pd Ag Cd In
Sn Sb Te Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac
Th Pa H B C N O F P S K V Y I W U
"""
_ALIKE = dict(zip("ABCEHKMOPT", "АВСЕНКМОРТ", strict=True))
_TO_LATIN = str.maketrans({twin: letter for letter, twin in _ALIKE.items()})
_COUNT = r"(?:[2-9]|[123]\d)?"
_ATOMS = "|".join(
    "".join(f"[{letter}{_ALIKE.get(letter, '')}]" for letter in element.upper())
    for element in _ELEMENTS.split()
)
_PART = rf"(?:{_ATOMS}){_COUNT}"

_ALONE = r"\([^()]*\)(?![^\W_])"  # `(CO2)` is a formula in brackets

PATTERN = (
    rf"(?<![^\W_])(?!{_ALONE})(?=[^\W\d_(]*[\d(])"
    rf"(?i:(?:{_PART}|\((?:{_PART})++\){_COUNT})++)(?![^\W_])"
)
"""What a formula looks like within a text, in letters of any case.

Nothing is tried again (`++`), for `COCOCO` can be parted in very many ways.
"""

_FORMULA = re.compile(PATTERN)


def is_formula(piece: str) -> bool:
    """Say whether a piece of a text is a formula as a whole.

    >>> [piece for piece in ("H2SO4", "Al(OH)3", "naoh", "CO", "A7", "S235", "Н2О") if is_formula(piece)]
    ['H2SO4', 'Al(OH)3', 'Н2О']
    """
    return _FORMULA.fullmatch(piece) is not None


def one_spelling(piece: str) -> str:
    """Return a formula in Latin letters."""
    return piece.upper().translate(_TO_LATIN)
