"""Writes to Teams over the Bot Connector's REST interface: throttled, retried, with timeouts.

The SDK's own client opens a connection a message, through `requests` without a timeout: only its
check of tokens is used (docs/decisions/0015).
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

import aiohttp
import requests

from bot.channels.teams_rates import Rates, backoff
from bot.channels.teams_trust import is_connector, is_upload

log = logging.getLogger(__name__)

Json = dict[str, Any]
# Microsoft's list of what is worth another try, and 503, which says so itself.
AGAIN = frozenset({412, 429, 502, 503, 504})
TRIES = 4
TIMEOUT = aiohttp.ClientTimeout(total=20, connect=8)
ANSWER = 4 * 1024 * 1024  # bytes read of an answer; a page of 500 members has a tenth of it


class Refused(Exception):
    """Teams said no: `status` of HTTP, `code` of its error (BotNotInConversationRoster …)."""

    def __init__(self, status: int, code: str = "") -> None:
        super().__init__(f"{status} {code}".strip())
        self.status = status
        self.code = code


class Throttled(Exception):
    """Not now: the limits, or Teams out of order; `seconds` to wait where that is known."""

    def __init__(self, reason: str, seconds: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


class NoAccess(Exception):
    """The bot's own credentials are refused."""


class Connector:
    """One client for all conversations. Lives in one event loop; `close` at its end."""

    def __init__(
        self,
        token: Callable[[], str],
        *,
        anonymous: bool = False,
        trusted: Callable[..., bool] = is_connector,
        rates: Rates | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.token = token
        self.anonymous = anonymous
        self.trusted = trusted
        self.rates = rates or Rates()
        self.sleep = sleep
        self.session: aiohttp.ClientSession | None = None

    async def send(
        self, service: str, conversation: str, tenant: str, activity: Json, longest: float = 60.0
    ) -> str:
        """Posts an activity; returns its id."""
        path = f"v3/conversations/{quote(conversation, safe='')}/activities"
        said = await self.call("POST", service, path, conversation, tenant, activity, longest)
        return str(said.get("id", ""))

    async def update(
        self, service: str, conversation: str, tenant: str, message: str, activity: Json
    ) -> None:
        """Puts an activity in the place of one sent earlier."""
        path = self.activity_path(conversation, message)
        await self.call("PUT", service, path, conversation, tenant, activity | {"id": message})

    async def delete(self, service: str, conversation: str, tenant: str, message: str) -> None:
        """Takes an activity back."""
        path = self.activity_path(conversation, message)
        await self.call("DELETE", service, path, conversation, tenant)

    async def member(self, service: str, conversation: str, tenant: str, user: str) -> Json:
        """What Teams says of somebody in a conversation: tenantId, userRole, …"""
        path = (
            f"v3/conversations/{quote(root(conversation), safe='')}/members/{quote(user, safe='')}"
        )
        return await self.call("GET", service, path, f"members {conversation}", tenant)

    async def members(self, service: str, conversation: str, tenant: str, page: str) -> Json:
        """A page of a conversation's members: {"members": […], "continuationToken": …}."""
        path = f"v3/conversations/{quote(root(conversation), safe='')}/pagedmembers?pageSize=500"
        if page:
            path += f"&continuationToken={quote(page, safe='')}"
        return await self.call("GET", service, path, f"members {conversation}", tenant)

    async def upload(self, url: str, content: bytes, media_type: str) -> None:
        """Puts a file where somebody consented to have it. No token goes along."""
        if not is_upload(url, anonymous=self.anonymous):
            raise Refused(0, "upload URL")
        headers = {
            "Content-Type": media_type,
            "Content-Range": f"bytes 0-{len(content) - 1}/{len(content)}",
        }
        try:
            async with self.http().put(
                url, data=content, headers=headers, allow_redirects=False
            ) as answer:
                if answer.status >= 300:
                    raise Refused(answer.status, "upload")
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Throttled(type(error).__name__) from error

    async def call(
        self,
        method: str,
        service: str,
        path: str,
        conversation: str,
        tenant: str,
        body: Json | None = None,
        longest: float = 60.0,
    ) -> Json:
        """One operation, tried TRIES times within `longest` seconds of waiting. Raises Refused,
        Throttled, NoAccess."""
        if not self.trusted(service, anonymous=self.anonymous):
            raise Refused(0, "service URL")
        left = longest
        for attempt in range(1, TRIES + 1):
            wait = self.rates.book(conversation, tenant, left)
            if wait > left:
                raise Throttled("rate", wait)
            if wait:
                await self.sleep(wait)
                left -= wait
            try:
                return await self.once(method, service.rstrip("/") + "/" + path, body)
            except Throttled as error:
                pause = backoff(attempt, error.seconds)
                if attempt == TRIES or pause > left:
                    raise
                log.info("teams: %s, again in %.1f s", error.reason, pause)
                await self.sleep(pause)
                left -= pause
        raise AssertionError("unreachable")

    async def once(self, method: str, url: str, body: Json | None) -> Json:
        """One try."""
        try:
            token = await asyncio.to_thread(self.token)
        except PermissionError as error:
            raise NoAccess(str(error)) from error
        except requests.RequestException as error:
            raise Throttled(type(error).__name__) from error
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            async with self.http().request(
                method, url, data=data, headers=headers, allow_redirects=False
            ) as answer:
                return await read(answer)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Throttled(type(error).__name__) from error

    def http(self) -> aiohttp.ClientSession:
        """The session, made in the loop that uses it."""
        if self.session is None:
            # No proxy or .netrc from the environment, which could add credentials of its own.
            self.session = aiohttp.ClientSession(timeout=TIMEOUT, trust_env=False)
        return self.session

    async def close(self) -> None:
        """Ends the connections."""
        if self.session is not None:
            await self.session.close()
            self.session = None

    @staticmethod
    def activity_path(conversation: str, message: str) -> str:
        """Where one activity of a conversation is."""
        place = quote(conversation, safe="")
        return f"v3/conversations/{place}/activities/{quote(message, safe='')}"


async def read(answer: aiohttp.ClientResponse) -> Json:
    """The answer's object; Refused or Throttled where it is an error."""
    raw = b""
    async for chunk in answer.content.iter_chunked(64 * 1024):
        raw += chunk
        if len(raw) > ANSWER:
            raise Refused(answer.status, "answer too long")
    try:
        said = json.loads(raw) if raw.strip() else {}
    except ValueError:
        said = {}
    said = said if isinstance(said, dict) else {}
    if answer.status < 300:
        return said
    if answer.status in AGAIN:
        raise Throttled(str(answer.status), retry_after(answer.headers.get("Retry-After", "")))
    error = said.get("error")
    code = str(error.get("code", "")) if isinstance(error, dict) else ""
    raise Refused(answer.status, code)


def retry_after(text: str) -> float | None:
    """Seconds of a Retry-After header, at most an hour; dates and nonsense tell nothing."""
    return min(float(text), 3600.0) if text.strip().isdecimal() else None


def root(conversation: str) -> str:
    """The channel of a reply chain: « 19:…@thread.tacv2;messageid=… » without its end."""
    return conversation.partition(";")[0]
