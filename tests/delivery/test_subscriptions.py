"""Subscriptions as people meet them: made, changed, ended, and what they send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.stores.dossiers import Dossiers
from handlers.moments import QUEBEC
from handlers.ports import StoreUnavailable
from handlers.ports_dialogs import Finished, Ground, Run, subject_of
from handlers.ports_dossiers import Dossier, Event
from handlers.ports_mail import Subscription
from handlers.schedule import due, moment
from handlers.subscribe import is_asked
from knowledge.phrases import say
from tests.assistant_fakes import NOW, citation
from tests.delivery.changes import document, put, told
from tests.delivery.world import (
    action_of,
    buttons_of,
    form_in,
    member,
    private,
    room,
    text_of,
)

ANNE, OTHER, STRANGER = member("U1"), member("U2"), member("U9", "T9")


def subscribe(office, who=ANNE, topic="all", value="", where=None, every="now", **more):
    given = {"topic": topic, "value": value, "every": every, **more}
    return office.press(who, "subscribe:save", where, **given)


def test_the_words_that_open_the_list():
    assert is_asked("Mes abonnements") and is_asked("s’abonner ") and is_asked("ABONNEMENTS!")
    assert not is_asked("mes abonnements sont-ils gratuits?")


def test_one_subscribes_is_told_and_ends_it_in_two_clicks(office):
    assert "aucun abonnement" in text_of(office.say(ANNE, "mes abonnements"))
    form_in(office.press(ANNE, "subscribe:new"))
    assert "C’est noté" in text_of(subscribe(office))
    put(office, document("Boréal", "2026-03-16", ["Un texte."]))
    office.tick()
    assert len(office.received()) == 1
    where, text = office.received()[0]
    assert where == "T1:U1:" and "Fiche Boréal" in text
    assert action_of(office.messages()[0][1], "history:document:Boréal:-:0")
    listed = office.press(ANNE, "subscribe:list")  # one click
    ended = office.press(ANNE, action_of(listed, "subscribe:end:"))  # two
    assert "pris fin" in text_of(ended)
    put(office, document("Stratus", "2026-03-16", ["Un texte."]))
    office.tick()
    assert len(office.received()) == 1
    office.press(ANNE, action_of(ended, "subscribe:undo:"))
    assert "Tout le Catalogue" in text_of(office.press(ANNE, "subscribe:list"))


@pytest.mark.parametrize(
    ("topic", "value", "hears"),
    [
        ("all", "", {"Boréal", "Stratus", "guide"}),
        ("fiche", "", {"Boréal", "Stratus"}),
        ("guide", "", {"guide"}),
        ("supplier", "boreal", {"Boréal"}),
        ("section", "2", {"guide"}),
        ("section", "1", set()),
        ("word", "chiffrements", {"Stratus"}),
        ("word", "absent", set()),
    ],
)
def test_topics(office, topic, value, hears):
    guide = {"kind": "guide", "supplier": None}
    put(
        office,
        document("Boréal", "2026-01-01", ["Prix un.", "Délai deux."]),
        document("Stratus", "2026-01-01", ["Avec sauvegarde.", "Délai."]),
        document("guide", "2026-01-01", ["Premier.", "La clientèle est admissible."], **guide),
    )
    assert "C’est noté" in text_of(subscribe(office, topic=topic, value=value))
    put(
        office,
        document("Boréal", "2026-02-01", ["Prix trois.", "Délai deux."]),
        document("Stratus", "2026-02-01", ["Avec sauvegarde et chiffrement.", "Délai."]),
        document("guide", "2026-02-01", ["Premier.", "La clientèle est exclue."], **guide),
    )
    office.tick()
    texts = "\n".join(text for _, text in office.received())
    assert {name for name in ("Boréal", "Stratus", "guide") if f"Fiche {name}" in texts} == hears


def test_one_message_for_all_of_a_conversation_and_once_a_revision(office):
    subscribe(office)
    subscribe(office, topic="fiche")
    change = put(
        office, document("Boréal", "2026-03-16", ["Un."]), document("S", "2026-03-16", ["."])
    )
    office.publish(change)  # told again after a crash
    office.tick()
    office.publish(change)
    office.tick()
    assert len(office.received()) == 1
    assert office.received()[0][1].count("Fiche Boréal") == 1


def test_a_supplier_that_does_not_exist_offers_the_nearest_names(office):
    put(office, document("Nuage Boréal", "2026-03-16", ["."]), publish=False)
    put(office, document("Secret", "2026-03-16", ["."], audience="broker"), publish=False)
    form = form_in(subscribe(office, topic="supplier", value="nuage borreal"))
    field = next(f for f in form.fields if f.name == "value")
    assert "nuage borreal" in field.error
    assert [c.label for c in field.choices] == ["Nuage Boréal"]
    done = subscribe(office, topic="supplier", value=field.choices[0].value)
    assert "Nuage Boréal" in text_of(done)
    refused = form_in(subscribe(office, topic="supplier", value="Secret"))
    shown = next(f for f in refused.fields if f.name == "value")
    assert not any("Secret" in c.label for c in shown.choices)  # not his to know
    nothing_like_it = form_in(subscribe(office, topic="supplier", value="zzzz"))
    shown = next(f for f in nothing_like_it.fields if f.name == "value")
    assert [c.label for c in shown.choices] == ["Nuage Boréal"] and "zzzz" in shown.error


def test_subscribed_twice_to_the_same_it_is_changed_not_doubled(office):
    subscribe(office, topic="word", value="chiffrement")
    subscribe(office, topic="word", value="Chiffrement", every="week")
    (only,) = office.subscriptions.of_owner(ANNE)
    assert only.every == "week"
    subscribe(office, OTHER, topic="word", value="chiffrement")
    assert len(office.subscriptions.of_owner(OTHER)) == 1


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"topic": "nothing", "every": "now"}, "topic"),
        ({"topic": "all", "every": "never"}, "every"),
        ({"topic": "all", "every": "day", "hour": "24"}, "hour"),
        ({"topic": "all", "every": "now", "quiet_from": "20"}, "quiet_from"),
        ({"topic": "word", "every": "now", "value": "x" * 81}, "value"),
        ({"topic": "word", "every": "now", "value": "!!!"}, "value"),
        ({"topic": "section", "every": "now", "value": "99.9"}, "value"),
    ],
)
def test_what_cannot_be_used_is_asked_again(office, values, wrong):
    form = form_in(office.press(ANNE, "subscribe:save", **values))
    assert [f.name for f in form.fields if f.error] == [wrong]
    assert not office.subscriptions.of_owner(ANNE)


def test_outsiders_and_strangers_subscriptions(office):
    assert "réservés" in text_of(subscribe(office, STRANGER))
    subscribe(office)
    listed = office.press(ANNE, "subscribe:list")
    end = action_of(listed, "subscribe:end:")
    assert "pas le vôtre" in text_of(office.press(OTHER, end))
    assert office.subscriptions.of_owner(ANNE)


def test_pause_resume_and_change(office):
    subscribe(office)
    listed = office.press(ANNE, "subscribe:list")
    paused = office.press(ANNE, action_of(listed, "subscribe:pause:"))
    put(office, document("A", "2026-03-16", ["."]))
    office.tick()
    assert office.received() == []
    office.press(ANNE, action_of(paused, "subscribe:resume:"))
    form = form_in(office.press(ANNE, action_of(paused, "subscribe:edit:")))
    office.press(ANNE, form.submit.action, topic="fiche", every="week", hour="9", weekday="2")
    (changed,) = office.subscriptions.of_owner(ANNE)
    assert (changed.topic, changed.value, changed.every, changed.weekday) == (
        *("kind", "fiche", "week", 2),
    )


def test_why_do_i_get_this(office):
    subscribe(office)
    put(office, document("A", "2026-03-16", ["."]))
    office.tick()
    notice = office.platforms["slack"].received[0][2]
    because = office.press(ANNE, action_of(notice, "notice:why:"))
    assert "vous vous êtes abonné" in text_of(because) and "Tout le Catalogue" in text_of(because)
    assert {b.action.split(":")[1] for b in buttons_of(because)} == {"edit", "pause", "end"}
    # Somebody who guesses the action learns nothing of another's subscription.
    other = office.press(OTHER, action_of(notice, "notice:why:"))
    assert "pris fin" in text_of(other)


def test_the_audience_is_checked_again_at_the_moment_of_sending(office):
    subscribe(office)
    put(office, document("A", "2026-03-16", ["Confidentiel."]))
    office.people = office.people.model_copy(update={"organisations": ()})  # his contract ended
    office.tick()
    assert office.received() == []
    assert [m["reason"] for m in office.box.messages(state="skipped")] == ["audience"]


def test_a_document_closed_since_the_change_is_not_told(office):
    subscribe(office, every="day", hour="8")
    put(office, document("A", "2026-03-16", ["Un."]), document("B", "2026-03-16", ["Deux."]))
    put(office, document("A", "2026-03-16", ["Un."], audience="broker"), publish=False)
    office.until(NOW + timedelta(days=2))
    assert len(office.received()) == 1
    assert "Fiche B" in office.received()[0][1] and "Fiche A" not in office.received()[0][1]


def test_a_word_of_a_closed_document_tells_nothing(office):
    subscribe(office, topic="word", value="rabais")
    put(office, document("A", "2026-03-16", ["Un rabais secret."], audience="broker"))
    office.tick()
    assert office.received() == []


def test_a_document_that_was_withdrawn_is_told(office):
    put(office, document("A", "2026-03-16", ["."]))
    subscribe(office)
    before = dict(office.library.held)
    office.library.held.clear()
    told(office, before)
    office.tick()
    assert "retirée du Catalogue" in office.received()[0][1]


def test_digests_come_once_at_their_hour_and_only_with_news(office):
    subscribe(office, every="day", hour="8")
    put(office, document("A", "2026-03-16", ["."]))
    put(office, document("B", "2026-03-16", ["."]))
    office.until(moment(datetime(2026, 11, 23).date(), 7, 59))
    assert office.received() == []
    office.tick(minutes=1)
    assert len(office.received()) == 1
    office.until(NOW + timedelta(days=5))
    assert len(office.received()) == 1
    assert "Fiche A" in office.received()[0][1] and "Fiche B" in office.received()[0][1]


def test_quiet_hours_hold_a_notice_until_their_end(office):
    subscribe(office, quiet_from="20", quiet_to="7")
    office.now = moment(datetime(2026, 11, 23).date(), 21)
    put(office, document("A", "2026-03-16", ["."]))
    office.until(moment(datetime(2026, 11, 24).date(), 6, 59))
    assert office.received() == []
    office.tick(minutes=1)
    assert len(office.received()) == 1


def test_a_channel_and_its_authors_departure(office):
    place = room("C7")
    subscribe(office, where=place)
    office.say(OTHER, "bonjour", where=place)
    put(office, document("A", "2026-03-16", ["."]))
    office.tick()
    assert office.received()[0][0] == "T1:C7:" and "n’a plus accès" not in office.received()[0][1]
    # She leaves: Slack tells that she is no member any more.
    office.say(ANNE.model_copy(update={"standing": "unknown"}), "x", where=private(ANNE))
    put(office, document("B", "2026-03-16", ["."]))
    office.tick()
    last = office.platforms["slack"].received[-1][2]
    assert "n’a plus accès" in text_of(last) and "Fiche B" in text_of(last)
    taken = office.press(OTHER, action_of(last, "subscribe:adopt:"), where=place)
    assert "à votre nom" in text_of(taken)


def test_strangers_in_a_channel_close_it(office):
    place = room("C7")
    subscribe(office, where=place)
    office.say(STRANGER, "bonjour", where=place)  # the platform tells that strangers read along
    put(
        office,
        document("A", "2026-03-16", ["."]),
        document("P", "2026-03-16", ["."], audience="public"),
    )
    office.tick()
    (only,) = office.received()
    assert "Fiche P" in only[1] and "Fiche A" not in only[1]


def test_only_those_who_may_subscribe_a_channel(office):
    from dataclasses import replace

    mail = replace(office.mail, room_subscribers="broker")
    object.__setattr__(office.services, "mail", mail)
    assert "Seul le Courtier" in text_of(subscribe(office, where=room("C7")))
    assert "C’est noté" in text_of(subscribe(office, member("UB", "T0"), where=room("C7", "T0")))


def test_before_a_channels_subscription_ends_by_itself_somebody_is_told(office):
    from bot.channels.sending import SendNever

    office.say(ANNE, "bonjour")
    place = room("C7")
    subscribe(office, where=place)

    def archived(where, key):
        if "C7" in where.conversation:
            raise SendNever("gone", "is_archived")

    office.platforms["slack"].before = archived
    put(office, document("A", "2026-03-16", ["."]))
    office.tick()
    office.tick()
    (warned,) = office.platforms["slack"].received
    assert warned[0].conversation == "T1:U1:" and "va prendre fin" in text_of(warned[2])
    (still,) = office.subscriptions.of_address(place)
    assert still.ends is not None
    office.until(NOW + timedelta(days=6))
    kept = office.press(ANNE, action_of(warned[2], "subscribe:keep:"))
    assert "gardé" in text_of(kept)
    office.until(NOW + timedelta(days=8))
    assert office.subscriptions.of_address(place)
    put(office, document("B", "2026-03-16", ["."]))
    office.until(NOW + timedelta(days=16))
    assert not office.subscriptions.of_address(place)


def test_a_store_that_fails_is_said(office, monkeypatch):
    def fail(*args):
        raise StoreUnavailable("disk full")

    monkeypatch.setattr(office.subscriptions, "save", fail)
    assert "Réessayez" in text_of(subscribe(office))


def test_telling_thousands_is_cut_off_and_resumed(office, monkeypatch):
    for n in range(30):
        subscribe(office, member(f"U{n + 100}"))
    queue, calls = office.subscriptions.queue, []

    def cut(*args):
        calls.append(args)
        if len(calls) == 2:
            raise StoreUnavailable("locked")
        queue(*args)

    monkeypatch.setattr("handlers.notices.PAGE", 7)
    monkeypatch.setattr(office.subscriptions, "queue", cut)
    with pytest.raises(StoreUnavailable):
        put(office, document("A", "2026-03-16", ["."]))
    office.notices.on_published(office.log.sets[-1])
    office.tick()
    places = [where for where, _ in office.received()]
    assert len(places) == 30 == len(set(places))


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))


def shape(**more: object) -> Subscription:
    return Subscription(id="x", address=private(ANNE), owner=ANNE, created=NOW, **more)


@given(MOMENTS, st.integers(0, 23), st.sampled_from(["day", "week"]), st.integers(0, 6))
def test_a_digest_follows_what_happened_within_its_rhythm(at, hour, every, weekday):
    found = due(shape(every=every, hour=hour, weekday=weekday), at)
    local = found.astimezone(QUEBEC)
    assert at < found <= at + timedelta(days=1 if every == "day" else 7, hours=1)
    assert local.hour == hour or (local.hour == hour + 1 and is_gap(local.date(), hour))
    assert local.fold == 0
    if every == "week":
        assert local.weekday() == weekday


def is_gap(day, hour) -> bool:
    return moment(day, hour).astimezone(QUEBEC).hour != hour


@given(MOMENTS, st.integers(0, 23), st.integers(0, 23))
def test_nothing_is_due_in_quiet_hours(at, start, end):
    found = due(shape(quiet_from=start, quiet_to=end), at)
    hour = found.astimezone(QUEBEC).hour
    assert at <= found <= at + timedelta(hours=25)
    if start != end:
        inside = start <= hour < end if start < end else not end <= hour < start
        assert not inside or found == moment(found.astimezone(QUEBEC).date(), end)


@pytest.mark.parametrize("day", ["2027-03-14", "2027-11-07"])  # forward, back
@pytest.mark.parametrize("hour", [1, 2, 3])
def test_across_the_change_of_the_clocks_a_digest_leaves_once_a_day(day, hour):
    subscription = shape(every="day", hour=hour)
    at = moment(datetime.fromisoformat(day).date() - timedelta(days=2), 12)
    end, times = at + timedelta(days=4), set()
    while at < end:
        times.add(due(subscription, at))
        at += timedelta(minutes=10)
    days = [t.astimezone(QUEBEC).date() for t in sorted(times)]
    assert len(days) == len(set(days)) == 5
    on_the_day = next(t for t in times if t.astimezone(QUEBEC).date().isoformat() == day)
    local = on_the_day.astimezone(QUEBEC)
    assert local.hour == (3 if (day, hour) == ("2027-03-14", 2) else hour) and local.fold == 0


def test_a_digest_across_both_changes_of_the_clocks_end_to_end(office):
    for day in (datetime(2027, 3, 13).date(), datetime(2027, 11, 6).date()):
        office.now = moment(day, 12)
        for subscription in office.subscriptions.of_owner(ANNE):
            office.subscriptions.end(subscription.id)
        subscribe(office, every="day", hour="1")
        before = len(office.received())
        for n in range(3):
            put(office, document(f"D{day:%m}{n}", "2026-03-16", ["."]))
            office.until(office.now + timedelta(days=1))
        assert len(office.received()) - before == 3


def test_every_reason_has_its_sentence():
    for reason in ("gone", "removed", "blocked", "access", "invalid", "unavailable", "error"):
        assert say(f"sending.{reason}") and say(f"sending.{reason}", "en")


def test_holders_of_a_dossier_that_rests_on_what_changed_are_told(office):
    before = document("A", "2026-03-16", ["Le délai est de 30 jours.", "Autre."])
    put(office, before)
    office.say(ANNE, "bonjour")
    office.say(OTHER, "bonjour")
    dossiers = Dossiers(office.box.path)
    anne = office.services.access.settle(ANNE)
    author = {"by": "Anne", "person": subject_of(anne), "at": NOW}
    event = Event(number=1, kind="created", side="client", **author)
    dossiers.create(Dossier(id="d1", organisation="o1", name="Nuage 2027", events=(event,)))
    dossiers.close()
    ground = Ground(section="1", about="délai", citation=citation(before[1][0], before[0]))
    finished = Finished(outcome="x", version=0, at=NOW, grounds=(ground,))
    office.services.runs.start(Run(id="r", dialog="preparation", subject="d1", started=NOW))
    runs = office.services.runs
    runs.runs["r"] = runs.runs["r"].model_copy(update={"finished": finished})
    put(office, document("A", "2026-04-16", ["Le délai est de 30 jours.", "Autre chose."]))
    office.tick()
    assert office.received() == []  # another passage changed
    put(office, document("A", "2026-05-16", ["Le délai est de 60 jours.", "Autre chose."]))
    office.publish(office.log.sets[-1])
    office.tick()
    ((where, text),) = office.received()
    assert where == "T1:U1:" and "« Nuage 2027 »" in text.replace("\u00a0", " ")


def test_who_works_on_a_dossier_at_the_page_can_be_written_to(office):
    visitor = member("v1", "", "web", standing="unknown")
    office.say(visitor, "bonjour")
    assert office.addresses.of_actor(visitor) is None
    office.press(visitor, "dossier:list")
    known = office.addresses.of_actor(visitor)
    assert known is not None and known.address.conversation == "inbox:v1"
