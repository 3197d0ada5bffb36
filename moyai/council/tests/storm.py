"""Acts of the council in a database of their own, many at once, each on a connection of its own. Not a test itself.

`python -m moyai.council.tests.storm '{"case": "votes", …}'` prints what came of it as one line of JSON. Cases: votes (members vote
again and again until a deadline that comes meanwhile, and somebody counts as soon as it may), withdrawn (the same, until somebody
withdraws the ballot), ends (some count and some withdraw one ballot at once), secretaries (save one sitting at once),
licences (want the last seats of a pool at once), numbers (plan sittings of one committee at once), tampered (a ballot whose votes
the server's owner changes), and bytes (the same file brought at once).
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Any

Act = Callable[[], str]


def together(acts: Sequence[Act]) -> Counter[str]:
    """Every act on a thread and connection of its own, all begun at once; outcomes counted."""
    found: Counter[str] = Counter()
    barrier, guard = threading.Barrier(len(acts)), threading.Lock()

    def work(act: Act) -> None:
        from django.db import connection

        connection.ensure_connection()
        barrier.wait()
        try:
            outcome = act()
        except Exception as error:  # an error is an outcome to be seen
            outcome = f"{type(error).__name__}"
        with guard:
            found[outcome] += 1
        connection.close()

    threads = [threading.Thread(target=work, args=(act,)) for act in acts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


def _assembly() -> Any:
    from moyai.council.tests.assembly import Assembly
    from tests.world import World

    return Assembly(World())


def _ballot(town: Any, seconds: float) -> Any:
    from django.db import transaction

    from moyai.council.actions.ballots import open_ballot
    from moyai.council.tests.assembly import SECRETARY
    from moyai.tenants.public import clock

    with transaction.atomic():
        now = clock.now()
        meeting = town.called(held_on=clock.today(now) + timedelta(days=3))
        return open_ballot(
            actor=SECRETARY,
            now=now,
            item=meeting.items.get(),
            deadline=clock.now() + timedelta(seconds=seconds),
        )


def votes(facts: dict[str, Any]) -> dict[str, Any]:
    """Each member votes without a pause, first for and then against and so on, until it is told that it is over."""
    from django.db import transaction

    from moyai.council.actions.counting import NotYetOver, close_ballot
    from moyai.council.actions.votes import cast_vote
    from moyai.council.models import Ballot
    from moyai.council.queries.ballots import votes_of
    from moyai.council.queries.chains import verify_chain
    from moyai.council.tests.assembly import SECRETARY, staff_of
    from moyai.tenants.public import Refusal, acting_in, clock

    with transaction.atomic():
        town = _assembly()
    ballot = _ballot(town, facts["seconds"])
    said: dict[str, list[str]] = {}

    def member(body: Any) -> Act:
        def act() -> str:
            mine = said.setdefault(body.code, [])
            while True:
                choice = ("for", "against")[len(mine) % 2]
                try:
                    with acting_in(body) as now:
                        cast_vote(actor=staff_of(body), now=now, ballot=ballot, choice=choice)
                except Refusal as refusal:
                    return refusal.code
                mine.append(choice)

        return act

    def count() -> str:
        while True:
            try:
                with transaction.atomic():
                    close_ballot(actor=SECRETARY, now=clock.now(), ballot=ballot)
                return "counted"
            except NotYetOver:
                time.sleep(0.002)

    outcomes = together([*(member(body) for body in town.members), count])
    with transaction.atomic():
        found = Ballot.objects.get(pk=ballot.pk)
        kept = votes_of(found)
        last = {vote.body.code: vote.choice for vote in kept}
        return {
            "outcomes": outcomes,
            "votes": len(kept),
            "told": sum(len(mine) for mine in said.values()),
            "late": sum(vote.cast_at > found.deadline for vote in kept),
            "in_order": all(a.cast_at <= b.cast_at for a, b in pairwise(kept)),
            "places": [vote.place for vote in kept] == list(range(1, len(kept) + 1)),
            "broken": verify_chain(found) is not None,
            "last_told": {code: mine[-1] for code, mine in said.items()} == last,
            "tally": [found.tally["for"], found.tally["against"]],
            "counted": [list(last.values()).count("for"), list(last.values()).count("against")],
        }


def withdrawn(facts: dict[str, Any]) -> dict[str, Any]:
    """Each member votes without a pause until it is told that the ballot was withdrawn."""
    from django.db import transaction

    from moyai.council.actions.ballots import withdraw_ballot
    from moyai.council.actions.votes import cast_vote
    from moyai.council.models import Ballot
    from moyai.council.queries.ballots import votes_of
    from moyai.council.queries.chains import verify_chain
    from moyai.council.tests.assembly import SECRETARY, staff_of
    from moyai.tenants.public import Refusal, acting_in, clock

    with transaction.atomic():
        town = _assembly()
    ballot = _ballot(town, 3600)
    said: list[str] = []

    def member(body: Any) -> Act:
        def act() -> str:
            while True:
                try:
                    with acting_in(body) as now:
                        cast_vote(actor=staff_of(body), now=now, ballot=ballot, choice="for")
                except Refusal as refusal:
                    return refusal.code
                said.append(body.code)

        return act

    def withdraw() -> str:
        time.sleep(facts["seconds"])
        with transaction.atomic():
            withdraw_ballot(actor=SECRETARY, now=clock.now(), ballot=ballot, reason="都合")
        return "withdrawn"

    outcomes = together([*(member(body) for body in town.members), withdraw])
    with transaction.atomic():
        found = Ballot.objects.get(pk=ballot.pk)
        return {
            "outcomes": outcomes,
            "state": found.state,
            "tally": found.tally,
            "votes": len(votes_of(found)),
            "told": len(said),
            "sealed": found.ending["votes"],
            "broken": verify_chain(found) is not None,
        }


def ends(facts: dict[str, Any]) -> dict[str, Any]:
    """Some count and some withdraw one ballot of a room at once."""
    from django.db import transaction

    from moyai.council.actions.ballots import open_ballot, withdraw_ballot
    from moyai.council.actions.counting import close_ballot
    from moyai.council.models import Ballot
    from moyai.council.queries.chains import verify_chain
    from moyai.council.tests.assembly import SECRETARY
    from moyai.tenants.public import Refusal, clock

    with transaction.atomic():
        meeting = _assembly().called(mode="person", held_on=clock.today(clock.now()))
        ballot = open_ballot(actor=SECRETARY, now=clock.now(), item=meeting.items.get())

    def count() -> str:
        try:
            with transaction.atomic():
                close_ballot(actor=SECRETARY, now=clock.now(), ballot=ballot)
        except Refusal:
            return "refused"
        return "closed"

    def withdraw() -> str:
        try:
            with transaction.atomic():
                withdraw_ballot(actor=SECRETARY, now=clock.now(), ballot=ballot, reason="都合")
        except Refusal:
            return "refused"
        return "stopped"

    outcomes = together([*[count] * facts["counts"], *[withdraw] * facts["withdrawals"]])
    with transaction.atomic():
        found = Ballot.objects.get(pk=ballot.pk)
        return {
            "refused": outcomes.pop("refused"),
            "won": dict(outcomes),
            "state": found.state,
            "broken": verify_chain(found) is not None,
        }


def secretaries(facts: dict[str, Any]) -> dict[str, Any]:
    from django.db import transaction

    from moyai.council.actions.meetings import ChangedMeanwhile, edit_meeting
    from moyai.council.models import Meeting
    from moyai.council.tests.assembly import SECRETARY
    from moyai.tenants.public import clock

    with transaction.atomic():
        meeting = _assembly().planned(place="はじめ", held_on=clock.today(clock.now()))
    kept: list[str] = []

    def save(place: str) -> Act:
        def act() -> str:
            try:
                with transaction.atomic():
                    edit_meeting(actor=SECRETARY, now=clock.now(), meeting=meeting, version=1, place=place)
            except ChangedMeanwhile as changed:
                return f"changed: {changed.differences[0].stored == kept_place()}"
            kept.append(place)
            return "saved"

        return act

    def kept_place() -> str:
        with transaction.atomic():
            return str(Meeting.objects.get(pk=meeting.pk).place)

    outcomes = together([save(f"場所{number}") for number in range(facts["secretaries"])])
    with transaction.atomic():
        found = Meeting.objects.get(pk=meeting.pk)
    return {"outcomes": outcomes, "kept": kept == [found.place], "version": found.version}


def licences(facts: dict[str, Any]) -> dict[str, Any]:
    from django.db import transaction

    from moyai.council.actions.licences import found_pool, take_licence
    from moyai.council.models import LicenceUse
    from moyai.council.tests.assembly import SECRETARY, SINCE
    from moyai.tenants.public import Refusal, clock

    with transaction.atomic():
        pool = found_pool(
            actor=SECRETARY, now=clock.now(), name="音声認識", seats=facts["seats"], from_on=SINCE
        )

    def take() -> str:
        try:
            with transaction.atomic():
                take_licence(actor=SECRETARY, now=clock.now(), pool=pool)
        except Refusal as refusal:
            return refusal.code
        return "taken"

    outcomes = together([take] * facts["wanted"])
    with transaction.atomic():
        seats = sorted(LicenceUse.objects.filter(pool=pool, back_at=None).values_list("seat", flat=True))
    return {"outcomes": outcomes, "seats": seats}


def numbers(facts: dict[str, Any]) -> dict[str, Any]:
    from django.db import transaction

    from moyai.council.models import Meeting
    from moyai.tenants.public import clock

    with transaction.atomic():
        town = _assembly()

    def plan() -> str:
        with transaction.atomic():
            town.planned(held_on=clock.today(clock.now()))
        return "planned"

    outcomes = together([plan] * facts["meetings"])
    with transaction.atomic():
        found = sorted(Meeting.objects.filter(committee=town.general).values_list("number", flat=True))
    return {"outcomes": outcomes, "numbers": found}


def bytes_at_once(facts: dict[str, Any]) -> dict[str, Any]:
    from django.db import transaction

    from moyai.council.actions.papers import add_paper
    from moyai.council.models import Paper, PaperFile
    from moyai.council.tests.assembly import SECRETARY, a_file
    from moyai.tenants.public import clock

    with transaction.atomic():
        town = _assembly()
        meetings = [
            town.planned(held_on=clock.today(clock.now()) + timedelta(days=day))
            for day in range(facts["papers"])
        ]

    def bring(meeting: Any) -> Act:
        def act() -> str:
            with transaction.atomic():
                add_paper(
                    actor=SECRETARY, now=clock.now(), meeting=meeting, title="資料", file=a_file(title="同時")
                )
            return "brought"

        return act

    outcomes = together([bring(meeting) for meeting in meetings])
    with transaction.atomic():
        return {"outcomes": outcomes, "papers": Paper.objects.count(), "files": PaperFile.objects.count()}


def tampered(facts: dict[str, Any]) -> dict[str, Any]:
    """A ballot with the votes of all seven members; after each statement of the server's owner, what the check of the chain says."""
    import psycopg
    from django.db import transaction

    from moyai.council.actions.votes import cast_vote
    from moyai.council.models import Ballot
    from moyai.council.queries.chains import verify_chain
    from moyai.council.tests.assembly import staff_of
    from moyai.tenants.public import acting_in

    with transaction.atomic():
        town = _assembly()
    ballot = _ballot(town, 3600)
    for body in town.members:
        with acting_in(body) as now:
            cast_vote(actor=staff_of(body), now=now, ballot=ballot, choice="for", comment="賛成します")

    def said() -> list[Any] | None:
        with transaction.atomic():
            broken = verify_chain(Ballot.objects.get(pk=ballot.pk))
        if broken is None:
            return None
        return [broken.place, broken.removed, broken.body.name if broken.body else ""]

    found = [said()]
    for statement in facts["statements"]:
        with psycopg.connect(os.environ["MOYAI_DATABASE_URL"]) as owner:
            owner.execute("SET session_replication_role = replica")  # past the trigger
            owner.execute(f"{statement} AND ballot_id = {ballot.pk}")
        found.append(said())
    return {"said": found, "names": [body.name for body in town.members]}


CASES = {
    "votes": votes,
    "withdrawn": withdrawn,
    "ends": ends,
    "secretaries": secretaries,
    "licences": licences,
    "numbers": numbers,
    "bytes": bytes_at_once,
    "tampered": tampered,
}

if __name__ == "__main__":
    import django

    django.setup()
    asked = json.loads(sys.argv[1])
    print(json.dumps(CASES[asked["case"]](asked), ensure_ascii=False))
