"""The console: lines typed, lines read."""

from __future__ import annotations

from pathlib import Path

from bot.bootstrap import App
from bot.channels.console import Console
from bot.channels.console_view import View, letters
from tests.conformance.drivers import Shown


class ConsoleDriver:
    """Types what a person types at `catalogue-bot chat`."""

    name = "console"

    def __init__(self, app: App, folder: Path) -> None:
        self.lines: list[str] = []
        self.folder = folder
        self.console = Console(app.router, View(width=10_000), self.lines.append, folder=folder)

    def type(self, *lines: str) -> Shown:
        self.lines.clear()
        before = set(self.folder.iterdir())
        for line in lines:
            self.console.hear(line)
        form = self.console.asking.form if self.console.asking else None
        others = [button.label for button in form.others] if form else []
        return Shown(
            text="\n".join(self.lines),
            buttons=[button.label for button in self.console.buttons] + others,
            files=sorted(path.name for path in set(self.folder.iterdir()) - before),
            filling=form is not None,
        )

    def say(self, text: str) -> Shown:
        return self.type(text)

    def press(self, label: str) -> Shown:
        form = self.console.asking.form if self.console.asking else None
        labels = [button.label for button in self.console.buttons]
        if label in labels:
            return self.type(letters(labels.index(label)))
        assert form is not None, label
        return self.type("/" + letters([button.label for button in form.others].index(label)))

    def fill(self, values: dict[str, str]) -> Shown:
        assert self.console.asking is not None
        typed = []
        for asked in self.console.asking.fields:
            value = values.get(asked.name, "")
            if asked.kind == "choices":
                places = [str([c.value for c in asked.choices].index(v) + 1) for v in value.split()]
                typed.append(" ".join(places))
            elif asked.kind == "long_text":
                typed += [value, "."] if value else [""]
            else:
                typed.append("oui" if (asked.kind, value) == ("confirm", "yes") else value)
        return self.type(*typed)

    def judge(self, verdict: str, reason: str = "") -> Shown:
        shown = self.type("+" if verdict == "yes" else "-")
        return self.press(reason) if reason else shown

    def read(self) -> Shown:
        return self.type("/document 1")

    def close(self) -> None:
        pass
