"""A question of a dialog as a form: what is filled in already, how far one is, the ways out."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.conversation import Button, Choice, Form, FormField, Progress
from handlers.guide_runs import Stand, action
from knowledge.dialog import Dialog, Field, Question
from knowledge.dialog_values import FIRST, LAST, Fault, longest_text
from knowledge.phrases import say
from knowledge.replay import Asks, Invalid, place


def form_key(run_id: str) -> str:
    """The name of a run's form over its life."""
    return f"dialog:{run_id}"


def question_form(
    stand: Stand,
    question: Question,
    lang: str,
    *,
    values: Mapping[str, str] | None = None,
    faults: Mapping[str, Fault] | None = None,
) -> Form:
    """The form of one question, the next one or an earlier one.

    `values`: what was typed and is not kept yet; without it, what was answered last, else what is
    known of the organisation. `faults`: why that can't be accepted.
    """
    run, state = stand.run, stand.state
    if faults is None and isinstance(state, Invalid) and state.question.id == question.id:
        faults = state.faults
    last = run.last(question.id)
    if values is None:
        values = (last.values or {}) if last else stand.known
    return Form(
        key=form_key(run.id),
        title=question.title.text(lang),
        text=question.text.text(lang) if question.text else "",
        fields=tuple(
            form_field(field, values.get(field.name, ""), (faults or {}).get(field.name), lang)
            for field in question.fields
        ),
        submit=Button(
            label=say("dialogs.button.next", lang),
            action=action("give", run.id, run.version, question.id),
            style="primary",
        ),
        others=others(stand, question, lang),
        progress=progress(stand, question, lang),
    )


def form_field(field: Field, value: str, fault: Fault | None, lang: str) -> FormField:
    """One field, with what is in it and why that can't be accepted."""
    least, most = field.least, field.most
    if field.kind == "date":
        least, most = least or FIRST.isoformat(), most or LAST.isoformat()
    if field.kind in ("text", "long_text"):
        most = str(longest_text(field))
    return FormField(
        name=field.name,
        kind=field.kind,
        label=field.label.text(lang),
        help=field.help.text(lang) if field.help else "",
        choices=tuple(
            Choice(
                value=choice.value,
                label=choice.label.text(lang),
                hint=choice.hint.text(lang) if choice.hint else "",
            )
            for choice in field.choices
        ),
        value=value,
        required=field.required,
        least=least,
        most=most,
        error=say(fault.key, lang, **fault.values) if fault else "",
    )


def others(stand: Stand, question: Question, lang: str) -> tuple[Button, ...]:
    """Back, the answers so far, the rule behind the question, leave."""
    run, steps = stand.run, stand.state.steps
    buttons = []
    if steps:
        # Back from a correction leaves the answers as they are; else the last one is withdrawn.
        earlier = place(stand.state, question.id) < len(steps)
        back = action("show", run.id) if earlier else action("back", run.id, run.version)
        buttons.append(Button(label=say("dialogs.button.back", lang), action=back))
        answers = action("summary", run.id)
        buttons.append(Button(label=say("dialogs.button.answers", lang), action=answers))
    rule = action("rule", run.id, question.id)
    buttons.append(Button(label=say("dialogs.button.rule", lang), action=rule))
    leave = action("leave", run.id)
    buttons.append(Button(label=say("dialogs.button.leave", lang), action=leave))
    return tuple(buttons)


def progress(stand: Stand, question: Question, lang: str) -> Progress:
    """« Admissibilité – question 2 sur 4 »: of the longest way still open."""
    state = stand.state
    total = len(state.steps) + (state.left if isinstance(state, Asks) else 0)
    done = place(state, question.id)
    label = say(
        "dialogs.progress", lang, dialog=title(stand.dialog, lang), number=done + 1, total=total
    )
    return Progress(done=done, total=total, label=label)


def title(dialog: Dialog, lang: str) -> str:
    """The dialog's name."""
    return dialog.title.text(lang)
