"""Outsiders: public documents or a polite word, whoever says what."""

from __future__ import annotations

import time

import pytest
from aiohttp import web

from handlers.forward import broker_address
from tests.slack.stand_in import BOT, TEAM, StandIn, error, member
from tests.slack.world import World, slack_services


def audience(world: World) -> object:
    return world.services.knowledge.asked[-1][1]["audience"]


OUTSIDERS = [
    {"is_restricted": True},
    {"is_ultra_restricted": True, "is_restricted": True},
    {"is_stranger": True},
    {"team_id": "T2"},
    {"team_id": None},
    {"is_restricted": None},
    {"is_ultra_restricted": None},
    {"deleted": True},
]


@pytest.mark.parametrize("changes", OUTSIDERS, ids=lambda c: ",".join(c))
def test_guests_strangers_and_the_unknown_are_outsiders(by_socket: World, changes: dict):
    by_socket.slack.users["U1"] = member("U1", "Ève", **changes)
    by_socket.ask("délai?")
    assert audience(by_socket) == "outsider"


def test_a_member_is_a_client_and_one_of_the_advisers_group_a_broker(by_socket: World):
    by_socket.slack.groups = [{"id": "S1", "users": ["U2"]}, {"id": "S2", "users": ["U1"]}]
    by_socket.ask("délai?")
    assert audience(by_socket) == "client"
    by_socket.ask("délai?", user="U2")
    assert audience(by_socket) == "broker"


def test_where_clients_read_along_an_adviser_is_answered_what_they_may_read(
    slack: StandIn, tmp_path
):
    slack.groups = [{"id": "S1", "users": ["U1"]}]
    given = slack_services(broker=broker_address(f"slack:{TEAM}:CBROKER"))
    world = World(slack, tmp_path, given, broker_channel="CBROKER").start()
    try:
        for channel, expected in (("C1", "client"), ("CBROKER", "broker"), ("D1", "broker")):
            world.ask(f"<@{BOT}> délai?", channel)
            assert audience(world) == expected
    finally:
        world.stop()


@pytest.mark.parametrize(
    "channel",
    [{"is_ext_shared": True}, {"is_pending_ext_shared": True}, {"is_ext_shared": None}],
    ids=["shared", "pending", "unknown"],
)
def test_in_a_channel_with_strangers_everybody_is_one(by_socket: World, channel: dict):
    by_socket.slack.channels["C1"] = channel
    by_socket.ask(f"<@{BOT}> délai?", "C1")
    assert audience(by_socket) == "outsider"
    by_socket.ask("délai?")  # in his own conversation he is himself
    assert audience(by_socket) == "client"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"is_shared": False}, "client"),
        ({"is_shared": True}, "outsider"),
        ({"is_shared": False, "is_pending_ext_shared": True}, "outsider"),
    ],
    ids=str,
)
def test_a_channel_that_is_not_shared_at_all_has_no_strangers(
    by_socket: World, said: dict, expected: str
):
    by_socket.slack.channels["C1"] = {"is_ext_shared": None, "is_pending_ext_shared": None} | said
    by_socket.ask(f"<@{BOT}> délai?", "C1")
    assert audience(by_socket) == expected


def test_the_events_own_word_counts_where_slack_answers_and_never_where_it_fails(
    by_socket: World, caplog
):
    by_socket.slack.channels["C1"] = {"is_ext_shared": None, "is_pending_ext_shared": None}
    for outer, expected in (({"is_ext_shared_channel": False}, "client"), ({}, "outsider")):
        before = len(by_socket.slack.sent("C1"))
        by_socket.event(by_socket.message(f"<@{BOT}> délai?", "C1"), **outer)
        by_socket.slack.wait(lambda: len(by_socket.slack.sent("C1")) > before)  # noqa: B023
        assert audience(by_socket) == expected
    assert "slack_trusted_team" in caplog.text  # the operator learns why
    by_socket.slack.fail("conversations.info", error(500))
    by_socket.event(by_socket.message(f"<@{BOT}> délai?", "C2"), is_ext_shared_channel=False)
    by_socket.slack.wait(lambda: by_socket.slack.sent("C2"))
    assert audience(by_socket) == "outsider"


def test_an_event_that_says_so_needs_no_question(by_socket: World):
    by_socket.event(by_socket.message(f"<@{BOT}> délai?", "C1"), is_ext_shared_channel=True)
    by_socket.slack.wait(lambda: by_socket.slack.sent("C1"))
    assert audience(by_socket) == "outsider"


def test_when_slack_cannot_say_who_it_is_he_is_an_outsider_for_a_moment(by_socket: World):
    by_socket.slack.fail("users.info", error(500))
    by_socket.ask("délai?")
    assert audience(by_socket) == "outsider"


def test_a_method_that_is_not_there_is_not_asked_for_at_every_message(by_socket: World, caplog):
    by_socket.slack.fail("usergroups.list", web.json_response({"message": "Not Found"}, status=404))
    by_socket.slack.fail("users.info", error(200, "unknown_method"))
    by_socket.ask("délai?")
    by_socket.slack.users["U2"] = member("U2", "Luc")
    for user, later in (("U2", 30), ("U2", 40), ("U1", 50)):
        by_socket.service.desk.people.cache.clock = lambda: time.monotonic() + later  # noqa: B023
        by_socket.ask("délai?", user=user)
    assert audience(by_socket) == "outsider"  # U1, of whom nothing could be learnt
    assert not by_socket.slack.of("usergroups.list")  # nor asked for again


def test_what_slack_said_is_believed_for_a_minute(by_socket: World):
    by_socket.ask("délai?")
    by_socket.ask("délai?")
    assert len(by_socket.slack.of("users.info")) == 1


@pytest.mark.parametrize("trusted", ["", TEAM])
def test_an_operator_may_vouch_for_a_workspace_whose_slack_says_little(
    slack: StandIn, tmp_path, trusted: str
):
    # As of an emulator: neither the flags of guests nor those of shared channels.
    slack.users["U1"] = {"id": "U1", "name": "eve"}
    slack.channels["C1"] = {"is_ext_shared": None, "is_pending_ext_shared": None}
    world = World(slack, tmp_path, trusted_team=trusted).start()
    try:
        world.ask(f"<@{BOT}> délai?", "C1")
        assert audience(world) == ("client" if trusted else "outsider")
        for told in ({"is_restricted": True}, {"team_id": "T2"}):
            slack.users["U2"] = {"id": "U2"} | told
            world.service.desk.people.cache.kept.clear()
            world.ask("délai?", user="U2")
            assert audience(world) == "outsider"
        world.ask("délai?", user="U9")  # whom users.info doesn't know
        assert audience(world) == "outsider"
    finally:
        world.stop()
