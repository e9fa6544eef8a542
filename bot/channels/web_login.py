"""The page that asks for a token."""

from __future__ import annotations

from bot.channels.web_html import el
from bot.channels.web_pages import page
from knowledge.phrases import say


def login_page(
    lang: str, target: str, *, personal: bool, wrong: bool = False, ended: bool = False
) -> str:
    """The form that asks for a token; `target` is where it leads afterwards. `personal`: people
    have tokens of their own. `ended`: a session is over."""
    refused = el("p", say("web.wrong_token", lang), class_="text error", role="alert", id="wrong")
    over = el("p", say("web.session_ended", lang), class_="text warning", role="status")
    box = el(
        "input",
        id="token",
        name="token",
        type="password",
        required=True,
        autocomplete="current-password",
        aria_invalid="true" if wrong else None,
        aria_describedby="wrong" if wrong else None,
    )
    title = say("web.sign_in" if personal else "web.login", lang)
    return page(
        title,
        lang,
        "/connexion",
        el(
            "section",
            el("h1", title),
            el("p", say("web.sign_in_why" if personal else "web.login_why", lang), class_="intro"),
            over if ended else None,
            refused if wrong else None,
            el(
                "form",
                el("label", say("web.token", lang), for_="token"),
                box,
                el("input", type="hidden", name="target", value=target),
                el("button", say("web.enter", lang), type="submit"),
                method="post",
                action="/connexion",
                class_="login",
            ),
            class_="sheet narrow",
        ),
    )
