"""`teams-package`: the zip that is installed in Teams."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.parser import Parser
from knowledge.phrases import Problem, say

if TYPE_CHECKING:
    from bot.config import Settings

NAME = "teams-package"
SITE, DEVELOPER = "https://www.quebec.ca/", "Courtier en infonuagique"


def add(parser: Parser, lang: str) -> None:
    """The arguments of `teams-package`."""
    parser.add_argument(
        "--out", metavar=say("cli.file", lang), help=say("cli.teams-package.out", lang)
    )
    parser.add_argument(
        "--site", default=SITE, metavar="URL", help=say("cli.teams-package.site", lang)
    )
    parser.add_argument(
        "--developer",
        default=DEVELOPER,
        metavar=say("cli.teams-package.name", lang),
        help=say("cli.teams-package.developer", lang),
    )


def run(args: Namespace, settings: Settings, lang: str) -> int:
    """Writes the package of the configured bot."""
    from bot.channels.teams_options import GUID, options_of
    from bot.channels.teams_package import package, write

    app_id = options_of(settings).app_id
    if not GUID.fullmatch(app_id):
        raise Problem("teams.app_id")
    path = Path(args.out or "catalogue-teams.zip")
    write(path, package(app_id, args.site, args.developer))
    print(say("teams.package_done", lang, path=path))
    return 0
