"""The site over real HTTP: questions, documents, permalinks, languages, forms without script."""

from __future__ import annotations

import asyncio
import json
import re

import pytest
from web_fakes import GUIDE, HOSTILE, PASSAGES, SHEET


def link(passage, digest: str | None = None) -> str:
    return f"/c/{digest or passage.digest}/{passage.id.replace('#', '%23')}"


async def ask(client, text: str, **more) -> dict:
    response = await client.post("/api/message", json={"text": text, **more})
    assert response.status == 200, await response.text()
    return await response.json()


def words(tree: list) -> str:
    """The text of a tree sent as JSON."""
    return " ".join(words(child) if isinstance(child, list) else child for child in tree[2])


def links(tree: list) -> list[str]:
    found = [tree[1]["href"]] if "href" in tree[1] else []
    return found + [href for child in tree[2] if isinstance(child, list) for href in links(child)]


async def test_empty_page_has_box_examples_and_caution(client):
    text = await (await client.get("/")).text()
    assert '<html lang="fr">' in text
    assert 'id="question"' in text and "n’en remplacent pas le libellé officiel" in text
    assert text.count('name="say"') >= 3


async def test_a_question_gives_every_part(client, knowledge):
    body = await ask(client, "Qui signe?")
    assert [part["kind"] for part in body["parts"]] == ["answer", "buttons", "feedback"]
    answer = body["parts"][0]
    assert answer["status"] == "answered"
    shown = words(answer["tree"])
    for expected in (
        "Section 3.4.4 · Signature du contrat",
        "page 17",
        "Version du 22 juillet 2021",
        "reformulé d’après le guide du 2021-07-22",
        "exemple fictif",
        "Il existe une version plus récente",
    ):
        assert expected in shown
    assert f"/document/{GUIDE.key}?p=1#p1" in links(answer["tree"])
    assert link(PASSAGES[1]) in links(answer["tree"])
    assert knowledge.asked[0][1] == "client"


async def test_nothing_found_offers_headings_and_contact(client):
    body = await ask(client, "la météo")
    assert body["parts"][0]["status"] == "unanswered"
    assert "courtier@exemple.test" in json.dumps(body)


async def test_the_conversation_goes_on_until_a_new_one(client, own, knowledge):
    await ask(client, "Qui signe?")
    await ask(client, "et pour ITQ?")
    assert knowledge.asked[1][2] == "Qui signe?"
    await client.post("/new", headers=own)
    await ask(client, "et pour ITQ?")
    assert knowledge.asked[2][2] is None


async def test_feedback_is_recorded_with_its_reason(client, app):
    body = await ask(client, "Qui signe?")
    actions = re.findall(r"feedback:[a-z]+:\w+:\w*", json.dumps(body))
    reason = next(action for action in actions if action.endswith("outdated"))
    pressed = {"pressed": reason, "values": {"comment": "périmé"}}
    thanks = await (await client.post("/api/message", json=pressed)).json()
    assert "Merci" in json.dumps(thanks)
    feedback = app.storage.feedback(reason.split(":")[2])
    assert (feedback.useful, feedback.reason, feedback.comment) == (False, "outdated", "périmé")


async def test_document_opens_at_the_passage(client):
    text = await (await client.get(f"/document/{GUIDE.key}?p=1")).text()
    assert re.search(r'<div id="p1" class="passage opened" tabindex="-1">', text)
    assert "Passage cité" in text and "Version du 22 juillet 2021" in text
    assert "reformulé d’après le guide du 2021-07-22" in text
    assert "seul le document officiel fait foi" in text
    assert "jamais montré" not in text
    assert "<dt>Durée de conservation</dt><dd>7 ans</dd>" in text


async def test_a_superseded_sheet_says_so_everywhere(client):
    for path in (f"/document/{SHEET.key}?p=0", link(PASSAGES[3])):
        text = await (await client.get(path)).text()
        assert "Il existe une version plus récente" in text and "exemple fictif" in text
    assert "plus récente" not in await (await client.get(f"/document/{GUIDE.key}")).text()


async def test_document_without_passage_or_with_a_wrong_one(client):
    whole = await client.get(f"/document/{GUIDE.key}")
    wrong = await client.get(f"/document/{GUIDE.key}?p=99")
    none = await client.get("/document/rien@-")
    assert (whole.status, wrong.status, none.status) == (200, 200, 404)
    assert "opened" not in await whole.text()
    assert "n’est plus dans les documents" in await none.text()


async def test_permalink_tells_whether_the_passage_changed(client):
    same = await (await client.get(link(PASSAGES[1]))).text()
    changed = await (await client.get(link(PASSAGES[1], "0" * 16))).text()
    moved = await client.get(f"/c/{PASSAGES[1].digest}/{GUIDE.key}%2377")
    gone = await client.get(f"/c/{'0' * 16}/{GUIDE.key}%2377")
    bad = await client.get(f"/c/nonsense/{GUIDE.key}%231")
    assert "inchangé" in same and "a changé depuis" in changed
    assert "inchangé" in await moved.text()
    assert (gone.status, bad.status) == (404, 404)


async def test_outsiders_learn_nothing_of_documents(client, app):
    app.router.services.access.by_channel["web"] = "outsider"
    forbidden = await client.get(f"/document/{GUIDE.key}")
    unknown = await client.get("/document/rien@-")
    assert forbidden.status == unknown.status == 404
    assert await forbidden.text() == await unknown.text()


async def test_without_script_a_form_does_it_all(client, own):
    page = await client.post("/", data={"question": "Qui signe le contrat?"}, headers=own)
    text = await page.text()
    assert page.status == 200
    assert '<h2 tabindex="-1" class="asked">Qui signe le contrat?</h2>' in text
    assert "<mark>signé par le dirigeant de l’organisme</mark>" in text
    assert 'id="welcome"' not in text
    action = re.search(r'value="(feedback:yes:[^"]+)"', text).group(1)
    thanks = await client.post("/", data={"pressed": action}, headers=own)
    assert "Merci" in await thanks.text()
    again = await client.post("/", data={"say": "Qu’est-ce qu’un avenant?"}, headers=own)
    assert "Plusieurs lectures possibles" in await again.text()


async def test_without_script_a_question_that_fails_is_kept(client, own):
    text = await (await client.post("/", data={"question": "!!!"}, headers=own)).text()
    assert ">!!!</textarea>" in text and "aucun mot" in text


async def test_language_switch_is_kept_and_quotes_stay_french(client):
    assert "Votre question" in await (await client.get("/")).text()
    text = await (await client.get("/?lang=en")).text()
    assert '<html lang="en">' in text and "Your question" in text
    body = await ask(client, "Qui signe?")
    assert body["lang"] == "en"
    told = words(body["parts"][0]["tree"])
    assert "restated from the guide of 2021-07-22" in told and "reformulé" not in told
    assert "exemple fictif" in told, "the sheet’s label has no English"
    assert "Version of July 22, 2021" in words(body["parts"][0]["tree"])
    short = body["parts"][0]["tree"][2][1]
    assert short[1] == {"class": "short", "lang": "fr"}
    document = await (await client.get(f"/document/{GUIDE.key}?p=1")).text()
    assert "Cited passage" in document and '<h1 lang="fr">' in document
    assert "This page doesn’t exist." in await (await client.get("/rien")).text()
    assert '<html lang="fr">' in await (await client.get("/?lang=fr")).text()


async def test_hostile_text_is_shown_as_text(client, own):
    hostile = "hostile <script>alert(0)</script> \u202eegnahc"
    pages = [
        await (await client.post("/", data={"question": hostile}, headers=own)).text(),
        await (await client.get(link(PASSAGES[4]))).text(),
        await (await client.get("/document/pi%C3%A8ge%20%3Cb%3E@x%3C%2Fb%3E@-?p=0")).text(),
    ]
    for text in pages:
        assert not re.search(r"<(script|img)(?! (src|width)=\"?/static/)", text)
        assert "&lt;script&gt;" in text
        assert "\u202e" not in text
    body = await ask(client, hostile)
    assert "\u202e" not in json.dumps(body, ensure_ascii=False)
    assert all(path.startswith("/") for path in links(body["parts"][0]["tree"]))
    assert HOSTILE.key in PASSAGES[4].id


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂", "x" * 10_000, "\x00\x01", "\ud800"])
async def test_what_is_no_question_gets_a_sentence(client, text):
    body = await ask(client, text)
    assert body["parts"][0]["tree"][1]["class"] == "text error"


async def test_errors_are_sentences(client, caplog):
    missing = await client.get("/rien")
    method = await client.put("/api/message", json={})
    assert (missing.status, method.status) == (404, 405)
    assert "Cette page n’existe pas." in await missing.text()
    assert method.headers["Allow"] == "POST" and "n’accepte pas" in (await method.json())["error"]
    body = await ask(client, "une panne secrète")
    assert "numéro" in json.dumps(body, ensure_ascii=False)
    assert "secrète" not in caplog.text


async def test_a_router_that_breaks_gives_a_reference(site, app, monkeypatch, caplog):
    def broken(incoming):
        raise RuntimeError(incoming.text)

    monkeypatch.setattr(app.router, "reply", broken)
    client = await site()
    response = await client.post("/api/message", json={"text": "secret"})
    body = await response.json()
    assert response.status == 500 and re.fullmatch(r"[0-9A-F]{8}", body["reference"])
    assert body["reference"] in caplog.text and "secret" not in caplog.text


async def test_slow_answers_and_crowds_get_a_sentence(site, own):
    client = await site(timeout=0.2, in_flight=1, waiting=1)
    sends = [client.post("/api/message", json={"text": "lente"}) for _ in range(4)]
    statuses = sorted(r.status for r in await asyncio.gather(*sends))
    assert statuses == [408, 408, 503, 503]
    origin = {"Origin": str(client.make_url("/")).rstrip("/")}
    page = await client.post("/", data={"question": "toujours lente"}, headers=origin)
    assert page.status == 408 and ">toujours lente</textarea>" in await page.text()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"text": 1}',
        b'{"text": "a", "pressed": "b"}',
        b'{"text": "a", "audience": "broker"}',
        b'{"pressed": "a", "values": {"comment": 1}}',
        b'{"pressed": "' + b"a" * 300 + b'"}',
        b"[" * 5000,
    ],
)
async def test_malformed_requests_are_refused(client, body):
    headers = {"Content-Type": "application/json"}
    response = await client.post("/api/message", data=body, headers=headers)
    assert response.status == 400
    assert "mal formée" in (await response.json())["error"]


def test_a_lengthy_short_answer_has_the_class_that_every_width_shows():
    from bot.channels.web_parts import LARGE, answer_tree
    from knowledge.passages import Answer

    tree = answer_tree(Answer(question="?", status="answered", short="mot " * LARGE), "fr")
    assert 'class="short lengthy"' in tree.html()
