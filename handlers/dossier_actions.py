"""The actions of dossiers' buttons: « dossier:verb:argument:argument »."""

from __future__ import annotations

PREFIX = "dossier:"
LIST = "dossier:list"
QUEUE = "dossier:queue"


def action(verb: str, *arguments: object) -> str:
    """The action of a button. Identifiers only, no text of anybody's."""
    return PREFIX + ":".join((verb, *(str(argument) for argument in arguments)))


def parse(pressed: str) -> tuple[str, tuple[str, ...]]:
    """(verb, arguments) of an action, whatever stands in it."""
    verb, *arguments = pressed.removeprefix(PREFIX).split(":")
    return verb, tuple(arguments)


def number(text: str) -> int:
    """A version in an action; -1 for anything that is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
