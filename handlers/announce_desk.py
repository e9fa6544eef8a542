"""What every verb of announcements works with."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.conversation import Button, Buttons, Incoming, Reply, Text
from handlers.ports_announcements import Phase
from handlers.ports_mail import Mailroom
from handlers.services import Services
from knowledge.phrases import say

LIST = "announce:list"
OPEN: tuple[Phase, ...] = ("draft",)
OUT: tuple[Phase, ...] = ("filling", "sent")


@dataclass(frozen=True)
class Desk:
    """What a verb works with: who presses, on what."""

    incoming: Incoming
    services: Services
    mail: Mailroom
    lang: str
    subject: str

    def told(self, key: str, tone: str = "error", **values: object) -> Reply:
        """A sentence, with the way back to the list."""
        text = Text.model_validate({"text": say(key, self.lang, **values), "tone": tone})
        back = Button(label=say("announce.button.list", self.lang), action=LIST)
        return Reply(parts=(text, Buttons(buttons=(back,))))
