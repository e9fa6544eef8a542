"""Actor → audience and organisation. Configuration decides; whatever is unknown is an outsider."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from handlers.conversation import Actor
from handlers.people import LOCAL, SIGNED_IN, Organisation, People, Person

AudienceOf = Literal["outsider", "client", "broker"]
PLATFORMS = ("slack", "teams")  # channels where the platform says who somebody is


class Access:
    """Settles who an actor is and what he may read, whatever the channel claimed about him."""

    def __init__(
        self,
        by_channel: Mapping[str, AudienceOf],
        people: Callable[[], People | None] = lambda: None,
        local: str = "",
    ) -> None:
        """`by_channel`: the audience of everybody who speaks there, for channels that are
        closed by other means (the console; the web page behind loopback or its token).
        `people`: the file of people as it reads now, None where there is none; then the actors
        of those channels belong to an organisation named `local`, none where that is empty."""
        self.by_channel = dict(by_channel)
        self.people = people
        self.local = Organisation(id=LOCAL, name=local) if local else None

    def settle(self, actor: Actor) -> Actor:
        """The same actor with what configuration says of him, and nothing else."""
        people = self.people()
        if actor.channel in PLATFORMS:
            return settled_member(actor, people or People())
        if people is not None and actor.id.startswith(SIGNED_IN):
            person = people.person(actor.id.removeprefix(SIGNED_IN))
            known = person is not None and actor.standing == "member"
            return settled(actor, person.role, person) if person and known else settled(actor)
        audience = self.by_channel.get(actor.channel, "outsider")
        own = self.local if people is None and audience != "outsider" else None
        return settled(actor, audience, organisation=own.id if own else None)

    def organisation(self, organisation_id: str | None) -> Organisation | None:
        """The organisation of that id, as the file of people names it now."""
        people = self.people()
        if people is None:
            return self.local if self.local and self.local.id == organisation_id else None
        return people.organisation(organisation_id)


def settled_member(actor: Actor, people: People) -> Actor:
    """A member of a platform's workspace. Guests and strangers are outsiders wherever they are,
    and so is everybody in a workspace that the file does not name."""
    if actor.standing != "member" or not actor.workspace:
        return settled(actor)
    person = people.member(actor)
    here = people.at(actor.channel, actor.workspace)
    organisation = here[0].id if len(here) == 1 else None  # shared: only a person's entry tells
    if person is not None:
        return settled(actor, person.role, person)
    if people.in_broker_group(actor):
        return settled(actor, "broker", organisation=organisation)
    return settled(actor, "client" if here else "outsider", organisation=organisation)


def settled(
    actor: Actor,
    audience: AudienceOf = "outsider",
    person: Person | None = None,
    organisation: str | None = None,
) -> Actor:
    """The actor with these, in place of whatever was there."""
    return actor.model_copy(
        update={
            "audience": audience,
            "person": person.id if person else None,
            "organisation": person.organisation if person else organisation,
            "name": person.name if person else actor.name,
        }
    )
