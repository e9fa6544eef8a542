"""Events seen twice: claims over restarts and threads, and the reply given again."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from bot.once import InHand, Once
from bot.stores import events as module
from bot.stores.events import LEASE, RETENTION, EventStore
from handlers.conversation import (
    AnswerPart,
    Button,
    Buttons,
    Citations,
    File,
    Form,
    FormField,
    Incoming,
    Progress,
    Reply,
    Table,
    Text,
)
from handlers.ports import StoreUnavailable
from knowledge.phrases import say
from tests.assistant_fakes import NOW, FakeKnowledge, citation, document, incoming, passages

SECOND = timedelta(seconds=1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.sqlite"


@pytest.fixture
def store(path):
    made = EventStore(path)
    yield made
    made.close()


def test_an_event_is_claimed_once_even_after_a_restart(store, path):
    assert store.claim("slack", "e1", NOW)
    assert not store.claim("slack", "e1", NOW)
    assert store.claim("teams", "e1", NOW) and store.claim("slack", "e2", NOW)
    store.done("slack", "e1", NOW, "réponse")
    store.close()
    again = EventStore(path)
    assert not again.claim("slack", "e1", NOW + LEASE + SECOND)
    assert again.reply("slack", "e1") == "réponse"
    again.close()


def test_an_event_whose_answer_crashed_is_claimed_again_after_the_lease(store):
    assert store.claim("slack", "e1", NOW)
    assert not store.claim("slack", "e1", NOW + LEASE - SECOND)
    assert store.claim("slack", "e1", NOW + LEASE + SECOND)
    store.release("slack", "e1")
    assert store.claim("slack", "e1", NOW + LEASE + SECOND)


def test_of_many_at_once_one_gets_it(path):
    got: list[bool] = []
    stores = [EventStore(path) for _ in range(6)]
    threads = [
        threading.Thread(target=lambda s=s: got.append(s.claim("slack", "e", NOW))) for s in stores
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 5 + [True]
    for one in stores:
        one.close()


def test_events_are_forgotten_by_age_and_number(store, monkeypatch):
    monkeypatch.setattr(module, "MOST_EVENTS", 3)
    for number in range(6):
        store.claim("web", f"e{number}", NOW + number * SECOND)
        store.done("web", f"e{number}", NOW + number * SECOND, "réponse")
    assert store.forget_old(NOW + timedelta(minutes=10)) == 3
    assert store.claim("web", "e0", NOW + timedelta(minutes=10))
    assert not store.claim("web", "e5", NOW + timedelta(minutes=10))
    store.forget_old(NOW + timedelta(days=1, minutes=1))
    assert store.reply("web", "e5") == ""
    assert store.forget_old(NOW + RETENTION + timedelta(hours=1)) == 3


def test_the_file_does_not_tell_the_conversation(store, path):
    store.claim("web", "conversation-secrete", NOW)
    store.close()
    content = b"".join(p.read_bytes() for p in path.parent.iterdir())
    assert b"conversation-secrete" not in content


class Door:
    """A router that counts; `replies` are given one after the other."""

    def __init__(self, *replies: Reply | Exception) -> None:
        self.replies = list(replies)
        self.heard: list[Incoming] = []

    def __call__(self, heard: Incoming) -> Reply:
        self.heard.append(heard)
        reply = self.replies[len(self.heard) - 1]
        if isinstance(reply, Exception):
            raise reply
        return reply


def once(store, *replies, **options) -> tuple[Once, Door]:
    door = Door(*replies)
    return Once(door, store, lambda: NOW, **options), door


def text(words: str, tone: str = "normal") -> Reply:
    return Reply(parts=(Text(text=words, tone=tone),))


def every_part() -> Reply:
    """A reply with every part that is kept."""
    doc = document("2026-09-08")
    cited = citation(passages(doc)[0], doc)
    field = FormField(name="a", kind="choices", label="A", value="x\ny", error="Non.")
    return Reply(
        parts=(
            Text(text="a", tone="title"),
            Buttons(text="b", buttons=(Button(label="c", action="d", style="danger", file=True),)),
            AnswerPart(answer=FakeKnowledge().answer("délai"), record="r"),
            Form(key="k", title="t", fields=(field,), submit=Button(label="s", action="x")),
            Progress(done=1, total=2, label="1/2"),
            Table(title="t", columns=("a", "b"), rows=(("1", "2"),)),
            Citations(title="t", citations=(cited,)),
        )
    )


def test_a_repeated_event_is_handled_once_and_answered_the_same(store):
    first = every_part()
    ask, door = once(store, first, text("autre"))
    assert ask(incoming("a", event="e1")) == first
    assert ask(incoming("a", event="e1")) == first
    assert ask(incoming("a", event="e2")) == text("autre")
    assert len(door.heard) == 2


def test_without_an_event_every_message_is_handled(store):
    ask, _door = once(store, text("1"), text("2"))
    assert [ask(incoming("a")), ask(incoming("a"))] == [text("1"), text("2")]


def test_another_conversation_gets_its_own_answer(store):
    ask, _ = once(store, text("1"), text("2"))
    assert ask(incoming("a", event="e", conversation="c1")) == text("1")
    assert ask(incoming("a", event="e", conversation="c2")) == text("2")


def test_what_failed_may_be_tried_again_at_once(store):
    ask, door = once(store, RuntimeError("panne"), text("Panne.", "error"), text("bon"))
    with pytest.raises(RuntimeError):
        ask(incoming("a", event="e"))
    assert ask(incoming("a", event="e")).parts[0].tone == "error"
    assert ask(incoming("a", event="e")) == text("bon") == ask(incoming("a", event="e"))
    assert len(door.heard) == 3


def test_while_the_first_is_at_work_the_second_is_turned_away(store):
    inner: list[type[Exception]] = []

    def reply(heard: Incoming) -> Reply:
        try:
            ask(heard)
        except InHand as error:
            inner.append(type(error))
        return text("bon")

    ask = Once(reply, store, lambda: NOW)
    assert ask(incoming("a", event="e")) == text("bon") and inner == [InHand]


def test_a_file_or_a_reply_not_to_be_kept_is_told_by_a_sentence(store):
    file = Reply(parts=(File(name="a.pdf", media_type="application/pdf", content=b"\xff"),))
    ask, door = once(store, file)
    assert ask(incoming("a", event="e")) == file
    assert ask(incoming("a", event="e")).parts[0].text == say("router.again")
    quiet, _ = once(store, text("secret"), keep_replies=False)
    quiet(incoming("a", event="e2"))
    assert quiet(incoming("a", event="e2")).parts[0].text == say("router.again")
    assert len(door.heard) == 1


def test_a_store_that_fails_costs_nothing_but_the_claim():
    class Broken:
        def __getattr__(self, name):
            def fail(*values):
                raise StoreUnavailable("database or disk is full")

            return fail

    ask, _door = once(Broken(), text("1"))
    assert ask(incoming("a", event="e")) == text("1")
