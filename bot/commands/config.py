"""`config`: every setting, its value and where it came from; secrets masked."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import TYPE_CHECKING

from bot import exits
from bot.parser import Parser, one_line
from knowledge.phrases import say

if TYPE_CHECKING:
    from bot.config import Settings

NAME = "config"


def add(parser: Parser, lang: str) -> None:
    """The arguments of `config`."""
    parser.add_argument("--json", action="store_true", help=say("cli.json", lang))


def run(args: Namespace, settings: Settings, lang: str) -> int:
    """One setting a paragraph: name = value, origin, help."""
    from bot.config import TABLE, shown_value, variable

    if args.json:
        rows = [
            {"name": name, "value": shown_value(settings, name), "origin": settings.origins[name]}
            for name in TABLE
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return exits.SUCCESS
    for name, entry in TABLE.items():
        origin = settings.origins[name]
        if origin == "default":
            origin = say("cli.config.default", lang)
        print(one_line(f"{name} = {shown_value(settings, name)}"))
        where = say("cli.config.origin", lang, origin=origin, variable=variable(name))
        print(f"    {one_line(where)}")
        print(f"    {entry.metadata[lang]}\n")
    return exits.SUCCESS
