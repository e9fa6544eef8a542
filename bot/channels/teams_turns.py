"""What the bot does about an activity: answers, welcomes, remembers where it is."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from contextlib import suppress

from bot.channels.teams_activity import OldCard, Press, TeamsActivity, press_of
from bot.channels.teams_connector import NoAccess, Refused, Throttled
from bot.channels.teams_desk import Desk, gives_way, remember
from bot.channels.teams_messages import messages
from bot.stores.events import EventStore
from handlers.conversation import Reply, Text
from handlers.help import HELP_ACTION
from handlers.ports import Clock, StoreUnavailable
from knowledge.phrases import say

log = logging.getLogger(__name__)

TWICE = 3.0  # seconds within which a button pressed again is a slip of the finger


class Turns:
    """Takes activities whose sender is established to be Teams."""

    def __init__(self, desk: Desk, events: EventStore, clock: Clock) -> None:
        self.desk = desk
        self.events = events
        self.clock = clock
        self.answers: OrderedDict[tuple[str, str], str] = OrderedDict()
        self.pressed: OrderedDict[tuple[str, str, str], float] = OrderedDict()
        self.jobs: set[asyncio.Task[None]] = set()

    async def take(self, activity: TeamsActivity) -> None:
        """Does what a message, a change or an installation asks for, unless it was done before.
        Returns when that is done, or after `options.turn` seconds, the rest coming later."""
        job = asyncio.create_task(self.once(activity))
        self.jobs.add(job)
        job.add_done_callback(self.jobs.discard)
        await asyncio.wait({job}, timeout=self.desk.options.turn)

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
            if await self.desk.rooms.changed(activity):
                await self.welcome(activity)
            self.desk.people.forget(activity.room)
        elif activity.type == "message":
            await self.desk.rooms.seen(activity)
            if isinstance(activity.value, dict):
                await self.press(activity)
            elif spoken_to:
                await self.question(activity)
        elif activity.event_type == "editMessage" and spoken_to:
            await self.question(activity)

    async def welcome(self, activity: TeamsActivity) -> None:
        """What can be asked, with questions to press; said when the bot is installed."""
        incoming, _ = await self.desk.incoming(activity, press=Press(action=HELP_ACTION))
        reply = await self.desk.answered(incoming)
        lang = incoming.actor.lang
        hello = Text(text=say("teams.welcome" if activity.personal else "teams.hello", lang))
        made = messages(Reply(parts=(hello, *reply.parts)), lang)
        if activity.personal and made:
            prompts = [say(f"teams.prompt.{name}", lang) for name in ("ask", "eligible", "prepare")]
            actions = [{"type": "imBack", "title": text, "value": text} for text in prompts]
            made[-1].activity["suggestedActions"] = {"actions": actions}
        await self.desk.letters.send(self.desk.place(activity), made, lang)

    async def question(self, activity: TeamsActivity) -> None:
        """Answers what was typed; an edited question in the place of its first answer."""
        said, lang = activity.said(), activity.lang(self.desk.options.lang)
        if not said and activity.encloses:
            await self.desk.letters.note(self.desk.place(activity), "teams.no_files", lang)
            return
        async with self.desk.writing(activity):
            incoming, outside = await self.desk.incoming(activity, text=said)
            reply = await self.desk.answered(incoming)
        made = messages(self.desk.warned(reply, outside, lang), lang)
        place, key = self.desk.place(activity), (activity.conversation.id, activity.id)
        target = self.answers.pop(key, "") if activity.type == "messageUpdate" else ""
        if target:
            first = await self.desk.letters.replace(place, target, made[0], lang)
            await self.desk.sent(place, made[1:], lang)
        else:
            (first, *_) = await self.desk.sent(place, made, lang)
        remember(self.answers, key, first)

    async def press(self, activity: TeamsActivity) -> None:
        """Does what a button on a card asks for; the form it stood in gives way to what follows."""
        place, lang = self.desk.place(activity), activity.lang(self.desk.options.lang)
        try:
            press, values = press_of(activity.value)
        except OldCard:
            await self.desk.letters.note(place, "teams.old_card", lang)
            return
        key = (activity.conversation.id, press.card, "" if press.form else press.action + press.say)
        now = asyncio.get_running_loop().time()
        before = self.pressed.get(key)
        if before is not None and (press.form or now - before < TWICE):
            log.info("teams: a card sent twice is taken once")
            return
        remember(self.pressed, key, now)
        async with self.desk.writing(activity):
            incoming, outside = await self.desk.incoming(activity, press=press)
            reply = await self.desk.answered(incoming.model_copy(update={"values": values}))
        told = self.desk.warned(reply, outside, lang)
        made = messages(told, lang, asked=press.say, step=press.form)
        if press.form and gives_way(press, reply):
            # What it led to stands where it stood, in the order of the reply.
            self.desk.forms.pop((place.conversation, press.form), None)
            first = made.pop(0)
            target = activity.reply_to_id or ""
            self.desk.note_form(
                place, first, await self.desk.letters.replace(place, target, first, lang)
            )
        elif press.form:
            self.pressed.pop(key, None)  # the form stands as it was: it may be sent
        await self.desk.sent(place, made, lang)

    async def finish(self, seconds: float) -> None:
        """Waits for what is under way, `seconds` at most."""
        if self.jobs:
            await asyncio.wait(self.jobs, timeout=seconds)
