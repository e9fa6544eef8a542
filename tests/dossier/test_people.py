"""The file of people: what it says, its errors by line, its reloading; tokens."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.bootstrap import build_access
from bot.config import CODE
from bot.config_reading import read_settings
from bot.people import LARGEST, PeopleFile, read_people
from bot.people_tokens import make_token
from handlers.people import People, token_digest
from knowledge.phrases import Problem

EXAMPLE = CODE / "deploy" / "people.example.yaml"

TEXT = """\
organisations:
  mex:
    name: Ministère de l’Exemple
    rcti: true
    slack: [T1, T2]
    teams: 0123
people:
  jt:  # Julie
    name: "Julie
      Tremblay"
    organisation: mex
    slack: U1
  mg: {name: Marc Gagnon, role: broker}
broker:
  slack: {workspaces: [TB], groups: [SB]}
  teams: {tenants: [tb]}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "people.yaml"
    path.write_text(text, encoding="utf8")
    return path


def test_what_the_file_says(tmp_path):
    people = read_people(written(tmp_path, TEXT))
    organisation, julie = people.organisation("mex"), people.person("jt")
    assert organisation.rcti and not organisation.itq
    assert organisation.workspaces.of("slack") == ("T1", "T2")
    assert organisation.workspaces.of("teams") == ("0123",)  # as written, not the number 83
    assert organisation.workspaces.of("web") == ()
    assert julie.name == "Julie Tremblay" and julie.role == "client"
    assert people.person("mg").organisation is None
    assert people.broker.workspaces.of("teams") == ("tb",)
    assert people.broker.groups.of("slack") == ("SB",)


def test_the_example_is_a_good_file():
    people = read_people(EXAMPLE)
    assert len(people.organisations) == 2 and len(people.persons) == 2


@pytest.mark.parametrize("text", ["", "# nobody\n", "people:\norganisations:\n", "---\n"])
def test_an_empty_file_names_nobody(tmp_path, text):
    assert read_people(written(tmp_path, text)) == People()


def test_no_file_is_no_error(tmp_path):
    assert read_people(tmp_path / "people.yaml") is None


@pytest.mark.parametrize(
    ("key", "line", "text"),
    [
        ("yaml", 2, "organisations:\n\tmex: {}\n"),
        ("yaml", 4, "organisations:\n  mex:\n    name: [a\nx: y\n"),
        ("yaml", 2, "organisations:\n  mex: \x07\n"),
        ("mapping", 1, "- a\n- b\n"),
        ("mapping", 2, "organisations:\n  - mex\n"),
        ("mapping", 2, "people:\n  jt: Julie\n"),
        ("key", 1, "personnes: {}\n"),
        ("key", 3, "organisations:\n  mex:\n    nom: Mex\n"),
        ("key", 2, "broker:\n  web: {}\n"),
        ("key", 3, "broker:\n  teams:\n    workspaces: [a]\n"),
        ("twice", 4, "organisations:\n  mex:\n    name: a\n    name: b\n"),
        ("twice", 3, "organisations:\n  mex: {name: a}\n  mex: {name: b}\n"),
        ("id", 2, "organisations:\n  Été:\n    name: a\n"),
        ("id", 2, "organisations:\n  ? [a]\n  : {name: a}\n"),
        ("name", 2, "organisations:\n  mex:\n    rcti: true\n"),
        ("name", 2, 'organisations:\n  mex:\n    name: "  "\n'),
        ("flag", 4, "organisations:\n  mex:\n    name: a\n    rcti: peut-être\n"),
        ("text", 4, "organisations:\n  mex:\n    name: a\n    slack: [[T1]]\n"),
        ("text", 3, "organisations:\n  mex:\n    name:\n"),
        ("homeless", 2, "people:\n  jt:\n    name: Julie\n"),
        ("organisation", 4, "people:\n  jt:\n    name: J\n    organisation: mex\n"),
        ("role", 4, "people:\n  jt:\n    name: J\n    role: admin\n"),
        ("token", 3, "people:\n  jt:\n    token: my-secret\n    name: J\n    role: broker\n"),
        (
            "shared",
            3,
            "people:\n  a: {name: A, role: broker, slack: [U1]}\n"
            "  b: {name: B, role: broker, slack: [U2, U1]}\n",
        ),
    ],
)
def test_every_mistake_is_told_with_its_line(tmp_path, key, line, text):
    with pytest.raises(Problem) as caught:
        read_people(written(tmp_path, text))
    assert caught.value.key == f"config.people_{key}"
    assert caught.value.values["line"] == line
    for lang in ("fr", "en"):
        said = caught.value.text(lang)
        assert "people.yaml" in said and str(line) in said and "my-secret" not in said


def test_what_is_no_text_or_too_large_is_refused(tmp_path):
    path = tmp_path / "people.yaml"
    path.write_bytes("organisations:\n  a: {name: é}\n".encode("latin-1"))
    with pytest.raises(Problem) as caught:
        read_people(path)
    assert (caught.value.key, caught.value.values["line"]) == ("config.people_encoding", 2)
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(Problem, match="5 Mo"):
        read_people(path)
    with pytest.raises(Problem) as caught:
        read_people(tmp_path)  # a folder
    assert caught.value.key == "config.people_unreadable"


def touch(path: Path, text: str) -> None:
    """Writes the file with a time of its own, however coarse the file system's clock."""
    later = path.stat().st_mtime_ns + 10**9 if path.exists() else None
    path.write_text(text, encoding="utf8")
    if later:
        os.utime(path, ns=(later, later))


def test_it_is_read_again_when_it_changes_and_only_then(tmp_path):
    path, readings = written(tmp_path, TEXT), []

    def read(path: Path) -> People | None:
        readings.append(path)
        return read_people(path)

    people = PeopleFile(path, read)
    assert people().person("jt") and people().person("jt") and len(readings) == 1
    touch(path, TEXT.replace("jt:", "julie:"))
    assert people().person("julie") and people().person("jt") is None and len(readings) == 2


def test_broken_while_running_the_last_good_reading_stays(tmp_path, caplog):
    path = written(tmp_path, TEXT)
    people = PeopleFile(path)
    touch(path, TEXT + "oups: 1\n")
    with caplog.at_level(logging.ERROR):
        assert people().person("jt") and people().person("jt")
    assert len(caplog.records) == 1 and "ligne 17" in caplog.text
    touch(path, TEXT.replace("Julie", "Julia"))
    assert people().person("jt").name == "Julia Tremblay"


def test_gone_while_running_nobody_is_known_rather_than_everybody_local(tmp_path):
    path = written(tmp_path, TEXT)
    people = PeopleFile(path)
    path.unlink()
    assert people() == People()


def test_a_file_that_appears_is_read(tmp_path):
    people = PeopleFile(tmp_path / "people.yaml")
    assert people() is None
    written(tmp_path, TEXT)
    assert people().person("jt")


def test_broken_at_the_start_it_stops_the_program(tmp_path):
    with pytest.raises(Problem):
        PeopleFile(written(tmp_path, "x: 1\n"))


def test_a_file_asked_for_must_be_there(tmp_path):
    environ = {"CATALOGUE_HOME": str(tmp_path)}
    assert build_access(read_settings({}, environ)).people() is None
    given = {"people": (str(tmp_path / "autre.yaml"), "--set")}
    with pytest.raises(Problem, match="--set"):
        build_access(read_settings(given, environ))


@pytest.mark.parametrize("person", ["jtremblay", "mgagnon"])
def test_a_token_is_written_as_a_digest_and_the_rest_stays(tmp_path, person):
    path = Path(shutil.copy(EXAMPLE, tmp_path / "people.yaml"))
    path.chmod(0o640)
    before = path.read_text("utf8")
    people, token = make_token(path, person)
    assert people.by_token(token).id == person and len(token) >= 32
    after = path.read_text("utf8")
    assert token not in after and token_digest(token) in after
    kept = [line for line in after.split("\n") if token_digest(token) not in line]
    assert kept == before.split("\n")
    assert path.stat().st_mode & 0o777 == 0o640
    again, second = make_token(path, person)
    assert again.by_token(token) is None and again.by_token(second).id == person
    assert after.count("\n") == path.read_text("utf8").count("\n")
    assert [p.name for p in tmp_path.iterdir()] == ["people.yaml"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (None, "none"),
        ("people:\n  x: {name: X, role: broker}\n", "unknown"),
        ("people:\n  jt: {name: J, role: broker}\n", "layout"),
    ],
)
def test_a_token_that_cannot_be_made_changes_nothing(tmp_path, text, key):
    path = tmp_path / "people.yaml" if text is None else written(tmp_path, text)
    with pytest.raises(Problem) as caught:
        make_token(path, "jt")
    assert caught.value.key == f"config.people_{key}"
    assert text is None or path.read_text("utf8") == text


def test_a_token_that_stands_on_one_line_with_others_is_replaced_there(tmp_path):
    text = f"people:\n  jt: {{name: J, role: broker, token: {'0' * 64}}}\n"
    people, token = make_token(written(tmp_path, text), "jt")
    assert people.by_token(token).id == "jt"
    assert people.by_token("") is None


def test_the_command_lists_and_makes_tokens(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CATALOGUE_HOME", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "fr_CA.UTF-8")
    assert main(["people"]) == 0
    assert "organisation_local" in capsys.readouterr().out
    written(tmp_path, TEXT)
    assert main(["people", "--token", "jt"]) == 0
    name, token = capsys.readouterr().out.strip().split("\n")
    assert "Julie Tremblay" in name
    assert read_people(tmp_path / "people.yaml").by_token(token).id == "jt"
    assert main(["people"]) == 0
    listed = capsys.readouterr().out
    assert "jt: Julie Tremblay · mex · clientèle · slack, web" in listed
    assert "Organisations : 1".replace(" :", "\u00a0:") in listed
    assert token not in listed and token_digest(token) not in listed
    assert main(["people", "--token", "nobody"]) == 2
    assert "nobody" in capsys.readouterr().err
