"""« Avis »: what the assistant left for the visitor, and how many he hasn't read."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

from bot.channels.web_files import Shelf
from bot.channels.web_guard import language, page_response, redirection
from bot.channels.web_html import El, el
from bot.channels.web_identity import actor_of
from bot.channels.web_options import WebOptions
from bot.channels.web_pages import page
from bot.channels.web_parts import FilePath, part_tree
from bot.channels.web_requests import form_fields
from bot.stores.inbox import Inbox, Notice
from handlers.conversation import Actor, File
from handlers.inbox import inbox_of
from handlers.moments import moment_text
from handlers.ports import StoreUnavailable
from knowledge.phrases import say

log = logging.getLogger(__name__)


class Notices:
    """The addresses of the notices."""

    def __init__(self, inbox: Inbox, shelf: Shelf, options: WebOptions) -> None:
        self.inbox = inbox
        self.shelf = shelf
        self.options = options

    async def counts(self, actor: Actor) -> tuple[int, int]:
        """(unread, all) of an actor's notices; none where the store can't say."""
        try:
            return await asyncio.to_thread(self.inbox.counts, inbox_of(actor))
        except StoreUnavailable as error:
            log.warning("notices not counted: %s", error)
            return 0, 0

    async def show(self, request: web.Request) -> web.StreamResponse:
        """`GET /avis`: the notices, the newest first."""
        lang = language(request, self.options)
        actor = actor_of(request, lang)
        notices = await asyncio.to_thread(self.inbox.notices, inbox_of(actor))

        def path(file: File) -> str:
            return self.shelf.put(actor.id, file)

        return page_response(notices_page(notices, lang, path))

    async def read(self, request: web.Request) -> web.StreamResponse:
        """`POST /avis`: marks the notice named `read`, or all of them."""
        fields = await form_fields(request)
        name = fields.get("read", [""])[0] or None
        actor = actor_of(request, language(request, self.options))
        await asyncio.to_thread(self.inbox.mark_read, inbox_of(actor), name)
        raise redirection("/avis")


def notices_page(notices: tuple[Notice, ...], lang: str, file_path: FilePath) -> str:
    """The page of notices; every one is kept until it is recalled or very old."""
    title = say("web.notices", lang)
    unread = sum(not notice.read for notice in notices)
    told = (
        say("web.notices.none", lang)
        if not notices
        else say("web.notices.count", lang, unread=unread, count=len(notices))
    )
    every = read_form("", say("web.notices.read_all", lang)) if unread > 1 else None
    return page(
        title,
        lang,
        "/avis",
        el(
            "section",
            el("h1", title),
            el("p", told, class_="intro"),
            every,
            el("ol", *(notice_tree(n, lang, file_path) for n in notices), class_="notices")
            if notices
            else None,
            el("p", el("a", say("web.back", lang), href="/"), class_="tools"),
            class_="sheet",
        ),
    )


def notice_tree(notice: Notice, lang: str, file_path: FilePath) -> El:
    """One notice: when it came, whether it is new, what it says."""
    when = say("web.notices.at", lang, moment=moment_text(notice.at, lang))
    changed = (
        el("span", say("web.notices.edited", lang, moment=moment_text(notice.edited, lang)))
        if notice.edited
        else None
    )
    badge = None if notice.read else el("span", say("web.notices.new", lang), class_="badge")
    return el(
        "li",
        el(
            "article",
            el("h2", when, class_="moment"),
            el("p", changed, badge, class_="origin") if changed or badge else None,
            *(part_tree(part, lang, file_path) for part in notice.reply.parts),
            None if notice.read else read_form(notice.id, say("web.notices.read", lang)),
            class_="notice" if notice.read else "notice unread",
        ),
    )


def read_form(name: str, label: str) -> El:
    """The button that marks a notice, or all of them, as read."""
    button = el("button", label, type="submit", name="read", value=name)
    row = el("div", button, class_="row")
    return el("form", row, method="post", action="/avis", class_="reading")
