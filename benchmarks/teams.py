"""Teams: activity in → reply out, and a burst. The bot is a process of its own, with its real
engine and the SDK's check of real tokens; Teams is stood in for by this process.

    python -m benchmarks.teams [--index DIR] [--seconds N] [--burst N] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
import uuid
from collections import defaultdict, deque
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import jwt
import numpy as np
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa

from benchmarks._report import Row, machine, table

APP = "11111111-2222-4333-8444-555555555555"
ISSUER = "https://api.botframework.com"
TENANTS = [str(uuid.UUID(int=number + 1)) for number in range(20)]
PEOPLE = 400  # conversations that take turns; Teams bounds each of them, and each tenant
QUESTIONS = (
    "Quelle est la durée maximale d’un contrat spécifique?",
    "Qui a le droit d’acheter dans le Catalogue?",
    "Faut-il une autorisation si l’offre choisie n’est pas la moins chère?",
    "Quelle est l’adresse courriel du Courtier?",
    "Comment préparer la rencontre de démarrage?",
    "Qu’est-ce qu’un avenant?",
    "Quelle est la capitale du Portugal?",
)
LATEST = 120.0  # seconds until an answer counts as lost


class StandIn:
    """The connector and the key server; tells when each conversation was answered."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.waiting: dict[str, deque[asyncio.Future[float]]] = defaultdict(deque)
        self.url = ""

    def application(self) -> web.Application:
        """The stand-in's site."""
        made = web.Application()
        here = "/v3/conversations/{conversation}"
        made.add_routes(
            [
                web.get("/metadata", self.metadata),
                web.get("/keys", self.keys),
                web.get(here + "/members/{user}", self.member),
                web.post(here + "/activities", self.activity),
            ]
        )
        return made

    async def metadata(self, request: web.Request) -> web.Response:
        """Where the keys are."""
        return web.json_response({"jwks_uri": f"{self.url}/keys"})

    async def keys(self, request: web.Request) -> web.Response:
        """The key that signs."""
        public: dict[str, Any] = json.loads(
            jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key())
        )
        return web.json_response({"keys": [public | {"kid": "k", "endorsements": ["msteams"]}]})

    async def member(self, request: web.Request) -> web.Response:
        """A colleague, of the tenant that his name tells."""
        number = int(request.match_info["user"].rpartition(":")[2])
        tenant = TENANTS[number % len(TENANTS)]
        return web.json_response({"tenantId": tenant, "userRole": "user"})

    async def activity(self, request: web.Request) -> web.Response:
        """What the bot says: « … » doesn't count as an answer."""
        body = await request.json()
        waiting = self.waiting[request.match_info["conversation"]]
        if body["type"] == "message" and waiting:
            waiting.popleft().set_result(time.perf_counter())
        return web.json_response({"id": uuid.uuid4().hex})

    def token(self) -> str:
        """A token of the Bot Framework's."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": APP,
            "serviceurl": self.url,
            "nbf": now - 60,
            "exp": now + 3600,
        }
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "k"})


class Load:
    """Sends activities, and measures until their answers."""

    def __init__(self, stand_in: StandIn, endpoint: str, session: aiohttp.ClientSession) -> None:
        self.stand_in = stand_in
        self.endpoint = endpoint
        self.session = session
        self.header = {"Authorization": f"Bearer {stand_in.token()}"}
        self.count = 0

    async def ask(self, person: int, tenants: int = len(TENANTS)) -> float | None:
        """Seconds from the activity to the answer; None where it is lost."""
        self.count += 1
        room = f"a:{person}"
        tenant = TENANTS[person % tenants]
        activity = {
            "type": "message",
            "id": str(self.count),
            "channelId": "msteams",
            "serviceUrl": self.stand_in.url,
            "from": {"id": f"29:{person % tenants}", "name": "P", "aadObjectId": str(person)},
            "recipient": {"id": f"28:{APP}"},
            "conversation": {"id": room, "conversationType": "personal", "tenantId": tenant},
            "channelData": {"tenant": {"id": tenant}},
            "text": QUESTIONS[self.count % len(QUESTIONS)],
        }
        answered = asyncio.get_running_loop().create_future()
        self.stand_in.waiting[room].append(answered)
        start = time.perf_counter()
        async with self.session.post(self.endpoint, json=activity, headers=self.header) as said:
            if said.status >= 300:
                return None
        try:
            return float(await asyncio.wait_for(answered, LATEST)) - start
        except TimeoutError:
            return None

    async def steady(self, rate: float, seconds: float) -> list[float | None]:
        """So many a second, whatever becomes of the ones before."""
        tasks = []
        start = time.perf_counter()
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, start + number / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(self.ask(number % PEOPLE)))
        return await asyncio.gather(*tasks)

    async def burst(self, count: int, tenants: int) -> tuple[float, list[float | None]]:
        """All at once, from as many people; (seconds until the last answer, each one's)."""
        start = time.perf_counter()
        each = await asyncio.gather(*(self.ask(10_000 + n, tenants) for n in range(count)))
        return time.perf_counter() - start, each


def rows(part: str, times: list[float | None]) -> list[Row]:
    """p50, p99 and how many were lost."""
    good = np.array([value for value in times if value is not None])
    lost = Row(part, "lost", float(len(times) - len(good)), "", aim="0")
    if not len(good):
        return [lost]
    found = [
        Row(part, f"{name} of {len(times)}", float(np.quantile(good, share)) * 1000, "ms")
        for name, share in (("p50", 0.5), ("p99", 0.99))
    ]
    return [*found, lost]


async def measure(args: argparse.Namespace) -> list[Row]:
    """Starts both sides, runs the load."""
    stand_in = StandIn()
    runner = web.AppRunner(stand_in.application(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    stand_in.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.teams", "--serve", stand_in.url),
        *("--index", str(args.index)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    try:
        endpoint = (await asyncio.wait_for(child.stdout.readline(), 300)).decode().strip()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            load = Load(stand_in, endpoint, session)
            await load.steady(20, 3)  # not counted: everybody is known, everything is loaded
            made = rows("1 a second", await load.steady(1, args.seconds))
            made += rows("50 a second", await load.steady(50, args.seconds))
            for tenants in (len(TENANTS), 1):
                part = f"burst of {args.burst}, {tenants} tenant(s)"
                seconds, each = await load.burst(args.burst, tenants)
                made += [Row(part, "until the last answer", seconds, "s"), *rows(part, each)]
        return made
    finally:
        child.terminate()
        await child.wait()
        await runner.cleanup()


def serve(index: Path, service: str) -> None:
    """The bot, until its input ends or it is told to stop."""
    from bot.bootstrap import build_app, prepare_process
    from bot.channels.teams import TeamsChannel
    from bot.channels.teams_auth import Gate
    from bot.channels.teams_connector import Connector
    from bot.channels.teams_options import TeamsOptions
    from bot.config import Settings

    with TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(
            home=home, index=index, database=home / "base.sqlite", people=home / "people.yaml"
        )
        names = "".join(
            f"  o{n}:\n    name: O{n}\n    teams: ['{told}']\n" for n, told in enumerate(TENANTS)
        )
        settings.people.write_text(f"organisations:\n{names}", encoding="utf8")
        prepare_process(settings)
        app = build_app(settings)
        app.engine.warm()
        channel = TeamsChannel(
            app,
            TeamsOptions(app_id=APP, secret="s", tenants=tuple(TENANTS), port=0),
            gate=lambda options: Gate(options, f"{service}/metadata"),
            connector=Connector(lambda: "jeton", trusted=lambda url, anonymous: url == service),
        )
        print(channel.start(), flush=True)
        sys.stdin.read()
        channel.stop()


def main() -> int:
    """Prints the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("var/index"))
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--burst", type=int, default=500)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", metavar="URL", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve(args.index, args.serve)
        return 0
    found = asyncio.run(measure(args))
    if args.json:
        print(json.dumps({"machine": machine(), "rows": [row.as_json() for row in found]}))
    else:
        print(table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
