"""« Utile / pas utile », with a reason when it was not."""

from __future__ import annotations

import logging
from typing import Literal

from handlers.conversation import Button, Feedback, Incoming, Reply, Text
from handlers.ports import FeedbackRecord, StoreUnavailable
from handlers.questions import printable
from handlers.services import Services
from knowledge.phrases import say

log = logging.getLogger(__name__)

Verdict = Literal["yes", "no"]
REASONS = ("wrong", "incomplete", "elsewhere", "outdated", "unclear")
COMMENT = 500  # characters kept of a typed comment
PREFIX = "feedback:"


def feedback_action(record: str, verdict: Verdict, reason: str = "") -> str:
    """The action of a feedback button: « feedback:no:<record>:<reason> »."""
    return f"{PREFIX}{verdict}:{record}:{reason}"


def feedback_part(record: str, lang: str) -> Feedback:
    """Asks whether the answer was useful; `reasons` are the buttons to show after « pas utile »."""
    return Feedback(
        record=record,
        reasons=tuple(
            Button(
                label=say(f"feedback.reason.{reason}", lang),
                action=feedback_action(record, "no", reason),
            )
            for reason in REASONS
        ),
    )


def give_feedback(incoming: Incoming, services: Services) -> Reply:
    """Stores what was pressed. A typed comment comes as `values["comment"]`."""
    lang = incoming.actor.lang
    verdict, record, reason = (*(incoming.pressed or "").removeprefix(PREFIX).split(":"), "", "")[
        :3
    ]
    if verdict not in ("yes", "no") or (reason and reason not in REASONS):
        return Reply(parts=(Text(text=say("feedback.unknown", lang), tone="error"),))
    comment = printable(incoming.values.get("comment", "")).strip()[:COMMENT]
    try:
        known = services.records.save_feedback(
            FeedbackRecord(
                question_id=record,
                at=services.clock(),
                useful=verdict == "yes",
                reason=reason,
                comment=comment,
            )
        )
    except StoreUnavailable as error:
        log.warning("feedback not recorded: %s", error)
        return Reply(parts=(Text(text=say("feedback.not_stored", lang), tone="error"),))
    if not known:
        return Reply(parts=(Text(text=say("feedback.unknown", lang), tone="error"),))
    return Reply(parts=(Text(text=say("feedback.thanks", lang), tone="note"),))
