"""抽選 — freeze the list and publish it, take the seed, draw, publish. Each happens once; done again it gives the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from hashlib import sha256

from django.db.models import F, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.audit.public import action
from moyai.draws.public import (
    AlreadyDrawn,
    Beacon,
    Outcome,
    SeedRefused,
    WishPublication,
    beacon_time,
    draw_wishes,
    root,
    seed_by_two,
    taken_of,
    units_of,
)
from moyai.reservations.actions.lotteries.results import keep_files, kept_files, write_results
from moyai.reservations.actions.lotteries.rounds import FALLBACK_AFTER, new_ticket
from moyai.reservations.actions.lotteries.steps import NotNow, locked_round, step_entries, step_round
from moyai.reservations.actions.lotteries.telling import tell_entrant, tell_later
from moyai.reservations.actions.remembering import remember
from moyai.reservations.models import Booking, Entry, Round, RoundFiles
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.lottery_lists import read_list, taken_of_round, terms_of, units_of_round
from moyai.tenants.public import Actor, Refusal, clock, later

S = Round.State
K = Round.SeedKind


class ListChanged(Refusal):
    """The rows no longer give the root that was published: nothing is drawn from a list that was touched."""

    code = "list_changed"
    status = 409
    message = lazy("名簿が、公開したものと違います。抽選せずに、管理者に知らせてください。")  # type: ignore[assignment]


@action("reservations.freeze_round", permits=PERMITS)
def freeze_round(*, actor: Actor, now: datetime, round: Round) -> Round:
    """名簿の確定 — from the end of the entries on: pseudonyms, root, units and what is taken, published for ever.

    Linked registrations hold one ticket, also those linked since they entered. The ZIP is kept with it. A second call
    changes nothing.
    Raises NotNow.
    """
    row = locked_round(round)
    if row.state in (S.FROZEN, S.DRAWN, S.CLOSED):
        return row
    if row.state != S.OPEN or now < row.enter_until:
        raise NotNow(_("名簿は、申込みの受付が終わると確定します。"))
    freeze(row, actor=actor, now=now, freed=[])
    publish_later(row, RoundFiles.Stage.LIST)
    return row


@action("reservations.enter_seed", permits=PERMITS, thing="round")
def enter_seed(*, actor: Actor, now: datetime, round: Round, typed: str) -> Round:
    """種の入力 — one official types it, another types it again; they must agree. The first may correct himself.

    Only after the freeze; where a beacon was declared only once it has not come for the time that was declared.
    Raises NotNow, AlreadyDrawn, SeedRefused.
    """
    row = locked_round(round)
    if row.state in (S.DRAWN, S.CLOSED):
        raise AlreadyDrawn
    if row.state != S.FROZEN:
        raise NotNow(_("名簿が確定してから、種を入力してください。"))
    if row.seed_kind == K.COMMITMENT:
        raise NotNow(_("この抽選の種は、前もって封印した値です。"))
    if row.seed_kind == K.DRAND and (row.beacon or now < falls_back_at(row)):
        raise NotNow(_("この抽選の種は公開乱数です。得られないと分かるまで、入力できません。"))
    me = {"id": actor.account_id, "name": actor.name}
    row.seed, row.seed_by = seed_by_two(typed, seed=row.seed, seed_by=row.seed_by, official=me)
    if len(row.seed_by) == 2:
        row.seed_used = K.OFFICIALS
    row.save(update_fields=["seed", "seed_by", "seed_used"])
    return row


@action("reservations.take_beacon", permits=PERMITS, thing="round")
def take_beacon(*, actor: Actor, now: datetime, round: Round, beacon: Beacon) -> Round:
    """公開乱数の受取り — the declared round of drand as two peers gave it. Raises NotNow, SeedRefused."""
    row = locked_round(round)
    if row.state != S.FROZEN or row.seed_kind != K.DRAND or row.seed_by:
        raise NotNow
    if (
        beacon.number != row.beacon_round
        or sha256(bytes.fromhex(beacon.signature)).hexdigest() != beacon.randomness
    ):
        raise SeedRefused(_("公開乱数が、前もって決めた回のものではありません。"))
    row.seed, row.seed_used = beacon.randomness, K.DRAND
    row.beacon = {"chain": beacon.chain, "round": beacon.number, "signature": beacon.signature}
    row.save(update_fields=["seed", "seed_used", "beacon"])
    return row


@action("reservations.draw_round", permits=PERMITS, thing="round")
def draw_round(*, actor: Actor, now: datetime, round: Round) -> Round:
    """抽選 — order, winners and 補欠 from list, places and seed, and the ZIP of them, in one transaction; jobs act upon it.

    Raises NotNow, AlreadyDrawn, ListChanged.
    """
    row = locked_round(round)
    if row.state in (S.DRAWN, S.CLOSED):
        raise AlreadyDrawn
    if row.state != S.FROZEN or not row.seed_used:
        raise NotNow(_("種が決まってから、抽選してください。"))
    draw(row, now=now)
    publish_later(row, RoundFiles.Stage.RESULT)
    tell_later(row)
    return row


@action("reservations.publish_round", permits=PERMITS, thing="round")
def publish_round(*, actor: Actor, now: datetime, round: Round, stage: str) -> RoundFiles | None:
    """公表 — the ZIP of a stage, as freeze and draw kept it; made from the rows, it is the same."""
    row = locked_round(round)
    if row.frozen_at is None or (stage == RoundFiles.Stage.RESULT and row.drawn_at is None):
        return None
    kept = kept_files(row, stage)
    return kept if kept is not None else keep_files(row, stage, publication(row, stage).as_zip(), now=now)


def freeze(row: Round, *, actor: Actor, now: datetime, freed: list[Booking]) -> None:
    """Fix list, units, taken cells and root of a locked round, and keep the ZIP of them."""
    _one_ticket_a_person(row, actor=actor, now=now)
    _ids, lines = read_list(row)
    row.units = units_of_round(row)
    row.taken = taken_of_round(row, freed=freed)
    row.root, row.entries, row.frozen_at = root(lines), len(lines), now
    row.save(update_fields=["units", "taken", "root", "entries", "frozen_at"])
    step_round(row, "freeze")
    keep_files(row, RoundFiles.Stage.LIST, _published(row, lines).as_zip(), now=now)


def draw(row: Round, *, now: datetime) -> None:
    """Work out a locked, frozen round that has its seed, write what came of it, and keep the ZIP."""
    ids, lines = read_list(row)
    if root(lines) != row.root or len(lines) != row.entries:
        raise ListChanged
    outcome = _drawn(row, lines)
    row.drawn_at = now
    with ThreadPoolExecutor(1) as beside:  # pure text, packed while PostgreSQL writes the rows
        packed = beside.submit(_published(row, lines, outcome).as_zip)
        write_results(row, ids, outcome, now=now)
        row.save(update_fields=["drawn_at"])
        step_round(row, "draw")
        content = packed.result()
    if kept_files(row, RoundFiles.Stage.RESULT) is None:
        keep_files(row, RoundFiles.Stage.RESULT, content, now=now)


def publication(row: Round, stage: str) -> WishPublication:
    """What everybody may see of a round, from its rows; at the stage of the list, seed and order are not in it."""
    _ids, lines = read_list(row)
    return _published(row, lines, _drawn(row, lines) if stage == RoundFiles.Stage.RESULT else None)


def publish_later(row: Round, stage: str) -> None:
    from moyai.reservations.jobs.lotteries import publish

    later(publish, round_id=row.pk, stage=str(stage))


def falls_back_at(row: Round) -> datetime:
    """From when on two officials may give the seed in place of a beacon that did not come."""
    return beacon_time(row.beacon_round or 1) + FALLBACK_AFTER


# --- how --------------------------------------------------------------------------------------------


def _drawn(row: Round, lines: Sequence[str]) -> Outcome:
    return draw_wishes(
        lines,
        seed=row.seed,
        label=row.label,
        terms=terms_of(row),
        units=units_of(row.units),
        taken=taken_of(row.taken),
    )


def _published(row: Round, lines: Sequence[str], outcome: Outcome | None = None) -> WishPublication:
    result = outcome is not None
    return WishPublication(
        body=row.body.name,
        title=row.title,
        label=row.label,
        terms=terms_of(row),
        seed_source=row.seed_source,
        frozen_at=_at(row.frozen_at),
        lines=lines,
        units=row.units,
        taken=row.taken,
        root=row.root,
        seed=row.seed if result else "",
        seed_kind=row.seed_used if result else row.seed_kind,
        beacon=row.beacon if result else None,
        commitment=row.commitment,
        drawn_at=_at(row.drawn_at) if result else "",
        outcome=outcome,
    )


def _at(moment: datetime | None) -> str:
    return moment.astimezone(clock.JST).isoformat(timespec="seconds") if moment else ""


def _one_ticket_a_person(row: Round, *, actor: Actor, now: datetime) -> None:
    """Entries of registrations that were joined (or parted) since they entered: one pseudonym a person, within his cap."""
    entered = Entry.objects.filter(body_id=row.body_id, round=row, state=Entry.State.ENTERED)
    key_now = Coalesce(NullIf(F("registration__joined"), Value("")), F("registration__person_key"))
    moved = list(entered.annotate(key_now=key_now).exclude(one_person=F("key_now")).order_by("id"))
    if not moved:
        return
    touched = {one.one_person for one in moved} | {one.key_now for one in moved}
    for one in moved:
        one.one_person = one.key_now
    Entry.objects.bulk_update(moved, ["one_person"], batch_size=500)
    of_person: dict[str, list[Entry]] = defaultdict(list)
    rows = entered.filter(one_person__in=touched).select_related("registration", "round").order_by("id")
    for one in rows:
        of_person[one.one_person].append(one)
    over: list[Entry] = []
    for entries in of_person.values():
        head = new_ticket()
        for number, one in enumerate(entries, 1):
            one.ticket_id = f"{head}.{number:02}"
        over += entries[row.entry_cap :]
        Entry.objects.bulk_update(entries, ["ticket_id"], batch_size=500)
    step_entries(over, "withdraw", now)
    for one in over:
        reason = _("同じ方の申込みが上限（%(most)s件）を超えたため") % {"most": row.entry_cap}
        remember(
            actor=actor,
            now=now,
            registration=one.registration,
            what="withdrawn",
            entry_id=one.pk,
            words=reason,
        )
        tell_entrant(actor=actor, now=now, entry=one, kind="withdrawn", reason=reason)
