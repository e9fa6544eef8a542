"""Figures from outcomes."""

from __future__ import annotations

import pytest

from bot.config import CODE
from bot.measures import Asked, Outcome, figures, load_questions, threshold
from knowledge.phrases import Problem


def outcome(rank: int, *, out: bool = False, refused: bool = False, fact: bool = False) -> Outcome:
    asked = Asked(id="x", q="?", sections=("1",), fact=("a",), out=out)
    return Outcome(asked=asked, rank=rank, fact=fact, refused=refused)


def test_the_figures_of_a_small_set():
    got = figures(
        [
            outcome(1, fact=True),
            outcome(2),
            outcome(0, refused=True),
            outcome(3, fact=True),
            outcome(0, out=True, refused=True),
            outcome(1, out=True),
        ]
    )
    assert (got.questions, got.first, got.three, got.fact) == (6, 0.25, 0.75, 0.5)
    assert got.mrr == pytest.approx((1 + 1 / 2 + 0 + 1 / 3) / 4)
    assert (got.out_refused, got.good_refused) == (0.5, 0.25)
    assert figures([]).first is None


def test_a_citation_is_right_by_section_and_document():
    guide = Asked(id="a", q="?", sections=("3.4", "5.7"))
    assert guide.rightly_cites("3.4", "guide", "g@-") and guide.rightly_cites("5.7", "faq", "f@-")
    assert not guide.rightly_cites("3.4.1", "guide", "g@-")
    assert not guide.rightly_cites("3.4", "fiche", "f@-")
    sheet = Asked(id="b", q="?", sections=("1",), document="f", version="2026-03-16")
    assert sheet.rightly_cites("1", "fiche", "f@2026-03-16")
    assert not sheet.rightly_cites("1", "fiche", "f@2026-09-08")
    assert not sheet.rightly_cites("1", "guide", "g@2026-03-16")


def test_facts_are_compared_without_case_accents_and_typography():
    asked = Asked(id="a", q="?", fact=("d'Été : 10 jours", "autre"))
    assert asked.holds_fact("Délai D’ÉTÉ\u00a0:\u00a010\u202fjours.")
    assert not asked.holds_fact("jamais")


def test_the_threshold_turns_away_at_most_three_in_a_hundred():
    scores = list(range(100))
    assert sum(score < threshold(scores) for score in scores) == 3
    assert threshold([]) == 0.0


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("- {id: a}", "eval.bad_question"),
        ("- {id: a, q: b, wrong: 1}", "eval.bad_question"),
        ("[", "eval.unreadable"),
        ("- text", "eval.bad_question"),
    ],
)
def test_a_bad_file_says_where(tmp_path, content, key):
    path = tmp_path / "q.yaml"
    path.write_text(content, encoding="utf8")
    with pytest.raises(Problem) as caught:
        load_questions(path)
    assert caught.value.key == key and "q.yaml" in str(caught.value)


@pytest.mark.parametrize("name", ["questions.yaml", "fiches.yaml"])
def test_the_projects_own_questions_can_be_read(name):
    assert len(load_questions(CODE / "tests" / "eval" / name)) > 10
