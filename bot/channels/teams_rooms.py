"""Where the bot is: conversations stored for later messages, installations, names, sharing."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from bot.channels.teams_activity import TeamsActivity
from bot.channels.teams_connector import root
from bot.stores.teams import TeamsStore
from handlers.ports import StoreUnavailable

log = logging.getLogger(__name__)

Found = TypeVar("Found")
KEPT = 20_000  # conversations whose row needs no writing, for nothing changed
LEAVES = frozenset({"teamDeleted", "teamHardDeleted", "channelDeleted"})
NAMES = {"teamRenamed": "team", "channelRenamed": "channel", "channelCreated": "channel"}


class Rooms:
    """Keeps the store up to date; a store that fails costs the memory, never the answer."""

    def __init__(self, store: TeamsStore, clock: Callable[[], datetime]) -> None:
        self.store = store
        self.clock = clock
        self.written: OrderedDict[str, tuple[str, ...]] = OrderedDict()
        self.turn = asyncio.Lock()  # Teams tells of one installation twice, at the same moment

    async def seen(self, activity: TeamsActivity) -> None:
        """Stores where a conversation is written to, if that is new."""
        row = (activity.service_url, activity.tenant, activity.kind, activity.user)
        if self.written.get(activity.room) == row:
            return
        person = activity.user if activity.personal else ""
        team = str(activity.data("team").get("id", ""))
        await self.stored(
            lambda: self.store.keep(
                activity.room,
                activity.service_url,
                activity.tenant,
                activity.kind,
                self.clock(),
                person=person,
                team=team,
            )
        )
        self.written[activity.room] = row
        if len(self.written) > KEPT:
            self.written.popitem(last=False)

    async def changed(self, activity: TeamsActivity) -> bool:
        """Notes an installation, a departure, a new name; True when the bot is to introduce
        itself: it has just arrived where it was not before."""
        async with self.turn:
            return await self.noted(activity)

    async def noted(self, activity: TeamsActivity) -> bool:
        """The same, one at a time."""
        if departed(activity):
            room, whole = left(activity)
            self.written.pop(room, None)
            await self.stored(lambda: self.store.leave(room, whole))
            return False
        before = await self.stored(lambda: self.store.conversation(activity.room))
        if arrived(activity):
            await self.seen(activity)
        named = activity.data(NAMES.get(activity.event_type, ""))
        target = str(named.get("id") or activity.room)
        known: dict[str, Any] = {}
        if named.get("name"):
            known["name"] = str(named["name"])[:300]
        if activity.event_type == "channelShared":
            known["outside"] = 1
        if known:
            await self.stored(lambda: self.store.describe(root(target), **known))
        return arrived(activity) and (before is None or bool(before["removed"]))

    async def shared(self, activity: TeamsActivity) -> bool:
        """Whether the conversation was once said to be shared with others."""
        if activity.personal:
            return False
        row = await self.stored(lambda: self.store.conversation(activity.room))
        return bool(row and row["outside"])

    async def personal_room(self, person: str) -> str:
        """The personal chat of somebody, empty where there is none."""
        return await self.stored(lambda: self.store.personal(person)) or ""

    async def stored(self, work: Callable[[], Found]) -> Found | None:
        """Work on the store, in a thread; None when the store can't be used."""
        try:
            return await asyncio.to_thread(work)
        except StoreUnavailable as error:
            log.warning("teams: conversations not stored: %s", error)
            return None


def arrived(activity: TeamsActivity) -> bool:
    """Whether the activity tells that the bot was added."""
    if activity.type == "installationUpdate":
        return (activity.action or "").startswith("add")
    return any(one.id == activity.recipient.id for one in activity.members_added or [])


def departed(activity: TeamsActivity) -> bool:
    """Whether the bot was removed, or the place it was in."""
    if activity.type == "installationUpdate":
        return (activity.action or "").startswith("remove")
    gone = any(one.id == activity.recipient.id for one in activity.members_removed or [])
    return gone or activity.event_type in LEAVES


def left(activity: TeamsActivity) -> tuple[str, str]:
    """(the conversation that the bot is no longer in, the team all of whose channels it has left).
    Of a channel that was deleted, Teams tells in the team's main one, where the bot stays."""
    if activity.event_type == "channelDeleted":
        return root(str(activity.data("channel").get("id") or activity.room)), ""
    return activity.room, str(activity.data("team").get("id", ""))
