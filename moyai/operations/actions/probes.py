"""監視 — probes are made, switched, and judged; what they find goes into the book of stops and to the desk.

A beat is no deed of its own; what it makes (an outage, unknown time, a case) is.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.notices.public import UrlRefused, check_url
from moyai.operations.actions.cases import close_case_of_probe, note_on_case, open_case
from moyai.operations.actions.stops import close_stop, note_outage, note_unknown
from moyai.operations.actions.systems import side_of
from moyai.operations.models import Beat, Case, Kind, Probe, Stop, System
from moyai.operations.permits import PERMITS
from moyai.operations.rules import probing
from moyai.operations.rules.cases import UNDONE
from moyai.operations.rules.probing import Judged, Open, Watched
from moyai.tenants.public import Actor, Refusal

LEAST_SECONDS: Final = 60  # the watch goes round once a minute
MOST_SECONDS: Final = 86_400
AWAY: Final = timedelta(minutes=5)  # the watch itself was not there
FAULT: Final = "fault"  # the kind of case a probe opens


class ProbeWrong(Refusal):
    code = "probe_wrong"
    status = 422
    message = _("間隔は60秒から86,400秒、猶予は0秒から86,400秒にしてください。")  # type: ignore[assignment]


class ProbeOver(Refusal):
    code = "probe_over"
    message = _("この監視は終わっています。新しい監視を登録してください。")  # type: ignore[assignment]


class NotPush(Refusal):
    code = "not_push"
    message = _("知らせを待つ監視だけが、知らせ先のアドレスを持ちます。")  # type: ignore[assignment]


def key_hash(token: str) -> str:
    """Of a secret address: the database alone lets nobody ping."""
    return hashlib.sha256(token.encode()).hexdigest()


@action("operations.add_probe", permits=PERMITS)
def add_probe(
    *,
    actor: Actor,
    now: datetime,
    system: System,
    name: str,
    kind: str,
    url: str = "",
    side: str = "",
    every_seconds: int = 60,
    grace_seconds: int = 180,
) -> Probe:
    """監視の登録 — by asking an address (HTTP) or by waiting to be pinged (push; `token` of what is returned, told once).

    Until it has heard something the time is 不明. Raises UrlRefused (as webhooks have it), ProbeWrong, SideUnknown.
    """
    side_of(system, side)
    if not LEAST_SECONDS <= every_seconds <= MOST_SECONDS or not 0 <= grace_seconds <= MOST_SECONDS:
        raise ProbeWrong(fields={"every_seconds": str(ProbeWrong.message)})
    token = ""
    if kind == Probe.Kind.HTTP:
        check_url(url)
        if len(url) > 300:
            raise UrlRefused(fields={"url": str(UrlRefused.message)})
    else:
        url, token = "", secrets.token_urlsafe(24)
    probe = Probe.objects.create(
        system=system,
        side=side,
        name=name,
        kind=kind,
        url=url,
        key_hash=key_hash(token) if token else "",
        every_seconds=every_seconds,
        grace_seconds=grace_seconds,
    )
    probe.token = token
    _open_unknown(probe, now)
    return probe


def _open_unknown(probe: Probe, begins: datetime) -> None:
    Stop.objects.create(
        system_id=probe.system_id,
        side=probe.side,
        kind=Stop.Kind.UNKNOWN,
        begins=begins,
        probe=probe,
        noted_by=probe.name[:60],
    )


def _open_of(probe: Probe) -> Stop | None:
    return (
        Stop.objects.select_for_update()
        .filter(probe=probe, ends__isnull=True, voided_on__isnull=True)
        .first()
    )


def _locked(probe: Probe) -> Probe:
    row = Probe.objects.select_for_update().get(pk=probe.pk)
    if not row.on and not row.url and not row.key_hash:
        raise ProbeOver
    return row


@action("operations.renew_probe_key", permits=PERMITS)
def renew_key(*, actor: Actor, now: datetime, probe: Probe) -> Probe:
    """知らせ先の作り直し — the old address is heard no more at once. Raises NotPush, ProbeOver."""
    row = _locked(probe)
    if row.kind != Probe.Kind.PUSH:
        raise NotPush
    token = secrets.token_urlsafe(24)
    row.key_hash = key_hash(token)
    row.save(update_fields=["key_hash"])
    row.token = token
    return row


@action("operations.switch_probe", permits=PERMITS)
def switch_probe(*, actor: Actor, now: datetime, probe: Probe, on: bool) -> Probe:
    """監視を止める・再開する — while it is off nobody measures, so that time is 不明. Raises ProbeOver."""
    row = _locked(probe)
    if row.on == on:
        return row
    row.on = on
    if not on and _open_of(row) is None:
        _open_unknown(row, now)
    if on and row.kind == Probe.Kind.PUSH:
        row.asked_at = now
        if row.heard_at is not None:
            Beat.objects.create(probe=row, at=now, well=False, note="again")  # silence counts from here
    row.save(update_fields=["on", "asked_at"])
    return row


@action("operations.end_probe", permits=PERMITS)
def end_probe(*, actor: Actor, now: datetime, probe: Probe) -> Probe:
    """監視の終わり — what it holds open ends now; from then on stops of the system are noted by hand. Raises ProbeOver."""
    row = _locked(probe)
    stop = _open_of(row)
    if stop is not None:
        stop.ends = max(now, stop.begins + timedelta(seconds=1))
        stop.save(update_fields=["ends"])
    row.on, row.url, row.key_hash, row.state = False, "", "", "new"
    row.save(update_fields=["on", "url", "key_hash", "state"])
    return row


# --- what is heard ----------------------------------------------------------------------------------------------------


def watched(probe: Probe, stop: Stop | None, failing_since: datetime | None = None) -> Watched:
    """A probe as the rules see it."""
    push = probe.kind == Probe.Kind.PUSH
    return Watched(
        every=timedelta(seconds=probe.every_seconds),
        grace=timedelta(seconds=probe.grace_seconds),
        measured_at=probe.heard_at if push else probe.asked_at,
        heard_at=probe.heard_at,
        failing_since=failing_since,
        looked_at=probe.asked_at if push else None,
        open=Open(stop.kind) if stop is not None else Open.NOTHING,
        open_since=stop.begins if stop is not None else None,
    )


def _failing_since(probe: Probe) -> datetime | None:
    failures = Beat.objects.filter(probe=probe, well=False)
    if probe.heard_at is not None:
        failures = failures.filter(at__gt=probe.heard_at)
    return failures.order_by("at").values_list("at", flat=True).first()


def take_answer(
    *, probe: Probe, now: datetime, well: bool, milliseconds: int | None = None, note: str = ""
) -> None:
    """応答を記す — one answer of a probe whose row the caller has locked: the beat, and what it means for the book."""
    if not probe.on:
        return
    stop = _open_of(probe)
    judged = probing.answer(watched(probe, stop, _failing_since(probe)), well=well, at=now)
    Beat.objects.create(probe=probe, at=now, well=well, milliseconds=milliseconds, note=note[:200])
    _write(probe, stop, judged, now)
    if probe.kind == Probe.Kind.HTTP:
        probe.asked_at = now
    if well:
        probe.heard_at, probe.state = now, "up"
    probe.save(update_fields=["asked_at", "heard_at", "state"])


def take_silence(*, probe: Probe, now: datetime) -> None:
    """沈黙を確かめる — look at a push probe whose row the caller has locked."""
    if not probe.on:
        return
    stop = _open_of(probe)
    judged = probing.silence(watched(probe, stop, _failing_since(probe)), now=now, away=AWAY)
    _write(probe, stop, judged, now)
    if judged.mark:
        Beat.objects.create(probe=probe, at=now, well=False, note="again")
    probe.asked_at = now
    probe.save(update_fields=["asked_at", "state"])


def hear(*, token: str, now: datetime, well: bool = True, note: str = "") -> bool:
    """知らせ — a ping to a secret address; whether anybody knows it."""
    probe = Probe.objects.select_for_update().filter(key_hash=key_hash(token), on=True).first()
    if probe is None:
        return False
    take_answer(probe=probe, now=now, well=well, note=note)
    return True


def _write(probe: Probe, stop: Stop | None, judged: Judged, now: datetime) -> None:
    actor = Actor.system(name=f"監視：{probe.name}"[:60])
    if stop is not None and judged.ends is not None:
        close_stop(actor=actor, now=now, stop=stop, ends=judged.ends)
        if stop.kind == Stop.Kind.OUTAGE:
            _back(actor, now, probe, stop)
    if judged.unknown is not None:
        begins, ends = judged.unknown
        note_unknown(
            actor=actor, now=now, system=probe.system, side=probe.side, begins=begins, ends=ends, probe=probe
        )
    if judged.unknown_from is not None:
        note_unknown(
            actor=actor,
            now=now,
            system=probe.system,
            side=probe.side,
            begins=judged.unknown_from,
            probe=probe,
        )
    if judged.outage is not None:
        _down(actor, now, probe, judged.outage)
        probe.state = "down"


def _down(actor: Actor, now: datetime, probe: Probe, begins: datetime) -> None:
    """An outage, and the one case of it: two probes of a system that fail together share theirs."""
    system = System.objects.select_for_update().get(pk=probe.system_id)
    case = (
        Case.objects.filter(
            stops__system=system,
            stops__ends__isnull=True,
            stops__voided_on__isnull=True,
            state__in=UNDONE,
        )
        .order_by("id")
        .first()
    )
    if case is None:
        case = open_case(
            actor=actor,
            now=now,
            kind=Kind.objects.get(code=FAULT),
            way="probe",
            system=system,
            service=system.service,
            title=_now("%(system)sの停止を監視が見つけました") % {"system": system.name},
            text=_now("監視「%(probe)s」から見て止まっています。") % {"probe": probe.name},
            asked_by=probe.name,
        )
    else:
        note_on_case(
            actor=actor,
            now=now,
            case=case,
            text=_now("監視「%(probe)s」からも止まっています。") % {"probe": probe.name},
        )
    note_outage(actor=actor, now=now, system=system, side=probe.side, begins=begins, case=case, probe=probe)


def _back(actor: Actor, now: datetime, probe: Probe, stop: Stop) -> None:
    """復旧 — a case nobody has taken up is closed with the last of its outages; one being worked on hears of it."""
    if stop.case_id is None:
        return
    case = Case.objects.get(pk=stop.case_id)
    text = _now("監視「%(probe)s」が復旧を確かめました。") % {"probe": probe.name}
    others = case.stops.filter(ends__isnull=True, voided_on__isnull=True).exclude(pk=stop.pk)
    if case.state == Case.State.NEW and not others.exists():
        close_case_of_probe(actor=actor, now=now, case=case, text=text)
    elif case.state in UNDONE:
        note_on_case(actor=actor, now=now, case=case, text=text)
