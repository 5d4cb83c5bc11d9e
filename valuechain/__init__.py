"""Model and algorithms: an immutable `ValueChain`, its accounts, and the questions asked of it."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from valuechain.answer import Answer as Answer
    from valuechain.graphs import enterprise_graph as enterprise_graph
    from valuechain.graphs import recipe_graph as recipe_graph
    from valuechain.graphs import value_chain_graph as value_chain_graph
    from valuechain.model import ValueChain as ValueChain
    from valuechain.registry import analysis as analysis
    from valuechain.registry import question as question
    from valuechain.registry import questions as questions

_HOME = {
    "Answer": "answer",
    "ValueChain": "model",
    "analysis": "registry",
    "enterprise_graph": "graphs",
    "question": "registry",
    "questions": "registry",
    "recipe_graph": "graphs",
    "value_chain_graph": "graphs",
}

__all__ = [
    "Answer",
    "ValueChain",
    "analysis",
    "enterprise_graph",
    "question",
    "questions",
    "recipe_graph",
    "value_chain_graph",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that importing the package is instant."""
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module 'valuechain' has no attribute {name!r}")
    return getattr(import_module(f"valuechain.{_HOME[name]}"), name)
