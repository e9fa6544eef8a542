"""A dialog's file that is wrong is refused, with the file's name and the line."""

from __future__ import annotations

import pytest

from knowledge.dialog_file import DialogProblem, load_dialog, load_dialogs

GOOD = """\
id: exemple
title: {fr: Exemple, en: Example}
text: {fr: Un exemple, en: An example}
commands: [exemple]
subject: person
start: premiere
questions:
  - id: premiere
    title: {fr: Une question, en: A question}
    cites: [{section: "2.4"}]
    fields:
      - name: rcti
        kind: choice
        required: true
        label: {fr: Choix, en: Choice}
        choices:
          - {value: oui, label: {fr: Oui, en: "Yes"}}
          - {value: inconnu, label: {fr: Je ne sais pas, en: I don't know}}
      - {name: jour, kind: date, least: "2020-01-01", label: {fr: Jour, en: Day}}
    next:
      - {when: may_be_under_rcti, to: seconde}
      - {to: fin}
  - id: seconde
    title: {fr: Une autre, en: Another}
    cites: [{section: "3.5"}]
    fields:
      - {name: mot, kind: text, label: {fr: Mot, en: Word}}
    next: [{to: fin}]
outcomes:
  - id: fin
    status: {fr: Fini, en: Done}
    tone: note
    title: {fr: La fin, en: The end}
    text: {fr: C’est fini, en: It is over}
    cites: [{section: "5.1"}]
    notes:
      - {compute: rcti_unknown, text: {fr: "À vérifier", en: To check}}
    listings:
      - id: table
        title: {fr: Un tableau, en: A table}
        columns: [{fr: A, en: A}, {fr: B, en: B}]
        items:
          - {id: un, cells: [{fr: a, en: a}, {fr: b, en: b}]}
"""

# what is put in place of what, the phrase that tells it, and the line told
WRONG = {
    "predicate": ("when: may_be_under_rcti", "when: nobody_knows", "predicate", 21),
    "target": ("{to: fin}\n  - id: seconde", "{to: ailleurs}\n  - id: seconde", "target", 22),
    "start": ("start: premiere", "start: ailleurs", "target", 6),
    "dead end": ("      - {to: fin}\n  - id: seconde", "  - id: seconde", "dead_end", 20),
    "loop": ("next: [{to: fin}]", "next: [{to: premiere}]", "loop", 8),
    "uncited outcome": ('    cites: [{section: "5.1"}]\n', "", "uncited", 30),
    "nothing cited": ('cites: [{section: "5.1"}]', "cites: []", "uncited", 35),
    "no such section": ('section: "3.5"', 'section: "9.9"', "section", 25),
    "id twice": ("- id: seconde", "- id: premiere", "twice", 23),
    "field twice": ("name: mot", "name: rcti", "twice", 27),
    "key twice": ("start: premiere", "id: autre\nstart: premiere", "twice", 6),
    "no English": (', en: "Yes"', "", "language", 17),
    "no unknown": ("value: inconnu", "value: jamais", "no_unknown", 12),
    "required date": ("kind: date,", "kind: date, required: true,", "required", 19),
    "bad bound": ('least: "2020-01-01"', "least: bientôt", "bound", 19),
    "unread field": ("name: rcti", "name: regime", "unasked", 21),
    "unknown word": ("    tone: note\n", "    tone: note\n    colour: red\n", "unknown", 33),
    "bad tone": ("tone: note", "tone: loud", "wrong", 32),
    "bad id": ("- id: seconde", "- id: Deux mots", "wrong", 23),
    "remark's field": ("À vérifier", "À vérifier {earliest}", "field", 37),
    "attribute": ("À vérifier", "À {rcti.__class__}", "field", 37),
    "open brace": ("À vérifier", "À vérifier {", "field", 37),
    "short row": (", {fr: b, en: b}", "", "cells", 43),
    "unreached": ("      - {when: may_be_under_rcti, to: seconde}\n", "", "unreached", 22),
    "never": ("when: may_be_under_rcti, to", "to", "never", 21),
    "leading": ("{value: oui, ", "{value: oui, to: nulle_part, ", "target", 17),
    "not YAML": ("commands: [exemple]", "commands: [exemple", "yaml", 5),
    "missing": ("subject: person\n", "", "missing", 1),
}


# Aliases of aliases: ten to the ninth values in a few lines.
LAUGHS = b"".join(
    b"%c: &%c [%s]\n" % (name, name, b", ".join([b"*%c" % (name - 1)] * 10)) for name in b"bcdefghi"
)


def refused(folder, text, name="exemple.yaml"):
    (folder / name).write_text(text, encoding="utf8")
    with pytest.raises(DialogProblem) as caught:
        load_dialogs(folder)
    return caught.value


def test_the_example_is_good(tmp_path):
    (tmp_path / "exemple.yaml").write_text(GOOD, encoding="utf8")
    assert load_dialog(tmp_path / "exemple.yaml").id == "exemple"


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_its_line(name, tmp_path):
    old, new, key, line = WRONG[name]
    assert GOOD.count(old) == 1, "the change must hit one place"
    problem = refused(tmp_path, GOOD.replace(old, new))
    told = [
        (mistake.key.removeprefix("dialogs.file."), mistake.line) for mistake in problem.mistakes
    ]
    assert (key, line) in told, told
    assert f"exemple.yaml:{line}" in problem.text("fr") and problem.text("en")


def test_all_mistakes_are_told_at_once_in_order(tmp_path):
    text = GOOD.replace('section: "3.5"', 'section: "9.9"').replace("tone: note", "tone: loud")
    text = text.replace("to: seconde", "to: ailleurs")
    refused(tmp_path, text)
    (tmp_path / "other.yaml").write_text(GOOD.replace("start: p", "start: q"), encoding="utf8")
    with pytest.raises(DialogProblem) as caught:
        load_dialogs(tmp_path)
    assert {mistake.file for mistake in caught.value.mistakes} == {"exemple.yaml", "other.yaml"}


def test_two_files_may_not_share_a_command_nor_start_what_is_not_there(tmp_path):
    steps = "    steps: [{text: {fr: Suite, en: Next}, dialog: nulle-part}]\n"
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf8")
    problem = refused(tmp_path, GOOD.replace("id: exemple", "id: autre") + steps, "b.yaml")
    told = {(m.file, m.line, m.key, m.values["name"]) for m in problem.mistakes}
    assert told == {
        ("b.yaml", 4, "dialogs.file.twice", "exemple"),
        ("b.yaml", 44, "dialogs.file.target", "nulle-part"),
    }


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"\xff\xfe\x00", "unreadable"),
        (b"- un\n- deux\n", "wrong"),
        (b"", "wrong"),
        (b"id: " + b"x" * 600_000, "long"),
        (b"a: &a\n  b: *a\n", "deep"),
        (b"a: &a [x, x, x, x, x, x, x, x, x, x]\n" + LAUGHS, "deep"),
    ],
)
def test_what_is_no_dialog_at_all(content, key, tmp_path):
    (tmp_path / "x.yaml").write_bytes(content)
    with pytest.raises(DialogProblem) as caught:
        load_dialogs(tmp_path)
    assert f"dialogs.file.{key}" in {mistake.key for mistake in caught.value.mistakes}
