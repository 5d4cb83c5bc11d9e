"""Makers and owners of a sheet: which rows are one enterprise, and the id of each.

Names that are literally the same at one place are one enterprise. Names that differ in spelling, or of which one
has no legal form, are probably one: they are joined and listed in the review table, where `none` undoes it; where
both state figures of one product and year that differ, they are kept apart, for a wrong join would lose both. An
id belongs to a spelling and place, so that no decision changes the ids of others. With another dataset at hand
its enterprises keep their ids. Owners are looked up among the makers first.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from graph_schema.cells.units import UnitError, canonical, factor
from loaders.recognition import Candidate, EnterpriseIndex, Match
from loaders.recognition.differences import difference
from loaders.recognition.enterprises import core
from loaders.spreadsheet.figures import UNKNOWN
from loaders.spreadsheet.names import Ids, slug
from loaders.spreadsheet.rows import Row

Figured = tuple[str, int, str]
"""What a figure is of: product, year and role."""

Stated = tuple[float, str]

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
    figures: dict[Figured, set[Stated]] = field(default_factory=lambda: defaultdict(set))


class Makers:
    """The enterprises of a sheet.

    Parameters
    ----------
    rows, places, products
        The rows that name makers, the id of each one's place, and what each one makes.
    taken
        Ids that others have.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        places: Sequence[str],
        products: Sequence[Sequence[str]],
        taken: Iterable[str],
    ) -> None:
        owned = {row.owner: owner_names(row.owner) for row in rows if row.owner}
        self.names = list(
            dict.fromkeys(
                (*(row.maker for row in rows), *(name for found in owned.values() for name, _ in found))
            )
        )
        self._group = _groups(self.names, EnterpriseIndex.groups)
        self._likely = _groups(self.names, EnterpriseIndex.likely)
        self._units: dict[tuple[str, str], Maker] = {}
        self._first: dict[str, Maker] = {}
        self._of_row = [
            self._add(row, place, made) for row, place, made in zip(rows, places, products, strict=True)
        ]
        self._pairs: list[tuple[Maker, Maker, float | None, int]] = []
        for row, maker in zip(rows, self._of_row, strict=True):
            found = owned.get(row.owner, [])
            for name, share in found:
                part = share if share is not None else row.owner_share if len(found) == 1 else None
                self._pairs.append((self._owner(name, row.line), maker, part, row.line))
        self._give_ids(taken)
        self.settle()

    def ids(self) -> dict[str, str]:
        """Return the name of each id that a decision may take, joined or not."""
        return {unit.id: unit.names[0] for unit in self._units.values()}

    def all(self) -> list[Maker]:
        """Return every enterprise once, by id."""
        return sorted(self._all, key=lambda maker: maker.id)

    def _add(self, row: Row, place: str, products: Sequence[str]) -> Maker:
        maker = self._at(row.maker, place)
        maker.owner_only = False
        maker.lines.append(row.line)
        if maker.employees is None:
            maker.employees = row.employees
        for at, stated in _figures(row, products):
            maker.figures[at].add(stated)
        return maker

    def _at(self, name: str, place: str) -> Maker:
        key = (self._group[name], place)
        maker = self._units.get(key)
        if maker is None:
            maker = self._units[key] = Maker(place=place)
            self._first.setdefault(self._group[name], maker)
        if name not in maker.names:
            maker.names.append(name)
        return maker

    def _owner(self, name: str, line: int) -> Maker:
        maker = self._first.get(self._group[name])
        if maker is None:
            maker = self._at(name, "")
            maker.lines.append(line)
        return maker

    def _give_ids(self, taken: Iterable[str]) -> None:
        ids = Ids(set(taken), "enterprise")
        for maker in sorted(self._units.values(), key=lambda m: (min(m.names), m.place)):
            name = min(maker.names)
            short = " ".join(core(name).words)
            maker.id = ids.give(short, *([f"{short} {maker.place}"] if maker.place else []), name)

    def settle(self, known: Iterable[Match] = (), decided: Mapping[str, Match] | None = None) -> None:
        """Join what is one enterprise.

        Parameters
        ----------
        known
            What was found for names in another dataset.
        decided
            What a person decided about names; a match without an id keeps the name apart from all others.
        """
        self.matches: list[Match] = []
        said = decided or {}
        by_name = {match.text: match for match in known if match.text not in said}
        self._chosen = [match.id for match in said.values() if match.id]
        self._apart: set[str] = set()
        self._joined: dict[str, str] = {}
        for unit in self._units.values():
            matches = [said[name] for name in unit.names if name in said]
            target = next((match.id for match in matches if match.id), None)
            if target:
                self._joined[unit.id] = target
            elif matches:
                self._apart.add(unit.id)
        self._join_known(by_name)
        for group in self._likely_groups():
            self._join_likely(group)
        self._put_together()
        listed = {match.text for match in self.matches}
        self.matches += [match for match in self._doubts() if match.text not in {*listed, *said}]

    def _join_known(self, by_name: Mapping[str, Match]) -> None:
        """Join the units that are enterprises of another dataset, unless they contradict each other."""
        found: dict[str, list[tuple[Maker, Match]]] = defaultdict(list)
        for unit in self._units.values():
            match = next((by_name[name] for name in sorted(unit.names) if name in by_name), None)
            if match is None or unit.id in self._apart or unit.id in self._joined:
                continue
            if match.used and match.id:
                found[match.id].append((unit, match))
            elif match.state == "candidate":
                self.matches.append(match)
        for target, pairs in sorted(found.items()):
            kept: list[Maker] = []
            for unit, match in sorted(pairs, key=lambda one: (one[1].state != "certain", min(one[0].names))):
                against = next(((other, why) for other in kept if (why := _contradiction(unit, other))), None)
                if against:
                    reason = f"{match.reason} Kept apart from {against[0].names[0]!r}: {against[1]}."
                    match = replace(match, state="candidate", id=None, name="", reason=reason)
                    self._apart.add(unit.id)
                else:
                    kept.append(unit)
                    self._joined[unit.id] = target
                self.matches.append(match)

    def _likely_groups(self) -> list[list[Maker]]:
        """Return units of one place and probably one name; an owner stands where the only maker of its name does."""
        alike: dict[str, list[Maker]] = defaultdict(list)
        for unit in self._units.values():
            if unit.id not in self._apart:
                alike[self._likely[unit.names[0]]].append(unit)
        groups = []
        for units in alike.values():
            places = {unit.place for unit in units if not unit.owner_only}
            at: dict[str, list[Maker]] = defaultdict(list)
            for unit in units:
                at[next(iter(places)) if unit.owner_only and len(places) == 1 else unit.place].append(unit)
            groups += [sorted(group, key=lambda unit: unit.id) for group in at.values() if len(group) > 1]
        return groups

    def _join_likely(self, units: list[Maker]) -> None:
        """Join units to the one that is settled, else to the one of most rows."""
        free = [unit for unit in units if unit.id not in self._joined]
        targets = {self._joined.get(unit.id) for unit in units} - {None}
        if not free or len(targets) > 1:
            return
        lead = min(units, key=lambda u: (u.id not in self._joined, u.owner_only, -len(u.lines), min(u.names)))
        why = next(
            (w for n, one in enumerate(units) for two in units[:n] if (w := _contradiction(one, two))), ""
        )
        for unit in free:
            if unit is lead and not why:
                continue
            other = lead if unit is not lead else next(one for one in units if one is not unit)
            told = _sentence(difference(unit.names[0], other.names[0]))
            found = (Candidate(other.id, other.names[0], 90.0),)
            if why:
                reason = f"{told} as in {other.names[0]!r}; kept apart, for {why}."
                self.matches.append(Match(unit.names[0], "candidate", None, "", 90.0, reason, found))
                continue
            self._joined[unit.id] = lead.id
            reason = f"{told} as in {other.names[0]!r}; joined with it."
            target = self._joined.get(lead.id, lead.id)
            found = (Candidate(target, lead.names[0], 90.0),)
            self.matches.append(Match(unit.names[0], "probable", target, lead.names[0], 90.0, reason, found))

    def _put_together(self) -> None:
        """Make one enterprise of all units that are joined."""
        parent = {name: name for pair in self._joined.items() for name in pair}
        parent |= {unit.id: unit.id for unit in self._units.values()}

        def root(name: str) -> str:
            while parent[name] != name:
                name = parent[name]
            return name

        for joined, target in sorted(self._joined.items()):
            parent[root(joined)] = root(target)
        own = {unit.id: unit for unit in self._units.values()}
        parts: dict[str, list[str]] = defaultdict(list)
        for name in parent:
            parts[root(name)].append(name)
        targets = set(self._joined.values())
        made: dict[str, Maker] = {}
        for ids in parts.values():
            best = min(ids, key=lambda one: (one in own, one not in self._chosen, one not in targets, one))
            units = sorted(
                (own[one] for one in ids if one in own), key=lambda u: (u.id != best, min(u.lines))
            )
            if units:
                made |= dict.fromkeys((unit.id for unit in units), _merged(best, units))
        self._all = list({id(maker): maker for maker in made.values()}.values())
        self.of_row = [made[unit.id] for unit in self._of_row]
        self.owners: dict[tuple[str, str], tuple[float | None, int]] = {}
        for unit, owned, part, line in self._pairs:
            owner, maker = made[unit.id], made[owned.id]
            if owner is not maker:
                self.owners.setdefault((owner.id, maker.id), (part, line))

    def _doubts(self) -> list[Match]:
        """Return names that may be one enterprise with others of the sheet, though not certainly."""
        apart = {name for unit in self._units.values() if unit.id in self._apart for name in unit.names}
        makers = [maker for maker in self.all() if not apart.issuperset(maker.names)]
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


def _groups(
    names: list[str], group: Callable[[Sequence[str]], tuple[tuple[int, ...], ...]]
) -> dict[str, str]:
    """Return for each name a word that is the same for names of one group."""
    return {names[at]: min(names[one] for one in places) for places in group(names) for at in places}


def _merged(own: str, units: Sequence[Maker]) -> Maker:
    """Return one enterprise made of units, of which the first gives name and place."""
    names = list(dict.fromkeys(name for unit in units for name in unit.names))
    place = next((unit.place for unit in units if unit.place), "")
    employees = next((unit.employees for unit in units if unit.employees is not None), None)
    lines = sorted({line for unit in units for line in unit.lines})
    return Maker(own, names, place, lines, employees, all(unit.owner_only for unit in units))


def _figures(row: Row, products: Sequence[str]) -> Iterable[tuple[Figured, Stated]]:
    """Return what a row states, comparable."""
    if row.employees is not None:
        yield ("", 0, "employees"), (row.employees, "")
    for year, stated in row.years.items():
        for product in products:
            for role, (value, unit) in stated.amounts.items():
                yield (product, year, role), _in_tonnes(value, unit)
            if stated.share is not None:
                yield (product, year, "export share"), (stated.share, "")


def _in_tonnes(value: float, unit: str) -> Stated:
    try:
        return float(f"{value * factor(unit, 't'):.9g}"), "t"
    except UnitError:
        return value, canonical(unit)


def _contradiction(one: Maker, other: Maker) -> str:
    """Say which figures of the same thing differ; nothing if none do."""
    for product, year, role in sorted(one.figures.keys() & other.figures.keys()):
        mine, theirs = one.figures[product, year, role], other.figures[product, year, role]
        if mine != theirs:
            first, second = (
                " and ".join(f"{v:g} {u}".strip() for v, u in sorted(one)) for one in (mine, theirs)
            )
            of = f" of {product} in {year}" if product else ""
            return f"{role}{of} differs: {first}, and {second}"
    return ""


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _doubt(maker: Maker, others: Sequence[Maker]) -> Match:
    near = sorted(others, key=lambda one: one.id)[:5]
    placed = any(core(other.names[0]).literal == core(maker.names[0]).literal for other in others) and any(
        set(other.names) & set(maker.names) for other in others
    )
    told = "the same name at another place" if placed else difference(maker.names[0], near[0].names[0])
    candidates = tuple(Candidate(other.id, other.names[0], 90.0) for other in near)
    reason = f"{_sentence(told)}, as in {near[0].names[0]!r}."
    return Match(maker.names[0], "candidate", None, "", 90.0, reason, candidates)


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
