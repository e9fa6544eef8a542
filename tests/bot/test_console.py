"""The console as a dialog: what is typed, and what must be seen."""

from __future__ import annotations

import pytest

from bot.channels.console import Console
from bot.channels.console_view import View, marked
from knowledge.passages import Answer
from knowledge.phrases import say
from tests.assistant_fakes import FakeKnowledge, MemoryStore, citation, document, passages, router


class Talk:
    """A console whose lines are kept; `said` gives what the last typed line brought."""

    def __init__(self, store: MemoryStore | None = None, **options: object) -> None:
        self.lines: list[str] = []
        self.store = store or MemoryStore()
        self.knowledge = FakeKnowledge()
        self.router = router(self.knowledge, self.store)
        self.console = Console(self.router, View("fr", 88), self.lines.append, "fr", **options)

    def __call__(self, line: str) -> str:
        self.lines.clear()
        self.alive = self.console.hear(line)
        return "\n".join(self.lines)


def test_a_conversation_from_question_to_feedback():
    talk = Talk()
    said = talk("délai de livraison?")
    assert "Texte du passage 1." in said
    assert "[1] Fiche Exemple, 1 Titre 1, p.\u00a03 (2026-09-08) — exemple fictif" in said
    assert "Texte du passage 2." in talk("2")
    assert "pas de citation 3" in talk("3")
    opened = talk("/document 2")
    assert "▶ Texte du passage 2." in opened and "sur 12" in opened
    assert say("feedback.thanks") in talk("+")
    why = talk("-")
    assert "a) La réponse est inexacte" in why
    talk("a")
    (kept,) = talk.store.opinions.values()
    assert (kept.useful, kept.reason) == (False, "wrong")
    assert "Au revoir" not in talk("/quitter") and not talk.alive


def test_readings_are_chosen_by_letter():
    talk = Talk()
    assert "b) Lecture B" in talk("ambigu")
    talk("b")
    assert talk.knowledge.asked[-1][0] == "Lecture B"


def test_a_lone_letter_or_number_without_anything_to_choose_is_a_question():
    talk = Talk()
    talk("2")
    talk("b")
    assert [asked for asked, _ in talk.knowledge.asked] == ["2", "b"]


def test_help_language_and_unknown_commands():
    talk = Talk()
    assert "/document 1" in talk("/aide")
    assert "Ask your question" in talk("/en")
    assert "Unknown command" in talk("/nope")
    talk("delivery time?")
    assert talk.knowledge.asked[-1][1]["lang"] == "en"
    assert talk.lines[-1] == say("console.feedback_cited", "en")


def test_a_number_is_only_offered_where_a_passage_was_cited():
    talk = Talk()
    talk("inconnu au Catalogue")
    assert say("console.feedback") in talk.lines
    assert say("console.feedback_cited") not in talk.lines


def test_judging_without_an_answer_says_so():
    assert say("console.no_feedback") in Talk()("+")
    assert say("console.no_feedback") in Talk(MemoryStore(broken=True))("+")


def test_empty_lines_are_passed_over():
    assert Talk()("   ") == ""


@pytest.mark.parametrize("line", ["\x00\x01\x02", "é" * 10_000, "🎉🎉"])
def test_what_cannot_be_a_question_gets_a_sentence(line):
    talk = Talk()
    assert "message" in talk(line) and talk.alive


def test_no_terminal_command_comes_through_from_documents_or_questions():
    doc = document("2026-09-08")
    evil = citation(
        passages(doc)[0], doc, title="\x1b]0;titre\x07", text="a\x1b[2Jb\nc\x9b", marks=((0, 6),)
    )
    answer = Answer(question="q", status="answered", short="x\x1b[31m\ry", citations=(evil,))
    view = View("fr", 88)
    lines = [*view.answer(answer), *view.passage(1, evil)]
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for line in lines for c in line)


def test_bold_marks_the_answering_words_on_each_line():
    doc = document("2026-09-08")
    cited = citation(passages(doc)[0], doc, text="un deux\ntrois", marks=((3, 13),))
    assert list(View("fr", 88, bold=True).lines(marked(cited), "")) == [
        "un \x1b[1mdeux\x1b[0m",
        "\x1b[1mtrois\x1b[0m",
    ]
    assert list(View("fr", 88).lines(marked(cited), "")) == ["un deux", "trois"]


def test_a_replaced_version_and_a_restatement_say_so():
    doc = document("2026-03-16")
    cited = citation(passages(doc)[0], doc, superseded=True)
    said = "\n".join(View("fr", 120).passage(1, cited))
    assert say("console.superseded") in said and say("console.not_official") in said
