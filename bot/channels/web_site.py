"""The site's addresses: the conversation, the documents, the permalinks."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from aiohttp import web

from bot.channels.web_account import Account
from bot.channels.web_calls import Busy, Calls, TooSlow
from bot.channels.web_cookies import (
    CONVERSATION_COOKIE,
    LANGUAGE_COOKIE,
    delete_cookie,
    set_cookie,
)
from bot.channels.web_document import citation_page, cited_passage, document_page
from bot.channels.web_files import Shelf, download
from bot.channels.web_guard import Refused, language, page_response, redirection
from bot.channels.web_identity import VISITOR_COOKIE, Identity, actor_of, person_of, visitor_of
from bot.channels.web_notices import Notices
from bot.channels.web_options import WebOptions
from bot.channels.web_pages import error_page, exchange_tree, home_page, welcome
from bot.channels.web_parts import reply_json
from bot.channels.web_requests import from_form, from_json, incoming
from bot.once import InHand
from bot.stores.inbox import Inbox
from handlers.conversation import Buttons, DocumentPart, File, Incoming, Reply, Text
from handlers.document import document_action
from handlers.help import HELP_ACTION, example_buttons
from knowledge.phrases import say

DIGEST = re.compile(r"[0-9a-f]{16}")


def status_of(error: Busy | InHand | TooSlow) -> int:
    """The HTTP status that tells why there is no reply."""
    return 408 if isinstance(error, TooSlow) else 503


class Site:
    """The handlers of the site's addresses."""

    def __init__(
        self,
        reply: Callable[[Incoming], Reply],
        options: WebOptions,
        identity: Identity,
        inbox: Inbox,
    ) -> None:
        self.options = options
        self.identity = identity
        self.shelf = Shelf()
        self.notices = Notices(inbox, self.shelf, options)
        self.calls = Calls(reply, options.in_flight, options.waiting, options.timeout)

    def switched(self, request: web.Request) -> web.HTTPSeeOther | None:
        """The way back to the same page once `?lang=` has been kept in a cookie."""
        chosen = request.query.get("lang")
        if chosen not in ("fr", "en"):
            return None
        response = redirection(str(request.rel_url.without_query_params("lang")))
        set_cookie(request, response, self.options, LANGUAGE_COOKIE, chosen)
        return response

    async def home(self, request: web.Request) -> web.StreamResponse:
        """The empty conversation."""
        if response := self.switched(request):
            raise response
        lang = language(request, self.options)
        opening = welcome(lang, await self.offered(request))
        return page_response(home_page(lang, await self.account(request), opening))

    async def account(self, request: web.Request) -> Account:
        """What the page says of the visitor himself."""
        unread, count = await self.notices.counts(actor_of(request, self.options.lang))
        person = person_of(request)
        return Account(
            name=person.name if person else "",
            personal=self.identity.personal,
            unread=unread,
            notices=count,
        )

    async def offered(self, request: web.Request) -> tuple[Buttons, ...]:
        """Example questions and the menu; in a crowd the examples have to do."""
        try:
            reply = await self.calls(incoming(request, self.options, pressed=HELP_ACTION))
        except (Busy, TooSlow):
            return (example_buttons(language(request, self.options)),)
        return tuple(part for part in reply.parts if isinstance(part, Buttons))

    async def form(self, request: web.Request) -> web.StreamResponse:
        """What a browser without script sends. What was typed is never lost."""
        event = await from_form(request, self.options)
        try:
            return await self.page_of(request, event, await self.calls(event))
        except (Busy, InHand, TooSlow) as error:
            return await self.page_of(request, event, status=status_of(error))

    async def page_of(
        self, request: web.Request, event: Incoming, reply: Reply | None = None, status: int = 200
    ) -> web.StreamResponse:
        """The page with one exchange; without a reply, it says what the status means."""
        lang, asked = event.actor.lang, event.text or ""
        if reply is None:
            reply = Reply(parts=(Text(text=say(f"web.error.{status}", lang), tone="error"),))
        failed = any(isinstance(part, Text) and part.tone == "error" for part in reply.parts)
        exchange = exchange_tree(asked, reply, lang, self.keeping(event))
        account, draft = await self.account(request), asked if failed else ""
        response = page_response(home_page(lang, account, exchange, draft), status)
        self.set_names(request, response, event)
        return response

    def keeping(self, event: Incoming) -> Callable[[File], str]:
        """Puts the files of a reply on the shelf, for the one who asked."""
        return partial(self.shelf.put, event.actor.id)

    def set_names(
        self, request: web.Request, response: web.StreamResponse, event: Incoming
    ) -> None:
        """Lets the browser keep the conversation's name and its own."""
        conversation = event.address.conversation
        set_cookie(request, response, self.options, CONVERSATION_COOKIE, conversation)
        if person_of(request) is None:
            set_cookie(request, response, self.options, VISITOR_COOKIE, visitor_of(request))

    async def message(self, request: web.Request) -> web.StreamResponse:
        """`POST /api/message`: an event as JSON → `{"lang", "parts": [{"kind", "tree"}],
        "unread"}`."""
        event = await from_json(request, self.options)
        reply = await self.calls(event)
        lang = event.actor.lang
        parts = reply_json(reply, lang, self.keeping(event))
        unread, _ = await self.notices.counts(event.actor)
        response = web.json_response({"lang": lang, "parts": parts, "unread": unread})
        self.set_names(request, response, event)
        return response

    async def make_file(self, request: web.Request) -> web.StreamResponse:
        """`POST /file`: a button that gives a file, pressed in a browser without script: the file
        itself, or the page that says why there is none."""
        event = await from_form(request, self.options)
        # The page stays as it is after a download: the same button pressed again means it.
        event = event.model_copy(update={"event": ""})
        try:
            reply = await self.calls(event)
        except (Busy, InHand, TooSlow) as error:
            return await self.page_of(request, event, status=status_of(error))
        file = next((part for part in reply.parts if isinstance(part, File)), None)
        return download(file) if file else await self.page_of(request, event, reply)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """`GET /file/<name>`: a file of the shelf, for the one it was made for."""
        lang = language(request, self.options)
        file = self.shelf.get(actor_of(request, lang).id, request.match_info["name"])
        if file is None:
            return page_response(error_page(say("web.file.gone", lang), "", lang), 404)
        return download(file)

    async def new(self, request: web.Request) -> web.StreamResponse:
        """Forgets the conversation's name: the next question opens another."""
        response = redirection("/")
        delete_cookie(request, response, self.options, CONVERSATION_COOKIE)
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
