"""HTTP: problem documents, caching, headers, the description, and pages that run nothing foreign."""

import dataclasses
import re
from html import escape

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.shelf import Shelf
from api.views import view
from graph_schema import NotFoundError
from valuechain import questions

ANSWERS = "/api/v1/datasets/pavlodar/answers/missing-links"


def assert_problem(response, status, code):
    """The one shape of every error."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body.keys() == {
        "type", "title", "status", "detail", "instance", "code", "errors", "request_id",
    }  # fmt: skip
    assert (body["status"], body["code"], body["type"]) == (status, code, f"/api/v1/problems/{code}")
    assert body["request_id"] == response.headers["x-request-id"]
    assert body["title"]
    assert body["detail"]
    assert "Traceback" not in response.text
    return body


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/api/v1/datasets/pavlodr", "Did you mean pavlodar?"),
        ("/api/v1/datasets/pavlodr/answers/missing-links", "Did you mean pavlodar?"),
        ("/api/v1/datasets/pavlodar/answers/missing-lnks", "Did you mean missing-links?"),
        ("/api/v1/datasets/pavlodar/views/missing-lnks.html", "Did you mean missing-links?"),
        ("/api/v1/datasets/pavlodar/views/missing-links.bmp", "There is no format called 'bmp'"),
        ("/api/v1/datasets/pavlodar/views/missing-links.svg?product=alumna", "Did you mean alumina?"),
        ("/api/v1/datasts", "Did you mean /api/v1/datasets?"),
        ("/api/v1/problems/nope", "There is no problem called 'nope'"),
        ("/docs", "There is nothing at /docs."),
        ("/datasets/pavlodr", "Did you mean pavlodar?"),
        ("/datasets/%2e%2e", "There is no dataset called '..'"),
        ("/datasets/..%2f..%2fetc%2fpasswd", "There is nothing at"),
        ("/datasets/%00", "There is no dataset called"),
        ("/datasets/%ff", "There is no dataset called"),
        ("/datasets/C:%5C", "There is no dataset called"),
        ("/datasets/" + "x" * 5000, "There is no dataset called"),
    ],
)
def test_what_is_not_there_is_a_404(client, path, says):
    body = assert_problem(client.get(path), 404, "not-found")
    assert says in body["detail"]
    assert len(body["detail"]) <= 500


class TestAccept:
    @pytest.mark.parametrize("path", [ANSWERS, "/api/v1", "/api/v1/questions", "/api/v1/datasets/pavlodar"])
    def test_json_is_all_that_is_offered(self, client, path):
        body = assert_problem(client.get(path, headers={"Accept": "text/csv"}), 406, "accept")
        assert "application/json" in body["detail"]
        assert "text/csv" in body["detail"]
        for accept in ("application/json", "*/*", "text/csv, application/json;q=0.1"):
            assert client.get(path, headers={"Accept": accept}).status_code == 200

    def test_a_picture_is_named_by_its_suffix(self, client):
        path = ANSWERS.replace("answers", "views") + ".svg"
        assert client.get(path, headers={"Accept": "image/svg+xml"}).status_code == 200

    @pytest.mark.parametrize(
        ("path", "says"),
        [
            ("/nowhere", "There is nothing at /nowhere."),
            ("/datasets/pavlodr", "Did you mean pavlodar?"),
            ("/datasets/<script>", "&lt;script&gt;"),
            (ANSWERS + "x", "Did you mean missing-links?"),
        ],
    )
    def test_a_browser_that_finds_nothing_gets_a_page_that_leads_on(self, client, read_page, path, says):
        response = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
        assert response.status_code == 404
        assert response.headers["content-type"].startswith("text/html")
        assert response.headers["vary"] == "Accept"
        page = read_page(response.text)
        assert says in page.text
        assert page.all("script") == []
        links = [a["href"] for a in page.all("a") if not a["href"].startswith("#")]
        assert links == ["/", "/datasets/pavlodar"]
        for accept in ("*/*", "application/json, text/html", "text/html;q=0, */*"):
            assert_problem(client.get(path, headers={"Accept": accept}), 404, "not-found")


@pytest.mark.parametrize(
    "name",
    [
        n
        for n, q in questions().items()
        if any("every region of this level" in p.description for p in q.parameters)
    ],
)
def test_a_level_without_regions_is_an_empty_answer_with_a_caveat(client, name):
    from valuechain.places import LEVELS

    for level in LEVELS:
        response = client.get(f"/api/v1/datasets/pavlodar/answers/{name}?level={level}")
        assert response.status_code == 200, response.text
        body = response.json()
        assert body["rows"] or body["caveats"], level
    empty = client.get(f"/api/v1/datasets/pavlodar/answers/{name}?level=district").json()
    assert empty["rows"] == []
    assert empty["caveats"]


def test_everything_that_does_not_fit_is_said_at_once(client):
    response = client.get(ANSWERS, params={"kindd": "x", "year": "soon", "min_quantity": "nan"})
    body = assert_problem(response, 422, "parameter")
    assert {e["pointer"]: e["detail"] for e in body["errors"]} == {
        "/query/kindd": "there is no such parameter. Did you mean kind?",
        "/query/year": "'soon' is not a whole number",
        "/query/min_quantity": "'nan' is not a finite number",
    }


@pytest.mark.parametrize("query", ["limit=1&limit=2", "boundary=owner&boundary=territory"])
def test_a_single_parameter_given_twice_is_refused(client, query):
    body = assert_problem(client.get(f"{ANSWERS}?{query}"), 422, "parameter")
    assert "more than once" in body["detail"]


@pytest.mark.parametrize("path", ["/api/v1/questions", "/api/v1/datasets", "/api/v1/datasets/pavlodar"])
def test_a_list_takes_no_unknown_parameter(client, path):
    assert_problem(client.get(f"{path}?colour=red"), 422, "parameter")


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_another_method_is_a_405(client, method):
    response = getattr(client, method)(ANSWERS)
    assert_problem(response, 405, "method")
    assert response.headers["allow"] == "GET, HEAD"


def test_an_error_of_ours_tells_its_id_and_nothing_else(chain, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("secret path /srv/data")

    monkeypatch.setattr(Shelf, "_ask", broken)
    response = TestClient(create_app(chain)).get(ANSWERS)
    body = assert_problem(response, 500, "unexpected")
    assert "secret" not in response.text
    assert body["request_id"] in caplog.text
    assert "secret path" in caplog.text
    assert response.headers["x-content-type-options"] == "nosniff"


def test_every_kind_of_problem_has_an_address(client):
    for kind in client.get("/api/v1/problems").json()["items"]:
        assert client.get(f"/api/v1/problems/{kind['code']}").json() == kind


def test_links_lead_somewhere(client):
    for link in client.get("/api/v1").json()["links"].values():
        assert client.get(link).status_code == 200, link
    (item,) = client.get("/api/v1/datasets").json()["items"]
    links = item["links"]
    for link in (links["self"], links["html"], *links["answers"].values(), *links["views"].values()):
        assert client.get(link).status_code == 200, link
    assert links["answers"].keys() == questions().keys()


def test_a_dataset_says_what_it_holds(client, chain):
    body = client.get("/api/v1/datasets/pavlodar").json()
    assert body["fingerprint"] == chain.fingerprint
    assert body["tables"]["enterprises"] == chain.own_table("enterprises").num_rows
    assert all(c["read"] == c["loaded"] + c["set_aside"] for c in body["counts"])


class TestCache:
    def test_the_same_question_is_not_sent_twice(self, client):
        first = client.get(ANSWERS)
        again = client.get(ANSWERS, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == first.headers["etag"]

    def test_order_and_spelling_of_the_query_do_not_matter(self, client):
        one = client.get(f"{ANSWERS}?min_quantity=5&boundary=owner").headers["etag"]
        assert client.get(f"{ANSWERS}?boundary=owner&min_quantity=5.0").headers["etag"] == one

    @pytest.mark.parametrize("query", ["limit=2", "boundary=owner", "kind=capacity_gap"])
    def test_another_question_has_another_tag(self, client, query):
        assert client.get(f"{ANSWERS}?{query}").headers["etag"] != client.get(ANSWERS).headers["etag"]

    def test_changed_data_have_another_tag(self, client, chain):
        planned = chain.with_rows("production", enterprise_id="casting", product_id="rails", output=5.0)
        changed = TestClient(create_app(planned)).get(ANSWERS)
        assert changed.headers["etag"] != client.get(ANSWERS).headers["etag"]

    def test_formats_do_not_share_a_tag(self, client):
        views = ANSWERS.replace("answers", "views")
        found = [client.get(url).headers["etag"] for url in (ANSWERS, f"{views}.svg", f"{views}.html")]
        assert len(set(found)) == 3


@pytest.mark.parametrize("path", ["/", "/datasets/pavlodar", ANSWERS, "/nowhere", f"{ANSWERS}?year=x"])
def test_every_answer_has_safe_headers(client, path):
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]
    assert headers["cache-control"] == "private, no-cache"


def test_head_is_get_without_the_body(client):
    got, head = client.get("/api/v1/questions"), client.head("/api/v1/questions")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["etag"] == got.headers["etag"]
    assert head.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize(
    ("form", "media_type", "begins"),
    [
        ("html", "text/html", b"<!doctype html>"),
        ("svg", "image/svg+xml", b"<svg"),
        ("png", "image/png", b"\x89PNG"),
        ("graphml", "application/graphml+xml", b"<graphml"),
        ("gexf", "application/gexf+xml", b"<gexf"),
    ],
)
def test_a_view_is_served_in_a_sandbox(client, form, media_type, begins):
    response = client.get(f"/api/v1/datasets/pavlodar/views/missing-links.{form}")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(media_type)
    policy = response.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none';")
    assert begins.lower() in response.content[:200].lower()


def test_a_view_of_one_product_is_smaller(client):
    views = "/api/v1/datasets/pavlodar/views/missing-links.svg"
    assert len(client.get(f"{views}?product=bauxite").content) < len(client.get(views).content)
    assert_problem(client.get(f"{views}?limit=4"), 422, "parameter")
    graph = views.replace(".svg", ".graphml?product=bauxite")
    assert "whole graph" in assert_problem(client.get(graph), 422, "parameter")["detail"]


def test_a_view_of_another_question_is_a_chart_with_its_caveats(client, chain):
    views = "/api/v1/datasets/pavlodar/views"
    page = client.get(f"{views}/integration.html?owner=erg")
    assert page.status_code == 200
    assert page.headers["content-security-policy"].startswith("sandbox")
    for caveat in questions()["integration"](chain, owner="erg").caveats:
        assert escape(caveat, quote=True).replace("&#x27;", "&#39;") in page.text
    assert "<svg" in page.text
    assert_problem(client.get(f"{views}/integration.svg?limit=30"), 422, "parameter")
    assert "Nothing to draw." in client.get(f"{views}/changes.svg").text


def test_a_question_without_a_picture_says_which_have_one(chain):
    bare = dataclasses.replace(questions()["linkage"], name="no-picture")
    with pytest.raises(NotFoundError, match="integration"):
        view(chain, "svg", bare, {})


class TestDescription:
    def test_it_is_read_off_the_registry(self, client):
        described = client.get("/openapi.json").json()
        for analysis in questions().values():
            operation = described["paths"][f"/api/v1/datasets/{{dataset}}/answers/{analysis.name}"]["get"]
            found = {p["name"]: p for p in operation["parameters"]}
            assert found.keys() == {"dataset", "limit", "cursor", *(p.name for p in analysis.parameters)}
            assert operation["summary"] == analysis.question
            assert {"404", "422"} <= operation["responses"].keys()

    def test_parameters_and_rows_have_types_units_and_choices(self, client):
        described = client.get("/openapi.json").json()
        operation = described["paths"][ANSWERS.replace("pavlodar", "{dataset}")]["get"]
        found = {p["name"]: p["schema"] for p in operation["parameters"]}
        assert found["kind"]["type"] == "array"
        assert "capacity_gap" in found["kind"]["items"]["enum"]
        assert found["min_quantity"]["type"] == "number"
        assert found["min_quantity"]["x-unit"] == "product unit"
        assert (found["limit"]["minimum"], found["limit"]["maximum"]) == (1, 1000)
        row = described["components"]["schemas"]["MissingLink"]["properties"]
        assert row["quantity"]["x-unit"] == "unit"
        assert row["product_id"]["x-key"] == "products"

    def test_no_operation_id_is_used_twice(self, client):
        ids = re.findall(r'"operationId":"([^"]+)"', client.get("/openapi.json").text)
        assert len(ids) == len(set(ids)) > 5


class TestPages:
    def test_the_start_page_leads_to_every_dataset(self, client, chain, read_page):
        page = client.get("/").text
        assert f"{len(questions()['missing-links'](chain))} gaps" in page
        links = [a["href"] for a in read_page(page).all("a")]
        assert "/datasets/pavlodar" in links
        ids = {a["id"] for _, a in read_page(client.get("/datasets/pavlodar").text).tags if "id" in a}
        sections = {x.partition("#")[2] for x in links if x.startswith("/datasets/pavlodar#")}
        assert len(sections) == len(questions())
        assert sections <= ids
        for link in links:
            if not link.startswith("#"):
                assert client.get(link).status_code == 200, link

    def test_a_report_is_rendered_once(self, client, monkeypatch):
        first = client.get("/datasets/pavlodar")
        monkeypatch.setattr("api.report.report_page", None)
        assert client.get("/datasets/pavlodar").text == first.text

    @pytest.mark.parametrize("path", ["/", "/datasets/pavlodar"])
    def test_hostile_names_stay_text(self, hostile, path, read_page):
        page = read_page(TestClient(create_app(hostile)).get(path).text)
        assert page.all("img", "script", "iframe") == []
        assert page.handlers == []
        assert page.outside == []

    def test_a_hostile_id_stays_inside_its_attribute(self, chain, read_page):
        page = read_page(TestClient(create_app({'x" onclick="alert(1)': chain})).get("/").text)
        assert page.all("a")
        assert page.handlers == []


def test_several_datasets_are_served_by_id(chain, hostile):
    made = TestClient(create_app({"one": chain, "two": hostile}))
    one, two = (made.get(f"/api/v1/datasets/{name}").json()["fingerprint"] for name in ("one", "two"))
    assert one != two
    for name in ("one", "two"):
        links = made.get(f"/api/v1/datasets/{name}").json()["links"]
        assert links["self"] == f"/api/v1/datasets/{name}"
        assert made.get(links["html"]).status_code == 200
