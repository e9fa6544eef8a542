"""Slack: events, presses and submissions over signed HTTP, answers at the stand-in."""

from __future__ import annotations

from pathlib import Path

from bot.bootstrap import App
from knowledge.phrases import say
from tests.conformance.drivers import Shown
from tests.slack.stand_in import SECRET, StandIn
from tests.slack.world import World, buttons, words

SHOWING = ("chat.postMessage", "chat.update", "chat.postEphemeral", "response_url", "views.open")
CHANNEL = "D1"


class SlackDriver:
    """One person in his direct conversation with the assistant."""

    name = "slack"

    def __init__(self, app: App, folder: Path) -> None:
        self.slack = StandIn().start()
        self.world = World(self.slack, folder, app_token="", signing_secret=SECRET)
        self.world.start(app.router)
        self.found: dict[str, tuple[dict, dict | None]] = {}  # label → (button, message or view)
        self.view: dict | None = None

    def settled(self, before: int, ack: dict | None = None) -> Shown:
        """What is shown once the assistant has nothing more to do."""
        service = self.world.service
        assert service is not None
        self.slack.wait(lambda: ack or len(self.slack.calls) > before)
        self.slack.wait(lambda: not service.desk.tasks, 10)
        surfaces: list[tuple[dict, dict | None]] = []
        for name, given in self.slack.calls[before:]:
            if name in SHOWING or name == "views.update":
                surface = given.get("view") or given
                owner = None
                if name in ("chat.postMessage", "chat.update"):
                    owner = self.message_of(given)
                surfaces.append((surface, owner))
        view = (ack or {}).get("view")
        if view and self.view:
            self.view = self.slack.put_view(self.view["id"], view)
            surfaces.append((self.view, None))
        opened = [g for n, g in self.slack.calls[before:] if n in ("views.open", "views.update")]
        if opened:
            self.view = list(self.slack.views.values())[-1]
        self.found = {
            label: (button, owner)
            for surface, owner in surfaces
            for label, button in buttons(surface).items()
        }
        told = "\n".join(words(surface) for surface, _ in surfaces)
        told += "\n".join((ack or {}).get("errors", {}).values())
        files = [g for n, g in self.slack.calls[before:] if n == "files.completeUploadExternal"]
        inputs = any(b["type"] == "input" for s, _ in surfaces for b in s.get("blocks", ()))
        return Shown(
            text=told,
            buttons=list(self.found),
            files=[file["title"] for given in files for file in given["files"]],
            filling=inputs or say("slack.fill") in self.found or self.choosing(),
        )

    def message_of(self, given: dict) -> dict:
        held = self.slack.sent(CHANNEL)
        return next(m for m in reversed(held) if m.get("blocks") == given.get("blocks"))

    def choosing(self) -> bool:
        return any('"v"' in button["value"] for button, _ in self.found.values())

    def say(self, text: str) -> Shown:
        self.view = None
        before = len(self.slack.calls)
        self.world.say(text, CHANNEL)
        return self.settled(before)

    def press(self, label: str) -> Shown:
        before = len(self.slack.calls)
        button, message = self.found[label]
        if message is None and self.view is not None:
            self.world.press_in_view(button, self.view)
        else:
            self.world.press(button, message)
        return self.settled(before)

    def fill(self, values: dict[str, str]) -> Shown:
        for label, (button, _) in self.found.items():  # one choice: a button each
            if '"v"' in button["value"] and all(
                f'"{v}"' in button["value"] for v in values.values()
            ):
                return self.press(label)
        if say("slack.fill") in self.found:
            self.press(say("slack.fill"))
        assert self.view is not None
        typed: dict[str, object] = {}
        for block in self.view["blocks"]:
            name = block.get("block_id", "").rpartition(":")[0]
            if block["type"] == "input":
                value = values.get(name, block["element"].get("initial_value"))
                many = block["element"]["type"] in ("checkboxes", "multi_static_select")
                typed[name] = (value or "").split("\n") if many else value
        before = len(self.slack.calls)
        return self.settled(before, self.world.submit(self.view, typed) or {"closed": True})

    def judge(self, verdict: str, reason: str = "") -> Shown:
        shown = self.press(say("slack.useful" if verdict == "yes" else "slack.useless"))
        if not reason:
            return shown
        assert self.view is not None
        options = self.view["blocks"][1]["element"]["options"]
        chosen = next(o["value"] for o in options if o["text"]["text"] == reason)
        before = len(self.slack.calls)
        return self.settled(
            before, self.world.submit(self.view, {"reason": chosen}) or {"closed": True}
        )

    def read(self) -> Shown:
        label = next(
            name for name in (say("slack.document"), say("slack.more")) if name in self.found
        )
        return self.press(label)

    def close(self) -> None:
        self.world.stop()
        self.slack.stop()
        assert not self.slack.broken, self.slack.broken
