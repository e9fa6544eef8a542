"""Reply parts → elements of a card. Every element is bounded: none alone outgrows a card."""

from __future__ import annotations

from itertools import count
from typing import assert_never

from bot.channels.teams_blocks import (
    Json,
    actions,
    button_rows,
    container,
    cut,
    heading,
    line,
    lines,
    opened,
    run,
    submit,
    toggle,
    unbroken,
)
from bot.channels.teams_tables import table_blocks
from bot.channels.teams_words import LABEL, pieces, progress_blocks
from bot.channels.web_citations import place_words, version_words
from handlers.conversation import (
    AnswerPart,
    Button,
    Buttons,
    Citations,
    DocumentPart,
    Feedback,
    File,
    Form,
    Links,
    Part,
    Progress,
    Table,
    Text,
)
from handlers.document import document_action
from handlers.feedback import COMMENT, feedback_action
from knowledge.passages import Citation, Passage, label_of
from knowledge.phrases import say

SHORT, PASSAGE, TEXT = 1500, 1200, 3000  # characters shown of each at most
LINES = 30  # paragraphs of one passage
LARGE = 180  # characters of a short answer shown in larger type
AROUND = 2  # passages shown before the one a document is opened at
AFTER = 6  # passages shown from it on
LONG = 32  # characters of a label that a phone still shows in a button
# Of the colours that Teams has for text, only the one of errors can be read on white.
SIGNS = {"error": "⚠\u00a0", "warning": "⚠\u00a0", "success": "✓\u00a0"}


class Parts:
    """Makes the elements of one reply. With `bare`, nothing that sends something back: for a
    card that somebody else posts."""

    def __init__(self, lang: str, card: str, *, bare: bool = False, form: str = "") -> None:
        self.lang = lang
        self.card = card  # the name of this rendering, the same in all its buttons
        self.form = form  # the key of the form that stands under the parts
        self.bare = bare
        self.ids = count(1)

    def say(self, key: str, **values: object) -> str:
        """A phrase in the reader's language."""
        return say(key, self.lang, **values)

    def blocks(self, part: Part) -> list[Json]:
        """The elements of a part, in order; forms and files are messages of their own."""
        match part:
            case Text():
                return self.text(part)
            case Links():
                return [actions([opened(link) for link in part.links])]
            case Buttons():
                return [] if self.bare else self.buttons(part)
            case AnswerPart():
                return self.answer(part)
            case Feedback():
                return [] if self.bare else self.feedback(part)
            case DocumentPart():
                return self.document(part)
            case Progress():
                return progress_blocks(part)
            case Table():
                return table_blocks(part)
            case Citations():
                return [heading(cut(part.title, LABEL)), *self.citations(part.citations)]
            case Form() | File():
                return []
        assert_never(part)

    def text(self, part: Text) -> list[Json]:
        """A text in its tone, long ones in several elements so that cards can end between."""
        look: Json = {}
        if part.tone == "error":
            look["color"] = "Attention"
        if part.tone == "note":
            look["isSubtle"] = True
        if part.tone == "title":
            return [heading(cut(part.text, LABEL))]
        made: list[Json] = []
        for piece in pieces(SIGNS.get(part.tone, "") + part.text, TEXT):
            made += lines(unbroken(piece), spacing="Small", **look)
        return made

    def button(self, button: Button) -> Json:
        """A button that comes back as its action or as what it says."""
        sent: Json = {"say": button.say} if button.say else {"action": button.action}
        if self.form:
            sent |= {"form": self.form, "sends": button.style == "primary"}
        return submit(button.label, {"card": self.card, **sent}, style=button.style)

    def buttons(self, part: Buttons) -> list[Json]:
        """Short labels side by side. Where one is long, a whole question mostly, all stand one
        under the other in their order, as text that wraps on a phone; but not those that are to
        catch the eye and can."""
        made = lines(cut(part.text, TEXT)) if part.text else []
        long = {button.label for button in part.buttons if len(button.label) > LONG}
        beside = [b for b in part.buttons if b.label not in long and (b.style or not long)]
        made += button_rows([self.button(button) for button in beside])
        for button in part.buttons:
            if button not in beside:
                look = {"weight": "Bolder"} if button.style else {}
                words = line(run("›\u00a0" + cut(button.label, LABEL), color="Accent", **look))
                press = self.button(button)
                made.append(
                    container([words], selectAction=press, style="emphasis", spacing="Small")
                )
        return made

    def answer(self, part: AnswerPart) -> list[Json]:
        """The short answer, the note, the sources."""
        answer = part.answer
        made: list[Json] = []
        if answer.short:
            short = cut(answer.short, SHORT)
            made += lines(short, most=LINES, size="Medium" if len(short) <= LARGE else "Default")
            if short != answer.short and answer.citations and not self.bare:
                made.append(actions([self.more(answer.citations[0].passage_id)]))
        if answer.note:
            made += lines(cut(answer.note, SHORT), most=LINES, isSubtle=bool(answer.short))
        if answer.citations:
            one = len(answer.citations) == 1
            title = self.say("teams.source" if one else "teams.sources")
            made += [heading(title), *self.citations(answer.citations)]
        return made

    def more(self, passage_id: str) -> Json:
        """« Lire la suite » in the document."""
        data = {"card": self.card, "action": document_action(passage_id)}
        return submit(self.say("teams.more"), data)

    def citations(self, citations: tuple[Citation, ...]) -> list[Json]:
        """The sources, numbered, their passages folded."""
        return [self.citation(number, cited) for number, cited in enumerate(citations, 1)]

    def citation(self, number: int, cited: Citation) -> Json:
        """Where it stands, the passage folded under it, the document to open."""
        place = " · ".join(place_words(cited.section, cited.heading, self.lang)) or cited.title
        page = () if cited.page is None else (self.say("teams.page", page=cited.page),)
        words = (cited.title, *page, version_words(cited, self.lang), label_of(cited, self.lang))
        name = f"p{next(self.ids)}-{self.card[:8]}"
        items = [
            line(run(f"{number}. {cut(place, LABEL)}", weight="Bolder")),
            line(
                run(cut(unbroken(" · ".join(filter(None, words))), LABEL), isSubtle=True),
                spacing="None",
            ),
        ]
        if cited.superseded:
            items += lines(SIGNS["warning"] + self.say("teams.superseded"))
        shown = cut(cited.text, PASSAGE)
        passage = lines(shown, cited.marks, LINES)
        if not cited.official:
            passage += lines(self.say("teams.not_official"), isSubtle=True, size="Small")
        buttons = [toggle(self.say("teams.unfold"), name)]
        if not self.bare:
            key = "teams.open" if shown == cited.text else "teams.more"
            data = {"card": self.card, "action": document_action(cited.passage_id)}
            buttons.append(submit(self.say(key), data))
        folded = container(passage, id=name, isVisible=False, style="emphasis")
        return container([*items, actions(buttons, spacing="Small"), folded], separator=True)

    def feedback(self, part: Feedback) -> list[Json]:
        """« Utile », or « pas utile » which unfolds the reasons."""
        name = f"w{next(self.ids)}-{self.card[:8]}"
        yes = {"card": self.card, "action": feedback_action(part.record, "yes")}
        no = {"card": self.card, "action": feedback_action(part.record, "no"), "swap": "reason"}
        why: list[Json] = [
            {
                "type": "Input.ChoiceSet",
                "id": "f_reason",
                "label": self.say("teams.why"),
                "style": "expanded",
                "wrap": True,
                "choices": [
                    {"title": reason.label, "value": reason.action} for reason in part.reasons
                ],
            },
            {
                "type": "Input.Text",
                "id": "f_comment",
                "label": self.say("teams.comment"),
                "isMultiline": True,
                "maxLength": COMMENT,
            },
            actions([submit(self.say("teams.send_feedback"), no, inputs=True)]),
        ]
        row = [submit(self.say("teams.yes"), yes), toggle(self.say("teams.no"), name)]
        items = [
            line(run(self.say("teams.useful"), isSubtle=True)),
            actions(row, spacing="Small"),
            container(why, id=name, isVisible=False),
        ]
        return [container(items, separator=True)]

    def document(self, part: DocumentPart) -> list[Json]:
        """The passages around the one that was opened, and the way on."""
        passages = part.passages
        here = next((i for i, p in enumerate(passages) if p.id == part.opened), 0)
        first, last = max(0, here - AROUND), min(len(passages), here + AFTER)
        made = [line(run(cut(part.document.title, LABEL), weight="Bolder", size="Medium"))]
        version = [version_words(part.document, self.lang), label_of(part.document, self.lang)]
        made += lines(cut(unbroken(" · ".join(filter(None, version))), LABEL), isSubtle=True)
        if part.superseded:
            made += lines(SIGNS["warning"] + self.say("teams.superseded"))
        path: tuple[str, ...] = ()
        for passage in passages[first:last]:
            made.append(self.passage(passage, path, opened=passage.id == part.opened))
            path = passage.path
        place = {"first": first + 1, "last": last, "total": len(passages)}
        made += lines(self.say("teams.excerpt", **place), isSubtle=True)
        if last < len(passages) and not self.bare:
            made.append(actions([self.more(passages[last].id)]))
        return made

    def passage(self, passage: Passage, path: tuple[str, ...], *, opened: bool) -> Json:
        """A passage under its headings, where they change."""
        items = []
        if passage.path != path:
            items.append(line(run(cut(" › ".join(passage.path), LABEL), weight="Bolder")))
        items += lines(cut(passage.text, 2 * PASSAGE), most=LINES)
        more: Json = {"style": "accent"} if opened else {}
        return container(items or [line(run("—"))], **more)
