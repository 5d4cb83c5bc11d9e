"""The page in a real browser, opened from a file with the network cut.

Chromium comes from the distribution (`apt-get install chromium`); without it these tests fail, see
`find_chromium` in `tests/conftest.py`.
"""

import struct
import zlib

import pytest

from visualizations import network_page

SCHEMES = [("light", 1280, 900), ("dark", 1280, 900), ("light", 390, 800)]


@pytest.fixture
def opened(page, tmp_path):
    """Open a diagram's page from disk, offline, and note every dialogue, request and complaint."""

    def open_page(diagram, *, scheme="light", width=1280, height=900, anchor=""):
        seen = {"dialogs": [], "requests": [], "console": []}
        file = tmp_path / "chain.html"
        file.write_text(network_page(diagram), encoding="utf-8")
        page.context.set_offline(True)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.on("dialog", lambda d: (seen["dialogs"].append(d.message), d.dismiss()))
        page.on("request", lambda r: seen["requests"].append(r.url))
        page.on("console", lambda m: seen["console"].append(m.text))
        page.goto(file.as_uri() + anchor)
        page.locator("#graph canvas").wait_for()
        page.wait_for_timeout(150)
        assert seen["dialogs"] == []
        assert [url for url in seen["requests"] if not url.startswith("file:")] == []
        assert len(seen["requests"]) == 1
        return seen

    return open_page


def drawn(page):
    """Return what stands on the canvas, once it has been drawn."""
    page.wait_for_timeout(120)
    return page.evaluate("document.querySelector('#graph canvas').toDataURL()")


def colours(picture):
    """Return how many different pixels a screenshot has."""
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    wide, _, depth, kind = struct.unpack(">IIBB", picture[16:26])
    channels = {2: 3, 6: 4}[kind]
    assert depth == 8
    data, at = b"", 8
    while at < len(picture):
        length, name = struct.unpack(">I4s", picture[at : at + 8])
        data += picture[at + 8 : at + 8 + length] if name == b"IDAT" else b""
        at += 12 + length
    raw = zlib.decompress(data)
    row = wide * channels + 1
    return len(
        {raw[i : i + channels] for start in range(0, len(raw), row) for i in range(start + 1, start + row, 4)}
    )


@pytest.mark.parametrize(("scheme", "width", "height"), SCHEMES)
def test_the_graph_is_drawn_and_nothing_complains(opened, page, aluminium, scheme, width, height):
    seen = opened(aluminium, scheme=scheme, width=width, height=height)
    assert seen["console"] == []
    assert colours(page.locator("#graph").screenshot()) > 100
    assert page.locator("#static").is_hidden()
    assert page.locator("#status").inner_text() == "8 of 8 boxes shown, 1 missing links"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_search_finds_by_label_in_three_scripts_and_opens_the_panel(opened, page, aluminium):
    opened(aluminium)
    page.keyboard.press("/")
    page.keyboard.type("бастапқы")
    assert page.locator("#found button").all_inner_texts() == ["Бастапқы алюминий, ә ғ қ ң ө ұ ү һ і"]
    assert page.locator("tr[data-box]:visible").count() == 1
    page.keyboard.press("Enter")
    panel = page.locator("#panel")
    assert panel.locator("h2").inner_text() == "Бастапқы алюминий, ә ғ қ ң ө ұ ү һ і"
    assert "250 000 t" in panel.inner_text()
    assert "missing link · 237,500 t" in panel.inner_text()
    page.fill("#search", "gold")
    assert page.locator("#found").inner_text() == "Nothing of that name here."


def test_a_click_on_a_box_fills_the_panel_and_lights_its_chain(opened, page, aluminium):
    opened(aluminium)
    page.locator("#fit").click()
    before = drawn(page)
    page.locator("#graph").focus()
    page.keyboard.press("ArrowRight")  # the first box; then along the links
    first = page.locator("#panel h2").inner_text()
    page.keyboard.press("ArrowRight")
    assert page.locator("#panel h2").inner_text() != first
    page.keyboard.press("Escape")
    assert page.locator("#panel").is_hidden()
    for label in ("Alumina", "Aluminium wire rod"):
        page.get_by_role("button", name=label, exact=True).first.click()
        assert page.locator("#panel h2").inner_text() == label
    assert page.locator("tr[aria-current] th").inner_text().startswith("Aluminium wire rod")
    assert page.locator("#panel-kind.missing").count() == 1
    assert drawn(page) != before
    page.locator("#close").click()
    page.locator("#fit").click()
    assert drawn(page) == before


def test_a_mouse_click_on_the_canvas_selects(opened, page, aluminium):
    opened(aluminium)
    page.get_by_role("button", name="Abroad", exact=True).first.click()
    canvas = page.locator("#graph canvas")
    box = canvas.bounding_box()
    page.locator("#close").click()
    # the market stands alone in the last column: walk down it until something is hit
    for part in range(5, 96, 3):
        page.mouse.click(box["x"] + box["width"] * 0.93, box["y"] + box["height"] * part / 100)
        page.wait_for_timeout(30)
        if page.locator("#panel").is_visible():
            break
    assert page.locator("#panel h2").inner_text().startswith(("Abroad", "Alumina –", "Бастапқы"))


def test_the_legend_hides_and_shows_and_moves_nothing(opened, page, aluminium):
    opened(aluminium)
    before = drawn(page)
    entry = page.locator('[data-sign="kind:market"]')
    entry.click()
    assert entry.get_attribute("aria-pressed") == "false"
    assert page.locator("#status").inner_text() == "7 of 8 boxes shown, 1 missing links"
    assert drawn(page) != before
    entry.click()
    page.mouse.move(5, 5)
    assert drawn(page) == before


def test_the_frame_around_it_hears_of_a_selection(page, tmp_path, aluminium):
    (tmp_path / "chain.html").write_text(network_page(aluminium), encoding="utf-8")
    frame = '<iframe sandbox="allow-scripts" src="chain.html" width="1200" height="800"></iframe>'
    script = "<script>heard = []; onmessage = (event) => heard.push(event.data)</script>"
    (tmp_path / "outer.html").write_text(f"<!doctype html>{script}{frame}", encoding="utf-8")
    page.goto((tmp_path / "outer.html").as_uri())
    inside = page.frame_locator("iframe")
    inside.locator("#graph canvas").wait_for()
    inside.get_by_role("button", name="Alumina", exact=True).first.click()
    page.wait_for_function("heard.length")
    assert page.evaluate("heard") == [{"type": "valuechain:select", "id": "alumina"}]


def test_a_link_opens_a_box(opened, page, aluminium):
    opened(aluminium, anchor="#box=alumina")
    assert page.locator("#panel h2").inner_text() == "Alumina"
    assert page.locator("#panel-details").inner_text().split("\n") == ["made by", "Қазақстан алюминийі"]


def test_the_attack_of_every_field_does_nothing(opened, page, nasty):
    seen = opened(nasty)
    page.fill("#search", "img")
    page.keyboard.press("Enter")
    for row in page.locator("tr[data-box] button, tr[data-arrow] button").all():
        row.click()
        row.hover()
    canvas = page.locator("#graph canvas").bounding_box()
    for x in range(4, 97, 8):
        for y in (35, 55):
            page.mouse.move(canvas["x"] + canvas["width"] * x / 100, canvas["y"] + canvas["height"] * y / 100)
            page.wait_for_timeout(20)
    page.wait_for_timeout(300)
    assert seen["dialogs"] == []
    assert page.locator("img, #panel script, table script").count() == 0
    assert len(seen["requests"]) == 1


def test_without_scripts_picture_and_tables_remain(browser, tmp_path, aluminium):
    file = tmp_path / "chain.html"
    file.write_text(network_page(aluminium), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False, offline=True)
    try:
        page = context.new_page()
        page.goto(file.as_uri())
        assert page.locator("#static svg .box").count() == len(aluminium.boxes)
        assert page.locator("#static svg").is_visible()
        assert page.locator("tr[data-box]").count() == len(aluminium.boxes)
        assert page.locator("#tools").is_hidden()
        assert "Scripts are off" in page.locator("footer").inner_text()
    finally:
        context.close()
