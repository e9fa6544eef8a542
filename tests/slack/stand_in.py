"""A Slack of the tests' own: Web API over HTTP, Socket Mode over a WebSocket, signed requests.

It checks tokens, argument shapes and block limits as Slack documents them, and can be told to
answer late, wrongly or not at all.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.slack.blocks_check import BadBlocks, check_blocks, check_view

TEAM, BOT, BOT_ID = "T1", "UBOT", "BBOT"
BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-test", "xapp-test", "signing-secret-of-the-tests"

# method → (token, required arguments, all arguments)
METHODS: dict[str, tuple[str, set[str], set[str]]] = {
    "auth.test": ("bot", set(), set()),
    "auth.revoke": ("any", set(), {"test"}),
    "apps.connections.open": ("app", set(), set()),
    "users.info": ("bot", {"user"}, {"user", "include_locale"}),
    "conversations.info": ("bot", {"channel"}, {"channel", "include_locale"}),
    "conversations.open": ("bot", {"users"}, {"users", "return_im"}),
    "conversations.history": (
        "bot",
        {"channel"},
        {"channel", "limit", "include_all_metadata", "latest", "oldest", "inclusive"},
    ),
    "conversations.replies": (
        "bot",
        {"channel", "ts"},
        {"channel", "ts", "limit", "include_all_metadata"},
    ),
    "usergroups.list": ("bot", set(), {"include_users"}),
    "chat.postMessage": (
        "bot",
        {"channel", "text"},
        set(
            "channel text blocks thread_ts metadata mrkdwn parse link_names unfurl_links"
            " unfurl_media".split()
        ),
    ),
    "chat.postEphemeral": (
        "bot",
        {"channel", "user", "text"},
        {"channel", "user", "text", "blocks", "thread_ts"},
    ),
    "chat.update": (
        "bot",
        {"channel", "ts", "text"},
        {"channel", "ts", "text", "blocks", "parse", "link_names"},
    ),
    "chat.delete": ("bot", {"channel", "ts"}, {"channel", "ts"}),
    "views.open": ("bot", {"trigger_id", "view"}, {"trigger_id", "view"}),
    "views.update": ("bot", {"view"}, {"view", "view_id", "hash", "external_id"}),
    "views.publish": ("bot", {"user_id", "view"}, {"user_id", "view", "hash"}),
    "assistant.threads.setStatus": (
        "bot",
        {"channel_id", "thread_ts", "status"},
        {"channel_id", "thread_ts", "status"},
    ),
    "assistant.threads.setSuggestedPrompts": (
        "bot",
        {"channel_id", "prompts"},
        {"channel_id", "thread_ts", "prompts", "title"},
    ),
    "files.getUploadURLExternal": (
        "bot",
        {"filename", "length"},
        {"filename", "length", "alt_txt", "snippet_type"},
    ),
    "files.completeUploadExternal": (
        "bot",
        {"files"},
        {"files", "channel_id", "thread_ts", "initial_comment", "channels"},
    ),
    "oauth.v2.access": (
        "none",
        {"code", "client_id", "client_secret"},
        {"code", "client_id", "client_secret", "redirect_uri"},
    ),
}
JSON_ARGUMENTS = ("blocks", "view", "metadata", "prompts", "files")


class StandIn:
    """Runs in a thread of its own. `wait` gives events time to arrive; nothing else sleeps."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict]] = []
        self.broken: list[str] = []  # what Slack would have refused; a test fails on any
        self.messages: dict[str, dict[str, dict]] = {}  # channel → ts → message
        self.views: dict[str, dict] = {}
        self.files: dict[str, bytes] = {}
        self.users = {
            "U1": member("U1", "Ève Tremblay"),
            "U2": member("U2", "Luc Gagnon"),
            BOT: member(BOT, "catalogue", is_bot=True),
        }
        self.channels: dict[str, dict] = {}
        self.groups: list[dict] = []
        self.tokens = {BOT_TOKEN: TEAM}
        self.failures: dict[str, list[web.Response | float]] = {}
        self.acks: dict[str, dict] = {}
        self.ack_times: dict[str, float] = {}
        self.used_triggers: set[str] = set()
        self.changed = threading.Condition()
        self.numbers = count(1)
        self.sockets: set[web.WebSocketResponse] = set()
        self.tickets: set[str] = set()
        self.connections = 0
        self.events_url = ""  # set: events come by HTTP
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.ready = threading.Event()
        self.port = 0

    # ── running ──────────────────────────────────────────────────────────────

    def start(self) -> StandIn:
        self.thread.start()
        self.ready.wait(10)
        return self

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.thread.join(10)

    def run(self) -> None:
        asyncio.run(self.main())

    async def main(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.stopping = asyncio.Event()
        site = web.Application(client_max_size=20 * 1024 * 1024)
        site.router.add_route("*", "/api/{method}", self.api)
        site.router.add_get("/ws", self.socket)
        site.router.add_post("/response/{name}", self.response)
        site.router.add_post("/upload/{name}", self.upload)
        runner = web.AppRunner(site, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        listener = web.TCPSite(runner, "127.0.0.1", 0)
        await listener.start()
        self.port = runner.addresses[0][1]
        async with aiohttp.ClientSession() as self.http:
            self.ready.set()
            await self.stopping.wait()
        for socket in list(self.sockets):
            with suppress(Exception):
                await socket.close()
        await runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/"

    def note(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def wait(self, found: Callable[[], object], seconds: float = 15.0) -> object:
        """What `found` returns once it is true; fails loudly when it never is."""
        with self.changed:
            end = time.monotonic() + seconds
            while not (result := found()):
                left = end - time.monotonic()
                if left <= 0:
                    told = [name for name, _ in self.calls[-12:]]
                    raise AssertionError(f"it never came; calls: {told}; refused: {self.broken}")
                self.changed.wait(min(left, 0.05))  # what is waited for may be elsewhere
            return result

    # ── Web API ──────────────────────────────────────────────────────────────

    async def api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await self.arguments(request)
        queue = self.failures.get(method) or []
        if queue:
            failure = queue.pop(0)
            if isinstance(failure, float):
                await asyncio.sleep(failure)
            else:
                self.calls.append((f"{method} failed", arguments))
                self.note()
                return failure
        problem = self.refusal(method, request, arguments)
        if problem:
            if problem.startswith("!"):
                self.broken.append(f"{method}: {problem[1:]}")
                problem = "invalid_arguments"
            self.calls.append((f"{method} refused", arguments))
            self.note()
            return web.json_response({"ok": False, "error": problem})
        try:
            result = getattr(self, "do_" + method.replace(".", "_"))(arguments)
        except BadBlocks as error:
            self.broken.append(f"{method}: {error}")
            result = {"ok": False, "error": "invalid_blocks"}
        self.calls.append((method, arguments))
        self.note()
        return web.json_response({"ok": True} | result)

    async def arguments(self, request: web.Request) -> dict:
        if request.content_type == "application/json":
            return dict(await request.json())
        given = dict(request.query)
        given |= {name: str(value) for name, value in (await request.post()).items()}
        for name in JSON_ARGUMENTS:
            if name in given:
                given[name] = json.loads(given[name])
        return given

    def refusal(self, method: str, request: web.Request, arguments: dict) -> str:
        if method not in METHODS:
            return "unknown_method"
        kind, required, known = METHODS[method]
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        token = arguments.pop("token", "") or token
        if kind == "bot" and token not in self.tokens:
            return "invalid_auth" if token else "not_authed"
        if kind == "app" and token != APP_TOKEN:
            return "invalid_auth"
        if missing := required - set(arguments):
            return f"!missing {sorted(missing)}"
        if surplus := set(arguments) - known:
            return f"!unknown {sorted(surplus)}"
        if method.startswith("chat.") and method != "chat.delete":
            if not arguments["text"].strip():
                return "!no text"
            if len(arguments["text"]) > 4000:
                return "!text too long"
        channel = arguments.get("channel")
        if channel in self.channels and self.channels[channel].get("refuse"):
            return str(self.channels[channel]["refuse"]) if method.startswith("chat.post") else ""
        return ""

    def fail(self, method: str, *failures: web.Response | float) -> None:
        """The next calls of a method fail so, in order; a number: they answer that late."""
        self.failures.setdefault(method, []).extend(failures)

    def do_auth_test(self, given: dict) -> dict:
        return {"team_id": TEAM, "user_id": BOT, "bot_id": BOT_ID, "url": "http://slack.test/"}

    def do_auth_revoke(self, given: dict) -> dict:
        return {"revoked": True}

    def do_apps_connections_open(self, given: dict) -> dict:
        ticket = f"ticket{next(self.numbers)}"
        self.tickets.add(ticket)
        return {"url": f"ws://127.0.0.1:{self.port}/ws?ticket={ticket}"}

    def do_users_info(self, given: dict) -> dict:
        user = self.users.get(given["user"])
        return {"user": user} if user else {"ok": False, "error": "user_not_found"}

    def do_conversations_info(self, given: dict) -> dict:
        told = {"id": given["channel"], "is_ext_shared": False, "is_pending_ext_shared": False}
        return {"channel": told | self.channels.get(given["channel"], {})}

    def do_conversations_open(self, given: dict) -> dict:
        return {"channel": {"id": "D" + given["users"][1:]}}

    def do_conversations_history(self, given: dict) -> dict:
        return {"messages": list(reversed(self.messages.get(given["channel"], {}).values()))}

    def do_conversations_replies(self, given: dict) -> dict:
        held = self.messages.get(given["channel"], {}).values()
        return {"messages": [m for m in held if given["ts"] in (m["ts"], m.get("thread_ts"))]}

    def do_usergroups_list(self, given: dict) -> dict:
        return {"usergroups": self.groups}

    def do_chat_postMessage(self, given: dict) -> dict:
        if "blocks" in given:
            check_blocks(given["blocks"], "message")
        channel = given["channel"]
        channel = "D" + channel[1:] if channel.startswith("U") else channel
        ts = self.ts()
        self.messages.setdefault(channel, {})[ts] = given | {
            "ts": ts,
            "channel": channel,
            "user": BOT,
            "at": time.monotonic(),
        }
        return {"ts": ts, "channel": channel, "message": {"ts": ts}}

    def do_chat_postEphemeral(self, given: dict) -> dict:
        if "blocks" in given:
            check_blocks(given["blocks"], "message")
        return {"message_ts": self.ts()}

    def do_chat_update(self, given: dict) -> dict:
        if "blocks" in given:
            check_blocks(given["blocks"], "message")
        held = self.messages.get(given["channel"], {}).get(given["ts"])
        if held is None:
            return {"ok": False, "error": "message_not_found"}
        held.update(given)
        return {"ts": given["ts"], "channel": given["channel"], "text": given["text"]}

    def do_chat_delete(self, given: dict) -> dict:
        if self.messages.get(given["channel"], {}).pop(given["ts"], None) is None:
            return {"ok": False, "error": "message_not_found"}
        return {"ts": given["ts"], "channel": given["channel"]}

    def do_views_open(self, given: dict) -> dict:
        if given["trigger_id"].startswith("old") or given["trigger_id"] in self.used_triggers:
            return {"ok": False, "error": "expired_trigger_id"}
        self.used_triggers.add(given["trigger_id"])
        check_view(given["view"])
        return {"view": self.put_view(f"V{next(self.numbers)}", given["view"])}

    def do_views_update(self, given: dict) -> dict:
        check_view(given["view"])
        if given.get("view_id") not in self.views:
            return {"ok": False, "error": "not_found"}
        if given.get("hash") and given["hash"] != self.views[given["view_id"]]["hash"]:
            return {"ok": False, "error": "hash_conflict"}
        return {"view": self.put_view(given["view_id"], given["view"])}

    def do_views_publish(self, given: dict) -> dict:
        check_view(given["view"])
        return {"view": self.put_view(f"home:{given['user_id']}", given["view"])}

    def put_view(self, name: str, view: dict) -> dict:
        self.views[name] = view | {"id": name, "hash": f"h{next(self.numbers)}"}
        self.note()
        return self.views[name]

    def do_assistant_threads_setStatus(self, given: dict) -> dict:
        return {}

    def do_assistant_threads_setSuggestedPrompts(self, given: dict) -> dict:
        assert 1 <= len(given["prompts"]) <= 4
        assert all(set(p) == {"title", "message"} for p in given["prompts"])
        return {}

    def do_files_getUploadURLExternal(self, given: dict) -> dict:
        name = f"F{next(self.numbers)}"
        return {"upload_url": f"http://127.0.0.1:{self.port}/upload/{name}", "file_id": name}

    def do_files_completeUploadExternal(self, given: dict) -> dict:
        assert all(file["id"] in self.files for file in given["files"])
        return {"files": [{"id": f["id"], "title": f.get("title")} for f in given["files"]]}

    def do_oauth_v2_access(self, given: dict) -> dict:
        if given["client_secret"] != "client-secret" or not given["code"].startswith("good"):
            return {"ok": False, "error": "invalid_code"}
        team = given["code"].removeprefix("good-")
        token = f"xoxb-{team}"
        self.tokens[token] = team
        return {
            "access_token": token,
            "bot_user_id": BOT,
            "scope": "chat:write",
            "team": {"id": team, "name": team},
            "authed_user": {"id": "U1"},
            "token_type": "bot",
        }

    async def upload(self, request: web.Request) -> web.StreamResponse:
        self.files[request.match_info["name"]] = await request.read()
        return web.Response(text="OK - 1")

    async def response(self, request: web.Request) -> web.StreamResponse:
        given = await request.json()
        try:
            check_blocks(given["blocks"], "message")
        except BadBlocks as error:
            self.broken.append(f"response_url: {error}")
        self.calls.append(("response_url", given))
        self.note()
        return web.Response(text="ok")

    # ── what a test looks at ─────────────────────────────────────────────────

    def of(self, method: str) -> list[dict]:
        return [given for name, given in list(self.calls) if name == method]

    def sent(self, channel: str) -> list[dict]:
        return list(self.messages.get(channel, {}).values())

    def ts(self) -> str:
        return f"1700000000.{next(self.numbers):06d}"

    # ── what Slack sends ─────────────────────────────────────────────────────

    async def socket(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=401)
        self.tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.add(socket)
        self.connections += 1
        await socket.send_json({"type": "hello", "num_connections": len(self.sockets)})
        self.note()
        async for message in socket:
            ack = json.loads(message.data)
            self.acks[ack["envelope_id"]] = ack.get("payload") or {}
            self.ack_times[ack["envelope_id"]] = time.monotonic()
            self.note()
        self.sockets.discard(socket)
        self.note()
        return socket

    def cut(self) -> None:
        """The WebSocket ends without a word."""

        async def ended() -> None:
            for socket in list(self.sockets):
                transport = socket._req.transport if socket._req else None
                if transport:
                    transport.abort()

        asyncio.run_coroutine_threadsafe(ended(), self.loop).result(5)

    def deliver(self, kind: str, payload: dict, **options: object) -> str:
        """Sends a payload by whichever way is open, waits for its acknowledgement; its name."""
        name = f"E{next(self.numbers)}"
        if self.events_url:
            self.acks[name] = self.signed(payload, **options)[1]
            return name
        envelope = {"envelope_id": name, "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        started = time.monotonic()

        async def send() -> None:
            await next(iter(self.sockets)).send_json(envelope)

        self.wait(lambda: self.sockets)
        asyncio.run_coroutine_threadsafe(send(), self.loop).result(5)
        self.wait(lambda: name in self.acks)
        self.ack_times[name] -= started
        return name

    def signed(
        self,
        payload: dict | bytes,
        *,
        secret: str = SECRET,
        age: float = 0.0,
        headers: dict | None = None,
        timestamp: str = "",
        form: bool | None = None,
    ) -> tuple[int, dict]:
        """Posts a signed request; (status, JSON of the response)."""
        body, kind = encoded(payload, form)
        timestamp = timestamp or str(int(time.time() - age))
        given = (
            signature_headers(body, timestamp, secret) | {"Content-Type": kind} | (headers or {})
        )

        async def post() -> tuple[int, dict]:
            async with self.http.post(self.events_url, data=body, headers=given) as response:
                text = await response.text()
                return response.status, json.loads(text) if text.startswith("{") else {}

        return asyncio.run_coroutine_threadsafe(post(), self.loop).result(10)


def encoded(payload: dict | bytes, form: bool | None = None) -> tuple[bytes, str]:
    """The body of a request as Slack encodes each kind."""
    if isinstance(payload, bytes):
        return payload, "application/json"
    if "command" in payload:
        return urlencode(payload).encode(), "application/x-www-form-urlencoded"
    if form or payload.get("type") in (
        "block_actions",
        "view_submission",
        "message_action",
        "shortcut",
    ):
        return urlencode({"payload": json.dumps(payload)}).encode(), (
            "application/x-www-form-urlencoded"
        )
    return json.dumps(payload).encode(), "application/json"


def signature_headers(body: bytes, timestamp: str, secret: str = SECRET) -> dict[str, str]:
    signed = b"v0:" + timestamp.encode() + b":" + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def member(user: str, name: str, **changes: object) -> dict:
    """What users.info says of a full member."""
    return {
        "id": user,
        "team_id": TEAM,
        "name": name.split()[0].lower(),
        "real_name": name,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": False,
        "deleted": False,
        "locale": "fr-CA",
        "profile": {"display_name": name, "real_name": name},
    } | changes


def error(status: int, code: str = "", retry_after: float | None = None) -> web.Response:
    """A response for `fail`."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    body = {"ok": False, "error": code or "internal_error"}
    return web.json_response(body, status=status, headers=headers)
