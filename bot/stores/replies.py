"""Replies as text in a database."""

from __future__ import annotations

import base64
import json
from datetime import date
from typing import Any

from handlers.conversation import Reply


def dumped(reply: Reply) -> str:
    """A reply as JSON, files in base64."""

    def other(value: object) -> object:
        if isinstance(value, bytes):
            return {"base64": base64.b64encode(value).decode()}
        if isinstance(value, date):
            return value.isoformat()
        raise TypeError(type(value).__name__)

    return json.dumps(reply.model_dump(), default=other, ensure_ascii=False, sort_keys=True)


def loaded(text: str) -> Reply:
    """The reply that `dumped` wrote."""

    def inside(value: dict[str, Any]) -> Any:
        return base64.b64decode(value["base64"]) if value.keys() == {"base64"} else value

    return Reply.model_validate(json.loads(text, object_hook=inside))
