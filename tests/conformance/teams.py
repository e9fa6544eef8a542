"""Teams: signed activities over HTTP, answers at the stand-in for the connector."""

from __future__ import annotations

from pathlib import Path

from bot.bootstrap import App
from bot.channels.teams import TeamsChannel
from bot.channels.teams_auth import Gate
from bot.channels.teams_connector import Connector
from bot.channels.teams_options import TeamsOptions
from knowledge.phrases import say
from tests.conformance.drivers import Shown
from tests.teams.teams_world import (
    APP,
    TENANT,
    Served,
    StandIn,
    Teams,
    card_validator,
    presses,
    texts,
    walk,
)


class TeamsDriver:
    """One person in his personal chat with the assistant."""

    name = "teams"

    def __init__(self, app: App, folder: Path) -> None:
        self.stand_in = StandIn(validate=card_validator())
        self.served = Served(self.stand_in.application())
        url = self.stand_in.url = self.served.__enter__()
        self.channel = TeamsChannel(
            app,
            TeamsOptions(app_id=APP, secret="secret", tenants=(TENANT,), port=0),
            gate=lambda options: Gate(options, f"{url}/metadata"),
            connector=Connector(lambda: self.stand_in.token, trusted=lambda u, anonymous: u == url),
        )
        self.teams = Teams(self.channel.start(), url)
        self.shown: list[tuple[str, dict]] = []  # (message, card) of the last reply

    def settled(self, before: int) -> Shown:
        """What came since: new messages, and those put in the place of others."""
        calls = [call for call in self.stand_in.calls[before:] if call.method != "DELETE"]
        numbers = {id(call): n for n, call in enumerate(self.stand_in.calls, 1)}
        said = [call for call in calls if call.body.get("type") == "message"]
        self.shown = [
            (call.message or f"m{numbers[id(call)]}", attachment["content"])
            for call in said
            for attachment in call.body["attachments"]
        ]
        offered = [a for call in said for a in call.body["attachments"] if "name" in a]
        inputs = [n for _, card in self.shown for n in walk(card) if self.is_field(n)]
        words = [texts(card) for _, card in self.shown]
        words += [str(n.get("label", "")) for n in inputs]
        return Shown(
            text="\n".join(words),
            buttons=[label for _, card in self.shown for label in self.labels(card)],
            files=[attachment["name"] for attachment in offered],
            filling=bool(inputs),
        )

    @staticmethod
    def is_field(node: dict) -> bool:
        """Whether it is an input of a form, and not of the feedback."""
        kind, name = str(node.get("type", "")), node.get("id")
        return kind.startswith("Input.") and name not in ("f_reason", "f_comment")

    @staticmethod
    def labels(card: dict) -> dict[str, dict]:
        """The buttons of a card, those that are a whole line of text included."""
        found = presses(card)
        for node in walk(card):
            if "selectAction" in node:
                found[node["selectAction"]["title"]] = node["selectAction"]["data"]
        return found

    def send(self, data: dict, message: str) -> Shown:
        before = len(self.stand_in.calls)
        assert self.teams.press(data, replyToId=message).status_code == 202
        return self.settled(before)

    def say(self, text: str) -> Shown:
        before = len(self.stand_in.calls)
        assert self.teams.say(text).status_code == 202
        return self.settled(before)

    def press(self, label: str) -> Shown:
        for message, card in self.shown:
            if label in self.labels(card):
                return self.send(self.labels(card)[label], message)
        raise AssertionError(label)

    def fill(self, values: dict[str, str]) -> Shown:
        message, card = next((m, c) for m, c in self.shown if any(map(self.is_field, walk(c))))
        data = next(d for d in presses(card).values() if d["catalogue"].get("sends"))
        typed = {n["id"]: n.get("value", "") for n in walk(card) if self.is_field(n)}
        typed |= {f"f_{name}": value.replace("\n", ",") for name, value in values.items()}
        return self.send(data | typed, message)

    def judge(self, verdict: str, reason: str = "") -> Shown:
        if verdict == "yes":
            return self.press(say("teams.yes"))
        message, card = self.shown[-1]
        reasons = next(n for n in walk(card) if n.get("id") == "f_reason")["choices"]
        chosen = next((c["value"] for c in reasons if c["title"] == reason), "")
        data = presses(card)[say("teams.send_feedback")]
        return self.send(data | {"f_reason": chosen}, message)

    def read(self) -> Shown:
        return self.press(say("teams.open"))

    def close(self) -> None:
        self.channel.stop()
        self.served.__exit__()
        assert not self.stand_in.faults, self.stand_in.faults
