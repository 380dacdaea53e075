"""The run page in a real browser: nothing to scroll sideways on a phone, nothing refused."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from typing import NoReturn

import pytest
import uvicorn
from playwright.sync_api import Browser, Error, sync_playwright

from app.domain.audit import Audit
from tests.app.web.pages.test_runs import Recorded, application
from tests.report.story import a_blocked_audit, a_clear_audit, a_hostile_audit, an_unjudged_audit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

AUDITS = {
    "blocked": a_blocked_audit(),
    "clear": a_clear_audit(),
    "unjudged": an_unjudged_audit(),
    "hostile": a_hostile_audit(),
}


def unavailable(why: str) -> NoReturn:
    """Skip, or fail where REQUIRE_BROWSER says that there has to be one."""
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        unavailable("no Chromium on PATH")
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except Error as error:
            unavailable(f"Chromium does not start here: {error}")
        yield started
        started.close()


@pytest.fixture(params=[*AUDITS])
def served(request: pytest.FixtureRequest) -> Iterator[tuple[str, Audit]]:
    audit = AUDITS[request.param]
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        config = uvicorn.Config(application(Recorded(audit)), log_level="warning", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/runs/{audit.id}", audit
        server.should_exit = True
        thread.join(10)


@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_loads_without_a_complaint(
    browser: Browser, served: tuple[str, Audit], width: int, scheme: str
) -> None:
    address, _ = served
    complaints: list[str] = []
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda failed: complaints.append(failed.url))
    page.goto(address)
    for details in page.query_selector_all("details"):
        details.evaluate("element => { element.open = true }")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(255, 255, 255)" if scheme == "light" else "rgb(13, 17, 23)"
    )
    assert complaints == []
    context.close()


@pytest.mark.parametrize("served", ["blocked", "hostile"], indirect=True)
def test_a_deep_link_leads_to_a_finding(browser: Browser, served: tuple[str, Audit]) -> None:
    address, audit = served
    page = browser.new_page()
    page.goto(f"{address}#{audit.findings[0].id}")
    assert page.locator(f"#{audit.findings[0].id}").count() == 1
    page.close()
