"""Announcements as the broker's advisers meet them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.sending import SendNever
from bot.stores.dialogs import DialogStore
from bot.stores.dossiers import Dossiers
from handlers.announce_text import LONGEST, body, read_links
from handlers.announce_view import sent_view
from handlers.conversation import File, Link, Links, Progress, Table
from handlers.ports_dialogs import Run, subject_of
from handlers.ports_dossiers import Dossier, Event
from tests.delivery.changes import document, put
from tests.delivery.world import (
    action_of,
    buttons_of,
    form_in,
    member,
    private,
    room,
    text_of,
)

BOSS, CHIEF = member("UB", "T0", name="Bruno"), member("UC", "T0", name="Chantal")
ANNE, ANNE_TEAMS = member("U1"), member("a1", "t1", "teams")
OTHERS = [member(f"U{n}", f"T{n % 3}") for n in range(2, 8)]


def draft(office, title="Nouvelle fiche", text="Bonjour.\n\nUn paragraphe.", **more):
    return office.press(BOSS, "announce:save", title=title, text=text, **more)


def everybody(office) -> None:
    for who in (BOSS, CHIEF, ANNE, *OTHERS, member("U66", "T9")):
        office.say(who, "bonjour")


def send(office, shown):
    return office.press(BOSS, action_of(shown, "announce:send:"))


def the_one(office):
    return office.announcements.latest()[0]


def got(office, channel="slack") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for where, text in office.received(channel):
        found.setdefault(where, []).append(text)
    return found


def test_only_the_broker_and_only_in_private(office):
    assert "réservées au Courtier" in text_of(office.press(ANNE, "announce:new"))
    assert "en privé" in text_of(office.press(BOSS, "announce:new", where=room("C1", "T0")))
    assert "Aucune annonce" in text_of(office.say(BOSS, "annonces"))
    form_in(office.press(BOSS, "announce:new"))


def test_a_draft_is_shown_with_its_count_and_sent_to_everybody_once(office):
    everybody(office)
    shown = draft(office)
    assert "Destinataires : 9" in text_of(shown)  # nobody of an unknown workspace
    assert "part" in text_of(send(office, shown))
    office.tick()
    office.tick()
    messages = got(office)
    assert len(messages) == 9 and all(len(texts) == 1 for texts in messages.values())
    assert "T9:U66:" not in messages
    followed = office.press(BOSS, f"announce:show:{the_one(office).id}")
    progress = next(p for p in followed.parts if isinstance(p, Progress))
    assert (progress.done, progress.total) == (9, 9)


def test_nobody_gets_it_twice_by_two_routes(office):
    everybody(office)
    office.tick(minutes=90)
    office.say(ANNE_TEAMS, "bonjour")  # the same person, seen later on Teams
    send(office, draft(office))
    office.tick()
    assert "T1:U1:" not in got(office)
    assert list(got(office, "teams")) == ["t1:a1:"]


def test_formatting_links_and_attachment(office):
    (office.mail.attachments / "note.pdf").write_bytes(b"%PDF-1.7 x")
    (office.mail.attachments / "virus.exe").write_bytes(b"MZ")
    everybody(office)
    form = form_in(office.press(BOSS, "announce:new"))
    files = next(f for f in form.fields if f.name == "attachment").choices
    assert [c.label for c in files] == ["note.pdf"]
    send(
        office,
        draft(
            office,
            text="# Titre\nUne ligne\n- un\n- deux\n\n> Une note",
            links="Le guide https://exemple.gouv.qc.ca/guide",
            attachment=files[0].value,
        ),
    )
    office.tick()
    sent = office.messages()[0][1]
    assert [p.tone for p in sent.parts[:4]] == ["title", "title", "normal", "note"]
    (links,) = [part.links for part in sent.parts if isinstance(part, Links)]
    assert links == (Link(label="Le guide", url="https://exemple.gouv.qc.ca/guide"),)
    assert next(p for p in sent.parts if isinstance(p, File)).content == b"%PDF-1.7 x"


@pytest.mark.parametrize(
    "bad",
    [
        "http://a.ca",
        "javascript:alert(1)",
        "a https://u@b.ca",
        "https://",
        "x" * 76 + " https://a.ca",
    ],
)
def test_links_that_are_none_are_refused(bad):
    assert read_links(bad) == ((), bad[:80])


def test_ten_thousand_characters_are_refused_with_both_numbers(office):
    form = form_in(draft(office, text="x" * 10_000))
    error = next(f.error for f in form.fields if f.name == "text")
    assert "10000" in error and str(LONGEST) in error
    assert form.fields[1].value == "x" * 10_000  # what was typed is not lost
    assert office.announcements.latest() == []


def test_everyone_stays_text_and_is_said(office):
    everybody(office)
    shown = draft(office, text="@everyone <!channel> lisez")
    assert "interpellent personne" in text_of(shown)
    send(office, shown)
    office.tick()
    assert all("@everyone <!channel> lisez" in texts[0] for texts in got(office).values())


def test_an_empty_audience_is_refused(office):
    everybody(office)
    draft(office)
    name = the_one(office).id
    shown = office.press(BOSS, f"announce:aim:{name}", audience="dossier-submitted")
    assert "Personne ne recevrait" in text_of(shown)
    assert not any(b.action.startswith("announce:send") for b in buttons_of(shown))
    version = the_one(office).version
    assert "Personne" in text_of(office.press(BOSS, f"announce:send:{name}:{version}"))


def aim(office, **values):
    return office.press(BOSS, f"announce:aim:{the_one(office).id}", **values)


def test_audiences(office):
    everybody(office)
    office.press(ANNE, "subscribe:save", topic="supplier", value="", every="now")
    put(office, document("Boréal", "2026-03-16", ["."]), publish=False)
    office.press(OTHERS[0], "subscribe:save", topic="supplier", value="Boréal", every="now")
    office.say(ANNE, "bonjour", where=room("C7"))
    draft(office)
    form = form_in(office.press(BOSS, f"announce:audience:{the_one(office).id}"))
    choices = {c.label: c.value for c in form.fields[0].choices}
    shown = aim(office, audience=choices["Ministère 1"])
    assert "Ministère 1. Destinataires : 3" in text_of(shown)
    assert "Destinataires : 1" in text_of(aim(office, audience="topic-supplier", value="boreal"))
    office.press(OTHERS[1], "subscribe:save", room("C7"), topic="all", every="now")
    office.press(OTHERS[1], "subscribe:save", topic="all", every="now")
    both = [aim(office, audience="topic-all", subscribers=who) for who in ("persons", "rooms")]
    assert all("Destinataires : 1" in text_of(shown) for shown in both)  # never by two routes
    assert "personnes abonnées" in text_of(both[0]) and "canaux abonnés" in text_of(both[1])
    rooms = next(f for f in form.fields if f.name == "rooms").choices
    assert "Destinataires : 1" in text_of(aim(office, audience="rooms", rooms=rooms[0].value))
    error = form_in(aim(office, audience="topic-supplier", value="Bora"))
    assert "Boréal" in next(f.error for f in error.fields if f.name == "value")
    assert next(f.error for f in form_in(aim(office, audience="")).fields if f.name == "audience")


def test_holders_of_a_dossier(office):
    everybody(office)
    office.now += timedelta(hours=1)
    for number, who in enumerate((ANNE, OTHERS[0])):
        event = Event(
            number=1,
            kind="created",
            side="client",
            at=office.now,
            by=who.name,
            person=subject_of(office.services.access.settle(who)),
        )
        dossiers = Dossiers(office.box.path)
        state = "submitted" if number == 0 else "draft"
        made = Dossier(id=f"d{number}", organisation="o1", name="x", state=state, events=(event,))
        dossiers.create(made)
        dossiers.close()
    draft(office)
    assert "Destinataires : 1" in text_of(aim(office, audience="dossier-submitted"))
    colleague = subject_of(office.services.access.settle(OTHERS[2]))  # answered, and no more
    dialogs = DialogStore(office.box.path)
    dialogs.start(Run(id="r", dialog="preparation", subject="d0", started=office.now))
    dialogs.give("r", "q", {}, version=0, by="Nom", person=colleague, at=office.now)
    dialogs.close()
    send(office, aim(office, audience="dossier-submitted"))
    office.tick()
    assert list(got(office)) == ["T1:U1:", "T1:U4:"]
    assert [len(held.holders) for held in office.holdings.dossiers()] == [2, 1]


def test_a_test_goes_to_oneself_alone(office):
    everybody(office)
    office.press(BOSS, action_of(draft(office), "announce:test:"))
    office.tick()
    assert list(got(office)) == ["T0:UB:"] and "Essai" in got(office)["T0:UB:"][0]


def test_approval_by_a_second_person(office):
    object.__setattr__(office.services, "mail", replace(office.mail, approval=True))
    everybody(office)
    send(office, draft(office))
    office.tick()
    assert list(got(office)) == ["T0:UC:"]  # the other adviser is asked
    asked = office.messages()[0][1]
    own = office.press(BOSS, f"announce:approve:{the_one(office).id}:{the_one(office).version}")
    assert "ce ne peut pas être celle qui propose" in text_of(own)
    shown = office.press(CHIEF, action_of(asked, "announce:show:"))
    office.press(CHIEF, action_of(shown, "announce:approve:"))
    office.tick()
    assert len(got(office)) == 9
    assert the_one(office).approved_by.id == "UC"


def test_a_correction_asks_for_approval_too(office):
    object.__setattr__(office.services, "mail", replace(office.mail, approval=True))
    everybody(office)
    send(office, draft(office))
    name = the_one(office).id
    office.press(CHIEF, f"announce:approve:{name}:{the_one(office).version}")
    office.tick()

    def texts() -> list[str]:
        shown = [text_of(r) for r in office.platforms["slack"].shown.values()]
        return [text for text in shown if "Un paragraphe." in text or "Autre chose." in text]

    change = {"title": "Corrigé", "text": "Autre chose."}
    assert "attend l’approbation" in text_of(office.press(BOSS, f"announce:save:{name}", **change))
    office.tick()
    assert len(texts()) == 9 and not any("Autre chose." in text for text in texts())
    shown = office.press(CHIEF, f"announce:show:{name}")
    yes, no = (action_of(shown, f"announce:{verb}:") for verb in ("correct", "keep"))
    assert "Autre chose." in text_of(shown)
    assert "celle qui propose" in text_of(office.press(BOSS, yes))
    assert "écartée" in text_of(office.press(CHIEF, no))
    assert "avancer" in text_of(office.press(CHIEF, yes))  # there is nothing to approve any more
    office.press(BOSS, f"announce:save:{name}", **change)
    office.press(BOSS, f"announce:save:{name}", **change | {"text": "Autre chose. Vraiment."})
    assert "Vraiment" in text_of(office.press(CHIEF, yes))  # what he saw is not what it is now
    shown = office.press(CHIEF, f"announce:show:{name}")
    office.press(CHIEF, action_of(shown, "announce:correct:"))
    office.tick()
    assert len(texts()) == 9 and all("Vraiment" in text for text in texts())


def test_without_a_second_adviser_the_proposal_says_so(office):
    object.__setattr__(office.services, "mail", replace(office.mail, approval=True))
    office.say(BOSS, "bonjour")
    assert "ne connaît aucune autre personne" in text_of(send(office, draft(office)))


def test_a_draft_that_was_changed_is_not_called_corrected(office):
    everybody(office)
    draft(office)
    name = the_one(office).id
    shown = office.press(BOSS, f"announce:save:{name}", title="Mieux", text="Un meilleur texte.")
    send(office, shown)
    office.tick()
    assert len(got(office)) == 9
    assert not any("corrigé" in text for texts in got(office).values() for text in texts)


def test_an_approval_is_of_what_was_seen(office):
    object.__setattr__(office.services, "mail", replace(office.mail, approval=True))
    everybody(office)
    send(office, draft(office))
    shown = office.press(CHIEF, f"announce:show:{the_one(office).id}")
    stale = action_of(shown, "announce:approve:")
    office.press(CHIEF, action_of(shown, "announce:refuse:"))
    office.press(BOSS, f"announce:save:{the_one(office).id}", title="Autre", text="Autre texte")
    send(office, office.press(BOSS, f"announce:show:{the_one(office).id}"))
    assert "Autre texte" in text_of(office.press(CHIEF, stale))
    assert the_one(office).phase == "approval"


def test_at_a_time_and_cancelled_before(office):
    everybody(office)
    draft(office)
    name = the_one(office).id
    office.press(BOSS, f"announce:schedule:{name}:1", day="2026-11-23", hour="9:30")
    office.tick(hours=2, minutes=29)  # 9:29 in Québec
    assert got(office) == {}
    office.tick(minutes=1)
    assert len(got(office)) == 9
    draft(office)
    name = the_one(office).id
    past = {"day": "2026-11-20", "hour": "9:30"}
    late = form_in(office.press(BOSS, f"announce:schedule:{name}:1", **past))
    assert late.fields[0].error
    shown = office.press(BOSS, f"announce:schedule:{name}:1", day="2026-11-30", hour="9 h 30")
    drafted = office.press(BOSS, action_of(shown, "announce:refuse:"))  # to be changed first
    assert "Brouillon" in text_of(drafted) and the_one(office).phase == "draft"
    shown = office.press(BOSS, f"announce:schedule:{name}:2", day="2026-11-30", hour="9 h 30")
    office.press(BOSS, action_of(shown, "announce:cancel:"))
    office.tick(days=10)
    assert len(got(office)) == 9 and the_one(office).phase == "cancelled"


def test_pressed_twice_it_leaves_once(office):
    everybody(office)
    shown = draft(office)
    send(office, shown)
    assert "avancer" in text_of(send(office, shown))
    office.tick()
    assert all(len(texts) == 1 for texts in got(office).values())


def test_edit_and_recall_in_place(office):
    everybody(office)
    send(office, draft(office))
    office.tick()
    name = the_one(office).id
    office.press(BOSS, f"announce:save:{name}", title="Corrigé", text="Le bon texte.")
    office.tick()
    shown = [text_of(r) for r in office.platforms["slack"].shown.values()]
    texts = [text for text in shown if "Remis" not in text]
    assert len(texts) == 9 and all("Le bon texte." in text for text in texts)
    assert all("corrigé depuis" in text for text in texts)
    office.press(BOSS, f"announce:recall:{name}")
    office.tick()
    left = [text_of(r) for r in office.platforms["slack"].shown.values()]
    assert len(left) == 1 and "Remis" in left[0]  # the author's message of progress
    assert len(office.received()) == 9


def test_who_comes_to_be_refused_does_not_get_it(office):
    everybody(office)
    send(office, draft(office))
    office.rounds.once()  # the list is made
    office.people = office.people.model_copy(
        update={"organisations": office.people.organisations[:2]}
    )
    office.tick()
    assert {where.split(":")[0] for where in got(office)} == {"T0", "T1"}
    assert {m["reason"] for m in office.box.messages(state="skipped")} == {"audience"}


def test_receipts_report_export_and_resending_to_the_failed_only(office):
    everybody(office)
    office.say(member("U40", "T2", name="=cmd()"), "bonjour")
    broken = [True]

    def before(where, key):
        if broken[0] and where.conversation.startswith("T2"):
            raise SendNever("blocked", "user_disabled")

    office.platforms["slack"].before = before
    send(office, draft(office, receipts="yes"))
    office.tick()
    sent = office.messages()[0][1]
    for _ in range(2):
        assert "noté" in text_of(office.press(ANNE, action_of(sent, "announce:read:")))
    name = the_one(office).id
    failed = sum(1 for who in OTHERS if who.workspace == "T2") + 1
    report = office.press(BOSS, f"announce:report:{name}")
    assert f"Remis : {10 - failed}. Lus : 1. Échecs : {failed}." in text_of(report)
    table = next(p for p in report.parts if isinstance(p, Table))
    assert len(table.rows) == failed and "bloqué" in table.rows[0][3]
    (file,) = office.press(BOSS, f"announce:csv:{name}").parts
    lines = file.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 11 and any(line.startswith("'=cmd()") for line in lines)
    assert sum("bloqué" in line for line in lines) == failed
    broken[0] = False
    again = office.press(BOSS, action_of(report, "announce:retry:"))
    assert f"repris : {failed}" in text_of(again)
    office.tick()
    assert len(office.received()) == 10 and all(len(t) == 1 for t in got(office).values())


def test_a_list_of_recipients_cut_off_is_gone_on_with(office, monkeypatch):
    everybody(office)
    send(office, draft(office))
    put_all = office.box.put
    calls = []

    def cut(parcels):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt  # as good as a kill: nothing after this line runs
        return put_all(parcels)

    monkeypatch.setattr("bot.delivery_rounds.LOT", 3)
    monkeypatch.setattr(office.box, "put", cut)
    with pytest.raises(KeyboardInterrupt):
        office.rounds.once()
    office.tick()
    assert len(got(office)) == 9 and the_one(office).phase == "sent"
    assert all(len(texts) == 1 for texts in got(office).values())


def test_as_another_platform_shows_it(office):
    previews = {"teams": lambda reply: "TEAMS " + text_of(reply)}
    object.__setattr__(office.services, "mail", replace(office.mail, previews=previews))
    everybody(office)
    shown = office.press(BOSS, action_of(draft(office), "announce:as:"))
    assert "TEAMS Nouvelle fiche" in text_of(shown)


def test_the_author_sees_it_come_along(office):
    everybody(office)
    send(office, draft(office))
    office.rounds.once()
    claimed = office.box.claim("slow", office.timer.monotonic, lambda a, o: (), {"slack"}, most=3)
    assert len(claimed[0]) == 3
    office.tick(seconds=20)
    office.timer.now += 200
    office.tick(seconds=20)
    office.tick(seconds=20)
    shown = office.platforms["slack"].shown.values()
    (progress,) = [text_of(r) for r in shown if "Remis" in text_of(r)]
    assert "Remis : 9" in progress


def test_its_progress_may_be_asked_for_before_it_leaves(office):
    everybody(office)
    send(office, draft(office))
    waiting = the_one(office)
    assert waiting.phase == "scheduled"
    shown = sent_view(waiting, office.mail, "fr")
    assert "la liste se remplit" in next(p for p in shown.parts if isinstance(p, Progress)).label


def test_paragraphs():
    assert [p.text for p in body("a\nb\n\n# c\nd\n> e")] == ["a\nb", "c", "d", "e"]


def test_private_addresses_follow_the_person(office):
    office.say(ANNE, "bonjour")
    moved = private(ANNE).model_copy(update={"conversation": "T1:D9:"})
    office.say(ANNE, "bonjour", where=moved)
    assert office.addresses.of_actor(ANNE).address == moved
    assert len(office.addresses.persons()) == 1


def test_when_somebody_was_seen_does_not_tell_who_asked_a_recorded_question(office):
    office.say(ANNE, "bonjour")
    (known,) = office.addresses.persons()
    assert (known.seen.hour, known.seen.minute, known.seen.second) == (0, 0, 0)
    assert known.seen.date() == office.now.date()
