"""An announcement as each platform will show it, in lines of text: made by the platform's own
rendering, so that what it cuts or changes is seen before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.config import Settings
from handlers.conversation import Reply

RULE = "──────────"


def previews(settings: Settings) -> dict[str, Callable[[Reply], str]]:
    """Channel → how it shows a message; every one, whether or not it is set up here."""
    lang = settings.language
    return {
        "web": on_web(lang),
        "console": on_console(lang),
        "slack": on_slack(lang),
        "teams": on_teams(lang),
    }


def on_web(lang: str) -> Callable[[Reply], str]:
    """The page's own elements, a line each."""

    def lines(reply: Reply) -> str:
        from bot.channels.web_parts import part_tree

        return "\n".join(
            line
            for part in reply.parts
            for line in tree_lines(part_tree(part, lang, lambda file: f"/{file.name}").json())
        )

    return lines


def tree_lines(tree: Any) -> list[str]:
    """The text of [tag, attributes, children], a line an element that stands alone."""
    if isinstance(tree, str):
        return [tree]
    tag, attributes, children = tree
    inner = [line for child in children for line in tree_lines(child)]
    if tag == "button":
        return [f"[ {' '.join(inner)} ]"]
    if tag == "a" and str(attributes.get("href", "")).startswith("https://"):
        return [f"{' '.join(inner)} → {attributes['href']}"]
    if tag in ("p", "li", "h3", "span", "dt", "dd"):
        text = "".join(inner) if tag != "p" else " ".join(inner)
        return [f"• {text}" if tag == "li" else text]
    return inner


def on_console(lang: str) -> Callable[[Reply], str]:
    """The terminal's own view."""

    def lines(reply: Reply) -> str:
        from bot.channels.console_view import View

        view = View(lang, 72, bold=False)
        return "\n\n".join("\n".join(view.part(part)) for part in reply.parts)

    return lines


def on_slack(lang: str) -> Callable[[Reply], str]:
    """Block Kit, block by block."""

    def lines(reply: Reply) -> str:
        from bot.channels.slack_pages import blocks_of

        return "\n".join(filter(None, map(outline, blocks_of(reply, lang, lambda form: ""))))

    return lines


def on_teams(lang: str) -> Callable[[Reply], str]:
    """The cards' elements, one after the other."""

    def lines(reply: Reply) -> str:
        from bot.channels.teams_messages import messages

        return f"\n{RULE}\n".join(outline(m.activity) for m in messages(reply, lang))

    return lines


def outline(element: Any) -> str:
    """The texts of an element of Block Kit or of an Adaptive Card, buttons in brackets."""
    if isinstance(element, list):
        return "\n".join(filter(None, map(outline, element)))
    if not isinstance(element, Mapping):
        return ""
    kind = str(element.get("type", ""))
    if kind == "divider":
        return RULE
    own = element.get("text") if isinstance(element.get("text"), str) else ""
    if kind in ("link", "Action.OpenUrl"):
        return f"{element.get('text') or element.get('title')} → {element.get('url')}"
    if kind == "button" or kind.startswith("Action."):
        label = element.get("title") or outline(element.get("text"))
        return f"[ {label} ]"
    if kind == "RichTextBlock":
        return "".join(str(run.get("text", "")) for run in element.get("inlines", ()))
    inner = ("text", "fields", "elements", "attachments", "content", "body", "items", "columns")
    below = [outline(element[name]) for name in (*inner, "actions") if name in element]
    return "\n".join(filter(None, [str(own or ""), *below]))
