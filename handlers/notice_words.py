"""The words of notices: what changed, why it comes, that a subscription is about to end."""

from __future__ import annotations

from handlers.conversation import Button, Buttons, Part, Reply, Text
from handlers.history_view import detail_action
from handlers.ports_mail import Subscription
from handlers.subscribe_why import WHY
from handlers.topics import topic_text
from knowledge.change_set import DocumentChange
from knowledge.change_words import counts, headline, sentence
from knowledge.difference import PassageChange
from knowledge.phrases import say

DOCUMENTS, PASSAGES = 8, 4  # that a notice shows; the rest is counted
DETAILED = 3  # documents that have a button to the whole change, with its citations

Told = tuple[Subscription, DocumentChange, tuple[PassageChange, ...]]


def notice_words(notice: str, told: list[Told], departed: bool) -> Reply:
    """A notice; `departed`: whoever subscribed this channel no longer has access."""
    subscription = told[0][0]
    lang = subscription.lang
    number = "many" if len(told) > 1 else "one"
    parts: list[Part] = [Text(text=say(f"notice.title.{number}", lang), tone="title")]
    for _, change, passages in told[:DOCUMENTS]:
        lines = [headline(change, lang)]
        if summary := counts(change, lang):
            lines[0] += f" ({summary})"
        lines += [f"- {sentence(passage, lang)}" for passage in passages[:PASSAGES]]
        if left := len(passages[PASSAGES:]):
            more = "one" if left == 1 else "many"
            lines.append(say(f"notice.more_passages.{more}", lang, count=left))
        parts.append(Text(text="\n".join(lines)))
    if left := len(told[DOCUMENTS:]):
        more = "one" if left == 1 else "many"
        text = say(f"notice.more_documents.{more}", lang, count=left)
        parts.append(Text(text=text, tone="note"))
    documents = {change.document.id: change.document for _, change, _ in told}
    buttons = [
        Button(label=say("notice.detail", lang, name=d.supplier or d.title), action=action)
        for d in list(documents.values())[:DETAILED]
        if (action := detail_action(d.id, None, 0))
    ]
    buttons += [
        Button(label=say("notice.why", lang), action=WHY + notice),
        Button(label=say("notice.list", lang), action="subscribe:list"),
    ]
    if departed:
        name = subscription.owner.name or say("subscribe.somebody", lang)
        parts.append(Text(text=say("notice.departed", lang, name=name), tone="note"))
        adopt = f"subscribe:adopt:{subscription.id}"
        buttons.append(Button(label=say("subscribe.button.adopt", lang), action=adopt))
    return Reply(parts=(*parts, Buttons(buttons=tuple(buttons))))


def ending_words(subscription: Subscription, lang: str) -> Reply:
    """Says that a subscription is about to end and why, with a way to keep it."""
    assert subscription.ends is not None
    text = say(
        "notice.ending",
        lang,
        topic=topic_text(subscription, lang),
        reason=say(f"sending.{subscription.ending}", lang),
        day=subscription.ends.date().isoformat(),
    )
    keep = f"subscribe:keep:{subscription.id}"
    button = Button(label=say("subscribe.button.keep", lang), action=keep, style="primary")
    return Reply(parts=(Text(text=text, tone="warning"), Buttons(buttons=(button,))))
