from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from knowledge import answer as answers
from knowledge import vector_table
from knowledge.calibration import fitted
from knowledge.engine import Engine
from knowledge.excerpt import MOST_WORDS
from knowledge.phrases import Problem
from tests.knowledge.conftest import BagEncoder, passages, publish


def everything_said(engine: Engine, question: str, audience: str) -> str:
    """All the text an answer could show."""
    return engine.answer(question, audience=audience).model_dump_json()


def test_the_answer_quotes_its_first_citation(engine: Engine) -> None:
    answer = engine.answer(
        "Quel délai prévoir avant la signature du fournisseur ?", audience="client"
    )
    assert answer.status == "answered"
    first = answer.citations[0]
    assert first.section == "3.5"
    assert "30 jours" in answer.short
    assert answer.short in first.text or "[…]" in answer.short
    assert all(0 <= a < b <= len(first.text) for a, b in first.marks)
    assert len(answer.short.split()) <= MOST_WORDS + 10
    assert 1 <= len(answer.citations) <= 3


@pytest.mark.parametrize("audience", ["outsider", "client", "someone", ""])
def test_what_an_audience_may_not_read_never_shows(engine: Engine, audience: str) -> None:
    for question in ("stratégie secrète zirconium remise", "zirconium", "zirconiom", "asdf qwer"):
        said = everything_said(engine, question, audience).replace(question, "")
        assert "Négociation" not in said
        assert "remise de 40" not in said
        assert "notes-internes" not in said
        # the typo repair must not complete a word that only hidden documents hold
        assert "zirconium" not in said.replace(question, "")
    assert engine.document("notes-internes@-", audience) is None
    assert engine.passage("notes-internes@-#5", audience) is None
    assert all(d.audience != "broker" for d in engine.documents(audience))


def test_the_broker_reads_his_own_documents(engine: Engine) -> None:
    answer = engine.answer("stratégie secrète zirconium remise", audience="broker")
    assert answer.citations[0].document == "notes-internes"


def test_an_outsider_gets_public_documents_only(engine: Engine) -> None:
    answer = engine.answer("délai minimal avant la signature par le fournisseur")
    assert answer.status == "unanswered" or all(c.document == "depliant" for c in answer.citations)
    assert answer.contact is None


def test_the_version_in_force_answers_unless_the_older_is_asked_for(engine: Engine) -> None:
    now = engine.answer("durée du banc d’essai chez Nuage Boréal", audience="client")
    assert "30 jours" in now.short
    assert not now.citations[0].superseded
    then = engine.answer(
        "durée du banc d’essai de Nuage Boréal selon la fiche de mars", audience="client"
    )
    assert "15 jours" in then.short
    assert then.citations[0].superseded
    assert "2026-03-16" in then.note


def test_gibberish_is_not_answered_and_a_contact_is_given(engine: Engine) -> None:
    answer = engine.answer("asdf qwerty zzz", audience="client")
    assert answer.status == "unanswered"
    assert answer.citations == ()
    assert answer.note
    assert answer.contact is not None
    assert "courtier@exemple.example" in answer.contact.details


def test_another_contact_is_given_only_for_a_word_of_its_own(
    tmp_path: Path, encoder: BagEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = passages()[-1]
    service = first.model_copy(
        update={
            "position": first.position + 1,
            "heading": "Guichet",
            "text": "Le guichet répond par écrit, à guichet@exemple.example.",
            "questions": ("quand ouvre le comptoir", "quand ouvre le guichet"),
        }
    )
    publish(tmp_path, "r1", [*passages(), service], encoder)
    engine = Engine(tmp_path, load=lambda: encoder, lexicon=tmp_path / "none.yaml")
    refusing = replace(fitted(False, False), threshold=1.1)
    monkeypatch.setattr(answers, "fitted", lambda noted, sheets: refusing)
    for question, details in (
        ("quand ouvre le guichet", "guichet@exemple.example"),
        ("quand ouvre le comptoir", "courtier@exemple.example"),  # as asked, and not its word
    ):
        found = engine.answer(question, audience="client")
        assert found.status == "unanswered" and found.contact is not None
        assert found.contact.details == details


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂🙂", "\x00\x01", "?!"])
def test_no_words_no_answer_but_a_sentence(engine: Engine, text: str) -> None:
    answer = engine.answer(text, audience="client")
    assert answer.status == "unanswered"
    assert answer.note


def test_a_very_long_question_is_bounded(engine: Engine) -> None:
    assert engine.answer("délai " * 2_000, audience="client").status in ("answered", "unanswered")


def test_a_follow_up_uses_the_question_before(engine: Engine) -> None:
    answer = engine.answer(
        "et pour ITQ ?", audience="client", previous="Qui est admissible pour ses besoins ?"
    )
    assert answer.citations[0].section == "2.4"


def test_a_new_revision_is_used_at_the_next_question(
    engine: Engine, root: Path, encoder: BagEncoder
) -> None:
    question = "délai minimal avant la signature par le fournisseur"
    assert "30 jours" in engine.answer(question, audience="client").short
    changed = [
        p.model_copy(update={"text": p.text.replace("30 jours avant", "45 jours avant")})
        for p in passages()
    ]
    publish(root, "r2", changed, encoder)
    assert "45 jours" in engine.answer(question, audience="client").short
    assert engine.revision == "r2"


def test_a_damaged_new_revision_leaves_the_open_one_answering(
    engine: Engine, root: Path, encoder: BagEncoder
) -> None:
    engine.warm()
    directory = publish(root, "r2", passages(), encoder)
    (directory / "vectors.faiss").unlink()
    assert engine.revision == "r1"


def test_no_index_and_another_model_are_said_plainly(tmp_path: Path, root: Path) -> None:
    nothing = Engine(tmp_path / "none", load=BagEncoder, lexicon=tmp_path / "none.yaml")
    with pytest.raises(Problem, match="catalogue-bot index"):
        nothing.answer("délai")
    other = Engine(root, load=lambda: BagEncoder("autre"), lexicon=tmp_path / "none.yaml")
    with pytest.raises(Problem, match="catalogue-bot index"):
        other.answer("délai")


def test_modes_rank_apart(engine: Engine) -> None:
    for mode in ("fusion", "lexical", "dense"):
        hits = engine.rank("banc d’essai Boréal", audience="client", mode=mode, top=2)  # type: ignore[arg-type]
        assert hits[0].passage.section == "6"


def test_the_passages_under_a_section_number_are_those_in_force(engine):
    found = engine.sections("2.4", "client")
    assert [(document.id, passage.section) for document, passage in found] == [("guide", "2.4")]
    assert engine.sections("2.4", "outsider") == ()
    assert engine.sections("6", "client")[0][1].heading == "Courtier en infonuagique"
    assert all(document.kind == "guide" for document, _ in engine.sections("6", "client"))
    assert engine.sections("9.9", "client") == ()


@pytest.mark.parametrize("audience", ["outsider", "client", "broker"])
def test_a_graph_ranks_as_an_exhaustive_search(
    tmp_path: Path,
    engine: Engine,
    encoder: BagEncoder,
    monkeypatch: pytest.MonkeyPatch,
    audience: str,
) -> None:
    questions = (
        "Quel délai prévoir avant la signature du fournisseur ?",
        "durée du banc d’essai chez Nuage Boréal",
        "stratégie secrète zirconium",
        "dépliant",
    )
    expected = [engine.rank(question, audience=audience) for question in questions]
    monkeypatch.setattr(vector_table, "GRAPH_FROM", 0)
    publish(tmp_path / "large", "r1", passages(), encoder)
    large = Engine(tmp_path / "large", load=lambda: encoder, lexicon=tmp_path / "none.yaml")
    assert not large.snapshot().revision.exhaustive
    for question, wanted in zip(questions, expected, strict=True):
        found = large.rank(question, audience=audience)
        assert [hit.passage.id for hit in found] == [hit.passage.id for hit in wanted]
        assert [hit.score for hit in found] == pytest.approx([h.score for h in wanted], abs=1e-4)
