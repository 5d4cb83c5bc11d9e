"""Closing a gap and comparing datasets, from the command line and over HTTP: one answer by every door."""

import json

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from loaders import load
from valuechain import questions

ALUMINA = "capacity_gap:pavlodar:alumina"
METAL = "missing_processing:pavlodar:primary-aluminium"
ANSWERS = "/api/v1/datasets/pavlodar/answers"


def test_the_command_tells_what_is_built_closed_and_lacking(run):
    done = run("simulate", ALUMINA, "pavlodar")
    assert done.exit_code == 0
    words = " ".join(done.stdout.split())
    assert "New maker (simulation) makes 520,725 t of Primary aluminium a year" in words
    assert "1,005,000 t of Alumina stay" in words
    assert "Closed - Capacity gap of Alumina, Pavlodar region: gone; it was 1,005,000 t." in words
    assert "Other rows that differ" in words


def test_side_by_side(run):
    done = run("simulate", ALUMINA, "pavlodar", "--capacity", "100000", "--capacity", "600000")
    words = " ".join(done.stdout.split())
    assert "1. 100,000 t 193,000 t" in words
    assert "2. 600,000 t 1,005,000 t" in words
    # 600,000 t of metal take 1,158,000 t of alumina, 153,000 t more than leaves
    assert "The maker needs 153,000 t more than the gap has" in words


def test_yield_is_one_over_the_coefficient(run):
    answers = [
        json.loads(run("simulate", METAL, "pavlodar", "--process", "AL16", *given, "--json").stdout)["rows"][
            0
        ]
        for given in (("--yield", "0.5"), ("--coefficient", "2"))
    ]
    assert answers[0]["after"] == answers[1]["after"] == 237_500 / 2
    assert (
        "give one of the two"
        in run("simulate", METAL, "pavlodar", "--yield", "1", "--coefficient", "1").stderr
    )
    assert "above zero" in run("simulate", METAL, "pavlodar", "--yield", "0").stderr


def test_library_command_and_http_agree(run, client, chain):
    asked = {"gap": ALUMINA, "capacity": 250_000, "of": "missing-links"}
    plain = questions()["simulate"](chain, **asked).as_dict()
    told = run("simulate", ALUMINA, "pavlodar", "--capacity", "250000", "--of", "missing-links", "--json")
    assert json.loads(told.stdout) == json.loads(json.dumps(plain))
    assert client.get(f"{ANSWERS}/simulate", params=asked).json() == json.loads(told.stdout)


def test_a_file_is_written(run, tmp_path):
    target = tmp_path / "closing.csv"
    assert run("simulate", ALUMINA, "pavlodar", "-o", target).exit_code == 0
    assert "closing_id" in target.read_text("utf-8-sig").splitlines()[0]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("capacity_gap:pavlodar:alumna", "pavlodar"), 4, ALUMINA),
        ((ALUMINA, "pavlodar", "--who", "erg"), 2, "lies outside Pavlodar region"),
        ((ALUMINA, "pavlodar", "--who", "nobody"), 4, "nobody"),
        ((ALUMINA, "pavlodar", "--capacity", "many"), 2, "is not a number"),
        ((ALUMINA, "pavlodar", "--of", "changes"), 2, "is not asked again"),
        ((ALUMINA, "pavlodar", "--process", "AL16"), 2, "is no route of this gap"),
    ],
)
def test_what_does_not_fit_is_said_without_a_traceback(run, words, code, says):
    done = run("simulate", *words)
    assert done.exit_code == code
    assert says in done.stderr


def test_two_datasets_are_compared_by_every_door(run):
    told = run("ask", "changes", "pavlodar-public", "--against", "pavlodar", "--json")
    assert told.exit_code == 0, told.stderr
    found = json.loads(told.stdout)
    assert found["parameters"]["against"] == {"id": "pavlodar", "fingerprint": load("pavlodar").fingerprint}
    assert METAL in [row["row_id"] for row in found["rows"]]
    with TestClient(create_app([load("pavlodar"), load("pavlodar-public")])) as client:
        over_http = client.get(
            "/api/v1/datasets/pavlodar-public/answers/changes", params={"against": "pavlodar"}
        )
        assert over_http.json() == found
        missing = client.get(
            "/api/v1/datasets/pavlodar-public/answers/changes", params={"against": "pavlodr"}
        )
        assert missing.status_code == 404
        assert "Did you mean pavlodar?" in missing.json()["detail"]


def test_only_served_datasets_can_be_compared_over_http(client):
    answer = client.get(f"{ANSWERS}/changes", params={"against": "/etc"})
    assert answer.status_code == 404


def test_the_description_of_a_dataset_parameter(client):
    (operation,) = (
        path["get"]
        for name, path in client.get("/openapi.json").json()["paths"].items()
        if name.endswith("/changes")
    )
    (against,) = (p for p in operation["parameters"] if p["name"] == "against")
    assert against["schema"] == {"type": "string"}
