"""Tables that both the secretariat and the members read: agenda, papers, attendance, tasks, ballots, votes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from moyai.calendars.public import day_words, moment_words
from moyai.council.badges import ballot_badge, item_badge, meeting_badge, task_badge
from moyai.council.models import Attendance, Ballot, Meeting, Task, Vote
from moyai.council.queries.meeting_words import days_of, titled
from moyai.council.queries.meetings import AgendaLine, Counted
from moyai.council.queries.papers import Numbered
from moyai.documents.public import size_words
from moyai.tenants.public import Body

Table = dict[str, Any]
Url = Callable[[Any], str]


def meetings_table(meetings: Sequence[Meeting], url: Url, caption: str) -> Table:
    return {
        "caption": caption,
        "columns": [
            {"label": _("会議")},
            {"label": _("日")},
            {"label": _("開き方")},
            {"label": _("議題（件）"), "numeric": True},
            {"label": _("状態")},
        ],
        "rows": [
            [
                {"text": titled(one), "url": url(one), "head": True},
                days_of(one),
                str(one.get_mode_display()),
                getattr(one, "item_count", 0),
                {"state": meeting_badge(one)},
            ]
            for one in meetings
        ],
        "empty": _("会議はまだありません。"),
        "cards": True,
    }


def agenda_table(lines: Sequence[AgendaLine], papers: Sequence[Numbered], url: Url | None) -> Table:
    of_item: dict[int, list[str]] = {}
    for one in papers:
        if one.paper.item_id is not None:
            of_item.setdefault(one.paper.item_id, []).append(one.number)
    return {
        "caption": _("議題"),
        "columns": [
            {"label": _("番号")},
            {"label": _("議題")},
            {"label": _("種類")},
            {"label": _("資料")},
            {"label": _("上申")},
            {"label": _("結論")},
        ],
        "rows": [
            [
                {"text": line.label, "head": True},
                {"text": line.item.title, "url": url(line.item) if url else ""},
                str(line.item.get_kind_display()),
                "、".join(of_item.get(line.item.pk, [])) or None,
                _climbed(line),
                {"state": item_badge(line.item)},
            ]
            for line in lines
        ],
        "empty": _("議題はまだありません。"),
        "cards": True,
    }


def _climbed(line: AgendaLine) -> str | None:
    words = []
    if line.origins:
        words.append(_("下から%(count)s件") % {"count": line.origins})
    if line.climbs:
        words.append(_("上へ%(count)s件") % {"count": line.climbs})
    return "、".join(words) or None


def papers_table(papers: Sequence[Numbered], url: Url, change: Url | None = None) -> Table:
    columns = [
        {"label": _("番号")},
        {"label": _("資料")},
        {"label": _("議題")},
        {"label": _("版")},
        {"label": _("読める人")},
        {"label": _("大きさ")},
    ]
    if change:
        columns.append({"label": _("操作")})
    rows = []
    for one in papers:
        for place, paper in enumerate((one.paper, *one.before)):
            cells: list[Any] = [
                {
                    "text": one.number if place == 0 else _("%(number)s（前の版）") % {"number": one.number},
                    "head": True,
                },
                {"text": paper.title, "url": url(paper)},
                paper.item.title if paper.item else _("会議全体"),
                _("第%(version)s版") % {"version": paper.version},
                str(paper.get_readers_display()),
                size_words(paper.file.size),
            ]
            if change:
                cells.append(
                    {"text": _("%(number)sを直す") % {"number": one.number}, "url": change(paper)}
                    if place == 0
                    else None
                )
            rows.append(cells)
    return {
        "caption": _("資料"),
        "columns": columns,
        "rows": rows,
        "empty": _("資料はまだありません。"),
        "cards": True,
    }


def attendance_table(lines: Sequence[Attendance]) -> Table:
    return {
        "caption": _("出席"),
        "columns": [
            {"label": _("団体・氏名")},
            {"label": _("出席")},
            {"label": _("人数"), "numeric": True},
            {"label": _("出席者")},
            {"label": _("委任先")},
        ],
        "rows": [
            [
                {"text": line.body.name if line.body else line.name, "head": True},
                str(line.get_how_display()),
                line.persons,
                line.who or None,
                line.proxy_for.name if line.proxy_for else None,
            ]
            for line in lines
        ],
        "empty": _("出席はまだ登録されていません。"),
        "cards": True,
    }


def tasks_table(
    tasks: Sequence[Task], today: date, finish: Url | None = None, meeting: Url | None = None
) -> Table:
    columns = [
        {"label": _("内容")},
        {"label": _("担当")},
        {"label": _("期限")},
        {"label": _("状態")},
        {"label": _("完了を示すもの")},
    ]
    if meeting:
        columns.append({"label": _("会議")})
    if finish:
        columns.append({"label": _("操作")})
    rows = []
    for task in tasks:
        cells: list[Any] = [
            {"text": task.text, "head": True},
            task.body.name if task.body else task.who,
            day_words(task.due_on) if task.due_on else None,
            {"state": task_badge(task, today)},
            task.evidence or None,
        ]
        if meeting:
            cells.append({"text": titled(task.meeting), "url": meeting(task.meeting)})
        if finish:
            open_task = task.done_on is None
            cells.append({"text": _("完了にする"), "url": finish(task)} if open_task else None)
        rows.append(cells)
    return {
        "caption": _("宿題・対応"),
        "columns": columns,
        "rows": rows,
        "empty": _("宿題はありません。"),
        "cards": True,
    }


def ballots_table(ballots: Sequence[Ballot], now: datetime, url: Url, *, caption: str = "") -> Table:
    return {
        "caption": caption or _("表決"),
        "columns": [{"label": _("議案")}, {"label": _("期限")}, {"label": _("状態")}],
        "rows": [
            [
                {"text": ballot.item.title, "url": url(ballot), "head": True},
                moment_words(ballot.deadline) if ballot.deadline else _("なし（会場）"),
                {"state": ballot_badge(ballot, now)},
            ]
            for ballot in ballots
        ],
        "empty": _("表決はありません。"),
        "cards": True,
    }


def votes_table(
    voters: Mapping[str, Body],
    votes: Sequence[Vote],
    reminded: Mapping[int, list[date]],
    left: Collection[str],
    *,
    proxies: bool,
) -> Table:
    """表決の一覧 — each voter with the vote that stands, those who have not answered, and those who have left since."""
    last = {vote.body.code: vote for vote in votes}
    columns = [{"label": _("団体")}, {"label": _("方法")}, {"label": _("表決")}]
    if proxies:
        columns.append({"label": _("委任先")})
    columns += [{"label": _("意見")}, {"label": _("時刻")}, {"label": _("督促")}]
    rows = []
    for code, body in voters.items():
        vote = last.get(code)
        cells: list[Any] = [
            {"text": body.name, "head": True},
            _way(vote, gone=code in left),
            str(vote.get_choice_display()) if vote and vote.choice else None,
        ]
        if proxies:
            holds = vote is not None and vote.how == Vote.How.PROXY
            cells.append((vote.proxy.name if vote and vote.proxy else _("議長")) if holds else None)
        cells += [
            (vote.comment or None) if vote else None,
            moment_words(vote.cast_at) if vote else None,
            "、".join(day_words(day, weekday=False) for day in reminded.get(body.pk, ())) or None,
        ]
        rows.append(cells)
    return {"caption": _("表決の一覧"), "columns": columns, "rows": rows, "cards": True}


def _way(vote: Vote | None, *, gone: bool) -> Any:
    if gone:
        return {"state": {"kind": "neutral", "word": _("会員でなくなった")}}
    return str(vote.get_how_display()) if vote else {"state": {"kind": "attention", "word": _("未回答")}}


def tally_rows(ballot: Ballot) -> list[dict[str, Any]]:
    """集計 of a counted ballot; nothing before."""
    kept = ballot.tally
    if not kept:
        return []
    count = _("%(count)s団体")
    rows = [
        (_("表決権のある会員"), kept["voters"]),
        (_("出席（書面・委任を含む）"), kept["present"]),
        (_("賛成"), kept["for"]),
        (_("反対"), kept["against"]),
        (_("棄権"), kept["abstained"]),
        (_("未回答"), len(kept["no_reply"])),
        (_("数えない表決"), len(kept["set_aside"])),
    ]
    if kept.get("left"):
        rows.insert(1, (_("受付中に会員でなくなった団体"), len(kept["left"])))
    found = [{"key": key, "value": count % {"count": value}} for key, value in rows]
    found.append({"key": _("定足数"), "value": _("満たしている") if kept["quorate"] else _("足りない")})
    if kept.get("casting"):
        found.append({"key": _("議長の決"), "value": _("可決") if kept["casting"] == "for" else _("否決")})
    return found


def stopped_rows(ballot: Ballot) -> list[dict[str, Any]]:
    """取りやめ of a withdrawn ballot: when and why; nothing of any other."""
    if ballot.state != Ballot.State.STOPPED or ballot.closed_at is None:
        return []
    return [
        {"key": _("取りやめた時刻"), "value": moment_words(ballot.closed_at)},
        {"key": _("取りやめの理由"), "value": ballot.ending["reason"]},
    ]


def rule_words(ballot: Ballot) -> str:
    """定足数と要件 as one sentence."""
    rule = ballot.rule
    bases = {"all": _("全構成員"), "present": _("出席者"), "valid": _("賛否を示した者")}
    return _("定足数は会員の%(quorum)s、可決は%(base)sの%(majority)s（%(source)s）") % {
        "quorum": _part(rule["quorum"], rule["quorum_suffices"]),
        "base": bases[rule["base"]],
        "majority": _part(rule["majority"], rule["majority_suffices"]),
        "source": rule["source"],
    }


def _part(part: Sequence[int], suffices: bool) -> str:
    words = {"numerator": part[0], "denominator": part[1]}
    if tuple(part) == (1, 2):
        return _("半数以上") if suffices else _("過半数")
    if suffices:
        return _("%(denominator)s分の%(numerator)s以上") % words
    return _("%(denominator)s分の%(numerator)sを超える数") % words


def fact_rows(found: Meeting) -> list[dict[str, Any]]:
    rows = [
        {"key": _("日"), "value": days_of(found)},
        {"key": _("開き方"), "value": str(found.get_mode_display())},
        {"key": _("場所"), "value": found.place, "missing": _("（なし）")},
    ]
    if found.begins:
        rows.insert(1, {"key": _("始まる時刻"), "value": f"{found.begins:%H:%M}"})
    if found.source:
        rows.append({"key": _("出典"), "value": found.source})
    return rows


def counted_rows(count: Counted) -> list[dict[str, Any]]:
    """出席の数 by words; blocks that nobody spoke for are named."""
    words = dict(Attendance.How.choices)
    rows = [
        {"key": _("会員"), "value": _("%(count)s団体") % {"count": count.members}},
        {"key": _("人数"), "value": _("%(count)s人") % {"count": count.persons}},
    ]
    rows += [
        {"key": str(words[how]), "value": _("%(count)s団体") % {"count": number}}
        for how, number in sorted(count.by_how.items())
    ]
    if count.blocks:
        there = sum(count.blocks.values())
        absent = "、".join(block for block, came in count.blocks.items() if not came)
        rows.append(
            {
                "key": _("ブロックの出席"),
                "value": _("%(there)s／%(all)s") % {"there": there, "all": len(count.blocks)}
                + (_("（欠：%(names)s）") % {"names": absent} if absent else ""),
            }
        )
    return rows
