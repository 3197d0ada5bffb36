"""受付の状態 — which act leads from which state to which, and how long the clock stood. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final


class State(StrEnum):
    NEW = "new"
    WORKING = "working"
    WAITING = "waiting"
    SOLVED = "solved"
    CLOSED = "closed"


FLOW: Final[Mapping[tuple[State, str], State]] = {
    (State.NEW, "answer"): State.WORKING,
    (State.WORKING, "answer"): State.WORKING,
    (State.WAITING, "answer"): State.WORKING,
    (State.NEW, "solve"): State.SOLVED,
    (State.WORKING, "solve"): State.SOLVED,
    (State.WAITING, "solve"): State.SOLVED,
    (State.NEW, "ask"): State.WAITING,
    (State.WORKING, "ask"): State.WAITING,
    (State.NEW, "reply"): State.NEW,
    (State.WORKING, "reply"): State.WORKING,
    (State.WAITING, "reply"): State.WORKING,
    (State.NEW, "decide"): State.SOLVED,
    (State.WORKING, "decide"): State.SOLVED,
    (State.WAITING, "decide"): State.SOLVED,
    (State.SOLVED, "decide"): State.SOLVED,  # 保留 is decided again
    (State.NEW, "assign"): State.WORKING,
    (State.WORKING, "assign"): State.WORKING,
    (State.WAITING, "assign"): State.WAITING,
    (State.SOLVED, "close"): State.CLOSED,
    (State.SOLVED, "reopen"): State.WORKING,
    (State.CLOSED, "reopen"): State.WORKING,
}
RUNNING: Final = frozenset({State.NEW, State.WORKING})  # the clock runs
UNDONE: Final = frozenset({State.NEW, State.WORKING, State.WAITING})


def may(state: str, event: str) -> bool:
    return (State(state), event) in FLOW


def runs(
    came_at: datetime, steps: Sequence[tuple[datetime, str, str]]
) -> tuple[datetime, list[tuple[datetime, datetime]]]:
    """時計の始まりと待った時間 — from (moment, state from then on, what) in order: since it came, or was last opened again."""
    opened = [at for at, state, what in steps if what == "state" and state == State.WORKING]
    since = opened[-1] if opened else came_at
    return since, waits((at, state) for at, state, _what in steps if at >= since)


def waits(steps: Iterable[tuple[datetime, str]]) -> list[tuple[datetime, datetime]]:
    """確認を待った時間 — from (moment, state from then on) in order: each time it stood at 回答待ち and went on."""
    found, since = [], None
    for at, state in steps:
        if state == State.WAITING and since is None:
            since = at
        elif state and state != State.WAITING and since is not None:
            if at > since:
                found.append((since, at))
            since = None
    return found
