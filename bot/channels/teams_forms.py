"""A form → a card to fill in; what is filled in comes back as `f_<name>`."""

from __future__ import annotations

from bot.channels.teams_blocks import (
    Json,
    button_rows,
    clean,
    cut,
    defused,
    heading,
    line,
    lines,
    run,
    size,
    submit,
)
from bot.channels.teams_words import LABEL, progress_blocks
from handlers.conversation import Button, Choice, Form, FormField
from knowledge.phrases import say

FIELD = "f_"  # before a field's name, so that none can pass for our own data
ROOM = 24_000  # bytes of a form's elements, beside what surrounds them in a message
CHOSEN = frozenset({"choice", "choices", "confirm"})  # fields that nobody types in
EXPANDED = 7  # choices shown all at once, at most
# How long texts may be, from the first to the last try to fit: help, label, hint, value.
TRIES = ((600, LABEL, 120, 2000), (300, 120, 0, 2000), (120, 60, 0, 300))
CHOICES = 60  # shown at most, where even short labels don't fit


def form_blocks(form: Form, lang: str, card: str) -> list[Json]:
    """The elements of a form, as much of each text as fits in a card."""
    made: list[Json] = []
    for attempt in TRIES:
        made = elements(form, lang, card, *attempt)
        if size(made) <= ROOM:
            return made
    told = lines(say("teams.form_cut", lang))
    for most in (CHOICES, CHOICES // 2, CHOICES // 4):
        fields = tuple(f.model_copy(update={"choices": f.choices[:most]}) for f in form.fields)
        shorter = form.model_copy(update={"fields": fields})
        made = [*told, *elements(shorter, lang, card, *TRIES[-1])]
        if size(made) <= ROOM:
            break
    return made


def elements(
    form: Form, lang: str, card: str, long: int, label: int, hint: int, value: int
) -> list[Json]:
    """Title, progress, text, fields, buttons."""
    made = [heading(cut(form.title, LABEL))]
    if form.progress:
        made += progress_blocks(form.progress)
    if form.text:
        made += lines(cut(form.text, 4 * long), most=10)
    for field in form.fields:
        made += field_blocks(field, lang, long, label, hint, value)
    sent = {"card": card, "form": form.key[:200]}
    many = [field.name for field in form.fields if field.kind == "choices"]
    send = submit(
        form.submit.label,
        {**sent, "action": form.submit.action, "sends": True, **({"many": many} if many else {})},
        inputs=True,
        style=form.submit.style or "primary",
    )
    return [*made, *button_rows([send, *(other(button, sent) for button in form.others)])]


def other(button: Button, sent: Json) -> Json:
    """A way out that sends nothing of what is filled in."""
    data = {"say": button.say} if button.say else {"action": button.action}
    return submit(button.label, {**sent, **data}, style=button.style)


def field_blocks(
    field: FormField, lang: str, long: int, label: int, hint: int, value: int
) -> list[Json]:
    """A field under what was wrong with it; its help over choices, which it introduces, and
    under what is typed, where it can't be taken for the field's name."""
    help, wrong = [], []
    if field.help:
        help = lines(cut(field.help, long), most=max(1, long // 75), isSubtle=True, size="Small")
    if field.error:
        wrong = [line(run("⚠\u00a0" + cut(field.error, LABEL), color="Attention"))]
    made = input_of(field, lang, label, hint, value)
    if field.kind in CHOSEN:
        return [*help, *wrong, made]
    return [*wrong, made, *({**block, "spacing": "Small"} for block in help)]


def input_of(field: FormField, lang: str, label: int, hint: int, value: int) -> Json:
    """The input itself. The clients check what they can; the assistant checks all of it."""
    made: Json = {"id": FIELD + field.name, "label": clean(cut(field.label, label))}
    if field.required:
        made |= {"isRequired": True}
    made["errorMessage"] = error_message(field, lang)
    if field.kind in ("choice", "choices"):
        return made | choice_set(field, label, hint, lang)
    if field.kind == "confirm":
        # A box that must be ticked: valueOff counts as empty for isRequired.
        title = say("teams.confirm", lang)
        toggled: Json = {"type": "Input.Toggle", "title": title, "valueOn": "yes", "valueOff": ""}
        return made | toggled | {"value": "yes" if field.value == "yes" else ""}
    if field.kind == "date":
        made |= {"type": "Input.Date"} | bounds(field)
    elif field.kind == "number":
        made |= {"type": "Input.Number"} | numbers(field)
        if is_number(field.value):
            made["value"] = float(field.value) if "." in field.value else int(field.value)
        return made
    else:
        made |= {"type": "Input.Text", "isMultiline": field.kind == "long_text"}
        if field.most.isdecimal() and int(field.most) > 0:
            made["maxLength"] = int(field.most)
    if field.value:
        made["value"] = cut(clean(field.value), value)
    return made


def choice_set(field: FormField, label: int, hint: int, lang: str) -> Json:
    """One choice, or several; many of them in a list that opens."""
    count = len(field.choices)
    style = "expanded" if count <= EXPANDED or field.kind == "choices" else "compact"
    made: Json = {
        "type": "Input.ChoiceSet",
        "style": style,
        "isMultiSelect": field.kind == "choices",
        "wrap": True,
        "choices": [
            {"title": choice_title(choice, label, hint), "value": choice.value}
            for choice in field.choices
        ],
    }
    if style != "expanded":
        made["placeholder"] = say("teams.choose", lang)
    if field.value:
        made["value"] = ",".join(field.value.split("\n"))
    return made


def choice_title(choice: Choice, label: int, hint: int) -> str:
    """« Label — hint »."""
    told = f" — {cut(choice.hint, hint)}" if choice.hint and hint else ""
    return defused(cut(choice.label, label) + told)


def bounds(field: FormField) -> Json:
    """A date's limits."""
    return {k: v for k, v in (("min", field.least), ("max", field.most)) if v}


def numbers(field: FormField) -> Json:
    """A number's limits."""
    return {
        name: float(text)
        for name, text in (("min", field.least), ("max", field.most))
        if is_number(text)
    }


def is_number(text: str) -> bool:
    """Whether it is a finite decimal number."""
    return text.removeprefix("-").replace(".", "", 1).isdecimal()


def error_message(field: FormField, lang: str) -> str:
    """What the client shows when it doesn't let the form go."""
    if field.least and field.most and field.kind in ("date", "number"):
        return say("teams.between", lang, least=field.least, most=field.most)
    if field.kind == "number":
        return say("teams.number", lang)
    return say("teams.required", lang)
