"""Arguments and options that commands share, and options read off a question's parameters.

A value stays text until the registry parses it, so the command line and HTTP accept and refuse the same.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from valuechain.model import ValueChain
    from valuechain.registry import Parameter

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

dataset = click.argument("dataset")
lenient = click.option("--lenient", is_flag=True, help="Set bad rows aside and go on without them.")
as_json = click.option("--json", "as_json", is_flag=True, help="One JSON document instead of a table.")


def load_once(address: str, lenient: bool) -> "ValueChain":
    """Load a dataset for a process that ends with the command: nothing looks for pandas."""
    from api.light import without_pandas
    from loaders import load

    without_pandas()
    return load(address, lenient=lenient)


def option_of(parameter: "Parameter") -> click.Option:
    """Return the option of one parameter: its name with hyphens, description, unit, choices, default."""
    flag = parameter.name.replace("_", "-")
    if parameter.kind is bool:
        return click.Option([f"--{flag}/--no-{flag}", parameter.name], default=None, help=_help(parameter))
    return click.Option(
        [f"--{flag}", parameter.name],
        multiple=parameter.many,
        metavar=_metavar(parameter),
        help=_help(parameter),
    )


def _help(parameter: "Parameter") -> str:
    from api.words import MEANINGS

    words = parameter.description
    if parameter.choices:
        said = (f"{c} ({MEANINGS[c]})" if c in MEANINGS else c for c in parameter.choices)
        words += f": {', '.join(said)}"
    notes = ["may be repeated"] if parameter.many else []
    if parameter.default not in (None, ()):
        notes.append(f"default: {parameter.default}")
    return f"{words[0].upper()}{words[1:]}." + (f" [{'; '.join(notes)}]" if notes else "")


def _metavar(parameter: "Parameter") -> str:
    from graph_schema import Key

    if parameter.is_dataset:
        return "DATASET"
    if isinstance(parameter.meaning, Key):
        return parameter.meaning.table.removesuffix("s").upper()
    if parameter.kind is str:
        return "WORD" if parameter.choices else "TEXT"
    return "YEAR" if parameter.name == "year" else "N"
