"""Puts replies where they belong: in a thread, in place of an earlier one, for one person alone,
as files."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from bot.channels.sending import SendLater, SendNever
from bot.channels.slack_desk import Desk, Spot, Thought, told
from bot.channels.slack_pages import Page, read_out
from bot.channels.slack_patience import GivenUp, patiently
from bot.channels.slack_text import FALLBACK, escaped, prefix
from bot.channels.slack_workspaces import Workspace
from handlers.conversation import File
from knowledge.phrases import say

log = logging.getLogger(__name__)

METADATA = "catalogue_reply"  # event_type of the metadata of our messages
LOOKED_AT = 50  # messages of a conversation searched for one of ours

Json = dict[str, Any]


class Replies:
    """Sends, with patience: what Slack puts off is tried again, what it refuses is told apart."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def post(
        self, home: Workspace, spot: Spot, thought: Thought, lang: str, *, key: str
    ) -> list[str]:
        """Posts a reply, file by file and page by page; returns the messages' ts. Where the
        assistant may not write (any more), the asker gets it in his direct conversation."""
        try:
            return await self.posted(home, spot, thought, lang, key)
        except SendNever as error:
            log.warning("slack reply refused: %s", error)
            if error.reason == "access" or not spot.user or spot.private:
                return []
            invited = error.reason not in ("removed", "gone")
        direct = Spot(home.team, spot.user, user=spot.user)
        try:
            words = "slack.not_written" if invited else "slack.not_there"
            why = self.desk.thought(told(words, lang, "note"), lang)
            await self.posted(home, direct, why, lang, f"{key}:why")
            return await self.posted(home, direct, thought, lang, f"{key}:direct")
        except SendNever as error:
            log.warning("slack reply refused: %s", error)
            return []

    async def posted(
        self, home: Workspace, spot: Spot, thought: Thought, lang: str, key: str
    ) -> list[str]:
        """The same, without a way out."""
        messages = []
        for number, page in enumerate(thought.pages):
            messages.append(await self.say(home, spot, page, f"{key}:{number}"))
        for file in thought.files:
            await self.upload(home, spot, file, lang)
        return messages

    async def say(self, home: Workspace, spot: Spot, page: Page, key: str) -> str:
        """Posts one message in its channel's turn; returns its ts."""
        place = spot if spot.channel[:1] not in ("U", "W") else await self.direct(home, spot)

        async def send() -> Json:
            return await self.desk.api.call(
                "chat.postMessage",
                home.token,
                channel=place.channel,
                thread_ts=place.thread or None,
                metadata={"event_type": METADATA, "event_payload": {"key": key}},
                **page.arguments(),
            )

        async def again() -> Json | None:
            found = await self.find(home, place, key)
            return {"ts": found} if found else None

        async def bare() -> Json:
            words = prefix(escaped(read_out(page.blocks)), FALLBACK) or page.text
            given = {k: v for k, v in page.arguments().items() if k != "blocks"}
            return await self.desk.api.call(
                "chat.postMessage",
                home.token,
                channel=place.channel,
                thread_ts=place.thread or None,
                **given | {"text": words},
            )

        try:
            sent = await self.patiently(place.channel, send, again)
        except GivenUp:
            raise
        except SendNever as error:
            if error.reason != "invalid":
                raise
            # Blocks or metadata that this Slack won't have: the words alone, rather than silence.
            log.warning("slack message refused (%s), sent without blocks", error.detail)
            sent = await self.patiently(place.channel, bare)
        return str(sent.get("ts") or "")

    async def direct(self, home: Workspace, spot: Spot) -> Spot:
        """The direct conversation with a person, by its own name."""
        found = await self.desk.people.cache.get(
            f"conversations.open {home.team} {spot.channel}",
            3600.0,
            lambda: self.desk.api.call("conversations.open", home.token, users=spot.channel),
        )
        channel = ((found or {}).get("channel") or {}).get("id")
        return Spot(spot.team, str(channel or spot.channel), spot.thread, spot.user)

    async def patiently(
        self,
        channel: str,
        send: Callable[[], Awaitable[Json]],
        again: Callable[[], Awaitable[Json | None]] | None = None,
    ) -> Json:
        """What `send` returned, in the channel's turn."""
        return await patiently(self.desk.pace, self.desk.options, channel, send, again)

    async def find(self, home: Workspace, spot: Spot, key: str) -> str | None:
        """The ts of our message with this key among the latest of a conversation."""
        method = "conversations.replies" if spot.thread else "conversations.history"
        try:
            found = await self.desk.api.call(
                method,
                home.token,
                channel=spot.channel,
                ts=spot.thread or None,
                limit=LOOKED_AT,
                include_all_metadata=True,
            )
        except (SendLater, SendNever):
            return None
        for message in found.get("messages") or ():
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("key") == key:
                return str(message.get("ts") or "") or None
        return None

    async def change(
        self,
        home: Workspace,
        spot: Spot,
        messages: list[str],
        thought: Thought,
        lang: str,
        key: str,
    ) -> list[str]:
        """Puts a reply in the place of earlier messages: edits them, posts what is left over,
        removes those that are no longer wanted. Returns the messages it then consists of."""
        kept: list[str] = []
        for number, page in enumerate(thought.pages):
            if number < len(messages) and await self.edit(home, spot, messages[number], page):
                kept.append(messages[number])
            else:
                kept.append(await self.say(home, spot, page, f"{key}:{number}"))
        for message in messages[len(thought.pages) :]:
            await self.remove(home, spot, message)
        for file in thought.files:
            await self.upload(home, spot, file, lang)
        return kept

    async def edit(self, home: Workspace, spot: Spot, message: str, page: Page) -> bool:
        """Changes one message; False where it can't be changed any more."""
        given = {k: v for k, v in page.arguments().items() if k in ("blocks", "text")}

        async def send() -> Json:
            return await self.desk.api.call(
                "chat.update",
                home.token,
                channel=spot.channel,
                ts=message,
                parse="none",
                link_names=False,
                **given,
            )

        try:
            await self.patiently(f"{spot.channel} edits", send)
        except SendNever as error:
            log.info("slack message not changed: %s", error)
            return False
        return True

    async def remove(self, home: Workspace, spot: Spot, message: str) -> None:
        """Takes one message back; one that is gone already is as well."""
        try:
            await self.patiently(
                f"{spot.channel} edits",
                lambda: self.desk.api.call(
                    "chat.delete", home.token, channel=spot.channel, ts=message
                ),
            )
        except SendNever as error:
            log.info("slack message not removed: %s", error)

    async def whisper(
        self,
        home: Workspace,
        spot: Spot,
        thought: Thought,
        lang: str,
        *,
        respond: Callable[..., Awaitable[Any]] | None = None,
        replace: bool = False,
    ) -> None:
        """Shows a reply to one person alone: by the response_url of what he pressed, which works
        where the assistant isn't a member, else by chat.postEphemeral, else by a direct message."""
        for page in thought.pages:
            if respond is not None and await self.responded(respond, page, replace):
                replace = False
                continue
            try:
                await self.desk.api.call(
                    "chat.postEphemeral",
                    home.token,
                    channel=spot.channel,
                    user=spot.user,
                    thread_ts=spot.thread or None,
                    **{k: v for k, v in page.arguments().items() if k in ("blocks", "text")},
                )
            except (SendLater, SendNever) as error:
                log.info("slack whisper refused: %s", error)
                direct = Spot(home.team, spot.user, user=spot.user)
                await self.post(home, direct, only(thought, page), lang, key=f"whisper:{id(page)}")
        for file in thought.files:
            await self.upload(home, Spot(home.team, spot.user, user=spot.user), file, lang)

    async def responded(
        self, respond: Callable[..., Awaitable[Any]], page: Page, replace: bool
    ) -> bool:
        """Whether the response_url took the page."""
        try:
            async with asyncio.timeout(self.desk.options.timeout):
                response = await respond(
                    text=page.arguments()["text"],
                    blocks=page.blocks,
                    response_type="ephemeral",
                    replace_original=replace,
                )
        except Exception as error:  # the SDK raises many kinds; none may cost the answer
            log.info("slack response_url refused: %s", type(error).__name__)
            return False
        return getattr(response, "status_code", 0) == 200

    async def upload(self, home: Workspace, spot: Spot, file: File, lang: str) -> None:
        """Hands a file over in the conversation; says so where Slack won't have it."""
        place = spot if spot.channel[:1] not in ("U", "W") else await self.direct(home, spot)
        try:
            await self.desk.api.upload(
                home.token, file.name, file.content, place.channel, place.thread
            )
        except (SendLater, SendNever) as error:
            log.warning("slack file refused: %s", error)
            reply = told("slack.no_file", lang, name=file.name)
            await self.post(home, place, self.desk.thought(reply, lang), lang, key=f"f:{file.name}")

    async def status(self, home: Workspace, spot: Spot, lang: str) -> None:
        """« L’assistant cherche… » in the assistant pane, until the answer comes."""
        try:
            await self.desk.api.call(
                "assistant.threads.setStatus",
                home.token,
                channel_id=spot.channel,
                thread_ts=spot.thread,
                status=say("slack.status", lang),
            )
        except (SendLater, SendNever) as error:
            log.info("slack status not set: %s", error)


def only(thought: Thought, page: Page) -> Thought:
    """One page of a reply."""
    return Thought(thought.reply, [page], None, [], thought.rest)
