"""Where settings come from, and what is said of a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import CODE, RANGES, TABLE, TYPES, shown_value, variable
from bot.config_reading import read_settings, unknown_variables
from knowledge.phrases import Problem


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CATALOGUE_HOME", str(tmp_path))
    return tmp_path


def test_defaults_stand_under_the_home_folder(home):
    settings = read_settings()
    assert settings.index == home / "var/index"
    assert settings.lexicon == CODE / "knowledge/corpus/lexique.yaml"
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert settings.origins["home"] == "CATALOGUE_HOME"
    assert settings.origins["port"] == "default"


def test_without_a_home_the_checkout_is_it():
    assert read_settings(environ={}).home == CODE


def test_command_line_over_environment_over_file_over_default(home):
    (home / "catalogue-bot.toml").write_text('port = 1\ntop = 4\nhost = "a"\n', encoding="utf8")
    environ = {"CATALOGUE_HOME": str(home), "CATALOGUE_PORT": "2", "CATALOGUE_TOP": "5"}
    settings = read_settings({"port": ("3", "--port")}, environ)
    assert (settings.port, settings.top, settings.host) == (3, 5, "a")
    assert settings.origins["port"] == "--port"
    assert settings.origins["top"] == "CATALOGUE_TOP"
    assert settings.origins["host"] == str(home / "catalogue-bot.toml")
    assert settings.origins["retention_days"] == "default"


def test_a_relative_path_is_relative_to_where_it_was_given(home, monkeypatch):
    elsewhere = home / "elsewhere"
    elsewhere.mkdir()
    (home / "sub").mkdir()
    file = home / "sub" / "own.toml"
    file.write_text('index = "from-file"\n', encoding="utf8")
    monkeypatch.chdir(elsewhere)
    settings = read_settings(
        {"documents": ("docs", "--set"), "config_file": (str(file), "--config")}
    )
    assert settings.documents == elsewhere / "docs"
    assert settings.index == home / "sub" / "from-file"
    assert settings.database == home / "var/catalogue.sqlite"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("port", "80000"),
        ("port", "http"),
        ("top", "0"),
        ("record_questions", "perhaps"),
        ("language", "de"),
        ("audience_web", "supplier"),
        ("index", ""),
        ("log_level", "LOUD"),
        ("retention_days", "-1"),
    ],
)
def test_a_bad_value_is_named_with_its_key_and_its_origin(home, name, text):
    for lang in ("fr", "en"):
        with pytest.raises(Problem) as caught:
            read_settings({name: (text, "--set")})
        said = caught.value.text(lang)
        assert name in said and text in said and "--set" in said


def test_a_bad_secret_is_not_shown(home):
    with pytest.raises(Problem) as caught:
        read_settings({"token": ("s3cret\0", "--set")})
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("prot = 1", "port"),
        ("port = true", "True"),
        ("record_questions = 3", "record_questions"),
        ('host = ["a"]', "host"),
        ("port = = 1", "catalogue-bot.toml"),
        ('home = "/x"', "CATALOGUE_HOME"),
    ],
)
def test_a_bad_file_says_what_is_wrong_in_it(home, content, words):
    (home / "catalogue-bot.toml").write_text(content, encoding="utf8")
    with pytest.raises(Problem) as caught:
        read_settings()
    assert words in str(caught.value)


def test_a_file_that_was_asked_for_must_exist(home):
    with pytest.raises(Problem, match=r"nowhere\.toml"):
        read_settings({"config_file": ("nowhere.toml", "--config")})


def test_booleans_are_read_in_both_languages(home):
    for text, value in {"oui": True, "No": False, "1": True, "false": False}.items():
        assert read_settings({"record_questions": (text, "--set")}).record_questions is value


def test_secrets_are_masked_wherever_settings_are_shown(home):
    settings = read_settings({"token": ("s3cret-token", "--set")})
    assert "s3cret" not in repr(settings)
    assert shown_value(settings, "token") == "•••"
    assert shown_value(read_settings(), "token") == ""


def test_a_prompt_keeps_its_last_space(home):
    assert read_settings({"query_prompt": ("query: ", "--set")}).query_prompt == "query: "


def test_misspelt_variables_are_noticed():
    environ = {"CATALOGUE_PROT": "1", "CATALOGUE_PORT": "1", "CATALOGUE_VENV": "/x", "PATH": ""}
    assert unknown_variables(environ) == ["CATALOGUE_PROT"]


def test_the_table_is_complete():
    for name, entry in TABLE.items():
        assert variable(name) == f"CATALOGUE_{name.upper()}"
        assert entry.metadata["fr"] and entry.metadata["en"]
        assert (TYPES[name] is int) == (name in RANGES)
        assert not isinstance(entry.default, Path) or entry.metadata["fr"]
