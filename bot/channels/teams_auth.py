"""Who knocks: the SDK's check of an activity's token; and the tokens the bot itself shows."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

import jwt
import requests
from botbuilder.integration.aiohttp import ConfigurationBotFrameworkAuthentication
from botbuilder.schema import Activity
from botframework.connector.auth import (
    AuthenticationConstants,
    ChannelValidation,
    JwtTokenExtractor,
    ServiceClientCredentialsFactory,
)
from botframework.connector.auth.jwt_token_extractor import _OpenIdMetadata

from bot.channels.teams_options import TeamsOptions
from knowledge.phrases import Problem

log = logging.getLogger(__name__)

TIMEOUT = 10.0  # seconds for Microsoft's sign-in servers
DAY, HOUR, PAUSE = 86_400.0, 3_600.0, 30.0  # seconds until the signing keys are read again
CERTIFICATE = "-----BEGIN CERTIFICATE-----"
LOGIN = AuthenticationConstants.TO_CHANNEL_FROM_BOT_LOGIN_URL_PREFIX
MULTI = AuthenticationConstants.DEFAULT_CHANNEL_AUTH_TENANT
SCOPE = AuthenticationConstants.TO_CHANNEL_FROM_BOT_OAUTH_SCOPE + "/.default"
ISSUER = AuthenticationConstants.TO_BOT_FROM_CHANNEL_TOKEN_ISSUER
KEYS = AuthenticationConstants.TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL


class Unauthorized(Exception):
    """The activity's token is missing or doesn't hold."""


class OneApp(ServiceClientCredentialsFactory):  # type: ignore[misc]
    """Tells the SDK which application a token must be meant for."""

    def __init__(self, app_id: str) -> None:
        self.app_id = app_id

    async def is_valid_app_id(self, app_id: str) -> bool:
        """Whether a token's audience is this bot."""
        return bool(self.app_id) and app_id == self.app_id

    async def is_authentication_disabled(self) -> bool:
        """Only without an application, which only anonymous mode is."""
        return not self.app_id

    async def create_credentials(self, *_: object) -> Any:
        """The SDK's own way out is not used: teams_connector.py is."""
        raise NotImplementedError


class SigningKeys(_OpenIdMetadata):  # type: ignore[misc]
    """Microsoft's signing keys, kept for a day. Fetched in a thread and with a limit: the SDK's
    own class stops the event loop meanwhile, for as long as it takes."""

    def __init__(self, url: str, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(url)
        self.clock = clock
        self.turn = asyncio.Lock()
        self.fetched_at = self.tried_at = float("-inf")

    async def get(self, key_id: str) -> Any:
        """The key of that name with its endorsements; PermissionError where there is none."""
        async with self.turn:
            known = any(key.get("kid") == key_id for key in self.keys)
            age = self.clock() - (self.fetched_at if known else self.tried_at)
            # An unknown key may be a new one, or somebody's invention: not asked about for long.
            if age > (DAY if known else PAUSE if not self.keys else HOUR):
                await self.refreshed()
        if not any(key.get("kid") == key_id for key in self.keys):
            raise PermissionError("unknown key")
        return self._find(key_id)

    async def refreshed(self) -> None:
        """Fetches the keys; the old ones stay good where that fails."""
        self.tried_at = self.clock()
        try:
            self.keys = await asyncio.to_thread(self.read)
            self.fetched_at = self.tried_at
        except (requests.RequestException, ValueError, KeyError) as error:
            log.warning("Microsoft's signing keys can't be read: %s", type(error).__name__)

    def read(self) -> list[dict[str, Any]]:
        """The keys, over the network."""
        address = requests.get(self.url, timeout=TIMEOUT)
        address.raise_for_status()
        keys = requests.get(address.json()["jwks_uri"], timeout=TIMEOUT)
        keys.raise_for_status()
        found: list[dict[str, Any]] = keys.json()["keys"]
        return found


class Gate:
    """Checks an activity's token the way the SDK does, and then that it is the channel's own."""

    def __init__(self, options: TeamsOptions, keys_url: str = KEYS) -> None:
        self.anonymous = options.anonymous
        self.sdk = ConfigurationBotFrameworkAuthentication(
            object(), credentials_factory=OneApp(options.app_id)
        )
        ChannelValidation.open_id_metadata_endpoint = keys_url
        JwtTokenExtractor.metadataCache[keys_url] = SigningKeys(keys_url)

    async def check(self, header: str, channel: str, service_url: str) -> None:
        """Raises Unauthorized unless the channel's token is good for this very service URL."""
        if not self.anonymous and not issued_by_channel(header):
            # The SDK would also take tokens of the emulator and of other bots.
            raise Unauthorized("issuer")
        activity = Activity(channel_id=channel, service_url=service_url)
        try:
            await self.sdk.authenticate_request(activity, "" if self.anonymous else header)
        except Exception as error:
            # The SDK has no one kind of error for « no »: PermissionError, jwt's, plain Exception.
            raise Unauthorized(type(error).__name__) from error


def issued_by_channel(header: str) -> bool:
    """Whether the token says that it comes from the Bot Framework; its signature is not looked
    at here."""
    scheme, _, token = header.partition(" ")
    if scheme != "Bearer" or not token or " " in token:
        return False
    try:
        return bool(jwt.decode(token, options={"verify_signature": False}).get("iss") == ISSUER)
    except (jwt.PyJWTError, ValueError):
        return False


class Tokens:
    """The bot's own access token, from its secret or its certificate. Thread-safe; msal keeps a
    token until shortly before its end."""

    def __init__(self, options: TeamsOptions) -> None:
        self.options = options
        self.app: Any = None

    def token(self) -> str:
        """A token for the connector, empty in anonymous mode. Blocking, with a timeout. Raises
        PermissionError when the credentials are refused, requests.RequestException on a network
        failure."""
        if self.options.anonymous:
            return ""
        if self.app is None:
            self.app = self.application()
        found = self.app.acquire_token_for_client(scopes=[SCOPE])
        if "access_token" not in found:
            # Not error_description: it quotes identifiers of the tenant.
            raise PermissionError(str(found.get("error", "unknown")))
        return str(found["access_token"])

    def application(self) -> Any:
        """msal's view of the registration."""
        from msal import ConfidentialClientApplication  # type: ignore[import-untyped]

        return ConfidentialClientApplication(
            client_id=self.options.app_id,
            client_credential=self.credential(),
            authority=LOGIN + (self.options.tenant or MULTI),
            timeout=TIMEOUT,
        )

    def credential(self) -> Any:
        """The secret, or the private key with its certificate: msal makes the thumbprint."""
        if self.options.certificate is None:
            return self.options.secret
        try:
            pem = self.options.certificate.read_text(encoding="ascii")
            return {"private_key": pem, "public_certificate": pem[pem.index(CERTIFICATE) :]}
        except (OSError, ValueError) as error:
            raise Problem("teams.certificate", path=self.options.certificate) from error
