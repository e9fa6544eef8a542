"""Whoever listens hears of each revision once, whatever fails in between."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.published import PublishedChanges
from bot.stores.changes import RestingAnswers, ToldChanges
from bot.stores.questions import Storage
from handlers.ports import CitedPassage, QuestionRecord, StoreUnavailable
from indexer import build as building
from tests.changes.test_recording import Index, write

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Listener:
    """Remembers what it heard; fails as often as it is told to."""

    def __init__(self) -> None:
        self.heard: list[list[str]] = []
        self.fails = 0

    def on_published(self, change_set) -> None:
        if self.fails:
            self.fails -= 1
            raise StoreUnavailable("locked")
        self.heard.append([change.document.source for change in change_set.told])


@pytest.fixture(autouse=True)
def without_offtopic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "offtopic_views", lambda guide: [])


@pytest.fixture
def index(tmp_path: Path) -> Index:
    folder = tmp_path / "documents"
    folder.mkdir()
    write(folder, "a.md", "Premier texte du premier document.")
    return Index(folder, tmp_path / "out")


@pytest.fixture
def listener() -> Listener:
    return Listener()


def publishing(index: Index, **listeners: Listener) -> PublishedChanges:
    store = ToldChanges(index.out.parent / "db.sqlite", index.out)
    return PublishedChanges(index.out, store, listeners, lambda: NOW)


def test_each_revision_is_told_once_oldest_first(index, listener):
    found = publishing(index, notices=listener)
    assert found.poll() == 0  # no index yet
    index.build()
    found.poll()
    assert listener.heard == []  # the baseline is no news
    for name in ("b.md", "c.md"):
        write(index.documents, name, f"Texte du document {name}.")
        index.build()
    assert found.poll() == 2
    assert listener.heard == [["b.md"], ["c.md"]]
    assert found.poll() == 0
    again = publishing(index, notices=listener)
    assert again.poll() == 0 and len(listener.heard) == 2


def test_a_listener_that_fails_is_asked_again_and_another_is_not_held_up(index, listener):
    other = Listener()
    found = publishing(index, notices=listener, dossiers=other)
    index.build()
    found.poll()
    write(index.documents, "b.md", "Un second document.")
    index.build()
    listener.fails = 2
    for _ in range(4):
        found.poll()
    assert listener.heard == other.heard == [["b.md"]]


def test_what_was_news_long_ago_is_not_told_to_a_newcomer(index, listener):
    index.build()
    for name in ("b.md", "c.md", "d.md"):
        write(index.documents, name, f"Texte du document {name}.")
        index.build()
    publishing(index, notices=listener).poll()
    assert listener.heard == [["d.md"]]


def test_recorded_answers_that_rest_on_a_changed_passage(index):
    """A record says what was cited, not who asked."""
    write(index.documents, "b.md", "Un délai de trente jours est à prévoir dans tous les cas.")
    index.build()
    digests = {d.source: passages[0].digest for d, passages in index.state().values()}
    path = index.out.parent / "db.sqlite"
    storage = Storage(path, retention_days=90)
    for name, source in (("q1", "a.md"), ("q2", "b.md"), ("q3", "b.md")):
        cited = CitedPassage(passage_id="x", document="d", digest=digests[source], rank=1)
        storage.save_question(
            QuestionRecord(
                id=name,
                at=NOW,
                channel="web",
                lang="fr",
                question="?",
                status="answered",
                cited=(cited,),
            )
        )
    write(index.documents, "b.md", "Un délai de soixante jours est à prévoir dans tous les cas.")
    index.build()
    change_set = index.sets()[-1]
    answers = RestingAnswers(path)
    assert answers.resting_on(change_set.rested_on()) == {"q2", "q3"}
    assert answers.resting_on(()) == frozenset()
    many = [f"{n:016x}" for n in range(1200)]
    assert answers.resting_on([*many, digests["a.md"]]) == {"q1"}
