"""What holds for any two states of a document, whatever they are."""

from __future__ import annotations

from collections import Counter
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.change_set import ChangeSet
from knowledge.changes import apply, compare, state_of
from knowledge.difference import difference
from knowledge.edits import excerpt, new_text, old_text, word_edits
from knowledge.passages import Document, Passage
from knowledge.units import match, units_of

WORDS = st.sampled_from("le prix de la location passe à 24 mois nuage contrat signé délai".split())


def texts(fewest: int) -> st.SearchStrategy[str]:
    words = st.lists(WORDS, min_size=fewest, max_size=8)
    sentences = words.map(lambda found: " ".join(found).capitalize() + ".")
    return st.lists(sentences, min_size=1, max_size=4).map("\n".join)


TEXTS = texts(1)
HEADINGS = st.sampled_from(["Prix", "Délais", "Sécurité"])


@st.composite
def states(draw, fewest: int = 1) -> tuple[Passage, ...]:
    parts = draw(st.lists(st.tuples(HEADINGS, texts(fewest), st.integers(1, 9)), max_size=7))
    return tuple(
        Passage(
            document="fiche-x@2026-01-01",
            position=place,
            section=str(page),
            heading=heading,
            path=("Fiche", f"{page}. {heading}"),
            page=page,
            text=text,
        )
        for place, (heading, text, page) in enumerate(parts)
    )


def sheet(version: str, name: str = "fiche-x", digest: str = "") -> Document:
    return Document(
        id=name,
        kind="fiche",
        title="Fiche",
        supplier="X",
        version=date.fromisoformat(version),
        source=f"{name}_{version}.md",
        digest=digest or f"{name}{version}",
    )


def moved_to(passages: tuple[Passage, ...], key: str) -> tuple[Passage, ...]:
    return tuple(p.model_copy(update={"document": key}) for p in passages)


@given(states(), states())
def test_applying_a_change_set_gives_the_new_state_again(old, new):
    before, after = sheet("2026-01-01"), sheet("2026-05-01")
    new = moved_to(new, after.key)
    one, both = state_of([before], old), state_of([before, after], [*old, *new])
    for start, end in ((one, both), (both, one), (one, {}), ({}, both), (one, one)):
        found = compare(start, end, revision="r2", previous="r1", created="2026-05-02")
        assert apply(found, start) == end
        kept = ChangeSet.model_validate_json(found.model_dump_json(exclude_defaults=True))
        assert apply(kept, start) == end


@given(states(), states())
def test_the_sentences_gone_and_come_account_for_the_new_state(old, new):
    found = difference(old, new)
    a, b = units_of(old), units_of(new)
    pairs = match(a, b)
    assert len({j for j in pairs if j >= 0}) == sum(j >= 0 for j in pairs)
    assert all(a[j].key == b[i].key for i, j in enumerate(pairs) if j >= 0)
    changed = [c for c in found if c.kind in ("added", "removed", "reworded")]
    balance = Counter(u.key for u in b)
    balance.subtract(Counter(u.key for u in a))
    for change in changed:
        balance.update(keys(old_text(change.edits)))
        balance.subtract(keys(new_text(change.edits)))
    assert not +balance and not -balance


def keys(text: str) -> Counter[str]:
    return Counter(" ".join(line.split()) for line in text.split("\n") if line.strip())


@given(states())
def test_nothing_is_invented(state):
    assert difference(state, state) == ()
    other = moved_to(state, "fiche-x@2026-05-01")
    renumbered = tuple(
        p.model_copy(update={"page": 40, "section": "9", "path": (p.path[0], f"9. {p.heading}")})
        for p in other
    )
    assert difference(state, renumbered) == ()


@given(states(fewest=5), st.randoms(use_true_random=False))
def test_a_reordering_is_a_move_and_nothing_else(state, chance):
    shuffled = list(state)
    chance.shuffle(shuffled)
    found = difference(state, shuffled)
    assert {change.kind for change in found} <= {"moved"}
    if [unit.key for unit in units_of(shuffled)] != [unit.key for unit in units_of(state)]:
        assert found


@given(states(), st.data())
def test_passages_packed_otherwise_are_no_change(state, data):
    """Neighbours under one heading joined into one passage: the same sentences, nothing to tell."""
    joined: list[Passage] = []
    for passage in state:
        last = joined[-1] if joined else None
        if last and last.path == passage.path and data.draw(st.booleans()):
            joined[-1] = last.model_copy(update={"text": f"{last.text}\n{passage.text}"})
        else:
            joined.append(passage)
    lines = [line for p in state for line in p.text.split("\n")]
    if len(set(lines)) == len(lines):
        assert difference(state, joined) == () == difference(joined, state)


@settings(max_examples=200)
@given(TEXTS, TEXTS)
def test_word_edits_give_both_texts_again(old, new):
    edits = word_edits(old, new)
    assert old_text(edits) == old
    assert new_text(edits) == new
    assert all(edit.text for edit in edits)
    if old == new:
        assert all(edit.op == "same" for edit in edits)
    assert len(excerpt(edits, "in")) <= len(new) + 8 * len(edits)
