"""« Une réponse que vous avez reçue depuis hier repose sur un passage qui vient de changer »."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers.ports import StoreUnavailable
from tests.delivery.changes import document, put, told
from tests.delivery.world import action_of, member, private, room, text_of

ANNE, OTHER, VISITOR = member("U1"), member("U2"), member("v1", "", "web", standing="unknown")
BEFORE = ["Le délai est de 30 jours.", "Le prix est ferme."]
AFTER = ["Le délai est de 45 jours.", "Le prix est ferme."]


def ask_and_change(office, who=ANNE, where=None, question="délai", **document_options):
    put(office, document("A", "2026-03-16", BEFORE, **document_options))
    office.say(who, question, where)
    put(office, document("A", "2026-09-16", AFTER, **document_options))
    office.tick()


def test_the_asker_is_told_what_changed_and_nobody_else(office):
    office.say(OTHER, "prix")
    ask_and_change(office)
    office.publish(office.log.sets[-1])
    office.tick()
    ((where, reply),) = office.messages()
    assert where == private(ANNE)
    said = text_of(reply)
    assert "« Le délai est de 30 jours. » devient « Le délai est de 45 jours. »" in said
    assert "repose sur un passage qui vient de changer" in said
    assert action_of(reply, "history:document:A:")


def test_an_answer_that_rests_on_another_passage_is_not_concerned(office):
    ask_and_change(office, question="prix")
    assert office.received() == []


def test_a_visitor_of_the_page_finds_it_in_his_inbox(office):
    ask_and_change(office, VISITOR)
    ((where, reply),) = office.messages("web")
    assert where.conversation == "inbox:v1" and "45 jours" in text_of(reply)


def test_what_was_asked_in_a_channel_is_told_in_private_or_nowhere(office):
    ask_and_change(office, where=room("C1"))
    assert office.received() == []  # nothing is known of him but the channel
    office.say(ANNE, "bonjour")
    office.say(ANNE, "délai", room("C1"))
    put(office, document("A", "2026-10-16", BEFORE))
    office.tick()
    assert [where for where, _ in office.received()] == ["T1:U1:"]


def test_after_a_day_nobody_is_told(office):
    put(office, document("A", "2026-03-16", BEFORE))
    office.say(ANNE, "délai")
    office.now += timedelta(days=2)
    put(office, document("A", "2026-09-16", AFTER))
    office.tick()
    assert office.received() == []
    assert office.box._rows("select * from recent_answers") == []  # the day's round forgets


def test_a_withdrawn_document_is_told(office):
    put(office, document("A", "2026-03-16", BEFORE))
    office.say(ANNE, "délai")
    before = dict(office.library.held)
    office.library.held.clear()
    told(office, before)
    office.tick()
    assert "retirée du Catalogue" in office.received()[0][1]


def test_whoever_may_no_longer_read_is_told_nothing(office):
    put(office, document("A", "2026-03-16", BEFORE))
    office.say(ANNE, "délai")
    put(office, document("A", "2026-09-16", AFTER))
    office.people = office.people.model_copy(update={"organisations": (), "persons": ()})
    office.tick()
    assert office.received() == []


def test_what_a_subscription_tells_at_once_is_told_once(office):
    office.press(ANNE, "subscribe:save", topic="all", every="now")
    ask_and_change(office)
    texts = [text for _, text in office.received()]
    assert len([t for t in texts if "45 jours" in t]) == 1
    assert not any("depuis hier" in t for t in texts)


def test_a_digest_does_not_hold_it_up(office):
    office.press(ANNE, "subscribe:save", topic="all", every="week")
    ask_and_change(office)
    assert "depuis hier" in office.received()[-1][1]


def test_nothing_is_kept_where_questions_are_not_recorded(office):
    office.router.services = replace(office.services, record_questions=False)
    ask_and_change(office)
    assert office.received() == []


def test_a_store_that_fails_costs_the_warning_not_the_answer(office, monkeypatch):
    put(office, document("A", "2026-03-16", BEFORE))

    def fails(*arguments):
        raise StoreUnavailable("disk")

    monkeypatch.setattr(office.recent, "note", fails)
    reply = office.say(ANNE, "délai")
    assert reply.parts[0].answer.short == "Le délai est de 30 jours."
