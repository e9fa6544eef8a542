"""Slack out of order: late, refusing, cut off; and a workspace that no longer wants us."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiohttp import web

from bot.channels.slack_api import Pace
from bot.channels.slack_options import SlackOptions, api_address, configured, options_of
from bot.config_reading import read_settings
from knowledge.phrases import Problem, say
from tests.slack.stand_in import BOT, BOT_TOKEN, TEAM, StandIn, error
from tests.slack.world import World, words


def test_too_many_requests_are_waited_for_as_slack_asks(by_socket: World):
    by_socket.slack.fail("chat.postMessage", error(429, "ratelimited", retry_after=0.3))
    started = time.monotonic()
    by_socket.ask("délai?")
    assert time.monotonic() - started >= 0.3
    assert len(by_socket.slack.sent("D1")) == 1


def test_errors_of_slacks_are_tried_again(by_socket: World):
    by_socket.slack.fail("chat.postMessage", error(500), error(503), error(200, "fatal_error"))
    by_socket.ask("délai?")
    assert len(by_socket.slack.of("chat.postMessage failed")) == 3


def test_a_message_whose_answer_was_lost_is_looked_for_before_it_is_sent_again(
    slack: StandIn, tmp_path
):
    world = World(slack, tmp_path, timeout=0.2, backoff=0.6).start()
    try:
        slack.fail("chat.postMessage", 0.5)  # takes the message, and answers too late
        world.ask("délai?")
        world.ask("délai?", "D2")
        slack.wait(lambda: slack.of("conversations.history"))
        world.ask("délai?", "D2")
        assert len(slack.sent("D1")) == 1
    finally:
        world.stop()


def test_a_cut_socket_is_opened_again_and_nothing_is_lost(by_socket: World):
    by_socket.ask("délai?")
    for _ in range(2):
        before = by_socket.slack.connections
        by_socket.slack.cut()
        by_socket.slack.wait(lambda: by_socket.slack.connections > before)  # noqa: B023
    by_socket.slack.wait(lambda: len(by_socket.slack.sockets) == 1)
    by_socket.ask("délai?", "D2")


def test_slack_may_move_the_socket_and_refuse_a_while(by_socket: World):
    by_socket.slack.fail("apps.connections.open", error(500), error(200, "internal_error"))
    before = by_socket.slack.connections
    by_socket.slack.cut()
    by_socket.slack.wait(lambda: by_socket.slack.connections > before)
    by_socket.ask("délai?")


def test_a_disconnect_notice_is_followed(by_socket: World):
    old = list(by_socket.slack.sockets)

    async def notice() -> None:
        for socket in old:
            await socket.send_json({"type": "disconnect", "reason": "refresh_requested"})

    asyncio.run_coroutine_threadsafe(notice(), by_socket.slack.loop).result(5)

    def moved() -> bool:  # the old one is closed, another open
        sockets = list(by_socket.slack.sockets)
        return len(sockets) == 1 and not any(socket in old for socket in sockets)

    by_socket.slack.wait(moved)
    by_socket.ask("délai?")


def test_in_a_channel_it_was_removed_from_the_asker_gets_the_answer_himself(by_socket: World):
    by_socket.slack.channels["C1"] = {"refuse": "not_in_channel"}
    by_socket.say(f"<@{BOT}> délai?", "C1")
    by_socket.slack.wait(lambda: len(by_socket.slack.sent("D1")) == 2)
    why, answer = by_socket.slack.sent("D1")
    assert words(why) == say("slack.not_there") and "Texte du passage 1." in words(answer)


@pytest.mark.parametrize("code", ["cannot_dm_bot", "is_archived", "token_revoked", "msg_too_long"])
def test_what_slack_refuses_for_good_is_noted_and_the_next_one_answered(
    by_socket: World, caplog, code: str
):
    by_socket.slack.channels["D1"] = {"refuse": code}
    by_socket.say("délai secret?")
    by_socket.ask("délai?", "D2")
    by_socket.slack.wait(lambda: code in caplog.text)
    assert "secret" not in caplog.text


def test_blocks_that_a_slack_will_not_have_cost_the_blocks_alone(by_socket: World, caplog):
    by_socket.slack.fail("chat.postMessage", error(200, "invalid_blocks"))
    answer = by_socket.ask("délai *gras*?")
    assert "blocks" not in answer and answer["mrkdwn"] is False
    assert answer["text"].startswith("Texte du passage 1.") and "Fiche Exemple" in answer["text"]
    assert "invalid_blocks" in caplog.text


def test_what_a_channel_will_not_have_the_asker_gets_himself(by_socket: World):
    by_socket.slack.channels["C1"] = {"refuse": "msg_blocked_by_policy"}
    by_socket.say(f"<@{BOT}> délai?", "C1")
    by_socket.slack.wait(lambda: len(by_socket.slack.sent("D1")) == 2)
    why, answer = by_socket.slack.sent("D1")
    assert words(why) == say("slack.not_written") and "Texte du passage 1." in words(answer)


@pytest.mark.parametrize("lacking", [("team_id",), ("user_id",), ("team_id", "user_id", "bot_id")])
def test_what_auth_test_leaves_out_the_first_payload_tells(
    slack: StandIn, tmp_path, monkeypatch, lacking: tuple[str, ...]
):
    told = {k: v for k, v in slack.do_auth_test({}).items() if k not in lacking}
    monkeypatch.setattr(slack, "do_auth_test", lambda given: told)
    world = World(slack, tmp_path).start()
    try:
        world.ask(f"<@{BOT}> délai?", "C1")
        ((question, options),) = world.services.knowledge.asked
        assert (question, options["audience"]) == ("délai?", "client")
        world.say("délai?", user=BOT)  # its own words, without a sign that an app wrote them
        world.ask("délai?", "D2")
        assert not slack.sent("D1")
    finally:
        world.stop()


def test_an_emulator_may_know_a_method_by_get_alone(by_socket: World):
    for method in ("users.info", "conversations.open"):
        by_socket.slack.fail(method, web.Response(status=405))
    by_socket.ask("délai?")
    assert by_socket.services.knowledge.asked[-1][1]["audience"] == "client"
    assert by_socket.slack.of("users.info")[0] == {"user": "U1", "include_locale": "true"}


def test_methods_that_an_emulator_lacks_cost_nothing_but_themselves(slack: StandIn, tmp_path):
    for method in ("usergroups.list", "assistant.threads.setStatus", "conversations.open"):
        slack.fail(method, *[error(200, "unknown_method")] * 5)
    slack.fail("views.publish", error(404, "unknown_method"))
    page = {"text": "<h1>Not Found</h1>", "content_type": "text/html"}
    slack.fail("conversations.info", web.Response(status=404, **page))
    slack.fail("usergroups.list", web.Response(**page))
    world = World(slack, tmp_path).start()
    try:
        world.event({"type": "app_home_opened", "user": "U1", "tab": "home"})
        assert "Texte du passage 1." in words(world.ask("délai?"))
        assert world.services.knowledge.asked[-1][1]["audience"] == "client"
        world.ask(f"<@{BOT}> délai?", "C1")
        assert world.services.knowledge.asked[-1][1]["audience"] == "outsider"
    finally:
        world.stop()


@pytest.mark.parametrize("name", ["slack_bot_token", "slack_app_token"])
def test_a_refused_token_stops_the_start_with_a_sentence(slack: StandIn, tmp_path, name: str):
    with pytest.raises(Problem) as caught:
        World(slack, tmp_path, **{name.removeprefix("slack_"): "xoxb-wrong"}).start()
    assert name in str(caught.value) and "invalid_auth" in str(caught.value)
    assert "xoxb" not in str(caught.value)


def test_a_slack_that_is_not_there_stops_the_start_with_a_sentence(tmp_path, slack: StandIn):
    with pytest.raises(Problem) as caught:
        World(slack, tmp_path, api_url="http://127.0.0.1:9/api/").start()
    assert caught.value.key == "slack.unreachable"


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"app_token": ""}, "slack.no_secret"),
        ({"bot_token": ""}, "slack.no_token"),
        ({"client_id": "1.2"}, "slack.no_teams"),
        ({"api_url": "slack.com/api"}, "slack.bad_url"),
        ({"api_url": "http://slack.com/api/"}, "slack.bad_url"),
        ({"api_url": "ftp://x/"}, "slack.bad_url"),
    ],
)
def test_options_that_cannot_work_are_refused(changes: dict, key: str):
    given = {"bot_token": BOT_TOKEN, "app_token": "xapp-1"} | changes
    with pytest.raises(Problem) as caught:
        SlackOptions(**given).checked()
    assert caught.value.key == key


def test_a_channel_gets_one_message_a_second_in_order_and_the_others_do_not_wait():
    now, log = [0.0], []

    async def sleep(seconds: float) -> None:
        now[0] += seconds

    async def talk() -> None:
        pace = Pace(1.0, lambda: now[0], sleep)
        for channel in ("C1", "C1", "C2", "C1"):
            async with pace.turn(channel):
                log.append((channel, now[0]))
        pace.hold("C2", 30.0)
        async with pace.turn("C2"):
            log.append(("C2", now[0]))
        assert not pace.locks.locks

    asyncio.run(talk())
    assert log == [("C1", 0.0), ("C1", 1.0), ("C2", 1.0), ("C1", 2.0), ("C2", 32.0)]


def test_uninstalling_and_revoking_are_taken(by_http: World):
    by_http.event({"type": "tokens_revoked", "tokens": {"bot": [BOT]}})
    by_http.event({"type": "app_uninstalled"})
    assert by_http.service and by_http.service.team == TEAM


def test_a_burst_loses_nothing(by_http: World):
    channels = [f"D{n}" for n in range(100, 200)]
    for channel in channels:
        by_http.say("délai?", channel)
    by_http.slack.wait(lambda: all(by_http.slack.sent(c) for c in channels), 10)
    assert all(len(by_http.slack.sent(c)) == 1 for c in channels)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://slack.com/api/", "https://slack.com/api/"),
        ("https://slack.com/api", "https://slack.com/api/"),
        ("http://localhost:4003", "http://localhost:4003/api/"),
        ("http://localhost:4003/", "http://localhost:4003/api/"),
        ("http://localhost:4003/slack/api", "http://localhost:4003/slack/api/"),
    ],
)
def test_the_address_of_another_slack_may_lack_its_end(given: str, kept: str):
    assert api_address(given) == kept


def test_what_the_settings_say_is_what_the_channel_takes(tmp_path):
    environ = {
        "SLACK_BOT_TOKEN": "xoxb-slacks",
        "CATALOGUE_SLACK_BOT_TOKEN": "xoxb-ours",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_API_URL": "http://localhost:4003",
        "CATALOGUE_SLACK_TEAMS": "T1, T2",
        "CATALOGUE_BROKER_CHANNEL": "slack:T1:C9",
        "CATALOGUE_HOME": str(tmp_path),
    }
    settings = read_settings({}, environ)
    options = options_of(settings)
    assert configured(settings) and options.socket_mode
    assert (options.bot_token, options.teams) == ("xoxb-ours", ("T1", "T2"))
    assert options.api_url == "http://localhost:4003/api/" and options.broker_channel == "C9"
    assert not configured(read_settings({}, {"CATALOGUE_HOME": str(tmp_path)}))


def test_the_environment_of_bolt_itself_changes_nothing(slack: StandIn, tmp_path, monkeypatch):
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"):
        monkeypatch.setenv(name, "other")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    world = World(slack, tmp_path).start()
    try:
        world.ask("délai?")
    finally:
        world.stop()
    assert {path.name.partition("-")[0] for path in tmp_path.iterdir()} <= {"slack.sqlite"}
