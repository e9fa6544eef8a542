"""Notices that wait: left once, changed and taken back, read by the one they are for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.channels.inbox_sender import InboxSender
from bot.channels.sending import Sender, SendLater, SendNever
from bot.stores import inbox as module
from bot.stores.inbox import Inbox
from handlers.conversation import Actor, Address, File, Reply, Text
from handlers.inbox import inbox_of
from tests.assistant_fakes import NOW

MINE = inbox_of(Actor(id="person:marie", channel="web", person="marie"))
OTHER = inbox_of(Actor(id="visitor:x", channel="web"))


@pytest.fixture
def store(tmp_path):
    made = Inbox(tmp_path / "inbox.sqlite")
    yield made
    made.close()


@pytest.fixture
def sender(store) -> Sender:
    return InboxSender("web", store, lambda: NOW)


def text(words: str) -> Reply:
    return Reply(parts=(Text(text=words),))


def words(store: Inbox, inbox: Address = MINE) -> list[str]:
    return [notice.reply.parts[0].text for notice in store.notices(inbox)]


def test_a_message_is_left_once_for_its_reader_alone(store, sender):
    first = sender.send(MINE, text("un"), key="k1")
    assert sender.send(MINE, text("un"), key="k1") == first == sender.find(MINE, "k1")
    sender.send(MINE, text("deux"), key="k2")
    sender.send(OTHER, text("ailleurs"), key="k1")
    assert words(store) == ["deux", "un"] and words(store, OTHER) == ["ailleurs"]
    assert sender.find(MINE, "k3") is None
    assert MINE.conversation == "inbox:marie" and OTHER.conversation == "inbox:visitor:x"


def test_reading_changing_and_taking_back(store, sender):
    first, second = (sender.send(MINE, text(key), key=key) for key in ("un", "deux"))
    assert store.counts(MINE) == (2, 2)
    store.mark_read(MINE, first)
    store.mark_read(OTHER)
    assert [notice.read for notice in store.notices(MINE)] == [False, True]
    sender.edit(MINE, first, text("un corrigé"))
    (_, edited) = store.notices(MINE)
    assert edited.edited == NOW and not edited.read and words(store) == ["deux", "un corrigé"]
    store.mark_read(MINE)
    assert store.counts(MINE) == (0, 2)
    sender.recall(MINE, second)
    sender.recall(MINE, second)
    assert words(store) == ["un corrigé"]
    with pytest.raises(SendNever, match="gone"):
        sender.edit(MINE, second, text("trop tard"))


def test_a_message_of_somebody_else_cannot_be_changed_or_read(store, sender):
    name = sender.send(MINE, text("un"), key="k")
    with pytest.raises(SendNever):
        sender.edit(OTHER, name, text("faux"))
    sender.recall(OTHER, name)
    store.mark_read(OTHER, name)
    assert words(store) == ["un"] and store.counts(MINE) == (1, 1)


def test_what_is_no_inbox_of_the_channel_is_refused(sender):
    for address in (
        Address(channel="web", conversation="abc"),
        Address(channel="console", conversation="inbox:marie"),
    ):
        with pytest.raises(SendNever, match="invalid"):
            sender.send(address, text("un"), key="k")


def test_an_inbox_is_bounded_by_number_and_age(store, monkeypatch):
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    for number in range(5):
        store.put(MINE, text(str(number)), key=str(number), at=NOW)
    assert words(store) == ["4", "3", "2"]
    store.put(OTHER, text("a"), key="a", at=NOW + module.RETENTION + timedelta(days=1))
    assert words(store) == []


def test_files_are_kept_and_what_cannot_be_read_is_left_out(store):
    file = File(name="a.ics", media_type="text/calendar", content=b"\xff\x00")
    store.put(MINE, Reply(parts=(file,)), key="f", at=NOW)
    store.put(MINE, text("à lire"), key="t", at=NOW)
    with store._writing() as db:
        db.execute("update notices set reply = '{\"parts\": [{\"kind\": 9}]}' where key = 't'")
    (kept,) = store.notices(MINE)
    assert kept.reply.parts == (file,)


def test_a_full_disk_means_later(tmp_path):
    (tmp_path / "file").write_text("")
    broken = InboxSender("web", Inbox(tmp_path / "file" / "x.sqlite"), lambda: NOW)
    with pytest.raises(SendLater):
        broken.send(MINE, text("un"), key="k")
