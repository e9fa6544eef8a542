"""The off-topic messages shipped with the assistant: readable, varied in number, none twice."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from knowledge.offtopic import SHIPPED, load_offtopic

CATEGORIES = [
    "politesses",
    "services-publics",
    "autres-achats",
    "aide-informatique",
    "ressources-humaines",
    "nuage-public",
    "consignes",
    "culture-et-divers",
    "charabia",
    "presque",
    "technique",
    "organisations",
]
LONGEST = 120
FEWEST = 1000
# Words of the documents: a message that has one may hide a question that they answer.
OURS = (
    "courtier",
    "catalogue",
    "contrat specifique",
    "avenant",
    "fiche du fournisseur",
    "banc d'essai",
    "entente-cadre",
    "rencontre de demarrage",
    "nuage boreal",
    "stratus laurentides",
    "riviere-aux-pins",
)


def read(path: Path = SHIPPED) -> dict[str, list[Any]]:
    """Category → its messages, as YAML gives them."""
    return yaml.safe_load(path.read_text(encoding="utf8"))  # type: ignore[no-any-return]


def folded(text: str) -> str:
    """The message without case, accents, kind of apostrophe and doubled spaces."""
    plain = unicodedata.normalize("NFD", text.replace("’", "'").casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def messages() -> list[str]:
    return [text for group in read().values() for text in group]


def test_categories() -> None:
    """A broker may add a category; those the others rely on stay, and none is empty."""
    categories = read()
    assert set(CATEGORIES) <= set(categories)
    assert all(isinstance(group, list) and group for group in categories.values())


def test_every_message_is_text() -> None:
    """Unquoted, YAML would make "123" a number and "no" a truth value."""
    assert [text for text in messages() if not isinstance(text, str)] == []
    assert [text for text in messages() if text != text.strip() or not text] == []


def test_none_twice() -> None:
    assert [text for text, n in Counter(map(folded, messages())).items() if n > 1] == []


def test_length_and_number() -> None:
    assert [text for text in messages() if len(text) > LONGEST] == []
    assert len(messages()) >= FEWEST


def test_no_word_of_the_documents() -> None:
    """But in « presque », which asks of the guide's own subjects what it does not say."""
    others = [text for name, group in read().items() if name != "presque" for text in group]
    assert [text for text in others if any(word in folded(text) for word in OURS)] == []


def test_loaded_whole() -> None:
    assert load_offtopic() == tuple(messages())
