"""What Teams waits for: the message extension, Action.Execute, consent to a file."""

from __future__ import annotations

import pytest
from teams_world import PERSON, TENANT, card_validator, presses, texts, walk

from handlers.conversation import File, Reply, Text

FILE = File(name="dossier.pdf", media_type="application/pdf", content=b"%PDF-1.7", text="Dossier")


def invoke(teams, name, value, **changes):
    return teams.post(teams.activity(type="invoke", name=name, value=value, text=None, **changes))


def search(teams, text, **changes):
    value = {"commandId": "chercher", "parameters": [{"name": "question", "value": text}]}
    return invoke(teams, "composeExtension/query", value, **changes).json()["composeExtension"]


def test_a_search_gives_the_answer_then_its_sources(teams, stand_in):
    found = search(teams, "délai de livraison?")
    assert found["type"] == "result" and len(found["attachments"]) == 3
    for attachment in found["attachments"]:
        card = attachment["content"]
        assert card_validator()(card) == []
        # Somebody else posts it: nothing in it may come back to the bot.
        assert presses(card) == {}
        assert not [n for n in walk(card) if n.get("type", "").startswith("Input.")]
        assert attachment["preview"]["content"]["title"]
    assert "Texte du passage 1." in texts(found["attachments"][0]["content"])
    assert stand_in.messages() == []


def test_a_search_of_nothing_and_of_what_is_not_known(teams):
    assert search(teams, "dé")["type"] == "message"
    assert "Rien trouvé." in texts(search(teams, "inconnu")["attachments"][0]["content"])


def test_where_the_bot_is_not_the_personal_chat_tells_who_asks(teams, stand_in, desk):
    elsewhere = {"id": "19:autre@thread.v2", "conversationType": "groupChat", "tenantId": TENANT}
    stranger = {"id": "29:inconnu", "name": "X", "aadObjectId": "autre"}
    search(teams, "délai de livraison?", conversation=elsewhere, **{"from": stranger})
    assert desk.heard[-1].actor.audience == "outsider"
    teams.say("bonjour")
    assert desk.heard[-1].actor.id == PERSON and desk.heard[-1].actor.audience == "client"
    search(teams, "délai de livraison?", conversation=elsewhere)
    assert desk.heard[-1].address.conversation == f"{TENANT}:extension:{PERSON}"


def test_the_action_asks_the_question_of_a_message(teams, desk):
    payload = {"body": {"contentType": "html", "content": "<p>Quel <b>délai</b>&nbsp;?</p>"}}
    value = {"commandId": "demander", "messagePayload": payload}
    task = invoke(teams, "composeExtension/fetchTask", value).json()["task"]
    card = task["value"]["card"]["content"]
    assert task["type"] == "continue" and card_validator()(card) == []
    (field,) = [n for n in walk(card) if n.get("type") == "Input.Text"]
    assert field["value"] == "Quel délai ?" and field["label"]
    sent = invoke(
        teams,
        "composeExtension/submitAction",
        {"commandId": "demander", "data": {field["id"]: "Quel délai?"}},
    ).json()["composeExtension"]
    assert "Texte du passage 1." in texts(sent["attachments"][0]["content"])
    assert desk.heard[-1].text == "Quel délai?"


@pytest.mark.parametrize("value", [None, [], "x", {}, {"parameters": [1]}, {"data": 5}])
@pytest.mark.parametrize(
    "name",
    ["query", "fetchTask", "submitAction"],
)
def test_malformed_requests_of_the_extension(teams, name, value):
    assert invoke(teams, f"composeExtension/{name}", value).status_code == 200


def test_action_execute_does_what_submit_does(teams, stand_in):
    teams.say("délai?")
    data = presses(stand_in.cards()[0])["Utile"]
    value = {"action": {"type": "Action.Execute", "verb": "x", "data": data}}
    said = invoke(teams, "adaptiveCard/action", value, replyToId="m1").json()
    assert said["statusCode"] == 200
    assert "votre avis est noté" in stand_in.text()
    for value in (None, {"action": 3}, {"action": {"data": "x"}}):
        assert invoke(teams, "adaptiveCard/action", value).status_code == 200
    assert "version antérieure" in stand_in.text()


@pytest.fixture
def offered(teams, stand_in, desk):
    """A file offered in personal chat: what Teams sends back with the decision."""
    desk.replies[:] = [Reply(parts=(FILE,))]
    teams.say("dossier")
    (attachment,) = stand_in.messages()[-1]["attachments"]
    content = attachment["content"]
    assert attachment["name"] == "dossier.pdf" and content["sizeInBytes"] == len(FILE.content)
    return {"type": "fileUpload", "context": content["acceptContext"]}


def decide(teams, value, **changes):
    return invoke(teams, "fileConsent/invoke", value, replyToId="m1", **changes)


@pytest.fixture
def to_the_stand_in(monkeypatch):
    monkeypatch.setattr("bot.channels.teams_connector.is_upload", lambda url, anonymous: True)


def test_a_file_is_put_where_it_was_consented(teams, stand_in, offered, to_the_stand_in):
    info = {
        "uploadUrl": f"{stand_in.url}/upload",
        "contentUrl": "https://organisme.sharepoint.com/dossier.pdf",
        "name": "dossier.pdf",
        "uniqueId": "u1",
    }
    assert decide(teams, offered | {"action": "accept", "uploadInfo": info}).status_code == 200
    assert stand_in.uploads == [FILE.content]
    (update,) = stand_in.messages("PUT")
    assert update["attachments"][0]["contentUrl"] == info["contentUrl"]
    # Once only.
    decide(teams, offered | {"action": "accept", "uploadInfo": info})
    assert stand_in.uploads == [FILE.content]
    assert "n’est plus disponible" in texts(stand_in.messages("PUT")[-1])


def test_a_file_refused_or_asked_for_by_somebody_else(teams, stand_in, offered):
    other = {"id": "a:autre", "conversationType": "personal", "tenantId": TENANT}
    decide(teams, offered | {"action": "accept"}, conversation=other)
    assert "n’est plus disponible" in texts(stand_in.messages("PUT")[-1])
    decide(teams, offered | {"action": "decline"})
    assert stand_in.uploads == []


def test_a_file_goes_to_onedrive_alone(teams, stand_in, offered):
    for url in (f"{stand_in.url}/upload", "https://evil.example/x.sharepoint.com", ""):
        value = offered | {"action": "accept", "uploadInfo": {"uploadUrl": url}}
        assert decide(teams, value).status_code in (200, 502)
    assert stand_in.uploads == []


def test_elsewhere_a_file_is_a_note(teams, stand_in, desk):
    desk.replies[:] = [Reply(parts=(FILE, Text(text="Voilà.")))]
    teams.post(teams.in_channel("dossier"))
    assert "en conversation privée" in stand_in.text()
