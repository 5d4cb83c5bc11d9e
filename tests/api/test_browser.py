"""The pages in a browser: nothing is blocked, nothing spills over a phone, the picture runs in its sandbox.

The fixture `page` fails the test if a page asks for anything outside or throws an error.
"""

import pytest

VIEW = "/api/v1/datasets/pavlodar/views/missing-links.html"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("path", ["/", "/datasets/pavlodar"])
def test_a_page_fits_and_breaks_no_rule_of_its_own(page, base_url, path, width):
    refused = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(base_url + path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").count() == 1
    assert refused == []


def test_on_a_phone_no_amount_is_cut(page, base_url):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{base_url}/datasets/pavlodar")
    for cell in page.locator(".stack td").all():
        box = cell.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        assert cell.evaluate("e => e.scrollWidth <= e.clientWidth")
    wide = page.locator("#processing-depth ~ .scroll")
    hint = wide.evaluate("e => getComputedStyle(e, '::before').content")
    assert "scroll sideways" in hint


def test_a_lost_browser_finds_back(page, base_url):
    page.goto(f"{base_url}/nowhere")
    assert page.locator("h1").inner_text() == "There is nothing here"
    page.get_by_role("link", name="Start page").click()
    page.get_by_role("link", name="as JSON").first.wait_for()


def test_a_planner_comes_from_the_start_to_a_gap(page, base_url):
    page.goto(f"{base_url}/")
    page.get_by_role("link", name="Report").click()
    page.get_by_role("link", name="Alumina", exact=True).click()
    card = page.locator(":target")
    assert "1,005,000 t a year" in card.inner_text()
    card.get_by_text("Evidence").click()
    assert card.get_by_role("cell", name="1,500,000 t").first.is_visible()


def test_the_picture_runs_and_cannot_reach_out(page, base_url):
    page.goto(base_url + VIEW)
    page.locator("canvas").first.wait_for()
    assert page.evaluate("window.origin") == "null"
    blocked = page.evaluate("fetch('/api/v1').then(() => 'reached', () => 'blocked')")
    assert blocked == "blocked"
