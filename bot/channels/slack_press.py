"""What a button stands for, in its `value`: JSON of 2,000 characters at most."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from json import JSONDecodeError
from typing import Any

from bot.channels.slack_text import BUTTON, Json, label, prefix, size
from handlers.conversation import Button

VALUE = 2000  # characters of a button's value
SAID = 1800  # of a question behind a button
PREFIX = "press:"  # of every action_id; what follows only tells buttons of one block apart


@dataclass(frozen=True)
class Press:
    """What comes back when a button is pressed."""

    action: str = ""
    say: str = ""
    values: dict[str, str] = field(default_factory=dict)
    form: str = ""  # key of the form the button belongs to
    offset: int = 0  # where to go on reading in the passage of a `document:` action
    file: bool = False
    own: str = ""  # what the channel does by itself: open, share, why
    kept: str = ""  # name in SlackStore.kept

    def dumped(self) -> str:
        """The `value`."""
        short = {
            "a": self.action,
            "s": prefix(self.say, SAID),
            "v": self.values,
            "k": self.form,
            "o": self.offset,
            "f": self.file,
            "w": self.own,
            "n": self.kept,
        }
        kept = {name: value for name, value in short.items() if value}
        text = json.dumps(kept, ensure_ascii=False)
        while size(text) > VALUE and kept.get("s"):  # JSON's escapes made it too long
            kept["s"] = str(kept["s"])[: -(size(text) - VALUE)]
            text = json.dumps(kept, ensure_ascii=False)
        return text


def loaded(value: Any) -> Press:
    """The press behind a `value`; an empty one for anything that is not ours."""
    try:
        found = json.loads(value)
    except (JSONDecodeError, TypeError, RecursionError):
        return Press()
    if not isinstance(found, dict):
        return Press()
    values, offset = found.get("v"), found.get("o")
    return Press(
        action=text_of(found, "a"),
        say=text_of(found, "s"),
        values={str(k): str(v) for k, v in values.items()} if isinstance(values, dict) else {},
        form=text_of(found, "k"),
        offset=offset if isinstance(offset, int) and offset > 0 else 0,
        file=found.get("f") is True,
        own=text_of(found, "w"),
        kept=text_of(found, "n"),
    )


def text_of(found: dict[str, Any], name: str) -> str:
    """A text of the object, empty for anything else."""
    value = found.get(name)
    return value if isinstance(value, str) else ""


def press_of(button: Button, form: str = "") -> Press:
    """What a handler's button stands for."""
    return Press(action=button.action, say=button.say, form=form, file=button.file)


def element(words: str, press: Press, number: int = 0, style: str = "") -> Json:
    """A button; `number` tells it from its neighbours."""
    made: Json = {
        "type": "button",
        "action_id": f"{PREFIX}{number}",
        "text": label(words, BUTTON),
        "value": press.dumped(),
    }
    return made | {"style": style} if style else made
