"""Passage text → elements; trees → HTML; dates; options."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.web_html import el
from bot.channels.web_options import WebOptions, is_loopback
from bot.channels.web_text import blocks, day
from knowledge.phrases import Problem


def html(text: str, marks: tuple[tuple[int, int], ...] = (), **more: bool) -> str:
    return "".join(block.html() for block in blocks(text, marks, **more))


def test_paragraphs_lists_and_nested_lists():
    assert html("Il faut :\n- un\n  - a\n  - b\n- deux\nFin.") == (
        "<p>Il faut :</p><ul><li>un<ul><li>a</li><li>b</li></ul></li><li>deux</li></ul><p>Fin.</p>"
    )


def test_numbered_list_keeps_its_numbers():
    assert html("3. trois\n4. quatre") == (
        '<ol><li value="3">trois</li><li value="4">quatre</li></ol>'
    )


def test_table_row_is_a_description_list():
    assert html("Document : avenant\nDurée : 7 ans") == (
        "<dl><dt>Document</dt><dd>avenant</dd><dt>Durée</dt><dd>7 ans</dd></dl>"
    )


def test_a_list_whose_items_hold_colons_is_a_list():
    text = "Fiche A : retirée.\n- Section 1 : ajout.\n- Section 2 : retrait."
    assert html(text) == (
        "<p>Fiche A : retirée.</p><ul><li>Section 1 : ajout.</li><li>Section 2 : retrait.</li></ul>"
    )


def test_footnotes_follow_their_row():
    assert html("Document : contrat¹\nDurée : 7 ans\n¹ Validé : oui.") == (
        "<dl><dt>Document</dt><dd>contrat¹</dd><dt>Durée</dt><dd>7 ans</dd></dl>"
        '<p class="footnote">¹ Validé : oui.</p>'
    )


def test_one_definition_is_not_a_row_unless_said():
    assert html("Contrat : entente.") == "<p>Contrat : entente.</p>"
    assert html("Durée : 7 ans", row=True) == "<dl><dt>Durée</dt><dd>7 ans</dd></dl>"


def test_marks_fall_on_their_words_across_lines():
    text = "Il faut :\n- signer\n- payer"
    marks = ((text.index("faut"), text.index("gner")), (text.index("payer"), len(text)))
    assert html(text, marks) == (
        "<p>Il <mark>faut :</mark></p>"
        "<ul><li><mark>si</mark>gner</li><li><mark>payer</mark></li></ul>"
    )


@settings(max_examples=150, deadline=None)
@given(
    st.text("ab <&é\n-. 1:", max_size=60),
    st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70)), max_size=4),
)
def test_no_letter_is_lost_whatever_the_marks(text, marks):
    shown = "".join(block.text() for block in blocks(text, tuple(marks)))
    assert [c for c in shown if c in "ab<&é"] == [c for c in text if c in "ab<&é"]


def test_nothing_becomes_markup():
    made = el("p", '<b>"x"</b> & \u202etxt\x00', title='"><script>').html()
    assert made == ('<p title="&quot;&gt;&lt;script&gt;">&lt;b&gt;"x"&lt;/b&gt; &amp; txt</p>')
    assert el("p", "\u202eà\u2066", lang="fr").json() == ["p", {"lang": "fr"}, ["à"]]


def test_dates_in_both_languages():
    assert day(date(2021, 7, 22), "fr") == "22 juillet 2021"
    assert day(date(2021, 3, 1), "fr") == "1er mars 2021"
    assert day(date(2021, 3, 1), "en") == "March 1, 2021"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.3.2.1", "::1", "[::1]", "localhost"])
def test_loopback_needs_no_token(host):
    assert is_loopback(host)
    assert WebOptions(host=host).checked()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "", "localhost.example.org"])
def test_other_addresses_need_a_token(host):
    with pytest.raises(Problem, match="jeton"):
        WebOptions(host=host).checked()
    with pytest.raises(Problem, match="trop court"):
        WebOptions(host=host, token="court").checked()
    assert WebOptions(host=host, token="assez long pour ne pas être deviné").checked()
