"""The forms of dossiers."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.conversation import Button, Choice, Form, FormField
from handlers.dossier_actions import LIST, action
from handlers.dossier_answers import Item
from handlers.dossier_change import LONGEST_COMMENT, LONGEST_NAME
from handlers.dossier_view import date_text
from handlers.ports_dossiers import Dossier
from knowledge.phrases import say

VERDICTS = ("verified", "returned")


def name_form(
    title: str, submit: str, back: str, lang: str, *, value: str = "", error: str = "", key: str
) -> Form:
    """Asks for a dossier's name; `submit` and `back` are actions."""
    return Form(
        key=key,
        title=say(title, lang),
        fields=(
            FormField(
                name="name",
                kind="text",
                label=say("dossier.field.name", lang),
                help=say("dossier.field.name_help", lang),
                value=value,
                most=str(LONGEST_NAME),
                error=say(error, lang) if error else "",
            ),
        ),
        submit=Button(label=say("dossier.button.save", lang), action=submit, style="primary"),
        others=(Button(label=say("dossier.button.cancel", lang), action=back),),
    )


def create_form(lang: str, submit: str, *, value: str = "", error: str = "") -> Form:
    """Asks for the name of a new dossier."""
    return name_form(
        "dossier.new.title", submit, LIST, lang, value=value, error=error, key="dossier-new"
    )


def rename_form(dossier: Dossier, lang: str, *, value: str | None = None, error: str = "") -> Form:
    """Asks for a dossier's new name; bound to the version shown."""
    return name_form(
        "dossier.rename.title",
        action("rename", dossier.id, dossier.version),
        action("open", dossier.id),
        lang,
        value=dossier.name if value is None else value,
        error=error,
        key=f"dossier-name-{dossier.id}",
    )


def submit_form(dossier: Dossier, lang: str, *, note: str = "") -> Form:
    """Asks for a word to the broker before the dossier goes."""
    return Form(
        key=f"dossier-submit-{dossier.id}",
        title=say("dossier.submit.title", lang),
        text=say("dossier.submit.text", lang),
        fields=(comment_field("note", "dossier.field.note", lang, note),),
        submit=Button(
            label=say("dossier.button.send", lang),
            action=action("send", dossier.id, dossier.version),
            style="primary",
        ),
        others=(back_to(dossier, lang),),
    )


def review_form(
    dossier: Dossier,
    items: tuple[Item, ...],
    lang: str,
    values: Mapping[str, str] | None = None,
    bare: frozenset[str] = frozenset(),
) -> Form:
    """Verdict and comment for each prerequisite that applies; blank where there is none yet.
    `values`: what was typed; `bare`: the prerequisites whose return lacks its reason."""
    fields: list[FormField] = []
    for item in items:
        if item.state == "sans_objet":
            continue
        review = item.review if item.review and not item.outdated else None
        before = {
            item.name: review.verdict if review else "",
            f"{item.name}_comment": review.comment if review else "",
        }
        shown = before if values is None else values
        label = say(f"dossier.item.{item.name}", lang)
        fields.append(verdict_field(item.name, label, lang, shown.get(item.name, ""), item))
        fields.append(
            FormField(
                name=f"{item.name}_comment",
                kind="text",
                label=say("dossier.field.comment_of", lang, item=label),
                value=shown.get(f"{item.name}_comment", ""),
                required=False,
                most=str(LONGEST_COMMENT),
                error=say("dossier.error.reason", lang) if item.name in bare else "",
            )
        )
    return Form(
        key=f"dossier-review-{dossier.id}",
        title=say("dossier.review.title", lang),
        text=say("dossier.review.text", lang),
        fields=tuple(fields),
        submit=Button(
            label=say("dossier.button.save", lang),
            action=action("judge", dossier.id, dossier.version),
            style="primary",
        ),
        others=(back_to(dossier, lang),),
    )


def conclude_form(
    dossier: Dossier, lang: str, *, verdict: str = "", comment: str = "", error: str = ""
) -> Form:
    """Verdict and comment on the whole dossier; a return needs its reason."""
    return Form(
        key=f"dossier-conclude-{dossier.id}",
        title=say("dossier.conclude.title", lang),
        fields=(
            FormField(
                name="verdict",
                kind="choice",
                label=say("dossier.field.verdict", lang),
                choices=verdicts(lang),
                value=verdict,
                error=say(error, lang) if error and error != "dossier.error.reason" else "",
            ),
            comment_field(
                "comment",
                "dossier.field.comment",
                lang,
                comment,
                say(error, lang) if error == "dossier.error.reason" else "",
            ),
        ),
        submit=Button(
            label=say("dossier.button.tell", lang),
            action=action("close", dossier.id, dossier.version),
            style="primary",
        ),
        others=(back_to(dossier, lang),),
    )


def verdict_field(name: str, label: str, lang: str, value: str, item: Item) -> FormField:
    """Vérifié, retourné, or nothing yet; what the client answered stands beneath the label."""
    state = say(f"dialogs.state.{item.state}", lang)
    said = [state, date_text(item.date, lang), item.reference, item.note]
    return FormField(
        name=name,
        kind="choice",
        label=label,
        help=" · ".join(text for text in said if text)[:500],
        choices=verdicts(lang),
        value=value,
        required=False,
    )


def verdicts(lang: str) -> tuple[Choice, ...]:
    """The broker's two words."""
    return tuple(Choice(value=v, label=say(f"dossier.verdict.{v}", lang)) for v in VERDICTS)


def comment_field(name: str, label: str, lang: str, value: str, error: str = "") -> FormField:
    """A long text that may stay blank."""
    return FormField(
        name=name,
        kind="long_text",
        label=say(label, lang),
        value=value,
        required=False,
        most=str(LONGEST_COMMENT),
        error=error,
    )


def back_to(dossier: Dossier, lang: str) -> Button:
    """Back to the dossier without doing anything."""
    return Button(label=say("dossier.button.cancel", lang), action=action("open", dossier.id))
