"""The site served from a thread of its own, for a browser to visit."""

from __future__ import annotations

import asyncio
import threading

from aiohttp import web


class Served:
    """Serves a site from a thread until the block ends; gives its address."""

    def __init__(self, site: web.Application) -> None:
        self.site = site
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)

    def __enter__(self) -> str:
        self.thread.start()
        return asyncio.run_coroutine_threadsafe(self.start(), self.loop).result(10)

    async def start(self) -> str:
        self.runner = web.AppRunner(self.site, access_log=None, shutdown_timeout=1.0)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self.runner.cleanup()
        await self.loop.shutdown_default_executor()

    def __exit__(self, *error: object) -> None:
        asyncio.run_coroutine_threadsafe(self.stop(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()
