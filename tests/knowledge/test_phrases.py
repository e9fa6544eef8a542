from __future__ import annotations

import re
import string

from knowledge.phrases import say, table


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_take_the_same_fields() -> None:
    for key, texts in table().items():
        assert fields(texts["fr"]) == fields(texts["en"]), key


def test_french_typography() -> None:
    for key, texts in table().items():
        french = texts["fr"]
        assert "'" not in re.sub(r"«[^»]*»|`[^`]*`", "", french), f"{key}: apostrophe droite"
        assert not re.search(r"« | »|\S »", french.replace("\u00a0»", "")), f"{key}: guillemets"


def test_unknown_language_is_french() -> None:
    assert say("unanswered", "de") == say("unanswered", "fr")
