"""室場の見取り: cells, frames and weights (A41: 全面・分割, コマ・時間貸し, 準備時間)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moyai.reservations.rules.rooms import FrameSpan, NotATime, RoomPlan, Unit

FRAMES = (
    FrameSpan("am", "午前", 540, 720),
    FrameSpan("pm", "午後", 780, 1020, weight=2),
    FrameSpan("night", "夜間", 1080, 1440),
)


def room(
    step: int = 0, *, prepare: int = 0, clear: int = 0, frames: tuple[FrameSpan, ...] = FRAMES
) -> RoomPlan:
    return RoomPlan(
        id=1,
        facility_id=1,
        code="hall",
        name="ホール",
        step=step,
        prepare=prepare,
        clear=clear,
        needs_approval=False,
        main_id=None,
        alone=True,
        purposes=frozenset(),
        frames=frames,
        parts=((1, "北"), (2, "南")),
        units=(Unit(1, "all", "全面", (1, 2)), Unit(2, "north", "北半面", (1,))),
    )


@pytest.mark.parametrize(
    ("starts", "ends", "cells", "weight"),
    [
        (540, 720, (540,), 1),
        (540, 1020, (540, 780), 3),  # 午前・午後 through the break between them
        (780, 1440, (780, 1080), 3),
        (540, 1440, (540, 780, 1080), 4),
    ],
)
def test_a_use_takes_the_cells_of_its_frames(
    starts: int, ends: int, cells: tuple[int, ...], weight: int
) -> None:
    assert room().cells(starts, ends) == cells
    assert room().weight(starts, ends) == weight


@pytest.mark.parametrize(
    ("starts", "ends", "code"),
    [
        (540, 540, "order"),
        (720, 540, "order"),
        (-60, 720, "order"),
        (1080, 1500, "order"),
        (540, 700, "frame"),
        (600, 720, "frame"),
        (720, 780, "frame"),  # the break
        (540, 780, "frame"),  # until the break ends
        (0, 1440, "frame"),
    ],
)
def test_times_that_are_no_frames_are_refused(starts: int, ends: int, code: str) -> None:
    with pytest.raises(NotATime) as refused:
        room().cells(starts, ends)
    assert refused.value.code == code
    with pytest.raises(NotATime):
        room().weight(starts, ends)


def test_a_day_without_frames_is_refused() -> None:
    with pytest.raises(NotATime) as refused:
        room(frames=()).cells(540, 720)
    assert refused.value.code == "no_frames"


def test_a_use_by_steps_takes_its_preparing_and_clearing_too() -> None:
    plan = room(30, prepare=30, clear=15)
    assert plan.cells(600, 660) == (570, 600, 630, 660)  # a quarter of clearing is a whole step
    assert plan.weight(600, 660) == 2
    assert plan.frames_between(600, 660) == ()


def test_preparing_and_clearing_end_with_the_day() -> None:
    plan = room(60, prepare=120, clear=120)
    assert plan.cells(0, 60)[0] == 0
    assert plan.cells(1380, 1440)[-1] == 1380


@pytest.mark.parametrize(("starts", "ends"), [(615, 660), (600, 670)])
def test_times_off_the_steps_are_refused(starts: int, ends: int) -> None:
    with pytest.raises(NotATime) as refused:
        room(30).cells(starts, ends)
    assert refused.value.code == "step"
    with pytest.raises(NotATime):
        room(30).weight(starts, ends)


def test_what_can_be_asked_for_lies_inside_the_hours() -> None:
    assert [choice.name for choice in room().choices(540, 1020)] == ["午前", "午後"]
    assert [choice.starts for choice in room(60).choices(540, 720)] == [540, 600, 660]


STEPS = st.sampled_from([15, 30, 60])


@given(STEPS, st.integers(0, 120), st.integers(0, 120), st.data())
def test_two_uses_share_a_cell_exactly_when_their_times_meet(
    step: int, prepare: int, clear: int, data: st.DataObject
) -> None:
    plan = room(step, prepare=prepare, clear=clear)
    uses = []
    for _ in range(2):
        starts = data.draw(st.integers(0, 1440 // step - 1)) * step
        ends = data.draw(st.integers(starts // step + 1, 1440 // step)) * step
        uses.append((starts, ends))
    spans = [
        (max(0, starts - -(-prepare // step) * step), min(1440, ends + -(-clear // step) * step))
        for starts, ends in uses
    ]
    meet = spans[0][0] < spans[1][1] and spans[1][0] < spans[0][1]
    assert bool(set(plan.cells(*uses[0])) & set(plan.cells(*uses[1]))) is meet


@given(st.integers(-100, 1600), st.integers(-100, 1600), st.sampled_from([0, 15, 30, 60]))
def test_any_time_is_either_cells_or_refused(starts: int, ends: int, step: int) -> None:
    plan = room(step)
    try:
        cells = plan.cells(starts, ends)
    except NotATime as refused:
        assert refused.code in {"order", "frame", "step"}
        return
    assert cells == tuple(sorted(set(cells)))
    assert cells
    assert all(0 <= cell < 1440 for cell in cells)
    assert plan.weight(starts, ends) >= 1
