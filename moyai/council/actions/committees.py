"""会議体を置き、改め、廃する — a committee lives from a day to a day, and everything it was stays in the book."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.council.actions.spans import check_alive, check_span, day_said
from moyai.council.models import Committee, CommitteeName, Item, Meeting, Office, Seat, Term
from moyai.council.permits import PERMITS
from moyai.tenants.public import Actor, Refusal, Service


class CommitteeKnown(Refusal):
    code = "committee_known"
    message = lazy("この記号の会議体は、すでにあります。")  # type: ignore[assignment]


class RenamedThatDay(Refusal):
    code = "renamed_that_day"
    message = lazy("この日からの名称は、すでに登録されています。")  # type: ignore[assignment]


class UnderItself(Refusal):
    code = "committee_under_itself"
    status = 422
    message = lazy("自分自身や、自分の下にある会議体は選べません。")  # type: ignore[assignment]


class FollowsLater(Refusal):
    code = "follows_later"
    status = 422
    message = lazy("前身の会議体は、この会議体より前に置かれたものを選んでください。")  # type: ignore[assignment]


class AbolishedBefore(Refusal):
    code = "committee_abolished"
    message = lazy("この会議体は、すでに廃止が登録されています。")  # type: ignore[assignment]


class StillAtWork(Refusal):
    code = "committee_at_work"
    message = lazy("この日の後に、まだ下の会議体や会議があります。")  # type: ignore[assignment]


@action(
    "council.establish_committee",
    permits=PERMITS,
    refuses={"council_committee_code_key": CommitteeKnown},
)
def establish_committee(
    *,
    actor: Actor,
    now: datetime,
    code: str,
    name: str,
    kind: str,
    from_on: date,
    form: str = Committee.Form.CONTRACTING,
    purpose: str = "",
    parent: Committee | None = None,
    climbs_to: Committee | None = None,
    follows: Committee | None = None,
    service: Service | None = None,
    open_to_all: bool = False,
    position: int = 0,
    until_on: date | None = None,
    established_by: Item | None = None,
) -> Committee:
    """設置 — a committee begins to live, with its first name.

    Raises CommitteeKnown, EndsBeforeBegin; NotAliveThen where it would begin before its parent lives or after it ended;
    FollowsLater where the one it grew out of did not begin before it.
    """
    check_span(from_on, until_on)
    if parent is not None:
        check_alive(parent, from_on, until_on)
    if follows is not None and follows.from_on >= from_on:
        raise FollowsLater(fields={"follows": str(FollowsLater.message)})
    made = Committee.objects.create(
        code=code,
        name=name,
        kind=kind,
        form=form,
        purpose=purpose,
        parent=parent,
        climbs_to=climbs_to,
        follows=follows,
        service=service,
        open_to_all=open_to_all,
        position=position,
        from_on=from_on,
        until_on=until_on,
        established_by=established_by,
    )
    CommitteeName.objects.create(committee=made, name=name, form=form, from_on=from_on)
    return made


@action(
    "council.rename_committee",
    permits=PERMITS,
    refuses={"committee_renamed_once_a_day": RenamedThatDay},
)
def rename_committee(
    *, actor: Actor, now: datetime, committee: Committee, name: str, from_on: date, form: str | None = None
) -> CommitteeName:
    """改称 — another name, or another legal form, from a day on. Raises RenamedThatDay, NotAliveThen."""
    locked = _locked(committee)
    check_alive(locked, from_on, None)
    named = CommitteeName.objects.filter(committee=locked, from_on__lte=from_on).order_by("-from_on").first()
    made = CommitteeName.objects.create(
        committee=locked,
        name=name,
        form=form or (named.form if named else locked.form),
        from_on=from_on,
    )
    newest = CommitteeName.objects.filter(committee=locked).order_by("-from_on")[0]
    locked.name, locked.form = newest.name, newest.form  # what it is called now; past days ask the book
    locked.save(update_fields=["name", "form"])
    return made


@action("council.arrange_committee", permits=PERMITS, thing="committee")
def arrange_committee(
    *,
    actor: Actor,
    now: datetime,
    committee: Committee,
    purpose: str,
    parent: Committee | None,
    climbs_to: Committee | None,
    position: int,
) -> Committee:
    """目的・属する会議体・上申先・並び順を改める. Raises UnderItself for a ring, NotAliveThen for a parent of other days."""
    # Two at once could close a ring that neither sees: all are locked, in one order. (count() would drop the lock.)
    list(Committee.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    locked = _locked(committee)
    for field, above in (("parent", parent), ("climbs_to", climbs_to)):
        if above is not None and _ring(locked, above, field):
            raise UnderItself(fields={field: str(UnderItself.message)})
    if parent is not None and parent.pk != locked.parent_id:
        check_alive(parent, locked.from_on, locked.until_on)
    locked.purpose, locked.parent, locked.climbs_to, locked.position = purpose, parent, climbs_to, position
    locked.save(update_fields=["purpose", "parent", "climbs_to", "position"])
    return locked


@action("council.abolish_committee", permits=PERMITS, thing="committee")
def abolish_committee(
    *,
    actor: Actor,
    now: datetime,
    committee: Committee,
    until_on: date,
    abolished_by: Item | None = None,
) -> Committee:
    """廃止 — `until_on` is the last day it lives. Its seats, offices and terms end with it.

    Raises AbolishedBefore, EndsBeforeBegin, StillAtWork while a committee under it or a sitting not called off is later.
    """
    locked = _locked(committee)
    if locked.until_on is not None:
        raise AbolishedBefore
    check_span(locked.from_on, until_on)
    _check_nothing_after(locked, until_on)
    Seat.objects.filter(committee=locked, from_on__lte=until_on).filter(_beyond(until_on)).update(
        until_on=until_on
    )
    Term.objects.filter(office__committee=locked, from_on__lte=until_on, until_on__gt=until_on).update(
        until_on=until_on
    )
    Office.objects.filter(committee=locked, from_on__lte=until_on).filter(_beyond(until_on)).update(
        until_on=until_on
    )
    locked.until_on, locked.abolished_by = until_on, abolished_by
    locked.save(update_fields=["until_on", "abolished_by"])
    return locked


def _beyond(day: date) -> Q:
    return Q(until_on__isnull=True) | Q(until_on__gt=day)


def _locked(committee: Committee) -> Committee:
    return Committee.objects.select_for_update(no_key=True).get(pk=committee.pk)


def _ring(committee: Committee, above: Committee, field: str) -> bool:
    """Whether `above` stands under the committee already, by this kind of link."""
    links = dict(Committee.objects.values_list("pk", f"{field}_id"))
    here: int | None = above.pk
    seen: set[int] = set()
    while here is not None and here not in seen:
        if here == committee.pk:
            return True
        seen.add(here)
        here = links.get(here)
    return False


def _check_nothing_after(committee: Committee, day: date) -> None:
    nested = Committee.objects.filter(_beyond(day), parent=committee).order_by("position", "code").first()
    if nested is not None:
        words = _("下の会議体「%(name)s」が、この日の後も置かれています。先に廃止してください。")
        raise StillAtWork(words % {"name": nested.name}, fields={"until_on": words % {"name": nested.name}})
    meeting = (
        Meeting.objects.filter(committee=committee, held_on__gt=day)
        .exclude(state=Meeting.State.CANCELLED)
        .order_by("held_on")
        .first()
    )
    if meeting is not None:
        words = _("%(day)sに会議があります。先に中止するか、廃止の日を改めてください。")
        words %= {"day": day_said(meeting.held_on)}
        raise StillAtWork(words, fields={"until_on": words})
    for model, label in ((Seat, _("構成員")), (Office, _("役職"))):
        if model.objects.filter(committee=committee, from_on__gt=day).exists():
            words = _("この日の後に始まる%(what)sの登録があります。") % {"what": label}
            raise StillAtWork(words, fields={"until_on": words})
