"""How the Slack channel is set up, and what it refuses to be set up as."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from bot.channels.web_options import is_loopback
from bot.config import Settings
from knowledge.phrases import Problem

SLACK = "slack.com"


@dataclass(frozen=True)
class SlackOptions:
    """Which Slack, with which credentials, how patiently. Seconds throughout."""

    bot_token: str = ""  # of the one workspace; empty where workspaces install by OAuth
    app_token: str = ""  # Socket Mode where set
    signing_secret: str = ""
    client_id: str = ""
    client_secret: str = ""
    teams: tuple[str, ...] = ()  # workspaces that may install; needed with OAuth
    trusted_team: str = ""
    api_url: str = "https://slack.com/api/"
    host: str = "127.0.0.1"
    port: int = 3000
    broker_channel: str = ""
    lang: Literal["fr", "en"] = "fr"
    in_flight: int = 4  # questions answered at the same time
    waiting: int = 5000  # that may wait for their turn
    timeout: float = 10.0  # of one call to Slack
    patience: float = 60.0  # for an answer of the assistant
    ack_within: float = 1.8  # how long a modal waits for its next step before it says « working »
    pace: float = 1.0  # between two messages in a channel
    tries: int = 6  # of one message, while Slack says « later »
    backoff: float = 1.0  # first pause after an error without Retry-After; doubles
    longest_wait: float = 300.0  # that a Retry-After may ask for
    ping: float = 5.0  # of the Socket Mode connection
    known: float = 60.0  # how long what Slack said of a person or a channel is believed

    @property
    def socket_mode(self) -> bool:
        """Whether events come by WebSocket."""
        return bool(self.app_token)

    @property
    def oauth(self) -> bool:
        """Whether workspaces install the assistant by themselves."""
        return bool(self.client_id)

    @property
    def local(self) -> bool:
        """Whether the Slack meant is on this machine: an emulator, a test."""
        return is_loopback(urlsplit(self.api_url).hostname or "")

    @property
    def authorize_url(self) -> str:
        """Where a browser goes to install: beside the API."""
        parts = urlsplit(self.api_url)
        return f"{parts.scheme}://{parts.netloc}/oauth/v2/authorize"

    def checked(self) -> SlackOptions:
        """The same options. Raises Problem where something is missing or would stand open."""
        parts = urlsplit(self.api_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Problem("slack.bad_url", url=self.api_url)
        if parts.scheme == "http" and parts.hostname.endswith(SLACK):
            raise Problem("slack.bad_url", url=self.api_url)
        if not self.socket_mode and not self.signing_secret:
            raise Problem("slack.no_secret")
        if self.oauth and not (self.client_secret and self.teams):
            raise Problem("slack.no_teams")
        if not self.oauth and not self.bot_token:
            raise Problem("slack.no_token")
        return self


def configured(settings: Settings) -> bool:
    """Whether anything about Slack is set: then the channel starts."""
    return any(
        (
            settings.slack_bot_token,
            settings.slack_app_token,
            settings.slack_client_id,
        )
    )


def options_of(settings: Settings) -> SlackOptions:
    """The options that the settings give."""
    url = settings.slack_api_url.strip()
    platform, _, place = settings.broker_channel.strip().partition(":")
    channel = place.rpartition(":")[2]
    return SlackOptions(
        bot_token=settings.slack_bot_token.strip(),
        app_token=settings.slack_app_token.strip(),
        signing_secret=settings.slack_signing_secret.strip(),
        client_id=settings.slack_client_id.strip(),
        client_secret=settings.slack_client_secret.strip(),
        teams=tuple(settings.slack_teams.replace(",", " ").split()),
        trusted_team=settings.slack_trusted_team.strip(),
        api_url=api_address(url),
        host=settings.slack_host,
        port=settings.slack_port,
        broker_channel=channel if platform == "slack" else "",
        lang=settings.language,
    )


def api_address(url: str) -> str:
    """The API's address with its slash; a server alone is taken to have it at /api/."""
    if not urlsplit(url).path.strip("/"):
        url = f"{url.rstrip('/')}/api"
    return url if url.endswith("/") else f"{url}/"
