"""Dialogs as they are held: typed or pressed, left and resumed, disturbed, corrected."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.access import Access
from handlers.conversation import Buttons, Citations, Form, Table
from handlers.people import Organisation
from knowledge.phrases import say
from tests.assistant_fakes import FakeKnowledge, services
from tests.dialog_fakes import MemoryRuns
from tests.dialogs.talk import Talk

TYPED = ("admissibilité", "organisme désigné", "une solution complète", "oui", "confirmer")


@pytest.fixture
def talk(corpus) -> Talk:
    return Talk(services(corpus))


def runs_of(talk: Talk) -> MemoryRuns:
    return talk.services.runs  # type: ignore[return-value]


def only_run(talk: Talk):
    (run,) = runs_of(talk).runs.values()
    return run


def test_all_typed(talk):
    talk.say(*TYPED)
    assert talk.texts.startswith("Admissible –")
    cited = [c.section for c in talk.part(Citations).citations]
    assert cited == ["2.4", "3.3.1", "2.4"] and len(set(cited)) == 2
    assert "Définir ses besoins" in talk.buttons
    assert "Conserver dans un dossier" not in talk.buttons, "no organisation, no dossier"


def test_all_by_forms(talk):
    talk.press("dialog:start:admissibilite")
    assert talk.form.progress.done == 0 and talk.form.progress.total >= 3
    talk.fill(organisation="decret").fill(pccti="oui").button("Confirmer et voir le résultat")
    assert "nuage gouvernemental" in talk.texts and talk.part(Citations).citations


def test_in_english(talk):
    talk.lang = "en"
    talk.say("eligibility", "covered by the decree", "yes", "confirm")
    assert "government cloud" in talk.texts


@pytest.mark.parametrize("word", ["retour", "Retour", "back", "précedent"])
def test_back_shows_the_question_with_its_answer(talk, word):
    talk.say("admissibilité", "itq", word)
    assert talk.form.fields[0].value == "itq" and only_run(talk).answers == {}
    talk.say("retour")
    assert talk.form.fields[0].name == "organisation"


def test_an_earlier_answer_is_changed_and_the_others_stay(talk):
    talk.say(*TYPED[:4], "modifier 2")
    assert talk.form.fields[0].name == "objet" and talk.form.fields[0].value == "solution"
    talk.say("je ne sais pas")
    assert [row[2] for row in talk.part(Table).rows][1:] == ["Je ne sais pas", "Oui"]
    talk.say("confirmer")
    assert "À confirmer" in talk.texts


def test_a_changed_answer_leads_elsewhere_and_back_again(talk):
    talk.say(*TYPED[:4], "modifier 1", "ministère visé")
    assert talk.form.fields[0].name == "pccti"
    talk.say("modifier 1", "itq")
    assert len(talk.part(Table).rows) == 3, "what was answered beyond counts again"


def test_back_from_a_correction_withdraws_nothing(talk):
    talk.say(*TYPED[:3], "modifier 1", "retour")
    assert talk.form.fields[0].name == "habilitation" and len(only_run(talk).answers) == 2
    talk.say("modifier 1").button("Retour")
    assert talk.form.fields[0].name == "habilitation" and len(only_run(talk).answers) == 2


def test_which_answer_to_change_is_asked(talk):
    talk.say(*TYPED[:3], "modifier")
    assert [choice.value for choice in talk.form.fields[0].choices] == ["organisation", "objet"]
    talk.fill(question="objet")
    assert talk.form.fields[0].name == "objet"
    talk.say("admissibilité", "modifier 9")
    assert talk.form.fields[0].name == "question"


def test_an_outcome_whose_answers_change_is_to_be_confirmed_anew(talk):
    talk.say(*TYPED, "modifier 2", "je ne sais pas")
    assert "Confirmer et voir le résultat" in talk.buttons and "Admissible" not in talk.texts
    talk.say("confirmer")
    assert only_run(talk).finished.outcome == "a_confirmer"


def test_a_question_is_answered_and_the_dialog_goes_on(talk):
    talk.say("admissibilité", "itq", "C'est quoi la configuration minimale?")
    assert talk.kinds == ["AnswerPart", "Feedback", "Form"]
    assert talk.form.fields[0].name == "objet"
    talk.say("une solution")
    assert talk.form.fields[0].name == "habilitation"


def test_what_is_no_answer_is_asked_again_with_the_choices(talk):
    talk.say("admissibilité", "oui")
    assert talk.kinds == ["Text", "Form"] and len(talk.form.fields[0].choices) == 5
    assert runs_of(talk).runs and only_run(talk).given == ()


@pytest.mark.parametrize("word", ["aide", "Bonjour", "merci"])
def test_courtesies_work_in_the_middle(talk, word):
    talk.say("admissibilité", word)
    assert "Form" not in talk.kinds
    talk.say("itq")
    assert talk.form.fields[0].name == "objet"


def test_leaving_frees_the_conversation(talk):
    talk.say("admissibilité", "itq", "quitter")
    assert "reprendre" in talk.part(Buttons).text
    talk.say("oui")
    assert talk.kinds[0] == "AnswerPart"
    talk.say("reprendre")
    assert talk.form.fields[0].name == "objet"


def test_after_a_day_typed_words_are_no_longer_about_the_dialog(talk):
    talk.say("admissibilité", "itq")
    later = talk.later(days=1, minutes=1).say("une solution")
    assert later.kinds[0] == "AnswerPart"
    later.say("reprendre", "une solution")
    assert later.form.fields[0].name == "habilitation"


def test_an_outcome_does_not_hold_the_conversation(talk):
    talk.say(*TYPED, "oui")
    assert talk.kinds[0] == "AnswerPart"
    talk.say("retour")
    assert talk.form.fields[0].name == "habilitation"


def test_a_commands_without_a_dialog_offers_the_dialogs(talk):
    for word in ("retour", "modifier", "quitter", "résumé", "reprendre", "dialogues"):
        talk.say(word)
        assert len(talk.part(Buttons).buttons) == 5, word


def test_several_open_dialogs_are_listed(talk):
    talk.say("admissibilité", "itq", "besoins", "à faire", "quitter", "reprendre")
    assert [b.label for b in talk.part(Buttons).buttons] == [
        "Définir ses besoins (réponses données\u00a0: 1)",
        "Admissibilité (réponses données\u00a0: 1)",
    ]


def test_a_dialog_begun_before_goes_on_or_starts_afresh(talk):
    talk.say("admissibilité", "itq", "quitter", "admissibilité")
    assert talk.form.fields[0].name == "objet"
    talk.button("Recommencer à neuf")
    assert talk.form.fields[0].name == "organisation" and talk.form.fields[0].value == ""
    assert len(runs_of(talk).runs) == 2


def test_answers_are_erased_only_after_asking(talk):
    talk.say("admissibilité", "itq", "quitter").button("Effacer mes réponses")
    assert runs_of(talk).runs and "danger" in {b.style for b in talk.part(Buttons).buttons}
    talk.button("Effacer mes réponses")
    assert not runs_of(talk).runs and not runs_of(talk).focus


def test_the_rule_behind_a_question(talk):
    talk.say("admissibilité").button("Voir la règle")
    assert [c.section for c in talk.part(Citations).citations] == ["2.4", "5.1"]
    talk.button("Revenir à la question")
    assert talk.form.fields[0].name == "organisation"


def test_a_value_that_cannot_be_is_asked_again_as_typed(talk):
    talk.press("dialog:start:admissibilite").fill(organisation="<!channel>")
    field = talk.form.fields[0]
    assert field.error and field.value == "<!channel>" and only_run(talk).given == ()
    talk.fill()
    assert talk.form.fields[0].error == say("dialogs.fault.required")


def test_a_form_sent_twice_is_noted_once(talk):
    talk.press("dialog:start:admissibilite")
    action = talk.form.submit.action
    talk.press(action, organisation="itq").press(action, organisation="itq")
    assert len(only_run(talk).given) == 1
    assert say("dialogs.already") in talk.texts and talk.form.fields[0].name == "objet"


def test_an_old_form_replaces_nothing_unseen(talk):
    talk.press("dialog:start:admissibilite")
    old = talk.form.submit.action
    talk.press(old, organisation="itq").press(old, organisation="autre")
    assert only_run(talk).answers["organisation"] == {"organisation": "itq"}
    assert talk.form.fields[0].value == "autre" and say("dialogs.outdated") in talk.texts
    talk.fill(organisation="autre")
    assert only_run(talk).answers["organisation"] == {"organisation": "autre"}


def test_a_form_whose_question_is_no_longer_asked(talk):
    talk.say("admissibilité", "ministère visé")
    old = talk.form.submit.action
    talk.say("modifier 1", "itq").press(old, pccti="oui")
    assert say("dialogs.not_asked") in talk.texts and talk.form.fields[0].name == "objet"


def test_back_pressed_twice_goes_back_once(talk):
    talk.say("admissibilité", "itq", "une solution")
    back = talk.buttons["Retour"]
    talk.press(back).press(back)
    assert talk.form.fields[0].name == "objet"


def test_an_outdated_confirmation_shows_the_answers_again(talk):
    talk.say(*TYPED[:4])
    old = talk.buttons["Confirmer et voir le résultat"]
    talk.say("modifier 2", "je ne sais pas").press(old)
    assert say("dialogs.changed") in talk.texts and only_run(talk).finished is None


def test_what_others_answered_meanwhile_is_shown_and_nothing_is_lost(talk, corpus):
    """The same person on two channels is one; here a colleague writes into the same run."""
    talk.press("dialog:start:admissibilite")
    run, mine = only_run(talk), talk.form.submit.action
    runs_of(talk).give(
        run.id,
        "organisation",
        {"organisation": "itq"},
        version=0,
        by="Camille",
        person="person:camille",
        at=talk.services.clock(),
    )
    talk.press(mine, organisation="designee")
    assert say("dialogs.conflict") in talk.texts
    assert talk.part(Table).rows[0][1:3] == (
        "Infrastructures technologiques Québec (ITQ)",
        "Camille",
    )
    assert talk.part(Form).fields[0].value == "designee"
    assert only_run(talk).answers["organisation"] == {"organisation": "itq"}


@pytest.mark.parametrize("verb", ["show", "summary", "edit", "leave", "drop", "forget"])
def test_nobody_opens_the_dialog_of_another(talk, verb):
    talk.say("admissibilité", "itq")
    other = Talk(talk.services, person="autre", conversation="c2")
    other.press(f"dialog:{verb}:{only_run(talk).id}")
    assert other.texts == say("dialogs.unknown") and len(runs_of(talk).runs) == 1
    nobody = Talk(talk.services).press(f"dialog:{verb}:nowhere")
    assert nobody.texts == other.texts, "nobody learns whether it exists"


def test_a_colleague_in_the_same_thread_is_answered_not_taken_for_the_author(talk):
    talk.say("admissibilité", "itq")
    other = Talk(talk.services, person="autre").say("une solution")
    assert other.kinds[0] == "AnswerPart" and len(only_run(talk).given) == 1


def test_two_people_hold_a_dialog_each_in_one_thread(talk):
    talk.private = False
    other = Talk(talk.services, person="autre", private=False)
    talk.say("admissibilité")
    other.say("besoins")
    talk.say("itq")
    other.say("analysé")
    assert talk.form.fields[0].name == "objet" and other.form.fields[0].name == "donnees"
    talk.say("quitter")
    other.say("à faire")
    assert other.form.fields[0].name == "risques"


def test_where_others_read_along_a_preparation_is_the_persons_own(talk):
    talk.private = False
    talk.say("préparation")
    assert talk.form.progress.done == 0 and only_run(talk).subject.startswith("person:")


def test_outsiders_have_no_dialogs(corpus):
    talk = Talk(services(corpus, audience="outsider"))
    for action in ("dialog:start:admissibilite", "dialog:list"):
        assert talk.press(action).texts == say("dialogs.outsider")
    assert not runs_of(talk).runs


@pytest.mark.parametrize(
    "action",
    [
        "dialog:",
        "dialog:start",
        "dialog:start:nothing",
        "dialog:give:a",
        "dialog:give:a:b:c",
        "dialog:back::",
        "dialog:start:admissibilite:x:y",
        "dialog:😀",
    ],
)
def test_a_press_that_means_nothing_gets_a_sentence(talk, action):
    talk.press(action)
    assert talk.kinds == ["Text"] and talk.reply.parts[0].tone == "error"


def test_a_store_that_fails_costs_the_dialog_not_the_answers(talk):
    talk.say("admissibilité", "itq")
    runs_of(talk).broken = True
    assert talk.say("C'est quoi le RCTI?").kinds[0] == "AnswerPart"
    assert talk.say("une solution").kinds[0] == "AnswerPart"
    runs_of(talk).broken = False
    assert talk.say("une solution").form.fields[0].name == "habilitation"


def test_a_press_that_cannot_be_stored_says_so(talk):
    talk.say("admissibilité")
    runs_of(talk).broken = True
    talk.fill(organisation="itq")
    assert talk.texts == say("dialogs.not_stored")
    assert talk.say("besoins").texts == say("dialogs.not_stored")
    runs_of(talk).broken = False
    assert only_run(talk).given == ()


def test_without_an_index_the_outcome_still_stands(talk):
    class Empty(FakeKnowledge):
        def sections(self, section, audience):
            from knowledge.phrases import Problem

            raise Problem("index_missing", root="nowhere")

    talk = Talk(replace(talk.services, knowledge=Empty())).say(*TYPED)
    assert "Admissible –" in talk.texts and "2.4" in talk.texts
    assert only_run(talk).finished is not None


def test_a_long_answer_is_kept_whole_and_markup_stays_text(talk):
    note = "<!channel> *gras* [lien](http://x)\n" * 50
    talk.press("dialog:start:besoins").fill(impacts="analyse", impacts_note=note)
    kept = only_run(talk).answers["impacts"]["impacts_note"]
    assert kept.count("<!channel> *gras*") == 50
    talk.fill(donnees="a_faire", donnees_note="x" * 4001)
    assert talk.form.fields[1].error and len(talk.form.fields[1].value) == 4001


def test_typed_words_keep_what_was_filled_in_beside_them(talk):
    talk.press("dialog:start:besoins").fill(impacts="a_faire", impacts_note="Voir la note 12")
    talk.say("modifier 1", "analysé")
    assert only_run(talk).answers["impacts"] == {
        "impacts": "analyse",
        "impacts_note": "Voir la note 12",
    }


def test_a_dialog_whose_file_changed_asks_again_what_no_longer_fits(talk, dialogs):
    talk.say("admissibilité", "itq", "une solution")
    dialog = dialogs["admissibilite"]
    raw = dialog.model_dump()
    for choice in raw["questions"][0]["fields"][0]["choices"]:
        if choice["value"] == "itq":
            choice["value"] = "infrastructures"
    changed = type(dialog).model_validate(raw)
    held = {**talk.services.dialogs, "admissibilite": changed}
    after = Talk(replace(talk.services, dialogs=held)).say("reprendre")
    assert after.form.fields[0].name == "organisation" and after.form.fields[0].error
    after.say("1")
    assert after.form.fields[0].name == "habilitation", "the later answer still counts"


def test_the_authors_name_is_data(talk):
    incoming_name = "Zoé\n<!here>\x07" + "z" * 300
    talk.person = incoming_name
    talk.say("admissibilité", "itq")
    assert "\n" not in only_run(talk).given[0].by and len(only_run(talk).given[0].by) <= 100


@pytest.mark.parametrize(
    ("flags", "proposed"),
    [({"itq": True, "pccti": True}, "itq"), ({"pccti": True}, "decret"), ({"rcti": True}, "")],
)
def test_what_is_known_of_the_organisation_is_filled_in_not_given(corpus, flags, proposed):
    body = Organisation(id="local", name="Exemple", **flags)
    made = services(corpus)
    access = Access({"console": "client"}, local="Exemple")
    access.local = body
    talk = Talk(replace(made, access=access)).press("dialog:start:admissibilite")
    assert talk.form.fields[0].value == proposed and only_run(talk).given == ()


@pytest.mark.parametrize(
    ("typed", "dialog"),
    [
        ("admissibilité", "admissibilite"),
        ("ADMISSIBILITE", "admissibilite"),
        ("admisibilité", "admissibilite"),
        ("éligibilité", "admissibilite"),
        ("besoins", "besoins"),
        ("Définir mes besoins", "besoins"),
        ("autorisation", "autorisation"),
        ("needs", "besoins"),
    ],
)
def test_typed_commands_start_their_dialog(talk, typed, dialog):
    talk.say(typed)
    assert only_run(talk).dialog == dialog and talk.form.progress.done == 0


@pytest.mark.parametrize(
    "typed", ["préparation", "Preparation", "après la signature", "apres la signature"]
)
def test_those_of_a_dossier_ask_whose(talk, typed):
    talk.say(typed)
    assert talk.texts == say("dossier.no_organisation"), "nobody's here: see test_in_dossier.py"


@pytest.mark.parametrize(
    "typed",
    [
        "admissibilité d'un cégep",
        "quelles sont les autorisations?",
        "autorisation du ministre",
        "x",
    ],
)
def test_a_question_about_the_same_words_stays_a_question(talk, typed):
    talk.say(typed)
    assert talk.kinds[0] == "AnswerPart" and not runs_of(talk).runs
