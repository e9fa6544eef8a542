"""Between the turns and everything they need: who speaks, what is answered, how it is sent."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bot.channels.teams_activity import Press, TeamsActivity
from bot.channels.teams_connector import Refused, Throttled
from bot.channels.teams_messages import READING, Message
from bot.channels.teams_options import TeamsOptions
from bot.channels.teams_outbox import Letters, Place
from bot.channels.teams_people import Finding, People
from bot.channels.teams_rooms import Rooms
from bot.channels.teams_typing import Writing
from bot.channels.web_calls import Busy, Calls, TooSlow
from handlers.conversation import Actor, File, Form, Incoming, Reply, Text
from knowledge.phrases import say

CROWD = 20  # messages at once beyond which nobody is told that the bot is typing
REMEMBERED = 5_000  # answers that an edited question finds again; forms shown and sent


class Desk:
    """The assistant as the turns see it."""

    def __init__(
        self,
        reply: Callable[[Incoming], Reply],
        options: TeamsOptions,
        letters: Letters,
        people: People,
        rooms: Rooms,
    ) -> None:
        self.options = options
        self.calls = Calls(reply, options.in_flight, options.waiting, options.timeout)
        self.letters = letters
        self.people = people
        self.rooms = rooms
        self.forms: OrderedDict[tuple[str, str], str] = OrderedDict()  # where each form stands

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


def gives_way(press: Press, reply: Reply) -> bool:
    """Whether the form that was pressed is over: not where something failed, nor where something
    to read was asked for beside it."""
    if any(isinstance(part, Form) for part in reply.parts):
        return True
    if all(isinstance(part, File) for part in reply.parts):
        return False
    reading = any(isinstance(part, READING) for part in reply.parts)
    return not failed(reply) and (press.sends or not reading)


def failed(reply: Reply) -> bool:
    """Whether it only says that something went wrong: what was filled in must not be lost."""
    parts = reply.parts
    return bool(parts) and all(isinstance(p, Text) and p.tone == "error" for p in parts)


def remember(kept: OrderedDict[Any, Any], key: object, value: object) -> None:
    """Keeps an entry; the oldest goes where there are too many."""
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > REMEMBERED:
        kept.popitem(last=False)
