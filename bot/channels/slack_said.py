"""Messages: what is meant for the assistant, and its answer in the thread."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.channels.slack_desk import Desk, Spot, told
from bot.channels.slack_replies import METADATA, Replies
from bot.channels.slack_text import typed
from bot.channels.slack_workspaces import Workspace
from handlers.conversation import Incoming
from handlers.forward import KEY, reply_action

log = logging.getLogger(__name__)

SPOKEN = ("", "file_share", "thread_broadcast", "me_message")  # subtypes that a person writes
SPELLED = re.compile(r"^@\S+\s*")  # a mention as an emulator may give it
PANE = "pane"  # SlackStore.join: a thread of the assistant pane


@dataclass(frozen=True)
class Said:
    """A message of a person."""

    spot: Spot  # where it is answered
    ts: str
    text: str  # as he typed it, without the mention of the assistant
    mentioned: bool
    threaded: bool  # it stands in a thread, rather than opening one
    other: bool  # it begins by addressing somebody else
    wordless_file: bool  # a file and no text
    shared: bool | None


def said(event: Mapping[str, Any], home: Workspace, *, shared: bool | None = None) -> Said | None:
    """The message behind a `message` or `app_mention` event, None where no person spoke."""
    user, channel, ts = (str(event.get(name) or "") for name in ("user", "channel", "ts"))
    if (event.get("subtype") or "") not in SPOKEN or event.get("bot_id") or event.get("hidden"):
        return None
    if not (user and channel and ts) or user in (home.bot_user, "USLACKBOT"):
        return None
    metadata = event.get("metadata")
    if isinstance(metadata, dict) and metadata.get("event_type") == METADATA:
        return None  # ours, whoever Slack says wrote it
    raw = event.get("text")
    raw = raw if isinstance(raw, str) else ""
    private = event.get("channel_type") == "im" or channel.startswith("D")
    thread = str(event.get("thread_ts") or "")
    mention = f"<@{home.bot_user}"
    text = typed(raw, home.bot_user)
    if event.get("type") == "app_mention" and mention not in raw:
        text = SPELLED.sub("", text)
    return Said(
        spot=Spot(home.team, channel, thread or ("" if private else ts), user),
        ts=ts,
        text=text,
        mentioned=event.get("type") == "app_mention" or (bool(home.bot_user) and mention in raw),
        threaded=bool(thread) and thread != ts,
        other=raw.lstrip().startswith("<@") and not raw.lstrip().startswith(mention),
        wordless_file=bool(event.get("files")) and not text,
        shared=shared,
    )


class Messages:
    """Answers messages. In a channel: those that mention the assistant, and those of a thread it
    is in."""

    def __init__(self, desk: Desk, replies: Replies) -> None:
        self.desk = desk
        self.replies = replies

    async def heard(
        self,
        event: Mapping[str, Any],
        home: Workspace,
        event_id: str,
        *,
        shared: bool | None = None,
    ) -> None:
        """A message or a mention: answered once, however many events tell of it."""
        if event.get("subtype") == "message_changed":
            await self.edited(event, home, event_id, shared=shared)
            return
        message = said(event, home, shared=shared)
        if message is None:
            return
        if await self.key_of(message):
            await self.advised(message, home)
            return
        if not await self.meant(message):
            return
        if await self.desk.people.is_bot(home.token, home.team, message.spot.user):
            return
        async with self.desk.once(f"{message.spot.place}:{message.ts}") as fresh:
            if fresh:
                await self.answer(message, home)

    async def meant(self, message: Said) -> bool:
        """Whether the message is for the assistant."""
        if message.spot.private or message.mentioned:
            return True
        if not message.threaded or message.other:
            return False
        return bool(
            await self.desk.stored(
                "", self.desk.store.thread, message.spot.place, message.spot.thread
            )
        )

    async def answer(
        self, message: Said, home: Workspace, earlier: list[str] | None = None
    ) -> None:
        """Answers in the thread, one message of a thread after the other; in the place of
        `earlier` answers where the message was edited."""
        spot, desk = message.spot, self.desk
        async with desk.locks.held(spot.address().conversation):
            actor = await desk.asker(home, spot, shared=message.shared)
            if await self.in_pane(spot):
                await self.replies.status(home, spot, actor.lang)
            if message.wordless_file:
                thought = desk.thought(told("slack.file_only", actor.lang, "note"), actor.lang)
            else:
                event = f"{spot.place}:{message.ts}"
                text = message.text if message.text else "?"  # a bare mention asks for help
                incoming = Incoming(actor=actor, address=spot.address(), text=text, event=event)
                thought = await desk.think(incoming)
            if not spot.private:  # before the answer shows: a follow-up may be quick
                await desk.stored(None, desk.store.join, spot.place, spot.thread, desk.clock())
            key = f"{spot.place}:{message.ts}"
            if earlier:
                sent = await self.replies.change(home, spot, earlier, thought, actor.lang, key)
            else:
                sent = await self.replies.post(home, spot, thought, actor.lang, key=key)
            await desk.stored(
                None,
                desk.store.answered,
                spot.place,
                message.ts,
                list(filter(None, sent)),
                desk.clock(),
            )

    async def in_pane(self, spot: Spot) -> bool:
        """Whether the conversation is one of the assistant pane."""
        if not (spot.private and spot.thread):
            return False
        kind = await self.desk.stored("", self.desk.store.thread, spot.place, spot.thread)
        return kind == PANE

    async def edited(
        self, event: Mapping[str, Any], home: Workspace, event_id: str, *, shared: bool | None
    ) -> None:
        """An edited message: its answer is edited. One that only now mentions the assistant is
        a new question; one whose text is the same (a link that unfolded) is nothing."""
        new, old = event.get("message"), event.get("previous_message")
        if not isinstance(new, dict) or not isinstance(old, dict):
            return
        if new.get("text") == old.get("text"):
            return
        outer = {name: event.get(name) for name in ("channel", "channel_type")}
        message = said({**new, **outer, "type": "message"}, home, shared=shared)
        if message is None:
            return
        version = (new.get("edited") or {}).get("ts") or event_id
        before = said({**old, **outer, "type": "message"}, home)
        was_meant = before is not None and (message.spot.private or before.mentioned)
        async with self.desk.once(f"{message.spot.place}:{message.ts}:{version}") as fresh:
            if not fresh:
                return
            earlier = await self.earlier(message)
            if earlier or message.spot.private or (message.mentioned and not was_meant):
                await self.answer(message, home, earlier)

    async def earlier(self, message: Said) -> list[str]:
        """What answered the message before it was edited; waits for an answer under way."""
        spot = message.spot
        async with self.desk.locks.held(spot.address().conversation):
            return await self.desk.stored([], self.desk.store.answers, spot.place, message.ts)

    async def key_of(self, message: Said) -> str:
        """The key of the forwarded question whose thread this is, empty for any other message."""
        spot, desk = message.spot, self.desk
        if spot.channel != desk.options.broker_channel or not message.threaded:
            return ""
        if message.mentioned:
            return ""  # an adviser asks the assistant about it
        async with desk.locks.held(f"forwarding {spot.place}"):  # the note of one just sent
            key = await desk.stored("", desk.store.key_of, spot.place, spot.thread)
        return key if key.startswith(KEY) else ""

    async def advised(self, message: Said, home: Workspace) -> None:
        """An adviser's reply to a forwarded question goes back to whoever asked."""
        spot, desk = message.spot, self.desk
        event = f"{spot.place}:{message.ts}"
        async with desk.once("" if message.other else event) as fresh:
            if message.other or not fresh:
                return
            key = await self.key_of(message)
            actor = await desk.asker(home, spot, shared=message.shared)
            incoming = Incoming(
                actor=actor,
                address=spot.address(),
                pressed=reply_action(key.removeprefix(KEY)),
                values={"text": message.text},
                event=event,
            )
            thought = await desk.think(incoming)
            await self.replies.post(home, spot, thought, actor.lang, key=event)
