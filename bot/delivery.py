"""Drains the outbox through the channels' senders, within the platforms' rates.

A message is claimed with a lease before it is sent and settled after. Where the process dies in
between, or an error leaves open whether the platform has the message, the next try first asks the
platform for the message's key. Several processes may drain one file.
"""

from __future__ import annotations

import heapq
import logging
import math
import os
import threading
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace

from bot.channels.sending import Sender
from bot.delivery_clock import MachineTimer, Timer
from bot.delivery_limits import meters
from bot.delivery_try import Maker, attempt
from bot.stores.outbox import Outbox
from bot.stores.outbox_claims import MetersOf
from bot.stores.outbox_tables import Claim, Outcome
from handlers.ports import StoreUnavailable

log = logging.getLogger(__name__)

LEASE = 120.0  # seconds a claim holds; far longer than a sender's own timeout
SAFE = 60.0  # a claim with less than this left is not begun
POLL = 1.0  # seconds after which other processes' messages are looked for
TROUBLE = 2.0  # seconds before an unusable file is tried again
AHEAD = 1.0  # seconds of sending planned ahead


class Delivery:
    """One drain over an outbox: `run` in a thread, or `drain` until nothing is due."""

    def __init__(
        self,
        outbox: Outbox,
        senders: Mapping[str, Sender],
        makers: Mapping[str, Maker],
        *,
        timer: Timer | None = None,
        meters: MetersOf = meters,
        workers: int = 16,
        lease: float = LEASE,
        executor: Executor | None = None,
        on_dead: Callable[[Claim, str], None] = lambda claim, reason: None,
    ) -> None:
        """`senders` by channel: messages for other channels are left to other processes.
        `makers` by Parcel.kind. `on_dead` hears of a message and the reason just before it becomes
        a dead letter; it may raise StoreUnavailable, and is asked again after a crash."""
        self.outbox = outbox
        self.senders = senders
        self.makers = makers
        self.timer = timer or MachineTimer()
        self.meters = meters
        self.most = workers * 4
        self.lease = lease
        self.owner = f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
        self.executor = executor or ThreadPoolExecutor(workers, thread_name_prefix="delivery")
        self.on_dead = on_dead
        self._lock = threading.Lock()
        self._planned: list[tuple[float, int, Claim]] = []
        self._in_flight = 0
        self._unwritten: list[Callable[[], object]] = []
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Drains in a thread of its own until `stop`."""
        self._thread = threading.Thread(target=self.run, name="delivery", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Gives back what was not begun, waits for what was, at most `seconds`."""
        self._stopping.set()
        self.timer.wake()
        if self._thread is not None:
            self._thread.join(seconds)
        for _, _, claim in self._planned:
            self._write(lambda claim=claim: self.outbox.release(claim))  # type: ignore[misc]
        self._planned.clear()
        self.executor.shutdown(wait=self._thread is None or not self._thread.is_alive())

    def wake(self) -> None:
        """Something was queued: looks at once."""
        self.timer.wake()

    def run(self) -> None:
        """Drains until `stop`; nothing that goes wrong ends it."""
        while not self._stopping.is_set():
            try:
                until = self.step()
            except Exception as error:  # a fault of ours must not silence the assistant
                log.error("delivery: %s", type(error).__name__, exc_info=error)
                until = self.timer.monotonic() + TROUBLE
            self.timer.wait_until(min(until, self.timer.monotonic() + POLL))

    def drain(self) -> None:
        """Sends until nothing is due any more and nothing is under way, waiting as rates ask;
        what waits for another try, or for a lease to end, is waited for as well."""
        pause = POLL
        while not self._stopping.is_set():
            until = self.step()
            busy = self._busy()
            if until == math.inf and not busy:
                return
            # Other processes end their leases early: looked for more and more rarely.
            pause = POLL if busy or until < self._now() + POLL else pause * 2
            self.timer.wait_until(min(until, self._now() + pause))

    def step(self) -> float:
        """Sends what is due now and plans ahead; when to come back at the latest."""
        if not self._flush():
            return self.timer.monotonic() + TROUBLE
        wake = math.inf
        room = self.most - len(self._planned) - self._in_flight
        # Planned in lots: a claim is a transaction.
        if room > 0 and (not self._planned or self._planned[-1][0] < self._now() + AHEAD / 2):
            try:
                claims, wake = self.outbox.claim(
                    self.owner,
                    self.timer.monotonic,
                    self.meters,
                    self.senders.keys(),
                    most=room,
                    lease=self.lease,
                    horizon=AHEAD,
                )
            except StoreUnavailable as error:
                log.warning("delivery: %s", error)
                wake = self._now() + TROUBLE
            else:
                for claim in claims:
                    heapq.heappush(self._planned, (claim.slot, claim.id, claim))
        elif room > 0:
            wake = self._now() + AHEAD / 4
        while self._planned and self._planned[0][0] <= self._now():
            claim = heapq.heappop(self._planned)[2]
            with self._lock:
                self._in_flight += 1
            self.executor.submit(self._deliver, claim)
        return min(wake, self._planned[0][0] if self._planned else math.inf)

    def _now(self) -> float:
        return self.timer.monotonic()

    def _busy(self) -> bool:
        with self._lock:
            return bool(self._in_flight or self._planned or self._unwritten)

    def _deliver(self, claim: Claim) -> None:
        """One message, from a worker's thread; never raises."""
        try:
            if self._now() > claim.lease_until - min(SAFE, self.lease / 2):
                # The machine slept, or was too slow: another process may have it soon.
                self._write(lambda: self.outbox.release(claim))
                return
            sender, maker = self.senders[claim.address.channel], self.makers.get(claim.kind)
            start = self._now()
            outcome = attempt(claim, sender, maker, lambda: self.outbox.failures(claim))
            self._settle(claim, replace(outcome, arrived=(start + self._now()) / 2))
        finally:
            with self._lock:
                self._in_flight -= 1
            self.timer.wake()

    def _settle(self, claim: Claim, outcome: Outcome) -> None:
        if outcome.state in ("dead", "waiting"):
            log.info("message %d: %s %s", claim.id, outcome.state, outcome.reason)

        def write() -> None:
            if outcome.state == "dead":
                self.on_dead(claim, outcome.reason)
            self.outbox.finish(claim, outcome, self._now())

        self._write(write)

    def _write(self, write: Callable[[], object]) -> None:
        """Writes now, or keeps it for when the file can be written again: what the platform has
        acknowledged is not forgotten for want of disk."""
        try:
            write()
        except StoreUnavailable as error:
            log.warning("delivery: %s", error)
            with self._lock:
                self._unwritten.append(write)

    def _flush(self) -> bool:
        """Writes what could not be written; False where it still can't."""
        while self._unwritten:
            try:
                self._unwritten[0]()
            except StoreUnavailable:
                return False
            with self._lock:
                self._unwritten.pop(0)
        return True
