"""Invokes: what Teams asks and waits for. Message extension, Action.Execute, file consent."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from bot.channels.teams_activity import TeamsActivity, plain
from bot.channels.teams_blocks import cut, lines
from bot.channels.teams_connector import NoAccess, Refused, Throttled
from bot.channels.teams_extension import QUESTION
from bot.channels.teams_messages import CARD, card_of, chunks, new_id
from bot.channels.teams_parts import Parts
from bot.channels.teams_turns import Turns
from bot.channels.teams_words import summary
from handlers.conversation import Address, AnswerPart, Buttons, Reply, Text
from knowledge.phrases import say

log = logging.getLogger(__name__)

Json = dict[str, Any]
PATIENCE = 4.0  # seconds: Teams gives an extension five
SHORTEST = 4  # characters typed before a search is worth it
RESULTS = 8
INVOKED = "application/vnd.microsoft.activity.message"


class Invokes:
    """Answers invokes by name: (HTTP status, body)."""

    def __init__(self, turns: Turns) -> None:
        self.turns = turns
        self.desk = turns.desk

    async def answer(self, activity: TeamsActivity) -> tuple[int, Json | None]:
        """What to say to an invoke; 501 for one that is not served."""
        value = activity.value if isinstance(activity.value, dict) else {}
        try:
            match activity.name:
                case "composeExtension/query":
                    return 200, await self.searched(activity, value)
                case "composeExtension/fetchTask":
                    return 200, self.asked(activity, value)
                case "composeExtension/submitAction":
                    return 200, await self.submitted(activity, value)
                case "adaptiveCard/action":
                    return 200, await self.executed(activity, value)
                case "fileConsent/invoke":
                    await self.consented(activity, value)
                    return 200, None
        except (Refused, Throttled, NoAccess) as error:
            log.warning("teams: %s not answered: %s", activity.name, error)
            return 502, None
        return 501, None

    def lang(self, activity: TeamsActivity) -> str:
        """The person's language."""
        return activity.lang(self.desk.options.lang)

    async def searched(self, activity: TeamsActivity, value: Json) -> Json:
        """Results to choose from: the answer, then its sources one by one."""
        question = parameter(value, QUESTION)
        lang = self.lang(activity)
        if len(question) < SHORTEST:
            return told(say("teams.extension.hint", lang))
        reply = await self.replied(activity, question)
        if reply is None:
            return told(say("teams.slow", lang))
        cards = []
        for part in reply.parts:
            if isinstance(part, AnswerPart):
                title = cut(" ".join(question.split()), 80)
                cards.append(result(reply, lang, title))
                for cited in part.answer.citations[:RESULTS]:
                    alone = part.answer.model_copy(update={"citations": (cited,), "note": ""})
                    place = " ".join(filter(None, [cited.section, cited.heading])) or cited.title
                    only = Reply(parts=(part.model_copy(update={"answer": alone}),))
                    cards.append(result(only, lang, cut(place, 80), cited.title))
                break
        return listed(cards or [result(reply, lang, cut(question, 80))])

    def asked(self, activity: TeamsActivity, value: Json) -> Json:
        """The dialog of the action: a question to type, begun with the message it came from."""
        lang = self.lang(activity)
        payload = value.get("messagePayload")
        body = payload.get("body") if isinstance(payload, dict) else None
        content = str(body.get("content") or "") if isinstance(body, dict) else ""
        field = {
            "type": "Input.Text",
            "id": QUESTION,
            "label": say("teams.extension.question", lang),
            "isMultiline": True,
            "isRequired": True,
            "errorMessage": say("teams.required", lang),
            "maxLength": 2000,
            "value": cut(plain(content), 2000),
        }
        send = {"type": "Action.Submit", "title": say("teams.extension.send", lang)}
        title = say("teams.extension.title", lang)
        card = card_of([field], title, lang) | {"actions": [send]}
        shown = {"contentType": CARD, "content": card}
        info = {"title": title, "height": "small", "width": "medium", "card": shown}
        return {"task": {"type": "continue", "value": info}}

    async def submitted(self, activity: TeamsActivity, value: Json) -> Json:
        """The answer as a card in the box where the person writes; he sends it, or not."""
        given = value.get("data")
        question = str(given.get(QUESTION) or "") if isinstance(given, dict) else ""
        lang = self.lang(activity)
        reply = await self.replied(activity, question)
        if reply is None:
            return told(say("teams.slow", lang))
        return listed([result(reply, lang, cut(" ".join(question.split()), 80))])

    async def replied(self, activity: TeamsActivity, question: str) -> Reply | None:
        """The reply, from which everything that needs the bot is taken; None when too late."""
        incoming, _ = await self.desk.incoming(activity, text=question)
        # A conversation of its own: what is looked up here is nobody's next question there.
        here = Address(channel="teams", conversation=f"{activity.tenant}:extension:{activity.user}")
        asked = incoming.model_copy(update={"address": here, "event": ""})
        try:
            async with asyncio.timeout(PATIENCE):
                reply = await self.desk.answered(asked)
        except TimeoutError:
            return None
        kept = tuple(part for part in reply.parts if not isinstance(part, Buttons))
        return Reply(parts=kept or (Text(text=say("teams.nothing", asked.actor.lang)),))

    async def executed(self, activity: TeamsActivity, value: Json) -> Json:
        """Action.Execute: the same as Action.Submit, whose data comes as the message's value."""
        action = value.get("action")
        data = action.get("data") if isinstance(action, dict) else None
        as_message = activity.model_copy(
            update={"type": "message", "value": data if isinstance(data, dict) else {}}
        )
        await self.turns.take(as_message)
        return {"statusCode": 200, "type": INVOKED, "value": ""}

    async def consented(self, activity: TeamsActivity, value: Json) -> None:
        """Hands over the file that was offered, or not."""
        await self.desk.letters.accepted(
            self.desk.place(activity), value, activity.reply_to_id or "", self.lang(activity)
        )


def parameter(value: Json, name: str) -> str:
    """A parameter of a search."""
    for given in (value.get("parameters") or ())[:10]:
        if isinstance(given, dict) and given.get("name") == name:
            return str(given.get("value") or "")
    return ""


def result(reply: Reply, lang: str, title: str, subtitle: str = "") -> Json:
    """A card that somebody posts in his own name: nothing in it comes back to the bot."""
    maker = Parts(lang, new_id(), bare=True)
    blocks = [block for part in reply.parts for block in maker.blocks(part)]
    head = lines(title, weight="Bolder")
    words = summary(reply.parts)
    body = chunks([*head, *blocks, *lines(say("teams.extension.from", lang), isSubtle=True)])[0]
    thumb = {"title": title, "text": cut(subtitle or words, 120)}
    return {
        "contentType": CARD,
        "content": card_of(body, words, lang),
        "preview": {
            "contentType": "application/vnd.microsoft.card.thumbnail",
            "content": thumb,
        },
    }


def listed(cards: list[Json]) -> Json:
    """Results of a search."""
    return {
        "composeExtension": {"type": "result", "attachmentLayout": "list", "attachments": cards}
    }


def told(text: str) -> Json:
    """A sentence in the place of results."""
    return {"composeExtension": {"type": "message", "text": text}}
