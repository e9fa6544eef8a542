"""The parts put together: entered by the door that the program uses, with a fake engine."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest

from bot.bootstrap import MemorySessions, build_app, build_engine, forget_old, prepare_process
from bot.config_reading import read_settings
from handlers.conversation import Address, AnswerPart
from knowledge.phrases import Problem
from tests.assistant_fakes import FakeKnowledge, incoming


def app(tmp_path, **given: str):
    environ = {"CATALOGUE_HOME": str(tmp_path)}
    settings = read_settings({name: (text, "--set") for name, text in given.items()}, environ)
    return build_app(settings, engine=FakeKnowledge())


def test_a_question_goes_through_and_is_recorded_in_the_file(tmp_path):
    assistant = app(tmp_path)
    part = assistant.router.reply(incoming("délai?", channel="web")).parts[0]
    assert isinstance(part, AnswerPart)
    kept = assistant.storage.question(part.record)
    assert kept and kept.question == "délai?" and kept.at.tzinfo is not None
    assert assistant.engine.asked[0][1]["audience"] == "client"
    assistant.storage.close()


def test_the_settings_decide_the_audience_of_each_channel(tmp_path):
    assistant = app(tmp_path, audience_web="outsider", audience_console="broker", top="7")
    for channel in ("web", "console", "slack"):
        assistant.router.reply(incoming("délai?", channel=channel))
    options = [asked for _, asked in assistant.engine.asked]
    assert [o["audience"] for o in options] == ["outsider", "broker", "outsider"]
    assert {o["top"] for o in options} == {7}
    assistant.storage.close()


def test_without_recording_no_file_is_made_and_follow_ups_still_work(tmp_path):
    assistant = app(tmp_path, record_questions="non")
    assistant.router.reply(incoming("délai?"))
    assistant.router.reply(incoming("et là?"))
    assert assistant.engine.asked[1][1]["previous"] == "délai?"
    assert not (tmp_path / "var").exists()


def test_memory_sessions_stay_within_their_limit():
    sessions = MemorySessions(limit=2)
    places = [Address(channel="web", conversation=str(n)) for n in range(3)]
    for place in places:
        sessions.remember(place, place.conversation, datetime.now(UTC))
    assert [sessions.last_question(place) for place in places] == [None, "1", "2"]


def test_where_nothing_can_be_written_the_answer_is_given_all_the_same(tmp_path, caplog):
    (tmp_path / "var").write_text("a file where the folder should be", encoding="utf8")
    assistant = app(tmp_path)
    forget_old(assistant)
    parts = assistant.router.reply(incoming("délai?")).parts
    assert isinstance(parts[0], AnswerPart) and parts[0].record == ""
    assert "not recorded" in caplog.text


def test_the_engine_is_opened_only_when_asked(tmp_path):
    engine = build_engine(read_settings(environ={"CATALOGUE_HOME": str(tmp_path)}))
    with pytest.raises(Problem) as caught:
        engine.answer("délai?")
    assert caught.value.key == "index_missing"


def test_the_log_keeps_libraries_quiet(tmp_path):
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        root.handlers.clear()
        prepare_process(read_settings({"log_level": ("info", "--set")}, {}))
        assert root.level == logging.WARNING
        assert logging.getLogger("handlers").isEnabledFor(logging.INFO)
        assert root.handlers[0].level == logging.INFO
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        for room in ("bot", "handlers", "knowledge", "indexer"):
            logging.getLogger(room).setLevel(logging.NOTSET)
