"""Slack's limits hold whatever the handlers say: checked on whole replies, at random."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.slack_forms import field_blocks, option, view_of
from bot.channels.slack_pages import pages_of
from bot.channels.slack_press import Press, loaded
from bot.channels.slack_tables import row_lines
from bot.channels.slack_text import cut, escaped, pieces, prefix, size, typed
from handlers.conversation import (
    AnswerPart,
    Button,
    Buttons,
    Choice,
    Citations,
    DocumentPart,
    Feedback,
    File,
    Form,
    FormField,
    Part,
    Progress,
    Reply,
    Table,
    Text,
)
from knowledge.passages import Answer, Citation, Document, Passage
from knowledge.phrases import say
from tests.slack.blocks_check import check_blocks, check_view, shown, units

WORDS = st.text(
    st.sampled_from("aé 😀<>&*_`~@#\n.!»" + "\u202e\x07\x00"), max_size=80
) | st.integers(0, 9000).map(lambda n: ("Une phrase assez longue. " * 400)[:n])
SHORT = st.text(max_size=120)
NAME = st.integers(0, 10**6).map(lambda n: f"champ{n}")


@st.composite
def citations(draw: st.DrawFn) -> Citation:
    text = draw(WORDS) or "x"
    start = draw(st.integers(0, len(text) - 1))
    return Citation(
        passage_id="d@-#1",
        digest="0" * 16,
        document="d@-",
        title=draw(WORDS),
        kind="guide",
        version=draw(st.none() | st.just(date(2026, 1, 1))),
        section=draw(st.none() | SHORT),
        heading=draw(WORDS),
        page=draw(st.none() | st.integers(1, 99)),
        source="d.md",
        official=draw(st.booleans()),
        label=draw(st.none() | SHORT),
        text=text,
        marks=((start, len(text)),),
        score=0.5,
        superseded=draw(st.booleans()),
    )


@st.composite
def forms(draw: st.DrawFn) -> Form:
    kinds = st.sampled_from(["choice", "choices", "date", "number", "text", "long_text", "confirm"])
    fields = []
    for name in draw(st.lists(NAME, unique=True, max_size=12)):
        kind = draw(kinds)
        values = {"date": "2026-11-24", "number": "12", "confirm": "yes", "choice": "c1"}
        fields.append(
            FormField(
                name=name,
                kind=kind,
                label=draw(WORDS),
                help=draw(WORDS),
                choices=tuple(
                    Choice(value=f"c{i}", label=draw(SHORT), hint=draw(SHORT))
                    for i in range(draw(st.integers(1, 14)))
                ),
                value=draw(st.just("") | st.just(values.get(kind, "texte " * 700))),
                error=draw(st.just("") | SHORT),
                required=draw(st.booleans()),
            )
        )
    return Form(
        key="clef",
        title=draw(WORDS),
        text=draw(WORDS),
        fields=tuple(fields),
        submit=Button(label=draw(SHORT), action="dialog:answer"),
        others=tuple(draw(st.lists(buttons(), max_size=4))),
        progress=draw(
            st.none()
            | st.builds(Progress, done=st.integers(-1, 9), total=st.integers(0, 40), label=SHORT)
        ),
    )


def buttons() -> st.SearchStrategy[Button]:
    return st.builds(Button, label=WORDS, action=SHORT, say=WORDS)


def document(texts: list[str]) -> DocumentPart:
    held = Document(id="d", kind="guide", title="Guide " * 60, source="d.md", digest="0")
    passages = tuple(
        Passage(document="d@-", position=i, path=("Titre " * 50, str(i // 2)), text=text)
        for i, text in enumerate(texts)
    )
    return DocumentPart(document=held, passages=passages, opened=passages[len(texts) // 2].id)


PARTS: st.SearchStrategy[Part] = st.one_of(
    st.builds(
        Text,
        text=WORDS,
        tone=st.sampled_from(["normal", "note", "error", "title", "success", "warning"]),
    ),
    st.builds(Buttons, text=WORDS, buttons=st.lists(buttons(), max_size=30).map(tuple)),
    st.builds(
        AnswerPart,
        answer=st.builds(
            Answer,
            question=WORDS,
            status=st.just("answered"),
            short=WORDS,
            note=WORDS,
            citations=st.lists(citations(), max_size=3).map(tuple),
        ),
    ),
    st.just(Feedback(record="r" * 32)),
    st.lists(WORDS, min_size=1, max_size=40).map(document),
    st.builds(
        Table,
        title=WORDS,
        columns=st.just(("Nom", "Valeur", "")),
        rows=st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=30).map(tuple),
    ),
    st.builds(Citations, title=WORDS, citations=st.lists(citations(), max_size=20).map(tuple)),
    forms(),
    st.builds(
        File, name=st.just("a.pdf"), media_type=st.just("x"), content=st.just(b""), text=WORDS
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(PARTS, max_size=8))
def test_any_reply_is_messages_that_slack_takes(parts: list[Part]):
    for page in pages_of(Reply(parts=tuple(parts)), "fr", lambda form: "f" * 32):
        check_blocks(page.blocks, "message")
        arguments = page.arguments()
        assert arguments["text"].strip() and units(arguments["text"]) <= 4000
        assert "<" not in arguments["text"] and '"mrkdwn"' not in json.dumps(page.blocks)


@settings(max_examples=60, deadline=None)
@given(forms())
def test_any_form_is_a_modal_that_slack_takes(form: Form):
    check_view(view_of(form, "fr", {"c": "T1:U1:", "p": True}))


@settings(max_examples=100, deadline=None)
@given(WORDS, st.integers(10, 3000))
def test_text_cut_in_pieces_is_all_there(text: str, limit: int):
    found = pieces(text, limit)
    assert all(0 < size(piece) <= limit for piece in found)
    visible = "".join(c for c in "".join(found) if not c.isspace())
    kept = "".join(c for c in text if not c.isspace() and c not in "\u202e\x07\x00")
    assert visible == kept
    assert size(prefix(text, limit)) <= limit and text.startswith(prefix(text, limit))


def test_a_long_passage_is_cut_at_a_sentence_and_read_on_to_its_end():
    text = "".join(f"Phrase numéro {i} du passage. " for i in range(2000)).strip()
    at = cut(text, 600)
    assert text[:at].endswith(".") and at <= 600
    part = document([text])
    read, offset = "", 0
    for _ in range(50):
        (page,) = pages_of(Reply(parts=(part,)), "fr", lambda form: "", offset)
        body = [b["text"]["text"] for b in page.blocks if b["type"] == "section"]
        read += " ".join(body) + " "
        elements = [e for b in page.blocks if b["type"] == "actions" for e in b["elements"]]
        more = [e for e in elements if e["text"]["text"] == say("slack.more")]
        if not more:
            break
        press = loaded(more[0]["value"])
        assert press.offset > offset and press.action == "document:d@-#0"
        offset = press.offset
    assert read.split() == text.split()


def test_a_number_that_opens_a_line_ends_no_sentence():
    text = "Et maintenant : 1. Analysez vos besoins avec soin. 2. Préparez la rencontre ensuite."
    assert text[: cut(text, 60)].endswith("avec soin.")


def test_a_press_survives_its_way_through_slack():
    press = Press("dialog:x", "dis", {"a": "é\nb"}, "clef", 12, True, "open", "n" * 32)
    assert loaded(press.dumped()) == press
    assert units(Press(say='"\\' * 2000).dumped()) <= 2000
    for odd in (None, "", "{", "[]", "7", '{"a": 7, "v": [], "o": "x"}', "[" * 5000):
        assert loaded(odd) == Press()


def test_slacks_encoding_is_undone_and_ours_holds():
    assert typed("&lt;b&gt; &amp;lt; <@U1> <@UB|bot> <#C1|général> <!here|here> x", "UB") == (
        "<b> &lt; @U1   #général @here x"
    )
    assert typed("<mailto:a@b.ca|a@b.ca> <https://x.ca>") == "a@b.ca https://x.ca"
    assert escaped("<!channel> & co") == "&lt;!channel&gt; &amp; co"


def test_what_is_shown_has_no_control_characters():
    (page,) = pages_of(Reply(parts=(Text(text="a\x1b[31m\u202eb"),)), "fr", lambda form: "")
    assert "".join(shown(page.blocks)) == "a [31mb"


def test_a_choice_shows_all_of_its_words():
    label = (
        "Un organisme hors programme, qui a reçu un avis écrit de la présidente du Conseil, etc."
    )
    fits, whole = option(Choice(value="a", label=label))
    assert whole and f"{fits['text']['text']} {fits['description']['text']}" == label
    for choice in (
        Choice(value="a", label=label, hint="Voir le décret."),
        Choice(value="a", label=label * 2),
    ):
        field = FormField(name="org", kind="choice", label="Organisme", choices=(choice,))
        spelled, asked = field_blocks(field, "", "fr")
        assert label in spelled["text"]["text"] and asked["type"] == "input"


def test_a_text_that_slack_cannot_hold_says_that_its_end_is_missing():
    field = FormField(name="text", kind="long_text", label="Texte", value="Une phrase. " * 300)
    warned, asked = field_blocks(field, "", "fr")
    assert say("slack.cut_short") in warned["elements"][0]["text"]
    assert units(asked["element"]["initial_value"]) <= 3000


@pytest.mark.parametrize(
    ("columns", "row", "expected"),
    [
        (("N°", "Sujet", "Réponse"), ("1", "Organisme", "ITQ"), "1. Organisme\u00a0: ITQ"),
        (("Date", "Quoi", "Où"), ("2026-10-05", "Fiche", ""), "2026-10-05\nQuoi\u00a0: Fiche"),
        (("Préalable", "État"), ("Prix", ""), "Prix"),
        (("", ""), ("a", "b"), "a\u00a0: b"),
        ((), (), ""),
    ],
)
def test_a_row_reads_in_lines(columns: tuple[str, ...], row: tuple[str, ...], expected: str):
    assert row_lines(columns, row) == expected
