"""The way in: the form that asks for a token, personal or the site's; the way out."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.channels.web_cookies import (
    ACCESS_COOKIE,
    CONVERSATION_COOKIE,
    delete_cookie,
    set_cookie,
)
from bot.channels.web_guard import Refused, language, page_response, pass_of, redirection, same
from bot.channels.web_identity import SESSION_COOKIE, Identity, person_of
from bot.channels.web_login import login_page
from bot.channels.web_options import WebOptions
from bot.channels.web_requests import form_fields

PAUSE = 0.5  # seconds after a wrong token: guessing gets slow
MOST_WAITING = 20  # wrong guesses that may wait for their turn


class Door:
    """Checks the token typed in the form."""

    def __init__(self, options: WebOptions, identity: Identity) -> None:
        self.options = options
        self.identity = identity
        self.turn = asyncio.Lock()  # one wrong guess at a time, whoever makes it
        self.waiting = 0

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The form; home where no token is asked, or for who is signed in."""
        personal = self.identity.personal
        if person_of(request) or not (self.options.token or personal):
            raise redirection("/")
        lang, target = language(request, self.options), request.query.get("target", "/")
        ended = "ended" in request.query
        return page_response(login_page(lang, target, personal=personal, ended=ended))

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """The cookie for the right token, the form again for a wrong one."""
        fields = await form_fields(request)
        target, token = (fields.get(name, [""])[0] for name in ("target", "token"))
        token, response = token.strip(), redirection(target)
        if session := await self.identity.sign_in(token):
            await self.identity.sign_out(request)
            set_cookie(request, response, self.options, SESSION_COOKIE, session)
            # What was said before belongs to nobody in particular.
            delete_cookie(request, response, self.options, CONVERSATION_COOKIE)
            raise response
        if self.options.token and same(token, self.options.token):
            proof = pass_of(self.options.token)
            set_cookie(request, response, self.options, ACCESS_COOKIE, proof)
            raise response
        if not self.options.token and not self.identity.personal:
            raise redirection("/")
        await self.pause()
        lang, personal = language(request, self.options), self.identity.personal
        return page_response(login_page(lang, target, personal=personal, wrong=True), 403)

    async def pause(self) -> None:
        """Makes wrong guesses wait, one after the other. Raises Refused when too many do."""
        if self.waiting >= MOST_WAITING:
            raise Refused(429)
        self.waiting += 1
        try:
            async with self.turn:
                await asyncio.sleep(PAUSE)
        finally:
            self.waiting -= 1

    async def leave(self, request: web.Request) -> web.StreamResponse:
        """Ends the session; the conversation goes with it."""
        await self.identity.sign_out(request)
        response = redirection("/")
        for name in (SESSION_COOKIE, CONVERSATION_COOKIE):
            delete_cookie(request, response, self.options, name)
        raise response
