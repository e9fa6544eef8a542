"""The whole way killed at random points: change sets told to subscriptions, announcements listed,
notices gathered, all of it delivered.

    python -m tests.delivery.killed_chain FOLDER KILLS SEED

A child does what a running assistant does, until it is killed: by itself around the platform's
acknowledgement, or by its parent at any moment. Prints what happened as JSON.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sys
import time
import uuid
from collections import Counter
from dataclasses import replace
from pathlib import Path

import bot.delivery_rounds
import bot.stores.subscriptions
import handlers.notices
from bot.delivery import Delivery
from bot.delivery_makers import makers
from handlers.conversation import Address, Reply
from tests.delivery.changes import document, put
from tests.delivery.stand_ins import FilePlatform, Later
from tests.delivery.world import Office, action_of, member, text_of

PEOPLE = 30
KILLS_A_CHANGE, KILLS_AN_ANNOUNCEMENT = 6, 13
LEASE = 20.0  # seconds; the clock of the next process is ahead by more
BOSS = member("UB", "T0", name="Bruno")
TOKEN = re.compile(r"jeton\d+x")
# Small lots: more places to be cut off at.
handlers.notices.PAGE = bot.delivery_rounds.LOT = bot.stores.subscriptions.LOT = 7


class Tokens(FilePlatform):
    """Writes a line a token that a message holds, all of a message at once."""

    def send(self, address: Address, reply: Reply, *, key: str) -> str:
        self.die("before")
        lines = [f"{address.conversation} {key}"]
        lines += [f"{address.conversation} {token}" for token in TOKEN.findall(text_of(reply))]
        handle = os.open(self.path, os.O_APPEND | os.O_WRONLY | os.O_CREAT)
        os.write(handle, "".join(f"{line}\n" for line in lines).encode())
        os.close(handle)
        self.die("after")
        return key

    def edit(self, address: Address, message: str, reply: Reply) -> None:
        """The author's message of progress: not counted."""


def office_in(folder: Path, changes: int) -> Office:
    """The office with so many changes on record; nothing of them told yet by this process."""
    made = Office(folder)
    made.services = replace(made.services, new_id=lambda: uuid.uuid4().hex)
    made.notices.services = made.rounds.services = made.router.services = made.services
    put(made, document("A", "2026-01-01", ["Rien."]), revision="r0", publish=False)
    for number in range(1, changes + 1):
        texts = [f"Le texte dit jeton{number}x, et autre chose encore."]
        name = f"r{number}"
        change = put(made, document(f"D{number}", "2026-02-01", texts, title=f"jeton{number}x"),
                     revision=name, publish=False)  # fmt: skip
        made.log.sets.append(change)
    return made


def child(folder: Path, changes: int, point: str, ahead: float) -> None:
    countdown = random.randrange(1, 8)

    def die(here: str) -> None:
        nonlocal countdown
        countdown -= here == point
        if countdown == 0 and here == point:
            os.kill(os.getpid(), signal.SIGKILL)

    office = office_in(folder, changes)
    for change_set in office.log.sets:
        office.notices.on_published(change_set)
    office.rounds.once()
    Delivery(
        office.box,
        {"slack": Tokens(folder / "platform.txt", channel="slack", die=die)},
        makers(office.notices, office.services, office.mail, office.box),
        meters=lambda address, operation: (),
        workers=2,
        lease=LEASE,
        timer=Later(ahead),
        on_dead=office.rounds.undeliverable,
    ).drain()
    os._exit(0)


def main(folder: Path, kills: int, seed: int) -> None:
    random.seed(seed)
    office = office_in(folder, 0)
    office.say(BOSS, "bonjour")
    for number in range(PEOPLE):
        office.press(member(f"U{number:02d}"), "subscribe:save", topic="all", every="now")
    office.close()
    most_changes, most_announced = kills // KILLS_A_CHANGE, kills // KILLS_AN_ANNOUNCEMENT
    killed, by, done, ahead = 0, Counter(), False, 0.0
    announced = 0
    longest = 0.15  # seconds until a kill: less where a child is done before, so that most are met
    while not done:
        share = min(1.0, (killed + 1) / kills)
        changes = round(most_changes * share)
        if announced < round(most_announced * share):
            announced += 1
            office = office_in(folder, changes)
            text = f"Une annonce, jeton{1000 + announced}x."
            drafted = office.press(BOSS, "announce:save", title="Annonce", text=text)
            office.press(BOSS, action_of(drafted, "announce:send:"))
            office.close()
        point = random.choice(["before", "after", "find", "", "", ""]) if killed < kills else ""
        sys.stdout.flush()
        ahead += LEASE + 1
        pid = os.fork()
        if pid == 0:
            random.seed(seed + killed)
            child(folder, changes, point, ahead)
        if killed < kills and not point:
            time.sleep(random.uniform(0.002, longest))
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if not point:
            longest = min(0.15, longest * 1.2) if os.WIFSIGNALED(status) else longest * 0.7
        if os.WIFSIGNALED(status):
            by[point or "random"] += 1
        elif killed >= kills:
            done = True
        else:
            by["done"] += 1
        killed += 1
    lines = (folder / "platform.txt").read_text().splitlines()
    got = Counter(line for line in lines if TOKEN.search(line))
    tokens = [*range(1, most_changes + 1), *range(1001, 1001 + most_announced)]
    wanted = {f"T1:U{p:02d}: jeton{n}x" for p in range(PEOPLE) for n in tokens}
    wanted |= {f"T0:UB: jeton{n}x" for n in tokens if n > 1000}
    office = office_in(folder, 0)
    result = {
        "wanted": len(wanted),
        "lost": len(wanted - got.keys()),
        "twice": sum(n - 1 for n in got.values()),
        "strange": len(got.keys() - wanted),
        "counts": office.box.counts(),
        "killed": by,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
