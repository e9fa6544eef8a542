"""`people`: lists organisations and persons; gives a person a token for the web page."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from bot import exits
from bot.parser import Parser, one_line
from knowledge.phrases import say

if TYPE_CHECKING:
    from bot.config import Settings
    from handlers.people import People

NAME = "people"


def add(parser: Parser, lang: str) -> None:
    """The arguments of `people`."""
    parser.add_argument("--token", metavar="ID", help=say("cli.people.token", lang))


def run(args: Namespace, settings: Settings, lang: str) -> int:
    """Prints who is known, or the new token."""
    from bot.people import read_people

    if args.token is not None:
        from bot.people_tokens import make_token

        people, token = make_token(settings.people, args.token)
        person = people.person(args.token)
        assert person is not None
        print(one_line(say("cli.people.made", lang, name=person.name)))
        print(token)
        return exits.SUCCESS
    found = read_people(settings.people)
    if found is None:
        print(one_line(say("cli.people.none", lang, path=settings.people)))
    else:
        show(found, lang)
    return exits.SUCCESS


def show(people: People, lang: str) -> None:
    """One organisation or person a line; never a token's digest."""
    print(say("cli.people.organisations", lang, count=len(people.organisations)))
    for organisation in people.organisations:
        flags = [flag for flag in ("itq", "rcti", "pccti") if getattr(organisation, flag)]
        print(one_line(f"  {organisation.id}: {organisation.name} {' '.join(flags)}".rstrip()))
    print(say("cli.people.persons", lang, count=len(people.persons)))
    for person in people.persons:
        where = person.organisation or "–"
        accounts = [c for c in ("slack", "teams") if person.accounts.of(c)]
        accounts += ["web"] if person.token else []
        role = say(f"cli.people.{person.role}", lang)
        print(one_line(f"  {person.id}: {person.name} · {where} · {role} · {', '.join(accounts)}"))
