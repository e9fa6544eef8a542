"""The console channel of `catalogue-bot chat`: lines become Incoming, parts become lines."""

from __future__ import annotations

import shutil
import sys
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from bot.bootstrap import App
from bot.channels.console_view import View
from handlers.conversation import (
    Actor,
    Address,
    AnswerPart,
    Button,
    Buttons,
    Feedback,
    Incoming,
    Reply,
)
from handlers.document import document_action
from handlers.feedback import feedback_action
from handlers.help import HELP_ACTION
from handlers.router import Router
from knowledge.phrases import say

Lang = Literal["fr", "en"]

QUIT = ("/quitter", "/quit", "/exit", "/q")
HELP = ("/aide", "/help", "/?")
LANGUAGES: dict[str, Lang] = {"/fr": "fr", "/en": "en"}
DOCUMENT = ("/document", "/doc")


class Console:
    """One conversation. `say_line` gets one line at a time; what is typed goes to `hear`."""

    def __init__(
        self, router: Router, view: View, say_line: Callable[[str], None], lang: Lang = "fr"
    ) -> None:
        self.router = router
        self.view = view
        self.say_line = say_line
        self.lang: Lang = lang
        # Random: the record must not tell who sat at the terminal.
        self.address = Address(channel="console", conversation=uuid.uuid4().hex)
        self.answer: AnswerPart | None = None
        self.feedback: Feedback | None = None
        self.buttons: tuple[Button, ...] = ()

    def hear(self, line: str) -> bool:
        """Does what was typed; False when the conversation is over."""
        word, _, rest = line.strip().partition(" ")
        command = word.casefold()
        if command in QUIT:
            return False
        if command in HELP:
            self.tell("console.help")
            self.send(pressed=HELP_ACTION)
        elif command in LANGUAGES:
            self.lang = self.view.lang = LANGUAGES[command]
            self.tell("console.welcome")
        elif command in DOCUMENT:
            self.open_document(rest.strip() or "1")
        elif command.startswith("/"):
            self.tell("console.unknown", command=word)
        elif not rest and word.isdecimal() and self.answer and len(word) < 3:
            self.unfold(int(word))
        elif not rest and word in ("+", "-"):
            self.judge("yes" if word == "+" else "no")
        elif not rest and (button := self.lettered(command)):
            if button.say:
                self.send(text=button.say)
            else:
                self.send(pressed=button.action)
        elif line.strip():
            self.send(text=line)
        return True

    def send(self, *, text: str | None = None, pressed: str | None = None) -> None:
        """Passes something on to the assistant and shows the reply."""
        actor = Actor(id="console", channel="console", lang=self.lang)
        incoming = Incoming(actor=actor, address=self.address, text=text, pressed=pressed)
        self.show(self.router.reply(incoming))

    def show(self, reply: Reply) -> None:
        """Writes a reply; remembers what can be unfolded, chosen and judged in it."""
        self.buttons = ()
        for part in reply.parts:
            if isinstance(part, AnswerPart):
                self.answer, self.feedback = part, None
            elif isinstance(part, Feedback):
                self.feedback = part
            elif isinstance(part, Buttons):
                self.buttons = part.buttons
            self.say_line("")
            for line in self.view.part(part):
                self.say_line(line)

    def lettered(self, letter: str) -> Button | None:
        """The button shown with this letter."""
        place = ord(letter) - ord("a") if len(letter) == 1 else -1
        return self.buttons[place] if 0 <= place < len(self.buttons) else None

    def unfold(self, number: int) -> None:
        """Shows the passage behind a citation's number."""
        citations = self.answer.answer.citations if self.answer else ()
        if not 0 < number <= len(citations):
            self.tell("console.no_citation", number=number)
            return
        for line in self.view.passage(number, citations[number - 1]):
            self.say_line(line)

    def open_document(self, number: str) -> None:
        """Shows the document of a citation around its passage."""
        citations = self.answer.answer.citations if self.answer else ()
        if number.isdecimal() and len(number) < 3 and 0 < int(number) <= len(citations):
            self.send(pressed=document_action(citations[int(number) - 1].passage_id))
        else:
            self.tell("console.no_citation", number=number)

    def judge(self, verdict: Literal["yes", "no"]) -> None:
        """Passes « + » or « - » on; after « - », offers the reasons by letter."""
        if self.feedback is None:
            self.tell("console.no_feedback")
            return
        feedback = self.feedback
        self.send(pressed=feedback_action(feedback.record, verdict))
        if verdict == "no":
            reasons = Buttons(text=say("console.why", self.lang), buttons=feedback.reasons)
            self.show(Reply(parts=(reasons,)))

    def tell(self, key: str, **values: object) -> None:
        """A sentence of the console's own."""
        for line in say(key, self.lang, **values).split("\n"):
            for wrapped in self.view.wrapped(line):
                self.say_line(wrapped)


def run(app: App) -> int:
    """Talks until the user leaves, by command or end of input; returns the exit code."""
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    if terminal:
        with suppress(ImportError):
            import readline  # noqa: F401 (its import gives input() history and editing)
    lang = app.settings.language
    width = min(96, shutil.get_terminal_size().columns - 2)
    console = Console(app.router, View(lang, width, bold=terminal), print, lang)
    console.tell("console.welcome")
    while True:
        print()
        try:
            line = input("› " if terminal else "")
        except EOFError:
            return 0
        except UnicodeDecodeError:
            console.tell("question.binary")
            continue
        if not console.hear(line):
            console.tell("console.bye")
            return 0
