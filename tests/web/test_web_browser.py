"""The page in headless Chromium: by keyboard alone, over reloads and failures, with axe-core."""

from __future__ import annotations

import re
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from web_browsing import DESKTOP, PHONE, QUESTION, ask, check, focused, tab_to
from web_fakes import GUIDE, PASSAGES

pytestmark = pytest.mark.browser


def test_by_keyboard_alone(tab, app):
    page = tab()
    page.keyboard.type("Qui")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("signe?")
    page.keyboard.press("Enter")
    page.wait_for_selector(".citation")
    assert focused(page) == "Qui\nsigne?"
    assert page.input_value("#question") == ""
    tab_to(page, "Lire le passage")
    page.keyboard.press("Enter")
    assert page.locator("mark").first.inner_text() == "signé par le dirigeant de l’organisme"
    assert page.locator("mark").first.is_visible()
    action = page.get_by_role("button", name="Utile", exact=True).get_attribute("value")
    record = action.split(":")[2]
    tab_to(page, "Pas utile")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert page.locator("input[type=radio]:checked").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.type("il manque l’annexe")
    tab_to(page, "Envoyer l’avis")
    page.keyboard.press("Enter")
    page.wait_for_selector(".feedback:has-text('Merci')")
    assert "Merci" in focused(page)
    assert app.storage.feedback(record).comment == "il manque l’annexe"
    tab_to(page, "Envoyer")


@pytest.mark.parametrize("width", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_lengthy_short_answer_shows_at_every_width(tab, width):
    page = tab(viewport=width)
    ask(page)
    page.evaluate("document.querySelector('.short').className = 'short lengthy'")
    assert page.locator(".short.lengthy").is_visible()


def test_the_first_tab_skips_to_the_box(tab):
    page = tab()
    ask(page)
    page.reload()
    page.keyboard.press("Tab")
    assert focused(page) == "Aller à la zone de question"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "question"


def test_suggestion_then_news_for_screen_readers(tab):
    page = tab()
    ask(page)
    page.get_by_role("button", name="Qu’est-ce qu’un avenant?").click()
    page.wait_for_selector(".ambiguous")
    assert page.locator("#news").inner_text() == "Réponse affichée."
    assert focused(page) == "Qu’est-ce qu’un avenant?"


def test_the_conversation_outlives_a_reload_and_ends_when_asked(tab):
    page = tab()
    ask(page)
    ask(page, "la météo")
    page.fill("#question", "un début de")
    page.reload()
    assert page.locator(".asked").all_inner_texts() == [QUESTION, "la météo"]
    assert page.locator(".citation").count() == 2
    assert page.input_value("#question") == "un début de"
    page.get_by_role("button", name="Nouvelle conversation").click()
    page.wait_for_selector("#welcome")
    assert page.locator(".exchange").count() == 0
    page.reload()
    assert page.locator(".exchange").count() == 0 and page.input_value("#question") == ""


def test_judged_answers_ask_no_more_after_a_reload(tab):
    page = tab()
    ask(page)
    page.get_by_role("button", name="Utile", exact=True).click()
    page.wait_for_selector(".feedback:has-text('Merci')")
    page.reload()
    assert page.locator(".exchange").count() == 1
    assert page.locator(".feedback").count() == 0


def test_language_switch(tab):
    page = tab()
    ask(page)
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator(".asked").inner_text() == QUESTION
    ask(page, "Qui signe encore?")
    last = page.locator(".exchange").last
    assert last.get_attribute("lang") == "en"
    assert last.locator(".short").get_attribute("lang") == "fr"
    assert last.get_by_role("link", name="See in the document").count() == 2


def test_document_and_permalink(tab, address):
    page = tab()
    ask(page)
    page.get_by_role("link", name="Voir dans le document").first.click()
    page.wait_for_url(f"**/document/{GUIDE.key}?p=1#p1")
    opened = page.locator(".passage.opened")
    assert opened.inner_text().startswith("Passage cité")
    assert opened.evaluate("e => e.getBoundingClientRect().top < innerHeight")
    page.go_back()
    assert page.locator(".exchange").count() == 1
    passage = PASSAGES[1]
    page.goto(f"{address}/c/{passage.digest}/{quote(passage.id, safe='@')}")
    assert page.get_by_text("Ce passage est inchangé").is_visible()
    page.get_by_role("link", name="English").click()
    assert page.get_by_text("unchanged since it was cited").is_visible()


def test_copying_a_citation(tab, address):
    page = tab(permissions=["clipboard-read", "clipboard-write"])
    ask(page)
    page.get_by_role("button", name="Copier la citation").first.click()
    page.get_by_role("button", name="Citation copiée.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "signé par le dirigeant" in copied and "Section 3.4.4" in copied
    assert re.search(rf"\n{address}/c/{PASSAGES[1].digest}/guide@2021-07-22%231$", copied)
    page.get_by_role("button", name="Copier le lien").first.click()
    page.get_by_role("button", name="Lien copié.").wait_for()
    page.goto(page.evaluate("navigator.clipboard.readText()"))
    assert "Signature du contrat" in page.locator(".citation h2").inner_text()


def test_offline_keeps_the_question_and_tries_again(tab):
    page = tab()
    page.context.set_offline(True)
    ask(page)
    assert "injoignable" in page.locator(".text.error").inner_text()
    assert page.input_value("#question") == QUESTION
    page.context.set_offline(False)
    page.get_by_role("button", name="Réessayer").click()
    page.wait_for_selector(".citation")
    assert page.locator(".exchange").count() == 1
    assert page.input_value("#question") == ""


@pytest.mark.parametrize("body", ["<html>", '{"parts": [{"tree": ["script", {}, []]}]}', "{}"])
def test_a_reply_that_makes_no_sense_is_a_sentence(tab, body):
    page = tab()
    page.route("**/api/message", lambda route: route.fulfill(status=200, body=body))
    ask(page)
    assert "illisible" in page.locator(".text.error").inner_text()
    assert page.input_value("#question") == QUESTION


def test_an_error_shows_its_sentence(tab):
    page = tab()
    body = '{"error": "Panne du serveur.", "reference": "ABCD1234"}'
    page.route("**/api/message", lambda route: route.fulfill(status=500, body=body))
    ask(page)
    assert "Panne du serveur." in page.locator(".text.error").inner_text()
    assert "ABCD1234" in page.locator(".text.error").inner_text()


def test_too_long_a_question_is_told_before_it_is_sent(tab, knowledge):
    page = tab()
    page.fill("#question", "signe " * 400)
    assert page.locator("#count").inner_text() == "400 caractères de trop"
    page.press("#question", "Enter")
    assert page.input_value("#question") and not knowledge.asked


def test_hostile_text_runs_nothing(tab):
    page = tab()
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    ask(page, "hostile <img src=x onerror=alert(9)> \u202eegnahc")
    assert page.locator("main img, main script").count() == 0
    assert "<img src=x onerror=alert(9)> egnahc" in page.locator(".asked").inner_text()
    assert page.locator(".short").inner_text().startswith("<script>alert('court')</script>")


def test_without_script(tab):
    page = tab(java_script_enabled=False)
    page.fill("#question", QUESTION)
    page.get_by_role("button", name="Envoyer").click()
    page.get_by_text("Lire le passage").first.click()
    assert page.locator("mark").first.is_visible()
    assert page.get_by_role("link", name="Lien permanent").first.is_visible()
    assert page.get_by_role("button", name="Copier la citation").count() == 0
    page.get_by_text("Pas utile").click()
    page.get_by_label("Il manque quelque chose").check()
    page.get_by_role("button", name="Envoyer l’avis").click()
    assert page.get_by_text("Merci, votre avis est noté.").is_visible()


def test_a_token_is_asked_for_once(browser, app):
    from web_serving import Served

    from bot.channels.web import create_app
    from bot.channels.web_options import WebOptions

    token = "un jeton assez long"
    with Served(create_app(app, WebOptions(port=0, token=token))) as url, opened(browser) as page:
        page.goto(f"{url}/document/{GUIDE.key}?p=1#p1")
        page.get_by_label("Jeton d’accès").fill("mauvais")
        page.keyboard.press("Enter")
        page.get_by_role("alert").wait_for()
        check(page, "login")
        page.get_by_label("Jeton d’accès").fill(token)
        page.keyboard.press("Enter")
        page.get_by_text("Passage cité", exact=True).wait_for()


@contextmanager
def opened(browser, **options):
    context = browser.new_context(**options)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("width", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_overflows(tab, width, theme):
    page = tab(viewport=width, color_scheme=theme)
    check(page, "empty")
    ask(page)
    for summary in page.locator("summary").all():
        summary.click()
    for text in ("un avenant", "la météo", "!!!"):
        ask(page, text)
    check(page, "answers")
    page.get_by_role("link", name="Voir dans le document").first.click()
    check(page, "document")
    for path in (f"/c/{'0' * 16}/{quote(PASSAGES[1].id, safe='@')}", "/rien"):
        page.goto(page.url.partition("/document")[0] + path)
        check(page, path)
