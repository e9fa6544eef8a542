"""What everything that answers in Slack shares: the door to the handlers, the stores, the API."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import uuid4

from bot.channels.slack_api import Locks, Pace, SlackApi
from bot.channels.slack_options import SlackOptions
from bot.channels.slack_pages import Page, files_of, form_of, pages_of, without
from bot.channels.slack_people import People
from bot.channels.slack_workspaces import Workspace, Workspaces
from bot.stores.slack import SlackStore
from handlers.conversation import Actor, Address, File, Form, Incoming, Reply, Text
from handlers.ports import StoreUnavailable
from knowledge.phrases import say

log = logging.getLogger(__name__)

T = TypeVar("T")

LAST_WORDS = 5.0  # seconds for what is under way when the channel stops


class Door(Protocol):
    """What answers: handlers.router.Router."""

    def reply(self, incoming: Incoming) -> Reply:
        """The reply to anything; synchronous, never raises."""

    def failure(self, error: Exception, lang: str) -> Reply:
        """A sentence with a reference number, for an error of the channel's own."""


class Seen(Protocol):
    """Remembers events over restarts."""

    def claim(self, channel: str, event_id: str, at: datetime) -> bool:
        """Takes an event in hand; False where it is answered, or in other hands."""

    def done(self, channel: str, event_id: str, at: datetime, reply: str = "") -> None:
        """The event is answered."""

    def release(self, channel: str, event_id: str) -> None:
        """The event was not answered after all."""


@dataclass(frozen=True)
class Spot:
    """A place in Slack where a reply goes. A direct conversation goes by the person's id, so
    that it is the same one from wherever it was begun."""

    team: str
    channel: str  # C…, G…, D…, or a person's U… for the conversation with him
    thread: str = ""
    user: str = ""  # who asked

    @property
    def private(self) -> bool:
        """Whether only the asker reads there."""
        return self.channel[:1] in ("D", "U", "W")

    @property
    def place(self) -> str:
        """As the store names it."""
        return f"{self.team}:{self.channel}"

    def address(self) -> Address:
        """As handlers know it."""
        where = self.user if self.private and self.user else self.channel
        name = f"{self.team}:{where}:{self.thread}"
        return Address(channel="slack", conversation=name, private=self.private)

    def aside(self) -> Address:
        """What is asked for oneself, by the command or the shortcut: a conversation beside the
        direct one, so that a question is no answer to a dialog under way there. What is sent to
        it goes to the direct conversation."""
        return Address(channel="slack", conversation=f"{self.team}:{self.user}::aside")


def spot_of(address: Address) -> Spot:
    """The place of an address. An address of another shape is nowhere: Slack will say so."""
    team, channel, thread = (*address.conversation.split(":"), "", "")[:3]
    return Spot(team=team, channel=channel, thread=thread)


@dataclass(frozen=True)
class Thought:
    """A reply, ready to be shown."""

    reply: Reply
    pages: list[Page]
    form: Form | None
    files: list[File]
    rest: Reply  # the reply without its form


@dataclass
class Desk:
    """Everything at hand. Made inside the event loop of the channel."""

    options: SlackOptions
    door: Door
    store: SlackStore
    seen: Seen
    api: SlackApi
    people: People
    workspaces: Workspaces
    clock: Callable[[], datetime]
    pace: Pace
    locks: Locks = field(default_factory=Locks)
    waiting: int = 0

    def __post_init__(self) -> None:
        self.thinkers = ThreadPoolExecutor(self.options.in_flight, "slack-answer")
        self.keepers = ThreadPoolExecutor(2, "slack-store")
        self.tasks: set[asyncio.Task[Any]] = set()

    def close(self) -> None:
        """Lets the threads go once they are done."""
        for pool in (self.thinkers, self.keepers):
            pool.shutdown(wait=False, cancel_futures=True)

    def spawn(self, work: Coroutine[Any, Any, object]) -> None:
        """Does some work after the acknowledgement; what it raises is logged, and no more."""

        async def run() -> None:
            try:
                await work
            except Exception as error:
                self.door.failure(error, self.options.lang)

        task = asyncio.get_running_loop().create_task(run())
        self.tasks.add(task)  # the loop itself holds tasks but weakly
        task.add_done_callback(self.tasks.discard)

    @contextmanager
    def working(self) -> Iterator[None]:
        """What the present task does inside is finished before the channel stops."""
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            yield
        finally:
            self.tasks.discard(task)

    async def finish(self) -> None:
        """Answers under way have a few seconds to go out."""
        if self.tasks:
            _, left = await asyncio.wait(self.tasks, timeout=LAST_WORDS)
            if left:
                log.warning("slack: stopped with %d answers not sent", len(left))

    async def think(self, incoming: Incoming, offset: int = 0) -> Thought:
        """The reply to something, made in a thread of its own; at most so many at a time and so
        many waiting, for the others a sentence."""
        lang = incoming.actor.lang
        if self.waiting >= self.options.waiting:
            return self.thought(told("slack.busy", lang), lang)
        self.waiting += 1
        try:
            async with asyncio.timeout(self.options.patience):
                return await asyncio.get_running_loop().run_in_executor(
                    self.thinkers, self.answer, incoming, offset
                )
        except TimeoutError as error:
            return self.thought(self.door.failure(error, lang), lang)
        finally:
            self.waiting -= 1

    def answer(self, incoming: Incoming, offset: int) -> Thought:
        """In a worker thread: the handlers' reply and its blocks."""
        lang = incoming.actor.lang
        try:
            return self.thought(self.door.reply(incoming), lang, offset)
        except Exception as error:
            return self.thought(self.door.failure(error, lang), lang)

    def thought(self, reply: Reply, lang: str, offset: int = 0) -> Thought:
        """A reply with its blocks."""
        form = form_of(reply)
        return Thought(
            reply=reply,
            pages=pages_of(reply, lang, self.keep_form, offset),
            form=form,
            files=files_of(reply),
            rest=without(reply, form) if form else reply,
        )

    def keep_form(self, form: Form) -> str:
        """Keeps a form for the button that opens it; empty where the store can't: the button
        then says that it is no longer valid."""
        name = uuid4().hex
        try:
            self.store.keep(name, {"form": form.model_dump(mode="json")}, self.clock())
        except StoreUnavailable as error:
            log.warning("form not kept: %s", error)
            return ""
        return name

    async def stored(self, default: T, call: Callable[..., T], *arguments: Any) -> T:
        """What the store says, `default` where it can't: a full disk costs comfort, no answer."""
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self.keepers, lambda: call(*arguments)
            )
        except StoreUnavailable as error:
            log.warning("slack store: %s", error)
            return default

    @asynccontextmanager
    async def once(self, event: str) -> AsyncIterator[bool]:
        """Whether the event is to be answered now: not where it was before, here or by an earlier
        process. Answered once the block ends without error. A store that fails lets the event
        through: answering twice is better than not at all."""
        fresh = not event or await self.stored(True, self.seen.claim, "slack", event, self.clock())
        try:
            yield fresh
        except BaseException:
            if fresh and event:
                await self.stored(None, self.seen.release, "slack", event)
            raise
        if fresh and event:
            await self.stored(None, self.seen.done, "slack", event, self.clock())

    async def asker(self, home: Workspace, spot: Spot, *, shared: bool | None = None) -> Actor:
        """Who asks at a spot."""
        seen_by_others = "" if spot.private else spot.channel
        return await self.people.actor(
            home.token, home.team, spot.user, seen_by_others, shared=shared
        )


def told(key: str, lang: str, tone: str = "error", **values: object) -> Reply:
    """A reply of one sentence."""
    text = say(key, lang, **values)
    return Reply(parts=(Text.model_validate({"text": text, "tone": tone}),))


def is_refusal(reply: Reply) -> bool:
    """Whether a reply only says that something can't be had."""
    return all(isinstance(part, Text) and part.tone == "error" for part in reply.parts)
