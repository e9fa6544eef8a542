"""The HTTP door: signatures, bodies, kinds of payload."""

from __future__ import annotations

import json
import time

import pytest

from bot.channels.slack_door import STALE, Signatures
from tests.slack.stand_in import SECRET, TEAM, StandIn, signature_headers
from tests.slack.world import World

SECRET_WORD = "mot-confidentiel"


def payload(world: World) -> dict:
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "event_id": "Ev1",
        "event": world.message(SECRET_WORD),
    }


@pytest.mark.parametrize(
    "forgery",
    [
        {"secret": "another-secret"},
        {"age": STALE + 5},
        {"age": -STALE - 5},
        {"timestamp": "soon"},
        {"timestamp": "²"},
        {"headers": {"X-Slack-Signature": ""}},
        {"headers": {"X-Slack-Signature": "v0=é"}},
    ],
    ids=["forged", "stale", "future", "wordy", "digit", "none", "odd"],
)
def test_a_request_that_is_not_slacks_is_refused_and_logged_without_its_body(
    by_http: World, caplog, forgery: dict
):
    status, _ = by_http.slack.signed(payload(by_http), **forgery)
    assert status == 401
    assert "signature" in caplog.text and SECRET_WORD not in caplog.text
    assert not by_http.services.knowledge.asked


def test_a_request_sent_twice_with_one_signature_is_refused(by_http: World, caplog):
    timestamp = str(int(time.time()))
    first = by_http.slack.signed(payload(by_http), timestamp=timestamp)
    again = by_http.slack.signed(payload(by_http) | {"event_id": "Ev1"}, timestamp=timestamp)
    assert first[0] == 200 and again[0] == 200  # another body: another signature
    body = payload(by_http)
    assert by_http.slack.signed(body, timestamp=timestamp)[0] == 200
    assert by_http.slack.signed(body, timestamp=timestamp)[0] == 401
    assert "replayed" in caplog.text and SECRET_WORD not in caplog.text


def test_signatures_are_forgotten_once_they_are_stale_anyway():
    now = 1_000_000.0
    door = Signatures(SECRET, clock=lambda: now)
    for second in range(2000):
        now = 1_000_000.0 + second
        headers = signature_headers(b"{}", str(int(now)))
        assert not door.refusal(b"{}", *headers.values())
    assert len(door.seen) <= 2 * STALE + 1


def test_where_both_ways_are_given_both_are_open_and_what_comes_twice_is_answered_once(
    slack: StandIn, tmp_path, caplog
):
    world = World(slack, tmp_path, signing_secret=SECRET).start()
    other = None
    try:
        question = world.message("délai?")
        world.event(question)
        slack.events_url = f"http://127.0.0.1:{world.service.port}/slack/events"
        world.event(question)
        slack.wait(lambda: slack.sent("D1"))
        world.ask("délai?", "D2")  # had it been answered twice, that would have come by now
        assert len(slack.sent("D1")) == 1
        told = world.service.told("fr")
        assert "Socket Mode" in told and str(world.service.port) in told
        # A port that is taken costs the second way alone.
        (tmp_path / "b").mkdir()
        taken = {"signing_secret": SECRET, "port": world.service.port}
        other = World(slack, tmp_path / "b", **taken).start()
        assert other.service.port is None and str(world.service.port) in caplog.text
    finally:
        if other:
            other.stop()
        world.stop()


def test_slack_checks_the_address(by_http: World):
    status, body = by_http.slack.signed({"type": "url_verification", "challenge": "c1"})
    assert status == 200 and body == {"challenge": "c1"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not json", 400),
        (b"\xff\xfe", 400),
        (b"[1]", 400),
        (b"null", 400),
        (b"{}", 200),
        (json.dumps({"type": "event_callback", "team_id": TEAM}).encode(), 200),
        (json.dumps({"type": "of_tomorrow", "team_id": TEAM, "event": 7}).encode(), 200),
        (json.dumps({"type": "event_callback", "team_id": TEAM, "event": []}).encode(), 200),
        (
            json.dumps(
                {"type": "event_callback", "team_id": TEAM, "event": {"type": "star_added"}}
            ).encode(),
            200,
        ),
    ],
)
def test_payloads_of_kinds_not_known_are_taken_and_noted(by_http: World, body: bytes, status: int):
    assert by_http.slack.signed(body)[0] == status
    by_http.ask("délai?")  # and the next one is answered


def test_interactive_payloads_of_kinds_not_known_are_taken(world: World):
    for kind in ("workflow_step_edit", "dialog_submission", "block_suggestion", "view_closed"):
        body = {"type": kind, "team": {"id": TEAM}, "user": {"id": "U1"}, "view": {}}
        form = {"form": True} if world.slack.events_url else {}
        world.slack.deliver("interactive", body, **form)
    world.slack.deliver(
        "interactive",
        {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": "U1"},
            "actions": [{"type": "button", "action_id": "of:another:app", "block_id": "b"}],
        },
    )
    world.ask("délai?")


def test_a_workspace_without_the_assistant_is_told_nothing(by_http: World):
    body = payload(by_http) | {"team_id": "T9", "authorizations": []}
    assert by_http.slack.signed(body)[0] == 200


def test_it_is_acknowledged_at_once_however_slow_the_answer(world: World):
    world.slack.fail("users.info", 1.0)
    started = time.monotonic()
    world.command("délai?")
    assert time.monotonic() - started < 0.8
    world.slack.wait(lambda: world.slack.of("response_url"))
