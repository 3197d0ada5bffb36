"""当選から予約へ — winners are booked in their order, confirm in time or lose it, and who waits moves up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from moyai.audit.public import action
from moyai.draws.public import Places, order_of_place, taken_of, units_of
from moyai.reservations import words
from moyai.reservations.actions.asked import Asked, Scene, UnknownUnit, scene, scenes
from moyai.reservations.actions.batch import book_won_many
from moyai.reservations.actions.bookings import confirm
from moyai.reservations.actions.checks import NotRegistered, own
from moyai.reservations.actions.lotteries.entries import over_limit
from moyai.reservations.actions.lotteries.steps import (
    NotNow,
    locked_entry,
    locked_round,
    step_entries,
    step_round,
)
from moyai.reservations.actions.lotteries.telling import tell_entrant, unit_names
from moyai.reservations.actions.remembering import remember
from moyai.reservations.actions.won import book_won, end_won
from moyai.reservations.models import Entry, Round
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.lotteries import wins_of_persons
from moyai.reservations.queries.lottery_lists import read_list, taken_of_round, terms_of
from moyai.reservations.queries.registrations import standing
from moyai.reservations.queries.standing import uses_of_person
from moyai.tenants.public import Actor, Refusal, body_of, clock, later

E = Entry.State


def is_over(round: Round, *, now: datetime) -> bool:
    """Whether the days of a round have begun: nobody moves up any more."""
    return clock.today(now) >= round.for_from


@action("reservations.book_wins", permits=PERMITS, thing="round")
def book_wins(*, actor: Actor, now: datetime, round: Round, most: int) -> int:
    """当選の予約 — the next `most` winners in their order become bookings; how many were looked at.

    Each takes its cells through the one door. Where staff took the place after the list was frozen, the win lapses and
    its person is told why. Done again it goes on where it stopped.
    """
    row = locked_round(round)
    if row.state != Round.State.DRAWN:
        raise NotNow
    entries = list(
        Entry.objects.filter(body_id=row.body_id, round=row, state=E.WON, booking__isnull=True)
        .select_related("registration")
        .order_by("rank")[:most]
    )
    names = unit_names(row.body_id, {wish["combination"] for one in entries for wish in one.wishes})
    until = _answer_until(row, now=now)
    known = _scenes(entries, now=now)
    for one in entries:
        one.round = row
    left = entries
    if row.kind == Round.Kind.MONTHLY:
        left = book_won_many(actor=actor, now=now, entries=entries, scenes=known, until=until, names=names)
    for one in left:
        book_one(one, actor=actor, now=now, until=until, names=names, known=known.get(one.pk))
    if len(entries) < most and row.booked_at is None:
        row.booked_at = now
        row.save(update_fields=["booked_at"])
    return len(entries)


@action("reservations.confirm_win", permits=PERMITS, thing="entry")
def confirm_win(
    *,
    actor: Actor,
    now: datetime,
    entry: Entry,
    channel: str = "",
    commercial: bool = False,
    admission_yen: int = 0,
) -> Entry:
    """当選の確定 — the winner, or who moved up, takes the place before his time is over.

    `commercial`, `admission_yen`: as in `bookings.confirm`. Raises NotYours, NotNow, FeeUnknown.
    """
    own(actor=actor, registration=entry.registration)
    row = locked_entry(entry)
    if row.state not in (E.WON, E.OFFERED) or row.booking is None:
        raise NotNow
    if row.answer_until is not None and now >= row.answer_until:
        raise NotNow(_("お返事の期限を過ぎています。"))
    confirm(actor=actor, now=now, booking=row.booking, commercial=commercial, admission_yen=admission_yen)
    row.answer_until = None
    step_entries([row], "confirm", now, fields=["answer_until"])
    remember(
        actor=actor, now=now, registration=row.registration, what="win_confirmed", booking=row.booking,
        entry_id=row.pk, channel=channel, words=row.round.title,
    )  # fmt: skip
    return row


@action("reservations.decline_win", permits=PERMITS, thing="entry")
def decline_win(*, actor: Actor, now: datetime, entry: Entry, channel: str = "") -> Entry:
    """当選の辞退 — before it is confirmed; the place goes to who waits next. Raises NotYours, NotNow."""
    own(actor=actor, registration=entry.registration)
    row = locked_entry(entry)
    if row.state not in (E.WON, E.OFFERED) or row.booking is None:
        raise NotNow
    _forfeit(row, actor=actor, now=now, what="win_declined", reason=_("辞退"), channel=channel)
    promote_later(row.round)
    return row


@action("reservations.forfeit_wins", permits=PERMITS, thing="round")
def forfeit_wins(*, actor: Actor, now: datetime, round: Round) -> int:
    """当選の失効 — wins and offers nobody answered in time end and free their cells; how many did."""
    row = locked_round(round)
    due = Entry.objects.filter(
        body_id=row.body_id,
        round=row,
        state__in=(E.WON, E.OFFERED),
        answer_until__lte=now,
        booking__isnull=False,
    )
    entries = list(
        due.select_related("registration", "booking").select_for_update(of=("self",)).order_by("rank")
    )
    for one in entries:
        one.round = row
        _forfeit(one, actor=actor, now=now, what="win_lapsed", reason=_("お返事の期限が過ぎたため"))
        tell_entrant(actor=actor, now=now, entry=one, kind="ended", reason=_("お返事の期限が過ぎたため"))
    return len(entries)


@action("reservations.promote_entries", permits=PERMITS, thing="round")
def promote_entries(*, actor: Actor, now: datetime, round: Round) -> int:
    """補欠の繰上げ — in the order of the same draw, whoever's wish is free again is offered it for a time; how many were."""
    row = locked_round(round)
    if row.state != Round.State.DRAWN or is_over(row, now=now):
        return 0
    return _promote(row, actor=actor, now=now)


@action("reservations.close_round", permits=PERMITS)
def close_round(*, actor: Actor, now: datetime, round: Round) -> Round:
    """抽選回の終了 — once its days begin: who still waits goes without; what stands unanswered ends. Raises NotNow."""
    row = locked_round(round)
    if row.state != Round.State.DRAWN:
        raise NotNow
    if not is_over(row, now=now):
        raise NotNow(_("利用日が始まるまでは、当選者と補欠の方を待ちます。"))
    open_wins = Entry.objects.filter(body_id=row.body_id, round=row, state__in=(E.WON, E.OFFERED))
    entries = list(open_wins.select_related("registration", "booking").select_for_update(of=("self",)))
    if any(one.booking_id is None for one in entries):
        raise NotNow(_("当選者の予約が、まだ終わっていません。"))
    for one in entries:
        one.round = row
        _forfeit(one, actor=actor, now=now, what="win_lapsed", reason=_("抽選回が終わったため"))
    Entry.objects.filter(body_id=row.body_id, round=row, state=E.WAITING).update(state=E.LOST, changed_at=now)
    step_round(row, "close")
    return row


def promote_later(round: Round) -> None:
    from moyai.reservations.jobs.lotteries import promote

    later(promote, round_id=round.pk)


def book_one(
    entry: Entry,
    *,
    actor: Actor,
    now: datetime,
    until: datetime | None,
    names: dict[int, str],
    known: Scene | None = None,
) -> bool:
    """One win as a booking, or lapsed because its place is gone; the person is told. `entry.round` is at hand."""
    assert entry.won_wish is not None
    try:
        with transaction.atomic():
            _still_registered(entry, now=now)
            if entry.round.kind == Round.Kind.RELEASE:
                _within_limits(entry, now=now)
            booking = book_won(
                actor=actor,
                now=now,
                registration=entry.registration,
                asked=_asked(entry, entry.won_wish),
                channel=entry.channel,
                entry_id=entry.pk,
                confirm_until=until,
                known=known,
            )
    except Refusal as refusal:
        step_entries([entry], "forfeit", now)
        reason = str(refusal.message)
        remember(
            actor=actor,
            now=now,
            registration=entry.registration,
            what="win_lapsed",
            entry_id=entry.pk,
            words=reason,
        )
        tell_entrant(actor=actor, now=now, entry=entry, kind="ended", units=names, reason=reason)
        return False
    entry.booking, entry.answer_until = booking, until
    if until is None:
        step_entries([entry], "confirm", now, fields=["booking", "answer_until"])
    else:
        entry.save(update_fields=["booking", "answer_until"])
    tell_entrant(actor=actor, now=now, entry=entry, kind="won", units=names, until=until)
    return True


# --- how --------------------------------------------------------------------------------------------


def _still_registered(entry: Entry, *, now: datetime) -> None:
    """Who was suspended, struck or has run out since he entered gets nothing. Raises NotRegistered."""
    code = standing(entry.registration, on=clock.today(now))
    if code:
        raise NotRegistered(words.why_not(code))


def _within_limits(entry: Entry, *, now: datetime) -> None:
    """What he booked since he asked counts: a release gives nobody more than he could book. Raises OverLimit."""
    assert entry.won_wish is not None
    body, today = entry.registration.body, clock.today(now)
    found = scene(body=body, asked=_asked(entry, entry.won_wish), today=today)
    standing_uses = uses_of_person(
        body=body,
        one_person=entry.registration.one_person,
        documents=[found.document("limits")],
        days=[found.asked.day],
        today=today,
    )
    for refusal in over_limit(found, entry.registration, standing_uses, what="booking"):
        raise refusal


def _answer_until(round: Round, *, now: datetime) -> datetime | None:
    """By when a win is confirmed: as declared, but never sooner than a promoted 補欠 would have."""
    if round.confirm_until is None:
        return None
    return max(round.confirm_until, now + timedelta(hours=round.promote_hours))


def _scenes(entries: Sequence[Entry], *, now: datetime) -> dict[int, Scene]:
    """The scenes of many wins, read together; none where a unit is no longer there: then each is judged by itself."""
    asked = [_asked(one, one.won_wish or 1) for one in entries]
    try:
        found = scenes(body=entries[0].body, asked=asked, today=clock.today(now)) if entries else []
    except UnknownUnit:
        return {}
    return {one.pk: its for one, its in zip(entries, found, strict=True)}


def _asked(entry: Entry, number: int) -> Asked:
    wish = entry.wishes[number - 1]
    return Asked(
        combination_id=wish["combination"],
        day=date.fromisoformat(wish["day"]),
        starts=wish["starts"],
        ends=wish["ends"],
        purpose=entry.purpose,
        people=entry.people,
    )


def _forfeit(row: Entry, *, actor: Actor, now: datetime, what: str, reason: str, channel: str = "") -> None:
    assert row.booking is not None
    end_won(actor=actor, now=now, booking=row.booking, reason=reason)
    row.answer_until = None
    step_entries([row], "forfeit", now, fields=["answer_until"])
    remember(
        actor=actor, now=now, registration=row.registration, what=what, booking=row.booking, entry_id=row.pk,
        channel=channel, words=reason,
    )  # fmt: skip


def _promote(round: Round, *, actor: Actor, now: datetime) -> int:
    """Offer what is free again, one after the other, until nobody who waits could take anything."""
    house = Actor.system(body_of(actor.body))
    until = now + timedelta(hours=round.promote_hours)
    free = Places(units_of(round.units), taken_of(taken_of_round(round)))
    offered: set[int] = set()
    full = _persons_at_cap(round)
    for pk, number, place in _candidates(round, free, offered):
        row: Entry = (
            Entry.objects.filter(body_id=round.body_id)
            .select_related("registration")
            .select_for_update(of=("self",))
            .get(pk=pk)
        )
        if row.state != E.WAITING or row.one_person in full:
            continue
        row.round, row.won_wish = round, number
        try:
            with transaction.atomic():
                _still_registered(row, now=now)
                booking = book_won(
                    actor=house,
                    now=now,
                    registration=row.registration,
                    asked=_asked(row, number),
                    channel=row.channel,
                    entry_id=row.pk,
                    confirm_until=until,
                )
        except Refusal:
            continue  # no longer registered, or taken in this moment: the next one is asked
        free.take(place)
        offered.add(pk)
        row.booking, row.answer_until = booking, until
        step_entries([row], "offer", now, fields=["booking", "answer_until", "won_wish"])
        if wins_of_persons(round, [row.one_person])[row.one_person] >= round.win_cap:
            full.add(row.one_person)
        remember(
            actor=house, now=now, registration=row.registration, what="offered", booking=booking, entry_id=row.pk,
            words=round.title,
        )  # fmt: skip
        tell_entrant(actor=house, now=now, entry=row, kind="offered", until=until)
    return len(offered)


def _persons_at_cap(round: Round) -> set[str]:
    rows = Entry.objects.filter(body_id=round.body_id, round=round, state__in=(E.WON, E.OFFERED, E.CONFIRMED))
    counts = rows.values("one_person").annotate(count=Count("id")).filter(count__gte=round.win_cap)
    return set(counts.order_by("one_person").values_list("one_person", flat=True))


def _candidates(round: Round, free: Places, offered: set[int]) -> Iterator[tuple[int, int, str]]:
    """(id, number of the wish, place) of who waits for what is free, in the order of the draw.

    `free` and `offered` are looked at anew for each: whoever reads takes from the one and adds to the other.
    """
    ids, lines = read_list(round)
    rows = dict(
        Entry.objects.filter(body_id=round.body_id, round=round, state=E.WAITING).values_list("pk", "rank")
    )
    at_of = {pk: at for at, pk in enumerate(ids) if pk in rows}
    if round.mode == Round.Mode.SLOT:
        pk_of = {lines[at]: pk for pk, at in at_of.items()}
        for place in sorted({wish for line in pk_of for wish in line.split("|")[4:]}):
            if not free.free(place):
                continue
            order = order_of_place(
                lines, seed=round.seed, label=round.label, terms=terms_of(round), place=place
            )
            for line, _ticket in order:
                pk = pk_of.get(line)
                if pk is not None and pk not in offered and free.free(place):
                    yield pk, line.split("|")[4:].index(place) + 1, place
        return
    for pk in sorted(at_of, key=lambda one: rows[one] or 0):
        for number, place in enumerate(lines[at_of[pk]].split("|")[4:], 1):
            if pk not in offered and free.free(place):
                yield pk, number, place
