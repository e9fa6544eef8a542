"""`POST /api/messages`: checks the sender, the service URL and the tenant, then hands over."""

from __future__ import annotations

import json
import logging

from aiohttp import web
from pydantic import ValidationError

from bot.channels.teams_activity import TeamsActivity
from bot.channels.teams_auth import Gate, Unauthorized
from bot.channels.teams_connector import Connector
from bot.channels.teams_invokes import Invokes
from bot.channels.teams_options import TeamsOptions
from bot.channels.teams_turns import Turns

log = logging.getLogger(__name__)

CHANNEL = "msteams"
PATH = "/api/messages"


class Site:
    """The one address of the channel."""

    def __init__(
        self, options: TeamsOptions, gate: Gate, connector: Connector, turns: Turns
    ) -> None:
        self.options = options
        self.gate = gate
        self.connector = connector
        self.turns = turns
        self.invokes = Invokes(turns)

    def application(self) -> web.Application:
        """The site for aiohttp."""
        made = web.Application(client_max_size=self.options.body)
        made.add_routes([web.post(PATH, self.messages)])
        return made

    async def messages(self, request: web.Request) -> web.Response:
        """One activity. What is refused gets a bare status: nobody of ours reads it."""
        if request.content_type != "application/json":
            return web.Response(status=415)
        try:
            activity = TeamsActivity.model_validate(json.loads(await request.read()))
        except (ValueError, ValidationError, RecursionError):
            log.info("teams: malformed activity")
            return web.Response(status=400)
        refused = await self.refused(activity, request.headers.get("Authorization", ""))
        if refused:
            return web.Response(status=refused)
        if activity.type == "invoke":
            status, body = await self.invokes.answer(activity)
            return (
                web.Response(status=status)
                if body is None
                else web.json_response(body, status=status)
            )
        await self.turns.take(activity)
        return web.Response(status=202)

    async def refused(self, activity: TeamsActivity, header: str) -> int:
        """The status to refuse with, 0 for an activity that is welcome."""
        if activity.channel_id != CHANNEL:
            return 403
        if not self.connector.trusted(activity.service_url, anonymous=self.options.anonymous):
            log.warning("teams: a service URL that is not Microsoft's was refused")
            return 403
        try:
            await self.gate.check(header, activity.channel_id, activity.service_url)
        except Unauthorized as error:
            log.info("teams: unauthorized: %s", error)
            return 401
        if activity.tenant not in self.options.tenants:
            log.warning("teams: an activity of a tenant that is not admitted was refused")
            return 403
        return 0
