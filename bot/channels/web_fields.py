"""The fields of a form → trees of elements: label, help, bounds and error belong to the box.

A field's own name travels as `f-<name>`, so that no field can be taken for one of the page's.
"""

from __future__ import annotations

from datetime import date

from bot.channels.web_html import El, el
from bot.channels.web_text import blocks
from handlers.conversation import Choice, FormField
from knowledge.phrases import say

FIELD = "f-"
SHORT = 40  # characters: a text field whose most is at most this is drawn short


def field_tree(field: FormField, stem: str, lang: str, *, starred: bool) -> El:
    """One field: a group of its choices, or a label and its box."""
    if field.kind in ("choice", "choices"):
        return group_tree(field, stem, lang, starred=starred)
    if field.kind == "confirm":
        return confirm_tree(field, stem, lang, starred=starred)
    told = told_trees(field, stem, lang)
    return el(
        "div",
        el("label", *label_words(field, lang, starred=starred), for_=stem),
        *told,
        box_tree(field, stem, lang, described(told)),
        counter_tree(field, stem),
        class_=field_class(field),
    )


def group_tree(field: FormField, stem: str, lang: str, *, starred: bool) -> El:
    """Choices as radio buttons, or check boxes where several may be chosen."""
    told = told_trees(field, stem, lang)
    one = field.kind == "choice"
    chosen = {field.value} if one else set(field.value.split("\n"))
    wrong = "true" if field.error else None
    options = (
        option_tree(
            field,
            choice,
            f"{stem}-{number}",
            chosen=choice.value in chosen,
            # A group of radio buttons is wrong as a whole; check boxes each for themselves.
            wrong=None if one else wrong,
        )
        for number, choice in enumerate(field.choices)
    )
    return el(
        "fieldset",
        el("legend", *label_words(field, lang, starred=starred)),
        *told,
        el("div", *options, class_="options"),
        class_=field_class(field),
        role="radiogroup" if one else None,
        aria_required="true" if one and field.required else None,
        aria_invalid=wrong if one else None,
        aria_describedby=described(told),
    )


def option_tree(
    field: FormField, choice: Choice, name: str, *, chosen: bool, wrong: str | None
) -> El:
    """One choice with its hint; the whole line can be pressed."""
    hint = el("span", choice.hint, class_="hint", id=f"{name}-hint") if choice.hint else None
    tick = el(
        "input",
        type="radio" if field.kind == "choice" else "checkbox",
        name=FIELD + field.name,
        value=choice.value,
        id=name,
        checked=chosen,
        aria_invalid=wrong,
        aria_describedby=f"{name}-hint" if hint else None,
    )
    # The hint stands beside the label: a choice's name stays short for screen readers.
    return el("div", tick, el("label", choice.label, for_=name), hint, class_="option")


def confirm_tree(field: FormField, stem: str, lang: str, *, starred: bool) -> El:
    """One check box."""
    told = told_trees(field, stem, lang)
    tick = el(
        "input",
        type="checkbox",
        name=FIELD + field.name,
        value="yes",
        id=stem,
        checked=field.value == "yes",
        required=field.required,
        aria_invalid="true" if field.error else None,
        aria_describedby=described(told),
    )
    words = label_words(field, lang, starred=starred)
    line = el("div", tick, el("label", *words, for_=stem), class_="option")
    return el("div", *told, line, class_=field_class(field))


def box_tree(field: FormField, stem: str, lang: str, told: str | None) -> El:
    """What is typed in: one line, or several."""
    counted = stem + "-count" if has_count(field) else None
    common: dict[str, str | bool | None] = {
        "id": stem,
        "name": FIELD + field.name,
        "required": field.required,
        "aria_invalid": "true" if field.error else None,
        "aria_describedby": " ".join(filter(None, (told, counted))) or None,
    }
    if field.kind == "long_text":
        return el("textarea", field.value, rows=5, data_longest=field.most or None, **common)
    if field.kind == "date" and is_date_or_empty(field.value):
        return el(
            "input",
            type="date",
            value=field.value,
            min=field.least or None,
            max=field.most or None,
            **common,
        )
    short = field.kind != "text" or (field.most.isdecimal() and int(field.most) <= SHORT)
    return el(
        "input",
        # What was typed and is no number or date must stay to be seen: a box for text keeps it.
        type="text",
        value=field.value,
        inputmode="decimal" if field.kind == "number" else None,
        class_="brief" if short else None,
        data_longest=field.most or None if field.kind == "text" else None,
        **common,
    )


def is_date_or_empty(text: str) -> bool:
    """Whether a browser's own date box can show it."""
    if not text:
        return True
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def has_count(field: FormField) -> bool:
    """Whether the characters left are counted."""
    return field.kind == "long_text" and field.most.isdecimal()


def counter_tree(field: FormField, stem: str) -> El | None:
    """Where the script writes how many characters are left."""
    return el("p", class_="count", id=f"{stem}-count") if has_count(field) else None


def label_words(field: FormField, lang: str, *, starred: bool) -> list[str | El]:
    """The label with its mark: a star for what must be given, a word for what need not."""
    if not field.required:
        return [field.label, el("span", f" {say('web.form.optional', lang)}", class_="optional")]
    # `required` says it to screen readers.
    star = el("span", "\u00a0*", class_="star", aria_hidden="true")
    return [field.label, star] if starred else [field.label]


def told_trees(field: FormField, stem: str, lang: str) -> list[El]:
    """The help, the bounds and the error, each with an id to be described by."""
    made = []
    if field.help:
        made.append(el("div", *blocks(field.help), class_="hint", id=f"{stem}-help"))
    if bounds := bounds_words(field, lang):
        made.append(el("p", bounds, class_="hint", id=f"{stem}-bounds"))
    if field.error:
        word = el("span", f"{say('web.form.error', lang)} ", class_="unseen")
        made.append(el("p", word, field.error, class_="wrong", id=f"{stem}-error"))
    return made


def bounds_words(field: FormField, lang: str) -> str:
    """« De 1 à 60. », « Au plus 2000 caractères. »; empty where there is no bound to tell."""
    if field.kind == "long_text" and field.most:
        most = f"{int(field.most):,}" if field.most.isdecimal() else field.most
        most = most.replace(",", "\u00a0") if lang == "fr" else most
        return say("web.form.longest", lang, most=most)
    if field.kind != "number":
        return ""  # a date's bounds are in the browser's calendar, and in the error
    if field.least and field.most:
        return say("web.form.between", lang, least=field.least, most=field.most)
    if field.least:
        return say("web.form.least", lang, least=field.least)
    return say("web.form.most", lang, most=field.most) if field.most else ""


def described(told: list[El]) -> str | None:
    """The ids for aria-describedby."""
    return " ".join(tree.attrs["id"] for tree in told) or None


def field_class(field: FormField) -> str:
    """How a field is drawn; one with an error stands out."""
    return "field erroneous" if field.error else "field"
