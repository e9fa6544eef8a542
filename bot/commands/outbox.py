"""`outbox`: what waits to be sent, what failed, and sending it again."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import TYPE_CHECKING

from bot import exits
from bot.parser import Parser, one_line
from knowledge.phrases import Problem, say

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.stores.outbox import Outbox

NAME = "outbox"
STATES = ("waiting", "sending", "sent", "dead", "skipped", "recalled")
MOST = 1000  # messages that one call lists


def add(parser: Parser, lang: str) -> None:
    """The arguments of `outbox`."""
    parser.add_argument("--list", choices=STATES, help=say("cli.outbox.list", lang))
    parser.add_argument(
        "--retry", action="append", metavar="ID", help=say("cli.outbox.retry", lang)
    )
    parser.add_argument("--json", action="store_true", help=say("cli.json", lang))


def run(args: Namespace, settings: Settings, lang: str) -> int:
    """Counts by state; or a list; or dead letters sent again."""
    from bot.delivery_limits import workspace
    from bot.stores.outbox import Outbox
    from handlers.ports import StoreUnavailable

    outbox = Outbox(settings.database, workspace)
    try:
        if args.retry:
            return retry(outbox, args.retry, lang)
        if args.list:
            return listed(outbox, args.list, args.json, lang)
        counts = {state: outbox.counts().get(state, 0) for state in STATES}
        if args.json:
            print(json.dumps(counts))
        else:
            for state, count in counts.items():
                name = say(f"announce.state.{state}", lang)
                print(say("cli.outbox.count", lang, state=name, count=count))
        return exits.SUCCESS
    except StoreUnavailable as error:
        raise Problem("outbox_unavailable", detail=error) from error
    finally:
        outbox.close()


def retry(outbox: Outbox, wanted: list[str], lang: str) -> int:
    """Puts dead letters back in the queue: `all`, or by number."""
    if wanted == ["all"]:
        count = outbox.retry()
    else:
        bad = next((name for name in wanted if not name.isdecimal() or len(name) > 15), None)
        if bad is not None:
            raise Problem("outbox_bad_id", value=bad)
        count = outbox.retry(ids=map(int, wanted))
    print(say("cli.outbox.retried", lang, count=count))
    return exits.SUCCESS


def listed(outbox: Outbox, state: str, as_json: bool, lang: str) -> int:
    """A line a message, its text left out."""
    for row in outbox.messages(state=state, most=MOST):
        if as_json:
            print(json.dumps(row, ensure_ascii=False))
            continue
        reason = say(f"sending.{row['reason']}", lang) if row["reason"] else ""
        where = f"{row['channel']} {row['conversation']}"
        print(one_line(f"{row['id']}  {where}  {row['kind']}  {reason} {row['detail']}"))
    return exits.SUCCESS
