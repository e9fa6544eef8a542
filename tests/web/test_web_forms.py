"""Forms, tables, files and the like over real HTTP, and how they are drawn."""

from __future__ import annotations

import json
import re

import pytest
from web_dialog import DETAILS, FIRST, KEY, Demo, file, outcome

from bot.channels.names import safe_name
from bot.channels.web_fields import FIELD
from bot.channels.web_files import MOST_FILES, Shelf, download
from bot.channels.web_forms import form_tree
from bot.channels.web_parts import part_tree
from handlers.conversation import Button, File, Form, FormField, Table, Text


@pytest.fixture
def demo(app) -> Demo:
    """The router with a small dialog before its own routes."""
    made = Demo()
    app.router.routes = made.routes()
    return made


def form(*fields: FormField) -> Form:
    return Form(key="k", title="Titre", fields=fields, submit=Button(label="Oui", action="a"))


def html(*fields: FormField, lang: str = "fr") -> str:
    return form_tree(form(*fields), lang).html()


def attributes(tag: str, text: str) -> list[dict[str, str]]:
    """The attributes of every element of this tag."""
    found = re.findall(rf"<{tag}((?: [\w-]+=\"[^\"]*\")*)>", text)
    return [dict(re.findall(r'([\w-]+)="([^"]*)"', one)) for one in found]


def test_choices_are_a_described_group():
    text = html(FIRST.model_copy(update={"value": "autre", "error": "Choisissez.", "help": "Aide"}))
    (group,) = attributes("fieldset", text)
    assert group["role"] == "radiogroup" and group["aria-invalid"] == "true"
    assert [
        re.search(f'id="{name}"[^>]*>', text) is not None
        for name in group["aria-describedby"].split()
    ] == [True, True]
    radios = [a for a in attributes("input", text) if a.get("type") == "radio"]
    assert [a["value"] for a in radios if "checked" in a] == ["autre"]
    assert {a["name"] for a in radios} == {f"{FIELD}kind"}
    assert "<legend>Quel est votre organisme?</legend>" in text


def test_several_choices_keep_theirs_and_each_is_invalid():
    field = DETAILS[0].model_copy(update={"value": "iaas\nvdc", "error": "Non."})
    ticks = [a for a in attributes("input", html(field)) if a.get("type") == "checkbox"]
    assert all("checked" in a and a["aria-invalid"] == "true" for a in ticks) and len(ticks) == 2


def test_a_date_has_its_bounds_and_keeps_what_is_no_date():
    (shown,) = [a for a in attributes("input", html(DETAILS[1])) if a.get("type") == "date"]
    assert (shown["min"], shown["max"]) == ("2026-12-01", "2027-12-31")
    typed = html(DETAILS[1].model_copy(update={"value": "le 31 février"}))
    assert 'type="date"' not in typed and 'value="le 31 février"' in typed


def test_numbers_and_texts_tell_their_bounds():
    assert "De 1 à 60." in html(DETAILS[2]) and 'inputmode="decimal"' in html(DETAILS[2])
    assert "Au plus 10\u00a0000 caractères." in html(DETAILS[4])
    assert "At most 10,000 characters." in html(DETAILS[4], lang="en")
    assert 'data-longest="10000"' in html(DETAILS[4])
    one = FormField(name="n", kind="number", label="N", least="0")
    assert "Au moins 0." in html(one)
    assert "Au plus 5." in html(one.model_copy(update={"least": "", "most": "5"}))


def test_what_must_be_given_is_marked_where_there_are_several():
    assert "astérisque" in html(*DETAILS) and "(facultatif)" in html(*DETAILS)
    assert "astérisque" not in html(FIRST) and "*" not in html(FIRST)


def test_one_form_shown_twice_shares_no_id():
    ids = [re.findall(r'id="([^"]+)"', html(*DETAILS)) for _ in range(2)]
    assert not set(ids[0]) & set(ids[1]) and len(ids[0]) == len(set(ids[0]))


def test_every_part_is_drawn_as_text():
    trees = [part_tree(part, "fr", lambda f: "/file/x") for part in outcome().parts]
    text = "".join(tree.html() for tree in trees)
    assert "<h3>Admissible</h3>" in text and "&lt;b&gt;12 novembre&lt;/b&gt;" in text
    assert "<caption>Préalables</caption>" in text and 'scope="col"' in text
    assert 'scope="row"' in text and 'data-label="État"' in text
    assert 'formaction="/file"' in text and 'class="primary"' in text and 'class="danger"' in text
    assert "Section 3.4.4 · Signature du contrat" in text
    assert "<h3>Ce sur quoi la réponse repose</h3>" in text


def test_only_a_wide_table_is_stacked_on_a_phone():
    def drawn(columns: int, first: str) -> str:
        row = (first, *("x" for _ in range(columns - 1)))
        table = Table(columns=tuple("abcd")[:columns], rows=(row,))
        return part_tree(table, "fr", lambda f: "").attrs["class"]

    assert drawn(2, "Validation") == drawn(3, "12") == "table"
    assert drawn(3, "Validation") == drawn(4, "12") == "table wide"


async def press(client, action: str, **values: str) -> dict:
    response = await client.post("/api/message", json={"pressed": action, "values": values})
    assert response.status == 200
    return await response.json()


async def test_a_dialog_over_the_interface(client, demo):
    body = await press(client, "demo:start")
    assert [(part["kind"], part["key"]) for part in body["parts"]] == [("form", KEY)]
    again = await press(client, "demo:first", kind="rien")
    assert "Choisissez une réponse." in json.dumps(again, ensure_ascii=False)
    await press(client, "demo:second", offers="iaas\nvdc", why="a\r\nb")
    assert demo.submitted[-1] == ("second", {"offers": "iaas\nvdc", "why": "a\nb"})


async def test_a_plain_form_carries_every_field(client, own, demo):
    data = [("pressed", "demo:second"), ("f-offers", "iaas"), ("f-offers", "vdc")]
    data += [("f-question", "ref"), ("f-why", "un\r\ndeux"), ("f-months", "12"), ("f-sure", "yes")]
    data += [("f-pressed", "x"), ("event", "nom")]
    page = await client.post("/", data=data, headers=own)
    text = await page.text()
    assert "Votre organisme peut acheter" in text
    assert demo.submitted[-1][1] == {
        "offers": "iaas\nvdc",
        "question": "ref",
        "why": "un\ndeux",
        "months": "12",
        "sure": "yes",
        "pressed": "x",
    }


async def test_a_plain_form_with_an_error_comes_back_filled_in(client, own, demo):
    data = {"pressed": "demo:second", "f-why": "À cause <de> ceci", "f-months": "douze"}
    text = await (await client.post("/", data=data, headers=own)).text()
    assert "Écrivez un nombre de mois" in text and 'value="douze"' in text
    assert "À cause &lt;de&gt; ceci</textarea>" in text


async def test_a_reload_is_answered_once_and_a_correction_anew(client, own, demo):
    first = {"pressed": "demo:first", "f-kind": "rien", "event": "nom-du-formulaire"}
    texts = [await (await client.post("/", data=first, headers=own)).text() for _ in range(2)]
    assert len(demo.submitted) == 1
    assert all("Choisissez une réponse." in text for text in texts)
    corrected = first | {"f-kind": "autre"}
    assert "Précisions" in await (await client.post("/", data=corrected, headers=own)).text()
    assert len(demo.submitted) == 2


async def test_an_event_sent_twice_is_handled_once(client, demo):
    said = {"pressed": "demo:first", "values": {"kind": "autre"}, "event": "e1"}
    bodies = [await (await client.post("/api/message", json=said)).json() for _ in range(2)]
    assert len(demo.submitted) == 1
    assert [part["kind"] for body in bodies for part in body["parts"]] == ["form", "form"]


@pytest.mark.parametrize(
    "fields",
    [
        {f"f-{n}": "x" for n in range(65)},
        {f"g{n}": "x" for n in range(257)},
        {"f-why": "é" * 10_001},
    ],
)
async def test_too_much_in_a_plain_form_is_refused(client, own, demo, fields):
    page = await client.post("/", data={"pressed": "demo:second"} | fields, headers=own)
    assert page.status == 413 and not demo.submitted


async def test_too_much_as_json_is_refused(client, demo):
    for values in ({f"n{n}": "x" for n in range(65)}, {"why": "é" * 10_001}):
        said = {"pressed": "demo:second", "values": values}
        assert (await client.post("/api/message", json=said)).status == 413
    longest = {"pressed": "demo:second", "values": {"why": "é" * 10_000}}
    assert (await client.post("/api/message", json=longest)).status == 200


async def test_a_file_is_a_download_without_script(client, own, demo):
    response = await client.post("/file", data={"pressed": "demo:file"}, headers=own)
    assert response.status == 200 and await response.read() == file().content
    assert response.content_type == "application/pdf"
    told = response.headers["Content-Disposition"]
    assert (
        told.startswith("attachment;")
        and "filename*=UTF-8''Dossier%20d%E2%80%99%C3%A9t%C3%A9" in told
    )
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    again = await client.post("/file", data={"pressed": "demo:file"}, headers=own)
    assert await again.read() == file().content


async def test_a_file_that_cannot_be_made_says_why(client, own, demo):
    response = await client.post("/file", data={"pressed": "demo:fail"}, headers=own)
    assert response.content_type == "text/html"
    assert "n’a pas pu être lu" in await response.text()


async def test_files_are_asked_for_from_our_own_pages_alone(client, demo):
    foreign = {"Origin": "https://example.org"}
    response = await client.post("/file", data={"pressed": "demo:file"}, headers=foreign)
    assert response.status == 403 and not demo.submitted


async def test_a_link_to_a_file_is_for_the_one_who_asked(client, site, demo):
    body = await press(client, "demo:file")
    path = re.search(r"/file/[\w-]+", json.dumps(body)).group()
    mine = await client.get(path)
    assert mine.status == 200 and await mine.read() == file().content
    client.session.cookie_jar.clear()
    assert (await client.get(path)).status == 404
    assert "n’est plus disponible" in await (await client.get("/file/rien")).text()


def test_files_leave_the_shelf_in_time_and_by_number():
    now = [0.0]
    shelf = Shelf(lambda: now[0])
    names = [shelf.put("moi", file()).rpartition("/")[2] for _ in range(MOST_FILES + 1)]
    assert shelf.get("moi", names[0]) is None and shelf.get("moi", names[1]) == file()
    assert shelf.get("toi", names[1]) is None
    now[0] = 3600.0
    assert shelf.get("moi", names[-1]) is None and not shelf.held


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc_passwd"),
        ("a\r\nSet-Cookie: x.pdf", "a_Set-Cookie_ x.pdf"),
        ('été "final".docx', "été _final_.docx"),
        ("\u202egnp.exe", "gnp.exe"),
        ("...", "fichier"),
        ("x" * 300 + ".pdf", "x" * 110 + ".pdf"),
    ],
)
def test_names_of_files_are_safe(name, safe):
    assert safe_name(name) == safe


def test_nothing_is_sent_as_a_page():
    for kind in ("text/html", "image/svg+xml", "text/html; charset=x", "nonsense"):
        made = download(File(name="a.html", media_type=kind, content=b"<script>"))
        assert made.content_type == "application/octet-stream"


def test_a_note_and_an_error_keep_their_tone():
    tree = part_tree(Text(text="a", tone="warning"), "fr", lambda f: "")
    assert tree.attrs["class"] == "text warning"
