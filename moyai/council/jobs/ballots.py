"""督促 — every morning, who has not voted is reminded while the deadline is near."""

from __future__ import annotations

from datetime import datetime, timedelta

from moyai.council.actions.ballots import BallotOver, remind_voters
from moyai.council.models import Ballot
from moyai.tenants.public import Actor, every

NEAR = timedelta(days=3)


@every("0 9 * * *", name="council.remind_voters", per_body=False)
def remind(*, now: datetime) -> None:
    """Open ballots whose deadline is at most three days away; a body and day once, however often this runs."""
    near = Ballot.objects.filter(state=Ballot.State.OPEN, deadline__gt=now, deadline__lte=now + NEAR)
    for ballot in near.order_by("id"):
        try:
            remind_voters(actor=Actor.system(), now=now, ballot=ballot)
        except BallotOver:  # counted or replaced since it was read
            continue
