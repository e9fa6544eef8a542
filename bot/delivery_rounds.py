"""What is done every few seconds beside the sending: notices that are due, announcements whose
time has come, subscriptions that end. Each step may be cut off anywhere and is done again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice

from bot.delivery_makers import ANNOUNCE, NOTICE
from bot.stores.outbox import Outbox
from bot.stores.outbox_tables import BULK, Claim, Parcel
from bot.stores.outbox_tables import NOTICE as NOTICE_PRIORITY
from handlers.announce_audience import recipients
from handlers.announce_view import batch_of, progress_batch
from handlers.moments import local_day
from handlers.notices import Notices, fill
from handlers.ports import StoreUnavailable
from handlers.ports_announcements import Announcement, AnnouncementConflict, Recipient
from handlers.ports_mail import Mailroom
from handlers.services import Services

log = logging.getLogger(__name__)

EVERY = 3.0  # seconds
PROGRESS = timedelta(seconds=10)  # between two corrections of a message of progress
FOLLOWED = timedelta(hours=12)  # for which the sending of an announcement is followed
KEPT = timedelta(days=365)  # outcomes, and « pourquoi » of notices
LOT = 200  # recipients a transaction
NOTICE_BATCH = "notice"


class Rounds:
    """Fills the outbox. Several processes may do the rounds: everything has a key of its own."""

    def __init__(
        self, services: Services, mail: Mailroom, outbox: Outbox, notices: Notices
    ) -> None:
        self.services = services
        self.mail = mail
        self.outbox = outbox
        self.notices = notices
        self.also: list[Callable[[], object]] = []  # other things to do at each round
        self._shown: dict[str, tuple[object, datetime]] = {}
        self._swept: datetime | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Does the rounds in a thread of its own until `stop`."""
        self._thread = threading.Thread(target=self.run, name="rounds", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Ends after the round under way, at most `seconds`."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def run(self) -> None:
        """Does the rounds until `stop`; nothing that goes wrong ends them."""
        while not self._stopping.wait(EVERY):
            self.once()

    def once(self) -> None:
        """One round."""
        own = (self._notices, self._announcements, self._progress, self.notices.end_due)
        for step in (*own, self._sweep, *self.also):
            try:
                step()
            except StoreUnavailable as error:
                log.warning("rounds: %s", error)
            except Exception as error:  # a fault in one step must not hold up the others
                log.error("rounds: %s", type(error).__name__, exc_info=error)

    def undeliverable(self, claim: Claim, reason: str) -> None:
        """A message is about to become a dead letter."""
        if claim.kind == NOTICE:
            self.notices.undeliverable(claim.data, reason)

    def _notices(self) -> None:
        fill(
            self.notices,
            lambda notice, address: self.outbox.put(
                [Parcel(address, f"notice:{notice}", NOTICE, notice, NOTICE_BATCH, NOTICE_PRIORITY)]
            ),
        )

    def _announcements(self) -> None:
        for announcement in self.mail.announcements.due(self.services.clock()):
            with suppress(AnnouncementConflict):
                self._announce(announcement)

    def _announce(self, announcement: Announcement) -> None:
        """Lists the recipients and queues a message to each. A list begun and not ended is begun
        again: those that are on it already stay as they are."""
        if announcement.phase == "scheduled":
            began = {
                "phase": "filling",
                "sent": self.services.clock(),
                "sent_version": announcement.version,
            }
            announcement = announcement.model_copy(update=began)
            self.mail.announcements.save(announcement, ("scheduled",))
        found = recipients(announcement, self.services, self.mail)
        while lot := list(islice(found, LOT)):
            current = self.mail.announcements.announcement(announcement.id)
            if current is None or current.phase != "filling" or self._stopping.is_set():
                return
            self.outbox.put(self._parcels(announcement, lot))
        latest = self.mail.announcements.announcement(announcement.id)
        if latest is not None:
            self.mail.announcements.save(latest.model_copy(update={"phase": "sent"}), ("filling",))

    def _progress(self) -> None:
        """Brings the authors' messages up to date while an announcement leaves."""
        now = self.services.clock()
        for announcement in self.mail.announcements.latest():
            if announcement.sent is None or now - announcement.sent > FOLLOWED:
                continue
            counts = tuple(sorted(self.mail.outbox.counts(batch_of(announcement)).items()))
            last = self._shown.get(announcement.id)
            if last is None or (counts != last[0] and now - last[1] >= PROGRESS):
                self._shown[announcement.id] = (counts, now)
                if last is not None:
                    self.mail.outbox.edit(progress_batch(announcement), now.isoformat())

    def _sweep(self) -> None:
        """Once a day, forgets what is long over."""
        now = self.services.clock()
        if self._swept is None or now - self._swept > timedelta(days=1):
            self._swept = now
            self.outbox.forget_old(now - KEPT)
            self.mail.subscriptions.forget_old(now - KEPT)
            if self.mail.recent is not None:
                self.mail.recent.forget_old(local_day(now))

    def _parcels(self, announcement: Announcement, lot: Iterable[Recipient]) -> list[Parcel]:
        added = self.mail.announcements.add(announcement.id, lot)
        batch = batch_of(announcement)
        return [Parcel(r.address, batch, ANNOUNCE, announcement.id, batch, BULK) for r in added]
