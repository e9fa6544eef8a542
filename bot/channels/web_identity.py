"""Who a request comes from: a person signed in, or a browser under a random name."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from aiohttp import web

from bot.stores.sign_ins import SignIn, SignIns
from handlers.conversation import Actor
from handlers.people import People, Person, signed_in
from handlers.ports import Clock

VISITOR_COOKIE = "visitor"
SESSION_COOKIE = "session"
NAME = re.compile(r"[A-Za-z0-9_-]{20,64}")
# With its colon, a browser's name can never be a person's, whatever the cookie says.
VISITOR_PREFIX = "visitor:"

VISITOR: web.RequestKey[str] = web.RequestKey("visitor", str)
PERSON: web.RequestKey[Person] = web.RequestKey("person", Person)


class Ended(Exception):
    """The session that the browser names is over."""


class Identity:
    """Persons of the file of people, and their sessions."""

    def __init__(
        self,
        people: Callable[[], People | None],
        sign_ins: SignIns,
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:
        self.people = people
        self.sign_ins = sign_ins
        self.clock = clock

    @property
    def personal(self) -> bool:
        """Whether anybody can sign in by a token of his own."""
        people = self.people()
        return people is not None and any(person.token for person in people.persons)

    async def recognise(self, request: web.Request) -> None:
        """Notes on the request who is signed in. Raises Ended for a session that is over, its
        person gone from the file, or given another token since; or StoreUnavailable."""
        name = request.cookies.get(SESSION_COOKIE, "")
        if not name:
            return
        found = await asyncio.to_thread(self.sign_ins.signed_in, name, self.clock())
        people = self.people()
        person = people.person(found.person) if found and people else None
        if found is None or person is None or not person.token or person.token != found.token:
            raise Ended
        request[PERSON] = person

    async def sign_in(self, token: str) -> str | None:
        """A new session for the person whose token this is; None where it is nobody's."""
        people = self.people()
        person = people.by_token(token) if people and token else None
        if person is None:
            return None
        sign_in = SignIn(person=person.id, token=person.token)
        return await asyncio.to_thread(self.sign_ins.open, sign_in, self.clock())

    async def sign_out(self, request: web.Request) -> None:
        """Ends the session that the browser names."""
        if name := request.cookies.get(SESSION_COOKIE, ""):
            await asyncio.to_thread(self.sign_ins.close_session, name)


def person_of(request: web.Request) -> Person | None:
    """The person signed in."""
    return request.get(PERSON)


def visitor_of(request: web.Request) -> str:
    """The browser's random name, the same for a year: what its visitor began, he finds again.

    One request has one name, even where the browser brings none.
    """
    if VISITOR not in request:
        given = request.cookies.get(VISITOR_COOKIE, "")
        request[VISITOR] = given if NAME.fullmatch(given) else secrets.token_urlsafe(18)
    return request[VISITOR]


def actor_of(request: web.Request, lang: str) -> Actor:
    """The actor; access.py settles his audience and organisation."""
    language: Literal["fr", "en"] = "en" if lang == "en" else "fr"
    if person := person_of(request):
        return Actor(
            id=signed_in(person),
            channel="web",
            name=person.name,
            standing="member",
            lang=language,
            person=person.id,
        )
    return Actor(id=VISITOR_PREFIX + visitor_of(request), channel="web", lang=language)
