"""Cards of every kind: valid by the official schema, 28 KB at most whatever is in them."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from teams_samples import DOC, REPLIES, answer, form
from teams_world import card_validator, presses, texts, walk

from bot.channels.teams_blocks import clean, cut, defused, lines, size, unbroken
from bot.channels.teams_messages import CARD, LIMIT, MOST, messages
from handlers.conversation import (
    Button,
    Buttons,
    Choice,
    Citations,
    DocumentPart,
    FormField,
    Progress,
    Reply,
    Table,
    Text,
)
from tests.assistant_fakes import citation, passages

STEPS = ("Étape", "Ce qui se passe", "Qui agit")
LONG = "Une phrase qui se termine. " * 4000
QUOTES = '"\\\n' * 20_000
ASTRAL = "𝕮𝖆𝖙𝖆𝖑𝖔𝖌𝖚𝖊 " * 5000


def cards(reply: Reply, *, shape: bool = True) -> list[dict[str, object]]:
    """The cards of a reply, each checked for its size and, which takes longer, its shape."""
    made = []
    for message in messages(reply, "fr"):
        assert size(message.activity | {"conversation": {"id": "x" * 200}}) <= LIMIT
        for attachment in message.activity["attachments"]:
            assert attachment["contentType"] == CARD
            assert not shape or card_validator()(attachment["content"]) == []
            made.append(attachment["content"])
    assert 0 < len(made) <= MOST
    return made


@pytest.mark.parametrize("name", REPLIES)
def test_every_kind_of_part_is_valid(name):
    for card in cards(REPLIES[name]):
        assert card["fallbackText"] and card["version"] == "1.5" and card["lang"] == "fr"
        ids = [node["id"] for node in walk(card) if "id" in node]
        assert len(ids) == len(set(ids))
        for node in walk(card):
            if node.get("type", "").startswith("Input."):
                assert node["label"]
            if node.get("isRequired"):
                assert node["errorMessage"]


@pytest.mark.parametrize("text", [LONG, QUOTES, ASTRAL], ids=["long", "quotes", "astral"])
def test_huge_contents_fit(text):
    cited = answer(text[:50_000]).answer
    huge = tuple(citation(p, DOC, text=text[:60_000], heading=text[:5000]) for p in passages(DOC))
    choices = tuple(Choice(value=f"v{i}", label=text[:900], hint=text[:900]) for i in range(300))
    fields = tuple(
        FormField(name=f"f{i}", kind="text", label=text[:3000], help=text[:3000], value=text[:9000])
        for i in range(12)
    )
    several = FormField(name="c", kind="choice", label=text[:3000], choices=choices)
    whole = tuple(p.model_copy(update={"text": text[:60_000]}) for p in passages(DOC))
    for part in (
        Text(text=text),
        answer().model_copy(update={"answer": cited.model_copy(update={"citations": huge})}),
        Citations(title=text, citations=huge),
        DocumentPart(document=DOC, passages=whole, opened=whole[3].id),
        Table(title=text, columns=("A", "B", "C"), rows=((text, text, text),) * 30),
        Table(title=text, columns=tuple("ABCDEFGH"), rows=((text,) * 8,) * 30),
        Buttons(text=text, buttons=tuple(Button(label=text[:2000], say="x") for _ in range(40))),
        Progress(done=99, total=3, label=text),
        form(fields=(several,), title=text, text=text),
        form(fields=fields, title=text, text=text),
    ):
        cards(Reply(parts=(part,)), shape=text is ASTRAL)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(max_size=4000), min_size=1, max_size=6))
def test_any_text_fits_and_is_valid(given_texts):
    shown = [Text(text=text) for text in given_texts]
    rows = tuple((text, text) for text in given_texts)
    cards(Reply(parts=(*shown, Table(columns=("A", "B"), rows=rows))))


def test_long_passages_end_at_a_sentence_with_the_rest_to_be_read():
    cited = citation(passages(DOC)[0], DOC, text="Une phrase bien complète. " * 200)
    made = answer().answer.model_copy(update={"citations": (cited,)})
    (card,) = cards(Reply(parts=(answer().model_copy(update={"answer": made}),)))
    assert presses(card)["Lire la suite"]["catalogue"]["action"] == f"document:{cited.passage_id}"
    assert "complète. …" in texts(card)


def test_a_text_of_several_cards_loses_nothing():
    told = "".join(f"Phrase numéro {i}. " for i in range(2500))
    shown = "\n".join(texts(card) for card in cards(Reply(parts=(Text(text=told),))))
    assert all(f"Phrase numéro {i}." in shown for i in range(2500))


def test_marks_stand_out():
    (block,) = lines("le délai est court", marks=((3, 8), (9, 99)))
    assert [run["text"] for run in block["inlines"]] == ["le ", "délai", " ", "est court"]
    assert [bool(run.get("highlight")) for run in block["inlines"]] == [False, True, False, True]


@pytest.mark.parametrize(
    "text",
    [
        "*a* **b** _c_ `d`",
        "nom_de_fichier",
        "[a](b) <http://a> ~~b~~",
        "1. un",
        "- un",
        "# un",
        "12 mois, 3,5 * 4",
        r"\*a\*",
    ],
)
def test_markdown_in_titles_is_made_harmless_without_a_trace(text):
    markdown = pytest.importorskip("markdown_it").MarkdownIt().enable("strikethrough")
    tags = re.findall(r"<(\w+)", markdown.render(defused(text)))
    assert tags == ["p"], markdown.render(defused(text))
    seen = re.sub("[\u2060\u200a]", "", defused(text)).replace("\u02cb", "`")
    assert seen == text


def test_cut_keeps_whole_sentences_or_words():
    assert cut("court", 10) == "court"
    assert cut("Un deux trois. Quatre cinq six.", 20) == "Un deux trois. …"
    assert cut("un deux trois quatre cinq", 14) == "un deux …"
    assert len(cut("x" * 100, 20)) <= 20


def test_a_table_gives_each_column_room_for_its_longest_word():
    steps = (("1", "Vous écrivez au Courtier que vous êtes prêts.", "Vous"),) * 30
    shown = cards(Reply(parts=(Table(title="Onze étapes", columns=STEPS, rows=steps),)))
    tables = [node for node in walk(shown) if node.get("type") == "Table"]
    shares = [[column["width"] for column in table["columns"]] for table in tables]
    assert len(shares) == 3 and shares.count(shares[0]) == 3, "they look like one table"
    number, what, who = shares[0]
    for share, word in ((number, "Étape"), (what, "Courtier"), (who, "Qui")):
        assert 40 * share / sum(shares[0]) > len(word) + 2
    assert what > who > 0 and what > number


@pytest.mark.parametrize("columns", [("A", "B"), ("A", "B", "C", "D")])
def test_no_card_ends_between_a_table_and_its_title(columns):
    rows = (("x" * 390,) * len(columns),) * 3
    told = tuple(Table(title=f"Table {n}", columns=columns, rows=rows) for n in range(8))
    for card in cards(Reply(parts=told)):
        first, last = card["body"][0], card["body"][-1]
        assert first["type"] in ("Container", "Table") and last["type"] in ("Container", "Table")


def test_buttons_stand_in_rows_that_a_phone_shows_whole():
    labels = ("Continuer", "Retour", "Voir ou modifier mes réponses", "Voir la règle", "Quitter")
    others = tuple(Button(label=label, action="x") for label in labels[1:])
    made = form(submit=Button(label=labels[0], action="y"), others=others)
    (card,) = cards(Reply(parts=(made,)))
    rows = [[a["title"] for a in n["actions"]] for n in walk(card) if n.get("type") == "ActionSet"]
    assert rows == [["Continuer", "Retour"], [labels[2]], ["Voir la règle", "Quitter"]]


def test_help_stands_over_choices_and_under_what_is_typed():
    choice = Choice(value="a", label="A")
    fields = (
        FormField(name="c", kind="choice", label="Choix", help="Aide 1", choices=(choice,)),
        FormField(name="t", kind="text", label="Référence", help="Aide 2", error="Trop long."),
    )
    (card,) = cards(Reply(parts=(form(fields=fields),)))
    told = [node.get("id") or texts(node) for node in card["body"]]
    start = told.index("Aide 1")
    assert told[start : start + 5] == ["Aide 1", "f_c", "⚠\u00a0Trop long.", "f_t", "Aide 2"]


def test_dates_stay_on_one_line():
    told = unbroken("guide du 2021-07-22, 12-34, peut-être 1999-1-1")
    assert "2021\u2060-\u206007\u2060-\u206022" in told
    assert told.replace("\u2060", "") == "guide du 2021-07-22, 12-34, peut-être 1999-1-1"
    assert told.count("\u2060") == 4


def test_lone_surrogates_and_control_characters_go():
    assert clean("a\x1b[1m\ud800b\u202ec") == "a [1m?bc"
