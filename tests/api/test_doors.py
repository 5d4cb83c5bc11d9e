"""One answer by every door: function, command line and HTTP give equal JSON, and refuse alike."""

import json
from urllib.parse import urlencode

import pytest

from valuechain import questions

ASKED = [
    *((name, {}) for name in questions()),
    ("missing-links", {"kind": ["capacity_gap", "missing_processing"]}),
    ("missing-links", {"boundary": ["owner"]}),
    ("missing-links", {"product": ["bauxite", "alumina"], "min_quantity": ["1e6"]}),
    ("missing-links", {"chain_of": ["alumina"], "stage": ["0", "1"]}),
    ("missing-links", {"level": ["region"], "year": ["2019"]}),
    ("processing-depth", {"product": ["alumina"], "region": ["kz"]}),
]


def options(given):
    return [w for k, values in given.items() for v in values for w in (f"--{k.replace('_', '-')}", v)]


def url(name, given, **more):
    query = urlencode([(k, v) for k, values in given.items() for v in values] + list(more.items()))
    return f"/api/v1/datasets/pavlodar/answers/{name}?{query}"


@pytest.mark.parametrize(("name", "given"), ASKED, ids=[f"{n} {g}" for n, g in ASKED])
def test_function_command_and_http_give_the_same(chain, client, run, name, given):
    many = {p.name for p in questions()[name].parameters if p.many}
    values = {k: v if k in many else v[0] for k, v in given.items()}
    function = json.loads(json.dumps(questions()[name](chain, **values).as_dict(), allow_nan=False))

    command = run("ask", name, "pavlodar", *options(given), "--json")
    assert command.exit_code == 0, command.stderr
    assert command.stderr == ""
    http = client.get(url(name, given, limit=1000))
    assert http.status_code == 200, http.text

    assert json.loads(command.stdout) == function
    assert http.json() == function


@pytest.mark.parametrize(
    ("given", "status", "exit_code", "says"),
    [
        ({"kind": ["capacity"]}, 422, 2, "Did you mean capacity_gap?"),
        ({"year": ["1e3"]}, 422, 2, "is not a whole number"),
        ({"min_quantity": ["NaN"]}, 422, 2, "is not a finite number"),
        ({"min_quantity": ["1e400"]}, 422, 2, "is not a finite number"),
        ({"min_quantity": ["many"]}, 422, 2, "is not a number"),
        ({"region": ["pavlodr"]}, 404, 4, "Did you mean pavlodar?"),
        ({"owner": ["erg"]}, 422, 2, "goes with boundary = owner"),
        ({"limit": ["0"]}, 422, 2, "is not between 1 and 1000"),
        ({"limit": ["1001"]}, 422, 2, "is not between 1 and 1000"),
        ({"limit": ["-1"]}, 422, 2, "is not between 1 and 1000"),
        ({"cursor": ["nonsense"]}, 422, 2, "it is none of this dataset and question"),
        ({"cursor": ["\u4e00"]}, 422, 2, "it is none of this dataset and question"),
    ],
)
def test_all_doors_refuse_alike(client, run, given, status, exit_code, says):
    http = client.get(url("missing-links", given))
    command = run("ask", "missing-links", "pavlodar", *options(given), "--json")
    assert (http.status_code, command.exit_code) == (status, exit_code)
    assert says in http.json()["detail"]
    assert says in command.stderr
    assert command.stdout == ""


@pytest.mark.parametrize("name", questions())
def test_pages_joined_are_the_whole(client, run, name):
    whole = client.get(url(name, {}, limit=1000)).json()
    assert whole["next"] is None
    rows, cursor, pages = [], None, 0
    size = max(2, -(-len(whole["rows"]) // 3))
    while cursor or not pages:
        part = client.get(url(name, {}, limit=size, **({"cursor": cursor} if cursor else {}))).json()
        assert {k: v for k, v in part.items() if k not in ("rows", "next")} == {
            k: v for k, v in whole.items() if k not in ("rows", "next")
        }
        assert len(part["rows"]) <= size
        assert part["rows"] or not whole["rows"]
        words = ["--limit", str(size), *(["--cursor", cursor] if cursor else [])]
        assert json.loads(run("ask", name, "pavlodar", "--json", *words).stdout) == part
        rows, cursor, pages = rows + part["rows"], part["next"], pages + 1
    assert rows == whole["rows"]
    assert pages == max(1, -(-len(rows) // size))


def test_a_cursor_of_another_query_is_refused(client):
    cursor = client.get(url("missing-links", {}, limit=1)).json()["next"]
    other = client.get(url("missing-links", {"kind": ["missing_input"]}, cursor=cursor))
    assert other.status_code == 422
    assert "start again without it" in other.json()["detail"]


def test_no_parameter_hides_behind_a_fixed_option():
    """A question whose parameter had the name of an option would lose it on one of the doors."""
    fixed = {"json", "as_json", "output", "limit", "cursor", "columns", "lenient", "fail_on_gaps", "dataset"}
    for analysis in questions().values():
        assert {p.name for p in analysis.parameters} & fixed == set(), analysis.name


def test_the_lists_of_questions_are_alike(client, run):
    command = json.loads(run("questions", "--json").stdout)
    assert command == client.get("/api/v1/questions").json()
    assert [item["name"] for item in command["items"]] == list(questions())
    parameters = {p["name"]: p for p in command["items"][0]["parameters"]}
    assert parameters["region"]["key"] == "regions"
    assert "kind" not in parameters or "capacity_gap" in parameters["kind"]["choices"]
