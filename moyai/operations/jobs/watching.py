"""監視 — once a minute: ask the addresses whose turn it is, and see whether beats are missing. Nightly, old beats go."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Final

from moyai.notices.public import ask
from moyai.operations.actions.probes import take_answer, take_silence
from moyai.operations.models import Beat, Probe
from moyai.tenants.public import every, job, later

EARLY: Final = timedelta(seconds=30)  # the watch comes by the minute, never on the second
KEPT: Final = timedelta(days=400)
AT_ONCE: Final = 50_000


@every("* * * * *", name="operations.watch", per_body=False)
def watch(*, now: datetime) -> None:
    """Every minute. Each address is asked by a job of its own, so that a slow one holds up no other."""
    for probe in Probe.objects.filter(on=True, kind=Probe.Kind.HTTP).order_by("id"):
        if probe.asked_at is None or now - probe.asked_at >= timedelta(seconds=probe.every_seconds) - EARLY:
            later(ask_address, probe_id=probe.pk)
    waiting = Probe.objects.select_for_update(skip_locked=True, of=("self",)).select_related("system")
    for probe in waiting.filter(on=True, kind=Probe.Kind.PUSH).order_by("id"):
        take_silence(probe=probe, now=now)


@job(name="operations.ask_address", queue="default", retry=1)
def ask_address(*, probe_id: int, now: datetime) -> None:
    """Ask one address; the row is the turn. An answer of 200 to 399 within ten seconds is 稼働."""
    probe = (
        Probe.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("system")
        .filter(pk=probe_id, on=True, kind=Probe.Kind.HTTP)
        .first()
    )
    if probe is None or (
        probe.asked_at is not None and now - probe.asked_at < timedelta(seconds=probe.every_seconds) - EARLY
    ):
        return  # asked meanwhile
    started = time.perf_counter()
    answered = ask(probe.url)
    took = round((time.perf_counter() - started) * 1000)
    well = answered.status is not None and 200 <= answered.status < 400
    note = "" if well else answered.trouble or str(answered.status)
    take_answer(probe=probe, now=now, well=well, milliseconds=took if answered.status else None, note=note)


@every("41 3 * * *", name="operations.forget_beats", per_body=False)
def forget_beats(*, now: datetime) -> None:
    """Every night: beats of more than 400 days ago. What was made of them, the stops, stays."""
    old = Beat.objects.filter(at__lt=now - KEPT).order_by("at").values("pk")[:AT_ONCE]
    Beat.objects.filter(pk__in=old).delete()
