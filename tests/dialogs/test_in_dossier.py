"""Dialogs answered for a dossier: by several people of its organisation, and nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.access import Access
from handlers.conversation import Table
from handlers.ports_dossiers import Dossier, Event
from knowledge.phrases import say
from tests.assistant_fakes import NOW, services
from tests.dossier.world import PEOPLE, Colleague


@pytest.fixture
def made(corpus):
    kept = replace(services(corpus), access=Access({}, lambda: PEOPLE))
    event = Event(
        number=1, kind="created", side="client", at=NOW, by="Camille", person="person:slack:Camille"
    )
    kept.dossiers.create(Dossier(id="d1", organisation="mess", name="Achat 2027", events=(event,)))
    return kept


@pytest.fixture
def camille(made) -> Colleague:
    return Colleague(made, person="Camille")


@pytest.fixture
def alex(made) -> Colleague:
    return Colleague(made, person="Alex")


def only_run(made):
    (run,) = made.runs.runs.values()
    return run


START = "dialog:start:preparation:d1"


def test_the_preparation_asks_for_which_dossier(camille):
    camille.say("préparation")
    assert camille.buttons["Achat 2027"] == START
    camille.button("Achat 2027")
    assert camille.form.fields[0].name == "organisme"
    camille.say("autre", "non", "quitter")
    assert "dialog:drop" not in " ".join(camille.buttons.values())


def test_colleagues_go_on_with_the_same_answers(camille, alex, made):
    camille.press(START).fill(organisme="autre")
    alex.press(START)
    assert alex.form.fields[0].name == "rcti"
    alex.fill(rcti="non")
    camille.press(f"dialog:show:{only_run(made).id}")
    assert camille.form.fields[0].name == "choix"
    assert [given.by for given in only_run(made).given] == ["Camille", "Alex"]


def test_of_two_at_once_the_second_is_shown_what_changed_and_loses_nothing(camille, alex, made):
    camille.press(START).fill(organisme="autre").fill(rcti="non")
    alex.press(START)
    camille.fill(choix="fait", choix_ref="Note 12")
    alex.fill(choix="a_faire", choix_note="Deux offres à comparer")
    assert say("dialogs.conflict") in alex.texts
    (row,) = alex.part(Table).rows
    assert row[1:3] == ("Fait, Note 12", "Camille")
    typed = {field.name: field.value for field in alex.form.fields}
    assert typed["choix"] == "a_faire" and typed["choix_note"] == "Deux offres à comparer"
    assert only_run(made).answers["choix"] == {"choix": "fait", "choix_ref": "Note 12"}
    alex.fill(**typed)
    assert only_run(made).answers["choix"]["choix"] == "a_faire"
    assert only_run(made).version == 4


def test_both_edit_different_questions_and_both_are_kept(camille, alex, made):
    camille.press(START).fill(organisme="autre").fill(rcti="non").fill(choix="a_faire")
    run = only_run(made).id
    alex.press(f"dialog:edit:{run}:organisme")
    camille.fill(soumission="fait")
    alex.fill(organisme="itq")
    assert say("dialogs.conflict") in alex.texts and alex.form.fields[0].value == "itq"
    alex.fill(organisme="itq")
    answers = only_run(made).answers
    assert answers["organisme"] == {"organisme": "itq"} and answers["soumission"]


@pytest.mark.parametrize(
    ("who", "key"),
    [
        ({"workspace": "T2"}, "dossier.unknown"),
        ({"workspace": "T9"}, "dialogs.outsider"),
        ({"private": False}, "dossier.public"),
        ({"workspace": "T0", "groups": ("G0",)}, "dossier.cannot.review"),
    ],
)
def test_nobody_else_answers(made, camille, who, key):
    camille.press(START).fill(organisme="autre")
    run = only_run(made)
    other = Colleague(made, person="Autre", **who)
    for action in (START, f"dialog:show:{run.id}", f"dialog:summary:{run.id}"):
        expected = "dossier.outsider" if key == "dialogs.outsider" else key
        assert other.press(action).texts in (say(key), say(expected))
    other.press(f"dialog:give:{run.id}:1:regime", rcti="oui")
    assert only_run(made).version == 1


def test_an_impossible_date_said_with_a_choice_is_asked_again(camille, made):
    camille.press(START).fill(organisme="autre").fill(rcti="non")
    camille.say("fait le 31 février 2027")
    state, date = camille.form.fields[:2]
    assert state.value == "fait" and date.error and len(only_run(made).given) == 2
    camille.say("fait le 28 février 2027")
    assert only_run(made).answers["choix"]["choix_date"] == "2027-02-28"


def test_where_a_date_is_asked_the_hint_is_about_dates(camille):
    camille.press("dialog:start:apres-signature:d1").say("vendredi prochain")
    assert camille.texts == say("dialogs.not_understood.date")
    camille.fill().say("longtemps")
    assert camille.texts == say("dialogs.not_understood.number")


def test_resuming_finds_the_dossiers_dialogs_too(camille, alex):
    camille.press(START).fill(organisme="autre")
    alex.say("admissibilité", "itq", "quitter", "reprendre")
    labels = [label for label in alex.buttons if "réponses" in label]
    assert any("Achat 2027" in label for label in labels) and len(labels) == 2


def test_the_dialogs_that_follow_stay_in_the_dossier(camille, made):
    camille.press(START).fill(organisme="autre").fill(rcti="oui").fill(choix="a_faire")
    camille.fill(plus_bas="non").fill(soumission="a_faire").fill(conditions="a_faire")
    camille.fill(dirigeant="a_faire").fill(financiere="a_faire").fill()
    camille.button(say("dialogs.button.confirm"))
    assert camille.texts.startswith("Pas prêt")
    assert "dialog:start:autorisation:d1" in camille.buttons.values()
    assert camille.buttons[say("dialogs.button.dossier")] == "dossier:open:d1"
    camille.press("dialog:start:autorisation:d1")
    assert len(made.runs.runs_of("d1")) == 2


def test_what_was_answered_alone_can_be_kept_in_a_dossier(camille, made):
    camille.say("admissibilité", "itq", "une solution", "oui", "confirmer")
    assert camille.buttons[say("dialogs.button.keep")] == f"dossier:keep:{only_run(made).id}"
