"""What tells two names of enterprises apart, in words."""

from loaders.recognition.enterprises import core
from loaders.recognition.sounds import sound


def difference(one: str, other: str) -> str:
    """Say in words what tells two names apart.

    >>> difference("ТОО «Сарбай»", "ТОО «Сарбаи»"), difference("ТОО Рахат", "АО «РАХАТ»")
    ('one letter differs: й and и', 'the same words and another legal form')
    """
    mine, theirs = core(one), core(other)
    if mine.literal == theirs.literal:
        if mine.forms == theirs.forms:
            return "the same name"
        named = mine.forms and theirs.forms
        return "the same words and another legal form" if named else "the same words without a legal form"
    if sorted(mine.words) == sorted(theirs.words):
        order = mine.words != theirs.words
        return (
            "the same words in another order"
            if order
            else "the same words, and a word of status or a sign more"
        )
    differing = (
        [word for word in mine.words if word not in theirs.words],
        [word for word in theirs.words if word not in mine.words],
    )
    if "".join(mine.words) == "".join(theirs.words):
        return "the same letters, spaced in another way"
    if len(differing[0]) == len(differing[1]) == 1:
        return _of_words(differing[0][0], differing[1][0])
    return "the same sound in other letters" if mine.sounds == theirs.sounds else "a similar name"


def _of_words(one: str, other: str) -> str:
    """Say what tells two words apart."""
    from rapidfuzz.distance import Levenshtein

    if one.isascii() != other.isascii():
        return f"{one} and {other} sound alike in two alphabets"
    edits = Levenshtein.editops(one, other).as_list()
    if len(edits) == 1:
        kind, at, to = str(edits[0][0]), int(edits[0][1]), int(edits[0][2])
        if kind == "replace":
            return f"one letter differs: {one[at]} and {other[to]}"
        longer, place = (one, at) if kind == "delete" else (other, to)
        doubled = longer[place] in (longer[place - 1 : place] or " ", longer[place + 1 : place + 2] or " ")
        return f"one letter is {'doubled' if doubled else 'more'}: {longer[place]} in {longer}"
    if sound(one) == sound(other):
        return f"{one} and {other} sound alike or differ in their ending"
    return f"{len(edits)} letters differ: {one} and {other}"
