"""What is written about a dossier: the message ready for the broker, and the notices that leave."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

from handlers.conversation import Button, Buttons, File, Reply, Text
from handlers.dossier_actions import QUEUE, action
from handlers.dossier_answers import PREPARATION, Answered, answered, choice, items, one
from handlers.dossier_change import event_text
from handlers.dossier_view import choice_text, date_text, organisation_name
from handlers.ports_dossiers import Dossier, Event
from handlers.services import Services
from knowledge.phrases import say

BROKER_EMAIL = "courtier.infonuagique@itq.gouv.qc.ca"  # the guide's contact table, section 6
RETURNED = ("returned", "item_returned")


def message_subject(dossier: Dossier, services: Services, lang: str) -> str:
    """The subject line, on one line whatever the names hold."""
    organisation = organisation_name(dossier, services)
    text = say("dossier.message.subject", lang, organisation=organisation, name=dossier.name)
    return " ".join(text.split())


def message_body(
    dossier: Dossier, found: tuple[Answered, ...], services: Services, lang: str
) -> str:
    """What the guide asks to tell the broker first (3.5, steps 1 and 3): ready for the startup
    meeting, which supplier and solution, and where the prerequisites stand."""
    preparation = one(found, PREPARATION)
    supplier, solution = choice(preparation)
    rows = []
    for item in items(dossier, preparation):
        state = say(f"dialogs.state.{item.state}", lang)
        details = [date_text(item.date, lang), item.reference]
        more = ", ".join(text for text in details if text)
        name = say(f"dossier.item.{item.name}", lang)
        row = say("dossier.message.item", lang, item=name, state=state)
        rows.append(f"- {row} ({more})" if more else f"- {row}")
    wanted = preparation.facts.get("cible", "") if preparation else ""
    submitted = next((e for e in reversed(dossier.events) if e.kind == "submitted"), None)
    paragraphs = [
        say("dossier.message.hello", lang),
        say(
            "dossier.message.ready",
            lang,
            organisation=organisation_name(dossier, services),
            supplier=supplier,
            solution=solution,
        ),
        say("dossier.message.wanted", lang, wanted=date_text(wanted, lang)) if wanted else "",
        "\n".join([say("dossier.message.items", lang), *rows]),
        submitted.text if submitted else "",
        say("dossier.message.end", lang, name=dossier.name),
        submitted.by if submitted else "",
    ]
    return "\n\n".join(text for text in paragraphs if text)


def message_text(
    dossier: Dossier, found: tuple[Answered, ...], services: Services, lang: str
) -> str:
    """The whole message, to copy."""
    head = say(
        "dossier.message.head",
        lang,
        to=BROKER_EMAIL,
        subject=message_subject(dossier, services, lang),
    )
    return f"{head}\n\n{message_body(dossier, found, services, lang)}"


def message_file(
    dossier: Dossier,
    found: tuple[Answered, ...],
    services: Services,
    lang: str,
    attachments: tuple[File, ...],
    name: str,
) -> File:
    """The message as a draft that a mail program opens, the dossier's files attached."""
    message = EmailMessage(policy=SMTP)
    message["To"] = BROKER_EMAIL
    message["Subject"] = message_subject(dossier, services, lang)
    message["X-Unsent"] = "1"  # mail programs then open it to be sent, not to be read
    message.set_content(message_body(dossier, found, services, lang))
    message["Content-Language"] = "en-CA" if lang == "en" else "fr-CA"
    for file in attachments:
        kind, _, subtype = file.media_type.partition("/")
        message.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.name)
    return File(
        name=f"{name}.eml",
        media_type="message/rfc822",
        content=message.as_bytes(),
        text=say("dossier.file.message", lang),
    )


def broker_notice(dossier: Dossier, services: Services, lang: str) -> Reply:
    """Tells the broker that a dossier awaits: whose, which supplier and solution, the file."""
    text = say(
        "dossier.notice.submitted",
        lang,
        organisation=organisation_name(dossier, services),
        name=dossier.name,
    )
    found = answered(dossier, services)
    kinds = (("open", False), ("word", True), ("pdf", True))
    buttons = [
        Button(
            label=say(f"dossier.button.{kind}", lang), action=action(kind, dossier.id), file=file
        )
        for kind, file in kinds
    ]
    buttons.append(Button(label=say("dossier.button.queue", lang), action=QUEUE))
    return Reply(parts=(Text(text=text), choice_text(found, lang), Buttons(buttons=tuple(buttons))))


def client_notice(dossier: Dossier, events: tuple[Event, ...], lang: str) -> Reply:
    """Tells the client what the broker said."""
    returned = any(event.kind in RETURNED for event in events)
    whole = events[-1].kind == "verified"
    then = "again" if returned else "whole" if whole else "fine"
    open_ = Button(label=say("dossier.button.open", lang), action=action("open", dossier.id))
    return Reply(
        parts=(
            Text(text=say("dossier.notice.judged", lang, name=dossier.name), tone="title"),
            *(
                Text(
                    text=event_text(event, lang),
                    tone="warning" if event.kind in RETURNED else "success",
                )
                for event in events
            ),
            Text(text=say(f"dossier.notice.{then}", lang), tone="note"),
            Buttons(buttons=(open_,)),
        )
    )
