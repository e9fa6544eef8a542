"""The command line from outside: what is typed, stdout, stderr, exit code."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

import bot.bootstrap
from bot import exits
from bot.__main__ import COMMANDS, build_parser, main
from bot.commands.ask import batch_lines
from bot.config import CODE
from bot.parser import locale_language
from knowledge.phrases import Problem, say
from tests.assistant_fakes import FakeKnowledge


class FakeEngine(FakeKnowledge):
    """The engine as the commands see it."""

    def rank(self, question: str, **options: object) -> list[object]:
        return []


@pytest.fixture
def engine(monkeypatch, tmp_path):
    fake = FakeEngine()
    monkeypatch.setattr(bot.bootstrap, "build_engine", lambda settings: fake)
    monkeypatch.setenv("CATALOGUE_HOME", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "fr_CA.UTF-8")
    return fake


def outcome(capsys, *argv: str) -> tuple[int, str, str]:
    """Exit code, stdout, stderr of one command."""
    try:
        code = main(argv)
    except SystemExit as stop:
        code = int(stop.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def batch(capsys, monkeypatch, content: bytes, *argv: str) -> tuple[int, list[dict[str, object]]]:
    """Exit code and rows of a batch read from stdin."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    code, out, _ = outcome(capsys, "ask", "--batch", "-", "--json", *argv)
    return code, [json.loads(line) for line in out.splitlines()]


def test_one_question_in_json_has_the_keys_agreed_upon(engine, capsys):
    code, out, err = outcome(capsys, "ask", "délai?", "--json", "--as", "broker", "--top", "1")
    row = json.loads(out)
    assert (code, err) == (exits.SUCCESS, "")
    assert list(row) == ["q", "status", "short", "citations", "suggestions", "seconds"]
    assert list(row["citations"][0]) == [
        "document", "title", "kind", "version", "section", "heading", "page", "source",
        "official", "text", "score",
    ]  # fmt: skip
    assert row["citations"][0]["version"] == "2026-09-08"
    assert engine.asked[0][1] == {"audience": "broker", "lang": None, "top": 1, "previous": None}


def test_one_question_in_words(engine, capsys):
    code, out, _ = outcome(capsys, "ask", "délai?")
    assert code == exits.SUCCESS
    assert "Texte du passage 1." in out and "[1] Fiche Exemple" in out and "Utile" not in out


def test_courtesies_too_go_to_the_engine(engine, capsys):
    outcome(capsys, "ask", "bonjour")
    assert engine.asked[0][0] == "bonjour"


def test_a_batch_keeps_order_and_unknown_keys_and_survives_broken_lines(
    engine, capsys, monkeypatch
):
    lines = [
        '{"q": "un?", "id": 7, "tags": ["é", null], "status": "mine"}',
        "{broken",
        "",
        '["q"]',
        '{"id": 8}',
        '{"q": 3, "id": 9}',
        '{"q": "", "id": 10}',
        '{"q": "boum", "id": 11}',
        '{"q": "et deux?", "previous": "un?"}',
        '{"q": "\\ud800"}',
        '{"q": NaN}',
        "[" * 100_000,
        '{"q": "inconnu"}',
        "",
    ]
    content = "\n".join(lines).encode() + b"\n\xff\xfe\n\n"
    code, rows = batch(capsys, monkeypatch, content)
    assert code == exits.PARTIAL
    assert len(rows) == 15
    assert rows[0]["q"] == "un?" and rows[0]["id"] == 7 and rows[0]["tags"] == ["é", None]
    assert rows[0]["status"] == "answered" and "error" not in rows[0]
    broken = {1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 13, 14}
    assert {i for i, row in enumerate(rows) if "error" in row} == broken
    assert rows[4]["id"] == 8 and rows[5] == {"error": rows[5]["error"], "q": 3, "id": 9}
    assert rows[6]["status"] == "refused" and rows[6]["citations"] == []
    assert rows[7]["q"] == "boum" and rows[7]["id"] == 11
    assert rows[8]["previous"] == "un?" and engine.asked[-2][1]["previous"] == "un?"
    assert rows[12]["status"] == "unanswered" and rows[12]["suggestions"] == ["Titre voisin"]


def test_a_batch_without_trouble_ends_well_and_its_own_error_key_is_not_one(
    engine, capsys, monkeypatch
):
    code, rows = batch(capsys, monkeypatch, b'\xef\xbb\xbf{"q": "un?", "error": 0}\r\n')
    assert code == exits.SUCCESS and rows[0]["error"] == 0


def test_batch_lines_count_empty_ones_only_before_others():
    assert list(batch_lines(io.BytesIO(b"\na\n\n\nb\n\n"))) == [b"", b"a\n", b"", b"", b"b\n"]


def test_a_batch_file_that_is_not_there(engine, capsys):
    code, out, err = outcome(capsys, "ask", "--batch", "nowhere.jsonl")
    assert (code, out) == (exits.BAD_INPUT, "") and err.count("\n") == 1 and "nowhere" in err


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        ((), exits.USAGE, "COMMANDE"),
        (("nope",), exits.USAGE, "nope"),
        (("ask",), exits.USAGE, "QUESTION"),
        (("ask", "a", "--nope"), exits.USAGE, "--nope"),
        (("ask", "a", "--lang"), exits.USAGE, "--lang"),
        (("ask", "a", "--top", "x"), exits.USAGE, "top"),
        (("ask", "a", "--as", "roi"), exits.USAGE, "roi"),
        (("ask", "a", "--set", "port"), exits.USAGE, "NOM=VALEUR"),
        (("--set", "prot=1", "config"), exits.USAGE, "port"),
        (("config", "--config", "nowhere.toml"), exits.USAGE, "nowhere.toml"),
        (("ask", ""), exits.BAD_INPUT, "question"),
        (("ask", "a" * 10_000), exits.BAD_INPUT, "10000"),
        (("ask", "vide"), exits.NO_INDEX, "catalogue-bot index"),
        (("ask", "boum"), exits.FAILURE, "ValueError"),
        (("eval", "--questions", "nowhere.yaml"), exits.BAD_INPUT, "nowhere.yaml"),
        (("serve", "--host", "0.0.0.0"), exits.USAGE, "0.0.0.0"),
    ],
)
def test_an_error_is_one_line_on_stderr_and_a_code_that_means_something(
    engine, capsys, argv, code, words
):
    got, out, err = outcome(capsys, *argv)
    assert (got, out) == (code, "")
    assert err.count("\n") == 1 and words in err and "Traceback" not in err


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_every_command_in_both_languages(lang, command, capsys):
    from bot.__main__ import command_modules

    module = next(m for m in command_modules() if m.__name__.endswith("." + command))
    with pytest.raises(SystemExit) as stop:
        build_parser(lang).parse_args([module.NAME, "--help"])
    assert stop.value.code == 0
    out = capsys.readouterr().out
    assert out.startswith(say("cli.usage", lang))
    # Wrapped over lines: compare without spaces.
    assert "".join(say(f"cli.{module.NAME}.help", lang).split()) in "".join(out.split())


@pytest.mark.parametrize(
    ("environ", "lang"),
    [
        ({}, "fr"),
        ({"LANG": "C"}, "fr"),
        ({"LANG": "C.UTF-8"}, "fr"),
        ({"LANG": "fr_CA.UTF-8"}, "fr"),
        ({"LANG": "en_CA.UTF-8"}, "en"),
        ({"LANG": "en_CA", "LC_ALL": "fr_CA"}, "fr"),
        ({"LANG": "fr_CA", "LC_MESSAGES": "en_US"}, "en"),
        ({"LANG": "en_CA", "LC_ALL": ""}, "en"),
    ],
)
def test_the_language_follows_the_locale(environ, lang):
    assert locale_language(environ) == lang


def test_config_tells_every_setting_its_value_and_origin_and_no_secret(engine, capsys, monkeypatch):
    monkeypatch.setenv("CATALOGUE_TOKEN", "s3cret-token-of-mine")
    code, out, err = outcome(capsys, "config", "--set", "port=9000")
    assert code == exits.SUCCESS and "s3cret" not in out + err
    assert "port = 9000" in out and "--set" in out and "CATALOGUE_TOKEN" in out
    rows = {row["name"]: row for row in json.loads(outcome(capsys, "config", "--json")[1])}
    assert rows["token"] == {"name": "token", "value": "•••", "origin": "CATALOGUE_TOKEN"}


def test_set_holds_before_and_after_the_command(engine, capsys):
    out = outcome(capsys, "--set", "port=9000", "config", "--set", "top=5", "--json")[1]
    values = {row["name"]: row["value"] for row in json.loads(out)}
    assert (values["port"], values["top"]) == ("9000", "5")


def test_a_misspelt_variable_is_told_but_stops_nothing(engine, capsys, monkeypatch):
    monkeypatch.setenv("CATALOGUE_PROT", "1")
    code, _, err = outcome(capsys, "config")
    assert code == exits.SUCCESS and "CATALOGUE_PROT" in err


def test_ctrl_c_ends_with_its_code(engine, capsys, monkeypatch):
    def stop(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(engine, "answer", stop)
    assert outcome(capsys, "ask", "délai?")[0] == exits.INTERRUPTED


def test_eval_prints_its_tables(engine, capsys, tmp_path):
    path = tmp_path / "q.yaml"
    path.write_text(
        "- {id: a, q: 'délai?', sections: ['1'], fact: PASSAGE 1, document: fiche-exemple}\n"
        "- {id: b, q: inconnu, out: true, kind: near}\n",
        encoding="utf8",
    )
    code, out, _ = outcome(capsys, "eval", "--questions", str(path), "--failures")
    assert code == exits.SUCCESS and say("cli.eval.first") in out and "near" in out
    figures = json.loads(outcome(capsys, "eval", "--questions", str(path), "--json")[1])
    whole = figures["ways"]["whole"]
    assert (whole["first"], whole["fact"], whole["out_refused"]) == (1.0, 1.0, 1.0)
    assert figures["ways"]["lexical"]["first"] == 0.0 and figures["missed"] == []


def test_chat_reads_lines_until_they_end(engine, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("délai?\n1\n"))
    code, out, _ = outcome(capsys, "chat")
    assert code == exits.SUCCESS and "Texte du passage 1." in out


def test_a_reader_that_goes_away_is_no_error_message():
    environ = os.environ | {"LC_ALL": "C"}
    script = f"{sys.executable} -m bot config; echo code $? >&2"
    pipe = subprocess.run(
        ["bash", "-c", f"{{ {script}; }} | true"],
        env=environ, cwd=CODE, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in pipe.stderr and "Error" not in pipe.stderr
    assert f"code {exits.BROKEN_PIPE}" in pipe.stderr or "code 0" in pipe.stderr


def test_help_comes_at_once():
    script = (
        "import sys, bot.__main__ as m; m.build_parser('fr').format_help(); "
        "print([n for n in ('torch', 'numpy', 'pydantic', 'aiohttp') if n in sys.modules])"
    )
    out = subprocess.run(
        [sys.executable, "-c", script], cwd=CODE, capture_output=True, text=True, timeout=60
    )
    assert out.stdout.strip() == "[]", out.stderr


def test_problems_of_every_family_have_a_code():
    assert exits.exit_code(Problem("index_missing").key) == exits.NO_INDEX
    assert exits.exit_code("config.bad_int") == exits.USAGE
    assert exits.exit_code("question.empty") == exits.BAD_INPUT
