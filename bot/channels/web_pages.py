"""Whole pages: the conversation, what went wrong. All work without script."""

from __future__ import annotations

import json

from bot.channels.web_account import Account, account_bar
from bot.channels.web_forms import event_field
from bot.channels.web_html import El, el
from bot.channels.web_parts import FilePath, buttons_tree, part_tree
from handlers.conversation import Buttons, Reply
from handlers.questions import LONGEST
from knowledge.phrases import say

# The sentences that the page's script says by itself.
SCRIPT_WORDS = (
    "reply searching sending arrived retry offline slow unreadable left over copy_failed error "
    "form_closed to_correct".split()
)


def page(title: str, lang: str, here: str, *main: El | None, script: bool = False) -> str:
    """A whole page. `here` is the address that the language switch comes back to."""
    name = say("web.name", lang)
    other = "en" if lang == "fr" else "fr"
    joint = "&" if "?" in here else "?"
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", f"{title} – {name}" if title != name else name),
        el("link", rel="icon", href="/static/logo.svg", type="image/svg+xml"),
        el("link", rel="stylesheet", href="/static/style.css"),
        el("script", src="/static/page.js", type="module") if script else None,
    )
    brand = el(
        "a",
        el("img", src="/static/logo.svg", alt="", width=36, height=36),
        el("span", name),
        href="/",
        class_="brand",
    )
    short, rest = say("web.new", lang).split(" ", 1)  # phones show the first word
    new = el(
        "button",
        short,
        el("span", f" {rest}", class_="long"),
        type="submit",
        class_="quiet",
        id="new",
        aria_label=f"{short} {rest}",
    )
    tools = el(
        "div",
        el("form", new, method="post", action="/new") if script else None,
        el(
            "a",
            say("web.switch", lang),
            href=f"{here}{joint}lang={other}",
            hreflang=other,
            lang=other,
            class_="quiet",
        ),
        class_="tools",
    )
    skip = el("a", say("web.skip", lang), href="#question", class_="skip") if script else None
    body = el(
        "body",
        skip,
        el("header", brand, tools, class_="top"),
        el("main", *main, id="main"),
        class_="talk" if script else "read",
    )
    return "<!doctype html>\n" + el("html", head, body, lang=lang).html()


def home_page(lang: str, account: Account, exchange: El, draft: str = "") -> str:
    """The conversation, opened by a welcome or, for browsers without script, by one exchange."""
    name = say("web.name", lang)
    words = {key: say(f"web.{key}", lang, count="{count}") for key in SCRIPT_WORDS}
    main = (
        el("h1", name, class_="unseen"),
        account_bar(lang, account),
        el(
            "div",
            exchange,
            id="conversation",
            data_words=json.dumps(words, ensure_ascii=False),
            data_lang=lang,
        ),
        el("div", role="status", aria_live="polite", class_="unseen", id="news"),
        composer(lang, draft),
    )
    return page(name, lang, "/", *main, script=True)


def welcome(lang: str, offered: tuple[Buttons, ...]) -> El:
    """What an empty conversation shows: what the assistant offers to a newcomer."""
    return el(
        "section",
        el("h2", say("web.welcome", lang)),
        el("p", say("web.intro", lang), class_="intro"),
        *map(buttons_tree, offered),
        class_="welcome",
        id="welcome",
    )


def composer(lang: str, draft: str) -> El:
    """The question box."""
    box = el(
        "textarea",
        draft,
        id="question",
        name="question",
        rows=1,
        required=True,
        autocomplete="off",
        placeholder=say("web.placeholder", lang),
        aria_describedby="keys count",
        data_longest=LONGEST,
    )
    return el(
        "form",
        event_field(),
        el("label", say("web.question", lang), for_="question"),
        el("div", box, el("button", say("web.send", lang), type="submit"), class_="box"),
        el(
            "p",
            el("span", say("web.disclaimer", lang), class_="disclaimer"),
            el("span", say("web.keys", lang), id="keys", class_="keys"),
            el("span", id="count", class_="count"),
            class_="hint",
        ),
        method="post",
        action="/",
        id="composer",
    )


def exchange_tree(asked: str, reply: Reply, lang: str, file_path: FilePath) -> El:
    """A question and its reply; the page's script builds the same around a reply's trees."""
    return el(
        "article",
        el("h2", asked or say("web.reply", lang), tabindex=-1, class_="asked"),
        el("div", *(part_tree(part, lang, file_path) for part in reply.parts), class_="reply"),
        class_="exchange",
        lang=lang,
    )


def error_page(sentence: str, reference: str, lang: str) -> str:
    """What went wrong, and the way back."""
    title = say("web.error", lang)
    words = say("web.reference", lang, reference=reference) if reference else None
    return page(
        title,
        lang,
        "/",
        el(
            "section",
            el("h1", title),
            el("p", sentence, class_="intro"),
            el("p", words, class_="reference") if words else None,
            el("p", el("a", say("web.go_home", lang), href="/", class_="button")),
            class_="sheet narrow",
        ),
    )
