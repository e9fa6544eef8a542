"""How the Teams channel is set up, and what it refuses to be set up as."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from bot.channels.web_options import is_loopback
from bot.config import Settings
from knowledge.phrases import Problem

PLAYGROUND = "00000000-0000-0000-0000-0000000000001"  # the tenant of the Agents Playground
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class TeamsOptions:
    """Who the bot is, whom it listens to, and how much is taken in."""

    app_id: str = ""
    secret: str = ""
    certificate: Path | None = None  # PEM: the private key, then the certificate
    app_type: Literal["single", "multi"] = "single"
    tenants: tuple[str, ...] = ()  # admitted; the first is where a single-tenant bot is registered
    anonymous: bool = False
    host: str = "127.0.0.1"
    port: int = 3978
    lang: Literal["fr", "en"] = "fr"  # of somebody whose Teams says neither
    in_flight: int = 4  # messages answered at the same time
    waiting: int = 1000  # messages that may wait for their turn
    turn: float = 10.0  # seconds an activity is kept open; the answer comes later all the same
    timeout: float = 60.0  # seconds until somebody is told that it takes too long
    body: int = 256 * 1024  # bytes of an activity

    def checked(self) -> TeamsOptions:
        """The same options; raises Problem when they are incomplete or open to strangers."""
        if self.anonymous:
            if not is_loopback(self.host):
                raise Problem("teams.anonymous_host", host=self.host)
            if self.app_id:
                raise Problem("teams.anonymous_app")
            return replace(self, tenants=self.tenants or (PLAYGROUND,))
        if not GUID.fullmatch(self.app_id):
            raise Problem("teams.app_id")
        if not self.tenants:
            raise Problem("teams.tenants_needed")
        for tenant in self.tenants:
            if not GUID.fullmatch(tenant):
                raise Problem("teams.tenant", tenant=tenant)
        if bool(self.secret) == bool(self.certificate):
            raise Problem("teams.one_credential")
        if self.certificate and not self.certificate.is_file():
            raise Problem("teams.certificate", path=self.certificate)
        return self

    @property
    def tenant(self) -> str:
        """The tenant that gives out tokens; empty for a multi-tenant registration."""
        return self.tenants[0] if self.app_type == "single" and self.tenants else ""


def configured(settings: Settings) -> bool:
    """Whether the settings ask for Teams at all."""
    return bool(settings.teams_app_id) or settings.teams_anonymous


def options_of(settings: Settings) -> TeamsOptions:
    """The options that the settings give."""
    certificate = settings.teams_certificate.strip()
    return TeamsOptions(
        app_id=settings.teams_app_id.strip().lower(),
        secret=settings.teams_app_secret.strip(),
        certificate=settings.home / Path(certificate).expanduser() if certificate else None,
        app_type=settings.teams_app_type,
        tenants=tuple(re.findall(r"[^\s,;]+", settings.teams_tenants.lower())),
        anonymous=settings.teams_anonymous,
        host=settings.teams_host,
        port=settings.teams_port,
        lang=settings.language,
    )
