"""How well products and enterprises are recognised, on labelled lists and on the names of ecoinvent.

Run by hand: `python -m tests.benchmarks.recognition`, with `--held-back` on the third that was not looked at
while the rules were written, with `--errors` to list every answer that is not right.

- Precision of certain: certain answers that are the one expected id, of all certain answers; a certain answer to
  a text that means several things, or none, is wrong.
- Recall: texts with one expected id that are answered rightly.
- ecoinvent: names of products with an HS code. An answer is right if a code of the matched product has the same
  heading (four digits). Counted are the names whose heading some product of the catalogue has ("the product
  exists in the catalogue"). That reading is generous: a heading holds many products of which the catalogue has
  one. The stricter reading counts the names whose six digits are a code of the catalogue. Of names with no
  HS code beside them nothing but the text is matched.
"""

import csv
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from loaders.catalogue import reference_tables
from loaders.recognition import EnterpriseIndex, Match, ProductIndex, hs

LISTS = Path(__file__).parents[1] / "loaders"
ECOINVENT = Path(__file__).parents[3] / "shared" / "data" / "product-names-to-hs" / "ecoinvent_to_HS.json"


@dataclass(frozen=True)
class Answer:
    """One labelled text and what was found."""

    text: str
    language: str
    kind: str
    expected: frozenset[str]
    match: Match

    @property
    def right(self) -> bool:
        """Whether the id used is the one expected."""
        return self.kind == "one" and self.match.id in self.expected

    @property
    def listed(self) -> bool:
        """Whether an expected id is among the candidates."""
        return any(one.id in self.expected for one in self.match.candidates)


def rows(name: str, *, held_back: bool = False) -> list[dict[str, str]]:
    """Return the rows of a list that stands beside the tests."""
    path = LISTS / f"{name}{'_held_back' if held_back else ''}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def answers(labels: Iterable[dict[str, str]], match: Callable[[str], Match]) -> list[Answer]:
    """Return each label with what was found for its text."""
    return [
        Answer(
            row["text"],
            row["language"],
            row["kind"],
            frozenset(filter(None, row["expected"].split(";"))),
            match(row["text"]),
        )
        for row in labels
    ]


def product_index() -> ProductIndex:
    """Return the index of the reference catalogue."""
    return ProductIndex(reference_tables()["products"].to_pylist())


def enterprise_index() -> EnterpriseIndex:
    """Return the index of the register beside the labelled list."""
    return EnterpriseIndex(rows("labelled_register"))


def share(part: int, whole: int) -> str:
    """Word a share with its counts."""
    return f"{part}/{whole} = {part / whole:.1%}" if whole else "0/0"


def figures(found: list[Answer]) -> dict[str, str]:
    """Return the measures of a list."""
    certain = [one for one in found if one.match.state == "certain"]
    used = [one for one in found if one.match.used]
    ones = [one for one in found if one.kind == "one"]
    unknown = [one for one in found if one.kind == "none"]
    several = [one for one in found if one.kind == "several"]
    return {
        "precision of certain": share(sum(one.right for one in certain), len(certain)),
        "precision of certain and probable": share(sum(one.right for one in used), len(used)),
        "recall by certain": share(
            sum(one.right and one.match.state == "certain" for one in ones), len(ones)
        ),
        "recall by certain and probable": share(sum(one.right for one in ones), len(ones)),
        "recall among five candidates": share(sum(one.listed for one in ones), len(ones)),
        "false answers where there is none": share(sum(one.match.used for one in unknown), len(unknown)),
        "false answers where there are several": share(sum(one.match.used for one in several), len(several)),
        "several: one expected among candidates": share(sum(one.listed for one in several), len(several)),
    }


def report(title: str, found: list[Answer], *, errors: bool) -> None:
    """Print the measures, as a whole and by language, and the errors."""
    print(f"\n{title}: {len(found)} texts")
    for name, figure in figures(found).items():
        print(f"  {name:40} {figure}")
    for language in sorted({one.language for one in found}):
        own = figures([one for one in found if one.language == language])
        print(f"  {language}: " + "; ".join(f"{name} {own[name]}" for name in list(own)[:4]))
    wrong = [one for one in found if one.match.used and not one.right]
    missed = [one for one in found if one.kind == "one" and not one.match.used]
    for label, some in (("wrong", wrong), ("missed", missed if errors else [])):
        for one in some:
            expected = ";".join(sorted(one.expected)) or "none"
            near = ", ".join(f"{c.id} {c.score:g}" for c in one.match.candidates[:3])
            print(
                f"  {label} [{one.match.state}] {one.text!r}: expected {expected}; {near}; {one.match.reason}"
            )


def ecoinvent(index: ProductIndex, *, errors: bool) -> None:
    """Print the accuracy at the HS heading over names of ecoinvent."""
    if not ECOINVENT.exists():
        print(f"\necoinvent: no file {ECOINVENT.name}")
        return
    pairs = json.loads(ECOINVENT.read_text(encoding="utf-8"))
    codes = {
        row["product_id"]: hs.codes(row["hs_code"]) for row in reference_tables()["products"].to_pylist()
    }
    headings = {hs.heading(code) for own in codes.values() for code in own}
    subheadings = {code for own in codes.values() for code in own}
    print(f"\necoinvent: {len(pairs)} names")
    for title, inside in (
        ("whose heading the catalogue has", lambda code: hs.heading(code) in headings),
        ("whose six digits the catalogue has", lambda code: hs.normal(code) in subheadings),
    ):
        names = [name for name, code in pairs.items() if inside(code)]
        states: Counter[str] = Counter()
        right: Counter[str] = Counter()
        top = listed = 0
        for name, match in zip(names, index.match_all(names), strict=True):
            wanted = hs.heading(pairs[name])
            agree = [wanted in {hs.heading(code) for code in codes[one.id]} for one in match.candidates]
            states[match.state] += 1
            right[match.state] += match.used and agree[0]
            top += bool(agree) and agree[0]
            listed += any(agree)
            if errors and match.used and not agree[0]:
                print(f"  wrong [{match.state}] {name!r} {pairs[name]}: {match.id} {codes[match.id]}")
        answered, good = states["certain"] + states["probable"], right["certain"] + right["probable"]
        print(f"  {title}: {len(names)}")
        print(f"    answered (certain or probable): {share(answered, len(names))}")
        print(f"    heading right of those answered: {share(good, answered)}")
        print(f"    certain, heading right: {share(right['certain'], states['certain'])}")
        print(f"    top-1 accuracy, used answers: {share(good, len(names))}")
        print(f"    top-1 accuracy, first candidate whatever its state: {share(top, len(names))}")
        print(f"    right heading among five candidates: {share(listed, len(names))}")


def main() -> None:
    """Print everything."""
    held_back, errors = "--held-back" in sys.argv, "--errors" in sys.argv
    index = product_index()
    products = answers(rows("labelled_products", held_back=held_back), index.match)
    report("products", products, errors=errors)
    enterprises = answers(rows("labelled_enterprises", held_back=held_back), enterprise_index().match)
    report("enterprises", enterprises, errors=errors)
    ecoinvent(index, errors=errors)


if __name__ == "__main__":
    main()
