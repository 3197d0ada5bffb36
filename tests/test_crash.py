"""kill -9 in the middle of 1,000 submissions: nothing that was acknowledged is lost, nothing is done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from moyai.applications import catalogue
from tests import server
from tests.live import Live
from tests.mailbox import Mailbox

COUNT = 1000
CLIENTS = 8
LETTERS = 30


@dataclass(frozen=True)
class Acknowledged:
    """What clients were told: receipt number → mail address; numbers whose decision was told as done."""

    receipts: dict[str, str]
    decided: list[str]


@dataclass(frozen=True)
class Kept:
    """What is there afterwards: rows of the database, mails that arrived, files on the disk."""

    applications: list[tuple[str, str, str]]  # number, address, outcome
    charges: list[str]  # number charged, once per charge
    deeds: list[str]  # number submitted, once per deed
    told: list[tuple[str, str, str]]  # number, kind, state
    message_ids: dict[str, str]  # Message-ID of each message sent → receiver
    mails: list[tuple[str, str]]  # Message-ID, receiver, as they came
    letters: list[tuple[str, str]]  # number, state
    unreadable: list[str] = field(default_factory=list)  # letters whose file is not what the row says
    jobs: int = 0


def faults(said: Acknowledged, kept: Kept) -> list[str]:
    """Everything that is not as it must be, in words; empty when all is well."""
    found = []
    count = Counter(number for number, _address, _status in kept.applications)
    address_of = {number: address for number, address, _status in kept.applications}
    for number, address in said.receipts.items():
        if count[number] != 1:
            found.append(f"receipt {number} is there {count[number]} times")
        elif address_of[number] != address:
            found.append(f"receipt {number} is somebody else's")
    for address, times in Counter(address_of.values()).items():
        if times != 1:
            found.append(f"{address} applied {times} times")
    charged, deeds = Counter(kept.charges), Counter(kept.deeds)
    received = Counter(number for number, kind, _state in kept.told if kind == "applications.received")
    letters = Counter(number for number, _state in kept.letters)
    for number, _address, status in kept.applications:
        decided = status == "approved"
        for what, times, wanted in (
            ("charged", charged[number], 1),
            ("a deed of submission", deeds[number], 1),
            ("told of its receipt", received[number], 1),
            ("a letter", letters[number], int(decided)),
        ):
            if times != wanted:
                found.append(f"{number}: {what} {times} times instead of {wanted}")
    done = {number for number, _address, status in kept.applications if status == "approved"}
    found += [f"decision of {number} is lost" for number in said.decided if number not in done]
    found += [f"letter of {number} is {state}" for number, state in kept.letters if state != "ready"]
    found += [
        f"message {kind} of {number} is {state}" for number, kind, state in kept.told if state != "sent"
    ]
    arrived = {}
    for mail_id, receiver in kept.mails:
        if arrived.setdefault(mail_id, receiver) != receiver:
            found.append(f"{mail_id} went to two receivers")
    for mail_id, receiver in kept.message_ids.items():
        if arrived.pop(mail_id, None) != receiver:
            found.append(f"mail {mail_id} did not arrive")
    found += [f"mail {mail_id} belongs to no message" for mail_id in arrived]
    found += kept.unreadable
    if kept.jobs:
        found.append(f"{kept.jobs} jobs left")
    return found


# --- the checker itself must be able to fail ---------------------------------------------------------


def _sound() -> tuple[Acknowledged, Kept]:
    rows = [(f"{number:012d}", f"a{number}@crash.example", "received") for number in range(4)]
    rows[0] = (*rows[0][:2], "approved")
    ids = {f"<{number}>": address for number, address, _status in rows}
    return Acknowledged({n: a for n, a, _s in rows}, [rows[0][0]]), Kept(
        applications=rows,
        charges=[n for n, _a, _s in rows],
        deeds=[n for n, _a, _s in rows],
        told=[(n, "applications.received", "sent") for n, _a, _s in rows],
        message_ids=ids,
        mails=[*ids.items(), next(iter(ids.items()))],  # one came twice under one Message-ID: once in effect
        letters=[(rows[0][0], "ready")],
    )


def test_checker_finds_every_kind_of_loss_and_double() -> None:
    said, kept = _sound()
    assert faults(said, kept) == []
    number, address, _status = kept.applications[1]
    other = "9" * 12
    false = {
        "lost": replace(kept, applications=[row for row in kept.applications if row[0] != number]),
        "twice": replace(kept, applications=[*kept.applications, (other, address, "received")]),
        "swapped": replace(
            kept, applications=[(n, "x@y" if n == number else a, s) for n, a, s in kept.applications]
        ),
        "charged twice": replace(kept, charges=[*kept.charges, number]),
        "not charged": replace(kept, charges=kept.charges[1:]),
        "no deed": replace(kept, deeds=kept.deeds[1:]),
        "told twice": replace(kept, told=[*kept.told, (number, "applications.received", "sent")]),
        "mail not sent": replace(kept, told=[*kept.told[1:], (*kept.told[0][:2], "queued")]),
        "mail lost": replace(kept, mails=kept.mails[1:-1]),
        "second mail": replace(kept, mails=[*kept.mails, ("<other>", address)]),
        "no letter": replace(kept, letters=[]),
        "two letters": replace(kept, letters=kept.letters * 2),
        "letter not made": replace(kept, letters=[(kept.letters[0][0], "waiting")]),
        "letter of nobody's": replace(kept, letters=[*kept.letters, (number, "ready")]),
        "decision lost": replace(
            kept, letters=[], applications=[(n, a, "received") for n, a, _s in kept.applications]
        ),
        "file broken": replace(kept, unreadable=["letter 1"]),
        "job left": replace(kept, jobs=1),
    }
    for what, one in false.items():
        assert faults(said, one), what


# --- the storm ---------------------------------------------------------------------------------------


class Residents:
    """Clients that apply at the same time; each keeps trying with its token until it has a receipt."""

    def __init__(self, live: Live, count: int) -> None:
        self.url = f"{live.url}/api/bodies/chiba-shi/procedures/juminhyo/applications"
        self.answers = catalogue.example("juminhyo-household")["answers"]
        self.left = iter(range(count))
        self.taking = threading.Lock()
        self.receipts: dict[str, str] = {}
        self.retries = 0
        self.refused: list[str] = []
        self.threads = [threading.Thread(target=self._work, daemon=True) for _ in range(CLIENTS)]
        self.deadline = time.monotonic() + 300

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def join(self) -> None:
        for thread in self.threads:
            thread.join(timeout=max(0.0, self.deadline - time.monotonic()))

    def _work(self) -> None:
        with httpx.Client(timeout=20) as client:
            while True:
                with self.taking:
                    place = next(self.left, None)
                if place is None:
                    return
                self._apply(client, place)

    def _apply(self, client: httpx.Client, place: int) -> None:
        address = f"a{place}@crash.example"
        payload = {"token": f"storm-{place}".ljust(32, "x"), "answers": self.answers | {"mail": address}}
        while time.monotonic() < self.deadline:
            try:
                answer = client.post(self.url, json=payload)
            except httpx.HTTPError:
                pass
            else:
                if answer.is_success:
                    self.receipts[answer.json()["number"]] = address
                    return
                if answer.status_code < 500:
                    self.refused.append(answer.text)
                    return
            self.retries += 1
            time.sleep(0.1)


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as box:
        yield box


@pytest.fixture(scope="module")
def house(mailbox: Mailbox) -> Iterator[Live]:
    """As in production: an own PostgreSQL with fsync, a mail server, the cast and the street of the world."""
    live = Live("crash", embedded=True, MOYAI_SMTP_URL=mailbox.url, MOYAI_LOG_LEVEL="WARNING")
    live.start()
    step(live, "tests.world")
    yield live
    live.stop()


def begin(live: Live, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        env=live.environment | {"DJANGO_SETTINGS_MODULE": "moyai.web.settings"},
        cwd=server.SOURCE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def step(live: Live, *arguments: str, code: int = 0) -> str:
    process = begin(live, *arguments)
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, err[-2000:]
    return out


def admin(live: Live) -> psycopg.Connection[Any]:
    from moyai.web.postgres import Embedded

    return psycopg.connect(
        host=str(Embedded(live.home).socket_folder), user="postgres", dbname="moyai", autocommit=True
    )


def settle(live: Live, seconds: float = 120) -> None:
    """Until no job waits or runs."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with admin(live) as db:
            row = db.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
            ).fetchone()
        if row == (0,):
            return
        time.sleep(0.3)
    raise AssertionError("jobs do not come to an end:\n" + live.log.read_text()[-3000:])


def what_is_there(live: Live, mailbox: Mailbox) -> Kept:
    from moyai.notices.rules.messages import message_id

    ours = "a.applicant_email LIKE '%@crash.example'"
    with admin(live) as db:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return db.execute(query).fetchall()  # type: ignore[arg-type]

        application = "applications_application a"
        sent = rows(
            "SELECT b.code, m.id, m.to_email FROM notices_message m JOIN tenants_body b ON b.id = m.body_id"
            " WHERE m.state = 'sent'"
        )
        letters = rows(
            "SELECT a.public_number, l.state, l.body_id, l.key, l.size, l.sha256 FROM documents_letter l"
            f" JOIN {application} ON (a.body_id, a.id) = (l.body_id, l.thing_id)"
            f" WHERE l.thing_kind = 'applications.application' AND {ours}"
        )
        return Kept(
            applications=rows(
                f"SELECT public_number, applicant_email, outcome FROM {application} WHERE {ours}"
            ),
            charges=[
                row[0]
                for row in rows(
                    f"SELECT a.public_number FROM money_charge c JOIN {application}"
                    f" ON (a.body_id, a.id) = (c.body_id, c.thing_id) WHERE {ours}"
                )
            ],
            deeds=[
                row[0]
                for row in rows(
                    f"SELECT a.public_number FROM audit_deed d JOIN {application}"
                    " ON (a.body_id, a.id) = (d.body_id, d.thing_id) WHERE d.verb = 'applications.submit'"
                    f" AND d.thing_kind = 'applications.application' AND {ours}"
                )
            ],
            told=rows(
                f"SELECT a.public_number, m.kind, m.state FROM notices_message m JOIN {application}"
                " ON (a.body_id, a.id) = (m.body_id, m.about_id)"
                f" WHERE m.about_kind = 'applications.application' AND {ours}"
            ),
            message_ids={
                message_id(body_code=code, number=number, sender="moyai@localhost"): address
                for code, number, address in sent
            },
            mails=list(mailbox.mails),
            letters=[(number, state) for number, state, *_rest in letters],
            unreadable=[
                f"letter of {number} is not the file it says"
                for number, _state, body_id, key, size, digest in letters
                if not _is_file(live.home / "files" / str(body_id) / key[:2] / key, size, digest)
            ],
            jobs=rows("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed')")[
                0
            ][0],
        )


def _is_file(path: Path, size: int, digest: str) -> bool:
    import hashlib

    if not path.is_file():
        return False
    data = path.read_bytes()
    return len(data) == size and hashlib.sha256(data).hexdigest() == digest and data.startswith(b"%PDF")


def test_no_receipt_is_lost_and_nothing_is_done_twice_when_everything_is_killed(
    house: Live, mailbox: Mailbox
) -> None:
    residents = Residents(house, COUNT)
    deciding = begin(house, "tests.crash_steps", "decide", str(LETTERS))
    residents.start()
    killed = []

    def at(share: float) -> None:
        while len(residents.receipts) < share * COUNT and any(t.is_alive() for t in residents.threads):
            time.sleep(0.01)
        killed.append(len(residents.receipts))

    for share, name in ((0.15, "web"), (0.3, "worker"), (0.45, "postgres"), (0.6, "worker"), (0.7, "web")):
        at(share)
        house.kill(name)
    at(0.85)  # and the whole machine
    assert house.process is not None
    os.kill(house.process.pid, signal.SIGKILL)
    house.process.wait()
    for name in ("postgres", "web", "worker"):
        try:
            house.kill(name)
        except ProcessLookupError:
            continue  # it went with its parent
    house.start()
    residents.join()
    decided, trouble = deciding.communicate(timeout=120)
    assert deciding.returncode == 0, trouble[-2000:]
    assert residents.refused == []
    assert len(residents.receipts) == COUNT
    assert killed == sorted(killed) and killed[-1] < COUNT  # every kill hit the middle
    assert residents.retries > 0
    settle(house)
    said = Acknowledged(residents.receipts, decided.split())
    kept = what_is_there(house, mailbox)
    assert len(said.decided) == LETTERS and len(kept.letters) >= LETTERS
    assert len(kept.mails) >= COUNT
    assert faults(said, kept) == []
    checked = house.run("check")
    assert checked.returncode == 0, checked.stdout


def test_house_that_acknowledges_before_its_commit_is_caught(house: Live, mailbox: Mailbox) -> None:
    told = step(house, "tests.crash_steps", "careless", "3", code=-signal.SIGKILL)
    receipts = dict(line.split() for line in told.splitlines())
    assert len(receipts) == 3
    settle(house)
    kept = what_is_there(house, mailbox)
    assert faults(Acknowledged({}, []), kept) == []
    found = faults(Acknowledged(receipts, []), kept)
    assert sorted(found) == sorted(f"receipt {number} is there 0 times" for number in receipts)
