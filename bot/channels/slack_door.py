"""Where Slack's HTTP requests come in: signatures checked before anything is read."""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections.abc import Callable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncBoltRequest
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.response import BoltResponse

from bot.channels.slack_app import Slack

log = logging.getLogger(__name__)

BODY = 2 * 1024 * 1024  # bytes; a modal's state is far below
STALE = 300  # seconds that a signature is good for
MOST = 50_000  # signatures remembered: more than come in STALE seconds


class Signatures:
    """Whether a request is Slack's: signed with our secret, just now, and not seen before."""

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        self.secret = secret.encode()
        self.clock = clock
        self.seen: dict[str, float] = {}  # signature → when it was used, oldest first

    def refusal(self, body: bytes, timestamp: str, signature: str) -> str:
        """Why the request is refused: forged, stale, replayed; empty where it is good."""
        now = self.clock()
        if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 15):
            return "forged"
        if abs(now - int(timestamp)) > STALE:
            return "stale"
        signed = b"v0:" + timestamp.encode() + b":" + body
        wanted = "v0=" + hmac.new(self.secret, signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(wanted.encode(), signature.encode("utf8", "replace")):
            return "forged"
        while self.seen and (
            len(self.seen) >= MOST or next(iter(self.seen.values())) < now - 2 * STALE
        ):
            self.seen.pop(next(iter(self.seen)))
        if wanted in self.seen:
            return "replayed"
        self.seen[wanted] = now
        return ""


def create_site(
    slack: Slack, signatures: Signatures | None, oauth: AsyncOAuthFlow | None
) -> web.Application:
    """The site: events, presses and commands at /slack/events; the installation beside it.
    Without a signing secret nothing is taken at /slack/events."""
    site = web.Application(client_max_size=BODY)

    async def events(request: web.Request) -> web.StreamResponse:
        body = await request.read()
        assert signatures is not None
        timestamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if why := signatures.refusal(body, timestamp, signature):
            log.warning("slack request refused: %s signature", why)
            return web.json_response({"error": "invalid request"}, status=401)
        try:
            text = body.decode("utf8")
        except UnicodeDecodeError:
            log.warning("slack request refused: not UTF-8")
            return web.json_response({"error": "invalid request"}, status=400)
        try:
            parsed = AsyncBoltRequest(
                body=text, query=request.query_string, headers=dict(request.headers)
            )
        except Exception:  # Bolt stumbles over JSON that is no object in several ways
            log.warning("slack request refused: not a payload")
            return web.json_response({"error": "invalid request"}, status=400)
        return await to_aiohttp_response(await slack.dispatch(parsed))

    async def install(request: web.Request) -> web.StreamResponse:
        assert oauth is not None
        return await answered(await oauth.handle_installation(bolt_request(request)))

    async def callback(request: web.Request) -> web.StreamResponse:
        assert oauth is not None
        return await answered(await oauth.handle_callback(bolt_request(request)))

    if signatures is not None:
        site.router.add_post("/slack/events", events)
    if oauth is not None:
        site.router.add_get("/slack/install", install)
        site.router.add_get("/slack/oauth_redirect", callback)
    return site


def bolt_request(request: web.Request) -> AsyncBoltRequest:
    """A browser's request, for Bolt."""
    return AsyncBoltRequest(
        body="", query=request.query_string, headers=dict(request.headers), mode="http"
    )


async def answered(response: BoltResponse) -> web.StreamResponse:
    """Bolt's response, for aiohttp."""
    return await to_aiohttp_response(response)
