"""What the bot sends by itself: limits, tries, errors in the outbox's terms, its memory."""

from __future__ import annotations

import pytest
from teams_world import ELSEWHERE, TENANT, texts

from bot.channels.sending import Sender, SendLater, SendNever
from bot.channels.teams_connector import Connector, Refused, retry_after
from bot.channels.teams_rates import CONVERSATION, Rates, backoff
from bot.channels.teams_rates import TENANT as TENANT_LIMITS
from bot.channels.teams_sender import TeamsSender
from handlers.conversation import Address, File, Reply, Text

HELLO = Reply(parts=(Text(text="Le Catalogue a changé."),))
HERE = Address(channel="teams", conversation=f"{TENANT}:a:personnel")


@pytest.fixture
def sender(channel, teams) -> Sender:
    """A sender to whom somebody has spoken before."""
    teams.say("bonjour")
    channel.made.connector.rates.conversations.clear()
    return TeamsSender(channel.made)


def test_sent_changed_and_taken_back(sender, stand_in):
    name = sender.send(HERE, HELLO, key="avis-1")
    assert name == "m2" and texts(stand_in.cards()[-1]) == "Le Catalogue a changé."
    assert stand_in.calls[-1].conversation == "a:personnel"
    sender.edit(HERE, name, Reply(parts=(Text(text="Corrigé."),)))
    assert (stand_in.calls[-1].method, stand_in.calls[-1].message) == ("PUT", "m2")
    sender.recall(HERE, name)
    assert (stand_in.calls[-1].method, stand_in.calls[-1].message) == ("DELETE", "m2")


def test_what_teams_acknowledged_is_found_again(sender, channel):
    assert sender.find(HERE, "avis-1") is None
    name = sender.send(HERE, HELLO, key="avis-1")
    again = TeamsSender(channel.made)
    assert again.find(HERE, "avis-1") == name
    assert again.find(Address(channel="teams", conversation=f"{TENANT}:b"), "avis-1") is None


def test_a_long_message_goes_on_where_it_was_interrupted(sender, stand_in):
    long = Reply(parts=(Text(text="Une phrase entière. " * 2000),))
    before = len(stand_in.messages())
    # The second of its messages fails for good this time.
    real = stand_in.check
    sent = []

    def check(body, raw):
        sent.append(body)
        if len(sent) == 2:
            stand_in.answers.append((400, {}, {"error": {"code": "ServiceError"}}))
        real(body, raw)

    stand_in.check = check
    with pytest.raises(SendNever):
        sender.send(HERE, long, key="long")
    assert len(stand_in.messages()) == before + 1
    names = sender.send(HERE, long, key="long").split("\n")
    assert len(set(names)) == len(names) == len(stand_in.messages()) - before


@pytest.mark.parametrize("status", [412, 429, 502, 503, 504])
def test_throttled_is_tried_again_with_patience(sender, stand_in, steps, status):
    stand_in.answers.extend([(status, {"Retry-After": "2"}, {}), (status, {}, {})])
    assert sender.send(HERE, HELLO, key="k")
    first, second = [pause for pause in steps.slept if pause >= 0.5]
    assert 2.0 <= first <= 3.0 and 1.0 <= second <= 3.0


def test_throttled_for_long_is_for_the_outbox(sender, stand_in):
    stand_in.answers.append((429, {"Retry-After": "120"}, {}))
    with pytest.raises(SendLater) as caught:
        sender.send(HERE, HELLO, key="k")
    assert caught.value.seconds == 120.0
    assert stand_in.answers == type(stand_in.answers)()  # no second try before its time


def test_out_of_order_is_for_the_outbox_after_four_tries(sender, stand_in):
    stand_in.answers.extend([(502, {}, {})] * 9)
    with pytest.raises(SendLater):
        sender.send(HERE, HELLO, key="k")
    assert 5 <= len(stand_in.answers) <= 7


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (404, "ConversationNotFound", "gone"),
        (403, "BotNotInConversationRoster", "removed"),
        (403, "MessageWritesBlocked", "blocked"),
        (403, "ConversationBlockedByUser", "blocked"),
        (401, "Unauthorized", "access"),
        (413, "MessageSizeTooBig", "invalid"),
        (400, "BadSyntax", "invalid"),
    ],
)
def test_refusals_say_why(sender, stand_in, status, code, reason):
    stand_in.answers.append((status, {}, {"error": {"code": code}}))
    with pytest.raises(SendNever) as caught:
        sender.send(HERE, HELLO, key="k")
    assert caught.value.reason == reason


def test_an_unknown_error_is_tried_later(sender, stand_in):
    stand_in.answers.append((500, {}, "pas du JSON d’objet"))
    with pytest.raises(SendLater):
        sender.send(HERE, HELLO, key="k")


def test_conversations_it_is_not_in(sender, teams):
    with pytest.raises(SendNever, match="gone"):
        sender.send(Address(channel="teams", conversation=f"{TENANT}:a:inconnu"), HELLO, key="k")
    teams.post(teams.activity(type="installationUpdate", action="remove"))
    with pytest.raises(SendNever, match="removed"):
        sender.send(HERE, HELLO, key="k")


def test_a_refused_credential(sender, channel):
    def refused() -> str:
        raise PermissionError("invalid_client")

    channel.made.connector.token = refused
    with pytest.raises(SendNever, match="access"):
        sender.send(HERE, HELLO, key="k")


def test_recalling_what_is_gone_is_done(sender, stand_in):
    stand_in.answers.append((404, {}, {"error": {"code": "ActivityNotFoundInConversation"}}))
    sender.recall(HERE, "m9")
    stand_in.answers.append((403, {}, {"error": {"code": "BotNotInConversationRoster"}}))
    with pytest.raises(SendNever):
        sender.recall(HERE, "m9")


def test_a_longer_edit_goes_on_below_and_a_shorter_one_takes_the_rest_back(sender, stand_in):
    long = Reply(parts=(Text(text="Une phrase entière. " * 2000),))
    names = sender.send(HERE, long, key="k")
    count = len(names.split("\n"))
    assert count > 1
    sender.edit(HERE, names, HELLO)
    deleted = [call.message for call in stand_in.calls if call.method == "DELETE"]
    assert deleted == names.split("\n")[1:]


async def test_no_token_goes_where_microsoft_is_not(stand_in):
    asked = []

    def token() -> str:
        asked.append(1)
        return "jeton"

    connector = Connector(token)
    for url in (stand_in.url, "https://evil.example/", "https://smba.trafficmanager.net.evil/"):
        with pytest.raises(Refused):
            await connector.send(url, "a:1", TENANT, {"type": "message"})
    assert not asked and not stand_in.calls
    await connector.close()


async def test_no_token_follows_a_redirection(stand_in, connector):
    stand_in.answers.append((307, {"Location": "https://evil.example/"}, {}))
    with pytest.raises(Refused):
        await connector.send(stand_in.url, "a:1", TENANT, {"type": "message", "conversation": {}})
    await connector.close()


def test_seven_a_second_and_eighteen_hundred_an_hour_in_a_conversation(steps):
    rates = Rates(steps)
    booked = []
    for number in range(2000):
        wait = rates.book("a:1", f"t{number}", 1e9)
        steps.now += wait
        booked.append(steps.now)
    for seconds, most in CONVERSATION:
        for first, later in zip(booked, booked[most:], strict=False):
            assert later - first >= seconds - 1e-6
    assert rates.book("a:2", "t", 0.0) == 0.0


def test_below_thirty_a_second_in_a_tenant(steps):
    rates = Rates(steps)
    booked = [rates.book(f"a:{number}", TENANT, 1e9) for number in range(300)]
    assert max(booked) >= 300 / 30
    ((seconds, most),) = TENANT_LIMITS
    assert most < 30
    for first, later in zip(booked, booked[most:], strict=False):
        assert later - first >= seconds - 1e-6
    assert rates.book("a:0", ELSEWHERE, 0.0) == 0.0


def test_what_is_too_long_to_wait_for_is_not_booked(steps):
    rates = Rates(steps)
    for _ in range(7):
        assert rates.book("a:1", TENANT, 0.0) == 0.0
    first = rates.book("a:1", TENANT, 0.5)
    assert first == rates.book("a:1", TENANT, 0.5) == 1.0


def test_backoff_grows_with_jitter():
    low, high = (lambda: 0.0), (lambda: 1.0)
    assert [backoff(n, None, low) for n in (1, 2, 3)] == [0.5, 1.0, 2.0]
    assert [backoff(n, None, high) for n in (1, 2, 3)] == [1.5, 3.0, 6.0]
    assert backoff(9, None, low) == 15.0 and backoff(1, 7.0, high) == 8.0
    assert [retry_after(text) for text in ("3", "", "demain", "-1", "99999")] == [
        3.0,
        None,
        None,
        None,
        3600.0,
    ]


def test_a_file_by_itself_is_offered(sender, stand_in):
    file = File(
        name="rencontre.ics", media_type="text/calendar", content=b"BEGIN", text="Rencontre"
    )
    sender.send(HERE, Reply(parts=(file,)), key="k")
    (attachment,) = stand_in.messages()[-1]["attachments"]
    assert attachment["contentType"].endswith("file.consent")
