"""The mailroom as it runs: put together by bootstrap, sending in threads, and its command."""

from __future__ import annotations

import json
import time
from contextlib import closing
from datetime import UTC, datetime

import pytest

from bot.__main__ import main
from bot.bootstrap import build_app
from bot.channels.inbox_sender import InboxSender
from bot.channels.sending import SendNever
from bot.config_reading import read_settings
from bot.mailroom import sending
from bot.previews import outline, previews
from handlers.announce_text import message
from handlers.conversation import Actor, Address, Incoming
from handlers.inbox import inbox_of
from handlers.ports_announcements import Announcement
from tests.assistant_fakes import FakeKnowledge
from tests.delivery.stand_ins import Platform, address, delivery, outbox, reply
from tests.delivery.world import action_of, text_of

BOSS = Actor(id="b", channel="web", name="Bruno")
HERE = Address(channel="web", conversation="c1")


@pytest.fixture
def app(tmp_path):
    settings = read_settings({"home": (str(tmp_path), "")}, {"CATALOGUE_AUDIENCE_WEB": "broker"})
    made = build_app(settings, engine=FakeKnowledge())
    yield made
    made.storage.close()


def press(app, action, **values):
    return app.router.reply(Incoming(actor=BOSS, address=HERE, pressed=action, values=values))


def wait_for(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    assert condition()


def test_a_test_send_reaches_the_inbox_through_the_running_threads(app):
    with sending(app, {"web": InboxSender("web", app.inbox, lambda: datetime.now(UTC))}):
        shown = press(app, "announce:save", title="Titre", text="Un texte.")
        press(app, action_of(shown, "announce:test:"))
        wait_for(lambda: app.inbox.counts(inbox_of(BOSS))[1] == 1)
    (notice,) = app.inbox.notices(inbox_of(BOSS))
    assert "Essai" in text_of(notice.reply) and "Un texte." in text_of(notice.reply)


def test_stopping_gives_back_what_was_not_begun(app, monkeypatch):
    box = app.router.services.post
    for number in range(50):
        box.post(address(f"T:{number}", "slack"), reply("x"), key="k")
    platform = Platform("slack")
    with sending(app, {"slack": platform}):
        wait_for(lambda: len(platform.received) >= 2)
    counts = box.counts()
    assert counts.get("sending", 0) == 0
    assert counts["sent"] == len(platform.received) == 50 - counts["waiting"]


def test_the_outbox_command_counts_lists_and_retries(tmp_path, capsys):
    def refuse(where, key):
        if key == "k1":
            raise SendNever("gone", "is_archived")

    box = outbox(tmp_path)
    for number in range(3):
        box.post(address(f"c{number}"), reply("confidentiel"), key=f"k{number}")
    with closing(box):
        delivery(box, Platform(before=refuse)).drain()
    database = ["--set", f"database={box.path}"]
    assert main(["outbox", "--json", *database]) == 0
    assert json.loads(capsys.readouterr().out)["dead"] == 1
    assert main(["outbox", "--list", "dead", *database]) == 0
    line = capsys.readouterr().out
    assert "is_archived" in line and "confidentiel" not in line
    assert main(["outbox", "--retry", line.split()[0], *database]) == 0
    assert main(["outbox", "--retry", "trois", *database]) == 4
    capsys.readouterr()
    assert main(["outbox", *database]) == 0
    shown = capsys.readouterr().out
    assert "en attente\u00a0: 1" in shown or "waiting: 1" in shown


def test_previews_are_made_by_the_platforms_own_rendering(tmp_path):
    given = {"home": (str(tmp_path), ""), "slack_bot_token": ("xoxb-1", "")}
    settings = read_settings({**given, "slack_signing_secret": ("x" * 16, "")}, {})
    shown = previews(settings)
    made = Announcement(
        id="a",
        author=BOSS,
        title="Titre",
        text="# Sous-titre\n<!channel> un\n\n> note",
        links=(("Guide", "https://exemple.ca/g"),),
        receipts=True,
        created=datetime(2026, 1, 1, tzinfo=UTC),
    )
    for channel in ("console", "slack", "teams", "web"):
        text = shown[channel](message(made, tmp_path, "fr"))
        for words in ("Titre", "Sous-titre", "<!channel> un", "note", "https://exemple.ca/g"):
            assert words in text, channel
        assert "J’ai lu" in text


def test_an_outline_reads_cards():
    card = {
        "type": "AdaptiveCard",
        "body": [{"type": "TextBlock", "text": "Un"}],
        "actions": [{"type": "Action.Submit", "title": "Lu"}],
    }
    assert outline({"attachments": [{"content": card}]}) == "Un\n[ Lu ]"
