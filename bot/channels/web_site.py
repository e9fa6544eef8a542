"""The site's addresses: the conversation, the documents, the permalinks."""

from __future__ import annotations

import re
from collections.abc import Callable

from aiohttp import web

from bot.channels.web_calls import Busy, Calls, TooSlow
from bot.channels.web_document import citation_page, cited_passage, document_page
from bot.channels.web_guard import LANGUAGE_COOKIE, Refused, language, page_response, redirection
from bot.channels.web_options import WebOptions
from bot.channels.web_pages import error_page, exchange_tree, home_page
from bot.channels.web_parts import reply_json
from bot.channels.web_requests import (
    CONVERSATION_COOKIE,
    from_form,
    from_json,
    incoming,
    set_cookie,
)
from handlers.conversation import DocumentPart, Incoming, Reply, Text
from handlers.document import document_action
from knowledge.phrases import say

DIGEST = re.compile(r"[0-9a-f]{16}")


class Site:
    """The handlers of the site's addresses."""

    def __init__(self, reply: Callable[[Incoming], Reply], options: WebOptions) -> None:
        self.options = options
        self.calls = Calls(reply, options.in_flight, options.waiting, options.timeout)

    def switched(self, request: web.Request) -> web.HTTPSeeOther | None:
        """The way back to the same page once `?lang=` has been kept in a cookie."""
        chosen = request.query.get("lang")
        if chosen not in ("fr", "en"):
            return None
        response = redirection(str(request.rel_url.without_query_params("lang")))
        set_cookie(request, response, LANGUAGE_COOKIE, chosen)
        return response

    async def home(self, request: web.Request) -> web.StreamResponse:
        """The empty conversation."""
        if response := self.switched(request):
            raise response
        return page_response(home_page(language(request, self.options)))

    async def form(self, request: web.Request) -> web.StreamResponse:
        """A question from a browser without script. What was typed is never lost."""
        event = await from_form(request, self.options)
        lang, asked, status = event.actor.lang, event.text or "", 200
        try:
            reply = await self.calls(event)
        except (Busy, TooSlow) as error:
            status = 503 if isinstance(error, Busy) else 408
            reply = Reply(parts=(Text(text=say(f"web.error.{status}", lang), tone="error"),))
        failed = any(isinstance(part, Text) and part.tone == "error" for part in reply.parts)
        exchange = exchange_tree(asked, reply, lang)
        response = page_response(home_page(lang, exchange, asked if failed else ""), status)
        set_cookie(request, response, CONVERSATION_COOKIE, event.address.conversation)
        return response

    async def message(self, request: web.Request) -> web.StreamResponse:
        """`POST /api/message`: an event as JSON → `{"lang", "parts": [{"kind", "tree"}]}`."""
        event = await from_json(request, self.options)
        reply = await self.calls(event)
        lang = event.actor.lang
        response = web.json_response({"lang": lang, "parts": reply_json(reply, lang)})
        set_cookie(request, response, CONVERSATION_COOKIE, event.address.conversation)
        return response

    async def new(self, request: web.Request) -> web.StreamResponse:
        """Forgets the conversation's name: the next question opens another."""
        response = redirection("/")
        response.del_cookie(CONVERSATION_COOKIE)
        raise response

    async def opened(self, request: web.Request, passage_id: str) -> DocumentPart | None:
        """The document that holds the passage, None when unknown or forbidden."""
        event = incoming(request, self.options, pressed=document_action(passage_id))
        reply = await self.calls(event)
        return next((part for part in reply.parts if isinstance(part, DocumentPart)), None)

    async def document(self, request: web.Request) -> web.StreamResponse:
        """The document, opened at `?p=<position>`."""
        if response := self.switched(request):
            raise response
        position = request.query.get("p", "")
        key, number = request.match_info["key"], position if position.isdecimal() else "0"
        part = await self.opened(request, f"{key}#{number}")
        part = part or await self.opened(request, f"{key}#0")
        lang = language(request, self.options)
        if part is None:
            return page_response(error_page(say("document.unknown", lang), "", lang), 404)
        if not position:
            part = part.model_copy(update={"opened": ""})
        return page_response(document_page(part, lang))

    async def citation(self, request: web.Request) -> web.StreamResponse:
        """A permalink: the passage cited, and whether it changed since."""
        if response := self.switched(request):
            raise response
        digest, passage_id = request.match_info["digest"], request.match_info["passage"]
        if not DIGEST.fullmatch(digest):
            raise Refused(404)
        lang = language(request, self.options)
        first = passage_id.rpartition("#")[0] + "#0"
        part = await self.opened(request, passage_id) or await self.opened(request, first)
        shown = cited_passage(part, passage_id, digest) if part else None
        if part is None or shown is None:
            return page_response(error_page(say("web.gone", lang), "", lang), 404)
        return page_response(citation_page(part, shown, digest, lang))
