"""Where the assistant leaves its notices on channels that can't call anybody: the web page and
the console show them when the person comes back."""

from __future__ import annotations

from handlers.conversation import Actor, Address

PREFIX = "inbox:"
CHANNELS = ("web", "console")


def inbox_of(actor: Actor) -> Address:
    """The address of an actor's notices on his channel; a person's own where he is signed in."""
    return Address(channel=actor.channel, conversation=PREFIX + (actor.person or actor.id))
