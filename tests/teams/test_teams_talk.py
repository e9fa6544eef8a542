"""What somebody says and presses in Teams, and what he gets."""

from __future__ import annotations

import pytest
from teams_world import APP, CARD, ELSEWHERE, PERSON, TENANT, member, presses, texts, walk

from bot.channels.teams import TeamsChannel
from bot.channels.teams_auth import Gate
from bot.channels.teams_blocks import VERSION
from bot.channels.teams_connector import Connector
from handlers.conversation import (
    Button,
    Buttons,
    Choice,
    Citations,
    File,
    Form,
    FormField,
    Incoming,
    Progress,
    Reply,
    Text,
)

COLLEAGUES = [member(), member(id="29:paul", userPrincipalName="paul@organisme.example")]
SALON = "19:salon@thread.tacv2"
FILE = File(name="dossier.docx", media_type="application/octet-stream", content=b"x")


@pytest.fixture
def heard(desk) -> list[Incoming]:
    """What reached the assistant."""
    return desk.heard


def scripted(desk, *replies: Reply) -> list[Incoming]:
    """Makes the assistant give these replies; returns what it hears."""
    desk.replies[:] = replies
    return desk.heard


def form(**changes: object) -> Form:
    values = {
        "key": "essai",
        "title": "Deuxième question",
        "fields": (
            FormField(
                name="regime",
                kind="choice",
                label="Régime",
                choices=(Choice(value="a", label="Général"), Choice(value="b", label="Autre")),
            ),
            FormField(
                name="roles",
                kind="choices",
                label="Rôles",
                choices=(Choice(value="x", label="X"), Choice(value="y", label="Y")),
            ),
        ),
        "submit": Button(label="Suivant", action="dialog:answer:1"),
        "others": (Button(label="Retour", action="dialog:back:1"),),
        "progress": Progress(done=1, total=3, label="Étape 2 de 3"),
    }
    return Form(**(values | changes))


def test_a_question_is_answered_on_a_card(teams, stand_in, heard):
    teams.say("délai de livraison?")
    (message,) = stand_in.messages()
    (attachment,) = message["attachments"]
    assert attachment["contentType"] == CARD
    card = attachment["content"]
    assert card["version"] == "1.5" and card["fallbackText"] and card["speak"]
    assert message["summary"].startswith("Texte du passage 1.")
    actor = heard[0].actor
    assert (actor.id, actor.workspace, actor.standing) == (PERSON, TENANT, "member")
    assert (actor.audience, actor.organisation, actor.lang) == ("client", "ministere", "fr")
    assert heard[0].address.private and heard[0].address.conversation == f"{TENANT}:a:personnel"


def test_passages_unfold_without_asking_the_bot(teams, stand_in):
    teams.say("délai?")
    (card,) = stand_in.cards()
    nodes = {node["id"]: node for node in walk(card) if "id" in node and "items" in node}
    toggles = [n for n in walk(card) if n.get("type") == "Action.ToggleVisibility"]
    passages = [t for t in toggles if t["title"] == "Lire le passage"]
    assert len(passages) == 2
    for one, number in zip(passages, (1, 2), strict=True):
        (target,) = one["targetElements"]
        assert nodes[target]["isVisible"] is False
        assert f"Texte du passage {number}." in texts(nodes[target])


def test_feedback_with_a_reason(app, teams, stand_in):
    teams.say("délai?")
    (card,) = stand_in.cards()
    data = presses(card)["Envoyer l’avis"]
    reasons = next(n for n in walk(card) if n.get("id") == "f_reason")["choices"]
    sent = data | {"f_reason": reasons[1]["value"], "f_comment": "<b>il manque</b> le délai"}
    teams.press(sent)
    record = data["catalogue"]["action"].split(":")[2]
    kept = app.storage.feedback(record)
    assert (kept.useful, kept.reason) == (False, "incomplete")
    assert kept.comment == "<b>il manque</b> le délai"
    assert "votre avis est noté" in texts(stand_in.cards()[-1])


def test_a_reason_can_only_be_one_of_feedback(desk, teams, stand_in):
    teams.say("délai?")
    data = presses(stand_in.cards()[0])["Envoyer l’avis"]
    heard = scripted(desk, Reply(parts=(Text(text="oui"),)))
    teams.press(data | {"f_reason": "announce:send:tous"})
    assert heard[-1].pressed == data["catalogue"]["action"]


def test_a_suggested_question_says_what_was_asked(teams, stand_in):
    teams.say("ambigu")
    data = presses(stand_in.cards()[0])["Lecture A"]
    assert data["catalogue"] == {
        "v": VERSION,
        "card": data["catalogue"]["card"],
        "say": "Lecture A",
    }
    teams.press(data)
    assert texts(stand_in.cards()[1]).startswith("«\u00a0Lecture A\u00a0»")


def test_the_document_opens_at_the_passage(teams, stand_in):
    teams.say("délai?")
    teams.press(presses(stand_in.cards()[0])["Ouvrir le document"])
    shown = texts(stand_in.cards()[1])
    assert "Fiche Exemple" in shown and "Texte du passage 1." in shown
    assert "Passages 1 à 7 sur 12" in shown
    teams.press(presses(stand_in.cards()[1])["Lire la suite"])
    assert "Texte du passage 8." in texts(stand_in.cards()[2])


def test_a_form_gives_way_to_the_next_one_in_place(desk, teams, stand_in):
    heard = scripted(desk, Reply(parts=(form(),)))
    teams.say("admissibilité")
    card = stand_in.cards()[0]
    data = presses(card)["Suivant"]
    inputs = {n["id"]: n for n in walk(card) if str(n.get("type", "")).startswith("Input.")}
    assert inputs["f_regime"]["label"] == "Régime" and inputs["f_regime"]["isRequired"]
    assert inputs["f_regime"]["errorMessage"]
    assert "Étape 2 de 3" in texts(card)
    back = next(n for n in walk(card) if n.get("title") == "Retour")
    assert back["associatedInputs"] == "none"
    teams.press(data | {"f_regime": "a", "f_roles": "x,y"}, replyToId="m1")
    assert heard[-1].pressed == "dialog:answer:1"
    assert heard[-1].values == {"regime": "a", "roles": "x\ny"}
    (update,) = [call for call in stand_in.calls if call.method == "PUT"]
    assert update.message == "m1" and len(stand_in.messages()) == 1
    # The form shown now is a new rendering: it may be sent again, the old one not.
    teams.press(data | {"f_regime": "b"}, replyToId="m1")
    assert len(heard) == 2
    fresh = presses(update.body["attachments"][0]["content"])["Suivant"]
    teams.press(fresh | {"f_regime": "b"}, replyToId="m1")
    assert len(heard) == 3


def test_something_to_read_leaves_the_form_where_it_is(desk, teams, stand_in):
    back = Buttons(buttons=(Button(label="Revenir", action="dialog:show:1"),))
    rule = Reply(parts=(Citations(title="La règle", citations=()), back))
    heard = scripted(desk, Reply(parts=(form(),)), rule, Reply(parts=(Text(text="Voilà."),)))
    teams.say("admissibilité")
    card = stand_in.cards()[0]
    teams.press(presses(card)["Retour"])
    assert len(stand_in.messages()) == 2 and not stand_in.messages("PUT")
    teams.press(presses(card)["Suivant"] | {"f_regime": "a"})
    assert len(heard) == 3
    assert texts(stand_in.messages("PUT")[0]) == "Voilà."


def test_a_dialog_is_one_card_from_its_first_question_to_its_outcome(desk, teams, stand_in):
    confirm = Button(label="Confirmer", action="dialog:confirm:1", style="primary")
    change = Button(label="Modifier", action="dialog:edit:1")
    check = Reply(parts=(Text(text="Vos réponses"), Buttons(buttons=(confirm, change))))
    outcome = Reply(parts=(Text(text="Admissible"), Citations(title="Fondement", citations=())))
    asked = Reply(parts=(form(),))
    heard = scripted(desk, asked, check, asked, check, outcome)
    teams.say("admissibilité")
    teams.press(presses(stand_in.cards()[0])["Suivant"] | {"f_regime": "a"})
    for label in ("Modifier", "Suivant", "Confirmer"):
        shown = stand_in.messages("PUT")[-1]["attachments"][0]["content"]
        for _ in range(2):  # the second time it has given way already
            teams.press(presses(shown)[label] | {"f_regime": "a"})
    assert len(heard) == 5 and len(stand_in.messages()) == 1
    assert "Admissible" in texts(stand_in.messages("PUT")[-1])


def test_a_file_asked_for_beside_a_step_leaves_it_there(desk, teams, stand_in):
    word = Button(label="Word", action="dossier:word:1", file=True)
    view = Reply(parts=(Text(text="Votre dossier"), Buttons(buttons=(word,))))
    scripted(desk, Reply(parts=(form(),)), view, Reply(parts=(FILE,)))
    teams.say("nouveau dossier")
    teams.press(presses(stand_in.cards()[0])["Suivant"] | {"f_regime": "a"})
    shown = stand_in.messages("PUT")[-1]["attachments"][0]["content"]
    for _ in range(2):
        teams.press(presses(shown)["Word"])
    assert len(stand_in.messages("PUT")) == 1
    assert [a["name"] for m in stand_in.messages()[1:] for a in m["attachments"]] == [FILE.name] * 2


def test_what_is_said_before_a_form_changes_with_it(desk, teams, stand_in):
    confirm = Button(label="Confirmer", action="dialog:confirm:1", style="primary")
    answers = (Text(text="Vos réponses", tone="title"), Buttons(buttons=(confirm,)))
    outcome = (Text(text="Admissible"), Citations(title="Fondement", citations=()))
    scripted(desk, Reply(parts=(*answers, form())), Reply(parts=outcome))
    teams.say("admissibilité")
    (card,) = stand_in.cards()
    assert "Vos réponses" in texts(card) and "Deuxième question" in texts(card)
    teams.press(presses(card)["Confirmer"])
    (update,) = stand_in.messages("PUT")
    assert texts(update).startswith("Admissible") and len(stand_in.messages()) == 1


def test_a_form_reached_by_typing_stands_below_and_the_one_before_goes(desk, teams, stand_in):
    scripted(desk, Reply(parts=(form(),)))
    teams.say("admissibilité")
    teams.say("régime général")
    assert len(stand_in.messages()) == 2
    assert [call.message for call in stand_in.calls if call.method == "DELETE"] == ["m1"]


def test_a_form_stays_when_something_fails(desk, teams, stand_in):
    broken = Reply(parts=(Text(text="Une erreur est survenue.", tone="error"),))
    heard = scripted(desk, Reply(parts=(form(),)), broken)
    teams.say("admissibilité")
    data = presses(stand_in.cards()[0])["Suivant"]
    for _ in range(2):
        teams.press(data | {"f_regime": "a"})
    assert len(heard) == 3
    assert not [call for call in stand_in.calls if call.method == "PUT"]
    assert "Une erreur est survenue." in stand_in.text()


def test_a_form_whose_message_was_deleted_is_shown_again(desk, teams, stand_in):
    scripted(desk, Reply(parts=(form(),)))
    teams.say("admissibilité")
    data = presses(stand_in.cards()[0])["Suivant"]
    stand_in.answers.append((404, {}, {"error": {"code": "ActivityNotFoundInConversation"}}))
    teams.press(data | {"f_regime": "a"})
    assert len(stand_in.messages()) == 2


def test_what_was_wrong_with_a_field_is_said_over_it(desk, teams, stand_in):
    (first, second) = form().fields
    wrong = first.model_copy(update={"error": "Choisissez un régime.", "value": "b"})
    scripted(desk, Reply(parts=(form(fields=(wrong, second)),)))
    teams.say("admissibilité")
    assert "Choisissez un régime." in stand_in.text()
    shown = next(n for n in walk(stand_in.cards()) if n.get("id") == "f_regime")
    assert shown["value"] == "b"


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"catalogue": None},
        {"catalogue": {"v": VERSION}},
        {"catalogue": {"v": VERSION - 1, "action": "help"}},
        {"catalogue": {"v": VERSION + 1, "action": "help"}},
        {"catalogue": {"v": "un", "action": "help"}},
        {"catalogue": {"v": VERSION, "action": "help", "say": "aussi"}},
        {"catalogue": {"v": VERSION, "action": "x" * 5000}},
        {"action": "help"},
    ],
    ids=lambda value: str(value)[:40],
)
def test_cards_of_another_version_are_told_so(teams, stand_in, heard, value):
    assert teams.press(value).status_code == 202
    assert "version antérieure" in stand_in.text()
    assert heard == []


def test_a_slip_of_the_finger_is_taken_once(teams, stand_in):
    teams.say("délai?")
    yes = presses(stand_in.cards()[0])["Utile"]
    for _ in range(3):
        teams.press(yes)
    assert len(stand_in.messages()) == 2


def test_an_activity_seen_twice_is_answered_once_even_after_a_restart(
    assistant, teams, stand_in, options, connector
):
    activity = teams.activity()
    for _ in range(3):
        assert teams.post(activity).status_code == 202
    assert len(stand_in.messages()) == 1
    afresh = Connector(connector.token, trusted=connector.trusted)
    again = TeamsChannel(
        assistant, options, gate=lambda o: Gate(o, f"{stand_in.url}/metadata"), connector=afresh
    )
    first, teams.endpoint = teams.endpoint, again.start()
    try:
        assert teams.post(activity).status_code == 202
        assert len(stand_in.messages()) == 1
    finally:
        again.stop()
        teams.endpoint = first


def test_an_edited_question_is_answered_in_the_place_of_the_first_answer(teams, stand_in):
    asked = teams.activity(text="délai?")
    teams.post(asked)
    changed = asked | {
        "type": "messageUpdate",
        "text": "inconnu",
        "timestamp": "2026-11-24T04:01:00Z",
        "channelData": {"tenant": {"id": TENANT}, "eventType": "editMessage"},
    }
    for _ in range(2):
        teams.post(changed)
    (update,) = [call for call in stand_in.calls if call.method == "PUT"]
    assert update.message == "m1" and "Rien trouvé." in texts(update.body)
    restored = changed | {"channelData": {"tenant": {"id": TENANT}, "eventType": "undeleteMessage"}}
    before = len(stand_in.calls)
    teams.post(restored | {"id": "autre"})
    assert len(stand_in.calls) == before


def test_in_a_channel_it_answers_when_named_in_the_same_thread(teams, stand_in, heard):
    stand_in.rooms[SALON] = COLLEAGUES
    teams.post(teams.in_channel("délai?", mention=False))
    assert heard == []
    teams.post(teams.in_channel("<at>Paul</at> demande le &lt;délai&gt;&nbsp;?"))
    assert heard[0].text == "Paul demande le <délai> ?"
    assert not heard[0].address.private
    assert stand_in.calls[-1].conversation == f"{SALON};messageid=77"
    assert heard[0].actor.audience == "client"
    assert "typing" not in [call.body.get("type") for call in stand_in.calls]


@pytest.mark.parametrize(
    "who",
    [
        member(userRole="guest"),
        member(userRole="anonymous"),
        member(userRole=None),
        member(tenantId=ELSEWHERE),
        member(tenantId=None),
        member(userPrincipalName="jeanne_fournisseur.example#EXT#@organisme.example"),
        {"name": "Jeanne"},
    ],
    ids=lambda who: str([who.get("userRole"), who.get("tenantId"), who.get("userPrincipalName")]),
)
def test_guests_and_strangers_are_outsiders(teams, stand_in, heard, who):
    stand_in.people["29:jeanne"] = who
    teams.say("délai?")
    assert heard[0].actor.standing != "member" and heard[0].actor.audience == "outsider"


def test_somebody_teams_does_not_know_is_an_outsider(teams, stand_in, heard):
    stand_in.people.clear()
    teams.say("délai?")
    assert heard[0].actor.standing == "unknown" and heard[0].actor.audience == "outsider"


@pytest.mark.parametrize("room", ["guest", "shared", "unknown", "said before"])
def test_where_outsiders_read_along_nobody_gets_more_than_they_do(teams, stand_in, heard, room):
    activity = teams.in_channel("délai?")
    if room == "guest":
        stand_in.rooms[SALON] = [*COLLEAGUES, member(id="29:x", userRole="guest")]
    elif room == "shared":
        stand_in.rooms[SALON] = COLLEAGUES
        activity["channelData"]["channel"]["type"] = "shared"
    elif room == "said before":
        stand_in.rooms[SALON] = COLLEAGUES
        teams.post(teams.in_channel("bonjour"))
        told = teams.in_channel("", type="conversationUpdate")
        told["channelData"]["eventType"] = "channelShared"
        teams.post(told)
    teams.post(activity)
    assert heard[-1].actor.audience == "outsider"
    assert "d’autres organisations peuvent lire" in stand_in.text()


def test_welcome_once_an_installation(teams, stand_in):
    bot = {"id": f"28:{APP}", "name": "Catalogue"}
    added = {"type": "conversationUpdate", "membersAdded": [bot], "text": None}
    installed = {"type": "installationUpdate", "action": "add", "text": None}
    teams.post(teams.activity(**added))
    teams.post(teams.activity(**installed))
    (message,) = stand_in.messages()
    assert "assistant du Catalogue" in texts(message)
    prompts = [action["value"] for action in message["suggestedActions"]["actions"]]
    assert "Admissibilité" in prompts and len(prompts) <= 3
    teams.post(teams.activity(type="installationUpdate", action="remove", text=None))
    teams.post(teams.activity(**installed))
    assert len(stand_in.messages()) == 2
    teams.post(teams.activity(type="conversationUpdate", membersAdded=[{"id": "29:paul"}]))
    assert len(stand_in.messages()) == 2


def test_teams_come_and_go(teams, channel, stand_in):
    bot = {"id": f"28:{APP}", "name": "Catalogue"}
    stand_in.rooms[SALON] = COLLEAGUES
    change = {"type": "conversationUpdate"}
    teams.post(teams.in_channel("", membersAdded=[bot], **change))
    store = channel.made.store
    assert store.conversation(SALON)["removed"] == 0
    renamed = teams.in_channel("", **change)
    renamed["channelData"] |= {"eventType": "channelRenamed"}
    renamed["channelData"]["channel"] |= {"name": "Achats"}
    teams.post(renamed)
    assert store.conversation(SALON)["name"] == "Achats"
    gone = teams.in_channel("", **change)
    gone["channelData"]["eventType"] = "teamDeleted"
    teams.post(gone)
    assert store.conversation(SALON)["removed"] == 1
    teams.post(teams.in_channel("délai?"))
    assert store.conversation(SALON)["removed"] == 0


def test_a_channel_that_is_deleted_takes_no_other_with_it(teams, channel, stand_in):
    store = channel.made.store
    main = teams.in_channel("", type="conversationUpdate", membersAdded=[{"id": f"28:{APP}"}])
    main["conversation"]["id"] = main["channelData"]["team"]["id"]
    teams.post(main)
    stand_in.rooms[SALON] = COLLEAGUES
    teams.post(teams.in_channel("délai?"))
    gone = teams.in_channel("", type="conversationUpdate")
    gone["channelData"]["eventType"] = "channelDeleted"
    gone["conversation"]["id"] = gone["channelData"]["team"]["id"]
    teams.post(gone)
    assert store.conversation(SALON)["removed"] == 1
    assert store.conversation(gone["conversation"]["id"])["removed"] == 0


def test_markup_of_users_and_documents_is_text(desk, teams, stand_in):
    evil = "<at>Tous</at> **gras** [lien](http://x) {{DATE(2020-01-01)}} <script>x</script> \x1b[1m"
    heard = scripted(desk, Reply(parts=(Text(text=evil),)))
    teams.say(evil)
    assert "Tous **gras** [lien](http://x)" in heard[0].text
    (card,) = stand_in.cards()
    kinds = {n["type"] for n in walk(card["body"]) if "type" in n}
    assert kinds == {"RichTextBlock", "TextRun"}  # never read as Markdown
    shown = texts(card)
    assert "**gras** [lien](http://x)" in shown and "{{DATE" not in shown and "\x1b" not in shown
    assert all("entities" not in message for message in stand_in.messages())


def test_files_and_nothing_at_all(teams, stand_in, heard):
    teams.say("", attachments=[{"contentType": "application/vnd.microsoft.teams.file.download"}])
    assert "Je ne lis ni les fichiers ni les cartes" in stand_in.text() and heard == []
    teams.say("   ", attachments=[{"contentType": "text/html", "content": "<p></p>"}])
    assert "Écrivez votre question" in stand_in.text()


def test_a_card_that_somebody_posts_is_no_question(teams, stand_in, heard):
    # As Teams and the Agents Playground send what the message extension made.
    place = '<span class="inline-compose-card" itemid="0">\n <span content="0"></span>\n</span>'
    card = {"contentType": CARD, "content": {"type": "AdaptiveCard"}}
    for text in (f"\n{place}\n", '<attachment id="1"></attachment>'):
        teams.say(text, attachments=[card])
    assert stand_in.text().count("ni les cartes") == 2 and heard == []
    teams.say(f"{place} délai?", attachments=[card])
    assert heard[-1].text == "délai?"
    teams.say(place)
    assert heard[-1].text == place, "typed, it is text"


def test_a_huge_text_gets_a_sentence(teams, stand_in):
    teams.say("mot " * 20_000)
    assert "caractères" in stand_in.text()


def test_a_conversation_that_is_gone_breaks_nothing(teams, stand_in):
    stand_in.answers.append((404, {}, {"error": {"code": "ConversationNotFound"}}))
    assert teams.say("délai?").status_code == 202
    assert teams.say("délai?").status_code == 202
    assert len(stand_in.messages()) == 1


def test_english_is_answered_in_english(teams, stand_in):
    teams.say("délai?", locale="en-CA")
    assert "Read the passage" in [n.get("title") for n in walk(stand_in.cards())]


@pytest.mark.parametrize(
    ("locale", "client", "button"),
    [
        (None, "en-US", "Read the passage"),
        (None, "fr-CA", "Lire le passage"),
        ("fr-CA", "en-US", "Lire le passage"),
        (None, None, "Lire le passage"),
        (None, "de-DE", "Lire le passage"),
    ],
)
def test_the_language_is_that_of_the_message_else_of_the_client(
    teams, stand_in, locale, client, button
):
    info = {"type": "clientInfo", "locale": client, "platform": "Web"}
    teams.say("délai?", locale=locale, entities=[info])
    assert button in [n.get("title") for n in walk(stand_in.cards())]


def test_buttons_keep_their_order_and_one_look(desk, teams, stand_in):
    long = Button(label="Préparation à la rencontre de démarrage", action="dialog:start:p")
    labels = ["Définir ses besoins", long.label, "Voir mes réponses"]
    plain = (Button(label=labels[0], say="x"), long, Button(label=labels[2], say="y"))
    first = Button(label="Ouvrir le dossier", action="dossier:open:1", style="primary")
    scripted(desk, Reply(parts=(Buttons(buttons=(*plain, first)),)))
    teams.say("admissibilité")
    (card,) = stand_in.cards()
    rows = [n["selectAction"]["title"] for n in walk(card) if "selectAction" in n]
    assert rows == labels
    (row,) = [n for n in walk(card) if n.get("type") == "ActionSet"]
    assert [action["title"] for action in row["actions"]] == ["Ouvrir le dossier"]


def test_a_reply_without_parts_says_something(desk, teams, stand_in):
    scripted(desk, Reply(parts=()))
    teams.say("délai?")
    assert "C’est noté." in stand_in.text()
