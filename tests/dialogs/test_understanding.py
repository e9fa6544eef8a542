"""Typed words in the middle of a dialog: what plainly is an answer, and what isn't."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.lexicon import load_lexicon
from knowledge.understanding import is_question, means, understand

TODAY = date(2026, 11, 24)
LEXICON = load_lexicon(Path(__file__).parents[2] / "knowledge" / "corpus" / "lexique.yaml")


def understood(dialogs, place, text):
    dialog, question = place.split("/")
    found = understand(dialogs[dialog].question(question), text, TODAY, LEXICON)
    if found is None:
        return None
    return dict(found.values) | {name: fault.key for name, fault in found.faults.items()}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ITQ", "itq"),
        ("on est chez itq!", "itq"),
        ("1", "itq"),
        ("le 2", "decret"),
        ("#2", "decret"),
        ("choix 2.", "decret"),
        ("on est un ministère visé", "decret"),
        ("on est un ministere vise", "decret"),
        ("ON EST UN MINISTERE VISÉ PAR LE DECRET", "decret"),
        ("ministère visée par le décrret", "decret"),
        ("décret 596-2020", "decret"),
        ("nous sommes désignés", "designee"),
        ("organisme désigné", "designee"),
        ("desingée", "designee"),
        ("covered by the decree", "decret"),
        ("another organisation", "autre"),
        ("autre", "autre"),
        ("je ne sais pas", "inconnu"),
        ("jsp", "inconnu"),
        ("aucune idee", "inconnu"),
        ("I don't know", "inconnu"),
        ("i dont know", "inconnu"),
        # not plainly an answer
        ("on n'est pas visé par le décret", None),
        ("nous ne sommes pas visés", None),
        ("ni itq ni ministère visé", None),
        ("itq ou ministère visé", None),
        ("est-ce que ITQ est admissible?", None),
        ("c'est quoi le décret 596-2020", None),
        ("une municipalité", None),
        ("oui", None),
        ("9", None),
        ("0", None),
        ("2 ou 3", None),
        ("", None),
        ("🎉", None),
        ("; drop table runs", None),
    ],
)
def test_a_choice_in_words(dialogs, text, value):
    found = understood(dialogs, "admissibilite/organisation", text)
    assert found == (None if value is None else {"organisation": value})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("oui", "oui"),
        ("Ouiii", "oui"),
        ("ouais", "oui"),
        ("oui, on est habilités", "oui"),
        ("yes", "oui"),
        ("1", "oui"),
        ("non", "non"),
        ("Non.", "non"),
        ("non, on n'a pas le droit", "non"),
        ("no", "non"),
        ("pas sûr", "inconnu"),
        ("oui et non", None),
        ("peut-être", None),
        ("non?", "non"),
    ],
)
def test_yes_and_no(dialogs, text, value):
    found = understood(dialogs, "admissibilite/habilitation", text)
    assert found == (None if value is None else {"habilitation": value})


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("fait", {"financiere": "fait"}),
        ("c'est fait", {"financiere": "fait"}),
        ("c fait", {"financiere": "fait"}),
        ("déja fait", {"financiere": "fait"}),
        ("fait le 3 mars 2027", {"financiere": "fait", "financiere_date": "2027-03-03"}),
        ("terminé hier", {"financiere": "fait", "financiere_date": "2026-11-23"}),
        ("pas encore", {"financiere": "a_faire"}),
        ("non pas encore", {"financiere": "a_faire"}),
        ("c'est pas fait", {"financiere": "a_faire"}),
        ("pas encore fait", {"financiere": "a_faire"}),
        ("à faire", {"financiere": "a_faire"}),
        ("en cours", {"financiere": "a_faire"}),
        ("ne s'applique pas", {"financiere": "sans_objet"}),
        ("n/a", {"financiere": "sans_objet"}),
        ("je ne sais pas si c'est fait", {"financiere": "inconnu"}),
        ("ce n'est pas tout à fait terminé", None),
        ("fait, mais pas signé", None),
        ("à faire d’ici 2 semaines", {"financiere": "a_faire", "financiere_date": "2026-12-08"}),
        (
            "fait le 31 février 2027",
            {"financiere": "fait", "financiere_date": "dialogs.fault.date"},
        ),
        ("fait le 3 mars", {"financiere": "fait", "financiere_date": "dialogs.fault.year"}),
    ],
)
def test_where_a_prerequisite_stands(dialogs, text, values):
    assert understood(dialogs, "preparation/financiere", text) == values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2027-03-03", "2027-03-03"),
        ("3 mars 2027", "2027-03-03"),
        ("le 3 mars 2027 svp", "2027-03-03"),
        ("1er avril 2027", "2027-04-01"),
        ("29 fevrier 2028", "2028-02-29"),
        ("3 fevirer 2027", "2027-02-03"),
        ("15 sept. 2027", "2027-09-15"),
        ("March 3, 2027", "2027-03-03"),
        ("3 March 2027", "2027-03-03"),
        ("31/12/2027", "2027-12-31"),
        ("demain", "2026-11-25"),
        ("aujourd’hui", "2026-11-24"),
        ("dans 3 mois", "2027-02-24"),
        ("in 10 days", "2026-12-04"),
        ("30 février 2027", "dialogs.fault.date"),
        ("29 février 2027", "dialogs.fault.date"),
        ("2027-13-01", "dialogs.fault.date"),
        ("2027-02-30", "dialogs.fault.date"),
        ("0 mars 2027", "dialogs.fault.date"),
        ("3 mars", "dialogs.fault.year"),
        ("03/04/2027", "dialogs.fault.order"),
        ("c'est quoi le délai?", None),
        ("au printemps", None),
        ("maison 3 2027", None),
    ],
)
def test_a_date_in_words(dialogs, text, value):
    found = understood(dialogs, "preparation/cible", text)
    assert found == (None if value is None else {"cible": value})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("36", "36"),
        ("36 mois", "36"),
        ("3 ans", "36"),
        ("trois ans", "36"),
        ("un an", "12"),
        ("une année", "12"),
        ("two years", "24"),
        ("18 months", "18"),
        ("longtemps", None),
        ("dix-huit mois", None),  # not read as eight: asked again
        ("dix huit mois", None),
    ],
)
def test_a_duration_in_words(dialogs, text, value):
    found = understood(dialogs, "apres-signature/duree", text)
    assert found == (None if value is None else {"duree": value})


def test_several_choices_two_texts_and_an_amount(dialogs):
    criteria = understood(dialogs, "autorisation/criteres", "sécurité et coût total")
    assert criteria == {"criteres": "securite\ncout_total"}
    assert understood(dialogs, "autorisation/criteres", "1, 3") == {
        "criteres": "compatibilite\nsecurite"
    }
    assert understood(dialogs, "autorisation/criteres", "sécurité et beauté") is None
    offer = understood(dialogs, "preparation/offre", "Nuage Boréal, Boréal Privé")
    assert offer == {"fournisseur": "Nuage Boréal", "solution": "Boréal Privé"}


def test_not_knowing_leaves_a_blank(dialogs):
    for place in ("preparation/cible", "apres-signature/duree", "preparation/offre"):
        dialog, question = place.split("/")
        found = understand(dialogs[dialog].question(question), "aucune idée", TODAY, LEXICON)
        assert found is not None and not found.values and not found.faults


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Qu’est-ce que le RCTI", True),
        ("c'est quoi une soumission", True),
        ("le délai est de combien?", True),
        ("how long does it take", True),
        ("on est un ministère visé", False),
        ("oui", False),
    ],
)
def test_questions_are_told_from_answers(text, asks):
    assert is_question(text) == asks


def test_a_long_text_is_read_in_no_time(dialogs):
    question = dialogs["admissibilite"].question("organisation")
    assert understand(question, "notre ministère préféré " * 20_000, TODAY, LEXICON) is None


def test_commands_allow_a_slip():
    assert means("Admissibilite", ["admissibilité"]) and means("admisibilité", ["admissibilité"])
    assert not means("admissibilité de mon organisme", ["admissibilité"])
