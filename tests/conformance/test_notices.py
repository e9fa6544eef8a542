"""Subscribing, being told and ending it, on every channel through its own sender."""

from __future__ import annotations

from dataclasses import replace

from bot.bootstrap import App
from bot.channels.inbox_sender import InboxSender
from bot.channels.sending import Sender
from bot.channels.teams_sender import TeamsSender
from bot.delivery import Delivery
from bot.delivery_makers import makers
from bot.delivery_rounds import Rounds
from bot.stores.outbox import Outbox
from handlers.notices import Notices
from knowledge.change_set import ChangeSet
from knowledge.changes import compare, state_of
from tests.conformance.drivers import Driver
from tests.conformance.slack import SlackDriver
from tests.delivery.changes import document
from tests.delivery.stand_ins import FakeTimer, Inline
from tests.delivery.world import Log
from tests.slack.world import buttons, words


def sender(talk: Driver, app: App) -> Sender:
    """What the channel sends through when it runs."""
    if talk.name == "slack":
        return talk.world.service.sender
    if talk.name == "teams":
        return TeamsSender(talk.channel, "fr")
    return InboxSender(talk.name, app.inbox, app.router.services.clock)


def on_screen(talk: Driver, app: App) -> str:
    """Everything that the platform was given, or that waits in an inbox of the channel."""
    if talk.name == "slack":
        return repr(talk.slack.calls)
    if talk.name == "teams":
        return repr([call.body for call in talk.stand_in.calls])
    with app.inbox._open():
        rows = app.inbox._rows("select reply from notices where channel = ?", talk.name)
    return "".join(row["reply"] for row in rows)


def change(app: App, talk: Driver) -> None:
    """A passage changes, and everything due is done."""
    texts = ["Le délai de livraison est de 30 jours."], ["Le délai de livraison est de 45 jours."]
    before, after = (state_of([d], p) for d, p in (document("A", "2026-03-16", t) for t in texts))
    made = compare(before, after, revision="r2", previous="r1", created="2026-11-23")
    deliver(app, talk, [made])


def deliver(app: App, talk: Driver, sets: list[ChangeSet]) -> None:
    """Does once what `serve` does all the time, through the channel's own sender."""
    services = app.router.services
    assert services.mail is not None and isinstance(services.post, Outbox)
    mail = replace(services.mail, changes=Log(sets))
    services = replace(services, mail=mail)
    notices = Notices(services, mail, services.post)
    for change_set in sets:
        notices.on_published(change_set)
    rounds = Rounds(services, mail, services.post, notices)
    rounds.once()
    Delivery(
        services.post,
        {talk.name: sender(talk, app)},
        makers(notices, services, mail, services.post),
        timer=FakeTimer(),
        executor=Inline(),
    ).drain()


def subscribed(talk: Driver) -> None:
    shown = talk.say("mes abonnements")
    assert "aucun abonnement" in shown.text
    assert talk.press("S’abonner").filling
    shown = talk.fill({"topic": "word", "value": "livraison", "every": "now", "hour": "8"})
    assert "« livraison »" in shown.text.replace("\u00a0", " ")


def test_one_subscribes_is_told_and_ends_it(talk: Driver, assistant: App):
    subscribed(talk)
    change(assistant, talk)
    post = assistant.router.services.post
    assert isinstance(post, Outbox) and post.counts() == {"sent": 1}
    told = on_screen(talk, assistant)
    assert "45 jours" in told and "Pourquoi est-ce que je reçois ceci?" in told
    shown = talk.say("mes abonnements")
    assert "« livraison »" in shown.text.replace("\u00a0", " ")
    assert "Suspendu" in talk.press("Suspendre").text
    shown = talk.say("mes abonnements")
    assert "pris fin" in talk.press("Cesser").text
    assert "aucun abonnement" in talk.say("mes abonnements").text


def test_the_home_tab_of_slack_shows_ones_subscriptions(assistant: App, tmp_path):
    talk = SlackDriver(assistant, tmp_path)
    try:
        subscribed(talk)
        talk.world.event({"type": "app_home_opened", "user": "U1", "tab": "home", "channel": "D1"})
        talk.slack.wait(lambda: talk.slack.of("views.publish"))
        home = talk.slack.of("views.publish")[-1]["view"]
        assert "« livraison »" in words(home).replace("\u00a0", " ")
        assert {"Modifier", "Suspendre", "Cesser"} <= set(buttons(home))
    finally:
        talk.close()


def test_an_announcement_is_drafted_seen_as_elsewhere_sent_and_read(
    talk: Driver, assistant: App, monkeypatch
):
    access = assistant.router.services.access
    settle = access.settle
    broker = {"audience": "broker"}
    monkeypatch.setattr(access, "settle", lambda actor: settle(actor).model_copy(update=broker))
    talk.say("annonces")
    assert talk.press("Nouvelle annonce").filling
    typed = {"title": "Titre", "text": "Bonjour @everyone <!channel>", "receipts": "yes"}
    shown = talk.fill({**typed, "links": "Le guide https://exemple.ca/guide"})
    assert "n’interpellent personne" in shown.text
    shown = talk.press(next(label for label in shown.buttons if label.endswith("Slack")))
    assert "Bonjour @everyone" in shown.text and "https://exemple.ca/guide" in shown.text
    talk.press("Retour")
    assert "part." in talk.press("Envoyer maintenant (1)").text
    deliver(assistant, talk, [])
    assert "https://exemple.ca/guide" in on_screen(talk, assistant)
    mail = assistant.router.services.mail
    assert mail is not None
    (sent,) = mail.announcements.latest()
    assert mail.outbox.counts(f"announce:{sent.id}") == {"sent": 1}
    shown = talk.say("annonces")
    shown = talk.press("Titre")
    assert "Remis" in shown.text and {"Rapport", "Exporter (CSV)"} <= set(shown.buttons)
    assert talk.press("Exporter (CSV)").files
