"""Puts the mailroom together, and runs it: delivery and its rounds, beside the channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.channels.sending import Sender
from bot.config import Settings
from handlers.ports_mail import Mailroom

if TYPE_CHECKING:
    from bot.bootstrap import App
    from bot.published import PublishedChanges
    from bot.stores.outbox import Outbox
    from handlers.ports_changes import ChangeLog


def build_mailroom(settings: Settings, outbox: Outbox, changes: ChangeLog) -> Mailroom:
    """Everything that subscriptions and announcements need; nothing is opened before it is used."""
    from bot.previews import previews
    from bot.stores.addresses import AddressStore
    from bot.stores.announcements import AnnouncementStore
    from bot.stores.holdings import Holdings
    from bot.stores.recent import RecentAnswers
    from bot.stores.subscriptions import SubscriptionStore

    return Mailroom(
        addresses=AddressStore(settings.database),
        subscriptions=SubscriptionStore(settings.database),
        announcements=AnnouncementStore(settings.database),
        outbox=outbox,
        changes=changes,
        attachments=settings.attachments,
        holdings=Holdings(settings.database),
        recent=RecentAnswers(settings.database),
        previews=previews(settings),
        approval=settings.announcement_approval,
        room_subscribers=settings.channel_subscriptions,
    )


def publishing(app: App) -> PublishedChanges:
    """Tells what a new revision of the index changed, whoever built it."""
    from bot.published import PublishedChanges, listeners
    from bot.stores.changes import ToldChanges

    services, settings = app.router.services, app.settings
    store = ToldChanges(settings.database, settings.index)
    return PublishedChanges(settings.index, store, listeners(services), services.clock)


@contextmanager
def sending(
    app: App,
    senders: Mapping[str, Sender],
    also: tuple[Callable[[], object], ...] = (),
) -> Iterator[None]:
    """Sends while the block runs, on the channels that have a sender; `also` is done at each
    round. Nothing is sent where the mailroom is missing (tests with fakes)."""
    from bot.delivery import Delivery
    from bot.delivery_makers import makers
    from bot.delivery_rounds import Rounds
    from bot.stores.outbox import Outbox
    from handlers.notices import Notices

    services = app.router.services
    mail, outbox = services.mail, services.post
    if mail is None or not isinstance(outbox, Outbox):
        yield
        return
    notices = Notices(services, mail, outbox)
    rounds = Rounds(services, mail, outbox, notices)
    rounds.also += also
    delivery = Delivery(
        outbox,
        senders,
        makers(notices, services, mail, outbox),
        on_dead=rounds.undeliverable,
    )
    delivery.start()
    rounds.start()
    try:
        yield
    finally:
        rounds.stop()
        delivery.stop()
        outbox.close()
