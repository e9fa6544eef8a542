"""The form of whom an announcement is for, shown and read back."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.announce_audience import STATES
from handlers.announce_forms import primary
from handlers.conversation import Address, Button, Choice, Form, FormField
from handlers.ports_announcements import Announcement
from handlers.ports_mail import Mailroom
from handlers.services import Services
from handlers.subscribe_forms import named, slug
from handlers.topics import KINDS
from knowledge.phrases import say


def audience_form(
    announcement: Announcement,
    services: Services,
    mail: Mailroom,
    lang: str,
    errors: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> Form:
    """Whom it is for; `errors` and what was `given` of an earlier filling in."""
    wrong, kept = errors or {}, given or {}
    people = services.access.people()
    choices = [Choice(value="everyone", label=say("announce.audience.everyone", lang))]
    for organisation in people.organisations[:60] if people else ():
        choices.append(Choice(value=slug(organisation.id), label=organisation.name))
    choices += [
        Choice(value=f"dossier-{state}", label=say(f"announce.audience.dossier.{state}", lang))
        for state in STATES
    ]
    for topic in ("all", *KINDS, "supplier", "section", "word"):
        label = say(f"announce.form.topic.{topic}", lang)
        choices.append(Choice(value=f"topic-{topic}", label=label))
    rooms = mail.addresses.rooms(60)
    if rooms:
        choices.append(Choice(value="rooms", label=say("announce.form.audience.rooms", lang)))
    fields = [
        FormField(
            name="audience",
            kind="choice",
            label=say("announce.form.audience", lang),
            choices=tuple(choices),
            value=kept.get("audience", ""),
            error=wrong.get("audience", ""),
        ),
        FormField(
            name="value",
            kind="text",
            label=say("announce.form.value", lang),
            required=False,
            value=kept.get("value", ""),
            error=wrong.get("value", ""),
        ),
    ]
    fields.append(
        FormField(
            name="subscribers",
            kind="choice",
            label=say("announce.form.subscribers", lang),
            choices=tuple(
                Choice(value=where, label=say(f"announce.form.subscribers.{where}", lang))
                for where in ("persons", "rooms")
            ),
            value=kept.get("subscribers", "persons"),
            required=False,
        )
    )
    if rooms:
        fields.append(
            FormField(
                name="rooms",
                kind="choices",
                label=say("announce.form.rooms", lang),
                choices=tuple(
                    Choice(value=str(known.id), label=known.name or room_name(known.address))
                    for known in rooms
                ),
                required=False,
                value=kept.get("rooms", ""),
                error=wrong.get("rooms", ""),
            )
        )
    return Form(
        key=f"announce-audience-{announcement.id}",
        title=say("announce.form.audience_title", lang),
        fields=tuple(fields),
        submit=primary("announce.button.count", f"announce:aim:{announcement.id}", lang),
        others=(
            Button(
                label=say("announce.button.back", lang), action=f"announce:show:{announcement.id}"
            ),
        ),
    )


def read_audience(
    values: Mapping[str, str], services: Services, mail: Mailroom, lang: str
) -> tuple[dict[str, object], dict[str, str]]:
    """(fields of an Announcement, errors by field)."""
    chosen, typed = values.get("audience", ""), " ".join(values.get("value", "").split())
    people = services.access.people()
    organisations = {slug(o.id): o.id for o in people.organisations} if people else {}
    if chosen == "everyone":
        return {"audience": "everyone", "target": ""}, {}
    if chosen in organisations:
        return {"audience": "organisation", "target": organisations[chosen]}, {}
    kind, _, rest = chosen.partition("-")
    topic = "topic_rooms" if values.get("subscribers") == "rooms" else "topic"
    if kind == "dossier" and rest in STATES:
        return {"audience": "dossier", "target": rest}, {}
    if kind == "topic" and rest == "all":
        return {"audience": topic, "target": "all:"}, {}
    if kind == "topic" and rest in KINDS:
        return {"audience": topic, "target": f"kind:{rest}"}, {}
    if kind == "topic" and rest in ("supplier", "section", "word"):
        name, error, near = named(rest, typed, services, "broker", lang)
        if error:
            return {}, {"value": " ".join([error, ", ".join(near)]).strip()}
        return {"audience": topic, "target": f"{rest}:{name}"}, {}
    if chosen == "rooms":
        known = {str(room.id) for room in mail.addresses.rooms()}
        wanted = [number for number in values.get("rooms", "").split() if number in known]
        if wanted:
            return {"audience": "rooms", "target": "\n".join(wanted)}, {}
        return {}, {"rooms": say("announce.error.rooms", lang)}
    return {}, {"audience": say("announce.error.audience", lang)}


def room_name(address: Address) -> str:
    """A channel that has no name here, by the platform's."""
    name = address.conversation.strip(":").rpartition(":")[2]
    return f"{say(f'announce.channel.{address.channel}')} {name}"
