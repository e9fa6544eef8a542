"""The web channel: `create_app` makes the site, `run` serves it until interrupted."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from bot.channels.web_door import Door
from bot.channels.web_guard import Refused, guards
from bot.channels.web_identity import Identity
from bot.channels.web_options import WebOptions, options_of
from bot.channels.web_site import Site
from bot.once import Once
from bot.stores.sign_ins import SignIns
from knowledge.phrases import Problem, say

if TYPE_CHECKING:
    from bot.bootstrap import App

STATIC = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def create_app(app: App, options: WebOptions | None = None) -> web.Application:
    """The site over `app`. Raises Problem when it would stand open to strangers."""
    options = (options or options_of(app.settings)).checked()
    once = Once(
        app.router.reply,
        app.events,
        app.router.services.clock,
        keep_replies=app.settings.record_questions,
    )
    sign_ins = SignIns(app.settings.database)
    identity = Identity(app.router.services.access.people, sign_ins, app.router.services.clock)
    site, door, files = Site(once, options, identity, app.inbox), Door(options, identity), Files()
    made = web.Application(middlewares=guards(options, identity), client_max_size=options.body)
    made.add_routes(
        [
            web.get("/", site.home),
            web.post("/", site.form),
            web.post("/new", site.new),
            web.post("/api/message", site.message),
            web.get("/avis", site.notices.show),
            web.post("/avis", site.notices.read),
            web.post("/file", site.make_file),
            web.get("/file/{name}", site.file),
            web.get("/document/{key:.+}", site.document),
            web.get("/c/{digest}/{passage:.+}", site.citation),
            web.get("/static/{name}", files.send),
            web.post("/deconnexion", door.leave),
        ]
    )
    for path in ("/connexion", "/login"):
        made.add_routes([web.get(path, door.show), web.post(path, door.enter)])
    return made


class Files:
    """The static files, read once: no other file of the machine can be reached."""

    def __init__(self) -> None:
        paths = (path for path in STATIC.iterdir() if path.suffix in TYPES)
        self.files = {path.name: (path.read_bytes(), TYPES[path.suffix]) for path in paths}

    async def send(self, request: web.Request) -> web.StreamResponse:
        """The file of this name."""
        found = self.files.get(request.match_info["name"])
        if found is None:
            raise Refused(404)
        return web.Response(body=found[0], content_type=found[1], charset="utf-8")


def run(app: App, host: str | None = None, port: int | None = None) -> int:
    """Serves until interrupted and prints the address; the process's exit code.

    `host` and `port` replace the settings'. Raises Problem when it can't listen there.
    """
    options = options_of(app.settings, host=host, port=port)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(create_app(app, options), options))
    return 0


async def serve(site: web.Application, options: WebOptions) -> None:
    """Listens until SIGINT or SIGTERM."""
    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        # Where the platform has no signal handlers, Ctrl + C ends asyncio.run by itself.
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    # No access log: it would tell who reads what.
    runner = web.AppRunner(site, access_log=None, shutdown_timeout=2.0)
    await runner.setup()
    try:
        listener = web.TCPSite(runner, options.host, options.port)
        try:
            await listener.start()
        except OSError as error:
            detail = error.strerror or str(error)
            raise Problem(
                "web.port_taken", host=options.host, port=options.port, detail=detail
            ) from error
        # Port 0 asks the system for a free one: tell which.
        print(say("web.listening", options.lang, url=address(options, runner)), flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()


def address(options: WebOptions, runner: web.AppRunner) -> str:
    """The URL to open in a browser."""
    port = runner.addresses[0][1]
    host = options.host.strip("[]")
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"
