"""Sittings: a year in which every item climbed, and the written ballot that is open now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.files.base import ContentFile

from moyai.calendars.public import fiscal_year_words
from moyai.council.actions.attendance import record_attendance
from moyai.council.actions.ballots import open_ballot
from moyai.council.actions.items import add_item, record_item
from moyai.council.actions.meetings import call_meeting, plan_meeting, record_meeting
from moyai.council.actions.papers import add_paper
from moyai.council.actions.postings import post
from moyai.council.actions.tasks import give_task
from moyai.council.actions.votes import record_vote
from moyai.council.demo.year import BOARD, SOURCE, Demo
from moyai.documents.public import Column, FigureTable, Row, all_rows_of, render_table_pdf
from moyai.tenants.public import clock


def _meeting(
    demo: Demo,
    key: str,
    committee: str,
    held_on: date,
    titles: Sequence[str],
    origins: str = "",
    **facts: Any,
) -> None:
    """A sitting of the past with its items; each climbed from the item of the same title in `origins`."""
    meeting = demo.meetings[key] = record_meeting(
        **demo.acting,
        committee=demo.committees[committee],
        held_on=held_on,
        source=SOURCE,
        **({"place": "県自治センター"} | facts),
    )
    for title in titles:
        below = demo.items.get(f"{origins}/{title}")
        demo.items[f"{key}/{title}"] = record_item(
            **demo.acting, meeting=meeting, title=title, origins=[below] if below else []
        )


def hold_meetings(demo: Demo) -> None:
    """The sittings of the year that is over; every item of 総会 came up from below."""
    year = demo.year
    money = [
        f"{fiscal_year_words(year - 1)}事業報告及び収支決算の承認について",
        f"{fiscal_year_words(year)}特別会計収支予算の決定について",
    ]
    burden = [f"{fiscal_year_words(year)}電子申請システム利用負担金額の決定について"]
    section, assembly = "applications-section", "general-assembly"
    _meeting(demo, "section-1", section, demo.on(4, 15), money + burden, mode="online", place="")
    _meeting(demo, "board-1", "board", demo.on(4, 23), money + burden, "section-1")
    _meeting(demo, "assembly-1", assembly, demo.on(5, 14), money + burden, "board-1", name="第1回定期総会")
    _meeting(
        demo,
        "working-1",
        "working",
        demo.on(8, 26),
        ["転入・転出の様式の統一について"],
        mode="online",
        place="",
    )
    plan = [f"{fiscal_year_words(year + 1)}事業計画について"]
    _meeting(demo, "section-2", section, demo.on(1, 20), plan, "working-1", mode="mail", place="")
    _meeting(demo, "board-2", "board", demo.on(2, 12), plan, "section-2")
    _meeting(demo, "assembly-2", assembly, demo.on(3, 18), plan, "board-2", mode="written", place="")
    for key in ("board-1", "assembly-1"):
        for body in demo.bodies[:BOARD]:
            record_attendance(**demo.acting, meeting=demo.meetings[key], how="person", body=body)


def call_for_votes(demo: Demo) -> None:
    """What members see now: a notice, a task, a written ballot that closes in ten days with some votes in."""
    assembly = demo.committees["general-assembly"]
    deadline = datetime.combine(demo.today + timedelta(days=10), time(17), tzinfo=clock.JST)
    meeting = plan_meeting(
        **demo.acting,
        committee=assembly,
        held_on=demo.today + timedelta(days=10),
        mode="written",
        deadline=deadline,
    )
    item = add_item(
        **demo.acting, meeting=meeting, title=f"{fiscal_year_words(demo.year + 1)}補正予算について"
    )
    paper = ContentFile(_paper(demo), name="hosei-yosan.pdf")
    add_paper(
        **demo.acting, meeting=meeting, item=item, title="補正予算（案）", file=paper, readers="members"
    )
    call_meeting(**demo.acting, meeting=meeting)
    ballot = open_ballot(**demo.acting, item=item, deadline=deadline)
    for place, body in enumerate(demo.bodies[2:BOARD]):
        record_vote(
            **demo.acting,
            ballot=ballot,
            body=body,
            how="written",
            choice="abstain" if place == 3 else "for",
            comment="",
            proxy=None,
        )
    give_task(
        **demo.acting,
        meeting=demo.meetings["board-2"],
        text="来年度の研修の日程を、会員に照会する。",
        body=demo.bodies[0],
        due_on=demo.today + timedelta(days=30),
    )
    post(
        **demo.acting,
        title="書面表決をお願いします",
        text="補正予算についての書面表決を受け付けています。締切までに表決してください。",
        by_mail=False,
    )


def _paper(demo: Demo) -> bytes:
    rows = [
        Row("before", "当初予算", {"yen": 2_610_000}),
        Row("more", "補正額", {"yen": 120_000}),
    ]
    table = FigureTable(
        caption="補正予算（案）",
        rows_label="区分",
        columns=[Column("yen", "金額", kind="yen")],
        rows=all_rows_of(rows, label="補正後"),
        unit="円",
        source=SOURCE,
    )
    return render_table_pdf(table, now=demo.now)
