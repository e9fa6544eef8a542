"""Who speaks, as Slack tells: member or outsider, language, groups. Unknown means outsider."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, TypeVar

from bot.channels.sending import SendLater, SendNever
from bot.channels.slack_api import SlackApi
from bot.channels.slack_options import SlackOptions
from handlers.conversation import Actor

log = logging.getLogger(__name__)

Standing = Literal["unknown", "guest", "member"]
T = TypeVar("T")

OUTSIDE = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted")
MUST_SAY = ("is_restricted", "is_ultra_restricted")  # a member's record always has these
SHARED = ("is_ext_shared", "is_pending_ext_shared")
NOT_SHARED = ("is_ext_shared", "is_shared")  # either says that nobody from outside is there
MOST = 5000  # people and channels remembered
NO_METHOD = "404"  # as an emulator may say; Slack itself says unknown_method
MISSED = 5.0  # seconds that a failure is remembered, so as not to ask at every message


class Cache:
    """What Slack was asked lately; several who want the same wait for one call."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.kept: dict[str, tuple[float, asyncio.Future[Any]]] = {}

    async def get(self, name: str, life: float, ask: Callable[[], Awaitable[T]]) -> T | None:
        """What `ask` returned in the last `life` seconds, or returns now; None on failure."""
        until, future = self.kept.get(name, (0.0, None))
        if future is None or until <= self.clock():
            if len(self.kept) >= MOST:
                self.kept.clear()
            future = asyncio.ensure_future(noted(name, ask))
            self.kept[name] = (self.clock() + life, future)
        try:
            return await asyncio.shield(future)
        except SendNever:
            return None  # Slack will say the same for a while
        except SendLater as error:
            known = self.kept.get(name)
            if known is not None and known[1] is future and error.reason != NO_METHOD:
                self.kept[name] = (min(known[0], self.clock() + MISSED), future)
            return None


async def noted(name: str, ask: Callable[[], Awaitable[T]]) -> T:
    """What `ask` returns; its failure is in the log."""
    try:
        return await ask()
    except (SendLater, SendNever) as error:
        log.warning("slack %s: %s", name.partition(" ")[0], error)
        raise


class People:
    """Asks Slack about persons, channels and groups; believes it for a minute."""

    def __init__(self, api: SlackApi, options: SlackOptions, clock: Callable[[], float]) -> None:
        self.api = api
        self.options = options
        self.cache = Cache(clock)
        self.hinted: set[str] = set()  # what the operator was told once

    async def actor(
        self, token: str, team: str, user: str, channel: str = "", *, shared: bool | None = None
    ) -> Actor:
        """The person. `channel`: where others would read the answer, empty where none would;
        `shared`: whether strangers are in it, as Slack said with the event, None where it
        didn't."""
        told = await self.told(token, team, user)
        standing = self.standing(told, team)
        if standing == "member" and channel:
            standing = "guest" if shared else await self.among(token, team, channel, shared)
        return Actor(
            id=user,
            channel="slack",
            name=name_of(told),
            workspace=team,
            groups=await self.groups(token, team, user) if standing == "member" else (),
            standing=standing,
            lang=self.language(told),
        )

    async def told(self, token: str, team: str, user: str) -> Mapping[str, Any]:
        """What users.info says of somebody; nothing where it can't be asked."""
        found = await self.cache.get(
            f"users.info {team} {user}",
            self.options.known,
            lambda: self.api.call("users.info", token, user=user, include_locale=True),
        )
        told = (found or {}).get("user")
        return told if isinstance(told, dict) else {}

    async def is_bot(self, token: str, team: str, user: str) -> bool:
        """Whether Slack says that this is an app."""
        return bool((await self.told(token, team, user)).get("is_bot"))

    def standing(self, told: Mapping[str, Any], team: str) -> Standing:
        """What users.info says of somebody. Only who is said to be a full member of this very
        workspace is one; the operator may vouch for a workspace whose Slack says less."""
        if any(told.get(flag) for flag in OUTSIDE):
            return "guest"
        home = told.get("team_id")
        if home and home != team:
            return "guest"
        if home == team and all(told.get(flag) is False for flag in MUST_SAY):
            return "member"
        if told and self.options.trusted_team == team:
            return "member"
        if told:
            self.hint("users.info", "who is a guest", team)
        return "unknown"

    def hint(self, method: str, what: str, team: str) -> None:
        """Tells the operator, once, why nobody is more than an outsider."""
        if method not in self.hinted:
            self.hinted.add(method)
            log.warning(
                "slack %s of %s doesn't say %s: outsiders all (setting slack_trusted_team)",
                method,
                team,
                what,
            )

    async def among(
        self, token: str, team: str, channel: str, shared: bool | None = None
    ) -> Standing:
        """A member's standing in a channel: nobody's is better than the strangers' present. What
        Slack said with the event counts where conversations.info answers, but not about that."""
        found = await self.cache.get(
            f"conversations.info {team} {channel}",
            self.options.known,
            lambda: self.api.call("conversations.info", token, channel=channel),
        )
        told = (found or {}).get("channel")
        told = told if isinstance(told, dict) else {}
        if any(told.get(flag) for flag in SHARED):
            return "guest"
        if any(told.get(flag) is False for flag in NOT_SHARED):
            return "member"
        if (told and shared is False) or self.options.trusted_team == team:
            return "member"
        if told:
            self.hint("conversations.info", "where strangers are", team)
        return "unknown"

    async def groups(self, token: str, team: str, user: str) -> tuple[str, ...]:
        """The user groups that somebody is in; none where Slack can't say."""
        found = await self.cache.get(
            f"usergroups.list {team}",
            self.options.known * 5,
            lambda: self.api.call("usergroups.list", token, include_users=True),
        )
        listed = (found or {}).get("usergroups")
        return tuple(
            str(group["id"])
            for group in (listed if isinstance(listed, list) else ())
            if isinstance(group, dict) and "id" in group and user in (group.get("users") or ())
        )

    def language(self, told: Mapping[str, Any]) -> Literal["fr", "en"]:
        """The language somebody reads Slack in; the assistant's own for any but these two."""
        locale = str(told.get("locale") or "")
        if locale.startswith("en"):
            return "en"
        return "fr" if locale.startswith("fr") else self.options.lang


def name_of(told: Mapping[str, Any]) -> str:
    """As colleagues know him."""
    profile = told.get("profile")
    profile = profile if isinstance(profile, dict) else {}
    names = (profile.get("display_name"), profile.get("real_name"), told.get("real_name"))
    return str(next(filter(None, [*names, told.get("name")]), ""))[:200]
