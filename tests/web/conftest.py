"""The site over the real router and store, with a fake knowledge; and a browser to drive it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient, TestServer
from web_browsing import DESKTOP
from web_fakes import FakeKnowledge
from web_serving import Served

from bot.bootstrap import App, build_app
from bot.channels.web import create_app
from bot.channels.web_options import WebOptions
from bot.config import Settings


@pytest.fixture
def knowledge() -> FakeKnowledge:
    return FakeKnowledge()


@pytest.fixture
def app(tmp_path, knowledge) -> App:
    """The assistant as bootstrap puts it together."""
    return build_app(Settings(database=tmp_path / "web.sqlite"), engine=knowledge)


@pytest.fixture
async def site(app, aiohttp_client) -> Callable[..., TestClient]:
    """Starts the site with these options and gives a client for it."""

    async def start(**options: object) -> TestClient:
        made = create_app(app, replace(WebOptions(port=0), **options))
        return await aiohttp_client(TestServer(made))

    return start


@pytest.fixture
async def client(site) -> TestClient:
    return await site()


@pytest.fixture
def own(client) -> dict[str, str]:
    """The headers that a browser sends with the site's own forms."""
    return {"Origin": str(client.make_url("/")).rstrip("/"), "Sec-Fetch-Site": "same-origin"}


def chromium_path() -> str | None:
    """The browser that CHROMIUM names, else the machine's own."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """A headless Chromium. Its driver runs an event loop in this thread: no asynchronous test
    may run before it ends, hence one browser a module."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    path = chromium_path()
    if path is None:
        pytest.skip("needs Chromium (or name one with the variable CHROMIUM)")
    quiet = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync"
    args = [*quiet.split(), "--disable-background-networking", "--disable-component-update"]
    with playwright.sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=path, args=args)
        yield made
        made.close()


@pytest.fixture
def address(app) -> Iterator[str]:
    """The site's address, served from a thread of its own."""
    with Served(create_app(app, WebOptions(port=0, timeout=5.0))) as url:
        yield url


@pytest.fixture
def tab(browser, address) -> Iterator[Callable]:
    """Opens a tab on the site; every error of the page's script fails the test."""
    contexts, errors = [], []

    def open_tab(path: str = "/", **options):
        options.setdefault("viewport", DESKTOP)
        context = browser.new_context(reduced_motion="reduce", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address + path)
        return page

    yield open_tab
    for context in contexts:
        context.close()
    assert errors == []
