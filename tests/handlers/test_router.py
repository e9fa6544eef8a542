"""What a person says or presses, and what comes back."""

from __future__ import annotations

import logging

import pytest

from handlers.access import Access
from handlers.conversation import Actor, AnswerPart, Buttons, DocumentPart, Feedback, Reply, Text
from handlers.document import document_action
from handlers.feedback import REASONS, feedback_action
from handlers.help import courtesy
from handlers.questions import LONGEST, clean_question
from knowledge.phrases import Problem, say
from tests.assistant_fakes import FakeKnowledge, MemoryStore, incoming, passages, router


def kinds(reply: Reply) -> list[str]:
    return [type(part).__name__ for part in reply.parts]


def only_text(reply: Reply) -> str:
    (part,) = reply.parts
    assert isinstance(part, Text)
    return part.text


def test_a_question_is_answered_recorded_and_can_be_judged():
    store = MemoryStore()
    reply = router(store=store).reply(incoming("délai de livraison?"))
    assert kinds(reply) == ["AnswerPart", "Feedback"]
    answer, feedback = reply.parts
    assert isinstance(answer, AnswerPart) and isinstance(feedback, Feedback)
    (record,) = store.questions.values()
    assert answer.record == feedback.record == record.id
    assert record.question == "délai de livraison?" and record.status == "answered"
    assert [c.rank for c in record.cited] == [1, 2]
    assert [c.digest for c in record.cited] == [c.digest for c in answer.answer.citations]


def test_an_ambiguous_question_offers_its_readings_to_say():
    reply = router().reply(incoming("ambigu"))
    buttons = next(part for part in reply.parts if isinstance(part, Buttons))
    assert [b.say for b in buttons.buttons] == ["Lecture A", "Lecture B"]
    assert buttons.text == say("ask.readings", "fr")


def test_an_unanswered_question_offers_near_headings_and_the_contact():
    reply = router().reply(incoming("inconnu au bataillon"))
    assert kinds(reply) == ["AnswerPart", "Buttons", "Text", "Feedback"]
    assert "courtier@exemple.ca" in reply.parts[2].text


def test_a_follow_up_gets_the_last_question_of_its_own_conversation():
    knowledge = FakeKnowledge()
    door = router(knowledge)
    door.reply(incoming("délai de livraison?"))
    door.reply(incoming("inconnu"))
    door.reply(incoming("et pour ITQ?"))
    door.reply(incoming("et pour ITQ?", conversation="autre"))
    door.reply(incoming("et là?"))
    assert [options["previous"] for _, options in knowledge.asked] == [
        None,
        "délai de livraison?",
        "délai de livraison?",
        None,
        "délai de livraison? et pour ITQ?",
    ]


def test_a_store_that_fails_costs_the_record_never_the_answer(caplog):
    reply = router(store=MemoryStore(broken=True)).reply(incoming("délai secret?"))
    assert kinds(reply) == ["AnswerPart"]
    assert "disk is full" in caplog.text and "secret" not in caplog.text


def test_nothing_is_recorded_when_the_setting_says_so():
    store = MemoryStore()
    reply = router(store=store, record_questions=False).reply(incoming("délai?"))
    assert kinds(reply) == ["AnswerPart"] and not store.questions


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("", "question.empty"),
        (" \n\t", "question.empty"),
        ("a" * 10_000, "question.long"),
        ("🎉🎉 !!", "question.wordless"),
        ("\x89PNG\r\n\0\0", "question.binary"),
        (b"d\xe9lai".decode("utf8", "replace"), "question.binary"),
        (b"d\xe9lai".decode("utf8", "surrogateescape"), "question.binary"),
    ],
)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_cannot_be_a_question_gets_a_sentence(raw, key, lang):
    knowledge = FakeKnowledge()
    values = {"length": len(raw), "longest": LONGEST}
    assert only_text(router(knowledge).reply(incoming(raw, lang=lang))) == say(key, lang, **values)
    assert not knowledge.asked


def test_a_question_is_cleaned_of_control_characters_and_line_ends():
    assert clean_question(" a\x1b[31mb\r\nc\u202ed ") == "a [31mb cd"
    with pytest.raises(Problem):
        clean_question("\x1b")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Bonjour!", "hello"),
        ("BONSOIR à tous", "hello"),
        ("merci beaucoup :)", "thanks"),
        ("Merci de votre aide", "thanks"),
        ("aide", "help"),
        ("bonjour, aidez-moi svp", "help"),
        ("?", "help"),
        ("Help", "help"),
        ("bonjour, c'est quoi un avenant", None),
        ("aide 5.3", None),
        ("offre", None),
        ("le", None),
        ("🎉", None),
        ("", None),
    ],
)
def test_courtesies_are_told_from_questions(text, kind):
    assert courtesy(text) == kind


def test_a_greeting_gets_examples_without_going_to_the_engine():
    knowledge = FakeKnowledge()
    reply = router(knowledge).reply(incoming("Bonjour"))
    assert kinds(reply) == ["Text", "Buttons", "Buttons"] and not knowledge.asked
    assert all(button.say for button in reply.parts[1].buttons)


@pytest.mark.parametrize("audience", ["outsider", "client", "broker"])
def test_the_menu_offers_what_the_actor_may_start(audience):
    reply = router(audience=audience).reply(incoming(pressed="help"))
    offered = {button.action for part in reply.parts[2:] for button in part.buttons}
    assert ("dossier:list" in offered) == (audience == "client")
    assert ("dossier:queue" in offered) == (audience == "broker")
    assert len(router(audience=audience).reply(incoming("merci")).parts) == 2


def test_feedback_is_stored_and_the_last_word_counts():
    store = MemoryStore()
    door = router(store=store)
    record = door.reply(incoming("délai?")).parts[0].record
    assert only_text(door.reply(incoming(pressed=feedback_action(record, "yes")))) == say(
        "feedback.thanks"
    )
    comment = {"comment": " périmé\x07 " + "x" * 900}
    door.reply(incoming(pressed=feedback_action(record, "no", "outdated"), values=comment))
    kept = store.opinions[record]
    assert (kept.useful, kept.reason) == (False, "outdated")
    assert kept.comment.startswith("périmé") and len(kept.comment) <= 500


@pytest.mark.parametrize(
    "action",
    ["feedback:yes:nobody", "feedback:maybe:id", "feedback:no:id000001:because", "feedback:", "f"],
)
def test_a_press_that_means_nothing_gets_a_sentence(action):
    assert router().reply(incoming(pressed=action)).parts[0].tone == "error"


def test_feedback_on_a_full_disk_says_so():
    reply = router(store=MemoryStore(broken=True)).reply(
        incoming(pressed=feedback_action("x", "yes"))
    )
    assert only_text(reply) == say("feedback.not_stored")


def test_every_reason_has_its_words_in_both_languages():
    for reason in REASONS:
        assert say(f"feedback.reason.{reason}", "fr") != say(f"feedback.reason.{reason}", "en")


def test_a_cited_document_opens_at_its_passage_and_tells_of_a_later_version():
    knowledge = FakeKnowledge()
    old, new = knowledge.documents_held
    for doc, superseded in ((old, True), (new, False)):
        passage = passages(doc)[4]
        (part,) = router(knowledge).reply(incoming(pressed=document_action(passage.id))).parts
        assert isinstance(part, DocumentPart)
        assert part.document == doc and part.opened == passage.id
        assert part.superseded is superseded


def test_a_forbidden_document_reads_like_one_that_does_not_exist():
    knowledge = FakeKnowledge()
    wanted = passages(knowledge.documents_held[0])[0].id
    forbidden = router(knowledge, audience="outsider").reply(
        incoming(pressed=document_action(wanted))
    )
    unknown = router(knowledge).reply(incoming(pressed=document_action("nope#1")))
    assert forbidden == unknown == Reply(parts=(Text(text=say("document.unknown"), tone="error"),))


def test_an_outsider_who_gets_nothing_is_told_why():
    # Whatever was asked: the words say nothing about what is there for others.
    for question in ("inconnu de tous?", "inconnu aussi?"):
        parts = router(audience="outsider").reply(incoming(question)).parts
        assert Text(text=say("ask.outsider"), tone="note") in parts
    assert (
        Text(text=say("ask.outsider"), tone="note")
        not in router().reply(incoming("inconnu de tous?")).parts
    )


def test_the_audience_is_decided_by_configuration_alone():
    knowledge = FakeKnowledge()
    door = router(knowledge)
    claimed = incoming("délai?", channel="slack")
    door.reply(
        claimed.model_copy(update={"actor": Actor(id="x", channel="slack", audience="broker")})
    )
    assert knowledge.asked[0][1]["audience"] == "outsider"
    assert Access({}).settle(Actor(id="x", channel="web", audience="broker")).audience == "outsider"


def test_any_error_becomes_a_sentence_with_a_reference_and_the_log_keeps_the_secret(caplog):
    caplog.set_level(logging.INFO)
    reply = router().reply(incoming("boum mot-secret"))
    assert "ID000001" in only_text(reply) and reply.parts[0].tone == "error"
    assert "ID000001" in caplog.text and "ValueError" in caplog.text
    assert "mot-secret" not in caplog.text


def test_a_missing_index_says_what_to_run():
    assert "catalogue-bot index" in only_text(router().reply(incoming("vide")))
