"""Runs in a real file: closed and reopened, killed, written by two at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.stores.dialogs import DialogStore
from handlers.conversation import Address
from handlers.ports import StoreUnavailable
from handlers.ports_dialogs import Conflict, Finished, Focus, Run
from tests.assistant_fakes import NOW, services
from tests.dialog_fakes import MemoryRuns
from tests.dialogs.talk import Talk

ROOT = Path(__file__).parents[2]
HERE = Address(channel="console", conversation="c1")
# One word a message, through every kind of move.
SAID = (
    "admissibilité",
    "itq",
    "retour",
    "organisme désigné",
    "une solution",
    "modifier 1",
    "itq",
    "oui",
    "confirmer",
)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "assistant.db"


def run(name="r1", subject="person:a", **fields) -> Run:
    return Run(id=name, dialog="admissibilite", subject=subject, started=NOW, **fields)


def give(store, name, question, version, by="Camille", values=None):
    return store.give(name, question, values, version=version, by=by, person=f"person:{by}", at=NOW)


@pytest.fixture(params=["file", "memory"])
def store(request, path):
    """The real store and the fake that other tests use: both keep the same contract."""
    return DialogStore(path) if request.param == "file" else MemoryRuns()


def test_a_journal_is_kept_in_order_with_its_authors(store):
    store.start(run())
    give(store, "r1", "q1", 0, values={"champ": "é <b>"})
    give(store, "r1", "q2", 1, by="Alex", values={})
    after = give(store, "r1", "q1", 2)
    kept = store.run("r1")
    assert kept == after and kept.version == 3 and kept.answers == {"q2": {}}
    assert [(g.number, g.question, g.by) for g in kept.given] == [
        (1, "q1", "Camille"),
        (2, "q2", "Alex"),
        (3, "q1", "Camille"),
    ]
    assert kept.last("q1").values == {"champ": "é <b>"} and kept.given[0].at == NOW


def test_an_answer_against_an_older_version_writes_nothing(store):
    store.start(run())
    give(store, "r1", "q1", 0, values={"a": "1"})
    with pytest.raises(Conflict) as caught:
        give(store, "r1", "q1", 0, by="Alex", values={"a": "2"})
    assert [g.by for g in caught.value.since] == ["Camille"]
    assert caught.value.run == store.run("r1") and store.run("r1").version == 1
    with pytest.raises((Conflict, KeyError)):
        give(store, "nowhere", "q1", 0, values={})


def test_runs_of_a_subject_the_one_touched_last_first(store):
    for name in ("r1", "r2", "r3"):
        store.start(run(name))
    store.start(run("other", subject="person:b"))
    store.give("r1", "q", {}, version=0, by="", person="", at=NOW + timedelta(minutes=1))
    assert next(r.id for r in store.runs_of("person:a")) == "r1"
    store.attach("r2", "dossier-1", "org")
    assert [r.id for r in store.runs_of("dossier-1")] == ["r2"]
    assert store.run("r2").organisation == "org"


def test_an_outcome_and_a_focus_are_kept_and_forgotten_with_their_run(store):
    store.start(run())
    store.start(run("r2"))
    finished = Finished(outcome="admissible", version=0, at=NOW, grounds=())
    store.finish("r1", finished)
    store.set_current(HERE, Focus(run="r1", question="q1", at=NOW))
    assert store.run("r1").finished == finished
    assert [r.id for r in store.finished()] == ["r1"]
    assert store.current(HERE) == Focus(run="r1", question="q1", at=NOW)
    assert store.current(Address(channel="web", conversation="c1")) is None
    store.drop("r1")
    assert store.run("r1") is None and store.current(HERE) is None and store.finished() == ()
    assert store.run("r2") is not None
    store.set_current(HERE, Focus(run="r2", at=NOW))
    store.set_current(HERE, None)
    assert store.current(HERE) is None


def test_what_is_in_no_dossier_is_forgotten_after_the_retention(path):
    store = DialogStore(path, retention_days=90)
    for name, subject in (("old", "person:a"), ("touched", "person:a"), ("kept", "dossier-1")):
        store.start(run(name, subject=subject))
    much_later = NOW + timedelta(days=91)
    store.give("touched", "q", {}, version=0, by="", person="", at=NOW + timedelta(days=2))
    store.set_current(HERE, Focus(run="old", at=NOW))
    store.start(run("new").model_copy(update={"started": much_later}))
    assert {r.id for r in store.runs_of("person:a")} == {"touched", "new"}
    assert store.run("kept") is not None and store.current(HERE) is None


def answered(runs):
    """The answers in force and the outcome of the only run."""
    (only,) = runs
    return only.answers, only.finished and only.finished.outcome


def test_reopened_between_any_two_messages(path, corpus):
    """Each message is answered by another opening of the file; nothing else is carried over."""
    steady = Talk(services(corpus)).say(*SAID)
    numbers = iter(range(1000))
    for text in SAID:
        store = DialogStore(path)
        made = replace(services(corpus), runs=store, new_id=lambda: f"n{next(numbers)}")
        talk = Talk(made).say(text)
        store.close()
    assert talk.texts == steady.texts
    kept = DialogStore(path).finished()
    assert answered(kept) == answered(steady.services.runs.finished())


KILLED = """
import os, signal, sys
from pathlib import Path
from dataclasses import replace
from bot.stores.dialogs import DialogStore
from tests.assistant_fakes import services
from tests.dialogs.talk import Talk
talk = Talk(replace(services(), runs=DialogStore(Path(sys.argv[1]))))
talk.say("admissibilité", "itq", "une solution")
print(talk.form.fields[0].name, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_in_the_middle_nothing_is_lost(path, corpus):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL and done.stdout.strip() == "habilitation"
    talk = Talk(replace(services(corpus), runs=DialogStore(path)))
    talk.say("oui", "confirmer")
    assert talk.texts.startswith("Admissible –")


def test_two_editors_at_once_one_is_told(path):
    """Two openings of one file, as two processes: of two answers to one version, one is kept."""
    first, second = DialogStore(path), DialogStore(path)
    first.start(run())

    def attempt(who):
        store, by = who
        try:
            give(store, "r1", "q1", 0, by=by, values={"a": by})
        except Conflict as conflict:
            return conflict.since[0].by
        return None

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(attempt, [(first, "Alex"), (second, "Camille")]))
    kept = second.run("r1")
    assert kept.version == 1 and sorted(t for t in told if t) == [kept.given[0].by]


def test_asking_makes_no_file_and_a_damaged_one_is_told(path):
    store = DialogStore(path)
    assert store.current(HERE) is None and not path.exists()
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreUnavailable):
        store.run("r1")
