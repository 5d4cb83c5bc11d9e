"""How well the name of a product fits a text.

Score = 100 x (part of the name's words that the text has) x (part of the text's words that the name has), the
words weighed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from loaders.recognition.names import Name, ProductNames
from loaders.recognition.reading import Reading
from loaders.recognition.words import Word, blocking

NEAR = 20.0
"""From this score on a product is listed as a candidate."""

HARMLESS = 0.2
"""What a left over word counts that says which thing it is, not what: an adjective, a complement, an aside."""


@dataclass(frozen=True, slots=True)
class Fit:
    """One name beside a text.

    `why_not` says what makes the text another thing; `inside`: the name has all words of the text; `whole`: the
    text has all words of the name.
    """

    name: Name
    score: float
    why_not: str
    inside: bool
    whole: bool

    @property
    def order(self) -> tuple[bool, float, int]:
        """The better, the smaller."""
        return bool(self.why_not), -self.score, self.name.product


@dataclass(frozen=True, slots=True)
class _Said:
    """One word of a text with what it means, and what it counts against a name that lacks it."""

    place: int
    word: Word
    meanings: frozenset[str]
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
        if known and not known.why_not and known.score >= score:
            continue  # what the text has more only lowers the score
        fit = _fit(names, name, score, said, reading)
        if fit.score >= NEAR and (known is None or fit.order < known.order):
            best[name.product] = fit
    return sorted(best.values(), key=lambda fit: fit.order)


def _said(names: ProductNames, place: int, word: Word, meanings: Mapping[str, float]) -> _Said:
    tells_another = bool(meanings) and not word.complement
    part = HARMLESS if word.harmless and not tells_another else 1.0
    return _Said(place, word, frozenset(meanings), word.optional, names.weight(word.stem) * part)


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
    why_not = _why_not(name, left, places, lacking - names.slight, reading)
    return Fit(name, score * share, why_not, inside=bool(places) and not left, whole=not lacking)


def _why_not(
    name: Name, left: list[tuple[int, Word]], places: list[int], lacking: frozenset[str], reading: Reading
) -> str:
    """Say what makes the text something else than `name`; nothing if it may be it."""
    for _, word in left:
        blocks = word.kind == "blocking" and not word.complement
        if blocks and blocking()[word.stem] not in name.blocks:
            return f"{word.text!r} makes it something else than {name.text!r}."
    if any(one in blocking() for one in lacking):
        return f"{name.text!r} is something else than what it says."
    if not lacking.isdisjoint(name.heads) or (lacking and left):
        return f"Only a part of {name.text!r} agrees with it."
    head_last = reading.kazakh or all(word.text.isascii() for word in reading.words)
    for place, word in left:
        outside = place > max(places) if head_last else place < min(places)
        if outside and not word.harmless:
            return f"{word.text!r} may make it something else than {name.text!r}."
    if all(reading.words[place].complement or reading.words[place].aside for place in places):
        return f"{name.text!r} only says what it is made of or for."
    return ""
