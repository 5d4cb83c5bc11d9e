"""Recognising enterprises: an index of names of a register.

Certain is only what is literally the same: the words of a name in their order, whatever the case, quotes, spaces,
Unicode form, look-alike letters and place of the legal form. Compared besides are the words without legal form, in
any order, by their sound; that is probable at most. Numbers are words like others and never ignored. What a name
is called in the register's other languages and aliases counts alike.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graph_schema.cells.text import shown, spellings
from loaders.recognition.legal_forms import KINDS, STATUS, agree, forms_at, shortened, tokens_of
from loaders.recognition.match import Candidate, Match, State, each, found, nothing, unsure
from loaders.recognition.sounds import sound
from loaders.recognition.stems import clean, one_alphabet, other_alphabet

NEAR = 60.0
"""From this score on an enterprise is listed as a candidate."""

SURE_LETTERS = 5
"""Names of fewer letters are never joined by their sound: initials are read in more than one way."""

OFTEN = 100
"""A beginning of a word that more names have says too little to look through them, if the text has a rarer one."""

WORD_ALIKE = 80.0
"""Per cent of letters by which two words of five letters and more may be one with a typing error."""

_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_VOID = frozenset(["и", "and", "және", "of", "the", "для", "им", "имени", "атындағы", "г"])
_BRANCH = re.compile(r"\b(?:филиал[ыа]?|branch|представительство|пф)\b(?: of)?", re.IGNORECASE)
_DASH = re.compile(r"\s[-–—]\s|[()]")
_PASSED = _VOID | STATUS
_PREFIX = 4
_TYPO_LETTERS = 5
_INITIALS = range(2, 7)
_PAIR = 2
_SLIP_LETTERS = 2


@dataclass(frozen=True, slots=True)
class _Core:
    """A name without its legal form; `branch_of` is the rest of a name that says whose branch it is.

    `literal` is the same for names that are literally the same.
    """

    text: str
    literal: str
    words: tuple[str, ...]
    spelled: frozenset[str]
    sounds: frozenset[str]
    joined: str
    forms: frozenset[str]
    branch_of: str
    numbers: frozenset[str]


@lru_cache(maxsize=1 << 17)  # the makers of a sheet are grouped, named and compared by it
def core(name: str) -> _Core:
    """Return what is compared of a name.

    >>> core('ТОО "KSP Steel"').spelled == core("«KSP Steel» ЖШС").spelled
    True
    >>> core("Филиал АО Казхром - АЗФ").words, core("АЗФ, филиал АО Казхром").words
    (('азф',), ('азф',))
    """
    own, branch_of = _branch(shortened(clean(name)))
    tokens = tokens_of(own)
    at_forms = forms_at(tokens)
    rest = [token for at, token in enumerate(tokens) if at not in at_forms]
    forms = frozenset(kind for at in at_forms for kind in KINDS[tokens[at].form])
    words = tuple(one.word for one in rest if one.word.isalnum() and one.word not in _PASSED)
    if not words:  # a name that is nothing but a legal form
        rest, forms = list(tokens), frozenset()
        words = tuple(one.word for one in rest if one.word.isalnum())
    literal = " ".join(
        [*(_letters(one.text) for one in rest), *(["|", *_words(branch_of)] if branch_of else [])]
    )
    keys = tuple(map(sound, words))
    numbers = frozenset(word for word in words if word.isdigit())
    return _Core(
        name, literal, words, frozenset(words), frozenset(keys), "".join(keys), forms, branch_of, numbers
    )


def _letters(word: str) -> str:
    """Return a word as it looks in capitals; a word of look-alike letters only is Cyrillic."""
    return (other_alphabet(word.upper()) if word.isascii() else "") or word.upper()


_UNNAMED = "branch"
"""Stands for the enterprise of a branch that does not say whose it is."""


def _branch(text: str) -> tuple[str, str]:
    """Part a name into its own and that of the enterprise of which it is a branch."""
    word = _BRANCH.search(text)
    if not word:
        return text, ""
    before, after = text[: word.start()].strip(" -–—,("), text[word.end() :]
    if any(token.casefold() not in KINDS for token in _TOKEN.findall(before)):
        return before, after
    parts = [part for part in _DASH.split(after) if part.strip()]
    return (parts[-1], " ".join(parts[:-1])) if len(parts) > 1 else (after, _UNNAMED)


@dataclass(frozen=True, slots=True)
class _Named:
    core: _Core
    id: str
    name: str


class EnterpriseIndex:
    """The enterprises that a name may mean.

    Parameters
    ----------
    enterprises
        Rows of the table `enterprises`: `enterprise_id`, `name`, `name_ru`, `name_kk`, `aliases`.
    """

    def __init__(self, enterprises: Iterable[Mapping[str, Any]]) -> None:
        self._names: list[_Named] = []
        for row in sorted(enterprises, key=lambda row: str(row["enterprise_id"])):
            own = str(row["enterprise_id"]), str(row.get("name") or row["enterprise_id"])
            self._names += [_Named(core(text), *own) for text in spellings(row)]
        self._literal: dict[str, list[_Named]] = defaultdict(list)
        self._spelled: dict[frozenset[str], list[_Named]] = defaultdict(list)
        self._sounding: dict[frozenset[str], list[_Named]] = defaultdict(list)
        self._joined: dict[str, list[_Named]] = defaultdict(list)
        self._initials: dict[str, list[_Named]] = defaultdict(list)
        self._near: dict[str, list[int]] = defaultdict(list)
        self._own: dict[str, set[str]] = defaultdict(set)
        self._forms: dict[str, frozenset[str]] = defaultdict(frozenset)
        for place, named in enumerate(self._names):
            own_core = named.core
            self._literal[own_core.literal].append(named)
            self._spelled[own_core.spelled].append(named)
            self._sounding[own_core.sounds].append(named)
            self._joined[own_core.joined].append(named)
            if len(own_core.words) > 2:
                self._initials["".join(word[0] for word in own_core.words)].append(named)
            self._forms[named.id] |= own_core.forms
            self._own[named.id] |= own_core.sounds | {sound(word) for word in _words(own_core.branch_of)}
            for key in {key[:_PREFIX] for key in own_core.sounds}:
                self._near[key].append(place)

    def match(self, name: str) -> Match:
        """Return which enterprise `name` means.

        >>> register = [{"enterprise_id": "ksp", "name": "KSP Steel", "aliases": None}]
        >>> EnterpriseIndex(register).match("ТОО «КСП Стил»").id
        'ksp'
        """
        asked = core(name)
        if not any(letter.isalnum() for letter in name):
            return nothing(name, "There is no name in it.")
        same = self._found(name, asked)
        return same or self._similar(name, asked)

    def _found(self, name: str, asked: _Core) -> Match | None:
        """Return a match by the same words."""
        if asked.literal in self._literal:
            return self._same(name, asked, self._literal[asked.literal], "the same words", exact=True)
        if asked.spelled in self._spelled:
            how = "the same words in another order, or a word of status more"
            return self._same(name, asked, self._spelled[asked.spelled], how, exact=False)
        if asked.sounds in self._sounding:
            how = "the same words in another spelling"
            return self._same(name, asked, self._sounding[asked.sounds], how, exact=False)
        if asked.joined in self._joined:
            how = "the same letters, spaced in another way"
            return self._same(name, asked, self._joined[asked.joined], how, exact=False)
        return None

    def match_all(
        self, names: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> list[Match]:
        """Return the match of each name; `progress` is called with the number of names done since last."""
        return each(names, self.match, progress)

    @staticmethod
    def groups(names: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """Return the places of `names` that are certainly the same enterprise, group by group.

        Same are names that are literally the same and whose legal forms translate each other; a name without a
        form is not certainly the one with a form.

        >>> EnterpriseIndex.groups(["ТОО Восток", "«Восток» ЖШС", "ТОО Восток-2", "Восток"])
        ((0, 1), (2,), (3,))
        """
        return _alike([core(name) for name in names], lambda one: one.literal, missing=False)

    @staticmethod
    def likely(names: Sequence[str]) -> tuple[tuple[int, ...], ...]:
        """Return the places of `names` that are probably the same enterprise: by sound, with a form or without.

        Where one name stands with different forms, the names without a form belong to none of them.

        >>> EnterpriseIndex.likely(["ТОО Рахат", "ТОО Раххат", "Рахат", "ТОО Рахат-2", "ТОО Шахат"])
        ((0, 1, 2), (3,), (4,))
        """

        def key(one: _Core) -> object:
            heard = one.sounds if len(one.joined) >= SURE_LETTERS else one.spelled
            return heard, bool(one.branch_of), one.numbers

        return _alike([core(name) for name in names], key, missing=True)

    def _same(self, name: str, asked: _Core, same: list[_Named], how: str, *, exact: bool) -> Match:
        agreeing = [named for named in same if agree(asked.forms, named.core.forms)]
        chosen = agreeing or same
        candidates = _candidates((named, 100.0) for named in chosen)
        if len(candidates) > 1:
            return unsure(name, candidates, f"{len(candidates)} enterprises have this name.")
        text = chosen[0].core.text
        if not agreeing:
            return found(name, "probable", candidates, f"{text!r} has {how}, but another legal form.")
        if not exact:
            short = "; so short a name may be another" if len(asked.joined) < SURE_LETTERS else ""
            return found(name, "probable", candidates, f"{text!r} has {how}{short}.")
        state: State = "probable" if asked.branch_of == _UNNAMED else "certain"
        return found(name, state, candidates, f"{text!r} has {how}.")

    def _similar(self, name: str, asked: _Core) -> Match:
        """Return a match by words that are nearly the same; never certain."""
        if len(asked.words) == 1 and len(asked.words[0]) in _INITIALS:
            stand_for = self._initials.get(asked.words[0])
            if stand_for:
                candidates = _candidates((named, 80.0) for named in stand_for)
                return unsure(name, candidates, f"{name.strip()!r} are the initials of {candidates[0].name}.")
        near = [self._names[place] for place in sorted(self._places(asked))]
        ranked = _candidates((named, _likeness(asked, named.core)) for named in near)
        candidates = tuple(one for one in ranked if one.score >= NEAR)
        for test, reason in (
            (self._explained, "contains the name, and the other words are its as well"),
            (self._mistyped, "differs by a typing error only"),
            (self._abbreviated, "agrees, with some words as initials"),
        ):
            fitting = _candidates((named, 90.0) for named in near if test(asked, named))
            if len(fitting) == 1 and agree(asked.forms, self._forms[fitting[0].id]):
                others = tuple(one for one in candidates if one.id != fitting[0].id)
                return found(name, "probable", fitting + others, f"{name.strip()!r} {reason}.")
            if fitting:
                return unsure(name, fitting, f"{len(fitting)} enterprises have a similar name.")
        if not candidates and asked.branch_of:
            of = () if asked.branch_of == _UNNAMED else self.match(asked.branch_of).candidates
            return unsure(name, of, f"{name.strip()!r} is a branch that no name is known of.")
        if not candidates:
            return nothing(name, f"No enterprise has a name like {shown(name)!r}.")
        return unsure(name, candidates, f"{candidates[0].name} has a similar name.")

    def _places(self, asked: _Core) -> set[int]:
        """Return the names that begin a word like the text does, but for beginnings that very many names have."""
        lists = [
            self._near[key] for key in sorted({key[:_PREFIX] for key in asked.sounds}) if key in self._near
        ]
        lists.sort(key=len)
        rare = [places for number, places in enumerate(lists) if len(places) <= OFTEN or not number]
        return set().union(*rare)

    def _explained(self, asked: _Core, named: _Named) -> bool:
        """Say whether the text has all of a name, and what is over begins like other words of its enterprise."""
        if not named.core.sounds < asked.sounds:
            return False
        own = self._own[named.id]
        rest = asked.sounds - named.core.sounds
        return all(
            len(key) >= _TYPO_LETTERS and any(one.startswith(key[:_TYPO_LETTERS]) for one in own)
            for key in rest
        )

    @staticmethod
    def _mistyped(asked: _Core, named: _Named) -> bool:
        """Say whether each word has its counterpart, but for typing errors in long words."""
        if asked.numbers != named.core.numbers or len(asked.sounds) != len(named.core.sounds):
            return False
        left = set(named.core.sounds)
        for key in sorted(asked.sounds, key=lambda one: (one not in left, one)):
            twin = next((one for one in sorted(left) if one == key or _slip(key, one)), None)
            if twin is None:
                return False
            left.discard(key if key in left else twin)
        return True

    @staticmethod
    def _abbreviated(asked: _Core, named: _Named) -> bool:
        """Say whether one word of the text stands for the initials of those words that the text lacks."""
        short = [word for word in asked.words if sound(word) not in named.core.sounds]
        rest = [word for word in named.core.words if sound(word) not in asked.sounds]
        if (
            len(short) != 1
            or len(short[0]) not in _INITIALS
            or len(short) == len(asked.words)
            or len(rest) < _PAIR
        ):
            return False
        initials = "".join(word[0] for word in rest)
        ends = short[0][0] == initials[0] and short[0][-1] == initials[-1]
        return ends and (_within(initials, short[0]) or _within(short[0], initials))


def _alike(
    cores: Sequence[_Core], key: Callable[[_Core], object], *, missing: bool
) -> tuple[tuple[int, ...], ...]:
    """Group names by a key and by legal forms that agree; with `missing`, a name without a form agrees with one."""
    alike: dict[object, list[int]] = defaultdict(list)
    for place, one in enumerate(cores):
        alike[key(one)].append(place)
    groups: list[tuple[int, ...]] = []
    for places in alike.values():
        forms = {cores[place].forms for place in places if cores[place].forms}
        bare = [place for place in places if not cores[place].forms]
        if all(agree(one, other) for one in forms for other in forms):
            formed = [place for place in places if cores[place].forms]
            groups += [tuple(places)] if missing or not bare or not formed else [tuple(bare), tuple(formed)]
            continue
        by_form: dict[frozenset[str], list[int]] = defaultdict(list)
        for place in places:
            by_form[cores[place].forms].append(place)
        groups += map(tuple, by_form.values())
    return tuple(sorted(groups))


def _words(text: str) -> list[str]:
    tokens = (one_alphabet(token).casefold() for token in _TOKEN.findall(text))
    return [token for token in tokens if not (token in KINDS or token in STATUS or token in _VOID)]


def _likeness(asked: _Core, other: _Core) -> float:
    from rapidfuzz import fuzz

    alike = fuzz.ratio(" ".join(sorted(asked.sounds)), " ".join(sorted(other.sounds)))
    shared = len(asked.sounds & other.sounds)
    return max(alike, 80.0 * shared / min(len(asked.sounds), len(other.sounds)))


def _slip(typed: str, meant: str) -> bool:
    """Say whether two keys are one word with a typing error, or the one is the other cut short."""
    from rapidfuzz import fuzz

    if min(len(typed), len(meant)) < _TYPO_LETTERS or typed[0] != meant[0]:
        return False
    near = abs(len(typed) - len(meant)) <= _SLIP_LETTERS and fuzz.ratio(typed, meant) >= WORD_ALIKE
    return near or meant.startswith(typed)


def _within(letters: str, word: str) -> bool:
    """Say whether `letters` are in `word` in this order."""
    rest = iter(word)
    return all(letter in rest for letter in letters)


def _candidates(scored: Iterable[tuple[_Named, float]]) -> tuple[Candidate, ...]:
    """Return each enterprise once with its best score, best first."""
    best: dict[str, Candidate] = {}
    for named, score in scored:
        if named.id not in best or score > best[named.id].score:
            best[named.id] = Candidate(named.id, named.name, round(score, 1))
    return tuple(sorted(best.values(), key=lambda one: (-one.score, one.id)))
