"""What an import found, as plain values: the same for a terminal and for JSON."""

from collections import Counter
from typing import Any

from loaders.spreadsheet.columns import sample
from loaders.spreadsheet.run import Imported
from loaders.spreadsheet.words import ROLES
from valuechain import question

STATES = ("certain", "probable", "candidate", "none")


def report(made: Imported) -> dict[str, Any]:
    """Return the report of an import."""
    sheet = made.sheet
    states = Counter[str](match.state for match in made.products)
    errors = sum(problem.severity == "error" for problem in made.problems)
    return {
        "source": str(made.request.source),
        "sheet": sheet.title if sheet else None,
        "header_rows": list(sheet.header_lines) if sheet else [],
        "columns": [_column(guess) for guess in made.guesses],
        "notes": made.said,
        "rows": {"read": made.rows + len(made.aside), "used": made.rows, "set_aside": len(made.aside)},
        "set_aside": [
            {"row": one.line, "reason": one.reason, "mistake": one.mistake} for one in made.aside[:1000]
        ],
        "numbers": {"read": made.read, "skipped": dict(sorted(made.skipped.items())), "unfit": _unfit(made)},
        "products": {state: states[state] for state in STATES},
        "enterprises": {"count": made.enterprises, "joined": [list(names) for names in made.joined[:1000]]},
        "to_review": uncertain(made),
        "problems": [problem.as_dict() for problem in made.problems],
        "errors": errors,
        "warnings": len(made.problems) - errors,
        "dataset": _dataset(made),
        "next": next_number(made),
    }


def _unfit(made: Imported) -> list[dict[str, Any]]:
    return [{"unit": unit, "wanted": to, "count": count} for (unit, to), count in sorted(made.unfit.items())]


def _column(guess: Any) -> dict[str, Any]:
    return {
        "header": guess.column.key,
        "place": guess.column.place + 1,
        "meaning": guess.role or None,
        "means": ROLES.get(guess.role, "kept in the note"),
        "reason": guess.reason,
        "confidence": guess.confidence,
        "unit": guess.unit or None,
        "year": guess.year,
        "sample": sample(guess.column.cells),
    }


def _dataset(made: Imported) -> dict[str, Any] | None:
    if made.chain is None:
        return None
    data = made.chain.dataset
    counts = {
        name: made.chain.own_table(name).num_rows
        for name in ("enterprises", "production", "flows", "ownership", "products", "regions")
    }
    return {"id": data.id, "base_year": data.base_year, "home_region": data.home_region, "rows": counts}


def uncertain(made: Imported) -> list[dict[str, Any]]:
    """Return the matches that a person should look at, products first, and first those that are used."""
    order = {"none": 0, "candidate": 1, "probable": 2}
    listed = [("product", match) for match in made.products] + [
        ("enterprise", match) for match in made.makers
    ]
    shown = [(kind, match) for kind, match in listed if match.state in order]
    shown.sort(key=lambda one: (one[0] != "product", -order[one[1].state], one[1].text))
    return [
        {
            "kind": kind, "text": match.text, "state": match.state, "id": match.id, "name": match.name,
            "reason": match.reason, "candidates": [one.id for one in match.candidates],
        }
        for kind, match in shown
    ]  # fmt: skip


def next_number(made: Imported) -> str | None:
    """Return the sentence that asks for the most valuable missing number; nothing if that is not known."""
    rows = question("data-gaps")(made.chain).rows if made.chain is not None else ()
    return rows[0].ask if rows else None
