"""Platforms and clocks that stand in for the real ones, and count."""

from __future__ import annotations

import os
import time
from collections import defaultdict, deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path

from bot.channels.sending import SendLater
from bot.delivery import Delivery
from bot.delivery_clock import MachineTimer
from bot.delivery_limits import meters, workspace
from bot.stores.outbox import POST, Outbox, composed
from handlers.conversation import Address, Reply, Text


def address(name: str, channel: str = "web", private: bool = True) -> Address:
    return Address(channel=channel, conversation=name, private=private)


def reply(text: str) -> Reply:
    return Reply(parts=(Text(text=text),))


@dataclass
class FakeTimer:
    """Time that passes when somebody waits for it, and only then."""

    now: float = 1000.0
    woken: bool = False

    def monotonic(self) -> float:
        return self.now

    def wait_until(self, moment: float) -> None:
        if not self.woken:
            self.now = max(self.now, moment)
        self.woken = False

    def wake(self) -> None:
        self.woken = True


class Later(MachineTimer):
    """The machine's clock, so many seconds ahead: for what comes after a process that died, once
    its leases have run out. A short lease instead would end under a living process, too, on a
    machine that is busy."""

    def __init__(self, ahead: float) -> None:
        super().__init__()
        self.ahead = ahead

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead

    def wait_until(self, moment: float) -> None:
        super().wait_until(moment - self.ahead)


class Inline(Executor):
    """Does at once what it is given."""

    def submit(self, fn: Callable, /, *args: object, **options: object) -> Future:
        fn(*args, **options)
        return Future()


@dataclass
class Platform:
    """Keeps what it received; `trouble` may raise before it takes a message or after."""

    channel: str = "web"
    clock: Callable[[], float] = time.monotonic
    before: Callable[[Address, str], None] = lambda address, key: None
    after: Callable[[Address, str], None] = lambda address, key: None
    # What it allows: (meter's name, [(count, seconds)]) as bot/delivery_limits.py has them,
    # without the margin; more is refused as the platform refuses it.
    allows: Callable[[Address], list[tuple[str, tuple[tuple[int, float], ...]]]] = lambda a: []
    received: list[tuple[Address, str, Reply]] = field(default_factory=list)
    shown: dict[str, Reply] = field(default_factory=dict)
    refused: int = 0
    finds: int = 0
    arrivals: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def send(self, address: Address, reply: Reply, *, key: str) -> str:
        self.before(address, key)
        self.limit(address)
        self.received.append((address, key, reply))
        name = str(len(self.received))
        self.shown[name] = reply
        self.after(address, key)
        return name

    def limit(self, address: Address) -> None:
        now = self.clock()
        for name, windows in self.allows(address):
            for count, seconds in windows:
                times = self.arrivals[f"{name} {seconds}"]
                while times and times[0] <= now - seconds:
                    times.popleft()
                if len(times) >= count:
                    self.refused += 1
                    raise SendLater("rate", max(1.0, times[0] + seconds - now))
        for name, windows in self.allows(address):
            for _, seconds in windows:
                self.arrivals[f"{name} {seconds}"].append(now)

    def find(self, address: Address, key: str) -> str | None:
        self.finds += 1
        for number, (there, name, _) in enumerate(self.received, 1):
            if (there, name) == (address, key):
                return str(number)
        return None

    def edit(self, address: Address, message: str, reply: Reply) -> None:
        self.shown[message] = reply

    def recall(self, address: Address, message: str) -> None:
        del self.shown[message]

    def keys(self) -> list[str]:
        return [key for _, key, _ in self.received]

    def texts(self) -> list[str]:
        return [reply.parts[0].text for _, _, reply in self.received]  # type: ignore[union-attr]


@dataclass
class FilePlatform:
    """A platform in a file that all processes append to: a line is a message acknowledged.
    `die` is called just before and just after."""

    path: Path
    channel: str = "web"
    die: Callable[[str], None] = lambda point: None

    def send(self, address: Address, reply: Reply, *, key: str) -> str:
        self.die("before")
        handle = os.open(self.path, os.O_APPEND | os.O_WRONLY | os.O_CREAT)
        os.write(handle, f"{address.conversation} {key}\n".encode())
        os.close(handle)
        self.die("after")
        return key

    def find(self, address: Address, key: str) -> str | None:
        self.die("find")
        if not self.path.exists():
            return None
        lines = self.path.read_text().splitlines()
        return key if f"{address.conversation} {key}" in lines else None

    def edit(self, address: Address, message: str, reply: Reply) -> None:
        raise NotImplementedError

    def recall(self, address: Address, message: str) -> None:
        raise NotImplementedError


def outbox(path: Path) -> Outbox:
    return Outbox(path / "delivery.sqlite", workspace)


def delivery(
    box: Outbox, *platforms: Platform, timer: FakeTimer | None = None, **options: object
) -> Delivery:
    """A delivery whose time passes at once and whose sending takes none."""
    makers = {POST: composed(box)} | dict(options.pop("makers", {}))  # type: ignore[call-overload]
    return Delivery(
        box,
        {platform.channel: platform for platform in platforms},
        makers,
        timer=timer or FakeTimer(),
        meters=options.pop("meters", meters),  # type: ignore[arg-type]
        executor=Inline(),
        **options,  # type: ignore[arg-type]
    )
