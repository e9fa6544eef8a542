"""« À revérifier »: an outcome whose passages changed in the documents now in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from handlers.conversation import Citations
from handlers.guide_sources import stale
from knowledge.phrases import say
from tests.assistant_fakes import services
from tests.dialogs.conftest import CorpusKnowledge
from tests.dialogs.talk import Talk

TYPED = ("admissibilité", "organisme désigné", "une solution complète", "oui", "confirmer")


@pytest.fixture
def finished(corpus):
    """A talk with a confirmed outcome, and its run."""
    talk = Talk(services(corpus)).say(*TYPED)
    (run,) = talk.services.runs.runs.values()
    return talk, run


def edition(held, version=None, official=None, **texts):
    """The documents in another state: text by « section: beginning of the passage »."""
    changed = []
    for document, passage in held:
        document = document.model_copy(
            update={
                "version": version or document.version,
                "official": document.official if official is None else official,
            }
        )
        text = passage.text
        for old, new in texts.items():
            text = text.replace(old, new)
        update = {"document": document.key, "text": text}
        changed.append((document, passage.model_copy(update=update)))
    return CorpusKnowledge(held=tuple(changed))


def test_what_an_outcome_rests_on_is_kept_with_it(finished):
    _, run = finished
    grounds = run.finished.grounds
    assert [ground.section for ground in grounds] == ["2.4", "3.3.1", "2.4"]
    assert all(ground.citation.digest and ground.citation.text for ground in grounds)
    named = {ground.citation.document for ground in grounds}
    assert named == {"guide-infonuagique-privee@2021-07-22"}, "which edition it was"


def test_nothing_is_stale_while_the_documents_stay(finished, corpus):
    assert stale(finished[1], corpus) == ()


def test_a_new_edition_that_says_the_same_changes_nothing(finished, shipped):
    assert stale(finished[1], edition(shipped, version=date(2027, 2, 1))) == ()


def test_a_passage_reworded_makes_the_outcome_doubtful(finished, shipped):
    talk, run = finished
    after = edition(shipped, version=date(2027, 2, 1), habilitée="autorisée")
    (changed,) = stale(run, after)
    assert "autorisée" in changed.text and changed.version == date(2027, 2, 1)
    later = Talk(replace(talk.services, knowledge=after)).press(f"dialog:show:{run.id}")
    assert say("dialogs.stale") in later.texts
    shown = [p.title for p in later.reply.parts if isinstance(p, Citations)]
    assert say("dialogs.stale.passages") in shown
    # Confirmed again, it rests on the new passage.
    later.button(say("dialogs.button.again"))
    assert say("dialogs.stale") not in later.texts and later.texts.startswith("Admissible")
    assert stale(later.services.runs.runs[run.id], after) == ()


def test_a_passage_elsewhere_changes_nothing(finished, shipped):
    assert stale(finished[1], edition(shipped, **{"Quatre services": "Trois services"})) == ()


def test_a_section_that_is_gone_is_told_with_its_old_text(finished, shipped):
    rest = CorpusKnowledge(held=tuple(pair for pair in shipped if pair[1].section != "3.3.1"))
    (gone,) = stale(finished[1], rest)
    assert gone.superseded and gone.section == "3.3.1" and gone.text


def test_an_open_dialog_is_never_stale(corpus):
    talk = Talk(services(corpus)).say(*TYPED[:-1])
    (run,) = talk.services.runs.runs.values()
    assert stale(run, corpus) == ()
