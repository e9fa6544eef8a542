"""Who may come in and how: headers, same origin, host name, token, size; serving and stopping."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import threading

import pytest
from aiohttp import FormData
from web_fakes import GUIDE

from bot.channels import web as channel
from bot.channels.web_guard import pass_of
from bot.channels.web_options import WebOptions
from knowledge.phrases import Problem

TOKEN = "un jeton assez long"
EVERYWHERE = [
    "/",
    f"/document/{GUIDE.key}",
    "/rien",
    "/static/page.js",
    "/static/rien.js",
    "/api/message",
    "/?lang=en",
]


@pytest.mark.parametrize("path", EVERYWHERE)
async def test_every_response_has_the_headers(client, path):
    response = await client.get(path, allow_redirects=False)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cache-Control"] in ("no-store", "no-cache")


async def test_pages_hold_no_inline_script_or_style(client, own):
    texts = [await (await client.get(path)).text() for path in ("/", f"/document/{GUIDE.key}")]
    texts.append(await (await client.post("/", data={"question": "signe"}, headers=own)).text())
    for text in texts:
        assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=", text)


@pytest.mark.parametrize(
    "path", ["/static/../web.py", "/static/%2e%2e/web.py", "/static/..%2fweb.py"]
)
async def test_only_the_static_files_are_served(client, path):
    assert (await client.get(path)).status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
async def test_other_sites_can_change_nothing(client, knowledge, headers):
    for path in ("/", "/new", "/login"):
        response = await client.post(path, data={"question": "signe"}, headers=headers)
        assert response.status == 403
        assert "ne vient pas de la page" in await response.text()
    response = await client.post("/api/message", json={"text": "signe"}, headers=headers)
    assert response.status == 403 and not knowledge.asked


async def test_behind_a_proxy_browsers_are_believed_and_cookies_secure(client, knowledge):
    headers = {
        "Origin": "https://catalogue.example",
        "Sec-Fetch-Site": "same-origin",
        "X-Forwarded-Proto": "https",
    }
    response = await client.post("/", data={"question": "signe"}, headers=headers)
    assert response.status == 200 and knowledge.asked
    assert "Secure" in response.headers["Set-Cookie"]


async def test_a_form_needs_a_browser_and_the_interface_needs_json(client, own):
    assert (await client.post("/", data={"question": "signe"})).status == 403
    plain = {"Content-Type": "text/plain"}
    response = await client.post("/api/message", data='{"text": "signe"}', headers=plain)
    assert response.status == 415
    upload = FormData({"question": "signe"}, default_to_multipart=True)
    assert (await client.post("/", data=upload, headers=own)).status == 415


async def test_the_conversation_is_an_unreadable_strict_cookie(client):
    seen = await client.get("/")
    assert "Set-Cookie" not in seen.headers
    response = await client.post("/api/message", json={"text": "signe"})
    cookie = response.headers["Set-Cookie"]
    assert re.match(r"conversation=[\w-]{24};", cookie)
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    forged = await client.post(
        "/api/message", json={"text": "signe"}, headers={"Cookie": "conversation=moi"}
    )
    assert "conversation=moi" not in forged.headers["Set-Cookie"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "", "[", "10.0.0.1"])
async def test_foreign_host_names_are_refused_on_loopback(client, host):
    response = await client.get("/", headers={"Host": host})
    assert response.status in (400, 421)


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1", "[::1]:9"])
async def test_loopback_host_names_are_served(client, host):
    assert (await client.get("/", headers={"Host": host})).status == 200


async def test_too_much_is_refused_with_a_sentence(client, own):
    response = await client.post("/api/message", json={"text": "x" * 300_000})
    assert response.status == 413 and "volumineux" in (await response.json())["error"]
    page = await client.post("/", data={"question": "x" * 300_000}, headers=own)
    assert page.status == 413 and "volumineux" in await page.text()


async def test_without_the_token_nothing_is_shown(site, knowledge):
    client = await site(token=TOKEN)
    for path in ("/", f"/document/{GUIDE.key}?p=1", "/c/0/1"):
        response = await client.get(path)
        text = await response.text()
        assert response.status == 401 and "Accès réservé" in text and "Signature" not in text
    refused = await client.post("/api/message", json={"text": "signe"})
    assert refused.status == 401 and refused.headers["WWW-Authenticate"] == "Bearer"
    for given in ("Bearer faux", "Bearer ", f"Basic {TOKEN}", "Bearer \udcff"):
        response = await client.get("/", headers={"Authorization": given})
        assert response.status in (400, 401)
    assert not knowledge.asked
    assert (await client.get("/static/style.css")).status == 200


async def test_the_token_opens_as_a_header(site):
    client = await site(token=TOKEN)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    response = await client.post("/api/message", json={"text": "signe"}, headers=headers)
    assert response.status == 200


async def test_the_login_form_opens_and_leads_back(site):
    client = await site(token=TOKEN)
    origin = {"Origin": str(client.make_url("/")).rstrip("/")}
    wrong = await client.post("/login", data={"token": "faux", "target": "/"}, headers=origin)
    assert wrong.status == 403 and "Ce jeton n’est pas le bon" in await wrong.text()
    target = f"/document/{GUIDE.key}?p=1"
    right = await client.post(
        "/login", data={"token": TOKEN, "target": target}, headers=origin, allow_redirects=False
    )
    assert right.status == 303 and right.headers["Location"] == target
    cookie = right.headers["Set-Cookie"]
    assert TOKEN not in cookie and pass_of(TOKEN) in cookie and "HttpOnly" in cookie
    assert (await client.get(target)).status == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", ""]
)
async def test_the_login_form_leads_nowhere_else(site, target):
    client = await site(token=TOKEN)
    origin = {"Origin": str(client.make_url("/")).rstrip("/")}
    fields = {"token": TOKEN, "target": target}
    response = await client.post("/login", data=fields, headers=origin, allow_redirects=False)
    assert response.headers["Location"] == "/"


def test_an_open_address_without_token_is_refused(app):
    with pytest.raises(Problem, match="jeton"):
        channel.run(app, host="0.0.0.0", port=0)


def test_a_taken_port_is_told(app):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Problem, match="Impossible d’écouter"):
            channel.run(app, port=taken.getsockname()[1])


def test_run_prints_its_address_and_stops_when_interrupted(app, capfd):
    interrupt = threading.Timer(0.4, os.kill, (os.getpid(), signal.SIGINT))
    interrupt.start()
    assert channel.run(app, port=0) == 0
    assert re.search(r"http://127\.0\.0\.1:\d+/", capfd.readouterr().out)


async def test_an_abandoned_call_keeps_its_place(app):
    from bot.channels.web_calls import Calls, TooSlow

    running, most = 0, 0
    lock = threading.Lock()

    def slow(incoming):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.15)
        with lock:
            running -= 1
        raise RuntimeError("nobody listens")

    calls = Calls(slow, in_flight=2, waiting=10, timeout=0.05)
    made = await asyncio.gather(*(calls(None) for _ in range(8)), return_exceptions=True)
    assert all(isinstance(error, TooSlow) for error in made)
    await asyncio.sleep(0.4)
    assert most == 2 and calls.present == 0
    assert WebOptions().in_flight > 0
