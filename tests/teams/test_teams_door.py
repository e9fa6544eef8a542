"""Who may speak to the bot: tokens through the SDK's own check, service URLs, tenants, shapes."""

from __future__ import annotations

import base64
import hmac
import json
import time

import jwt as pyjwt
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from teams_world import ELSEWHERE, KEY, OTHER_KEY, TENANT

from bot.channels.teams_trust import is_connector, is_upload


def made_by_hand(algorithm: str, claims: dict[str, object], key: bytes = b"") -> str:
    """A token that no library would make."""
    parts = [{"alg": algorithm, "typ": "JWT", "kid": "essai"}, claims]
    body = ".".join(encoded(json.dumps(part).encode()) for part in parts)
    signature = hmac.new(key, body.encode(), "sha256").digest() if key else b""
    return f"{body}.{encoded(signature)}"


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_a_good_token_is_answered(teams, stand_in):
    assert teams.say("délai de livraison?").status_code == 202
    assert "Texte du passage 1." in stand_in.text()


def test_the_keys_are_read_once(teams, stand_in):
    for _ in range(5):
        assert teams.say("bonjour").status_code == 202
    assert stand_in.keys_read == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": int(time.time()) - 3600},
        {"nbf": int(time.time()) + 3600},
        {"aud": "22222222-2222-4333-8444-555555555555"},
        {"aud": None},
        {"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"},
        {"iss": "https://login.microsoftonline.com/evil/v2.0"},
        {"iss": None},
        {"serviceurl": "https://smba.trafficmanager.net/teams/"},
        {"serviceurl": None},
    ],
    ids=["exp", "nbf", "aud", "no aud", "iss", "iss elsewhere", "no iss", "url", "no url"],
)
def test_a_token_that_does_not_hold_is_refused(teams, stand_in, changes):
    header = f"Bearer {teams.token(**changes)}"
    assert teams.post(teams.activity(), header).status_code == 401
    assert stand_in.calls == []


def test_keys_that_are_not_microsofts_are_refused(teams, stand_in):
    for token in (teams.token(OTHER_KEY), teams.token(OTHER_KEY, kid="autre")):
        assert teams.post(teams.activity(), f"Bearer {token}").status_code == 401
    assert stand_in.keys_read == 1  # an unknown name does not make the bot ask again and again
    assert stand_in.calls == []


def test_no_token_and_half_a_token_are_refused(teams, stand_in):
    good = teams.token()
    claims = pyjwt.decode(good, options={"verify_signature": False})
    headers = ["", "Bearer", "Bearer ", f"Basic {good}", good, f"Bearer {good} x", "Bearer a.b.c"]
    for header in [*headers, f"Bearer {made_by_hand('none', claims)}", f"Bearer {good[:-4]}AAAA"]:
        assert teams.post(teams.activity(), header).status_code == 401, header
    assert stand_in.calls == []


def test_an_algorithm_made_of_the_public_key_is_refused(teams):
    public = KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    claims = pyjwt.decode(teams.token(), options={"verify_signature": False})
    token = made_by_hand("HS256", claims, public)
    assert teams.post(teams.activity(), f"Bearer {token}").status_code == 401


def test_another_tenant_is_refused(teams, stand_in):
    refused = [
        teams.activity(channelData={"tenant": {"id": ELSEWHERE}}),
        teams.activity(channelData={}, conversation={"id": "a:1", "tenantId": ELSEWHERE}),
        teams.activity(channelData={}, conversation={"id": "a:1"}),
    ]
    for activity in refused:
        assert teams.post(activity).status_code == 403
    upper = teams.activity(channelData={"tenant": {"id": TENANT.upper()}})
    assert teams.post(upper).status_code == 202
    assert len(stand_in.messages()) == 1


def test_a_service_url_that_is_not_microsofts_is_refused_before_any_call(teams, stand_in):
    for url in ("https://evil.example/", "http://smba.trafficmanager.net/", "file:///etc/passwd"):
        activity = teams.activity(serviceUrl=url)
        header = f"Bearer {teams.token(serviceurl=url)}"
        assert teams.post(activity, header).status_code == 403
    assert stand_in.calls == [] and stand_in.keys_read == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://smba.trafficmanager.net/ca/",
        "https://smba.trafficmanager.net:443/teams/",
        "https://SMBA.trafficmanager.net/amer/aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee/",
        "https://smba.infra.gcc.teams.microsoft.com/gcc",
        "https://canary.botapi.teams.microsoft.com/amer/",
    ],
)
def test_microsofts_service_urls_are_trusted(url):
    assert is_connector(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.trafficmanager.net/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://evil.example/#smba.trafficmanager.net",
        "https://evil.example\\.teams.microsoft.com/",
        "https://smba.trafficmanager.net:8443/",
        "https://teams.microsoft.com.evil.example/",
        "https://evilteams.microsoft.com/",
        "https:///",
        "https://[::1",
        "smba.trafficmanager.net",
        "http://127.0.0.1:9000/",
        "https://smba.trafficmanager.net\n.evil.example/",
    ],
)
def test_look_alikes_are_not(url):
    assert not is_connector(url)
    assert not is_upload(url)


def test_anonymous_mode_writes_to_this_machine_alone():
    assert is_connector("http://127.0.0.1:56150/_connector", anonymous=True)
    assert is_connector("http://localhost:56150/_connector", anonymous=True)
    for url in (
        "https://smba.trafficmanager.net/ca/",
        "http://192.168.1.9/",
        "http://evil.example/",
    ):
        assert not is_connector(url, anonymous=True)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"type": "message"}',
        b'{"type": 5, "serviceUrl": "x", "conversation": {"id": "a"}}',
        b'{"type": "message", "serviceUrl": "x", "conversation": "a"}',
        b'{"type": "message", "serviceUrl": "x", "conversation": {"id": ""}}',
        b'{"type": "message", "serviceUrl": "x", "conversation": {"id": "a"}, "entities": [1]}',
        b"[" * 100_000,
    ],
    ids=lambda body: repr(body[:30]),
)
def test_malformed_activities_are_refused(teams, stand_in, body):
    assert teams.post(body).status_code == 400
    assert stand_in.calls == []


def test_what_is_not_json_or_too_long_is_refused(teams):
    assert requests.post(teams.endpoint, data="type=message", timeout=5).status_code == 415
    assert teams.post(b"x" * 300_000).status_code == 413
    assert requests.get(teams.endpoint, timeout=5).status_code == 405


def test_unknown_types_and_other_channels(teams, stand_in):
    for kind in ("handoff", "event", "endOfConversation", "typing", "messageReaction", "☃"):
        assert teams.post(teams.activity(type=kind)).status_code == 202
    assert teams.post(teams.activity(type="invoke", name="tab/fetch")).status_code == 501
    assert teams.post(teams.activity(type="invoke")).status_code == 501
    assert teams.post(teams.activity(channelId="webchat")).status_code == 403
    assert stand_in.messages() == []
