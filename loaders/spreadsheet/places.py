"""Regions of the rows: the given one around all, the region column inside it, districts and cities inside that.

Where several places stand in no common one, a region that is named as what it is holds them together, so that
what one town makes and another needs is no trade with the outside.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph_schema import ParameterError
from graph_schema.cells.text import nfc, shown
from loaders.spreadsheet.names import Ids
from loaders.spreadsheet.rows import Row

_LEVELS = (
    ("country", r"казахстан|қазақстан|kazakhstan|республика|country|страна"),
    ("district", r"(?<!\w)(район\w*|р-н|ауданы?|district|rayon)(?!\w)"),
    ("city", r"(?<!\w)(город|г\.|қаласы|қала|city|town)(?!\w)"),
    ("region", r"(?<!\w)(область|обл\.?|облысы|region|oblast|province)(?!\w)"),
)
_SHORT = ((r"^г\.?\s+", "город "), (r"(?<!\w)р-н(?!\w)", "район"), (r"(?<!\w)обл\.?(?!\w)", "область"))
_HINT = re.compile(r"[А-ЯЁӘҒҚҢӨҰҮҺІA-Z][\w-]+\s+(?:област[ьи]|облысы\w*|region)")

GATHERED = "All places of the sheet"
"""Name of the region around places that the sheet, and the user, put into none."""


def _key(name: str) -> str:
    text = " ".join(nfc(name).casefold().split())
    for short, full in _SHORT:
        text = re.sub(short, full, text)
    return text


def _level(name: str) -> str | None:
    return next((level for level, words in _LEVELS if re.search(words, name, re.IGNORECASE)), None)


class Places:
    """The regions of one import, with the id of each row's place."""

    def __init__(
        self, rows: Iterable[Row], given: str, known: Sequence[Mapping[str, Any]], above: str
    ) -> None:
        rows = list(rows)
        self.rows: dict[str, dict[str, Any]] = {}
        self._known = list(known)
        self._by_key: dict[tuple[str, str], str] = {}
        self._ids = Ids({str(row["region_id"]) for row in known}, "region")
        self._given = given
        self.gathered = 0
        counts = Counter((row.region, row.district) for row in rows)
        if not given and not any(region or district for region, district in counts):
            found = _HINT.search(above)
            like = f'; the title says "{shown(found[0])}"' if found else ""
            raise ParameterError(
                "region", f"the sheet does not say where the makers stand; say it: --region NAME{like}"
            )
        self._root = self._place(given, "") if given else ""
        for region, district in sorted(counts):
            self.of(region, district)
        self.home = self._root or self._gathered() or self._most(counts)
        self.unplaced = 0 if self._root else counts[("", "")]

    def of(self, region: str, district: str) -> str:
        """Return the id of a row's place; nothing if it names none and none is given."""
        around = (
            self._place(region, self._root) if region and _key(region) != _key(self._given) else self._root
        )
        return (
            self._place(district, around)
            if district and _key(district) != _key(region or self._given)
            else around
        )

    def _gathered(self) -> str:
        """Return the id of a region around all places, where there are several that nothing holds together."""
        tops = [row for row in self.rows.values() if not row["parent_id"]]
        self.gathered = len(tops) if len(tops) > 1 else 0
        if not self.gathered:
            return ""
        made = self._new(GATHERED, "")
        for row in tops:
            row["parent_id"] = made
        return made

    def _most(self, counts: Counter[tuple[str, str]]) -> str:
        places: Counter[str] = Counter()
        for (region, district), count in counts.items():
            if region or district:
                places[self.of(region, "") or self.of("", district)] += count
        return min(places, key=lambda place: (-places[place], place))

    def _place(self, name: str, around: str) -> str:
        at = (around, _key(name))
        if at not in self._by_key:
            self._by_key[at] = self._old(name) or self._new(name, around)
        return self._by_key[at]

    def _new(self, name: str, around: str) -> str:
        made = self._ids.give(name, f"{name} {around}")
        self.rows[made] = {
            "region_id": made,
            "name": name,
            "parent_id": around or None,
            "level": _level(name),
        }
        return made

    def _old(self, name: str) -> str:
        """Return the id that the other dataset gives to a place, and keep the places around it."""
        found = [
            row
            for row in self._known
            if _key(name)
            in {_key(str(row.get(n) or "")) for n in ("name", "name_ru", "name_kk", "region_id")}
        ]
        if len(found) != 1:
            return ""
        by_id = {row["region_id"]: row for row in self._known}
        step: Mapping[str, Any] | None = found[0]
        while step and step["region_id"] not in self.rows:
            kept = (
                "region_id",
                "name",
                "parent_id",
                "level",
                "latitude",
                "longitude",
                "name_kk",
                "name_ru",
                "aliases",
            )
            self.rows[str(step["region_id"])] = {name: step.get(name) for name in kept}
            step = by_id.get(step["parent_id"])
        return str(found[0]["region_id"])
