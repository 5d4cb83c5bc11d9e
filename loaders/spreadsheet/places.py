"""Regions of the rows: the given one around all, the region column inside it, districts and cities inside that.

Where the region column names regions, the given one is one of them and home, and the others stand beside it; a
given country stands around them. Where several places stand in no common one, a region that is named as what it
is holds them together, so that what one town makes and another needs is no trade with the outside. Of an address
the city, or else the district, is the place; the address stays in the note.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from graph_schema import ParameterError
from graph_schema.cells.text import nfc, shown
from loaders.spreadsheet.names import Ids
from loaders.spreadsheet.rows import Row

_COUNTRY = re.compile(
    r"(республика\s+)?казахстан|рк|қр|қазақстан(\s+республикасы)?|(republic of )?kazakhstan|country.*|страна.*"
    r"|россия|российская федерация|кыргызстан|узбекистан|китай|russia|kyrgyzstan|uzbekistan|china|беларусь|belarus"
)
_SIDES = (
    ("восточн", "шығыс", "east", "вко"),
    ("западн", "батыс", "west", "зко"),
    ("северн", "солтүстік", "north", "ско"),
    ("южн", "оңтүстік", "south", "юко"),
)
_SIDE = re.compile(
    r"(?:(восточн|западн|северн|южн)\w*|(шығыс|батыс|солтүстік|оңтүстік)|(east|west|north|south)(?:ern)?)"
    r"[\s-]+(?:казахстан|қазақстан|kazakhstan)|\b(вко|зко|ско|юко)\b"
)
_REGION_WORD = re.compile(
    r"(?<!\w)(область|области|обл\.?|облысы\w*|region|oblast|province)(?!\w)|(?<=ск)ая$"
)
_NAMES = (
    "павлодар pavlodar", "караганд қарағанды karagand qaragand", "костана қостанай kostana qostana kustana",
    "акмол ақмола akmol aqmol", "актюб актоб ақтөбе aktobe aktyub aqtobe", "атырау atyrau",
    "алмат алматы almat", "жамбыл zhambyl jambyl", "жетіс жетыс zhetis jetis zhetys", "абай абайск abai abay",
    "улытау ұлытау ulytau", "кызылорд қызылорда kyzylord qyzylord", "мангист маңғыст mangist mangyst",
    "туркест түркіст turkest turkist",
)  # fmt: skip
"""Beginnings of the names of regions of Kazakhstan in Russian, Kazakh and English."""

_LEVELS = (
    ("district", r"(?<!\w)(район\w*|р-н|ауданы?|district|rayon)(?!\w)"),
    ("city", r"(?<!\w)(город|г\.|г\s|қаласы|қала|city|town)(?!\w)"),
)
_SHORT = ((r"^г\.?\s+", "город "), (r"(?<!\w)р-н(?!\w)", "район"))
_ADDRESS = re.compile(
    r"\d|(?<!\w)(ул|улица|пр|просп|проспект|мкр|микрорайон|көшесі|даңғылы|street|st|avenue|ave)(?!\w)", re.I
)
_CITY = re.compile(
    r"(?<!\w)(?:г\.\s*|г\s+|город\s+|қ\.\s*|city of\s+)[^\W\d][\w-]*(?:\s+[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ][\w-]+)?"
    r"|[^\W\d][\w-]*\s+(?:қаласы|қ\.|city|town)(?!\w)"
)
_DISTRICT = re.compile(
    r"[^\W\d][\w-]*\s+(?:район\w*|р-н|ауданы?|district)(?!\w)|(?<!\w)(?:район|р-н)\s+[^\W\d][\w-]*"
)
_HINT = re.compile(r"[А-ЯЁӘҒҚҢӨҰҮҺІA-Z][\w-]+\s+(?:област[ьи]|облысы\w*|region)")

GATHERED = "All places of the sheet"
"""Name of the region around places that the sheet, and the user, put into none."""


def _key(name: str) -> str:
    """Return what is the same for spellings of one place: `Павлодарская обл.` and `Павлодар облысы`."""
    text = " ".join(nfc(name).casefold().split())
    side = _SIDE.search(text)
    if side:
        word = next(filter(None, side.groups()))
        return next(f"region {one[2]}" for one in _SIDES if word in one)
    bare = _REGION_WORD.sub(" ", text).strip(" .,")
    if bare != text:
        for names in _NAMES:
            if bare.startswith(tuple(names.split())):
                return f"region {names.split()[0]}"
        return f"region {re.sub(r'ск(?:ая|ой|ий)?$', '', bare)}"
    for short, full in _SHORT:
        text = re.sub(short, full, text)
    return text


def _level(name: str) -> str | None:
    text = " ".join(nfc(name).casefold().split())
    if _COUNTRY.fullmatch(text):
        return "country"
    if _REGION_WORD.search(text) or _SIDE.search(text):
        return "region"
    return next((level for level, words in _LEVELS if re.search(words, text)), None)


def place_in(address: str) -> str | None:
    """Return the city, or else the district, that an address names; nothing if it names none or is no address.

    >>> place_in("070000, ВКО, г. Усть-Каменогорск, ул. Мира 5"), place_in("Бородулихинский район")
    ('г. Усть-Каменогорск', None)
    """
    pieces = [piece.strip() for piece in re.split(r"[,;\n]", address) if piece.strip()]
    for words in (_CITY, _DISTRICT):
        found = [match[0] for piece in pieces if (match := words.search(piece))]
        if found:
            return found[0] if found[0] != address.strip() else None
    return None


def _cut(rows: Iterable[Row]) -> None:
    """Leave the place of an address; the address goes into the note."""
    for row in rows:
        place = place_in(row.district) if row.district else None
        if place or ("," in row.district and _ADDRESS.search(row.district)):
            row.notes.append(f"address: {row.district}")
            row.district = place or ""


class Places:
    """The regions of one import, with the id of each row's place."""

    def __init__(
        self, rows: Iterable[Row], given: str, known: Sequence[Mapping[str, Any]], above: str
    ) -> None:
        rows = list(rows)
        _cut(rows)
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
        self.beside: dict[str, int] = {}
        """Regions of the sheet that are not the given one and stand beside it, with their rows."""
        self._own = self._beside(counts) if given and _level(given) != "country" else False
        self._root = self._place(self._given, "") if given else ""
        for region, district in sorted(counts):
            self.of(region, district)
        self.home = self._root or self._gathered() or self._most(counts)
        self.unplaced = 0 if self._root else counts[("", "")]

    def of(self, region: str, district: str) -> str:
        """Return the id of a row's place; nothing if it names none and none is given."""
        around = self._root
        if region and _key(region) != _key(self._given):
            around = self._place(region, "" if self._own and _level(region) == "region" else self._root)
        return (
            self._place(district, around)
            if district and _key(district) != _key(region or self._given)
            else around
        )

    def _beside(self, counts: Counter[tuple[str, str]]) -> bool:
        """Say whether the sheet names the regions itself, the given one among them.

        Raises
        ------
        ParameterError
            If it names regions, and the given one is none of them.
        """
        named: dict[str, str] = {}
        for (region, _), count in sorted(counts.items()):
            if _level(region) == "region":
                shown_as = named.setdefault(_key(region), region)
                if _key(region) != _key(self._given):
                    self.beside[shown_as] = self.beside.get(shown_as, 0) + count
        if _level(self._given) is None:  # `Павлодар` for the region that the sheet names
            self._given = named.get(_key(f"{self._given} область"), self._given)
            self.beside.pop(self._given, None)
        if _key(self._given) in named or not named:
            return bool(named)
        if _level(self._given) is None:  # a name of the user's own for what is around them
            self.beside = {}
            return False
        regions = ", ".join(sorted(named.values())[:5])
        raise ParameterError(
            "region",
            f"the sheet's own column names {regions}, and not {self._given!r}; name one of them, or the country",
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
