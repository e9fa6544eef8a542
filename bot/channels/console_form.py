"""A form asked at the prompt, one field after the other."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from handlers.conversation import Button, Form, FormField
from knowledge.analysis import fold

LONGEST = 10_000  # characters of a text of several lines
END = "."  # alone on a line, it ends a text of several lines
NOTHING = "-"  # typed alone, it empties a field
YES = frozenset("o oui y yes ok".split())
NO = frozenset("n non no".split())
BACK = ("retour", "back", "precedent")
LEAVE = ("quitter", "leave", "quit", "sortir")


class NotUnderstood(Exception):
    """What was typed is none of the choices."""


@dataclass
class Asking:
    """Where one is in a form: the fields still to ask, and what was given."""

    form: Form
    fields: tuple[FormField, ...] = ()
    at: int = 0  # the field asked now, in `fields`
    values: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)  # of a text being typed

    def __post_init__(self) -> None:
        """Starts with the first field; where some have errors, those alone are asked again."""
        self.values = {f.name: f.value for f in self.form.fields}
        wrong = tuple(f for f in self.form.fields if f.error)
        self.fields = wrong or self.form.fields

    @property
    def field(self) -> FormField | None:
        """The field asked now; None when there is none left."""
        return self.fields[self.at] if self.at < len(self.fields) else None

    @property
    def typing(self) -> bool:
        """Whether a text of several lines has begun."""
        return bool(self.lines)

    def back(self) -> bool:
        """To the field before; False at the first."""
        self.lines = []
        if self.at == 0:
            return False
        self.at -= 1
        return True

    def other(self, line: str) -> Button | None:
        """The button beside the form that was typed: `/a`, its label, « retour », « quitter »."""
        if match := re.fullmatch(r"/([a-z])", line):
            place = ord(match.group(1)) - ord("a")
            return self.form.others[place] if place < len(self.form.others) else None
        word = fold(line)
        for button in self.form.others:
            label = fold(button.label)
            same = any(word in words and label.startswith(words) for words in (BACK, LEAVE))
            if label == word or same:
                return button
        return None

    def give(self, line: str) -> bool:
        """Takes one line for the field; True when the field has its value.

        Raises NotUnderstood when it is none of the choices. An empty line keeps what is there.
        """
        asked = self.field
        assert asked is not None
        if asked.kind == "long_text":
            return self.add_line(asked, line)
        if line.strip():
            self.values[asked.name] = value_of(asked, line.strip())
        self.at += 1
        return True

    def add_line(self, asked: FormField, line: str) -> bool:
        """One line of a text of several; the end sign, or an empty first line, ends it."""
        if not self.lines and line.strip() in ("", NOTHING):
            if line.strip():
                self.values[asked.name] = ""
        elif line.strip() != END and sum(map(len, self.lines)) + len(line) <= LONGEST:
            self.lines.append(line)
            return False
        else:
            self.values[asked.name] = "\n".join(self.lines).strip()
        self.lines = []
        self.at += 1
        return True


def value_of(asked: FormField, line: str) -> str:
    """What was typed, in the form that FormField tells; raises NotUnderstood."""
    if line == NOTHING:
        return ""
    if asked.kind == "confirm":
        word = fold(line)
        if word not in YES | NO:
            raise NotUnderstood
        return "yes" if word in YES else ""
    if asked.kind == "choice":
        return chosen(asked, line)
    if asked.kind == "choices":
        pieces = [piece for piece in re.split(r"[,;\s]+", line) if piece]
        if all(piece.isdecimal() for piece in pieces):
            return "\n".join(dict.fromkeys(chosen(asked, piece) for piece in pieces))
        return chosen(asked, line)
    return line


def chosen(asked: FormField, line: str) -> str:
    """The choice of this number or label; raises NotUnderstood."""
    if line.isdecimal() and len(line) < 4 and 0 < int(line) <= len(asked.choices):
        return asked.choices[int(line) - 1].value
    for choice in asked.choices:
        if fold(line) in (fold(choice.label), fold(choice.value)):
            return choice.value
    raise NotUnderstood
