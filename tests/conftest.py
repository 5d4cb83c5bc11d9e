"""What tests share: Hypothesis profiles, the served app, and a browser that nothing leaves.

The browser is Debian's Chromium, driven by Playwright; no browser is downloaded. A test that asks for `page`
fails where Chromium is missing: a skipped page test would look like a good one.

While Playwright's synchronous API is in use, its event loop counts as running in this thread, so a test
must not call `asyncio.run`; Starlette's `TestClient` is fine.
"""

import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", max_examples=50, deadline=None)
settings.register_profile(
    "ci",
    max_examples=200,
    deadline=None,  # a busy machine is no bug
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,  # the same commit gives the same verdict
    print_blob=True,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A page may ask this machine and itself, nobody else.
AT_HOME = re.compile(r"(data|blob|file|about):|http://(127\.0\.0\.1|localhost)[:/]")


def find_chromium() -> str:
    """Give the path of Chromium; fail, not skip, where there is none."""
    named = os.environ.get("CHROMIUM")
    path = next(filter(None, map(shutil.which, [named] if named else BROWSERS)), None)
    if path is None:
        pytest.fail(
            f"{named or 'chromium'} is not here, and the page tests need it: "
            "`make test` installs it as root or with sudo (Debian: apt-get install chromium), "
            "or set CHROMIUM=/path/to/it",
            pytrace=False,
        )
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """How Chromium is started; a test module may override this, extending the dict."""
    return {"executable_path": find_chromium(), "args": list(QUIET), "timeout": 60_000}


@pytest.fixture(scope="session")
def browser(browser_type_launch_args):
    """One Chromium for the session."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(**browser_type_launch_args)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser):
    """A fresh page; the test also fails if it asked for anything outside or threw an error of its own."""
    outside: list[str] = []
    errors: list[str] = []
    context = browser.new_context()
    context.set_default_navigation_timeout(60_000)

    def stay_at_home(route):
        if AT_HOME.match(route.request.url):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    context.route("**/*", stay_at_home)
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context.new_page()
    context.close()
    assert outside == [], "the page asked for something outside this machine"
    assert errors == [], "the page threw errors"


@pytest.fixture(scope="session")
def base_url() -> Iterator[str]:
    """Address of the app with the Pavlodar dataset, served by a thread on a free port."""
    import uvicorn

    from api.app import create_app
    from loaders import load

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(load("pavlodar")), log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            pytest.fail("the app did not start within a minute; its log is above", pytrace=False)
        time.sleep(0.02)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(30)
    listener.close()
