"""Signing in and reading notices in headless Chromium, by keyboard alone."""

from __future__ import annotations

import pytest
from web_browsing import DESKTOP, PHONE, ask, check, tab_to
from web_dialog import file

from bot.bootstrap import build_app
from bot.channels.inbox_sender import InboxSender
from bot.config import Settings
from handlers.conversation import Actor, Button, Buttons, Reply, Text
from handlers.inbox import inbox_of
from handlers.people import token_digest

pytestmark = pytest.mark.browser
TOKEN = "jeton-personnel-de-marie-0001"
NAME = "Marie-Hélène Tremblay-Lafontaine"
MARIE = inbox_of(Actor(id="person:marie", channel="web", person="marie"))


@pytest.fixture
def app(tmp_path, knowledge):
    people = tmp_path / "people.yaml"
    people.write_text(
        "organisations:\n  mtq:\n    name: Ministère des Transports\n"
        f"people:\n  marie:\n    name: {NAME}\n    organisation: mtq\n"
        f"    token: {token_digest(TOKEN)}\n",
        encoding="utf8",
    )
    return build_app(Settings(database=tmp_path / "web.sqlite", people=people), engine=knowledge)


@pytest.fixture
def sender(app) -> InboxSender:
    return InboxSender("web", app.inbox, app.router.services.clock)


def sign_in(page) -> None:
    page.get_by_role("link", name="Se connecter").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/connexion")
    tab_to(page, "Entrer")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type(TOKEN)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Se déconnecter").wait_for()


@pytest.mark.parametrize("width", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_signing_in_reading_notices_signing_out(tab, sender, width):
    page = tab(viewport=width)
    check(page, "before")
    page.get_by_role("link", name="Se connecter").click()
    check(page, "sign-in")
    page.go_back()
    sign_in(page)
    assert page.get_by_text(NAME).is_visible()
    check(page, "signed in")
    words = Reply(
        parts=(
            Text(text="Une nouvelle fiche est au Catalogue", tone="title"),
            Buttons(buttons=(Button(label="Aide", action="help"),)),
            file(),
        )
    )
    name = sender.send(MARIE, words, key="1")
    ask(page)
    # The count came with the answer; no reload was needed.
    assert page.get_by_role("link", name="Avis 1").is_visible()
    page.get_by_role("link", name="Avis 1").press("Enter")
    page.get_by_text("Une nouvelle fiche").wait_for()
    check(page, "notices")
    with page.expect_download():
        page.get_by_role("link", name="Télécharger").click()
    page.get_by_role("button", name="Marquer comme lu").press("Enter")
    page.get_by_text("non lus\u00a0: 0").wait_for()
    sender.edit(MARIE, name, Reply(parts=(Text(text="Fiche retirée"),)))
    page.get_by_role("link", name="Retour à la conversation").click()
    page.get_by_role("link", name="Avis 1").wait_for()
    page.locator(".exchange").wait_for()  # the script brings back what was said
    assert page.locator(".exchange").count() == 1
    page.get_by_role("button", name="Se déconnecter").press("Enter")
    page.wait_for_selector("#welcome")
    # Nothing of the person stays in the tab.
    assert page.locator(".exchange").count() == 0
    assert page.get_by_text(NAME).count() == 0
    page.goto(page.url + "avis")
    assert page.get_by_text("Aucun avis").is_visible()


def test_a_button_of_a_notice_leads_to_the_conversation(tab, sender):
    page = tab()
    sign_in(page)
    ask(page)
    sender.send(
        MARIE, Reply(parts=(Buttons(buttons=(Button(label="Aide", action="help"),)),)), key="1"
    )
    page.goto(page.url + "avis")
    page.get_by_role("button", name="Aide").press("Enter")
    page.get_by_text("Je réponds aux questions").wait_for()
    # The conversation kept in the tab stands above.
    page.locator(".exchange").nth(1).wait_for()
    assert page.locator(".exchange").count() == 2
    assert "Je réponds" in page.locator(".exchange").last.inner_text()
