"""What the dialogs conclude, case by case."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge import deadlines
from knowledge.dialog_view import day_text, view
from knowledge.prerequisites import missing, states
from knowledge.replay import Reached
from tests.dialogs.ways import walk

TODAY = date(2026, 11, 24)
READY = {
    "organisme": "autre",
    "rcti": "oui",
    "choix": "fait",
    "plus_bas": "oui",
    "soumission": "fait",
    "conditions": "fait",
    "financiere": "fait",
    "cible": "",
    "contact": "",
}


def concluded(dialogs, name, today=TODAY, lang="fr", **chosen):
    state = walk(dialogs[name], chosen)
    return state, view(state, today, lang)


def rows(seen, table):
    return next((t.rows for t in seen.tables if t.id == table), ())


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ("itq - solution oui", "admissible"),
        ("designee - evolution oui", "admissible"),
        ("decret oui", "non_admissible_nuage"),
        ("decret non", "non_admissible_decret"),
        ("decret inconnu", "non_admissible_decret"),
        ("itq - composants", "non_admissible_composants"),
        ("autre - composants", "non_admissible_composants"),
        ("designee - solution non", "non_admissible_habilitation"),
        ("autre - solution oui", "a_confirmer"),
        ("inconnu - solution oui", "a_confirmer"),
        ("designee - inconnu oui", "a_confirmer"),
        ("itq - solution inconnu", "a_confirmer"),
    ],
)
def test_eligibility(dialogs, answers, outcome):
    names = ("organisation", "pccti", "objet", "habilitation")
    chosen = dict(zip(names, answers.split(), strict=False))
    state, _ = concluded(dialogs, "admissibilite", **chosen)
    assert state.outcome.id == outcome


def test_what_remains_open_of_the_eligibility_is_told_point_by_point(dialogs):
    answers = {"organisation": "autre", "objet": "inconnu", "habilitation": "inconnu"}
    _, seen = concluded(dialogs, "admissibilite", **answers)
    assert len(rows(seen, "points")) == 3


def test_ready(dialogs):
    state, seen = concluded(dialogs, "preparation", **READY)
    assert state.outcome.id == "pret"
    # The CEI concerns ITQ alone, the head of organisation only what is not the lowest price.
    assert list(states(state.facts).values()).count("sans_objet") == 2
    assert {step.question.id for step in state.steps}.isdisjoint({"cei", "dirigeant"})
    assert len(rows(seen, "prealables")) == 6 and len(rows(seen, "etapes")) == 11
    assert rows(seen, "ordre_du_jour")


def test_what_is_missing_comes_longest_first(dialogs):
    todo = dict.fromkeys(("choix", "soumission", "conditions", "financiere"), "a_faire")
    answers = READY | todo | {"organisme": "itq", "cei": "a_faire", "plus_bas": "non"}
    state, seen = concluded(dialogs, "preparation", **answers, dirigeant="a_faire")
    assert state.outcome.id == "pas_pret"
    order = ("choix", "cei", "dirigeant", "soumission", "financiere", "conditions")
    assert missing(state.facts) == order
    assert [row[3] for row in rows(seen, "manquants")] == ["À faire"] * 6
    assert all(cell for row in rows(seen, "manquants") for cell in row)


@pytest.mark.parametrize(
    ("changes", "outcome", "doubtful"),
    [
        ({"financiere": "sans_objet"}, "a_confirmer", ("financiere",)),
        ({"financiere": "inconnu"}, "a_confirmer", ("financiere",)),
        ({"organisme": "inconnu", "cei": "inconnu"}, "a_confirmer", ("cei",)),
        ({"organisme": "inconnu", "cei": "sans_objet"}, "a_confirmer", ("cei",)),
        ({"plus_bas": "inconnu", "dirigeant": "fait"}, "pret", ()),
        ({"plus_bas": "non", "dirigeant": "sans_objet"}, "a_confirmer", ("dirigeant",)),
        ({"rcti": "non"}, "pret", ()),
        ({"fournisseur": "Nuage Boréal", "solution": ""}, "pas_pret", ("choix",)),
    ],
)
def test_a_prerequisite_said_not_to_apply_must_not_apply(dialogs, changes, outcome, doubtful):
    state, _ = concluded(dialogs, "preparation", **(READY | changes))
    assert (state.outcome.id, missing(state.facts)) == (outcome, doubtful)


@pytest.mark.parametrize(
    ("wanted", "asked", "tight"),
    [
        ("2026-12-23", "", True),
        ("2026-12-24", "", False),  # 24 November and thirty days
        ("2027-01-20", "2027-01-04", True),
        ("2027-02-03", "2027-01-04", False),
        ("2026-12-10", "2026-01-01", True),  # a request planned in the past counts from today
    ],
)
def test_the_thirty_days_are_counted(dialogs, wanted, asked, tight):
    answers = READY | {"cible": wanted, "contact": asked}
    _, seen = concluded(dialogs, "preparation", **answers)
    assert [note.tone for note in seen.notes] == ["warning" if tight else "note"]
    assert day_text(deadlines.ask_by(date.fromisoformat(wanted)), "fr") in seen.notes[0].text


def test_without_a_target_the_earliest_date_is_told(dialogs):
    _, seen = concluded(dialogs, "preparation", lang="en", **READY)
    assert "24 December 2026" in seen.notes[0].text


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ({"rcti": "non"}, "non_assujetti"),
        ({"rcti": "oui", "plus_bas": "oui"}, "non_requise"),
        ({"rcti": "inconnu", "plus_bas": "oui"}, "non_requise"),
        ({"rcti": "oui", "plus_bas": "non", "dirigeant": "fait"}, "obtenue"),
        ({"rcti": "oui", "plus_bas": "non", "dirigeant": "a_faire"}, "requise"),
        ({"rcti": "oui", "plus_bas": "inconnu"}, "a_confirmer"),
        ({"rcti": "inconnu", "plus_bas": "non"}, "a_confirmer"),
    ],
)
def test_when_the_head_of_organisation_decides(dialogs, answers, outcome):
    state, seen = concluded(dialogs, "autorisation", financiere="a_faire", **answers)
    assert state.outcome.id == outcome
    assert [note.tone for note in seen.notes] == ["warning"]  # the financing is open


def test_thirteen_needs(dialogs):
    _, seen = concluded(dialogs, "besoins", impacts="a_faire", duree="", lien_public="non")
    assert [row[0] for row in rows(seen, "restants")] == [
        "Impacts organisationnels",
        "Durée du contrat",
    ]
    assert len(rows(seen, "tableau")) == 13
    assert any("infonuagique publique" in note.text for note in seen.notes)


def test_obligations_across_the_end_of_the_year(dialogs):
    """Signed on 22 December 2026: Christmas Day and New Year's Day don't count."""
    answers = {"signature": "2026-12-22", "debut": "", "duree": "36", "rcti": "oui"}
    state, seen = concluded(dialogs, "apres-signature", **answers)
    assert state.outcome.id == "calendrier"
    due = deadlines.business_days_after(date(2026, 12, 22), 5)
    assert due == date(2026, 12, 30)
    assert rows(seen, "dates")[0][0] == day_text(due, "fr")
    assert len(rows(seen, "seao")) == 4 and len(rows(seen, "conservation")) == 10
    assert any("Noël" in note.text for note in seen.notes)


def test_without_the_rcti_nothing_of_it_is_asked(dialogs):
    answers = {"signature": "2026-12-22", "debut": "", "duree": "36", "rcti": "non"}
    _, seen = concluded(dialogs, "apres-signature", **answers)
    assert rows(seen, "seao") == () and len(rows(seen, "conservation")) == 8


@pytest.mark.parametrize("left_out", ["signature", "duree"])
def test_without_a_date_the_rules_are_told(dialogs, left_out):
    answers = {"signature": "2026-12-22", "debut": "", "duree": "36", "rcti": "inconnu"}
    state, seen = concluded(dialogs, "apres-signature", **(answers | {left_out: ""}))
    assert isinstance(state, Reached) and state.outcome.id == "sans_date"
    assert len(rows(seen, "regles")) > 15 and len(seen.notes) == 1
