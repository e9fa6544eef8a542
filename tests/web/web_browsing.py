"""What the browser tests share: sizes, keys, and what every page must hold to."""

from __future__ import annotations

DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 360, "height": 740}
QUESTION = "Qui signe le contrat?"


def ask(page, text: str = QUESTION) -> None:
    before = page.locator(".exchange").count()
    page.fill("#question", text)
    page.press("#question", "Enter")
    page.locator(".exchange").nth(before).locator(".answer, .text").first.wait_for()


def tab_to(page, name: str, most: int = 40) -> None:
    """Presses Tab until what has focus has this name or text."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if name in page.evaluate(
            "(e => e === document.body ? '' : e.getAttribute('aria-label') ?? e.textContent)"
            "(document.activeElement)"
        ):
            return
    raise AssertionError(f"{name} can't be reached with Tab")


def focused(page) -> str:
    return page.evaluate("document.activeElement.textContent")


def check(page, where: str) -> None:
    """No violation of axe-core's rules, nothing wider than the window."""
    from axe_playwright_python.sync_playwright import Axe

    results = Axe().run(page)
    assert results.violations_count == 0, f"{where}: {results.generate_report()}"
    overflow = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert overflow <= 0, f"{where}: {overflow} px too wide"
