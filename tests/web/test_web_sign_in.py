"""Signing in by a personal token: sessions, who one is then, the way out; notices."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.bootstrap import build_app
from bot.channels import web_door
from bot.channels.inbox_sender import InboxSender
from bot.channels.web_options import WebOptions, options_of
from bot.config import Settings
from bot.stores.sign_ins import LIFE, MOST_SESSIONS, SignIn, SignIns
from handlers.conversation import Actor, Button, Buttons, File, Reply, Text
from handlers.inbox import inbox_of
from handlers.people import token_digest
from handlers.router import Route
from knowledge.phrases import Problem, say

MARIE, LUC = "jeton-personnel-de-marie-0001", "jeton-personnel-de-luc-000001"
SITE = "un jeton assez long"
PEOPLE = f"""
organisations:
  mtq:
    name: Ministère des Transports
  ramq:
    name: Régie de l’assurance maladie
people:
  marie:
    name: Marie Tremblay
    organisation: mtq
    token: {token_digest(MARIE)}
  luc:
    name: Luc Roy
    organisation: ramq
    token: {token_digest(LUC)}
"""


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "people.yaml"
    path.write_text(PEOPLE, encoding="utf8")
    return path


@pytest.fixture
def seen() -> list[Actor]:
    """The actors that reached a handler, as access.py settled them."""
    return []


@pytest.fixture
def app(tmp_path, knowledge, people, seen, monkeypatch):
    monkeypatch.setattr(web_door, "PAUSE", 0.0)
    made = build_app(Settings(database=tmp_path / "web.sqlite", people=people), engine=knowledge)

    def note(incoming, services):
        seen.append(incoming.actor)
        return Reply(parts=(Text(text="vu"),))

    made.router.routes = (
        Route("who", lambda i: i.pressed == "who", note),
        *made.router.routes,
    )
    return made


async def sign_in(client, own, token: str, target: str = "/"):
    fields = {"token": token, "target": target}
    return await client.post("/connexion", data=fields, headers=own, allow_redirects=False)


async def who(client, seen) -> Actor:
    response = await client.post("/api/message", json={"pressed": "who"})
    assert response.status == 200
    return seen[-1]


async def test_a_personal_token_says_who_one_is(client, own, seen):
    before = await who(client, seen)
    assert before.person is None and before.id.startswith("visitor:")
    answer = await sign_in(client, own, MARIE, "/document/x")
    assert answer.status == 303 and answer.headers["Location"] == "/document/x"
    cookie = next(c for c in answer.headers.getall("Set-Cookie") if c.startswith("session="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and MARIE not in cookie
    actor = await who(client, seen)
    assert (actor.id, actor.name, actor.person) == ("person:marie", "Marie Tremblay", "marie")
    assert (actor.organisation, actor.audience) == ("mtq", "client")
    page = await (await client.get("/")).text()
    assert "Marie Tremblay" in page and "Se déconnecter" in page


async def test_signing_out_ends_the_session_and_the_conversation(client, own, app, seen):
    await sign_in(client, own, MARIE)
    await who(client, seen)
    kept = {c.key: c.value for c in client.session.cookie_jar}
    await client.post("/deconnexion", headers=own, allow_redirects=False)
    now = {c.key for c in client.session.cookie_jar if c.value}
    assert "session" not in now and "conversation" not in now
    assert (await who(client, seen)).person is None
    # The session is over on the server, too.
    old = await client.get(
        "/", headers={"Cookie": f"session={kept['session']}"}, allow_redirects=False
    )
    assert old.status == 303 and old.headers["Location"].startswith("/connexion?ended=1")


@pytest.mark.parametrize("token", ["", "faux", MARIE + "x", token_digest(MARIE)])
async def test_a_wrong_token_is_refused_alike(client, own, seen, token):
    answer = await sign_in(client, own, token)
    assert answer.status == 403 and "Ce jeton n’est pas le bon" in await answer.text()
    assert (await who(client, seen)).person is None


async def test_wrong_guesses_wait_their_turn_and_not_too_many(client, own, monkeypatch):
    monkeypatch.setattr(web_door, "MOST_WAITING", 0)
    answer = await sign_in(client, own, "faux")
    assert answer.status == 429 and "Trop d’essais" in await answer.text()
    assert (await sign_in(client, own, MARIE)).status == 303


async def test_a_session_that_is_over_is_told(client, own, app, people, seen):
    await sign_in(client, own, MARIE)
    people.write_text(PEOPLE.replace(token_digest(MARIE), token_digest("un autre jeton")))
    refused = await client.post("/api/message", json={"pressed": "who"})
    assert refused.status == 401 and "session a pris fin" in (await refused.json())["error"]
    assert not seen
    page = await client.get("/?p=1")
    assert page.url.path == "/connexion" and "session a pris fin" in await page.text()
    assert 'value="/?p=1"' in await page.text()
    assert (await who(client, seen)).person is None


async def test_a_session_ends_with_its_time(client, own, app, seen):
    now = [datetime(2026, 11, 24, tzinfo=UTC)]
    signs = SignIns(app.settings.database)
    sign_in = SignIn(person="marie", token=token_digest(MARIE))
    name = signs.open(sign_in, now[0])
    assert signs.signed_in(name, now[0] + LIFE) == sign_in
    assert signs.signed_in(name, now[0] + LIFE + timedelta(seconds=1)) is None
    assert signs.signed_in("rien", now[0]) is None
    for _ in range(MOST_SESSIONS):
        signs.open(sign_in, now[0] + timedelta(seconds=1))
    assert signs.signed_in(name, now[0]) is None
    signs.close()
    content = b"".join(p.read_bytes() for p in app.settings.database.parent.glob("web.sqlite*"))
    assert name.encode() not in content


async def test_a_cookie_cannot_claim_to_be_a_person(client, seen):
    for forged in ("person:marie", "marie" * 5):
        await client.post(
            "/api/message", json={"pressed": "who"}, headers={"Cookie": f"visitor={forged}"}
        )
        assert seen[-1].person is None and seen[-1].id.startswith("visitor:")
    assert seen[-1].organisation is None


async def test_the_sites_token_and_personal_ones_live_side_by_side(site, seen):
    client = await site(token=SITE)
    own = {"Origin": str(client.make_url("/")).rstrip("/")}
    assert "jeton personnel" in await (await client.get("/")).text()
    await sign_in(client, own, SITE)
    assert (await who(client, seen)).person is None
    await sign_in(client, own, LUC)
    assert (await who(client, seen)).person == "luc"
    client.session.cookie_jar.clear()
    await sign_in(client, own, LUC)
    assert (await who(client, seen)).person == "luc"


async def test_off_loopback_personal_tokens_alone_open_the_page(site, own, seen, app):
    with pytest.raises(Problem, match="jeton"):
        WebOptions(host="0.0.0.0").checked()
    options = options_of(app.settings, host="0.0.0.0", port=0)
    assert options.personal and options.checked()
    client = await site(host="0.0.0.0", personal=True)
    assert (await client.get("/")).status == 401
    assert (await client.post("/api/message", json={"pressed": "who"})).status == 401
    own = {"Origin": str(client.make_url("/")).rstrip("/")}
    await sign_in(client, own, "")
    assert (await client.get("/")).status == 401 and not seen
    await sign_in(client, own, MARIE)
    assert (await who(client, seen)).person == "marie"


async def test_without_personal_tokens_there_is_nothing_to_sign_in_to(client, people, own):
    people.unlink()
    assert (await client.get("/connexion", allow_redirects=False)).headers["Location"] == "/"
    assert (await sign_in(client, own, MARIE)).headers["Location"] == "/"
    assert "Se connecter" not in await (await client.get("/")).text()


@pytest.mark.parametrize(("setting", "secure"), [("auto", False), ("always", True)])
async def test_cookies_are_for_https_alone_where_the_setting_says_so(site, setting, secure):
    client = await site(secure_cookies=setting)
    own = {"Origin": str(client.make_url("/")).rstrip("/")}
    answer = await sign_in(client, own, MARIE)
    cookies = [c for c in answer.headers.getall("Set-Cookie") if c.startswith("session=")]
    assert ["Secure" in cookie for cookie in cookies] == [secure]


def notice(words: str) -> Reply:
    buttons = Buttons(buttons=(Button(label="Ouvrir", action="who"),))
    return Reply(parts=(Text(text=words, tone="title"), buttons))


async def test_notices_wait_for_the_person_signed_in(client, own, app):
    sender = InboxSender("web", app.inbox, app.router.services.clock)
    marie = inbox_of(Actor(id="person:marie", channel="web", person="marie"))
    first = sender.send(marie, notice("Nouvelle <fiche>"), key="1")
    sender.send(marie, notice("Guide modifié"), key="2")
    sender.send(marie.model_copy(update={"conversation": "inbox:luc"}), notice("Luc"), key="1")
    assert "Guide modifié" not in await (await client.get("/avis")).text()
    await sign_in(client, own, MARIE)
    home = await (await client.get("/")).text()
    assert re.search(r'id="unread"[^>]*>2<', home)
    page = await (await client.get("/avis")).text()
    assert "Nouvelle &lt;fiche&gt;" in page and "Luc" not in page and page.count("Non lu") == 2
    read = await client.post("/avis", data={"read": first}, headers=own)
    assert read.url.path == "/avis" and (await read.text()).count("Non lu<") == 1
    body = await (await client.post("/api/message", json={"pressed": "who"})).json()
    assert body["unread"] == 1
    sender.recall(marie, first)
    await client.post("/avis", data={"read": ""}, headers=own)
    page = await (await client.get("/avis")).text()
    assert "Guide modifié" in page and "fiche" not in page and "Non lu<" not in page


async def test_a_browser_has_notices_of_its_own_and_their_files(client, app, seen):
    actor = await who(client, seen)
    sender = InboxSender("web", app.inbox, app.router.services.clock)
    file = File(name="a.ics", media_type="text/calendar", content=b"BEGIN:VCALENDAR")
    sender.send(inbox_of(actor), Reply(parts=(file,)), key="k")
    page = await (await client.get("/avis")).text()
    path = re.search(r'href="(/file/[^"]+)"', page).group(1)
    assert await (await client.get(path)).read() == file.content
    client.session.cookie_jar.clear()
    assert say("web.notices.none") in await (await client.get("/avis")).text()
