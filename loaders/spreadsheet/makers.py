"""Makers and owners of a sheet: which rows are one enterprise, and the id of each.

Two names are one enterprise only if `loaders.recognition` is certain of it and their places do not differ; else
each keeps its own row and the review table lists them. With another dataset at hand its enterprises keep their
ids. Owners are looked up among the makers first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from loaders.recognition import Candidate, EnterpriseIndex, Match
from loaders.recognition.enterprises import core
from loaders.spreadsheet.figures import UNKNOWN
from loaders.spreadsheet.names import Ids, slug
from loaders.spreadsheet.rows import Row

COMPARED = 2_000
"""Up to so many enterprises, names that differ in a few letters are listed for review."""

_ALIKE = 88.0
_SHARE = re.compile(r"[\s,(–-]*(\d{1,3}(?:[.,]\d+)?)\s*%\)?\s*$")
_NOBODY = re.compile(
    r"^(частн\w*( собственность)?|государств\w*( собственность)?|физ\w*\.? лиц\w*|собственник|иностранн\w*|жеке\w*"
    r"|мемлекет\w*|private|state|public|individuals?|foreign)$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Maker:
    """One enterprise: its id, the spellings met, the place, and the rows that name it."""

    id: str = ""
    names: list[str] = field(default_factory=list)
    place: str = ""
    lines: list[int] = field(default_factory=list)
    employees: float | None = None
    owner_only: bool = True


class Makers:
    """The enterprises of a sheet.

    Parameters
    ----------
    rows, places
        The rows that name makers, and the id of each one's place.
    decided
        The id of each name that is settled: found in another dataset, or by a person.
    taken
        Ids that others have.
    """

    def __init__(
        self, rows: Sequence[Row], places: Sequence[str], decided: Mapping[str, str], taken: Iterable[str]
    ) -> None:
        owned = {row.owner: owner_names(row.owner) for row in rows if row.owner}
        names = dict.fromkeys(
            (*(row.maker for row in rows), *(name for found in owned.values() for name, _ in found))
        )
        self._group = _groups(list(names))
        self._decided = decided
        self._of: dict[tuple[str, str], Maker] = {}
        self._first: dict[str, Maker] = {}
        self.of_row = [self._add(row, place) for row, place in zip(rows, places, strict=True)]
        pairs = []
        for row, maker in zip(rows, self.of_row, strict=True):
            found = owned.get(row.owner, [])
            for name, share in found:
                part = share if share is not None else row.owner_share if len(found) == 1 else None
                pairs.append((self._owner(name, row.line), maker, part, row.line))
        self._give_ids(taken)
        self.owners: dict[tuple[str, str], tuple[float | None, int]] = {}
        for owner, maker, part, line in pairs:
            if owner is not maker:
                self.owners.setdefault((owner.id, maker.id), (part, line))

    def all(self) -> list[Maker]:
        """Return every enterprise once, by id."""
        return sorted({id(maker): maker for maker in self._of.values()}.values(), key=lambda maker: maker.id)

    def _add(self, row: Row, place: str) -> Maker:
        maker = self._at(row.maker, place)
        maker.owner_only = False
        maker.lines.append(row.line)
        if maker.employees is None:
            maker.employees = row.employees
        return maker

    def _at(self, name: str, place: str) -> Maker:
        settled = self._decided.get(name, "")
        key = (f"={settled}", "") if settled else (self._group[name], place)
        maker = self._of.get(key)
        if maker is None:
            maker = self._of[key] = Maker(settled, place=place)
            self._first.setdefault(self._group[name], maker)
        if name not in maker.names:
            maker.names.append(name)
        return maker

    def _owner(self, name: str, line: int) -> Maker:
        maker = None if name in self._decided else self._first.get(self._group[name])
        if maker is None:
            maker = self._at(name, "")
            maker.lines.append(line)
        return maker

    def _give_ids(self, taken: Iterable[str]) -> None:
        ids = Ids({*taken, *(maker.id for maker in self._of.values() if maker.id)}, "enterprise")
        for maker in sorted(
            (m for m in self._of.values() if not m.id), key=lambda m: (min(m.names), m.place)
        ):
            name = min(maker.names)
            short = " ".join(core(name).words)
            maker.id = ids.give(short, *([f"{short} {maker.place}"] if maker.place else []), name)

    def doubts(self) -> list[Match]:
        """Return names that may be one enterprise with others of the sheet, though not certainly."""
        makers = self.all()
        alike: dict[frozenset[str], list[Maker]] = {}
        for maker in makers:
            alike.setdefault(core(maker.names[0]).sounds, []).append(maker)
        found = [
            _doubt(maker, [other for other in group if other is not maker])
            for group in alike.values()
            if len(group) > 1
            for maker in group
        ]
        near = _near(makers) if len(makers) <= COMPARED else {}
        listed = {match.text for match in found}
        found += [_doubt(maker, others) for maker, others in near.values() if maker.names[0] not in listed]
        merged: dict[str, Match] = {}
        for match in sorted(found, key=lambda one: one.text):
            same = merged.setdefault(match.text, match)
            if same is not match:  # one name at several places
                both = {one.id: one for one in (*same.candidates, *match.candidates)}
                merged[match.text] = replace(same, candidates=tuple(both[one] for one in sorted(both)))
        return list(merged.values())


def _groups(names: list[str]) -> dict[str, str]:
    """Return for each name a word that is the same for names of the same enterprise."""
    return {
        names[at]: min(names[one] for one in group) for group in EnterpriseIndex.groups(names) for at in group
    }


def _doubt(maker: Maker, others: Sequence[Maker]) -> Match:
    same = {core(other.names[0]).sounds for other in others} == {core(maker.names[0]).sounds}
    placed = same and any(set(other.names) & set(maker.names) for other in others)
    reason = (
        "the same name at another place"
        if placed
        else "one of the same words and another legal form"
        if same
        else "a similar name"
    )
    candidates = tuple(
        Candidate(other.id, other.names[0], 90.0) for other in sorted(others, key=lambda one: one.id)[:5]
    )
    return Match(maker.names[0], "candidate", None, "", 90.0, f"There is {reason}.", candidates)


def _near(makers: Sequence[Maker]) -> dict[int, tuple[Maker, list[Maker]]]:
    """Return enterprises whose names differ in a few letters, numbers aside."""
    import numpy as np
    from rapidfuzz import fuzz, process

    cores = [core(maker.names[0]) for maker in makers]
    texts = [one.joined for one in cores]
    found: dict[int, tuple[Maker, list[Maker]]] = {}
    if not texts:
        return found
    for at, to in np.argwhere(process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=_ALIKE) > 0):
        if at != to and cores[at].numbers == cores[to].numbers and len(texts[at]) > 4:
            found.setdefault(int(at), (makers[at], []))[1].append(makers[to])
    return found


def owner_names(cell: str) -> list[tuple[str, float | None]]:
    """Return the owners that a cell names, with their part of one where it is stated.

    >>> owner_names("ERG (60 %), Нурлан 40%"), owner_names("частная")
    ([('ERG', 0.6), ('Нурлан', 0.4)], [])
    """
    found = []
    for part in re.split(r"[;\n]|(?<=[%)])\s*,", cell):
        share = _SHARE.search(part)
        name = " ".join((part[: share.start()] if share else part).split()).strip(" ,")
        if name and slug(name) and not _NOBODY.match(name) and name.casefold() not in UNKNOWN:
            value = round(float(share[1].replace(",", ".")) / 100, 12) if share else None
            found.append((name, value if value is not None and 0 < value <= 1 else None))
    return found
