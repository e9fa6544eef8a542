"""One try at one message: composed, sent unless it is there already, and the result judged."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable

from bot.channels.sending import Sender, SendLater, SendNever
from bot.stores.outbox_tables import Claim, Outcome
from handlers.conversation import Reply
from handlers.ports import StoreUnavailable
from handlers.router import place

log = logging.getLogger(__name__)

FIRST, LONGEST = 2.0, 900.0  # seconds between tries: doubled each time up to the longest
SCOPE_FIRST, SCOPE_LONGEST = 5.0, 300.0  # the same for a workspace that refuses everything
TOLD_LONGEST = 3600.0  # seconds that are waited at most when the platform says how long
PATIENCE = 24 * 3600.0  # seconds of waiting after which a message is a dead letter
ERRORS = 8  # tries, the last of them with an error of our own, after which it is one

# Composes a message at the moment of sending; a reason (a code of phrases, `sending.<reason>`)
# instead of a message: it is skipped.
Maker = Callable[[Claim], Reply | str]


def attempt(
    claim: Claim, sender: Sender, maker: Maker | None, failures: Callable[[], int]
) -> Outcome:
    """What came of sending a claim; never raises. `failures`: how many times in a row the
    platform has said « not now » to anybody."""
    try:
        return perform(claim, sender, maker)
    except SendNever as error:
        return Outcome("dead", reason=error.reason, detail=error.detail)
    except SendLater as error:
        return later(claim, error, failures)
    except StoreUnavailable as error:
        # Nothing was composed, or the channel's own note of it failed: it may have been sent.
        return Outcome("waiting", reason="store", detail=str(error), wait=FIRST, uncertain=True)
    except Exception as error:
        log.error("message %d: %s at %s", claim.id, type(error).__name__, place(error))
        log.debug("message %d", claim.id, exc_info=error)
        detail = type(error).__name__
        if claim.attempts + 1 >= ERRORS:
            return Outcome("dead", reason="error", detail=detail, uncertain=True)
        wait = backoff(claim.attempts)
        return Outcome("waiting", reason="error", detail=detail, wait=wait, uncertain=True)


def perform(claim: Claim, sender: Sender, maker: Maker | None) -> Outcome:
    """Does what the claim asks for, once."""
    if claim.operation == "recall":
        if not claim.target_name:
            return Outcome("skipped", reason="not_sent")
        sender.recall(claim.address, claim.target_name)
        return Outcome("sent")
    if claim.operation == "send" and claim.uncertain:
        found = sender.find(claim.address, claim.key)
        if found is not None:
            return Outcome("sent", sent_as=found, reason="found")
    if maker is None:
        return Outcome("dead", reason="error", detail=f"kind {claim.kind}")
    reply = maker(claim)
    if isinstance(reply, str):
        return Outcome("skipped", reason=reply)
    if claim.operation == "edit":
        if not claim.target_name:
            return Outcome("skipped", reason="not_sent")
        sender.edit(claim.address, claim.target_name, reply)
        return Outcome("sent")
    return Outcome("sent", sent_as=sender.send(claim.address, reply, key=claim.key))


def later(claim: Claim, error: SendLater, failures: Callable[[], int]) -> Outcome:
    """When to try again what the platform put off. Without a time given, the platform is perhaps
    out of order, and whether it has the message is open."""
    told = None if error.seconds is None else min(max(error.seconds, 0.1), TOLD_LONGEST)
    wait = backoff(claim.attempts) if told is None else told * random.uniform(1.0, 1.1)
    if claim.waited + wait > PATIENCE:
        return Outcome("dead", reason="unavailable", detail=error.reason, uncertain=True)
    try:
        row = failures()
    except StoreUnavailable:
        row = 0
    scope = max(backoff(max(row - 2, 0), SCOPE_FIRST, SCOPE_LONGEST), told or 0.0)
    return Outcome(
        "waiting",
        reason="later",
        detail=error.reason,
        wait=wait,
        uncertain=claim.uncertain or told is None,
        scope_wait=scope,
        late=True,
    )


def backoff(tries: int, first: float = FIRST, longest: float = LONGEST) -> float:
    """Seconds before the next try after `tries` of them: doubling, the upper half at random, so
    that those put off together don't come back together."""
    return float(min(first * 2.0 ** min(tries, 20), longest)) * random.uniform(0.5, 1.0)
