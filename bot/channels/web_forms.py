"""Forms and progress → trees of elements that work with and without script, by keyboard alone.

Every form shown gets ids of its own: the same form may stand twice in a conversation.
"""

from __future__ import annotations

import secrets

from bot.channels.web_fields import field_tree
from bot.channels.web_html import El, el
from bot.channels.web_text import blocks
from handlers.conversation import Button, Form, Progress
from knowledge.phrases import say


def event_field() -> El:
    """A hidden name for one sending of a form: sent again by a reload, it is answered once."""
    return el("input", type="hidden", name="event", value=secrets.token_urlsafe(12))


def button_tree(button: Button) -> El:
    """A button that sends what it says, or its action; one that gives a file downloads it."""
    name, value = ("say", button.say) if button.say else ("pressed", button.action)
    file = button.file and not button.say
    return el(
        "button",
        button.label,
        type="submit",
        name=name,
        value=value,
        class_=" ".join(filter(None, (button.style, "file" if file else ""))) or None,
        formaction="/file" if file else None,
    )


def progress_tree(part: Progress) -> El:
    """How far one is, in words and as a bar."""
    bar = el("progress", value=part.done, max=max(part.total, 1), aria_label=part.label)
    return el("div", el("p", part.label), bar, class_="progress")


def form_tree(form: Form, lang: str) -> El:
    """Title, progress, fields, what to press. The other buttons send no field, hence their own
    form."""
    stem = f"f{secrets.token_hex(4)}"
    several = len(form.fields) > 1
    starred = several and any(field.required for field in form.fields)
    fields = [
        field_tree(field, f"{stem}-{number}", lang, starred=starred)
        for number, field in enumerate(form.fields)
    ]
    wrong = next((place for place, field in enumerate(form.fields) if field.error), None)
    if wrong is not None:
        fields[wrong] = led_to(fields[wrong])
    told = el("div", *blocks(form.text), class_="lead") if form.text else None
    filled = el(
        "form",
        event_field(),
        el("p", say("web.form.starred", lang), class_="starred") if starred else None,
        *fields,
        el("div", button_tree(primary(form.submit)), class_="row"),
        method="post",
        action="/",
        novalidate=True,  # the assistant says what is wrong, in the same words everywhere
        autocomplete="off",
    )
    return el(
        "section",
        progress_tree(form.progress) if form.progress else None,
        el("h3", form.title, id=stem, tabindex=-1) if form.title else None,
        told,
        filled,
        others_tree(form.others) if form.others else None,
        class_="form",
        data_key=form.key,
        aria_labelledby=stem if form.title else None,
    )


def led_to(tree: El) -> El:
    """The same field with its first box taking the focus where no script leads it there."""
    taken = False

    def walk(one: El) -> El:
        nonlocal taken
        if not taken and one.tag in ("input", "textarea"):
            taken = True
            return El(one.tag, one.attrs | {"autofocus": ""}, one.children)
        children = (child if isinstance(child, str) else walk(child) for child in one.children)
        return El(one.tag, one.attrs, tuple(children))

    return walk(tree)


def primary(button: Button) -> Button:
    """The button that sends a form stands out."""
    return button if button.style else button.model_copy(update={"style": "primary"})


def others_tree(buttons: tuple[Button, ...]) -> El:
    """Back, leave and the like."""
    row = el("div", *(button_tree(button) for button in buttons), class_="row")
    return el("form", event_field(), row, method="post", action="/", class_="others")
