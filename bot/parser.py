"""argparse in French and English: its own sentences translated, errors on one line."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable, Mapping
from functools import partial
from typing import NoReturn

from knowledge.phrases import say

USAGE = 2

# argparse's own error sentences, as patterns, and their keys in phrases/cli.yaml.
ERRORS = (
    (r"the following arguments are required: (?P<what>.+)", "cli.error.required"),
    (r"unrecognized arguments: (?P<what>.+)", "cli.error.unrecognized"),
    (r"argument (?P<what>.+?): expected .*argument.*", "cli.error.value"),
    (r"argument (?P<what>.+?): ignored explicit argument .*", "cli.error.no_value"),
    (r"argument (?P<what>.+?): not allowed with argument (?P<other>.+)", "cli.error.together"),
    (r"argument (?P<what>.+?): invalid choice: (?P<value>.+?) \(.*", "cli.error.choice"),
    (r"argument (?P<what>.+?): invalid .*value: (?P<value>.+)", "cli.error.invalid"),
    (r"one of the arguments (?P<what>.+) is required", "cli.error.one_of"),
    (r"ambiguous option: (?P<what>.+) could match (?P<other>.+)", "cli.error.ambiguous"),
)


def locale_language(environ: Mapping[str, str] | None = None) -> str:
    """« en » where the locale for messages is English, « fr » for any other or none."""
    environ = os.environ if environ is None else environ
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "en" if environ[name].lower().startswith("en") else "fr"
    return "fr"


def one_line(text: str) -> str:
    """The text on one line that is safe to write to a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


class Formatter(argparse.HelpFormatter):
    """argparse's formatter with another word for « usage: »."""

    def __init__(self, usage: str, prog: str) -> None:
        super().__init__(prog, width=88)
        self.word = usage

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """The usage line under our own word, unless another prefix is asked for."""
        super().add_usage(usage, actions, groups, f"{self.word} " if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser that speaks `lang`. Abbreviated options are refused: they break on new ones."""

    lang = "fr"

    def __init__(self, *, lang: str = "fr", **options: object) -> None:
        super().__init__(
            add_help=False,
            allow_abbrev=False,
            formatter_class=partial(Formatter, say("cli.usage", lang)),
            **options,  # type: ignore[arg-type]
        )
        self.lang = lang
        self._positionals.title = say("cli.arguments", lang)
        self._optionals.title = say("cli.options", lang)
        self.add_argument("-h", "--help", action="help", help=say("cli.help", lang))

    def error(self, message: str) -> NoReturn:
        """One line on stderr, exit code 2."""
        for pattern, key in ERRORS:
            if match := re.fullmatch(pattern, message, re.DOTALL):
                message = say(key, self.lang, **match.groupdict())
                break
        hint = say("cli.error.hint", self.lang, command=f"{self.prog} --help")
        print(one_line(f"{self.prog}: {message} {hint}"), file=sys.stderr)
        raise SystemExit(USAGE)
