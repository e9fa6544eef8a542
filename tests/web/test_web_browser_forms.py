"""Forms, tables and files in headless Chromium: by keyboard alone, over reloads and failures."""

from __future__ import annotations

import pytest
from web_browsing import DESKTOP, PHONE, ask, check, focused, tab_to
from web_dialog import KEY, Demo, file

pytestmark = pytest.mark.browser
START = "Vérifier notre admissibilité"


@pytest.fixture(autouse=True)
def demo(app) -> Demo:
    """A small dialog, started by the menu's first button."""
    made = Demo()
    app.router.routes = made.routes(opens="dialog:start:admissibilite")
    return made


def start(page) -> None:
    page.get_by_role("button", name=START).click()
    page.locator(".form").wait_for()


def to_second(page) -> None:
    start(page)
    page.get_by_label("Un ministère").check()
    page.get_by_role("button", name="Continuer").click()
    page.locator("textarea[name=f-why]").wait_for()


def to_outcome(page) -> None:
    to_second(page)
    page.get_by_label("Serveurs").check()
    page.get_by_label("Durée en mois").fill("12")
    page.get_by_label("Je confirme").check()
    page.get_by_role("button", name="Continuer").click()
    page.locator("table").wait_for()


def test_a_dialog_by_keyboard_alone(tab, demo):
    page = tab()
    tab_to(page, START)
    page.keyboard.press("Enter")
    page.wait_for_selector(".form")
    assert focused(page) == START
    tab_to(page, "Continuer")
    page.keyboard.press("Enter")
    page.wait_for_selector(".wrong")
    # The error: said, tied to the group, and focus on the first thing to correct.
    assert page.locator("#news").inner_text() == "Une réponse est à corriger."
    group = page.get_by_role("radiogroup")
    assert group.get_attribute("aria-invalid") == "true"
    described = group.get_attribute("aria-describedby")
    assert page.locator(f"#{described}").text_content() == "Erreur\u00a0: Choisissez une réponse."
    assert page.evaluate("document.activeElement.name") == "f-kind"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("textarea[name=f-why]")
    assert demo.submitted[-1] == ("first", {"kind": "autre"})
    # The next form took its place; its title has focus, its progress was said.
    assert page.locator(".exchange").count() == 1 and focused(page) == "Précisions"
    assert page.locator("#news").inner_text() == "Question 2 sur 2"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    tab_to_field(page, "f-months")
    page.keyboard.type("24")
    tab_to_field(page, "f-why")
    page.keyboard.type("Première raison.")
    page.keyboard.press("Enter")
    page.keyboard.type("Deuxième.")
    tab_to_field(page, "f-sure")
    page.keyboard.press("Space")
    tab_to(page, "Continuer")
    page.keyboard.press("Enter")
    page.wait_for_selector("table")
    values = demo.submitted[-1][1]
    assert values["offers"] == "iaas\nvdc" and values["why"] == "Première raison.\nDeuxième."
    assert (values["months"], values["sure"]) == ("24", "yes") and focused(page) == "Admissible"


def tab_to_field(page, name: str) -> None:
    """Presses Tab until the field of this name has focus."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"{name} can't be reached with Tab")


def test_back_and_leave_carry_no_field(tab, demo):
    page = tab()
    to_second(page)
    page.get_by_label("Durée en mois").fill("12")
    page.get_by_role("button", name="Retour").click()
    page.get_by_role("radiogroup").wait_for()
    assert demo.submitted[-1] == ("back", {})
    page.get_by_role("button", name="Quitter").click()
    page.get_by_text("Le dialogue est quitté.").wait_for()
    assert page.locator(".form").count() == 0 and page.locator(".exchange").count() == 1


def test_a_question_in_the_middle_leaves_the_form_as_it_is(tab):
    page = tab()
    to_second(page)
    page.get_by_label("Durée en mois").fill("12")
    ask(page)
    assert page.get_by_label("Durée en mois").input_value() == "12"
    page.get_by_label("Serveurs").check()
    page.get_by_label("Je confirme").check()
    page.get_by_role("button", name="Continuer").click()
    page.locator("table").wait_for()
    assert page.locator(".exchange").first.locator("table").count() == 1


def test_the_same_form_elsewhere_closes_the_earlier_one(tab):
    page = tab()
    start(page)
    ask(page, "encore le formulaire")
    page.locator(".closed").wait_for()
    assert page.locator(".form").count() == 1
    assert page.locator(".form").get_attribute("data-key") == KEY
    page.reload()
    assert page.locator(".closed").count() == 1 and page.locator(".form").count() == 1
    start_again = page.locator(".exchange").last
    start_again.get_by_label("Un ministère").check()
    page.get_by_role("button", name="Continuer").click()
    page.locator("textarea[name=f-why]").wait_for()


def test_the_conversation_keeps_its_form_over_a_reload(tab):
    page = tab()
    to_second(page)
    page.reload()
    assert page.locator(".exchange").count() == 1
    page.get_by_label("Durée en mois").fill("12")
    page.get_by_role("button", name="Continuer").click()
    page.locator(".wrong").first.wait_for()
    assert page.get_by_label("Durée en mois").input_value() == "12"


def test_offline_keeps_what_was_filled_in_and_tries_again_once(tab, demo):
    page = tab()
    to_second(page)
    page.get_by_label("Serveurs").check()
    page.get_by_label("Durée en mois").fill("12")
    page.get_by_label("Je confirme").check()
    page.context.set_offline(True)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Réessayer").wait_for()
    assert page.get_by_label("Durée en mois").input_value() == "12"
    page.context.set_offline(False)
    page.get_by_role("button", name="Réessayer").click()
    page.locator("table").wait_for()
    assert [step for step, _ in demo.submitted].count("second") == 1


def test_a_handlers_refusal_leaves_the_form(tab, demo):
    page = tab()
    start(page)
    page.locator(".form button[value='demo:leave']").evaluate("e => e.value = 'demo:fail'")
    page.get_by_role("button", name="Quitter").click()
    page.locator(".form .text.error").wait_for()
    assert "n’a pas pu être lu" in focused(page)
    assert page.get_by_role("radiogroup").is_visible()


def test_a_file_is_downloaded_and_its_failure_told(tab):
    page = tab()
    to_outcome(page)
    with page.expect_download() as got:
        page.get_by_role("button", name="Exporter en PDF").click()
    assert got.value.suggested_filename == "Dossier d’été _1_.pdf"
    assert got.value.path().read_bytes() == file().content
    with page.expect_download():
        page.get_by_role("link", name="Télécharger").click()
    page.get_by_role("button", name="Exporter ce qui manque").click()
    page.locator(".fetched .text.error").wait_for()
    assert page.locator(".exchange").count() == 1


def test_characters_left_are_counted(tab):
    page = tab()
    to_second(page)
    page.get_by_label("Justification").fill("x" * 9_900)
    assert page.locator(".field .count").inner_text() == "100 caractères restants"
    page.get_by_label("Justification").fill("x" * 10_001)
    assert page.locator(".field .count").inner_text() == "1 caractères de trop"


def test_without_script_the_whole_dialog(tab, demo):
    page = tab(java_script_enabled=False)
    page.get_by_role("button", name=START).click()
    page.get_by_role("button", name="Continuer").click()
    assert page.get_by_text("Choisissez une réponse.").is_visible()
    assert page.locator("[autofocus]").get_attribute("name") == "f-kind"
    page.get_by_label("Un ministère").check()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Serveurs").check()
    page.get_by_label("Stockage").check()
    page.get_by_label("Durée en mois").fill("12")
    page.get_by_label("Justification").fill("un\ndeux")
    page.get_by_label("Je confirme").check()
    page.get_by_role("button", name="Continuer").click()
    assert page.get_by_role("table").is_visible()
    assert demo.submitted[-1][1]["offers"] == "iaas\nvdc"
    assert demo.submitted[-1][1]["why"] == "un\ndeux"
    with page.expect_download() as got:
        page.get_by_role("button", name="Exporter en PDF").click()
    assert got.value.suggested_filename == "Dossier d’été _1_.pdf"


def test_a_phone_stacks_a_table_that_stays_a_table(tab):
    page = tab(viewport=PHONE)
    to_outcome(page)
    assert page.get_by_role("columnheader").count() == 3
    row = page.get_by_role("row").nth(1)
    assert row.get_by_role("rowheader").inner_text() == "Validation de la CEI"
    boxes = [cell.bounding_box() for cell in row.get_by_role("cell").all()]
    assert boxes[0]["y"] < boxes[1]["y"]


@pytest.mark.parametrize("width", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_any_part(tab, width, theme):
    page = tab(viewport=width, color_scheme=theme)
    start(page)
    check(page, "form")
    page.get_by_role("button", name="Continuer").click()
    page.locator(".wrong").wait_for()
    check(page, "form with an error")
    page.get_by_label("Un ministère").check()
    page.get_by_role("button", name="Continuer").click()
    page.locator("textarea[name=f-why]").wait_for()
    page.get_by_role("button", name="Continuer").click()
    page.locator(".wrong").first.wait_for()
    check(page, "every kind of field")
    page.get_by_label("Serveurs").check()
    page.get_by_label("Durée en mois").fill("12")
    page.get_by_label("Je confirme").check()
    page.get_by_role("button", name="Continuer").click()
    page.locator("table").wait_for()
    page.get_by_role("button", name="Exporter en PDF").click()
    page.locator(".fetched").wait_for()
    check(page, "outcome")
