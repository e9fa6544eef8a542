"""The Bolt app: which of Slack's payloads goes where. The same for Socket Mode and HTTP."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest, AsyncRespond
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from bot.channels.slack_api import new_client
from bot.channels.slack_asked import COMMAND, SHORTCUT, Asked
from bot.channels.slack_desk import Desk
from bot.channels.slack_forms import CALLBACK
from bot.channels.slack_home import Home
from bot.channels.slack_modals import Modals
from bot.channels.slack_press import PREFIX
from bot.channels.slack_pressed import Presses
from bot.channels.slack_replies import Replies
from bot.channels.slack_said import Messages
from bot.channels.slack_workspaces import Workspace

log = logging.getLogger(__name__)

# Bolt logs payloads when it doesn't know them; ours are confidential.
quiet = logging.getLogger("bot.channels.slack_bolt")
quiet.setLevel(logging.CRITICAL)

Payload = Mapping[str, Any]


class Slack:
    """Everything that Slack may send, brought to those who answer."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.replies = Replies(desk)
        self.messages = Messages(desk, self.replies)
        self.modals = Modals(desk, self.replies)
        self.presses = Presses(desk, self.replies, self.modals)
        self.asked = Asked(desk, self.replies, self.modals)
        self.home = Home(desk, self.replies)

        async def authorize(
            enterprise_id: str | None, team_id: str | None, user_id: str | None
        ) -> AuthorizeResult | None:  # a function: Bolt fills in its arguments by their names
            return await self.authorize(enterprise_id, team_id, user_id)

        self.app = AsyncApp(
            name="catalogue",
            logger=quiet,
            client=new_client(desk.options, desk.api.session),
            authorize=authorize,  # type: ignore[arg-type]  # None: not installed there
            # Signatures are checked at our own door, before anything is parsed.
            request_verification_enabled=False,
        )
        self.listen()

    def listen(self) -> None:
        """The listeners; deploy/slack/manifest.yaml asks Slack for the same events."""
        app = self.app
        app.error(self.on_error)
        app.event("message")(self.on_message)
        app.event("app_mention")(self.on_message)
        app.event("app_home_opened")(self.on_home)
        app.event("assistant_thread_started")(self.on_pane)
        app.event("assistant_thread_context_changed")(self.on_nothing)
        app.event("app_uninstalled")(self.on_uninstalled)
        app.event("tokens_revoked")(self.on_uninstalled)
        app.command(COMMAND)(self.on_command)
        app.shortcut(SHORTCUT)(self.on_shortcut)
        app.action(re.compile(f"^{PREFIX}"))(self.on_press)
        app.view(CALLBACK)(self.on_submit)

    async def authorize(
        self, enterprise_id: str | None, team_id: str | None, user_id: str | None
    ) -> AuthorizeResult | None:
        """The assistant's token where the payload comes from; asks nobody over the network, so
        that no acknowledgement waits for it."""
        home = await self.desk.workspaces.get(team_id or "")
        if home is None:
            log.warning("slack payload from a workspace without the assistant")
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=home.team,
            user_id=user_id,
            bot_id=home.bot,
            bot_user_id=home.bot_user,
            bot_token=home.token,
        )

    async def dispatch(self, request: AsyncBoltRequest) -> BoltResponse:
        """Bolt's response to a payload. One of a kind not known is acknowledged and noted: Slack
        would send it again otherwise."""
        try:
            self.desk.workspaces.learn(request.body)
            response: BoltResponse = await self.app.async_dispatch(request)
        except Exception as error:  # a payload of a shape that Bolt itself stumbles over
            self.desk.door.failure(error, self.desk.options.lang)
            return BoltResponse(status=200, body="")
        if response.status in (404, 500, 503):
            log.warning(
                "slack payload not handled: %s (%d)", kind_of(request.body), response.status
            )
            return BoltResponse(status=200, body="")
        return response

    async def home_of(self, context: AsyncBoltContext) -> Workspace:
        """The workspace of a payload that Bolt has authorised."""
        home = await self.desk.workspaces.get(context.team_id or "")
        assert home is not None  # authorize() let it through
        return home

    async def on_message(self, body: Payload, event: Payload, context: AsyncBoltContext) -> None:
        """`message` and `app_mention`: acknowledged by Bolt already."""
        home = await self.home_of(context)
        shared = body.get("is_ext_shared_channel")
        shared = shared if isinstance(shared, bool) else None
        event_id = str(body.get("event_id") or "")
        await self.guarded(lambda: self.messages.heard(event, home, event_id, shared=shared))

    async def on_home(self, event: Payload, context: AsyncBoltContext) -> None:
        """`app_home_opened`."""
        home = await self.home_of(context)
        await self.guarded(lambda: self.home.opened(event, home))

    async def on_pane(self, event: Payload, context: AsyncBoltContext) -> None:
        """`assistant_thread_started`."""
        home = await self.home_of(context)
        await self.guarded(lambda: self.home.pane_opened(event, home))

    async def on_nothing(self) -> None:
        """`assistant_thread_context_changed`: what the asker looks at meanwhile is not our
        business. Slack wants the event listened to all the same."""

    async def on_uninstalled(self, context: AsyncBoltContext) -> None:
        """`app_uninstalled`, `tokens_revoked`: the token is worth nothing any more."""
        team = context.team_id or ""
        log.warning("slack: the assistant was removed from a workspace")
        self.desk.workspaces.forget(team)
        await self.desk.stored(None, self.desk.store.uninstall, team)

    async def on_command(
        self, ack: AsyncAck, body: Payload, context: AsyncBoltContext, respond: AsyncRespond
    ) -> None:
        """`/catalogue …`."""
        await ack()
        home = await self.home_of(context)
        await self.guarded(lambda: self.asked.command(body, home, respond))

    async def on_shortcut(
        self, ack: AsyncAck, body: Payload, context: AsyncBoltContext, respond: AsyncRespond
    ) -> None:
        """« Demander au Catalogue »."""
        await ack()
        home = await self.home_of(context)
        await self.guarded(lambda: self.asked.shortcut(body, home, respond))

    async def on_press(
        self, ack: AsyncAck, body: Payload, context: AsyncBoltContext, respond: AsyncRespond
    ) -> None:
        """A button."""
        await ack()
        home = await self.home_of(context)
        await self.guarded(lambda: self.presses.pressed(body, home, respond))

    async def on_submit(self, ack: AsyncAck, body: Payload, context: AsyncBoltContext) -> None:
        """A modal sent: its acknowledgement says what it shows next."""
        home = await self.home_of(context)
        try:
            answer = await self.modals.submitted(body, home)
        except Exception as error:
            self.desk.door.failure(error, self.desk.options.lang)
            answer = None
        if answer is None:
            await ack()
        else:
            await ack(**{name: given for name, given in answer.items() if name != "again"})

    async def on_error(self, error: Exception) -> None:
        """What went wrong inside Bolt."""
        self.desk.door.failure(error, self.desk.options.lang)

    async def guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        """Does the work; an error of the channel's own goes to the log with its number."""
        try:
            with self.desk.working():
                await work()
        except Exception as error:
            self.desk.door.failure(error, self.desk.options.lang)


def kind_of(body: Payload) -> str:
    """Which kind of payload it is; nothing of what it says."""
    event = body.get("event")
    event = event if isinstance(event, dict) else {}
    kinds = (body.get("type"), event.get("type"), event.get("subtype"), body.get("command"))
    return " ".join(str(kind)[:40] for kind in kinds if kind) or "unknown"
