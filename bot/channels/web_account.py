"""What the page says of the visitor himself: who is signed in, his notices."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.web_html import El, el
from knowledge.phrases import say


@dataclass(frozen=True)
class Account:
    """What the page says of the visitor himself."""

    name: str = ""  # of the person signed in
    personal: bool = False  # whether anybody can sign in
    unread: int = 0  # notices
    notices: int = 0


def account_bar(lang: str, account: Account) -> El:
    """Who is signed in, the way in or out, the notices. Hidden while it has nothing to say."""
    shown = bool(account.name or account.notices)
    count = el("span", str(account.unread) if account.unread else "", id="unread")
    notices = el(
        "a", say("web.notices", lang), " ", count, href="/avis", id="notices", hidden=not shown
    )
    leave = el("button", say("web.sign_out", lang), type="submit", class_="quiet", id="leave")
    return el(
        "div",
        el("span", account.name, class_="name") if account.name else None,
        notices,
        el("form", leave, method="post", action="/deconnexion")
        if account.name
        else (el("a", say("web.sign_in", lang), href="/connexion") if account.personal else None),
        class_="account",
    )
