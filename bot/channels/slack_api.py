"""Calls to Slack's Web API: one session, a timeout on each, errors told apart, one message a
second a channel."""

from __future__ import annotations

import asyncio
import json
import logging
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.channels.sending import SendLater, SendNever
from bot.channels.slack_options import SlackOptions

log = logging.getLogger(__name__)

# Slack's error codes by what they mean for whoever sends; any other is `invalid`.
REASONS = {
    "gone": "channel_not_found is_archived message_not_found cant_update_message thread_not_found"
    " user_not_found no_user users_not_found cant_delete_message edit_window_closed",
    "removed": "not_in_channel user_not_in_channel restricted_action restricted_action_thread_only"
    " restricted_action_read_only_channel restricted_action_non_threadable_channel",
    "blocked": "cannot_dm_bot messages_tab_disabled user_disabled user_not_visible"
    " cannot_message_user im_not_allowed dm_blocked user_blocked_app",
    "access": "invalid_auth not_authed token_revoked token_expired account_inactive missing_scope"
    " no_permission access_denied org_login_required ekm_access_denied team_access_not_granted"
    " not_allowed_token_type app_uninstalled",
}
REASON_OF = {code: reason for reason, codes in REASONS.items() for code in codes.split()}
LATER = frozenset(
    "ratelimited rate_limited internal_error fatal_error service_unavailable"
    " request_timeout team_added_to_org".split()
)


BY_GET = "405"  # an emulator's way to say that it wants GET
BY_JSON = ("chat.", "views.", "assistant.")  # methods that take JSON, for what is not a text


class SlackApi:
    """Slack's Web API. Every method raises SendLater or SendNever, whose detail is Slack's code."""

    def __init__(self, options: SlackOptions) -> None:
        """To be made inside the event loop that it will be used from."""
        self.options = options
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=options.timeout))
        self.client = new_client(options, self.session)

    async def close(self) -> None:
        """Ends the session."""
        await self.session.close()

    async def call(self, method: str, token: str, **arguments: Any) -> dict[str, Any]:
        """One call, such as `call("chat.postMessage", token, channel=…)`; what Slack returned."""
        given = {name: value for name, value in arguments.items() if value is not None}
        headers = {"Authorization": f"Bearer {token}"}
        if method.startswith(BY_JSON):
            return await self.guarded(self.client.api_call(method, json=given, headers=headers))
        # Slack's other methods read forms alone; by POST, unless an emulator knows but GET.
        form = {name: encoded(value) for name, value in given.items()}
        try:
            return await self.guarded(self.client.api_call(method, data=form, headers=headers))
        except SendLater as error:
            if error.reason != BY_GET:
                raise
        call = self.client.api_call(method, http_verb="GET", params=form, headers=headers)
        return await self.guarded(call)

    async def upload(
        self, token: str, name: str, content: bytes, channel: str, thread: str
    ) -> None:
        """Puts a file into a conversation, in the three steps of the SDK's files_upload_v2. By
        ourselves, for its first step goes by query, which not every Slack reads."""
        told = await self.call(
            "files.getUploadURLExternal", token, filename=name, length=len(content)
        )
        try:
            async with self.session.post(str(told.get("upload_url")), data=content) as response:
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise SendLater(type(error).__name__) from error
        if status != 200:
            raise SendLater(f"upload {status}")
        await self.call(
            "files.completeUploadExternal",
            token,
            files=json.dumps([{"id": told.get("file_id"), "title": name}]),
            channel_id=channel,
            thread_ts=thread or None,
        )

    async def guarded(self, call: Awaitable[Any]) -> dict[str, Any]:
        """What a call of the SDK returned, its errors translated."""
        try:
            response = await asyncio.wait_for(call, self.options.timeout + 1)
        except SlackApiError as error:
            raise translated(error) from error
        except TimeoutError as error:
            raise SendLater("timeout") from error
        except (aiohttp.ClientError, SlackClientError, OSError) as error:
            raise SendLater(type(error).__name__) from error
        data = getattr(response, "data", response)
        return data if isinstance(data, dict) else {}


def encoded(value: object) -> str:
    """An argument as Slack reads it in a form."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def new_client(options: SlackOptions, session: aiohttp.ClientSession | None) -> AsyncWebClient:
    """A client of the SDK for the Slack that is meant. Retries are ours: the SDK's own would
    send a message twice whose answer was lost."""
    client = AsyncWebClient(
        base_url=options.api_url,
        timeout=math.ceil(options.timeout),
        session=session,
        retry_handlers=[],
    )
    if options.local:
        client.proxy = None  # the SDK would take HTTP_PROXY even for this machine
    return client


def translated(error: SlackApiError) -> SendLater | SendNever:
    """What Slack's error means."""
    response = error.response
    status = getattr(response, "status_code", None) or getattr(response, "status", 0)
    headers = getattr(response, "headers", None) or {}
    found = response.get("error") if hasattr(response, "get") else None
    code = str(found or status)
    if status == 429 or code in LATER:
        return SendLater(code, retry_after(headers))
    if isinstance(status, int) and (status >= 500 or not found):
        return SendLater(code, retry_after(headers))
    return SendNever(REASON_OF.get(code, "invalid"), code)


def retry_after(headers: Any) -> float | None:
    """The seconds that Slack asks to wait, None where it doesn't say."""
    told = headers.get("Retry-After") or headers.get("retry-after")
    told = told[0] if isinstance(told, list) else told
    try:
        return max(0.0, float(told))
    except (TypeError, ValueError):
        return None


class Pace:
    """One message at a time in a channel, `interval` seconds apart; whoever waits keeps his
    place. A 429 holds the whole channel back."""

    def __init__(
        self,
        interval: float,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.interval = interval
        self.clock = clock
        self.sleep = sleep
        self.locks = Locks()
        self.ready: dict[str, float] = {}  # channel → when its next message may go

    @asynccontextmanager
    async def turn(self, channel: str) -> AsyncIterator[None]:
        """The channel's turn, once it has come."""
        async with self.locks.held(channel):
            wait = self.ready.get(channel, 0.0) - self.clock()
            if wait > 0:
                await self.sleep(wait)
            try:
                yield
            finally:
                self.hold(channel, self.interval)
                self.prune()

    def hold(self, channel: str, seconds: float) -> None:
        """Nothing goes to the channel for so long."""
        self.ready[channel] = max(self.ready.get(channel, 0.0), self.clock() + seconds)

    def prune(self) -> None:
        """Forgets channels that have been quiet."""
        if len(self.ready) > 1000:
            now = self.clock()
            self.ready = {name: when for name, when in self.ready.items() if when > now}


class Locks:
    """A lock for each name, first come first served, gone when nobody wants it."""

    def __init__(self) -> None:
        self.locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def held(self, name: str) -> AsyncIterator[None]:
        """Inside, nobody else holds `name`."""
        lock, users = self.locks.get(name, (asyncio.Lock(), 0))
        self.locks[name] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            users = self.locks[name][1] - 1
            if users:
                self.locks[name] = (lock, users)
            else:
                del self.locks[name]
