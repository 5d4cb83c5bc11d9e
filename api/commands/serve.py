"""`valuechain serve DATASET...`: HTTP API and pages, until Ctrl-C or SIGTERM."""

from typing import TYPE_CHECKING

import click

from api.options import lenient

if TYPE_CHECKING:
    import socket

    from valuechain.model import ValueChain


@click.command("serve", short_help="Web pages and HTTP API.")
@click.argument("datasets", nargs=-1, required=True, metavar="DATASET...")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@lenient
def command(datasets: tuple[str, ...], host: str, port: int, lenient: bool) -> None:
    """Serve datasets as web pages and as an HTTP API. They are loaded first; a mistake in one ends with 5.

    \b
    valuechain serve pavlodar
    valuechain serve mydata/ other.xlsx --port 8080

    There is no log-in: whoever reaches the address reads the data. It listens on this machine only unless
    --host says otherwise.
    """
    from loaders import load

    chains = {}
    for address in datasets:
        chain = load(address, lenient=lenient)
        if chain.dataset.id in chains:
            raise click.UsageError(f"Two datasets have the id {chain.dataset.id!r}; serve one of them.")
        chains[chain.dataset.id] = chain
    _serve(chains, host, port)


def _serve(chains: dict[str, "ValueChain"], host: str, port: int) -> None:
    import signal

    import uvicorn

    from api.app import create_app

    app = create_app(chains)
    with _listening(host, port) as listener:
        place = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        click.echo(f"Start page   {place}/", err=True)
        for name in chains:
            click.echo(f"Report       {place}/datasets/{name}", err=True)
        click.echo(f"API          {place}/api/v1 (described in {place}/openapi.json)", err=True)
        if not _this_machine_only(host):
            click.echo("Warning: other machines can reach this address, and there is no log-in.", err=True)
        click.echo("Ctrl-C stops it.", err=True)
        config = uvicorn.Config(
            app, log_level="warning", ws="none", server_header=False, timeout_graceful_shutdown=5
        )
        signal.signal(
            signal.SIGTERM, lambda *_: None
        )  # uvicorn stops, then repeats the signal: that is enough
        uvicorn.Server(config).run(sockets=[listener])


def _listening(host: str, port: int) -> "socket.socket":
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise click.UsageError(f"Cannot listen there: {error.strerror}. --port 0 takes a free one.") from None


def _this_machine_only(host: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
