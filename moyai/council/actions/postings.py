"""お知らせ — what the secretariat tells members on their page, until a day, and by mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.council.actions.bylaws import cite
from moyai.council.actions.telling import tell_bodies
from moyai.council.models import Bylaw, Committee, Paper, Posting
from moyai.council.permits import PERMITS
from moyai.council.queries.sitting import sitting_in
from moyai.tenants.public import Actor, Body, Refusal, bodies_on, clock


class WhichCommittee(Refusal):
    code = "which_committee"
    status = 422
    message = lazy("読む会議体を選んでください。")  # type: ignore[assignment]


class OverBeforePosted(Refusal):
    code = "over_before_posted"
    status = 422
    message = lazy("掲載の終わりは、掲載の日以降の日付にしてください。")  # type: ignore[assignment]


@action("council.post", permits=PERMITS)
def post(
    *,
    actor: Actor,
    now: datetime,
    title: str,
    text: str,
    readers: str = Paper.Readers.MEMBERS,
    committee: Committee | None = None,
    until_on: date | None = None,
    cites: Sequence[tuple[Bylaw, str]] = (),
    by_mail: bool = True,
    posted_at: datetime | None = None,
) -> Posting:
    """お知らせを載せる — for all members, those of one committee, or everybody; `cites` are rules with their articles.

    With `by_mail` each member that may read it is told; a record of the past (`posted_at`) is told to nobody.
    Raises WhichCommittee, OverBeforePosted, CannotCite: then nothing is posted and nobody told.
    """
    moment = posted_at or now
    day = clock.today(moment)
    if readers == Paper.Readers.COMMITTEE and committee is None:
        raise WhichCommittee(fields={"committee": str(WhichCommittee.message)})
    if until_on is not None and until_on < day:
        raise OverBeforePosted(fields={"until_on": str(OverBeforePosted.message)})
    made = Posting.objects.create(
        committee=committee,
        readers=readers,
        title=title,
        text=text,
        posted_at=moment,
        posted_by=actor.name[:60],
        until_on=until_on,
    )
    for bylaw, article in cites:
        cite(actor=actor, now=now, bylaw=bylaw, on=day, posting=made, article=article)
    if by_mail and posted_at is None:
        tell_bodies(
            actor=actor,
            now=now,
            bodies=readers_of(made, day),
            kind="council.posting",
            facts={"title": title, "text": text, "posting": made.pk, "until_on": until_on},
            about=made,
        )
    return made


def readers_of(posting: Posting, on: date) -> list[Body]:
    """Members that a notice is for: those who sit in its committee, else all."""
    if posting.readers == Paper.Readers.COMMITTEE and posting.committee is not None:
        return [one.body for one in sitting_in(posting.committee, on) if one.body is not None]
    return list(bodies_on(on))


@action("council.end_posting", permits=PERMITS)
def end_posting(*, actor: Actor, now: datetime, posting: Posting, until_on: date) -> Posting:
    """掲載の終わり — the last day a notice stands on the members' page. Raises OverBeforePosted."""
    locked = Posting.objects.select_for_update(no_key=True).get(pk=posting.pk)
    if until_on < clock.today(locked.posted_at):
        raise OverBeforePosted(fields={"until_on": str(OverBeforePosted.message)})
    locked.until_on = until_on
    locked.save(update_fields=["until_on"])
    return locked
