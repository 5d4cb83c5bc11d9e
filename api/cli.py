"""The command `valuechain`. Each command is one module of `api.commands`, imported when it is needed.

What was asked for goes to stdout, everything else to stderr. Errors become exit codes by the table of
`api.errors`. This file and the heads of the command modules import click and the names of errors, nothing
heavy: help must come at once.
"""

import os
import sys
from importlib import import_module
from typing import Any

import click

from api.errors import INTERRUPTED, fault
from graph_schema import DatasetError, ValueChainError

COMMANDS = (
    "demo", "import", "check", "questions", "ask", "simulate", "report", "view", "serve", "catalogue",
    "template", "export",
)  # fmt: skip
"""In the order in which a planner meets them."""

_MODULES = {"import": "import_"}  # a word that Python keeps for itself

HELP = """Which vertical link is missing, why, how many tonnes and how much money it is worth, and who
could close it - from plain tables of enterprises, products, recipes, owners and flows.

\b
First steps:
  valuechain demo                          see it work on a bundled dataset
  valuechain import plants.xlsx -o mydata/ a spreadsheet as it is becomes a dataset
  valuechain template mydata/              empty tables with a guide to each column
  valuechain check mydata/                 every mistake, with file, row and a hint
  valuechain report mydata/ -o out/        every question on one page
  valuechain ask missing-links mydata/     one question; --help shows its options
  valuechain simulate GAP_ID mydata/       close a gap: what changes, what it opens

DATASET is a folder of CSV or Parquet files, an .xlsx file, or the name of a bundled dataset:
pavlodar (what a paper states, nothing else) or pavlodar-public (with later public facts and prices)."""

EPILOG = """\b
Exit codes:
  0  fine                              4  not found
  1  unexpected                        5  the data did not validate
  2  wrong usage                       6  the store is not available
  3  gaps found (--fail-on-gaps)     130  interrupted

Results go to stdout, everything else to stderr. `valuechain COMMAND --help` explains one command."""


class Commands(click.Group):
    """Commands that are imported by name, and the one place where errors become exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands in the order of the journey."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"api.commands.{_MODULES.get(cmd_name, cmd_name)}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error ends with its exit code and a line, not with a traceback."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:  # who reads our output has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if ctx.params["debug"]:
                raise
            _tell(error)
            ctx.exit(fault(error).exit_code)
        return result


def _version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from api.version import version

        click.echo(f"valuechain {version()}")
        ctx.exit()


@click.group(
    cls=Commands,
    help=HELP,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def cli(debug: bool) -> None:
    """Dispatch to a command; the help text is above, and `Commands.invoke` reads `debug`."""


def main() -> None:
    """Run the command line; what the terminal cannot spell is replaced, never a crash."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    cli(prog_name="valuechain")


def _tell(error: Exception) -> None:
    """Say on stderr what is wrong."""
    if isinstance(error, DatasetError):
        from api.problems import tell_problems

        tell_problems(error.problems)
    elif isinstance(error, ValueChainError):
        click.echo(f"Error: {error}", err=True)
    elif isinstance(error, OSError):
        click.echo(
            f"Error: {f'{error.filename}: ' if error.filename else ''}{error.strerror or error}", err=True
        )
    else:
        what = str(error).partition("\n")[0]
        click.echo(
            f"Unexpected {type(error).__name__}: {what} (valuechain --debug ... shows where)", err=True
        )
