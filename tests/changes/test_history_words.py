"""Which messages are taken as questions about the history, and which are left to the documents."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from handlers.history_words import asked

TODAY = date(2026, 11, 24)  # a Tuesday
EVAL = Path(__file__).resolve().parents[1] / "eval"
CORPUS = EVAL.parents[1] / "knowledge" / "corpus"

CHANGES = [
    ("qu'est-ce qui a changé chez Nuage Boréal depuis mars ?", "nuage boreal", "2026-03-01"),
    ("Qu’est-ce qui a changé chez Nuage Boréal depuis mars 2025?", "nuage boreal", "2025-03-01"),
    ("quest-ce qui a change chez nuage boreal", "nuage boreal", None),
    ("qu est ce qui a change chez nuage boreal depuis mars", "nuage boreal", "2026-03-01"),
    ("qu est ce qui a change dans la fiche nuage boreal", "nuage boreal", None),
    ("dis-moi ce qui a changé dans la fiche de Stratus depuis le 3 septembre", "stratus",
     "2026-09-03"),
    ("c'est quoi qui a changé chez Stratus Laurentides", "stratus laurentides", None),
    ("Qu'est-ce qui a changé dans le guide depuis 2021-05-01 ?", "guide", "2021-05-01"),
    ("qu'est-ce qui a changé au Catalogue cette semaine ?", "", "2026-11-23"),
    ("qu'est-ce qui a été modifié dans les fiches depuis le 1er octobre ?", "", "2026-10-01"),
    ("qu'est-ce qui a changé?", "", None),
    ("qu'est-ce qui a changé récemment", "", None),
    ("quoi de neuf ?", "", None),
    ("Quoi de neuf?", "", None),
    ("QUOI DE NEUF", "", None),
    ("bonjour, quoi de neuf ?", "", None),
    ("quoi de neuf chez Infonuage Rivière-aux-Pins ?", "infonuage riviere-aux-pins", None),
    ("quoi de neuf cette semaine", "", "2026-11-23"),
    ("quoi de nouveau depuis hier", "", "2026-11-23"),
    ("du nouveau chez Stratus ?", "stratus", None),
    ("y a-t-il du nouveau chez stratus depuis 2 semaines", "stratus", "2026-11-10"),
    ("rien de neuf ?", "", None),
    ("nouveautés", "", None),
    ("les nouveautés depuis septembre", "", "2026-09-01"),
    ("quelles sont les nouveautés chez Nuage Boréal ?", "nuage boreal", None),
    ("derniers changements", "", None),
    ("changements chez Nuage Boréal depuis mars", "nuage boreal", "2026-03-01"),
    ("quels sont les changements à la fiche de Nuage Boréal ?", "nuage boreal", None),
    ("liste des changements depuis le mois dernier", "", "2026-10-01"),
    ("la fiche de Nuage Boréal a-t-elle changé depuis mars ?", "nuage boreal", "2026-03-01"),
    ("le guide a-t-il été modifié depuis 2021 ?", "guide", "2021-01-01"),
    ("what's new?", "", None),
    ("What's new at Nuage Boréal since March?", "nuage boreal", "2026-03-01"),
    ("what has changed since 3 September", "", "2026-09-03"),
    ("what changed in the nuage boreal sheet", "nuage boreal", None),
    ("what changed in the guide last month?", "guide", "2026-10-01"),
    ("recent changes", "", None),
    ("any news from Stratus Laurentides?", "stratus laurentides", None),
    ("changes since 2026-09-01", "", "2026-09-01"),
    ("has the Nuage Boréal sheet changed since March?", "nuage boreal", "2026-03-01"),
]  # fmt: skip

COMPARE = [
    ("compare les deux dernières fiches de Nuage Boréal", "nuage boreal"),
    ("Comparez les deux dernières versions de la fiche de Nuage Boréal svp", "nuage boreal"),
    ("compare les 2 versions de la fiche stratus", "stratus"),
    ("compare les deux dernieres fiches", ""),
    ("différences entre les deux dernières fiches de Stratus Laurentides", "stratus laurentides"),
    ("quelle est la différence entre les deux versions de la fiche de Nuage Boréal ?",
     "nuage boreal"),
    ("nuage boreal difference entre les deux versions", "nuage boreal"),
    ("compare les deux dernières versions du guide", "guide"),
    ("compare la dernière fiche de Nuage Boréal avec la précédente", "nuage boreal"),
    ("compare l'ancienne et la nouvelle fiche de Nuage Boréal", "nuage boreal"),
    ("compare the last two sheets of Nuage Boréal", "nuage boreal"),
    ("compare the two latest versions of the Nuage Boréal sheet", "nuage boreal"),
    ("what is the difference between the last two sheets of Stratus?", "stratus"),
]  # fmt: skip

OTHERS = [
    "qu'est-ce qui change si on choisit un fournisseur étranger ?",
    "qu'est-ce qui change si le fournisseur perd sa conformité ?",
    "qu'est-ce qui a changé dans mon contrat ?",
    "qu'est-ce qui a changé chez nous ?",
    "qu'est-ce qui peut être modifié dans un contrat spécifique ?",
    "compare les fournisseurs",
    "compare Nuage Boréal et Stratus Laurentides",
    "comment comparer les offres de deux fournisseurs ?",
    "quelle est la différence entre un contrat spécifique et une entente-cadre ?",
    "différence entre les deux ententes",
    "modifications au contrat",
    "quelles modifications sont permises ?",
    "modifier un contrat",
    "le changement de fournisseur, comment ça marche ?",
    "comment être avisé des changements au Catalogue ?",
    "depuis quand le Catalogue existe-t-il ?",
    "y a-t-il un nouveau fournisseur qualifié pour le stockage ?",
    "quoi faire de nouveau après la signature ?",
    "Depuis mars, qui doit signer ?",
    "what changes if we choose another supplier?",
    "which contract changes are not allowed?",
    "what is new cloud procurement?",
    "has the contract changed hands?",
    "compare the suppliers",
    "news",
    "changement",
    "bonjour",
    "merci",
    "",
    "x" * 5000,
    "qu'est-ce qui a changé chez " + "a " * 140,
]


def test_questions_about_the_history():
    wrong = []
    for text, name, day in CHANGES:
        found = asked(text, TODAY)
        expected = ("changes", name, date.fromisoformat(day) if day else None)
        if found is None or (found.kind, found.name, found.since) != expected:
            wrong.append((text, found))
    assert not wrong


def test_two_versions_side_by_side():
    wrong = [
        (text, found)
        for text, name in COMPARE
        if (found := asked(text, TODAY)) is None or (found.kind, found.name) != ("compare", name)
    ]
    assert not wrong


@pytest.mark.parametrize("typed", ["quoi de neuf pour nous", "quoi de neuf pour la location"])
def test_a_name_after_pour_is_a_guess(typed):
    found = asked(typed, TODAY)
    assert found is None or not found.sure


def test_other_questions_are_left_alone():
    assert [(text, asked(text, TODAY)) for text in OTHERS if asked(text, TODAY)] == []


def test_no_question_of_the_evaluation_is_taken():
    texts = [
        entry[field]
        for name in ("questions.yaml", "fiches.yaml")
        for entry in yaml.safe_load((EVAL / name).read_text(encoding="utf8"))
        for field in ("q", "previous")
        if entry.get(field)
    ]
    assert len(texts) > 400
    assert [text for text in texts if asked(text, TODAY)] == []


def test_no_message_for_nobody_is_taken():
    def texts(value: object) -> list[str]:
        if isinstance(value, str):
            return [value]
        parts = value.values() if isinstance(value, dict) else value
        return [text for part in parts for text in texts(part)]

    found = texts(yaml.safe_load((CORPUS / "hors-sujet.yaml").read_text(encoding="utf8")))
    assert len(found) > 100
    assert [text for text in found if asked(text, TODAY)] == []
