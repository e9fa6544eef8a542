"""The console channel of `catalogue-bot chat`: lines become Incoming, parts become lines."""

from __future__ import annotations

import shutil
import sys
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

from bot.bootstrap import App
from bot.channels.console_files import save
from bot.channels.console_form import Asking
from bot.channels.console_notices import Notices
from bot.channels.console_prompt import Aside, Prompt, Send
from bot.channels.console_view import View, letters
from handlers.conversation import (
    Actor,
    Address,
    AnswerPart,
    Button,
    Buttons,
    Citations,
    Feedback,
    File,
    Form,
    Incoming,
    Reply,
)
from handlers.document import document_action
from handlers.feedback import feedback_action
from handlers.help import HELP_ACTION
from handlers.router import Router
from knowledge.passages import Citation
from knowledge.phrases import say

Lang = Literal["fr", "en"]

QUIT = ("/quitter", "/quit", "/exit", "/q")
HELP = ("/aide", "/help", "/?")
LANGUAGES: dict[str, Lang] = {"/fr": "fr", "/en": "en"}
DOCUMENT = ("/document", "/doc")
NOTICES = ("/avis", "/notices")


class Console:
    """One conversation. `say_line` gets one line at a time; what is typed goes to `hear`."""

    def __init__(
        self,
        router: Router,
        view: View,
        say_line: Callable[[str], None],
        lang: Lang = "fr",
        *,
        notices: Notices | None = None,
        folder: Path | None = None,
    ) -> None:
        """`folder`: where files are saved, the current one by default."""
        self.router = router
        self.view = view
        self.say_line = say_line
        self.lang: Lang = lang
        self.notices = notices
        self.folder = folder or Path()
        # Random: the record must not tell who sat at the terminal.
        self.address = Address(channel="console", conversation=uuid.uuid4().hex)
        self.cited: tuple[Citation, ...] = ()
        self.feedback: Feedback | None = None
        self.buttons: tuple[Button, ...] = ()
        self.prompt = Prompt(view, say_line, self.tell)

    @property
    def actor(self) -> Actor:
        """Whoever sits at the terminal."""
        return Actor(id="console", channel="console", lang=self.lang)

    @property
    def asking(self) -> Asking | None:
        """The form in hand."""
        return self.prompt.asking

    def hear(self, line: str) -> bool:
        """Does what was typed; False when the conversation is over."""
        word, _, rest = line.strip().partition(" ")
        command = word.casefold()
        if command in QUIT:
            return False
        if command in HELP:
            self.tell("console.help")
            self.send(pressed=HELP_ACTION)
            self.prompt.ask()
        elif command in LANGUAGES:
            self.lang = self.view.lang = LANGUAGES[command]
            self.tell("console.welcome")
            self.prompt.ask()
        elif command in DOCUMENT:
            self.open_document(rest.strip() or "1")
            self.prompt.ask()
        elif command in NOTICES and self.notices:
            self.read_notices(self.notices)
            self.prompt.ask()
        elif self.asking:
            self.answer(line)
        elif command.startswith("/"):
            self.tell("console.unknown", command=word)
        elif not rest and word.isdecimal() and self.cited and len(word) < 3:
            self.unfold(int(word))
        elif not rest and word in ("+", "-"):
            self.judge("yes" if word == "+" else "no")
        elif not rest and (button := self.lettered().get(command)):
            self.press(button)
        elif line.strip():
            self.send(text=line)
        return True

    def press(self, button: Button) -> None:
        """Sends what the button says, or its action."""
        if button.say:
            self.send(text=button.say)
        else:
            self.send(pressed=button.action)

    def send(
        self,
        *,
        text: str | None = None,
        pressed: str | None = None,
        values: dict[str, str] | None = None,
    ) -> None:
        """Passes something on to the assistant and shows the reply."""
        incoming = Incoming(
            actor=self.actor,
            address=self.address,
            text=text,
            pressed=pressed,
            values=values or {},
        )
        self.show(self.router.reply(incoming))
        if self.notices and (count := self.notices.arrived(self.actor)):
            self.tell("console.notices", count=count)

    def show(self, reply: Reply) -> None:
        """Writes a reply; remembers what can be unfolded, chosen, filled in and judged in it."""
        self.buttons = ()
        cited: tuple[Citation, ...] = ()
        for part in reply.parts:
            self.say_line("")
            for line in self.view.part(part, len(self.buttons), len(cited)):
                self.say_line(line)
            if isinstance(part, AnswerPart):
                cited += part.answer.citations
                self.feedback = None
            elif isinstance(part, Citations):
                cited += part.citations
            elif isinstance(part, Feedback):
                self.feedback = part
            elif isinstance(part, Buttons):
                self.buttons += part.buttons
            elif isinstance(part, File):
                self.keep(part)
        self.cited = cited or self.cited
        forms = [part for part in reply.parts if isinstance(part, Form)]
        if forms:
            self.prompt.begin(forms[-1])

    def answer(self, line: str) -> None:
        """Does what a line means to the form in hand."""
        asking = self.asking
        done = self.prompt.hear(line, self.lettered())
        if isinstance(done, Send):
            self.send(pressed=done.action, values=done.values)
        elif isinstance(done, Button):
            self.press(done)
        elif isinstance(done, Aside):
            self.prompt.asking = None
            self.send(text=done.text)
            if self.asking is None:  # the reply brought no form: this one goes on
                self.prompt.asking = asking
                self.prompt.ask()

    def keep(self, file: File) -> None:
        """Saves a file and says where."""
        try:
            path = save(file, self.folder)
        except OSError as error:
            self.tell("console.file.failed", name=file.name, detail=error.strerror or error)
        else:
            self.tell("console.file.saved", path=path.resolve())

    # -- What is on screen --

    def lettered(self) -> dict[str, Button]:
        """The buttons shown, by their letters."""
        return {letters(place): button for place, button in enumerate(self.buttons)}

    def unfold(self, number: int) -> None:
        """Shows the passage behind a citation's number."""
        if not 0 < number <= len(self.cited):
            self.tell("console.no_citation", number=number)
            return
        for line in self.view.passage(number, self.cited[number - 1]):
            self.say_line(line)

    def open_document(self, number: str) -> None:
        """Shows the document of a citation around its passage."""
        if number.isdecimal() and len(number) < 3 and 0 < int(number) <= len(self.cited):
            self.send(pressed=document_action(self.cited[int(number) - 1].passage_id))
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

    def read_notices(self, notices: Notices) -> None:
        """Shows the notices, the unread ones first, which are read then."""
        self.show(notices.reply(self.actor))

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
    view = View(lang, width, bold=terminal)
    console = Console(app.router, view, print, lang, notices=Notices(app.inbox))
    console.tell("console.welcome")
    if console.notices and (count := console.notices.arrived(console.actor)):
        console.tell("console.notices", count=count)
    while True:
        if not console.prompt.typing:
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
