"""The page asks for nothing, runs only its own scripts, and shows words as words."""

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from visualizations import Arrow, Box, Diagram, network_data, network_page
from visualizations.layout import arranged

EMPTY = {"meta", "input", "br", "img", "link", "hr"}


class Page(HTMLParser):
    """Elements of a page: (tag, attributes), the text of each script, and text by element id."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.scripts, self.open, self.words = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")
        self.open.append(tag)

    def handle_endtag(self, tag):
        self.open.append(f"/{tag}")

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        else:
            self.words.append(data.strip())

    def having(self, name):
        return [attrs for _, attrs in self.elements if name in attrs]


def test_nodes_and_edges_are_those_of_the_diagram_in_their_places(aluminium):
    data = network_data(aluminium)
    assert [node["id"] for node in data["nodes"]] == [box.id for box in aluminium.boxes]
    assert [(e["from"], e["to"]) for e in data["edges"]] == [(a.source, a.target) for a in aluminium.arrows]
    places = arranged(aluminium).places
    for node in data["nodes"]:
        place = places[node["id"]]
        assert (node["x"], node["y"]) == (
            pytest.approx(place.x + place.width / 2),
            pytest.approx(place.middle, abs=0.1),
        )
        assert node["fixed"] is True
    assert data["options"]["physics"] == {"enabled": False}
    (missing,) = [e for e in data["edges"] if e["arrow"]["state"] == "missing"]
    assert missing["dashes"]
    assert missing["color"] == "#b00020"
    json.dumps(data, allow_nan=False)


def test_a_part_keeps_its_places(aluminium):
    part = aluminium.only(["alumina", "metal", "abroad"])
    where = {node["id"]: (node["x"], node["y"]) for node in network_data(aluminium)["nodes"]}
    for node in network_data(part, within=aluminium)["nodes"]:
        assert (node["x"], node["y"]) == where[node["id"]]


def test_the_page_asks_for_nothing(aluminium):
    page = Page(network_page(aluminium))
    assert page.having("src") == []
    assert [attrs["href"] for attrs in page.having("href")] == ["#tables"]
    assert not {tag for tag, _ in page.elements} & {
        "link",
        "iframe",
        "object",
        "embed",
        "base",
        "form",
        "img",
    }
    (policy,) = [a["content"] for a in page.having("http-equiv")]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-eval" not in policy
    assert "http" not in policy


def test_only_the_two_scripts_of_the_policy_may_run(aluminium, nasty):
    for diagram in (aluminium, nasty):
        text = network_page(diagram)
        page = Page(text)
        data, library, own = page.scripts
        hashes = re.findall(r"'(sha256-[^']+)'", next(a["content"] for a in page.having("http-equiv")))
        assert hashes == ["sha256-" + b64encode(sha256(s.encode()).digest()).decode() for s in (library, own)]
        assert json.loads(data)["nodes"]
        assert "\r" not in text


def test_it_is_a_whole_page(aluminium):
    text = network_page(aluminium)
    assert text.startswith("<!doctype html>")
    page = Page(text)
    assert ("html", {"lang": "en"}) in page.elements
    assert page.words.count(aluminium.title) >= 2  # title and heading
    assert len(page.having("data-box")) == len(aluminium.boxes)
    assert len(page.having("data-arrow")) == len(aluminium.arrows)
    assert [a["data-sign"] for a in page.having("data-sign")] == [":".join(e) for e in aluminium.legend]
    assert len([a for a in page.having("class") if a["class"].startswith("box ")]) == len(
        aluminium.boxes
    )  # SVG
    assert "Base year 2019" in page.words


def test_words_from_the_data_make_no_element_and_no_attribute(aluminium, nasty):
    def shape(diagram):
        page = Page(network_page(diagram))
        handlers = [name for _, attrs in page.elements for name in attrs if name.startswith("on")]
        return {tag for tag, _ in page.elements}, handlers, len(page.scripts)

    allowed, *_ = shape(aluminium)
    tags, handlers, scripts = shape(nasty)
    assert tags <= allowed | {"p"}
    assert handlers == []
    assert scripts == 3
    assert "{{ 7 * 7 }}" in Page(network_page(nasty)).words


def test_same_diagram_same_page(aluminium):
    assert network_page(aluminium) == network_page(aluminium)


def test_a_box_without_words_and_odd_numbers_do_no_harm():
    boxes = (Box("a", ""), Box("b", "\x00", 1))
    page = network_page(Diagram("D", boxes=boxes, arrows=(Arrow("a", "b", quantity=float("inf")),)))
    assert "NaN" not in Page(page).scripts[0]
    assert "Infinity" not in Page(page).scripts[0]


def test_importing_the_package_imports_nothing_heavy():
    import subprocess
    import sys

    heavy = ("pyvis", "IPython", "networkx", "jinja2", "numpy", "pyarrow", "pandas", "resvg_py", "svg2pdf_py")
    code = f"import sys, visualizations; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
