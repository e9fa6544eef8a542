"""A small library of documents and a deterministic encoder: no torch, milliseconds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from knowledge import answer, retrieval
from knowledge.analysis import terms
from knowledge.calibration import NOTED, PLAIN, Fitted
from knowledge.embedding import EncoderInfo, Vectors
from knowledge.engine import Engine
from knowledge.index import set_current, write_revision
from knowledge.passages import Document, Passage
from knowledge.views import View, views_of

DIMENSION = 64


class BagEncoder:
    """Each stem has its own random direction: texts that share words are near each other."""

    dictionary = frozenset({"chevreuil", "permis"})

    def __init__(self, name: str = "bag") -> None:
        self.info = EncoderInfo(name=name, digest=name, dimension=DIMENSION)

    def encode_query(self, text: str) -> Vectors:
        vector = np.full(DIMENSION, 1e-3, dtype=np.float32)
        for term in terms(text):
            seed = int.from_bytes(hashlib.sha256(term.encode()).digest()[:4], "little")
            vector += np.random.default_rng(seed).normal(size=DIMENSION).astype(np.float32)
        unit: Vectors = (vector / np.linalg.norm(vector)).astype(np.float32)
        return unit

    def encode_passages(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        return np.stack([self.encode_query(text) for text in texts])


def document(name: str, **fields: object) -> Document:
    values: dict[str, object] = {
        "id": name,
        "kind": "guide",
        "title": name,
        "source": f"{name}.md",
        "digest": "0",
        **fields,
    }
    return Document.model_validate(values)


GUIDE = document("guide", version=date(2021, 7, 22), official=False, label="reformulé")
OLD = document("fiche-boreal", kind="fiche", supplier="Nuage Boréal", version=date(2026, 3, 16))
NEW = document("fiche-boreal", kind="fiche", supplier="Nuage Boréal", version=date(2026, 9, 8))
SECRET = document("notes-internes", kind="autre", audience="broker")
OPEN = document("depliant", kind="autre", audience="public")


def passages() -> list[Passage]:
    texts = [
        (
            GUIDE,
            "3.5",
            "Conclure un contrat",
            "La rencontre de démarrage est obligatoire. Prévoyez "
            "un délai minimal de 30 jours avant la signature par le fournisseur.",
        ),
        (
            GUIDE,
            "2.4",
            "Clientèle admissible",
            "ITQ est admissible pour ses propres besoins. Les "
            "autres organismes visés par le décret utilisent le nuage gouvernemental.",
        ),
        (
            GUIDE,
            "4.13",
            "Traiter les documents",
            "Le contrat signé se conserve 7 ans et sa copie "
            "parvient au Courtier dans les 5 jours ouvrables.",
        ),
        (OLD, "6", "Banc d’essai", "Le banc d’essai de Boréal dure 15 jours à distance."),
        (NEW, "6", "Banc d’essai", "Le banc d’essai de Boréal dure 30 jours à distance."),
        (SECRET, None, "Négociation", "La stratégie secrète zirconium vise une remise de 40 %."),
        (OPEN, None, "Dépliant", "Le dépliant public présente le Catalogue en ligne."),
    ]
    found = [
        Passage(
            document=d.key,
            position=i,
            section=s,
            heading=h,
            path=(d.title, f"{s}. {h}" if s else h),
            text=t,
        )
        for i, (d, s, h, t) in enumerate(texts)
    ]
    contact = Passage(
        document=GUIDE.key,
        position=7,
        section="6",
        heading="Courtier en infonuagique",
        path=("Guide", "6. Contacts", "Courtier en infonuagique"),
        form="contact",
        text="Courtier en infonuagique. Écrivez à courtier@exemple.example pour le Catalogue.",
    )
    return [*found, contact]


DOCUMENTS = (GUIDE, OLD, NEW, SECRET, OPEN)


def publish(
    root: Path,
    name: str,
    found: Sequence[Passage],
    encoder: BagEncoder,
    documents: Sequence[Document] = DOCUMENTS,
) -> Path:
    """Writes a revision and puts it in force."""
    by_key = {d.key: d for d in documents}
    views: list[View] = []
    for number, passage in enumerate(found):
        views += views_of(number, passage, by_key[passage.document])
    write_revision(
        root / "revisions" / name,
        created="2026-01-01T00:00:00+00:00",
        encoder=encoder.info,
        documents=documents,
        passages=found,
        views=views,
        vectors=encoder.encode_passages([v.text for v in views]),
    )
    set_current(root, name)
    return root / "revisions" / name


@pytest.fixture(autouse=True)
def plain_abstention(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fitted model belongs to the shipped encoder; here shared words decide."""
    weights = {**dict.fromkeys(NOTED.abstention, 0.0), "coverage": 10.0, "bias": -3.0}
    model = Fitted(ranking=PLAIN.ranking, abstention=weights, threshold=0.35)
    for module in (answer, retrieval):
        monkeypatch.setattr(module, "fitted", lambda noted, sheets: model)


@pytest.fixture
def encoder() -> BagEncoder:
    return BagEncoder()


@pytest.fixture
def root(tmp_path: Path, encoder: BagEncoder) -> Path:
    """An index root with one revision in force."""
    publish(tmp_path / "index", "r1", passages(), encoder)
    return tmp_path / "index"


@pytest.fixture
def engine(root: Path, encoder: BagEncoder) -> Engine:
    return Engine(root, load=lambda: encoder, lexicon=root / "none.yaml")
