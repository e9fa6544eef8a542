"""Form → a modal's view, or blocks in a message; what was typed → the values of a submission."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from bot.channels.slack_parts import (
    button_rows,
    context,
    header,
    press_rows,
    progress_block,
    section,
    sections,
)
from bot.channels.slack_press import Press
from bot.channels.slack_text import (
    OPTION,
    SECTION,
    TITLE,
    Json,
    label,
    one_line,
    plain,
    prefix,
    shortened,
    size,
)
from handlers.conversation import Choice, Form, FormField
from handlers.questions import printable
from knowledge.phrases import say

CALLBACK = "form"
BLOCKS = 100  # of a view
BEFORE = 30  # of them for what is said along with a form
PRIVATE = 3000  # characters of a view's private_metadata
FEW, MANY = 10, 100  # options that radio buttons and a list may have
LABEL = 2000
TYPED = 3000  # characters of a text input

Keep = Callable[[Form], str]


def view_of(form: Form, lang: str, carried: Mapping[str, Any], before: Sequence[Json] = ()) -> Json:
    """The modal of a form. `carried` comes back with the submission; `before`: blocks of what is
    said along with the form."""
    body: list[Json] = list(before[:BEFORE])
    body += [progress_block(form.progress)] if form.progress else []
    body.append(header(form.title or say("slack.modal", lang)))
    body += sections(form.text)
    stamp = fingerprint(form)
    for field in form.fields:
        body += field_blocks(field, stamp, lang)
    others = list(button_rows(form.others, lang, form.key))
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": label(say("slack.modal", lang), TITLE),
        "submit": label(form.submit.label, TITLE),
        "close": label(say("slack.close", lang), TITLE),
        "private_metadata": metadata(dict(carried) | {"a": form.submit.action, "k": form.key}),
        "blocks": body[: BLOCKS - len(others)] + others,
    }


def told_view(blocks: list[Json], lang: str, carried: Mapping[str, Any]) -> Json:
    """A modal that only shows something."""
    kept = blocks[:BLOCKS]
    if len(blocks) > BLOCKS:
        kept[-1] = context(say("slack.elsewhere", lang))
    return {
        "type": "modal",
        "callback_id": "told",
        "title": label(say("slack.modal", lang), TITLE),
        "close": label(say("slack.close", lang), TITLE),
        "private_metadata": metadata(carried),
        "blocks": kept or [section(say("slack.working", lang))],
    }


def metadata(carried: Mapping[str, Any]) -> str:
    """What a view carries; nothing rather than something cut in two."""
    text = json.dumps(carried, ensure_ascii=False)
    return text if len(text) <= PRIVATE else "{}"


def carried_by(view: Mapping[str, Any]) -> dict[str, Any]:
    """What a view carries, empty for one that is not ours."""
    try:
        found = json.loads(view.get("private_metadata") or "{}")
    except (ValueError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def fingerprint(form: Form) -> str:
    """Tells one step from the next: Slack keeps what was typed in a block of the same name."""
    told = f"{form.key}\n{form.title}\n{form.submit.action}\n{[f.name for f in form.fields]}"
    return hashlib.sha256(told.encode()).hexdigest()[:8]


def field_blocks(field: FormField, stamp: str, lang: str) -> Iterator[Json]:
    """One field; above it why what was given was not accepted, and long choices in full."""
    if field.error:
        yield context("⚠️ " + field.error)
    if field.kind in ("choice", "choices"):
        yield from sections("\n".join(spelled(c) for c in field.choices if not option(c)[1]))
    if field.kind in ("text", "long_text") and size(field.value) > TYPED:
        yield context("⚠️ " + say("slack.cut_short", lang))
    made: Json = {
        "type": "input",
        "block_id": f"{field.name[:200]}:{stamp}",
        "label": plain(field.label, LABEL),
        "element": field_element(field, lang),
        "optional": not field.required,
    }
    if field.help:
        made["hint"] = plain(field.help, LABEL)
    yield made


def spelled(choice: Choice) -> str:
    """A choice in full."""
    return f"• {choice.label}" + (f" — {choice.hint}" if choice.hint else "")


def option(choice: Choice) -> tuple[Json, bool]:
    """A choice as an option, and whether it shows all of it. A long label goes on in the
    description, where there is no hint."""
    words, hint = one_line(choice.label), one_line(choice.hint)
    if size(words) > OPTION and not hint:
        head = prefix(words, OPTION + 1).rpartition(" ")[0]
        if head and size(words[len(head) :].strip()) <= OPTION:
            words, hint = head, words[len(head) :].strip()
    made: Json = {"text": label(words, OPTION), "value": prefix(choice.value, 150)}
    if hint:
        made["description"] = label(hint, OPTION)
    return made, size(words) <= OPTION and size(hint) <= OPTION


def field_element(field: FormField, lang: str) -> Json:
    """The element to fill in, with what is filled in already."""
    name = {"action_id": "value"}
    match field.kind:
        case "choice" | "choices":
            return name | choice_element(field)
        case "confirm":
            yes = {"text": label(say("slack.confirm", lang), OPTION), "value": "yes"}
            checked = {"initial_options": [yes]} if field.value == "yes" else {}
            return name | {"type": "checkboxes", "options": [yes]} | checked
        case "date":
            dated = {"initial_date": field.value} if field.value and not field.error else {}
            return name | {"type": "datepicker"} | dated
        case "number":
            made: Json = name | {"type": "number_input", "is_decimal_allowed": True}
            bounds = {"initial_value": field.value, "min_value": field.least}
            bounds["max_value"] = field.most
            # A value that was refused would be refused as an initial one, too.
            dropped = "initial_value" if field.error else ""
            return made | {k: v for k, v in bounds.items() if v and k != dropped}
    made = name | {"type": "plain_text_input", "multiline": field.kind == "long_text"}
    made["max_length"] = min(int(field.most), TYPED) if field.most.isdecimal() else TYPED
    if field.value:
        made["initial_value"] = prefix(printable(field.value), made["max_length"])
    return made


def choice_element(field: FormField) -> Json:
    """Radio buttons or boxes for few choices, a list for many."""
    options = [option(choice)[0] for choice in field.choices[:MANY]]
    chosen = [o for o in options if o["value"] in field.value.split("\n")]
    many = field.kind == "choices"
    made: Json = {"options": options}
    if len(options) <= FEW:
        made["type"] = "checkboxes" if many else "radio_buttons"
    else:
        made["type"] = "multi_static_select" if many else "static_select"
    if chosen:
        made |= {"initial_options": chosen} if many else {"initial_option": chosen[0]}
    return made


def values_of(view: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, as FormField tells; anything of another shape is left out."""
    state = view.get("state")
    found = state.get("values") if isinstance(state, dict) else None
    values: dict[str, str] = {}
    for block, elements in (found if isinstance(found, dict) else {}).items():
        for given in elements.values() if isinstance(elements, dict) else ():
            if isinstance(given, dict):
                values[str(block).rpartition(":")[0]] = given_value(given)
    return values


def given_value(given: Mapping[str, Any]) -> str:
    """One element's value."""
    for name in ("value", "selected_date"):
        if isinstance(given.get(name), str):
            return str(given[name])
    chosen = given.get("selected_options") or [given.get("selected_option")]
    return "\n".join(str(o.get("value", "")) for o in chosen if isinstance(o, dict))


def errors_of(form: Form, submitted: Mapping[str, Any]) -> dict[str, str]:
    """block → why, where the same form comes back with errors: Slack shows them in place.
    Empty where the form is another one, or an error belongs to a block that isn't there."""
    stamp = fingerprint(form)
    shown = {b.get("block_id") for b in submitted.get("blocks", ()) if isinstance(b, dict)}
    errors = {f"{f.name[:200]}:{stamp}": shortened(f.error, 300) for f in form.fields if f.error}
    return errors if set(errors) <= shown else {}


def message_blocks(form: Form, lang: str, keep: Keep) -> list[Json]:
    """The form in a message: one question with few choices as buttons; any other behind the
    button that opens its modal (`keep` gives the name under which the form waits for that)."""
    made: list[Json] = [progress_block(form.progress)] if form.progress else []
    made += [header(form.title)] if form.title else []
    made += sections(form.text)
    made += [context(f"⚠️ {f.label} — {f.error}") for f in form.fields if f.error][:10]
    only = form.fields[0] if len(form.fields) == 1 else None
    if only and only.kind == "choice" and only.required and len(only.choices) <= FEW:
        asked = "\n".join(filter(None, [only.label, only.help]))
        hints = [spelled(choice) for choice in only.choices if choice.hint]
        made += sections("\n".join([asked, *hints]))
        action = form.submit.action
        answers = [
            (c.label, Press(action, values={only.name: c.value}, form=form.key), "")
            for c in only.choices
        ]
        made += press_rows(answers, lang)
    else:
        made += [section(prefix("\n".join(f"• {f.label}" for f in form.fields), SECTION))]
        open_it = Press(own="open", kept=keep(form), form=form.key)
        made += press_rows([(say("slack.fill", lang), open_it, "primary")], lang)
    return made + list(button_rows(form.others, lang, form.key))
