"""`dialogs`: checks the files of the guided dialogs, and lists them."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from bot import exits
from bot.parser import Parser, one_line
from knowledge.phrases import say

if TYPE_CHECKING:
    from bot.config import Settings

NAME = "dialogs"


def add(parser: Parser, lang: str) -> None:
    """No arguments: the setting `dialogs` names the folder."""


def run(args: Namespace, settings: Settings, lang: str) -> int:
    """One dialog a line, or one mistake a line on stderr."""
    from knowledge.dialog_file import DialogProblem, load_dialogs

    try:
        found = load_dialogs(settings.dialogs)
    except DialogProblem as problem:
        for line in problem.text(lang).splitlines():
            print(one_line(line), file=sys.stderr)
        return exits.BAD_INPUT
    for dialog in found.values():
        counts = {"questions": len(dialog.questions), "outcomes": len(dialog.outcomes)}
        title = dialog.title.text(lang)
        print(one_line(say("cli.dialogs.line", lang, id=dialog.id, title=title, **counts)))
    return exits.SUCCESS
