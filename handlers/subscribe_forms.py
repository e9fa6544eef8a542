"""The form of a subscription: shown, read back, and asked again where it can't be used."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from handlers.conversation import Address, Button, Choice, Form, FormField, Reply
from handlers.ports_mail import Subscription
from handlers.questions import printable
from handlers.services import Services
from handlers.topics import KINDS, same_name, sections_of
from knowledge.names import nearest
from knowledge.phrases import say

LONGEST = 80  # characters of a supplier, a section or a word
TOPICS = ("all", *KINDS, "supplier", "section", "word")
OFFERED = 12  # suppliers, all of them, where no name is near to what was typed
EVERY = ("now", "day", "week")


def form_of(
    subscription: Subscription | None,
    room: bool,
    lang: str,
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    names: tuple[str, ...] = (),
) -> Form:
    """The form; `values` and `errors` of an earlier filling in; `names` to choose from in the
    place of a name that was not found."""
    given = dict(values if values is not None else values_of(subscription))
    wrong = errors or {}

    def field(name: str, kind: Any, **options: Any) -> FormField:
        return FormField(
            name=name,
            kind=kind,
            label=options.pop("label", "") or say(f"subscribe.form.{name}", lang),
            value=given.get(name, ""),
            error=wrong.get(name, ""),
            **options,
        )

    named = field(
        "value",
        "text",
        required=False,
        most=str(LONGEST),
        help=say("subscribe.form.value_help", lang),
    )
    if names:
        named = FormField(
            name="value",
            kind="choice",
            label=say("subscribe.form.nearest", lang),
            choices=tuple(Choice(value=slug(name), label=name) for name in names),
            error=wrong.get("value", ""),
        )
    topics = tuple(Choice(value=topic, label=topic_label(topic, lang)) for topic in TOPICS)
    rhythms = tuple(Choice(value=e, label=say(f"subscribe.form.every.{e}", lang)) for e in EVERY)
    days = tuple(
        Choice(value=str(day), label=say(f"subscribe.weekday.{day}", lang)) for day in range(7)
    )
    hours = {"least": "0", "most": "23"}
    return Form(
        key=f"subscribe-{subscription.id if subscription else 'new'}",
        title=say("subscribe.form.title", lang),
        text=say("subscribe.form.room", lang) if room else "",
        fields=(
            field("topic", "choice", choices=topics),
            named,
            field("every", "choice", choices=rhythms),
            field("hour", "number", required=False, **hours),
            field("weekday", "choice", choices=days, required=False),
            field("quiet_from", "number", required=False, **hours),
            field("quiet_to", "number", required=False, **hours),
        ),
        submit=Button(
            label=say("subscribe.button.save", lang),
            action="subscribe:save" + (f":{subscription.id}" if subscription else ""),
            style="primary",
        ),
        others=(Button(label=say("subscribe.button.back", lang), action="subscribe:list"),),
    )


def topic_label(topic: str, lang: str) -> str:
    """A choice of the first field."""
    if topic in KINDS:
        return say(f"subscribe.topic.kind.{topic}", lang)
    key = "subscribe.topic.all" if topic == "all" else f"subscribe.form.topic.{topic}"
    return say(key, lang)


def values_of(subscription: Subscription | None) -> dict[str, str]:
    """A subscription as the form shows it."""
    if subscription is None:
        return {"topic": "all", "every": "now", "hour": "8", "weekday": "0"}
    s = subscription
    return {
        "topic": s.value if s.topic == "kind" else s.topic,
        "value": "" if s.topic == "kind" else s.value,
        "every": s.every,
        "hour": str(s.hour),
        "weekday": str(s.weekday),
        "quiet_from": "" if s.quiet_from is None else str(s.quiet_from),
        "quiet_to": "" if s.quiet_to is None else str(s.quiet_to),
    }


def read_form(
    values: Mapping[str, str],
    services: Services,
    audience: str,
    lang: str,
    before: Subscription | None,
    where: Address,
) -> dict[str, object] | Reply:
    """The fields of a Subscription; or the form again, with what is wrong."""
    errors: dict[str, str] = {}
    names: tuple[str, ...] = ()
    given = {name: " ".join(printable(text).split()) for name, text in values.items()}
    topic, value, every = (given.get(name, "") for name in ("topic", "value", "every"))
    if topic not in TOPICS:
        errors["topic"] = say("subscribe.error.topic", lang)
    elif topic in ("supplier", "section", "word"):
        value, error, names = named(topic, value, services, audience, lang)
        if error:
            errors["value"] = error
    if every not in EVERY:
        errors["every"] = say("subscribe.error.every", lang)
    hour = number(given.get("hour") or "8")
    if hour is None:
        errors["hour"] = say("subscribe.error.hour", lang)
    quiet = [number(given.get(name, "")) for name in ("quiet_from", "quiet_to")]
    typed = [bool(given.get(name)) for name in ("quiet_from", "quiet_to")]
    if any(typed) and None in quiet:
        errors["quiet_from"] = say("subscribe.error.quiet", lang)
    if errors:
        room = not where.private
        return Reply(parts=(form_of(before, room, lang, given, errors, names),))
    weekday = number(given.get("weekday") or "0") or 0
    kind = topic in KINDS
    return {
        "topic": "kind" if kind else topic,
        "value": topic if kind else ("" if topic == "all" else value),
        "every": every,
        "hour": hour,
        "weekday": min(weekday, 6),
        "quiet_from": quiet[0],
        "quiet_to": quiet[1],
    }


def named(
    topic: str, typed: str, services: Services, audience: str, lang: str
) -> tuple[str, str, tuple[str, ...]]:
    """(the name meant, a sentence why there is none, the nearest names). What the actor may not
    read is not offered."""
    if not typed or len(typed) > LONGEST:
        return "", say("subscribe.error.value", lang, longest=LONGEST), ()
    documents = services.knowledge.documents(audience)
    if topic == "supplier":
        suppliers = sorted({d.supplier for d in documents if d.supplier})
        for supplier in suppliers:
            if typed == slug(supplier) or same_name(supplier, typed):
                return supplier, "", ()
        near = nearest(typed, suppliers)
        few = tuple(suppliers) if len(suppliers) <= OFFERED else ()
        key = "supplier_near" if near else "supplier_all" if few else "supplier"
        return "", say(f"subscribe.error.{key}", lang, value=typed), near or few
    if topic == "section":
        section = typed.strip("§ .")
        opened = [
            found
            for d in documents
            if d.kind == "guide" and (found := services.knowledge.document(d.key, audience))
        ]
        if section not in sections_of(opened):
            return "", say("subscribe.error.section", lang, value=typed), ()
        return section, "", ()
    if not any(char.isalnum() for char in typed):
        return "", say("subscribe.error.value", lang, longest=LONGEST), ()
    return typed, "", ()


def number(text: str) -> int | None:
    """An hour, or None."""
    plain = text.strip().removesuffix(".0").removesuffix("h").strip()
    return int(plain) if plain.isdecimal() and plain.isascii() and int(plain) < 24 else None


def slug(name: str) -> str:
    """A name as the value of a choice: a choice's value is an identifier."""
    return "n" + hashlib.sha256(name.encode("utf8")).hexdigest()[:12]
