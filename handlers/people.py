"""Organisations and persons, as the operator's file names them; who matches an actor."""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal

from handlers.conversation import Actor
from knowledge.passages import Frozen

Role = Literal["client", "broker"]
LOCAL = "local"  # Organisation.id of whoever tries the assistant out without a file of people
SIGNED_IN = "person:"  # Actor.id of a person signed in: « person:<Person.id> »


class Places(Frozen):
    """Where somebody is found, by channel: identifiers of the platforms."""

    slack: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    def of(self, channel: str) -> tuple[str, ...]:
        """Those of one channel; none for a channel that has no such identifiers."""
        return {"slack": self.slack, "teams": self.teams}.get(channel, ())


class Organisation(Frozen):
    """A public body that buys through the Catalogue, and what the guide asks of it."""

    id: str
    name: str
    itq: bool = False  # Infrastructures technologiques Québec itself
    rcti: bool = False  # subject to the RCTI
    pccti: bool = False  # named by decree 596-2020
    workspaces: Places = Places()  # Slack workspaces, Teams tenants; may be shared with others


class Person(Frozen):
    """Somebody the operator knows by name, the same on every channel."""

    id: str
    name: str
    organisation: str | None = None  # Organisation.id; a broker's adviser may have none
    role: Role = "client"
    accounts: Places = Places()  # user ids on the platforms
    token: str = ""  # SHA-256 of the personal token of the web page, hexadecimal; empty: none


class Broker(Frozen):
    """Where the broker's advisers are found, besides the persons whose role says so."""

    workspaces: Places = Places()
    groups: Places = Places()  # the platforms' groups: all their members are advisers


def token_digest(token: str) -> str:
    """What is kept of a personal token."""
    return hashlib.sha256(token.encode()).hexdigest()


def signed_in(person: Person) -> str:
    """The `Actor.id` that a channel gives to a person whose token it has checked, together with
    the standing « member »."""
    return f"{SIGNED_IN}{person.id}"


class People(Frozen):
    """The file of people. Without a match nothing is presumed."""

    organisations: tuple[Organisation, ...] = ()
    persons: tuple[Person, ...] = ()
    broker: Broker = Broker()

    def organisation(self, organisation_id: str | None) -> Organisation | None:
        """The organisation of that id."""
        return next((o for o in self.organisations if o.id == organisation_id), None)

    def person(self, person_id: str) -> Person | None:
        """The person of that id."""
        return next((p for p in self.persons if p.id == person_id), None)

    def by_token(self, token: str) -> Person | None:
        """Whose personal token this is. Compares with every one, so that time tells nothing."""
        given, found = token_digest(token), None
        for person in self.persons:
            if person.token and hmac.compare_digest(given, person.token):
                found = person
        return found

    def at(self, channel: str, workspace: str) -> tuple[Organisation, ...]:
        """The organisations of a workspace: none where it is unknown, several where shared."""
        return tuple(o for o in self.organisations if workspace in o.workspaces.of(channel))

    def is_broker_workspace(self, channel: str, workspace: str) -> bool:
        """Whether the workspace is the broker's own."""
        return workspace in self.broker.workspaces.of(channel)

    def member(self, actor: Actor) -> Person | None:
        """The person with this account, if the workspace is one that he may speak from."""
        for person in self.persons:
            if actor.id in person.accounts.of(actor.channel):
                own = self.organisation(person.organisation)
                if own and actor.workspace in own.workspaces.of(actor.channel):
                    return person
                if person.role == "broker" and self.is_broker_workspace(
                    actor.channel, actor.workspace
                ):
                    return person
        return None

    def in_broker_group(self, actor: Actor) -> bool:
        """Whether one of the actor's groups, in a workspace of the broker's, is the advisers'."""
        return self.is_broker_workspace(actor.channel, actor.workspace) and bool(
            set(actor.groups) & set(self.broker.groups.of(actor.channel))
        )
