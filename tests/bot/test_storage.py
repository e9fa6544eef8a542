"""One contract for the stores, run on the in-memory fake and on the real file."""

from __future__ import annotations

import sqlite3
import threading
from datetime import timedelta

import pytest

from bot.stores.questions import Storage
from handlers.conversation import Address
from handlers.ports import CitedPassage, FeedbackRecord, QuestionRecord, StoreUnavailable
from tests.assistant_fakes import NOW, MemoryStore


@pytest.fixture(params=["memory", "file"])
def store(request, tmp_path):
    if request.param == "memory":
        yield MemoryStore()
        return
    storage = Storage(tmp_path / "var" / "questions.sqlite", retention_days=90)
    yield storage
    storage.close()


def question(name: str = "q1", days_ago: float = 0, cited: int = 2) -> QuestionRecord:
    return QuestionRecord(
        id=name,
        at=NOW - timedelta(days=days_ago),
        channel="web",
        lang="fr",
        question="délai de livraison?",
        status="answered",
        cited=tuple(
            CitedPassage(passage_id=f"g@-#{n}", document="g@-", digest=f"{n:016x}", rank=n)
            for n in range(1, cited + 1)
        ),
    )


def opinion(name: str = "q1", useful: bool = True, reason: str = "") -> FeedbackRecord:
    return FeedbackRecord(question_id=name, at=NOW, useful=useful, reason=reason)


def test_what_is_saved_is_found_again(store):
    for record in (question(), question("q2", cited=0)):
        store.save_question(record)
        assert store.question(record.id) == record
    assert store.question("other") is None


def test_feedback_belongs_to_a_question_and_the_last_one_counts(store):
    assert store.save_feedback(opinion("unknown")) is False
    store.save_question(question())
    assert store.feedback("q1") is None
    assert store.save_feedback(opinion(useful=False, reason="wrong"))
    assert store.save_feedback(opinion(useful=True))
    assert store.feedback("q1") == opinion(useful=True)


def test_what_is_past_the_retention_is_forgotten_with_all_that_hangs_on_it(store):
    store.save_question(question("new", days_ago=89))
    store.save_question(question("old", days_ago=91))
    store.save_feedback(opinion("old"))
    assert store.forget_old(NOW) == 1
    assert store.question("old") is None and store.feedback("old") is None
    assert store.question("new") is not None
    assert store.forget_old(NOW) == 0


def test_conversations_are_apart_and_forgotten_after_a_day(store):
    here, there = (Address(channel="web", conversation=name) for name in ("a", "b"))
    assert store.last_question(here) is None
    store.remember(here, "un", NOW - timedelta(hours=25))
    store.remember(here, "deux", NOW - timedelta(hours=25))
    store.remember(there, "trois", NOW)
    assert store.last_question(here) == "deux"
    store.forget_old(NOW)
    assert store.last_question(here) is None and store.last_question(there) == "trois"


def test_a_question_with_two_citations_of_one_rank_leaves_nothing_behind(tmp_path):
    storage = Storage(tmp_path / "db.sqlite", retention_days=90)
    twice = question().model_copy(update={"cited": question().cited[:1] * 2})
    with pytest.raises(StoreUnavailable):
        storage.save_question(twice)
    assert storage.question("q1") is None
    storage.close()


def test_nothing_in_the_file_tells_who_asked_or_in_which_conversation(tmp_path):
    storage = Storage(tmp_path / "db.sqlite", retention_days=90)
    storage.save_question(question())
    storage.close()
    with sqlite3.connect(tmp_path / "db.sqlite") as raw:
        columns = {row[1] for row in raw.execute("pragma table_info(questions)")}
        assert raw.execute("pragma journal_mode").fetchone() == ("wal",)
    raw.close()
    assert columns == {"id", "at", "channel", "lang", "question", "status"}


def test_old_questions_go_when_new_ones_come(tmp_path):
    storage = Storage(tmp_path / "db.sqlite", retention_days=90)
    storage.save_question(question("old", days_ago=200))
    storage.save_question(question("new"))
    assert storage.question("old") is None
    storage.close()


def test_opened_again_it_keeps_what_it_had(tmp_path):
    for name in ("a", "b"):
        storage = Storage(tmp_path / "db.sqlite", retention_days=90)
        storage.save_question(question(name))
        storage.close()
    assert storage.question("a") and storage.question("b")
    storage.close()


def test_a_damaged_file_is_unavailable_not_a_crash_and_heals(tmp_path):
    path = tmp_path / "db.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    storage = Storage(path, retention_days=90)
    with pytest.raises(StoreUnavailable):
        storage.save_question(question())
    path.unlink()
    storage.save_question(question())
    assert storage.question("q1")
    storage.close()


def test_a_full_disk_is_unavailable_and_the_next_call_tries_again(tmp_path):
    storage = Storage(tmp_path / "db.sqlite", retention_days=90)
    storage.save_question(question())
    assert storage._db is not None
    pages = next(iter(storage._db.query("pragma page_count")))["page_count"]
    storage._db.execute(f"pragma max_page_count = {pages}")
    with pytest.raises(StoreUnavailable, match="full"):
        storage.remember(Address(channel="web", conversation="c"), "x" * 100_000, NOW)
    storage.remember(Address(channel="web", conversation="c"), "court", NOW)
    storage.close()


def test_many_threads_lose_nothing(tmp_path):
    storage = Storage(tmp_path / "db.sqlite", retention_days=90)
    threads = [
        threading.Thread(
            target=lambda n=n: [storage.save_question(question(f"{n}-{i}")) for i in range(10)]
        )
        for n in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(storage.question(f"{n}-{i}") for n in range(6) for i in range(10))
    storage.close()
