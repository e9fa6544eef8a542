"""The way in where a token is asked: the login form and its cookie."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.channels.web_guard import (
    ACCESS_COOKIE,
    language,
    page_response,
    pass_of,
    redirection,
    same,
)
from bot.channels.web_options import WebOptions
from bot.channels.web_pages import login_page
from bot.channels.web_requests import form_fields, set_cookie

PAUSE = 0.5  # seconds after a wrong token: guessing gets slow


class Door:
    """Checks the token typed in the form."""

    def __init__(self, options: WebOptions) -> None:
        self.options = options
        self.turn = asyncio.Lock()  # one wrong guess at a time, whoever makes it

    async def show(self, request: web.Request) -> web.StreamResponse:
        """The form; home where no token is asked."""
        if not self.options.token:
            raise redirection("/")
        return page_response(login_page(language(request, self.options), "/"))

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """The cookie for the right token, the form again for a wrong one."""
        fields = await form_fields(request)
        target, token = (fields.get(name, [""])[0] for name in ("target", "token"))
        if self.options.token and not same(token.strip(), self.options.token):
            async with self.turn:
                await asyncio.sleep(PAUSE)
            lang = language(request, self.options)
            return page_response(login_page(lang, target, wrong=True), 403)
        response = redirection(target)
        set_cookie(request, response, ACCESS_COOKIE, pass_of(self.options.token))
        raise response
