"""Who is who in Teams: members of an admitted tenant, guests, and rooms where others read along.

What can't be established counts as outside.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from bot.channels.teams_activity import TeamsActivity
from bot.channels.teams_connector import Connector, NoAccess, Refused, Throttled

log = logging.getLogger(__name__)

Standing = Literal["unknown", "guest", "member"]
MEMBER, ROOM, FAILED = 900.0, 600.0, 30.0  # seconds that a finding is trusted
KEPT = 10_000  # findings remembered
PAGES = 10  # of 500 members: a larger room is taken for one with outsiders


@dataclass(frozen=True)
class Finding:
    """Somebody's standing and the tenant he belongs to."""

    standing: Standing = "unknown"
    tenant: str = ""


class People:
    """Asks Teams, and remembers for a while. Lives in the connector's loop."""

    def __init__(
        self,
        connector: Connector,
        tenants: tuple[str, ...],
        personal_room: Callable[[str], Awaitable[str]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.connector = connector
        self.tenants = frozenset(tenants)
        self.personal_room = personal_room
        self.clock = clock
        self.known: OrderedDict[tuple[str, str], tuple[float, Any]] = OrderedDict()

    async def speaker(self, activity: TeamsActivity) -> Finding:
        """The standing of who sent the activity, whoever reads along."""
        key = (activity.room, activity.sender.id)
        found: Finding | None = self.remembered(key)
        if found is None:
            found = await self.asked(activity, activity.room)
            if found.standing == "unknown" and not activity.personal:
                # In a chat the bot is not in (message extension), only the person's own tells.
                own = await self.personal_room(activity.user)
                found = await self.asked(activity, own) if own else found
            self.remember(key, found, FAILED if found.standing == "unknown" else MEMBER)
        return found

    async def asked(self, activity: TeamsActivity, room: str) -> Finding:
        """What Teams says of the sender in a room."""
        try:
            told = await self.connector.member(
                activity.service_url, room, activity.tenant, activity.sender.id
            )
        except (Refused, Throttled, NoAccess) as error:
            log.info("member not established: %s", error)
            return Finding()
        return judged(told, self.tenants)

    async def outsiders(self, activity: TeamsActivity) -> bool:
        """Whether somebody from outside reads the conversation, or may."""
        if activity.personal:
            return False
        if activity.data("channel").get("type") == "shared":
            return True
        found: bool | None = self.remembered((activity.room, ""))
        if found is None:
            found, kept = await self.roster(activity)
            self.remember((activity.room, ""), found, kept)
        return found

    async def roster(self, activity: TeamsActivity) -> tuple[bool, float]:
        """(somebody from outside is in the room, seconds that this is trusted)."""
        page, seen = "", 0
        try:
            for _ in range(PAGES):
                told = await self.connector.members(
                    activity.service_url, activity.room, activity.tenant, page
                )
                members = told.get("members") or ()
                seen += len(members)
                for member in members:
                    if judged(member, self.tenants).standing != "member":
                        return True, ROOM
                page = str(told.get("continuationToken") or "")
                if not page:
                    return not seen, ROOM
        except (Refused, Throttled, NoAccess) as error:
            log.info("members not established: %s", error)
            return True, FAILED
        return True, ROOM

    def forget(self, room: str) -> None:
        """Somebody came or went: what was found in the room no longer holds."""
        for key in [key for key in self.known if key[0] == room]:
            del self.known[key]

    def remembered(self, key: tuple[str, str]) -> Any:
        """A finding that still holds, or None."""
        until, found = self.known.get(key, (0.0, None))
        return found if until > self.clock() else None

    def remember(self, key: tuple[str, str], found: object, seconds: float) -> None:
        """Keeps a finding; the oldest goes where there are too many."""
        self.known[key] = (self.clock() + seconds, found)
        self.known.move_to_end(key)
        if len(self.known) > KEPT:
            self.known.popitem(last=False)


def judged(member: object, tenants: frozenset[str]) -> Finding:
    """A member as Teams describes him → his standing. Teams writes the tenant of somebody from
    another organisation there, and « #EXT# » into the name of an invited guest."""
    if not isinstance(member, dict):
        return Finding()
    tenant = str(member.get("tenantId") or "").lower()
    role = str(member.get("userRole") or "").lower()
    names = f"{member.get('userPrincipalName')} {member.get('email')}".lower()
    if role in ("guest", "anonymous") or "#ext#" in names:
        return Finding("guest", tenant)
    if tenant and tenant not in tenants:
        return Finding("guest", tenant)
    if not tenant or role not in ("user", "owner"):
        return Finding("unknown", tenant)
    return Finding("member", tenant)
