"""How well the name of a product fits a text.

Score = 100 x (part of the name's words that the text has) x (part of the text's words that the name has), the
words weighed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from loaders.recognition.names import Name, ProductNames
from loaders.recognition.reading import SAME, Reading
from loaders.recognition.words import Word, blocking

NEAR = 20.0
"""From this score on a product is listed as a candidate."""

HARMLESS = 0.2
"""What a left over word counts that says which thing it is, not what: an adjective, a complement, an aside."""


class Doubt(IntEnum):
    """What speaks against a name, the least first: candidates stand in this order."""

    NOTHING = 0
    TOO_LITTLE = 1
    ANOTHER = 2
    COMPLEMENT = 3


@dataclass(frozen=True, slots=True)
class Fit:
    """One name beside a text.

    `why_not` says why the text is not this thing, or may not be, and `doubt` how much that is; `inside`: the
    name has all words of the text; `whole`: the text has all words of the name.
    """

    name: Name
    score: float
    doubt: Doubt
    why_not: str
    inside: bool
    whole: bool

    @property
    def order(self) -> tuple[int, float, int]:
        """The better, the smaller."""
        return self.doubt, -self.score, self.name.product


@dataclass(frozen=True, slots=True)
class _Said:
    """One word of a text with what it means, and what it counts against a name that lacks it.

    `sure`: it is a word of names as it stands; `formula`: it is a formula that is a name by itself.
    """

    place: int
    word: Word
    meanings: frozenset[str]
    sure: bool
    formula: bool
    optional: bool
    left_over: float


def fits(names: ProductNames, reading: Reading) -> list[Fit]:
    """Return the best fit of each product that is near, best first."""
    present = reading.present
    said = [_said(names, place, word, meanings) for place, (word, meanings) in enumerate(reading.pairs)]
    covered = [
        (
            100.0
            * sum(names.weight(one) * present[one] for one in name.words & present.keys())
            / name.weight,
            name,
        )
        for name in names.with_any(present)
    ]
    best: dict[int, Fit] = {}
    for score, name in sorted(covered, key=lambda pair: -pair[0]):
        if score < NEAR:
            break
        known = best.get(name.product)
        if known and not known.doubt and known.score >= score:
            continue  # what the text has more only lowers the score
        fit = _fit(names, name, score, said, reading)
        if fit.score >= NEAR and (known is None or fit.order < known.order):
            best[name.product] = fit
    return sorted(best.values(), key=lambda fit: fit.order)


def _said(names: ProductNames, place: int, word: Word, meanings: Mapping[str, float]) -> _Said:
    tells_another = bool(meanings) and not word.complement
    part = HARMLESS if word.harmless and not tells_another else 1.0
    return _Said(
        place,
        word,
        frozenset(meanings),
        SAME in meanings.values(),
        not names.formulas.isdisjoint(meanings),
        word.optional,
        names.weight(word.stem) * part,
    )


def _fit(names: ProductNames, name: Name, score: float, said: list[_Said], reading: Reading) -> Fit:
    """Weigh the words of the text that are not in the name."""
    agreed = rest = 0.0
    left: list[tuple[int, Word]] = []
    places = []
    own = names.own[name.product]
    for one in said:
        mine = one.meanings & name.words
        if mine:
            agreed += max(map(names.weight, mine))
            places.append(one.place)
        elif not one.optional:
            left.append((one.place, one.word))
            rest += one.left_over if own.isdisjoint(one.meanings) else names.weight(one.word.stem) * HARMLESS
    lacking = name.words.difference(*(one.meanings for one in said))
    share = agreed / (agreed + rest) if agreed else 0.0
    if all(reading.words[place].slight for place in places):
        share = 0.0  # no agreement at all
    doubt, why_not = _doubt(name, left, places, lacking - names.slight, reading)
    other = next((one.word for one in said if _contradicts(one, own)), None)
    if other and not doubt:
        doubt, why_not = Doubt.TOO_LITTLE, f"{other.typed!r} is said of other products than {name.text!r}."
    return Fit(name, score * share, doubt, why_not, inside=bool(places) and not left, whole=not lacking)


def _contradicts(one: _Said, own: set[str]) -> bool:
    """Say whether a word tells another product, as `steel` does beside the names of plastic pipes."""
    aside = one.word.complement or one.word.aside or one.word.loose
    return (one.formula or (one.sure and not (one.optional or aside))) and own.isdisjoint(one.meanings)


def _doubt(
    name: Name, left: list[tuple[int, Word]], places: list[int], lacking: frozenset[str], reading: Reading
) -> tuple[Doubt, str]:
    """Say what speaks against `name`: it is another thing, or the text says too little."""
    for _, word in left:
        blocks = word.kind == "blocking" and not word.complement
        if blocks and blocking()[word.stem] not in name.blocks:
            return Doubt.ANOTHER, f"{word.typed!r} makes it something else than {name.text!r}."
    if places and all(reading.words[place].complement or reading.words[place].aside for place in places):
        return Doubt.COMPLEMENT, f"{name.text!r} only says what it is made of or for."
    if not left and lacking:
        if any(one in blocking() for one in lacking) or not lacking.isdisjoint(name.heads):
            return Doubt.TOO_LITTLE, f"{reading.said!r} alone does not say which: {name.text!r} is near."
    elif any(one in blocking() for one in lacking):
        return Doubt.ANOTHER, f"{name.text!r} is near, but it does not say all of that."
    elif not lacking.isdisjoint(name.heads) or lacking:
        return Doubt.TOO_LITTLE, f"Only some of its words are in {name.text!r}, which is near."
    head_last = reading.kazakh or all(word.text.isascii() for word in reading.words)
    for place, word in left:
        outside = place > max(places) if head_last else place < min(places)
        if outside and not word.harmless:
            return Doubt.TOO_LITTLE, f"{word.typed!r} may make it something else than {name.text!r}."
    return Doubt.NOTHING, ""
