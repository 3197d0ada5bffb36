"""監視 (A09, M6): a worker killed while it asks leaves unknown minutes, never up."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from moyai.notices.tests.receiver import Receiver
from moyai.operations.tests.clone import Clone


def test_A09_a_worker_killed_while_it_asks_leaves_unknown_minutes_and_never_up() -> None:
    address = Receiver()
    address.answers = ["slow", 200]
    clone = Clone(
        "killed",
        MOYAI_DEMO="1",
        MOYAI_WEBHOOK_INSIDE=f"127.0.0.1:{address.port}",
        MOYAI_STALLED_SECONDS="4",
    )
    try:
        watched = clone.acts("watch", url=address.url)
        heard = datetime.fromisoformat(watched["heard"])
        clone.acts("ask", probe=watched["probe"])
        worker = clone.worker()
        deadline = time.monotonic() + 60
        while not address.calls and time.monotonic() < deadline:
            time.sleep(0.05)
        assert address.calls, "the worker never asked"
        clone.kill(worker)  # in the middle of its question
        address.free.set()

        # Nothing was written of it, and whoever looks half an hour later sees that nobody knows.
        later = heard + timedelta(minutes=30)
        seen = clone.acts("seen", at=later.isoformat())
        assert (seen["beats"], seen["state"]) == (1, "unknown")
        assert seen["unknown"] >= 30

        # A worker that comes back takes the question up again; what lay between stays unknown.
        again = clone.worker()
        while len(address.calls) < 2 and time.monotonic() < deadline + 60:
            time.sleep(0.1)
        while clone.one("SELECT count(*) FROM operations_beat") < 2 and time.monotonic() < deadline + 60:
            time.sleep(0.1)
        clone.kill(again)
    finally:
        address.close()
    seen = clone.acts("seen", at=(heard + timedelta(minutes=2)).isoformat())
    assert seen["beats"] == 2
    assert [kind for kind, _begins, _ends in seen["stops"]] == ["unknown", "unknown"]
    begins, ends = (datetime.fromisoformat(text) for text in seen["stops"][-1][1:])
    assert begins == heard  # the last time anybody knew
    assert ends - begins > timedelta(minutes=2)
    assert (seen["unknown"], seen["stopped"]) == (3, 0)
