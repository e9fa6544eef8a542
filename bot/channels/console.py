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
from bot.channels.console_form import BACK, LEAVE, Asking, NotUnderstood
from bot.channels.console_notices import Notices
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
from knowledge.analysis import fold
from knowledge.passages import Citation
from knowledge.phrases import say

Lang = Literal["fr", "en"]

QUIT = ("/quitter", "/quit", "/exit", "/q")
HELP = ("/aide", "/help", "/?")
LANGUAGES: dict[str, Lang] = {"/fr": "fr", "/en": "en"}
DOCUMENT = ("/document", "/doc")
NOTICES = ("/avis", "/notices")
QUESTION_WORDS = 4  # so many words, typed where a choice is expected, are no slip of the hand


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
        self.asking: Asking | None = None

    @property
    def actor(self) -> Actor:
        """Whoever sits at the terminal."""
        return Actor(id="console", channel="console", lang=self.lang)

    def hear(self, line: str) -> bool:
        """Does what was typed; False when the conversation is over."""
        word, _, rest = line.strip().partition(" ")
        command = word.casefold()
        if command in QUIT:
            return False
        if command in HELP:
            self.tell("console.help")
            self.send(pressed=HELP_ACTION)
            self.ask()
        elif command in LANGUAGES:
            self.lang = self.view.lang = LANGUAGES[command]
            self.tell("console.welcome")
            self.ask()
        elif command in DOCUMENT:
            self.open_document(rest.strip() or "1")
            self.ask()
        elif command in NOTICES and self.notices:
            self.read_notices(self.notices)
            self.ask()
        elif self.asking:
            self.answer(self.asking, line)
        elif command.startswith("/"):
            self.tell("console.unknown", command=word)
        elif not rest and word.isdecimal() and self.cited and len(word) < 3:
            self.unfold(int(word))
        elif not rest and word in ("+", "-"):
            self.judge("yes" if word == "+" else "no")
        elif not rest and (button := self.lettered(command)):
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
            self.asking = Asking(forms[-1])
            self.ask()

    # -- Forms --

    def ask(self) -> None:
        """Asks for the field that comes next."""
        asking = self.asking
        if asking is None or asking.field is None:
            return
        self.say_line("")
        for line in self.view.field(asking.field, asking.values[asking.field.name]):
            self.say_line(line)
        others = "   ".join(
            f"/{letters(place)}) {button.label}" for place, button in enumerate(asking.form.others)
        )
        for line in self.view.wrapped(others, "  ") if others else ():
            self.say_line(line)

    def answer(self, asking: Asking, line: str) -> None:
        """Takes a line for the form in hand; sends the form after its last field."""
        if not asking.typing and self.steps_aside(asking, line):
            return
        try:
            given = asking.give(line)
        except NotUnderstood:
            # A sentence is a question, or an answer in the person's own words.
            if button := self.lettered(line.strip().casefold()):
                self.press(button)
            elif line.strip().endswith("?") or len(line.split()) >= QUESTION_WORDS:
                self.aside(asking, line)
            else:
                self.tell("console.form.choose")
            return
        if given and asking.field is None:
            self.asking = None
            self.send(pressed=asking.form.submit.action, values=asking.values)
        elif given:
            self.ask()

    def steps_aside(self, asking: Asking, line: str) -> bool:
        """Whether the line was « retour », « quitter » or a button beside the form; does it."""
        word = fold(line)
        if word in BACK and asking.back():
            self.ask()
            return True
        if button := asking.other(line.strip().casefold()):
            self.asking = None
            self.press(button)
            return True
        if word in LEAVE:
            self.asking = None
            self.tell("console.form.left")
            return True
        return False

    def aside(self, asking: Asking, line: str) -> None:
        """A question in the middle of a form; then the form goes on, unless the reply has one."""
        self.asking = None
        self.send(text=line)
        if self.asking is None:
            self.asking = asking
            self.ask()

    def keep(self, file: File) -> None:
        """Saves a file and says where."""
        try:
            path = save(file, self.folder)
        except OSError as error:
            self.tell("console.file.failed", name=file.name, detail=error.strerror or error)
        else:
            self.tell("console.file.saved", path=path.resolve())

    # -- What is on screen --

    def lettered(self, letter: str) -> Button | None:
        """The button shown with this letter."""
        named = {letters(place): button for place, button in enumerate(self.buttons)}
        return named.get(letter)

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
        if not (console.asking and console.asking.typing):
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
