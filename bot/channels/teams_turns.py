"""What the bot does about an activity: answers, welcomes, remembers where it is."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bot.channels.teams_activity import OldCard, Press, TeamsActivity, press_of
from bot.channels.teams_connector import NoAccess, Refused, Throttled
from bot.channels.teams_messages import Message, messages
from bot.channels.teams_options import TeamsOptions
from bot.channels.teams_outbox import Letters, Place
from bot.channels.teams_people import Finding, People
from bot.channels.teams_rooms import Rooms
from bot.channels.web_calls import Busy, Calls, TooSlow
from bot.stores.events import EventStore
from handlers.conversation import (
    Actor,
    Citations,
    DocumentPart,
    Form,
    Incoming,
    Reply,
    Text,
)
from handlers.help import HELP_ACTION
from handlers.ports import Clock, StoreUnavailable
from knowledge.phrases import say

log = logging.getLogger(__name__)

Json = dict[str, Any]
TYPING, TYPING_AGAIN, TYPING_MOST = 0.4, 4.0, 12  # seconds before « … », between, how often
CROWD = 20  # messages at once beyond which nobody is told that the bot is typing
REMEMBERED = 5_000  # answers that an edited question finds again; forms already sent
TWICE = 3.0  # seconds within which a button pressed again is a slip of the finger


class Turns:
    """Takes activities whose sender is established to be Teams."""

    def __init__(
        self,
        reply: Callable[[Incoming], Reply],
        options: TeamsOptions,
        letters: Letters,
        people: People,
        rooms: Rooms,
        events: EventStore,
        clock: Clock,
    ) -> None:
        self.options = options
        self.calls = Calls(reply, options.in_flight, options.waiting, options.timeout)
        self.letters = letters
        self.people = people
        self.rooms = rooms
        self.events = events
        self.clock = clock
        self.answers: OrderedDict[tuple[str, str], str] = OrderedDict()
        self.pressed: OrderedDict[tuple[str, str, str], float] = OrderedDict()
        self.forms: OrderedDict[tuple[str, str], str] = OrderedDict()  # where each form stands
        self.jobs: set[asyncio.Task[None]] = set()

    async def take(self, activity: TeamsActivity) -> None:
        """Does what a message, a change or an installation asks for, unless it was done before.
        Returns when that is done, or after `options.turn` seconds, the rest coming later."""
        job = asyncio.create_task(self.once(activity))
        self.jobs.add(job)
        job.add_done_callback(self.jobs.discard)
        await asyncio.wait({job}, timeout=self.options.turn)

    async def once(self, activity: TeamsActivity) -> None:
        """Claims the event, handles it, notes it as done; a failure leaves it to be tried again.
        Without a store to ask, it is handled."""
        name = activity.event
        if not name:
            await self.guarded(activity)
            return
        try:
            mine = await asyncio.to_thread(self.events.claim, "teams", name, self.clock())
        except StoreUnavailable as error:
            log.warning("teams: event not claimed: %s", error)
            mine = True
        if not mine:
            log.info("teams: an event seen twice is answered once")
            return
        done = await self.guarded(activity)
        with suppress(StoreUnavailable):
            if done:
                await asyncio.to_thread(self.events.done, "teams", name, self.clock())
            else:
                await asyncio.to_thread(self.events.release, "teams", name)

    async def guarded(self, activity: TeamsActivity) -> bool:
        """Handles it; a refusal is for the log alone. True unless another try could help."""
        try:
            await self.dispatch(activity)
        except Refused as error:
            log.warning("teams: %s not answered: %s", activity.type, error)
        except (Throttled, NoAccess) as error:
            log.warning("teams: %s not answered: %s", activity.type, error)
            return False
        except Exception as error:
            log.error("teams: %s failed: %s", activity.type, type(error).__name__)
            log.debug("teams: %s", activity.type, exc_info=error)
            return False
        return True

    async def dispatch(self, activity: TeamsActivity) -> None:
        """One activity by its type; unknown ones are left alone."""
        spoken_to = activity.personal or activity.mentions_bot()
        if activity.type in ("conversationUpdate", "installationUpdate"):
            if await self.rooms.changed(activity):
                await self.welcome(activity)
            self.people.forget(activity.room)
        elif activity.type == "message":
            await self.rooms.seen(activity)
            if isinstance(activity.value, dict):
                await self.press(activity)
            elif spoken_to:
                await self.question(activity)
        elif activity.event_type == "editMessage" and spoken_to:
            await self.question(activity)

    def place(self, activity: TeamsActivity) -> Place:
        """Where an activity is answered: in a channel, in its reply chain."""
        return Place(
            service=activity.service_url,
            conversation=activity.conversation.id,
            tenant=activity.tenant,
            personal=activity.personal,
            bot=activity.recipient.id,
        )

    async def incoming(
        self, activity: TeamsActivity, text: str | None = None, press: Press | None = None
    ) -> tuple[Incoming, bool]:
        """What is said to the assistant; and whether outsiders read along, in which case nobody
        there is a member."""
        found = await self.people.speaker(activity)
        outside = found.standing == "member" and (
            await self.rooms.shared(activity) or await self.people.outsiders(activity)
        )
        actor = self.actor(activity, Finding("guest", found.tenant) if outside else found)
        text = press.say if press and press.say else text
        action = press.action if press and press.action else None
        made = Incoming(
            actor=actor,
            address=activity.address(),
            text=text if action is None else None,
            pressed=action,
            event=activity.event,
        )
        return made, outside

    def actor(self, activity: TeamsActivity, found: Finding) -> Actor:
        """Who speaks."""
        return Actor(
            id=activity.user,
            channel="teams",
            name=activity.sender.name[:200],
            workspace=found.tenant,
            standing=found.standing,
            lang=activity.lang(self.options.lang),
        )

    async def welcome(self, activity: TeamsActivity) -> None:
        """What can be asked, with questions to press; said when the bot is installed."""
        incoming, _ = await self.incoming(activity, press=Press(action=HELP_ACTION))
        reply = await self.answered(incoming)
        lang = incoming.actor.lang
        hello = Text(text=say("teams.welcome" if activity.personal else "teams.hello", lang))
        made = messages(Reply(parts=(hello, *reply.parts)), lang)
        if activity.personal and made:
            prompts = [say(f"teams.prompt.{name}", lang) for name in ("ask", "eligible", "prepare")]
            actions = [{"type": "imBack", "title": text, "value": text} for text in prompts]
            made[-1].activity["suggestedActions"] = {"actions": actions}
        await self.letters.send(self.place(activity), made, lang)

    async def question(self, activity: TeamsActivity) -> None:
        """Answers what was typed; an edited question in the place of its first answer."""
        said, lang = activity.said(), activity.lang(self.options.lang)
        if not said and files_of(activity):
            await self.letters.note(self.place(activity), "teams.no_files", lang)
            return
        async with self.writing(activity):
            incoming, outside = await self.incoming(activity, text=said)
            reply = await self.answered(incoming)
        made = messages(self.warned(reply, outside, lang), lang)
        place, key = self.place(activity), (activity.conversation.id, activity.id)
        target = self.answers.pop(key, "") if activity.type == "messageUpdate" else ""
        if target:
            first = await self.letters.replace(place, target, made[0], lang)
            await self.sent(place, made[1:], lang)
        else:
            (first, *_) = await self.sent(place, made, lang)
        remember(self.answers, key, first)

    async def press(self, activity: TeamsActivity) -> None:
        """Does what a button on a card asks for; the form it stood in gives way to what follows."""
        place, lang = self.place(activity), activity.lang(self.options.lang)
        try:
            press, values = press_of(activity.value)
        except OldCard:
            await self.letters.note(place, "teams.old_card", lang)
            return
        key = (activity.conversation.id, press.card, "" if press.form else press.action + press.say)
        now = asyncio.get_running_loop().time()
        before = self.pressed.get(key)
        if before is not None and (press.form or now - before < TWICE):
            log.info("teams: a card sent twice is taken once")
            return
        remember(self.pressed, key, now)
        async with self.writing(activity):
            incoming, outside = await self.incoming(activity, press=press)
            reply = await self.answered(incoming.model_copy(update={"values": values}))
        made = messages(self.warned(reply, outside, lang), lang, asked=press.say)
        if press.form and gives_way(press, reply):
            # What it led to stands where it stood, in the order of the reply.
            self.forms.pop((place.conversation, press.form), None)
            first = made.pop(0)
            target = activity.reply_to_id or ""
            self.note_form(place, first, await self.letters.replace(place, target, first, lang))
        elif press.form:
            self.pressed.pop(key, None)  # the form stands as it was: it may be sent
        await self.sent(place, made, lang)

    async def sent(self, place: Place, made: list[Message], lang: str) -> list[str]:
        """Sends messages; a form in them takes the place of the one shown before, which goes."""
        names = []
        for message in made:
            before = self.forms.get((place.conversation, message.form)) if message.form else None
            names.append(await self.letters.one(place, message, lang))
            self.note_form(place, message, names[-1])
            if before:
                with suppress(Refused, Throttled):
                    await self.letters.take_back(place, before)
        return names

    def note_form(self, place: Place, message: Message, name: str) -> None:
        """Remembers where a form stands."""
        if message.form:
            remember(self.forms, (place.conversation, message.form), name)

    async def answered(self, incoming: Incoming) -> Reply:
        """The assistant's reply, or that it has too much to do."""
        try:
            return await self.calls(incoming)
        except (Busy, TooSlow) as error:
            key = "teams.busy" if isinstance(error, Busy) else "teams.slow"
            return Reply(parts=(Text(text=say(key, incoming.actor.lang), tone="error"),))

    def warned(self, reply: Reply, outside: bool, lang: str) -> Reply:
        """The reply, with why it is so poor where outsiders read along."""
        parts = reply.parts or (Text(text=say("teams.nothing", lang), tone="note"),)
        if outside:
            parts = (Text(text=say("teams.outside", lang), tone="note"), *parts)
        return Reply(parts=parts)

    def writing(self, activity: TeamsActivity) -> Writing:
        """Shows that the bot is at it, where Teams can."""
        quiet = activity.kind == "channel" or self.calls.present > CROWD
        return Writing(None if quiet else self.letters, self.place(activity))

    async def finish(self, seconds: float) -> None:
        """Waits for what is under way, `seconds` at most."""
        if self.jobs:
            await asyncio.wait(self.jobs, timeout=seconds)


class Writing:
    """Shows « … » while its block runs, if that takes long enough to be seen."""

    def __init__(self, letters: Letters | None, place: Place) -> None:
        self.letters = letters
        self.place = place
        self.task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        if self.letters is not None:
            self.task = asyncio.create_task(self.show(self.letters))

    async def show(self, letters: Letters) -> None:
        """Says it now and again; whatever Teams thinks of it."""
        await asyncio.sleep(TYPING)
        for _ in range(TYPING_MOST):
            with suppress(Refused, Throttled, NoAccess):
                await letters.typing(self.place)
            await asyncio.sleep(TYPING_AGAIN)

    async def __aexit__(self, *_: object) -> None:
        if self.task is not None:
            self.task.cancel()


def gives_way(press: Press, reply: Reply) -> bool:
    """Whether the form that was pressed is over: not where something failed, nor where something
    to read was asked for beside it."""
    if any(isinstance(part, Form) for part in reply.parts):
        return True
    reading = any(isinstance(part, Citations | DocumentPart) for part in reply.parts)
    return not failed(reply) and (press.sends or not reading)


def failed(reply: Reply) -> bool:
    """Whether it only says that something went wrong: what was filled in must not be lost."""
    parts = reply.parts
    return bool(parts) and all(isinstance(p, Text) and p.tone == "error" for p in parts)


def files_of(activity: TeamsActivity) -> bool:
    """Whether something else than the message's own HTML is attached."""
    return any(a.get("contentType") != "text/html" for a in activity.attachments or [])


def remember(kept: OrderedDict[Any, Any], key: object, value: object) -> None:
    """Keeps an entry; the oldest goes where there are too many."""
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)
