"""The shipped documents, and the world of dossiers over them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dialogs.conftest import CorpusKnowledge, corpus, shipped  # noqa: F401 (fixtures)
from tests.dossier.world import Colleague, World


@pytest.fixture
def world(tmp_path: Path, corpus: CorpusKnowledge) -> World:  # noqa: F811
    corpus.documents_held = tuple(dict.fromkeys(document for document, _ in corpus.held))
    return World(tmp_path / "assistant.db", corpus)


@pytest.fixture
def camille(world: World) -> Colleague:
    return world.client()


@pytest.fixture
def alex(world: World) -> Colleague:
    return world.client("Alex")


@pytest.fixture
def dominique(world: World) -> Colleague:
    return world.adviser()
