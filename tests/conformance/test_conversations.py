"""The same conversations on every channel."""

from __future__ import annotations

import re

from bot.bootstrap import App
from handlers import dossier_notices
from handlers.conversation import Actor, Address, Incoming, Reply
from handlers.questions import LONGEST
from knowledge.phrases import say
from tests.conformance.drivers import Driver


def test_a_question_is_answered_with_its_source(talk: Driver):
    shown = talk.say("délai de livraison?")
    assert "Texte du passage 1." in shown.text
    assert all(word in shown.text for word in ("Fiche Exemple", "Titre 1", "exemple fictif"))


def test_of_several_readings_one_is_chosen(talk: Driver):
    shown = talk.say("ambigu")
    assert say("ask.readings") in shown.text and {"Lecture A", "Lecture B"} <= set(shown.buttons)
    assert "Texte du passage 1." in talk.press("Lecture A").text


def test_what_the_documents_do_not_say_is_said_so_with_a_contact(talk: Driver):
    shown = talk.say("inconnu au bataillon")
    assert "Rien trouvé." in shown.text and "courtier@exemple.ca" in shown.text
    assert "Titre voisin" in shown.buttons


def test_a_follow_up_is_understood(talk: Driver, assistant: App):
    talk.say("délai de livraison?")
    talk.say("et pour ITQ?")
    assert assistant.engine.asked[-1][1]["previous"] == "délai de livraison?"


def test_the_passage_is_read_in_its_document(talk: Driver):
    talk.say("délai de livraison?")
    assert "Texte du passage 2." in talk.read().text


def test_an_answer_is_judged(talk: Driver, assistant: App):
    talk.say("délai de livraison?")
    assert say("feedback.thanks") in talk.judge("yes").text
    talk.say("délai?")
    talk.judge("no", say("feedback.reason.outdated"))
    with assistant.storage._open():
        kept = assistant.storage._rows("select useful, reason from feedback order by useful desc")
    assert [(row["useful"], row["reason"]) for row in kept] == [(1, ""), (0, "outdated")]


def test_courtesies_and_help(talk: Driver):
    assert say("help.hello") in talk.say("Bonjour!").text
    shown = talk.say("aide")
    assert say("help.help")[:60] in shown.text and shown.buttons


def test_what_cannot_be_a_question_gets_a_sentence(talk: Driver):
    assert str(LONGEST) in talk.say("a" * 2500).text.replace("\u00a0", "")
    assert say("question.wordless") in talk.say("🎉🎉").text


def test_an_error_of_ours_is_a_sentence_with_a_number(talk: Driver, caplog):
    shown = talk.say("boum mot-secret")
    number = re.search(r"\b[0-9A-F]{8}\b", shown.text)
    assert number and number[0] in caplog.text and "mot-secret" not in caplog.text


def test_markup_is_text(talk: Driver):
    shown = talk.say("inconnu <b>@channel</b> *x*")
    assert "<b>" not in shown.text


def test_a_dialog_is_held_from_its_first_question_to_its_outcome(talk: Driver):
    shown = talk.say("admissibilité")
    assert "Quelle est la situation de votre organisation?" in shown.text and shown.filling
    for given in ({"organisation": "itq"}, {"objet": "solution"}):
        shown = talk.fill(given)
        assert shown.filling
    shown = talk.fill({"habilitation": "oui"})
    assert "Infrastructures technologiques Québec" in shown.text  # the answers, to be confirmed
    shown = talk.press(next(label for label in shown.buttons if label.startswith("Confirmer")))
    assert "Admissible" in shown.text and "2.4" in shown.text  # the outcome cites the guide


def test_back_shows_the_question_before(talk: Driver):
    talk.say("admissibilité")
    shown = talk.fill({"organisation": "autre"})
    shown = talk.press(next(label for label in shown.buttons if label.startswith("Retour")))
    assert "Quelle est la situation de votre organisation?" in shown.text


def test_words_answer_a_dialog_as_well(talk: Driver):
    talk.say("admissibilité")
    shown = talk.say("on est ITQ")
    assert shown.filling and "Quelle est la situation" not in shown.text


def test_a_question_in_the_middle_of_a_dialog_is_answered_and_it_goes_on(talk: Driver):
    talk.say("admissibilité")
    shown = talk.say("délai de livraison?")
    assert "Texte du passage 1." in shown.text
    assert "Quelle est la situation de votre organisation?" in shown.text


def test_news_and_subscriptions_are_at_hand(talk: Driver):
    assert talk.say("quoi de neuf?").text.strip()
    assert talk.say("mes abonnements").text.strip()


def test_a_dossier_is_opened_prepared_and_found_again(talk: Driver):
    shown = talk.say("préparation")
    assert shown.filling
    shown = talk.fill({"name": "Stockage de Québec"})
    begin = next(label for label in shown.buttons if label.startswith("Commencer"))
    assert talk.press(begin).filling
    talk.say("quitter")
    shown = talk.say("mes dossiers")
    assert any("Stockage de Québec" in words for words in (shown.text, *shown.buttons))


ANSWERS = {
    "organisme": "autre",
    "rcti": "non",
    "choix": "fait",
    "fournisseur": "Nuage Boréal inc.",
    "solution": "Stockage en bloc",
    "soumission": "fait",
    "conditions": "fait",
    "financiere": "fait",
}


def adviser(assistant: App, pressed: str, **values: str) -> Reply:
    """What an adviser of the broker, elsewhere, is shown when he presses something."""
    who = Actor(
        id="UDOM",
        name="Dominique",
        channel="slack",
        workspace="TBROKER",
        groups=("SADVISERS",),
        standing="member",
    )
    where = Address(channel="slack", conversation="TBROKER:D9:")
    incoming = Incoming(actor=who, address=where, pressed=pressed, values=values)
    return assistant.router.reply(incoming)


def test_a_dossier_goes_to_the_broker_comes_back_and_is_verified(talk: Driver, assistant: App):
    talk.say("nouveau dossier")
    shown = talk.fill({"name": "Stockage de Québec"})
    assert "en préparation" in shown.text
    shown = talk.press(next(b for b in shown.buttons if b.startswith("Préparation")))
    for _ in range(12):
        if not shown.filling:
            break
        shown = talk.fill(ANSWERS)
    assert "Nuage Boréal inc." in shown.text
    shown = talk.press(next(label for label in shown.buttons if label.startswith("Confirmer")))
    assert "Prêt" in shown.text
    shown = talk.press(say("dialogs.button.dossier"))
    shown = talk.press(say("dossier.button.submit"))
    shown = talk.fill({"note": "Merci."})
    assert say("dossier.submitted") in shown.text and "Stockage en bloc" in shown.text
    (dossier,) = assistant.router.services.dossiers.in_states(("submitted",))
    version = dossier.version
    given = {"conditions": "returned", "conditions_comment": "Relisez l’annexe."}
    adviser(assistant, f"dossier:judge:{dossier.id}:{version}", **given)
    given = {"verdict": "returned", "comment": "Voyez l’annexe."}
    adviser(assistant, f"dossier:close:{dossier.id}:{version + 1}", **given)
    assert len(letters(assistant, dossier.id, talk.name)) == 2
    talk.say("mes dossiers")
    shown = talk.press("Stockage de Québec")
    assert "retourné" in shown.text and "Voyez l’annexe." in shown.text
    assert "Relisez l’annexe." in shown.text
    shown = talk.press(say("dossier.button.submit"))
    talk.fill({"note": ""})
    now = assistant.router.services.dossiers.dossier(dossier.id)
    adviser(assistant, f"dossier:judge:{dossier.id}:{now.version}", conditions="verified")
    adviser(assistant, f"dossier:close:{dossier.id}:{now.version + 1}", verdict="verified")
    talk.say("mes dossiers")
    shown = talk.press("Stockage de Québec")
    assert "vérifié" in shown.text
    assert "Dominique" in talk.press(say("dossier.button.history")).text
    talk.press(say("dossier.button.open"))
    assert talk.press(say("dossier.button.pdf")).files


def letters(assistant: App, dossier: str, channel: str) -> list[Reply]:
    """What leaves for the person on that channel about a dossier."""
    services = assistant.router.services
    mail = services.mail
    assert mail is not None
    subjects = dossier_notices.people(services.dossiers.dossier(dossier), services)
    (where,) = {mail.addresses.of_subject(subject)[0].address for subject in subjects}
    assert where.channel == channel
    with mail.outbox._open():
        rows = mail.outbox._rows(
            "select data from outbox join lanes on lanes.id = lane"
            " where kind = 'dossier' and conversation = ?",
            where.conversation,
        )
    made = [dossier_notices.compose(row["data"], where, services, mail) for row in rows]
    assert all(isinstance(reply, Reply) for reply in made), made
    return made
