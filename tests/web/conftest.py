"""The site over the real router and store, with a fake knowledge; and a browser to drive it."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from bot.bootstrap import App, build_app
from bot.channels.web import create_app
from bot.channels.web_options import WebOptions
from bot.config import Settings
from web_fakes import FakeKnowledge


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


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    """A headless Chromium for the whole run."""
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
    with served(create_app(app, WebOptions(port=0, timeout=5.0))) as url:
        yield url


class served:  # noqa: N801 (reads as a verb)
    """Serves a site from a thread until the block ends; gives its address."""

    def __init__(self, site: web.Application) -> None:
        self.site = site
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)

    def __enter__(self) -> str:
        self.thread.start()
        return asyncio.run_coroutine_threadsafe(self.start(), self.loop).result(10)

    async def start(self) -> str:
        self.runner = web.AppRunner(self.site, access_log=None)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0, shutdown_timeout=1.0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    def __exit__(self, *error: object) -> None:
        asyncio.run_coroutine_threadsafe(self.runner.cleanup(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.loop.close()
