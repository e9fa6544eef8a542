"""Teams as the bot sees it: a connector stand-in over HTTP, signing keys, activities."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import jwt
import requests
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

HERE = Path(__file__).parent
APP = "11111111-2222-4333-8444-555555555555"
TENANT = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
ELSEWHERE = "99999999-9999-4999-8999-999999999999"
PERSON = "0b0b0b0b-1c1c-4d2d-8e3e-4f4f4f4f4f4f"
ISSUER = "https://api.botframework.com"
TOKEN = "jeton-du-robot"
LIMIT = 28 * 1024
CARD = "application/vnd.microsoft.card.adaptive"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwk(key: rsa.RSAPrivateKey, name: str) -> dict[str, Any]:
    """The public half as Microsoft publishes it."""
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return public | {"kid": name, "use": "sig", "endorsements": ["msteams", "skype"]}


def member(**changes: object) -> dict[str, Any]:
    """What Teams says of a colleague."""
    return {
        "id": "29:jeanne",
        "name": "Jeanne",
        "aadObjectId": PERSON,
        "tenantId": TENANT,
        "userRole": "user",
        "userPrincipalName": "jeanne@organisme.example",
        "email": "jeanne@organisme.example",
    } | changes


@cache
def card_validator() -> Callable[[object], list[str]]:
    """Checks a card against the official schema; the faults, each with its place."""
    schema = json.loads((HERE / "adaptive-card-1.5.schema.json").read_text(encoding="utf8"))
    validator = jsonschema.Draft6Validator(schema)

    def faults(card: dict[str, object]) -> list[str]:
        return [deepest(error) for error in validator.iter_errors(card)]

    def depth(error: object) -> tuple[int, bool]:
        return len(error.absolute_path), error.validator != "enum"

    def deepest(error: object) -> str:
        while error.context:
            error = max(error.context, key=depth)
        return f"{'/'.join(map(str, error.absolute_path))}: {error.message}"[:300]

    return faults


@dataclass
class Call:
    """One call that the bot made."""

    method: str
    conversation: str
    message: str
    body: dict[str, Any]


@dataclass
class StandIn:
    """The Bot Connector, Microsoft's key server and a OneDrive, on one port of this machine.

    What breaks the connector's rules (a token, a shape, a size) is noted in `faults`.
    """

    calls: list[Call] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    answers: deque[tuple[int, dict[str, str], object]] = field(default_factory=deque)
    people: dict[str, dict[str, Any]] = field(default_factory=lambda: {"29:jeanne": member()})
    rooms: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    uploads: list[bytes] = field(default_factory=list)
    keys_read: int = 0
    token: str = TOKEN
    validate: Any = None
    url: str = ""

    def application(self) -> web.Application:
        made = web.Application(client_max_size=8 * 1024 * 1024)
        here = "/v3/conversations/{conversation}"
        made.add_routes(
            [
                web.get("/metadata", self.metadata),
                web.get("/keys", self.keys),
                web.post(here + "/activities", self.activity),
                web.put(here + "/activities/{message}", self.activity),
                web.delete(here + "/activities/{message}", self.activity),
                web.get(here + "/members/{user}", self.member),
                web.get(here + "/pagedmembers", self.members),
                web.put("/upload", self.upload),
            ]
        )
        return made

    async def metadata(self, request: web.Request) -> web.Response:
        return web.json_response({"jwks_uri": f"{self.url}/keys"})

    async def keys(self, request: web.Request) -> web.Response:
        self.keys_read += 1
        return web.json_response({"keys": [jwk(KEY, "essai")]})

    def authorized(self, request: web.Request) -> None:
        expected = f"Bearer {self.token}" if self.token else None
        if request.headers.get("Authorization") != expected:
            self.faults.append(f"authorization: {request.headers.get('Authorization')}")

    async def activity(self, request: web.Request) -> web.Response:
        self.authorized(request)
        raw = await request.text()
        body = json.loads(raw) if raw else {}
        if request.method != "DELETE":
            self.check(body, raw)
        names = {name: unquote(value) for name, value in request.match_info.items()}
        if self.answers:
            status, headers, said = self.answers.popleft()
            return web.json_response(said, status=status, headers=headers)
        call = Call(request.method, names["conversation"], names.get("message", ""), body)
        self.calls.append(call)
        return web.json_response({"id": call.message or f"m{len(self.calls)}"})

    def check(self, body: dict[str, Any], raw: str) -> None:
        if body.get("type") not in ("message", "typing"):
            self.faults.append(f"type {body.get('type')}")
        size = len(raw.encode("utf-16-le"))
        if size > LIMIT:
            self.faults.append(f"{size} bytes")
        if "conversation" not in body:
            self.faults.append("no conversation")
        for attachment in body.get("attachments", []):
            if attachment["contentType"] == CARD and self.validate is not None:
                self.faults += self.validate(attachment["content"])

    async def member(self, request: web.Request) -> web.Response:
        self.authorized(request)
        found = self.people.get(unquote(request.match_info["user"]))
        if found is None:
            return web.json_response({"error": {"code": "MemberNotFound"}}, status=404)
        return web.json_response(found)

    async def members(self, request: web.Request) -> web.Response:
        self.authorized(request)
        room = unquote(request.match_info["conversation"])
        if room not in self.rooms:
            return web.json_response({"error": {"code": "Forbidden"}}, status=403)
        return web.json_response({"members": self.rooms[room]})

    async def upload(self, request: web.Request) -> web.Response:
        if "Authorization" in request.headers:
            self.faults.append("a token went to OneDrive")
        self.uploads.append(await request.read())
        return web.Response(status=201)

    # What the bot said

    def messages(self, method: str = "POST") -> list[dict[str, Any]]:
        """The activities it sent, without « … »."""
        return [
            call.body
            for call in self.calls
            if call.method == method and call.body.get("type") != "typing"
        ]

    def cards(self) -> list[dict[str, Any]]:
        """The cards it sent, in order."""
        return [a["content"] for m in self.messages() for a in m["attachments"]]

    def text(self) -> str:
        """Everything that is read on the cards it sent."""
        return "\n".join(texts(card) for card in self.cards())

    def wait(self, count: int, seconds: float = 15.0) -> None:
        """Until it has sent that many messages."""
        end = time.monotonic() + seconds
        while len(self.messages()) < count:
            assert time.monotonic() < end, f"{len(self.messages())} messages of {count}"
            time.sleep(0.005)


def walk(node: object):
    """Every object of a card."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from walk(value)
    elif isinstance(node, list):
        for value in node:
            yield from walk(value)


def texts(card: object) -> str:
    """What is read on a card, a line a paragraph."""
    made = []
    for node in walk(card):
        if node.get("type") == "RichTextBlock":
            made.append("".join(run["text"] for run in node["inlines"]))
        elif node.get("type") == "TextBlock":
            made.append(node["text"])
    return "\n".join(made)


def presses(card: object) -> dict[str, dict[str, Any]]:
    """The data of the card's buttons by title."""
    return {
        node["title"]: node["data"] for node in walk(card) if node.get("type") == "Action.Submit"
    }


class Served:
    """Serves an application from a thread while the block runs; gives its address."""

    def __init__(self, application: web.Application) -> None:
        self.application = application
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)

    def __enter__(self) -> str:
        self.thread.start()
        return asyncio.run_coroutine_threadsafe(self.start(), self.loop).result(10)

    async def start(self) -> str:
        self.runner = web.AppRunner(self.application, access_log=None, shutdown_timeout=0.2)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}"

    def __exit__(self, *error: object) -> None:
        asyncio.run_coroutine_threadsafe(self.runner.cleanup(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


@dataclass
class Teams:
    """A person and a service that sends activities to the bot's endpoint."""

    endpoint: str
    service: str
    anonymous: bool = False
    count: int = 0

    def token(self, key: rsa.RSAPrivateKey = KEY, kid: str = "essai", **changes: object) -> str:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": APP,
            "serviceurl": self.service,
            "iat": now - 10,
            "nbf": now - 10,
            "exp": now + 600,
        }
        claims = {k: v for k, v in (claims | changes).items() if v is not None}
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})

    def activity(self, **changes: object) -> dict[str, Any]:
        """A message in personal chat."""
        self.count += 1
        return {
            "type": "message",
            "id": f"{self.count}",
            "timestamp": "2026-11-24T04:00:00Z",
            "channelId": "msteams",
            "serviceUrl": self.service,
            "from": {"id": "29:jeanne", "name": "Jeanne", "aadObjectId": PERSON},
            "recipient": {"id": f"28:{APP}", "name": "Catalogue"},
            "conversation": {
                "id": "a:personnel",
                "conversationType": "personal",
                "tenantId": TENANT,
            },
            "channelData": {"tenant": {"id": TENANT}},
            "locale": "fr-CA",
            "text": "délai de livraison?",
            "textFormat": "plain",
        } | changes

    def in_channel(self, text: str, *, mention: bool = True, **changes: object) -> dict[str, Any]:
        """A message in a channel, in the reply chain of message 77."""
        told = f"<at>Catalogue</at> {text}" if mention else text
        bot = {"id": f"28:{APP}", "name": "Catalogue"}
        entity = {"type": "mention", "text": "<at>Catalogue</at>", "mentioned": bot}
        return self.activity(
            text=told,
            entities=[entity] if mention else [],
            conversation={
                "id": "19:salon@thread.tacv2;messageid=77",
                "conversationType": "channel",
                "tenantId": TENANT,
            },
            channelData={
                "tenant": {"id": TENANT},
                "team": {"id": "19:equipe@thread.tacv2", "name": "Équipe"},
                "channel": {"id": "19:salon@thread.tacv2"},
            },
            **changes,
        )

    def post(self, activity: object, header: str | None = None) -> requests.Response:
        """Sends an activity; `header` replaces the token's, empty for none."""
        headers = {"Content-Type": "application/json"}
        if header is None and not self.anonymous:
            header = f"Bearer {self.token()}"
        if header:
            headers["Authorization"] = header
        data = activity if isinstance(activity, bytes) else json.dumps(activity).encode()
        return requests.post(self.endpoint, data=data, headers=headers, timeout=15)

    def say(self, text: str, **changes: object) -> requests.Response:
        """Says something in personal chat."""
        return self.post(self.activity(text=text, **changes))

    def press(self, data: object, **changes: object) -> requests.Response:
        """Presses a button with this data, on the message `m1` where nothing else is said."""
        changes.setdefault("replyToId", "m1")
        return self.post(self.activity(text=None, value=data, **changes))
