"""The datasets that an app serves: looked up by id, never by path; answers and pages are kept.

A chain never changes, so what was computed for a fingerprint and parameters holds for good. The newest are
kept, a bounded number of them.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from api.version import version
from graph_schema import NotFoundError
from graph_schema.cells.text import nearest
from valuechain import ValueChain, question
from valuechain.answer import Answer

_ANSWERS = 128
_PAGES = 32


class Shelf:
    """Chains by id, with their answers and report pages."""

    def __init__(self, chains: ValueChain | Mapping[str, ValueChain] | Iterable[ValueChain]) -> None:
        if isinstance(chains, ValueChain):
            chains = (chains,)
        by_id = chains if isinstance(chains, Mapping) else {c.dataset.id: c for c in chains}
        self.chains: dict[str, ValueChain] = dict(by_id)
        self._answer = lru_cache(_ANSWERS)(self._ask)
        self.page = lru_cache(_PAGES)(self._page)

    def chain(self, name: str) -> ValueChain:
        """Return the chain called `name`; `NotFoundError` with the nearest names if there is none."""
        found = self.chains.get(name)
        if found is None:
            raise NotFoundError("dataset", name, nearest(name, self.chains))
        return found

    def answer(self, dataset: str, name: str, given: Mapping[str, Any]) -> Answer[Any]:
        """Return the answer to a question with parsed parameters."""
        self.chain(dataset)
        return self._answer(dataset, name, tuple(sorted(given.items())))

    def tag(self, dataset: str, *asked: Any) -> tuple[Any, ...]:
        """Return what the representation of an answer depends on: data, question, parameters, version."""
        return self.chain(dataset).fingerprint, version(), asked

    def _ask(self, dataset: str, name: str, given: tuple[tuple[str, Any], ...]) -> Answer[Any]:
        answer: Answer[Any] = question(name)(self.chains[dataset], **dict(given))
        return answer

    def _page(self, dataset: str) -> str:
        from api.report import report_page

        return report_page(dataset, self.chains[dataset])
