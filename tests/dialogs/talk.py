"""A conversation in which a dialog is held: says, presses, sends the form on the screen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from handlers.conversation import Actor, Address, Form, Incoming, Part, Reply, Text
from handlers.router import Router
from handlers.services import Services
from tests.assistant_fakes import NOW


@dataclass
class Talk:
    """One person in one conversation; remembers the last reply."""

    services: Services
    person: str = "someone"
    channel: str = "console"
    conversation: str = "c1"
    lang: str = "fr"
    private: bool = True
    reply: Reply = field(default_factory=lambda: Reply(parts=()))

    def __post_init__(self) -> None:
        self.router = Router(self.services)

    def _send(self, **what: Any) -> Talk:
        incoming = Incoming(
            actor=Actor(id=self.person, channel=self.channel, name=self.person, lang=self.lang),
            address=Address(
                channel=self.channel, conversation=self.conversation, private=self.private
            ),
            **what,
        )
        self.reply = self.router.reply(incoming)
        return self

    def say(self, *texts: str) -> Talk:
        """Types one message after the other."""
        for text in texts:
            self._send(text=text)
        return self

    def press(self, action: str, **values: str) -> Talk:
        """Presses a button, with the values of a form."""
        return self._send(pressed=action, values=values)

    def fill(self, **values: str) -> Talk:
        """Sends the form on the screen."""
        return self.press(self.form.submit.action, **values)

    def button(self, label: str) -> Talk:
        """Presses the button of that label, wherever it is on the screen."""
        return self.press(self.buttons[label])

    @property
    def buttons(self) -> dict[str, str]:
        """Label → action of all buttons on the screen."""
        found = {}
        for part in self.reply.parts:
            shown = (*part.others, part.submit) if isinstance(part, Form) else ()
            for button in (*shown, *getattr(part, "buttons", ())):
                found[button.label] = button.action
        return found

    @property
    def form(self) -> Form:
        """The form on the screen."""
        return next(part for part in self.reply.parts if isinstance(part, Form))

    @property
    def kinds(self) -> list[str]:
        """The kinds of the reply's parts."""
        return [type(part).__name__ for part in self.reply.parts]

    @property
    def texts(self) -> str:
        """All texts of the reply."""
        return "\n".join(part.text for part in self.reply.parts if isinstance(part, Text))

    def part(self, kind: type[Part]) -> Any:
        """The first part of a kind."""
        return next(part for part in self.reply.parts if isinstance(part, kind))

    def later(self, **much: int) -> Talk:
        """The same conversation some time later."""
        at = NOW + timedelta(**much)
        return replace(self, services=replace(self.services, clock=lambda: at), reply=self.reply)
