"""Cards as Microsoft's own renderer draws them, in headless Chromium, at a phone's width."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from teams_samples import CARDS

pytestmark = pytest.mark.browser
SCRIPT = "adaptivecards/dist/adaptivecards.min.js"
MARKDOWN = "markdown-it/dist/browser/markdown-it.umd.min.js"  # what Teams reads TextBlocks with
PAGE = """<!doctype html><meta charset=utf-8><style>
body { font: 14px/1.4 sans-serif; margin: 8px; width: calc(100vw - 16px) }
</style><div id=card></div>"""
DRAW = """card => {
  const made = new AdaptiveCards.AdaptiveCard();
  made.hostConfig = new AdaptiveCards.HostConfig({
    supportsInteractivity: true, fontFamily: "sans-serif",
    actions: { maxActions: 6, actionsOrientation: "horizontal", actionAlignment: "left" },
  });
  const markdown = window.markdownit();
  AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
    result.outputHtml = markdown.render(text);
    result.didProcess = true;
  };
  const context = new AdaptiveCards.SerializationContext();
  made.parse(card, context);
  const faults = [];
  for (let i = 0; i < context.eventCount; i++) faults.push(context.getEventAt(i).message);
  const checked = made.validateProperties();
  for (const failed of checked.validationEvents ?? []) faults.push(failed.message);
  made.onExecuteAction = action => (window.sent = action.data ?? null);
  document.getElementById("card").replaceChildren(made.render());
  // The renderer's pattern for `lang` has a memory: it refuses every second good value.
  return faults.filter(fault => !fault.includes('property "lang"'));
}"""


@pytest.fixture(scope="module")
def tab() -> Iterator[object]:
    """A page with the renderer loaded."""
    folder = Path(os.environ.get("NODE_MODULES", "node_modules"))
    if not (folder / SCRIPT).is_file() or not (folder / MARKDOWN).is_file():
        pytest.skip("needs npm adaptivecards and markdown-it (NODE_MODULES names their folder)")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    import shutil

    path = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    if path is None:
        pytest.skip("needs Chromium (or name one with the variable CHROMIUM)")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.set_content(PAGE)
        for script in (SCRIPT, MARKDOWN):
            page.add_script_tag(path=str(folder / script))
        yield page
        browser.close()


@pytest.mark.parametrize("name", CARDS)
def test_the_official_renderer_draws_it_on_a_phone(tab, name):
    assert tab.evaluate(DRAW, CARDS[name]()) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= 360
    if folder := os.environ.get("SCREENSHOTS"):
        tab.screenshot(path=f"{folder}/teams-{name}.png", full_page=True)


def test_a_passage_unfolds(tab):
    tab.evaluate(DRAW, CARDS["answer"]())
    passage = tab.get_by_text("Texte du passage 2.")
    assert not passage.is_visible()
    tab.get_by_role("button", name="Lire le passage").nth(1).click()
    assert passage.is_visible()
    if folder := os.environ.get("SCREENSHOTS"):
        tab.screenshot(path=f"{folder}/teams-answer-unfolded.png", full_page=True)


def test_a_form_says_what_is_missing_and_sends_what_is_there(tab):
    tab.evaluate(DRAW, CARDS["form"]())
    tab.evaluate("window.sent = null")
    tab.get_by_role("button", name="Suivant").click()
    assert tab.evaluate("window.sent") is None
    assert tab.get_by_text("Remplissez ce champ.").first.is_visible()
    if folder := os.environ.get("SCREENSHOTS"):
        tab.screenshot(path=f"{folder}/teams-form-missing.png", full_page=True)
    tab.get_by_label("Régime général").check()
    tab.get_by_label("Responsable des achats").check()
    tab.locator("input[type=date]").fill("2026-12-01")
    tab.locator("input[type=number]").fill("12")
    tab.get_by_label("Oui, je le confirme").check()
    tab.get_by_role("button", name="Suivant").click()
    sent = tab.evaluate("window.sent")
    assert sent["f_regime"] == "general" and sent["f_duree"] in (12, "12")
    assert sent["f_lu"] == "yes" and sent["catalogue"]["action"] == "dialog:answer:1"


def test_markup_is_drawn_as_text(tab):
    tab.evaluate(DRAW, CARDS["markup"]())
    text = tab.inner_text("#card").replace("\u2060", "").replace("\u200a", "")
    assert "**gras** [lien](http://exemple.ca)" in text and "<b>x</b>" in text
    assert "*choix* _un_ [a](http://b)" in text
    assert tab.locator("#card a, #card strong, #card em, #card script").count() == 0
