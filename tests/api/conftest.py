"""What the tests of the ways in share: the bundled dataset, an app that serves it, and a hostile one."""

import re
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from api.app import create_app
from api.cli import cli
from loaders import load


class Page(HTMLParser):
    """A page as a browser sees it: start tags with attributes, and what it would fetch from elsewhere."""

    FETCHED = ("src", "srcset", "poster", "data", "action", "background")

    def __init__(self, text):
        super().__init__()
        self.text, self.tags = text, []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, *names):
        """The attributes of every tag of these names."""
        return [a for name, a in self.tags if name in names]

    @property
    def outside(self):
        asked = [a[k] for _, a in self.tags for k in self.FETCHED if a.get(k)]
        asked += [a["href"] for a in self.all("link", "image", "use", "base") if a.get("href")]
        asked += [one or two for one, two in re.findall(r"url\(([^)]*)\)|@import\s+(\S+)", self.text)]
        return [x for x in asked if not x.startswith(("data:", "#"))]

    @property
    def handlers(self):
        return [a for _, a in self.tags if any(k.startswith("on") for k in a)]


@pytest.fixture
def read_page():
    """Parse a page."""
    return Page


PAYLOAD = "=1+1<img src=x onerror=alert(1)>"


@pytest.fixture(scope="session")
def chain():
    return load("pavlodar")


@pytest.fixture(scope="session")
def hostile(chain):
    """The same dataset with names that a browser or a spreadsheet would run."""
    plant = {**chain.row("enterprises", "aluminium-of-kazakhstan"), "name": PAYLOAD}
    product = {**chain.row("products", "primary-aluminium"), "name": f"{PAYLOAD}</script>"}
    return chain.with_rows("enterprises", plant).with_rows("products", product)


@pytest.fixture(scope="session")
def client(chain):
    with TestClient(create_app([chain])) as made:
        yield made


@pytest.fixture
def run(monkeypatch):
    """Run a command line in this process; gives exit code, stdout and stderr."""
    monkeypatch.setenv("COLUMNS", "100")

    def invoke(*words):
        return CliRunner().invoke(cli, [str(word) for word in words], prog_name="valuechain")

    return invoke
