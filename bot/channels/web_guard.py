"""Who may come in, and how: host name, token, same origin; headers; errors as sentences."""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.channels.web_calls import Busy, TooSlow
from bot.channels.web_cookies import ACCESS_COOKIE, LANGUAGE_COOKIE, delete_cookie
from bot.channels.web_identity import SESSION_COOKIE, Ended, Identity, person_of
from bot.channels.web_login import login_page
from bot.channels.web_options import WebOptions, is_loopback
from bot.channels.web_pages import error_page
from bot.once import InHand
from handlers.ports import StoreUnavailable
from knowledge.phrases import say, table

log = logging.getLogger(__name__)

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Server": "catalogue-bot",
    "X-Frame-Options": "DENY",
    # Not « no-referrer »: with it, browsers send « Origin: null » with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
OPEN_TO_ALL = ("/static/", "/login", "/connexion", "/deconnexion")


class Refused(Exception):
    """A request turned away: the HTTP status, told with the phrase `web.error.<status>`."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def language(request: web.Request, options: WebOptions) -> str:
    """The language that the visitor chose, else the one of the settings."""
    chosen = request.query.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in ("fr", "en") else options.lang


def guards(options: WebOptions, identity: Identity) -> list[Middleware]:
    """The middlewares, outermost first."""

    @web.middleware
    async def answered(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Every error becomes a sentence, every response gets the headers."""
        try:
            response = await handler(request)
        except Refused as refused:
            response = failure(request, refused.status, options)
        except web.HTTPException as error:
            # Redirections pass; aiohttp's own errors (404, 405, 413) get our words.
            if error.status < 400:
                response = error
            else:
                response = failure(request, error.status, options, error.headers.get("Allow"))
        except (Busy, InHand):
            response = failure(request, 503, options)
        except TooSlow:
            response = failure(request, 408, options, reference=reference_of("TooSlow"))
        except Exception as error:
            reference = reference_of(type(error).__name__)
            log.debug("reference %s", reference, exc_info=error)
            response = failure(request, 500, options, reference=reference)
        response.headers.update(HEADERS)
        fresh = "no-cache" if request.path.startswith("/static/") else "no-store"
        response.headers.setdefault("Cache-Control", fresh)
        if isinstance(response, web.HTTPException):
            raise response
        return response

    @web.middleware
    async def named(request: web.Request, handler: Handler) -> web.StreamResponse:
        """On loopback, only loopback names: a stranger's name that points here is an attack."""
        if is_loopback(options.host) and not is_loopback(host_name(request)):
            raise Refused(421)
        return await handler(request)

    @web.middleware
    async def recognised(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Notes who is signed in; whose session is over is told so, rather than taken for
        somebody unknown."""
        if request.path.startswith(OPEN_TO_ALL[:1]):
            return await handler(request)
        try:
            await identity.recognise(request)
        except StoreUnavailable as error:
            log.warning("session not read: %s", error)
            raise Refused(503) from error
        except Ended:
            if request.path.startswith("/api/"):
                return unknown(request, "web.session_ended")
            if not request.path.startswith(OPEN_TO_ALL):
                back = request.path_qs if request.method == "GET" else "/"
                response = redirection(f"/connexion?ended=1&target={quote(back, safe='')}")
                delete_cookie(request, response, options, SESSION_COOKIE)
                raise response from None
        return await handler(request)

    @web.middleware
    async def known(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Whoever has no token gets the login form."""
        if (
            not options.closed
            or request.path.startswith(OPEN_TO_ALL)
            or person_of(request)
            or has_access(request, options)
        ):
            return await handler(request)
        if request.path.startswith("/api/"):
            return unknown(request, "web.token_missing")
        lang, target = language(request, options), "/"
        if request.method == "GET":
            target = request.path_qs
        return page_response(login_page(lang, target, personal=identity.personal), status=401)

    def unknown(request: web.Request, key: str) -> web.Response:
        """The interface's answer to whoever must sign in first."""
        refusal = web.json_response({"error": say(key, language(request, options))}, status=401)
        refusal.headers["WWW-Authenticate"] = "Bearer"
        return refusal

    @web.middleware
    async def own(request: web.Request, handler: Handler) -> web.StreamResponse:
        """What changes something must come from our own pages."""
        if request.method not in ("GET", "HEAD"):
            check_origin(request)
        return await handler(request)

    return [answered, named, recognised, known, own]


def host_name(request: web.Request) -> str:
    """The Host header's name, without its port; empty when it can't be read."""
    try:
        return urlsplit(f"//{request.headers.get('Host', '')}").hostname or ""
    except ValueError:
        return ""


def check_origin(request: web.Request) -> None:
    """Raises Refused: not from our pages (403), or not JSON where only JSON is taken (415).

    A program (no browser) sends neither header; it may use the API, whose JSON no foreign page
    can send without asking first.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    # Browsers set Sec-Fetch-Site themselves; Origin is for those that don't, and for plain HTTP,
    # and says nothing where a proxy gives us another Host.
    if site is not None:
        if site != "same-origin":
            raise Refused(403)
    elif origin is not None and origin.partition("://")[2] != request.headers.get("Host"):
        raise Refused(403)
    if request.path.startswith("/api/"):
        if request.content_type != "application/json":
            raise Refused(415)
    elif site is None and origin is None:
        raise Refused(403)


def pass_of(token: str) -> str:
    """What the access cookie holds: proof of the token, not the token."""
    return hmac.new(token.encode(), b"catalogue-bot web access", "sha256").hexdigest()


def same(left: str, right: str) -> bool:
    """Comparison in constant time, of any text."""
    return hmac.compare_digest(left.encode(errors="replace"), right.encode(errors="replace"))


def has_access(request: web.Request, options: WebOptions) -> bool:
    """Whether the request carries the site's token, or the cookie that the login form gave."""
    if not options.token:
        return False
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() == "bearer" and same(given.strip(), options.token):
        return True
    return same(request.cookies.get(ACCESS_COOKIE, ""), pass_of(options.token))


def reference_of(what: str) -> str:
    """A new reference number, logged with the kind of error and nothing of the question."""
    reference = secrets.token_hex(4).upper()
    log.error("reference %s: %s in the web channel", reference, what)
    return reference


def failure(
    request: web.Request,
    status: int,
    options: WebOptions,
    allow: str | None = None,
    reference: str = "",
) -> web.Response:
    """An error as a page, or as JSON for the API: `{"error": sentence, "reference": number}`."""
    lang = language(request, options)
    key = f"web.error.{status}"
    sentence = say(key if key in table() else "web.error.400", lang)
    if request.path.startswith("/api/"):
        response = web.json_response({"error": sentence, "reference": reference}, status=status)
    else:
        response = page_response(error_page(sentence, reference, lang), status)
    if allow:
        response.headers["Allow"] = allow
    return response


def page_response(text: str, status: int = 200) -> web.Response:
    """An HTML page."""
    return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")


def redirection(target: str) -> web.HTTPSeeOther:
    """A redirection inside the site; anything else leads home."""
    safe = target.startswith("/") and not target.startswith(("//", "/\\"))
    return web.HTTPSeeOther(quote(target, safe="/?&=@%#-_.~+:") if safe else "/")
