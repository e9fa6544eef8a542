"""A tree of elements, written as HTML or as JSON: text can never become markup.

The page sends the same tree twice: as HTML to a browser without JavaScript, as JSON to the
script, which builds it with `createElement` and text nodes. So there is one renderer, here.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

VOID = frozenset({"br", "img", "input", "link", "meta"})
# Invisible controls that would reorder or disguise the text around them, and C0/C1 controls.
DISGUISING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class El:
    """An element. Tags and attribute names come from code; values and children may be anything."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: tuple[str | El, ...] = ()

    def html(self) -> str:
        """The element as HTML, everything escaped."""
        attrs = "".join(
            f' {name}="{html.escape(clean(value))}"' for name, value in self.attrs.items()
        )
        if self.tag in VOID:
            return f"<{self.tag}{attrs}>"
        inner = "".join(
            html.escape(clean(child), quote=False) if isinstance(child, str) else child.html()
            for child in self.children
        )
        return f"<{self.tag}{attrs}>{inner}</{self.tag}>"

    def json(self) -> list[object]:
        """The element as `[tag, attributes, children]` for the page's script."""
        return [
            self.tag,
            {name: clean(value) for name, value in self.attrs.items()},
            [clean(child) if isinstance(child, str) else child.json() for child in self.children],
        ]

    def text(self) -> str:
        """The text alone, for tests and announcements."""
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)


def el(tag: str, *children: str | El | None, **attrs: str | int | bool | None) -> El:
    """An element; None and False leave an attribute or a child out, True gives a bare attribute.

    `class_` and `for_` stand for the reserved words; an underscore reads as a hyphen.
    """
    named = {
        name.rstrip("_").replace("_", "-"): "" if value is True else str(value)
        for name, value in attrs.items()
        if value is not None and value is not False
    }
    return El(tag, named, tuple(child for child in children if child is not None))


def clean(text: str) -> str:
    """The text without control characters and direction overrides."""
    return DISGUISING.sub("", text)
