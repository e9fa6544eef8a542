"""How the web channel is set up, and what it refuses to be set up as."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal

from bot.config import Settings
from bot.people import read_people
from knowledge.phrases import Problem

SHORTEST_TOKEN = 16  # characters; shorter ones can be guessed


@dataclass(frozen=True)
class WebOptions:
    """Where to listen, who may come in, and how much is taken in."""

    host: str = "127.0.0.1"
    port: int = 8080
    token: str = ""  # asked of everybody when set; off loopback, it or personal tokens are
    personal: bool = False  # whether persons have tokens of their own
    secure_cookies: Literal["auto", "always"] = "auto"
    lang: Literal["fr", "en"] = "fr"  # of a visitor who has chosen none
    in_flight: int = 4  # questions answered at the same time
    waiting: int = 32  # questions that may wait for their turn
    timeout: float = 30.0  # seconds until the visitor is told to try again
    body: int = 256 * 1024  # bytes of a request; a form of several long texts fits

    def checked(self) -> WebOptions:
        """The same options; raises Problem when they would open the page to strangers."""
        if not is_loopback(self.host) and not (self.token or self.personal):
            raise Problem("web.token_needed", host=self.host)
        if self.token and len(self.token) < SHORTEST_TOKEN:
            raise Problem("web.token_short", shortest=SHORTEST_TOKEN)
        return self

    @property
    def closed(self) -> bool:
        """Whether a token is asked of everybody."""
        return bool(self.token) or not is_loopback(self.host)


def options_of(
    settings: Settings, *, host: str | None = None, port: int | None = None
) -> WebOptions:
    """The options that the settings give; `host` and `port` replace theirs. Raises Problem when
    the file of people can't be read."""
    people = read_people(settings.people)
    return WebOptions(
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
        token=settings.token,
        personal=people is not None and any(person.token for person in people.persons),
        secure_cookies=settings.secure_cookies,
        lang=settings.language,
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address. A name other than localhost is not."""
    name = host.strip("[]").rstrip(".").casefold()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
