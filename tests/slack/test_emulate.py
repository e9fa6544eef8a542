"""The assistant's calls against a Slack that nobody here wrote: the npm package `emulate`.

Skipped, by name, where there is none: `npm install emulate@0.12.2` (Node 22.15 or later), then put
its command on the path, or name it in the variable EMULATE.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator

import pytest

from handlers.access import Access
from handlers.conversation import Address, File, Reply, Text
from handlers.people import Organisation, People, Places
from handlers.router import ROUTES, Route, Router
from knowledge.phrases import say
from tests.slack.blocks_check import shown
from tests.slack.stand_in import SECRET, StandIn
from tests.slack.world import World, buttons, slack_services

COMMAND = shlex.split(os.environ.get("EMULATE", "")) or (
    ["emulate"] if shutil.which("emulate") else []
)
pytestmark = pytest.mark.skipif(not COMMAND, reason="emulate (npm) is not installed")

BOT, TOKEN = "U0BOT", "xoxb-emulate"
TEAM, EVE, GENERAL = "T000000001", "U000000001", "C000000001"
SEED = {
    "slack": {
        "oauth_apps": [
            {
                "client_id": "1.2",
                "client_secret": "s",
                "app_id": "A1",
                "name": "Catalogue",
                "redirect_uris": [],
                "bot_id": "B0BOT",
                "bot_user_id": BOT,
                "bot_name": "catalogue",
            }
        ],
        "tokens": [
            {"token": TOKEN, "type": "bot", "user_id": BOT, "bot_id": "B0BOT", "bot_user_id": BOT},
            {"token": "xoxp-eve", "type": "user", "user_id": EVE},
        ],
    }
}


class Emulate:
    """The emulator's process and calls to it."""

    def __init__(self, folder) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        seed = folder / "seed.json"
        seed.write_text(json.dumps(SEED))
        self.process = subprocess.Popen(
            [
                *COMMAND,
                "start",
                "--service",
                "slack",
                "--port",
                str(self.port),
                "--seed",
                str(seed),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.url = f"http://127.0.0.1:{self.port}/api/"
        for _ in range(100):
            try:
                self.call("auth.test")
                return
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise AssertionError("emulate does not start: does its Node have 22.15 or later?")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def call(self, method: str, token: str = "xoxp-eve", **arguments: object) -> dict:
        request = urllib.request.Request(
            self.url + method,
            json.dumps(arguments).encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=5) as response:
            return dict(json.loads(response.read()))


@pytest.fixture
def emulate(tmp_path) -> Iterator[Emulate]:
    found = Emulate(tmp_path)
    yield found
    found.stop()


@pytest.fixture
def world(slack: StandIn, emulate: Emulate, tmp_path) -> Iterator[World]:
    """The stand-in only delivers the events; every call of the assistant's goes to emulate."""
    people = People(
        organisations=(Organisation(id="o", name="O", workspaces=Places(slack=(TEAM,))),)
    )
    made = World(
        slack,
        tmp_path,
        slack_services(access=Access({}, lambda: people)),
        bot_token=TOKEN,
        app_token="",
        signing_secret=SECRET,
        trusted_team=TEAM,
        api_url=emulate.url,
    )
    file = File(name="fiche.pdf", media_type="application/pdf", content=b"%PDF", text="Voici.")
    route = Route("file", lambda i: i.text == "fichier", lambda i, s: Reply(parts=(file,)))
    made.start(Router(made.services, (route, *ROUTES)))
    yield made
    made.stop()


def say_there(emulate: Emulate, world: World, text: str, channel: str, **more: str) -> dict:
    """A person writes in emulate, and Slack would tell the assistant of it."""
    sent = emulate.call("chat.postMessage", channel=channel, text=text, **more)
    event = sent["message"] | {
        "type": "message",
        "user": EVE,
        "text": text,
        "channel": sent["channel"],
        "ts": sent["ts"],
        "channel_type": "channel" if channel.startswith("C") else "im",
    }
    world.event(event | more, team_id=TEAM, authorizations=[{"team_id": TEAM}])
    return dict(event)


def replies(emulate: Emulate, channel: str, ts: str, count: int) -> list[dict]:
    for _ in range(100):
        found = emulate.call("conversations.replies", channel=channel, ts=ts)["messages"]
        if len(found) >= count:
            return [m for m in found if m["user"] == BOT]
        time.sleep(0.05)
    raise AssertionError("no answer")


def test_an_answer_in_a_thread_a_file_and_the_sender(emulate: Emulate, world: World):
    emulate.call("conversations.join", TOKEN, channel=GENERAL)
    asked = say_there(emulate, world, f"<@{BOT}> délai de livraison?", GENERAL)
    (answer,) = replies(emulate, GENERAL, asked["ts"], 2)
    assert "Texte du passage 1." in "\n".join(shown(answer["blocks"]))
    assert world.services.knowledge.asked[-1][1]["audience"] == "client"
    assert say("slack.useful") in buttons(answer)

    say_there(emulate, world, "fichier", GENERAL, thread_ts=asked["ts"])
    for _ in range(100):
        files = emulate.call("files.list", channel=GENERAL)["files"]
        if files:
            break
        time.sleep(0.05)
    assert files[0]["name"] == "fiche.pdf"

    address = Address(channel="slack", conversation=f"{TEAM}:{GENERAL}:")
    sender = world.service.sender
    ts = sender.send(address, Reply(parts=(Text(text="Avis"),)), key="notice:1")
    assert sender.find(address, "notice:1") == ts
    sender.edit(address, ts, Reply(parts=(Text(text="Corrigé"),)))
    held = emulate.call("conversations.history", channel=GENERAL)["messages"]
    assert next(m for m in held if m["ts"] == ts)["text"] == "Corrigé"
    sender.recall(address, ts)
    held = emulate.call("conversations.history", channel=GENERAL)["messages"]
    assert ts not in [m["ts"] for m in held]
    to_eve = Address(channel="slack", conversation=f"{TEAM}:{EVE}:")
    assert sender.send(to_eve, Reply(parts=(Text(text="Bonjour"),)), key="notice:2")


def test_the_home_tab_and_a_modal(emulate: Emulate, world: World):
    home = {"type": "app_home_opened", "user": EVE, "tab": "home"}
    world.event(home, team_id=TEAM, authorizations=[{"team_id": TEAM}])
    trigger = emulate.call("views.generateTriggerId", TOKEN, user_id=EVE)
    assert trigger["ok"], trigger
    world.command("admissibilité", user_id=EVE, team_id=TEAM, trigger_id=trigger["trigger_id"])
    page = ""
    for _ in range(100):
        request = f"http://127.0.0.1:{emulate.port}/?tab=views"
        with urllib.request.urlopen(request, timeout=5) as response:
            page = response.read().decode()
        if "modal" in page and "home" in page:
            break
        time.sleep(0.05)
    assert "modal" in page and "home" in page
