"""A browser's request → Incoming: JSON from the page's script, or a plain form."""

from __future__ import annotations

import re
import secrets
from json import JSONDecodeError
from typing import Literal, cast

from aiohttp import web

from bot.channels.web_guard import ACCESS_COOKIE, LANGUAGE_COOKIE, Refused, language
from bot.channels.web_options import WebOptions
from handlers.conversation import Actor, Address, Incoming

CONVERSATION_COOKIE = "conversation"
YEAR = 365 * 24 * 3600
# A link from an e-mail must find these two; the conversation is for our own pages only.
LAX = (LANGUAGE_COOKIE, ACCESS_COOKIE)
NAME = re.compile(r"[A-Za-z0-9_-]{20,64}")
LONGEST_NAME = 200  # characters of an action, a field's name or an event's id


def conversation_of(request: web.Request) -> str:
    """The conversation's random name; a new one where the visitor has none."""
    given = request.cookies.get(CONVERSATION_COOKIE, "")
    return given if NAME.fullmatch(given) else secrets.token_urlsafe(18)


def set_cookie(request: web.Request, response: web.StreamResponse, name: str, value: str) -> None:
    """Sets a cookie that scripts can't read, sent to our own pages alone, and over HTTPS alone
    where that is how the visitor came; the chosen language stays for a year, the others until
    the browser closes."""
    response.set_cookie(
        name,
        value,
        httponly=True,
        samesite="Lax" if name in LAX else "Strict",
        secure=request.headers.get("X-Forwarded-Proto", request.scheme) == "https",
        max_age=YEAR if name == LANGUAGE_COOKIE else None,
    )


def incoming(
    request: web.Request,
    options: WebOptions,
    *,
    text: str | None = None,
    pressed: str | None = None,
    values: dict[str, str] | None = None,
    event: str = "",
) -> Incoming:
    """What the visitor said or pressed. The router settles his audience by configuration."""
    name = conversation_of(request)
    lang = cast(Literal["fr", "en"], language(request, options))
    return Incoming(
        actor=Actor(id=name, channel="web", lang=lang),
        address=Address(channel="web", conversation=name),
        text=text,
        pressed=pressed,
        values=values or {},
        event=event,
    )


async def from_json(request: web.Request, options: WebOptions) -> Incoming:
    """`{"text": …}` or `{"pressed": …, "values": {…}}`, with an optional `event` id.

    Raises Refused(400) for anything else.
    """
    try:
        body = await request.json()
    except (JSONDecodeError, UnicodeDecodeError, LookupError, RecursionError) as error:
        raise Refused(400) from error
    if not isinstance(body, dict) or set(body) - {"text", "pressed", "values", "event"}:
        raise Refused(400)
    text, pressed = body.get("text"), body.get("pressed")
    values, event = body.get("values", {}), body.get("event", "")
    said = (isinstance(text, str), isinstance(pressed, str))
    if said not in ((True, False), (False, True)) or text is pressed:
        raise Refused(400)
    if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
        raise Refused(400)
    if not isinstance(event, str) or max(map(len, (pressed or "", event, *values))) > LONGEST_NAME:
        raise Refused(400)
    return incoming(request, options, text=text, pressed=pressed, values=values, event=event)


async def from_form(request: web.Request, options: WebOptions) -> Incoming:
    """A form's `question`, `say` or `pressed` (the first of several), and its `comment`."""
    fields = await form_fields(request)
    text = fields.get("say", fields.get("question"))
    pressed = fields.get("pressed")
    if (text is None) == (pressed is None) or len(pressed or "") > LONGEST_NAME:
        raise Refused(400)
    comment = fields.get("comment", "")
    values = {"comment": comment} if comment else {}
    return incoming(request, options, text=text, pressed=pressed, values=values)


async def form_fields(request: web.Request) -> dict[str, str]:
    """The fields of a plain form, the first value of each; files are not taken."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise Refused(415)
    try:
        form = await request.post()
    except (UnicodeDecodeError, LookupError, ValueError) as error:
        raise Refused(400) from error
    fields: dict[str, str] = {}
    for name, value in form.items():
        if isinstance(value, str):
            fields.setdefault(name, value)
    return fields
