"""Recognising products: an index of the names, aliases and HS codes of products.

First comes the rule: does the text consist of whole names of one product? Then the score of `fits`, where a
product scores as its best name does. Last, the HS code confirms, decides between candidates, or contradicts.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph_schema.cells.text import shown
from loaders.recognition import hs
from loaders.recognition.fits import Fit, fits
from loaders.recognition.match import LISTED, Candidate, Match, each, found, nothing, unsure
from loaders.recognition.names import Name, ProductNames
from loaders.recognition.reading import SAME, Dictionary, Reading
from loaders.recognition.words import blocking, is_complement, is_quality, words_of

PROBABLE = 60.0
"""From this score on a match is used without being certain."""

MARGIN = 10.0
"""So far the next product must be behind a probable one."""

_FULL = 6
_PAIR = 2
_NO_WORD = "There is no word in it that can name a product."
_LIST = re.compile(r"[,;/+\n]|\s(?:и|and|және|мен|&)\s")


@dataclass(frozen=True, slots=True)
class _Product:
    id: str
    name: str
    codes: tuple[str, ...]


class ProductIndex:
    """The products that a text may mean.

    Parameters
    ----------
    products
        Rows of the table `products`: `product_id`, `name`, `name_ru`, `name_kk`, `aliases`, `hs_code`.
    """

    def __init__(self, products: Iterable[Mapping[str, Any]]) -> None:
        rows = sorted(products, key=lambda row: str(row["product_id"]))
        self._products = [
            _Product(
                str(row["product_id"]),
                str(row.get("name") or row["product_id"]),
                hs.codes(row.get("hs_code")),
            )
            for row in rows
        ]
        self._places = {product.id: place for place, product in enumerate(self._products)}
        self._names = ProductNames(rows)
        self._dictionary = Dictionary(self._names.spellings)
        self._by_code: dict[str, list[int]] = defaultdict(list)
        for place, product in enumerate(self._products):
            for code in product.codes:
                self._by_code[code].append(place)

    def match(self, text: str, hs_code: str = "") -> Match:
        """Return what `text`, with the HS code that stands beside it, means.

        >>> index = ProductIndex([{"product_id": "foil", "name": "Aluminium foil", "hs_code": "760711"}])
        >>> index.match("FOILS, aluminium, 0.2 mm").state, index.match("lead").state
        ('certain', 'none')
        """
        reading = self._dictionary.read(text)
        match, fits = self._by_words(text, reading)
        code = hs.normal(hs_code)
        return self._with_code(match, fits, reading, code) if code else match

    def match_all(
        self,
        texts: Sequence[str],
        hs_codes: Sequence[str] = (),
        *,
        progress: Callable[[int], None] | None = None,
    ) -> list[Match]:
        """Return the match of each text; `progress` is called with the number of texts done since last."""
        pairs = list(zip(texts, hs_codes or [""] * len(texts), strict=True))
        return each(pairs, lambda pair: self.match(*pair), progress)

    def _by_words(self, text: str, reading: Reading) -> tuple[Match, list[Fit]]:
        if not any(not word.optional for word in reading.words) and not reading.present:
            formula = next((word.typed for word in reading.words if word.kind == "formula"), None)
            reason = f"No product has the formula {formula!r} for a name." if formula else _NO_WORD
            return nothing(text, reason), []
        if not reading.present:
            return nothing(text, f"No product has a word of {shown(text)!r} in its names."), []
        near = fits(self._names, reading)
        return self._listed(text) or self._sure(text, reading, near) or self._scored(
            text, near, short=reading.short
        ), near

    def _listed(self, text: str) -> Match | None:
        """Return the products of which a text is a list, unless one product has the list for a name."""
        parts = [
            part for part in _LIST.split(text) if part and not part.isspace() and not is_complement(part)
        ]
        if len(parts) < _PAIR or self._is_name(text):
            return None
        sure = [self._sure(part, reading) for part in parts if (reading := self._dictionary.read(part)).words]
        ids = dict.fromkeys(one.id for one in sure if one and one.id is not None)
        if len(ids) < _PAIR:
            return None
        candidates = tuple(self._candidate(self._places[one], 100.0) for one in ids)
        return unsure(text, candidates, f"It lists {len(ids)} products.")

    def _is_name(self, text: str) -> bool:
        """Say whether a name that is a list itself has the words of `text`."""
        words = words_of(text)
        wanted = [frozenset(word.stem for word in words)]
        wanted.append(frozenset(word.stem for word in words if not word.optional))
        return any(
            name.words == stems and _LIST.search(name.text)
            for stems in wanted
            for name in self._names.with_all(stems)
        )

    def _sure(self, text: str, reading: Reading, near: Sequence[Fit] = ()) -> Match | None:
        """Return a match if the text consists of whole names, but for qualities."""
        present = {one for one, counts in reading.present.items() if counts == SAME}
        said_by = {
            one for word, meanings in reading.pairs if not word.optional for one in meanings
        } or present
        whole = [
            name  # a size or a standard alone may look like a name, where other words stand
            for name in self._names.with_any(present)
            if name.words <= present and name.words & said_by
        ]
        largest = [name for name in whole if not any(name.words < other.words for other in whole)]
        spelled = frozenset(word.text for word in reading.words)
        largest = [name for name in largest if name.spelled == spelled] or largest
        products = sorted({name.product for name in largest})
        if not whole or self._unsaid(reading, whole, products, near):
            return None
        candidates = tuple(self._candidate(place, 100.0) for place in products)
        if len(products) > 1:
            same = len({name.words for name in largest}) == 1
            reason = f"{len(products)} products are called {largest[0].text!r}."
            return unsure(text, candidates, reason) if same else None
        wider, named = self._general(whole, largest)
        candidates += tuple(self._candidate(place, 99.0) for place in wider)
        if named:
            return unsure(text, candidates, f"{largest[0].text!r} may be any of {len(candidates)} products.")
        if wider:
            reason = f"{largest[0].text!r} is a name of it, and a part of a name of {candidates[1].name}."
            return found(text, "probable", candidates, reason)
        return found(
            text, "certain", candidates, _whole_reason(largest[0], reading, self._names.own[products[0]])
        )

    def _unsaid(self, reading: Reading, whole: list[Name], products: list[int], near: Sequence[Fit]) -> bool:
        """Say whether the text has words that the names in it do not explain.

        Words of other names of their one product explain too, if the names say what the thing is, and not only
        what it is made of or for.
        """
        said = set().union(*(name.words for name in whole))
        if any(fit.name.product in products and not fit.doubt for fit in near) and len(products) == 1:
            said |= self._names.own[products[0]] - blocking().keys()
        formulas = self._names.formulas - self._names.own[products[0]]
        return any(
            (not word.optional or word.stem in formulas)
            and not any(counts == SAME and one in said for one, counts in meanings.items())
            for word, meanings in reading.pairs
        )

    def _general(self, whole: list[Name], largest: list[Name]) -> tuple[list[int], bool]:
        """Return the other products that the text may mean as well, and whether it may as well mean them.

        It may not where only an alias of theirs has the text within, and they stand under other headings of the
        tariff: `flour` is wheat flour rather than gluten, of which an alias is `gluten flour`.

        An alias is general if it is a part, with the head, of a name of another product: `sunflower oil` of
        the crude and of the refined one. And a quality alone does not make another product.
        """
        name = largest[0]
        others = {
            one.product
            for one in whole
            if one.product != name.product and all(is_quality(left) for left in name.words - one.words)
        }
        named = bool(others)
        if not any(one.primary for one in largest):
            larger = [
                one
                for one in self._names.with_all(name.words)
                if name.words < one.words and name.words.issuperset(one.heads) and one.product != name.product
            ]
            others |= {one.product for one in larger}
            named |= any(one.primary or self._akin(one.product, name.product) for one in larger)
        return sorted(others), named

    def _akin(self, one: int, other: int) -> bool:
        """Say whether two products share a heading of the tariff, or may do so."""
        headings = [{hs.heading(code) for code in self._products[place].codes} for place in (one, other)]
        return not all(headings) or not headings[0].isdisjoint(headings[1])

    def _candidate(self, place: int, score: float) -> Candidate:
        product = self._products[place]
        return Candidate(product.id, product.name, round(score, 1))

    def _scored(self, text: str, fits: list[Fit], *, short: bool) -> Match:
        if not fits:
            return nothing(text, f"Too few words of {shown(text)!r} are in the names of one product.")
        candidates = tuple(self._candidate(fit.name.product, fit.score) for fit in fits[:LISTED])
        first = fits[0]
        if first.doubt:
            return unsure(text, candidates, first.why_not)
        if short:
            reason = f"So short a text may be many things; {first.name.text!r} is near."
            return unsure(text, candidates, reason)
        if first.score < PROBABLE:
            return unsure(
                text, candidates, f"Only some of its words are in {first.name.text!r}, which is near."
            )
        rivals = [fit for fit in fits[1:] if not fit.doubt]
        if _LIST.search(text) and first.whole and any(fit.whole for fit in rivals):
            return unsure(text, candidates, "It may be a list of products.")
        if rivals and first.score - rivals[0].score < MARGIN:
            other = self._products[rivals[0].name.product]
            return unsure(text, candidates, f"It may be {candidates[0].name} or {other.name}.")
        inside = sum(fit.inside for fit in fits)
        if not first.whole and any(fit.inside for fit in rivals):
            return unsure(text, candidates, f"All its words are in names of {inside} products.")
        return found(text, "probable", candidates, f"Most words of {first.name.text!r} agree with it.")

    def _with_code(self, match: Match, fits: list[Fit], reading: Reading, code: str) -> Match:
        """Weigh the HS code against what the words say."""
        coded = self._coded(code)
        if match.id is not None:
            return self._checked(match, match.id, code, coded)
        agreeing = [fit for fit in fits if fit.name.product in coded and not fit.doubt]
        if len(agreeing) == 1:
            fit = agreeing[0]
            others = (one for one in match.candidates if one.id != self._products[fit.name.product].id)
            candidates = (self._candidate(fit.name.product, fit.score), *others)
            reason = f"HS {code} is a code of {candidates[0].name}, and the words agree."
            sure = fit.inside and (fit.whole or coded == [fit.name.product])
            return found(match.text, "certain" if sure else "probable", candidates, reason)
        listed = tuple(self._candidate(place, 0.0) for place in coded)
        if not coded:
            return replace(match, reason=f"{match.reason} No product has HS {code}.")
        if match.candidates:
            listed = tuple(one for one in listed if one.id not in {known.id for known in match.candidates})
            return unsure(match.text, match.candidates + listed, match.reason)
        if any(word.kind in ("word", "blocking") for word in reading.words):
            return unsure(match.text, listed, f"HS {code} fits, but the words are not known.")
        if len(coded) > 1:
            return unsure(match.text, listed, f"{len(coded)} products stand under HS {code}.")
        return found(
            match.text, "probable", listed, f"HS {code} is a code of this product only; no words say more."
        )

    def _coded(self, code: str) -> list[int]:
        """Return the products of a code; a heading or chapter is that of all products under it."""
        if len(code) == _FULL:
            return self._by_code.get(code, [])
        return sorted(
            {place for one, places in self._by_code.items() if one.startswith(code) for place in places}
        )

    def _checked(self, match: Match, product_id: str, code: str, coded: list[int]) -> Match:
        """Let the HS code confirm or contradict what the words say."""
        place = self._places[product_id]
        codes = self._products[place].codes
        if not codes:
            return match
        if place in coded:
            alone = match.state == "certain" or coded == [place]
            reason = f"HS {code} is a code of {match.name}, and the words agree."
            return replace(match, state="certain" if alone else match.state, reason=reason)
        if not hs.known(code):
            return replace(match, reason=f"{match.reason} HS {code} is no code of the edition 2022.")
        stands = f"{match.name} stands under HS {' '.join(codes)}, not {code}"
        if hs.heading(code) in {hs.heading(one) for one in codes}:
            return replace(match, state="probable", reason=f"{match.reason} But {stands}.")
        others = tuple(self._candidate(one, 0.0) for one in coded)
        return unsure(match.text, (*match.candidates[: LISTED - len(others[:2])], *others), f"{stands}.")


def _whole_reason(name: Name, reading: Reading, own: set[str]) -> str:
    extra = dict.fromkeys(
        word.typed
        for word, meanings in reading.pairs
        if word.optional
        and not word.torn
        and (own if word.kind == "formula" else name.words).isdisjoint({word.stem, *meanings})
    )
    verb = "says" if len(extra) == 1 else "say"
    beside = f"; {', '.join(extra)} only {verb} which quality" if extra else ""
    return f"All words are those of {name.text!r}{beside}."
