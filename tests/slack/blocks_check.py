"""Block Kit's published limits, checked on whatever the assistant sends.

Written from docs.slack.dev, « Block Kit », apart from the code that makes the blocks; the parts
that slack_sdk's models check are checked by them as well.
"""

from __future__ import annotations

from slack_sdk.models.blocks import Block

MOST = {"message": 50, "modal": 100, "home": 100}
ALLOWED = {
    "message": {"section", "header", "divider", "context", "actions", "input", "rich_text"},
    "modal": {"section", "header", "divider", "context", "actions", "input", "rich_text"},
    "home": {"section", "header", "divider", "context", "actions", "input", "rich_text"},
}
WHOLE = 13_000  # characters of a message


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class BadBlocks(AssertionError):
    """Slack would answer invalid_blocks."""


def need(condition: bool, what: str) -> None:
    if not condition:
        raise BadBlocks(what)


def text(value: object, most: int, *, plain: bool = False) -> None:
    need(isinstance(value, dict) and value.get("type") in ("plain_text", "mrkdwn"), f"text {value}")
    assert isinstance(value, dict)
    need(not plain or value["type"] == "plain_text", "plain_text wanted")
    need(isinstance(value.get("text"), str), "text missing")
    need(1 <= units(value["text"]) <= most, f"{units(value['text'])} characters, {most} allowed")
    need(set(value) <= {"type", "text", "emoji", "verbatim"}, f"keys {set(value)}")


def option(value: dict) -> None:
    text(value["text"], 75)
    need(1 <= len(value["value"]) <= 150, "option value")
    if "description" in value:
        text(value["description"], 75)


def element(value: dict) -> None:
    kind = value.get("type")
    need(len(value.get("action_id", "")) <= 255, "action_id")
    if kind == "button":
        text(value["text"], 75, plain=True)
        need(len(value.get("value", "")) <= 2000, "button value")
        need(value.get("style") in (None, "primary", "danger"), "style")
        need(set(value) <= {"type", "text", "value", "action_id", "style"}, f"keys {set(value)}")
    elif kind in ("radio_buttons", "checkboxes", "static_select", "multi_static_select"):
        most = 10 if kind in ("radio_buttons", "checkboxes") else 100
        need(1 <= len(value["options"]) <= most, f"{len(value['options'])} options in {kind}")
        values = [o["value"] for o in value["options"]]
        need(len(values) == len(set(values)), "options twice")
        for o in value["options"]:
            option(o)
        initial = value.get("initial_options") or [value.get("initial_option")]
        need(all(o is None or o in value["options"] for o in initial), "initial option unknown")
    elif kind == "plain_text_input":
        need(1 <= value.get("max_length", 1) <= 3000, "max_length")
        need(units(value.get("initial_value", "")) <= 3000, "initial_value")
    elif kind == "datepicker":
        date = value.get("initial_date")
        need(date is None or len(date) == 10, "initial_date")
    elif kind == "number_input":
        need(isinstance(value.get("is_decimal_allowed"), bool), "is_decimal_allowed")
        for name in ("initial_value", "min_value", "max_value"):
            need(name not in value or float(value[name]) is not None, name)
    else:
        raise BadBlocks(f"element {kind}")


def check_blocks(blocks: list[dict], surface: str) -> None:
    need(isinstance(blocks, list) and 0 < len(blocks) <= MOST[surface], f"{len(blocks)} blocks")
    names = [b["block_id"] for b in blocks if "block_id" in b]
    need(len(names) == len(set(names)) and all(len(n) <= 255 for n in names), "block_id")
    for block in blocks:
        kind = block.get("type")
        need(kind in ALLOWED[surface], f"block {kind}")
        if kind == "section":
            text(block["text"], 3000)
            if "accessory" in block:
                element(block["accessory"])
        elif kind == "header":
            text(block["text"], 150, plain=True)
        elif kind == "rich_text":
            for part in block["elements"]:
                need(part["type"] == "rich_text_section", "rich_text element")
                for e in part["elements"]:
                    need(e["type"] in ("text", "link") and bool(e["text"]), f"rich text {e}")
                    need(e["type"] == "text" or e["url"].startswith("https://"), "link")
        elif kind == "context":
            need(1 <= len(block["elements"]) <= 10, "context elements")
            for e in block["elements"]:
                text(e, 2000)
        elif kind == "actions":
            need(1 <= len(block["elements"]) <= 25, "actions elements")
            ids = [e["action_id"] for e in block["elements"]]
            need(len(ids) == len(set(ids)), "action_id twice in a block")
            for e in block["elements"]:
                element(e)
        elif kind == "input":
            text(block["label"], 2000, plain=True)
            element(block["element"])
            if "hint" in block:
                text(block["hint"], 2000, plain=True)
    for parsed in Block.parse_all(blocks):
        parsed.validate_json()
    if surface == "message":
        need(sum(map(units, shown(blocks))) <= WHOLE, "message too long")


def check_view(view: dict) -> None:
    need(view.get("type") in ("modal", "home"), "view type")
    check_blocks(view["blocks"], view["type"])
    need(len(view.get("private_metadata", "")) <= 3000, "private_metadata")
    if view["type"] == "modal":
        text(view["title"], 24, plain=True)
        for name in ("submit", "close"):
            if name in view:
                text(view[name], 24, plain=True)
        inputs = any(b["type"] == "input" for b in view["blocks"])
        need(not inputs or "submit" in view, "inputs without submit")
        need(len(view.get("callback_id", "")) <= 255, "callback_id")


def shown(value: object) -> list[str]:
    """Every text shown, in order."""
    if isinstance(value, dict):
        if value.get("type") in ("plain_text", "mrkdwn"):
            return [value["text"]]
        return [t for inner in value.values() for t in shown(inner)]
    return [t for inner in value for t in shown(inner)] if isinstance(value, list) else []
