"""The workspaces that the assistant is in, and its token in each."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from bot.channels.sending import SendLater, SendNever
from bot.channels.slack_api import SlackApi
from bot.channels.slack_options import SlackOptions
from handlers.ports import StoreUnavailable
from knowledge.phrases import Problem


@dataclass(frozen=True)
class Workspace:
    """One workspace: Slack's names of it and of the assistant in it."""

    team: str
    token: str = field(repr=False)
    bot_user: str = ""
    bot: str = ""


class Installations(Protocol):
    """Where installations by OAuth are kept."""

    def installation(self, team: str) -> dict[str, Any] | None:
        """A workspace's installation, or None."""


class Workspaces:
    """Finds a workspace's token: the one of the settings, or the one of its installation."""

    def __init__(
        self, options: SlackOptions, store: Installations, single: Workspace | None
    ) -> None:
        self.options = options
        self.store = store
        self.single = single
        self.known: dict[str, Workspace] = {}

    async def get(self, team: str) -> Workspace | None:
        """The workspace, None where the assistant is not installed or not allowed."""
        allowed = not self.options.teams or team in self.options.teams
        if self.single is not None and (allowed or team == self.single.team):
            return self.single
        if not allowed:
            return None
        if team not in self.known:
            try:
                body = await asyncio.to_thread(self.store.installation, team)
            except StoreUnavailable:
                return None
            if body is None:
                return None
            self.known[team] = workspace_of(team, body)
        return self.known[team]

    def learn(self, body: Mapping[str, Any]) -> None:
        """Takes from a payload what auth.test left out, as it may where Slack is an emulator."""
        if self.single is None or (self.single.team and self.single.bot_user):
            return
        team = body.get("team_id") or (body.get("team") or {}).get("id")
        given = body.get("authorizations") or [{}]
        user = given[0].get("user_id") if given[0].get("is_bot") else ""
        self.single = replace(
            self.single,
            team=self.single.team or str(team or ""),
            bot_user=self.single.bot_user or str(user or ""),
        )

    def forget(self, team: str) -> None:
        """Its token was revoked, or it was installed anew: look it up again."""
        self.known.pop(team, None)


def workspace_of(team: str, body: Mapping[str, Any]) -> Workspace:
    """The workspace of a stored installation."""
    return Workspace(
        team=team,
        token=str(body.get("bot_token") or ""),
        bot_user=str(body.get("bot_user_id") or ""),
        bot=str(body.get("bot_id") or ""),
    )


async def single_workspace(api: SlackApi, options: SlackOptions) -> Workspace | None:
    """The workspace of the bot token in the settings, None where there is none. Raises Problem
    when Slack refuses the token or can't be reached."""
    if not options.bot_token:
        return None
    try:
        told = await api.call("auth.test", options.bot_token)
    except SendNever as error:
        raise Problem("slack.refused", name="slack_bot_token", detail=error.detail) from error
    except SendLater as error:
        raise Problem("slack.unreachable", url=options.api_url, detail=error.reason) from error
    return Workspace(
        team=str(told.get("team_id") or ""),
        token=options.bot_token,
        bot_user=str(told.get("user_id") or ""),
        bot=str(told.get("bot_id") or ""),
    )
