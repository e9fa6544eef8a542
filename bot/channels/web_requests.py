"""A browser's request → Incoming: JSON from the page's script, or a plain form."""

from __future__ import annotations

import hashlib
import json
import secrets
from json import JSONDecodeError

from aiohttp import web

from bot.channels.web_cookies import CONVERSATION_COOKIE
from bot.channels.web_fields import FIELD
from bot.channels.web_guard import Refused, language
from bot.channels.web_identity import NAME, actor_of
from bot.channels.web_options import WebOptions
from handlers.conversation import Address, Incoming

LONGEST_NAME = 200  # characters of an action, a field's name or an event's id
LONGEST_VALUE = 10_000  # characters of one field
MOST_FIELDS = 64


def conversation_of(request: web.Request) -> str:
    """The conversation's random name; a new one where the visitor has none."""
    given = request.cookies.get(CONVERSATION_COOKIE, "")
    return given if NAME.fullmatch(given) else secrets.token_urlsafe(18)


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
    return Incoming(
        actor=actor_of(request, language(request, options)),
        address=Address(channel="web", conversation=conversation_of(request)),
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
    values = bounded(values)
    return incoming(request, options, text=text, pressed=pressed, values=values, event=event)


async def from_form(request: web.Request, options: WebOptions) -> Incoming:
    """A form's `question`, `say` or `pressed` (the first of several), its `comment` or its fields.

    The hidden name of the form tells a reload from a new sending, together with what was filled
    in: the same page sent again with something else in it is something new.
    """
    fields = await form_fields(request)
    first = {name: values[0] for name, values in fields.items()}
    text, pressed = first.get("say", first.get("question")), first.get("pressed")
    if (text is None) == (pressed is None) or len(pressed or "") > LONGEST_NAME:
        raise Refused(400)
    values = {
        name.removeprefix(FIELD): "\n".join(given)
        for name, given in fields.items()
        if name.startswith(FIELD)
    }
    if comment := first.get("comment"):
        values["comment"] = comment
    values = bounded(values)
    nonce, event = first.get("event", ""), ""
    if nonce:
        sent = json.dumps([nonce, text, pressed, values])
        event = hashlib.sha256(sent.encode(errors="surrogatepass")).hexdigest()
    return incoming(request, options, text=text, pressed=pressed, values=values, event=event)


def bounded(values: dict[str, str]) -> dict[str, str]:
    """The values with their line ends made alike. Raises Refused: too many, too long."""
    if len(values) > MOST_FIELDS:
        raise Refused(413)
    made = {name: value.replace("\r\n", "\n").replace("\r", "\n") for name, value in values.items()}
    if any(len(value) > LONGEST_VALUE for value in made.values()):
        raise Refused(413)
    return made


async def form_fields(request: web.Request) -> dict[str, list[str]]:
    """The fields of a plain form, every value of each; files are not taken."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise Refused(415)
    try:
        form = await request.post()
    except (UnicodeDecodeError, LookupError, ValueError) as error:
        raise Refused(400) from error
    fields: dict[str, list[str]] = {}
    if len(form) > 4 * MOST_FIELDS:
        raise Refused(413)
    for name, value in form.items():
        if isinstance(value, str) and len(name) <= LONGEST_NAME:
            fields.setdefault(name, []).append(value)
    return fields
