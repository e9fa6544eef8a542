"""Every way through every dialog ends in an outcome that rests on passages that are there."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.guide_sources import grounds
from knowledge.analysis import terms
from knowledge.citing import chosen
from knowledge.dialog_file import FOLDER
from knowledge.dialog_view import summary, view
from knowledge.replay import follow
from tests.dialogs.ways import combinations_of, walk

TODAY = date(2026, 11, 24)
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("name", NAMES)
def test_every_way_ends_in_an_outcome_that_can_be_told(name, dialogs):
    dialog = dialogs[name]
    outcomes, moves, told = set(), set(), set()
    for combination in combinations_of(dialog):
        state = walk(dialog, combination)
        outcomes.add(state.outcome.id)
        facts = {}
        for step in state.steps:
            facts |= step.values
            moves.add((step.question.id, follow(step.question, facts)))
        key = (state.outcome.id, tuple(sorted(state.facts.items())))
        if key not in told:
            told.add(key)
            lang = ("fr", "en")[len(told) % 2]
            seen = view(state, TODAY, lang)
            assert seen.status and seen.title and seen.text and seen.cites
            assert all(len(row) == len(t.columns) for t in seen.tables for row in t.rows)
            assert len({line.question for line in summary(state.steps, lang)}) == len(state.steps)
    assert outcomes == {outcome.id for outcome in dialog.outcomes}
    assert {question for question, _ in moves} == {question.id for question in dialog.questions}


@pytest.mark.parametrize("name", NAMES)
def test_every_citation_is_the_passage_it_means(name, dialogs, corpus):
    """Each names a section of the shipped documents; its words are those of one passage there."""
    for holder in (*dialogs[name].questions, *dialogs[name].outcomes):
        found = grounds(holder.cites, corpus, "client")
        assert len(found) == len(holder.cites), holder.id
        for cite in holder.cites:
            wanted = set(terms(cite.about))
            in_section = corpus.sections(cite.section, "client")
            best = chosen(cite, in_section)
            assert best is not None
            shared = sorted(len(wanted & set(terms(p.text))) for _, p in in_section)
            assert len(wanted & set(terms(best.text))) >= 0.8 * len(wanted), cite
            assert not wanted or shared[-1:] != shared[-2:-1], f"{cite} means two passages"
            assert wanted or len(in_section) == 1, f"{cite} must say which passage"


def test_outsiders_get_no_passage(dialogs, corpus):
    cites = dialogs["admissibilite"].outcomes[0].cites
    assert grounds(cites, corpus, "outsider") == ()
