"""The guide against copies of it with changes planted: each is found, none invented."""

from __future__ import annotations

import random
import resource
import time

import pytest

from knowledge.changes import apply, compare, state_of
from knowledge.difference import difference
from knowledge.edits import new_text, old_text
from knowledge.passages import Passage

LONG = 12  # words: a passage that is telling enough to be planted upon


def renumbered(passages: list[Passage]) -> list[Passage]:
    return [p.model_copy(update={"position": i}) for i, p in enumerate(passages)]


def with_text(passage: Passage, text: str) -> Passage:
    return passage.model_copy(update={"text": text})


def telling(passages: tuple[Passage, ...]) -> list[int]:
    """Passages whose text stands once in the document, and says enough."""
    texts = [p.text for p in passages]
    return [
        i for i, text in enumerate(texts) if len(text.split()) >= LONG and texts.count(text) == 1
    ]


def test_the_same_guide_has_no_change(guide):
    assert difference(guide[1], guide[1]) == ()


@pytest.mark.parametrize("seed", range(8))
def test_planted_changes_are_found_and_no_other(guide, seed):
    """Five of each kind at once, at random places: the report is exactly those."""
    chance = random.Random(seed)
    old = guide[1]
    places = chance.sample(telling(old), 15)
    removed, reworded, added_after = places[:5], places[5:10], places[10:]
    new: list[Passage] = []
    for i, passage in enumerate(old):
        if i in removed:
            continue
        if i in reworded:
            tokens = passage.text.split(" ")
            at = chance.randrange(len(tokens))
            tokens[at] = "PLANTÉ"
            passage = with_text(passage, " ".join(tokens))
        new.append(passage)
        if i in added_after:
            text = f"Ceci est une phrase ajoutée au numéro {i}, que rien n’annonçait dans le guide."
            new.append(passage.model_copy(update={"text": text, "questions": ()}))
    found = difference(old, renumbered(new))
    by_kind = {
        kind: [c for c in found if c.kind == kind]
        for kind in ("added", "removed", "reworded", "moved", "retitled")
    }
    assert {c.before.position for c in by_kind["removed"]} == set(removed)
    assert {c.before.position for c in by_kind["reworded"]} == set(reworded)
    for change in by_kind["reworded"]:
        assert "PLANTÉ" in "".join(e.text for e in change.edits if e.op == "in")
        assert sum(len(e.text.split()) for e in change.edits if e.op != "same") <= 6
    assert sorted(new_text(c.edits) for c in by_kind["added"]) == sorted(
        f"Ceci est une phrase ajoutée au numéro {i}, que rien n’annonçait dans le guide."
        for i in added_after
    )
    assert by_kind["moved"] == by_kind["retitled"] == []


@pytest.mark.parametrize("seed", range(8))
def test_a_reordering_is_a_move(guide, seed):
    chance = random.Random(seed)
    old = list(guide[1])
    source = chance.choice(telling(guide[1]))
    target = chance.choice([i for i in range(len(old)) if abs(i - source) > 3])
    new = [p for i, p in enumerate(old) if i != source]
    new.insert(target, old[source])
    found = difference(old, renumbered(new))
    assert {c.kind for c in found} == {"moved"}
    moved = {line for c in found for line in old_text(c.edits).split("\n")}
    assert moved <= set(old[source].text.split("\n"))


def test_two_sections_that_change_places_are_moves(guide):
    old = list(guide[1])
    sections = list(dict.fromkeys(p.section for p in old if p.section))
    first, second = sections[3], sections[8]
    a = [p for p in old if p.section == first]
    b = [p for p in old if p.section == second]
    swapped: list[Passage] = []
    for passage in old:
        if passage.section == first:
            swapped += b if passage is a[0] else []
        elif passage.section == second:
            swapped += a if passage is b[0] else []
        else:
            swapped.append(passage)
    assert {c.kind for c in difference(old, renumbered(swapped))} == {"moved"}


def test_a_new_heading_is_told_once(guide):
    old = guide[1]
    path = next(p.path for p in old if len(p.path) > 1 and p.form == "text")
    new = [
        p.model_copy(update={"heading": "Titre planté", "path": (*p.path[:-1], "Titre planté")})
        if p.path == path
        else p
        for p in old
    ]
    found = [c for c in difference(old, new) if c.kind != "moved"]
    assert [c.kind for c in found] == ["retitled"]
    assert "planté" in new_text(found[0].edits)


def test_lines_changed_in_the_file_itself(guide_file, tmp_path):
    """Through the reader, where a changed line may pack its neighbours into other passages."""
    from tests.changes.conftest import read_file

    lines = guide_file.read_text(encoding="utf8").split("\n")
    candidates = [
        i
        for i, line in enumerate(lines)
        if len(line.split()) > 11
        and line.rstrip().endswith((".", ","))
        and not line.lstrip().startswith(("-", "|", "#", "<", "[", "**", "•"))
        and lines.count(line) == 1
    ]
    chance = random.Random(5)
    for number in range(6):
        at = chance.choice(candidates)
        words = lines[at].split(" ")
        words[5] = "motplanté"
        copy = tmp_path / str(number) / guide_file.name
        copy.parent.mkdir()
        copy.write_text("\n".join([*lines[:at], " ".join(words), *lines[at + 1 :]]), "utf8")
        found = difference(read_file(guide_file)[1], read_file(copy)[1])
        assert {c.kind for c in found} == {"reworded"}, lines[at]
        assert all("motplanté" in new_text(c.edits) for c in found)


def test_the_shipped_pairs(pairs):
    """What their own history sections tell is found; the move is a move."""
    assert len(pairs) == 3
    moved = {}
    for name, (old, new) in pairs.items():
        before, after = state_of([old[0]], old[1]), state_of([old[0], new[0]], [*old[1], *new[1]])
        change_set = compare(before, after, revision="b", previous="a", created="2026-11-24")
        (change,) = change_set.told
        assert (change.kind, change.before, change.after) == ("version", old[0], new[0])
        assert apply(change_set, before) == after
        moved[name] = [c for c in change.passages if c.kind == "moved"]
        texts = " ".join(new_text(c.edits) for c in change.passages)
        unchanged = {p.text for p in old[1]} & {p.text for p in new[1]}
        told = {c.before.text for c in change.passages if c.before and c.kind != "moved"}
        assert not told & unchanged
        assert all(p.text in texts or p.text in unchanged for p in new[1])
    (move,) = moved.pop("fiche-infonuage-riviere-aux-pins")
    assert (move.before.section, move.after.section) == ("7", "2")
    assert not any(moved.values())


def test_time_and_memory(guide):
    """Loose bounds: the comparison must stay far below the time of a build."""
    old = guide[1]
    new = [with_text(p, p.text.replace(" le ", " planté ")) for p in old]
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    for _ in range(3):
        assert difference(old, new)
    assert (time.process_time() - start) / 3 < 1.0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base < 64 * 1024
