"""`valuechain questions`: what can be asked."""

import click

from api.options import as_json


@click.command("questions", short_help="What can be asked, with parameters and units.")
@as_json
def command(as_json: bool) -> None:
    """List what can be asked, with parameters and units.

    \b
    valuechain questions
    valuechain ask missing-links --help     the parameters of one question
    """
    from api.listing import listed_questions
    from valuechain import questions

    if as_json:
        from api.output import json_text

        click.echo(json_text(listed_questions()))
        return
    from api.terminal import console, wrapped
    from api.words import MEANINGS

    out = console()
    for analysis in questions().values():
        out.print(analysis.name, style="bold")
        wrapped(out, analysis.question, indent="  ")
        for parameter in analysis.parameters:
            flag = f"--{parameter.name.replace('_', '-')}"
            plain = [c for c in parameter.choices if c not in MEANINGS]
            words = parameter.description + (":" if parameter.choices else "") + f" {', '.join(plain)}"
            wrapped(out, words.strip(), indent="    ", first=f"{flag:<16} ", style="dim")
            for choice in parameter.choices:
                if choice in MEANINGS:
                    lead = f"{choice:<18} "
                    wrapped(out, MEANINGS[choice], indent=" " * 8, first=lead, style="dim")
        out.print()
    out.print("valuechain ask QUESTION DATASET asks one; valuechain report DATASET -o DIR asks them all.")
