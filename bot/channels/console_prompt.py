"""The form in hand at the prompt: asks for its fields, says what is to be done with a line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bot.channels.console_form import BACK, LEAVE, Asking, NotUnderstood
from bot.channels.console_view import View, letters
from handlers.conversation import Button, Form
from knowledge.analysis import fold

QUESTION_WORDS = 4  # so many words, typed where a choice is expected, are no slip of the hand


@dataclass(frozen=True)
class Send:
    """Every field has its value: the form goes out."""

    action: str
    values: dict[str, str]


@dataclass(frozen=True)
class Aside:
    """A question, or an answer in the person's own words: for the assistant to understand."""

    text: str


class Prompt:
    """Asks for one form at a time. `say_line` gets a line, `tell` the key of a sentence."""

    def __init__(
        self, view: View, say_line: Callable[[str], None], tell: Callable[[str], None]
    ) -> None:
        self.view = view
        self.say_line = say_line
        self.tell = tell
        self.asking: Asking | None = None

    @property
    def typing(self) -> bool:
        """Whether a text of several lines has begun."""
        return self.asking is not None and self.asking.typing

    def begin(self, form: Form) -> None:
        """Takes a form in hand, in the place of another."""
        self.asking = Asking(form)
        self.ask()

    def ask(self) -> None:
        """Asks for the field that comes next, if any."""
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

    def hear(self, line: str, buttons: dict[str, Button]) -> Send | Button | Aside | None:
        """Takes a line for the form in hand: what is to be done now, None where it was done.
        `buttons`: those on screen besides the form's own, by letter."""
        asking = self.asking
        assert asking is not None
        if not asking.typing:
            word = fold(line)
            if word in BACK and asking.back():
                self.ask()
                return None
            if button := asking.other(line.strip().casefold()):
                self.asking = None
                return button
            if word in LEAVE:
                self.asking = None
                self.tell("console.form.left")
                return None
        try:
            given = asking.give(line)
        except NotUnderstood:
            if button := buttons.get(line.strip().casefold()):
                return button
            if line.strip().endswith("?") or len(line.split()) >= QUESTION_WORDS:
                return Aside(line)
            self.tell("console.form.choose")
            return None
        if given and asking.field is None:
            self.asking = None
            return Send(asking.form.submit.action, asking.values)
        if given:
            self.ask()
        return None
