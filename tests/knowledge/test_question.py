from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.follow_up import complete
from knowledge.lexicon import Lexicon, load_lexicon
from knowledge.phrases import Problem
from knowledge.question import dates_in, filters_of, supplier_in, understand
from knowledge.spelling import Speller
from tests.knowledge.conftest import DOCUMENTS

LEXICON = Lexicon(
    {
        "synonymes": [["banc d’essai", "preuve de concept", "POC"]],
        "abreviations": {"CEI": "Centre d’expertise en infonuagique"},
        "anglicismes": {"cloud": "infonuagique"},
        "traductions": {"how long": "durée"},
        "clavardage": {"c koi": "c’est quoi"},
    }
)


@pytest.mark.parametrize(
    "text",
    [
        "et pour ITQ ?",
        "Et si on est un hôpital",
        "and for ITQ?",
        "pour ITQ ?",
        "ça coûte combien ?",
        "est-ce obligatoire ?",
        "peut-on y mettre nos données ?",
        "à quel moment ?",
        "même si on est dans le PCCTI",
        "celle du CEI ?",
        "can it be renewed?",
        "pourquoi ?",
        "elle sert à quoi au juste ?",
        "Cela inclut-il les renouvellements ?",
        "une fois remplie, je la transmets où?",
        "c'est ITQ qui la donne?",
        "Est-ce qu'on peut l'obtenir après avoir signé?",
        "avez-vous leur courriel aussi",
        "Does that include renewals?",
    ],
)
def test_follow_up_is_completed_with_the_question_before(text: str) -> None:
    whole = complete(text, "Qui est admissible ?")
    assert whole.startswith("Qui est admissible ")
    assert len(whole) > len("Qui est admissible ")


@pytest.mark.parametrize(
    "text",
    [
        "Qui signe le contrat ?",
        "délai de livraison",
        "c koi un avenant",
        "y a-t-il un montant maximal ?",
        "il y a combien de préalables ?",
        "le formulaire d'engagement, qui le signe ?",
        "Le fournisseur peut-il livrer plus tôt ?",
        "faut-il un appel d'offres ?",
        "est-il obligatoire de tenir la rencontre ?",
        "a-t-on le droit d'essayer avant ?",
        "quel temps fait-il à Québec ?",
        "bonjour",
        "ok merci",
    ],
)
def test_a_question_of_its_own_is_left_alone(text: str) -> None:
    assert complete(text, "Qui est admissible ?") == text
    assert complete("et pour ITQ ?", None) == "et pour ITQ ?"


def test_synonyms_and_plurals_expand() -> None:
    assert {"preuv", "concept"} <= set(LEXICON.expand(["bancs", "essais"])) or LEXICON.expand(
        ["banc", "essai"]
    )
    assert "expertis" in LEXICON.expand(["cei"])


def test_chat_spelling_and_anglicisms_become_plain_french() -> None:
    assert LEXICON.plain(["c", "koi", "le", "cloud"], english=False) == "c’est quoi le infonuagique"
    assert LEXICON.plain(["how", "long"], english=True) == "durée"
    assert LEXICON.plain(["how", "long"], english=False) == "how long"


@pytest.mark.parametrize(
    "content", ["synonymes: {a: b}", "inconnu: []", "synonymes: [", "- a\n- b", "\tx: 1"]
)
def test_a_broken_lexicon_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "lexique.yaml"
    path.write_text(content, encoding="utf8")
    with pytest.raises(Problem) as caught:
        load_lexicon(path)
    assert "lexique.yaml" in caught.value.text("fr")
    assert "lexique.yaml" in caught.value.text("en")


def test_a_missing_lexicon_is_empty(tmp_path: Path) -> None:
    assert load_lexicon(tmp_path / "none.yaml").expand(["poc"]) == []


def test_supplier_is_found_with_small_slips() -> None:
    names = ["Nuage Boréal", "Stratus Laurentides"]
    assert supplier_in("délai chez nuage boreal ?", names) == "Nuage Boréal"
    assert supplier_in("et NuageBoréal", names) == "Nuage Boréal"
    assert supplier_in("le nuage gouvernemental", names) is None


def test_dates_named_by_month_year_or_whole() -> None:
    known = (date(2025, 3, 1), date(2026, 3, 16), date(2026, 9, 8))
    assert dates_in("la fiche de mars", known) == known[:2]
    assert dates_in("la fiche de mars 2026", known) == (known[1],)
    assert dates_in("version 2026-09-08", known) == (known[2],)
    assert dates_in("rien", known) == ()


def test_filters_follow_the_supplier_and_the_date() -> None:
    filters = filters_of("essai selon la fiche de mars de Nuage Boréal", DOCUMENTS)
    assert filters.supplier == "Nuage Boréal"
    assert filters.versions == (date(2026, 3, 16),)
    assert filters_of("combien de temps", DOCUMENTS) == filters_of("quel délai", DOCUMENTS)


def test_understanding_is_bounded() -> None:
    speller = Speller({}, frozenset())
    asked = understand(
        "x" * 10_000, previous=None, lexicon=LEXICON, speller=speller, documents=DOCUMENTS
    )
    assert len(asked.text) <= 2_000
    empty = understand("🙂🙂", previous=None, lexicon=LEXICON, speller=speller, documents=[])
    assert empty.found == ()
