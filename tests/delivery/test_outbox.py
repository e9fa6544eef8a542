"""The outbox and its drain: once each, in order, whatever the platform and the machine do."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import threading
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.channels.sending import SendLater, SendNever
from bot.delivery import Delivery
from bot.delivery_limits import workspace
from bot.delivery_try import ERRORS
from bot.stores import database
from bot.stores.outbox import POST, Outbox, composed
from bot.stores.outbox_tables import BULK, Parcel
from bot.stores.replies import dumped, loaded
from handlers.conversation import File, Reply
from handlers.ports import StoreUnavailable
from tests.delivery.conftest import MEMORY
from tests.delivery.stand_ins import FakeTimer, Inline, Platform, address, delivery, outbox, reply


@pytest.fixture
def box(folder):
    made = outbox(folder)
    yield made
    made.close()


def fill(box: Outbox, lanes: int = 3, each: int = 4) -> None:
    for number in range(each):
        for lane in range(lanes):
            box.post(address(f"c{lane}"), reply(f"{lane}.{number}"), key=f"k{number}")


def test_each_message_arrives_once_and_in_order(box):
    fill(box)
    fill(box)  # asked again: nothing more
    platform = Platform()
    delivery(box, platform).drain()
    assert len(platform.received) == 12
    for lane in range(3):
        assert [t for t in platform.texts() if t[0] == str(lane)] == [
            f"{lane}.{n}" for n in range(4)
        ]
    assert box.counts() == {"sent": 12}
    delivery(box, platform).drain()
    assert len(platform.received) == 12


def test_a_message_keeps_its_parts_and_its_file(box):
    file = File(name="a.png", media_type="image/png", content=bytes(range(256)))
    sent = Reply(parts=(*reply("é « ’ »").parts, file))
    assert loaded(dumped(sent)) == sent
    box.post(address("c"), sent, key="k")
    platform = Platform()
    delivery(box, platform).drain()
    assert platform.received[0][2] == sent


def test_messages_for_a_channel_nobody_serves_wait(box):
    box.post(address("t1:c", "slack"), reply("a"), key="k")
    delivery(box, Platform("web")).drain()
    assert box.counts() == {"waiting": 1}
    delivery(box, Platform("slack")).drain()
    assert box.counts() == {"sent": 1}


def test_the_platforms_answer_lost_the_message_is_found_not_sent_again(box):
    fill(box, 2, 2)
    lost = {("c0", "k0"), ("c1", "k1")}

    def cut(where, key):
        if (where.conversation, key) in lost:
            lost.remove((where.conversation, key))
            raise TimeoutError("the answer never came")

    platform = Platform(after=cut)
    delivery(box, platform).drain()
    assert len(platform.received) == 4 and not lost
    assert box.counts() == {"sent": 4}
    assert platform.finds == 2


def test_retry_after_is_kept_and_the_order_holds(box):
    fill(box, 1, 3)
    timer = FakeTimer()
    times: list[float] = []

    def before(where, key):
        times.append(timer.now)
        if len(times) == 1:
            raise SendLater("429", 30)

    platform = Platform(before=before)
    delivery(box, platform, timer=timer).drain()
    assert platform.texts() == ["0.0", "0.1", "0.2"]
    assert times[1] - times[0] >= 30
    assert platform.finds == 0  # it said no: it has not got it


def test_a_refusal_for_good_is_a_dead_letter_and_can_be_sent_again(box):
    fill(box, 1, 2)
    gone = [True]

    def before(where, key):
        if key == "k0" and gone[0]:
            raise SendNever("gone", "channel_not_found")

    platform = Platform(before=before)
    delivery(box, platform).drain()
    dead = box.messages(state="dead")
    assert [(d["key"], d["reason"], d["detail"]) for d in dead] == [
        ("k0", "gone", "channel_not_found")
    ]
    assert platform.keys() == ["k1"]  # the conversation goes on
    gone[0] = False
    assert box.retry() == 1
    delivery(box, platform).drain()
    assert platform.keys() == ["k1", "k0"] and box.counts() == {"sent": 2}


def test_a_fault_of_ours_ends_in_a_dead_letter_after_some_tries(box):
    box.post(address("c"), reply("a"), key="k")
    tries = []

    def fault(where, key):
        tries.append(key)
        raise KeyError("bug")

    delivery(box, Platform(before=fault)).drain()
    assert len(tries) == 8
    assert [(d["reason"], d["detail"]) for d in box.messages(state="dead")] == [
        ("error", "KeyError")
    ]


def test_a_platform_down_for_an_hour_loses_nothing_and_is_not_hammered(box):
    fill(box, 200, 1)
    timer = FakeTimer()
    start, calls = timer.now, []

    def before(where, key):
        calls.append(timer.now)
        if timer.now < start + 3600:
            raise SendLater("503")

    platform = Platform(before=before, clock=timer.monotonic)
    delivery(box, platform, timer=timer).drain()
    assert len(platform.received) == 200 == len({a.conversation for a, _, _ in platform.received})
    during = [t for t in calls if t < start + 3600]
    assert len(during) < 200 + 60  # the lot that was under way, then one at a time
    assert max(calls) < start + 3600 + 1500


def test_a_platform_down_for_days_ends_in_dead_letters_that_say_so(box):
    box.post(address("c"), reply("a"), key="k")

    def before(where, key):
        raise SendLater("503")

    timer = FakeTimer()
    delivery(box, Platform(before=before), timer=timer).drain()
    assert [d["reason"] for d in box.messages(state="dead")] == ["unavailable"]
    assert 20 * 3600 < timer.now - 1000 < 30 * 3600


def test_one_workspace_out_of_order_does_not_hold_up_another(box):
    for lane in range(20):
        box.post(address(f"bad:c{lane}", "slack"), reply("x"), key="k")
        box.post(address(f"good:c{lane}", "slack"), reply("x"), key="k")
    timer = FakeTimer()
    good: list[float] = []

    def before(where, key):
        if where.conversation.startswith("bad") and timer.now < 5000:
            raise SendLater("ratelimited", 60)
        if where.conversation.startswith("good"):
            good.append(timer.now)

    platform = Platform("slack", before=before)
    delivery(box, platform, timer=timer).drain()
    assert len(platform.received) == 40
    assert max(good) < 1010


def test_an_urgent_message_passes_before_many(box):
    box.put(Parcel(address(f"T:{n}", "slack"), "k", "bulk", priority=BULK) for n in range(150))
    box.post(address("T:me", "slack"), reply("test"), key="k")
    platform = Platform("slack")
    delivery(box, platform, makers={"bulk": lambda claim: reply("bulk")}).drain()
    assert "test" in platform.texts()[:2]


def test_a_clock_that_starts_again_ends_every_wait(box):
    fill(box, 3, 1)
    timer = FakeTimer(now=900_000.0)
    claims, _ = box.claim("dead process", timer.monotonic, lambda a, o: (), {"web"}, lease=1e6)
    assert len(claims) == 3
    platform = Platform()
    restarted = FakeTimer(now=12.0)
    delivery(box, platform, timer=restarted).drain()
    assert len(platform.received) == 3 and restarted.now < 100
    assert platform.finds == 3


def test_wall_clock_jumps_change_nothing(box, monkeypatch):
    import bot.stores.outbox as module
    import bot.stores.outbox_claims as claims

    class Jumping(module.datetime):
        @classmethod
        def now(cls, tz=None):
            return super().now(tz).replace(year=random.choice([1999, 2026, 2100]))

    monkeypatch.setattr(module, "datetime", Jumping)
    monkeypatch.setattr(claims, "datetime", Jumping)
    fill(box, 5, 5)
    platform = Platform()
    delivery(box, platform).drain()
    assert len(platform.received) == 25


def test_a_claim_whose_lease_is_nearly_over_is_given_back(box):
    """A machine that slept between claiming and sending."""
    fill(box, 2, 1)
    timer = FakeTimer()
    platform = Platform()
    sleepy = delivery(box, platform, timer=timer)
    planned, sleepy.executor = [], Inline()
    sleepy.executor.submit = lambda fn, claim: planned.append((fn, claim))  # type: ignore[assignment]
    sleepy.step()
    assert len(planned) == 2
    timer.now += 100.0
    for fn, claim in planned:
        fn(claim)
    assert platform.received == []
    delivery(box, platform, timer=timer).drain()
    assert len(platform.received) == 2


def test_a_full_disk_after_the_platform_has_it_is_written_later(box, folder):
    fill(box, 1, 1)

    def full(where, key):
        pages = box._db.execute("pragma page_count").fetchone()[0]
        box._db.execute(f"pragma max_page_count = {pages}")

    platform = Platform(after=full)
    # A long answer of the platform needs a page that the disk has not got.
    answer = platform.send
    platform.send = lambda *a, **k: answer(*a, **k) + "x" * 20_000  # type: ignore[method-assign]
    drain = delivery(box, platform)
    drain.step()
    assert len(platform.received) == 1 and len(drain._unwritten) == 1
    # `pragma max_page_count` was the connection's own, which is closed now: there is room again.
    drain.drain()
    assert len(platform.received) == 1 and box.counts() == {"sent": 1}


def test_queueing_on_a_full_disk_is_said_and_leaves_nothing_half_done(box):
    fill(box, 1, 1)
    pages = box._db.execute("pragma page_count").fetchone()[0]
    box._db.execute(f"pragma max_page_count = {pages}")
    with pytest.raises(StoreUnavailable, match="full"):
        box.post(address("c9"), reply("x" * 100_000), key="big")
    assert box.counts() == {"waiting": 1}


def test_a_locked_file_delays_and_loses_nothing(box, folder, monkeypatch):
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    fill(box, 4, 1)
    box.close()
    other = sqlite3.connect(folder / "delivery.sqlite", isolation_level=None)
    platform = Platform()
    drain = delivery(box, platform)
    other.execute("begin immediate")
    drain.step()
    assert platform.received == []
    other.execute("commit")
    # Locked again between the platform's answer and the note of it.
    platform.after = lambda where, key: other.execute("begin immediate") and None
    claim = box.claim
    box.claim = lambda *a, **k: claim(*a, **(k | {"most": 1}))  # type: ignore[method-assign]
    drain.step()
    assert len(platform.received) == 1 and len(drain._unwritten) == 1
    platform.after = lambda where, key: None
    other.execute("commit")
    other.close()
    drain.drain()
    assert len(platform.received) == 4 and box.counts() == {"sent": 4}


def test_what_is_being_composed_may_be_skipped_with_a_reason(box):
    box.put([Parcel(address("c"), "k", "notice", "outsider"), Parcel(address("d"), "k", "notice")])
    platform = Platform()
    make = lambda claim: "audience" if claim.data else reply("ok")  # noqa: E731
    delivery(box, platform, makers={"notice": make}).drain()
    assert platform.texts() == ["ok"]
    assert [m["reason"] for m in box.messages(state="skipped")] == ["audience"]


def test_edit_and_recall_reach_what_was_sent_and_only_that(box):
    batch = [Parcel(address(f"c{n}"), "k", "news", batch="b") for n in range(3)]
    text = ["un"]
    made = {"news": lambda claim: reply(text[0])}
    platform = Platform()
    box.put(batch[:2])
    delivery(box, platform, makers=made).drain()
    text[0] = "deux"
    box.put(batch[2:])
    assert box.edit("b", "1") == 2 and box.edit("b", "1") == 0
    delivery(box, platform, makers=made).drain()
    assert [r.parts[0].text for r in platform.shown.values()] == ["deux"] * 3
    box.put([Parcel(address("c3"), "k", "news", batch="b")])
    assert box.recall("b") == 4
    delivery(box, platform, makers=made).drain()
    assert platform.shown == {} and len(platform.received) == 3
    assert box.counts("b") == {"recalled": 4}


def test_threads_and_two_processes_worth_of_drains_share_one_file(box, folder):
    fill(box, 30, 2)
    platform = Platform()
    lock, taken = threading.Lock(), platform.send

    def send(*args, **options):
        with lock:
            return taken(*args, **options)

    platform.send = send  # type: ignore[method-assign]
    boxes = [Outbox(box.path, workspace) for _ in range(2)]
    drains = [Delivery(b, {"web": platform}, {POST: composed(b)}, workers=4) for b in boxes]
    threads = [threading.Thread(target=d.drain) for d in drains]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    for drain, each in zip(drains, boxes, strict=True):
        drain.stop()
        each.close()
    assert len(platform.received) == 60 == len({(a, k) for a, k, _ in platform.received})
    assert box.counts() == {"sent": 60}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), max_size=25),
    st.lists(st.sampled_from(["ok", "lost", "later", "soon", "fault"]), max_size=40),
)
@example([(0, 0)], ["later"] * (ERRORS - 1) + ["fault"])
def test_order_and_uniqueness_whatever_happens(posts, troubles):
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        order_and_uniqueness(Path(name), posts, troubles)


def order_and_uniqueness(folder, posts, troubles):
    box = outbox(folder)
    script = iter(troubles)
    tries: Counter[tuple[str, str]] = Counter()

    def before(where, key):
        trouble = next(script, "ok")
        tries[where.conversation, key] += 1
        if tries[where.conversation, key] >= ERRORS and trouble in ("fault", "lost"):
            trouble = "later"  # an error of our own now would make a dead letter of it
        platform.lost = trouble == "lost"
        if trouble == "later":
            raise SendLater("503")
        if trouble == "soon":
            raise SendLater("429", 3)
        if trouble == "fault":
            raise ValueError

    def after(where, key):
        if platform.lost:
            raise TimeoutError

    platform = Platform(before=before, after=after)
    wanted: dict[int, list[str]] = {}
    for lane, key in posts:
        box.post(address(f"c{lane}"), reply(str(key)), key=str(key))
        if str(key) not in wanted.setdefault(lane, []):
            wanted[lane].append(str(key))
    delivery(box, platform).drain()
    for lane, keys in wanted.items():
        got = [k for a, k, _ in platform.received if a.conversation == f"c{lane}"]
        assert got == keys
    box.close()
