"""The command line: `catalogue-bot COMMAND …`; commands/ does the work."""

from __future__ import annotations

import os
import sys
from argparse import SUPPRESS, Namespace
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from bot import exits
from bot.parser import Parser, locale_language, one_line
from knowledge.phrases import Problem, say

COMMANDS = (
    "index",
    "publish",
    "watch",
    "ask",
    "evaluate",
    "serve",
    "teams",
    "teams_package",
    "chat",
    "config",
    "people",
    "outbox",
    "dialogs",
    "train_encoder",
)


def command_modules() -> tuple[ModuleType, ...]:
    """The modules of commands/, in the order of the help."""
    return tuple(import_module(f"bot.commands.{name}") for name in COMMANDS)


def build_parser(lang: str) -> Parser:
    """The parser of the whole command line, in one language."""
    parser = Parser(lang=lang, prog="catalogue-bot", description=say("cli.description", lang))
    add_common(parser, lang, "before")
    commands = parser.add_subparsers(
        title=say("cli.commands", lang),
        metavar=say("cli.command", lang),
        dest="command",
        required=True,
    )
    for module in command_modules():
        words = say(f"cli.{module.NAME}.help", lang)
        sub = commands.add_parser(module.NAME, lang=lang, help=words, description=words)
        add_common(sub, lang, "after")
        module.add(sub, lang)
        sub.set_defaults(run=module.run)
    return parser


def add_common(parser: Parser, lang: str, place: str) -> None:
    """The options of every command. They may stand before or after it: SUPPRESS, and a
    destination of its own for each place, so that neither undoes the other."""
    parser.add_argument(
        "--config",
        metavar=say("cli.file", lang),
        default=SUPPRESS,
        help=say("cli.config_file", lang),
    )
    parser.add_argument(
        "--set",
        metavar=say("cli.name_value", lang),
        action="append",
        default=SUPPRESS,
        dest=f"set_{place}",
        help=say("cli.set", lang),
    )


def settings_given(args: Namespace) -> dict[str, tuple[str, str]]:
    """What the command line says about settings: setting → (text, option), as read_settings
    wants it. An option of a command carries the setting's name in its destination: `at_index`."""
    given: dict[str, tuple[str, str]] = {}
    if getattr(args, "config", None) is not None:
        given["config_file"] = (args.config, "--config")
    for entry in [*getattr(args, "set_before", []), *getattr(args, "set_after", [])]:
        name, equals, text = entry.partition("=")
        if not equals:
            raise Problem("config.bad_set", entry=entry)
        given[name.strip().replace("-", "_")] = (text, "--set")
    for destination, text in vars(args).items():
        if destination.startswith("at_") and text is not None:
            name, _, option = destination.removeprefix("at_").partition("__")
            given[name] = (text, f"--{option or name}")
    return given


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code. Errors are one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        # A Latin-1 or ASCII locale must not turn an answer into a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    lang = locale_language()
    args = build_parser(lang).parse_args(argv)
    try:
        code = run(args, lang)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Python would complain again when it closes stdout: give it somewhere to write.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.BROKEN_PIPE
    except KeyboardInterrupt:
        print(say("cli.interrupted", lang), file=sys.stderr)
        return exits.INTERRUPTED


def run(args: Namespace, lang: str) -> int:
    """Runs the command with its settings; turns every exception into a line and a code."""
    from bot.bootstrap import prepare_process
    from bot.config_reading import read_settings, unknown_variables

    debug = False
    try:
        settings = read_settings(settings_given(args))
        debug = settings.log_level == "debug"
        prepare_process(settings)
        for name in unknown_variables(os.environ):
            print(one_line(say("cli.unknown_variable", lang, name=name)), file=sys.stderr)
        code: int = args.run(args, settings, lang)
        return code
    except Problem as problem:
        print(one_line(problem.text(lang)), file=sys.stderr)
        return exits.exit_code(problem.key)
    except BrokenPipeError:
        raise
    except Exception as error:
        if debug:
            raise
        text = say("cli.failure", lang, kind=type(error).__name__, detail=error)
        print(one_line(text), file=sys.stderr)
        return exits.FAILURE


if __name__ == "__main__":
    sys.exit(main())
