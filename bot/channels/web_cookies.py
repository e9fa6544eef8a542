"""The cookies of the page: which there are, and how they are kept."""

from __future__ import annotations

from aiohttp import web

from bot.channels.web_identity import SESSION_COOKIE, VISITOR_COOKIE
from bot.channels.web_options import WebOptions

LANGUAGE_COOKIE = "language"
ACCESS_COOKIE = "access"
CONVERSATION_COOKIE = "conversation"
YEAR = 365 * 24 * 3600
# A link from an e-mail must find these; the conversation is for our own pages only.
LAX = (LANGUAGE_COOKIE, ACCESS_COOKIE, VISITOR_COOKIE, SESSION_COOKIE)
LASTING = (LANGUAGE_COOKIE, VISITOR_COOKIE)


def is_secure(request: web.Request, options: WebOptions) -> bool:
    """Whether cookies are for HTTPS alone: as the setting says, else as the visitor came."""
    if options.secure_cookies == "always":
        return True
    return request.headers.get("X-Forwarded-Proto", request.scheme) == "https"


def set_cookie(
    request: web.Request,
    response: web.StreamResponse,
    options: WebOptions,
    name: str,
    value: str,
) -> None:
    """Sets a cookie that scripts can't read, sent to our own pages alone; the chosen language and
    the browser's name stay for a year, the others until the browser closes."""
    response.set_cookie(
        name,
        value,
        httponly=True,
        samesite="Lax" if name in LAX else "Strict",
        secure=is_secure(request, options),
        max_age=YEAR if name in LASTING else None,
    )


def delete_cookie(
    request: web.Request, response: web.StreamResponse, options: WebOptions, name: str
) -> None:
    """Takes a cookie back, under the same conditions that it was set under."""
    response.del_cookie(
        name,
        httponly=True,
        samesite="Lax" if name in LAX else "Strict",
        secure=is_secure(request, options),
    )
