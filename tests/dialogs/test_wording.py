"""The dialogs' own wording: typeset as Québec French, the same {fields} in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter

import pytest
from pydantic import BaseModel

from knowledge.dialog import Localised
from knowledge.dialog_file import load_dialogs


def wordings(value: object, where: str = "") -> Iterator[tuple[str, Localised]]:
    """Every sentence of a dialog, with the way to it."""
    if isinstance(value, Localised):
        yield where, value
    elif isinstance(value, BaseModel):
        for name, inner in value:
            yield from wordings(inner, f"{where}/{name}")
    elif isinstance(value, tuple):
        for i, inner in enumerate(value):
            yield from wordings(inner, f"{where}/{getattr(inner, 'id', i)}")


ALL = [pair for dialog in load_dialogs().values() for pair in wordings(dialog, dialog.id)]


def test_every_sentence_is_found():
    assert len(ALL) > 300


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_apostrophes_and_quotation_marks(lang):
    for where, text in ALL:
        assert "'" not in text.text(lang), f"{where}: apostrophe droite"
        assert '"' not in text.text(lang), f"{where}: guillemet droit"


def test_french_spaces():
    for where, text in ALL:
        assert not re.search(r"« | »| [:;?!](?!\w)", text.fr), where
        assert not re.search(r"\S[«»](?=\w)", text.fr), where


def test_english_has_no_french_marks():
    for where, text in ALL:
        assert not re.search(r"[«»]|\s[:;?!]", text.en), where


def test_both_languages_take_the_same_fields():
    for where, text in ALL:
        fields = [
            {name for _, name, _, _ in Formatter().parse(t) if name} for t in (text.fr, text.en)
        ]
        assert fields[0] == fields[1], where
