"""An announcement as each platform will show it, in lines of text: made by the platform's own
rendering, so that what it cuts or changes is seen before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.config import Settings
from handlers.conversation import Reply

RULE = "──────────"


def previews(settings: Settings) -> dict[str, Callable[[Reply], str]]:
    """Channel → how it shows a message. Slack and Teams where they are configured."""
    from bot.channels.slack_options import configured as slack_configured
    from bot.channels.teams_options import configured as teams_configured

    found: dict[str, Callable[[Reply], str]] = {"console": on_console(settings.language)}
    if slack_configured(settings):
        found["slack"] = on_slack(settings.language)
    if teams_configured(settings):
        found["teams"] = on_teams(settings.language)
    return found


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
    if kind == "button" or kind.startswith("Action."):
        label = element.get("title") or outline(element.get("text"))
        return f"[ {label} ]"
    inner = ("text", "fields", "elements", "attachments", "content", "body", "items", "columns")
    below = [outline(element[name]) for name in (*inner, "actions") if name in element]
    return "\n".join(filter(None, [str(own or ""), *below]))
