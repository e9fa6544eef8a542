"""How fast each platform lets the assistant send: the published limits, as meters.

Slack (docs.slack.dev, « Rate limits » and chat.postMessage): one message a second a channel, and
« several hundred » a minute a workspace, taken as 300; changing and deleting messages are methods
of tier 3, 50 a minute. Teams (learn.microsoft.com, « Optimize your bot with rate limiting »): in a
conversation 7 a second, 8 in two, 60 in thirty, 1,800 an hour; in a tenant below 30 a second.
The web inbox and the console are this machine's own: no limit.
"""

from __future__ import annotations

from typing import NamedTuple

from handlers.conversation import Address

# The platform sees messages a little later than they leave, and not evenly so: a workspace's window
# is taken this much longer. In a conversation one message is under way at a time, and the window
# begins when it was there.
MARGIN = 1.04
SLACK_ROOM = 1  # a second
SLACK_WORKSPACE = 300  # a minute
SLACK_CHANGES = 50  # a minute
TEAMS_TENANT = 30  # a second
TEAMS_ROOM = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))


class Meter(NamedTuple):
    """What is counted under a name: in any `seconds` of a window, at most `count`."""

    name: str
    windows: tuple[tuple[int, float], ...]  # (count, seconds)


def workspace(address: Address) -> str:
    """Whose limits a conversation falls under: « slack:T012 », « teams:<tenant> », « web: ».

    On Slack and Teams the conversation's name starts with the workspace or the tenant.
    """
    if address.channel in ("slack", "teams"):
        return f"{address.channel}:{address.conversation.partition(':')[0]}"
    return f"{address.channel}:"


def room(address: Address) -> str:
    """The conversation as the platform counts it: on Slack a thread belongs to its channel."""
    if address.channel == "slack":
        return ":".join(["slack", *address.conversation.split(":")[:2]])
    return f"{address.channel}:{address.conversation}"


def meters(address: Address, operation: str) -> tuple[Meter, ...]:
    """What sending (`send`), changing (`edit`) or taking back (`recall`) a message counts
    against; the meter that the whole workspace shares comes first."""
    whole = workspace(address)
    if address.channel == "slack" and operation == "send":
        return (
            Meter(whole, ((1, 60 / SLACK_WORKSPACE * MARGIN),)),
            Meter(room(address), ((SLACK_ROOM, 1.0),)),
        )
    if address.channel == "slack":
        return (Meter(f"{whole}~changes", ((1, 60 / SLACK_CHANGES * MARGIN),)),)
    if address.channel == "teams":
        # Every request counts alike there. Spread evenly rather than 30 at once.
        return (
            Meter(whole, ((1, MARGIN / TEAMS_TENANT),)),
            Meter(room(address), TEAMS_ROOM),
        )
    return ()
