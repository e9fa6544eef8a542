"""Dossiers in a real file and in the fake that other tests use: both keep the same contract."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.stores.dossiers import Dossiers
from handlers.ports import StoreUnavailable
from handlers.ports_dossiers import (
    Change,
    Dossier,
    DossierConflict,
    Event,
    Review,
    Submission,
)
from tests.assistant_fakes import NOW
from tests.dialog_fakes import MemoryDossiers


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "assistant.db"


@pytest.fixture(params=["file", "memory"])
def store(request, path):
    return Dossiers(path) if request.param == "file" else MemoryDossiers()


def at(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def event(number: int, kind="created", minutes=0, **fields) -> Event:
    values = {"side": "client", "by": "Camille", "person": "person:c"} | fields
    return Event(number=number, kind=kind, at=at(minutes), **values)


def dossier(name="d1", organisation="mess", minutes=0) -> Dossier:
    title = f"Achat « {name} » <b>"
    return Dossier(
        id=name, organisation=organisation, name=title, events=(event(1, minutes=minutes),)
    )


def test_what_is_stored_is_found_as_it_was(store):
    store.create(dossier())
    assert store.dossier("d1") == dossier() and store.dossier("d1").version == 1
    assert store.dossier("d2") is None
    assert store.dossier("d1").state == "draft" and store.dossier("d1").touched == NOW


def test_a_change_is_kept_whole(store):
    store.create(dossier())
    submission = Submission(at=at(3), by="Camille", versions={"run": 4})
    events = (event(2, "renamed", 2, text="Neuf"), event(3, "submitted", 3))
    change = Change(events=events, name="Neuf", state="submitted", submission=submission)
    changed = store.change("d1", change)
    assert changed == store.dossier("d1")
    assert (changed.name, changed.state, changed.version) == ("Neuf", "submitted", 3)
    assert changed.submission == submission and changed.touched == at(3)
    assert changed.events[1:] == events


def test_a_review_takes_the_place_of_the_one_before(store):
    store.create(dossier())
    for number, verdict in ((2, "returned"), (3, "verified")):
        review = Review(item="cei", verdict=verdict, comment=verdict, at=at(number), by="D")
        judged = event(number, f"item_{verdict}", number, side="broker", item="cei")
        store.change("d1", Change(events=(judged,), reviews=(review,)))
    found = store.dossier("d1")
    assert found.reviews == {"cei": review} and found.version == 3
    assert found.submission is None and found.state == "draft"


def test_of_two_changes_to_one_version_the_second_is_refused_and_told(store):
    store.create(dossier())
    store.change("d1", Change(events=(event(2, "renamed", 1),), name="Premier"))
    before = store.dossier("d1")
    with pytest.raises(DossierConflict) as caught:
        store.change("d1", Change(events=(event(2, "renamed", 2),), name="Second"))
    assert store.dossier("d1") == before == caught.value.dossier
    assert [e.kind for e in caught.value.since] == ["renamed"]
    with pytest.raises(DossierConflict):  # of a version that never was
        store.change("d1", Change(events=(event(9, "renamed", 2),), name="Neuvième"))
    with pytest.raises(KeyError):
        store.change("d2", Change(events=(event(2, "renamed"),), name="Nulle part"))


def test_lists_in_their_order(store):
    for name, minutes in (("a", 0), ("b", 5), ("c", 3)):
        store.create(dossier(name, minutes=minutes))
    store.create(dossier("x", organisation="ville", minutes=9))
    assert [d.id for d in store.of_organisation("mess")] == ["b", "c", "a"]
    for name, minutes in (("b", 30), ("x", 20), ("a", 10)):
        store.change(name, Change(events=(event(2, "submitted", minutes),), state="submitted"))
    assert [d.id for d in store.in_states(("submitted",))] == ["a", "x", "b"]
    assert [d.id for d in store.in_states(("draft", "submitted"))] == ["c", "a", "x", "b"]
    assert store.in_states(("verified",)) == ()


def test_at_once_by_two_processes_one_change_is_kept(path):
    """Two openings of one file, many times over: nothing is written over, nobody is left out."""
    first, second = Dossiers(path), Dossiers(path)
    first.create(dossier())

    def work(who):
        store, name = who
        done = 0
        while done < 10:
            seen = store.dossier("d1")
            change = Change(
                events=(event(seen.version + 1, "renamed", 1, by=name, text=str(done)),), name=name
            )
            try:
                store.change("d1", change)
            except DossierConflict as conflict:
                assert conflict.since
                continue
            done += 1
        return done

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, [(first, "Alex"), (second, "Camille")])) == [10, 10]
    events = Dossiers(path).dossier("d1").events
    assert [e.number for e in events] == list(range(1, 22))
    for name in ("Alex", "Camille"):
        assert [e.text for e in events if e.by == name and e.text] == [str(n) for n in range(10)]


def test_a_damaged_file_is_told(path):
    path.write_bytes(b"no database at all" * 100)
    for ask in (
        lambda: Dossiers(path).dossier("d1"),
        lambda: Dossiers(path).of_organisation("mess"),
        lambda: Dossiers(path).in_states(("submitted",)),
        lambda: Dossiers(path).create(dossier()),
    ):
        with pytest.raises(StoreUnavailable):
            ask()
