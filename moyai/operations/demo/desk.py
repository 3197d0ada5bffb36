"""Cases of the demo, in every state: asked, waited for, solved, decided, shared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from moyai.operations.actions.cases import (
    answer_case,
    ask_back,
    assign_case,
    close_case,
    open_case,
)
from moyai.operations.actions.wishes import decide_case, share_case
from moyai.operations.demo.moments import days_ago
from moyai.operations.models import Case, Kind, System
from moyai.tenants.public import Actor, Body, clock

# kind, days ago, title, section, system, what becomes of it
CASES = [
    ("question", 0, "添付できるファイルの大きさ", "総務課", "applications", "new"),
    ("question", 3, "代理人の申請の確かめ方", "市民課", "applications", "waiting"),
    ("question", 12, "申請の取下げの扱い", "市民課", "applications", "closed"),
    ("call", 8, "画面が白くなる", "", "e-bidding", "closed"),
    ("consult", 15, "手続きの電子化の進め方", "企画課", None, "answered"),
    ("consult", 45, "様式の見直し", "税務課", None, "closed"),
    ("request", 5, "職員の登録", "情報政策課", None, "assigned"),
    ("fault", 20, "申請の画面が開かない", "", "applications", "closed"),
    ("incident", 60, "不審なメールの報告", "情報政策課", None, "closed"),
    ("budget-check", 30, "端末の更新の予算", "情報政策課", None, "answered"),
    ("specification-check", 28, "窓口システムの更新の仕様書", "市民課", None, "answered"),
    ("specification-check", 4, "端末の保守の仕様書", "情報政策課", None, "new"),
    ("joint-desk", 25, "住民からの使い方の問合せ", "", "reservations", "closed"),
    ("wish", 120, "一覧の並べ替え", "総務課", "applications", "adopted"),
    ("wish", 90, "通知の文面を団体で変える", "広報課", "applications", "kept"),
    ("wish", 80, "色を自由に選ぶ", "広報課", "reservations", "rejected"),
    ("wish", 6, "予約の一括取消し", "スポーツ課", "reservations", "new"),
    ("proposal", 50, "研修の動画を共有する", "人事課", None, "adopted"),
    ("improvement", 70, "添付書類の確認の手順", "市民課", None, "adopted"),
]
AMOUNTS = {
    "端末の更新の予算": 3_500_000,
    "窓口システムの更新の仕様書": 48_000_000,
    "端末の保守の仕様書": 19_800_000,
}


def open_cases(actor: Actor, now: datetime, bodies: Sequence[Body]) -> None:
    """One case after the other, for the members in turn."""
    kinds = {kind.code: kind for kind in Kind.objects.all()}
    systems = {system.code: system for system in System.objects.all()}
    for place, (code, days, title, section, system, becomes) in enumerate(CASES):
        came = min(now, days_ago(now, days, 9, 40)) - timedelta(minutes=1)
        case = open_case(
            actor=actor,
            now=now,
            kind=kinds[code],
            title=title,
            text=f"{title}について教えてください。" if code == "question" else f"{title}。",
            body=bodies[place % len(bodies)] if bodies else None,
            section=section,
            asked_by="見本 花子",
            system=systems.get(system) if system else None,
            way="phone" if code == "call" else "mail",
            amount_yen=AMOUNTS.get(title),
            procurement="services" if code == "specification-check" else "",
            came_at=came,
        )
        _goes_on(actor, min(now, came + timedelta(hours=2)), case, becomes)


def _goes_on(actor: Actor, at: datetime, case: Case, becomes: str) -> None:
    if becomes == "waiting":
        ask_back(actor=actor, now=at, case=case, version=1, text="どの手続きの申請か教えてください。")
    elif becomes == "assigned":
        assign_case(actor=actor, now=at, case=case, version=1, assignee="協議会 operator")
    elif becomes in ("answered", "closed"):
        case = answer_case(
            actor=actor, now=at, case=case, version=1, text="ご案内しました。", solved=becomes == "closed"
        )
        if becomes == "closed":
            case = close_case(actor=actor, now=at, case=case, version=case.version)
            if case.kind.code == "question":
                share_case(
                    actor=actor,
                    now=at,
                    case=case,
                    version=case.version,
                    title="申請の取下げはいつまでできますか。",
                    text="決定の前まで、申請の照会の画面から取り下げられます。",
                )
    elif becomes in ("adopted", "rejected", "kept"):
        case = decide_case(
            actor=actor,
            now=at,
            case=case,
            version=1,
            decision=becomes,
            decided_on=clock.today(at),
            decided_by="電子申請研究会",
            release="次の版" if becomes == "adopted" else "",
        )
        if case.kind.code == "wish":
            share_case(
                actor=actor,
                now=at,
                case=case,
                version=case.version,
                title=case.title,
                text="研究会で話し合った要望です。",
            )
    elif case.kind.code == "wish":
        share_case(
            actor=actor, now=at, case=case, version=1, title=case.title, text="賛同する団体を募っています。"
        )
