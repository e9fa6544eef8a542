"""Installation in several workspaces by OAuth: who may install, where the tokens are kept."""

from __future__ import annotations

import asyncio
import html
import logging
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

import aiohttp
from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.channels.slack_desk import Desk
from bot.stores.slack import SlackStore
from handlers.ports import StoreUnavailable
from knowledge.phrases import say

log = logging.getLogger(__name__)

# What the assistant may do in a workspace; deploy/slack/manifest.yaml lists the same.
SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:write",
    "mpim:history",
    "mpim:read",
    "usergroups:read",
    "users:read",
)


class States(AsyncOAuthStateStore):
    """Installations begun: each may end once, here, within ten minutes."""

    def __init__(self, store: SlackStore, clock: Callable[[], datetime]) -> None:
        self.store = store
        self.clock = clock

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        """A new unguessable name."""
        state = secrets.token_urlsafe(24)
        await asyncio.to_thread(self.store.open_state, state, self.clock())
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether the installation began here and lately."""
        try:
            return await asyncio.to_thread(self.store.use_state, state, self.clock())
        except StoreUnavailable:
            return False


class Kept(AsyncInstallationStore):
    """Bolt's way to the store of installations."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def async_save(self, installation: Installation) -> None:
        """Keeps what the assistant needs of an installation: the bot's token and names."""
        body = {
            "bot_token": installation.bot_token,
            "bot_user_id": installation.bot_user_id,
            "bot_id": installation.bot_id,
        }
        team = installation.team_id or ""
        now = self.desk.clock()
        await asyncio.to_thread(self.desk.store.install, team, body, now)
        self.desk.workspaces.forget(team)
        log.warning("slack: the assistant was installed in workspace %s", team)


class Flow(AsyncOAuthFlow):
    """Bolt's installation, for the workspaces of the allow-list alone. One that is not on it is
    refused before anything is kept, and its token is given back."""

    allowed: tuple[str, ...] = ()

    async def run_installation(self, code: str) -> Installation | None:
        """Slack's answer to the code, None where it refuses it. The secret goes in the form, as
        Slack takes it as well: the SDK's way makes use of what aiohttp no longer wants."""
        given = {
            "code": code,
            "client_id": self.settings.client_id,
            "client_secret": self.settings.client_secret,
        }
        try:
            told = await self.client.api_call("oauth.v2.access", data=given)
            token = str(told.get("access_token") or "")
            tested = await self.client.auth_test(token=token)
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("slack installation refused: %s", type(error).__name__)
            return None
        return Installation(
            team_id=(told.get("team") or {}).get("id"),
            user_id=str((told.get("authed_user") or {}).get("id") or ""),
            bot_token=token,
            bot_user_id=told.get("bot_user_id"),
            bot_id=tested.get("bot_id"),
            is_enterprise_install=bool(told.get("is_enterprise_install")),
        )

    async def store_installation(
        self, request: AsyncBoltRequest, installation: Installation
    ) -> None:
        """Keeps the installation; raises Refused for a workspace that may not install."""
        team = installation.team_id or ""
        if team not in self.allowed or installation.is_enterprise_install:
            await self.give_back(installation)
            raise Refused(team)
        await super().store_installation(request, installation)

    async def give_back(self, installation: Installation) -> None:
        """Revokes a token that was not wanted."""
        try:
            await self.client.auth_revoke(token=installation.bot_token)
        except Exception as error:
            log.warning("slack token not revoked: %s", type(error).__name__)

    async def handle_callback(self, request: AsyncBoltRequest) -> BoltResponse:
        """The browser comes back from Slack."""
        try:
            response: BoltResponse = await super().handle_callback(request)
        except Refused as error:
            log.warning("slack: workspace %s is not among slack_teams", error.team)
            return page("slack.install_refused", 403)
        except StoreUnavailable as error:
            log.error("slack installation not kept: %s", error)
            return page("slack.install_failed", 500)
        return response


class Refused(Exception):
    """A workspace that may not install the assistant."""

    def __init__(self, team: str) -> None:
        super().__init__(team)
        self.team = team


def oauth_flow(desk: Desk) -> AsyncOAuthFlow:
    """The installation for the options in force."""
    options = desk.options

    async def success(args: AsyncSuccessArgs) -> BoltResponse:
        return page("slack.installed", 200)

    async def failure(args: AsyncFailureArgs) -> BoltResponse:
        log.warning("slack installation failed: %s", str(args.reason)[:80])
        return page("slack.install_failed", args.suggested_status_code)

    flow = Flow(
        client=desk.api.client,
        settings=AsyncOAuthSettings(
            client_id=options.client_id,
            client_secret=options.client_secret,
            scopes=list(SCOPES),
            installation_store=Kept(desk),
            state_store=States(desk.store, desk.clock),
            authorization_url=options.authorize_url,
            callback_options=AsyncCallbackOptions(success=success, failure=failure),
            install_page_rendering_enabled=False,
        ),
    )
    flow.allowed = options.teams
    return flow


def page(key: str, status: int) -> BoltResponse:
    """A page of one sentence, in both languages."""
    words = "".join(f"<p>{html.escape(say(key, lang))}</p>" for lang in ("fr", "en"))
    return BoltResponse(
        status=status,
        body=f'<!doctype html><html lang="fr"><meta charset="utf-8"><title>Slack</title>{words}',
        headers={"content-type": "text/html; charset=utf-8"},
    )
