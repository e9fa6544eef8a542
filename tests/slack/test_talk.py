"""What people say in Slack, by Socket Mode and by signed requests."""

from __future__ import annotations

from bot.channels.slack_replies import METADATA
from knowledge.phrases import say
from tests.slack.stand_in import BOT, BOT_ID, member
from tests.slack.world import World, buttons, words

MENTION = f"<@{BOT}> "


def settled(world: World, channel: str = "D9") -> None:
    """All that was sent so far is dealt with: what follows it is answered."""
    world.ask("délai, en dernier?", channel)


def test_a_direct_message_is_answered_with_its_passages(world: World):
    answer = world.ask("délai de livraison?")
    assert "Texte du passage 1." in words(answer)
    assert "Fiche Exemple, 1 Titre 1, p. 3 (2026-09-08)" in words(answer)
    assert answer["text"] == "Texte du passage 1."  # its sources are not read aloud
    assert answer.get("thread_ts") is None
    assert {say("slack.useful"), say("slack.useless")} <= set(buttons(answer))


def test_a_mention_is_answered_in_its_thread_and_follow_ups_need_none(world: World):
    question = world.message(f"{MENTION}délai de livraison?", "C1")
    world.event(question)
    world.event(
        {k: v for k, v in question.items() if k != "channel_type"} | {"type": "app_mention"}
    )
    world.slack.wait(lambda: world.slack.sent("C1"))
    answer = world.slack.sent("C1")[0]
    assert answer["thread_ts"] == question["ts"]
    follow_up = world.ask("et pour ITQ?", "C1", thread_ts=question["ts"])
    assert follow_up["thread_ts"] == question["ts"]
    # The follow-up was completed with the question before it: both stand in one conversation.
    asked = world.services.knowledge.asked
    assert asked[-1][1]["previous"] == "délai de livraison?" and len(asked) == 2
    assert len(world.slack.sent("C1")) == 2  # two events told of the first message


def test_what_is_not_for_the_assistant_is_left_alone(world: World):
    world.say("délai de livraison?", "C1")  # nobody mentioned it
    world.say("délai?", "C1", thread_ts="1600000000.000001")  # a thread it is not in
    question = world.ask(f"{MENTION}délai?", "C1")
    world.say("<@U2> tu en penses quoi?", "C1", thread_ts=question["thread_ts"])
    world.say("délai?", bot_id="B2", subtype="bot_message")
    world.say("délai?", user=BOT, bot_id=BOT_ID)
    world.say("Ève est entrée", "C1", subtype="channel_join")
    world.slack.users["U5"] = member("U5", "robot", is_bot=True)
    world.say("délai?", user="U5")  # Slack says who it is, the event doesn't
    world.say("délai?", user="U6", metadata={"event_type": METADATA, "event_payload": {}})
    world.event({"type": "message", "subtype": "message_deleted", "channel": "D1", "ts": "1.1"})
    settled(world)
    assert len(world.slack.sent("C1")) == 1 and not world.slack.sent("D1")


def test_a_mention_spelled_out_is_no_part_of_the_question(world: World):
    world.ask("@catalogue délai?", "C1", type="app_mention")
    assert world.services.knowledge.asked[-1][0] == "délai?"
    world.ask(f"{MENTION}@luc délai?", "C1", type="app_mention")
    assert world.services.knowledge.asked[-1][0] == "@luc délai?"


def test_a_bare_mention_gets_help_and_a_file_alone_a_reason(world: World):
    answer = world.ask(MENTION, "C1")
    assert say("help.help") in words(answer)
    answer = world.ask("", files=[{"id": "F1"}], subtype="file_share")
    assert words(answer) == say("slack.file_only")


def test_an_event_delivered_again_is_answered_once_also_after_a_restart(world: World):
    question = world.message("délai de livraison?")
    world.event(question, event_id="Ev-same")
    world.slack.wait(lambda: world.slack.sent("D1"))
    world.event(question, event_id="Ev-same")
    settled(world)
    world.stop()
    world.start()
    world.event(question, event_id="Ev-same")
    settled(world, "D8")
    assert len(world.slack.sent("D1")) == 1


def test_an_edited_message_has_its_answer_edited(world: World):
    asked = world.say("délai de livraison?")
    world.slack.wait(lambda: world.slack.sent("D1"))
    edit(world, asked, "inconnu de tous?")
    world.slack.wait(lambda: world.slack.of("chat.update"))
    (answer,) = world.slack.sent("D1")
    assert "Rien trouvé." in words(answer)
    # A link that unfolds is an edit without a new text.
    edit(world, asked | {"text": "inconnu de tous?"}, "inconnu de tous?")
    settled(world)
    assert len(world.slack.of("chat.update")) == 1


def test_a_message_that_mentions_the_assistant_once_edited_is_answered(world: World):
    asked = world.say("délai?", "C1")
    settled(world)
    edit(world, asked, f"{MENTION}délai?")
    world.slack.wait(lambda: world.slack.sent("C1"))
    assert world.slack.sent("C1")[0]["thread_ts"] == asked["ts"]


def edit(world: World, asked: dict, text: str) -> None:
    new = {k: asked[k] for k in ("type", "user", "ts")} | {
        "text": text,
        "edited": {"ts": world.slack.ts(), "user": asked["user"]},
    }
    world.event(
        {
            "type": "message",
            "subtype": "message_changed",
            "channel": asked["channel"],
            "channel_type": asked["channel_type"],
            "message": new,
            "previous_message": {k: asked[k] for k in ("type", "user", "ts", "text")},
            "ts": world.slack.ts(),
        }
    )


def test_markup_from_users_and_documents_reaches_the_screen_as_text(world: World):
    typed = "inconnu &lt;!channel&gt; <!channel> <@U2|luc> <https://mal.test|ici> *gras* `x`"
    answer = world.ask(typed)
    assert "<!channel>" not in answer["text"] and answer["mrkdwn"] is False
    asked = world.services.knowledge.asked[-1][0]
    assert asked == "inconnu <!channel> @channel @luc ici *gras* `x`"
    kinds = {block["type"] for block in answer["blocks"]}
    assert kinds <= {"section", "context", "actions", "divider", "header"}
    assert '"mrkdwn"' not in str(answer["blocks"])  # nothing is read as markup, anywhere


def test_an_error_of_ours_is_a_sentence_with_a_number(world: World, caplog):
    answer = world.ask("boum mot-secret")
    assert "ID000001" in words(answer)
    assert "ID000001" in caplog.text and "mot-secret" not in caplog.text


def test_the_assistant_speaks_the_language_of_its_reader(world: World):
    world.slack.users["U1"]["locale"] = "en-US"
    answer = world.ask("délai de livraison?")
    assert say("slack.useful", "en") in buttons(answer)
