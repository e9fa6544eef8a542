"""A dossier from its first day to the broker's word, over real stores."""

from __future__ import annotations

import pytest

from handlers.conversation import Form, Table, Text
from knowledge.phrases import say
from tests.dossier.world import NAME, fill


def state(talk) -> str:
    """The line under the dossier's name: organisation, state, last change."""
    return talk.reply.parts[[p.text for p in talk.reply.parts if isinstance(p, Text)].index(NAME)]


def lines(talk) -> list[tuple[str, ...]]:
    return [row for part in talk.reply.parts if isinstance(part, Table) for row in part.rows]


def test_the_first_dossier_and_its_preparation(world, camille):
    camille.say("mes dossiers")
    assert say("dossier.list.none") in camille.texts
    camille.button("Nouveau dossier").fill(name=NAME)
    assert "« Stockage du centre de Québec »" in camille.texts.replace("\u00a0", " ")
    assert "Un ministère · en préparation" in camille.texts
    fill(camille.button("Préparation à la rencontre de démarrage"))
    camille.button("Ouvrir le dossier")
    rows = {row[0]: row[1:] for row in lines(camille)}
    assert rows[say("dossier.item.cei")][0] == "Ne s’applique pas"
    assert rows[say("dossier.item.choix")][:3] == ("Fait", "", "Note 12")
    assert rows[say("dossier.item.soumission")][1] == "2 novembre 2026"
    assert rows[say("dossier.item.dirigeant")][2] == "Prévue en décembre"
    assert "Nuage Boréal inc." in camille.texts and "Stockage en bloc" in camille.texts
    assert "Pas prêt" in [cell for row in lines(camille) for cell in row]


@pytest.mark.parametrize("name", ["", "   ", "\u200b\x07", "\n"])
def test_a_dossier_needs_a_name(world, camille, name):
    camille.press("dossier:create", name=name)
    assert camille.form.fields[0].error == say("dossier.error.name")
    assert world.services.dossiers.of_organisation("mess") == ()


def test_a_name_is_one_line_of_text_and_no_markup(world, camille):
    camille.press("dossier:create", name="<b>@channel</b>\n*x* " + "é" * 500)
    assert world.dossier.name.startswith("<b>@channel</b> *x* é") and len(world.dossier.name) == 100
    assert Text(text=world.dossier.name, tone="title") in camille.reply.parts


def test_every_change_has_its_author_and_its_time(world, camille, alex):
    dossier = world.prepared(camille)
    alex.press(f"dossier:name:{dossier}").fill(name="Neuf")
    run = world.services.runs.runs_of(dossier)[0].id
    alex.press(f"dialog:edit:{run}:dirigeant").fill(dirigeant="fait")
    camille.press(f"dossier:history:{dossier}")
    rows = lines(camille)
    assert rows[0][1] == "Alex" and rows[0][2].endswith("Fait")
    assert rows[1][1:] == ("Alex", "Renommé\u00a0: Neuf")
    assert rows[-1][1:] == (say("dossier.you"), "Dossier ouvert")
    assert len({row[0] for row in rows}) == len(rows) and all(rows)  # each at its own minute
    alex.press(f"dossier:history:{dossier}")
    assert lines(alex)[0][1] == say("dossier.you") and lines(alex)[-1][1] == "Camille"


def test_of_two_at_once_the_second_sees_what_changed_and_keeps_what_he_typed(world, camille, alex):
    dossier = world.opened(camille)
    camille.press(f"dossier:name:{dossier}")
    alex.press(f"dossier:name:{dossier}").fill(name="Nom d’Alex")
    camille.fill(name="Nom de Camille")
    assert say("dossier.conflict") in camille.texts
    assert lines(camille)[0][1:] == ("Alex", "Renommé\u00a0: Nom d’Alex")
    assert world.dossier.name == "Nom d’Alex" and camille.form.fields[0].value == "Nom de Camille"
    camille.fill(name="Nom de Camille")
    assert world.dossier.name == "Nom de Camille"
    assert [e.text for e in world.dossier.events] == ["", "Nom d’Alex", "Nom de Camille"]


def test_without_supplier_and_solution_nothing_is_submitted(world, camille):
    dossier = world.opened(camille)
    camille.press(f"dossier:submit:{dossier}")
    assert say("dossier.submit.no_choice") in camille.texts
    camille.press(f"dossier:send:{dossier}:1")
    assert say("dossier.submit.no_choice") in camille.texts and world.dossier.state == "draft"
    fill(camille.button("Remplir la préparation"), confirmed=False, fournisseur="", solution="")
    camille.press(f"dossier:submit:{dossier}")
    assert say("dossier.submit.no_choice") in camille.texts


def test_submitting_gives_the_message_and_says_what_is_missing(world, camille):
    dossier = world.prepared(camille)
    camille.press(f"dossier:submit:{dossier}")
    assert say("dossier.item.dirigeant") in camille.texts  # still to do: said, not forbidden
    camille.fill(note="Merci <!channel>")
    assert world.dossier.state == "submitted"
    message = camille.texts
    assert "courtier.infonuagique@itq.gouv.qc.ca" in message
    assert "Fournisseur\u00a0: Nuage Boréal inc.\nSolution\u00a0: Stockage en bloc" in message
    assert "prêts" in message and "1er février 2027" in message and "Merci <!channel>" in message
    assert message.rstrip().endswith("Camille")
    assert world.dossier.submission.by == "Camille"


def test_sent_twice_it_is_submitted_once(world, camille, alex):
    dossier = world.prepared(camille)
    camille.press(f"dossier:submit:{dossier}")
    alex.press(f"dossier:submit:{dossier}").fill(note="")
    send = camille.form.submit.action
    camille.press(send, note="")
    assert say("dossier.conflict") in camille.texts and not any(
        isinstance(part, Form) for part in camille.reply.parts
    )
    alex.press(f"dossier:submit:{dossier}")
    assert alex.texts == say("dossier.cannot.submitted")
    assert [e.kind for e in world.dossier.events] == ["created", "submitted"]


def test_the_broker_reads_and_judges_and_the_people_are_told(world, camille, alex, dominique):
    dossier = world.submitted(camille)
    run = world.services.runs.runs_of(dossier)[0].id
    alex.press(f"dialog:edit:{run}:financiere").fill(financiere="fait", financiere_ref="AF-9")
    dominique.say("file des dossiers")
    assert lines(dominique)[0][:3] == ("Un ministère", NAME, "soumis")
    dominique.press(f"dossier:open:{dossier}")
    assert "Modifié depuis la soumission" in dominique.texts and "Alex" in dominique.texts
    dominique.button("Préparation à la rencontre de démarrage")  # to read
    assert "Nuage Boréal inc." in str(lines(dominique)) and dominique.kinds.count("Citations")
    dominique.button("Voir le dossier").button("Vérifier les préalables")
    assert [f.name for f in dominique.form.fields][:2] == ["choix", "choix_comment"]
    assert "Prévue en décembre" in dominique.form.fields[6].help
    dominique.fill(choix="verified", dirigeant="returned", dirigeant_comment="Joignez l’annexe 2.")
    assert dominique.texts.startswith(say("dossier.told"))
    for talk in (camille, alex):  # whoever submitted, and whoever answered
        (letter,) = world.letters(talk)
        told = "\n".join(part.text for part in letter.parts if isinstance(part, Text))
        assert NAME in told and "Joignez l’annexe 2." in told and "Choix du fournisseur" in told
        assert letter.parts[-1].buttons[0].action == f"dossier:open:{dossier}"
    camille.press(f"dossier:open:{dossier}")
    reviews = {row[0]: row[-1] for row in lines(camille)}
    assert reviews[say("dossier.item.dirigeant")] == "Retourné. Joignez l’annexe 2."
    assert reviews[say("dossier.item.choix")] == "Vérifié."


def test_returned_corrected_submitted_again_and_verified(world, camille, dominique):
    dossier = world.submitted(camille)
    dominique.press(f"dossier:review:{dossier}").fill(dirigeant="returned", choix="verified")
    assert dominique.form.fields[7].error == say("dossier.error.reason")
    assert dominique.form.fields[0].value == "verified" and not world.dossier.reviews
    dominique.fill(dirigeant="returned", dirigeant_comment="Joignez l’annexe 2.")
    dominique.press(f"dossier:conclude:{dossier}")
    assert say("dossier.item.choix") in dominique.texts  # not judged yet
    dominique.fill(verdict="verified")
    assert dominique.form.fields[0].error == say("dossier.error.items")
    dominique.fill(verdict="returned")
    assert dominique.form.fields[1].error == say("dossier.error.reason")
    dominique.fill(verdict="")
    assert dominique.form.fields[0].error == say("dossier.error.verdict")
    dominique.fill(verdict="returned", comment="Il manque l’autorisation.")
    assert world.dossier.state == "returned"
    camille.press(f"dossier:open:{dossier}")
    assert "retourné" in camille.texts and "Il manque l’autorisation." in camille.texts
    run = world.services.runs.runs_of(dossier)[0].id
    camille.press(f"dialog:edit:{run}:dirigeant").fill(dirigeant="fait", dirigeant_ref="Annexe 2")
    camille.press(f"dossier:open:{dossier}")
    assert say("dossier.review.outdated") in "\n".join(c for row in lines(camille) for c in row)
    camille.press(f"dossier:submit:{dossier}").fill(note="")
    dominique.press(f"dossier:review:{dossier}")
    assert dominique.form.fields[6].value == ""  # of an answer changed since, nothing is judged
    dominique.fill(dirigeant="verified")
    dominique.press(f"dossier:conclude:{dossier}").fill(verdict="verified")
    assert world.dossier.state == "verified"
    kinds = [e.kind for e in world.dossier.events]
    assert kinds[:4] == ["created", "submitted", "item_returned", "returned"]
    assert kinds[4:] == ["submitted", "item_verified", "verified"]
    assert say("dossier.notice.whole") in world.letters(camille)[-1].parts[-2].text
    dominique.say("file des dossiers")
    assert say("dossier.queue.none") in dominique.texts and lines(dominique)[0][2] == "vérifié"


def test_the_broker_is_told_of_a_submission_and_not_of_one_taken_back(world, camille, dominique):
    dominique.say("bonjour")
    dossier = world.submitted(camille)
    (letter,) = world.letters(dominique)
    assert NAME in letter.parts[0].text and "Nuage Boréal inc." in letter.parts[1].text
    actions = [button.action for button in letter.parts[2].buttons]
    assert actions == [f"dossier:{verb}:{dossier}" for verb in ("open", "word", "pdf")] + [
        "dossier:queue"
    ]
    camille.press(f"dossier:open:{dossier}").button("Reprendre le dossier")
    assert world.dossier.state == "draft"
    assert world.letters(dominique) == ["ended"]
    assert dominique.press(f"dossier:open:{dossier}").texts == say("dossier.cannot.review")
    assert dominique.say("file des dossiers").texts.endswith(say("dossier.queue.none"))


def test_who_has_left_the_organisation_is_told_nothing(world, camille, dominique):
    dossier = world.submitted(camille)
    dominique.press(f"dossier:review:{dossier}").fill(choix="verified")
    assert not isinstance(world.letters(camille)[0], str)
    world.people = world.people.model_copy(update={"organisations": world.people.organisations[1:]})
    assert world.letters(camille) == ["audience"]


def test_two_advisers_at_once(world, camille, dominique):
    dossier = world.submitted(camille)
    other = world.adviser("Claude")
    dominique.press(f"dossier:review:{dossier}")
    other.press(f"dossier:review:{dossier}").fill(choix="verified")
    dominique.fill(choix="returned", choix_comment="Lequel des deux?")
    assert say("dossier.conflict") in dominique.texts and lines(dominique)[0][1] == "Claude"
    typed = {f.name: f.value for f in dominique.form.fields}
    assert (typed["choix"], typed["choix_comment"]) == ("returned", "Lequel des deux?")
    assert world.dossier.reviews["choix"].verdict == "verified"
    dominique.fill(**typed)
    assert world.dossier.reviews["choix"].comment == "Lequel des deux?"


def test_nothing_new_is_not_told_twice(world, camille, dominique):
    dossier = world.submitted(camille)
    for _ in range(2):
        dominique.press(f"dossier:review:{dossier}").fill(choix="verified")
    assert dominique.texts.startswith(say("dossier.review.nothing"))
    assert len(world.letters(camille)) == 1
    dominique.press(f"dossier:judge:{dossier}:{world.dossier.version}", choix="peut-être")
    assert dominique.texts.startswith(say("dossier.review.nothing"))


def test_a_new_process_between_any_two_steps(world, camille, dominique):
    """Nothing is kept but what is stored: each step is taken by an assistant just started."""

    def again(talk):
        world.restart()
        return type(talk)(
            world.services, person=talk.person, workspace=talk.workspace, groups=talk.groups
        )

    dossier = world.opened(camille)
    run = ""
    given = {"organisme": "itq", "rcti": "non", "choix": "fait", "fournisseur": "F"}
    for _ in range(4):
        talk = again(camille).press(f"dialog:start:preparation:{dossier}")
        talk.fill(**{f.name: given[f.name] for f in talk.form.fields if f.name in given})
        run = world.services.runs.runs_of(dossier)[0].id
    again(camille).press(f"dialog:edit:{run}:offre")
    fill(again(camille).press(f"dialog:show:{run}"), confirmed=False)
    again(camille).press(f"dialog:edit:{run}:offre").fill(fournisseur="F", solution="S")
    again(camille).press(f"dossier:submit:{dossier}").fill(note="")
    again(dominique).press(f"dossier:review:{dossier}").fill(cei="verified", cei_comment="Bien.")
    again(dominique).press(f"dossier:conclude:{dossier}").fill(verdict="verified")
    assert world.dossier.state == "verified" and world.dossier.reviews["cei"].comment == "Bien."
    assert len(world.letters(again(camille))) == 2


def test_to_be_checked_again_when_a_passage_changed(world, camille, dominique):
    dossier = world.submitted(camille)
    assert "à revérifier" not in camille.press(f"dossier:open:{dossier}").texts
    told = world.services.runs.runs_of(dossier)[0].finished.grounds[0].citation.text
    held = world.knowledge.held
    world.knowledge.held = tuple(
        (d, p.model_copy(update={"text": p.text + " Et ceci."}) if p.text == told else p)
        for d, p in held
    )
    camille.press(f"dossier:open:{dossier}")
    assert "soumis · à revérifier" in camille.texts and "(3.5)" in camille.texts
    assert "soumis · à revérifier" in str(lines(camille.say("mes dossiers")))
    assert "soumis · à revérifier" in str(lines(dominique.say("file des dossiers")))
    run = world.services.runs.runs_of(dossier)[0]
    camille.press(f"dialog:again:{run.id}:{run.version}")  # the outcome confirmed once more
    assert "à revérifier" not in camille.press(f"dossier:open:{dossier}").texts
    world.knowledge.held = held
    assert "à revérifier" in camille.press(f"dossier:open:{dossier}").texts


def test_what_was_answered_alone_is_put_into_a_dossier(world, camille, alex):
    camille.say("admissibilité", "itq", "une solution", "oui", "confirmer")
    camille.button("Conserver dans un dossier").fill(name=NAME)
    assert "Admissibilité" in str(lines(camille)) and world.dossier.version == 2
    run = world.services.runs.runs_of(world.dossier.id)[0].id
    assert alex.press(f"dossier:keep:{run}:{world.dossier.id}").texts == say("dossier.run_unknown")
    alex.press(f"dialog:summary:{run}")
    assert "Infrastructures technologiques Québec (ITQ)" in str(lines(alex))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_in_both_languages_nothing_is_left_unsaid(world, lang):
    camille = world.client(lang=lang)
    adviser = world.adviser(lang=lang)
    camille.press("dossier:create", name=NAME)
    dossier = world.dossier.id
    camille.press(f"dialog:start:preparation:{dossier}")
    fill(camille, confirmed=False)
    camille.press(f"dossier:submit:{dossier}").fill(note="")
    seen = []
    for talk, verb in (
        (camille, "list"),
        (camille, f"open:{dossier}"),
        (camille, f"history:{dossier}"),
        (adviser, "queue"),
        (adviser, f"open:{dossier}"),
        (adviser, f"read:{dossier}:preparation"),
        (adviser, f"review:{dossier}"),
        (adviser, f"conclude:{dossier}"),
    ):
        talk.press(f"dossier:{verb}")
        assert "error" not in {p.tone for p in talk.reply.parts if isinstance(p, Text)}, verb
        seen.append(repr(talk.reply))
    french = ("Préalable", "Dernière", "Vérifi")
    assert [word for word in french if word in "".join(seen)] == [f for f in french if lang == "fr"]
