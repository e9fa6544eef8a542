"""What the assistant sends by itself, questions sent to the broker, installation by OAuth."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.bootstrap import build_app
from bot.channels.sending import SendLater, SendNever
from bot.channels.slack_install import SCOPES
from bot.config_reading import read_settings
from bot.mailroom import sending
from bot.stores.forwards import Forwards
from bot.stores.slack import SlackStore
from handlers.access import Access
from handlers.conversation import Address, Reply, Text
from handlers.forward import broker_address
from handlers.people import Organisation, People, Places
from knowledge.phrases import say
from tests.assistant_fakes import FakeKnowledge
from tests.slack.stand_in import BOT, SECRET, TEAM, StandIn, error, member
from tests.slack.world import PEOPLE, World, buttons, slack_services, words


def hello(text: str = "Bonjour") -> Reply:
    return Reply(parts=(Text(text=text),))


def room(channel: str, thread: str = "") -> Address:
    return Address(channel="slack", conversation=f"{TEAM}:{channel}:{thread}", private=False)


def test_a_message_is_sent_found_by_its_key_edited_and_recalled(by_socket: World):
    sender = by_socket.service.sender
    sent = sender.send(room("C1"), hello(), key="notice:1")
    assert by_socket.slack.sent("C1")[0]["ts"] == sent
    assert sender.find(room("C1"), "notice:1") == sent
    assert sender.find(room("C1"), "notice:2") is None
    sender.edit(room("C1"), sent, hello("Bonsoir"))
    assert words(by_socket.slack.sent("C1")[0]) == "Bonsoir"
    sender.recall(room("C1"), sent)
    sender.recall(room("C1"), sent)  # gone already: that was the wish
    assert not by_socket.slack.sent("C1")


def test_a_person_is_written_to_by_his_id_and_a_thread_by_its_own(by_socket: World):
    sender = by_socket.service.sender
    sender.send(room("U2"), hello(), key="k")
    sender.send(room("C1", "4.4"), hello(), key="k")
    assert by_socket.slack.sent("D2") and by_socket.slack.sent("C1")[0]["thread_ts"] == "4.4"


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        ({"status": 429, "code": "ratelimited", "retry_after": 7}, SendLater),
        ({"status": 500}, SendLater),
        ({"status": 200, "code": "channel_not_found"}, "gone"),
        ({"status": 200, "code": "not_in_channel"}, "removed"),
        ({"status": 200, "code": "cannot_dm_bot"}, "blocked"),
        ({"status": 200, "code": "token_revoked"}, "access"),
        ({"status": 200, "code": "invalid_blocks"}, "invalid"),
    ],
    ids=lambda value: str(value.get("code", "")) if isinstance(value, dict) else "",
)
def test_the_sender_tells_later_from_never(by_socket: World, failure: dict, expected: object):
    by_socket.slack.fail("chat.postMessage", error(**failure))
    with pytest.raises((SendLater, SendNever)) as caught:
        by_socket.service.sender.send(room("C1"), hello(), key="k")
    if expected is SendLater:
        assert isinstance(caught.value, SendLater)
        assert caught.value.seconds == failure.get("retry_after")
    else:
        assert caught.value.reason == expected


def test_a_workspace_without_the_assistant_and_a_stopped_channel_say_so(by_socket: World):
    sender = by_socket.service.sender
    with pytest.raises(SendNever) as caught:
        sender.send(room("C1").model_copy(update={"conversation": "T9:C1:"}), hello(), key="k")
    assert caught.value.reason == "access"
    by_socket.stop()
    with pytest.raises(SendLater):
        sender.send(room("C1"), hello(), key="k")


# ── « Transmettre au Courtier » ──────────────────────────────────────────────


@dataclasses.dataclass
class Direct:
    """Post by way of the channel's own sender, at once: the outbox has tests of its own."""

    world: World | None = None
    elsewhere: list[tuple[Address, Reply, str]] = dataclasses.field(default_factory=list)

    def post(self, address: Address, reply: Reply, *, key: str) -> None:
        if address.channel == "slack" and self.world and self.world.service:
            self.world.service.sender.send(address, reply, key=key)
        else:
            self.elsewhere.append((address, reply, key))


@pytest.fixture
def desk(slack: StandIn, tmp_path) -> Iterator[World]:
    post = Direct()
    slack.groups = [{"id": "S1", "users": ["U2"]}]
    given = slack_services(
        post=post,
        forwards=Forwards(tmp_path / "slack.sqlite", retention_days=90),
        broker=broker_address(f"slack:{TEAM}:CBROKER"),
        access=Access({"web": "client"}, lambda: PEOPLE),
    )
    world = post.world = World(slack, tmp_path, given, broker_channel="CBROKER").start()
    yield world
    world.stop()


def test_a_question_goes_to_the_broker_and_the_reply_comes_back_in_the_thread(desk: World):
    answer = desk.ask(f"<@{BOT}> inconnu <!channel>", "C1")
    forward = buttons(answer)[say("forward.button")]
    assert forward["style"] == "primary"
    for _ in range(2):  # pressed twice, sent once: the adviser's note has one thread
        desk.press(forward, answer)
    desk.slack.wait(lambda: desk.slack.sent("CBROKER"))
    question = desk.slack.sent("CBROKER")[0]
    shown = words(question)
    assert "inconnu @channel" in shown and "Ève Tremblay, Ministère d’essai" in shown
    assert say("forward.status.unanswered") in shown
    desk.say("Appelez-nous, &lt;merci&gt;.", "CBROKER", user="U2", thread_ts=question["ts"])
    back = desk.slack.wait(
        lambda: [m for m in desk.slack.sent("C1") if say("forward.reply") in words(m)]
    )[0]
    assert back["thread_ts"] == answer["thread_ts"]
    assert "Appelez-nous, <merci>." in words(back) and "Luc Gagnon" in words(back)


def test_an_adviser_may_reply_before_the_note_of_the_question_is_written(desk: World, monkeypatch):
    note = SlackStore.sent

    def slowly(*given: object) -> None:
        time.sleep(0.3)
        note(*given)

    monkeypatch.setattr(SlackStore, "sent", slowly)
    answer = desk.ask("inconnu?")
    desk.press(buttons(answer)[say("forward.button")], answer)
    question = desk.slack.wait(lambda: desk.slack.sent("CBROKER"))[0]
    desk.say("Voici.", "CBROKER", user="U2", thread_ts=question["ts"])
    desk.slack.wait(lambda: [m for m in desk.slack.sent("D1") if "Voici." in words(m)])


def test_who_is_not_an_adviser_cannot_reply_for_the_broker(desk: World):
    answer = desk.ask("inconnu?")
    desk.press(buttons(desk.ask("inconnu"))[say("forward.button")], answer)
    desk.slack.wait(lambda: desk.slack.sent("CBROKER"))
    question = desk.slack.sent("CBROKER")[0]
    desk.slack.users["U3"] = member("U3", "Zoé")
    desk.say("Faux.", "CBROKER", user="U3", thread_ts=question["ts"])
    desk.slack.wait(lambda: len(desk.slack.sent("CBROKER")) > 1)
    assert say("forward.not_adviser") in words(desk.slack.sent("CBROKER")[-1])
    assert not [m for m in desk.slack.sent("D1") if "Faux." in words(m)]


def test_an_answer_can_be_sent_on_as_well_and_an_outsider_has_no_button(desk: World):
    assert say("forward.button") in buttons(desk.ask("délai?"))
    desk.slack.users["U4"] = member("U4", "Max", is_restricted=True)
    assert say("forward.button") not in buttons(desk.ask("délai?", "D4", user="U4"))


def test_from_the_web_page_it_goes_to_the_broker_all_the_same(desk: World):
    from handlers.forward import forward_action
    from handlers.router import Router
    from tests.assistant_fakes import incoming

    door = Router(desk.services)
    answer = door.reply(incoming("inconnu?", channel="web"))
    record = answer.parts[0].record
    said = door.reply(incoming(pressed=forward_action(record), channel="web")).parts[0].text
    assert said == say("forward.sent")
    question = desk.slack.wait(lambda: desk.slack.sent("CBROKER"))[0]
    assert say("forward.channel.web") in words(question)
    desk.say("Voici.", "CBROKER", user="U2", thread_ts=question["ts"])
    post = desk.services.post
    desk.slack.wait(lambda: post.elsewhere)
    ((address, reply, key),) = post.elsewhere
    assert (address.channel, address.conversation) == ("web", "c1")
    assert "Voici." in [part.text for part in reply.parts] and key.startswith("forward:")


def test_the_outbox_carries_a_question_to_the_broker_and_the_reply_back(slack, tmp_path):
    people = tmp_path / "people.yaml"
    people.write_text(
        "organisations:\n  mef: {name: Ministère, slack: [T1]}\n"
        "broker:\n  slack: {workspaces: [T1], groups: [S1]}\n",
        encoding="utf8",
    )
    given = {
        "people": (str(people), ""),
        "database": (str(tmp_path / "app.sqlite"), ""),
        "broker_channel": (f"slack:{TEAM}:CBROKER", ""),
    }
    app = build_app(read_settings(given, {}), engine=FakeKnowledge())
    slack.groups = [{"id": "S1", "users": ["U2"]}]
    world = World(slack, tmp_path, broker_channel="CBROKER").start(app.router)
    try:
        with sending(app, {"slack": world.service.sender}):
            answer = world.ask("inconnu au bataillon")
            world.press(buttons(answer)[say("forward.button")], answer)
            question = slack.wait(lambda: slack.sent("CBROKER"), 10)[0]
            world.say("Le voici.", "CBROKER", user="U2", thread_ts=question["ts"])
            slack.wait(lambda: [m for m in slack.sent("D1") if "Le voici." in words(m)], 10)
    finally:
        world.stop()
        app.storage.close()


# ── OAuth ────────────────────────────────────────────────────────────────────


@pytest.fixture
def several(slack: StandIn, tmp_path) -> Iterator[World]:
    organisations = tuple(
        Organisation(id=f"o{t[1]}", name=t, workspaces=Places(slack=(t,))) for t in ("T5", "T6")
    )
    people = People(organisations=organisations)
    world = World(
        slack,
        tmp_path,
        slack_services(access=Access({}, lambda: people)),
        bot_token="",
        app_token="",
        signing_secret=SECRET,
        client_id="1.2",
        client_secret="client-secret",
        teams=("T5", "T6"),
    ).start()
    yield world
    world.stop()


def browse(world: World, path: str, cookies: dict | None = None) -> tuple[int, dict, dict, str]:
    url = f"http://127.0.0.1:{world.service.port}{path}"

    async def get() -> tuple[int, dict, dict, str]:
        async with (
            aiohttp.ClientSession(cookies=cookies) as session,
            session.get(url, allow_redirects=False) as response,
        ):
            found = {name: morsel.value for name, morsel in response.cookies.items()}
            return response.status, dict(response.headers), found, await response.text()

    return asyncio.run(get())


def install(world: World, team: str, *, state: str = "", cookies: dict | None = None) -> int:
    status, headers, given, _ = browse(world, "/slack/install")
    assert status == 302
    location = headers["Location"]
    assert location.startswith(world.slack.url.replace("/api/", "/oauth/v2/authorize"))
    assert all(scope in location.replace("%3A", ":") for scope in SCOPES)
    state = state or location.partition("state=")[2].partition("&")[0]
    path = f"/slack/oauth_redirect?code=good-{team}&state={state}"
    return browse(world, path, given if cookies is None else cookies)[0]


def test_workspaces_of_the_list_install_and_are_answered_with_their_own_token(several: World):
    assert install(several, "T5") == 200 and install(several, "T6") == 200
    for team in ("T5", "T6"):
        several.slack.users["U1"] = member("U1", "Ève", team_id=team)
        channel = f"D{team}"
        event = several.message("délai?", channel)
        several.event(event, team_id=team, authorizations=[{"team_id": team}])
        several.slack.wait(lambda: several.slack.sent(channel))  # noqa: B023
        assert several.services.knowledge.asked[-1][1]["audience"] == "client"


def test_another_workspace_is_refused_and_its_token_given_back(several: World):
    assert install(several, "T9") == 403
    assert several.slack.of("auth.revoke")
    event = several.message("délai?", "D9")
    several.event(event, team_id="T9", authorizations=[{"team_id": "T9"}])
    assert install(several, "T5") == 200
    assert not several.slack.sent("D9")


def test_an_installation_not_begun_here_is_refused(several: World):
    assert install(several, "T5", state="forged") in (400, 401)
    assert install(several, "T5", cookies={}) == 400
    assert browse(several, "/slack/oauth_redirect?error=access_denied")[0] == 200


def test_an_uninstalled_workspace_is_forgotten(several: World):
    assert install(several, "T5") == 200
    several.event({"type": "app_uninstalled"}, team_id="T5", authorizations=[{"team_id": "T5"}])
    several.slack.wait(lambda: several.service.store.installation("T5") is None)


def test_a_state_serves_once_and_not_for_long(several: World):
    store, now = several.service.store, datetime(2026, 11, 24, tzinfo=UTC)
    store.open_state("s", now)
    assert store.use_state("s", now) and not store.use_state("s", now)
    store.open_state("old", now.replace(hour=1))
    assert not store.use_state("old", now.replace(hour=2))


def test_the_store_forgets_what_no_button_or_thread_needs(tmp_path):
    store, now = SlackStore(tmp_path / "s.sqlite"), datetime(2026, 11, 24, tzinfo=UTC)
    for days, name in ((0, "new"), (2, "days"), (100, "months")):
        at = now - timedelta(days=days)
        store.join("T1:C1", name, at)
        store.answered("T1:C1", name, ["1.1", "1.2"], at)
        store.keep(name, {"question": "délai?"}, at)
        store.sent("T1:C1", name, "forward:1", at)
    store.forget_old(now)
    assert [bool(store.kept(name)) for name in ("new", "days", "months")] == [True, False, False]
    for found in (
        store.thread("T1:C1", "days"),
        store.answers("T1:C1", "days"),
        store.key_of("T1:C1", "days"),
    ):
        assert found
    for gone in (
        store.thread("T1:C1", "months"),
        store.answers("T1:C1", "months"),
        store.key_of("T1:C1", "months"),
    ):
        assert not gone
    store.close()
