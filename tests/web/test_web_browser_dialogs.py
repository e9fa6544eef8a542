"""The main dialogs on the web page, in French, by keyboard alone, over the shipped documents."""

from __future__ import annotations

import pytest
from web_browsing import DESKTOP, PHONE, ask, check, focused, tab_to
from web_corpus import CorpusKnowledge

pytestmark = pytest.mark.browser
ELIGIBILITY = "Vérifier notre admissibilité"


@pytest.fixture
def knowledge() -> CorpusKnowledge:
    return CorpusKnowledge()


def choose(page, label: str) -> None:
    """Goes to the group with Tab and to the choice with the arrows, then sends the form."""
    wanted = page.get_by_label(label, exact=True)
    for _ in range(30):
        if page.evaluate("document.activeElement.type") == "radio":
            break
        page.keyboard.press("Tab")
    # A group without an answer has focus on its first choice, which Space takes.
    page.keyboard.press("Space")
    for _ in range(12):
        if wanted.is_checked():
            break
        page.keyboard.press("ArrowDown")
    assert wanted.is_checked(), label
    send(page, "Continuer")


def send(page, name: str) -> None:
    """Presses a button by keyboard and waits for what comes of it."""
    tab_to(page, name)
    before = page.locator("#conversation").inner_html()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "before => document.getElementById('conversation').innerHTML !== before"
        " && !document.querySelector('.searching, [aria-busy]')",
        arg=before,
    )


def title(page) -> str:
    return page.locator(".form h3").last.inner_text()


def test_eligibility_by_keyboard_alone(tab):
    page = tab()
    send(page, ELIGIBILITY)
    assert "question 1 sur" in page.locator(".progress p").inner_text()
    send(page, "Continuer")
    assert page.evaluate("document.activeElement.type") == "radio"  # the error: nothing chosen
    choose(page, "Un ministère ou un organisme visé par le décret 596-2020")
    assert (
        title(page)
        == focused(page)
        == "L’infonuagique privée servira-t-elle dans le cadre du PCCTI?"
    )
    choose(page, "Oui")
    assert "vérifiez vos réponses" in focused(page)
    send(page, "Confirmer et voir le résultat")
    assert "Non admissible" in page.locator(".exchange").last.inner_text()
    sources = page.locator(".citation h4").all_inner_texts()
    assert any("2.4" in source for source in sources)
    tab_to(page, "Lire le passage")
    page.keyboard.press("Enter")
    assert page.locator("details.passage[open] blockquote").first.is_visible()
    check(page, "outcome")


def test_back_and_a_changed_answer_lead_to_another_outcome(tab):
    page = tab(viewport=PHONE)
    send(page, ELIGIBILITY)
    choose(page, "Un ministère ou un organisme visé par le décret 596-2020")
    send(page, "Retour")
    assert page.locator("input:checked").count() == 1  # what was answered is still there
    choose(page, "Infrastructures technologiques Québec (ITQ)")
    choose(page, "Une solution complète, au moins à la configuration minimale")
    choose(page, "Oui")
    check(page, "summary on a phone")
    send(page, "Confirmer et voir le résultat")
    shown = page.locator(".exchange").last.inner_text()
    assert "Admissible" in shown and "Non admissible" not in shown
    check(page, "outcome on a phone")


def test_the_rule_behind_a_question_and_back_to_it(tab):
    page = tab()
    send(page, ELIGIBILITY)
    choose(page, "Un ministère ou un organisme visé par le décret 596-2020")
    send(page, "Voir la règle")
    assert page.locator(".exchange").count() == 1 and page.locator(".citation").count()
    page.reload()
    send(page, "Revenir à la question")
    assert page.locator(".exchange").count() == 1 and "PCCTI" in title(page)


def test_a_question_in_the_middle_then_the_dialog_goes_on(tab):
    page = tab()
    send(page, ELIGIBILITY)
    choose(page, "Un ministère ou un organisme visé par le décret 596-2020")
    ask(page)
    last = page.locator(".exchange").last
    assert last.locator(".citation").count() and last.locator(".form").count() == 1
    assert page.locator(".form").count() == 1 and page.locator(".closed").count() == 1
    choose(page, "Oui")
    assert "vérifiez vos réponses" in page.locator(".exchange").last.inner_text()


def answer(page) -> None:
    """Fills in whatever is asked, by keyboard: « Fait » or « Oui », names; dates stay empty."""
    page.locator(".form h3").last.focus()
    form = page.locator(".form").last
    if form.locator("input[type=radio]").count():
        labels = [form.get_by_label(name, exact=True) for name in ("Fait", "Oui")]
        labels.append(form.get_by_label("Une autre organisation", exact=True))
        wanted = next(label for label in labels if label.count())
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.type") != "radio":
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        while not wanted.is_checked():
            page.keyboard.press("ArrowDown")
    elif page.locator(".form input[type=text]").count():
        for words in ("Nuages Boréal inc.", "Solution A")[
            : form.locator("input[type=text]").count()
        ]:
            page.keyboard.press("Tab")
            while page.evaluate("document.activeElement.type") != "text":
                page.keyboard.press("Tab")
            page.keyboard.type(words)
    send(page, "Continuer")


@pytest.mark.parametrize("width", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_preparation_by_keyboard_alone(tab, width):
    page = tab(viewport=width)
    send(page, "Préparer la rencontre de démarrage")
    page.locator(".form h3").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("Stockage du centre de Québec")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Commencer").wait_for()
    check(page, "dossier opened")
    send(page, "Commencer")
    for _ in range(15):
        if not page.locator(".form").count():
            break
        answer(page)
    assert "vérifiez vos réponses" in page.locator(".exchange").last.inner_text()
    check(page, "summary")
    send(page, "Confirmer et voir le résultat")
    last = page.locator(".exchange").last
    assert "Prêt" in last.locator("h3").first.inner_text()
    # The six prerequisites, the agenda, the eleven steps, and what they rest on.
    assert last.locator("table").count() >= 3
    assert any("3.5" in text for text in last.locator(".citation h4").all_inner_texts())
    check(page, "outcome")
    send(page, "Ouvrir le dossier")
    assert "Stockage du centre de Québec" in page.locator(".exchange").last.inner_text()
    check(page, "dossier")
    send(page, "Soumettre au Courtier")
    check(page, "submission")
    send(page, "Soumettre")
    said = page.locator(".exchange").last.inner_text()
    assert "courtier.infonuagique@itq.gouv.qc.ca" in said and "Nuages Boréal inc." in said
    with page.expect_download() as taken:
        tab_to(page, "Document PDF")
        page.keyboard.press("Enter")
    assert taken.value.suggested_filename.endswith(".pdf")
    check(page, "submitted")


def test_left_and_taken_up_again_after_the_browser_was_closed(tab):
    page = tab()
    send(page, ELIGIBILITY)
    choose(page, "Un ministère ou un organisme visé par le décret 596-2020")
    send(page, "Quitter")
    assert page.locator(".form").count() == 0
    page.get_by_role("button", name="Nouvelle conversation").click()
    page.wait_for_selector("#welcome")
    send(page, ELIGIBILITY)
    shown = page.locator(".exchange").last.inner_text()
    assert "PCCTI" in shown or "Reprendre" in shown
