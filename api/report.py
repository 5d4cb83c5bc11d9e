"""The report: every question of the registry with its defaults, on one page, with tables beside it.

The page holds pictures as SVG, gaps of known size ranked, gaps of unknown size apart, the other questions,
audits, notes on the data, sources, and how everything was computed. It is made from the answers alone, so
a new question appears in it by itself: one whose rows are gaps among the gaps, any other as a table, below its
chart if it has one.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import chain as joined
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from api.output import csv_bytes, write
from api.pages import templates
from api.prose import Block, blocks
from api.table import Column, readable
from api.views import tells_gaps
from api.words import BOUNDS, SAME_OWNER, explained, in_reading_order, same_owner
from valuechain import ValueChain, questions
from valuechain.answer import Answer, columns
from valuechain.audits import audits
from valuechain.gaps.split import KINDS
from valuechain.registry import Analysis

MOST_PICTURES = 12
"""Pictures of single chains; those of the largest known gaps come first, and the page says what is left."""

MOST_ROWS = 40
"""Rows of a table of another question; the page says how many there are, and where."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its answer, and how a page shows it."""

    analysis: Analysis
    answer: Answer[Any]
    grid: tuple[Column, ...]
    alike: tuple[Column, ...]
    prose: Column | None
    href: str
    chart: Markup | None

    @property
    def gaps(self) -> bool:
        """Whether its rows are gaps."""
        return tells_gaps(self.analysis)

    @property
    def anchor(self) -> str:
        """The id of the section of a report that tells its answer."""
        return anchor(self.analysis)

    @property
    def words(self) -> list[tuple[str, str]]:
        """The words in its table that need explaining, with what they mean."""
        columns = (*self.grid, *self.alike, *([self.prose] if self.prose else ()))
        return explained(cell for column in columns for cell in column.cells)

    @property
    def method(self) -> list[Block]:
        """The convention of the question's module and what the question says of itself."""
        module = inspect.getmodule(self.analysis.function)
        return [*blocks(inspect.getdoc(module) or ""), *blocks(self.analysis.description)]


def anchor(analysis: Analysis) -> str:
    """Return the id of the section of a report that tells the answer to a question."""
    return "gaps" if tells_gaps(analysis) else analysis.name


def write_report(chain: ValueChain, folder: Path, progress: Progress | None = None) -> Path:
    """Write report.html and one CSV file per question into `folder`; return the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    found = answered(chain, {name: f"{name}.csv" for name in questions()}, progress)
    for asked in found:
        names = list(columns(asked.answer.row_type))
        write(folder / f"{asked.analysis.name}.csv", csv_bytes(asked.answer, names))
    page = folder / "report.html"
    write(page, rendered(chain, found, progress))
    return page


def report_page(name: str, chain: ValueChain) -> str:
    """Return the report of the dataset served as `name`: its tables lead to the API."""
    home = f"/api/v1/datasets/{quote(name, safe='')}/answers"
    return rendered(chain, answered(chain, {name: f"{home}/{name}" for name in questions()}))


def answered(chain: ValueChain, hrefs: Mapping[str, str], progress: Progress | None = None) -> list[Asked]:
    """Ask every question with its defaults."""
    found = []
    for i, analysis in enumerate(questions().values()):
        if progress:
            progress(i, len(questions()) + MOST_PICTURES + 1)
        answer = analysis(chain)
        found.append(Asked(analysis, answer, *_shown(answer), hrefs[analysis.name], _chart(chain, answer)))
    return found


def _chart(chain: ValueChain, answer: Answer[Any]) -> Markup | None:
    from visualizations.charts import chart

    drawn = chart(chain, answer, "sheet")
    return Markup(drawn) if drawn else None  # noqa: S704 - visualizations escapes what it draws


def rendered(chain: ValueChain, found: list[Asked], progress: Progress | None = None) -> str:
    """Return the page of answers that were given already."""
    gaps = [asked for asked in found if asked.gaps]
    rows = in_reading_order(chain, (row for asked in gaps for row in asked.answer))
    products = list(dict.fromkeys(row.product_id for asked in gaps for row in asked.answer))
    pictures = _pictures(chain, gaps, products[:MOST_PICTURES], progress, len(found))
    sources = {s["source_id"]: s for asked in found for s in asked.answer.sources}
    return (
        templates()
        .get_template("report.html")
        .render(
            chain=chain,
            dataset=chain.dataset,
            year=found[0].answer.dataset["year"] if found else chain.year,
            gap_answers=gaps,
            other_answers=[asked for asked in found if not asked.gaps],
            answers=found,
            known=[row for row in rows if row.quantity is not None],
            unknown=[row for row in rows if row.quantity is None],
            from_same_owner={row.gap_id for row in rows if same_owner(chain, row)},
            kinds=KINDS,
            bounds=BOUNDS,
            same_owner=SAME_OWNER,
            pictures=pictures,
            most_rows=MOST_ROWS,
            unpictured=products[MOST_PICTURES:],
            names={table: chain.names(table) for table in ("regions", "products", "enterprises")},
            findings=audits(chain),
            notes=_notes(chain),
            sources=sorted(
                joined(sources.values(), _note_sources(chain, sources)), key=lambda s: s["source_id"]
            ),
        )
    )


def _shown(answer: Answer[Any]) -> tuple[tuple[Column, ...], tuple[Column, ...], Column | None]:
    """Return the columns of a page's table, those alike in all rows, and the prose under each row."""
    filled = [c for c in readable(answer) if not c.blank]
    alike = tuple(c for c in filled if c.alike)
    prose = max((c for c in filled if c.prose), key=lambda c: c.longest, default=None)
    return tuple(c for c in filled if not c.prose and c not in alike), alike, prose


def _pictures(
    chain: ValueChain, gaps: list[Asked], products: list[str], progress: Progress | None, done: int
) -> dict[str | None, Markup]:
    """Return the picture of the whole (key None) and of the chain of each product, as SVG."""
    if not gaps:
        return {}
    answer, drawn = gaps[0].answer, {}
    for i, product in enumerate((None, *products)):
        drawn[product] = _picture(chain, answer, product)
        if progress:
            progress(done + i + 1, done + len(products) + 1)
    return drawn


def _picture(chain: ValueChain, answer: Answer[Any], product: str | None) -> Markup:
    from visualizations import ON_A_PAGE, chain_diagram, svg

    diagram = chain_diagram(chain, answer, product=product, limit=ON_A_PAGE)
    bare = replace(
        diagram, notes=(), sources=(), date="", subtitle=diagram.subtitle if product is None else ""
    )
    return Markup(svg(bare, theme="sheet"))  # noqa: S704 - visualizations escapes what it draws


def _notes(chain: ValueChain) -> list[dict[str, Any]]:
    """Return what the data's authors say of their figures: indicators whose metric is a data note."""
    rows = chain.arrow("indicators").to_pylist()
    return [row for row in rows if (row["metric"] or "").startswith("data note")]


def _note_sources(chain: ValueChain, known: Mapping[str, Any]) -> list[dict[str, Any]]:
    wanted = sorted({row["source_id"] for row in _notes(chain) if row["source_id"]} - set(known))
    return [row for name in wanted if (row := chain.row("sources", name))]
