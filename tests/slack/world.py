"""The assistant in front of the stand-in, and what a person does there."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from bot.channels.slack import SlackService
from bot.channels.slack_options import SlackOptions
from bot.stores.events import EventStore
from bot.stores.slack import SlackStore
from handlers.access import Access
from handlers.people import Broker, Organisation, People, Places
from handlers.router import Router
from handlers.services import Services
from tests.assistant_fakes import services
from tests.slack.blocks_check import shown
from tests.slack.stand_in import APP_TOKEN, BOT, BOT_TOKEN, TEAM, StandIn

PEOPLE = People(
    organisations=(
        Organisation(id="mef", name="Ministère d’essai", workspaces=Places(slack=(TEAM,))),
    ),
    broker=Broker(workspaces=Places(slack=(TEAM,)), groups=Places(slack=("S1",))),
)


def slack_services(**changes: object) -> Services:
    """Handlers over fakes, in which the stand-in's workspace belongs to a client."""
    access = Access({}, lambda: PEOPLE)
    return dataclasses.replace(services(), **({"access": access} | changes))


class World:
    """One assistant, one Slack, one person called U1 unless told otherwise."""

    def __init__(
        self, slack: StandIn, folder: Path, given: Services | None = None, **options: object
    ) -> None:
        self.slack = slack
        self.folder = folder
        self.services = given or slack_services()
        self.options = SlackOptions(
            **(
                {
                    "bot_token": BOT_TOKEN,
                    "app_token": APP_TOKEN,
                    "api_url": slack.url,
                    "pace": 0.0,
                    "backoff": 0.01,
                    "ping": 0.5,
                    "port": 0,
                }
                | options
            )
        )
        self.service: SlackService | None = None
        self.number = 0
        self.door: Router | None = None

    def start(self, door: Router | None = None) -> World:
        database = self.folder / "slack.sqlite"
        self.service = SlackService(
            door or Router(self.services), self.options, SlackStore(database), EventStore(database)
        ).start()
        if self.service.port and not self.options.socket_mode:
            self.slack.events_url = f"http://127.0.0.1:{self.service.port}/slack/events"
        return self

    def stop(self) -> None:
        if self.service:
            self.service.stop()
        self.service = None

    # ── what a person does ───────────────────────────────────────────────────

    def event(self, event: dict, *, event_id: str = "", **outer: object) -> str:
        self.number += 1
        payload = {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": "A1",
            "event_id": event_id or f"Ev{self.number}",
            "event": event,
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        }
        return self.slack.deliver("events_api", payload | outer)

    def message(self, text: str, channel: str = "D1", **changes: object) -> dict:
        kind = {"D": "im", "C": "channel", "G": "group"}[channel[0]]
        return {
            "type": "message",
            "user": "U1",
            "text": text,
            "channel": channel,
            "channel_type": kind,
            "ts": self.slack.ts(),
        } | changes

    def say(self, text: str, channel: str = "D1", **changes: object) -> dict:
        event = self.message(text, channel, **changes)
        self.event(event)
        return event

    def ask(self, text: str, channel: str = "D1", **changes: object) -> dict:
        """Says something and returns the answer."""
        before = len(self.slack.sent(channel))
        self.say(text, channel, **changes)
        self.slack.wait(lambda: len(self.slack.sent(channel)) > before)
        return self.slack.sent(channel)[before]

    def press(
        self, button: dict, message: dict | None = None, *, user: str = "U1", **changes: object
    ) -> str:
        self.number += 1
        payload = {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": user, "team_id": TEAM},
            "trigger_id": f"trigger{self.number}",
            "response_url": self.slack.url.replace("/api/", "/response/press"),
            "actions": [dict(button) | {"action_ts": str(self.number)}],
        }
        if message is not None:
            payload["channel"] = {"id": message["channel"]}
            payload["message"] = {k: message[k] for k in ("ts", "thread_ts") if message.get(k)}
            payload["container"] = {
                "type": "message",
                "message_ts": message["ts"],
                "channel_id": message["channel"],
                "is_ephemeral": False,
            }
        return self.slack.deliver("interactive", payload | changes)

    def press_in_view(self, button: dict, view: dict, **changes: object) -> str:
        return self.press(button, view=view, container={"type": "view"}, **changes)

    def submit(self, view: dict, values: dict[str, object], **changes: object) -> dict:
        """Sends a modal; the acknowledgement's payload."""
        state: dict = {}
        for block in view["blocks"]:
            name = block.get("block_id", "").rpartition(":")[0]
            if block["type"] == "input":
                state[block["block_id"]] = {"value": given(block["element"], values.get(name))}
        payload = {
            "type": "view_submission",
            "team": {"id": TEAM},
            "user": {"id": "U1", "team_id": TEAM},
            "view": view | {"state": {"values": state}},
        }
        return self.slack.acks[self.slack.deliver("interactive", payload | changes)]

    def command(self, text: str, channel: str = "C1", **changes: object) -> str:
        self.number += 1
        payload = {
            "command": "/catalogue",
            "text": text,
            "team_id": TEAM,
            "user_id": "U1",
            "channel_id": channel,
            "trigger_id": f"trigger{self.number}",
            "response_url": self.slack.url.replace("/api/", "/response/command"),
        }
        return self.slack.deliver("slash_commands", payload | changes)

    def shortcut(self, message: dict, channel: str = "C1") -> str:
        self.number += 1
        payload = {
            "type": "message_action",
            "callback_id": "ask_catalogue",
            "team": {"id": TEAM},
            "user": {"id": "U1"},
            "channel": {"id": channel},
            "message": message,
            "trigger_id": f"trigger{self.number}",
            "response_url": self.slack.url.replace("/api/", "/response/shortcut"),
        }
        return self.slack.deliver("interactive", payload)


def given(element: dict, value: object) -> dict:
    """An element's state as Slack reports it."""
    kind = element["type"]
    if kind in ("radio_buttons", "static_select"):
        chosen = next((o for o in element["options"] if o["value"] == value), None)
        return {"type": kind, "selected_option": chosen}
    if kind in ("checkboxes", "multi_static_select"):
        wanted = value if isinstance(value, list) else [value]
        return {
            "type": kind,
            "selected_options": [o for o in element["options"] if o["value"] in wanted],
        }
    if kind == "datepicker":
        return {"type": kind, "selected_date": value}
    return {"type": kind, "value": value}


def words(message: dict) -> str:
    """Everything a message or view shows."""
    return "\n".join(shown(message.get("blocks") or []))


def buttons(message: dict) -> dict[str, dict]:
    """The buttons of a message or view by their label."""
    found: dict[str, dict] = {}
    for block in message.get("blocks") or []:
        elements = [*block.get("elements", []), block.get("accessory") or {}]
        for element in elements:
            if element.get("type") == "button":
                found[element["text"]["text"]] = element
    return found
